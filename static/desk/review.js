// @ts-check
// Reviewing by keys: A, S and Z press their buttons (keys.js); R then a digit returns with that reason.

import { isWriting } from "./keys.js";

/** How long R waits for its digit, in milliseconds. */
const ARMED_MS = 8000;

// Asked of the page at each press, never remembered: a finding that has just been swapped in answers at once.
export function review() {
  let timer = 0;
  const reasons = () => /** @type {HTMLElement?} */ (document.querySelector("[data-review] [data-reasons]"));
  // before htmx hears of it, for which the link to the reasons is a page to open
  const onArm = (/** @type {MouseEvent} */ event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-review] [data-arm]")) return;
    const why = reasons();
    if (!why) return;
    event.preventDefault();
    event.stopPropagation();
    why.classList.add("armed");
    clearTimeout(timer);
    timer = window.setTimeout(() => why.classList.remove("armed"), ARMED_MS);
  };
  document.addEventListener("click", onArm, true);
  document.addEventListener("keydown", (event) => {
    if (isWriting() || event.ctrlKey || event.metaKey || event.altKey) return;
    const why = reasons();
    if (!why) return;
    if (event.key === "Escape") why.classList.remove("armed");
    if (!/^[0-9]$/.test(event.key) || !why.classList.contains("armed")) return;
    const choice = why.querySelector(`[data-digit="${event.key}"]`);
    if (!(choice instanceof HTMLElement)) return;
    event.preventDefault();
    choice.click();
    if (event.key === "0") why.querySelector("textarea")?.focus();
  });
}
