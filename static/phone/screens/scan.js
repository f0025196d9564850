// Reading the code on a place's plate with the camera; absent where the browser cannot read codes.

import { html } from "../kit/html.js";
import { t } from "../kit/words.js";
import { I } from "./parts.js";
import { go } from "./router.js";
import { Shot } from "./shot.js";
import { notice, view } from "./state.js";

/** Can this browser read codes by itself? */
export const canScan = () => "BarcodeDetector" in globalThis;

/** The place whose id or code stands in a plate's text. @param {string} text */
function placeIn(text) {
  const parts = new Set(text.split(/[/?#=&]/).map((p) => decodeURIComponent(p).toLowerCase()));
  for (const place of view.value.place.values()) {
    if (parts.has(place.id) || parts.has(String(place.code).toLowerCase())) return place;
  }
  return null;
}

async function read(file) {
  const detector = new globalThis.BarcodeDetector({ formats: ["qr_code"] });
  const codes = await detector.detect(await createImageBitmap(file));
  const place = codes.map((c) => placeIn(c.rawValue)).find(Boolean);
  if (place) go(`/places/${place.id}`);
  else throw Object.assign(new Error("no plate"), { words: codes.length ? "这个码不是您负责的点位。" : "没有看到码，请对准牌子再拍一张。" });
}

export function Scan({ cls = "", label = t("扫码") }) {
  if (!canScan()) return null;
  return html`<${Shot} cls=${cls} label=${t("扫点位牌上的码")} before=${async () => {}} onFile=${read} onNone=${() => (notice.value = notice.value)}>
    <${I} n="qr-code" />${label}
  <//>`;
}
