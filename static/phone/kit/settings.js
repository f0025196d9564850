// @ts-check
// How one person wants this phone to look and lie in the hand. Kept beside the stores: it holds before anybody logs in.

import { signal } from "./html.js";
import { setLooks } from "./page.js";

const KEPT = "fieldbook-looks";

/** @typedef {{ theme: "" | "light" | "dark" | "sun", hand: "right" | "left" }} Looks  theme "": as the phone is set */

/** @type {import("@preact/signals").Signal<Looks>} */
export const looks = signal(read());

/** @returns {Looks} */
function read() {
  const plain = /** @type {Looks} */ ({ theme: "", hand: "right" });
  try {
    return { ...plain, ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") };
  } catch {
    return plain;
  }
}

/** @param {Partial<Looks>} change */
export function setSettings(change) {
  looks.value = { ...looks.value, ...change };
  try {
    localStorage.setItem(KEPT, JSON.stringify(looks.value));
  } catch {
    // a window that keeps nothing: asked again next time
  }
  setLooks(looks.value);
}

/** Look as was chosen. Called once, before the first screen. */
export const applySettings = () => setLooks(looks.value);
