// The tile that opens the camera: the one in this page where there is one, else the phone's own, in the same tap.
// What the photo is for is kept before the camera opens: the phone may close this page meanwhile.

import { html, useRef, useState } from "../kit/html.js";
import { now as clockNow } from "../kit/clock.js";
import { t } from "../kit/words.js";
import { hasRoom } from "../store/photos.js";
import { photoMarks } from "../store/state.js";
import { flat } from "../work/album.js";
import { lens, looked } from "../work/lens.js";
import { isOld, takeInto } from "../work/shoot.js";
import { position } from "./here.js";
import { NO_ROOM } from "./notice.js";
import { lay } from "./router.js";
import { notice } from "./state.js";

/** What a person should know of a photo while still standing there. */
const WORRIES = { dark: "这张偏暗，看不清可以重拍", blurred: "这张有点糊，看不清可以重拍" };

/** @param {string} sha256 @returns {string} "" when there is nothing to say */
export const worryOf = (sha256) => t(WORRIES[photoMarks.value.get(sha256)?.meta?.worry] ?? "");

/** No more may travel: said before the shutter, not after. @param {import("../work/shoot.js").Album} album */
export const isFull = (album) => flat(album.list()).length >= album.most;

/**
 * @param {{album: import("../work/shoot.js").Album, cls?: string, label: string, own?: boolean, gallery?: boolean, children?: any}} what
 *   own: the phone's own camera, whatever there is in the page; gallery: older pictures, marked so
 */
export function Shot({ album, cls = "", label, own = false, gallery = false, children }) {
  const asked = useRef(0);
  const [busy, setBusy] = useState(false);

  async function open(event) {
    if (asked.current || busy) return;
    const input = event.currentTarget;
    event.preventDefault();
    if (isFull(album)) {
      notice.value = { words: t("最多 {n} 张。要再拍，先去掉一张。", { n: album.most }) };
      return;
    }
    // Never taken what cannot be kept: there is no room even for one more.
    if (!(await hasRoom())) {
      notice.value = NO_ROOM;
      return;
    }
    try {
      await album.begin();
    } catch (error) {
      // The camera is still worth opening: what it brings may find room when this did not.
      notice.value = error;
    }
    await looked;
    if (lens.value === "maybe" && !own && !gallery) {
      lay({ kind: "camera", album });
      return;
    }
    asked.current = clockNow();
    // Without the person's touch still counting the browser opens nothing; the next tap goes straight through.
    if (!navigator.userActivation || navigator.userActivation.isActive) input.click();
  }

  async function came(event) {
    const input = event.currentTarget;
    const files = [...input.files];
    const at = asked.current;
    asked.current = 0;
    if (!files.length) return album.none();
    setBusy(true);
    try {
      for (const file of files) {
        const old = gallery || isOld(file, at);
        await takeInto(album, file, old ? { source: "gallery" } : { source: "file", position: position(clockNow()) });
      }
      notice.value = null;
      album.done?.();
    } catch (error) {
      notice.value = error;
      album.none();
    } finally {
      setBusy(false);
      input.value = "";
    }
  }

  function none() {
    asked.current = 0;
    album.none();
  }

  const camera = gallery ? { multiple: album.most > 1 && !album.once } : { capture: "environment" };
  return html`<label class=${`file ${cls} ${busy ? "busy" : ""}`}>
    <input type="file" accept="image/*" ...${camera} aria-label=${label} onClick=${open} onChange=${came} onCancel=${none} />
    ${busy ? t("正在存") : children}
  </label>`;
}
