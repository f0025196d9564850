// The way to the home screen, in pictures of the browser at hand.

import { html, useState } from "../kit/html.js";
import { installOffer } from "../kit/app-shell.js";
import { browserKind, isApple, isInstalled } from "../kit/browser.js";
import { isSetUp } from "../kit/first-run.js";
import { t, lang } from "../kit/words.js";
import { Bar, Foot, I, Page, PickList, Sheet } from "./parts.js";
import { back, go } from "./router.js";
import { Asked, Head, Menu, Press, Steps, Tools, TopBar } from "./steps.js";

const NAMES = { chrome: "Chrome", safari: "Safari", huawei: "华为浏览器", samsung: "三星浏览器", uc: "UC 浏览器" };
const Icon = ({ n }) => html`<${I} n=${n} s cls="in" />`;

/** Between Chinese and Latin letters stands a space. @param {string} name */
const spaced = (name) => (/[a-z]$/i.test(name) && lang.value === "zh" ? ` ${name} ` : name);

/** Of each browser: how the way begins, what stands in its menu, what it asks last. */
const WAYS = {
  chrome: () => [
    [html`<${Press} s="点右上角的 {what}" what=${html`<${Icon} n="ellipsis-vertical" />`} />`, html`<${TopBar} url=${location.host} hit="ellipsis-vertical" />`],
    [html`<${Press} s="点“{what}”" what=${t("添加到主屏幕")} />`, html`<${Menu} lines=${[["search", t("在网页中查找")], ["smartphone", t("添加到主屏幕")], ["monitor", t("桌面版网站")]]} hit=${1} />`],
    [html`<${Press} s="点“{what}”，桌面出现图标" what=${t("安装")} />`, html`<${Asked} button=${t("安装")} />`],
  ],
  safari: () => [
    [
      html`<${Press} s="点底部 {what}" what=${html`<${Icon} n="share" />${t("分享")}`} /><span class="soft"><${Press} s="，没有就先点 {what}" what=${html`<${Icon} n="ellipsis" />`} /></span>`,
      html`<${Tools} icons=${["chevron-left", "arrow-right", "share", "book-open", "copy"]} hit="share" />`,
    ],
    [
      html`<${Press} s="往下找，点“{what}”" what=${t("添加到主屏幕")} />`,
      html`<${Menu} wide lines=${[["book-open", t("添加书签")], ["square-plus", t("添加到主屏幕")], ["search", t("在页面上查找")]]} hit=${1} />`,
    ],
    [html`<${Press} s="点右上角“{what}”" what=${t("添加")} />`, html`<${Asked} button=${t("添加")} />`],
  ],
  huawei: () => [
    [html`<${Press} s="点底部右边的 {what}" what=${html`<${Icon} n="ellipsis-vertical" />`} />`, html`<${Tools} icons=${["chevron-left", "arrow-right", "house", "copy", "ellipsis-vertical"]} hit="ellipsis-vertical" />`],
    [html`<${Press} s="点“{what}”" what=${t("添加至桌面")} />`, html`<${Menu} lines=${[["star", t("添加书签")], ["smartphone", t("添加至桌面")], ["monitor", t("桌面版网站")]]} hit=${1} />`],
    [html`<${Press} s="点“{what}”，桌面出现图标" what=${t("添加")} />`, html`<${Asked} button=${t("添加")} />`],
  ],
  samsung: () => [
    [html`<${Press} s="点底部右边的 {what}" what=${html`<${Icon} n="menu" />`} />`, html`<${Tools} icons=${["chevron-left", "arrow-right", "house", "star", "menu"]} hit="menu" />`],
    [html`<${Press} s="点“{what}”，再点“主屏幕”" what=${t("添加页面至")} />`, html`<${Menu} lines=${[["download", t("下载")], ["square-plus", t("添加页面至")], ["share", t("分享")]]} hit=${1} />`],
    [html`<${Press} s="点“{what}”，桌面出现图标" what=${t("添加")} />`, html`<${Asked} button=${t("添加")} />`],
  ],
  uc: () => [
    [html`<${Press} s="点底部中间的 {what}" what=${html`<${Icon} n="menu" />`} />`, html`<${Tools} icons=${["chevron-left", "arrow-right", "menu", "copy", "house"]} hit="menu" />`],
    [html`<${Press} s="点“{what}”" what=${t("添加到桌面")} />`, html`<${Menu} lines=${[["star", t("添加书签")], ["smartphone", t("添加到桌面")], ["share", t("分享")]]} hit=${1} />`],
    [html`<${Press} s="点“{what}”，桌面出现图标" what=${t("添加")} />`, html`<${Asked} button=${t("添加")} />`],
  ],
};

const NOTES = {
  safari: "苹果手机必须装到桌面：留在 Safari 里，7 天不打开，没上传的内容会被清掉。从桌面打开后要再登录一次。",
  uc: "没有这一项时，请换用手机自带的浏览器或 Chrome。",
};

export function Install() {
  const first = !isSetUp();
  const [kind, setKind] = useState(browserKind());
  const [choosing, setChoosing] = useState(false);
  const on = () => (first ? go("/setup/allow") : back("/me"));
  const offer = installOffer.value;
  async function install() {
    await offer.prompt();
    installOffer.value = null;
    const { outcome } = await offer.userChoice;
    if (outcome === "accepted") on();
  }
  const way = WAYS[kind]();
  return html`<${Page} title=${t("装到桌面")} cls="has-foot">
    ${first ? html`<${Head} />` : html`<${Bar} title=${t("装到桌面")} to="/me" heading=${false} />`}
    <main>
      ${first ? html`<${Steps} now=${1} />` : null}
      <section class="lede">
        <h1 tabindex="-1" data-heading>${isInstalled() ? t("已经装在桌面了") : html`${t("装到桌面，")}<br />${t("没信号也能打开")}`}</h1>
      </section>
      <ol class="how3">${way.map(([words, picture], i) => html`<li key=${i}>${words}${picture}</li>`)}</ol>
      ${NOTES[kind] ? html`<p class="after"><${I} n="info" /><span>${t(NOTES[kind])}</span></p>` : null}
      <p class="after pair2">
        <${I} n="info" /><span>${t("这是{browser}里的样子", { browser: spaced(t(NAMES[kind])) })}</span>
        <button class="act" onClick=${() => setChoosing(true)}>${t("换一种浏览器")}</button>
      </p>
    </main>
    <${Foot}>
      <button class="btn line" onClick=${on}>${first ? t("以后再装") : t("返回")}</button>
      ${offer && !isApple()
        ? html`<button class="btn main" onClick=${install}><${I} n="download" />${t("直接安装")}</button>`
        : html`<button class="btn main" onClick=${on}>${t("已装到桌面")}</button>`}
    <//>
    ${choosing
      ? html`<${Sheet} title=${t("哪种浏览器")} onClose=${() => setChoosing(false)}>
          <${PickList}
            label=${t("哪种浏览器")}
            options=${Object.entries(NAMES).map(([value, word]) => ({ value, word: t(word) }))}
            value=${kind}
            onPick=${(value) => {
              setKind(value);
              setChoosing(false);
            }}
          />
        <//>`
      : null}
  <//>`;
}
