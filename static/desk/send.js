// @ts-check
// A choice that sends its form at once; without script the form has a button.

import { fresh } from "./once.js";

/** @param {ParentNode} root */
export function send(root) {
  for (const choice of fresh(root, "select[data-send]")) {
    choice.addEventListener("change", () => /** @type {HTMLSelectElement} */ (choice).form?.submit());
  }
}
