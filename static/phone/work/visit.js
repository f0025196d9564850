// @ts-check
// One visit: its draft grows answer by answer (pure), and ends as one command.

/**
 * @typedef {{verdict?: "pass" | "fail" | "na" | "mostly", value?: number | null, choice?: number | null, words?: string, photos: any[],
 *   finding?: {id: string, reasons: number[], words: string, unit: string | null, fixed: null | {photos: any[], words: string}}}} Answer
 *   photos: of what was judged; once it failed they are the finding's before photos
 * @typedef {{id: string, kind: "visit", place: string, place_kind: string, manual: string, started_at: number, saved_at?: number,
 *   answers: Record<string, Answer>, looks: Record<string, string>, at: string | null,
 *   pending: null | {criterion: string, role: string, at: number}, rev?: number, score?: any}} Visit
 */

import { flat } from "./album.js";
import { judged } from "./score.js";

/** @returns {Visit} */
export function newVisit({ id, place, kind, manual, at }) {
  return { id, kind: "visit", place, place_kind: kind, manual, started_at: at, answers: {}, looks: {}, at: null, pending: null };
}

/** @param {Visit} visit @param {string} code @returns {Answer} */
export const answerOf = (visit, code) => visit.answers[code] ?? { photos: [] };

/** @param {Visit} visit @param {string} code @param {Answer} answer @returns {Visit} */
const withAnswer = (visit, code, answer) => ({ ...visit, at: code, answers: { ...visit.answers, [code]: answer } });

/**
 * The visit after one criterion was judged. What was written for a failed answer stays, so that a slip of the finger loses nothing.
 * @param {Visit} visit @param {string} code
 * @param {{verdict?: any, value?: number | null, choice?: number | null}} change
 * @param {() => string} newId  called when a finding opens
 * @returns {Visit}
 */
export function judge(visit, code, change, newId) {
  const answer = { ...answerOf(visit, code), ...change };
  if (answer.verdict === "fail" && !answer.finding) {
    answer.finding = { id: newId(), reasons: [], words: "", unit: null, fixed: null };
  }
  return withAnswer(visit, code, answer);
}

/**
 * The visit after a number or a choice was given; the threshold decides the verdict.
 * @param {Visit} visit @param {any} criterion @param {{value?: number | null, choice?: number | null}} change  value in hundredths
 * @param {() => string} newId
 */
export const measure = (visit, criterion, change, newId) =>
  judge(visit, criterion.code, { ...change, verdict: judged(criterion, { ...answerOf(visit, criterion.code), ...change }) }, newId);

/** @param {Visit} visit @param {string} code @param {Partial<Answer>} change */
export const changeAnswer = (visit, code, change) => withAnswer(visit, code, { ...answerOf(visit, code), ...change });

/** @param {Visit} visit @param {string} code @param {any} change */
export function changeFinding(visit, code, change) {
  const answer = answerOf(visit, code);
  return withAnswer(visit, code, { ...answer, finding: { .../** @type {any} */ (answer.finding), ...change } });
}

/** The photos of one criterion, or of its fix on the spot. @param {Visit} visit @param {string} code @param {"photo" | "after"} role */
export const photosAt = (visit, code, role) => (role === "photo" ? answerOf(visit, code).photos : (answerOf(visit, code).finding?.fixed?.photos ?? []));

/**
 * The visit after the photos of one criterion changed. A fix on the spot is one as long as it has a photo.
 * @param {Visit} visit @param {string} code @param {"photo" | "after"} role @param {(photos: any[]) => any[]} how
 */
export function changePhotos(visit, code, role, how) {
  const answer = answerOf(visit, code);
  const photos = how(photosAt(visit, code, role));
  const done = { ...visit, pending: null };
  if (role === "photo") return withAnswer(done, code, { ...answer, photos });
  const finding = /** @type {any} */ (answer.finding);
  return withAnswer(done, code, { ...answer, finding: { ...finding, fixed: photos.length ? { words: "", ...finding.fixed, photos } : null } });
}

/**
 * Every criterion that a plain yes or no answers and that nobody has judged yet: passed. Counts and choices stay open: nobody counted.
 * @param {Visit} visit @param {any[]} criteria
 * @returns {{visit: Visit, codes: string[]}} codes: what was passed, for the undo
 */
export function passRest(visit, criteria) {
  const codes = criteria.filter((c) => c.answer === "pass_fail_na" && !answerOf(visit, c.code).verdict).map((c) => c.code);
  const answers = { ...visit.answers };
  for (const code of codes) answers[code] = { ...answerOf(visit, code), verdict: "pass" };
  return { visit: { ...visit, answers }, codes };
}

/** @param {Visit} visit @param {string[]} codes */
export function unpass(visit, codes) {
  const answers = { ...visit.answers };
  for (const code of codes) answers[code] = { ...answers[code], verdict: undefined };
  return { ...visit, answers };
}

/**
 * What is still missing at one criterion before the visit may end.
 * @param {any} criterion @param {Answer} answer
 * @returns {null | "answer" | "photo" | "evidence" | "reason"}
 */
export function missing(criterion, answer) {
  if (!answer.verdict) return "answer";
  if (answer.verdict === "fail") return answer.photos.length ? null : "photo";
  if (answer.verdict === "na") return criterion.severity === "critical" && !answer.words?.trim() ? "reason" : null;
  return criterion.evidence === "required" && !answer.photos.length ? "evidence" : null;
}

/**
 * Where the visit stands.
 * @param {Visit} visit @param {any[]} criteria in the order shown
 * @returns {{done: number, of: number, next: any | null, gaps: string[], lacks: Record<string, string | null>}}
 *   next: the first criterion that lacks something, after the last touched one, then from the top;
 *   gaps: codes passed over or lacking a photo; lacks: by code
 */
export function progress(visit, criteria) {
  const lacks = Object.fromEntries(criteria.map((c) => [c.code, missing(c, answerOf(visit, c.code))]));
  const touched = criteria.reduce((last, c, i) => (answerOf(visit, c.code).verdict ? i : last), -1);
  const gaps = criteria.filter((c, i) => lacks[c.code] && (lacks[c.code] !== "answer" || i < touched)).map((c) => c.code);
  const here = criteria.findIndex((c) => c.code === visit.at);
  const order = [...criteria.slice(here + 1), ...criteria.slice(0, here + 1)];
  return {
    done: criteria.filter((c) => !lacks[c.code]).length,
    of: criteria.length,
    next: order.find((c) => lacks[c.code]) ?? null,
    gaps,
    lacks,
  };
}

/** Every photo taken on a visit. @param {Visit} visit @returns {any[]} */
export const photosOf = (visit) => Object.values(visit.answers).flatMap((a) => [...a.photos, ...(a.finding?.fixed?.photos ?? [])]);

/** Criteria that will be reported. @param {Visit} visit @param {any[]} criteria */
export const failed = (visit, criteria) => criteria.filter((c) => visit.answers[c.code]?.verdict === "fail");

/** The criteria by theme, in the manual's order; themes in the order they first appear. @param {any[]} criteria */
export function byTheme(criteria) {
  const groups = new Map();
  for (const c of criteria) groups.set(c.theme_zh, [...(groups.get(c.theme_zh) ?? []), c]);
  return [...groups.values()];
}

/**
 * The visit as it travels: `visit.finish`.
 * @param {Visit} visit @param {any[]} criteria in the manual's order
 * @param {{finished_at: number, position?: any}} end
 */
export function finishBody(visit, criteria, { finished_at, position }) {
  const answers = [];
  const findings = [];
  for (const { code, evidence } of criteria) {
    const a = visit.answers[code];
    if (!a?.verdict) continue;
    // A photo taken while it seemed to fail says nothing about a pass that asks for none.
    const out = { criterion: code, verdict: a.verdict, photos: a.verdict === "fail" || evidence === "on_fail" ? [] : flat(a.photos) };
    if (a.value != null) out.value = a.value;
    if (a.choice != null) out.choice = a.choice;
    if (a.words?.trim()) out.words = a.words.trim();
    answers.push(out);
    if (a.verdict !== "fail" || !a.finding) continue;
    const { id, reasons, words, unit, fixed } = a.finding;
    const finding = { id, criterion: code, reasons, words: words.trim(), photos: flat(a.photos) };
    if (unit) finding.unit = unit;
    if (fixed?.photos.length) finding.fixed = { photos: flat(fixed.photos), words: fixed.words ?? "" };
    findings.push(finding);
  }
  const body = {
    place: visit.place,
    kind: visit.place_kind,
    manual: visit.manual,
    started_at: visit.started_at,
    finished_at,
    answers,
    findings,
    looks: Object.entries(visit.looks).map(([finding, look]) => ({ finding, look })),
  };
  return position ? { ...body, position } : body;
}

/**
 * What today's answers say about a finding that was open before.
 * @param {any} finding @param {Visit} visit @returns {"fixed" | "still" | null}
 */
export function lookProposed(finding, visit) {
  const verdict = finding.criterion ? visit.answers[finding.criterion]?.verdict : null;
  if (finding.kind_code && finding.kind_code !== visit.place_kind) return null;
  return verdict === "pass" ? "fixed" : verdict === "fail" ? "still" : null;
}
