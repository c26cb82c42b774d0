// Lists of cards. A card is made again when what it shows has changed, and only then; it is text, never markup.

const shown = new WeakMap();

export function element(name, options = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(options)) {
    if (key === "class") made.className = value;
    else if (key === "text") made.textContent = value;
    else if (key === "click") made.addEventListener("click", value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function offerButton(offer, take) {
  const kind = offer.path === "outages/end" ? "end" : "";
  const text = offer.fields.length ? `${offer.text} …` : offer.text;
  return element("button", { type: "button", class: kind, title: offer.title, "data-key": offer.key, text, click: () => take(offer) });
}

function chip(text, kind = "") {
  return element("li", { class: `chip ${kind}`, text });
}

function chips(thing) {
  if (thing.properties === undefined) return [];
  const properties = thing.properties;
  const found = [chip(thing.is_online ? "online" : "offline", thing.is_online ? "good" : "bad")];
  if ("locked" in properties) found.push(chip(properties.locked ? "locked" : "unlocked"));
  if ("door_open" in properties) found.push(chip(properties.door_open ? "door open" : "door closed"));
  if ("battery_level" in properties) found.push(chip(`battery ${Math.round(properties.battery_level * 100)} %`));
  if ("temperature_celsius" in properties) found.push(chip(`${Math.round(properties.temperature_celsius * 10) / 10} °C`));
  if ("noise_level_decibels" in properties) found.push(chip(`${Math.round(properties.noise_level_decibels)} dB`));
  if (!thing.is_managed) found.push(chip("unmanaged", "warn"));
  found.push(...thing.errors.map((code) => chip(code, "bad")), ...thing.warnings.map((code) => chip(code, "warn")));
  return [element("ul", { class: "chips plain", "aria-label": "State" }, ...found)];
}

function card(thing, take) {
  const about = thing.id.startsWith(thing.what) ? thing.what : `${thing.what} · ${thing.id}`;
  const buttons = thing.offers.map((offer) => offerButton(offer, take));
  return element(
    "li",
    { class: thing.is_online === false ? "card offline" : "card", "data-id": thing.id },
    element("h3", { text: thing.name, tabindex: "-1" }),
    element("p", { class: "quiet", text: about }),
    ...chips(thing),
    element("div", { class: "buttons" }, ...buttons),
  );
}

// Make a list show these things. The keyboard stays where it was: on the same button, or else on the same card.
export function showCards(list, things, take) {
  const before = new Map([...list.children].map((child) => [child.dataset.id, child]));
  const focused = document.activeElement;
  const key = focused?.dataset?.key;
  const id = list.contains(focused) ? focused.closest(".card")?.dataset.id : undefined;
  const cards = things.map((thing) => {
    const text = JSON.stringify(thing);
    const old = before.get(thing.id);
    if (old !== undefined && shown.get(old) === text) return old;
    const made = card(thing, take);
    shown.set(made, text);
    return made;
  });
  const isSame = cards.length === list.children.length && cards.every((made, index) => made === list.children[index]);
  if (isSame) return;
  list.replaceChildren(...cards);
  if (id === undefined || document.activeElement === focused) return;
  const now = cards.find((made) => made.dataset.id === id);
  const buttons = [...(now?.querySelectorAll("button") ?? [])];
  (buttons.find((button) => button.dataset.key === key) ?? buttons[0] ?? now?.querySelector("h3") ?? list).focus();
}
