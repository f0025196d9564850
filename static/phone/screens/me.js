// 我的: who works with this phone, how its screens look and lie in the hand, what was set up, and the way out.

import { drawMore } from "../kit/icons-more.js";
import { html, useEffect } from "../kit/html.js";
import { webView } from "../kit/browser.js";
import { looks, setSettings } from "../kit/settings.js";
import { t, lang, setLang } from "../kit/words.js";
import { PLENTY, measureRoom, photosThatFit } from "../store/room.js";
import { me, notices } from "../store/rows.js";
import { isPersisted, safe } from "../store/safe.js";
import { unseen } from "../outbox/notices.js";
import { sendNow } from "../outbox/sender.js";
import { Bar, I, Page, Row, Sec, Seg } from "./parts.js";
import { postWhere } from "./shown.js";

drawMore();

const DUTIES = { inspect: "巡查员", rectify: "整改人", review: "复核员", dispatch: "调度员" };

/** The rows are asked for anew in the other language; what is on the way is sent first. @param {string} next */
const speak = (next) => setLang(next).then(() => sendNow());

export function Me() {
  useEffect(() => {
    void measureRoom();
    void isPersisted();
  }, []);
  const person = me.value?.person;
  const hats = (me.value?.hats ?? []).map((hat) => t(DUTIES[hat] ?? "")).filter(Boolean);
  const where = [...new Set((me.value?.posts ?? []).map(postWhere).filter(Boolean))];
  const fresh = unseen(notices.value).length;
  const icon = (n) => html`<span class="soft"><${I} n=${n} /></span>`;
  return html`<${Page} title=${t("我的")}>
    <${Bar} title=${t("我的")} to="/outbox" heading=${false} />
    <main>
      <section class="head"><h1 tabindex="-1" data-heading>${person?.name ?? t("我的")}</h1><p class="soft">${[...hats, ...where].join(" · ")}</p></section>
      <${Sec} title=${t("怎么显示")} />
      <div class="form settings">
        <${Setting} name=${t("语言")}>
          <${Seg}
            label=${t("语言")}
            ask=${false}
            value=${lang.value}
            onPick=${speak}
            options=${[
              { value: "zh", word: html`<span lang="zh-CN">${"中文"}</span>` },
              { value: "en", word: html`<span lang="en">English</span>` },
            ]}
          />
        <//>
        <${Setting} name=${t("明暗")} note=${t("日光：太阳底下字最黑、线最深。")}>
          <${Seg}
            label=${t("明暗")}
            ask=${false}
            value=${looks.value.theme}
            onPick=${(theme) => setSettings({ theme })}
            options=${[
              { value: "", word: t("跟手机") },
              { value: "light", word: t("浅色") },
              { value: "sun", word: t("日光") },
              { value: "dark", word: t("深色") },
            ]}
          />
        <//>
        <${Setting} name=${t("哪只手")} note=${t("主要的按钮放在这只手的拇指下。")}>
          <${Seg}
            label=${t("哪只手")}
            ask=${false}
            value=${looks.value.hand}
            onPick=${(hand) => setSettings({ hand })}
            options=${[
              { value: "left", word: t("左手") },
              { value: "right", word: t("右手") },
            ]}
          />
        <//>
      </div>
      <p class="after"><${I} n="info" /><span>${t("字的大小跟着手机的设置走，最大两倍。")}</span></p>
      <${Sec} title=${t("这台手机")} />
      <ul class="rows">
        ${webView()
          ? html`<${Row} to="/handover" sign=${icon("compass")} title=${t("换到浏览器")} note=${t("没信号也能打开")} />`
          : html`<${Row} to="/setup/install" sign=${icon("smartphone")} title=${t("装到桌面")} note=${t("没信号也能打开")} />`}
        <${Row} to="/setup/allow" sign=${icon("lock")} title=${t("授权")} note=${t("相机、定位、保留存储")} />
        <${Row} to="/space" sign=${icon("hard-drive")} title=${t("本机空间")} note=${roomLine()} />
        <${Row} to="/ready" sign=${icon("shield-check")} title=${t("离线自测")} note=${t("没有信号时能不能用")} />
        <${Row} to="/notices" sign=${icon("bell")} title=${t("消息")} note=${fresh ? t("{n} 条新的", { n: fresh }) : t("都看过了")} />
        <${Row} to="/logout" sign=${icon("log-out")} title=${t("退出登录，换人")} note=${t("没传完的会先数清楚")} />
      </ul>
    </main>
  <//>`;
}

/** How many photos still fit, and what the browser answered. */
function roomLine() {
  const left = photosThatFit.value;
  const kept = safe.value === null ? "" : safe.value ? t("浏览器答应不清") : t("浏览器还没答应不清");
  return [left === Infinity ? "" : left === PLENTY ? t("还能拍 {n} 张以上", { n: left }) : t("还能拍 {n} 张", { n: left }), kept].filter(Boolean).join(t("，"));
}

const Setting = ({ name, note, children }) => html`<div class="set"><p><b>${name}</b>${note ? html`<small>${note}</small>` : null}</p>${children}</div>`;
