// 本机空间: how many photos still fit, what may be let go without loss, and what is never touched.

import { drawMore } from "../kit/icons-more.js";
import { html, useEffect, useState } from "../kit/html.js";
import { t } from "../kit/words.js";
import { freeAll, weighAll } from "../store/space.js";
import { FEW, PLENTY, photosThatFit } from "../store/room.js";
import { isPersisted, safe } from "../store/safe.js";
import { photoMarks } from "../store/state.js";
import { pill, sending } from "../outbox/state.js";
import { sendNow } from "../outbox/sender.js";
import { Notice } from "./notice.js";
import { Bar, Foot, I, Page, Row, Sec, Tally } from "./parts.js";
import { notice } from "./state.js";

drawMore();

/** Photos of one visit, as a rule: more says nothing to anybody. */
const A_VISIT = 6;

export function Space() {
  const [space, setSpace] = useState(/** @type {import("../store/space.js").Space | null} */ (null));
  const [busy, setBusy] = useState(false);
  const [freed, setFreed] = useState(0);
  const marks = photoMarks.value;
  useEffect(() => {
    let live = true;
    weighAll().then(
      (found) => live && setSpace(found),
      (error) => (notice.value = error),
    );
    void isPersisted();
    return () => {
      live = false;
    };
  }, [marks, freed]);

  async function free() {
    if (busy || !space) return;
    setBusy(true);
    try {
      await freeAll();
      setFreed(freed + space.free.makes);
    } catch (error) {
      notice.value = error;
    } finally {
      setBusy(false);
    }
  }

  const icon = (n, cls = "soft") => html`<span class=${cls}><${I} n=${n} /></span>`;
  const photos = (n) => html`<b>${t("{n} 张", { n })}</b>`;
  const about = (n) => html`<b>${n ? t("约 {n} 张", { n }) : t("不到 1 张")}</b>`;
  const mayFree = space && space.free.photos + space.free.manuals + space.free.shells > 0;
  return html`<${Page} title=${t("本机空间")} cls=${mayFree || space?.own.queued ? "has-foot" : ""}>
    <${Bar} title=${t("本机空间")} sub=${t("离线内容都在")} to="/me" />
    <main>
      <${Left} />
      ${space ? html`<${Parts} space=${space} icon=${icon} photos=${photos} about=${about} />` : null}
      <p class="note soft"><${I} n="info" /><span>${t("拍不下时，快门前就会说，不会拍了存不住。")}</span></p>
      <p class="note soft">
        <${I} n="shield-check" /><span>${safe.value ? t("浏览器答应了：手机空间紧张时，也不清这里的内容。") : t("浏览器还没有答应保留这里的内容。没上传的请早些上传，装到桌面后它多半会答应。")}</span>
      </p>
      <p class="sr" role="status">${freed ? t("已腾出 {n} 张", { n: freed }) : ""}</p>
    </main>
    <${Notice} />
    ${mayFree
      ? html`<${Foot}>
          <button class="btn main" aria-disabled=${busy ? "true" : undefined} onClick=${free}>
            ${busy ? t("正在清") : space.free.photos ? t("清掉已上传的，腾出 {n} 张", { n: space.free.makes }) : t("清掉旧版的，腾出空间")}
          </button>
        <//>`
      : space?.own.queued
        ? html`<${Foot}>
            <button class="btn main" aria-disabled=${sending.value ? "true" : undefined} onClick=${() => sendNow()}>
              <${I} n="arrow-up" />${sending.value ? t("正在上传") : pill.value.kind === "offline" ? t("有信号时上传") : t("现在上传")}
            </button>
          <//>`
        : null}
  <//>`;
}

/** How many photos still fit. */
function Left() {
  const left = photosThatFit.value;
  if (left === Infinity) {
    return html`<section class="hero"><p class="what"><span>${t("这个浏览器不说还剩多少空间")}</span></p></section>`;
  }
  const few = left < FEW;
  return html`<section class="hero">
    <p class="what">
      ${few ? html`<span class="soon"><${I} n="hard-drive" s />${left ? t("手机快满了") : t("手机满了")}</span>` : html`<span>${t("空间够用")}</span>`}
      ${left && left < PLENTY ? html`<span>${t("约够 {n} 次检查", { n: Math.max(1, Math.floor(left / A_VISIT)) })}</span>` : null}
    </p>
    <p class="left"><span class="n">${left}</span><span class="u">${left < PLENTY ? t("张还能拍", { n: left }) : t("张以上还能拍")}</span></p>
    ${few && left ? html`<${Tally} cells=${Array(left).fill("todo")} label=${t("还能拍 {n} 张", { n: left })} />` : null}
  </section>`;
}

function Parts({ space, icon, photos, about }) {
  const { free, own, pictures, county } = space;
  const fixed = own.queued + own.begun + own.refused + pictures;
  return html`${free.photos + free.manuals + free.shells
      ? html`<${Sec} title=${t("可以腾出")} by=${free.makes ? t("{n} 张", { n: free.makes }) : t("不到 1 张")} />
          <ul class="rows">
            ${free.photos ? html`<${Row} sign=${icon("check", "good")} title=${t("已上传，还留在本机")} note=${t("服务器已收下，回执齐全；看时再取")} right=${photos(free.photos)} />` : null}
            ${free.manuals ? html`<${Row} sign=${icon("book-open")} title=${t("旧版操作手册")} note=${t("草稿用不着的；看旧记录时再取")} right=${html`<b>${t("{n} 版", { n: free.manuals })}</b>`} />` : null}
            ${free.shells ? html`<${Row} sign=${icon("smartphone")} title=${t("旧版巡查簿")} note=${t("现在用的是新版")} right=${html`<b>${t("{n} 版", { n: free.shells })}</b>`} />` : null}
          </ul>`
      : null}
    <${Sec} title=${t("不动")} by=${t("{n} 张", { n: fixed })} />
    <ul class="rows">
      ${own.refused ? html`<${Row} to="/outbox" sign=${icon("triangle-alert", "late")} title=${t("没有收下的")} note=${t("在待发里处理")} right=${photos(own.refused)} />` : null}
      <${Row} to="/outbox" sign=${icon("arrow-up")} title=${t("待上传")} note=${t("传完就能腾出")} right=${photos(own.queued)} />
      ${own.begun ? html`<${Row} to="/outbox" sign=${icon("pencil")} title=${t("草稿里的")} note=${t("做完才上传")} right=${photos(own.begun)} />` : null}
      <${Row} sign=${icon("images")} title=${t("对比图")} note=${t("没信号时要用")} right=${photos(pictures)} />
      <${Row}
        sign=${icon("book-open")}
        title=${t("点位和操作手册")}
        note=${t("{places} 处，{kinds} 类 {n} 条", { places: county.places, kinds: county.kinds, n: county.criteria })}
        right=${about(county.makes)}
      />
    </ul>`;
}
