// @ts-check
// What the person sees: the county's rows with their own commands, not yet answered, already done. Pure.

import { folded } from "./album.js";
import { after, stillMay } from "./rules.js";
import { scoreOf, tallyOf } from "./score.js";

/** @typedef {{id: string, verb: string, subject: string, at: number, body: any}} Command */

/** Verbs as the course tells them. The entry of a mark is told like that of a state. */
const PAST = {
  screen: "screened",
  dismiss: "dismissed",
  merge: "merged",
  assign: "assigned",
  take_back: "taken_back",
  accept: "accepted",
  dispute: "disputed",
  rectify: "rectified",
  ask_extension: "extension_asked",
  extend: "extended",
  refuse_extension: "extension_refused",
  clear: "cleared",
  return: "returned",
  undo: "undone",
  defer: "deferred",
  resume: "resumed",
  reopen: "reopened",
  supervise: "supervised",
  void: "voided",
};

/** Nothing is to be done about findings in these states. */
const CLOSED = new Set(["cleared", "dismissed", "merged", "void"]);

/** @param {{state: string}} finding */
export const isOpen = (finding) => !CLOSED.has(finding.state);

/** A photo as a row shows it, from the photo as it travels. @param {any} p */
const shown = (p) => ({
  sha256: p.sha256, taken_at: p.taken_at, accuracy_m: p.position?.accuracy_m ?? null, source: p.source, drawn: p.drawn ?? null, state: "waiting",
});

/** Photos as rows show them, what was drawn folded in. @param {any[]} photos as they travel */
const allShown = (photos) => folded(photos).map(shown);

/**
 * One finding after one command of one's own.
 *
 * @param {any} finding the row @param {Command} command
 * @param {{id: string, name: string}} me
 * @param {{may?: (finding: any) => string[], unitName?: (id: string) => string, numberOf?: (id: string) => string | null}} [about]
 *   may: the verbs that are theirs in the new state; numberOf: the number of another finding
 * @returns {any} a new row; `pending` says that the receipt has not come
 */
export function afterCommand(finding, { verb, body, at }, me, { may = () => [], unitName = () => "", numberOf = () => null } = {}) {
  if (verb === "photo.give_up") {
    const given = (/** @type {any[]} */ photos = []) => photos.map((p) => (p.sha256 === body.sha256 ? { ...p, state: "given_up" } : p));
    return { ...finding, before: given(finding.before), after: given(finding.after), under_way: given(finding.under_way), pending: true };
  }
  const word = verb.split(".")[1];
  const state = after(finding.state, word);
  if (!PAST[word] || !state) return finding;
  const step = {
    verb: PAST[word],
    at,
    who: me.name,
    unit_name: body.unit ? unitName(body.unit) : "",
    words: body.words ?? "",
    reason: body.reason,
    due_at: body.due_at ?? body.until,
    photos: folded(body.photos ?? []).length,
    pending: true,
  };
  const row = {
    ...finding,
    ...changeOf[word]?.(finding, body, at, me),
    state,
    pending: true,
    course: [...(finding.course ?? []), step],
  };
  if (word === "merge") row.merged_into = { id: body.into, number: numberOf(body.into) };
  // A mark, or a look that accepts, takes nothing else away from the one who says it.
  return { ...row, may: state === finding.state || word === "accept" ? stillMay(row, at) : may(row) };
}

/** What each verb changes beside the state. @type {Record<string, (finding: any, body: any, at: number, me: {id: string, name: string}) => any>} */
const changeOf = {
  accept: (_f, _b, at) => ({ accepted_at: at }),
  rectify: (f, body, at, me) => ({ rectified_at: at, rectifier: me.id, after: [...(f.after ?? []), ...allShown(body.photos)], extension: null }),
  clear: (_f, _b, at, me) => ({ cleared_at: at, cleared_by_name: me.name }),
  return: (f, body, at) => ({ returned: (f.returned ?? 0) + 1, due_at: body.due_at ?? f.due_at, returned_at: at }),
  assign: (f, body, at) => ({ assigned_at: at, unit: body.unit, due_at: body.due_at ?? f.due_at, extension: null, disputed: null }),
  undo: () => ({ cleared_at: null, cleared_by_name: null }),
  dispute: (_f, body, at, me) => ({ unit: null, due_at: null, disputed: { words: body.words, by_name: me.name, at }, extension: null }),
  take_back: () => ({ unit: null, due_at: null, assigned_at: null }),
  ask_extension: (f, body, at, me) => ({ under_way: [...(f.under_way ?? []), ...allShown(body.photos)], extension: { due_at: body.due_at, words: body.words, asked_by_name: me.name, asked_at: at } }),
  extend: (f, body) => ({ due_at: body.due_at, extension: null, extended: (f.extended ?? 0) + 1 }),
  refuse_extension: () => ({ extension: null }),
  supervise: (f, body, at) => ({ supervised_at: at, due_at: body.due_at ?? f.due_at }),
  defer: (_f, body) => ({ deferred_until: body.until, extension: null }),
  resume: () => ({ deferred_until: null }),
  reopen: (f, body, at) => ({ cleared_at: null, cleared_by_name: null, assigned_at: at, due_at: body.due_at ?? f.due_at }),
};

/**
 * What else is to be known of a finding beside its state, the most pressing first.
 * @param {any} finding
 * @returns {Array<"supervised" | "back" | "disputed" | "asked" | "extended" | "deferred">}
 */
export function marksOf(finding) {
  const marks = [];
  if (finding.supervised_at) marks.push("supervised");
  if (finding.recurrence) marks.push("back");
  if (finding.disputed && finding.state === "to_assign") marks.push("disputed");
  if (finding.extension) marks.push("asked");
  else if (finding.extended) marks.push("extended");
  if (finding.state === "deferred") marks.push("deferred");
  return /** @type {any} */ (marks);
}

/**
 * A finding that so far only this phone knows.
 *
 * @param {{id: string, place: any, criterion?: string | null, kind?: string | null, manual?: string | null, zone?: string | null,
 *   reasons?: number[], words?: string, unit?: string | null, position?: any, photos: any[], fixed?: any}} what
 * @param {number} at @param {{id: string, name: string}} me @param {string} title
 */
export function reported(what, at, me, title) {
  return {
    kind: "finding",
    id: what.id,
    number: null,
    place: what.place?.id ?? null,
    place_name: what.place?.name ?? "",
    zone: what.place?.zone ?? what.zone ?? null,
    unit: what.unit ?? what.place?.unit ?? null,
    kind_code: what.kind ?? null,
    criterion: what.criterion ?? null,
    manual: what.manual ?? null,
    title,
    words: what.words ?? "",
    reasons: what.reasons ?? [],
    state: what.fixed ? "rectified" : "reported",
    source: "patrol",
    on_spot: Boolean(what.fixed),
    found_at: at,
    received_at: null,
    assigned_at: null,
    due_at: null,
    provisional: false,
    accepted_at: null,
    rectified_at: what.fixed ? at : null,
    cleared_at: null,
    cleared_by_name: null,
    returned: 0,
    recurrence: 0,
    reporter: { id: me.id, name: me.name },
    rectifier: what.fixed ? me.id : null,
    before: allShown(what.photos),
    after: allShown(what.fixed?.photos ?? []),
    course: [{ verb: "reported", at, who: me.name, words: what.words ?? "", pending: true }],
    may: [],
    doubts: [],
    version: 0,
    lat_e7: what.position?.lat_e7,
    lon_e7: what.position?.lon_e7,
    pending: true,
  };
}

/**
 * Places and findings as they are once this person's own commands have taken effect.
 *
 * @param {{place: Map<string, any>, finding: Map<string, any>}} rows  as pulled; not changed
 * @param {Command[]} commands  own, without effect in the rows yet, oldest first
 * @param {{me: {id: string, name: string} | null, criteriaOf: (kind: string, manual?: string) => any[], titleOf: (what: any) => string,
 *   may?: (finding: any) => string[], unitName?: (id: string) => string}} about
 * @returns {{place: Map<string, any>, finding: Map<string, any>}}
 */
export function seen(rows, commands, { me, criteriaOf, titleOf, may, unitName }) {
  if (!commands.length || !me) return { place: rows.place, finding: rows.finding };
  const place = new Map(rows.place);
  const finding = new Map(rows.finding);
  for (const command of commands) {
    const { verb, subject, body, at } = command;
    if (verb === "finding.report") {
      const what = { ...body, id: subject, place: place.get(body.place) };
      if (!finding.has(subject)) finding.set(subject, reported(what, at, me, titleOf(what)));
    } else if (verb === "visit.finish") {
      const where = place.get(body.place);
      for (const f of body.findings) {
        if (finding.has(f.id)) continue;
        const what = { ...f, place: where ?? { id: body.place, name: "" }, kind: body.kind, manual: body.manual };
        finding.set(f.id, reported(what, body.finished_at ?? at, me, titleOf(what)));
      }
      if (where) place.set(where.id, visited(where, command, me, criteriaOf(body.kind, body.manual)));
    } else {
      const row = finding.get(subject);
      const numberOf = (/** @type {string} */ id) => finding.get(id)?.number ?? null;
      if (row) finding.set(subject, afterCommand(row, command, me, { may, unitName, numberOf }));
    }
  }
  return { place, finding };
}

/** A place after a visit of one's own. @param {any} place @param {Command} command @param {{name: string}} me @param {any[]} criteria */
function visited(place, { subject, body, at }, me, criteria) {
  const visits = place.visits ?? [];
  if (visits.some((v) => v.id === subject)) return place;
  const answers = Object.fromEntries(body.answers.map((a) => [a.criterion, a]));
  const { got, of } = scoreOf(criteria, answers);
  const when = body.finished_at ?? at;
  const visit = { id: subject, at: when, who: me.name, kind: body.kind, manual: body.manual, score: [got, of], tally: tallyOf(criteria, answers), pending: true };
  return { ...place, visited_at: Math.max(when, place.visited_at ?? 0), visits: [visit, ...visits].slice(0, 3) };
}
