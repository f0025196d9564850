// Which screen is shown: the address, the browser's own Back, what lies over a screen (a slip, the camera), and where each screen
// had been scrolled to. Back takes the uppermost away before it leaves the screen.

import { signal } from "../kit/html.js";

const BASE = "/app";
const scrolled = new Map();

/** The path under /app, without it: "/", "/places/…". */
export const path = signal(read());

/** What the address asks for, after "?". */
export const query = signal(new URLSearchParams(location.search));

/** Slips and layers over the screen, the uppermost last: each has a place of its own in the history. @type {{ close: () => void }[]} */
const slips = [];

/**
 * The layers among them, which cover the screen: the camera, the photos taken, a drawing.
 * @type {import("@preact/signals").Signal<Array<{kind: string, [more: string]: any}>>}
 */
export const over = signal([]);

/** The browser is on its way back for us; what is asked for meanwhile comes after. */
let underWay = false;
/** @type {(() => void)[]} */
const afterwards = [];

function read() {
  const rest = location.pathname.slice(BASE.length);
  return rest === "" ? "/" : rest.replace(/\/$/, "") || "/";
}

function key() {
  return history.state?.key ?? 0;
}

const depth = () => history.state?.depth ?? 0;

/** Keep how far the screen is scrolled, for when Back brings it again. */
function keepScroll() {
  scrolled.set(key(), scrollY);
}

/** Where the screen shown now should be scrolled to: 0 for a new one. */
export const scrollOf = () => scrolled.get(key()) ?? 0;

/** Go to another screen; slips that lie over this one are gone with it. @param {string} to "/places" @param {{replace?: boolean}} [how] */
export function go(to, { replace = false } = {}) {
  if (underWay) return void afterwards.push(() => go(to, { replace }));
  const covers = clear();
  // A new screen takes the place of one slip; of more, or of the screen below, only once we are back there.
  if (covers > 1 || (covers && replace)) {
    afterwards.push(() => go(to, { replace }));
    return unwind(covers);
  }
  keepScroll();
  const state = { key: Math.random(), depth: depth() + (replace || covers ? 0 : 1) };
  history[replace || covers ? "replaceState" : "pushState"](state, "", BASE + (to === "/" ? "/" : to));
  show();
}

/** One screen back; to `instead` when this screen was the first one opened. @param {string} instead */
export function back(instead = "/") {
  if (underWay) return void afterwards.push(() => back(instead));
  const covers = clear();
  if (depth() > covers) return unwind(covers + 1);
  if (covers) {
    afterwards.push(() => go(instead, { replace: true }));
    return unwind(covers);
  }
  go(instead, { replace: true });
}

/** Nothing lies over the screen any more. @returns {number} how much did */
function clear() {
  const covers = slips.length;
  slips.length = 0;
  if (over.value.length) over.value = [];
  return covers;
}

/** @param {number} places */
function unwind(places) {
  underWay = true;
  history.go(-places);
}

/**
 * A slip lies over the screen from now on: the browser's Back, the swipe and the phone's own key close it.
 * @param {() => void} close  called by Back
 * @returns {() => void} to be called when it is taken away, by whatever
 */
export function overlay(close) {
  const one = { close };
  let gone = false;
  const begin = () => {
    if (gone) return;
    slips.push(one);
    history.pushState({ key: key(), depth: depth() + 1, slips: slips.length }, "");
  };
  if (underWay) afterwards.push(begin);
  else begin();
  return () => {
    gone = true;
    const at = slips.indexOf(one);
    if (at < 0) return; // Back took it, or another screen has its place
    const covers = slips.length - at;
    slips.length = at;
    unwind(covers);
  };
}

/** Lay something over the whole screen. @param {{kind: string, [more: string]: any}} what */
export function lay(what) {
  keepScroll();
  over.value = [...over.value, what];
  overlay(() => (over.value = over.value.filter((one) => one !== what)));
}

/** Take the newest away again. @param {() => void} [then]  once it is gone */
export function lift(then) {
  if (underWay) return void afterwards.push(() => lift(then));
  if (!over.value.length) return then?.();
  if (then) afterwards.push(then);
  unwind(1);
}

/** The browser has gone back or forth. */
function came() {
  underWay = false;
  const open = history.state?.slips ?? 0;
  while (slips.length > open) slips.pop()?.close();
  show();
  if (open > slips.length) return unwind(open - slips.length); // forth to a slip that is long gone
  while (afterwards.length && !underWay) afterwards.shift()?.();
}

function show() {
  if (path.peek() !== read()) path.value = read();
  if (`?${query.peek()}` !== (location.search || "?")) query.value = new URLSearchParams(location.search);
}

/** Follow links inside the app without a page load. */
export function listen() {
  history.scrollRestoration = "manual";
  addEventListener("popstate", came);
  if (history.state?.slips) unwind(history.state.slips); // loaded anew with a slip open: it is not there any more
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
