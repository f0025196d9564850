// In the web view of WeChat and its like: what works here, what does not, and the way to the phone's browser. What is unsent here
// goes first, because it cannot come along.

import { html, useEffect, useState } from "../kit/html.js";
import { isApple, webView } from "../kit/browser.js";
import { noteSetUp } from "../kit/first-run.js";
import { copy, isSeen, whenSeenChanges } from "../kit/page.js";
import { t } from "../kit/words.js";
import { askHandover } from "../server/me.js";
import { waiting, waitingPhotos } from "../outbox/state.js";
import { sendNow } from "../outbox/sender.js";
import { Foot, I, Page } from "./parts.js";
import { go } from "./router.js";
import { openDrafts } from "./state.js";
import { Head, Press, TopBar } from "./steps.js";

const NAMES = { wechat: "微信", wecom: "企业微信", dingtalk: "钉钉", feishu: "飞书" };

const CAN = [
  ["看点位、问题、经过", "能"],
  ["上报、整改、复核", "能"],
  ["网断一会，不丢照片", "页面别关"],
  ["没信号打开、检查", "不能"],
  ["装到桌面", "不能"],
];

/**
 * @param {{token?: string, onStay?: () => void}} what
 *   token: a link's that was opened here and not used yet; without it one is made for the person who is in here
 *   onStay: log in here by that link
 */
export function Handover({ token: given = "", onStay }) {
  const [token, setToken] = useState(given);
  const [error, setError] = useState("");
  const [copied, setCopied] = useState("");
  const name = t(NAMES[webView() ?? "wechat"]);
  const unsent = given ? 0 : waiting.value.length + waitingPhotos.value.length;
  const drafts = given ? 0 : openDrafts.value.length;
  const address = `${location.origin}/app/enrol#${token}`;

  // The address in the bar is what the web view hands to the browser: it carries the token, while there is nothing left to send.
  useEffect(() => {
    if (given || unsent) return undefined;
    let timer;
    const renew = async () => {
      clearTimeout(timer);
      if (!isSeen()) return;
      try {
        const { ok, json } = await askHandover();
        if (!ok) throw new Error(json.code);
        history.replaceState(history.state, "", `/app/enrol#${json.token}`);
        setToken(json.token);
        setCopied("");
        setError("");
        timer = setTimeout(renew, (json.seconds - 30) * 1000);
      } catch (problem) {
        console.warn(problem);
        setError(t("没有连上服务器，暂时换不了。有信号时再点一次。"));
      }
    };
    void renew();
    const stop = whenSeenChanges((seen) => void (seen && renew()));
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [given, unsent > 0]);

  async function take() {
    if (!token) return;
    setCopied((await copy(address)) ? t("已复制。5 分钟内在浏览器里打开，只能用一次。") : t("这里不让复制，请用右上角的菜单。"));
  }

  const stay = () => {
    if (onStay) return onStay();
    noteSetUp();
    go("/", { replace: true });
  };
  const tile = isApple() ? t("在 Safari 中打开") : t("在浏览器打开");

  return html`<${Page} title=${t("换到浏览器")} cls="has-foot">
    <${Head} by=${t("在{app}里", { app: name })} pill=${!given} />
    <main>
      <section class="lede"><h1 tabindex="-1" data-heading>${t("{app}里能报能改，", { app: name })}<br />${t("没信号就不行")}</h1></section>
      <div class="versus" role="table" aria-label=${t("在{app}里和在浏览器里", { app: name })}>
        <div class="h" role="row"><span role="columnheader"></span><b role="columnheader">${t("{app}里", { app: name })}</b><span role="columnheader">${t("浏览器里")}</span></div>
        ${CAN.map(
          ([what, here]) => html`<div key=${what} class=${here === "不能" ? "key" : undefined} role="row">
            <span role="rowheader">${t(what)}</span><${Can} word=${here} /><${Can} word="能" />
          </div>`,
        )}
      </div>
      <ol class="how3">
        <li><${Press} s="点右上角的 {what}" what=${html`<${I} n="ellipsis" s cls="in" />`} /><${TopBar} url=${t("巡查簿")} lead="x" hit="ellipsis" tab=${false} lock=${false} /></li>
        <li>
          <${Press} s="点“{what}”" what=${tile} />
          <div class="pic" aria-hidden="true"><div class="tiles">
            <span><${I} n="forward" />${t("转发")}</span><span><${I} n="star" />${t("收藏")}</span><span class="hit"><${I} n="compass" />${tile}</span><span><${I} n="link" />${t("复制链接")}</span>
          </div></div>
        </li>
      </ol>
      <p class="after" role="status">
        <${I} n=${error ? "wifi-off" : "info"} />
        <span>${error || copied || (drafts ? t("还有 {n} 份没做完，带不过去，做完交了再换。", { n: drafts }) : given ? t("在浏览器里打开会自己登录，不用输入。链接只能用一次。") : t("{app}里没交的内容带不过去，先交了再换。到了浏览器里不用再登录。", { app: name }))}</span>
      </p>
    </main>
    <${Foot}>
      <button class="btn line" onClick=${stay}>${t("留在{app}", { app: name })}</button>
      ${unsent
        ? html`<button class="btn main" onClick=${() => sendNow()}><${I} n="arrow-up" />${waitingPhotos.value.length ? t("先上传 {n} 张", { n: waitingPhotos.value.length }) : t("先上传 {n} 条", { n: unsent })}</button>`
        : html`<button class="btn main" aria-disabled=${token ? undefined : "true"} onClick=${take}><${I} n="copy" />${t("复制网址")}</button>`}
    <//>
  <//>`;
}

const LOOKS = { "能": ["good", "check"], "不能": ["late", "x"] };

function Can({ word }) {
  const [cls, icon] = LOOKS[word] ?? [];
  return html`<span role="cell" class=${cls}>${icon ? html`<${I} n=${icon} />` : null}${t(word)}</span>`;
}

