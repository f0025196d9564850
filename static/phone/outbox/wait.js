// @ts-check
// How long to wait before knocking again. Pure.

const FIRST = 1000;
const LONGEST = 60_000;

/**
 * Milliseconds to wait after a try that got no answer.
 *
 * @param {number} tries  tries already made; 1 after the first
 * @param {number} chance  0 to 1; spreads the phones so that they do not all knock together
 */
export function wait(tries, chance = Math.random()) {
  const plain = Math.min(FIRST * 3 ** (Math.max(1, tries) - 1), LONGEST);
  return Math.round(plain * (0.8 + 0.4 * chance));
}
