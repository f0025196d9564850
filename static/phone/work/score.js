// @ts-check
// What a visit's answers are worth. Pure.

/** Tenths of its points that a criterion earns by its verdict; "na" is not here: it leaves the sum. */
const TENTHS = { pass: 10, mostly: 6, fail: 0 };

/** One character a criterion in a tally: p pass, f fail, n not applicable, m mostly, - unanswered. */
const LETTER = { pass: "p", fail: "f", na: "n", mostly: "m" };

/**
 * The score of a visit, and what it was made of.
 *
 * @param {Array<{code: string, points: number}>} criteria  every criterion of the kind, in the manual's order
 * @param {Record<string, {verdict?: string}>} answers  by criterion code
 * @returns {{got: number, of: number, percent: number | null, pass: number, mostly: number, fail: number, na: number, left: number}}
 *   got and of in tenths of a point; percent 0 to 100, null when nothing counted; the rest are numbers of criteria
 */
export function scoreOf(criteria, answers) {
  const sum = { got: 0, of: 0, pass: 0, mostly: 0, fail: 0, na: 0, left: 0 };
  for (const { code, points } of criteria) {
    const verdict = answers[code]?.verdict;
    if (!verdict) sum.left += 1;
    else if (verdict === "na") sum.na += 1;
    else {
      sum.got += points * TENTHS[verdict];
      sum.of += points * 10;
      sum[verdict] += 1;
    }
  }
  return { ...sum, percent: sum.of ? (sum.got / sum.of) * 100 : null };
}

/**
 * The visit as one line of characters, one a criterion, in the manual's order.
 *
 * @param {Array<{code: string}>} criteria
 * @param {Record<string, {verdict?: string}>} answers
 */
export function tallyOf(criteria, answers) {
  return criteria.map(({ code }) => LETTER[answers[code]?.verdict ?? ""] ?? "-").join("");
}

/**
 * Criteria that failed again and again at one place.
 *
 * @param {string[]} tallies  of earlier visits of one kind, newest first
 * @returns {Array<{at: number, times: number, of: number}>} at: place in the manual's order, from 0; worst first; at least 2 times
 */
export function repeated(tallies) {
  const times = new Map();
  for (const line of tallies) [...line].forEach((c, i) => c === "f" && times.set(i, (times.get(i) ?? 0) + 1));
  return [...times]
    .filter(([, n]) => n >= 2)
    .map(([at, n]) => ({ at, times: n, of: tallies.length }))
    .sort((a, b) => b.times - a.times || a.at - b.at);
}

/**
 * The visits that can be laid under one another: one kind, and the manual of the newest, since another version counts otherwise.
 * @param {Array<{kind: string, manual?: number}>} visits newest first @param {string | undefined} kind
 */
export function comparable(visits, kind) {
  const same = visits.filter((v) => v.kind === kind);
  return same.filter((v) => v.manual === same[0].manual);
}

/**
 * The verdict that a count, a measured number or a choice means.
 *
 * @param {{answer: string, threshold?: {op: string, value: number}, choices?: Array<{verdict: string}>}} criterion
 * @param {{value?: number | null, choice?: number | null}} answer  value in hundredths, as it travels
 * @returns {"pass" | "mostly" | "fail" | undefined} undefined: nothing chosen yet
 */
export function judged(criterion, { value, choice }) {
  if (criterion.answer === "choice") {
    return /** @type {any} */ (choice == null ? undefined : criterion.choices?.[choice]?.verdict);
  }
  if (value == null || !criterion.threshold) return undefined;
  const bar = Math.round(criterion.threshold.value * 100);
  const met = { ">=": value >= bar, "<=": value <= bar, "==": value === bar, ">": value > bar, "<": value < bar };
  return met[criterion.threshold.op] ? "pass" : "fail";
}

/** "places" is "place" of one, "places per 200 m" "place per 200 m"; Chinese and % know no plural. @param {string} unit @param {number} n */
export const forMany = (unit, n) => (n === 1 ? unit.replace(/^([a-z]{3,})s\b/, "$1").replace(/^flie$/, "fly") : unit);
