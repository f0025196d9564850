// @ts-check
// Finding a place or a criterion by name, code or the initials of its pinyin. Pure.

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
  if (initials && /^[a-z0-9]+$/.test(plain)) {
    const hit = initials.toLowerCase().indexOf(plain);
    if (hit >= 0) {
      const where = letters(name, initials);
      return where ? { from: where[hit], to: where[hit + plain.length - 1] + 1 } : { from: 0, to: 0 };
    }
  }
  return code?.toLowerCase().includes(q) ? { from: 0, to: 0 } : null;
}
