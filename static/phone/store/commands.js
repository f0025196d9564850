// @ts-check
// Commands: what a person decided, numbered without gaps, kept until a receipt has come and a backup covers them.

import { now, offset } from "../kit/clock.js";
import { newId } from "../kit/ids.js";
import { inTransaction, reading } from "./database.js";
import { PhoneFull, TooManyTabs, inTurn, keepInBoth, plain } from "./both.js";
import { bury, forget, tombstones } from "./drafts.js";
import { hintNumber } from "./hint.js";
import { getMeta, putMeta, readMeta } from "./meta.js";
import { show as showPhotos } from "./photos.js";
import { entries, photoMarks } from "./state.js";
import { here, settle, tellOthers } from "./tab.js";

/** @typedef {import("./state.js").Entry} Entry */

/** A command names a photo that is not on this phone. */
export class PhotoNotKept extends Error {
  /** @param {string} sha256 */
  constructor(sha256) {
    super(sha256);
    this.name = "PhotoNotKept";
    this.code = "phone.photo_not_kept";
  }
}

/** The greatest number this tab has seen given, in case the database is emptied under us. */
let greatest = 0;

/** Called by heal when a number may have been given by a tab that died. @type {() => Promise<void>} */
let healFirst = async () => {};

/** @param {() => Promise<void>} heal */
export function beforeNumbering(heal) {
  healFirst = heal;
}

/**
 * Keep a command in both stores.
 *
 * @param {object} what
 * @param {string} what.verb
 * @param {string} what.subject  UUID
 * @param {any} what.body
 * @param {string[]} [what.photos]  SHA-256 of every photo the body names; all kept before
 * @param {string | null} [what.after]  the command it must follow
 * @param {number} [what.delay_ms]  not sent before this has passed; until then it can be taken back and has no number
 * @param {string} [what.draft]  the draft it came from, dropped in the same stroke
 * @returns {Promise<any>} the command, once both stores have it
 * @throws {PhotoNotKept} nothing was kept
 * @throws {import("./both.js").PhoneFull} nothing was kept
 */
export function keepCommand({ verb, subject, body, photos = [], after = null, delay_ms = 0, draft }) {
  // The moment of the tap, not of the disk.
  const at = now();
  return inTurn(async () => {
    const missing = photos.find((sha) => !photoMarks.value.has(sha));
    if (missing) throw new PhotoNotKept(missing);
    const feed = await readMeta("feed");
    const command = {
      id: newId(),
      v: 1,
      verb,
      subject,
      ...(after ? { after } : {}),
      at,
      offset_ms: offset(),
      seen_seq: feed?.seen_seq ?? 0,
      body,
    };
    const gone = draft ? await tombstones(draft, photos) : [];
    /** @type {Entry} */
    const entry = { id: command.id, n: null, rev: 1, command, state: "delayed", kept_at: at, photos };
    if (delay_ms > 0) {
      entry.release_at = at + delay_ms;
      await write(entry, gone);
      return command;
    }
    return (await numbered(entry, gone)).command;
  });
}

/**
 * Give a command its number and keep it. Numbers are given under a lock that all tabs share; an intent, written before the
 * log's record, tells the next tab when this one died in between.
 *
 * @param {Entry} entry @param {{ kind: "draft" | "photo", id: string, rev: number }[]} gone
 */
async function numbered(entry, gone) {
  return navigator.locks.request(`fieldbook-number-${here().person}`, async () => {
    if (await reading(["meta"], (tx) => getMeta(tx, "intent"))) await healFirst();
    const n = await inTransaction(
      ["meta", "outbox"],
      async (tx) => {
        const next = Math.max(greatest, (await getMeta(tx, "last_n")) ?? 0) + 1;
        await putMeta(tx, "intent", { n: next, id: entry.id });
        return next;
      },
      { relaxed: true },
    ).catch((error) => {
      throw plain(error);
    });
    const ready = {
      ...entry,
      n,
      rev: entry.rev + (entry.state === "delayed" && entry.release_at ? 1 : 0),
      state: /** @type {"waiting"} */ ("waiting"),
      command: { ...entry.command, n },
    };
    delete ready.release_at;
    try {
      await write(ready, gone);
    } catch (error) {
      // Refused cleanly, the number is still free. After any other failure the intent stays and the next one heals first.
      if (error instanceof PhoneFull || error instanceof PhotoNotKept || error instanceof TooManyTabs) {
        await inTransaction(["meta"], (tx) => tx.objectStore("meta").delete("intent"), { relaxed: true }).catch(() => {});
      }
      throw error;
    }
    greatest = n;
    hintNumber(here().person, n);
    return ready;
  });
}

/** @param {Entry} entry @param {{ kind: "draft" | "photo", id: string, rev: number }[]} gone */
async function write(entry, gone) {
  const { buffer } = new TextEncoder().encode(JSON.stringify(entry));
  const queued = await keepInBoth(
    [
      { head: { kind: "command", id: entry.id, rev: entry.rev, meta: { n: entry.n } }, bytes: buffer },
      ...gone.map((head) => ({ head: { ...head, gone: true } })),
    ],
    ["outbox", "photos", "photo_bytes", "thumbs", "drafts", "meta"],
    async (tx) => {
      await tx.objectStore("outbox").put(entry);
      const marks = [];
      for (const sha of entry.photos) {
        const mark = await tx.objectStore("photos").get(sha);
        if (!mark || mark.state === "gone") throw new PhotoNotKept(sha);
        if (mark.state === "kept") {
          const after = { ...mark, state: "queued" };
          await tx.objectStore("photos").put(after);
          marks.push(after);
        }
      }
      await bury(tx, gone);
      if (entry.n !== null) {
        await putMeta(tx, "last_n", Math.max((await getMeta(tx, "last_n")) ?? 0, entry.n));
        await tx.objectStore("meta").delete("intent");
      }
      return marks;
    },
  );
  showPhotos(queued);
  show([entry]);
  if (gone.length) forget(gone);
  tellOthers({ what: ["outbox", "photos"] });
}

/**
 * A command taken back stays in the database as a stone, so that a log record in some closed tab's slot never sends it.
 * @param {{ id: string, rev: number }} stone
 */
export const stoneOf = ({ id, rev }) => ({ id, rev, gone: true, state: "gone", photos: [], buried_at: Date.now() });

/** Number the delayed ones whose time has come. @returns {Promise<number>} how many can now be sent */
export function releaseDelayed() {
  return inTurn(async () => {
    let released = 0;
    for (const entry of entries.value.filter((one) => one.state === "delayed")) {
      const left = (entry.release_at ?? 0) - now();
      // A clock that was set back must not hold a command for ever.
      if (left > 0 && left < 60_000) continue;
      const stored = await reading(["outbox"], (tx) => tx.objectStore("outbox").get(entry.id));
      if (stored?.state !== "delayed") continue;
      await numbered(stored, []);
      released += 1;
    }
    return released;
  });
}

/**
 * Take a delayed command back: it was never sent, and never will be.
 *
 * @param {string} id
 * @returns {Promise<any | null>} the command, or null when it was too late
 */
export function takeBack(id) {
  return inTurn(async () => {
    const entry = await reading(["outbox"], (tx) => tx.objectStore("outbox").get(id));
    if (entry?.state !== "delayed") return null;
    const others = new Set(entries.value.flatMap((one) => (one.id === id ? [] : one.photos)));
    const stone = { kind: /** @type {"command"} */ ("command"), id, rev: entry.rev + 1 };
    const freed = await keepInBoth([{ head: { ...stone, gone: true } }], ["outbox", "photos"], async (tx) => {
      await tx.objectStore("outbox").put(stoneOf(stone));
      const marks = [];
      for (const sha of entry.photos) {
        const mark = await tx.objectStore("photos").get(sha);
        if (mark?.state !== "queued" || others.has(sha)) continue;
        const after = { ...mark, state: "kept" };
        await tx.objectStore("photos").put(after);
        marks.push(after);
      }
      return marks;
    });
    showPhotos(freed);
    entries.value = entries.value.filter((one) => one.id !== id);
    settle({ gone: [stone] });
    tellOthers({ what: ["outbox", "photos"], gone: [stone] });
    return entry.command;
  });
}

/**
 * Write what the server said about commands.
 *
 * @param {Map<string, Partial<Entry>>} changes  by command id
 * @param {any} [meta]  small facts to set in the same stroke, by key
 */
export async function markCommands(changes, meta = {}) {
  const changed = await inTransaction(["outbox", "meta"], async (tx) => {
    const store = tx.objectStore("outbox");
    const after = [];
    for (const [id, change] of changes) {
      const entry = await store.get(id);
      if (!entry || entry.gone) continue;
      const next = { ...entry, ...change };
      // Above every rev the log knows, so that an old record never makes it wait again.
      if (next.state !== entry.state) next.rev = entry.rev + 1;
      await store.put(next);
      after.push(next);
    }
    for (const [key, value] of Object.entries(meta)) await putMeta(tx, key, value);
    return after;
  });
  show(changed);
  const received = changed.filter((entry) => !needsKeeping(entry)).map((entry) => `command:${entry.id}`);
  if (received.length) settle({ received });
  tellOthers({ what: ["outbox"], received });
}

/** Does the log have to hold it? Only while the server has not taken it. @param {Entry} entry */
export const needsKeeping = (entry) => ["delayed", "waiting", "stuck"].includes(entry.state);

/** Remove entries from the phone. @param {string[]} ids */
export async function removeEntries(ids) {
  if (!ids.length) return;
  await inTransaction(["outbox"], async (tx) => {
    for (const id of ids) await tx.objectStore("outbox").delete(id);
  });
  const gone = new Set(ids);
  entries.value = entries.value.filter((entry) => !gone.has(entry.id));
  tellOthers({ what: ["outbox"] });
}

/** @param {Entry[]} changed */
function show(changed) {
  if (!changed.length) return;
  const byId = new Map(entries.value.map((entry) => [entry.id, entry]));
  for (const entry of changed) byId.set(entry.id, entry);
  entries.value = inOrder([...byId.values()]);
}

/** As they were kept; numbers decide, and what has none comes last. @param {Entry[]} list */
export const inOrder = (list) => list.sort((a, b) => (a.n ?? Infinity) - (b.n ?? Infinity) || a.kept_at - b.kept_at);

/**
 * The server has seen a greater number of this phone: never give it again.
 * @param {number} n
 */
export async function learnLastN(n) {
  if (!(n > greatest)) return;
  greatest = n;
  await inTransaction(["meta"], async (tx) => {
    if (((await getMeta(tx, "last_n")) ?? 0) < n) await putMeta(tx, "last_n", n);
  });
}

/** The greatest number of this device, as this tab knows it: there even when the disk is not any more. */
export const greatestGiven = () => greatest;

/** At start. @param {number} n */
export function startNumbering(n) {
  greatest = n;
}
