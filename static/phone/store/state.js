// @ts-check
// What the stores hold, in memory, for screens: filled by store/open.js, renewed by whoever writes.

import { signal } from "../kit/html.js";

/**
 * @typedef {object} Entry  one command of the outbox
 * @property {string} id
 * @property {number | null} n  null while it can still be taken back
 * @property {number} rev
 * @property {any} command  what travels; its `body` is null once it was let go after a receipt
 * @property {"delayed"|"waiting"|"sent"|"held"|"refused"|"stuck"|"closed"} state
 * @property {number} kept_at  ms
 * @property {number} [release_at]  ms; when a delayed one may go
 * @property {string[]} photos  SHA-256 of those it names
 * @property {any} [answer]  the server's, with the epoch it was given in
 * @property {number} [sent_at]  ms
 * @property {number} [tries]
 * @property {number} [retry_since]  ms
 *
 * @typedef {object} PhotoMark  one photo kept here, without its bytes
 * @property {string} sha256
 * @property {number} rev
 * @property {any} meta  width, height, bytes, taken_at, source, position, exif, original_sha256, draft
 * @property {"kept"|"queued"|"received"|"refused"|"damaged"|"gone"} state
 * @property {number} kept_at  ms
 * @property {number} [received_at]  ms
 * @property {any} [receipt]
 * @property {string} [code]  why it was refused
 * @property {string} [message]
 * @property {number} [tries]
 */

/** Open drafts, newest first. @type {import("@preact/signals").Signal<any[]>} */
export const drafts = signal([]);

/** The outbox, in the order it was kept. @type {import("@preact/signals").Signal<Entry[]>} */
export const entries = signal([]);

/** Photos kept here by SHA-256. @type {import("@preact/signals").Signal<Map<string, PhotoMark>>} */
export const photoMarks = signal(new Map());

/**
 * What is special about this phone's stores: "" nothing · "private": closing the window loses everything ·
 * "busy": too many tabs are open, this one cannot keep anything · "reload": a newer version has taken over.
 * @type {import("@preact/signals").Signal<""|"private"|"busy"|"reload">}
 */
export const storesNote = signal("");

/**
 * What is gone in spite of both stores. n: numbers of the person's records on that device.
 * @type {import("@preact/signals").Signal<{ device: string, from: number, to: number, after_at?: number, before_at?: number }[]>}
 */
export const lost = signal([]);

/**
 * The browser had cleared the database, and the log gave back what it held: shown until the person has read it.
 * @type {import("@preact/signals").Signal<{ at: number, commands: number, photos: number, drafts: number } | null>}
 */
export const restored = signal(null);

/** How many things one store had to give back to the other at this start. */
export const healed = signal({ database: 0, log: 0 });
