// @ts-check
// A few facts from a JPEG's EXIF: camera, time, orientation, software. Pure. Nothing is ever written back.

const TAGS = { 0x010f: "Make", 0x0110: "Model", 0x0112: "Orientation", 0x0131: "Software", 0x0132: "DateTime" };
const MORE = { 0x9003: "DateTimeOriginal", 0x9011: "OffsetTimeOriginal" };
const SUB = 0x8769;
const LONGEST = 100;

/**
 * @param {ArrayBuffer} buffer  a whole file, or its beginning
 * @returns {Record<string, string>} {} when there is none or it is damaged
 */
export function readExif(buffer) {
  const view = new DataView(buffer);
  try {
    const at = tiffStart(view);
    if (at < 0) return {};
    const little = view.getUint16(at) === 0x4949;
    if (!little && view.getUint16(at) !== 0x4d4d) return {};
    /** @type {Record<string, string>} */
    const facts = {};
    const sub = directory(view, at, at + view.getUint32(at + 4, little), little, TAGS, facts);
    if (sub) directory(view, at, at + sub, little, MORE, facts);
    return facts;
  } catch {
    return {}; // cut off, or made to mislead: the picture itself decides
  }
}

/**
 * When the camera says it was taken, ms; Chinese time where it names no zone. Null for what is no date.
 * @param {Record<string, string>} exif
 */
export function momentOf({ DateTimeOriginal = "", OffsetTimeOriginal = "" }) {
  const said = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(DateTimeOriginal);
  const zone = /^[+-]\d\d:\d\d$/.test(OffsetTimeOriginal) ? OffsetTimeOriginal : "+08:00";
  return said ? Date.parse(`${said[1]}-${said[2]}-${said[3]}T${said[4]}${zone}`) || null : null;
}

/** Where the TIFF structure of the APP1 segment begins; -1 when there is none. @param {DataView} view */
function tiffStart(view) {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return -1;
  for (let at = 2; at + 10 < view.byteLength; ) {
    const marker = view.getUint16(at);
    if (marker >> 8 !== 0xff || marker === 0xffda) return -1;
    const length = view.getUint16(at + 2);
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
    at += 2 + length;
  }
  return -1;
}

/**
 * @param {DataView} view @param {number} base @param {number} at @param {boolean} little
 * @param {Record<number, string>} wanted @param {Record<string, string>} facts
 * @returns {number} where the second directory is, from `base`; 0 when there is none
 */
function directory(view, base, at, little, wanted, facts) {
  let sub = 0;
  const count = Math.min(view.getUint16(at, little), 200);
  for (let i = 0; i < count; i++) {
    const entry = at + 2 + 12 * i;
    const tag = view.getUint16(entry, little);
    const kind = view.getUint16(entry + 2, little);
    if (tag === SUB) sub = view.getUint32(entry + 8, little);
    const name = wanted[tag];
    if (!name) continue;
    if (kind === 3) facts[name] = String(view.getUint16(entry + 8, little));
    if (kind === 2) {
      const length = Math.min(view.getUint32(entry + 4, little), LONGEST);
      const from = length <= 4 ? entry + 8 : base + view.getUint32(entry + 8, little);
      const words = textAt(view, from, length);
      if (words) facts[name] = words;
    }
  }
  return sub;
}

/** Printable words up to the first NUL. @param {DataView} view @param {number} from @param {number} length */
function textAt(view, from, length) {
  let words = "";
  for (let i = 0; i < length && from + i < view.byteLength; i++) {
    const code = view.getUint8(from + i);
    if (code === 0) break;
    if (code >= 32 && code < 127) words += String.fromCharCode(code);
  }
  return words.trim();
}
