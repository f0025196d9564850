// @ts-check
// Asking the browser to spare our stores when the phone runs full: when there is something to spare, not before.

import { signal } from "../kit/html.js";

/** The browser's answer; null until it is known. @type {import("@preact/signals").Signal<boolean | null>} */
export const safe = signal(null);

/** Is our storage safe from the browser's cleaning? @returns {Promise<boolean>} */
export async function isPersisted() {
  safe.value = (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
  return safe.value;
}

/** Ask. Chromium answers by itself, other browsers ask the person. @returns {Promise<boolean>} */
export async function askToPersist() {
  safe.value = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
  return safe.value;
}

let asked = false;

/**
 * There is something here that must not go: a first photo, or the app on the home screen. Asked once at a start, and only where the
 * browser answers by itself: the others are asked where it is explained.
 */
export async function wishToBeSafe() {
  if (asked || !("userAgentData" in navigator)) return;
  asked = true;
  if (!(await isPersisted())) await askToPersist();
}

addEventListener("appinstalled", () => {
  asked = false;
  void wishToBeSafe();
});
