// The console: it asks the sandbox for what has changed, shows it, and sends what a person wants to happen.

import { element, offerButton, showCards } from "./cards.js";

const EVERY = 1000; // milliseconds between two looks
const KEPT = 1000; // entries in memory
const SHOWN = 200; // entries on the page
const MESSAGE_TIME = 10000; // milliseconds
const START_OVER = {
  text: "Start over",
  title: "Everything is again as it was when the server started: devices, phones, events, faults. The clock goes on.",
  path: "reset",
  params: {},
  fields: [],
};

const known = { run: "", since: 0, version: 0 };
const clock = { now: 0, at: 0, isFrozen: true };
let entries = [];
let heldEntries = 0;
let earlier = 0;
let timer;
let looking; // the look that goes on now
let messageTimer;

const part = (id) => document.getElementById(id);

async function post(route, values) {
  const answer = await fetch(`/_sandbox/${route}`, {
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
  try {
    show(await post("console/changes", { ...known, find }), find);
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
  if (changes.run !== known.run) [entries, earlier] = [[], 0];
  Object.assign(known, { run: changes.run, since: changes.place, version: changes.version });
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
  part("about").textContent = `world ${state.world} · workspace ${state.workspace_id}`;
  part("outages").hidden = state.outages.length === 0;
  showOutages(state.outages);
  for (const name of ["devices", "phones", "others"]) {
    const { shown, count } = state[name];
    part(`${name}-count`).textContent = shown.length === count ? String(count) : `${shown.length} of ${count}`;
    showCards(part(name), shown, take);
  }
  part("others-part").hidden = state.others.count === 0;
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

function addEntries(added, skipped) {
  entries = [...entries, ...added].slice(-KEPT);
  earlier += skipped;
  if (part("hold").getAttribute("aria-pressed") === "true") {
    heldEntries += added.length + skipped;
    noteEntries();
    return;
  }
  const kind = chosenKind();
  const list = part("entries");
  const fresh = added.filter((entry) => fits(entry, kind)).slice(-SHOWN).reverse().map(entryRow);
  list.prepend(...fresh);
  while (list.children.length > SHOWN) list.lastElementChild.remove();
  noteEntries();
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
  const time = new Date(entry.at * 1000).toISOString();
  const row = element(
    "li",
    { class: entry.is_failure ? "entry failure" : "entry" },
    element(
      "div",
      { class: "head" },
      element("time", { datetime: time, text: time.slice(11, 23) }),
      element("span", { class: "kind", text: entry.kind }),
      element("span", { class: "outcome", text: entry.outcome }),
    ),
    element("div", { class: "text", text: entry.text }),
    element("div", { class: "about", text: entry.about }),
  );
  if (entry.detail) {
    const detail = typeof entry.detail === "string" ? entry.detail : JSON.stringify(entry.detail, null, 2);
    row.append(element("details", {}, element("summary", { text: "Detail" }), element("pre", { text: detail })));
  }
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
