// The slips from below, one a verb: what it asks for, who decides, and what counts meanwhile. Kept at every touch.

import { html, useState } from "../kit/html.js";
import { now as clockNow } from "../kit/clock.js";
import { t } from "../kit/words.js";
import { me, rows } from "../store/rows.js";
import { endOfWorkday } from "../work/deadlines.js";
import { draftOf, drafts, giveUp, put } from "../work/drafts.js";
import { neverCame } from "../work/rules.js";
import { fits } from "../work/search.js";
import { MOST, changeSlipPhotos, commandOf, isWritten, lacks, newSlip, saidOn, slipId } from "../work/slips.js";
import { isOpen } from "../work/view.js";
import { Lost, Strip } from "./checklist.js";
import { isFinal, sayIt } from "./decide.js";
import { Chips, Fld, I, PickList, Sheet, Words } from "./parts.js";
import { back, go } from "./router.js";
import { Shot, isFull } from "./shot.js";
import { calendar, day, dayClock, either, isoDay, named, nearDay, shortNumber } from "./shown.js";
import { kindOf, notice, now, titleOfRow, unitName, view } from "./state.js";

/** What the buttons are called. */
export const VERBS = {
  clear: "销号",
  rectify: "整改",
  screen: "审核通过",
  assign: "交办",
  return: "退回重办@verb",
  dismiss: "不予立案@verb",
  undo: "撤回判定",
  take_back: "撤回交办",
  dispute: "不是我单位的",
  ask_extension: "申请延期",
  extend: "同意延期",
  refuse_extension: "不同意延期",
  defer: "挂账@verb",
  resume: "恢复整改",
  reopen: "重新交办",
  merge: "合并@verb",
  urge: "催办@verb",
  change_due: "改期限",
  supervise: "督办@verb",
  unmark: "撤销督办或改期@verb",
  give_up: "照片不再等",
  void: "作废@verb",
  more: "更多",
};
export const ICONS = {
  ask_extension: "calendar-plus",
  dispute: "undo-2",
  urge: "bell",
  change_due: "calendar-plus",
  unmark: "undo-2",
  supervise: "eye",
  merge: "copy",
  reopen: "rotate-cw",
  assign: "send",
  defer: "clock",
  resume: "arrow-right",
  extend: "calendar-plus",
  give_up: "images",
  void: "trash-2",
  more: "list",
};

/** The verb's name on this finding: the same verb is another act where nobody asked for it. @param {string} verb @param {any} finding */
export function verbName(verb, finding) {
  if (verb === "assign" && finding.state !== "to_assign") return t("改交办");
  if (verb === "extend" && !finding.extension) return t("延期@verb");
  return t(VERBS[verb]);
}

/** @typedef {{finding: any, verb: string, to: string, may: string[]}} Asked  to: where the sheet closes to */

/** The slip of a verb, over the finding. @param {Asked} asked */
export function Slip({ finding, verb, to, may }) {
  if (verb === "more") return html`<${More} finding=${finding} to=${to} may=${may} />`;
  const Form = FORMS[verb];
  if (!Form) return null;
  if (!may.includes(verb)) return html`<${TooLate} finding=${finding} verb=${verb} to=${to} />`;
  return html`<${Form} finding=${finding} verb=${verb} to=${to} />`;
}

/** These say all by themselves: a tap says them, and can be taken back. */
const AT_ONCE = { clear: { words: "" }, screen: { words: "" }, undo: {}, take_back: {}, unmark: {}, urge: { words: "" }, resume: { words: "" } };

/**
 * A verb's button: what needs words opens its slip, the rest is said at once.
 * @param {any} finding @param {string} verb @param {string} to the screen it stands on @param {{replace?: boolean}} [how] replace: a sheet is open
 */
export function begin(finding, verb, to, { replace = false } = {}) {
  if (verb === "rectify") return go(`/findings/${finding.id}/reply`);
  if (verb in AT_ONCE) return sayIt(finding, verb, { verb: `finding.${verb}`, body: AT_ONCE[verb] }, replace ? { to } : {});
  return go(`${to}/${verb}`, { replace });
}

/** The quiet row over the main button: two halves, no more. */
export const Quiet = ({ finding, verbs, to }) => html`<div class=${`verbs ${verbs.length === 1 ? "one" : ""}`}>
  ${verbs.map((verb) => html`<button key=${verb} onClick=${() => begin(finding, verb, to)}><${I} n=${ICONS[verb] ?? "list"} />${verbName(verb, finding)}</button>`)}
</div>`;

/** The verbs that are said less often. @param {{finding: any, to: string, may: string[]}} what  may: those of 更多 */
function More({ finding, to, may }) {
  return html`<${Sheet} title=${t("更多")} onClose=${() => back(to)}>
    <ul class="rows verbs-more">
      ${may.map(
        (verb) => html`<li key=${verb}>
          <button class="row slim" onClick=${() => begin(finding, verb, to, { replace: true })}>
            <span class=${isFinal(verb) ? "late" : "soft"}><${I} n=${ICONS[verb] ?? "list"} /></span>
            <span><span class=${`t ${isFinal(verb) ? "bad" : ""}`}>${verbName(verb, finding)}</span><span class="m">${t(MEANS[verb] ?? "")}</span></span>
          </button>
        </li>`,
      )}
    </ul>
  <//>`;
}

const MEANS = {
  ask_extension: "到期前可申请，片区批",
  dispute: "请片区另定单位，只能提一次",
  supervise: "盯住这一条，可以提前期限",
  urge: "提醒责任单位，一天一次",
  change_due: "换一个期限，说明原因",
  unmark: "回到督办或改期之前",
  merge: "和已有的一条是同一件事",
  reopen: "又不合格了，重新计期限",
  assign: "换一个单位，期限重新计",
  defer: "现在办不了，到日子再办",
  resume: "不挂账了，接着整改",
  extend: "多给几天",
  give_up: "拍过但一直没传到的照片",
  void: "录错了，日志里仍留着",
};

/** The office's answer came, or time has passed: what was written is shown, and can be copied or let go. */
function TooLate({ finding, verb, to }) {
  const slip = drafts.value.find((d) => d.id === slipId(verb, finding.id));
  const close = () => back(to);
  return html`<${Sheet}
    title=${verbName(verb, finding)}
    onClose=${close}
    foot=${slip
      ? html`<button class="btn line" onClick=${close}>${t("留着")}</button>
          <button class="btn gone" onClick=${() => giveUp(slip.id).then(close, (error) => (notice.value = error))}>${t("删掉")}</button>`
      : html`<button class="btn main" onClick=${close}>${t("知道了")}</button>`}
  >
    <div class="form flat">
      <p>${t("这一步现在办不了，或已经办过了。")}</p>
      ${slip && isWritten(slip) ? html`<p class="clearing gap"><b>${t("写的还在")}</b>${slip.words}</p>` : null}
    </div>
  <//>`;
}

/** The slip as kept on this phone, and the way to change it. @param {string} verb @param {string} finding */
function useSlip(verb, finding) {
  const id = slipId(verb, finding);
  const [first] = useState(() => newSlip(verb, finding, clockNow()));
  const slip = { ...first, ...drafts.value.find((d) => d.id === id) };
  const change = (what) =>
    put({ ...(draftOf(id) ?? first), ...(typeof what === "function" ? what(draftOf(id) ?? first) : what) }).catch((error) => {
      notice.value = error;
    });
  return /** @type {[any, (what: any) => Promise<void>]} */ ([slip, change]);
}

const MISSING = { reason: "请选原因", words: "请写原因", date: "请选日期", into: "请选一条", photo: "请选照片", unit: "请选单位" };

/**
 * One slip: its fields, and the button that says the outcome.
 * @param {{finding: any, slip: any, to: string, date?: number | null, words?: string, by?: any, title?: string, done: string, hint?: any, children: any}} what
 *   done: the button's words; words: all that the slip says, when chips are part of it
 */
function Page({ finding, slip, to, date = null, words, by, title, done, hint, children }) {
  const [busy, setBusy] = useState(false);
  const lack = lacks(slip, date);
  const final = isFinal(slip.verb);
  async function send() {
    if (busy || lack) return;
    setBusy(true);
    const said = words ?? slip.words.trim();
    if (!(await sayIt(finding, slip.verb, commandOf(slip, { words: said, date }), { slip: draftOf(slip.id) ?? slip, to }))) setBusy(false);
  }
  return html`<${Sheet}
    title=${title ?? verbName(slip.verb, finding)}
    bad=${final}
    by=${by}
    onClose=${() => back(to)}
    foot=${html`<button class=${`btn ${final ? "gone" : "main"}`} disabled=${Boolean(lack)} aria-disabled=${busy ? "true" : undefined} onClick=${send}>
      ${lack ? t(MISSING[lack]) : done}
    </button>`}
  >
    <div class="form">
      ${children}${hint ? html`<p class="hint"><${I} n="info" s />${hint}</p>` : null}
    </div>
  <//>`;
}

const Said = ({ slip, change, holder, name = t("说明") }) =>
  html`<${Fld} name=${name}><${Words} value=${slip.words} label=${name} holder=${holder} onWrite=${(words) => change({ words })} /><//>`;

const Reasons = ({ slip, change, words, name = t("原因") }) => html`<${Fld} name=${name}>
  <${Chips}
    label=${name}
    options=${words.map((word) => ({ value: word, word: t(word) }))}
    chosen=${slip.chosen}
    onPick=${(word, on) => change((/** @type {any} */ s) => ({ chosen: on ? [...s.chosen, word] : s.chosen.filter((/** @type {string} */ w) => w !== word) }))}
  />
<//>`;

/** Days to choose from, the end of work on each, and another one. `none`: a word for no date at all. */
function Dates({ slip, change, dates, chosen, name = t("期限"), none, until }) {
  return html`<${Fld} name=${name}>
    <div class="why" role="group" aria-label=${name}>
      ${none
        ? html`<button aria-pressed=${String(chosen == null)} onClick=${() => change({ due_at: null, own_date: false })}>
            ${chosen == null ? html`<${I} n="check" />` : null}${none}
          </button>`
        : null}
      ${dates.map(
        (/** @type {number} */ d) => html`<button key=${d} aria-pressed=${String(!slip.own_date && chosen === d)} onClick=${() => change({ due_at: d, own_date: false })}>
          ${!slip.own_date && chosen === d ? html`<${I} n="check" />` : null}${shortDate(d)}
        </button>`,
      )}
      <${OwnDate} value=${slip.own_date ? chosen : null} until=${until} onPick=${(/** @type {number | null} */ d) => change({ due_at: d, own_date: d != null })} />
    </div>
  <//>`;
}

/** A day near enough is called by its name. @param {number} d */
const shortDate = (d) => (nearDay(d, now()).startsWith(day(d)) ? day(d) : nearDay(d, now()));

/** Another day; the end of work on it. */
function OwnDate({ value, until, onPick }) {
  const first = endOfWorkday(now(), 1, calendar());
  return html`<label class="due-pick" data-on=${value != null ? true : undefined}>
    ${value != null ? html`<${I} n="check" />` : null}${value != null ? shortDate(value) : t("另选")}
    <input
      type="date"
      aria-label=${t("另选期限")}
      min=${isoDay(first)}
      max=${until ? isoDay(until) : undefined}
      onInput=${(/** @type {any} */ e) => {
        const picked = Date.parse(`${e.currentTarget.value}T00:00:00${calendar().tz}`);
        if (!picked) return onPick(null);
        const [hour, minute] = calendar().hours.at(-1)[1].split(":").map(Number);
        return onPick(picked + (hour * 60 + minute) * 60_000);
      }}
    />
  </label>`;
}

// ---------------------------------------------------------------- the reviewer's

/** Why it is not good enough, and until when it must be. */
function Return({ finding, verb, to }) {
  const [slip, change] = useSlip(verb, finding.id);
  const dates = [1, 2].map((n) => endOfWorkday(now(), n, calendar()));
  const date = slip.due_at ?? dates[0];
  return html`<${Page}
    finding=${finding}
    slip=${slip}
    to=${to}
    date=${date}
    by=${finding.unit ? unitName(finding.unit) : ""}
    done=${t("退回，限{day}", { day: nearDay(date, now()) })}
  >
    <${FromList} slip=${slip} change=${change} list=${me.value?.return_reasons} />
    <${Said} slip=${slip} change=${change} holder=${slip.reason === "other" ? t("请写原因") : t("哪里不行，可不写")} />
    <${Dates} slip=${slip} change=${change} dates=${dates} chosen=${date} />
    <p class="hint">${t("返工从现在起算，计 1 次返工。")}</p>
  <//>`;
}

/** Why this is no finding. */
function Dismiss({ finding, verb, to }) {
  const [slip, change] = useSlip(verb, finding.id);
  return html`<${Page} finding=${finding} slip=${slip} to=${to} done=${t("不予立案@verb")}>
    <${FromList} slip=${slip} change=${change} list=${me.value?.dismiss_reasons} />
    <${Said} slip=${slip} change=${change} holder=${slip.reason === "other" ? t("请写原因") : t("可不写")} />
  <//>`;
}

const FromList = ({ slip, change, list }) => html`<${Fld} name=${t("原因")}>
  <${Chips}
    label=${t("原因")}
    options=${(list ?? []).map((/** @type {any} */ r) => ({ value: r.code, word: either(r) }))}
    chosen=${slip.reason ? [slip.reason] : []}
    onPick=${(/** @type {string} */ reason) => change({ reason })}
  />
<//>`;

// ---------------------------------------------------------------- the unit's

/** Not ours: whose, why. The district decides within a day. */
function Dispute({ finding, verb, to }) {
  const [slip, change] = useSlip(verb, finding.id);
  const own = view.value.place.get(finding.place)?.unit;
  const lead = named(kindOf(finding.kind_code), "lead");
  const leadUnit = [...rows.unit.values()].find((u) => named(u) === lead || u.name === lead);
  const whose = [
    ...(own && own !== finding.unit ? [{ value: unitName(own), word: unitName(own), small: t("点位登记") }] : []),
    ...(lead && leadUnit?.id !== finding.unit ? [{ value: lead, word: lead, small: t("牵头部门") }] : []),
    { value: "", word: t("说不准，请片区定"), small: "" },
  ];
  const first = slip.unit ? t("应由{unit}办", { unit: slip.unit }) : "";
  return html`<${Page}
    finding=${finding}
    slip=${slip}
    to=${to}
    words=${saidOn(slip, (w) => t(w), t("，"), first)}
    by=${t("只能提一次")}
    done=${t("交片区裁定")}
    hint=${t("片区 1 天内裁定，用掉的时间不算在本单位。裁定后重新计期限。")}
  >
    <${Fld} name=${t("应由")}>
      <${PickList} label=${t("应由")} options=${whose} value=${slip.unit ?? ""} onPick=${(/** @type {string} */ unit) => change({ unit: unit || null })} />
    <//>
    <${Reasons} slip=${slip} change=${change} name=${t("理由")} words=${["不在管辖范围", "设施属别家", "职责已划转"]} />
    <${Said} slip=${slip} change=${change} holder=${slip.chosen.length ? t("可不写") : t("为什么不是，请写清")} />
  <//>`;
}

/** More time: until when, why, and how far the work is. */
function AskExtension({ finding, verb, to }) {
  const [slip, change] = useSlip(verb, finding.id);
  const from = Math.max(finding.due_at ?? now(), now());
  const dates = [2, 4].map((n) => endOfWorkday(from, n, calendar()));
  const date = slip.due_at && slip.due_at > (finding.due_at ?? 0) ? slip.due_at : dates[0];
  return html`<${Page}
    finding=${finding}
    slip=${slip}
    to=${to}
    date=${date}
    words=${saidOn(slip, (w) => t(w), t("，"))}
    by=${t("到期前 1 天可申请")}
    done=${t("申请延到 {day}", { day: nearDay(date, now()) })}
    hint=${t("片区同意前，仍按 {day} 计。第二次延期由指挥部批。", { day: dayClock(finding.due_at ?? now()) })}
  >
    <${Dates} slip=${slip} change=${change} name=${t("延到")} dates=${dates} chosen=${date} />
    <${Reasons} slip=${slip} change=${change} words=${["等配件到货", "须专业队伍", "连续降雨", "等经费"]} />
    <${Progress} finding=${finding} slip=${slip} change=${change} />
    <${Said} slip=${slip} change=${change} holder=${slip.chosen.length ? t("可不写") : t("为什么来不及，请写清")} />
  <//>`;
}

/** Photos of how far the work is: at most three. */
function Progress({ finding, slip, change }) {
  const kept = () => draftOf(slip.id) ?? slip;
  /** @type {import("../work/shoot.js").Album} */
  const album = {
    draft: () => slip.id,
    list: () => kept().photos,
    write: (how) => put(changeSlipPhotos(kept(), how)),
    begin: () => put({ ...kept(), pending: { role: "progress", at: clockNow() } }),
    none: () => draftOf(slip.id)?.pending && change({ pending: null }),
    most: MOST,
    role: "progress",
    title: finding.place_name,
    what: titleOfRow(finding),
    spot: finding.lat_e7 != null ? finding : null,
  };
  const photos = album.list();
  return html`<${Fld} name=${t("照片")} small=${photos.length ? t("{n} 张", { n: photos.length }) : undefined}>
    <div>
      <${Strip} album=${album}>${isFull(album) ? null : html`<${Shot} cls="add" label=${t("拍进展")} album=${album}><${I} n="camera" />${t("拍进展")}<//>`}<//>
      ${slip.pending ? html`<${Lost} />` : null}
    </div>
  <//>`;
}

// ---------------------------------------------------------------- the dispatcher's and headquarters'

/** More time is given: what was asked for, or another day. */
function Extend({ finding, verb, to }) {
  const [slip, change] = useSlip(verb, finding.id);
  const asked = finding.extension;
  const from = Math.max(finding.due_at ?? now(), now());
  const dates = asked ? [asked.due_at] : [1, 3].map((n) => endOfWorkday(from, n, calendar()));
  const date = slip.due_at ?? dates[0];
  return html`<${Page}
    finding=${finding}
    slip=${slip}
    to=${to}
    date=${date}
    by=${asked ? asked.asked_by_name : finding.unit ? unitName(finding.unit) : ""}
    done=${t("延到 {day}", { day: nearDay(date, now()) })}
  >
    ${asked ? html`<p class="clearing gap"><b>${t("申请延到 {day}", { day: dayClock(asked.due_at) })}</b>${asked.words}</p>` : null}
    <${Dates} slip=${slip} change=${change} name=${t("延到")} dates=${dates} chosen=${date} />
    <${Said} slip=${slip} change=${change} holder=${t("可不写")} />
  <//>`;
}

/** No more time: why. */
function Refuse({ finding, verb, to }) {
  const [slip, change] = useSlip(verb, finding.id);
  const asked = finding.extension;
  return html`<${Page}
    finding=${finding}
    slip=${slip}
    to=${to}
    words=${saidOn(slip, (w) => t(w), t("，"))}
    by=${asked?.asked_by_name ?? ""}
    done=${finding.due_at ? t("不同意，仍限{day}", { day: nearDay(finding.due_at, now()) }) : t("不同意延期")}
  >
    ${asked ? html`<p class="clearing gap"><b>${t("申请延到 {day}", { day: dayClock(asked.due_at) })}</b>${asked.words}</p>` : null}
    <${Reasons} slip=${slip} change=${change} words=${["期限内办得完", "先做临时处理", "理由不充分"]} />
    <${Said} slip=${slip} change=${change} holder=${slip.chosen.length ? t("可不写") : t("请写原因")} />
  <//>`;
}

/** It cannot be done now: until when it waits, and why. */
function Defer({ finding, verb, to }) {
  const [slip, change] = useSlip(verb, finding.id);
  const dates = [30, 90].map((n) => endOfWorkday(now() + (n - 1) * 86_400_000, 1, calendar()));
  const date = slip.due_at ?? dates[0];
  return html`<${Page}
    finding=${finding}
    slip=${slip}
    to=${to}
    date=${date}
    words=${saidOn(slip, (w) => t(w), t("，"))}
    by=${finding.unit ? unitName(finding.unit) : ""}
    done=${t("挂账至 {day}", { day: day(date) })}
    hint=${t("挂账期间不算超期，仍计入总数。到日子自动回到整改中。")}
  >
    <${Dates} slip=${slip} change=${change} name=${t("挂到")} dates=${dates} chosen=${date} />
    <${Reasons} slip=${slip} change=${change} words=${["季节不到", "等经费", "要工程改造", "等上级定"]} />
    <${Said} slip=${slip} change=${change} holder=${slip.chosen.length ? t("可不写") : t("请写原因")} />
  <//>`;
}

/** It is back after it was cleared. */
function Reopen({ finding, verb, to }) {
  const [slip, change] = useSlip(verb, finding.id);
  const dates = [1, 3].map((n) => endOfWorkday(now(), n, calendar()));
  return html`<${Page}
    finding=${finding}
    slip=${slip}
    to=${to}
    date=${slip.due_at}
    by=${finding.unit ? unitName(finding.unit) : ""}
    done=${slip.due_at ? t("重新交办，限{day}", { day: nearDay(slip.due_at, now()) }) : t("重新交办")}
  >
    <${Said} slip=${slip} change=${change} name=${t("原因")} holder=${t("哪里又不合格了")} />
    <${Dates} slip=${slip} change=${change} dates=${dates} chosen=${slip.due_at} none=${t("期限减半")} />
  <//>`;
}

/** Another date, and why. */
function ChangeDue({ finding, verb, to }) {
  const [slip, change] = useSlip(verb, finding.id);
  const dates = [1, 3, 5].map((n) => endOfWorkday(now(), n, calendar())).filter((d) => d !== finding.due_at);
  const date = slip.due_at ?? dates[0];
  return html`<${Page}
    finding=${finding}
    slip=${slip}
    to=${to}
    date=${date}
    by=${finding.unit ? unitName(finding.unit) : ""}
    done=${t("期限改到{day}", { day: nearDay(date, now()) })}
  >
    <${Dates} slip=${slip} change=${change} name=${t("改到")} dates=${dates} chosen=${date} />
    <${Said} slip=${slip} change=${change} name=${t("原因")} holder=${t("请写原因")} />
  <//>`;
}

/** Somebody above has an eye on it; the date may come earlier, never later. */
function Supervise({ finding, verb, to }) {
  const [slip, change] = useSlip(verb, finding.id);
  const dates = [1, 2].map((n) => endOfWorkday(now(), n, calendar())).filter((d) => finding.due_at && d < finding.due_at);
  return html`<${Page}
    finding=${finding}
    slip=${slip}
    to=${to}
    date=${slip.due_at}
    by=${finding.unit ? unitName(finding.unit) : ""}
    done=${slip.due_at ? t("督办，限{day}", { day: nearDay(slip.due_at, now()) }) : t("督办@verb")}
  >
    <${Said} slip=${slip} change=${change} name=${t("要求")} holder=${t("请写要求")} />
    ${finding.due_at && finding.due_at > now()
      ? html`<${Dates} slip=${slip} change=${change} dates=${dates} chosen=${slip.due_at} none=${t("期限不变")} until=${finding.due_at} />`
      : null}
  <//>`;
}

/** The same thing is already known: which one. Those of the same place first. */
function Merge({ finding, verb, to }) {
  const [slip, change] = useSlip(verb, finding.id);
  const [typed, setTyped] = useState("");
  const open = [...view.value.finding.values()].filter((f) => f.id !== finding.id && f.number && isOpen(f) && f.state !== "to_screen");
  const here = open.filter((f) => finding.place && f.place === finding.place);
  const others = open.filter((f) => !here.includes(f) && f.zone === finding.zone);
  const fit = (/** @type {any} */ f) => !typed.trim() || fits(typed, { name: titleOfRow(f), code: f.number }) || fits(typed, { name: f.place_name ?? "" });
  const list = [...here, ...others].filter((f) => fit(f) || f.id === slip.into).slice(0, 30);
  const into = view.value.finding.get(slip.into);
  return html`<${Page}
    finding=${finding}
    slip=${slip}
    to=${to}
    by=${finding.place_name || t("同一责任区")}
    done=${into ? t("合并到 {no}", { no: shortNumber(into.number) }) : t("合并@verb")}
    hint=${t("合并后这条不再单独办，照片和经过都留着。")}
  >
    <${Fld} name=${t("合到")}>
      <div>
        <label class="seek"><${I} n="search" /><input type="search" value=${typed} aria-label=${t("找问题")} placeholder=${t("编号、问题、点位")} onInput=${(/** @type {any} */ e) => setTyped(e.currentTarget.value)} /></label>
        ${list.length
          ? html`<${PickList}
              label=${t("合到")}
              options=${list.map((f) => ({ value: f.id, word: titleOfRow(f), small: here.includes(f) ? shortNumber(f.number) : f.place_name || shortNumber(f.number) }))}
              value=${slip.into}
              onPick=${(/** @type {string} */ id) => change({ into: id })}
            />`
          : html`<p class="hint" role="status">${t("这一处没有别的未销问题。")}</p>`}
      </div>
    <//>
    <${Said} slip=${slip} change=${change} holder=${t("可不写")} />
  <//>`;
}

/** A photo that was named and never came: which one, and why nobody waits for it any more. */
function GiveUp({ finding, verb, to }) {
  const [slip, change] = useSlip(verb, finding.id);
  const waits = neverCame(finding);
  const chosen = waits.length === 1 ? waits[0].sha256 : slip.sha256;
  const names = new Map([
    ...(finding.after ?? []).map((/** @type {any} */ p) => [p.sha256, t("整改后")]),
    ...(finding.under_way ?? []).map((/** @type {any} */ p) => [p.sha256, t("进展")]),
  ]);
  return html`<${Page}
    finding=${finding}
    slip=${{ ...slip, sha256: chosen }}
    to=${to}
    words=${saidOn(slip, (w) => t(w), t("，"))}
    done=${t("这张不再等")}
    hint=${t("不再等就不能再传。没有整改后照片的，只能退回重办。")}
  >
    <${Fld} name=${t("照片")}>
      <${PickList}
        label=${t("照片")}
        options=${waits.map((p) => ({ value: p.sha256, word: `${names.get(p.sha256) ?? t("整改前")} ${dayClock(p.taken_at)}`, small: p.state === "damaged" ? t("看不清") : t("还在路上") }))}
        value=${chosen}
        onPick=${(/** @type {string} */ sha256) => change({ sha256 })}
      />
    <//>
    <${Reasons} slip=${slip} change=${change} words=${["手机丢了或坏了", "照片已删"]} />
    <${Said} slip=${slip} change=${change} holder=${slip.chosen.length ? t("可不写") : t("请写原因")} />
  <//>`;
}

/** Entered by mistake. */
function Void({ finding, verb, to }) {
  const [slip, change] = useSlip(verb, finding.id);
  return html`<${Page}
    finding=${finding}
    slip=${slip}
    to=${to}
    words=${saidOn(slip, (w) => t(w), t("，"))}
    by=${finding.number ? shortNumber(finding.number) : ""}
    done=${t("作废这一条")}
    hint=${t("作废后不能恢复，日志里仍看得到。")}
  >
    <${Reasons} slip=${slip} change=${change} words=${["录了两次", "点位选错", "试录的"]} />
    <${Said} slip=${slip} change=${change} holder=${slip.chosen.length ? t("可不写") : t("请写原因")} />
  <//>`;
}

/** Which unit is to put it right. The place's own first; one tap gives it. */
function Assign({ finding, verb, to }) {
  const [typed, setTyped] = useState("");
  const own = view.value.place.get(finding.place)?.unit;
  const units = [...rows.unit.values()]
    .filter((u) => !typed || named(u).toLowerCase().includes(typed.toLowerCase()) || u.short?.includes(typed))
    .sort((a, b) => Number(b.id === own) - Number(a.id === own) || a.name.localeCompare(b.name, "zh"));
  return html`<${Sheet} title=${verbName(verb, finding)} by=${finding.disputed && finding.state === "to_assign" ? t("有异议，请裁定") : ""} onClose=${() => back(to)}>
    <div class="form flat">
      ${finding.disputed && finding.state === "to_assign"
        ? html`<p class="clearing gap"><b>${t("{name}的异议", { name: finding.disputed.by_name })}</b>${finding.disputed.words}</p>`
        : null}
      <label class="seek"><${I} n="search" /><input type="search" value=${typed} aria-label=${t("找单位")} placeholder=${t("找单位")} onInput=${(/** @type {any} */ e) => setTyped(e.currentTarget.value)} /></label>
      <${PickList}
        label=${t("责任单位")}
        options=${units.slice(0, 60).map((u) => ({ value: u.id, word: named(u), small: u.id === own ? t("点位登记") : "" }))}
        value=${finding.unit}
        onPick=${(/** @type {string} */ unit) => sayIt(finding, verb, { verb: "finding.assign", body: { unit, words: "" } }, { to })}
      />
    </div>
  <//>`;
}

const FORMS = {
  return: Return,
  dismiss: Dismiss,
  assign: Assign,
  dispute: Dispute,
  ask_extension: AskExtension,
  extend: Extend,
  refuse_extension: Refuse,
  defer: Defer,
  reopen: Reopen,
  change_due: ChangeDue,
  supervise: Supervise,
  merge: Merge,
  give_up: GiveUp,
  void: Void,
};
