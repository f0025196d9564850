// @ts-check
// Keeping something in both stores: the log first, then the database, and "kept" only after both.

import { inTransaction } from "./database.js";
import { here, inTurn } from "./tab.js";
import { storesNote } from "./state.js";

/** The phone has no room left. Nothing was kept; what was on the screen is still there. */
export class PhoneFull extends Error {
  constructor() {
    super("phone.full");
    this.name = "PhoneFull";
    this.code = "phone.full";
  }
}

/** This tab holds no slot: the same person has too many tabs open. */
export class TooManyTabs extends Error {
  constructor() {
    super("phone.open_elsewhere");
    this.name = "TooManyTabs";
    this.code = "phone.open_elsewhere";
  }
}

/**
 * @template T
 * @param {import("./log.js").Piece[]} pieces  for the log
 * @param {string[]} stores
 * @param {(tx: any) => Promise<T>} work  for the database
 * @returns {Promise<T>} once both disks have it
 * @throws {PhoneFull} nothing was kept
 * @throws {TooManyTabs} nothing was kept
 *
 * Must be called in turn (tab.js), so that a refused record is still the log's last when it is taken back.
 */
export async function keepInBoth(pieces, stores, work) {
  const { log } = here();
  if (storesNote.value === "busy") throw new TooManyTabs();
  let mark = null;
  try {
    if (log) mark = await log.append(pieces);
  } catch (error) {
    throw plain(error);
  }
  try {
    return await inTransaction(stores, work);
  } catch (error) {
    if (mark) await log?.undo(mark);
    throw plain(error);
  }
}

/** What a refusal of the database means to a person. @param {any} error */
export function plain(error) {
  return error?.name === "QuotaExceededError" ? new PhoneFull() : error;
}

export { inTurn };
