// What all screens look at: the rows with one's own commands done, the drafts, what may be taken back.

import { computed, signal } from "../kit/html.js";
import { minute } from "../kit/clock.js";
import { t, lang } from "../kit/words.js";
import { changed, manual, me, rows } from "../store/rows.js";
import { earlierManual } from "../outbox/manuals.js";
import { needsAttention, unsettled, waiting } from "../outbox/state.js";
import { drafts } from "../work/drafts.js";
import { hatOf } from "../work/legal.js";
import { mayNow, stillMay } from "../work/rules.js";
import { isWritten } from "../work/slips.js";
import { isOpen, seen } from "../work/view.js";
import { listed, named } from "./shown.js";

/** The time the screens count from; renewed every half minute. */
export const now = () => minute.value;

/** Manuals that are not in force, by version; undefined: being looked for; null: nowhere to be had now. */
const earlier = signal(new Map());

/**
 * The manual of a version: what was begun with one is shown and finished with that one.
 * @param {number | null | undefined} version none: the one in force
 * @returns {any} undefined while it is being looked for, null when it cannot be had now
 */
function manualFor(version) {
  const current = manual.value;
  if (version == null || current?.version === version) return current;
  if (!earlier.value.has(version)) {
    queueMicrotask(() => {
      if (earlier.peek().has(version)) return;
      earlier.value = new Map(earlier.peek()).set(version, undefined);
      earlierManual(version).then((found) => {
        earlier.value = new Map(earlier.peek()).set(version, found);
        // Without signal now; looked for again when there is news.
        if (!found) setTimeout(() => forget(version), 60_000);
      });
    });
  }
  return earlier.value.get(version);
}

function forget(version) {
  const rest = new Map(earlier.peek());
  rest.delete(version);
  earlier.value = rest;
}

/** Can the manual that this was begun with not be had now? @param {number | null | undefined} version */
export const lacksManual = (version) => manualFor(version) === null && manual.value != null;

/** The manual's kinds. @param {number | null} [version] */
export const kindsOf = (version) => manualFor(version)?.kinds ?? [];

/** @param {string | null | undefined} code @param {number | null} [version] */
export const kindOf = (code, version) => kindsOf(version).find((k) => k.code === code) ?? null;

/** The criteria of a kind, in the manual's order. @param {string | null | undefined} code @param {number | null} [version] */
export const criteriaOf = (code, version) => kindOf(code, version)?.criteria ?? [];

/** Criteria by code, of each list of kinds that was asked: a code says nothing of its kind, every county numbers as it likes. @type {WeakMap<any[], Map<string, {kind: any, criterion: any}>>} */
const byCode = new WeakMap();

/** @param {string | null | undefined} code @param {number | null} [version] */
function held(code, version) {
  const kinds = kindsOf(version);
  let known = byCode.get(kinds);
  if (!known) byCode.set(kinds, (known = new Map(kinds.flatMap((kind) => kind.criteria.map((criterion) => [criterion.code, { kind, criterion }])))));
  return code ? known.get(code) : undefined;
}

/** @param {string | null | undefined} code "25.07" @param {number | null} [version] */
export const criterionOf = (code, version) => held(code, version)?.criterion ?? null;

/** The kind that a criterion belongs to. @param {string | null | undefined} code @param {number | null} [version] */
export const kindOfCriterion = (code, version) => held(code, version)?.kind ?? null;

/** What is wrong, in few words: the reasons chosen, else the criterion, else what the person wrote. */
export function titleOf({ criterion, manual: version, reasons = [], words }) {
  const asked = criterionOf(criterion, version);
  const names = reasons.map((i) => listed(asked, "reasons")[i]).filter(Boolean);
  if (names.length) return names.join(lang.value === "en" ? ", " : "，");
  return words?.trim() || named(asked, "text") || t("路边问题");
}

/** Places and findings as they are once one's own commands have taken effect. */
export const view = computed(() => {
  changed.value;
  lang.value;
  return seen(rows, unsettled.value, { me: me.value?.person ?? null, criteriaOf, titleOf, may, unitName });
});

/** The verbs that are this person's after a command of their own that the office has not answered. @param {any} finding */
const may = (finding) => (me.value ? mayNow(finding, me.value, rows.zone.get(finding.zone), minute.peek()) : []);

export const unitName = (id) => named(rows.unit.get(id));
export const zoneName = (id) => named(rows.zone.get(id));

/** The title of a row: the office's words, in the reader's language where the reasons allow it. */
export const titleOfRow = (finding) => (lang.value === "en" && finding.reasons?.length && criterionOf(finding.criterion, finding.manual) ? titleOf(finding) : finding.title) || titleOf(finding);

/** Where a finding is, and the inspector's words unless they are its title. @param {any} finding */
export const wherever = (finding) =>
  [finding.place_name || t("路边，不属点位"), finding.words === titleOfRow(finding) ? "" : finding.words].filter(Boolean).join(t("，"));

/** The hat under which it waits for this person now. @param {any} finding */
export const hatHere = (finding) => hatOf(stillMay(finding, now()), finding.state, finding.extension);

/** Findings that wait for this person, with the hat each waits under. */
export const mine = computed(() => {
  const out = [];
  for (const finding of view.value.finding.values()) {
    const hat = isOpen(finding) ? hatHere(finding) : null;
    if (hat) out.push({ finding, hat });
  }
  return out;
});

/** Findings at one place that are not closed. @param {string} place */
export const openAt = (place) => [...view.value.finding.values()].filter((f) => f.place === place && isOpen(f));

/** How many open findings each place has. */
export const openCounts = computed(() => {
  const counts = new Map();
  for (const f of view.value.finding.values()) if (f.place && isOpen(f)) counts.set(f.place, (counts.get(f.place) ?? 0) + 1);
  return counts;
});

/** Drafts a person can go on with: replies and snaps count once a photo is there, or was to be; slips once something is written. */
export const openDrafts = computed(() => drafts.value.filter((d) => (d.kind === "slip" ? isWritten(d) : d.kind === "visit" || d.photos?.length || d.pending)));

/** The visit begun and not finished that was touched last. */
export const openVisit = computed(() => {
  const draft = drafts.value.find((d) => d.kind === "visit");
  return draft ? { draft, place: view.value.place.get(draft.place) } : null;
});

/** The number on 待发: what needs a hand, what is begun, what waits. */
export const badge = computed(() => needsAttention.value.length + openDrafts.value.length + waiting.value.length);

/** Eight seconds in which the last act can be taken back. `{words, until, undo, finding?, verb?}` */
export const undoing = signal(null);
let timer = 0;

/**
 * Offer to take something back.
 * @param {string} words what was done @param {() => void} undo @param {{seconds?: number, until?: number, about?: any}} [how] about: what it was done to
 */
export function offerUndo(words, undo, { seconds = 8, until = Date.now() + seconds * 1000, about = {} } = {}) {
  clearTimeout(timer);
  const what = {
    ...about,
    words,
    until,
    undo: () => {
      forgetUndo();
      undo();
    },
  };
  undoing.value = what;
  timer = setTimeout(() => undoing.value === what && forgetUndo(), until - Date.now());
}

export function forgetUndo() {
  clearTimeout(timer);
  undoing.value = null;
}

/** A sentence that something could not be done; stands until the next one or a tap. */
export const notice = signal(null);
