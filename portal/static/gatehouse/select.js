/**
 * Ticks or clears all boxes of a part of the page, and says how many are ticked.
 *
 *   <button type="button" data-select-all="offences" hidden>Select all</button>
 *   <p role="status" data-ticked="offences"></p>
 *   <div id="offences"> ... check boxes ... </div>
 *
 * The button works on the boxes that a filter shows and that are not disabled. Its text for clearing is
 * in data-select-none ("Clear all" if not given).
 */
const BOXES = 'input[type="checkbox"]:not(:disabled)';

export function selectAll(root) {
  for (const button of root.querySelectorAll("[data-select-all]")) {
    const part = document.getElementById(button.dataset.selectAll);
    if (!part || !part.querySelector(BOXES)) continue;
    const words = { all: button.textContent.trim(), none: button.dataset.selectNone || "Clear all" };
    const update = () => { button.textContent = shownBoxes(part).some((box) => !box.checked) ? words.all : words.none; };
    button.hidden = false;
    button.addEventListener("click", () => tickAll(part));
    part.addEventListener("change", update);
    update();
  }
}

function shownBoxes(part) {
  return [...part.querySelectorAll(BOXES)].filter((box) => !box.closest("[hidden]"));
}

function tickAll(part) {
  const boxes = shownBoxes(part);
  const tick = boxes.some((box) => !box.checked);
  for (const box of boxes) {
    if (box.checked === tick) continue;
    box.checked = tick;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

export function countTicks(root) {
  for (const place of root.querySelectorAll("[data-ticked]")) {
    const part = document.getElementById(place.dataset.ticked);
    if (!part) continue;
    const update = () => {
      const boxes = [...part.querySelectorAll('input[type="checkbox"]')];
      place.textContent = `${boxes.filter((box) => box.checked).length} of ${boxes.length} selected`;
    };
    part.addEventListener("change", update);
    update();
  }
}
