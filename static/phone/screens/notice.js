// One calm sentence when something could not be done: what happened, whether anything is lost, what to do.

import { html, useEffect } from "../kit/html.js";
import { t } from "../kit/words.js";
import { I } from "./parts.js";
import { go, path } from "./router.js";
import { notice } from "./state.js";

const SENTENCES = {
  PhoneFull: "手机空间不够，刚才这一下没有存下。请先上传待发的，再试一次。",
  NoRoom: "手机满了，再拍就存不下，所以没有拍。先腾出空间，或把待发的传完。已存的都在。",
  QuotaExceededError: "手机空间不够，刚才这一下没有存下。请先上传待发的，再试一次。",
  TooManyTabs: "巡查簿开的窗口太多，这个窗口存不下内容。请关掉别的窗口。",
  Outdated: "巡查簿已换了新版，请重新打开这一页。已存的都在。",
  PhotoNotKept: "有一张照片不在这台手机上了。请去掉它，再拍一张。",
  "phone.not_a_photo": "这个文件不是照片，没有存下。请再拍一张。",
  "phone.photo_too_small": "这张照片太小，看不清，没有存下。请再拍一张。",
  "phone.photo_too_large": "这张照片太大，没有存下。请把相机的照片尺寸调小，再拍一张。",
  NoAnswer: "没有连上服务器。内容都在本机，有信号时会自己传。",
  LoginNeeded: "登录过期了。内容都在本机，重新登录后接着传。",
};

/** Said before the shutter, so that nothing is taken that cannot be kept. */
export const NO_ROOM = { name: "NoRoom" };

/** Of no use without room. */
const FULL = ["PhoneFull", "QuotaExceededError", "NoRoom"];

/** The sentence for an error. @param {any} error */
export const sentence = (error) => t(error?.words ?? SENTENCES[error?.code] ?? SENTENCES[error?.name] ?? "刚才这一下没有存下，已填的都在。请再试一次。");

export function Notice({ cls = "" }) {
  const error = notice.value;
  useEffect(() => {
    if (error) console.warn(error);
  }, [error]);
  if (!error) return null;
  return html`<div class=${`undo notice ${cls}`} role="alert">
    <${I} n="triangle-alert" /><span>${sentence(error)}</span>
    ${FULL.includes(error.name) && path.value !== "/space" ? html`<button class="act" onClick=${() => go("/space")}>${t("腾出空间")}</button>` : null}
    <button class="act" onClick=${() => (notice.value = null)}>${t("知道了")}</button>
  </div>`;
}
