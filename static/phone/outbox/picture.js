// @ts-check
// Pictures to look at: one's own from the stores, others' from the server, kept for when there is no signal.

import { NoAnswer, askPicture } from "../server/api.js";
import { photoBytes, thumbBytes } from "../store/photos.js";
import { keepPicture, readPicture } from "../store/pictures.js";
import { changed, rows } from "../store/rows.js";
import { isOpen } from "../store/tab.js";

/** Object URLs by size and SHA-256, the oldest let go first. @type {Map<string, Promise<string | null>>} */
const urls = new Map();
const MOST = 300;

/**
 * An address for an <img>, or null while there is none.
 *
 * @param {string} sha256
 * @param {"small" | "large"} size  small: at most 320 px; large: own photos as sent, others' at most 1280 px
 * @returns {Promise<string | null>}
 */
export function pictureURL(sha256, size = "small") {
  const key = `${size} ${sha256}`;
  const known = urls.get(key);
  if (known) {
    urls.delete(key);
    urls.set(key, known);
    return known;
  }
  const url = pictureBytes(sha256, size).then(
    (bytes) => {
      if (!bytes) urls.delete(key); // asked again next time: it may have arrived by then
      return bytes && URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    },
    () => {
      urls.delete(key);
      return null;
    },
  );
  urls.set(key, url);
  if (urls.size > MOST) {
    const [oldest, gone] = /** @type {[string, Promise<string | null>]} */ (urls.entries().next().value);
    urls.delete(oldest);
    void gone.then((old) => old && URL.revokeObjectURL(old));
  }
  return url;
}

/** This phone's own first, then what was fetched before, then the server's. @param {string} sha256 @param {"small" | "large"} size */
async function pictureBytes(sha256, size) {
  const own = (size === "small" && (await thumbBytes(sha256))) || (await photoBytes(sha256));
  if (own) return own;
  const kept = await readPicture(sha256, size);
  if (kept) return kept;
  try {
    const bytes = await askPicture(sha256, size);
    if (bytes) await keepPicture(sha256, size, bytes);
    return bytes;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    // No signal: the small one is better than none.
    return size === "large" ? readPicture(sha256, "small") : null;
  }
}

/** The state of the rows whose pictures are all here. */
let looked = -1;

/**
 * Fetch the small pictures of findings that this person may act on, so that they are there without signal.
 * @param {() => boolean} enough  asked before each: is there something more urgent?
 */
export async function fetchAhead(enough) {
  if (changed.value === looked) return;
  const looking = changed.value;
  for (const finding of rows.finding.values()) {
    if (!finding.may?.length) continue;
    for (const photo of [...(finding.before ?? []), ...(finding.after ?? []), ...(finding.under_way ?? [])]) {
      if (enough() || !isOpen()) return;
      if (photo.state !== "checked") continue;
      if ((await thumbBytes(photo.sha256)) || (await readPicture(photo.sha256, "small"))) continue;
      const bytes = await askPicture(photo.sha256, "small");
      if (!bytes) continue;
      await keepPicture(photo.sha256, "small", bytes);
    }
  }
  looked = looking;
}
