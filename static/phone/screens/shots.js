// The photos of one thing, one of them large: look, put in order, take away, draw on a copy. Until they are sent.

import { html, useState } from "../kit/html.js";
import { t } from "../kit/words.js";
import { flat, moved, without } from "../work/album.js";
import { drafts } from "../work/drafts.js";
import { Layer } from "./layer.js";
import { Notice } from "./notice.js";
import { I, Undo } from "./parts.js";
import { Pic } from "./pictures.js";
import { lay, lift } from "./router.js";
import { worryOf } from "./shot.js";
import { clock } from "./shown.js";
import { notice, offerUndo } from "./state.js";

/** @param {{album: import("../work/shoot.js").Album, sha: string}} what  sha: the one to begin with */
export function Shots({ album, sha }) {
  const [chosen, setChosen] = useState(sha);
  const [clean, setClean] = useState(false);
  drafts.value; // the list is read from the draft: this renews it
  const photos = album.list();
  const at = Math.max(0, photos.findIndex((p) => p.sha256 === chosen));
  const photo = photos[at];
  const change = (how) => album.write(how).catch((error) => (notice.value = error));

  function drop() {
    const before = photos;
    change((list) => without(list, photo.sha256));
    setChosen((photos[at + 1] ?? photos[at - 1])?.sha256 ?? "");
    const undo = () => change(() => before);
    if (photos.length === 1) lift(() => offerUndo(t("去掉了 1 张照片"), undo));
    else offerUndo(t("去掉了 1 张照片"), undo);
  }

  if (!photo) return html`<${Layer} label=${t("照片")}><header class="top"><button aria-label=${t("关闭")} onClick=${() => lift()}><${I} n="x" /></button></header><//>`;
  const marks = [photo.source === "gallery" ? t("选自相册") : "", photo.position ? `±${t("{n} 米", { n: photo.position.accuracy_m })}` : ""].filter(Boolean);
  const worry = worryOf(photo.sha256);
  const canDraw = photo.drawn || flat(photos).length < album.most;
  return html`<${Layer} label=${t("照片")} cls="shots">
    <header class="top">
      <button aria-label=${t("关闭")} onClick=${() => lift()}><${I} n="x" /></button>
      <div>
        <b role="heading" aria-level="1" tabindex="-1" data-heading aria-live="polite">${t("第 {n} 张，共 {of} 张", { n: at + 1, of: photos.length })}</b>
        <span>${[clock(photo.taken_at), ...marks].join(" · ")}</span>
      </div>
      <button onClick=${drop}><${I} n="trash-2" />${t("去掉这张")}</button>
    </header>
    <div class="view whole">
      <${Pic} key=${photo.sha256} sha=${photo.drawn && !clean ? photo.drawn.photo.sha256 : photo.sha256} alt=${t("{time} 拍的照片", { time: clock(photo.taken_at) })} />
      ${photo.drawn
        ? html`<button class="pick" aria-pressed=${String(clean)} onClick=${() => setClean(!clean)}><${I} n=${clean ? "pencil" : "eye"} s />${clean ? t("看标记") : t("看原片")}</button>`
        : null}
      ${worry ? html`<p class="worry"><${I} n="triangle-alert" s /><span>${worry}</span></p>` : null}
    </div>
    <div class="film" role="group" aria-label=${t("照片")}>
      ${photos.map(
        (p, i) => html`<button key=${p.sha256} aria-label=${t("第 {n} 张", { n: i + 1 })} aria-pressed=${String(p === photo)} onClick=${() => setChosen(p.sha256)}>
          <${Pic} sha=${p.sha256} size="small" />${p.drawn ? html`<${I} n="pencil" s />` : null}
        </button>`,
      )}
    </div>
    <div class="tools">
      <button disabled=${at === 0} onClick=${() => change((list) => moved(list, photo.sha256, -1))}><${I} n="arrow-left" />${t("往前移")}</button>
      <button disabled=${!canDraw} onClick=${() => lay({ kind: "mark", album, sha: photo.sha256 })}><${I} n="pencil" />${photo.drawn ? t("改标记") : t("画标记")}</button>
      <button disabled=${at === photos.length - 1} onClick=${() => change((list) => moved(list, photo.sha256, 1))}><${I} n="arrow-right" />${t("往后移")}</button>
    </div>
    <${Undo} cls="still" />
    <${Notice} cls="still" />
  <//>`;
}
