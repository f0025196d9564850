// @ts-check
// J and K walk the rows of a list, Enter opens the one at hand.

import { fresh } from "./once.js";
import { isWriting } from "./keys.js";

/** @param {ParentNode} root */
export function rows(root) {
  for (const list of fresh(root, "[data-list]")) {
    let at = -1;
    /** @returns {HTMLElement[]} */
    const all = () => [...list.querySelectorAll("tr[data-row]")].filter((row) => row instanceof HTMLElement);
    /** @param {number} to */
    const go = (to) => {
      const rowsNow = all();
      if (!rowsNow.length) return;
      rowsNow[at]?.classList.remove("at");
      at = Math.min(Math.max(to, 0), rowsNow.length - 1);
      rowsNow[at].classList.add("at");
      rowsNow[at].scrollIntoView({ block: "nearest" });
      rowsNow[at].querySelector("a.ttl")?.focus({ preventScroll: true });
    };
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (!list.isConnected) return document.removeEventListener("keydown", onKey);
      if (isWriting() || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "j") go(at + 1);
      else if (event.key === "k") go(at < 0 ? 0 : at - 1);
      else if (event.key === "Enter" && at >= 0 && document.activeElement === document.body) all()[at]?.querySelector("a.ttl")?.click();
    };
    document.addEventListener("keydown", onKey);
  }
}
