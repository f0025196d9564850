// @ts-check
// Letting go of what the server has for good. Never of anything else.

import { now } from "../kit/clock.js";
import { markCommands, removeEntries } from "../store/commands.js";
import { freeReceived } from "../store/photos.js";
import { readFeed } from "../store/rows.js";
import { readMeta } from "../store/meta.js";
import { entries, photoMarks } from "../store/state.js";

const KEPT_DAYS = 14;
const DAY = 86_400_000;

/**
 * May this be let go? Only after a receipt, and when a backup covers it or it has been kept for 14 days. Pure.
 *
 * @param {{ seq?: number, epoch?: string } | null | undefined} receipt
 * @param {number | undefined} receivedAt  ms
 * @param {{ epoch: string, backedUpSeq: number | undefined, at: number }} now
 */
export function mayGo(receipt, receivedAt, { epoch, backedUpSeq, at }) {
  if (receivedAt === undefined) return false;
  if (at - receivedAt > KEPT_DAYS * DAY) return true;
  return receipt?.epoch === epoch && typeof receipt?.seq === "number" && typeof backedUpSeq === "number" && receipt.seq <= backedUpSeq;
}

/** After a round. */
export async function tidy() {
  const feed = await readFeed();
  const state = { epoch: await readMeta("epoch"), backedUpSeq: feed.backed_up_seq, at: now() };
  await freeReceived((mark) => mayGo(mark.receipt, mark.received_at, state));

  const old = [];
  const light = new Map();
  for (const entry of entries.value) {
    if (entry.state !== "sent" && entry.state !== "closed") continue;
    // Its content may go; that it was sent, with its receipt, is still shown for two weeks.
    if (at(entry, state.at) > KEPT_DAYS * DAY) old.push(entry.id);
    else if (entry.command.body && mayGo(entry.answer, entry.sent_at, state) && !photosWait(entry)) {
      light.set(entry.id, { command: { ...entry.command, body: null } });
    }
  }
  await removeEntries(old);
  if (light.size) await markCommands(light);
}

/** @param {import("../store/state.js").Entry} entry @param {number} time */
const at = (entry, time) => time - (entry.sent_at ?? time);

/** @param {import("../store/state.js").Entry} entry */
function photosWait(entry) {
  return entry.photos.some((sha) => photoMarks.value.get(sha)?.state === "queued");
}
