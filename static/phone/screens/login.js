// The cover of the book. Nothing about a person before they are known.

import { html, useRef, useState } from "../kit/html.js";
import { t, lang, setLang } from "../kit/words.js";
import { emptied } from "../outbox/left.js";
import { logIn } from "../outbox/person.js";
import { I, Page } from "./parts.js";
import { me } from "../store/rows.js";
import { firstScreen } from "./begin.js";
import { county } from "./county.js";
import { named } from "./shown.js";
import { go, path } from "./router.js";

/** A year as the book's label writes it. @param {number} year */
const inHan = (year) => [...String(year)].map((d) => "〇一二三四五六七八九"[Number(d)]).join("");

const EMPTIED = {
  revoked: "这台手机已停用。没传完的已交给办公室，手机里的内容已清除。",
  stolen: "这台手机已报失，里面的内容已清除。",
};

export function Login({ onIn }) {
  const [login, setLogin] = useState(me.value?.person.login ?? ""); // a login that ended: the same person, as a rule
  const [password, setPassword] = useState("");
  const [seen, setSeen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(() => t(EMPTIED[emptied()?.why ?? ""] ?? ""));
  const [forgot, setForgot] = useState(false);
  const box = useRef(null);

  async function enter(event) {
    event.preventDefault();
    if (busy) return;
    if (!login.trim() || !password) {
      setError(t("请填账号和密码。"));
      return;
    }
    setBusy(true);
    setError("");
    try {
      const { ok, code, message, wait } = await logIn(login.trim(), password);
      if (ok) {
        await onIn();
        if (path.value === "/login" || firstScreen() !== "/") go(firstScreen(), { replace: true });
        return;
      }
      setError(message || (code === "accounts.wrong_login" ? t("账号或密码不对。") : t("请过 {n} 秒再试。", { n: wait || 30 })));
      box.current?.querySelector("input[type=password], input[name=password]")?.focus();
    } catch (problem) {
      setError(problem.name === "NoAnswer" ? t("没有连上服务器。第一次登录要有信号，请换个地方再试。") : t("没有登录成功，请再试一次。"));
      console.warn(problem);
    } finally {
      setBusy(false);
    }
  }

  return html`<${Page} title=${t("登录")}>
    <main class="login">
      <${Cover} />
      <form onSubmit=${enter} ref=${box} novalidate>
        <h1 tabindex="-1" data-heading>${county.value ? t("{county}创建全国文明城市", { county: named(county.value) }) : t("创建全国文明城市")}</h1>
        <div class="fields">
          <label class="input">
            <span>${t("账号")}</span>
            <input
              name="username"
              autocomplete="username"
              autocapitalize="off"
              autocorrect="off"
              spellcheck=${false}
              maxlength="64"
              value=${login}
              aria-invalid=${error ? "true" : undefined}
              onInput=${(e) => setLogin(e.currentTarget.value)}
            />
          </label>
          <div class="input">
            <label for="password"><span>${t("密码")}</span></label>
            <input
              id="password"
              name="password"
              type=${seen ? "text" : "password"}
              autocomplete="current-password"
              maxlength="256"
              value=${password}
              aria-invalid=${error ? "true" : undefined}
              onInput=${(e) => setPassword(e.currentTarget.value)}
            />
            <button type="button" class="act" aria-pressed=${String(seen)} onClick=${() => setSeen(!seen)}>
              <${I} n=${seen ? "eye-off" : "eye"} s />${seen ? t("隐藏") : t("显示")}
            </button>
          </div>
        </div>
        <div role="alert">${error ? html`<p class="err"><${I} n="circle-alert" /><span>${error}</span></p>` : null}</div>
        <button class="btn main" aria-disabled=${busy ? "true" : undefined}>${busy ? t("正在登录") : t("登录")}</button>
        <p class="tail">
          <button type="button" class="act" aria-expanded=${String(forgot)} onClick=${() => setForgot(!forgot)}>${t("忘记密码")}</button>
          <button type="button" class="act soft" onClick=${() => setLang(lang.value === "en" ? "zh" : "en")} lang=${lang.value === "en" ? "zh-CN" : "en"}>
            <${I} n="languages" s />${lang.value === "en" ? "中文" : "English"}
          </button>
        </p>
        <p class="tail soft">
          ${forgot ? t("请找县指挥部办公室或片区管理员重设密码。手机上没传完的内容都在。") : t("登录一次，没信号也能打开。")}
        </p>
      </form>
    </main>
  <//>`;
}

export function Cover() {
  const marks = ["12%", "37%", "63%", "88%"];
  return html`<div class="cover" aria-hidden="true">
    <svg class="thread" preserveAspectRatio="none">
      <line x1="1" x2="1" y1="0" y2="100%" />
      ${marks.map((y) => html`<line key=${y} x1="1" x2="48" y1=${y} y2=${y} />`)}
      <g fill="var(--cover)">${marks.map((y) => html`<circle key=${y} cx="1" cy=${y} r="3.5" />`)}</g>
    </svg>
    <div class="slip">
      <svg viewBox="0 0 104 340">
        <rect width="104" height="340" fill="var(--sheet-paper)" />
        <rect x="6" y="6" width="92" height="328" fill="none" stroke="var(--sheet-ink)" stroke-width="2" />
        <rect x="10" y="10" width="84" height="320" fill="none" stroke="var(--sheet-ink)" />
        <g fill="var(--sheet-ink)" font-family="var(--font-doc-head)" font-weight="700" text-anchor="middle">
          ${["巡", "查", "簿"].map((c, i) => html`<text key=${c} x="52" y=${86 + 84 * i} font-size="60">${c}</text>`)}
          <text x="52" y="302" font-size="13">${inHan(new Date().getFullYear())}</text>
        </g>
      </svg>
    </div>
    <p>${county.value ? html`${t("{county}创城指挥部", { county: named(county.value) })}<br />${t("办公室制")}` : null}</p>
  </div>`;
}
