// @ts-check
// Making a photo small enough to send: upright, at most 1600 px, without its EXIF. Runs in the worker, or on the page where a
// browser cannot draw in workers.

import { sha256 } from "../kit/hash.js";
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
 * @property {string} original_sha256
 * @property {Record<string, string>} exif
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
 * @param {Blob} file
 * @param {(width: number, height: number) => any} newCanvas
 * @returns {Promise<Shrunk>}
 * @throws {Unusable}
 */
export async function shrink(file, newCanvas) {
  const original = await file.arrayBuffer();
  const original_sha256 = await sha256(original);
  const exif = readExif(original);
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return asItIs(original, original_sha256, exif);
  }
  try {
    if (Math.min(picture.width, picture.height) < SMALLEST_SIDE) throw new Unusable("phone.photo_too_small");
    const { width, height } = fit(picture, LONGEST_SIDE);
    const large = draw(picture, newCanvas(width, height), width, height);
    const buffer = await jpeg(large, QUALITY);
    const small = fit(picture, THUMB_SIDE);
    const thumb = await jpeg(draw(large, newCanvas(small.width, small.height), small.width, small.height), THUMB_QUALITY);
    return { sha256: await sha256(buffer), width, height, bytes: buffer.byteLength, buffer, thumb, original_sha256, exif };
  } finally {
    picture.close();
  }
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
