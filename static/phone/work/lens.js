// @ts-check
// The phone's camera inside this page: is there one, opened, its light, one frame of it.

import { signal } from "../kit/html.js";

/**
 * What is known of the camera before it is opened: "maybe" there is one and nobody refused it; "none"; "refused".
 * @type {import("@preact/signals").Signal<"maybe" | "none" | "refused">}
 */
export const lens = signal("none");

const media = navigator.mediaDevices;

/** The widest side asked for, px. A photo is sent with 1600, so more would only cost time and warmth. */
const WIDE = { width: { ideal: 2048 }, height: { ideal: 1536 } };

async function look() {
  if (!media?.getUserMedia || !media.enumerateDevices) return;
  try {
    const there = (await media.enumerateDevices()).some((device) => device.kind === "videoinput");
    lens.value = there ? "maybe" : "none";
    if (!there) return;
    const permission = await navigator.permissions.query({ name: /** @type {any} */ ("camera") });
    const said = () => {
      if (lens.value !== "none") lens.value = permission.state === "denied" ? "refused" : "maybe";
    };
    permission.onchange = said;
    said();
  } catch {
    // A browser that cannot say: asking for the camera will tell.
  }
}

/** Resolves when it is known whether there is a camera. */
export const looked = look();
media?.addEventListener?.("devicechange", look);

/**
 * Open the camera that looks away from the person. The browser may ask the person first.
 * @returns {Promise<MediaStream>}
 * @throws {DOMException} NotAllowedError, NotFoundError, NotReadableError (in use elsewhere) …
 */
export async function openLens() {
  try {
    const stream = await media.getUserMedia({ audio: false, video: { facingMode: { ideal: "environment" }, ...WIDE } });
    lens.value = "maybe";
    return stream;
  } catch (error) {
    const { name } = /** @type {DOMException} */ (error);
    // Never asked for again on this start: from now on the phone's own camera comes at the first tap.
    if (name === "NotAllowedError" || name === "SecurityError") lens.value = "refused";
    if (name === "NotFoundError") lens.value = "none";
    throw error;
  }
}

/** @param {MediaStream | null} stream */
export const closeLens = (stream) => stream?.getTracks().forEach((track) => track.stop());

/** Has this camera a light that can be left on? @param {MediaStream} stream */
export const hasTorch = (stream) => Boolean(/** @type {any} */ (stream.getVideoTracks()[0]?.getCapabilities?.())?.torch);

/** @param {MediaStream} stream @param {boolean} on */
export const setTorch = (stream, on) => stream.getVideoTracks()[0].applyConstraints({ advanced: [/** @type {any} */ ({ torch: on })] });

/** The frame that is seen now, at its full size. Encoding it is the worker's. @param {HTMLVideoElement} video */
export const frameOf = (video) => createImageBitmap(video);
