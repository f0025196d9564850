// @ts-check
// Shrinks photos off the page, one after another, so that the page stays usable and memory holds one picture.

import { drawOn, shrink } from "./shrink-core.js";

let chain = Promise.resolve();

const newCanvas = (/** @type {number} */ width, /** @type {number} */ height) => new OffscreenCanvas(width, height);

self.onmessage = ({ data: { id, file, drawing } }) => {
  chain = chain.then(async () => {
    try {
      const photo = await (drawing ? drawOn(file, drawing.shapes, drawing.look, newCanvas) : shrink(file, newCanvas));
      const moved = photo.thumb ? [photo.buffer, photo.thumb] : [photo.buffer];
      self.postMessage({ id, photo }, /** @type {any} */ (moved));
    } catch (error) {
      const { code, message } = /** @type {any} */ (error);
      self.postMessage({ id, code: code ?? null, message: String(message) });
    }
  });
};
