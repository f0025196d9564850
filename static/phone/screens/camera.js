// The camera in this page: stays open for several shots; says where it is and how well before the shutter.

import { html, useEffect, useRef, useState } from "../kit/html.js";
import { now as clockNow } from "../kit/clock.js";
import { t } from "../kit/words.js";
import { hasRoom } from "../store/photos.js";
import { FEW, photosThatFit } from "../store/room.js";
import { me } from "../store/rows.js";
import { without } from "../work/album.js";
import { closeLens, frameOf, hasTorch, openLens, setTorch } from "../work/lens.js";
import { metres } from "../work/nearest.js";
import { takeInto } from "../work/shoot.js";
import { allowed, follow, here, position } from "./here.js";
import { drafts } from "../work/drafts.js";
import { Layer } from "./layer.js";
import { Notice } from "./notice.js";
import { I } from "./parts.js";
import { Pic } from "./pictures.js";
import { go, lay, lift } from "./router.js";
import { Shot, isFull, worryOf } from "./shot.js";
import { clock, distance, isoDay } from "./shown.js";
import { notice, now } from "./state.js";

const ROLES = { before: "整改前", after: "整改后", view: "现场", progress: "进展" };

const TROUBLE = {
  NotAllowedError: "没有相机权限。可在浏览器设置里打开，现在用手机自带的相机拍也一样。",
  NotReadableError: "相机正被别的应用占用。关掉它再试，或用手机自带的相机拍。",
};

/** @param {{album: import("../work/shoot.js").Album}} what */
export function Camera({ album }) {
  const video = useRef(null);
  const stream = useRef(null);
  const shots = useRef(0);
  const [state, setState] = useState("opening");
  const [light, setLight] = useState(null);
  const [flash, setFlash] = useState(0);
  const [storing, setStoring] = useState(0);
  const [last, setLast] = useState(null);
  const [noRoom, setNoRoom] = useState(false);
  const left = photosThatFit.value;
  drafts.value; // the list is read from the draft: this renews it
  const photos = album.list();
  const full = isFull(album) || noRoom;

  async function start() {
    setState("opening");
    try {
      const opened = await openLens();
      if (!video.current) return closeLens(opened); // closed meanwhile
      closeLens(stream.current);
      stream.current = opened;
      opened.getVideoTracks()[0].onended = () => setState("ended");
      video.current.srcObject = opened;
      await video.current.play();
      setLight(hasTorch(opened) ? false : null);
      setState("on");
    } catch (error) {
      if (video.current) setState(error.name);
    }
  }

  useEffect(() => {
    start();
    if (allowed.value === "granted") follow();
    look();
    return () => {
      closeLens(stream.current);
      if (!shots.current) album.none();
    };
  }, []);

  /** The shutter closes before a photo that could not be kept. */
  const look = () => hasRoom().then((is) => setNoRoom(!is));

  async function shoot() {
    if (state !== "on" || full || (album.once && storing)) return;
    const taken_at = clockNow();
    const where = position(taken_at);
    shots.current++;
    setStoring((n) => n + 1);
    setFlash(taken_at);
    navigator.vibrate?.(30);
    try {
      const photo = await takeInto(album, await frameOf(video.current), { source: "camera", taken_at, position: where });
      setLast(photo.sha256);
      notice.value = null;
      look();
      if (album.once) lift(album.done);
    } catch (error) {
      shots.current--;
      notice.value = error;
      look();
    } finally {
      setStoring((n) => n - 1);
    }
  }

  function again() {
    album.write((list) => without(list, last)).catch((error) => (notice.value = error));
    setLast(null);
  }

  async function shine() {
    try {
      await setTorch(stream.current, !light);
      setLight(!light);
    } catch {
      setLight(null); // it has none after all
    }
  }

  // A once-only shot leads on at once, wherever it came from.
  const once = album.once ? { ...album, done: () => lift(album.done) } : album;
  const worry = last && photos.some((p) => p.sha256 === last) ? worryOf(last) : "";
  const hint = left < FEW && !noRoom ? t("还能拍 {n} 张", { n: left }) : album.ghost ? t("对准旧照再拍") : "";
  const trio = photos.slice(-3);
  return html`<${Layer} label=${t("拍照")}>
    <header class="top">
      <button aria-label=${t("关闭")} onClick=${() => lift()}><${I} n="x" /></button>
      <div><b role="heading" aria-level="1" tabindex="-1" data-heading>${album.title || t("拍照")}</b><${Where} spot=${album.spot} /></div>
      ${light == null ? html`<span></span>` : html`<button aria-pressed=${String(light)} onClick=${shine}><${I} n="flashlight" />${t("补光")}</button>`}
    </header>
    <div class=${`view ${flash ? "flashed" : ""}`} key="view">
      <video ref=${video} muted autoplay playsinline aria-label=${t("取景")}></video>
      ${album.ghost && state === "on" ? html`<${Pic} sha=${album.ghost} cls="ghost" />` : null}
      ${flash ? html`<i class="flash" key=${flash}></i>` : null}
      <p class="role">${t(ROLES[album.role])}</p>
      <${Shot} cls="pick" label=${t("从相册选")} album=${once} gallery><${I} n="images" s />${t("相册")}<//>
      ${state === "on" || state === "opening" ? null : html`<${NoLens} state=${state} album=${album} onRetry=${start} />`}
      ${noRoom
        ? html`<p class="worry" role="alert"><${I} n="triangle-alert" s /><span>${t("手机满了，再拍就存不下。已拍的都在。")}</span><button class="act" onClick=${() => go("/space")}>${t("腾出空间")}</button></p>`
        : null}
      ${worry && !noRoom ? html`<p class="worry"><${I} n="triangle-alert" s /><span>${worry}</span><button class="act" onClick=${again}>${t("重拍")}</button></p>` : null}
      <p class="burn"><span>${album.what ? html`${album.what}<br />` : null}${isoDay(now())} ${clock(now())} ${me.value?.person?.name ?? ""}</span><span class="nb">${hint}</span></p>
    </div>
    ${album.ghost ? html`<${Ghost} />` : null}
    <div class="shoot">
      ${trio.length
        ? html`<button class="trio" aria-label=${t("看拍好的 {n} 张", { n: photos.length })} onClick=${() => lay({ kind: "shots", album, sha: trio[trio.length - 1].sha256 })}>
            ${trio.map((p) => html`<${Pic} key=${p.sha256} sha=${p.sha256} size="small" />`)}
          </button>`
        : html`<span></span>`}
      <button class="rel" aria-label=${full ? t("拍满了") : t("拍照")} disabled=${state !== "on" || full} onClick=${shoot}><i></i></button>
      <button class="btn" onClick=${() => lift(photos.length ? album.done : undefined)}>${photos.length ? t("完成 {n}", { n: photos.length }) : t("不拍了")}</button>
    </div>
    <p class="sr" role="status">${storing ? t("正在存") : last ? [t("已存，共 {n} 张", { n: photos.length }), worry].filter(Boolean).join(t("，")) : ""}</p>
    <${Notice} />
  <//>`;
}

/** How well this phone knows where it is, and how far that is from the place. */
function Where({ spot }) {
  const at = here.value;
  if (!at) return html`<span class="unsure"><${I} n="map-pin" />${allowed.value === "granted" ? t("正在定位") : t("没有定位")}</span>`;
  const far = spot?.lat_e7 != null ? metres(at, spot) : null;
  return html`<span><${I} n="map-pin" />${t("定位 ±{n} 米", { n: at.accuracy_m })}${far == null ? "" : t("，距此处 {far}", { far: distance(far) })}</span>`;
}

/** The camera did not open: why, and the phone's own one instead, in one tap. */
const NoLens = ({ state, album, onRetry }) => html`<div class="nolens" role="alert">
  <p>${t(TROUBLE[state] ?? "相机没有打开。用手机自带的相机拍也一样。")}</p>
  <${Shot} cls="btn main" label=${t("用手机相机拍")} album=${{ ...album, done: () => lift(album.done) }} own><${I} n="camera" />${t("用手机相机拍")}<//>
  ${state === "NotReadableError" || state === "ended" ? html`<button class="btn line" onClick=${onRetry}>${t("再试一次")}</button>` : null}
</div>`;

/** How strongly the photo to aim at shows through: 0 to 60 %, on a ruler. */
function Ghost() {
  const [percent, setPercent] = useState(40);
  const bar = useRef(null);
  useEffect(() => {
    bar.current.parentNode.style.setProperty("--ghost", String(percent / 100));
    bar.current.style.setProperty("--at", String(percent / 60));
  }, [percent]);
  return html`<div class="ghostbar" ref=${bar}>
    <span>${t("旧照")}</span>
    <span class="dial">
      ${[...Array(13)].map((_, i) => html`<i key=${i}></i>`)}<u></u>
      <input
        type="range"
        min="0"
        max="60"
        step="5"
        value=${percent}
        aria-label=${t("旧照显出多少")}
        aria-valuetext=${`${percent}%`}
        onInput=${(e) => setPercent(Number(e.currentTarget.value))}
      />
    </span>
    <b>${percent}%</b>
  </div>`;
}
