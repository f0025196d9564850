// @ts-check
// What others did, as pulled: kept in the database and, for the screens, in memory.
//
// Two generations: a reset builds the new one beside the old, page by page, and swaps when it is whole, so that a screen never
// shows half a county and a kill in the middle goes on where it stood.

import { signal } from "../kit/html.js";
import { setZone } from "../kit/format.js";
import { inTransaction, reading } from "./database.js";
import { getMeta, putMeta, readMeta, writeMeta } from "./meta.js";
import { dropPicturesBut } from "./pictures.js";
import { drafts } from "./state.js";
import { tellOthers } from "./tab.js";

const KINDS = /** @type {const} */ (["place", "finding", "unit", "zone", "round"]);

/** The pulled rows by kind and id. Read `changed` beside it: the maps stay, their content changes.
 * @type {Record<"place"|"finding"|"unit"|"zone"|"round", Map<string, any>>} */
export const rows = { place: new Map(), finding: new Map(), unit: new Map(), zone: new Map(), round: new Map() };

/** Goes up by one whenever `rows` changed. */
export const changed = signal(0);

/** Who works with this phone, as /api/me says; null before the first login.
 * @type {import("@preact/signals").Signal<any>} */
export const me = signal(null);

/** The manual in force, as /api/manual says. @type {import("@preact/signals").Signal<any>} */
export const manual = signal(null);

/** When the rows were last brought up to date, ms; null never. @type {import("@preact/signals").Signal<number | null>} */
export const pulledAt = signal(null);

/** The journal's seq that `rows` are at. @type {import("@preact/signals").Signal<number>} */
export const seenSeq = signal(0);

/**
 * @typedef {{list: any[], seq: number, read: number, read_told: number}} Notices
 *   list: newest first; seq: the last one known; read: seen up to here; read_told: the office knows so
 * @type {import("@preact/signals").Signal<Notices>}
 */
export const notices = signal({ list: [], seq: 0, read: 0, read_told: 0 });

/** The server asks for a newer app before it gives rows again. @type {import("@preact/signals").Signal<boolean>} */
export const upgrade = signal(false);

/**
 * @typedef {object} Feed  where the pulled view stands
 * @property {"a" | "b"} at  the generation shown
 * @property {string | null} cursor  null: nothing pulled yet
 * @property {string | null} [building]  cursor of the new generation while it is built; undefined when none is
 * @property {number} seen_seq  the journal's seq that the shown rows are at
 * @property {string} [seen_head]
 * @property {number} [backed_up_seq]
 * @property {number} [pulled_at]  ms
 */

/** @returns {Promise<Feed>} */
export const readFeed = async () => (await readMeta("feed")) ?? { at: "a", cursor: null, seen_seq: 0 };

/** What has come so far of everything, while it is being fetched as a whole; shown only once it is all here.
 * @type {import("@preact/signals").Signal<{ places: number, findings: number } | null>} */
export const arriving = signal(null);

/** Fill memory from the database. */
export async function loadRows() {
  const found = await reading(["meta", "rows_a", "rows_b"], async (tx) => {
    const [feed, ...rest] = await Promise.all(["feed", "me", "manual", "notices"].map((key) => getMeta(tx, key)));
    const at = feed?.at ?? "a";
    return { feed: feed ?? { at }, list: await tx.objectStore(`rows_${at}`).getAll(), me: rest[0], manual: rest[1], notices: rest[2] };
  });
  fill(found.list);
  pulledAt.value = found.feed.pulled_at ?? null;
  seenSeq.value = found.feed.seen_seq ?? 0;
  if (found.me) showMe(found.me);
  if (found.notices) notices.value = found.notices;
  if (found.manual && found.manual !== manual.value) manual.value = found.manual;
}

/** What the disk holds of the generation that is shown: places, and how many findings. @returns {Promise<{ places: any[], findings: number }>} */
export const keptRows = () =>
  reading(["meta", "rows_a", "rows_b"], async (tx) => {
    const { at } = (await getMeta(tx, "feed")) ?? { at: "a" };
    const list = await tx.objectStore(`rows_${at}`).getAll();
    return { places: list.filter((/** @type {any} */ row) => row.kind === "place"), findings: list.filter((/** @type {any} */ row) => row.kind === "finding").length };
  });

/** @param {any[]} list */
function fill(list) {
  for (const kind of KINDS) rows[kind].clear();
  for (const row of list) rows[/** @type {"place"} */ (row.kind)]?.set(row.id, row);
  changed.value += 1;
}

/**
 * Put one page of the feed away: rows and cursor in one transaction.
 *
 * @param {any} page  the answer of /api/pull
 * @param {boolean} fromStart  no cursor was given: the page begins a new generation even if it does not say so
 * @returns {Promise<Feed>} where the feed stands now
 */
export async function keepPage(page, fromStart) {
  // Nothing new: only the time of asking is noted, which is no loss if it is lost.
  const relaxed = !page.rows?.length && !page.gone?.length && !page.reset && !fromStart;
  const { feed, list } = await inTransaction(["meta", "rows_a", "rows_b"], put, { relaxed });
  const some = (/** @type {string} */ kind) => (page.rows ?? []).filter((/** @type {any} */ row) => row.kind === kind).length;
  const before = fromStart || page.reset || !arriving.value ? { places: 0, findings: 0 } : arriving.value;
  arriving.value = list && page.more ? { places: before.places + some("place"), findings: before.findings + some("finding") } : null;

  if (list === null) {
    apply(page);
  } else if (!page.more) {
    fill(list);
    // What left the person's scope leaves this phone, pictures too.
    await dropPicturesBut(named(list));
  }
  if (feed.pulled_at) pulledAt.value = feed.pulled_at;
  seenSeq.value = feed.seen_seq;
  if (page.rows?.length || page.gone?.length || list?.length) tellOthers({ what: ["rows"] });
  return feed;

  /** @param {any} tx @returns {Promise<{ feed: Feed, list: any[] | null }>} */
  async function put(tx) {
    /** @type {Feed} */
    const before = (await getMeta(tx, "feed")) ?? { at: "a", cursor: null, seen_seq: 0 };
    const starts = page.reset || fromStart;
    const builds = starts || before.building !== undefined;
    const other = before.at === "a" ? "b" : "a";
    const store = tx.objectStore(`rows_${builds ? other : before.at}`);
    if (starts) await store.clear();
    await Promise.all([
      ...(page.gone ?? []).map((/** @type {any} */ { kind, id }) => store.delete(`${kind}:${id}`)),
      ...(page.rows ?? []).map((/** @type {any} */ row) => store.put({ ...row, key: `${row.kind}:${row.id}` })),
    ]);

    /** @type {Feed} */
    const after = { ...before };
    if (builds && page.more) {
      after.building = page.cursor;
    } else {
      if (builds) {
        await tx.objectStore(`rows_${before.at}`).clear();
        after.at = other;
      }
      after.cursor = page.cursor;
      delete after.building;
    }
    if (!page.more) {
      if (page.head) [after.seen_seq, after.seen_head] = page.head;
      after.pulled_at = Date.now();
    }
    if (typeof page.backed_up_seq === "number") after.backed_up_seq = page.backed_up_seq;
    await putMeta(tx, "feed", after);
    const swapped = builds && !page.more;
    return { feed: after, list: swapped ? await tx.objectStore(`rows_${after.at}`).getAll() : builds ? [] : null };
  }
}

/** Every photo that the rows show, SHA-256. @param {any[]} list */
function named(list) {
  return new Set(list.flatMap((row) => [...(row.before ?? []), ...(row.after ?? []), ...(row.under_way ?? [])].map((photo) => photo.sha256)));
}

/** @param {any} page */
function apply(page) {
  if (!page.rows?.length && !page.gone?.length) return;
  for (const { kind, id } of page.gone ?? []) rows[/** @type {"place"} */ (kind)]?.delete(id);
  for (const row of page.rows ?? []) rows[/** @type {"place"} */ (row.kind)]?.set(row.id, row);
  changed.value += 1;
}

/** The cursor to pull with. @param {Feed} feed */
export const cursorOf = (feed) => feed.building ?? feed.cursor;

/** Begin the feed anew at the next pull; what is shown stays until the new generation is whole. */
export const startFeedAnew = () =>
  inTransaction(["meta"], async (tx) => {
    const feed = await getMeta(tx, "feed");
    if (!feed) return;
    delete feed.building;
    // A backup of the old epoch covers nothing of the new one.
    delete feed.backed_up_seq;
    await putMeta(tx, "feed", { ...feed, cursor: null });
  });

/** @param {Notices} next */
export async function keepNotices(next) {
  notices.value = next;
  await writeMeta("notices", next);
  tellOthers({ what: ["me"] });
}

/** @param {any} found  the answer of /api/me */
export async function keepMe(found) {
  await writeMeta("me", found);
  showMe(found);
  tellOthers({ what: ["me"] });
}

/** @param {any} found */
function showMe(found) {
  setZone(found.calendar?.tz);
  me.value = found;
}

const manualKey = (/** @type {number|string} */ version) => `manual ${version}`;

/**
 * Keep the manual in force. The two before it stay, and every one that a draft was begun with: it is finished with that one.
 * @param {any} found  the answer of /api/manual/<version>
 */
export async function keepManual(found) {
  await inTransaction(["meta"], async (tx) => {
    await putMeta(tx, "manual", found);
    await putKept(tx, found, 3);
  });
  manual.value = found;
  tellOthers({ what: ["me"] });
}

/** Keep a manual that is not in force, for what was begun or found with it. @param {any} found  as above */
export const keepEarlierManual = (found) => inTransaction(["meta"], (tx) => putKept(tx, found, 4));

/** @param {any} tx @param {any} found @param {number} most  how many stay that no draft needs */
async function putKept(tx, found, most) {
  await putMeta(tx, manualKey(found.version), found);
  const needed = new Set(drafts.value.map((draft) => draft.manual));
  const all = [found.version, ...((await getMeta(tx, "manuals")) ?? []).filter((/** @type {any} */ v) => v !== found.version)];
  const kept = all.filter((version, i) => i < most || needed.has(version) || version === manual.value?.version);
  for (const old of all) if (!kept.includes(old)) await tx.objectStore("meta").delete(manualKey(old));
  await putMeta(tx, "manuals", kept);
}

/** Manuals kept here that are neither in force nor needed by a draft. @returns {Promise<{ version: number, bytes: number }[]>} */
export async function oldManuals() {
  const needed = new Set(drafts.value.map((draft) => draft.manual));
  const old = ((await readMeta("manuals")) ?? []).filter((/** @type {any} */ version) => version !== manual.value?.version && !needed.has(version));
  const found = await Promise.all(old.map(async (/** @type {any} */ version) => [version, await readMeta(manualKey(version))]));
  return found.flatMap(([version, kept]) => (kept ? [{ version, bytes: JSON.stringify(kept).length }] : []));
}

/** Let them go: whoever opens something old asks for its manual again. */
export async function dropOldManuals() {
  const old = new Set((await oldManuals()).map(({ version }) => version));
  await inTransaction(["meta"], async (tx) => {
    for (const version of old) await tx.objectStore("meta").delete(manualKey(version));
    await putMeta(tx, "manuals", ((await getMeta(tx, "manuals")) ?? []).filter((/** @type {any} */ version) => !old.has(version)));
  });
}

/** A manual kept here, by version; null when it is not. @param {number | string} version */
export async function manualOf(version) {
  if (manual.value?.version === version) return manual.value;
  return (await readMeta(manualKey(version))) ?? null;
}
