// @ts-check
// What the person sees: the county's rows with their own commands, not yet answered, already done. Pure.

import { scoreOf, tallyOf } from "./score.js";

/** @typedef {{id: string, verb: string, subject: string, at: number, body: any}} Command */

/** The state that a verb leads to, as far as the phone can tell before the receipt. */
const AFTER = {
  "finding.screen": "to_assign",
  "finding.dismiss": "dismissed",
  "finding.assign": "assigned",
  "finding.accept": "accepted",
  "finding.rectify": "rectified",
  "finding.clear": "cleared",
  "finding.return": "returned",
  "finding.undo": "rectified",
  "finding.void": "void",
};

/** The same verbs as the course tells them. */
const PAST = {
  "finding.screen": "screened",
  "finding.dismiss": "dismissed",
  "finding.assign": "assigned",
  "finding.accept": "accepted",
  "finding.rectify": "rectified",
  "finding.clear": "cleared",
  "finding.return": "returned",
  "finding.undo": "undone",
  "finding.void": "voided",
};

/** Nothing is to be done about findings in these states. */
const CLOSED = new Set(["cleared", "dismissed", "merged", "void"]);

/** @param {{state: string}} finding */
export const isOpen = (finding) => !CLOSED.has(finding.state);

/** A photo as a row shows it, from the photo as it travels. @param {any} p */
const shown = (p) => ({ sha256: p.sha256, taken_at: p.taken_at, accuracy_m: p.position?.accuracy_m ?? null, state: "waiting" });

/**
 * One finding after one command of one's own.
 *
 * @param {any} finding the row @param {Command} command
 * @param {{id: string, name: string}} me
 * @returns {any} a new row; `pending` says that the receipt has not come
 */
export function afterCommand(finding, command, me) {
  const { verb, body, at } = command;
  const state = AFTER[verb];
  if (!state) return finding;
  const row = {
    ...finding,
    state,
    pending: true,
    may: [],
    course: [
      ...(finding.course ?? []),
      { verb: PAST[verb], at, who: me.name, words: body.words ?? "", reason: body.reason, pending: true },
    ],
  };
  if (verb === "finding.accept") {
    // A look that accepts takes nothing away from the one who looks.
    return { ...row, accepted_at: at, may: (finding.may ?? []).filter((v) => v !== "accept") };
  }
  if (verb === "finding.rectify") {
    return { ...row, rectified_at: at, rectifier: me.id, after: [...(finding.after ?? []), ...body.photos.map(shown)] };
  }
  if (verb === "finding.clear") return { ...row, cleared_at: at, cleared_by_name: me.name };
  if (verb === "finding.return") {
    return { ...row, returned: (finding.returned ?? 0) + 1, due_at: body.due_at ?? finding.due_at, returned_at: at };
  }
  if (verb === "finding.assign") {
    return { ...row, assigned_at: at, unit: body.unit, due_at: body.due_at ?? finding.due_at };
  }
  if (verb === "finding.undo") return { ...row, cleared_at: null, cleared_by_name: null };
  return row;
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
    before: what.photos.map(shown),
    after: (what.fixed?.photos ?? []).map(shown),
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
 * @param {{me: {id: string, name: string} | null, criteriaOf: (kind: string, manual?: string) => any[], titleOf: (what: any) => string}} about
 * @returns {{place: Map<string, any>, finding: Map<string, any>}}
 */
export function seen(rows, commands, { me, criteriaOf, titleOf }) {
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
      if (row) finding.set(subject, afterCommand(row, command, me));
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
  const visit = { id: subject, at: when, who: me.name, kind: body.kind, score: [got, of], tally: tallyOf(criteria, answers), pending: true };
  return { ...place, visited_at: Math.max(when, place.visited_at ?? 0), visits: [visit, ...visits].slice(0, 3) };
}
