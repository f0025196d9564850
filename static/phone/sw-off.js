// @ts-check
// Served instead of the service worker when one went wrong: it clears its files and takes itself away. What people have
// written lies elsewhere and is not touched.

const going = /** @type {any} */ (self);

going.addEventListener("install", () => going.skipWaiting());

going.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("fieldbook-app-")) await caches.delete(name);
      await going.clients.claim();
      await going.registration.unregister();
      for (const page of await going.clients.matchAll({ type: "window" })) await page.navigate(page.url);
    })(),
  );
});
