// @ts-check
// A finding shown for a second to a person of its unit is accepted; the page says so to the server.
// Only whoever may accept is given the form, so nobody else's look counts.

import { fresh } from "./once.js";

/** How long it must have been in view, in milliseconds. */
const LOOKED_MS = 1000;

/** @param {ParentNode} root */
export function accept(root) {
  for (const form of fresh(root, "form[data-accept]")) {
    let timer = 0;
    const watch = () => {
      clearTimeout(timer);
      if (document.visibilityState === "visible") timer = window.setTimeout(() => send(/** @type {HTMLFormElement} */ (form)), LOOKED_MS);
    };
    document.addEventListener("visibilitychange", watch);
    form.addEventListener("submit", () => clearTimeout(timer));
    watch();
  }
}

/** @param {HTMLFormElement} form */
async function send(form) {
  if (!form.isConnected || form.dataset.sent) return;
  form.dataset.sent = "yes";
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fieldbook" } });
    if (!answer.ok) throw new Error(String(answer.status));
    form.querySelector("button")?.remove();
    const told = form.querySelector("[data-accepted]");
    if (told instanceof HTMLElement) told.hidden = false;
    // the change of state moved its version on; the other forms of this page name the one they saw
    for (const field of document.querySelectorAll('input[name="version"]')) field.remove();
  } catch {
    delete form.dataset.sent; // the button is still there
  }
}
