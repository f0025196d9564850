// An arrow or a ring on a copy of a photo: drawn by dragging, or set down and moved by buttons. The clean photo stays.

import { html, useRef, useState } from "../kit/html.js";
import { colour } from "../kit/page.js";
import { t } from "../kit/words.js";
import { pathOf, scaled, shapeInTheMiddle, shifted, thickness, turned } from "../work/drawing.js";
import { drawInto } from "../work/shoot.js";
import { Layer } from "./layer.js";
import { Notice } from "./notice.js";
import { I, Seg } from "./parts.js";
import { Pic } from "./pictures.js";
import { lift } from "./router.js";
import { notice } from "./state.js";

/** A drag shorter than this part of the photo is a tap, and draws nothing. */
const SHORTEST = 0.03;

/** @param {{album: import("../work/shoot.js").Album, sha: string}} what */
export function Mark({ album, sha }) {
  const photo = album.list().find((p) => p.sha256 === sha);
  const [shapes, setShapes] = useState(photo?.drawn?.shapes ?? []);
  const [tool, setTool] = useState("arrow");
  const [busy, setBusy] = useState(false);
  const drag = useRef(null);
  const box = useRef(null);
  if (!photo) return null;
  const { width, height } = photo;
  const line = thickness(width, height);
  const step = Math.round(Math.max(width, height) / 40);
  const last = shapes[shapes.length - 1];
  const change = (how) => last && setShapes([...shapes.slice(0, -1), how(last)]);

  /** The point of the photo under the finger. */
  function pointAt(event) {
    const to = box.current.getScreenCTM().inverse();
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(to);
    return [Math.round(Math.max(0, Math.min(width, x))), Math.round(Math.max(0, Math.min(height, y)))];
  }
  function down(event) {
    event.currentTarget.setPointerCapture?.(event.pointerId);
    drag.current = { from: pointAt(event), before: shapes };
  }
  function move(event) {
    if (!drag.current) return;
    const [x1, y1] = drag.current.from;
    const [x2, y2] = pointAt(event);
    const far = Math.hypot(x2 - x1, y2 - y1) > SHORTEST * Math.max(width, height);
    setShapes(far ? [...drag.current.before, { kind: tool, x1, y1, x2, y2 }] : drag.current.before);
  }
  const up = () => (drag.current = null);

  async function keep() {
    if (busy) return;
    setBusy(true);
    try {
      await drawInto(album, photo, shapes, { line: colour("--drawn"), edge: colour("--on-photo") });
      lift();
    } catch (error) {
      notice.value = error;
      setBusy(false);
    }
  }

  const pad = [
    ["arrow-left", "往左", (s) => shifted(s, -step, 0)],
    ["arrow-up", "往上", (s) => shifted(s, 0, -step)],
    ["arrow-down", "往下", (s) => shifted(s, 0, step)],
    ["arrow-right", "往右", (s) => shifted(s, step, 0)],
    ["plus", "放大", (s) => scaled(s, 1.15)],
    ["minus", "缩小", (s) => scaled(s, 1 / 1.15)],
    ["rotate-cw", "转一转", turned],
  ].filter(([icon]) => icon !== "rotate-cw" || last?.kind === "arrow");
  return html`<${Layer} label=${t("画标记")} cls="mark">
    <header class="top">
      <button aria-label=${t("不画了")} onClick=${() => lift()}><${I} n="x" /></button>
      <div><b role="heading" aria-level="1" tabindex="-1" data-heading>${t("画标记")}</b><span>${t("画在副本上，原片不动")}</span></div>
      <button disabled=${!shapes.length} onClick=${() => setShapes(shapes.slice(0, -1))}><${I} n="undo-2" />${t("退一笔")}</button>
    </header>
    <div class="view whole">
      <${Pic} sha=${sha} alt=${t("原片")} />
      <svg
        ref=${box}
        viewBox=${`0 0 ${width} ${height}`}
        role="img"
        aria-label=${t("画了 {n} 处", { n: shapes.length })}
        onPointerDown=${down}
        onPointerMove=${move}
        onPointerUp=${up}
        onPointerCancel=${up}
      >
        ${shapes.map((s, i) => html`<path key=${`e${i}`} class="edge" stroke-width=${2 * line} d=${pathOf(s, line)} /><path key=${`l${i}`} class="line" stroke-width=${line} d=${pathOf(s, line)} />`)}
      </svg>
    </div>
    <${Seg}
      label=${t("画什么")}
      ask=${false}
      options=${[
        { value: "arrow", word: t("箭头"), cls: "n", icon: "move-up-right" },
        { value: "ring", word: t("圆圈"), cls: "n", icon: "circle" },
      ]}
      value=${tool}
      onPick=${setTool}
    />
    ${last
      ? html`<div class="nudge" role="group" aria-label=${t("挪动刚画的")}>
          ${pad.map(([icon, word, how]) => html`<button key=${icon} aria-label=${t(word)} onClick=${() => change(how)}><${I} n=${icon} /></button>`)}
        </div>`
      : html`<p class="nudge soft">${t("在照片上拖一下就画，或放在中间再挪。")}</p>`}
    <div class="foot">
      <button class="btn line" onClick=${() => setShapes([...shapes, shapeInTheMiddle(tool, width, height)])}>${t("放在中间")}</button>
      <button class="btn main" aria-disabled=${busy ? "true" : undefined} onClick=${keep}>${busy ? t("正在存") : t("存标记")}</button>
    </div>
    <p class="sr" role="status">${t("画了 {n} 处", { n: shapes.length })}</p>
    <${Notice} cls="still" />
  <//>`;
}
