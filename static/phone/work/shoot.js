// @ts-check
// From the camera to a photo that is kept: shrunk, named by its hash, in both stores, in its place among the others.

import { now } from "../kit/clock.js";
import { keepPhoto, photoBytes } from "../store/photos.js";
import { measureRoom } from "../store/room.js";
import { wishToBeSafe } from "../store/safe.js";
import { added, drawnOn } from "./album.js";
import { momentOf } from "./exif.js";
import { takeDrawing, takePhoto } from "./shrink.js";

/**
 * Where photos go: one list of one draft.
 * @typedef {{
 *   draft: () => string, list: () => import("./album.js").Taken[],
 *   write: (how: (photos: import("./album.js").Taken[]) => import("./album.js").Taken[]) => Promise<void>,
 *   begin: () => Promise<void>, none: () => void, most: number, role: "before" | "after" | "view" | "progress",
 *   title?: string, what?: string, spot?: any, ghost?: string, once?: boolean, done?: () => void,
 * }} Album
 *   draft: whose photos they are until a command names them; write: changes the list as it is by then, and keeps it;
 *   begin: keeps what the photo will be for, before the camera opens; none: it came back without;
 *   most: photos that may travel; title, what, spot: what the camera says about them; ghost: the photo to aim at;
 *   once: one shot, then `done`
 */

/** A file that lay on the phone for longer than this before the chooser opened was not taken now; ms. */
const FRESH = 10_000;

/**
 * Keep one photo.
 * @param {Album} album @param {Blob | ImageBitmap} file
 * @param {{source: "camera" | "file" | "gallery", taken_at?: number, position?: any}} how  position: of the shutter; none for an older picture
 * @returns {Promise<any>} the photo as it travels
 * @throws {import("../store/both.js").PhoneFull} nothing was kept
 */
export async function takeInto(album, file, { source, taken_at, position }) {
  const taken = await takePhoto(file, { taken_at });
  const photo = asItTravels(taken, { source, position });
  if (source === "gallery") photo.taken_at = Math.min(momentOf(taken.exif) ?? /** @type {File} */ (file).lastModified ?? now(), now());
  await keepPhoto({ ...taken, ...photo, draft: album.draft() });
  void wishToBeSafe();
  void measureRoom();
  await album.write((photos) => added(photos, photo, album.most));
  return photo;
}

/** @param {any} taken @param {{source: string, position?: any}} how */
function asItTravels({ sha256, width, height, bytes, taken_at, original_sha256, exif }, { source, position }) {
  /** @type {any} */
  const photo = { sha256, bytes, width, height, taken_at, source };
  if (original_sha256 && original_sha256 !== sha256) photo.original_sha256 = original_sha256;
  if (position) photo.position = position;
  if (exif && Object.keys(exif).length) photo.exif = exif;
  return photo;
}

/**
 * Did the chooser bring an older picture, though it was asked for the camera?
 * @param {File} file @param {number} asked_at  ms
 */
export const isOld = (file, asked_at) => file.lastModified > 0 && file.lastModified < asked_at - FRESH;

/**
 * Keep a drawing on a copy of a photo; without shapes the copy goes. The clean photo stays as it is.
 * @param {Album} album @param {any} photo  the clean one, as it stands in the list
 * @param {import("./album.js").Shape[]} shapes @param {{line: string, edge: string}} look  colours
 */
export async function drawInto(album, photo, shapes, look) {
  if (!shapes.length) return album.write((photos) => drawnOn(photos, photo.sha256, null));
  const bytes = await photoBytes(photo.sha256);
  if (!bytes) throw Object.assign(new Error(photo.sha256), { name: "PhotoNotKept" });
  const taken = { ...(await takeDrawing(new Blob([bytes], { type: "image/jpeg" }), { shapes, look })), taken_at: photo.taken_at };
  const copy = asItTravels({ ...taken, exif: {}, original_sha256: photo.sha256 }, photo);
  await keepPhoto({ ...taken, ...copy, draft: album.draft() });
  return album.write((photos) => drawnOn(photos, photo.sha256, { photo: copy, shapes }));
}
