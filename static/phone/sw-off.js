// @ts-check
// Served instead of the service worker when one went wrong: it clears its files and takes itself away. What people have
// written lies elsewhere and is not touched.

const going = /** @type {any} */ (self);

going.addEventListener("install", () => going.skipWaiting());

going.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("fieldbook-app-")) await caches.delete(name);
      // Pages that are open go on with what they have; the next start comes from the network.
      await going.registration.unregister();
    })(),
  );
});
