// @ts-check
// Manuals that are not in force any more: kept here for what was begun with them, else asked for; a version never changes.

import { askManual } from "../server/me.js";
import { keepEarlierManual, manualOf } from "../store/rows.js";
import { isOpen } from "../store/tab.js";

/**
 * @param {number} version
 * @returns {Promise<any>} as the office gives it; null when it is neither here nor to be had now
 */
export async function earlierManual(version) {
  const kept = await manualOf(version).catch(() => null);
  if (kept) return kept;
  try {
    const { ok, json } = await askManual(version);
    if (!ok) return null;
    if (isOpen()) await keepEarlierManual(json);
    return json;
  } catch {
    return null; // no signal, or no login: asked again later
  }
}
