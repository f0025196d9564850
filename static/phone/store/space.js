// @ts-check
// What the app keeps on this phone, part by part, and letting go of what is not lost by it.

import { dropOlderShells, olderShells } from "../kit/app-shell.js";
import { allOf, reading } from "./database.js";
import { readMeta } from "./meta.js";
import { freeReceived } from "./photos.js";
import { ONE_PHOTO, measureRoom } from "./room.js";
import { dropOldManuals, keptRows, manual, oldManuals } from "./rows.js";
import { drafts, entries, photoMarks } from "./state.js";

/**
 * @typedef {object} Space
 * @property {{ photos: number, manuals: number, shells: number, makes: number }} free
 *   what may go: photos with a receipt, manuals out of force, versions of the app before this one; makes: how many photos that gives
 * @property {{ queued: number, begun: number, refused: number }} own  photos that only this phone has
 * @property {number} pictures  others' photos, for looking at without signal
 * @property {{ places: number, kinds: number, criteria: number, makes: number }} county  makes: counted in photos
 */

/** Only what the office has answered for. @param {import("./state.js").PhotoMark} mark */
const mayGo = (mark) => mark.state === "received" && Boolean(mark.receipt);

/** @param {number} bytes  a thing that is kept once */
const inPhotos = (bytes) => Math.round(bytes / ONE_PHOTO);

/** @returns {Promise<Space>} */
export async function weighAll() {
  const [{ places, bytes }, old, shells, pictures] = await Promise.all([countyHere(), oldManuals(), olderShells(), countPictures(), measureRoom()]);
  const marks = [...photoMarks.value.values()];
  const photos = marks.filter(mayGo).length;
  const count = (/** @type {string[]} */ ...states) => marks.filter((mark) => states.includes(mark.state)).length;
  const kinds = manual.value?.kinds ?? [];
  return {
    free: {
      photos,
      manuals: old.length,
      shells: shells.names.length,
      makes: photos + inPhotos(old.reduce((sum, one) => sum + one.bytes, 0) + shells.bytes),
    },
    own: { queued: count("queued"), begun: count("kept"), refused: count("refused", "damaged") },
    pictures,
    county: { places, kinds: kinds.length, criteria: kinds.reduce((/** @type {number} */ sum, /** @type {any} */ kind) => sum + kind.criteria.length, 0), makes: inPhotos(bytes) },
  };
}

/** Places on the disk, and what rows, manual and what was written weigh: about, since the browser does not tell by part. */
async function countyHere() {
  const kept = await keptRows();
  const written = [manual.value, await readMeta("me"), drafts.value, entries.value].map((part) => JSON.stringify(part ?? null).length);
  const rows = await Promise.all(["rows_a", "rows_b"].map(allOf));
  return { places: kept.places.length, bytes: JSON.stringify(rows).length + written.reduce((sum, one) => sum + one, 0) };
}

/** @returns {Promise<number>} */
const countPictures = () => reading(["pictures"], (tx) => tx.objectStore("pictures").count());

/** Let go of what may go. Nothing that only this phone has is touched. */
export async function freeAll() {
  await freeReceived(mayGo);
  await dropOldManuals();
  await dropOlderShells();
  await measureRoom();
}
