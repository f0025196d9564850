// The camera's cell in the middle of the tabs: the tap opens the camera, the shutter saves, the slip follows.

import { html, useRef } from "../kit/html.js";
import { now as clockNow } from "../kit/clock.js";
import { newId } from "../kit/ids.js";
import { t } from "../kit/words.js";
import { manual } from "../store/rows.js";
import { draftOf, drafts, giveUp, put } from "../work/drafts.js";
import { changeSnapPhotos, newSnap } from "../work/snap.js";
import { position } from "./here.js";
import { I } from "./parts.js";
import { go } from "./router.js";
import { Shot } from "./shot.js";
import { notice } from "./state.js";

export function SnapTab() {
  const id = useRef(null);
  const fresh = () => newSnap({ id: id.current, at: clockNow(), manual: manual.value?.version });
  /** @type {import("../work/shoot.js").Album} */
  const album = {
    draft: () => id.current,
    list: () => draftOf(id.current)?.photos ?? [],
    write: (how) => {
      const snap = changeSnapPhotos(draftOf(id.current) ?? fresh(), "before", how);
      return put({ ...snap, position: snap.position ?? position(clockNow()) });
    },
    begin: async () => {
      for (const empty of drafts.value.filter((d) => d.kind === "snap" && !d.photos.length)) await giveUp(empty.id);
      id.current = newId();
      return put({ ...fresh(), pending: { role: "before", at: clockNow() } });
    },
    none: () => {
      if (id.current && !album.list().length) giveUp(id.current).catch((error) => (notice.value = error));
    },
    most: 12,
    role: "before",
    title: t("随手拍"),
    once: true,
    done: () => go(`/snap/${id.current}`),
  };
  return html`<${Shot} cls="shot" label=${t("随手拍")} album=${album}><span><${I} n="camera" /></span>${t("随手拍")}<//>`;
}
