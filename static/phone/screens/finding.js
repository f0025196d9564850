// One finding: where it stands, before and after, what clearing asks for, its course, and only the legal verbs.

import { html, useEffect, useState } from "../kit/html.js";
import { isSeen } from "../kit/page.js";
import { t } from "../kit/words.js";
import { manual, me } from "../store/rows.js";
import { entries } from "../store/state.js";
import { axisOf } from "../work/deadlines.js";
import { byUrgency, footOf, stopsOf } from "../work/legal.js";
import { stillMay } from "../work/rules.js";
import { decide } from "../work/send.js";
import { marksOf } from "../work/view.js";
import { Missing } from "./missing.js";
import { Notice } from "./notice.js";
import { Bar, Foot, I, Page, Sec, Seal, Undo } from "./parts.js";
import { Pic } from "./pictures.js";
import { at, go } from "./router.js";
import { calendar, clock, day, dayClock, dueHead, either, isoDay, listed, named, nearDay, shortNumber, span, stateWord } from "./shown.js";
import { Quiet, Slip, begin, verbName } from "./slips.js";
import {
  criterionOf,
  kindOf,
  mine,
  notice,
  now,
  titleOfRow,
  undoing,
  unitName,
  view,
  wherever,
  zoneName,
} from "./state.js";

const STOPS = { report: "上报", assign: "交办", accept: "签收", rectify: "整改", review: "复核", clear: "销号" };

/** One's own step of a moment ago, taken back. */
const OWN_STEP = new Set(["undo", "take_back"]);

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
  const may = stillMay(finding, now());
  const foot = footOf(may, finding);
  const to = `/findings/${id}`;
  const title = finding.number ? t("问题 {no}", { no: shortNumber(finding.number) }) : t("问题");
  const kind = kindOf(finding.kind_code);
  const sub = [named(kind), unit ? unitName(unit) : zoneName(finding.zone)].filter(Boolean).join(" · ");
  const undo = undoing.value?.finding === id;
  const hasFoot = foot.main || foot.second || foot.quiet.length || undo;
  const quiet = foot.quiet.length ? html`<${Quiet} finding=${finding} verbs=${foot.quiet} to=${to} />` : null;

  return html`<${Page} title=${title} cls=${!hasFoot ? "" : quiet && (foot.main || foot.second) && !undo ? "has-verbs" : "has-foot"}>
    <${Bar} title=${title} sub=${html`<span>${sub}</span>`} to="/findings" heading=${false} />
    <main>
      <${Standing} finding=${finding} />
      <section class="said">
        <h1 tabindex="-1" data-heading>${titleOfRow(finding)}</h1>
        <p>${wherever(finding)}</p>
      </section>
      <${Pair} finding=${finding} />
      <${Marks} finding=${finding} />
      <${Clearing} finding=${finding} />
      <${Doubts} finding=${finding} />
      <${Course} finding=${finding} />
    </main>
    <${Notice} />
    ${undo
      ? html`<${Foot} cls="tall"><${Undo} />${foot.main ? html`<${Main} finding=${finding} verb=${foot.main} to=${to} />` : html`<${NextOne} id=${id} verb=${undoing.value.verb} />`}<//>`
      : hasFoot
        ? html`<${Foot} cls=${quiet ? (foot.main || foot.second ? "tall" : "low") : ""}>
            ${quiet}
            ${foot.second && (foot.main || !OWN_STEP.has(foot.second))
              ? html`<button class="btn line" onClick=${() => begin(finding, foot.second, to)}>${verbName(foot.second, finding)}</button>`
              : null}
            ${foot.main
              ? html`<${Main} finding=${finding} verb=${foot.main} to=${to} />`
              : OWN_STEP.has(foot.second)
                ? html`<button class="btn line wide" onClick=${() => begin(finding, foot.second, to)}><${I} n="undo-2" s />${verbName(foot.second, finding)}</button>`
                : null}
          <//>`
        : null}
    ${sheet ? html`<${Slip} key=${sheet} finding=${finding} verb=${sheet} to=${to} may=${sheet === "more" ? foot.more : may} />` : null}
  <//>`;
}

/** The one main action. */
const Main = ({ finding, verb, to }) => html`<button class="btn main" onClick=${() => begin(finding, verb, to)}>
  ${verb === "clear" ? html`<${I} n="stamp" />` : verb === "rectify" ? html`<${I} n="camera" />` : null}${verbName(verb, finding)}
</button>`;

/** After a verdict: the next one that waits. */
function NextOne({ id, verb }) {
  const hat = verb === "clear" || verb === "return" ? "review" : "dispatch";
  const left = mine.value.filter((x) => x.finding.id !== id && x.hat === hat).sort((a, b) => byUrgency(a.finding, b.finding));
  if (hat !== "review" || !left.length) return html`<a class="btn main" href=${at("/findings")}>${t("回到问题")}</a>`;
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
  const due = stops && finding.state !== "deferred" ? dueHead(finding.due_at, now()) : null;
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
    <${Axis} finding=${finding} />
    ${again ? html`<p class="redo soft">${again}</p>` : null}`;
}

/** The deadline as a line of working days: what is left is solid, what is asked for is dashed. */
function Axis({ finding }) {
  const { due_at: due, extension } = finding;
  const from = finding.assigned_at ?? finding.found_at;
  if (!due || !(extension || finding.extended) || !["assigned", "accepted", "returned"].includes(finding.state) || due <= from) return null;
  const line = axisOf({ from, due, asked: extension?.due_at, now: now() }, calendar());
  const x = (/** @type {number} */ place) => String(Math.round(place * 1000));
  const late = line.now > line.due;
  const words = [
    extension ? t("申请延到 {day}", { day: dayClock(extension.due_at) }) : null,
    t("现在仍限 {day}", { day: dayClock(due) }),
  ].filter(Boolean);
  return html`<div class="axis" role="img" aria-label=${words.join(t("，"))}>
    <svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">
      <path class="tr" d=${`M0 14H1000${line.days.map((d) => `M${x(d)} 10V18`).join("")}`} />
      <path class=${late ? "over" : "left"} d=${`M${x(Math.min(line.now, line.due))} 14H${x(Math.max(line.now, line.due))}`} />
      ${line.asked == null ? null : html`<path class="asked" d=${`M${x(line.due)} 14H${x(line.asked)}`} />`}
      <path class="ax" d=${`M${x(line.due)} 2V20`} />
    </svg>
    <p aria-hidden="true">
      <span>${t("交办 {day}", { day: day(from) })}</span>
      <span><b>${t("期限 {day}", { day: day(due) })}</b></span>
      ${extension ? html`<span>${t("申请 {day}", { day: day(extension.due_at) })}</span>` : null}
    </p>
  </div>`;
}

/** How far the work was when more time was asked for. */
const UnderWay = ({ photos = [] }) =>
  photos.length
    ? html`<span class="strip">
        ${photos.map((/** @type {any} */ p) => html`<span key=${p.sha256}><${Pic} sha=${p.sha256} size="small" alt=${t("进展")} /><span class="at">${dayClock(p.taken_at)}</span></span>`)}
      </span>`
    : null;

const MARKS = { supervised: "督办", back: "反弹", disputed: "异议", asked: "延期", extended: "延期", deferred: "挂账" };

/** What else is to be known: each mark in the sign column, its sentence beside it; last, why it is this unit's. */
function Marks({ finding }) {
  const said = (/** @type {string} */ verb) => [...(finding.course ?? [])].reverse().find((s) => s.verb === verb);
  const sentence = {
    supervised: () => [t("{day} 起督办", { day: dayClock(finding.supervised_at) }), said("supervised")?.who, said("supervised")?.words],
    back: () => [t("同一处第 {n} 次出现", { n: finding.recurrence })],
    disputed: () => [t("{name}提出不是本单位的", { name: finding.disputed.by_name }), finding.disputed.words],
    asked: () => [t("{name}申请延到 {day}", { name: finding.extension.asked_by_name, day: nearDay(finding.extension.due_at, now()) }), finding.extension.words, t("还没有批")],
    extended: () => [t("已延期 {n} 次", { n: finding.extended })],
    deferred: () => [finding.deferred_until ? t("挂账至 {day}", { day: day(finding.deferred_until) }) : "", said("deferred")?.words],
  };
  const rows = marksOf(finding).map((mark) => ({ name: t(MARKS[mark]), mark, words: sentence[mark]().filter(Boolean).join(t("，")) }));
  const why = finding.why_unit_words;
  if (finding.joined?.length) rows.push({ name: t("并入"), mark: "joined", words: t("已并入 {n} 条：{list}", { n: finding.joined.length, list: finding.joined.map((/** @type {any} */ one) => shortNumber(one.number)).join(t("，")) }) });
  if (finding.merged_into) {
    rows.push({ name: t("合并"), mark: "merged", words: html`<a class="act" href=${at(`/findings/${finding.merged_into.id}`)}>${t("已并入问题 {no}", { no: shortNumber(finding.merged_into.number ?? "") })}</a>` });
  }
  if (why && finding.unit) rows.push({ name: t("单位"), mark: "unit", words: html`${unitName(finding.unit)}<small>${why}</small>` });
  if (!rows.length) return null;
  return html`<dl class="marks">
    ${rows.map(({ name, mark, words }) => html`<div key=${mark} class=${mark}><dt>${name}</dt><dd>${words}${mark === "asked" ? html`<${UnderWay} photos=${finding.under_way} />` : null}</dd></div>`)}
  </dl>`;
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

/** One photo: with what was drawn on a copy of it, or as it was taken. Only the clean one is evidence. */
function Half({ photo, name }) {
  const [clean, setClean] = useState(false);
  const { state } = photo;
  const marks = [
    photo.source === "gallery" ? t("选自相册") : "",
    { waiting: t("还在路上"), arrived: t("还在路上"), damaged: t("看不清"), given_up: t("不再等") }[state] ?? "",
  ].filter(Boolean);
  return html`<figure>
    <${Pic} key=${photo.sha256} sha=${photo.drawn && !clean ? photo.drawn : photo.sha256} size="large" alt=${name} />
    ${photo.drawn
      ? html`<button class="pick" aria-pressed=${String(clean)} onClick=${() => setClean(!clean)}><${I} n=${clean ? "pencil" : "eye"} s />${clean ? t("看标记") : t("看原片")}</button>`
      : null}
    <figcaption>
      <b>${name}</b>
      <span class="soft">
        ${dayClock(photo.taken_at)}${photo.accuracy_m != null ? html`${" · "}<span class="nb">±${t("{n} 米", { n: photo.accuracy_m })}</span>` : ""}${marks.map((mark) => ` · ${mark}`)}
      </span>
    </figcaption>
  </figure>`;
}

/** What must be so before it may be cleared; after a return, why it came back. */
export function Clearing({ finding }) {
  const last = [...(finding.course ?? [])].reverse().find((s) => s.verb === "returned");
  if (finding.state === "returned" && last) {
    return html`<p class="clearing gap"><b>${t("退回原因")}</b>${[reasonWord(last.reason), last.words].filter(Boolean).join(t("："))}</p>`;
  }
  // By the version it was found with; while that one is not to be had, by the one in force.
  const c = criterionOf(finding.criterion, finding.manual) ?? criterionOf(finding.criterion);
  if (!c) return null;
  const earlier = finding.manual != null && manual.value != null && finding.manual !== manual.value.version;
  return html`<p class="clearing gap">
    <b>${t("销号标准 {code}", { code: c.code })}${earlier ? ` · ${t("版本 {n}", { n: finding.manual })}` : ""}${c.severity === "critical" ? ` · ${t("关键项")}` : ""}</b>
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
  merged: "合并@done",
  disputed: "提出异议",
  extension_asked: "申请延期@done",
  extended: "延期@done",
  extension_refused: "回绝延期",
  extension_lapsed: "延期到期未批",
  deferred: "挂账@done",
  resumed: "恢复整改@done",
  reopened: "重新交办@done",
  supervised: "督办@done",
  urged: "催办",
  due_changed: "期限改动",
  unmarked: "撤销督办或改期",
  given_up: "照片不再等",
  joined: "并入一条@done",
  taken_back: "撤回交办@done",
  due_moved: "期限改动",
  handed_over: "移交",
};
/** Steps whose date is what they are about. */
const DATED = new Set(["extension_asked", "extended", "deferred", "supervised", "due_changed", "reopened"]);
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
          step.due_at && DATED.has(step.verb) ? t("到 {day}", { day: dayClock(step.due_at) }) : null,
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
