// @ts-check
// Making a photo small enough to send: upright, at most 1600 px, without its EXIF. Runs in the worker, or on the page where a
// browser cannot draw in workers.

import { sha256 } from "../kit/hash.js";
import { pathOf, thickness } from "./drawing.js";
import { readExif } from "./exif.js";

const LONGEST_SIDE = 1600;
const THUMB_SIDE = 320;
const QUALITY = 0.82;
const THUMB_QUALITY = 0.72;
const SMALLEST_SIDE = 240;
/** The server takes no more; a file that cannot be made smaller here is sent as it is only below this. */
const LARGEST_BYTES = 20_000_000;

/**
 * @typedef {object} Shrunk
 * @property {string} sha256  of `buffer`
 * @property {number} width  px
 * @property {number} height  px
 * @property {number} bytes
 * @property {ArrayBuffer} buffer  what will be sent
 * @property {ArrayBuffer | null} thumb  JPEG, at most 320 px; null when this browser cannot show the format
 * @property {string} original_sha256  of the file; of `buffer` when there was no file
 * @property {Record<string, string>} exif
 * @property {"dark" | "blurred" | null} worry  what a person should know while still standing there; never a reason to refuse
 */

/** Why a file cannot be taken as a photo: code "phone.not_a_photo", "phone.photo_too_small" or "phone.photo_too_large". */
export class Unusable extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.name = "Unusable";
    this.code = code;
  }
}

/**
 * @param {Blob | ImageBitmap} file  a file, or a frame of the camera
 * @param {(width: number, height: number) => any} newCanvas
 * @returns {Promise<Shrunk>}
 * @throws {Unusable}
 */
export async function shrink(file, newCanvas) {
  if (!(file instanceof Blob)) return made(file, newCanvas, null, {});
  const original = await file.arrayBuffer();
  const original_sha256 = await sha256(original);
  const exif = readExif(original);
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return asItIs(original, original_sha256, exif);
  }
  return made(picture, newCanvas, original_sha256, exif);
}

/**
 * @param {ImageBitmap} picture  closed here
 * @param {(width: number, height: number) => any} newCanvas @param {string | null} original_sha256 @param {Record<string, string>} exif
 * @returns {Promise<Shrunk>}
 */
async function made(picture, newCanvas, original_sha256, exif) {
  try {
    if (Math.min(picture.width, picture.height) < SMALLEST_SIDE) throw new Unusable("phone.photo_too_small");
    const { width, height } = fit(picture, LONGEST_SIDE);
    const large = draw(picture, newCanvas(width, height), width, height);
    const buffer = await jpeg(large, QUALITY);
    const small = fit(picture, THUMB_SIDE);
    const tile = draw(large, newCanvas(small.width, small.height), small.width, small.height);
    const thumb = await jpeg(tile, THUMB_QUALITY);
    const sha = await sha256(buffer);
    const worry = worryAbout(greyOf(tile, 0, 0, small.width, small.height), greyOf(large, width >> 2, height >> 2, width >> 1, height >> 1));
    return { sha256: sha, width, height, bytes: buffer.byteLength, buffer, thumb, original_sha256: original_sha256 ?? sha, exif, worry };
  } finally {
    picture.close();
  }
}

/**
 * A copy of a photo with shapes drawn on it. It names the clean photo as its original.
 * @param {Blob} file  the clean photo @param {import("./album.js").Shape[]} shapes @param {{line: string, edge: string}} look  colours
 * @param {(width: number, height: number) => any} newCanvas
 * @returns {Promise<Shrunk>}
 */
export async function drawOn(file, shapes, look, newCanvas) {
  const picture = await createImageBitmap(file);
  const { width, height } = picture;
  const canvas = draw(picture, newCanvas(width, height), width, height);
  const pen = canvas.getContext("2d");
  const line = thickness(width, height);
  pen.lineCap = pen.lineJoin = "round";
  for (const [style, wide] of /** @type {[string, number][]} */ ([[look.edge, 2 * line], [look.line, line]])) {
    pen.strokeStyle = style;
    pen.lineWidth = wide;
    for (const shape of shapes) pen.stroke(new Path2D(pathOf(shape, line)));
  }
  picture.close();
  return made(await createImageBitmap(canvas), newCanvas, await sha256(await file.arrayBuffer()), {});
}

/** Below this mean brightness of 255 one sees too little; the office's own measure. */
const DARKEST = 35;
/** The office's measures of blur: how much the brightness changes from pixel to pixel, and in percent of that at a quarter of the size. */
const LEAST_DETAIL = 8;
const LEAST_SHARPNESS = 8;

/** @typedef {{ grey: Float32Array, width: number, height: number }} Grey */

/** @param {Grey} whole  the picture, small @param {Grey} middle  its middle, large. Pure. @returns {Shrunk["worry"]} */
export function worryAbout(whole, middle) {
  if (whole.grey.reduce((sum, v) => sum + v, 0) / whole.grey.length < DARKEST) return "dark";
  const fine = detail(middle);
  const coarse = detail(quarter(middle));
  return fine < LEAST_DETAIL || (100 * fine) / Math.max(coarse, 1) < LEAST_SHARPNESS ? "blurred" : null;
}

/** @param {any} canvas @param {number} x @param {number} y @param {number} width @param {number} height @returns {Grey} */
function greyOf(canvas, x, y, width, height) {
  const { data } = canvas.getContext("2d").getImageData(x, y, width, height);
  const grey = new Float32Array(width * height);
  for (let i = 0, at = 0; i < grey.length; i++, at += 4) grey[i] = 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
  return { grey, width, height };
}

/** The variance of the Laplacian, its values held within a byte as the office does. @param {Grey} of */
function detail({ grey, width, height }) {
  let sum = 0;
  let squares = 0;
  let n = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at++) {
      const change = grey[at - 1] + grey[at + 1] + grey[at - width] + grey[at + width] - 4 * grey[at];
      const edge = Math.max(-128, Math.min(127, change));
      sum += edge;
      squares += edge * edge;
      n++;
    }
  }
  return n ? squares / n - (sum / n) ** 2 : 0;
}

/** At a quarter of the size, each pixel the mean of sixteen. @param {Grey} of @returns {Grey} */
function quarter({ grey, width, height }) {
  const [w, h] = [width >> 2, height >> 2];
  const small = new Float32Array(w * h);
  for (let y = 0; y < 4 * h; y++) for (let x = 0; x < 4 * w; x++) small[(y >> 2) * w + (x >> 2)] += grey[y * width + x] / 16;
  return { grey: small, width: w, height: h };
}

/** The size that keeps the shape and fits. Pure. @param {{ width: number, height: number }} of @param {number} side */
export function fit({ width, height }, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** @param {any} from @param {any} canvas @param {number} width @param {number} height */
function draw(from, canvas, width, height) {
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen) throw new Error("no canvas");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(from, 0, 0, width, height);
  return canvas;
}

/** @param {any} canvas @param {number} quality @returns {Promise<ArrayBuffer>} */
async function jpeg(canvas, quality) {
  const blob = canvas.convertToBlob
    ? await canvas.convertToBlob({ type: "image/jpeg", quality })
    : await new Promise((made) => canvas.toBlob(made, "image/jpeg", quality));
  if (!blob || blob.type !== "image/jpeg") throw new Error("no JPEG from this canvas");
  return blob.arrayBuffer();
}

/**
 * A photo that this browser cannot decode, as HEIC in most: sent as it is, the server can.
 * @param {ArrayBuffer} original @param {string} sha @param {Record<string, string>} exif @returns {Shrunk}
 */
function asItIs(original, sha, exif) {
  const size = heicSize(original);
  if (!size) throw new Unusable("phone.not_a_photo");
  if (original.byteLength > LARGEST_BYTES) throw new Unusable("phone.photo_too_large");
  return {
    sha256: sha,
    ...size,
    bytes: original.byteLength,
    buffer: original,
    thumb: null,
    original_sha256: sha,
    exif,
    worry: null,
  };
}

/**
 * Width and height that a HEIC file names; null when it is none. Pure.
 * @param {ArrayBuffer} buffer
 */
export function heicSize(buffer) {
  const bytes = new Uint8Array(buffer);
  const word = (/** @type {number} */ at) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 16 || word(4) !== "ftyp" || !/^(heic|heix|hevc|heim|heis|mif1|msf1|avif)/.test(word(8))) return null;
  const view = new DataView(buffer);
  let best = null;
  // The picture's own size is the largest of the sizes named; tiles and thumbnails are smaller.
  for (let at = 0; at + 16 <= Math.min(bytes.length, 65_536); at++) {
    if (bytes[at] !== 0x69 || word(at) !== "ispe") continue;
    const width = view.getUint32(at + 8);
    const height = view.getUint32(at + 12);
    if (width > 0 && width <= 12_000 && height > 0 && height <= 12_000 && (!best || width * height > best.width * best.height)) {
      best = { width, height };
    }
  }
  return best;
}
