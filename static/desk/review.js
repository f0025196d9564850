// @ts-check
// Reviewing by keys: A, S and Z press their buttons (keys.js); R then a digit returns with that reason.

import { fresh } from "./once.js";
import { isWriting } from "./keys.js";

/** How long R waits for its digit, in milliseconds. */
const ARMED_MS = 8000;

/** @param {ParentNode} root */
export function review(root) {
  for (const page of fresh(root, "[data-review]")) {
    const why = page.querySelector("[data-reasons]");
    if (!(why instanceof HTMLElement)) continue;
    let timer = 0;
    const arm = () => {
      why.classList.add("armed");
      clearTimeout(timer);
      timer = window.setTimeout(() => why.classList.remove("armed"), ARMED_MS);
    };
    page.querySelector("[data-arm]")?.addEventListener("click", (event) => {
      event.preventDefault();
      arm();
    });
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (!page.isConnected) return document.removeEventListener("keydown", onKey);
      if (isWriting() || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape") why.classList.remove("armed");
      if (!/^[0-9]$/.test(event.key) || !why.classList.contains("armed")) return;
      const choice = why.querySelector(`[data-digit="${event.key}"]`);
      if (!(choice instanceof HTMLElement)) return;
      event.preventDefault();
      choice.click();
      if (event.key === "0") why.querySelector("textarea")?.focus();
    };
    document.addEventListener("keydown", onKey);
  }
}
