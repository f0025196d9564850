// What the phone is asked to allow: one thing at a time, with its reason, and nothing twice.

import { html, useEffect, useState } from "../kit/html.js";
import { isSetUp } from "../kit/first-run.js";
import { t } from "../kit/words.js";
import { askToPersist } from "../store/safe.js";
import { follow } from "./here.js";
import { Bar, Foot, I, Page, Tally } from "./parts.js";
import { back, go } from "./router.js";
import { Head, Steps } from "./steps.js";

const ASKS = [
  {
    id: "camera",
    icon: "camera",
    name: "相机",
    short: "拍问题和整改",
    why: "问题和整改都要有照片，在页面里直接拍，不用切出去。",
    uses: "按下拍照时才打开",
    never: "不录像，不录音，不翻相册",
    without: "不给：改用手机自带的相机，一张一张选",
    button: "允许相机",
    fix: "请在手机的设置里找到这个浏览器，把相机打开，再回来。",
  },
  {
    id: "position",
    icon: "map-pin",
    name: "定位",
    short: "照片在哪里拍的",
    why: "照片要有拍摄位置，复核才认得出是同一处。",
    uses: "按快门、找附近点位时用一下",
    never: "不记轨迹，不在后台定位，不看人在哪里",
    without: "不给：照片记“位置未核实”，点位按顺序排",
    button: "允许定位",
    fix: "请在手机的设置里找到这个浏览器，把定位打开，再回来。",
  },
  {
    id: "storage",
    icon: "hard-drive",
    name: "保留存储",
    short: "没上传的不被清",
    why: "没上传的内容先存在这台手机里，请浏览器不要自己清掉。",
    uses: "只放没上传的内容和要查的点位",
    never: "不看手机里别的东西",
    without: "不给：手机空间紧张时，浏览器可能清掉没上传的",
    button: "保留存储",
    fix: "浏览器没有答应。装到桌面、多用几天后会自己答应；没上传的请早些上传。",
  },
];

/** "yes" | "no" | "ask" | "none": a phone that has no such thing. @param {string} id */
async function stateOf(id) {
  try {
    if (id === "storage") return navigator.storage?.persisted ? ((await navigator.storage.persisted()) ? "yes" : "ask") : "none";
    if (id === "camera" && !navigator.mediaDevices?.getUserMedia) return "none";
    if (id === "position" && !("geolocation" in navigator)) return "none";
    const { state } = await navigator.permissions.query({ name: /** @type {any} */ (id === "camera" ? "camera" : "geolocation") });
    return { granted: "yes", denied: "no" }[state] ?? "ask";
  } catch {
    return "ask"; // a browser that cannot say
  }
}

/** Ask the browser, which asks the person. @param {string} id @returns {Promise<string>} as above */
async function ask(id) {
  if (id === "storage") return (await askToPersist()) ? "yes" : "no";
  if (id === "camera") {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      for (const track of stream.getTracks()) track.stop();
      return "yes";
    } catch (error) {
      return error.name === "NotFoundError" ? "none" : "no";
    }
  }
  return new Promise((done) => {
    navigator.geolocation.getCurrentPosition(
      () => {
        follow();
        done("yes");
      },
      (error) => done(error.code === error.PERMISSION_DENIED ? "no" : "yes"), // allowed, only not found yet
      { maximumAge: 600_000, timeout: 8000 },
    );
  });
}

export function Allow() {
  const first = !isSetUp();
  const [states, setStates] = useState(/** @type {Record<string, string> | null} */ (null));
  const [skipped, setSkipped] = useState(/** @type {string[]} */ ([]));
  const [busy, setBusy] = useState(false);
  const [fixing, setFixing] = useState("");

  useEffect(() => {
    Promise.all(ASKS.map(async ({ id }) => [id, await stateOf(id)])).then((found) => setStates(Object.fromEntries(found)));
  }, []);

  const list = states ? ASKS.filter(({ id }) => states[id] !== "none") : [];
  const now = list.find(({ id }) => states?.[id] === "ask" && !skipped.includes(id));
  const given = list.filter(({ id }) => states?.[id] === "yes").length;
  const left = list.length - given;
  const on = () => (first ? go("/setup/ready") : back("/me"));

  async function allow() {
    if (busy || !now) return;
    setBusy(true);
    const answer = await ask(now.id);
    setStates((before) => ({ ...before, [now.id]: answer }));
    setBusy(false);
  }

  return html`<${Page} title=${t("授权")} cls="has-foot">
    ${first ? html`<${Head} />` : html`<${Bar} title=${t("授权")} to="/me" heading=${false} />`}
    <main>
      ${first ? html`<${Steps} now=${2} />` : null}
      ${states
        ? html`<section class="hero">
              <p class="what"><span>${t("一样一样来，不给也能用")}</span><span>${t("共 {n} 样", { n: list.length })}</span></p>
              <h1 class="left" tabindex="-1" data-heading>
                <span class="n">${left}</span><span class="u">${t("样待授权", { n: left })}</span><span class="of">${t("已允许")} <b>${given}</b> / ${list.length}</span>
              </h1>
              <${Tally} cells=${list.map(({ id }) => (states[id] === "yes" ? "" : id === now?.id ? "now" : "todo"))} label=${t("{n} 样，已允许 {done} 样", { n: list.length, done: given })} />
            </section>
            <ul class="asks">
              ${list.map((one) => html`<${Line} key=${one.id} one=${one} state=${states[one.id]} now=${one === now} fixing=${fixing === one.id} onFix=${() => setFixing(one.id)} />`)}
            </ul>`
        : null}
    </main>
    <${Foot}>
      ${now
        ? html`<button class="btn line" onClick=${() => setSkipped([...skipped, now.id])}>${t("先不给")}</button>
            <button class="btn main" aria-disabled=${busy ? "true" : undefined} onClick=${allow}><${I} n=${now.icon} />${t(now.button)}</button>`
        : states && html`<button class="btn main" onClick=${on}>${first ? t("下一步，自测") : t("好了")}</button>`}
    <//>
  <//>`;
}

function Line({ one, state, now, fixing, onFix }) {
  if (now) {
    return html`<li class="now">
      <${I} n=${one.icon} />
      <div><h2>${t(one.name)}</h2><p>${t(one.why)}</p></div>
      <ul>
        <li><${I} n="check" cls="good" /><span>${t(one.uses)}</span></li>
        <li><${I} n=${one.id === "position" ? "route" : "eye-off"} cls="soft" /><span>${t(one.never)}</span></li>
        <li><${I} n="minus" cls="soft" /><span>${t(one.without)}</span></li>
      </ul>
    </li>`;
  }
  if (state === "yes") return html`<li class="ok"><${I} n=${one.icon} /><span>${t(one.name)}</span><span class="r"><${I} n="check" />${t("已允许")}</span></li>`;
  if (state === "no") {
    return html`<li class="refused">
      <${I} n=${one.icon} /><span>${t(one.name)}${fixing ? html`<small>${t(one.fix)}</small>` : null}</span>
      <span class="r">${fixing ? t("没有允许") : html`<button class="act" onClick=${onFix}>${t("去设置打开")}</button>`}</span>
    </li>`;
  }
  return html`<li><${I} n=${one.icon} /><span>${t(one.name)}</span><span class="r">${t(one.short)}</span></li>`;
}
