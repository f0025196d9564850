// @ts-check
// The journal's leaves, for a phone that checks the chain by itself.

import { ask } from "./api.js";

/** @param {number} from  the last seq already checked */
export const askLeaves = (from) => ask(`/api/leaves?from=${from}`, { seconds: 60 });
