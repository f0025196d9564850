// @ts-check
// What the office has to tell this person.

import { ask } from "./api.js";

/** @param {number} after  the last seq known here @returns {Promise<import("./api.js").Answer>} */
export const askNotices = (after) => ask(`/api/notices?after=${after}`);

/** @param {number} seq  all up to here have been seen @returns {Promise<import("./api.js").Answer>} */
export const sayRead = (seq) => ask("/api/notices/read", { method: "POST", json: { seq } });
