// One place: who answers for it, how it was found before, what is still open there.

import { html, useState } from "../kit/html.js";
import { newId } from "../kit/ids.js";
import { now as clockNow } from "../kit/clock.js";
import { t } from "../kit/words.js";
import { manual, rows } from "../store/rows.js";
import { drafts, put } from "../work/drafts.js";
import { byUrgency } from "../work/legal.js";
import { metres } from "../work/nearest.js";
import { comparable, repeated } from "../work/score.js";
import { newVisit, progress } from "../work/visit.js";
import { here } from "./here.js";
import { FindingRow } from "./lists.js";
import { Missing } from "./missing.js";
import { Bar, Foot, I, Page, PickList, Plate, Sec, Sheet, Tally, cellsOf } from "./parts.js";
import { at, go } from "./router.js";
import { Scan } from "./scan.js";
import { distance, named, numberOf, shortDay } from "./shown.js";
import { criteriaOf, kindOf, notice, openAt, unitName, view } from "./state.js";

/** Telephone numbers in some words do not break at their hyphens. @param {string} words */
const unbroken = (words) => words.split(/(\+?\d[\d-]{5,}\d)/).map((part, i) => (i % 2 ? html`<span class="nb">${part}</span>` : part));

export function Place({ id }) {
  const [choosing, setChoosing] = useState(false);
  const place = view.value.place.get(id);
  if (!place) return html`<${Missing} title=${t("点位")} to="/places" />`;
  const kinds = (place.kinds ?? []).filter((code) => !manual.value || kindOf(code));
  const kind = place.visits?.[0]?.kind ?? kinds[0];
  const far = here.value && place.lat_e7 != null ? metres(here.value, place) : null;
  const draft = drafts.value.find((d) => d.kind === "visit" && d.place === id);
  const open = openAt(id).sort(byUrgency);
  const unit = rows.unit.get(place.unit);
  const zone = rows.zone.get(place.zone);

  async function start(code) {
    const visit = newVisit({ id: newId(), place: id, kind: code, manual: manual.value.version, at: clockNow() });
    try {
      await put(visit);
      go(`/visits/${visit.id}`);
    } catch (error) {
      notice.value = error;
    }
  }

  const state = draft ? progress(draft, criteriaOf(draft.place_kind, draft.manual)) : null;
  return html`<${Page} title=${place.name} cls="has-foot">
    <${Bar} title=${t("点位")} sub=${html`<span>${t("编号 {code}", { code: place.code })}</span>`} to="/places" heading=${false} />
    <main>
      <section class="head">
        <p class="sub">
          <${Plate} code=${kind ?? "–"} />${named(kindOf(kind))}${far != null ? ` · ${t("距此 {far}", { far: distance(far) })}` : ""}
        </p>
        <h1 tabindex="-1" data-heading>${place.name}</h1>
      </section>
      <dl class="facts">
        <div>
          <dt>${t("责任单位")}</dt>
          <dd>${named(unit) || t("还没有定")}${unit?.contact ? html`<small>${unbroken(unit.contact)}</small>` : null}</dd>
          ${unit?.phone ? html`<a class="act" href=${`tel:${unit.phone}`}><${I} n="phone" s />${t("拨打")}</a>` : null}
        </div>
        <div><dt>${t("责任区")}</dt><dd>${named(zone) || "–"}${zone?.district_name ? ` · ${named(zone, "district_name")}` : ""}</dd></div>
        ${place.address ? html`<div><dt>${t("地址")}</dt><dd>${place.address}</dd></div>` : null}
      </dl>
      <${History} place=${place} kind=${kind} />
      <${Sec} title=${t("未销问题")} by=${open.length ? t("{n} 个", { n: open.length }) : t("没有")} />
      <ul class="rows">
        ${open.map((f) => html`<${FindingRow} key=${f.id} finding=${{ ...f, place_name: "" }} verb=${false} state />`)}
      </ul>
    </main>
    <${Foot}>
      <${Scan} cls="btn line" />
      ${draft
        ? html`<a class="btn main" href=${at(`/visits/${draft.id}`)}>${t("继续检查 {done}/{of}", state)}</a>`
        : html`<button
            class="btn main"
            disabled=${!manual.value || !kinds.length}
            onClick=${() => (kinds.length > 1 ? setChoosing(true) : start(kinds[0]))}
          >
            ${manual.value ? t("开始检查") : t("操作手册还没到")}
          </button>`}
    <//>
    ${choosing
      ? html`<${Sheet} title=${t("按哪一类查")} by=${place.name} onClose=${() => setChoosing(false)}>
          <div class="form flat">
            <${PickList}
              label=${t("按哪一类查")}
              options=${kinds.map((code) => ({ value: code, word: named(kindOf(code)), small: t("{n} 项", { n: criteriaOf(code).length }) }))}
              value=${null}
              onPick=${start}
            />
          </div>
        <//>`
      : null}
  <//>`;
}

/** Earlier visits as tallies under one axis: the same fault makes a red column. */
function History({ place, kind }) {
  const visits = comparable(place.visits ?? [], kind);
  const criteria = criteriaOf(kind, visits[0]?.manual);
  if (!visits.length) return html`<${Sec} title=${t("历次检查")} by=${t("还没有查过")} />`;
  const again = repeated(visits.map((v) => v.tally));
  const hit = new Set(again.map((r) => r.at));
  const n = Math.max(criteria.length, ...visits.map((v) => v.tally.length));
  const axis = [...Array(n)].map((_, i) => (criteria[i] ? numberOf(criteria[i].code) : String(i + 1).padStart(2, "0")));
  return html`<${Sec} title=${t("历次检查")} by=${t("近 {n} 次", { n: visits.length })} />
    <div class="hist">
      <span class="ax">${t("标准@axis")}</span>
      <span class="ax axis">${axis.map((a, i) => html`<i key=${a} class=${hit.has(i) ? "hit" : undefined}>${a}</i>`)}</span>
      <span class="ax end">${t("得分")}</span>
      ${visits.map(
        (v) => html`<span class="d">${shortDay(v.at)}</span>
          <${Tally} cells=${cellsOf(v.tally)} label=${t("{day}，{n} 项不合格", { day: shortDay(v.at), n: v.tally.split("f").length - 1 })} />
          <b>${v.score[1] ? Math.round((v.score[0] / v.score[1]) * 100) : "–"}</b>`,
      )}
    </div>
    ${again[0]
      ? html`<p class="note bad">
          <${I} n="rotate-cw" />
          <span>${t("第 {no} 项近 {of} 次有 {times} 次不合格。", { no: axis[again[0].at], of: again[0].of, times: again[0].times })}</span>
        </p>`
      : null}`;
}
