/**
 * Filters a list while you type.
 *
 *   <div class="gh-filter" data-filter="variables" hidden>
 *     <label ...>Filter</label> <input type="search" ...> <p role="status" data-filter-count></p>
 *   </div>
 *   <div id="variables"> <div data-filter-item>...</div> ... </div>
 *
 * Shown only when this script runs. An item is what has data-filter-item, or one check box with its
 * label; it stays when its text holds every word typed. A part of the list with data-filter-group
 * goes when none of its items stays. Ticked boxes keep their tick and are sent, shown or not.
 */
const ITEMS = "[data-filter-item], .govuk-checkboxes__item";

export function filterLists(root) {
  for (const filter of root.querySelectorAll("[data-filter]")) {
    const list = document.getElementById(filter.dataset.filter);
    const input = filter.querySelector("input");
    if (!list || !input) continue;
    filter.hidden = false;
    input.addEventListener("input", () => apply(filter, list, input.value));
    // Enter in a filter must not send the form around it.
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    apply(filter, list, input.value);
  }
}

function apply(filter, list, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  // An item inside another is part of it: only the outermost ones count.
  const items = [...list.querySelectorAll(ITEMS)].filter((item) => !item.parentElement.closest("[data-filter-item]"));
  let shown = 0;
  for (const item of items) {
    const text = item.textContent.toLowerCase();
    item.hidden = !words.every((word) => text.includes(word));
    if (!item.hidden) shown += 1;
  }
  for (const group of list.querySelectorAll("[data-filter-group]")) {
    group.hidden = items.every((item) => item.hidden || !group.contains(item));
  }
  const count = filter.querySelector("[data-filter-count]");
  if (count) count.textContent = `${shown} of ${items.length} shown`;
}
