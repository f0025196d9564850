// @ts-check
// The browser's database of one person: the only module that names `indexedDB`, through idb.
//
// Every write is `durability: "strict"` and resolves on the transaction's completion. Bytes are ArrayBuffers: some browsers
// lose Blobs. The connection closes when the page goes away or a newer version wants in, and opens again by itself.

import { deleteDB, openDB } from "idb";
import { signal } from "../kit/html.js";
import { whenLeaving } from "../kit/page.js";

const VERSION = 1;
const SHARED = "fieldbook";

/** True when a newer version of this app opened the stores: this page must be loaded again before it can keep anything.
 * @type {import("@preact/signals").Signal<boolean>} */
export const outdated = signal(false);

/** @type {string | null} */
let name = null;
/** @type {Promise<import("idb").IDBPDatabase<any>> | null} */
let opening = null;
/** Told when the database turns out new and empty although it was open before. @type {() => void} */
let whenEmptied = () => {};
let seenBefore = false;

/** This page was closed out by a newer version. */
export class Outdated extends Error {
  constructor() {
    super("a newer version has the stores");
    this.name = "Outdated";
  }
}

/** @param {import("idb").IDBPDatabase<any>} db */
function build(db) {
  db.createObjectStore("drafts", { keyPath: "id" });
  db.createObjectStore("photos", { keyPath: "sha256" });
  db.createObjectStore("photo_bytes", { keyPath: "sha256" });
  db.createObjectStore("thumbs", { keyPath: "sha256" });
  db.createObjectStore("outbox", { keyPath: "id" }).createIndex("n", "n");
  // Two generations of the pulled view: one is shown, the other is built after a reset.
  db.createObjectStore("rows_a", { keyPath: "key" });
  db.createObjectStore("rows_b", { keyPath: "key" });
  db.createObjectStore("pictures", { keyPath: "key" }).createIndex("used_at", "used_at");
  db.createObjectStore("meta", { keyPath: "key" });
}

/**
 * Open the database of one person.
 *
 * @param {string} person
 * @param {() => void} emptied  called if it is found emptied later, while this page lives
 * @returns {Promise<{ fresh: boolean, wiped: boolean }>} fresh: made just now; wiped: the browser says it lost what was there
 */
export async function openDatabase(person, emptied) {
  await closeDatabase();
  name = `fieldbook-${person}`;
  whenEmptied = emptied;
  seenBefore = false;
  const found = { fresh: false, wiped: false };
  await connect(found);
  seenBefore = true;
  return found;
}

/** @param {{ fresh: boolean, wiped: boolean }} [found] */
function connect(found) {
  if (outdated.value) throw new Outdated();
  if (!name) throw new DOMException("nobody's stores are open", "InvalidStateError");
  const again = seenBefore;
  opening ??= openDB(name, VERSION, {
    upgrade(db, old, _new, _tx, event) {
      if (old === 0) build(db);
      const wiped = /** @type {any} */ (event).dataLoss === "total";
      if (found) Object.assign(found, { fresh: old === 0, wiped });
      if (again && old === 0) setTimeout(() => whenEmptied(), 0);
    },
    blocking(_old, wanted, event) {
      // Deleting is somebody's wish; a higher version is a newer page. Either way this connection must not stand in the way.
      if (wanted) outdated.value = true;
      /** @type {any} */ (event).target.close();
      opening = null;
    },
    terminated() {
      opening = null;
    },
  }).catch((error) => {
    opening = null;
    if (error.name === "VersionError") {
      outdated.value = true;
      throw new Outdated();
    }
    throw error;
  });
  return opening;
}

/** Close the connection; running transactions end first. */
export async function closeDatabase() {
  const was = opening;
  opening = null;
  (await was?.catch(() => null))?.close();
}

whenLeaving(() => void closeDatabase());

/**
 * Do something in one transaction: all of it or none.
 *
 * @template T
 * @param {string[]} stores
 * @param {(tx: any) => Promise<T>} work  awaits nothing but requests of this transaction
 * @param {{ mode?: "readwrite" | "readonly", relaxed?: boolean }} [how]  relaxed: may be lost with the power, not with the tab
 * @returns {Promise<T>} resolved when the disk has it
 */
export async function inTransaction(stores, work, { mode = "readwrite", relaxed = false } = {}) {
  let tx;
  for (let tries = 0; !tx; tries++) {
    const db = await connect();
    try {
      tx = db.transaction(stores, mode, { durability: relaxed ? "relaxed" : "strict" });
    } catch (error) {
      // The connection was closed behind our back (page kept and shown again): open it once more.
      if (/** @type {any} */ (error).name !== "InvalidStateError" || tries > 0) throw error;
      opening = null;
    }
  }
  // Watched from the start, so that an aborted transaction never ends as an unhandled rejection.
  const done = tx.done.then(
    () => null,
    (error) => error ?? new DOMException("the transaction was aborted", "AbortError"),
  );
  let result;
  try {
    result = await work(tx);
  } catch (error) {
    try {
      tx.abort();
    } catch {
      // already over
    }
    const why = await done;
    throw why && why.name !== "AbortError" ? why : error;
  }
  const failed = await done;
  if (failed) throw failed;
  return result;
}

/**
 * @template T
 * @param {string[]} stores
 * @param {(tx: any) => Promise<T>} work
 * @returns {Promise<T>}
 */
export const reading = (stores, work) => inTransaction(stores, work, { mode: "readonly" });

/** @param {string} store @returns {Promise<any[]>} */
export const allOf = (store) => reading([store], (tx) => tx.objectStore(store).getAll());

/** @param {string} store @param {any} key @returns {Promise<any>} undefined when absent */
export const oneOf = (store, key) => reading([store], (tx) => tx.objectStore(store).get(key));

/** Delete one person's database. @param {string} person */
export async function deleteDatabase(person) {
  if (name === `fieldbook-${person}`) {
    await closeDatabase();
    name = null;
  }
  await deleteDB(`fieldbook-${person}`);
}

/** The small database that all people on this phone share: who they are, nothing of their work.
 * @template T
 * @param {(store: any) => Promise<T>} work
 * @returns {Promise<T>} */
export async function withPeople(work) {
  const db = await openDB(SHARED, 1, {
    upgrade: (fresh) => void fresh.createObjectStore("people", { keyPath: "id" }),
  });
  try {
    const tx = db.transaction("people", "readwrite", { durability: "strict" });
    const result = await work(tx.store);
    await tx.done;
    return result;
  } finally {
    db.close();
  }
}

/** The people in that database. On a new phone it is not even made. @returns {Promise<any[]>} */
export async function peopleKnown() {
  const list = await globalThis.indexedDB.databases?.().catch(() => null);
  return list && !list.some(({ name: found }) => found === SHARED) ? [] : withPeople((store) => store.getAll());
}

/** Ids of the people whose databases are on this phone; [] where the browser does not tell. */
export async function databasesHere() {
  const list = (await globalThis.indexedDB.databases?.().catch(() => [])) ?? [];
  return list.flatMap(({ name: found }) => (found?.startsWith("fieldbook-") ? [found.slice("fieldbook-".length)] : []));
}
