// @ts-check
// Drafts: what a person has begun and not yet finished. Kept on every touch, in both stores.

import { inTransaction, reading } from "./database.js";
import { inTurn, keepInBoth } from "./both.js";
import { drafts, photoMarks } from "./state.js";
import { nextRev } from "./log-record.js";
import { settle, tellOthers } from "./tab.js";

/** @typedef {{ id: string, kind: string, [more: string]: any }} Draft */

/** Of each draft the newest wish, and who waits for it. @type {Map<string, { draft: Draft, kept: ((rev: number) => void)[], failed: ((e: any) => void)[] }>} */
const wished = new Map();

/**
 * Keep a draft as it is now. Touches that come faster than the disk are kept as one.
 *
 * @param {Draft} draft  plain data; its photos are named by SHA-256 and kept with keepPhoto
 * @returns {Promise<number>} its rev, once both stores have it: only then may the screen say 已存本机
 * @throws {import("./both.js").PhoneFull} the last kept form is still there
 */
export function keepDraft(draft) {
  return new Promise((kept, failed) => {
    const waiting = wished.get(draft.id);
    // A copy, because the screen goes on changing the same thing.
    const copy = structuredClone(draft);
    if (waiting) {
      waiting.draft = copy;
      waiting.kept.push(kept);
      waiting.failed.push(failed);
      return;
    }
    wished.set(draft.id, { draft: copy, kept: [kept], failed: [failed] });
    void inTurn(() => keepWished(draft.id));
  });
}

/** @param {string} id */
async function keepWished(id) {
  const wish = wished.get(id);
  wished.delete(id);
  if (!wish) return;
  try {
    const before = await reading(["drafts"], (tx) => tx.objectStore("drafts").get(id));
    const draft = { ...wish.draft, rev: nextRev(before) };
    const { buffer } = new TextEncoder().encode(JSON.stringify(draft));
    await keepInBoth(
      [{ head: { kind: "draft", id, rev: draft.rev }, bytes: buffer }],
      ["drafts"],
      (tx) => tx.objectStore("drafts").put(draft),
    );
    show(draft);
    tellOthers({ what: ["drafts"] });
    for (const kept of wish.kept) kept(draft.rev);
  } catch (error) {
    for (const failed of wish.failed) failed(error);
  }
}

/** @param {any} draft */
function show(draft) {
  drafts.value = [draft, ...drafts.value.filter((other) => other.id !== draft.id)];
}

/** Drafts as the stores have them, newest first. @returns {Promise<Draft[]>} */
export async function readDrafts() {
  /** @type {any[]} */
  const rows = await reading(["drafts"], (tx) => tx.objectStore("drafts").getAll());
  return rows.filter((row) => !row.gone).sort((a, b) => (b.changed_at ?? b.started_at ?? 0) - (a.changed_at ?? a.started_at ?? 0));
}

/**
 * Drop a draft on purpose, with the photos that only it has. It does not come back.
 * @param {string} id
 */
export function dropDraft(id) {
  return inTurn(async () => {
    const gone = await tombstones(id);
    await keepInBoth(
      gone.map((head) => ({ head: { ...head, gone: true } })),
      ["drafts", "photos", "photo_bytes", "thumbs"],
      (tx) => bury(tx, gone),
    );
    wished.delete(id);
    forget(gone);
  });
}

/**
 * What goes when this draft goes: itself, and its photos that no command took over.
 * @param {string} id
 * @returns {Promise<{ kind: "draft" | "photo", id: string, rev: number }[]>}
 */
export async function tombstones(id, taken = /** @type {string[]} */ ([])) {
  const before = await reading(["drafts"], (tx) => tx.objectStore("drafts").get(id));
  const gone = [{ kind: /** @type {"draft" | "photo"} */ ("draft"), id, rev: nextRev(before) }];
  for (const mark of photoMarks.value.values()) {
    if (mark.meta?.draft === id && mark.state === "kept" && !taken.includes(mark.sha256)) {
      gone.push({ kind: "photo", id: mark.sha256, rev: nextRev(mark) });
    }
  }
  return gone;
}

/**
 * In the database: a dropped draft or photo stays as a stone without content, so that an old log record never revives it.
 * @param {any} tx @param {{ kind: string, id: string, rev: number }[]} gone
 */
export async function bury(tx, gone) {
  const buried_at = Date.now();
  for (const { kind, id, rev } of gone) {
    if (kind === "draft") {
      await tx.objectStore("drafts").put({ id, rev, gone: true, buried_at });
    } else {
      await tx.objectStore("photos").put({ sha256: id, rev, state: "gone", buried_at, meta: {}, kept_at: buried_at });
      await tx.objectStore("photo_bytes").delete(id);
      await tx.objectStore("thumbs").delete(id);
    }
  }
}

/** In memory, in our log and in the other tabs. @param {{ kind: any, id: string, rev: number }[]} gone */
export function forget(gone) {
  const ids = new Set(gone.filter(({ kind }) => kind === "draft").map(({ id }) => id));
  if (ids.size) drafts.value = drafts.value.filter((draft) => !ids.has(draft.id));
  const marks = new Map(photoMarks.value);
  for (const { kind, id } of gone) if (kind === "photo") marks.delete(id);
  if (marks.size !== photoMarks.value.size) photoMarks.value = marks;
  settle({ gone });
  tellOthers({ what: ["drafts", "photos"], gone });
}

/** Stones older than this many days go: no log record is that old. */
const STONE_DAYS = 40;
const KEYS = { drafts: "id", photos: "sha256", outbox: "id" };

/** Clear stones away. @param {number} at  ms */
export const sweepStones = (at) =>
  inTransaction(Object.keys(KEYS), async (tx) => {
    for (const [store, key] of Object.entries(KEYS)) {
      for (const row of await tx.objectStore(store).getAll()) {
        if (row.buried_at && at - row.buried_at > STONE_DAYS * 86_400_000) await tx.objectStore(store).delete(row[key]);
      }
    }
  });
