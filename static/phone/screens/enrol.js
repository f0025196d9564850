// The office's QR code was scanned: the cover, who one is, and nothing to type.

import { html, useEffect, useState } from "../kit/html.js";
import { webView } from "../kit/browser.js";
import { noteSetUp } from "../kit/first-run.js";
import { t } from "../kit/words.js";
import { me } from "../store/rows.js";
import { enrol } from "../outbox/person.js";
import { firstScreen } from "./begin.js";
import { county } from "./county.js";
import { Cover } from "./login.js";
import { I, Page } from "./parts.js";
import { go } from "./router.js";
import { named } from "./shown.js";

/** The link's token, taken out of the address before anything is drawn: an address is kept, shared and photographed. */
let token = "";

/** Take the token from the address, if this is a link's. Called once at the start, before the first screen. */
export function takeToken() {
  if (!/^\/app\/enrol\/?$/.test(location.pathname)) return;
  token = decodeURIComponent(location.hash.slice(1)).trim();
  // The web view of a messenger hands its address to the browser: there it carries the token until somebody says to stay.
  if (!webView()) history.replaceState(history.state, "", "/app/enrol");
}

const CLOSED = "这个二维码用过了，或已过 24 小时。请管理员再出一个，或用账号密码登录。";

/** @param {{onIn: () => void, Handover: any}} what  Handover: shown first where the code was scanned inside a messenger */
export function Enrol({ onIn, Handover }) {
  const [state, setState] = useState(token ? (webView() ? "choose" : "busy") : "closed");
  const [words, setWords] = useState("");

  async function enter() {
    setState("busy");
    try {
      const { ok, code, message, wait, name } = await enrol(token);
      if (ok) {
        token = "";
        onIn();
        return go(firstScreen(), { replace: true });
      }
      if (code === "phone.other_device") setWords(t("{name}在这台手机上还有没传完的内容。请用账号密码登录一次，接着传。", { name: name ?? "" }));
      else setWords(wait ? t("请过 {n} 秒再试。", { n: wait }) : message || t(CLOSED));
      if (!wait) token = "";
      return setState(wait ? "again" : "closed");
    } catch (problem) {
      console.warn(problem);
      setWords(problem.name === "NoAnswer" ? t("没有连上服务器。二维码还能用，有信号时再试。") : t("没有登录成功，请再试一次。"));
      return setState("again");
    }
  }

  useEffect(() => {
    if (token) void (webView() || enter());
    else if (me.value) go("/", { replace: true });
    // Another code scanned into the same page changes only what stands after "#".
    const again = () => {
      takeToken();
      if (token) void (webView() ? setState("choose") : enter());
    };
    addEventListener("hashchange", again);
    return () => removeEventListener("hashchange", again);
  }, []);

  if (state === "choose") {
    return html`<${Handover}
      token=${token}
      onStay=${() => {
        history.replaceState(history.state, "", "/app/enrol");
        noteSetUp(); // the first run belongs to the browser; here there is nothing to set up
        void enter();
      }}
    />`;
  }
  return html`<${Page} title=${t("扫码登录")}>
    <main class="login">
      <${Cover} />
      <form onSubmit=${(/** @type {Event} */ e) => e.preventDefault()} novalidate>
        <h1 tabindex="-1" data-heading>${county.value ? t("{county}创建全国文明城市", { county: named(county.value) }) : t("创建全国文明城市")}</h1>
        <div class="fields enrol" role="status">
          ${state === "busy"
            ? html`<p><${I} n="qr-code" /><span>${t("正在登录，不用输入账号密码。")}</span></p>`
            : html`<p><${I} n=${state === "again" ? "wifi-off" : "info"} /><span>${words || t(CLOSED)}</span></p>`}
        </div>
        ${state === "busy"
          ? html`<button class="btn main" type="button" aria-disabled="true">${t("正在登录")}</button>`
          : state === "again"
            ? html`<button class="btn main" type="button" onClick=${enter}>${t("再试一次")}</button>`
            : html`<button class="btn main" type="button" onClick=${() => go("/login", { replace: true })}>${t("用账号密码登录")}</button>`}
        <p class="tail">
          ${state === "again" ? html`<button type="button" class="act" onClick=${() => go("/login", { replace: true })}>${t("用账号密码登录")}</button>` : html`<span></span>`}
          <span>${t("登录一次，没信号也能打开。")}</span>
        </p>
      </form>
    </main>
  <//>`;
}
