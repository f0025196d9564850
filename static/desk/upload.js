// @ts-check
// Photographs chosen at the desk: too many or too large is said before anything is sent.

import { fresh } from "./once.js";

const MOST = 6;
const LARGEST_BYTES = 20 * 1024 * 1024;

/** @param {ParentNode} root */
export function upload(root) {
  for (const form of fresh(root, "form[data-upload]")) {
    const input = form.querySelector('input[type="file"]');
    const wrong = form.querySelector("[data-upload-wrong]");
    if (!(input instanceof HTMLInputElement) || !(wrong instanceof HTMLElement)) continue;
    const isWrong = () => {
      const files = [...(input.files || [])];
      return files.length > MOST || files.some((file) => file.size > LARGEST_BYTES);
    };
    input.addEventListener("change", () => {
      wrong.hidden = !isWrong();
      input.setAttribute("aria-invalid", String(isWrong()));
    });
    form.addEventListener("submit", (event) => {
      if (isWrong()) {
        event.preventDefault();
        wrong.hidden = false;
        input.focus();
      }
    });
  }
}
