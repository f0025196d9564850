// @ts-check
// Copying a finding as text, for a message group.

import { fresh } from "./once.js";

/** @param {ParentNode} root */
export function copy(root) {
  for (const button of fresh(root, "[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.querySelector(button.dataset.copy || "");
      if (!source) return;
      await write((source.textContent || "").trim());
      const word = button.querySelector("span");
      if (!word) return;
      const before = word.textContent;
      word.textContent = button.dataset.done || before;
      setTimeout(() => (word.textContent = before), 2000);
    });
  }
}

/** @param {string} text */
async function write(text) {
  // the office's address may be plain http inside the county's net, where the clipboard is closed
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
