// @ts-check
// The append log, in its own worker because only workers have synchronous files.
//
// Folder log-<person>/ holds slot-0-a, slot-0-b … slot-5-a, slot-5-b and the empty room-…, all made at first run and never deleted, renamed or
// added to: the browser keeps file *names* in a database that a kill can tear, and bytes in plain files that it cannot.
// A tab takes the first free slot and holds it for life. It appends to one of the slot's two files; when that one is
// mostly dead, what lives is copied to the other, and only then is the first one emptied.

import { encode, keyOf, scan } from "./log-record.js";

const SLOTS = 6;
const MIB = 1024 * 1024;
const SHRINK_AT = 16 * MIB;
/** Empty files by which room is tried, MiB: powers of two, since the browser reserves in such steps. */
const ROOM = [128, 64, 32, 16, 8, 4, 2, 1];

/**
 * @typedef {import("./log-record.js").Found} Found
 * @typedef {{ name: string, handle: any, end: number, records: Map<string, Found> }} File
 *   records: of each key the highest rev in this file
 */

let folder = /** @type {any} */ (null);
let slot = -1;
/** @type {File[]} */
let files = [];
let active = 0;
/** Keys in our slot that somebody still needs. @type {Set<string>} */
let live = new Set();
/** Device, person and counters, written anew whenever the slot is emptied. @type {any} */
let ledger = null;
let ledgerRev = 0;
/** Slots of closed tabs, held open only while they are healed. @type {Map<number, File[]>} */
let visited = new Map();

/** @param {any} handle @returns {import("./log-record.js").Read} */
const reader = (handle) => (at, length) => {
  const bytes = new Uint8Array(length);
  const got = handle.read(bytes, { at });
  return got === length ? bytes : bytes.subarray(0, Math.max(0, got));
};

/** @param {number} i @param {string} half */
const fileHandle = (i, half) => named(`slot-${i}-${half}`);

/** @param {string} name */
async function named(name) {
  try {
    return await folder.getFileHandle(name, { create: false });
  } catch (error) {
    if (/** @type {any} */ (error).name !== "NotFoundError") throw error;
    // First run, or the browser lost the name: only then is a file made.
    return await folder.getFileHandle(name, { create: true });
  }
}

/** @param {number} i @returns {Promise<File[] | null>} null while a live tab has it */
async function take(i) {
  const taken = [];
  for (const half of ["a", "b"]) {
    try {
      const handle = await (await fileHandle(i, half)).createSyncAccessHandle();
      taken.push({ name: `${i}${half}`, handle, end: 0, records: new Map() });
    } catch (error) {
      for (const file of taken) file.handle.close();
      const { name } = /** @type {any} */ (error);
      if (name === "NoModificationAllowedError" || name === "InvalidStateError") return null;
      throw error;
    }
  }
  for (const file of taken) {
    const size = file.handle.getSize();
    const { records, end } = await scan(reader(file.handle), size);
    if (end < size) {
      file.handle.truncate(end);
      file.handle.flush();
    }
    file.end = end;
    for (const record of records) note(file, record);
  }
  return taken;
}

/** @param {File} file @param {Found} record */
function note(file, record) {
  const before = file.records.get(keyOf(record));
  if (!before || before.rev <= record.rev) file.records.set(keyOf(record), record);
}

/**
 * Take a slot. The page holds the lock `fieldbook-heal-<person>` around open … settle.
 * @param {{ person: string }} what
 */
async function open({ person }) {
  const root = await navigator.storage.getDirectory();
  folder = await root.getDirectoryHandle(`log-${person}`, { create: true });
  const names = Array.from({ length: SLOTS }, (_, i) => [fileHandle(i, "a"), fileHandle(i, "b")]).flat();
  await Promise.all([...names, ...ROOM.map((size) => named(`room-${size}`))]);
  for (let i = 0; i < SLOTS && slot < 0; i++) {
    const taken = await take(i);
    if (!taken) continue;
    slot = i;
    files = taken;
  }
  active = files.length && files[1].end > files[0].end ? 1 : 0;
  return { slot };
}

/**
 * What the log holds: our slot, the slots of closed tabs, and, names only, the slots of live tabs.
 * The closed tabs' slots stay taken until `settle`.
 */
async function index() {
  const found = [];
  const list = (/** @type {number} */ i, /** @type {File[]} */ both) => {
    for (const [f, file] of both.entries()) {
      for (const record of file.records.values()) {
        const { kind, id, rev, gone, meta, at, length } = record;
        found.push({ kind, id, rev, gone: !!gone, meta, at, length, slot: i, file: f, readable: true });
      }
    }
  };
  if (slot >= 0) list(slot, files);
  for (let i = 0; i < SLOTS; i++) {
    if (i === slot) continue;
    const taken = visited.get(i) ?? (await take(i));
    if (taken) {
      visited.set(i, taken);
      list(i, taken);
    } else {
      found.push(...(await glance(i)));
    }
  }
  return { records: found };
}

/** The keys in a live tab's slot, without taking it: its own tab takes care of them. @param {number} i */
async function glance(i) {
  const found = [];
  for (const half of ["a", "b"]) {
    const bytes = await snapshot(i, half);
    const { records } = await scan((at, length) => bytes.subarray(at, at + length), bytes.length);
    for (const { kind, id, rev, gone, meta } of records) {
      found.push({ kind, id, rev, gone: !!gone, meta, at: 0, length: 0, slot: i, file: 0, readable: false });
    }
  }
  return found;
}

/** A file that another tab may be writing just now. @param {number} i @param {string} half @returns {Promise<Uint8Array>} */
async function snapshot(i, half) {
  for (let tries = 0; tries < 4; tries++) {
    try {
      const file = await (await fileHandle(i, half)).getFile();
      return new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      // It was written to between the two steps. Whoever writes is alive, so nothing hangs on our seeing it.
      if (/** @type {any} */ (error).name !== "NotReadableError") throw error;
    }
  }
  return new Uint8Array(0);
}

/** The bytes of one record. @param {{ slot: number, file: number, kind: string, id: string }} what */
function read(what) {
  const both = what.slot === slot ? files : visited.get(what.slot);
  const file = both?.[what.file];
  const record = file?.records.get(keyOf(what));
  if (!file || !record) return { bytes: null };
  const bytes = reader(file.handle)(record.bytesAt, record.at + record.length - record.bytesAt);
  return { bytes: /** @type {Uint8Array} */ (bytes).buffer };
}

/**
 * Write records at the end of our slot, all or none, and have the disk say so.
 *
 * @param {{ records: { head: import("./log-record.js").Head, bytes?: ArrayBuffer }[] }} what
 * @returns {Promise<{ at: number, file: number }>} `undo` takes it
 */
async function append({ records }) {
  if (slot < 0) throw new DOMException("no slot", "NoModificationAllowedError");
  const pieces = [];
  for (const { head, bytes } of records) pieces.push({ head, bytes: await encode(head, bytes && new Uint8Array(bytes)) });
  const file = files[active];
  const at = write(file, join(pieces.map((piece) => piece.bytes)));
  let place = at;
  for (const { head, bytes } of pieces) {
    const words = new DataView(bytes.buffer).getUint32(40, true);
    const record = { ...head, at: place, length: bytes.length, bytesAt: place + 44 + words };
    file.records.set(keyOf(head), record);
    // The ledger must know the number before this record is let go of, which may be before it is written anew.
    if (ledger && head.meta?.n > (ledger.last_n ?? 0)) ledger = { ...ledger, last_n: head.meta.n };
    if (head.gone) live.delete(keyOf(head));
    else if (head.kind !== "ledger") live.add(keyOf(head));
    place += bytes.length;
  }
  return { at, file: active };
}

/** @param {Uint8Array[]} pieces */
function join(pieces) {
  if (pieces.length === 1) return pieces[0];
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** @param {File} file @param {Uint8Array} bytes @returns {number} where they begin */
function write(file, bytes) {
  const at = file.end;
  let wrote = 0;
  try {
    wrote = file.handle.write(bytes, { at });
    if (wrote !== bytes.length) throw new DOMException("short write", "QuotaExceededError");
    file.handle.flush();
  } catch (error) {
    file.handle.truncate(at);
    throw error;
  }
  file.end = at + wrote;
  return at;
}

/** Take back the last append: the other store refused it. @param {{ at: number, file: number }} what */
async function undo({ at, file: f }) {
  const file = files[f];
  if (f !== active || at > file.end) throw new DOMException("no longer the last", "InvalidStateError");
  file.handle.truncate(at);
  file.handle.flush();
  await reread(file);
  return {};
}

/** @param {File} file  learn again what it holds; rare, so plainly */
async function reread(file) {
  const before = live;
  const { records, end } = await scan(reader(file.handle), file.handle.getSize());
  file.records = new Map();
  file.end = end;
  for (const record of records) note(file, record);
  live = new Set();
  for (const { records: held } of files) {
    for (const [key, record] of held) if (before.has(key) && !record.gone) live.add(key);
  }
}

/**
 * These need no keeping here any more: they were received, or dropped on purpose.
 * @param {{ received?: string[], gone?: { kind: any, id: string, rev: number }[] }} what  received: keys
 */
async function settled({ received = [], gone = [] }) {
  if (slot < 0) return {};
  for (const key of received) live.delete(key);
  const stale = gone.filter((thing) => files.some((file) => isOlder(file.records.get(keyOf(thing)), thing)));
  if (stale.length) {
    await append({ records: stale.map(({ kind, id, rev }) => ({ head: { kind, id, rev, gone: true } })) });
  }
  await shrinkIfDue();
  return {};
}

/** @param {Found | undefined} record @param {{ rev: number }} thing */
const isOlder = (record, thing) => record !== undefined && !record.gone && record.rev < thing.rev;

async function shrinkIfDue() {
  const held = files.reduce((sum, file) => sum + file.end, 0);
  const first = files[active].records.values().next().value;
  const onlyLedger = first?.kind === "ledger" && files[active].end === first.length && files[1 - active].end === 0;
  if ((live.size === 0 && !onlyLedger) || held > SHRINK_AT) {
    const needed = [...live].reduce((sum, key) => sum + (newest(key)?.record.length ?? 0), 0);
    if (needed <= held / 2) await shrink();
  }
}

/** @param {string} key */
function newest(key) {
  let best = null;
  for (const file of files) {
    const record = file.records.get(key);
    if (record && (!best || record.rev >= best.record.rev)) best = { file, record };
  }
  return best;
}

/** Copy what lives to the slot's other file, then empty this one. A kill in between leaves both: nothing is lost. */
async function shrink() {
  const from = files[active];
  const to = files[1 - active];
  // Left over from a kill in the middle of an earlier shrink: what only that file holds comes over first.
  for (const [key, record] of to.records) {
    const here = from.records.get(key);
    if (!live.has(key) || (here && here.rev >= record.rev)) continue;
    const at = write(from, /** @type {Uint8Array} */ (reader(to.handle)(record.at, record.length)));
    from.records.set(key, { ...record, at, bytesAt: at + (record.bytesAt - record.at) });
  }
  to.handle.truncate(0);
  to.handle.flush();
  to.end = 0;
  to.records = new Map();

  const copies = ledger ? [await encode({ kind: "ledger", id: "ledger", rev: ++ledgerRev, meta: ledger })] : [];
  for (const key of live) {
    const record = from.records.get(key);
    if (record) copies.push(/** @type {Uint8Array} */ (reader(from.handle)(record.at, record.length)));
  }
  if (copies.length) write(to, join(copies));
  const { records } = await scan(reader(to.handle), to.end);
  for (const record of records) note(to, record);
  if (records.length !== copies.length) throw new DOMException("the copy cannot be read", "DataError");
  from.handle.truncate(0);
  from.handle.flush();
  from.end = 0;
  from.records = new Map();
  active = 1 - active;
}

/** Device and counters to be found again if the other store is lost. @param {{ ledger: any }} what */
async function remember(what) {
  ledger = what.ledger;
  ledgerRev = Math.max(ledgerRev, ...files.map((file) => file.records.get("ledger:ledger")?.rev ?? 0));
  if (slot < 0) return {};
  const here = newest("ledger:ledger")?.record;
  if (!here || JSON.stringify(here.meta) !== JSON.stringify(ledger)) {
    await append({ records: [{ head: { kind: "ledger", id: "ledger", rev: ++ledgerRev, meta: ledger } }] });
  }
  return {};
}

/**
 * Healing is over: both stores agree. Closed tabs' slots without anything needed are emptied, and given back.
 * @param {{ needed: string[] }} what  keys that are not yet received and not dropped
 */
async function settle({ needed }) {
  const wanted = new Set(needed);
  live = new Set();
  for (const { records } of files) {
    for (const [key, record] of records) if (wanted.has(key) && !record.gone) live.add(key);
  }
  for (const both of visited.values()) {
    const idle = both.every((file) => [...file.records].every(([key, record]) => record.gone || !wanted.has(key)));
    for (const file of both) {
      if (idle && file.end > 0) {
        file.handle.truncate(0);
        file.handle.flush();
      }
      file.handle.close();
    }
  }
  visited = new Map();
  if (slot >= 0) await shrinkIfDue();
  return {};
}

/** Forget this person: every slot that can be had is emptied; the files stay. */
async function wipe() {
  live = new Set();
  ledger = null;
  for (let i = 0; i < SLOTS; i++) {
    const both = i === slot ? files : await take(i);
    for (const file of both ?? []) {
      file.handle.truncate(0);
      file.handle.flush();
      file.end = 0;
      file.records = new Map();
      if (i !== slot) file.handle.close();
    }
  }
  return {};
}

/** Give the slot back. */
function close() {
  for (const file of files) file.handle.close();
  files = [];
  slot = -1;
  return {};
}

/** Bytes in our slot, for the outbox page and for tests. */
const weigh = () => ({ slot, bytes: files.reduce((sum, file) => sum + file.end, 0), live: [...live] });

/**
 * Reserve room and give it back: the only way to know what a full phone would refuse. The browser counts a longer file at once,
 * the disk writes nothing.
 */
async function room() {
  if (slot < 0) return { next: true, mib: null }; // nothing can be kept here, for another reason
  const { handle, end } = files[active];
  const next = reserved(handle, end + MIB);
  handle.truncate(end);
  const held = [];
  let mib = 0;
  try {
    for (const size of ROOM) {
      const piece = await (await named(`room-${size}`)).createSyncAccessHandle();
      held.push(piece);
      if (reserved(piece, size * MIB)) mib += size;
    }
    return { next, mib };
  } catch (error) {
    if (/** @type {any} */ (error).name === "NoModificationAllowedError") return { next, mib: null };
    throw error;
  } finally {
    for (const piece of held) {
      piece.truncate(0);
      piece.close();
    }
  }
}

/** @param {any} handle @param {number} size @returns {boolean} */
function reserved(handle, size) {
  try {
    handle.truncate(size);
    return true;
  } catch (error) {
    if (/** @type {any} */ (error).name !== "QuotaExceededError") throw error;
    return false;
  }
}

/** @type {Record<string, (what: any) => any>} */
const verbs = { open, room, index, read, append, undo, settled, settle, remember, wipe, close, weigh };

// One request after another: a file has one end.
let chain = Promise.resolve();
self.onmessage = ({ data }) => {
  chain = chain.then(async () => {
    try {
      const answer = await verbs[data.verb](data.what ?? {});
      self.postMessage({ id: data.id, answer }, /** @type {any} */ (answer.bytes instanceof ArrayBuffer ? [answer.bytes] : []));
    } catch (error) {
      const { name, message } = /** @type {any} */ (error);
      self.postMessage({ id: data.id, failed: { name: name ?? "Error", message: String(message ?? error) } });
    }
  });
};
