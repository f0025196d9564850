// @ts-check
// Outline icons, 24 px, drawn with the text's own colour: from Lucide 1.62.0 (ISC, some from Feather, MIT; licence in
// static/icons/LICENSE), those that a screen uses. An icon stands beside its word, or its button carries an aria-label.

import { h } from "./html.js";

/** Lines of one icon, parted by |: a path, or c for a circle (x y radius), r for a box (x y width height corner).
 * @type {Record<string, string>} */
const DRAWN = {
  "arrow-down": "M12 5v14|m19 12-7 7-7-7",
  "arrow-left": "m12 19-7-7 7-7|M19 12H5",
  "arrow-right": "M5 12h14|m12 5 7 7-7 7",
  "arrow-up": "m5 12 7-7 7 7|M12 19V5",
  bell: "M10.268 21a2 2 0 0 0 3.464 0|M3.262 15.326A1 1 0 0 0 4 17h16a1 1 0 0 0 .74-1.673C19.41 13.956 18 12.499 18 8A6 6 0 0 0 6 8c0 4.499-1.411 5.956-2.738 7.326",
  "calendar-check": "M8 2v3|M16 2v3|r3 3 18 18 2|M3 9h18|m9 15 2 2 4-4",
  "calendar-plus": "M16 18h6|M16 2v3|M19 15v6|M21 11.5V5a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h8.3|M3 9h18|M8 2v3",
  camera: "M13.997 4a2 2 0 0 1 1.76 1.05l.486.9A2 2 0 0 0 18.003 7H20a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2h1.997a2 2 0 0 0 1.759-1.048l.489-.904A2 2 0 0 1 10.004 4z|c12 13 3",
  check: "M20 6 9 17l-5-5",
  "chevron-down": "m6 9 6 6 6-6",
  "chevron-left": "m15 18-6-6 6-6",
  "chevron-up": "m18 15-6-6-6 6",
  "chevrons-left-right": "m9 7-5 5 5 5|m15 7 5 5-5 5",
  circle: "c12 12 10",
  "circle-alert": "c12 12 10|M12 8L12 12|M12 16L12.01 16",
  "circle-check": "c12 12 10|m16 9-5.5 5.5L8 12",
  "circle-arrow-up": "c12 12 10|m16 12-4-4-4 4|M12 16V8",
  clock: "c12 12 10|M12 6v6l4 2",
  "columns-2": "r3 3 18 18 2|M12 3v18",
  copy: "r8 8 14 14 2|M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2",
  download: "M12 15V3|M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4|m7 10 5 5 5-5",
  eye: "M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0|c12 12 3",
  "eye-off": "M10.733 5.076a10.744 10.744 0 0 1 11.205 6.575 1 1 0 0 1 0 .696 10.747 10.747 0 0 1-1.444 2.49|M14.084 14.158a3 3 0 0 1-4.242-4.242|M17.479 17.499a10.75 10.75 0 0 1-15.417-5.151 1 1 0 0 1 0-.696 10.75 10.75 0 0 1 4.446-5.143|m2 2 20 20",
  "file-down": "M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2z|M14 2v5a1 1 0 0 0 1 1h5|M12 18v-6|m9 15 3 3 3-3",
  flashlight: "M12 13v1|M17 2a1 1 0 0 1 1 1v4a3 3 0 0 1-.6 1.8l-.6.8A4 4 0 0 0 16 12v8a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2v-8a4 4 0 0 0-.8-2.4l-.6-.8A3 3 0 0 1 6 7V3a1 1 0 0 1 1-1z|M6 6h12",
  hammer: "m15 12-9.373 9.373a1 1 0 0 1-3.001-3L12 9|m18 15 4-4|m21.5 11.5-1.914-1.914A2 2 0 0 1 19 8.172v-.344a2 2 0 0 0-.586-1.414l-1.657-1.657A6 6 0 0 0 12.516 3H9l1.243 1.243A6 6 0 0 1 12 8.485V10l2 2h1.172a2 2 0 0 1 1.414.586L18.5 14.5",
  hourglass: "M5 22h14|M5 2h14|M17 22v-4.172a2 2 0 0 0-.586-1.414L12 12l-4.414 4.414A2 2 0 0 0 7 17.828V22|M7 2v4.172a2 2 0 0 0 .586 1.414L12 12l4.414-4.414A2 2 0 0 0 17 6.172V2",
  images: "m22 11-1.296-1.296a2.4 2.4 0 0 0-3.408 0L11 16|M4 8a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2|c13 7 1 f|r8 2 14 14 2",
  info: "c12 12 10|M12 16v-4|M12 8h.01",
  languages: "m5 8 6 6|m4 14 6-6 2-3|M2 5h12|M7 2h1|m22 22-5-10-5 10|M14 18h6",
  list: "M3 5h.01|M3 12h.01|M3 19h.01|M8 5h13|M8 12h13|M8 19h13",
  locate: "M2 12L5 12|M19 12L22 12|M12 2L12 5|M12 19L12 22|c12 12 7",
  lock: "r3 11 18 11 2|M7 11V7a5 5 0 0 1 10 0v4",
  "log-out": "m16 17 5-5-5-5|M21 12H9|M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4",
  "map-pin": "M20 10c0 4.993-5.539 10.193-7.399 11.799a1 1 0 0 1-1.202 0C9.539 20.193 4 14.993 4 10a8 8 0 0 1 16 0|c12 10 3",
  maximize: "M8 3H5a2 2 0 0 0-2 2v3|M21 8V5a2 2 0 0 0-2-2h-3|M3 16v3a2 2 0 0 0 2 2h3|M16 21h3a2 2 0 0 0 2-2v-3",
  minus: "M5 12h14",
  "move-up-right": "M13 5L19 5L19 11|M19 5L5 19",
  pencil: "M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497z|m15 5 4 4",
  phone: "M13.832 16.568a1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 6.392 6.384",
  plus: "M5 12h14|M12 5v14",
  "qr-code": "r3 3 5 5 1|r16 3 5 5 1|r3 16 5 5 1|M21 16h-3a2 2 0 0 0-2 2v3|M21 21v.01|M12 7v3a2 2 0 0 1-2 2H7|M3 12h.01|M12 3h.01|M12 16v.01|M16 12h1|M21 12v.01|M12 21v-1",
  "refresh-cw": "M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8|M21 3v5h-5|M21 12a9 9 0 0 1-9 9 9.75 9.75 0 0 1-6.74-2.74L3 16|M8 16H3v5",
  "rotate-cw": "M21 12a9 9 0 1 1-9-9c2.52 0 4.93 1 6.74 2.74L21 8|M21 3v5h-5",
  "shield-check": "M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1z|m9 12 2 2 4-4",
  search: "m21 21-4.34-4.34|c11 11 8",
  "search-check": "m8 11 2 2 4-4|c11 11 8|m21 21-4.3-4.3",
  send: "M14.536 21.686a.5.5 0 0 0 .937-.024l6.5-19a.496.496 0 0 0-.635-.635l-19 6.5a.5.5 0 0 0-.024.937l7.93 3.18a2 2 0 0 1 1.112 1.11z|m21.854 2.147-10.94 10.939",
  share: "M12 2v13|m16 6-4-4-4 4|M4 12v8a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-8",
  sheet: "r3 3 18 18 2|M3 9L21 9|M3 15L21 15|M9 9L9 21|M15 9L15 21",
  stamp: "M14 13V8.5C14 7 15 7 15 5a3 3 0 0 0-6 0c0 2 1 2 1 3.5V13|M20 15.5a2.5 2.5 0 0 0-2.5-2.5h-11A2.5 2.5 0 0 0 4 15.5V17a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1z|M5 22h14",
  "trash-2": "M10 11v6|M14 11v6|M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6|M3 6h18|M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2",
  "triangle-alert": "m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3|M12 9v4|M12 17h.01",
  "undo-2": "M9 14 4 9l5-5|M4 9h10.5a5.5 5.5 0 0 1 5.5 5.5a5.5 5.5 0 0 1-5.5 5.5H11",
  "wifi-off": "M12 20h.01|M8.5 16.429a5 5 0 0 1 7 0|M5 12.859a10 10 0 0 1 5.17-2.69|M19 12.859a10 10 0 0 0-2.007-1.523|M2 8.82a15 15 0 0 1 4.177-2.643|M22 8.82a15 15 0 0 0-11.288-3.764|m2 2 20 20",
  x: "M18 6 6 18|m6 6 12 12",
  "zoom-in": "c11 11 8|M21 21L16.65 16.65|M11 8L11 14|M8 11L14 11",
};

/** Drawings that only some screens need, brought by those. @param {Record<string, string>} drawings as above */
export const bring = (drawings) => void Object.assign(DRAWN, drawings);

/**
 * One icon. An unknown name draws nothing: a missing drawing never takes a screen down.
 *
 * @param {string} name  Lucide's name, such as "camera"
 * @param {string} [more]  more classes beside "i", such as "s" for small
 */
export function icon(name, more = "") {
  const lines = DRAWN[name]?.split("|") ?? [];
  return h("svg", { class: more ? `i ${more}` : "i", viewBox: "0 0 24 24", "aria-hidden": "true" }, lines.map(drawn));
}

/** @param {string} line */
function drawn(line) {
  const numbers = line.slice(1).split(" ");
  if (line[0] === "c") return h("circle", { cx: numbers[0], cy: numbers[1], r: numbers[2] });
  if (line[0] === "r") return h("rect", { x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3], rx: numbers[4] });
  return h("path", { d: line });
}
