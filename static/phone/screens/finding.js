// One finding: where it stands, before and after, what clearing asks for, its course, and only the legal verbs.

import { html, useEffect, useState } from "../kit/html.js";
import { isSeen } from "../kit/page.js";
import { t } from "../kit/words.js";
import { me } from "../store/rows.js";
import { entries } from "../store/state.js";
import { takeBack } from "../outbox/keep.js";
import { byUrgency, footOf, stopsOf } from "../work/legal.js";
import { decide } from "../work/send.js";
import { UnitSheet } from "./checklist.js";
import { Missing } from "./missing.js";
import { Notice } from "./notice.js";
import { Bar, Foot, I, Page, Sec, Seal, Undo } from "./parts.js";
import { Pic } from "./pictures.js";
import { at, back, go } from "./router.js";
import { DismissSheet, ReturnSheet } from "./return.js";
import { clock, day, dayClock, dueHead, either, isoDay, listed, named, shortNumber, span, stateWord } from "./shown.js";
import {
  criterionOf,
  kindOf,
  mine,
  notice,
  now,
  offerUndo,
  titleOfRow,
  undoing,
  unitName,
  view,
  wherever,
  zoneName,
} from "./state.js";

/** Milliseconds in which a verdict stays on this phone and can be taken back. */
const UNDO_MS = 8000;

const STOPS = { report: "上报", assign: "交办", accept: "签收", rectify: "整改", review: "复核", clear: "销号" };
const MAIN = { clear: "销号", rectify: "整改", assign: "交办", screen: "审核通过" };
const SECOND = { return: "退回重办@verb", dismiss: "不予立案@verb", undo: "撤回判定" };

export function Finding({ id, sheet }) {
  const finding = view.value.finding.get(id);
  const unit = finding?.unit ?? null;
  const said = entries.value.some((e) => e.command.verb === "finding.accept" && e.command.subject === id);
  const accepts = !said && finding?.may?.includes("accept") && (me.value?.units ?? []).includes(unit);

  // Seen for a second by someone of its unit: that is what accepting means. Nobody else's look does it.
  useEffect(() => {
    if (!accepts) return undefined;
    const timer = setTimeout(() => {
      if (isSeen()) decide("finding.accept", id, {}).catch((error) => (notice.value = error));
    }, 1000);
    return () => clearTimeout(timer);
  }, [id, accepts]);

  if (!finding) return html`<${Missing} title=${t("问题")} to="/findings" />`;
  const foot = footOf(finding.may ?? []);
  const title = finding.number ? t("问题 {no}", { no: shortNumber(finding.number) }) : t("问题");
  const kind = kindOf(finding.kind_code);
  const sub = [named(kind), unit ? unitName(unit) : zoneName(finding.zone)].filter(Boolean).join(" · ");
  const undo = undoing.value?.finding === id;
  const hasFoot = foot.main || foot.second || undo;

  return html`<${Page} title=${title} cls=${hasFoot ? "has-foot" : ""}>
    <${Bar} title=${title} sub=${html`<span>${sub}</span>`} to="/findings" heading=${false} />
    <main>
      <${Standing} finding=${finding} />
      <section class="said">
        <h1 tabindex="-1" data-heading>${titleOfRow(finding)}</h1>
        <p>${wherever(finding)}</p>
      </section>
      <${Pair} finding=${finding} />
      <${Clearing} finding=${finding} />
      <${Doubts} finding=${finding} />
      <${Course} finding=${finding} />
    </main>
    <${Notice} />
    ${undo
      ? html`<${Foot} cls="tall"><${Undo} /><${NextOne} id=${id} /><//>`
      : foot.main || foot.second
        ? html`<${Foot}>
            ${foot.second && (foot.main || foot.second !== "undo")
              ? html`<button class="btn line" onClick=${() => say(foot.second, finding)}>${t(SECOND[foot.second])}</button>`
              : null}
            ${foot.main
              ? html`<button class="btn main" onClick=${() => say(foot.main, finding)}>
                  ${foot.main === "clear" ? html`<${I} n="stamp" />` : foot.main === "rectify" ? html`<${I} n="camera" />` : null}${foot.main === "assign" && finding.state !== "to_assign" ? t("改交办") : t(MAIN[foot.main])}
                </button>`
              : foot.second === "undo"
                ? html`<button class="btn line wide" onClick=${() => say("undo", finding)}><${I} n="undo-2" s />${t(SECOND.undo)}</button>`
                : null}
          <//>`
        : null}
    ${sheet === "return" ? html`<${ReturnSheet} finding=${finding} onSay=${(body) => verdict("finding.return", finding, body)} />` : null}
    ${sheet === "dismiss" ? html`<${DismissSheet} finding=${finding} onSay=${(body) => verdict("finding.dismiss", finding, body)} />` : null}
    ${sheet === "assign"
      ? html`<${UnitSheet} value=${unit} onPick=${(chosen) => verdict("finding.assign", finding, { unit: chosen, words: "" })} onClose=${() => back(`/findings/${id}`)} />`
      : null}
  <//>`;
}

/** One of the buttons: what needs words opens a slip, the rest is done and can be taken back. */
function say(verb, finding) {
  if (verb === "rectify") return go(`/findings/${finding.id}/reply`);
  if (verb === "return" || verb === "dismiss" || verb === "assign") return go(`/findings/${finding.id}/${verb}`);
  return verdict(`finding.${verb}`, finding, verb === "undo" ? {} : { words: "" });
}

const SAID = {
  "finding.clear": "已销号",
  "finding.return": "已退回{unit}",
  "finding.screen": "已审核通过",
  "finding.dismiss": "已不予立案",
  "finding.assign": "已交办",
  "finding.undo": "已撤回判定",
};

/** These were said on a slip, which closes. */
const SLIPS = new Set(["finding.return", "finding.dismiss", "finding.assign"]);

/** Keep a verdict; for eight seconds it stays here and can be taken back. */
async function verdict(verb, finding, body) {
  try {
    const command = await decide(verb, finding.id, body, UNDO_MS);
    const until = Date.now() + UNDO_MS;
    if (SLIPS.has(verb)) back(`/findings/${finding.id}`);
    offerUndo(t(SAID[verb], { unit: finding.unit ? unitName(finding.unit) : "" }), () => takeBack(command.id), { until });
    undoing.value = { ...undoing.value, finding: finding.id };
  } catch (error) {
    notice.value = error;
  }
}

/** After a verdict: the next one that waits. */
function NextOne({ id }) {
  const left = mine.value.filter((x) => x.finding.id !== id && x.hat === "review").sort((a, b) => byUrgency(a.finding, b.finding));
  if (!left.length) return html`<a class="btn main" href=${at("/findings")}>${t("回到问题")}</a>`;
  return html`<button class="btn main" onClick=${() => go(`/findings/${left[0].finding.id}`, { replace: true })}>
    ${t("下一个待复核，还有 {n} 个", { n: left.length })}<${I} n="arrow-right" />
  </button>`;
}

/** The state in one word, how long is left, and the stops of its way. */
function Standing({ finding }) {
  const stops = stopsOf(finding.state);
  if (finding.state === "cleared") {
    const used = finding.cleared_at - (finding.assigned_at ?? finding.found_at);
    const inTime = !finding.due_at || finding.cleared_at <= finding.due_at || (finding.rectified_at ?? 0) <= finding.due_at;
    return html`<section class="state done">
      <p class="w good">${t("已销号")}</p>
      <p class="soft">${t("用时 {span}", { span: span(used) })}${inTime ? t("，在限期内") : t("，超过限期")}</p>
      <${Seal} word=${t("销号@done")} date=${isoDay(finding.cleared_at)} by=${t("复核 {name}", { name: finding.cleared_by_name })} />
    </section>`;
  }
  const due = stops ? dueHead(finding.due_at, now()) : null;
  const again = finding.returned
    ? [t("第 {n} 次返工", { n: finding.returned }), finding.state === "returned" && finding.unit ? t("{unit}重新整改", { unit: unitName(finding.unit) }) : null]
        .filter(Boolean)
        .join(t("，"))
    : null;
  return html`<section class="state">
      <p class="w">${stateWord(finding.state)}</p>
      ${due
        ? html`<p class="until">
            <b class=${due.cls}>${due.icon ? html`<${I} n=${due.icon} s />` : null}${due.left}</b>${due.until}${finding.provisional ? t("（暂定）") : ""}
          </p>`
        : finding.pending
          ? html`<p class="until"><b class="calm">${t("存在本机")}</b>${t("有信号就传")}</p>`
          : null}
    </section>
    ${stops
      ? html`<ol class="stops">
          ${stops.map(
            ({ stop, is }) => html`<li key=${stop} class=${is === "done" ? undefined : is} aria-current=${is === "now" ? "step" : undefined}>${t(STOPS[stop])}</li>`,
          )}
        </ol>`
      : null}
    ${again || finding.recurrence
      ? html`<p class="redo soft">
          ${[again, finding.recurrence ? t("同一处第 {n} 次出现", { n: finding.recurrence }) : null].filter(Boolean).join(t("，"))}
        </p>`
      : null}`;
}

/** Before and after side by side; a tap on the disc compares them over each other. */
export function Pair({ finding, after = null }) {
  const before = finding.before ?? [];
  const later = finding.after ?? [];
  const [b, setB] = useState(0);
  const [a, setA] = useState(null);
  if (!before.length && !later.length) return null;
  const old = before[Math.min(b, before.length - 1)];
  const fresh = later[Math.min(a ?? later.length - 1, later.length - 1)];
  const both = old && (fresh || after);
  return html`<div class=${`pair ${both ? "" : "one"}`}>
      ${old ? html`<${Half} photo=${old} name=${t("整改前")} />` : null}
      ${after ?? (fresh ? html`<${Half} photo=${fresh} name=${t("整改后")} />` : null)}
      ${old && fresh && !after
        ? html`<a class="slide" href=${`${at(`/findings/${finding.id}/compare`)}?b=${old.sha256}&a=${fresh.sha256}`} aria-label=${t("拖动对比")}><${I} n="columns-2" /></a>`
        : null}
    </div>
    ${before.length > 1 || later.length > 1
      ? html`<div class="more">
          ${before.length > 1 ? before.map((p, i) => html`<${Small} key=${p.sha256} p=${p} on=${p === old} name=${t("整改前 {n}", { n: i + 1 })} onPick=${() => setB(i)} />`) : null}
          ${later.length > 1 ? later.map((p, i) => html`<${Small} key=${p.sha256} p=${p} on=${p === fresh} name=${t("整改后 {n}", { n: i + 1 })} onPick=${() => setA(i)} />`) : null}
        </div>`
      : null}`;
}

const Small = ({ p, on, name, onPick }) => html`<button aria-label=${name} aria-pressed=${String(on)} onClick=${onPick}><${Pic} sha=${p.sha256} size="small" /></button>`;

const Half = ({ photo, name }) => html`<figure>
  <${Pic} sha=${photo.sha256} size="large" alt=${name} />
  <figcaption>
    <b>${name}</b>
    <span class="soft">
      ${dayClock(photo.taken_at)}${photo.accuracy_m != null ? html`${" · "}<span class="nb">±${t("{n} 米", { n: photo.accuracy_m })}</span>` : ""}${photo.state === "waiting" || photo.state === "arrived" ? ` · ${t("还在路上")}` : photo.state === "damaged" ? ` · ${t("看不清")}` : ""}
    </span>
  </figcaption>
</figure>`;

/** What must be so before it may be cleared; after a return, why it came back. */
export function Clearing({ finding }) {
  const last = [...(finding.course ?? [])].reverse().find((s) => s.verb === "returned");
  if (finding.state === "returned" && last) {
    return html`<p class="clearing gap"><b>${t("退回原因")}</b>${[reasonWord(last.reason), last.words].filter(Boolean).join(t("："))}</p>`;
  }
  const c = criterionOf(finding.criterion);
  if (!c) return null;
  return html`<p class="clearing gap">
    <b>${t("销号标准 {code}", { code: c.code })}${c.severity === "critical" ? ` · ${t("关键项")}` : ""}</b>
    ${listed(c, "clear").map((line, i, all) => html`<span key=${i} class="ph">${line}${i < all.length - 1 ? t("；") : ""}</span>`)}
  </p>`;
}

/** The reason behind a code, in words. @param {string} code */
function reasonWord(code) {
  const known = [...(me.value?.return_reasons ?? []), ...(me.value?.dismiss_reasons ?? [])];
  return either(known.find((r) => r.code === code));
}

const DOUBTS = {
  time: "整改后晚拍 {span}",
  earlier: "整改后的照片拍得比整改前早",
};

/** What speaks for and against the photos, as sentences. */
function Doubts({ finding }) {
  const before = finding.before?.[0];
  const after = finding.after?.[finding.after.length - 1];
  const lines = (finding.doubts ?? []).map((d) => ({ good: false, words: t(d.words ?? d.code, d.facts) }));
  if (before && after) {
    const later = after.taken_at - before.taken_at;
    if (later < 0) lines.push({ good: false, words: t(DOUBTS.earlier) });
    else lines.push({ good: true, words: t(DOUBTS.time, { span: span(later) }) });
  }
  if (!lines.length) return null;
  return html`<ul class="proof">
    ${lines.map((l) => html`<li key=${l.words}><${I} n=${l.good ? "check" : "triangle-alert"} cls=${l.good ? "good" : "soon"} /><span>${l.words}</span></li>`)}
  </ul>`;
}

const VERBS = {
  reported: "上报@done",
  screened: "审核通过@done",
  dismissed: "不予立案",
  assigned: "交办@done",
  accepted: "签收@done",
  rectified: "整改@done",
  cleared: "销号@done",
  returned: "退回重办",
  undone: "撤回判定@done",
  voided: "作废",
  looked: "现场看过",
};
const LOOKS = { fixed: "已改好", still: "还在", unseen: "没看" };
const SOURCES = { patrol: "日常巡查", outside: "外片区巡查", public: "群众反映" };

/** What happened, in order, with the time column. */
function Course({ finding }) {
  const steps = finding.course ?? [];
  if (!steps.length) return null;
  const end = finding.cleared_at ?? now();
  let lastDay = "";
  return html`<${Sec} title=${t("经过")} by=${t("在办 {span}", { span: span(end - finding.found_at) })} />
    <ol class="time ruled">
      ${steps.map((step, i) => {
        const when = day(step.at);
        const showDay = when !== lastDay;
        lastDay = when;
        const note = [
          step.verb === "reported" ? t(SOURCES[finding.source] ?? SOURCES.patrol) : null,
          step.verb === "looked" ? t(LOOKS[step.reason] ?? "") : step.reason ? reasonWord(step.reason) : null,
          step.words,
          step.photos ? t("{n} 张照片", { n: step.photos }) : null,
          step.pending ? t("存在本机，还没传") : null,
        ].filter(Boolean);
        return html`<li key=${i} class=${step.pending ? "now" : undefined}>
          <time>${clock(step.at)}${showDay ? html`<small>${when}</small>` : null}</time><i></i>
          <p>
            ${t(VERBS[step.verb] ?? step.verb)} · ${step.verb === "assigned" && step.unit_name ? step.unit_name : step.who || t("系统")}
            ${note.length ? html`<small>${note.join(t("，"))}</small>` : null}
          </p>
        </li>`;
      })}
    </ol>`;
}
