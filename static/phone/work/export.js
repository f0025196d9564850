// @ts-check
// What is not sent, as files: for a phone that goes to repair or never sees a mast. The office reads them in under 人员 › 补送.
//
// A ZIP without compression: outbox.json and photos/<sha256>.jpg, so that anybody can look at the photos on any computer.

import { Zip } from "../kit/zip.js";
import { photoBytes } from "../store/photos.js";
import { deviceHere } from "../store/open.js";
import { readMeta } from "../store/meta.js";
import { drafts, entries, photoMarks } from "../store/state.js";

/** What the office takes as one file, with some room for the list; every further file holds the commands anew. */
const MOST = 240 * 1024 * 1024;

/** Not with the office as far as this phone knows. @param {import("../store/state.js").Entry} entry */
const isUnsent = (entry) =>
  entry.n !== null && entry.command.body && (["waiting", "stuck", "refused", "held"].includes(entry.state) || entry.photos.some(isKept));

/** @param {string} sha */
const isKept = (sha) => ["kept", "queued", "refused", "damaged"].includes(photoMarks.value.get(sha)?.state ?? "");

/**
 * The outbox that has no receipt, the drafts, and every photo of both that the office does not have.
 * @param {{person: any, at: number, most?: number}} who  at: ms; most: bytes of one file
 * @returns {Promise<Blob[]>} one file as a rule
 */
export async function exportUnsent({ person, at, most = MOST }) {
  const device = await deviceHere();
  const list = {
    what: "fieldbook unsent work",
    version: 1,
    made_at: at,
    epoch: (await readMeta("epoch")) ?? "",
    person: { id: person.id, name: person.name },
    device: { id: device.id, name: device.name },
    // As they travel: the office knows each by its id, whichever way it comes first.
    commands: entries.value.filter(isUnsent).map((entry) => entry.command),
    drafts: drafts.value,
  };
  const files = [];
  let zip = new Zip();
  /** @type {{ sha256: string, bytes: number }[]} */
  let photos = [];
  const close = () => {
    zip.add("outbox.json", new TextEncoder().encode(JSON.stringify({ ...list, photos })));
    files.push(zip.done());
    zip = new Zip();
    photos = [];
  };
  for (const sha256 of [...photoMarks.value.keys()].filter(isKept)) {
    const buffer = await photoBytes(sha256);
    if (!buffer) continue;
    if (photos.length && zip.size + buffer.byteLength > most) close();
    zip.add(`photos/${sha256}.jpg`, new Uint8Array(buffer));
    photos.push({ sha256, bytes: buffer.byteLength });
  }
  close();
  return files;
}
