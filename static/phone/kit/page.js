// @ts-check
// The page itself: the only module that names `document`, and the one place for the browser's own events.

/** Is somebody looking at this page now? */
export const isSeen = () => document.visibilityState !== "hidden";

/** @param {(seen: boolean) => void} told  called when the page is shown or hidden @returns {() => void} ends it */
export function whenSeenChanges(told) {
  const tell = () => told(isSeen());
  document.addEventListener("visibilitychange", tell);
  return () => document.removeEventListener("visibilitychange", tell);
}

/** @param {() => void} told  called when the page goes away or is frozen */
export function whenLeaving(told) {
  addEventListener("pagehide", told);
}

/** @param {() => void} told  called when a kept page is shown again */
export function whenBack(told) {
  addEventListener("pageshow", (event) => {
    if (event.persisted) told();
  });
}

/** @param {string} words */
export function setTitle(words) {
  document.title = words;
}

/** @param {"zh"|"en"} lang */
export function setPageLanguage(lang) {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
}

/** The element that the field app lives in. */
export const room = () => /** @type {HTMLElement} */ (document.getElementById("app"));

/**
 * A canvas on the page, for browsers that have none in workers.
 * @param {number} width  px
 * @param {number} height  px
 */
export function newCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/** Somewhere to see the camera's stream, on no screen. */
export function newVideo() {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  return video;
}

/**
 * Offer a file to the person, made here, nothing sent.
 * @param {Blob} blob
 * @param {string} name
 */
export function offerFile(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Can files be handed to another app here? */
export function mayShare() {
  try {
    return Boolean(navigator.canShare?.({ files: [new File(["-"], "a.zip", { type: "application/zip" })] }));
  } catch {
    return false;
  }
}

/**
 * Hand files to another app by the phone's own sheet.
 * @param {[Blob, string][]} files  with their names
 */
export const shareFiles = (files) =>
  navigator.share({ files: files.map(([blob, name]) => new File([blob], name, { type: "application/zip" })) });

export const reload = () => location.reload();

/** The element that has the focus. */
export const focused = () => /** @type {HTMLElement | null} */ (document.activeElement);

/** What a person chose for every screen. */
let chosen = "";

/**
 * How the screens look, and on which side the main action lies.
 * @param {{ theme: string, hand: string }} looks  theme "": as the phone is set
 */
export function setLooks({ theme, hand }) {
  chosen = theme;
  setNight(false);
  document.documentElement.dataset.hand = hand;
}

/** Night on this page whatever the phone is set to: for looking at photos. @param {boolean} on */
export function setNight(on) {
  const theme = on ? "dark" : chosen;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

/** Put words where a person can paste them. @param {string} words @returns {Promise<boolean>} whether the browser let us */
export async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    const box = document.createElement("textarea");
    box.value = words;
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

/** How tall the whole page is, px. */
export const pageHeight = () => document.documentElement.scrollHeight;

/** A colour of the look, as it is now. @param {string} name  "--ink" */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** How tall the part of the page is that one sees, px. */
export const screenHeight = () => innerHeight;

/** @param {(to: number, height: number) => void} told  how far the page is scrolled, and how much of it one sees, px; whenever that changes @returns {() => void} ends it */
export function whenScrolled(told) {
  const tell = () => told(scrollY, innerHeight);
  addEventListener("scroll", tell, { passive: true });
  addEventListener("resize", tell);
  return () => {
    removeEventListener("scroll", tell);
    removeEventListener("resize", tell);
  };
}

/**
 * Do something piece by piece while the phone has nothing else to do.
 * @param {() => boolean} piece  does the next piece; false once it was the last @returns {() => void} ends it
 */
export function whenIdle(piece) {
  let ended = false;
  const ask = globalThis.requestIdleCallback ?? ((/** @type {any} */ then) => setTimeout(() => then({ timeRemaining: () => 5 }), 50));
  const go = (/** @type {{ timeRemaining: () => number }} */ idle) => {
    let more = true;
    while (!ended && more && idle.timeRemaining() > 3) more = piece();
    if (!ended && more) ask(go);
  };
  ask(go);
  return () => void (ended = true);
}

/**
 * Resolves once what was just rendered stands on the screen; soon in any case, for a page that nobody sees is not drawn.
 * @returns {Promise<void>}
 */
export const drawn = () =>
  new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 500);
  });
