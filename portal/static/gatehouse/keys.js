/**
 * Presses a button by a key of its own.
 *
 *   <button data-key="s" aria-keyshortcuts="s">Same person</button>
 *   <p data-keys-switch hidden><button type="button" data-keys-off="Turn the keys off" data-keys-on="Turn the keys on"></button></p>
 *
 * Keys typed into a field, or with Ctrl, Alt or Meta, are left alone. Who speaks to the computer can turn
 * the keys off; the browser remembers it.
 */
const REMEMBERED = "gatehouse-keys-off";
const FIELDS = "input, select, textarea, [contenteditable]";

export function listenForKeys(root) {
  const buttons = [...root.querySelectorAll("[data-key]")];
  if (!buttons.length) return;
  once(buttons[0].form);
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isOff()) return;
    if (event.target instanceof Element && event.target.matches(FIELDS)) return;
    const button = buttons.find((one) => one.dataset.key === event.key.toLowerCase());
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  offerSwitch(root.querySelector("[data-keys-switch]"));
}

/** A form that is on its way is not sent again; and who has chosen from its lists can go on with the keys. */
function once(form) {
  let sent = false;
  form?.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  for (const list of form?.querySelectorAll("select") ?? []) list.addEventListener("change", () => list.blur());
}

function offerSwitch(place) {
  const button = place?.querySelector("button");
  if (!button) return;
  const say = () => { button.textContent = isOff() ? button.dataset.keysOn : button.dataset.keysOff; };
  button.addEventListener("click", () => {
    try {
      if (isOff()) window.localStorage.removeItem(REMEMBERED);
      else window.localStorage.setItem(REMEMBERED, "1");
    } catch { /* Without a store the keys stay as they are. */ }
    say();
  });
  place.hidden = false;
  say();
}

function isOff() {
  try {
    return window.localStorage.getItem(REMEMBERED) === "1";
  } catch {
    return false;
  }
}
