// 今天: what is mine now. The number is what is left; at zero the stamp appears.

import { takeUpdate, updateReady } from "../kit/app-shell.js";
import { html } from "../kit/html.js";
import { t } from "../kit/words.js";
import { webView } from "../kit/browser.js";
import { arriving, me, notices, rows } from "../store/rows.js";
import { FEW, photosThatFit } from "../store/room.js";
import { paused } from "../outbox/state.js";
import { unseen } from "../outbox/notices.js";
import { byUrgency } from "../work/legal.js";
import { byDistance } from "../work/nearest.js";
import { currentRound, nextRound, progressOf } from "../work/round.js";
import { allowed, follow, here } from "./here.js";
import { FindingRow, PlaceRow } from "./lists.js";
import { Notice } from "./notice.js";
import { I, Mast, Nav, Page, Row, Seal, Sec, Tally } from "./parts.js";
import { at as href } from "./router.js";
import { SnapTab } from "./snap-tab.js";
import { HATS, KINDS } from "./told.js";
import { clock, day, daysBetween, postWhere, shortDay, weekday } from "./shown.js";
import { mine, now, openDrafts, openVisit, unitName, view, zoneName } from "./state.js";

export function Today() {
  const at = now();
  const rounds = [...rows.round.values()];
  const round = currentRound(rounds, view.value.place, at);
  const waiting = [...mine.value].sort((a, b) => byUrgency(a.finding, b.finding));
  return html`<${Page} title=${t("今天")} cls=${`has-nav ${openVisit.value ? "has-draft" : ""}`}>
    <${Mast} title=${t("今天")} by=${`${day(at)} ${weekday(at)}`} />
    <main>
      <${Newer} />
      <${Ended} />
      <${InView} />
      <${Coming} />
      <${Room} />
      <${News} />
      ${round ? html`<${Round} round=${round} rounds=${rounds} at=${at} />` : html`<${NoRound} rounds=${rounds} waiting=${waiting} at=${at} />`}
      ${!round && me.value?.hats?.includes("inspect") ? html`<${Stale} />` : null}
      <${Sec} title=${t("等我办")} by=${waiting.length ? t("{n} 个问题", { n: waiting.length }) : t("没有")}>${byHat(waiting)}<//>
      <ul class="rows">
        ${waiting.slice(0, 6).map(({ finding }) => html`<${FindingRow} key=${finding.id} finding=${finding} />`)}
        ${waiting.length > 6
          ? html`<${Row} slim to="/findings" sign=${html`<span class="soft"><${I} n="list" /></span>`} title=${t("其余 {n} 个", { n: waiting.length - 6 })} />`
          : null}
      </ul>
      ${round && !progressOf(round, view.value.place, null).left.length ? html`<${Next} rounds=${rounds} at=${at} />` : null}
    </main>
    <${Notice} cls="nav-up" />
    <${Nav} here="/" snap=${html`<${SnapTab} />`} />
  <//>`;
}

/** What the office told since one last looked: one line with its counts. */
function News() {
  const fresh = unseen(notices.value);
  if (!fresh.length) return null;
  const counts = Object.entries(KINDS)
    .map(([kind, [, cls, word]]) => ({ word: t(word), cls, n: fresh.filter((one) => one.kind === kind).length }))
    .filter(({ n }) => n);
  const others = fresh.length - counts.reduce((sum, { n }) => sum + n, 0);
  if (others) counts.push({ word: t("消息"), cls: "", n: others });
  return html`<a class="quiet news" href=${href("/notices")}>
    <${I} n="bell" />
    <span>${counts.map(({ word, cls, n }, i) => html`${i ? " · " : null}<span class=${`${cls} nb`}>${word} <b>${n}</b></span>`)}</span>
  </a>`;
}

/** A newer version is here: one line, no colour, and no button while something is open. */
function Newer() {
  if (!updateReady.value) return null;
  const busy = openDrafts.value.length > 0;
  return html`<p class="quiet" role="status">
    <${I} n="circle-arrow-up" /><span>${openVisit.value ? t("新版已备好，这份检查完成后换上") : busy ? t("新版已备好，手上的做完后换上") : t("新版已备好")}</span>
    ${busy ? null : html`<button class="act" onClick=${takeUpdate}>${t("现在换上")}</button>`}
  </p>`;
}

/** The login has ended, or somebody else's is at hand: nothing leaves, and nothing is lost. */
function Ended() {
  if (paused.value !== "login" && paused.value !== "someone_else") return null;
  return html`<p class="quiet" role="status">
    <${I} n="lock" /><span>${paused.value === "login" ? t("登录到期了，照常做，都存在本机。登录后接着传。") : t("这台手机现在登录的是别人。您的内容都在，登录后接着传。")}</span>
    <a class="act" href=${href("/login")}>${t("重新登录")}</a>
  </p>`;
}

/** In a messenger's web view: it opens only with signal. */
function InView() {
  if (!webView()) return null;
  return html`<p class="quiet"><${I} n="info" /><span>${t("这里没信号就打不开")}</span><a class="act" href=${href("/handover")}>${t("换到浏览器")}</a></p>`;
}

/** The county is on its way to this phone: counted in things. */
function Coming() {
  if (!arriving.value) return null;
  return html`<p class="quiet" role="status"><${I} n="arrow-down" /><span>${t("正在下载，已到 {places} 处，{n} 条问题", { places: arriving.value.places, n: arriving.value.findings })}</span></p>`;
}

/** The phone is running full: said while there is still time. */
function Room() {
  const left = photosThatFit.value;
  if (left >= FEW) return null;
  return html`<a class="quiet" href=${href("/space")}>
    <${I} n="info" /><span>${left ? t("手机快满了，还能拍 {n} 张", { n: left }) : t("手机满了，再拍就存不下")}</span><span class="act">${t("腾出空间")}</span>
  </a>`;
}

/** How much of what waits belongs to which hat, where one wears several. */
function byHat(waiting) {
  const counts = Object.keys(HATS).map((hat) => [hat, waiting.filter((one) => one.hat === hat).length]);
  const worn = counts.filter(([, n]) => n);
  return worn.length > 1 ? html`<span class="byhat">${worn.map(([hat, n]) => html`<a key=${hat} href=${`${href("/findings")}?hat=${hat}`}>${t(HATS[hat])} ${n}</a>`)}</span>` : null;
}

function Round({ round, rounds, at }) {
  const draft = openVisit.value?.draft ?? null;
  const { cells, done, bad, left, next } = progressOf(round, view.value.place, draft);
  const of = round.places.length;
  const name = `${round.name}${round.zone ? ` · ${zoneName(round.zone)}` : ""}`;
  if (!left.length) return html`<${Zero} round=${round} name=${name} cells=${cells} bad=${bad} of=${of} at=${at} />`;
  const near = byDistance(next, here.value);
  const label = t("{of} 处，已查 {done} 处，其中 {bad} 处有问题，{left} 处待查", { of, done, bad, left: left.length });
  return html`<section class="hero">
      <p class="what"><span>${name}</span><span>${t("{day}止", { day: day(round.ends_at - 1) })}</span></p>
      <p class="left">
        <span class="n">${left.length}</span><span class="u">${t("处待查", { n: left.length })}</span>
        <span class="of">
          ${t("已查")} <b>${done}</b> / ${of} ${bad ? html`<span class="late nb"><${I} n="circle-alert" s />${t("有问题")} ${bad}</span>` : null}
        </span>
      </p>
      <${Tally} cells=${cells} label=${label} />
    </section>
    <${Sec} title=${t("接下来")}><${Order} n=${next.length} /><//>
    <ul class="rows">
      ${near.slice(0, 3).map((x) => html`<${PlaceRow} key=${x.place.id} ...${x} />`)}
      ${near.length > 3
        ? html`<${Row} slim to="/places?left=1" sign=${html`<span class="soft"><${I} n="list" /></span>`} title=${t("其余 {n} 处", { n: near.length - 3 })} />`
        : null}
    </ul>`;
}

/** In which order a list of places stands, and the way to have it by distance. */
export function Order({ n, count = true }) {
  const words = count ? t("{n} 处，", { n }) : "";
  if (here.value) return html`<span>${words}${t("由近到远")}</span>`;
  if (allowed.value !== "prompt" || n < 2) return html`<span>${words}${t("按顺序")}</span>`;
  return html`<button class="act near" onClick=${follow}><${I} n="locate" s />${t("由近到远")}</button>`;
}

/** The finished day. */
function Zero({ round, name, cells, bad, of, at }) {
  const when = Math.max(...round.places.map((id) => view.value.place.get(id)?.visited_at ?? 0));
  const found = [...view.value.finding.values()].filter(
    (f) => f.reporter?.id === me.value?.person.id && daysBetween(f.found_at, at) === 0,
  );
  const onSpot = found.filter((f) => f.on_spot).length;
  const given = found.filter((f) => !f.on_spot);
  const units = new Map();
  for (const f of given) {
    const unit = f.unit ? unitName(f.unit) : t("由片区定");
    units.set(unit, (units.get(unit) ?? 0) + 1);
  }
  return html`<section class="hero zero">
      <p class="what"><span>${name}</span></p>
      <p class="left"><span class="n">0</span><span class="u">${t("处待查", { n: 0 })}</span></p>
      <${Tally} cells=${cells} label=${t("{of} 处全部查完，其中 {bad} 处有问题", { of, bad })} />
      <p class="sum">
        <span>${t("已查")} <b>${of}</b> / ${of}</span>
        ${bad ? html`<span class="late"><${I} n="circle-alert" s />${t("有问题")} ${bad}</span>` : null}
      </p>
      <${Seal} word=${t("清零")} date=${`${shortDay(when)} ${clock(when)}`} by=${t("{n} 处全部查完", { n: of })} />
    </section>
    <${Sec} title=${t("今天发现")} by=${found.length ? t("{n} 个问题", { n: found.length }) : t("没有")} />
    <ul class="rows">
      ${onSpot
        ? html`<${Row}
            to="/findings"
            sign=${html`<span class="good"><${I} n="check" /></span>`}
            title=${t("当场改好")}
            note=${t("整改前后都有照片，等人复核")}
            right=${html`<b>${t("{n} 个", { n: onSpot })}</b>`}
          />`
        : null}
      ${given.length
        ? html`<${Row}
            to="/findings"
            sign=${html`<span class="soft"><${I} n="send" /></span>`}
            title=${t("已上报")}
            note=${[...units].map(([unit, n]) => `${unit} ${n}`).join(t("，"))}
            right=${html`<b>${t("{n} 个", { n: given.length })}</b>`}
          />`
        : null}
    </ul>`;
}

function Next({ rounds, at }) {
  const next = nextRound(rounds, at);
  const by = next
    ? t("{day} {week}起，{n} 处", { day: day(next.begins_at), week: weekday(next.begins_at), n: next.places.length })
    : t("还没有排");
  return html`<${Sec} title=${t("下一轮")} by=${by} />`;
}

/** Without a round an inspector still knows where nobody has been for long. */
function Stale() {
  const places = [...view.value.place.values()].sort((a, b) => (a.visited_at ?? 0) - (b.visited_at ?? 0)).slice(0, 12);
  if (!places.length) return null;
  return html`<${Sec} title=${t("久未查的")}><${Order} n=${places.length} count=${false} /><//>
    <ul class="rows">
      ${byDistance(places, here.value).slice(0, 3).map((x) => html`<${PlaceRow} key=${x.place.id} ...${x} />`)}
    </ul>`;
}

/** Without a round of one's own the number is what waits for this person. */
function NoRound({ rounds, waiting, at }) {
  const next = nextRound(rounds, at);
  const late = waiting.filter(({ finding }) => finding.due_at && finding.due_at < at).length;
  const who = (me.value?.posts ?? []).map(postWhere).find(Boolean) ?? "";
  return html`<section class="hero">
    <p class="what">
      <span>${who}</span>
      <span>${next ? t("下一轮 {day} 起", { day: day(next.begins_at) }) : t("现在没有巡查任务")}</span>
    </p>
    <p class="left">
      <span class="n">${waiting.length}</span><span class="u">${t("个等我办")}</span>
      ${late ? html`<span class="of"><span class="late nb"><${I} n="circle-alert" s />${t("超期")} ${late}</span></span>` : null}
    </p>
    ${waiting.length
      ? html`<${Tally}
          cells=${waiting.map(({ finding }) => (finding.due_at && finding.due_at < at ? "bad" : "todo"))}
          label=${t("{n} 个等我办，其中 {late} 个超期", { n: waiting.length, late })}
        />`
      : null}
  </section>`;
}
