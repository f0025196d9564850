// @ts-check
// Photos taken here: marks in memory, bytes on the disk until a receipt has come and a backup covers them.

import { sha256 as hashOf } from "../kit/hash.js";
import { inTransaction, oneOf, reading } from "./database.js";
import { PhoneFull, inTurn, keepInBoth } from "./both.js";
import { bury, forget } from "./drafts.js";
import { measureRoom, noteRefused } from "./room.js";
import { nextRev } from "./log-record.js";
import { drafts, photoMarks } from "./state.js";
import { settle, tellOthers } from "./tab.js";

/** @typedef {import("./state.js").PhotoMark} PhotoMark */

/**
 * Keep one photo, in both stores, before anything shows it as taken.
 *
 * @param {{ sha256: string, thumb?: ArrayBuffer, draft?: string, [more: string]: any }} photo
 *   what takePhoto gave; draft: the draft that goes away together with it
 * @param {ArrayBuffer} [buffer]  the bytes to send; `photo.buffer` unless given
 * @returns {Promise<PhotoMark>}
 * @throws {PhoneFull} nothing was kept
 */
export async function keepPhoto(photo, buffer = photo.buffer) {
  try {
    return await inTurn(() => keep(photo, buffer));
  } catch (error) {
    if (!(error instanceof PhoneFull)) throw error;
    // Room is made of what the server has already, and tried once more.
    if ((await freeReceived()) > 0) {
      try {
        return await inTurn(() => keep(photo, buffer));
      } catch (second) {
        error = second;
      }
    }
    if (error instanceof PhoneFull) await noteRefused();
    throw error;
  }
}

/**
 * Is there room for one more photo? Asked before the shutter. What the server has already makes room.
 * @returns {Promise<boolean>}
 */
export async function hasRoom() {
  if (await measureRoom()) return true;
  // The browser counts what was freed a moment later; whether it was enough, keeping tells.
  return (await freeReceived()) > 0;
}

/** @param {any} photo @param {ArrayBuffer} buffer @returns {Promise<PhotoMark>} */
async function keep(photo, buffer) {
  const { sha256, thumb, buffer: _bytes, ...meta } = photo;
  const before = await oneOf("photos", sha256);
  const there = before && before.state !== "gone" && (await reading(["photo_bytes"], (tx) => tx.objectStore("photo_bytes").count(sha256)));
  if (there) {
    // The same picture again. It belongs to no single draft any more, so that dropping one never takes it from another.
    if (before.meta.draft === meta.draft) return before;
    const shared = { ...before, meta: { ...before.meta, draft: undefined } };
    await inTransaction(["photos"], (tx) => tx.objectStore("photos").put(shared));
    show([shared]);
    return shared;
  }
  /** @type {PhotoMark} */
  const mark = { sha256, rev: nextRev(before), meta, state: "kept", kept_at: Date.now() };
  const small = thumb ?? new ArrayBuffer(0);
  const both = new Uint8Array(small.byteLength + buffer.byteLength);
  both.set(new Uint8Array(small), 0);
  both.set(new Uint8Array(buffer), small.byteLength);
  await keepInBoth(
    [{ head: logHead(mark, small.byteLength), bytes: both.buffer }],
    ["photos", "photo_bytes", "thumbs"],
    (tx) => putPhoto(tx, mark, buffer, thumb),
  );
  show([mark]);
  tellOthers({ what: ["photos"] });
  return mark;
}

/** @param {PhotoMark} mark @param {number} thumbBytes @returns {import("./log-record.js").Head} */
export const logHead = (mark, thumbBytes) => ({
  kind: "photo",
  id: mark.sha256,
  rev: mark.rev,
  meta: { photo: mark.meta, kept_at: mark.kept_at, thumb: thumbBytes },
});

/** @param {any} tx @param {PhotoMark} mark @param {ArrayBuffer} buffer @param {ArrayBuffer} [thumb] */
export async function putPhoto(tx, mark, buffer, thumb) {
  await tx.objectStore("photos").put(mark);
  await tx.objectStore("photo_bytes").put({ sha256: mark.sha256, buf: buffer });
  if (thumb?.byteLength) await tx.objectStore("thumbs").put({ sha256: mark.sha256, buf: thumb });
}

/** The bytes to send; null when they are not on this phone. @param {string} sha256 @returns {Promise<ArrayBuffer | null>} */
export const photoBytes = async (sha256) => (await oneOf("photo_bytes", sha256))?.buf ?? null;

/** A small JPEG, at most 320 px; null when not here. @param {string} sha256 @returns {Promise<ArrayBuffer | null>} */
export const thumbBytes = async (sha256) => (await oneOf("thumbs", sha256))?.buf ?? null;

/**
 * Drop photos that were taken and not wanted. Photos that a command names stay.
 * @param {...string} shas
 */
export function dropPhoto(...shas) {
  return inTurn(async () => {
    const gone = shas.flatMap((sha) => {
      const mark = photoMarks.value.get(sha);
      return mark?.state === "kept" ? [{ kind: /** @type {"photo"} */ ("photo"), id: sha, rev: nextRev(mark) }] : [];
    });
    if (!gone.length) return;
    await keepInBoth(
      gone.map((head) => ({ head: { ...head, gone: true } })),
      ["drafts", "photos", "photo_bytes", "thumbs"],
      (tx) => bury(tx, gone),
    );
    forget(gone);
  });
}

/** A photo whose draft never came to be, because the phone was killed in between, goes after this many days. */
const ORPHAN_DAYS = 3;

/** Drop photos that belong to nothing any more. @param {number} at  ms */
export function dropOrphans(at) {
  const wanted = JSON.stringify(drafts.value);
  const orphans = [...photoMarks.value.values()].filter(
    (mark) => mark.state === "kept" && at - mark.kept_at > ORPHAN_DAYS * 86_400_000 && !wanted.includes(mark.sha256),
  );
  return dropPhoto(...orphans.map((mark) => mark.sha256));
}

/**
 * What became of photos that were sent.
 * @param {Map<string, Partial<PhotoMark>>} changes  by SHA-256
 */
export async function markPhotos(changes) {
  const marks = await inTransaction(["photos"], async (tx) => {
    const store = tx.objectStore("photos");
    const changed = [];
    for (const [sha, change] of changes) {
      const before = await store.get(sha);
      if (!before || before.state === "gone") continue;
      const after = { ...before, ...change };
      await store.put(after);
      changed.push(after);
    }
    return changed;
  });
  show(marks);
  const received = marks.filter((mark) => mark.state === "received").map((mark) => `photo:${mark.sha256}`);
  if (received.length) settle({ received });
  tellOthers({ what: ["photos"], received });
}

/** Are the bytes still what they were when taken? @param {string} sha256 */
export async function isWhole(sha256) {
  const bytes = await photoBytes(sha256);
  return bytes !== null && (await hashOf(bytes)) === sha256;
}

/**
 * Free the room of photos that the server has.
 * @param {(mark: PhotoMark) => boolean} [which]  all of them unless told
 * @returns {Promise<number>} how many
 */
export async function freeReceived(which = () => true) {
  const shas = [...photoMarks.value.values()].filter((mark) => mark.state === "received" && which(mark)).map((mark) => mark.sha256);
  if (!shas.length) return 0;
  await inTransaction(["photos", "photo_bytes", "thumbs"], async (tx) => {
    for (const sha of shas) {
      await tx.objectStore("photo_bytes").delete(sha);
      await tx.objectStore("photos").delete(sha);
      await tx.objectStore("thumbs").delete(sha);
    }
  });
  const marks = new Map(photoMarks.value);
  for (const sha of shas) marks.delete(sha);
  photoMarks.value = marks;
  tellOthers({ what: ["photos"] });
  return shas.length;
}

/** @param {PhotoMark[]} changed */
export function show(changed) {
  const marks = new Map(photoMarks.value);
  for (const mark of changed) marks.set(mark.sha256, mark);
  photoMarks.value = marks;
}
