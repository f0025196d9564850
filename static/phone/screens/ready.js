// Is this phone ready for a day without signal? Every line is tried now, and says its value; the stamp only when all of them pass.

import { html, useEffect, useState } from "../kit/html.js";
import { testOffline, whenControlled } from "../kit/app-shell.js";
import { webView } from "../kit/browser.js";
import { isSetUp, noteSetUp } from "../kit/first-run.js";
import { t } from "../kit/words.js";
import { arriving, me, pulledAt } from "../store/rows.js";
import { FEW, PLENTY, measureRoom } from "../store/room.js";
import { storesNote } from "../store/state.js";
import { network, sending } from "../outbox/state.js";
import { sendNow } from "../outbox/sender.js";
import { countPictures, tryCounty, tryPhoto } from "../work/self-test.js";
import { allowed, follow, here } from "./here.js";
import { Bar, Foot, I, Page, Seal } from "./parts.js";
import { go } from "./router.js";
import { clock, postWhere, shortDay } from "./shown.js";
import { Head, Steps } from "./steps.js";

/** How long the app's own files may take to be kept at the first start; ms. */
const PATIENCE = 15_000;

export function Ready() {
  const [first] = useState(!isSetUp());
  const [result, setResult] = useState(/** @type {any} */ (null));
  const [round, setRound] = useState(0);
  // At the first run the county is still on its way: there is nothing to try before it is here, or nobody answers.
  const [had] = useState(pulledAt.value !== null);
  const coming = !had && network.value && (sending.value || arriving.value !== null);
  useEffect(() => {
    if (coming) return undefined;
    let live = true;
    setResult(null);
    measure()
      .catch((error) => ({ at: Date.now(), counts: [], lines: [broken(error)] }))
      .then((found) => live && setResult(found));
    return () => {
      live = false;
    };
  }, [round, coming]);
  const lines = result ? [...result.lines, position(here.value)] : [];
  const bad = lines.filter((l) => !l.ok && l.must);
  const ordered = [...bad, ...lines.filter((l) => !bad.includes(l))];
  const passed = result && !bad.length;
  const again = () => setRound(round + 1);
  const begin = () => {
    noteSetUp();
    go("/");
  };
  return html`<${Page} title=${t("离线自测")} cls="has-foot">
    ${first
      ? html`<${Head} />`
      : html`<${Bar} title=${t("离线自测")} sub=${html`<span>${[me.value?.person.name, postWhere(me.value?.posts?.[0])].filter(Boolean).join(" · ")}</span>`} to="/me" heading=${false} />`}
    <main>
      ${first ? html`<${Steps} now=${3} />` : null}
      <section class="lede proven">
        ${!result
          ? html`<h1 tabindex="-1" data-heading>${coming ? t("正在下载") : t("正在测")}</h1>
              <p role="status">${coming && arriving.value ? t("已到 {places} 处，{n} 条问题", { places: arriving.value.places, n: arriving.value.findings }) : ""}</p>`
          : passed
            ? html`<h1 tabindex="-1" data-heading>${t("没有信号，")}<br />${t("也能巡查")}</h1>
                <p>${t("刚才实测，全部通过。")}</p>`
            : html`<h1 tabindex="-1" data-heading>${t("还差 {n} 项", { n: bad.length })}</h1>
                <p class="soft">${t("{of} 项测了，{n} 项通过。已存的内容都在。", { of: lines.length, n: lines.filter((l) => l.ok).length })}</p>`}
        ${passed ? html`<${Seal} word=${t("离线可用")} date=${`${shortDay(result.at)} ${clock(result.at)}`} by=${t("自测核验")} />` : null}
      </section>
      ${result
        ? html`<div class="trio3">${result.counts.map(([n, words, short]) => html`<p key=${words} class=${short ? "short" : ""}><b>${n}</b><span>${t(words, { n })}</span></p>`)}</div>
            <div role="status">
              <ul class="tests">
                ${ordered.map((l) =>
                  l.ok || !l.must
                    ? html`<li key=${l.name}><${I} n=${l.ok ? "check" : "info"} /><span>${l.name}</span><b>${l.value}</b></li>`
                    : html`<li key=${l.name} class="no">
                        <${I} n="x" />
                        <div>
                          <b>${l.name}<em>${l.value}</em></b>
                          <p>${l.todo}</p>
                          ${l.act ? html`<button class="btn line slim" onClick=${() => l.act().then(again)}><${I} n=${l.icon} s />${l.button}</button>` : null}
                        </div>
                      </li>`,
                )}
              </ul>
            </div>`
        : null}
      ${result && allowed.value === "prompt" && !here.value
        ? html`<p class="last"><button class="btn line slim" onClick=${follow}><${I} n="locate" s />${t("允许定位")}</button><span>${t("没有定位也能巡查，只是点位不能由近到远排。")}</span></p>`
        : null}
    </main>
    <${Foot}>
      <button class="btn line" aria-disabled=${result ? undefined : "true"} onClick=${() => result && again()}><${I} n="rotate-cw" s />${t("再测")}</button>
      <button class="btn main" onClick=${begin}>${result && !passed ? t("仍要开始") : t("开始今天的巡查")}</button>
    <//>
  <//>`;
}

async function measure() {
  await whenControlled(webView() ? 0 : PATIENCE);
  const [files, space, county, [pictures]] = await Promise.all([testOffline(), measureRoom(), tryCounty(), countPictures()]);
  const photo = await tryPhoto().catch((error) => {
    console.warn(error);
    return { camera: false, database: false, log: false };
  });
  const inspects = me.value?.hats?.includes("inspect") ?? false;
  const fetch = { icon: "download", button: t("补下"), act: () => sendNow() };
  const lacksPlaces = pulledAt.value === null || (inspects && !county.places);
  const lacksManual = !county.criteria || county.lacking.length > 0;
  const kept = photo.database && photo.log === true && storesNote.value === "";
  return {
    at: Date.now(),
    counts: [
      [county.places, "处点位", lacksPlaces],
      [pictures, "张对比图", false],
      [county.criteria, "条标准", lacksManual],
    ],
    lines: [
      {
        name: t("断网后重新打开"),
        ok: files.ok,
        must: true,
        value: files.ok ? t("{n} 个文件", { n: files.files }) : files.controlled ? t("{n} 个文件，应有 {of}", { n: files.files, of: files.of }) : t("还不能"),
        todo: webView() ? t("这里没信号就打不开，请换到手机的浏览器里用。") : t("请在有信号的地方重新打开一次，再测。"),
        ...(webView() ? { icon: "compass", button: t("换到浏览器"), act: () => new Promise(() => go("/handover")) } : { icon: "rotate-cw", button: t("重新打开"), act: () => new Promise(() => location.reload()) }),
      },
      {
        name: t("查点位、打开检查表"),
        ok: !lacksPlaces && county.found && !county.lacking.length,
        must: true,
        value: lacksPlaces ? t("没有点位") : county.lacking.length ? t("{n} 处打不开", { n: county.lacking.length }) : t("正常"),
        todo: county.lacking.length ? t("没信号时，{names}等打不开检查表。", { names: county.lacking.slice(0, 2).join(t("、")) }) : t("请连上网，等它自己下载完。"),
        ...fetch,
      },
      {
        name: photo.camera ? t("拍一张、存下、读回") : t("存一张、读回"),
        ok: kept,
        must: true,
        value: kept ? t("正常") : photo.database ? t("只有一处读回") : t("没有读回"),
        todo: t("这个窗口存不下内容，请用普通窗口打开。"),
      },
      {
        name: county.version ? t("操作手册第 {n} 版", { n: county.version }) : t("操作手册"),
        ok: county.criteria > 0,
        must: true,
        value: t("{kinds} 类 {n} 条", { kinds: county.kinds, n: county.criteria }),
        todo: t("请连上网，等它自己下载完。"),
        ...fetch,
      },
      {
        name: t("可用空间"),
        ok: space >= FEW,
        must: true,
        value: space === Infinity ? t("浏览器不说") : space === PLENTY ? t("{n} 张以上", { n: space }) : t("约 {n} 张", { n: space }),
        todo: t("请清理手机空间。"),
        ...{ icon: "images", button: t("看能腾出什么"), act: () => new Promise(() => go("/space")) },
      },
    ],
  };
}

/** The test itself came to an end. @param {any} error */
function broken(error) {
  console.warn(error);
  return { name: t("离线自测"), ok: false, must: true, value: t("没有测完"), todo: t("请重新打开巡查簿，再测一次。") };
}

const position = (place) => ({
  name: t("定位"),
  ok: Boolean(place),
  must: false,
  value: place ? `±${t("{n} 米", { n: place.accuracy_m })}` : t("还没有"),
});

