// @ts-check
// A third, weak memory in localStorage. A kill may lose it; but as long as it is there it tells "everything is gone" from
// "a new phone", and bounds what is gone.

/** @typedef {{ device: string, n: number }} Hint  n: the last number given on that device */

const nameOf = (/** @type {string} */ person) => `fieldbook-hint-${person}`;

/** @param {string} person @returns {Hint | null} */
export function readHint(person) {
  try {
    return JSON.parse(localStorage.getItem(nameOf(person)) ?? "null");
  } catch {
    return null; // a window that keeps nothing
  }
}

/** @param {string} person @param {Hint} hint */
export function keepHint(person, hint) {
  try {
    localStorage.setItem(nameOf(person), JSON.stringify(hint));
  } catch {
    // a window that keeps nothing
  }
}

/** @param {string} person @param {number} n  just given */
export function hintNumber(person, n) {
  const hint = readHint(person);
  if (hint && n > hint.n) keepHint(person, { ...hint, n });
}

/** @param {string} person */
export function dropHint(person) {
  try {
    localStorage.removeItem(nameOf(person));
  } catch {
    // a window that keeps nothing
  }
}
