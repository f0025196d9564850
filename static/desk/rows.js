// @ts-check
// J and K walk the rows of the list on the page, Enter opens the one at hand.

import { isWriting } from "./keys.js";

// Asked of the page at each press, never remembered: a list that has just been swapped in answers at once.
export function rows() {
  document.addEventListener("keydown", (event) => {
    if (isWriting() || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...document.querySelectorAll("[data-list] [data-row]")];
    const at = all.findIndex((row) => row.classList.contains("at"));
    if (event.key === "j") go(all, at + 1);
    else if (event.key === "k") go(all, Math.max(at - 1, 0));
    else if (event.key === "Enter" && document.activeElement === document.body) /** @type {HTMLElement?} */ (all[at]?.querySelector("a.ttl, a.ttl1"))?.click();
  });
}

/**
 * @param {Element[]} all
 * @param {number} to
 */
function go(all, to) {
  const row = all[Math.min(to, all.length - 1)];
  for (const other of all) other.classList.toggle("at", other === row);
  row?.scrollIntoView({ block: "nearest" });
  /** @type {HTMLElement?} */ (row?.querySelector("a.ttl, a.ttl1"))?.focus({ preventScroll: true });
}
