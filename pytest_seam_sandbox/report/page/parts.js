// The parts around a chart: the overview of all entries, the list of them, and the details of one.

class Overview {
  constructor(picture, entries, go) {
    this.picture = picture;
    this.entries = entries;
    this.node = make("canvas", { class: "overview", "aria-hidden": "true", pointerdown: (event) => this.press(event, go), pointermove: (event) => event.buttons && this.press(event, go) });
    new ResizeObserver(() => this.render()).observe(this.node);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.render());
  }

  press(event, go) {
    const box = this.node.getBoundingClientRect();
    go(Math.max(0, Math.min(this.entries.length - 1, Math.floor((event.clientX - box.left) / box.width * this.entries.length))));
  }

  render() {
    const colors = getComputedStyle(document.documentElement), color = (name) => colors.getPropertyValue(`--${name}`);
    const wide = this.node.width = this.node.clientWidth * devicePixelRatio, high = this.node.height = 26 * devicePixelRatio;
    const ink = this.node.getContext("2d"), each = wide / Math.max(1, this.entries.length);
    const block = (name, start, end, y, height) => {
      ink.fillStyle = color(name);
      ink.fillRect(start * each, y * high, Math.max(devicePixelRatio, (end - start) * each), height * high);
    };
    block("sheet", 0, this.entries.length, 0, 1);
    for (const lane of this.picture.lanes) {
      for (const [start, end, state] of lane.spans) {
        if (state === "offline") block("off", start, end, 0.1, 0.8);
        if (["removed", "deleted", "dead"].includes(state)) block("removed", start, end, 0.55, 0.35);
      }
    }
    this.entries.forEach((entry, place) => {
      if (entry.mark === "!") block("bad", place, place, 0.55, 0.45);
    });
    this.entries.forEach((entry, place) => {
      if (entry.mark === ">") block("bad", place, place + Math.max(2 / each, Math.min(1, 6 / each)), 0, 1);
    });
  }
}

class List {
  constructor(title, entries, choose, name) {
    this.entries = entries;
    this.isLong = entries.length > 0 && timeOf(entries[0].at, true).slice(0, 10) !== timeOf(entries.at(-1).at, true).slice(0, 10);
    this.choose = choose;
    this.chosen = -1;
    this.id = name;
    this.sizer = make("div", { style: "pointer-events:none", "aria-hidden": "true" });
    this.node = make("div", {
      class: "list mono", tabindex: "0", role: "listbox", "aria-label": `Entries of ${title}`, scroll: () => this.later(),
      click: (event) => { const row = event.target.closest("[data-place]"); if (row) choose(Number(row.dataset.place)); },
      keydown: (event) => this.key(event),
    }, this.sizer);
    new ResizeObserver(() => this.later()).observe(this.node);
  }

  get high() { return matchMedia("(max-width: 700px)").matches ? 44 : 26; }

  later() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; this.render(); });
  }

  render() {
    const high = this.high, first = Math.max(0, Math.floor(this.node.scrollTop / high) - 2);
    const last = Math.min(this.entries.length, Math.ceil((this.node.scrollTop + this.node.clientHeight) / high) + 2);
    this.sizer.style.height = `${this.entries.length * high}px`;
    const rows = [];
    for (let place = first; place < last; place++) rows.push(this.row(place, high));
    this.node.replaceChildren(this.sizer, ...rows);
    this.node.setAttribute("aria-activedescendant", this.chosen >= first && this.chosen < last ? `${this.id}-${this.chosen}` : "");
  }

  row(place, high) {
    const entry = this.entries[place];
    const names = [entry.mark === ">" ? "is-broke" : entry.mark === "!" ? "is-refused" : "", place === this.chosen ? "is-chosen" : ""];
    return make("div", {
      role: "option", id: `${this.id}-${place}`, "data-place": place, class: names.join(" ").trim(), style: `top:${place * high}px`,
      "aria-selected": place === this.chosen, "aria-posinset": place + 1, "aria-setsize": this.entries.length,
      "aria-label": wordsOf(entry, this.isLong),
    }, make("span", { class: "time" }, timeOf(entry.at, this.isLong)), make("span", { class: "kind" }, entry.kind),
    make("span", { class: "text" }, (entry.mark.trim() ? `${entry.mark} ` : "") + entry.text));
  }

  select(place) {
    this.chosen = place;
    const high = this.high, view = this.node;
    this.sizer.style.height = `${this.entries.length * high}px`;
    if (place * high < view.scrollTop) view.scrollTop = place * high;
    if ((place + 1) * high > view.scrollTop + view.clientHeight) view.scrollTop = (place + 1) * high - view.clientHeight + 2 * high;
    this.later();
  }

  key(event) {
    const last = this.entries.length - 1, now = this.chosen;
    const to = {
      ArrowDown: Math.min(last, now + 1), ArrowUp: Math.max(0, now - 1), Home: 0, End: last,
      PageDown: Math.min(last, now + 10), PageUp: Math.max(0, now - 10),
    }[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.choose(to);
  }
}

function describe(node, entry) {
  const words = { "!": "went wrong", ">": "the test broke here" };
  const facts = [["time", timeOf(entry.at, true)], ["kind", entry.kind + (words[entry.mark] ? ` (${words[entry.mark]})` : "")]];
  if (entry.cause) facts.push(["caused by", entry.cause]);
  if (entry.visible !== null) facts.push(["shows at", timeOf(entry.visible, true)]);
  node.replaceChildren(make("strong", {}, entry.text), facing([...facts, ...Object.entries(entry.details)]));
}

// A name that goes on in the next line behind a mark, where it has to.
function breakable(name) {
  return name.split(/(?<=[._/(])/).flatMap((part) => [part, make("wbr")]);
}

function facing(facts) {
  return make("dl", {}, ...facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, String(value))]));
}

// A sweep: a line for each call, a column for each disruption; a cell tells what came of its trial.
function tableOf(picture) {
  const detail = make("div", { class: "detail", role: "region", tabindex: "0", "aria-live": "polite", "aria-label": "Trial" }, "Choose a cell for what came of its trial.");
  const words = { passed: "ok", absorbed: "absorbed", failed: "✕ FAILED", "not possible": "n/a" };
  const buttons = [];
  const show = (cell, button) => {
    buttons.flat().forEach((one) => one.setAttribute("aria-pressed", one === button));
    detail.replaceChildren(make("strong", {}, cell.title), facing([["outcome", cell.outcome], ...(cell.error ? [["error", cell.error]] : []), ["run it alone", `only=${JSON.stringify(cell.name)}`]]));
  };
  const rows = picture.rows.map(([call, cells]) => {
    const line = [];
    const made = cells.map((cell) => {
      if (cell === null) return make("td", {}, make("span", { class: "quiet" }, "–"));
      const button = make("button", {
        type: "button", class: cell.outcome === "not possible" ? "none" : cell.outcome, tabindex: "-1", "aria-pressed": "false",
        "aria-label": `${cell.title}: ${cell.outcome}`, click: () => show(cell, button), focus: () => show(cell, button),
        pointerenter: () => show(cell, button),
      }, words[cell.outcome]);
      line.push(button);
      return make("td", {}, button);
    });
    buttons.push(line);
    return make("tr", {}, make("th", { scope: "row", class: "mono" }, ...breakable(call)), ...made);
  });
  const first = buttons.flat()[0];
  if (first) first.tabIndex = 0;
  const head = make("tr", {}, make("th", { scope: "col" }, "call"), ...picture.columns.map((name) => make("th", { scope: "col" }, ...breakable(name))));
  const table = make("table", { keydown: (event) => roam(event, buttons) }, make("thead", {}, head), make("tbody", {}, ...rows));
  return make("div", {}, make("h3", {}, picture.title), make("p", {}, picture.summary), make("div", { class: "table" }, table), detail);
}

function roam(event, buttons) {
  const row = buttons.findIndex((line) => line.includes(document.activeElement));
  if (row < 0) return;
  const column = buttons[row].indexOf(document.activeElement);
  const [down, right] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key] || [0, 0];
  let line = row + down;
  while (buttons[line] && !buttons[line].length) line += down || 1;
  const to = buttons[line] && buttons[line][Math.min(buttons[line].length - 1, column + right)];
  if (!to || !(down || right)) return;
  event.preventDefault();
  buttons.flat().forEach((one) => { one.tabIndex = one === to ? 0 : -1; });
  to.focus();
}
