// The tile that opens the camera. What it is for is kept before the camera opens: the phone may close this page meanwhile.

import { html, useRef, useState } from "../kit/html.js";
import { t } from "../kit/words.js";
import { notice } from "./state.js";

/**
 * @param {{before: () => Promise<void>, onFile: (file: File) => Promise<void>, onNone: () => void, cls?: string, label: string, children?: any}} what
 *   before: keep what the photo will be for; onFile: the camera came back with one; onNone: it came back without
 */
export function Shot({ before, onFile, onNone, cls = "", label, children }) {
  const ready = useRef(false);
  const [busy, setBusy] = useState(false);

  async function open(event) {
    if (ready.current || busy) return;
    const input = event.currentTarget;
    event.preventDefault();
    try {
      await before();
    } catch (error) {
      // The camera is still worth opening: what it brings may find room when this did not.
      notice.value = error;
    }
    ready.current = true;
    // Without the person's touch still counting the browser opens nothing; the next tap goes straight through.
    if (!navigator.userActivation || navigator.userActivation.isActive) input.click();
  }

  async function came(event) {
    const input = event.currentTarget;
    const file = input.files[0];
    ready.current = false;
    if (!file) return onNone();
    setBusy(true);
    try {
      await onFile(file);
      notice.value = null;
    } catch (error) {
      notice.value = error;
      onNone();
    } finally {
      setBusy(false);
      input.value = "";
    }
  }

  function none() {
    ready.current = false;
    onNone();
  }

  return html`<label class=${`file ${cls} ${busy ? "busy" : ""}`}>
    <input type="file" accept="image/*" capture="environment" aria-label=${label} onClick=${open} onChange=${came} onCancel=${none} />
    ${busy ? t("正在存") : children}
  </label>`;
}
