// @ts-check
// Shrinks photos off the page, one after another, so that the page stays usable and memory holds one picture.

import { shrink } from "./shrink-core.js";

let chain = Promise.resolve();

self.onmessage = ({ data: { id, file } }) => {
  chain = chain.then(async () => {
    try {
      const photo = await shrink(file, (width, height) => new OffscreenCanvas(width, height));
      const moved = photo.thumb ? [photo.buffer, photo.thumb] : [photo.buffer];
      self.postMessage({ id, photo }, /** @type {any} */ (moved));
    } catch (error) {
      const { code, message } = /** @type {any} */ (error);
      self.postMessage({ id, code: code ?? null, message: String(message) });
    }
  });
};
