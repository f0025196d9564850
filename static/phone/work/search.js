// @ts-check
// Finding a place or a criterion by name, code or the initials of its pinyin. Pure.

import { initialsOf } from "./initials.js";

const NO_LETTER = /[\s，。、；：（）()·“”"'\-—/]/;

/**
 * Where the initials' letters stand in the name: index of the character each letter belongs to.
 * @param {string} name @param {string} initials
 */
function letters(name, initials) {
  const chars = [...name];
  if (chars.length === initials.length) return chars.map((_, i) => i);
  const kept = chars.map((c, i) => [c, i]).filter(([c]) => !NO_LETTER.test(String(c)));
  return kept.length === initials.length ? kept.map(([, i]) => Number(i)) : null;
}

/** What a thing is found in, in small letters; kept beside it, so that each letter typed costs one look. @type {WeakMap<object, string>} */
const hays = new WeakMap();

/** @param {{name: string, initials?: string | null, code?: string | null}} thing */
function hayOf(thing) {
  let hay = hays.get(thing);
  if (hay === undefined) {
    hay = `${thing.name}\n${thing.code ?? ""}\n${thing.initials || initialsOf(thing.name)}`.toLowerCase();
    hays.set(thing, hay);
  }
  return hay;
}

/**
 * Does it fit? What its joined text holds fits, without a closer look; letters typed with blanks between are initials.
 * @param {{name: string, initials?: string | null, code?: string | null}} thing @param {string} q  in small letters @param {string} plain  without blanks
 */
const isIn = (thing, q, plain) => hayOf(thing).includes(q) || (plain !== q && fits(q, thing) !== null);

/**
 * Look through these things as somebody types. Ten thousand are looked through between two letters: each by one look at its joined
 * text, and after one more letter only those that had fitted before.
 *
 * @template {{name: string, initials?: string | null, code?: string | null}} T
 * @param {T[]} things
 * @returns {(typed: string) => T[]} those that `fits` what is typed, in the order given; the same list while the same is typed
 */
export function searching(things) {
  let last = { q: "", found: things };
  return (typed) => {
    const q = typed.trim().toLowerCase();
    if (q === last.q) return last.found;
    if (!q) return (last = { q, found: things }).found;
    const plain = q.replace(/\s+/g, "");
    // What fits a longer word fitted its beginning, as long as no blank changes how it is read.
    const among = plain === q && last.q && q.startsWith(last.q) ? last.found : things;
    const found = among.filter((thing) => isIn(thing, q, plain));
    last = { q, found };
    return found;
  };
}

/**
 * The first few things that fit.
 * @template {{name: string, initials?: string | null, code?: string | null}} T
 * @param {string} typed @param {Iterable<T>} things @param {number} most
 * @returns {T[]} in the order given
 */
export function search(typed, things, most) {
  const q = typed.trim().toLowerCase();
  const plain = q.replace(/\s+/g, "");
  const out = [];
  for (const thing of things) {
    if (out.length >= most) break;
    if (isIn(thing, q, plain)) out.push(thing);
  }
  return out;
}

/**
 * Get ready for the first letter, a few hundred things at a time.
 * @param {{name: string, initials?: string | null, code?: string | null}[]} things
 * @returns {() => boolean} the next few; false once all are ready
 */
export function getReady(things) {
  let at = 0;
  return () => {
    const end = Math.min(at + 250, things.length);
    for (; at < end; at++) hayOf(things[at]);
    return at < things.length;
  };
}

/**
 * Does a name fit what was typed, and which characters of it?
 *
 * @param {string} typed @param {{name: string, initials?: string | null, code?: string | null}} thing
 * @returns {null | {from: number, to: number}} null: no; from = to: it fits elsewhere, in the code. Characters, not bytes.
 */
export function fits(typed, { name, initials, code }) {
  const q = typed.trim().toLowerCase();
  if (!q) return { from: 0, to: 0 };
  const at = name.toLowerCase().indexOf(q);
  if (at >= 0) {
    const from = [...name.slice(0, at)].length;
    return { from, to: from + [...q].length };
  }
  const plain = q.replace(/\s+/g, "");
  if (/^[a-z0-9]+$/.test(plain)) {
    const all = initials || initialsOf(name);
    const hit = all.toLowerCase().indexOf(plain);
    if (hit >= 0) {
      const where = letters(name, all);
      return where ? { from: where[hit], to: where[hit + plain.length - 1] + 1 } : { from: 0, to: 0 };
    }
  }
  return code?.toLowerCase().includes(q) ? { from: 0, to: 0 } : null;
}
