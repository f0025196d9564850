// @ts-check
// A verb that needs words, before it is said: one slip a verb and finding, kept as it is written. Pure.

import { flat } from "./album.js";

/** Begun twice, it is the same one. @param {string} verb @param {string} finding */
export const slipId = (verb, finding) => `slip-${verb}-${finding}`;

/**
 * @typedef {{id: string, kind: "slip", verb: string, finding: string, reason: string | null, chosen: string[], words: string,
 *   due_at: number | null, own_date: boolean, unit: string | null, into: string | null, sha256: string | null, photos: any[],
 *   started_at: number, pending: any}} Slip
 *   chosen: chips that become part of the words; due_at: null = as proposed; own_date: it was chosen by hand
 */

/** @param {string} verb without "finding." @param {string} finding @param {number} at @returns {Slip} */
export const newSlip = (verb, finding, at) => ({
  id: slipId(verb, finding), kind: "slip", verb, finding, reason: null, chosen: [], words: "", due_at: null, own_date: false,
  unit: null, into: null, sha256: null, photos: [], started_at: at, pending: null,
});

/** Has anything been put on it that a person would miss? @param {any} slip */
export const isWritten = (slip) => Boolean(slip.words?.trim() || slip.photos?.length || slip.pending);

/** Photos of how far the work is that may travel with a slip. */
export const MOST = 3;

/** @param {Slip} slip @param {(photos: any[]) => any[]} how @returns {Slip} */
export const changeSlipPhotos = (slip, how) => ({ ...slip, pending: null, photos: how(slip.photos) });

/** Verbs whose words may not be missing. */
const WORDS_NEEDED = new Set(["dispute", "ask_extension", "refuse_extension", "defer", "reopen", "change_due", "supervise", "give_up", "void"]);

/**
 * All that the slip says, as one sentence.
 * @param {Slip} slip @param {(word: string) => string} say @param {string} comma @param {string} [first] what the sentence begins with
 */
export const saidOn = ({ chosen, words }, say, comma, first = "") =>
  [first, ...chosen.map(say), words.trim()].filter(Boolean).join(comma).slice(0, 500);

/**
 * What is still missing before it can be said.
 * @param {Slip} slip @param {number | null} date the date that stands
 * @returns {null | "reason" | "words" | "date" | "unit" | "into" | "photo"}
 */
export function lacks({ verb, reason, chosen, words, into, sha256 }, date = null) {
  if ((verb === "return" || verb === "dismiss") && !reason) return "reason";
  if ((verb === "return" || verb === "dismiss") && reason === "other" && !words.trim()) return "words";
  if (verb === "merge" && !into) return "into";
  if (verb === "give_up" && !sha256) return "photo";
  if ((verb === "defer" || verb === "ask_extension" || verb === "extend" || verb === "change_due") && !date) return "date";
  if (WORDS_NEEDED.has(verb) && !words.trim() && !chosen.length) return "words";
  return null;
}

/**
 * The slip as it travels.
 * @param {Slip} slip @param {{words: string, date: number | null}} facts words: all that it says; date: the one that stands
 * @returns {{verb: string, body: any}}
 */
export function commandOf({ verb, reason, unit, into, sha256, photos }, { words, date }) {
  const due = date == null ? {} : { due_at: date };
  const name = verb === "give_up" ? "photo.give_up" : `finding.${verb}`;
  switch (verb) {
    case "return":
      return { verb: name, body: { reason, words, ...due } };
    case "dismiss":
      return { verb: name, body: { reason, words } };
    case "assign":
      return { verb: name, body: { unit, words, ...due } };
    case "ask_extension":
      return { verb: name, body: { words, photos: flat(photos), ...due } };
    case "extend":
    case "change_due":
    case "reopen":
    case "supervise":
      return { verb: name, body: { words, ...due } };
    case "defer":
      return { verb: name, body: { words, until: date } };
    case "merge":
      return { verb: name, body: { into, words } };
    case "give_up":
      return { verb: name, body: { sha256, words } };
    default:
      return { verb: name, body: { words } };
  }
}
