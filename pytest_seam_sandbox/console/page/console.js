// The console: it asks the sandbox for what has changed, shows it, and sends what a person wants to happen.

import { element, offerButton, showCards } from "./cards.js";

const EVERY = 1000; // milliseconds between two looks
const KEPT = 1000; // entries in memory
const SHOWN = 200; // entries on the page
const MESSAGE_TIME = 10000; // milliseconds
const START_OVER = {
  text: "Start over",
  title: "This workspace is again as it was when it was opened: devices, phones, events. Faults and the list go too. The clock goes on.",
  path: "reset",
  params: {},
  fields: [],
};

const known = { run: "", since: 0, version: 0, workspace: location.hash.slice(1) };
const clock = { now: 0, at: 0, isFrozen: true };
const rows = new WeakMap(); // the newest row of each entry
let entries = [];
let heldEntries = 0;
let earlier = 0;
let timer;
let looking; // the look that goes on now
let messageTimer;

const part = (id) => document.getElementById(id);

async function post(route, values) {
  const workspace = known.workspace ? `?workspace=${encodeURIComponent(known.workspace)}` : "";
  const answer = await fetch(`/_sandbox/${route}${workspace}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(values),
  });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.error);
  return content;
}

// looking

function look() {
  looking ??= lookOnce().finally(() => {
    looking = undefined;
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(look, EVERY);
  });
  return looking;
}

async function lookOnce() {
  const find = part("find").value;
  const asked = known.workspace;
  try {
    const changes = await post("console/changes", { ...known, find });
    if (asked === known.workspace) show(changes, find); // else another workspace was chosen meanwhile
    tellConnection("connected", "");
  } catch (problem) {
    tellConnection(`no answer, trying again (${problem.message})`, "lost");
  }
}

function tellConnection(text, kind) {
  const told = part("connection");
  if (told.textContent !== text) told.textContent = text; // a screen reader speaks whenever it is set
  told.className = kind;
}

function show(changes, find) {
  if (changes.run !== known.run) forgetEntries();
  if (known.workspace && changes.workspace_id !== known.workspace) return choose(changes.workspace_id); // it has gone
  Object.assign(known, { run: changes.run, since: changes.place, version: changes.version, workspace: changes.workspace_id });
  if (find !== part("find").value) known.version = 0; // typed on meanwhile
  Object.assign(clock, { now: changes.now * 1000, at: performance.now(), isFrozen: changes.is_frozen });
  showClock();
  if (changes.state) showState(changes.state);
  if (changes.entries.length || changes.skipped) addEntries(changes.entries, changes.skipped);
}

function showClock() {
  const now = clock.isFrozen ? clock.now : clock.now + performance.now() - clock.at;
  const time = new Date(now).toISOString();
  part("now").dateTime = time;
  part("now").textContent = `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
  part("clock-state").textContent = clock.isFrozen ? "frozen" : "runs";
  part("freeze").textContent = clock.isFrozen ? "Resume" : "Freeze";
}

function showState(state) {
  const world = state.world ? `world ${state.world} · ` : "";
  part("about").textContent = `${world}workspace ${known.workspace}`;
  showWorkspaces(state.workspaces);
  part("outages").hidden = state.outages.length === 0;
  showOutages(state.outages);
  for (const name of ["devices", "phones", "others"]) {
    const { shown, count } = state[name];
    part(`${name}-count`).textContent = shown.length === count ? String(count) : `${shown.length} of ${count}`;
    showCards(part(name), shown, take);
  }
  part("others-part").hidden = state.others.count === 0;
}

function showWorkspaces(workspaces) {
  const list = part("workspace");
  const text = JSON.stringify(workspaces);
  part("choice").hidden = workspaces.length < 2;
  if (list.dataset.shown !== text) {
    list.dataset.shown = text;
    list.replaceChildren(
      ...workspaces.map(({ id, name, is_sandbox: isSandbox }) =>
        element("option", { value: id, text: `${name} (${id.slice(0, 8)}…)${isSandbox ? "" : ", production"}` }),
      ),
    );
  }
  list.value = known.workspace;
}

function choose(workspace) {
  Object.assign(known, { since: 0, version: 0, workspace });
  history.replaceState(null, "", `#${workspace}`); // so that it is still chosen when the page is loaded again
  forgetEntries();
  showEntries();
  lookAgain();
}

function showOutages(outages) {
  const list = part("open-outages");
  const hadFocus = list.contains(document.activeElement);
  const text = JSON.stringify(outages);
  if (list.dataset.shown === text) return;
  list.dataset.shown = text;
  list.replaceChildren(
    ...outages.map((outage) => element("li", {}, element("span", { text: outage.name }), offerButton(outage, take))),
  );
  if (hadFocus) (list.querySelector("button") ?? part("find")).focus();
}

// what happens

function forgetEntries() {
  [entries, earlier] = [[], 0];
}

function addEntries(added, skipped) {
  const isHeld = part("hold").getAttribute("aria-pressed") === "true";
  const others = added.filter((entry) => !repeats(entry, isHeld));
  entries = entries.slice(-KEPT);
  earlier += skipped;
  if (isHeld) {
    heldEntries += added.length + skipped;
    noteEntries();
    return;
  }
  const kind = chosenKind();
  const list = part("entries");
  const fresh = others.filter((entry) => fits(entry, kind)).slice(-SHOWN).reverse().map(entryRow);
  list.prepend(...fresh);
  while (list.children.length > SHOWN) list.lastElementChild.remove();
  noteEntries();
}

// Whether an entry is the request that the newest entry is, again: then it is counted there. Else it is the newest now.
function repeats(entry, isHeld) {
  const last = entries.at(-1);
  const isSame = (name) => JSON.stringify(last[name]) === JSON.stringify(entry[name]);
  if (entry.kind !== "request" || !last || !["kind", "text", "about", "outcome", "detail"].every(isSame)) {
    entries.push(entry);
    return false;
  }
  Object.assign(last, { times: (last.times ?? 1) + 1, until: entry.at });
  const told = rows.get(last)?.querySelector(".times");
  if (told && !isHeld) told.textContent = timesOf(last);
  return true;
}

function timesOf(entry) {
  return entry.times ? `${entry.times} times until ${timeOf(entry.until).slice(11, 23)}` : "";
}

function timeOf(at) {
  return new Date(at * 1000).toISOString();
}

function showEntries() {
  const kind = chosenKind();
  heldEntries = 0;
  part("entries").replaceChildren(...entries.filter((entry) => fits(entry, kind)).slice(-SHOWN).reverse().map(entryRow));
  noteEntries();
}

function noteEntries() {
  const held = heldEntries ? `${heldEntries} more since you hold the list.` : "";
  const before = earlier ? `${earlier} earlier entries were left out.` : "";
  const none = entries.length ? "" : "Nothing yet.";
  part("log-note").textContent = [held, before, none].filter(Boolean).join(" ");
}

function chosenKind() {
  return document.querySelector("#filter input:checked").value;
}

function fits(entry, kind) {
  return kind === "" || entry.kind === kind;
}

function entryRow(entry) {
  const time = timeOf(entry.at);
  const row = element(
    "li",
    { class: entry.is_failure ? "entry failure" : "entry" },
    element(
      "div",
      { class: "head" },
      element("time", { datetime: time, text: time.slice(11, 23) }),
      element("span", { class: "kind", text: entry.kind }),
      element("span", { class: "times", text: timesOf(entry) }),
      element("span", { class: "outcome", text: entry.outcome }),
    ),
    element("div", { class: "text", text: entry.text }),
    element("div", { class: "about", text: entry.about }),
  );
  if (typeof entry.detail === "string") {
    row.append(element("div", { class: "about", text: entry.detail }));
  } else if (entry.detail) {
    const detail = JSON.stringify(entry.detail, null, 2);
    row.append(element("details", {}, element("summary", { text: "Detail" }), element("pre", { text: detail })));
  }
  rows.set(entry, row);
  return row;
}

// doing

async function act(route, values) {
  hideMessage();
  try {
    await post(route, values);
  } catch (problem) {
    tell(problem.message);
  }
  await lookAgain();
}

async function lookAgain() {
  await looking; // a look that began before does not show what was done
  await look();
}

function take(offer) {
  if (offer.fields.length) ask(offer);
  else act(offer.path, offer.params);
}

function tell(text) {
  const message = part("message");
  message.textContent = text;
  message.hidden = false;
  clearTimeout(messageTimer);
  messageTimer = setTimeout(hideMessage, MESSAGE_TIME);
}

function hideMessage() {
  part("message").hidden = true;
}

let asked;

function ask(offer) {
  asked = offer;
  part("dialog-title").textContent = offer.text;
  part("dialog-text").textContent = offer.title;
  part("dialog-message").textContent = "";
  part("dialog-fields").replaceChildren(...offer.fields.map(field));
  part("dialog").showModal();
}

function field({ name, kind, is_needed: isNeeded }) {
  const input = kind === "boolean" ? choice(isNeeded) : element("input", { autocomplete: "off" });
  if (kind === "number") Object.assign(input, { type: "number", step: "any" });
  input.name = name;
  input.required = isNeeded;
  return element("label", {}, element("span", { text: name.replaceAll("_", " ") + (isNeeded ? "" : " (optional)") }), input);
}

function choice(isNeeded) {
  const texts = isNeeded ? { true: "yes", false: "no" } : { "": "", true: "yes", false: "no" };
  return element("select", {}, ...Object.entries(texts).map(([value, text]) => element("option", { value, text })));
}

function filledIn() {
  const values = {};
  for (const { name, kind } of asked.fields) {
    const text = part("dialog-form").elements[name].value;
    if (text === "") continue;
    values[name] = kind === "number" ? Number(text) : kind === "boolean" ? text === "true" : text;
  }
  return values;
}

part("dialog-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { path, params } = asked;
  const values = asked.fields.length ? { ...params, params: { ...params.params, ...filledIn() } } : params;
  try {
    await post(path, values);
  } catch (problem) {
    part("dialog-message").textContent = problem.message; // what is filled in can be mended
    return;
  }
  part("dialog").close();
  await lookAgain();
});
part("dialog-close").addEventListener("click", () => part("dialog").close());
part("reset").addEventListener("click", () => ask(START_OVER));
part("advance").addEventListener("submit", (event) => {
  event.preventDefault();
  act("clock/advance", { seconds: Number(part("seconds").value) });
});
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => act("clock/advance", { seconds: Number(button.dataset.advance) }));
}
part("freeze").addEventListener("click", () => act(clock.isFrozen ? "clock/resume" : "clock/freeze", {}));
part("workspace").addEventListener("change", (event) => choose(event.currentTarget.value));
part("find").addEventListener("input", () => {
  known.version = 0;
  lookAgain();
});
part("filter").addEventListener("change", showEntries);
part("hold").addEventListener("click", (event) => {
  const isHeld = event.currentTarget.getAttribute("aria-pressed") !== "true";
  event.currentTarget.setAttribute("aria-pressed", String(isHeld));
  if (!isHeld) showEntries();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) look();
});
setInterval(showClock, 500);
noteEntries();
look();
