// What lies over a screen: full size, always dark. The rest of the page cannot be reached meanwhile; Escape and Back take it away.

import { html, useLayoutEffect, useRef } from "../kit/html.js";
import { focused, setNight } from "../kit/page.js";
import { lift, over } from "./router.js";
import { english } from "./shown.js";

export function Layer({ label, cls = "", children }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    const before = focused();
    const dialog = box.current;
    dialog.showModal();
    dialog.querySelector("[data-heading]")?.focus({ preventScroll: true });
    setNight(true);
    return () => {
      dialog.close();
      setNight(over.peek().length > 0);
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  function cancel(event) {
    event.preventDefault();
    lift();
  }
  return html`<dialog class=${`cam ${cls} ${english() ? "en" : ""}`} aria-label=${label} ref=${box} onCancel=${cancel}>${children}</dialog>`;
}
