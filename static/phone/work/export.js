// @ts-check
// What is not sent, as one file: JSON, with the photos in it as base64. For a phone that goes to repair or never sees a mast.

import { entries, photoMarks } from "../store/state.js";
import { photoBytes } from "../store/photos.js";
import { deviceHere } from "../store/open.js";
import { drafts } from "./drafts.js";

/** @param {ArrayBuffer} buffer */
function base64(buffer) {
  const bytes = new Uint8Array(buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

/**
 * The outbox that has no receipt, the drafts, and every photo of both that the server does not have.
 * @param {{person: any, at: number}} who  at: ms
 * @returns {Promise<Blob>}
 */
export async function exportUnsent({ person, at }) {
  const commands = entries.value.filter((e) => e.state !== "closed" && (e.state !== "sent" || e.photos.some((sha) => photoMarks.value.get(sha)?.state === "queued")));
  const parts = [
    `{"what":"fieldbook unsent work","version":1,"made_at":${at},"person":${JSON.stringify(person)},"device":${JSON.stringify(await deviceHere())},`,
    `"commands":${JSON.stringify(commands)},"drafts":${JSON.stringify(drafts.value)},"photos":[`,
  ];
  let first = true;
  for (const mark of photoMarks.value.values()) {
    if (mark.state === "received" || mark.state === "gone") continue;
    const bytes = await photoBytes(mark.sha256);
    if (!bytes) continue;
    parts.push(`${first ? "" : ","}${JSON.stringify({ sha256: mark.sha256, state: mark.state, meta: mark.meta, jpeg: base64(bytes) })}`);
    first = false;
  }
  parts.push("]}");
  return new Blob(parts, { type: "application/json" });
}
