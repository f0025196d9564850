// @ts-check
// One tab among others: its turn to write, its log, and what it tells the other tabs of the same person.

/** @typedef {{ what: string[], received?: string[], gone?: { kind: string, id: string, rev: number }[], keys?: string[] }} News */

/** @type {{ person: string, log: import("./log.js").Log | null, channel: BroadcastChannel } | null} */
let current = null;

/** Whose stores are open here, and with which log; null log where the browser has none. */
export function here() {
  if (!current) throw new DOMException("nobody's stores are open", "InvalidStateError");
  return current;
}

export const isOpen = () => current !== null;

/**
 * @param {string} person
 * @param {import("./log.js").Log | null} log
 * @param {(news: News) => void} told  what another tab says
 */
export function enter(person, log, told) {
  leave();
  const channel = new BroadcastChannel(`fieldbook-${person}`);
  channel.onmessage = ({ data }) => told(data);
  current = { person, log, channel };
}

/** This browser has no such files, or not now: the database alone has to do. */
export async function goWithoutLog() {
  const log = here().log;
  /** @type {any} */ (current).log = null;
  await log?.close();
}

export function leave() {
  current?.channel.close();
  current = null;
}

/** @param {News} news */
export function tellOthers(news) {
  current?.channel.postMessage(news);
}

/** @type {Promise<any>} */
let turn = Promise.resolve();

/**
 * Wait for the writes before, then do this one. Log and database move together, so one at a time.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export function inTurn(work) {
  const mine = turn.then(work, work);
  turn = mine.catch(() => {});
  return mine;
}

/**
 * Tell our log, and every other tab's, what needs no keeping any more. Failing is harmless: it is said again at next start.
 * @param {{ received?: string[], gone?: { kind: string, id: string, rev: number }[] }} what
 */
export function settle(what) {
  void inTurn(async () => {
    await current?.log?.settled(what).catch(() => {});
  });
}
