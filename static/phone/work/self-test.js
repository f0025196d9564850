// @ts-check
// Trying the stores as a visit would use them.

import { dropDraft, keepDraft, readDrafts } from "../store/drafts.js";
import { rows } from "../store/rows.js";
import { readPicture } from "../store/pictures.js";
import { thumbBytes } from "../store/photos.js";

/**
 * Keep something in both stores, read it back, drop it.
 * @returns {Promise<boolean>} whether it came back as it was
 */
export async function readBack() {
  const id = "self-test";
  await keepDraft({ id, kind: "test", at: Date.now() });
  const there = (await readDrafts()).some((d) => d.id === id);
  await dropDraft(id);
  return there;
}

/** How many photos of open findings can be seen without signal. @returns {Promise<number>} */
export async function countPictures() {
  let n = 0;
  for (const finding of rows.finding.values()) {
    for (const photo of [...(finding.before ?? []), ...(finding.after ?? [])]) {
      if ((await readPicture(photo.sha256, "small")) || (await thumbBytes(photo.sha256))) n += 1;
    }
  }
  return n;
}
