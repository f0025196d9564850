// @ts-check
// Handing commands to the server.

import { ask } from "./api.js";

/** Limits of one batch, on the wire. */
export const MOST_COMMANDS = 50;
export const MOST_BYTES = 512 * 1024;

/**
 * @param {{ device: string, epoch: string | null, queued: number, queued_photos?: number, queued_since?: number, commands: any[] }} batch
 *   queued: what the phone still holds, commands and photos; queued_photos: photos of it; queued_since: when the oldest was kept, ms
 * @returns {Promise<import("./api.js").Answer>}
 */
export const push = (batch) => ask("/api/push", { method: "POST", json: batch, seconds: 120 });

/**
 * The longest beginning of a queue that fits into one batch. Pure. A command that is too large by itself goes alone:
 * the server's refusal then names it.
 *
 * @param {any[]} commands  in the order to send
 * @param {(command: any) => number} bytes  its size on the wire
 */
export function batchOf(commands, bytes) {
  const batch = [];
  let sum = 256;
  for (const command of commands) {
    const more = bytes(command) + 1;
    if (batch.length && (batch.length === MOST_COMMANDS || sum + more > MOST_BYTES)) break;
    batch.push(command);
    sum += more;
  }
  return batch;
}
