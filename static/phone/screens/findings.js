// 问题: what waits for this person under each hat, overdue first; then what they reported and others have in hand.

import { html, signal, useEffect, useState } from "../kit/html.js";
import { t } from "../kit/words.js";
import { me } from "../store/rows.js";
import { standing } from "../work/deadlines.js";
import { byUrgency } from "../work/legal.js";
import { isOpen } from "../work/view.js";
import { FindingRow } from "./lists.js";
import { Notice } from "./notice.js";
import { I, Mast, Nav, Page, Row, Sec, Tally } from "./parts.js";
import { Choose } from "./places.js";
import { query, at as href } from "./router.js";
import { SnapTab } from "./snap-tab.js";
import { calendar, day, dayClock, named, postWhere, stateWord, weekday } from "./shown.js";
import { HATS } from "./told.js";
import { kindOf, mine, now, openVisit, view, zoneName } from "./state.js";

const hat = signal("all");
const zone = signal(null);
const kind = signal(null);
const late = signal(false);

const DUTIES = { inspect: "巡查员", rectify: "整改人", review: "复核员", dispatch: "调度员" };

export function Findings() {
  const [sheet, setSheet] = useState(null);
  const at = now();
  const state = query.value.get("state");
  if (state) return html`<${Others} state=${state} at=${at} />`;
  const all = mine.value;
  const counts = Object.fromEntries(Object.keys(HATS).map((h) => [h, all.filter((x) => x.hat === h).length]));
  const worn = Object.keys(HATS).filter((h) => counts[h] || (me.value?.hats ?? []).includes(h));
  const asked = query.value.get("hat");
  useEffect(() => {
    if (asked) hat.value = asked; // from 今天, by one of its counts
  }, [asked]);
  const chosen = worn.includes(hat.value) ? hat.value : "all";
  const ofHat = all.filter((x) => chosen === "all" || x.hat === chosen).map((x) => x.finding);
  const zones = [...new Set(all.map((x) => x.finding.zone).filter(Boolean))];
  const kinds = [...new Set(all.map((x) => x.finding.kind_code).filter(Boolean))].sort();
  const isLate = (f) => f.due_at != null && f.due_at < at;
  const shown = ofHat
    .filter((f) => (!zone.value || f.zone === zone.value) && (!kind.value || f.kind_code === kind.value) && (!late.value || isLate(f)))
    .sort(byUrgency);
  const group = (when) => shown.filter((f) => (standing(f.due_at, at, calendar())?.when ?? "later") === when);
  const overdue = group("late");
  const today = group("today");
  const later = [...group("tomorrow"), ...group("later")];
  const nLate = ofHat.filter(isLate).length;
  const who = [...(me.value?.hats ?? []).map((h) => t(DUTIES[h] ?? "")), postWhere(me.value?.posts?.[0])].filter(Boolean).join(" · ");

  return html`<${Page} title=${t("问题")} cls=${`has-nav ${openVisit.value ? "has-draft" : ""}`}>
    <${Mast} title=${t("问题")} by=${`${day(at)} ${weekday(at)}`} />
    <main>
      ${worn.length > 1
        ? html`<nav class="themes hats" aria-label=${t("我的身份")}>
            ${["all", ...worn].map(
              (h) => html`<button key=${h} class=${h === chosen ? "on" : ""} aria-current=${h === chosen ? "true" : undefined} onClick=${() => (hat.value = h)}>
                ${h === "all" ? t("全部") : t(HATS[h])} <b>${h === "all" ? all.length : counts[h]}</b>
              </button>`,
            )}
          </nav>`
        : null}
      <section class="hero">
        <p class="what"><span>${who}</span></p>
        <p class="left">
          <span class="n">${ofHat.length}</span><span class="u">${t("个等我办")}</span>
          ${nLate ? html`<span class="of"><span class="late nb"><${I} n="circle-alert" s />${t("超期")} ${nLate}</span></span>` : null}
        </p>
        ${ofHat.length
          ? html`<${Tally}
              cells=${[...ofHat].sort(byUrgency).map((f) => (isLate(f) ? "bad" : "todo"))}
              label=${t("{n} 个等我办，其中 {late} 个超期", { n: ofHat.length, late: nLate })}
            />`
          : null}
      </section>
      ${all.length
        ? html`<div class="filters">
            ${zones.length > 1
              ? html`<button class=${zone.value ? "on" : ""} onClick=${() => setSheet("zone")}>
                  ${zone.value ? zoneName(zone.value) : t("全部责任区")}<${I} n="chevron-down" s />
                </button>`
              : null}
            <button class=${kind.value ? "on" : ""} onClick=${() => setSheet("kind")}>
              ${kind.value ? named(kindOf(kind.value)) : t("全部类型")}<${I} n="chevron-down" s />
            </button>
            <button class=${late.value ? "on" : ""} aria-pressed=${String(late.value)} onClick=${() => (late.value = !late.value)}>
              ${t("只看超期")}${late.value ? html`<${I} n="x" s />` : null}
            </button>
          </div>`
        : null}
      <${Part} title=${t("超期")} list=${overdue} bad />
      <${Part} title=${t("今天到期")} list=${today} />
      <${Part} title=${t("以后")} list=${later} />
      ${shown.length ? null : html`<p class="empty">${all.length ? t("没有合适的问题。去掉筛选看全部。") : t("现在没有等您办的问题。")}</p>`}
      <${Reported} at=${at} />
    </main>
    <${Notice} cls="nav-up" />
    <${Nav} here="/findings" snap=${html`<${SnapTab} />`} />
    ${sheet === "zone"
      ? html`<${Choose} title=${t("责任区")} all=${t("全部责任区")} options=${zones.map((id) => ({ value: id, word: zoneName(id) }))} chosen=${zone} onClose=${() => setSheet(null)} />`
      : null}
    ${sheet === "kind"
      ? html`<${Choose} title=${t("类型")} all=${t("全部类型")} options=${kinds.map((c) => ({ value: c, word: named(kindOf(c)) || c, small: c }))} chosen=${kind} onClose=${() => setSheet(null)} />`
      : null}
  <//>`;
}

const Part = ({ title, list, bad }) =>
  list.length
    ? html`<${Sec} title=${title} bad=${bad} by=${t("{n} 个", { n: list.length })} />
        <ul class="rows">
          ${list.map((f) => html`<${FindingRow} key=${f.id} finding=${f} />`)}
        </ul>`
    : null;

const SIGNS = { reported: "send", to_screen: "send", to_assign: "send", assigned: "send", accepted: "hammer", returned: "hammer", rectified: "search-check", deferred: "clock" };

/** Reported by this person, not waiting for them: counts by state. */
const reportedByMe = () =>
  [...view.value.finding.values()].filter(
    (f) => f.reporter?.id === me.value?.person.id && isOpen(f) && !mine.value.some((x) => x.finding.id === f.id),
  );

function Reported({ at }) {
  const list = reportedByMe();
  if (!list.length) return null;
  const states = [...new Set(list.map((f) => f.state))].sort((a, b) => Object.keys(SIGNS).indexOf(a) - Object.keys(SIGNS).indexOf(b));
  return html`<${Sec} title=${t("我报的，别人在办")} by=${t("{n} 个", { n: list.length })} />
    <ul class="rows">
      ${states.map((state) => {
        const some = list.filter((f) => f.state === state);
        const dues = some.map((f) => f.due_at).filter(Boolean);
        const note = dues.length ? t("最早到期 {day}", { day: dayClock(Math.min(...dues)) }) : some.some((f) => f.pending) ? t("还在这台手机上") : t("等片区定");
        return html`<${Row}
          key=${state}
          to=${`/findings?state=${state}`}
          sign=${html`<span class="soft"><${I} n=${SIGNS[state] ?? "clock"} /></span>`}
          title=${stateWord(state)}
          note=${note}
          right=${html`<b>${t("{n} 个", { n: some.length })}</b>`}
        />`;
      })}
    </ul>`;
}

/** The findings behind one of those counts. */
function Others({ state }) {
  const list = reportedByMe().filter((f) => f.state === state).sort(byUrgency);
  return html`<${Page} title=${stateWord(state)} cls="has-nav">
    <${Mast} title=${stateWord(state)} by=${t("我报的 {n} 个", { n: list.length })} />
    <main>
      <ul class="rows flush">
        ${list.map((f) => html`<${FindingRow} key=${f.id} finding=${f} verb=${false} />`)}
      </ul>
      <p class="last"><a class="btn line slim" href=${href("/findings")}>${t("全部问题")}</a></p>
    </main>
    <${Notice} cls="nav-up" />
    <${Nav} here="/findings" snap=${html`<${SnapTab} />`} />
  <//>`;
}
