// @ts-check
// Others' pictures, kept for looking at them without signal: 50 MB at most, the longest unseen go first.

import { inTransaction, reading } from "./database.js";

const MOST_BYTES = 50 * 1024 * 1024;

/** @param {string} sha256 @param {string} size @returns {Promise<ArrayBuffer | null>} */
export async function readPicture(sha256, size) {
  const row = await reading(["pictures"], (tx) => tx.objectStore("pictures").get(`${size} ${sha256}`));
  return row?.buf ?? null;
}

/** @param {string} sha256 @param {string} size @param {ArrayBuffer} buf */
export async function keepPicture(sha256, size, buf) {
  try {
    await inTransaction(
      ["pictures", "meta"],
      async (tx) => {
        const store = tx.objectStore("pictures");
        const key = `${size} ${sha256}`;
        const before = await store.get(key);
        await store.put({ key, sha256, buf, used_at: Date.now() });
        const meta = tx.objectStore("meta");
        let held = ((await meta.get("picture_bytes"))?.value ?? 0) + buf.byteLength - (before?.buf.byteLength ?? 0);
        if (held > MOST_BYTES) {
          for (let cursor = await store.index("used_at").openCursor(); cursor && held > MOST_BYTES * 0.8; cursor = await cursor.continue()) {
            held -= cursor.value.buf.byteLength;
            await cursor.delete();
          }
        }
        await meta.put({ key: "picture_bytes", value: held });
      },
      { relaxed: true },
    );
  } catch (error) {
    // A full phone keeps its room for what only it has.
    if (/** @type {any} */ (error)?.name !== "QuotaExceededError") throw error;
  }
}

/** Pictures that no row names any more go. @param {Set<string>} named  SHA-256 */
export const dropPicturesBut = (named) =>
  inTransaction(
    ["pictures", "meta"],
    async (tx) => {
      const store = tx.objectStore("pictures");
      let held = (await tx.objectStore("meta").get("picture_bytes"))?.value ?? 0;
      for (let cursor = await store.openCursor(); cursor; cursor = await cursor.continue()) {
        if (named.has(cursor.value.sha256)) continue;
        held -= cursor.value.buf.byteLength;
        await cursor.delete();
      }
      await tx.objectStore("meta").put({ key: "picture_bytes", value: Math.max(0, held) });
    },
    { relaxed: true },
  );
