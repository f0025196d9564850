// @ts-check
// How far places are. Pure; positions are WGS-84 degrees times 10,000,000.

const METRES_PER_E7 = 111_320 / 1e7;

/**
 * Metres between two positions, good to 1 % within a county.
 * @param {{lat_e7: number, lon_e7: number}} a @param {{lat_e7: number, lon_e7: number}} b
 */
export function metres(a, b) {
  const north = (a.lat_e7 - b.lat_e7) * METRES_PER_E7;
  const east = (a.lon_e7 - b.lon_e7) * METRES_PER_E7 * Math.cos((a.lat_e7 / 1e7) * (Math.PI / 180));
  return Math.hypot(north, east);
}

/**
 * Metres to a place, or null where one of the two is not known.
 * @param {{lat_e7?: number | null, lon_e7?: number | null}} place @param {{lat_e7: number, lon_e7: number} | null | undefined} here
 */
export const metresTo = (place, here) => (here && place.lat_e7 != null && place.lon_e7 != null ? metres(here, /** @type {any} */ (place)) : null);

/**
 * Places with their distance from here, nearest first; those without a position last, in the order given.
 *
 * @template {{lat_e7?: number | null, lon_e7?: number | null}} P
 * @param {P[]} places @param {{lat_e7: number, lon_e7: number} | null | undefined} here
 * @returns {Array<{place: P, metres: number | null}>}
 */
export function byDistance(places, here) {
  const all = places.map((place) => ({ place, metres: metresTo(place, here) }));
  if (!here) return all;
  return all.sort((a, b) => (a.metres ?? Infinity) - (b.metres ?? Infinity) || 0);
}

/**
 * The few places that a photo taken here may belong to.
 *
 * @template {{lat_e7?: number | null, lon_e7?: number | null}} P
 * @param {P[]} places @param {{lat_e7: number, lon_e7: number, accuracy_m?: number} | null | undefined} here
 * @param {{most?: number, within_m?: number}} [how]
 * @returns {Array<{place: P, metres: number | null}>}
 */
export function nearest(places, here, { most = 2, within_m = 500 } = {}) {
  if (!here) return [];
  const reach = Math.max(within_m, here.accuracy_m ?? 0);
  return byDistance(places, here).filter((x) => x.metres != null && x.metres <= reach).slice(0, most);
}
