// @ts-check
// Keeping what a person decided, and letting it go as soon as it may.

import { keepCommand, takeBack as takeBackHere } from "../store/commands.js";
import { wakeAt, wakeSoon } from "./wake.js";

/**
 * Keep a command on this phone until the server's receipt comes, and have it sent.
 *
 * @param {string} verb  "finding.rectify"
 * @param {string} subject  UUID
 * @param {any} body
 * @param {{ photos?: string[], after?: string | null, delay_ms?: number, draft?: string }} [how]
 *   photos: SHA-256 of every photo the body names, all kept already; delay_ms: time in which takeBack works;
 *   draft: the draft it came from, dropped in the same stroke
 * @returns {Promise<any>} the command, once both stores have it; its receipt will carry the same id
 * @throws {import("../store/both.js").PhoneFull} nothing was kept; what is on the screen stays
 */
export async function keep(verb, subject, body, how = {}) {
  const command = await keepCommand({ verb, subject, body, ...how });
  if (how.delay_ms) wakeAt(Date.now() + how.delay_ms + 50);
  else wakeSoon();
  return command;
}

/**
 * Take back a command kept with delay_ms.
 * @param {string} id
 * @returns {Promise<any | null>} the command as it was, or null when it had already gone
 */
export const takeBack = (id) => takeBackHere(id);
