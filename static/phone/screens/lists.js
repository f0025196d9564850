// Rows that several screens share: a place in a list, a finding in a list.

import { html } from "../kit/html.js";
import { t } from "../kit/words.js";
import { hatOf } from "../work/legal.js";
import { I, Plate, Row, Thumb } from "./parts.js";
import { daysBetween, distance, dueMark, named, stateWord } from "./shown.js";
import { kindOf, now, openCounts, titleOfRow } from "./state.js";

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

/** @param {{place: any, metres: number | null, hit?: any, since?: boolean, kind?: string}} what  hit: characters to underline */
export function PlaceRow({ place, metres, hit, since = false, kind = place.kinds?.[0] }) {
  const open = openCounts.value.get(place.id);
  const note = html`${named(kindOf(kind))}${since
    ? open
      ? html`${" · "}<${OpenMark} place=${place} />`
      : null
    : html`${" · "}${open ? html`<${OpenMark} place=${place} />` : sinceWords(place)}`}`;
  return html`<${Row}
    to=${`/places/${place.id}`}
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

/** A finding: how urgent, what, when, where, and what is asked of the reader. */
export function FindingRow({ finding, verb = true, state = false }) {
  const due = dueMark(finding.due_at, now());
  const hat = hatOf(finding.may ?? [], finding.state);
  const where = finding.place_name;
  const sign = due ? { cls: due.cls, icon: due.icon } : { cls: "soft", icon: "clock" };
  const notes = [
    due ? html`<span class=${`${due.cls} nb`}>${due.words}</span>` : null,
    where || null,
    state ? stateWord(finding.state) : null,
    verb && hat ? t(VERBS[hat]) : null,
  ].filter(Boolean);
  return html`<${Row}
    to=${`/findings/${finding.id}`}
    sign=${html`<span class=${sign.cls}><${I} n=${sign.icon} /></span>`}
    title=${titleOfRow(finding)}
    note=${notes.map((n, i) => html`${i ? " · " : null}${n}`)}
    pic=${html`<${Thumb} sha=${finding.before?.[0]?.sha256} />`}
  />`;
}
