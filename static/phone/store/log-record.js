// @ts-check
// The append log's format. Pure but for the hash; runs in the log's worker and in tests.
//
//   magic 4 bytes "FBL1" | body length u32 LE | SHA-256 of body, 32 bytes | body
//   body = head length u32 LE | head, JSON in UTF-8 {kind, id, rev, gone?, meta?} | bytes
//
// A record counts only when its hash is right, so a torn one is as good as never written.

const MAGIC = [0x46, 0x42, 0x4c, 0x31];
const FRONT = 40;
/** No record is larger: a length beyond it is damage. */
const LARGEST = 64 * 1024 * 1024;
const CHUNK = 64 * 1024;

/**
 * @typedef {object} Head
 * @property {"draft" | "photo" | "command" | "ledger"} kind
 * @property {string} id
 * @property {number} rev  the highest wins
 * @property {boolean} [gone]  a tombstone: the thing was dropped on purpose
 * @property {any} [meta]  small facts that are read without the bytes
 *
 * @typedef {Head & { at: number, length: number, bytesAt: number }} Found
 *   at, length: the whole record's place in the file; bytesAt: where its bytes begin
 *
 * @typedef {(at: number, length: number) => Uint8Array | Promise<Uint8Array>} Read  may return less at the end
 */

/**
 * One record, ready to be written in one piece.
 *
 * @param {Head} head
 * @param {Uint8Array} [bytes]
 * @returns {Promise<Uint8Array>}
 */
export async function encode(head, bytes = new Uint8Array(0)) {
  const words = new TextEncoder().encode(JSON.stringify(head));
  const length = 4 + words.length + bytes.length;
  const record = new Uint8Array(FRONT + length);
  const view = new DataView(record.buffer);
  record.set(MAGIC, 0);
  view.setUint32(4, length, true);
  view.setUint32(FRONT, words.length, true);
  record.set(words, FRONT + 4);
  record.set(bytes, FRONT + 4 + words.length);
  const sum = await crypto.subtle.digest("SHA-256", record.subarray(FRONT));
  record.set(new Uint8Array(sum), 8);
  return record;
}

/**
 * Every whole record of a file, in order, and where the last one ends. Damage in the middle is stepped over: what was
 * written after it still counts.
 *
 * @param {Read} read
 * @param {number} size  bytes in the file
 * @returns {Promise<{ records: Found[], end: number, damaged: number }>}
 *   end: where to cut the torn tail; damaged: bytes that belong to no whole record, before `end`
 */
export async function scan(read, size) {
  const records = [];
  let end = 0;
  let at = 0;
  let damaged = 0;
  while (at + FRONT + 4 <= size) {
    const found = await recordAt(read, at, size);
    if (found) {
      damaged += at - end;
      records.push(found);
      at = end = found.at + found.length;
    } else {
      at = await nextMagic(read, at + 1, size);
    }
  }
  return { records, end, damaged };
}

/**
 * @param {Read} read
 * @param {number} at
 * @param {number} size
 * @returns {Promise<Found | null>} null unless a whole, undamaged record begins here
 */
async function recordAt(read, at, size) {
  const front = await read(at, FRONT);
  if (front.length < FRONT || MAGIC.some((byte, i) => front[i] !== byte)) return null;
  const length = new DataView(front.buffer, front.byteOffset, FRONT).getUint32(4, true);
  if (length < 4 || length > LARGEST || at + FRONT + length > size) return null;
  const body = await read(at + FRONT, length);
  if (body.length < length) return null;
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", /** @type {any} */ (body)));
  if (sum.some((byte, i) => front[8 + i] !== byte)) return null;
  const words = new DataView(body.buffer, body.byteOffset, length).getUint32(0, true);
  if (4 + words > length) return null;
  try {
    const head = JSON.parse(new TextDecoder().decode(body.subarray(4, 4 + words)));
    return { ...head, at, length: FRONT + length, bytesAt: at + FRONT + 4 + words };
  } catch {
    return null;
  }
}

/** @param {Read} read @param {number} from @param {number} size @returns {Promise<number>} `size` when there is none */
async function nextMagic(read, from, size) {
  for (let base = from; base + 4 <= size; base += CHUNK) {
    const chunk = await read(base, Math.min(CHUNK + 3, size - base));
    for (let i = 0; i + 4 <= chunk.length; i++) {
      if (chunk[i] === MAGIC[0] && chunk[i + 1] === MAGIC[1] && chunk[i + 2] === MAGIC[2] && chunk[i + 3] === MAGIC[3]) {
        return base + i;
      }
    }
  }
  return size;
}

/** What names a thing in the log and in messages between tabs. @param {{kind: string, id: string}} thing */
export const keyOf = (thing) => `${thing.kind}:${thing.id}`;

/**
 * The rev of the next form of a thing: above the one known here, and above any that another store may know of an earlier time.
 * @param {{ rev?: number } | null | undefined} before
 */
export const nextRev = (before) => Math.max((before?.rev ?? 0) + 1, Date.now());
