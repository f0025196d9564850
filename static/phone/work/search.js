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
 * The things that fit what was typed, and where. Ten thousand are looked through between two letters: most are dismissed by one
 * look at their joined text, and only what is left is looked at closely.
 *
 * @template {{name: string, initials?: string | null, code?: string | null}} T
 * @param {string} typed @param {Iterable<T>} things
 * @param {{most?: number, look?: typeof fits}} [how] look: how one is looked at closely
 * @returns {Array<{thing: T, hit: {from: number, to: number}}>} in the order given
 */
export function search(typed, things, { most = Infinity, look = fits } = {}) {
  const q = typed.trim().toLowerCase();
  const plain = q.replace(/\s+/g, "");
  const out = [];
  for (const thing of things) {
    if (out.length >= most) break;
    if (!q) {
      out.push({ thing, hit: { from: 0, to: 0 } });
      continue;
    }
    const hay = hayOf(thing);
    if (!hay.includes(q) && !hay.includes(plain)) continue;
    const hit = look(typed, thing);
    if (hit) out.push({ thing, hit });
  }
  return out;
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
