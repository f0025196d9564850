// Which screen is shown: the address, the browser's own Back, and where each screen had been scrolled to.

import { signal } from "../kit/html.js";

const BASE = "/app";
const scrolled = new Map();

/** The path under /app, without it: "/", "/places/…". */
export const path = signal(read());

/** What the address asks for, after "?". */
export const query = signal(new URLSearchParams(location.search));

/**
 * What lies over the screen, the newest last: the camera, the photos taken, a drawing. The browser's own Back takes the newest away.
 * @type {import("@preact/signals").Signal<Array<{kind: string, [more: string]: any}>>}
 */
export const over = signal([]);

/** @type {(() => void) | undefined} */
let afterLift;

/** Lay something over the screen. @param {{kind: string, [more: string]: any}} what */
export function lay(what) {
  keepScroll();
  history.pushState({ ...history.state, depth: (history.state?.depth ?? 0) + 1, over: over.value.length + 1 }, "");
  over.value = [...over.value, what];
}

/** Take the newest away again. @param {() => void} [then]  once it is gone */
export function lift(then) {
  if (!over.value.length) return then?.();
  afterLift = then;
  history.back();
}

function read() {
  const rest = location.pathname.slice(BASE.length);
  return rest === "" ? "/" : rest.replace(/\/$/, "") || "/";
}

function key() {
  return history.state?.key ?? 0;
}

/** Keep how far the screen is scrolled, for when Back brings it again. */
function keepScroll() {
  scrolled.set(key(), scrollY);
}

/** Where the screen shown now should be scrolled to: 0 for a new one. */
export const scrollOf = () => scrolled.get(key()) ?? 0;

/** Go to another screen. @param {string} to "/places" @param {{replace?: boolean}} [how] */
export function go(to, { replace = false } = {}) {
  keepScroll();
  const state = { key: Math.random(), depth: (history.state?.depth ?? 0) + (replace ? 0 : 1), over: 0 };
  history[replace ? "replaceState" : "pushState"](state, "", BASE + (to === "/" ? "/" : to));
  show();
}

/** One screen back; to `instead` when this screen was the first one opened. @param {string} instead */
export function back(instead = "/") {
  if ((history.state?.depth ?? 0) > 0) history.back();
  else go(instead, { replace: true });
}

function show() {
  const left = history.state?.over ?? 0;
  if (over.value.length > left) over.value = over.value.slice(0, left);
  path.value = read();
  query.value = new URLSearchParams(location.search);
  const then = afterLift;
  afterLift = undefined;
  then?.();
}

/** Follow links inside the app without a page load. */
export function listen() {
  history.scrollRestoration = "manual";
  // The page went away under the camera: its step of the history leads nowhere now.
  if (history.state?.over) history.go(-history.state.over);
  addEventListener("popstate", show);
  addEventListener("scroll", keepScroll, { passive: true });
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const to = new URL(link.href, location.href);
    if (to.origin !== location.origin || !(to.pathname + "/").startsWith(BASE + "/") || link.target || link.hasAttribute("download")) return;
    if (to.pathname.startsWith(`${BASE}/js/`)) return;
    event.preventDefault();
    go(to.pathname.slice(BASE.length) + to.search);
  });
}

/** The address of a screen. @param {string} to */
export const at = (to) => BASE + to;
