// @ts-check
// An arrow or a ring on a copy of a photo: where its lines run. Pure; the screen and the worker draw the same path.

/** @typedef {import("./album.js").Shape} Shape */

const HEAD = Math.PI / 6;

/** How thick the line is on a photo of this size, px. @param {number} width @param {number} height */
export const thickness = (width, height) => Math.max(3, Math.max(width, height) / 130);

/** The outline of one shape, in SVG's words, which a canvas understands too. @param {Shape} shape @param {number} line px */
export function pathOf({ kind, x1, y1, x2, y2 }, line) {
  const r = Math.round;
  if (kind === "ring") {
    const [rx, ry] = [Math.max(line, Math.abs(x2 - x1) / 2), Math.max(line, Math.abs(y2 - y1) / 2)];
    const [cx, cy] = [(x1 + x2) / 2, (y1 + y2) / 2];
    const arc = (/** @type {number} */ x) => `A${r(rx)} ${r(ry)} 0 1 0 ${r(x)} ${r(cy)}`;
    return `M${r(cx - rx)} ${r(cy)}${arc(cx + rx)}${arc(cx - rx)}`;
  }
  const length = Math.hypot(x2 - x1, y2 - y1);
  const way = Math.atan2(y2 - y1, x2 - x1);
  const head = Math.min(Math.max(length / 3, 4 * line), 12 * line);
  const barb = (/** @type {number} */ turn) => `${r(x2 - head * Math.cos(way + turn))} ${r(y2 - head * Math.sin(way + turn))}`;
  return `M${r(x1)} ${r(y1)}L${r(x2)} ${r(y2)}M${barb(HEAD)}L${r(x2)} ${r(y2)}L${barb(-HEAD)}`;
}

/** A shape in the middle, for those who do not drag. @param {Shape["kind"]} kind @param {number} width @param {number} height @returns {Shape} */
export function shapeInTheMiddle(kind, width, height) {
  const [cx, cy, side] = [width / 2, height / 2, Math.min(width, height) / 5];
  return kind === "ring"
    ? { kind, x1: cx - side, y1: cy - side, x2: cx + side, y2: cy + side }
    : { kind, x1: cx - side, y1: cy + side, x2: cx, y2: cy };
}

/** @param {Shape} shape @param {number} dx px @param {number} dy px @returns {Shape} */
export const shifted = (shape, dx, dy) => ({ ...shape, x1: shape.x1 + dx, y1: shape.y1 + dy, x2: shape.x2 + dx, y2: shape.y2 + dy });

/** Larger or smaller: a ring about its middle, an arrow from its tip. @param {Shape} shape @param {number} by factor @returns {Shape} */
export function scaled(shape, by) {
  const [ox, oy] = shape.kind === "ring" ? [(shape.x1 + shape.x2) / 2, (shape.y1 + shape.y2) / 2] : [shape.x2, shape.y2];
  const from = (/** @type {number} */ v, /** @type {number} */ o) => o + (v - o) * by;
  return { ...shape, x1: from(shape.x1, ox), y1: from(shape.y1, oy), x2: from(shape.x2, ox), y2: from(shape.y2, oy) };
}

/** An arrow turned an eighth about its tip. @param {Shape} shape @returns {Shape} */
export function turned(shape) {
  const [dx, dy] = [shape.x1 - shape.x2, shape.y1 - shape.y2];
  const [c, s] = [Math.SQRT1_2, Math.SQRT1_2];
  return { ...shape, x1: shape.x2 + dx * c - dy * s, y1: shape.y2 + dx * s + dy * c };
}
