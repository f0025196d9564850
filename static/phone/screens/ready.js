// Is this phone ready for a day without signal? Every line is measured now, and says its value.

import { html, useEffect, useState } from "../kit/html.js";
import { testOffline } from "../kit/app-shell.js";
import { t } from "../kit/words.js";
import { manual, me, rows } from "../store/rows.js";
import { room } from "../store/photos.js";
import { storesNote } from "../store/state.js";
import { countPictures, readBack } from "../work/self-test.js";
import { allowed, follow, here } from "./here.js";
import { Bar, Foot, I, Page, Seal } from "./parts.js";
import { at } from "./router.js";
import { clock, postWhere, shortDay } from "./shown.js";

/** Photos that must still fit before a day out. */
const ENOUGH = 50;

export function Ready() {
  const [result, setResult] = useState(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let live = true;
    setResult(null);
    measure().then((found) => live && setResult(found));
    return () => {
      live = false;
    };
  }, [round]);
  const place = here.value;
  const lines = result ? [...result.lines, position(place)] : [];
  const bad = lines.filter((l) => !l.ok && l.must);
  const ordered = [...bad, ...lines.filter((l) => !bad.includes(l))];
  const passed = result && !bad.length;
  return html`<${Page} title=${t("离线自测")} cls="has-foot">
    <${Bar} title=${t("离线自测")} sub=${html`<span>${[me.value?.person.name, postWhere(me.value?.posts?.[0])].filter(Boolean).join(" · ")}</span>`} to="/outbox" heading=${false} />
    <main>
      <section class="lede proven">
        <h1 tabindex="-1" data-heading>${!result ? t("正在测") : passed ? t("没有信号，也能巡查") : t("还差一点")}</h1>
        <p>${!result ? "" : passed ? t("刚才实测，全部通过。") : t("下面标红的处理好，再测一次。")}</p>
      </section>
      ${passed ? html`<div class="sealed"><${Seal} word=${t("离线可用")} date=${`${shortDay(result.at)} ${clock(result.at)}`} by=${t("自测核验")} /></div>` : null}
      ${result
        ? html`<div class="trio3">
              ${result.counts.map(([n, words]) => html`<p key=${words} class=${n || words === "张对比图" ? "" : "short"}><b>${n}</b><span>${t(words, { n })}</span></p>`)}
            </div>
            <div role="status"><ul class="tests">
              ${ordered.map((l) =>
                l.ok || !l.must
                  ? html`<li key=${l.name}><${I} n=${l.ok ? "check" : "info"} /><span>${l.name}</span><b>${l.value}</b></li>`
                  : html`<li key=${l.name} class="no"><${I} n="triangle-alert" /><div><b>${l.name}<em>${l.value}</em></b><p>${l.todo}</p></div></li>`,
              )}
            </ul></div>`
        : null}
      ${allowed.value === "prompt" && !place
        ? html`<p class="last"><button class="btn line slim" onClick=${follow}><${I} n="locate" s />${t("允许定位")}</button><span>${t("没有定位也能巡查，只是点位不能由近到远排。")}</span></p>`
        : null}
    </main>
    <${Foot}>
      <button class="btn line" onClick=${() => setRound(round + 1)}><${I} n="rotate-cw" s />${t("再测")}</button>
      <a class="btn main" href=${at("/")}>${t("开始今天的巡查")}</a>
    <//>
  <//>`;
}

async function measure() {
  const [files, space, kept, pictures] = await Promise.all([testOffline(), room(), readBack().catch(() => false), countPictures()]);
  const kinds = manual.value?.kinds ?? [];
  const criteria = kinds.reduce((sum, k) => sum + k.criteria.length, 0);
  const places = rows.place.size;
  return {
    at: Date.now(),
    counts: [
      [places, "处点位"],
      [pictures, "张对比图"],
      [criteria, "条标准"],
    ],
    lines: [
      {
        name: t("程序都在本机"),
        ok: files.ok,
        must: true,
        value: files.ok ? t("{n} 个文件", { n: files.files }) : t("{n} 个文件，应有 {of}", { n: files.files, of: files.of }),
        todo: t("请在有信号的地方重新打开一次，再测。"),
      },
      { name: t("点位和问题都在本机"), ok: places > 0, must: true, value: `${places} + ${rows.finding.size}`, todo: t("请连上网，等它自己下载完。") },
      {
        name: t("存下、读回"),
        ok: kept && storesNote.value === "",
        must: true,
        value: kept ? t("正常") : t("没有读回"),
        todo: t("这个窗口存不下内容，请用普通窗口打开。"),
      },
      { name: t("操作手册"), ok: criteria > 0, must: true, value: t("{kinds} 类 {n} 条", { kinds: kinds.length, n: criteria }), todo: t("请连上网，等它自己下载完。") },
      { name: t("可用空间"), ok: space.photos >= ENOUGH, must: true, value: t("约 {n} 张", { n: space.photos }), todo: t("请清理手机空间。") },
    ],
  };
}

const position = (place) => ({
  name: t("定位"),
  ok: Boolean(place),
  must: false,
  value: place ? `±${t("{n} 米", { n: place.accuracy_m })}` : t("还没有"),
});
