// @ts-check
// Trying the stores as a day without signal would use them: what is written is read back from the disk, from each store by itself.

import { sha256 } from "../kit/hash.js";
import { newCanvas, newVideo } from "../kit/page.js";
import { readMeta } from "../store/meta.js";
import { dropPhoto, isWhole, keepPhoto, thumbBytes } from "../store/photos.js";
import { readPicture } from "../store/pictures.js";
import { keptRows, rows } from "../store/rows.js";
import { here } from "../store/tab.js";
import { search } from "./search.js";
import { takePhoto } from "./shrink.js";

/** How long the camera may take to show something; ms. */
const PATIENCE = 5000;

/**
 * Take a photo, by the camera where it is allowed already, keep it in both stores, read it back from each, drop it.
 * @returns {Promise<{ camera: boolean, database: boolean, log: boolean | null }>} log: null where this browser has no such files
 */
export async function tryPhoto() {
  const file = (await shot().catch(() => null)) ?? (await drawn());
  const { buffer, ...photo } = await takePhoto(file.blob);
  await keepPhoto({ ...photo, draft: "self-test" }, buffer);
  try {
    return { camera: file.camera, database: await isWhole(photo.sha256), log: await inLog(photo.sha256, buffer.byteLength) };
  } finally {
    await dropPhoto(photo.sha256);
  }
}

/** Does the log give the same bytes back? The thumbnail lies before them. @param {string} sha @param {number} size */
async function inLog(sha, size) {
  const { log } = here();
  if (!log) return null;
  const listed = (await log.index()).find((one) => one.kind === "photo" && one.id === sha);
  const bytes = listed && (await log.read(listed));
  return Boolean(bytes) && (await sha256(/** @type {ArrayBuffer} */ (bytes).slice(-size))) === sha;
}

/** One picture from the camera; null where it has not been allowed: a test asks for nothing. */
async function shot() {
  const { state } = await navigator.permissions.query({ name: /** @type {any} */ ("camera") });
  if (state !== "granted") return null;
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  try {
    const video = newVideo();
    video.srcObject = stream;
    await Promise.race([video.play(), new Promise((_, late) => setTimeout(() => late(new Error("the camera shows nothing")), PATIENCE))]);
    const canvas = newCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    return { camera: true, blob: await jpeg(canvas) };
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

/** A drawing in its place, another one each time. */
async function drawn() {
  const canvas = newCanvas(640, 480);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  for (let i = 0; i < 48; i++) {
    pen.fillStyle = `hsl(${(Date.now() / 7 + i * 37) % 360} 60% 50%)`;
    pen.fillRect((i % 8) * 80, Math.floor(i / 8) * 80, 80, 80);
  }
  return { camera: false, blob: await jpeg(canvas) };
}

/** @param {HTMLCanvasElement} canvas @returns {Promise<Blob>} */
const jpeg = (canvas) => new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/jpeg", 0.8));

/**
 * What of the county lies on the disk, not only in memory, and whether each place here has its checklist.
 * @returns {Promise<{ places: number, findings: number, found: boolean, version: number | null, kinds: number, criteria: number, lacking: string[] }>}
 *   found: a place is found by its name; lacking: names of places whose kind the manual on the disk does not have
 */
export async function tryCounty() {
  const kept = await keptRows();
  const manual = await readMeta("manual");
  const kinds = manual?.kinds ?? [];
  const known = new Set(kinds.filter((/** @type {any} */ kind) => kind.criteria.length).map((/** @type {any} */ kind) => kind.code));
  const lacking = kept.places.filter((place) => (place.kinds ?? []).some((/** @type {string} */ code) => !known.has(code))).map((place) => place.name);
  const one = kept.places[0];
  return {
    places: kept.places.length,
    findings: kept.findings,
    found: !one || (rows.place.has(one.id) && search(one.name, rows.place.values(), Infinity).some((thing) => thing.id === one.id)),
    version: manual?.version ?? null,
    kinds: kinds.length,
    criteria: kinds.reduce((/** @type {number} */ sum, /** @type {any} */ kind) => sum + kind.criteria.length, 0),
    lacking,
  };
}

/** How many photos of open findings can be seen without signal, of how many. @returns {Promise<[number, number]>} */
export async function countPictures() {
  let here = 0;
  let all = 0;
  for (const finding of rows.finding.values()) {
    for (const photo of [...(finding.before ?? []), ...(finding.after ?? [])]) {
      all += 1;
      if ((await readPicture(photo.sha256, "small")) || (await thumbBytes(photo.sha256))) here += 1;
    }
  }
  return [here, all];
}
