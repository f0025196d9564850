// @ts-check
// Notices: fetched after the rows, kept for when there is no signal, told to be read when there is.

import { now } from "../kit/clock.js";
import { askNotices, sayRead } from "../server/notices.js";
import { changed, keepNotices, notices } from "../store/rows.js";

/** Kept on the phone: the newest ones. */
const MOST = 200;
/** Without news the office is asked this often; with news at once, and once more a little later, for notices follow the news. */
const ASK_EVERY = 10 * 60_000;
const FOLLOW_AFTER = 50_000;
/** An office that has no notices is not asked again for this long. */
const ASK_AGAIN = 3_600_000;
let notBefore = 0;
/** When the office is to be asked next, ms; 0: now. */
let askAt = 0;
let looked = -1;

/** Somebody else works here now, or the phone was started. */
export function startNotices() {
  notBefore = 0;
  askAt = 0;
}

/**
 * What is kept after the office's answer. Pure.
 *
 * @param {import("../store/rows.js").Notices} kept @param {any[]} lines as answered @param {boolean} all these are all there are
 * @returns {import("../store/rows.js").Notices}
 */
export function merged(kept, lines, all) {
  const bySeq = new Map([...(all ? [] : kept.list), ...lines].map((one) => [one.seq, one]));
  const list = [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, MOST);
  // What was read on another phone or at the desk is read here too.
  const told = lines.filter((one) => one.unread === false).map((one) => one.seq);
  return { ...kept, list, seq: Math.max(kept.seq, ...list.map((one) => one.seq)), read: Math.max(kept.read, ...told) };
}

/** In a round, after the rows: a failure here stops nothing. */
export async function pullNotices() {
  const at = now();
  const news = changed.value !== looked;
  looked = changed.value;
  if (at < notBefore) return;
  const unsaid = notices.value.read > notices.value.read_told;
  if (!news && !unsaid && at < askAt && askAt - at <= ASK_EVERY) return;
  askAt = at + (news ? FOLLOW_AFTER : ASK_EVERY);
  if (unsaid) {
    const read = notices.value.read;
    const { ok } = await sayRead(read);
    if (ok) await keepNotices({ ...notices.value, read_told: read });
  }
  let { ok, status, json } = await askNotices(notices.value.seq);
  if (status === 404) notBefore = at + ASK_AGAIN;
  if (!ok || !Array.isArray(json.notices)) return;
  let next = merged(notices.value, json.notices, false);
  // What is no longer true is taken away by the office, which says only how many are left.
  if (typeof json.unread === "number" && json.unread !== unseen(next).length) {
    ({ ok, json } = await askNotices(0));
    if (!ok || !Array.isArray(json.notices)) return;
    next = merged(notices.value, json.notices, true);
  }
  if (JSON.stringify(next) !== JSON.stringify(notices.value)) await keepNotices(next);
}

/** The person has seen them all. Told to the office with the next round. */
export async function seeAll() {
  const { seq, read } = notices.value;
  if (seq > read) await keepNotices({ ...notices.value, read: seq });
}

/** Those not seen yet, newest first. @param {import("../store/rows.js").Notices} kept */
export const unseen = ({ list, read }) => list.filter((one) => one.seq > read);
