// @ts-check
// Small facts of one person on this phone: device, counters, epoch, where the feed stands.

import { inTransaction, oneOf } from "./database.js";

/** @param {string} key @returns {Promise<any>} undefined when never set */
export const readMeta = async (key) => (await oneOf("meta", key))?.value;

/** @param {string} key @param {any} value */
export const writeMeta = (key, value) =>
  inTransaction(["meta"], (tx) => tx.objectStore("meta").put({ key, value }));

/** Inside a transaction that names "meta". @param {any} tx @param {string} key */
export const getMeta = async (tx, key) => (await tx.objectStore("meta").get(key))?.value;

/** @param {any} tx @param {string} key @param {any} value */
export const putMeta = (tx, key, value) => tx.objectStore("meta").put({ key, value });

/**
 * Which numbers between `settled` and `last` are nowhere. Pure.
 *
 * @param {number} settled  all up to here are accounted for
 * @param {number} last  the last number given
 * @param {Iterable<number>} here  numbers found in the stores
 * @returns {{ from: number, to: number }[]} in order, closed ranges
 */
export function gaps(settled, last, here) {
  const found = new Set(here);
  const missing = [];
  let open = null;
  for (let n = settled + 1; n <= last; n++) {
    if (found.has(n)) {
      open = null;
    } else if (open) {
      open.to = n;
    } else {
      missing.push((open = { from: n, to: n }));
    }
  }
  return missing;
}
