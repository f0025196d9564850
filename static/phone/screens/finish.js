// The end of a visit: the score, what will be reported, what was open here before. One button says what it does.

import { html, useState } from "../kit/html.js";
import { now as clockNow } from "../kit/clock.js";
import { t } from "../kit/words.js";
import { rows } from "../store/rows.js";
import { dueAfter } from "../work/deadlines.js";
import { draftOf, drafts, put } from "../work/drafts.js";
import { scoreOf } from "../work/score.js";
import { finishVisit } from "../work/send.js";
import { answerOf, failed, lookProposed, progress } from "../work/visit.js";
import { Version, cell } from "./checklist.js";
import { position } from "./here.js";
import { Missing } from "./missing.js";
import { Notice } from "./notice.js";
import { Bar, Foot, I, Page, Row, Sec, Seg, Thumb } from "./parts.js";
import { at, go } from "./router.js";
import { calendar, dueMark, named, nearDay, numberOf, stateWord } from "./shown.js";
import { criteriaOf, kindOf, notice, now, openAt, titleOf, titleOfRow, view } from "./state.js";

export function Finish({ id }) {
  const [busy, setBusy] = useState(false);
  const visit = drafts.value.find((d) => d.id === id && d.kind === "visit");
  if (!visit) return html`<${Missing} title=${t("完成检查")} words=${t("这次检查已经发出，或不在这台手机上。")} />`;
  const criteria = criteriaOf(visit.place_kind, visit.manual);
  // Without its manual nothing can be said of it: never judge by another one.
  if (!criteria.length) return html`<${Missing} title=${t("完成检查")} to=${`/visits/${id}`} words=${t("正在打开")} />`;
  const place = view.value.place.get(visit.place);
  const score = scoreOf(criteria, visit.answers);
  const reports = failed(visit, criteria);
  const open = openAt(visit.place);
  const state = progress(visit, criteria);
  const before = (place?.visits ?? []).find((v) => v.kind === visit.place_kind);
  const looks = Object.fromEntries(open.map((f) => [f.id, visit.looks[f.id] ?? lookProposed(f, visit)]));

  async function finish() {
    if (busy) return;
    setBusy(true);
    try {
      // What was proposed and not touched stands: the person has it before the eyes.
      const seen = Object.fromEntries(Object.entries(looks).map(([f, look]) => [f, look ?? "unseen"]));
      await finishVisit({ ...draftOf(id), looks: seen }, criteria, { position: position(clockNow()) });
      go(reports.length ? `/places/${visit.place}` : "/", { replace: true });
    } catch (error) {
      notice.value = error;
      setBusy(false);
    }
  }

  return html`<${Page} title=${t("完成检查")} cls="has-foot">
    <${Bar}
      title=${t("完成检查")}
      sub=${html`<span>${place?.name ?? ""} · ${named(kindOf(visit.place_kind))}</span>`}
      to=${`/visits/${id}`}
    />
    <main>
      <${Version} version=${visit.manual} />
      <section class="score">
        <p class="n">${score.percent == null ? "–" : score.percent.toFixed(1)}<small>${t("分")}</small></p>
        <p class="d">
          ${t("得")} <b>${points(score.got)}</b>${t("，应得")} <b>${points(score.of)}</b>
          ${before?.score?.[1] ? html`<br />${t("上次 {n}", { n: ((before.score[0] / before.score[1]) * 100).toFixed(1) })}` : null}
        </p>
      </section>
      <div class="cells n" role="img" aria-label=${t("{pass} 项合格，{fail} 项不合格，{na} 项不适用", score)}>
        ${criteria.map((c) => html`<i key=${c.code} class=${cell(answerOf(visit, c.code), state, c.code) || undefined}>${numberOf(c.code)}</i>`)}
      </div>
      <p class="legend">
        <span class="good"><${I} n="check" />${t("合格")} ${score.pass}</span>
        ${score.mostly ? html`<span class="soon"><${I} n="minus" />${t("基本合格")} ${score.mostly}</span>` : null}
        ${score.fail ? html`<span class="late"><${I} n="x" />${t("不合格")} ${score.fail}</span>` : null}
        ${score.na ? html`<span class="soft"><${I} n="minus" />${t("不适用 {n}，不计分", { n: score.na })}</span>` : null}
      </p>
      <${Sec} title=${t("将上报")} by=${reports.length ? t("{n} 个问题", { n: reports.length }) : t("没有问题")} />
      <ul class="rows">
        ${reports.map((c) => html`<${Report} key=${c.code} c=${c} visit=${visit} place=${place} />`)}
      </ul>
      ${open.length
        ? html`<${Sec} title=${t("此处仍未销")} by=${t("{n} 个，今天看到的", { n: open.length })} />
            <ul class="rows">
              ${open.map((f) => html`<${Look} key=${f.id} finding=${f} look=${looks[f.id]} onPick=${(look) => pick(id, f.id, look)} />`)}
            </ul>`
        : null}
    </main>
    <${Notice} />
    <${Foot} cls="tall">
      ${state.next
        ? html`<a class="btn main" href=${at(`/visits/${id}`)}>${t("还差 {n} 项，回去查", { n: state.of - state.done })}</a>`
        : html`<button class="btn main" onClick=${finish} aria-disabled=${busy ? "true" : undefined}>
            ${reports.length ? t("完成，上报 {n} 个问题", { n: reports.length }) : t("完成")}
          </button>`}
    <//>
  <//>`;
}

/** Points as a person writes them: tenths only when there are any. @param {number} tenths */
const points = (tenths) => (tenths % 10 ? (tenths / 10).toFixed(1) : String(tenths / 10));

function pick(id, finding, look) {
  const visit = draftOf(id);
  put({ ...visit, looks: { ...visit.looks, [finding]: look } }).catch((error) => {
    notice.value = error;
  });
}

function Report({ c, visit, place }) {
  const { finding, photos } = answerOf(visit, c.code);
  const fixed = finding.fixed?.photos ?? [];
  const unit = rows.unit.get(finding.unit ?? place?.unit);
  const due = dueAfter(now(), c.rectify_days, calendar());
  const title = `${numberOf(c.code)} ${titleOf({ criterion: c.code, manual: visit.manual, reasons: finding.reasons, words: finding.words })}`;
  const note = fixed.length
    ? html`${t("当场已改好，等别人复核")}<br />${t("{n} 张照片", { n: photos.length + fixed.length })}`
    : html`${unit ? named(unit) : t("由片区定")}<br />${t("{day} 前", { day: nearDay(due, now()) })} · ${t("{n} 张照片", { n: photos.length })}`;
  return html`<${Row}
    to=${`/visits/${visit.id}`}
    sign=${html`<span class=${fixed.length ? "good" : "late"}><${I} n=${fixed.length ? "check" : "x"} /></span>`}
    title=${title}
    note=${note}
    pic=${html`<${Thumb} sha=${photos[0]?.sha256} />`}
  />`;
}

function Look({ finding, look, onPick }) {
  const due = dueMark(finding.due_at, now());
  return html`<li>
    <div class="row wide">
      <span class=${due?.cls ?? "soft"}><${I} n=${due?.icon ?? "clock"} /></span>
      <span>
        <span class="t">${titleOfRow(finding)}</span>
        <span class="m">${stateWord(finding.state)}${due ? html`${" · "}<span class=${due.cls}>${due.words}</span>` : null}</span>
      </span>
    </div>
    <div class="under">
      <${Seg}
        label=${titleOfRow(finding)}
        options=${[
          { value: "fixed", word: t("已改好"), cls: "p", icon: look === "fixed" ? "check" : null },
          { value: "still", word: t("还在"), cls: "n" },
          { value: "unseen", word: t("没看"), cls: "n" },
        ]}
        value=${look ?? null}
        onPick=${onPick}
      />
    </div>
  </li>`;
}
