// Leaving: what is not sent is counted first, then three ways; deleting comes last, red, by the typed word.

import { html, useEffect, useState } from "../kit/html.js";
import { t } from "../kit/words.js";
import { me } from "../store/rows.js";
import { photoMarks } from "../store/state.js";
import { pill, waiting, waitingPhotos } from "../outbox/state.js";
import { logOut } from "../outbox/person.js";
import { sendNow } from "../outbox/sender.js";
import { Notice } from "./notice.js";
import { subjectOf, verbOf } from "./outbox.js";
import { Bar, Fld, Foot, I, Page, Row, Sec, Sheet, Tally } from "./parts.js";
import { back } from "./router.js";
import { clock, postWhere, size } from "./shown.js";
import { notice, openDrafts } from "./state.js";

export function Logout({ onOut }) {
  const [leaving, setLeaving] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const [typed, setTyped] = useState("");
  const name = me.value?.person.name ?? "";
  const photos = waitingPhotos.value.length;
  const list = waiting.value;
  const drafts = openDrafts.value.length;
  const records = list.length + drafts;
  const nothing = !photos && !records;
  const word = t("删除");
  const bytes = waitingPhotos.value.reduce((sum, m) => sum + (m.meta.bytes ?? 0), 0);

  async function out(how) {
    try {
      await logOut(how);
      onOut();
    } catch (error) {
      notice.value = error;
    }
  }

  // "Send, then leave": leaves by itself as soon as the last one has its receipt.
  useEffect(() => {
    if (leaving && !photos && !list.length) out();
  }, [leaving, photos, list.length]);

  return html`<${Page} title=${t("退出登录")} cls="has-foot">
    <${Bar}
      title=${t("退出登录")}
      sub=${html`<span>${[name, postWhere(me.value?.posts?.[0])].filter(Boolean).join(" · ")}</span>`}
      to="/outbox"
    />
    <main>
      ${nothing
        ? html`<p class="empty">${t("都传完了，这台手机上没有没传的内容。")}</p>`
        : html`<section class="hero">
              <p class="what"><span>${t("还没上传，只在这台手机上")}</span>${photos ? html`<span>${t("共 {size}", { size: size(bytes) })}</span>` : null}</p>
              <p class="left"><span class="n">${photos || records}</span><span class="u">${photos ? t("张照片，{n} 条记录", { n: records, photos }) : t("条记录", { n: records })}</span></p>
              ${photos ? html`<${Tally} cells=${Array(photos).fill("todo")} label=${t("{n} 张照片没有上传", { n: photos })} />` : null}
            </section>
            <${Sec} title=${t("没上传的")} by=${t("{n} 条", { n: records })} />
            <ul class="rows">
              ${list.slice(0, 5).map(
                (e) => html`<${Row}
                  key=${e.id}
                  sign=${html`<span class="soft"><${I} n="arrow-up" /></span>`}
                  title=${subjectOf(e)}
                  note=${`${verbOf(e)}${t("，")}${t("{time} 存", { time: clock(e.kept_at) })}`}
                  right=${e.photos.length ? html`<b>${t("{n} 张", { n: e.photos.filter((s) => photoMarks.value.get(s)?.state === "queued").length })}</b>` : null}
                />`,
              )}
              ${list.length > 5 ? html`<${Row} sign=${html`<span class="soft"><${I} n="arrow-up" /></span>`} title=${t("另 {n} 条", { n: list.length - 5 })} />` : null}
              ${drafts ? html`<${Row} sign=${html`<span class="soft"><${I} n="pencil" /></span>`} title=${t("草稿")} note=${t("没做完的，传不走")} right=${html`<b>${t("{n} 份", { n: drafts })}</b>`} />` : null}
            </ul>
            <ul class="ways">
              <li>
                <button onClick=${() => out()}>
                  <${I} n="lock" />
                  <span><b>${t("留在本机，退出")}</b><small>${t("下次{name}登录接着传，别人看不到也传不走", { name })}</small></span>
                </button>
              </li>
              <li>
                <button onClick=${() => setDeleting(true)}>
                  <span class="late"><${I} n="trash-2" /></span>
                  <span><b class="bad">${t("删掉这些，再退出")}</b><small>${t("要输入“删除”，删了找不回来")}</small></span>
                </button>
              </li>
            </ul>`}
    </main>
    <${Notice} />
    <${Foot}>
      <button class="btn line" onClick=${() => back("/outbox")}>${t("不退出")}</button>
      ${nothing || (!photos && !list.length)
        ? html`<button class="btn main" onClick=${() => out()}>${nothing ? t("退出") : t("留在本机，退出")}</button>`
        : html`<button
            class="btn main"
            aria-disabled=${leaving ? "true" : undefined}
            onClick=${() => {
              setLeaving(true);
              sendNow();
            }}
          >
            <${I} n="arrow-up" />${leaving ? (pill.value.kind === "offline" ? t("等信号，传完就退出") : t("正在传")) : t("传完再退出")}
          </button>`}
    <//>
    ${deleting
      ? html`<${Sheet}
          title=${t("删掉 {n} 条记录，{photos} 张照片", { n: records, photos })}
          bad
          onClose=${() => setDeleting(false)}
          foot=${html`<button class="btn line" onClick=${() => setDeleting(false)}>${t("不删")}</button>
            <button class="btn gone" aria-disabled=${typed.trim() === word ? undefined : "true"} onClick=${() => typed.trim() === word && out({ remove: true })}>
              ${t("删掉，退出")}
            </button>`}
        >
          <div class="form">
            <p>${t("这些没有上传过，删了找不回来。删了多少，会告诉创城办。")}</p>
            <${Fld} name=${t("输入")}>
              <div class="typed">
                <input value=${typed} autocomplete="off" aria-label=${t("输入“{word}”", { word })} placeholder=${word} onInput=${(e) => setTyped(e.currentTarget.value)} />
              </div>
            <//>
          </div>
        <//>`
      : null}
  <//>`;
}
