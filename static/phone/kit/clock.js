// @ts-check
// The phone's own time, which is a claim, and how far it is from the server's, which is known now and then.

import { signal } from "./html.js";

/** Milliseconds since 1970 by this phone. */
export const now = () => Date.now();

let ahead = 0;

/**
 * What to add to this phone's time to get the server's, in ms, as last seen; 0 until the first answer.
 * Travels with every command as `offset_ms`.
 */
export const offset = () => ahead;

/** The server's time as best known here, in ms. For deadlines on the screen, never for a rule. */
export const serverNow = () => Date.now() + ahead;

/**
 * Learn the offset from an answer.
 *
 * @param {number} serverTime  the answer's `now`, ms
 * @param {number} askedAt  phone's time when the question left, ms
 * @param {number} heardAt  phone's time when the answer came, ms
 */
export function learnOffset(serverTime, askedAt, heardAt) {
  // A clock that was set during the question, or an answer that took a minute, tells nothing.
  if (heardAt < askedAt || heardAt - askedAt > 60_000) return;
  ahead = Math.round(serverTime - (askedAt + heardAt) / 2);
}

/** Kept between starts by the store, so that a phone without signal still claims with its last known offset.
 * @param {number} ms */
export function rememberOffset(ms) {
  if (Number.isFinite(ms)) ahead = Math.round(ms);
}

/** The phone's time, renewed every half minute while the page is seen: read it where a screen shows time left. */
export const minute = signal(Date.now());

/** Let `minute` run. Called once by the start page. */
export function startClock() {
  setInterval(() => {
    minute.value = Date.now();
  }, 30_000);
}
