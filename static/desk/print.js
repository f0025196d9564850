// @ts-check
// The print button: shown only where it works.

import { fresh } from "./once.js";

/** @param {ParentNode} root */
export function print(root) {
  for (const button of fresh(root, "[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
