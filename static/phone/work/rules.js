// @ts-check
// What a finding may become, and who may say so: the office's table, for what is decided without signal. Pure.
//
// The office decides; this only keeps buttons away that it would refuse. A row as pulled carries `may`; what is here fills
// the time between one's own command and its receipt, and takes away what has become too late meanwhile.

import { daysBetween } from "../kit/format.js";

/** State -> verb -> the state that follows. */
const NEXT = {
  to_screen: { screen: "to_assign", dismiss: "dismissed", merge: "merged" },
  to_assign: { assign: "assigned" },
  assigned: { assign: "assigned", accept: "accepted", dispute: "to_assign", take_back: "to_assign", rectify: "rectified", defer: "deferred" },
  accepted: { assign: "assigned", dispute: "to_assign", rectify: "rectified", defer: "deferred" },
  returned: { assign: "assigned", rectify: "rectified", defer: "deferred", undo: "rectified" },
  rectified: { clear: "cleared", return: "returned" },
  cleared: { undo: "rectified", reopen: "assigned" },
  deferred: { resume: "accepted", defer: "deferred" },
};
/** Void ends everything but these. */
const NOT_VOID = new Set(["cleared", "void", "reported"]);
/** The unit's clock runs. */
const RUNNING = new Set(["assigned", "accepted", "returned"]);
const OPEN = new Set(["to_screen", "to_assign", "assigned", "accepted", "returned", "rectified", "deferred"]);
/** Marks change no state: where each may be said. */
const MARKS = {
  ask_extension: RUNNING,
  extend: RUNNING,
  refuse_extension: RUNNING,
  change_due: RUNNING,
  urge: RUNNING,
  supervise: OPEN,
  unmark: OPEN,
  give_up: OPEN,
};

/** A verdict can be taken back by the same person for this long, ms. */
export const UNDO_FOR = 10 * 60_000;

/**
 * The state that a verb leads to.
 * @param {string} state @param {string} verb without "finding."
 * @returns {string | null} null: it cannot be said now
 */
export function after(state, verb) {
  if (verb in MARKS) return MARKS[verb].has(state) ? state : null;
  if (verb === "void") return NOT_VOID.has(state) ? null : "void";
  return NEXT[state]?.[verb] ?? null;
}

const DISPATCHES = ["dispatcher", "headquarters"];
const REVIEWS = ["reviewer", "headquarters"];

/** Verb -> the duties that may say it where the finding lies; verbs of a unit and of one person stand below. */
const DUTIES = {
  screen: DISPATCHES,
  dismiss: DISPATCHES,
  merge: DISPATCHES,
  assign: DISPATCHES,
  void: DISPATCHES,
  extend: DISPATCHES,
  refuse_extension: DISPATCHES,
  reopen: DISPATCHES,
  change_due: DISPATCHES,
  urge: DISPATCHES,
  supervise: DISPATCHES,
  defer: ["headquarters"],
  resume: ["headquarters"],
  clear: REVIEWS,
  return: REVIEWS,
  give_up: ["dispatcher", "reviewer", "headquarters"],
};
/** What whoever answers for a finding leaves to others: it would disappear, move away or become easier. */
const FOR_OTHERS = new Set(["clear", "return", "dismiss", "merge", "void", "assign", "defer", "extend", "give_up"]);
const OF_THE_UNIT = new Set(["accept", "rectify", "dispute", "ask_extension"]);

/** @typedef {{person: {id: string}, posts: Array<{duty: string, area?: string | null, unit?: string | null}>, units: string[]}} Me */

/**
 * Does one of the duties reach the zone?
 * @param {Me} me @param {string[]} duties @param {{id?: string, district?: string | null} | null | undefined} zone
 */
function reaches(me, duties, zone) {
  // A post in an area that is neither the zone nor its district may still lie above both: the office knows.
  return me.posts.some(
    ({ duty, area, unit }) => duties.includes(duty) && !unit && (!area || !zone || area === zone.id || area === zone.district),
  );
}

/**
 * The verbs that this person may say to this finding, as far as the phone can tell.
 *
 * @param {any} finding as seen on this phone @param {Me} me @param {any} zone the finding's zone as a row @param {number} now ms
 * @returns {string[]} in the office's order
 */
export function mayNow(finding, me, zone, now) {
  const own = finding.own || finding.rectifier === me.person.id || (finding.unit && me.units.includes(finding.unit));
  return ORDER.filter((verb) => {
    if (!after(finding.state, verb) || !inTime(verb, finding, now)) return false;
    if (OF_THE_UNIT.has(verb)) {
      const isOurs = finding.unit && me.posts.some((post) => post.duty === "rectifier" && post.unit === finding.unit);
      if (verb === "dispute" && finding.disputed) return false;
      return verb === "rectify" && finding.on_spot && finding.rectifier === me.person.id ? true : Boolean(isOurs);
    }
    if (verb === "undo" || verb === "take_back" || verb === "unmark") return false; // told by the office alone: it knows whose step it was
    if (FOR_OTHERS.has(verb) && own) return false;
    return reaches(me, DUTIES[verb] ?? [], zone);
  });
}

const ORDER = [
  "clear", "return", "rectify", "accept", "dispute", "ask_extension", "extend", "refuse_extension", "screen", "dismiss", "merge",
  "assign", "urge", "change_due", "supervise", "defer", "resume", "reopen", "give_up", "undo", "unmark", "take_back", "void",
];

/** Has what the verb needs not passed yet, or been done already? @param {string} verb @param {any} finding @param {number} now */
function inTime(verb, finding, now) {
  if (verb === "ask_extension") return finding.due_at != null && now <= finding.due_at && !finding.extension;
  if (verb === "refuse_extension") return Boolean(finding.extension);
  if (verb === "undo") return finding.verdict_at == null || now - finding.verdict_at <= UNDO_FOR;
  if (verb === "take_back") return finding.assigned_at == null || now - finding.assigned_at <= UNDO_FOR;
  if (verb === "urge") return Boolean(finding.unit) && (finding.urged_at == null || daysBetween(finding.urged_at, now) > 0); // once a day is enough
  if (verb === "give_up") return neverCame(finding).length > 0;
  return true;
}

/**
 * What of the office's `may` still stands at this moment: a phone without signal holds it for hours.
 * @param {any} finding @param {number} now ms
 * @returns {string[]}
 */
export const stillMay = (finding, now) =>
  (finding.may ?? []).filter((/** @type {string} */ verb) => after(finding.state, verb) && inTime(verb, finding, now));

/** Photos that are named and have not come, or came damaged: those that may be given up. @param {any} finding */
export const neverCame = (finding) =>
  [...(finding.before ?? []), ...(finding.after ?? []), ...(finding.under_way ?? [])].filter((photo) => photo.state === "waiting" || photo.state === "damaged");
