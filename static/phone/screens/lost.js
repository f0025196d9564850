// 存储被清过: what the browser cleared, what came back from the log, and what did not, bounded so that a person can remember it.

import { html, useState } from "../kit/html.js";
import { t } from "../kit/words.js";
import { askToPersist, isPersisted, noteLost } from "../store/open.js";
import { entries, lost, restored } from "../store/state.js";
import { subjectOf, verbOf } from "./outbox.js";
import { Bar, Foot, I, Page, Row, Sec, Tally } from "./parts.js";
import { back, go } from "./router.js";
import { nearDay } from "./shown.js";
import { now } from "./state.js";

/** More cells say nothing. */
const MOST_CELLS = 60;

export function Lost() {
  const [kept, setKept] = useState("");
  const gaps = lost.value;
  const gone = gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const back_ = restored.value;
  const found = (back_?.commands ?? 0) + (back_?.drafts ?? 0);
  const [first, last] = [Math.min(...gaps.map((gap) => gap.from)), Math.max(...gaps.map((gap) => gap.to))];

  async function keepStorage() {
    setKept((await isPersisted()) || (await askToPersist()) ? t("浏览器答应不再自动清理。") : t("浏览器没有答应。请从桌面图标打开巡查簿，多用几次它就会答应。"));
  }

  async function read(to) {
    await noteLost();
    if (to) go(to);
    else back("/outbox");
  }

  return html`<${Page} title=${t("存储被清过")} cls="has-foot">
    <${Bar} title=${t("存储被清过")} sub=${html`<span>${back_ ? t("{time} 发现，内容已清点", { time: nearDay(back_.at, now()) }) : t("内容已清点")}</span>`} to="/outbox" />
    <main>
      <section class="hero">
        <p class="what"><span>${t("系统清掉了本机存储")}</span>${gone ? html`<span>${t("第 {from} 至 {to} 条", { from: first, to: last })}</span>` : null}</p>
        <p class="left">
          <span class="n">${gone}</span><span class="u">${t("条没找回", { n: gone })}</span>
          ${found ? html`<span class="of">${t("已找回")} <b>${found}</b></span>` : null}
        </p>
        ${gone + found
          ? html`<${Tally} cells=${[...Array(Math.min(found, MOST_CELLS)).fill(""), ...Array(Math.min(gone, MOST_CELLS)).fill("bad")]} label=${t("找回 {found} 条，{n} 条没有找回", { found, n: gone })} />`
          : null}
      </section>
      ${gone
        ? html`<${Sec} title=${t("没找回")} bad by=${t("{n} 条", { n: gone })} />
            <ul class="rows">
              ${gaps.map((gap) => html`<${Gap} key=${`${gap.device}${gap.from}`} gap=${gap} />`)}
            </ul>`
        : null}
      ${back_
        ? html`<${Sec} title=${t("从本机日志找回")} by=${t("{n} 条，{photos} 张照片", { n: found, photos: back_.photos })} />
            <ul class="rows">
              ${back_.commands ? html`<${Row} sign=${html`<span class="good"><${I} n="check" /></span>`} title=${t("{n} 条记录", { n: back_.commands })} note=${t("逐条核对过，接着上传")} />` : null}
              ${back_.drafts ? html`<${Row} sign=${html`<span class="good"><${I} n="check" /></span>`} title=${t("{n} 份草稿", { n: back_.drafts })} note=${t("和最后一次存下的一样")} />` : null}
              ${back_.photos ? html`<${Row} sign=${html`<span class="good"><${I} n="check" /></span>`} title=${t("{n} 张照片", { n: back_.photos })} note=${t("逐张核对过，与拍时一致")} />` : null}
            </ul>`
        : null}
      <p class="note soft"><${I} n="info" /><span>${gone ? t("已报指挥部，注明是系统清理，不是个人删除。") : t("两份存储又一致了，没有内容丢失。")}</span></p>
      ${kept ? html`<p class="note" role="status"><${I} n="info" /><span>${kept}</span></p>` : null}
    </main>
    <${Foot}>
      <button class="btn line" onClick=${keepStorage}>${t("保留存储")}</button>
      ${gone ? html`<button class="btn main" onClick=${() => read("/places")}>${t("去补查")}</button>` : html`<button class="btn main" onClick=${() => read()}>${t("知道了")}</button>`}
    <//>
  <//>`;
}

/** What is gone, between the record before it and the one after it. */
function Gap({ gap: { from, to, after_at, before_at } }) {
  const numbered = entries.value.filter((entry) => entry.n !== null);
  const before = after_at ? numbered.filter((entry) => entry.n < from).at(-1) : null;
  const after = before_at ? numbered.find((entry) => entry.n > to) : null;
  const named = (entry) => `${subjectOf(entry)}${t("，")}${verbOf(entry)}`;
  return html`<li>
    <div class="fixrow">
      <span class="late"><${I} n="triangle-alert" /></span>
      <div>
        <span class="t">${from === to ? t("第 {n} 条", { n: from }) : t("第 {from} 至 {to} 条", { from, to })}</span>
        <p>${after_at && before_at ? t("{a} 到 {b} 之间存的，内容不详。", { a: nearDay(after_at, now()), b: nearDay(before_at, now()) }) : t("曾存在这台手机上、还没传走，内容不详。")}</p>
        ${before || after
          ? html`<p class="between">
              ${before ? html`<b>${nearDay(after_at, now())}</b><span>${t("前一条：{what}", { what: named(before) })}</span>` : null}
              ${after ? html`<b>${nearDay(before_at, now())}</b><span>${t("后一条：{what}", { what: named(after) })}</span>` : null}
            </p>`
          : null}
      </div>
    </div>
  </li>`;
}
