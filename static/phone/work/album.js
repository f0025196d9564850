// @ts-check
// The photos of one thing before they are sent: in their order, each with what was drawn on a copy of it. Pure.

/**
 * @typedef {{kind: "arrow" | "ring", x1: number, y1: number, x2: number, y2: number}} Shape  in the photo's own pixels
 * @typedef {{sha256: string, taken_at: number, source: string, drawn?: {photo: any, shapes: Shape[]}, [more: string]: any}} Taken
 *   the photo as it travels; drawn: the copy that was drawn on, which never takes the clean photo's place
 */

/** As they travel: each clean photo, and behind it the copy that was drawn on. @param {Taken[]} photos @returns {any[]} */
export const flat = (photos) => photos.flatMap(({ drawn, ...photo }) => (drawn ? [photo, drawn.photo] : [photo]));

/**
 * As they are shown: a copy that names a photo beside it as its original is that photo's drawing.
 * @param {any[]} photos as they travel @returns {any[]} the clean ones, with `drawn`: the SHA-256 of the copy
 */
export function folded(photos) {
  const clean = new Set(photos.map((p) => p.sha256));
  const isCopy = (/** @type {any} */ p) => p.original_sha256 !== p.sha256 && clean.has(p.original_sha256);
  const drawn = new Map(photos.filter(isCopy).map((p) => [p.original_sha256, p.sha256]));
  return photos.filter((p) => !isCopy(p)).map((p) => (drawn.has(p.sha256) ? { ...p, drawn: drawn.get(p.sha256) } : p));
}

/** The same picture stands there once. @param {Taken[]} photos @param {Taken} photo @param {number} most as they travel */
export function added(photos, photo, most) {
  if (photos.some((p) => p.sha256 === photo.sha256) || flat(photos).length >= most) return photos;
  return [...photos, photo];
}

/** @param {Taken[]} photos @param {string} sha256 */
export const without = (photos, sha256) => photos.filter((p) => p.sha256 !== sha256);

/** One place to the left (-1) or to the right (1), as far as it goes. @param {Taken[]} photos @param {string} sha256 @param {number} by */
export function moved(photos, sha256, by) {
  const from = photos.findIndex((p) => p.sha256 === sha256);
  const to = from + by;
  if (from < 0 || to < 0 || to >= photos.length) return photos;
  const rest = without(photos, sha256);
  return [...rest.slice(0, to), photos[from], ...rest.slice(to)];
}

/** @param {Taken[]} photos @param {string} sha256 @param {Taken["drawn"] | null} drawn  null: nothing is drawn on it any more */
export const drawnOn = (photos, sha256, drawn) =>
  photos.map((p) => {
    if (p.sha256 !== sha256) return p;
    const { drawn: _before, ...clean } = p;
    return drawn ? { ...clean, drawn } : clean;
  });
