// 待发: what needs a hand first, then drafts, what waits, what was received; the file export; and the person.

import { html, signal, useState } from "../kit/html.js";
import { mayShare, offerFile, shareFiles } from "../kit/page.js";
import { t, lang, setLang } from "../kit/words.js";
import { me, notices } from "../store/rows.js";
import { FEW, photosThatFit } from "../store/room.js";
import { lost, photoMarks, restored, storesNote } from "../store/state.js";
import { network, onTheWay, paused, sending, needsAttention, sent, waiting, waitingPhotos } from "../outbox/state.js";
import { unseen } from "../outbox/notices.js";
import { letRest, sendNow, tryAgain } from "../outbox/sender.js";
import { historyChanged } from "../outbox/witness.js";
import { progress, photosOf } from "../work/visit.js";
import { Notice } from "./notice.js";
import { I, Mast, Nav, Page, Row, Sec, Tally, Undo } from "./parts.js";
import { at as href } from "./router.js";
import { clock, daysBetween, isoDay, nearDay, postWhere, size } from "./shown.js";
import { SnapTab } from "./snap-tab.js";
import { badge, criteriaOf, notice, now, openDrafts, view } from "./state.js";

const VERBS = {
  "visit.finish": "检查",
  "finding.report": "上报",
  "finding.screen": "审核",
  "finding.dismiss": "不予立案",
  "finding.assign": "交办",
  "finding.accept": "签收",
  "finding.rectify": "整改",
  "finding.clear": "销号",
  "finding.return": "退回",
  "finding.undo": "撤回判定",
  "finding.void": "作废",
  "finding.dispute": "异议",
  "finding.take_back": "撤回交办",
  "finding.ask_extension": "申请延期",
  "finding.extend": "延期",
  "finding.refuse_extension": "不同意延期",
  "finding.defer": "挂账",
  "finding.resume": "恢复整改",
  "finding.reopen": "重新交办",
  "finding.merge": "合并",
  "finding.supervise": "督办",
  "photo.give_up": "照片不再等",
};

/** What a command is about: the place, or the finding. */
export function subjectOf(entry) {
  const { verb, subject, body } = entry.command;
  const place = body?.place ? view.value.place.get(body.place)?.name : null;
  const finding = view.value.finding.get(subject);
  return place ?? finding?.place_name ?? finding?.title ?? t(VERBS[verb] ?? "记录");
}
export const verbOf = (entry) => t(VERBS[entry.command.verb] ?? "记录");

const photosLeft = (entry) => entry.photos.filter((sha) => photoMarks.value.get(sha)?.state === "queued").length;

/** "8F3A-21": enough of a receipt to say it on the phone. @param {any} answer */
const receipt = (answer) => (answer?.seq ? `${String(answer.head ?? "").slice(0, 4).toUpperCase()}-${answer.seq}` : "");

const most = signal(20);

export function Outbox() {
  const at = now();
  const { photos: left, bytes } = totals();
  const today = sent.value.filter((e) => e.sent_at && daysBetween(e.sent_at, at) === 0);
  const received = [...photoMarks.value.values()].filter((m) => m.state === "received" && m.received_at && daysBetween(m.received_at, at) === 0).length;
  const upload = sent.value.filter((e) => photosLeft(e) > 0);
  const queue = [...upload, ...waiting.value];
  const done = today.filter((e) => !photosLeft(e));
  const commands = waiting.value.length;
  return html`<${Page} title=${t("待发")} cls="has-nav">
    <${Mast} title=${t("待发")} by=${storesNote.value === "private" ? t("私密窗口") : t("都存在本机")} />
    <main>
      <section class="hero">
        <p class="what"><span>${lineOf(left + commands)}</span>${left ? html`<span>${t("共 {size}", { size: size(bytes) })}</span>` : null}</p>
        <p class="left">
          <span class="n">${left || commands}</span><span class="u">${left || !commands ? t("张照片待上传", { n: left }) : t("条记录待上传", { n: commands })}</span>
          <span class="of">${t("今天已传")} <b>${left || !commands ? received : today.length}</b></span>
        </p>
        ${left || received
          ? html`<${Tally}
              cells=${[...Array(received).fill(""), ...[...Array(left)].map((_, i) => (i < onTheWay.value.size ? "now" : "todo"))]}
              label=${t("今天 {of} 张，已上传 {done} 张", { of: received + left, done: received })}
            />`
          : null}
      </section>
      <${Paused} />
      <${Attention} />
      <${Drafts} at=${at} />
      ${queue.length
        ? html`<${Sec} title=${t("待上传")} by=${t("{n} 条，{photos} 张照片", { n: queue.length, photos: left })} />
            <ul class="rows">
              ${queue.map((e) => html`<${Queued} key=${e.id} entry=${e} />`)}
            </ul>
            <p class="last">
              <button class="btn line slim" aria-disabled=${sending.value ? "true" : undefined} onClick=${() => sendNow()}>
                <${I} n="arrow-up" />${sending.value ? t("正在上传") : t("现在上传")}
              </button>
            </p>`
        : null}
      ${done.length
        ? html`<${Sec} title=${t("已上传")} by=${t("今天 {n} 条，{photos} 张照片", { n: today.length, photos: received })} />
            <ul class="rows">
              ${done.slice(0, most.value).map(
                (e) => html`<${Row}
                  key=${e.id}
                  sign=${html`<span class="good"><${I} n="check" /></span>`}
                  title=${subjectOf(e)}
                  note=${`${verbOf(e)} · ${t("{time} 收下", { time: clock(e.sent_at) })}${receipt(e.answer) ? t("，回执 {no}", { no: receipt(e.answer) }) : ""}`}
                  right=${e.photos.length ? html`<b>${t("{n} 张", { n: e.photos.length })}</b>` : null}
                />`,
              )}
            </ul>
            ${done.length > most.value
              ? html`<p class="last"><button class="btn line slim" onClick=${() => (most.value += 40)}>${t("再看 {n} 条", { n: done.length - most.value })}</button></p>`
              : null}`
        : null}
      ${badge.value || done.length ? null : html`<p class="empty">${t("没有要发的。检查和上报做完，会在这里看到回执。")}</p>`}
      <${Export} />
      <${Person} />
    </main>
    <${Notice} cls="nav-up" />
    <${Undo} cls="nav-up" />
    <${Nav} here="/outbox" snap=${html`<${SnapTab} />`} />
  <//>`;
}

function totals() {
  return {
    photos: waitingPhotos.value.length,
    bytes: waitingPhotos.value.reduce((sum, m) => sum + (m.meta.bytes ?? 0), 0),
  };
}

function lineOf(left) {
  if (!network.value) return t("没有信号，都存在本机");
  if (!left) return t("都传完了");
  return sending.value ? t("正在上传") : t("排队中");
}

/** Why nothing leaves although there is signal. */
function Paused() {
  const why = paused.value;
  const lines = [];
  if (why === "login") lines.push(["登录过期了，内容都在本机。重新登录后接着传。", "重新登录", "/login"]);
  if (why === "someone_else") lines.push(["这台手机现在登录的是别人。您的内容都在，重新登录后接着传。", "重新登录", "/login"]);
  if (why === "revoked") lines.push(["这台手机已被停用，请找管理员。没传完的内容正在交给办公室，交完就从手机上清除。", null, null]);
  if (storesNote.value === "private") lines.push(["这是私密窗口，关掉就什么都没有了。请用普通窗口打开。", null, null]);
  if (storesNote.value === "busy") lines.push(["巡查簿开的窗口太多，这个窗口存不下内容。请关掉别的窗口。", null, null]);
  if (restored.value && !lost.value.length) lines.push(["系统清过这台手机的存储，内容都找回来了。", "看找回了什么", "/lost"]);
  if (historyChanged.value) lines.push(["服务器上的记录和这台手机见过的不一样，请告诉创城办。您的内容都在。", null, null]);
  const room = photosThatFit.value;
  if (room < FEW) lines.push([room ? "手机快满了，还能拍 {n} 张。传完的可以腾出来。" : "手机满了，再拍就存不下。传完的可以腾出来。", "腾出空间", "/space"]);
  if (!lines.length) return null;
  return html`<ul class="rows top">
    ${lines.map(
      ([words, button, to]) => html`<li key=${words}>
        <div class="fixrow">
          <span class="soon"><${I} n="info" /></span>
          <div><p>${t(words, { n: room })}</p>${button ? html`<a class="btn line slim" href=${href(to)}>${t(button)}</a>` : null}</div>
        </div>
      </li>`,
    )}
  </ul>`;
}

/** What the office did not take, in words, with the way out. */
function Attention() {
  const list = needsAttention.value;
  const gaps = lost.value;
  if (!list.length && !gaps.length) return null;
  return html`<${Sec} title=${t("需处理")} bad by=${t("{n} 项", { n: list.length + gaps.length })} />
    <ul class="rows">
      ${list.map((x) => html`<${Fix} key=${x.id} what=${x} />`)}
      ${gaps.map(
        (g) => html`<li key=${`${g.device}${g.from}`}>
          <div class="fixrow">
            <span class="late"><${I} n="triangle-alert" /></span>
            <div>
              <span class="t">${t("{n} 条记录没有保住", { n: g.to - g.from + 1 })}</span>
              <p>${t("第 {from} 到 {to} 条。这是系统的问题，指挥部也会看到。", { from: g.from, to: g.to })}</p>
              <a class="btn line slim" href=${href("/lost")}>${t("看是哪些")}</a>
            </div>
          </div>
        </li>`,
      )}
    </ul>`;
}

function Fix({ what }) {
  const { kind, entry, photo, message, code } = what;
  // Without a place or a finding the verb alone says it: never "a report's report".
  const subject = entry ? subjectOf(entry) : t("照片");
  const bare = entry && subject === verbOf(entry);
  const facts = { name: subject, verb: entry && verbOf(entry) };
  const title =
    kind === "photo"
      ? t("{name}的一张照片没有收下", facts)
      : entry.state === "held"
        ? t(bare ? "{verb}等人处理" : "{name}的{verb}等人处理", facts)
        : entry.state === "stuck"
          ? t(bare ? "{verb}几次都没有传上去" : "{name}的{verb}几次都没有传上去", facts)
          : t(bare ? "{verb}没有收下" : "{name}的{verb}没有收下", facts);
  const again = kind === "photo" ? what.photo.state === "refused" : entry.state === "stuck" || entry.state === "refused";
  const run = (work) => work(what.id).catch((error) => (notice.value = error));
  return html`<li>
    <div class="fixrow">
      <span class="late"><${I} n="triangle-alert" /></span>
      <div>
        <span class="t">${title}</span>
        <p>${message || t("没有说原因（{code}）。", { code })} ${t("内容还在本机。")}</p>
        <span class="m">${photo ? t("{time} 拍", { time: nearDay(photo.meta.taken_at ?? photo.kept_at, now()) }) : t("{time} 存", { time: nearDay(entry.kept_at, now()) })}</span>
        <div class="pairbtn">
          ${again ? html`<button class="btn line slim" onClick=${() => run(tryAgain)}>${t("再发一次")}</button>` : null}
          <button class="btn slim" onClick=${() => run(letRest)}>${t("知道了")}</button>
        </div>
      </div>
    </div>
  </li>`;
}

function Drafts({ at }) {
  const list = openDrafts.value;
  if (!list.length) return null;
  return html`<${Sec} title=${t("草稿")} by=${t("{n} 份", { n: list.length })} />
    <ul class="rows">
      ${list.map((d) => html`<${Draft} key=${d.id} d=${d} at=${at} />`)}
    </ul>`;
}

function Draft({ d, at }) {
  const saved = t("{time} 存", { time: nearDay(d.saved_at ?? d.started_at, at) });
  const go = html`<span class="act">${t("继续")}</span>`;
  const n = d.kind === "visit" ? photosOf(d).length : d.photos.length;
  const photos = n ? t("{n} 张照片", { n }) : null;
  if (d.kind === "visit") {
    const { done, of } = progress(d, criteriaOf(d.place_kind, d.manual));
    const note = [saved, `${done}/${of}`, photos].filter(Boolean).join(t("，"));
    return html`<${Row} to=${`/visits/${d.id}`} sign=${html`<span><${I} n="pencil" /></span>`} title=${view.value.place.get(d.place)?.name ?? t("检查")} note=${note} right=${go} />`;
  }
  if (d.kind === "slip") {
    const finding = view.value.finding.get(d.finding);
    const title = `${t(VERBS[d.verb === "give_up" ? "photo.give_up" : `finding.${d.verb}`] ?? "记录")} · ${finding?.title ?? ""}`;
    return html`<${Row} to=${`/findings/${d.finding}/${d.verb}`} sign=${html`<span><${I} n="pencil" /></span>`} title=${title} note=${[saved, photos].filter(Boolean).join(t("，"))} right=${go} />`;
  }
  const lostShot = d.pending && !n ? t("照片没有回来") : null;
  const [to, title] =
    d.kind === "snap" ? [`/snap/${d.id}`, t("随手拍")] : [`/findings/${d.finding}/reply`, `${t("整改")} · ${view.value.finding.get(d.finding)?.title ?? ""}`];
  return html`<${Row} to=${to} sign=${html`<span><${I} n="pencil" /></span>`} title=${title} note=${[saved, photos, lostShot].filter(Boolean).join(t("，"))} right=${go} />`;
}

function Queued({ entry }) {
  const left = photosLeft(entry);
  const all = entry.photos.length;
  const n = entry.command.verb === "visit.finish" ? entry.command.body?.findings.length : 0;
  const note =
    entry.state === "sent"
      ? t("{verb}已收下，照片 {done}/{of}", { verb: verbOf(entry), done: all - left, of: all })
      : entry.state === "delayed"
        ? t("{verb}，撤销时间过了就发", { verb: verbOf(entry) })
        : n
          ? t("{verb}排队中，{n} 个问题", { verb: verbOf(entry), n })
          : t("{verb}排队中", { verb: verbOf(entry) });
  return html`<${Row}
    sign=${html`<span class="soft"><${I} n=${entry.state === "sent" ? "arrow-up" : "clock"} /></span>`}
    title=${subjectOf(entry)}
    note=${note}
    right=${all ? html`<b>${t("{n} 张", { n: left })}</b>` : null}
  />`;
}

/** Everything not yet sent, as a file that the office reads in: kept on the phone, or handed on where the browser can. */
function Export() {
  const [busy, setBusy] = useState(false);
  if (!waiting.value.length && !waitingPhotos.value.length && !openDrafts.value.length && !needsAttention.value.length) return null;
  async function save(give) {
    if (busy) return;
    setBusy(true);
    try {
      const { exportUnsent } = await import("../work/export.js");
      const at = Date.now();
      const blobs = await exportUnsent({ person: me.value?.person, at });
      const name = `fieldbook-${me.value?.person.login ?? "phone"}-${isoDay(at)}`;
      await give(blobs.map((blob, i) => [blob, `${name}${blobs.length > 1 ? `-${i + 1}` : ""}.zip`]));
    } catch (error) {
      // Whoever closes the sharing sheet has changed their mind.
      if (error?.name !== "AbortError") notice.value = error;
    } finally {
      setBusy(false);
    }
  }
  const off = busy ? "true" : undefined;
  return html`<p class="last">
    <button class="btn line" aria-disabled=${off} onClick=${() => save((files) => files.forEach(([blob, name]) => offerFile(blob, name)))}>
      <${I} n="file-down" />${busy ? t("正在存") : t("把未上传的内容存成文件")}
    </button>
    ${mayShare() ? html`<button class="btn slim" aria-disabled=${off} onClick=${() => save(shareFiles)}>${t("直接发给别人")}</button>` : null}
    <span>${t("手机要送修，或一直没有信号时用。文件交给创城办，在“人员 › 补送”里收下；手机上的内容不动。")}</span>
  </p>`;
}

/** Who works with this phone, in which language, and the way out. */
function Person() {
  const person = me.value?.person;
  if (!person) return null;
  const posts = (me.value.posts ?? []).map(postWhere).filter(Boolean);
  return html`<${Sec} title=${t("我")} />
    <div class="mine">
      <div>
        <p><b>${person.name}</b><small>${[...new Set(posts)].join(t("，"))}</small></p>
        <a class="act" href=${href("/me")}><${I} n="list" s />${t("我的")}</a>
      </div>
      <div>
        <p>${t("换人")}<small>${t("没传完的会先数清楚")}</small></p>
        <a class="act" href=${href("/logout")}><${I} n="log-out" s />${t("退出登录")}</a>
      </div>
      ${notices.value.list.length
        ? html`<div>
            <p>${t("消息")}<small>${unseen(notices.value).length ? t("{n} 条新的", { n: unseen(notices.value).length }) : t("都看过了")}</small></p>
            <a class="act" href=${href("/notices")}><${I} n="bell" s />${t("看消息")}</a>
          </div>`
        : null}
      <div>
        <p>${t("离线自测")}<small>${t("没有信号时能不能用")}</small></p>
        <a class="act" href=${href("/ready")}><${I} n="shield-check" s />${t("自测")}</a>
      </div>
      <div>
        <p>${t("语言")}</p>
        <button class="act" lang=${lang.value === "en" ? "zh-CN" : "en"} onClick=${() => setLang(lang.value === "en" ? "zh" : "en").then(() => sendNow())}>
          <${I} n="languages" s />${lang.value === "en" ? "中文" : "English"}
        </button>
      </div>
    </div>`;
}

