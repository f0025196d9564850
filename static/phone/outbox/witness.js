// @ts-check
// Every phone is a witness: once a day it works out the journal's head by itself, from the leaves since it last looked.

import { now } from "../kit/clock.js";
import { nextHead } from "../kit/hash.js";
import { signal } from "../kit/html.js";
import { askLeaves } from "../server/leaves.js";
import { readMeta, writeMeta } from "../store/meta.js";
import { readFeed } from "../store/rows.js";

const DAY = 86_400_000;

/** The journal does not lead from what this phone saw to what the server says now; null while all is well.
 * @type {import("@preact/signals").Signal<{ seq: number, seen: string, told: string } | null>} */
export const historyChanged = signal(null);

/** Look, at most once a day. */
export async function checkChain() {
  const feed = await readFeed();
  if (!feed.seen_head) return;
  const witness = await readMeta("witness");
  if (!witness) {
    await writeMeta("witness", { seq: feed.seen_seq, head: feed.seen_head, at: now() });
    return;
  }
  if (now() - witness.at < DAY && now() >= witness.at) return;
  let { seq, head } = witness;
  while (seq < feed.seen_seq) {
    const { ok, json } = await askLeaves(seq);
    if (!ok || !json.leaves?.length) return;
    for (const leaf of json.leaves) {
      head = await nextHead(head, leaf);
      seq += 1;
      if (seq === feed.seen_seq && head !== feed.seen_head) {
        historyChanged.value = { seq, seen: head, told: feed.seen_head };
        return;
      }
    }
  }
  await writeMeta("witness", { seq, head, at: now() });
}
