// @ts-check
// Outline icons, 24 px, drawn with the text's own colour. From Lucide 1.62.0 (ISC, some from Feather, MIT):
// static/icons/LICENSE. An icon always stands beside its word, or its button carries an aria-label.

import { h } from "./html.js";

/** @type {Record<string, [string, Record<string, string>][]>} */
const DRAWN = {

};

/** The names that can be drawn. */
export const ICONS = Object.keys(DRAWN);

/**
 * One icon. An unknown name draws nothing, so that a missing drawing never takes a screen down.
 *
 * @param {string} name  Lucide's name, such as "camera"
 * @param {string} [more]  more classes beside "i", such as "s" for small
 */
export function icon(name, more = "") {
  const parts = DRAWN[name] ?? [];
  return h(
    "svg",
    { class: more ? `i ${more}` : "i", viewBox: "0 0 24 24", "aria-hidden": "true" },
    parts.map(([tag, attributes]) => h(tag, attributes)),
  );
}

/** The same as a component: `<${Icon} name="camera" />`. */
export const Icon = (/** @type {{name: string, class?: string}} */ { name, class: more }) => icon(name, more);
