// @ts-check
// Two photographs compared: side by side, under a sliding edge, or one over the other; swapped; enlarged together.

import { fresh } from "./once.js";

const EDGE = "--cut";

/** @param {ParentNode} root */
export function diptych(root) {
  for (const box of fresh(root, "[data-diptych]")) {
    const grip = box.querySelector("[data-grip]");
    const fade = box.querySelector("[data-fade]");
    let cut = 50;

    /** @param {string} view */
    const show = (view) => {
      box.dataset.view = view;
      for (const button of box.querySelectorAll("[data-view-is]")) {
        button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.viewIs === view));
      }
      const label = box.querySelector(".fade");
      if (label instanceof HTMLElement) label.hidden = view !== "overlay";
    };

    /** @param {number} to per cent from the left */
    const slide = (to) => {
      cut = Math.min(Math.max(to, 0), 100);
      box.style.setProperty(EDGE, `${cut}%`);
      grip?.setAttribute("aria-valuenow", String(Math.round(cut)));
      if (box.dataset.view === "side") show("slide");
    };

    for (const button of box.querySelectorAll("[data-view-is]")) {
      button.addEventListener("click", () => show(/** @type {HTMLElement} */ (button).dataset.viewIs || "side"));
    }
    fade?.addEventListener("input", () => box.style.setProperty("--fade", String(Number(/** @type {HTMLInputElement} */ (fade).value) / 100)));

    box.querySelector("[data-swap]")?.addEventListener("click", (event) => {
      const swapped = box.toggleAttribute("data-swapped");
      /** @type {HTMLElement} */ (event.currentTarget).setAttribute("aria-pressed", String(swapped));
      const caps = box.closest(".shots")?.querySelector(".cap");
      if (caps?.firstElementChild) caps.append(caps.firstElementChild);
    });

    const zoom = box.querySelector("[data-zoom]");
    /** @param {boolean} on */
    const enlarge = (on) => {
      box.toggleAttribute("data-zoomed", on);
      zoom?.setAttribute("aria-pressed", String(on));
    };
    zoom?.addEventListener("click", () => enlarge(!box.hasAttribute("data-zoomed")));
    for (const photo of box.querySelectorAll(".ph")) {
      photo.addEventListener("dblclick", () => enlarge(!box.hasAttribute("data-zoomed")));
      photo.addEventListener("pointermove", (event) => {
        if (!box.hasAttribute("data-zoomed")) return;
        const { clientX, clientY } = /** @type {PointerEvent} */ (event);
        const frame = photo.getBoundingClientRect();
        box.style.setProperty("--zx", `${((clientX - frame.left) / frame.width) * 100}%`);
        box.style.setProperty("--zy", `${((clientY - frame.top) / frame.height) * 100}%`);
      });
    }

    if (!(grip instanceof HTMLElement)) continue;
    grip.addEventListener("pointerdown", (event) => {
      grip.setPointerCapture(event.pointerId);
      event.preventDefault();
      grip.focus();
    });
    grip.addEventListener("pointermove", (event) => {
      if (!grip.hasPointerCapture(event.pointerId)) return;
      const frame = box.getBoundingClientRect();
      slide(((event.clientX - frame.left) / frame.width) * 100);
    });
    grip.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -2, ArrowRight: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 }[event.key];
      if (!step) return;
      event.preventDefault();
      slide(cut + step);
    });
  }
}
