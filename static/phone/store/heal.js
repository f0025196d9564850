// @ts-check
// Making both stores hold the same again: union by id and highest rev, what one lost comes from the other.

import { inTransaction, reading } from "./database.js";
import { needsKeeping, stoneOf } from "./commands.js";
import { getMeta, putMeta } from "./meta.js";
import { logHead, putPhoto } from "./photos.js";
import { keyOf } from "./log-record.js";

/** @typedef {import("./log.js").Listed} Listed */

/**
 * What has to move. Pure.
 *
 * @param {Listed[]} listed  everything in the log, in any slot
 * @param {Map<string, { rev: number, needed: boolean }>} kept  everything in the database, by key; stones too
 * @returns {{ toDatabase: Listed[], toLog: string[], needed: string[] }}
 *   toDatabase: records that the database lacks or has older; toLog: keys of unsent things that no slot holds;
 *   needed: keys that the log must go on holding
 */
export function difference(listed, kept) {
  /** @type {Map<string, Listed>} */
  const best = new Map();
  const everywhere = new Map();
  for (const record of listed) {
    const key = keyOf(record);
    everywhere.set(key, Math.max(everywhere.get(key) ?? 0, record.rev));
    if (!record.readable || record.kind === "ledger") continue;
    const before = best.get(key);
    // Of equal revs a stone wins: dropping is the later wish.
    if (!before || record.rev > before.rev || (record.rev === before.rev && record.gone)) best.set(key, record);
  }
  const toDatabase = [];
  const needed = new Set();
  for (const [key, record] of best) {
    const there = kept.get(key);
    if (!there || there.rev < record.rev) {
      toDatabase.push(record);
      if (!record.gone) needed.add(key);
    }
  }
  const toLog = [];
  for (const [key, { rev, needed: wanted }] of kept) {
    if (!wanted) continue;
    if ((best.get(key)?.rev ?? 0) > rev) continue; // the log knows better
    needed.add(key);
    if ((everywhere.get(key) ?? 0) < rev) toLog.push(key);
  }
  return { toDatabase, toLog, needed: [...needed] };
}

/** What the database holds, by key. */
async function keptHere() {
  return reading(["drafts", "photos", "outbox"], async (tx) => {
    /** @type {Map<string, { rev: number, needed: boolean }>} */
    const kept = new Map();
    for (const draft of await tx.objectStore("drafts").getAll()) {
      kept.set(`draft:${draft.id}`, { rev: draft.rev ?? 0, needed: !draft.gone });
    }
    for (const mark of await tx.objectStore("photos").getAll()) {
      kept.set(`photo:${mark.sha256}`, { rev: mark.rev, needed: mark.state !== "gone" && mark.state !== "received" });
    }
    for (const entry of await tx.objectStore("outbox").getAll()) {
      kept.set(`command:${entry.id}`, { rev: entry.rev, needed: needsKeeping(entry) });
    }
    return kept;
  });
}

/**
 * Heal both stores. The caller holds the lock `fieldbook-heal-<person>`, so that no number is given meanwhile by a tab that is
 * only starting, and no two tabs move the same slot.
 *
 * @param {import("./log.js").Log} log
 * @returns {Promise<{ database: number, log: number, ledger: any, kinds: Record<string, number> }>}
 *   how many things each store got back; kinds: what the database got, by kind
 */
export async function heal(log) {
  const listed = await log.index();
  const kept = await keptHere();
  const { toDatabase, toLog, needed } = difference(listed, kept);

  // Photos before commands, so that a command finds the photos it names.
  const order = { photo: 0, draft: 1, command: 2, ledger: 3 };
  toDatabase.sort((a, b) => order[a.kind] - order[b.kind]);
  for (const record of toDatabase) await restore(log, record);
  await queueNamedPhotos();
  if (log.slot >= 0) for (const key of toLog) await copyToLog(log, key);

  const ledger = newestLedger(listed);
  const numbers = listed.flatMap(({ kind, meta }) => (kind === "command" && meta?.n ? [meta.n] : []));
  await inTransaction(["meta", "outbox"], async (tx) => {
    for (const { n } of await tx.objectStore("outbox").getAll()) numbers.push(n ?? 0);
    const known = (await getMeta(tx, "last_n")) ?? 0;
    const last = Math.max(known, ledger?.last_n ?? 0, ...numbers);
    if (last > known) await putMeta(tx, "last_n", last); // a full phone has nothing to write here
    await tx.objectStore("meta").delete("intent");
  });
  await log.settle(needed);
  /** @type {Record<string, number>} */
  const kinds = {};
  for (const { kind, gone } of toDatabase) if (!gone) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return { database: toDatabase.length, log: toLog.length, ledger, kinds };
}

/** @param {Listed[]} listed */
function newestLedger(listed) {
  const ledgers = listed.filter(({ kind }) => kind === "ledger").sort((a, b) => b.rev - a.rev);
  if (!ledgers.length) return null;
  const device = ledgers.find(({ meta }) => meta?.device)?.meta;
  if (!device) return null;
  const same = ledgers.filter(({ meta }) => meta?.device?.id === device.device.id);
  return { ...device, last_n: Math.max(...same.map(({ meta }) => meta.last_n ?? 0)) };
}

/** From the log into the database. @param {import("./log.js").Log} log @param {Listed} record */
async function restore(log, record) {
  const { kind, id, rev, gone, meta } = record;
  const at = Date.now();
  if (gone) {
    await inTransaction(["drafts", "photos", "photo_bytes", "thumbs", "outbox"], async (tx) => {
      if (kind === "draft") await tx.objectStore("drafts").put({ id, rev, gone: true, buried_at: at });
      if (kind === "command") await tx.objectStore("outbox").put(stoneOf({ id, rev }));
      if (kind === "photo") {
        await tx.objectStore("photos").put({ sha256: id, rev, state: "gone", buried_at: at, kept_at: at, meta: {} });
        await tx.objectStore("photo_bytes").delete(id);
        await tx.objectStore("thumbs").delete(id);
      }
    });
    return;
  }
  const bytes = await log.read(record);
  if (!bytes) return;
  if (kind === "photo") {
    const thumb = bytes.slice(0, meta.thumb);
    const mark = { sha256: id, rev, meta: meta.photo, state: /** @type {"kept"} */ ("kept"), kept_at: meta.kept_at };
    await inTransaction(["photos", "photo_bytes", "thumbs"], (tx) => putPhoto(tx, mark, bytes.slice(meta.thumb), thumb));
    return;
  }
  const thing = JSON.parse(new TextDecoder().decode(bytes));
  await inTransaction([kind === "draft" ? "drafts" : "outbox"], (tx) =>
    tx.objectStore(kind === "draft" ? "drafts" : "outbox").put(thing),
  );
}

/** A restored photo does not know that a command names it; the command does. */
async function queueNamedPhotos() {
  await inTransaction(["outbox", "photos"], async (tx) => {
    for (const entry of await tx.objectStore("outbox").getAll()) {
      for (const sha of entry.photos ?? []) {
        const mark = await tx.objectStore("photos").get(sha);
        if (mark?.state === "kept") await tx.objectStore("photos").put({ ...mark, state: "queued" });
      }
    }
  });
}

/** From the database into our slot. @param {import("./log.js").Log} log @param {string} key */
async function copyToLog(log, key) {
  const kind = key.slice(0, key.indexOf(":"));
  const id = key.slice(kind.length + 1);
  const { thing, bytes, thumb } = await reading(["drafts", "photos", "photo_bytes", "thumbs", "outbox"], async (tx) => {
    if (kind === "draft") return { thing: await tx.objectStore("drafts").get(id) };
    if (kind === "command") return { thing: await tx.objectStore("outbox").get(id) };
    return {
      thing: await tx.objectStore("photos").get(id),
      bytes: (await tx.objectStore("photo_bytes").get(id))?.buf,
      thumb: (await tx.objectStore("thumbs").get(id))?.buf,
    };
  });
  if (!thing) return;
  if (kind === "photo") {
    if (!bytes) return;
    const both = new Uint8Array((thumb?.byteLength ?? 0) + bytes.byteLength);
    if (thumb) both.set(new Uint8Array(thumb), 0);
    both.set(new Uint8Array(bytes), thumb?.byteLength ?? 0);
    await log.append([{ head: logHead(thing, thumb?.byteLength ?? 0), bytes: both.buffer }]);
    return;
  }
  const { buffer } = new TextEncoder().encode(JSON.stringify(thing));
  const meta = kind === "command" ? { n: thing.n } : undefined;
  await log.append([
    { head: { kind: /** @type {"draft"|"command"} */ (kind), id, rev: thing.rev ?? 1, ...(meta ? { meta } : {}) }, bytes: buffer },
  ]);
}

