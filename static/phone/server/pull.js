// @ts-check
// What others did, as rows.

import { ask } from "./api.js";

/**
 * @param {string} device
 * @param {string | null} cursor  null: the whole scope from the start
 * @returns {Promise<import("./api.js").Answer>}
 */
export function pull(device, cursor) {
  const query = new URLSearchParams({ device });
  if (cursor) query.set("cursor", cursor);
  return ask(`/api/pull?${query}`, { seconds: 60 });
}
