// The page: a block for each test, drawn when it is opened.

const report = JSON.parse(document.getElementById("data").textContent);
let pictures = 0;

function timelineOf(picture) {
  const name = `p${++pictures}`, entries = picture.entries.map(entryOf);
  const detail = make("div", { class: "detail", role: "region", tabindex: "0", "aria-live": "polite", "aria-label": "Details" }, "Choose an entry for its details.");
  const choose = (place) => { chart.select(place); list.select(place); describe(detail, entries[place]); };
  const chart = new Chart(picture, entries, choose, `${name}c`);
  const list = new List(picture.title, entries, choose, `${name}l`);
  const overview = new Overview(picture, entries, (place) => chart.center(place));
  const broke = entries.findLastIndex((entry) => entry.mark === ">");
  const bar = make("div", { class: "bar" });
  if (broke >= 0) bar.append(make("button", { type: "button", click: () => { choose(broke); chart.center(broke); } }, "Go to where it broke"));
  bar.append(make("span", { class: "hint" }, "Point to a mark or tap it; arrow keys go from one to the next."));
  const node = make("section", {}, make("h3", {}, picture.title), ...stepsOf(picture), bar, overview.node, chart.node, make("div", { class: "both" }, list.node, detail));
  if (picture.left_out) node.append(make("p", { class: "quiet" }, `${picture.left_out.toLocaleString("en")} more entries, far from here, are left out.`));
  if (picture.quiet.length) node.append(make("p", { class: "quiet" }, `Nothing happened to ${picture.quiet.slice(0, 20).join(", ")}${picture.quiet.length > 20 ? ` and ${picture.quiet.length - 20} more` : ""}.`));
  requestAnimationFrame(() => { chart.fit(); if (broke >= 0) { choose(broke); chart.center(broke); } });
  return node;
}

function stepsOf(picture) {
  if (!picture.steps) return [];
  return [make("ol", { class: "steps" }, ...picture.steps.map((step) => make("li", {}, step)))];
}

function blockOf(test, isOpen) {
  const inside = make("div", { class: "inside" });
  const node = make("details", { class: "test" }, make("summary", {},
    make("span", { class: `outcome ${test.outcome}` }, test.when === "call" ? test.outcome : `${test.outcome} in ${test.when}`),
    make("span", { class: "name" }, test.id), make("span", { class: "said" }, test.error || "")), inside);
  const open = () => {
    if (!node.open || inside.childElementCount) return;
    inside.append(...test.pictures.map((picture) => (picture.kind === "sweep" ? tableOf(picture) : timelineOf(picture))));
    if (test.text) inside.append(make("details", { class: "text" }, make("summary", {}, "What pytest says"), make("pre", { tabindex: "0" }, test.text)));
  };
  node.addEventListener("toggle", open);
  node.open = isOpen;
  return node;
}

function legend() {
  const marks = [["request", " ", "request"], ["request", "!", "request that went wrong"], ["sandbox", " ", "request of the sandbox itself"], ["event", " ", "event"], ["webhook", " ", "webhook delivery"], ["outage", " ", "outage, fault, clock"], ["raised", ">", "where the test broke"]];
  const items = marks.map(([kind, mark, words]) => make("li", {}, draw("svg", { width: 18, height: 18, "aria-hidden": "true" }, shapeOf({ kind, mark }, 9, 9)), words));
  const states = [["online", "online"], ["offline", "offline"], ["dead", "removed, deleted or dead"], ["absent", "not there yet"]];
  items.push(...states.map(([name, words]) => make("li", {}, make("i", { class: name, "aria-hidden": "true" }), words)));
  document.getElementById("legend").append(...items);
}

// What of Seam was tried: for each kind how much of it, and when it is opened, what and what never.
function coverageOf(row) {
  const all = row.tried.length + row.never.length;
  const list = (title, names) => (names.length ? [make("h3", {}, title), make("ul", { class: "mono" }, ...names.map((name) => make("li", {}, ...breakable(name))))] : []);
  return make("details", { class: "kind-of" }, make("summary", {}, make("span", {}, `${row.kind}: ${row.tried.length} of ${all} that are emulated`),
    make("meter", { min: 0, max: all, value: row.tried.length, "aria-label": `${row.kind} tried` })), ...list("tried", row.tried), ...list("never", row.never));
}

if (report.coverage.length) {
  const section = document.getElementById("coverage");
  section.hidden = false;
  section.append(...report.coverage.map(coverageOf));
}

const failed = report.tests.filter((test) => test.outcome === "failed").length;
document.getElementById("summary").textContent = report.tests.length
  ? `${failed} failed, ${report.tests.length - failed} other test${report.tests.length - failed === 1 ? "" : "s"} with a sandbox.`
  : "No test with a sandbox was to be shown.";
document.getElementById("made").textContent = report.made;
legend();
report.tests.sort((one, other) => (one.outcome !== "failed") - (other.outcome !== "failed"));
document.getElementById("tests").append(...report.tests.map((test, place) => blockOf(test, place === 0)));
