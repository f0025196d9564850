// @ts-check
// The service worker: keeps the app's own files, and nothing else, so that it starts without signal.
//
// VERSION and FILES ([address, SHA-256][]) are put in front when this is served. A version is taken whole or not at all. Data
// never goes through here: no API, no photo, no other page.

/* global VERSION, FILES */

const worker = /** @type {any} */ (self);
const PREFIX = "fieldbook-app-";
const CACHE = PREFIX + VERSION;
const SHELL = "/app/";
/** Where a cache keeps the list of what it holds. */
const LIST = "/app/.files";

/** @type {Map<string, string>} */
const hashes = new Map(FILES);

worker.addEventListener("install", (/** @type {any} */ event) => {
  // Nothing to take over from: the first one starts at once. Later ones wait for the person's tap.
  if (!worker.registration.active) worker.skipWaiting();
  event.waitUntil(fill());
  if (event.addRoutes) event.waitUntil(routes(event));
});

/**
 * Where the browser can, let it take what a start needs from this version's cache by itself, without asking the worker for each
 * file; what it does not find there goes to the network. All else, the other screens' addresses too, still comes here.
 * @param {any} event
 */
async function routes(event) {
  const ours = FILES.map(([address]) => ({
    urlPattern: new URLPattern({ pathname: address, search: "", baseURL: location.origin }),
    requestMethod: "GET",
    requestDestination: address === SHELL ? "document" : address.endsWith(".css") ? "style" : /\.m?js$/.test(address) ? "script" : "",
  }));
  try {
    await event.addRoutes([{ condition: { or: ours.filter((one) => one.requestDestination) }, source: { cacheName: CACHE } }]);
  } catch {
    // another form of this young interface: every file comes by the worker, as it does elsewhere
  }
}

/** Fill this version's cache: unchanged files from the versions before, the others from the network. */
async function fill() {
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  try {
    const before = await olderFiles();
    const queue = [...FILES];
    // Four at a time: a weak phone on a weak network gets through, a strong one is not held up.
    await Promise.all(
      [0, 1, 2, 3].map(async () => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const [address, sha256] = next;
          await cache.put(address, (await copyOf(before, address, sha256)) ?? (await fetched(address, sha256)));
        }
      }),
    );
    await cache.put(LIST, new Response(JSON.stringify(FILES), { headers: { "Content-Type": "application/json" } }));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/** @returns {Promise<{ cache: Cache, files: Map<string, string> }[]>} */
async function olderFiles() {
  const found = [];
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === CACHE) continue;
    const cache = await caches.open(name);
    const list = await cache.match(LIST);
    if (list) found.push({ cache, files: new Map(await list.json()) });
  }
  return found;
}

/** @param {{ cache: Cache, files: Map<string, string> }[]} before @param {string} address @param {string} sha256 */
async function copyOf(before, address, sha256) {
  for (const { cache, files } of before) {
    if (files.get(address) === sha256) {
      const copy = await cache.match(address, { ignoreVary: true });
      if (copy) return copy;
    }
  }
  return null;
}

/** @param {string} address @param {string} sha256 */
async function fetched(address, sha256) {
  const response = await fetch(address, { cache: "no-cache", credentials: "omit" });
  if (!response.ok || response.redirected) throw new Error(`${address}: ${response.status}`);
  // A portal's page, or a file of the next version: either way not the one in the list.
  const bytes = await response.clone().arrayBuffer();
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex !== sha256) throw new Error(`${address}: not what the list says`);
  return response;
}

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(
    (async () => {
      const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
      // The one before stays too: a page that is still open may ask for one of its files.
      const others = names.filter((name) => name !== CACHE);
      for (const name of others.slice(0, -1)) await caches.delete(name);
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || request.headers.has("Range")) return;
  if (request.mode === "navigate") {
    if (pathname === SHELL || (pathname.startsWith(SHELL) && !hashes.has(pathname) && pathname !== "/app/sw.js")) {
      event.respondWith(kept(SHELL, request));
    }
    return;
  }
  if (hashes.has(pathname) && pathname !== SHELL) event.respondWith(kept(pathname, request));
});

/** @param {string} address @param {Request} request */
async function kept(address, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(address, { ignoreVary: true })) ?? (await caches.match(address, { ignoreVary: true })) ?? fetch(request);
}

worker.addEventListener("message", (/** @type {any} */ event) => {
  if (event.data === "SKIP_WAITING") worker.skipWaiting();
  if (event.data === "VERSION") event.ports[0]?.postMessage(VERSION);
});

// Signal is back: the pages send, if one is open. The worker has no data and sends nothing itself.
worker.addEventListener("sync", (/** @type {any} */ event) => {
  if (event.tag !== "fieldbook-send") return;
  event.waitUntil(
    worker.clients.matchAll({ type: "window" }).then((/** @type {any[]} */ pages) => {
      for (const page of pages) page.postMessage("send");
    }),
  );
});
