// @ts-check
// From the camera's file to a photo that is kept: shrunk, named by its hash, in both stores.

import { keepPhoto } from "../store/photos.js";
import { takePhoto } from "./shrink.js";

/**
 * @param {File} file
 * @param {{draft: string, position?: any, source?: "camera" | "gallery"}} what  draft: whose photo it is until a command names it
 * @returns {Promise<any>} the photo as it travels
 * @throws {import("../store/both.js").PhoneFull} nothing was kept
 */
export async function keepShot(file, { draft, position, source = "camera" }) {
  const taken = await takePhoto(file);
  const { sha256, width, height, bytes, taken_at, original_sha256, exif } = taken;
  const where = taken.position ?? position ?? null;
  const photo = { sha256, bytes, width, height, taken_at, source: taken.source ?? source };
  if (original_sha256 && original_sha256 !== sha256) photo.original_sha256 = original_sha256;
  if (where) photo.position = where;
  if (exif && Object.keys(exif).length) photo.exif = exif;
  await keepPhoto({ ...taken, ...photo, draft });
  return photo;
}
