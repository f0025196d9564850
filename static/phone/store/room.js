// @ts-check
// How many photos there is room for: tried before the shutter, so that nothing is taken that cannot be kept.
//
// Chromium's own estimate is the same for every phone (10 GiB more than is used), so that sites cannot tell people apart by it.
// What there really is, only asking for it tells: the log's worker reserves room and gives it back. See docs/phone.md.

import { signal } from "../kit/html.js";
import { here, inTurn, isOpen } from "./tab.js";

const MIB = 1024 * 1024;

/** One photo is counted as this many bytes when room is told in photos; each is kept twice until it is sent. */
export const ONE_PHOTO = MIB / 2;

/** Room that no photo takes, as photos: what is written and answered must still find a place. */
const FOR_WORDS = 2;

/** Said from this many photos on, on the first screen, in the outbox and in the camera: 50 MiB. */
export const FEW = 50;

/** Nobody needs to know more than this many. */
export const PLENTY = 200;

/** How many more photos, as last tried, up to PLENTY; Infinity where the browser does not tell. */
export const photosThatFit = signal(Infinity);

/** What was said to fit when a photo was refused in spite of it; null when none was. @type {number | null} */
let refusedAt = null;

/** @returns {Promise<number>} photos */
async function fit() {
  const [tried, { quota = 0, usage = 0 }] = await Promise.all([
    // In turn: at a start the log is still being opened, and has nothing to say before.
    isOpen() ? inTurn(async () => here().log?.room()).catch(() => null) : null,
    navigator.storage?.estimate?.().catch(() => ({})) ?? {},
  ]);
  const told = quota ? (quota - usage) / (2 * ONE_PHOTO) : Infinity;
  if (tried && !tried.next) return 0;
  return Math.max(0, Math.min(Math.floor(Math.min(told, tried?.mib ?? Infinity)) - FOR_WORDS, told === Infinity && !tried ? Infinity : PLENTY));
}

/** Look again. @returns {Promise<number>} photos */
export async function measureRoom() {
  const photos = await fit();
  // The browser had promised more than there was: its promise counts again once there is really more.
  if (refusedAt !== null && photos > refusedAt) refusedAt = null;
  photosThatFit.value = refusedAt === null ? photos : 0;
  return photosThatFit.value;
}

/** A photo found no room. */
export async function noteRefused() {
  refusedAt = await fit();
  photosThatFit.value = 0;
}
