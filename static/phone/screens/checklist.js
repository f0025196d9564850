// One visit, judged in one scroll. Answering never moves anything; only 不合格 opens, downward, in its place.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../kit/html.js";
import { now as clockNow } from "../kit/clock.js";
import { newId } from "../kit/ids.js";
import { pageHeight } from "../kit/page.js";
import { forMany } from "../work/score.js";
import { t } from "../kit/words.js";
import { manual, me, rows } from "../store/rows.js";
import { draftOf, drafts, giveUp, kept, put } from "../work/drafts.js";
import { dueAfter } from "../work/deadlines.js";
import { lastWords } from "../work/last-words.js";
import { lens } from "../work/lens.js";
import { without } from "../work/album.js";
import {
  answerOf,
  byTheme,
  changeAnswer,
  changeFinding,
  changePhotos,
  judge,
  measure,
  passRest,
  photosAt,
  photosOf,
  progress,
  unpass,
} from "../work/visit.js";
import { Missing } from "./missing.js";
import { Notice } from "./notice.js";
import { Bar, Chips, Discard, Fld, Foot, I, Page, PickList, Seg, Sheet, Tally, Undo, Words } from "./parts.js";
import { Pic } from "./pictures.js";
import { at, back, lay, over, scrollOf } from "./router.js";
import { calendar, clock, either, listed, named, nearDay, numberOf } from "./shown.js";
import { Shot, isFull, worryOf } from "./shot.js";
import { criteriaOf, lacksManual, notice, now, offerUndo, view } from "./state.js";

/** Change the visit that is open, and keep it. @param {string} id @param {(visit: any) => any} how */
function change(id, how) {
  return put(how(draftOf(id))).catch((error) => {
    notice.value = error;
  });
}

export function Checklist({ id }) {
  const box = useRef(null);
  const [theme, setTheme] = useState(0);
  const [unitFor, setUnitFor] = useState(null);
  const visit = drafts.value.find((d) => d.id === id && d.kind === "visit");
  const criteria = criteriaOf(visit?.place_kind, visit?.manual);

  // Where the hand was when the page went away is where it goes on.
  useEffect(() => {
    if (!visit || scrollOf()) return;
    const last = visit.pending?.criterion ?? visit.at;
    if (last) toCriterion(last);
  }, [id, criteria.length > 0]);

  useLayoutEffect(() => {
    function look() {
      const groups = [...(box.current?.querySelectorAll(".group") ?? [])];
      const line = 150;
      let at = 0;
      groups.forEach((g, i) => {
        if (g.getBoundingClientRect().top <= line) at = i;
      });
      if (groups.length && innerHeight + scrollY >= pageHeight() - 2) {
        const inView = groups.filter((g) => g.getBoundingClientRect().top < innerHeight - 90).length - 1;
        if (groups[at].getBoundingClientRect().top < 0) at = Math.max(at, inView);
      }
      setTheme(at);
    }
    look();
    addEventListener("scroll", look, { passive: true });
    return () => removeEventListener("scroll", look);
  }, [criteria.length]);

  // The strip of themes follows the page, never the page the strip.
  useEffect(() => {
    const strip = box.current?.parentNode.querySelector(".themes");
    const on = strip?.children[theme];
    if (on) strip.scrollLeft = on.offsetLeft - (strip.clientWidth - on.offsetWidth) / 2;
  }, [theme]);

  if (!visit) return html`<${Missing} title=${t("检查")} to="/" />`;
  if (!criteria.length) {
    return html`<${Missing}
      title=${t("检查")}
      words=${lacksManual(visit.manual) ? t("这次检查是按手册版本 {n} 开始的，这台手机上没有这一版。有信号后再打开，已答的都在。", { n: visit.manual }) : t("正在打开")}
    />`;
  }
  const groups = byTheme(criteria);
  const order = groups.flat();
  const place = view.value.place.get(visit.place);
  const state = progress(visit, order);
  const unanswered = order.filter((c) => c.answer === "pass_fail_na" && !answerOf(visit, c.code).verdict);

  function toCriterion(code) {
    const section = box.current?.querySelector(`[data-code="${code}"]`);
    section?.scrollIntoView({ block: "start" });
    section?.focus({ preventScroll: true });
  }

  // Opened and left without a touch: there is nothing to go on with.
  function leave() {
    if (!Object.keys(visit.answers).length && !visit.pending) giveUp(id).catch((error) => (notice.value = error));
    back(`/places/${visit.place}`);
  }

  function rest() {
    const { visit: next, codes } = passRest(visit, criteria);
    change(id, () => ({ ...next, at: visit.at }));
    offerUndo(
      codes.length === criteria.length ? t("{n} 项都已记合格", { n: codes.length }) : t("余下 {n} 项已记合格", { n: codes.length }),
      () => change(id, (v) => unpass(v, codes)),
    );
  }

  const cells = order.map((c) => cell(answerOf(visit, c.code), state, c.code));
  return html`<${Page} title=${place?.name ?? t("检查")} cls="has-foot">
    <${Bar} title=${place?.name ?? t("检查")} sign="x" label=${t("退出，草稿已存")} to=${`/places/${visit.place}`} onBack=${leave} sub=${html`<${Kept} visit=${visit} />`}>
      <div class="prog">
        <span class="n">${state.done}/${state.of}</span>
        <${Tally} cells=${cells} label=${t("{of} 项，已查 {done} 项", state)} />
      </div>
      <nav class="themes" aria-label=${t("分类")}>
        ${groups.map((g, i) => {
          const gaps = g.filter((c) => state.gaps.includes(c.code)).length;
          return html`<button
            key=${g[0].code}
            class=${i === theme ? "on" : ""}
            data-gap=${gaps ? true : undefined}
            aria-current=${i === theme ? "true" : undefined}
            onClick=${() => box.current.querySelectorAll(".group")[i].scrollIntoView({ block: "start" })}
          >
            ${named(g[0], "theme_short")}${gaps ? html`<em aria-label=${t("还差 {n} 项", { n: gaps })}>${gaps}</em>` : null}
          </button>`;
        })}
      </nav>
    <//>
    <main ref=${box}>
      <${Version} version=${visit.manual} />
      ${groups.map(
        (g) => html`<${Group} key=${g[0].code} criteria=${g} state=${state} visit=${visit} />
          ${g.map((c) => html`<${Criterion} key=${c.code} c=${c} visit=${visit} place=${place} onUnit=${() => setUnitFor(c.code)} />`)}`,
      )}
      <${Discard}
        button=${t("不查了，删掉草稿")}
        words=${t("已答 {done} 项、拍的 {n} 张照片都会删掉，找不回来。", { done: state.done, n: photosOf(visit).length })}
        onDiscard=${() => giveUp(id).then(() => back(`/places/${visit.place}`), (error) => (notice.value = error))}
      />
    </main>
    <${Notice} />
    <${Undo} />
    <${Foot}>
      ${state.next
        ? html`${unanswered.length
              ? html`<button class="btn line" onClick=${rest}>${state.done ? t("余项合格") : t("全部合格")}</button>`
              : null}
            <button class="btn main" onClick=${() => toCriterion(state.next.code)}>
              ${t("下一项 {no}", { no: numberOf(state.next.code) })}<${I} n="arrow-down" />
            </button>`
        : html`<a class="btn main" href=${at(`/visits/${id}/finish`)}>${t("完成检查")}<${I} n="arrow-right" /></a>`}
    <//>
    ${unitFor
      ? html`<${UnitSheet}
          value=${answerOf(visit, unitFor).finding?.unit ?? place?.unit ?? null}
          onPick=${(unit) => {
            change(id, (v) => changeFinding(v, unitFor, { unit }));
            setUnitFor(null);
          }}
          onClose=${() => setUnitFor(null)}
        />`
      : null}
  <//>`;
}

/** Is another manual in force by now? @param {number | null | undefined} version */
const isOld = (version) => version != null && manual.value != null && manual.value.version !== version;

/** Said only where it matters: a newer manual is in force, and this visit is finished with the one it was begun with. */
export function Version({ version }) {
  if (!isOld(version)) return null;
  return html`<p class="quiet version" role="note">
    <${I} n="info" /><span>${t("操作手册已换版本 {now}，这次检查仍按版本 {n}。", { now: manual.value.version, n: version })}</span>
  </p>`;
}

/** When the last touch was kept on this phone. */
function Kept({ visit }) {
  const { id, at: when, waiting, trouble } = kept.value;
  if (trouble) return html`<span class="late">${t("刚才这一下没有存下")}</span>`;
  const last = id === visit.id && !waiting ? when : visit.saved_at;
  return html`<${I} n="check" /><span data-kept>${t("已存本机")}<time> ${clock(last ?? visit.started_at)}</time>${isOld(visit.manual) ? ` · ${t("版本 {n}", { n: visit.manual })}` : ""}</span>`;
}

/** How one criterion's cell stands: "" is passed; a gap or what nobody has answered never looks passed. */
export function cell(answer, state, code) {
  if (state.gaps.includes(code)) return "gap";
  return { pass: "", fail: "bad", na: "na", mostly: "mo" }[answer.verdict] ?? "todo";
}

function Group({ criteria, state, visit }) {
  const answered = criteria.filter((c) => answerOf(visit, c.code).verdict).length;
  const gaps = criteria.filter((c) => state.gaps.includes(c.code)).length;
  return html`<div class="group">
    <h2>${named(criteria[0], "theme")}</h2>
    ${gaps
      ? html`<span class="bad"><b>${t("还差 {n} 项", { n: gaps })}</b></span>`
      : html`<span>${answered ? t("{n} 项已查", { n: answered }) : t("{n} 项", { n: criteria.length })}</span>`}
  </div>`;
}

const VERDICTS = () => [
  { value: "pass", word: t("合格"), cls: "p", icon: "check" },
  { value: "fail", word: t("不合格"), cls: "f", icon: "x" },
  { value: "na", word: t("不适用"), cls: "n", icon: "minus" },
];

function Criterion({ c, visit, place, onUnit }) {
  const [guide, setGuide] = useState(false);
  const answer = answerOf(visit, c.code);
  const no = numberOf(c.code);
  const fails = answer.verdict === "fail";
  const text = named(c, "text");
  return html`<section class=${`crit ${fails ? "open" : ""}`} data-code=${c.code} tabindex="-1" aria-label=${`${no} ${text}`}>
    <div class="no">
      <b>${no}</b><small>${t("{n} 分", { n: c.points })}</small>${c.severity === "critical" ? html`<small class="key">${t("关键")}</small>` : null}
    </div>
    <p class="txt">
      ${text}${" "}<button class="how" aria-expanded=${String(guide)} onClick=${() => setGuide(!guide)}>
        ${t("怎么查")}<${I} n=${guide ? "chevron-up" : "chevron-down"} />
      </button>
    </p>
    ${guide
      ? html`<div class="guide">
          <b>${named(c, "guidance")}</b>
          <ul>
            ${listed(c, "clear").map((line) => html`<li><${I} n="check" />${line}</li>`)}
          </ul>
        </div>`
      : null}
    <${Answer} c=${c} visit=${visit} answer=${answer} />
    ${answer.verdict === "na" && c.severity === "critical"
      ? html`<${Fld} name=${t("说明")}>
          <${Words}
            value=${answer.words ?? ""}
            label=${t("为什么不适用")}
            holder=${t("关键项不适用，请写原因")}
            onWrite=${(words) => change(visit.id, (v) => changeAnswer(v, c.code, { words }))}
          />
        <//>`
      : null}
    ${!fails && c.evidence === "required"
      ? html`<${Photos} visit=${visit} c=${c} place=${place} role="photo" />`
      : null}
    ${fails ? html`<${Failed} c=${c} visit=${visit} answer=${answer} place=${place} onUnit=${onUnit} />` : null}
  </section>`;
}

/** The answer itself: three segments, a number against its threshold, or a choice. */
function Answer({ c, visit, answer }) {
  if (c.answer === "choice") {
    const options = c.choices.map((o, i) => ({
      value: i,
      word: either(o),
      cls: { pass: "p", mostly: "m", fail: "f" }[o.verdict],
      icon: { pass: "check", mostly: "minus", fail: "x" }[o.verdict],
    }));
    const value = answer.verdict === "na" ? "na" : (answer.choice ?? null);
    return html`<${Seg}
      label=${named(c, "text")}
      cls="many"
      options=${[...options, { value: "na", word: t("不适用"), cls: "n", icon: "minus" }]}
      value=${value}
      onPick=${(v) =>
        change(visit.id, (d) =>
          v === "na" ? judge(d, c.code, { verdict: "na", choice: null }, newId) : measure(d, c, { choice: v }, newId),
        )}
    />`;
  }
  if (c.answer === "count" || c.answer === "number") return html`<${Stepper} c=${c} visit=${visit} answer=${answer} />`;
  return html`<${Seg}
    label=${named(c, "text")}
    options=${VERDICTS()}
    value=${answer.verdict ?? null}
    onPick=${(verdict) => change(visit.id, (v) => judge(v, c.code, { verdict }, newId))}
  />`;
}

const MORE = { ">=": "标准不少于 {n} {unit}", "<=": "标准不多于 {n} {unit}", "==": "标准为 {n} {unit}", ">": "标准多于 {n} {unit}", "<": "标准少于 {n} {unit}" };

/** A count or a measured number; the sentence below says what it means against the threshold. */
function Stepper({ c, visit, answer }) {
  const unit = named(c.threshold, "unit");
  const value = answer.value ?? null;
  const set = (v) => change(visit.id, (d) => measure(d, c, { value: v }, newId));
  const step = (by) => set(Math.max(0, (value ?? (by > 0 ? 0 : 100)) + by * 100));
  const na = answer.verdict === "na";
  const shown = value == null ? "" : String(value / 100);
  const standard = t(MORE[c.threshold.op], { n: c.threshold.value, unit: forMany(unit, c.threshold.value) });
  const [word, icon, cls] = na
    ? [t("不适用"), "minus", "soft"]
    : { pass: [t("合格"), "check", "good"], fail: [t("不合格"), "x", "late"] }[answer.verdict] ?? ["", null, "soft"];
  return html`<div class=${`step ${value == null && !na ? "ask" : ""}`} role="group" aria-label=${named(c, "text")}>
      <button aria-label=${t("减一")} disabled=${value === 0} onClick=${() => step(-1)}><${I} n="minus" /></button>
      <label class="v">
        <input
          type="text"
          inputmode=${c.answer === "count" ? "numeric" : "decimal"}
          value=${shown}
          placeholder="–"
          maxlength="7"
          aria-label=${`${t("数量")} ${unit}`}
          onInput=${(e) => {
            const typed = e.currentTarget.value.replace(",", ".").replace(c.answer === "count" ? /[^\d]/g : /[^\d.]/g, "");
            set(typed === "" ? null : Math.round(Number.parseFloat(typed) * 100) || 0);
          }}
        />
        <small>${forMany(unit, value == null ? 0 : value / 100)}</small>
      </label>
      <button aria-label=${t("加一")} onClick=${() => step(1)}><${I} n="plus" /></button>
    </div>
    <div class="judgeline">
      <p class=${`judge ${cls}`} role="status">
        ${icon ? html`<${I} n=${icon} />` : null}<b>${word}<span>${word && !na ? t("，") : ""}${na ? "" : standard}</span></b>
      </p>
      <button
        class="act"
        aria-pressed=${String(na)}
        onClick=${() =>
          change(visit.id, (d) => (na ? measure(d, c, {}, newId) : judge(d, c.code, { verdict: "na" }, newId)))}
      >
        ${na ? t("改回") : t("不适用")}
      </button>
    </div>`;
}

/** Photos that may travel with one criterion. */
const MOST = 12;

/** Where the camera puts the photos of one criterion, or of its fix on the spot. @returns {import("../work/shoot.js").Album} */
function albumOf(visit, c, place, role) {
  const { id } = visit;
  const list = () => photosAt(draftOf(id) ?? visit, c.code, role);
  return {
    draft: () => id,
    list,
    write: (how) => put(changePhotos(draftOf(id), c.code, role, how)),
    begin: () => put({ ...draftOf(id), at: c.code, pending: { criterion: c.code, role, at: clockNow() } }),
    none: () => draftOf(id)?.pending && change(id, (v) => ({ ...v, pending: null })),
    most: MOST,
    role: role === "after" ? "after" : answerOf(visit, c.code).verdict === "fail" ? "before" : "view",
    title: place?.name,
    what: `${numberOf(c.code)} ${named(c, "theme_short")}`,
    spot: place,
    ghost: role === "after" ? answerOf(visit, c.code).photos[0]?.sha256 : undefined,
  };
}

/** The photos of one criterion, and the tile that opens the camera. */
function Photos({ visit, c, place, role, name = t("照片"), word = t("拍照") }) {
  const album = albumOf(visit, c, place, role);
  const photos = album.list();
  const lost = visit.pending?.criterion === c.code && visit.pending.role === role;
  return html`<${Fld} name=${name} small=${photos.length ? t("{n} 张", { n: photos.length }) : t("必拍")}>
    <div>
      <${Strip} album=${album}>${isFull(album) ? null : html`<${Shot} cls="add" label=${word} album=${album}><${I} n="camera" />${word}<//>`}<//>
      ${lost ? html`<${Lost} />` : null}
    </div>
  <//>`;
}

/** The camera was open when the page went away, and nothing came back. */
export const Lost = () => (over.value.length ? null : html`<p class="need" role="status"><${I} n="camera" />${t("照片没有回来，请再拍一张。")}</p>`);

/** Photo tiles with the time in the corner: a tap shows one large, where it can be drawn on and put in order; each can be taken away. */
export function Strip({ album, children }) {
  const photos = album.list();
  function drop(sha) {
    const before = photos;
    const failed = (error) => (notice.value = error);
    album.write((list) => without(list, sha)).catch(failed);
    offerUndo(t("去掉了 1 张照片"), () => album.write(() => before).catch(failed));
  }
  const worried = photos.findIndex((p) => worryOf(p.sha256));
  return html`<div class="strip">
      ${photos.map((p) => {
        const time = clock(p.taken_at);
        return html`<span key=${p.sha256}>
          <button aria-label=${t("看 {time} 拍的照片", { time })} onClick=${() => lay({ kind: "shots", album, sha: p.sha256 })}><${Pic} sha=${p.drawn?.photo.sha256 ?? p.sha256} size="small" alt="" /></button>
          <span class="at">${time}</span>
          ${p.source === "gallery" ? html`<span class="role">${t("相册")}</span>` : null}
          <button class="del" aria-label=${t("去掉 {time} 拍的照片", { time })} onClick=${() => drop(p.sha256)}><span><${I} n="x" /></span></button>
        </span>`;
      })}
      ${children}
    </div>
    ${worried < 0 ? null : html`<p class="need calm"><${I} n="info" />${photos.length > 1 ? t("第 {n} 张：", { n: worried + 1 }) : ""}${worryOf(photos[worried].sha256)}</p>`}
    ${lens.value === "maybe" || isFull(album) ? null : html`<${Shot} cls="act near" label=${t("从相册选")} album=${album} gallery><${I} n="images" s />${t("从相册选")}<//>`}`;
}

/** What opens under 不合格: photo, reason, words, unit, date, and the fix on the spot. */
function Failed({ c, visit, answer, place, onUnit }) {
  const finding = answer.finding;
  const fixed = finding.fixed?.photos ?? [];
  const write = (what) => change(visit.id, (v) => changeFinding(v, c.code, what));
  const unit = finding.unit ?? place?.unit ?? null;
  const due = dueAfter(now(), c.rectify_days, calendar());
  return html`<${Photos} visit=${visit} c=${c} place=${place} role="photo" />
    <${Fld} name=${t("原因")}>
      <${Chips}
        label=${t("原因")}
        options=${listed(c, "reasons").map((word, i) => ({ value: i, word }))}
        chosen=${finding.reasons}
        onPick=${(i, on) => write({ reasons: on ? [...finding.reasons, i].sort((a, b) => a - b) : finding.reasons.filter((r) => r !== i) })}
      />
    <//>
    <${Fld} name=${t("说明")}>
      <${SaidBefore} value=${finding.words} criterion=${c.code} holder=${t("哪里、多大，可不写")} onWrite=${(words) => write({ words })} />
    <//>
    ${fixed.length
      ? html`<${Photos} visit=${visit} c=${c} place=${place} role="after" name=${t("改后")} word=${t("再拍")} />
          <p class="hint fixedhint"><${I} n="check" s />${t("当场已改好，等别人复核。")}</p>`
      : html`<${Lead}
            name=${t("单位")}
            value=${rows.unit.get(unit) ? named(rows.unit.get(unit)) : t("由片区定")}
            source=${finding.unit ? t("自己选的") : unit ? t("按点位带出") : t("点位还没有责任单位")}
            onEdit=${onUnit}
          />
          <${Lead}
            name=${t("期限")}
            value=${t("{day} 前", { day: nearDay(due, now()) })}
            source=${t("按标准，{n} 天，从交办起算", { n: c.rectify_days })}
          />
          <${After} c=${c} visit=${visit} place=${place} ready=${answer.photos.length > 0} />`}`;
}

/** Words, and while there are none those this person wrote last about the same criterion: one tap, nothing typed twice. */
export function SaidBefore({ value, criterion, holder, onWrite }) {
  const before = value ? [] : lastWords(view.value.finding.values(), criterion, me.value?.person?.id);
  return html`<div class="words-before">
    <${Words} value=${value} label=${t("说明")} holder=${holder} onWrite=${onWrite} />
    ${before.length ? html`<${Chips} label=${t("上次写的")} options=${before.map((word) => ({ value: word, word }))} chosen=${[]} onPick=${onWrite} />` : null}
  </div>`;
}

/** A proposed value with its source, and the way to change it. */
export const Lead = ({ name, value, source, onEdit }) => html`<div class="fld lead">
  <span>${name}</span>
  <p><b>${value}</b><small>${source}</small></p>
  ${onEdit ? html`<button class="act" aria-label=${`${t("改")} ${name}`} onClick=${onEdit}>${t("改")}</button>` : null}
</div>`;

/** Put right while standing there: a photo of it ends the matter for the inspector. */
function After({ c, visit, place, ready }) {
  const lost = visit.pending?.criterion === c.code && visit.pending.role === "after";
  if (!ready) {
    return html`<p class="btn line slim" aria-disabled="true"><${I} n="camera" s />${t("当场已改好，先拍改前")}</p>`;
  }
  const word = t("当场已改好，拍整改后");
  return html`<${Shot} cls="btn line slim" label=${word} album=${albumOf(visit, c, place, "after")}><${I} n="camera" s />${word}<//>
    ${lost ? html`<${Lost} />` : null}`;
}

/** Which unit is to put it right. */
export function UnitSheet({ value, onPick, onClose }) {
  const units = [...rows.unit.values()].sort((a, b) => a.name.localeCompare(b.name, "zh"));
  const [typed, setTyped] = useState("");
  const fit = units.filter((u) => !typed || named(u).toLowerCase().includes(typed.toLowerCase()) || u.short?.includes(typed));
  return html`<${Sheet} title=${t("责任单位")} onClose=${onClose}>
    <div class="form flat">
      <label class="seek"><${I} n="search" /><input type="search" value=${typed} aria-label=${t("找单位")} placeholder=${t("找单位")} onInput=${(e) => setTyped(e.currentTarget.value)} /></label>
      <${PickList}
        label=${t("责任单位")}
        options=${fit.slice(0, 60).map((u) => ({ value: u.id, word: named(u) }))}
        value=${value}
        onPick=${onPick}
      />
    </div>
  <//>`;
}

