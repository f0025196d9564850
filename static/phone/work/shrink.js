// @ts-check
// From the camera's file to a photo that can be kept and sent.

import { now } from "../kit/clock.js";
import { newCanvas } from "../kit/page.js";
import { scriptURL } from "../kit/trusted.js";
import { Unusable, drawOn, shrink } from "./shrink-core.js";

/** After this the worker is taken for dead, and the page does it itself; ms. */
const PATIENCE = 30_000;

/** @type {Worker | null} */
let worker = null;
/** @type {Map<number, { made: (photo: any) => void, failed: (error: Error) => void }>} */
const asked = new Map();
let count = 0;

/**
 * Make a photo ready to be kept: upright, at most 1600 px, its hash, a thumbnail.
 *
 * @param {Blob | ImageBitmap} file  from the file chooser, or a frame of the camera, which is gone afterwards
 * @param {{ taken_at?: number }} [how]  ms, by the page at the shutter; now unless told
 * @returns {Promise<import("./shrink-core.js").Shrunk & { taken_at: number, position: null }>}
 *   position: for the caller to fill in; a photo's own is never believed
 * @throws {Unusable} with a code, when the file is no photo, too small or too large
 */
export async function takePhoto(file, { taken_at = now() } = {}) {
  const frame = file instanceof Blob ? [] : [file];
  const photo = await inWorker({ file }, frame).catch((error) => {
    // A frame that went to a worker which died is nowhere any more.
    if (error instanceof Unusable || (frame[0] && frame[0].width === 0)) throw error;
    return shrink(file, newCanvas);
  });
  return { ...photo, taken_at, position: null };
}

/**
 * A copy of a photo with shapes drawn on it.
 * @param {Blob} file  the clean photo @param {{ shapes: import("./album.js").Shape[], look: { line: string, edge: string } }} drawing
 */
export const takeDrawing = (file, drawing) =>
  inWorker({ file, drawing }, []).catch(() => drawOn(file, drawing.shapes, drawing.look, newCanvas));

/** @param {any} what @param {Transferable[]} given @returns {Promise<import("./shrink-core.js").Shrunk>} */
function inWorker(what, given) {
  return new Promise((made, failed) => {
    if (!globalThis.OffscreenCanvas) throw new Error("no canvas in workers");
    const id = ++count;
    const timer = setTimeout(() => drop(new Error("the worker does not answer")), PATIENCE);
    asked.set(id, {
      made: (photo) => {
        clearTimeout(timer);
        made(photo);
      },
      failed: (error) => {
        clearTimeout(timer);
        failed(error);
      },
    });
    started().postMessage({ id, ...what }, given);
  });
}

function started() {
  if (worker) return worker;
  worker = new Worker(scriptURL("/app/js/work/shrink-worker.js"), { type: "module" });
  worker.onmessage = ({ data: { id, photo, code, message } }) => {
    const one = asked.get(id);
    asked.delete(id);
    if (photo) one?.made(photo);
    else one?.failed(code ? new Unusable(code) : new Error(message));
  };
  worker.onerror = () => drop(new Error("the worker did not start"));
  return worker;
}

/** The worker is gone: whoever waits does without it, the next photo gets a new one. @param {Error} why */
function drop(why) {
  worker?.terminate();
  worker = null;
  for (const one of asked.values()) one.failed(why);
  asked.clear();
}
