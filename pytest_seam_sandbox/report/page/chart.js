// The picture of one sandbox: lanes over the entries of its timeline. Only what is in view is in the document.

const LEAST = 22, MOST = 56, LANE = 46, TOP = 24, NAME = 15;
const SVG = "http://www.w3.org/2000/svg";
const WORDS = { absent: "not there yet" };
const GROUP = { request: "request", sandbox: "sandbox", event: "event", webhook: "webhook" };

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  return fill(node, attributes, children);
}

function draw(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  return fill(node, attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function entryOf([at, kind, mark, text, cause, lane, visible, details]) {
  return { at, kind, mark, text, cause, lane, visible, details };
}

function timeOf(at, withDate) {
  const text = new Date(Math.round(at * 1000)).toISOString();
  return withDate ? text.slice(0, 10) + " " + text.slice(11, 23) : text.slice(11, 23);
}

function classOf(entry) {
  const kind = GROUP[entry.kind] || "other";
  return entry.mark === ">" ? "broke" : entry.mark === "!" ? "refused" : kind;
}

function shapeOf(entry, x, y) {
  const name = classOf(entry);
  if (entry.kind === "raised") return draw("path", { class: name, d: `M${x - 6},${y - 7}h12v9l-6,6l-6,-6z` });
  if (entry.kind === "event") return draw("path", { class: name, d: `M${x},${y - 7}l7,7l-7,7l-7,-7z` });
  if (entry.kind === "webhook") return draw("path", { class: name, d: `M${x - 7},${y + 6}h14l-7,-13z` });
  if (entry.kind === "request" || entry.kind === "sandbox") {
    if (name === "refused" || name === "broke") {
      const cross = `M${x - 6},${y - 3}l3,-3l3,3l3,-3l3,3l-3,3l3,3l-3,3l-3,-3l-3,3l-3,-3l3,-3z`;
      return draw("path", { class: name, d: cross });
    }
    return draw("circle", { class: name, cx: x, cy: y, r: 6 });
  }
  return draw("rect", { class: name, x: x - 3, y: y - 8, width: 6, height: 16, rx: 2 });
}

class Chart {
  // picture: what picture_of gives. choose: is told of the number of an entry that somebody points to.
  constructor(picture, entries, choose, name) {
    this.lanes = picture.lanes.filter((lane, place) => lane.kind !== "all" || entries.some((one) => one.lane === place));
    const kept = new Map(this.lanes.map((lane, place) => [picture.lanes.indexOf(lane), place]));
    this.entries = entries;
    this.rows = entries.map((entry) => kept.get(entry.lane));
    this.isLong = entries.length > 0 && timeOf(entries[0].at, true).slice(0, 10) !== timeOf(entries.at(-1).at, true).slice(0, 10);
    this.chosen = -1;
    this.choose = choose;
    this.id = name;
    this.sizer = make("div", { class: "sizer" });
    this.svg = draw("svg", { role: "presentation" });
    this.node = make("div", {
      class: "chart", tabindex: "0", role: "listbox", "aria-orientation": "horizontal",
      "aria-label": `Lanes of ${picture.title}: ${entries.length} entries. Arrow keys go from one to the next.`,
      scroll: () => this.later(), keydown: (event) => this.key(event),
      click: (event) => this.point(event, (place) => this.choose(place)),
      pointermove: (event) => this.hover(event), pointerleave: () => tip(null),
    }, this.sizer, this.svg);
    this.step = LEAST;
    this.height = TOP + this.lanes.length * LANE + 6;
    this.next = this.nextInLane();
    new ResizeObserver(() => { this.fit(); this.later(); }).observe(this.node);
  }

  // Entries stand as far apart as there is room for, within limits.
  fit() {
    const room = (this.node.clientWidth - 40) / Math.max(1, this.entries.length);
    this.step = Math.max(LEAST, Math.min(MOST, Math.floor(room)));
    this.sizer.style.width = `${this.entries.length * this.step + 40}px`;
    this.sizer.style.height = `${this.height}px`;
  }

  // For each entry, the next one in its lane.
  nextInLane() {
    const latest = new Map(), next = [];
    for (let place = this.entries.length - 1; place >= 0; place--) {
      next[place] = latest.get(this.rows[place]) ?? this.entries.length;
      latest.set(this.rows[place], place);
    }
    return next;
  }

  later() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; this.render(); });
  }

  x(place) { return 20 + place * this.step + this.step / 2; }

  y(row) { return TOP + row * LANE; }

  render() {
    const { scrollLeft: left, scrollTop: top } = this.node;
    const wide = this.node.clientWidth, high = Math.min(this.height, 458);
    this.svg.setAttribute("width", wide);
    this.svg.setAttribute("height", high);
    const from = Math.max(0, Math.floor((left - 40) / this.step)), to = Math.min(this.entries.length, Math.ceil((left + wide) / this.step) + 1);
    const moved = draw("g", { transform: `translate(${-left},${-top})` });
    this.rowsInView(top, high).forEach((row) => this.drawLane(moved, row, left, wide, from, to));
    this.drawBreak(moved, from, to);
    for (let place = Math.max(0, from - 12); place < to; place++) this.drawLabel(moved, place);
    for (let place = from; place < to; place++) this.drawMark(moved, place);
    this.rowsInView(top, high).forEach((row) => this.drawName(moved, row, left));
    this.drawTimes(moved, left, top, wide, from, to);
    this.svg.replaceChildren(moved);
    this.node.setAttribute("aria-activedescendant", this.chosen >= from && this.chosen < to ? `${this.id}-${this.chosen}` : "");
  }

  rowsInView(top, high) {
    const first = Math.max(0, Math.floor((top - TOP) / LANE)), last = Math.ceil((top + high) / LANE);
    return this.lanes.map((_, row) => row).slice(first, last);
  }

  drawLane(group, row, left, wide, from, to) {
    const y = this.y(row);
    group.append(draw("line", { class: "rule", x1: left, x2: left + wide, y1: y + LANE - 1, y2: y + LANE - 1 }));
    for (const [start, end, state, why] of this.lanes[row].spans) {
      if (end <= from || start >= to) continue;
      const x1 = Math.max(this.x(start) - this.step / 2, left - 4), x2 = Math.min(this.x(end) - this.step / 2, left + wide + 4);
      group.append(draw("rect", { class: state, x: x1, y: y + NAME + 3, width: Math.max(0, x2 - x1), height: 24, rx: 3 }));
    }
  }

  // The name stays at the left edge, and behind it the state that the lane has there; other states stand where they begin.
  drawName(group, row, left) {
    const lane = this.lanes[row], y = this.y(row) + 13, title = shortOf(lane.name), name = draw("text", { x: left + 6, y }, title);
    name.style.fontWeight = lane.kind === "all" ? "400" : "600";
    const here = Math.max(0, Math.floor((left - 20) / this.step)), isBold = lane.kind !== "all";
    let end = left + 14 + widthOf(title, isBold);
    const shown = [];
    for (const [start, until, state, why] of lane.spans) {
      if (until <= here) continue;
      const words = (WORDS[state] || state) + (why ? `: ${why}` : "");
      const x = Math.max(end, this.x(start) - this.step / 2 + 2), room = this.x(until) - this.step / 2 - x;
      if (x > left + this.node.clientWidth) break;
      const text = cut(words, room);
      if (text) shown.push(draw("text", { class: "quiet", x, y }, text));
      if (text) end = x + widthOf(text) + 8;
    }
    group.append(draw("rect", { class: "plate", x: left + 2, y: y - 12, width: widthOf(title, isBold) + 8, height: NAME + 1 }), name, ...shown);
  }

  // What an entry is, beside its mark, where the next mark of its lane leaves room.
  drawLabel(group, place) {
    const entry = this.entries[place], room = (this.next[place] - place) * this.step - 20;
    if (room < 60) return;
    const words = entry.text.replace(/ \((?:[^()]|\([^()]*\))*\)/, "").replace(` device_id=${this.lanes[this.rows[place]].name}`, ""), text = cut(words, Math.min(room, 300));
    group.append(draw("text", { class: "label", x: this.x(place) + 11, y: this.y(this.rows[place]) + NAME + 19 }, text));
  }

  drawMark(group, place) {
    const entry = this.entries[place], row = this.rows[place], x = this.x(place), y = this.y(row) + NAME + 15;
    const mark = draw("g", {
      class: "mark", role: "option", id: `${this.id}-${place}`, "data-place": place, "aria-label": wordsOf(entry, this.isLong),
      "aria-selected": place === this.chosen, "aria-posinset": place + 1, "aria-setsize": this.entries.length,
    }, draw("rect", { class: "hit", x: x - this.step / 2, y: y - 16, width: this.step, height: 32 }), shapeOf(entry, x, y));
    if (place === this.chosen) mark.append(draw("circle", { class: "chosen", cx: x, cy: y, r: 11 }));
    group.append(mark);
  }

  drawBreak(group, from, to) {
    for (let place = from; place < to; place++) {
      if (this.entries[place].mark !== ">") continue;
      group.append(draw("line", { class: "break", x1: this.x(place), x2: this.x(place), y1: TOP, y2: this.height }));
    }
  }

  drawTimes(group, left, top, wide, from, to) {
    group.append(draw("rect", { class: "plate", x: left, y: top, width: wide, height: TOP - 3, style: "opacity:1" }));
    const every = Math.ceil((this.isLong ? 160 : 96) / this.step);
    for (let place = Math.ceil(from / every) * every; place < to; place += every) {
      group.append(draw("text", { class: "time", x: this.x(place) - 8, y: top + 14 }, timeOf(this.entries[place].at, this.isLong)));
    }
  }

  select(place) {
    this.chosen = place;
    const x = this.x(place), y = this.y(this.rows[place]), view = this.node;
    if (x - 60 < view.scrollLeft) view.scrollLeft = x - 60;
    if (x + 60 > view.scrollLeft + view.clientWidth) view.scrollLeft = x + 60 - view.clientWidth;
    if (y - TOP < view.scrollTop) view.scrollTop = y - TOP;
    if (y + LANE > view.scrollTop + view.clientHeight) view.scrollTop = y + LANE - view.clientHeight;
    this.later();
  }

  center(place) {
    this.node.scrollLeft = this.x(place) - this.node.clientWidth / 2;
  }

  key(event) {
    const last = this.entries.length - 1, now = this.chosen;
    const to = {
      ArrowRight: Math.min(last, now + 1), ArrowLeft: Math.max(0, now - 1), Home: 0, End: last,
      PageDown: Math.min(last, now + 20), PageUp: Math.max(0, now - 20),
      ArrowDown: this.neighbour(now, 1), ArrowUp: this.neighbour(now, -1),
    }[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.choose(to);
  }

  // The entry nearest in time in the next lane, down or up, that has one.
  neighbour(now, way) {
    if (now < 0) return 0;
    for (let row = this.rows[now] + way; row >= 0 && row < this.lanes.length; row += way) {
      for (let far = 1; far < this.entries.length; far++) {
        if (this.rows[now - far] === row) return now - far;
        if (this.rows[now + far] === row) return now + far;
      }
    }
    return now;
  }

  point(event, act) {
    const mark = event.target.closest && event.target.closest("[data-place]");
    if (mark) act(Number(mark.dataset.place));
    return Boolean(mark);
  }

  hover(event) {
    if (!this.point(event, (place) => tip(wordsOf(this.entries[place], this.isLong), event))) tip(null);
  }
}

// A name with an id beside it, with the beginning of the id.
function shortOf(name) {
  return name.replace(/\(([0-9a-f]{8})-[0-9a-f-]{27}\)/, "($1…)");
}

const ruler = document.createElement("canvas").getContext("2d");

function widthOf(text, isBold = false) {
  ruler.font = isBold ? "600 12px system-ui, sans-serif" : "11px system-ui, sans-serif";
  return ruler.measureText(text).width;
}

// As much of a text as there is room for; nothing where that says nothing.
function cut(text, room) {
  if (widthOf(text) <= room) return text;
  const most = Math.floor(room / (widthOf(text) / text.length)) - 1;
  return most < 4 ? "" : `${text.slice(0, most)}…`;
}

function wordsOf(entry, isLong) {
  const marks = { "!": " (went wrong)", ">": " (the test broke here)" };
  const cause = entry.cause ? `, caused by ${entry.cause}` : "";
  return `${timeOf(entry.at, isLong)} ${entry.kind}${marks[entry.mark] || ""}: ${entry.text}${cause}`;
}

let tipNode = null;

function tip(text, event) {
  if (tipNode === null) document.body.append(tipNode = make("div", { class: "tip", "aria-hidden": "true" }));
  tipNode.hidden = text === null;
  if (text === null) return;
  tipNode.textContent = text;
  tipNode.style.left = `${Math.min(event.clientX + 12, innerWidth - tipNode.offsetWidth - 8)}px`;
  tipNode.style.top = `${event.clientY + 14 + tipNode.offsetHeight > innerHeight ? event.clientY - tipNode.offsetHeight - 10 : event.clientY + 14}px`;
}
