// A list of any length of which only the rows near the screen are on the page. It scrolls as if all were there: gaps stand for
// the others, as tall as they were when they were last seen, or as rows are on average.

import { html, useLayoutEffect, useRef, useState } from "../kit/html.js";
import { screenHeight, whenScrolled } from "../kit/page.js";
import { indexAt, parts } from "../work/window.js";
import { scrollOf } from "./router.js";

/** Rows beyond the edges of the screen that are on the page: a fling meets no white, the Tab key always finds the next one. */
const BEYOND = 8;
/** The first and last row move by so many at once. */
const STEP = 4;
/** px; until the first rows have been measured */
const USUAL = 70;

/** How tall rows were, by the list's name: so that Back finds the list as tall as it was left. @type {Map<string, { width: number, usual: number, of: Map<string, number> }>} */
const measured = new Map();

/** @param {string} name @param {number} width  px; in another width, or with other letters, rows have other heights */
function heightsOf(name, width) {
  let known = measured.get(name);
  if (!known || (width && known.width !== width)) measured.set(name, (known = { width, usual: 0, of: new Map() }));
  return known;
}

/**
 * @template T
 * @param {{ name: string, items: T[], keyOf: (item: T) => string, row: (item: T, place: { index: number, of: number }) => any }} what
 *   name: of this list among all; row: one <li>, which says its place by aria-posinset and aria-setsize
 */
export function LongList({ name, items, keyOf, row }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  /** Where the list begins on the page, px. */
  const top = useRef(200);
  const [held, setHeld] = useState(/** @type {string | null} */ (null));
  const [, renew] = useState(0);
  const heights = heightsOf(name, 0);
  /** How far below the list's top each row begins, px; behind the last one, how tall all are. */
  const offsets = useRef({ items, at: new Float64Array(0), stale: true });
  if (offsets.current.items !== items || offsets.current.stale) {
    const at = new Float64Array(items.length + 1);
    const usual = heights.usual || USUAL;
    for (let i = 0; i < items.length; i++) at[i + 1] = at[i] + (heights.of.get(keyOf(items[i])) ?? usual);
    offsets.current = { items, at, stale: false };
  }
  const { at } = offsets.current;
  const scrolled = useRef(scrollOf());
  const [tallAtFirst] = useState(screenHeight);
  const tall = useRef(tallAtFirst);
  const near = () => {
    const count = offsets.current.items.length;
    const from = scrolled.current - top.current;
    const first = Math.floor((indexAt(offsets.current.at, from) - BEYOND) / STEP) * STEP;
    const after = Math.ceil((indexAt(offsets.current.at, from + tall.current) + BEYOND) / STEP) * STEP;
    return [Math.max(0, Math.min(first, count - 1)), Math.min(count, after)];
  };
  const [first, after] = near();
  const shown = useRef([first, after]);
  shown.current = [first, after];
  const look = () => {
    const [nextFirst, nextAfter] = near();
    if (nextFirst !== shown.current[0] || nextAfter !== shown.current[1]) renew((n) => n + 1);
  };

  // A row drawn once stays as it is while only the window moves.
  const drawn = useRef({ items: /** @type {any} */ (null), row: /** @type {any} */ (null), rows: /** @type {Map<number, any>} */ (new Map()) });
  if (drawn.current.items !== items || drawn.current.row !== row) drawn.current = { items, row, rows: new Map() };
  const { rows } = drawn.current;
  for (const index of rows.keys()) if (index < first - 2 * BEYOND || index > after + 2 * BEYOND) rows.delete(index);
  const shownAt = (/** @type {number} */ index) => {
    if (!rows.has(index)) rows.set(index, row(items[index], { index, of: items.length }));
    return rows.get(index);
  };

  useLayoutEffect(() => {
    const box = /** @type {HTMLElement} */ (list.current);
    top.current = box.getBoundingClientRect().top + scrollY;
    const known = heightsOf(name, box.clientWidth);
    let sum = 0;
    let count = 0;
    let other = known !== heights;
    for (const one of box.children) {
      const key = /** @type {HTMLElement} */ (one).dataset.key;
      if (!key) continue;
      const height = one.getBoundingClientRect().height;
      sum += height;
      count += 1;
      if (Math.abs((known.of.get(key) ?? known.usual) - height) > 0.5) other = true;
      known.of.set(key, height);
    }
    if (!known.usual && count) known.usual = sum / count;
    if (other) offsets.current.stale = true;
    if (known !== heights) renew((n) => n + 1);
    else look();
  });
  useLayoutEffect(
    () =>
      whenScrolled((to, height) => {
        scrolled.current = to;
        tall.current = height;
        look();
      }),
    [],
  );

  const focusIn = (/** @type {any} */ event) => setHeld(event.target.closest("[data-key]")?.dataset.key ?? null);
  const focusOut = (/** @type {any} */ event) => list.current?.contains(event.relatedTarget) || setHeld(null);
  return html`<ul class="rows" ref=${list} onFocusIn=${focusIn} onFocusOut=${focusOut}>
    ${parts(first, after, held === null ? -1 : items.findIndex((item) => keyOf(item) === held), items.length).flatMap((part) =>
      part.rows
        ? part.rows.map(shownAt)
        : html`<li key=${part.gap} class="gap" aria-hidden="true" style=${{ height: `${at[part.to] - at[part.from]}px` }}></li>`,
    )}
  </ul>`;
}
