// @ts-check
// The service worker as the page sees it: registered, a newer version waiting, taken over on a tap.

import { sha256 } from "./hash.js";
import { signal } from "./html.js";
import { reload } from "./page.js";
import { scriptURL } from "./trusted.js";

/** A newer version has arrived whole and waits for the person's tap. */
export const updateReady = signal(false);

/** The app's files are all here: it starts without signal. */
export const offlineReady = signal(false);

/** The browser offers to put the app on the home screen by itself: its offer, kept until somebody takes it.
 * @type {import("@preact/signals").Signal<any>} */
export const installOffer = signal(null);
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  installOffer.value = event;
});

/** @type {ServiceWorkerRegistration | null} */
let registration = null;
let tapped = false;

/**
 * Register the service worker, and watch for newer versions.
 *
 * @param {{ mayTakeOver: boolean }} start  true at a cold start with no open draft: a waiting version is taken at once
 */
export async function registerWorker({ mayTakeOver }) {
  const container = navigator.serviceWorker;
  if (!container) return;
  container.addEventListener("controllerchange", () => {
    // Only after a tap: a first worker that takes the page over changes nothing the person sees.
    if (tapped) reload();
  });
  try {
    registration = await container.register(scriptURL("/app/sw.js"), { scope: "/app/", updateViaCache: "none" });
  } catch {
    return; // no signal at the first start, or a browser without workers
  }
  if (!registration) return; // a browser that was told not to
  if (registration.waiting && registration.active) {
    if (mayTakeOver) takeUpdate();
    else updateReady.value = true;
  }
  registration.addEventListener("updatefound", () => {
    const coming = registration?.installing;
    coming?.addEventListener("statechange", () => {
      if (coming.state === "installed" && registration?.active && coming !== registration.active) updateReady.value = true;
      if (coming.state === "activated") offlineReady.value = true;
    });
  });
  if (registration.active) offlineReady.value = true;
  // An app that stays open for days still hears of a new version.
  setInterval(() => void registration?.update().catch(() => {}), 3_600_000);
}

/** The person tapped 现在换上: the waiting version takes over, and every page loads anew. */
export function takeUpdate() {
  tapped = true;
  if (registration?.waiting) registration.waiting.postMessage("SKIP_WAITING");
  else reload();
}

/** Resolves once the worker answers for this page, or after so many ms. @param {number} patience */
export function whenControlled(patience) {
  const container = navigator.serviceWorker;
  if (!container || container.controller) return Promise.resolve();
  return new Promise((done) => {
    container.addEventListener("controllerchange", done, { once: true });
    setTimeout(done, patience);
  });
}

/**
 * Does the app really start without signal? The worker must answer for this page, and each file of its list lie in the cache as
 * the list says, byte for byte.
 * @returns {Promise<{ ok: boolean, controlled: boolean, files: number, of: number, bytes: number, ms: number }>} ms: reading them took
 */
export async function testOffline() {
  const began = performance.now();
  const none = { ok: false, controlled: Boolean(navigator.serviceWorker?.controller), files: 0, of: 0, bytes: 0, ms: 0 };
  if (!none.controlled || !globalThis.caches) return none;
  const names = (await caches.keys()).filter((name) => name.startsWith("fieldbook-app-"));
  for (const name of names.reverse()) {
    const cache = await caches.open(name);
    const list = await cache.match("/app/.files");
    if (!list) continue;
    const files = await list.json();
    let found = 0;
    let bytes = 0;
    for (const [address, sum] of files) {
      const body = await (await cache.match(address, { ignoreVary: true }))?.arrayBuffer();
      if (!body || (await sha256(body)) !== sum) continue;
      found += 1;
      bytes += body.byteLength;
    }
    return { ok: found === files.length, controlled: true, files: found, of: files.length, bytes, ms: Math.round(performance.now() - began) };
  }
  return none;
}

/** The version that a worker belongs to. @param {ServiceWorker | null | undefined} worker @returns {Promise<string | null>} null when it does not say */
const versionOf = (worker) =>
  new Promise((done) => {
    if (!worker) return done(null);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => done(data);
    setTimeout(() => done(null), 2000);
    worker.postMessage("VERSION", [port2]);
  });

/**
 * Files of versions before the one that runs here, kept for pages that are still open.
 * @returns {Promise<{ names: string[], bytes: number }>} none while a newer version is on its way, which copies from them
 */
export async function olderShells() {
  const none = { names: [], bytes: 0 };
  const known = await globalThis.navigator.serviceWorker?.getRegistration("/app/");
  if (!known?.active || known.installing || !globalThis.caches) return none;
  const running = await versionOf(known.active);
  const coming = known.waiting && (await versionOf(known.waiting));
  if (!running || (known.waiting && !coming)) return none;
  const names = (await caches.keys()).filter((name) => name.startsWith("fieldbook-app-") && !name.endsWith(running) && !(coming && name.endsWith(coming)));
  let bytes = 0;
  for (const name of names) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) bytes += (await (await cache.match(request))?.blob())?.size ?? 0;
  }
  return { names, bytes };
}

/** Let them go. */
export async function dropOlderShells() {
  for (const name of (await olderShells()).names) await caches.delete(name);
}
