// Rows that several screens share: a place in a list, a finding in a list.

import { html } from "../kit/html.js";
import { t } from "../kit/words.js";
import { marksOf } from "../work/view.js";
import { I, Plate, Row, Thumb } from "./parts.js";
import { day, daysBetween, distance, dueMark, named, stateWord } from "./shown.js";
import { hatHere, kindOf, now, openCounts, titleOfRow } from "./state.js";

/** Days since a place was visited; null: never. */
export const daysSince = (place) => (place.visited_at ? Math.max(0, daysBetween(place.visited_at, now())) : null);

export function sinceWords(place) {
  const days = daysSince(place);
  if (days == null) return t("从未查过");
  return days === 0 ? t("今天查过") : t("{n} 天未查", { n: days });
}

/** The number of open findings at a place, as a mark in its note line. */
export function OpenMark({ place }) {
  const n = openCounts.value.get(place.id);
  return n ? html`<span class="bad"><${I} n="circle-alert" />${t("{n} 个问题未销", { n })}</span>` : null;
}

/** @param {{place: any, metres: number | null, hit?: any, since?: boolean, kind?: string, nth?: [number, number]}} what  hit: characters to underline; nth: its place in a list of so many */
export function PlaceRow({ place, metres, hit, since = false, kind = place.kinds?.[0], nth }) {
  const open = openCounts.value.get(place.id);
  const note = html`${named(kindOf(kind))}${since
    ? open
      ? html`${" · "}<${OpenMark} place=${place} />`
      : null
    : html`${" · "}${open ? html`<${OpenMark} place=${place} />` : sinceWords(place)}`}`;
  return html`<${Row}
    to=${`/places/${place.id}`}
    item=${nth ? { "data-key": place.id, "aria-posinset": nth[0], "aria-setsize": nth[1] } : undefined}
    sign=${html`<${Plate} code=${kind ?? "–"} />`}
    title=${hit ? html`<${Marked} name=${place.name} ...${hit} />` : place.name}
    note=${note}
    right=${metres != null || since ? html`${metres != null ? html`<b>${distance(metres)}</b>` : null}${since ? html`<small>${sinceWords(place)}</small>` : null}` : null}
  />`;
}

/** A name with some of its characters underlined. */
export function Marked({ name, from, to }) {
  const chars = [...name];
  if (from >= to) return name;
  return html`${chars.slice(0, from).join("")}<mark>${chars.slice(from, to).join("")}</mark>${chars.slice(to).join("")}`;
}

const VERBS = { review: "复核", rectify: "整改", dispatch: "交办" };

/** Marks in a note line: one word each, the pressing ones bold. */
const MARKS = {
  supervised: () => html`<b>${t("督办")}</b>`,
  back: () => html`<b class="bad">${t("反弹")}</b>`,
  disputed: () => t("异议"),
  asked: () => t("申请延期@done"),
  extended: () => t("延期@done"),
  deferred: (f) => (f.deferred_until ? t("挂账至 {day}", { day: day(f.deferred_until) }) : t("挂账")),
};

/** A finding: how urgent, what, when, where, and what is asked of the reader. */
export function FindingRow({ finding, verb = true, state = false }) {
  const due = finding.state === "deferred" ? null : dueMark(finding.due_at, now());
  const hat = hatHere(finding);
  const where = finding.place_name;
  const sign = due ? { cls: due.cls, icon: due.icon } : { cls: "soft", icon: "clock" };
  const notes = [
    due ? html`<span class=${`${due.cls} nb`}>${due.words}</span>` : null,
    ...marksOf(finding).slice(0, 2).map((mark) => MARKS[mark](finding)),
    where || null,
    state && finding.state !== "deferred" ? stateWord(finding.state) : null,
    verb && hat ? t(hat === "dispatch" && finding.extension ? "批延期" : VERBS[hat]) : null,
  ].filter(Boolean);
  return html`<${Row}
    to=${`/findings/${finding.id}`}
    sign=${html`<span class=${sign.cls}><${I} n=${sign.icon} /></span>`}
    title=${titleOfRow(finding)}
    note=${notes.map((n, i) => html`${i ? " · " : null}${n}`)}
    pic=${html`<${Thumb} sha=${finding.before?.[0]?.sha256} />`}
  />`;
}
