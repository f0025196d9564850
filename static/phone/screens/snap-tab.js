// The camera's cell in the middle of the tabs: the tap opens the camera, the shutter saves, the slip follows.

import { html, useRef } from "../kit/html.js";
import { now as clockNow } from "../kit/clock.js";
import { newId } from "../kit/ids.js";
import { t } from "../kit/words.js";
import { manual } from "../store/rows.js";
import { draftOf, drafts, giveUp, put } from "../work/drafts.js";
import { keepShot } from "../work/shoot.js";
import { addSnapPhoto, newSnap } from "../work/snap.js";
import { position } from "./here.js";
import { I } from "./parts.js";
import { go } from "./router.js";
import { Shot } from "./shot.js";
import { notice } from "./state.js";

export function SnapTab() {
  const id = useRef(null);
  return html`<${Shot}
    cls="shot"
    label=${t("随手拍")}
    before=${async () => {
      for (const empty of drafts.value.filter((d) => d.kind === "snap" && !d.photos.length)) await giveUp(empty.id);
      id.current = newId();
      const at = clockNow();
      return put({ ...newSnap({ id: id.current, at, manual: manual.value?.version }), pending: { role: "before", at } });
    }}
    onFile=${async (file) => {
      const photo = await keepShot(file, { draft: id.current, position: position(clockNow()) });
      const snap = draftOf(id.current) ?? newSnap({ id: id.current, at: clockNow(), manual: manual.value?.version });
      await put({ ...addSnapPhoto(snap, "before", photo), position: photo.position ?? null });
      go(`/snap/${id.current}`);
    }}
    onNone=${() => {
      if (id.current) giveUp(id.current).catch((error) => (notice.value = error));
    }}
  >
    <span><${I} n="camera" /></span>${t("随手拍")}
  <//>`;
}
