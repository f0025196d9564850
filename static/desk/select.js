// @ts-check
// Ticking rows: the ink bar counts them, and orders and pages carry them along in the address.
// Without a script the boxes are a form all the same, and its buttons take them along.

import { fresh } from "./once.js";
import { isWriting } from "./keys.js";

/**
 * Where the person was when the list was asked for again: the box, how far the page was scrolled, and what was ticked by then.
 * Somebody who ticks faster than the answers come is asked for again, once.
 */
const left = { box: "", top: 0, ticked: "" };

/** @param {ParentNode} root */
export function select(root) {
  for (const form of fresh(root, "form[data-select]")) wire(/** @type {HTMLFormElement} */ (form));
}

/** @param {HTMLFormElement} form */
function wire(form) {
  const boxes = () => /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('input[type="checkbox"][name="sel"]')]);
  const all = /** @type {HTMLInputElement?} */ (form.querySelector("[data-all]"));
  const elsewhere = /** @type {HTMLInputElement?} */ (form.querySelector("[data-elsewhere]"));
  const most = Number(form.dataset.most) || Infinity;

  const tell = () => {
    const ticked = boxes().filter((box) => box.checked);
    for (const box of boxes()) (box.closest("tr") || box.closest(".it"))?.classList.toggle("on", box.checked);
    if (all) {
      all.checked = ticked.length > 0 && ticked.length === boxes().length;
      all.classList.toggle("some", ticked.length > 0 && !all.checked);
    }
    const count = ticked.length + Number(elsewhere?.dataset.elsewhere || 0);
    const rows = ticked.map((box) => /** @type {HTMLElement?} */ (box.closest("[data-row]")));
    const units = new Set([...(elsewhere?.dataset.units || "").split(" "), ...rows.map((row) => row?.dataset.unit || "")].filter(Boolean));
    const over = Number(elsewhere?.dataset.over || 0) + rows.filter((row) => row?.hasAttribute("data-late")).length;
    const bar = form.querySelector("[data-bulk]");
    bar?.toggleAttribute("data-none", count === 0);
    const figure = bar?.querySelector("[data-count]");
    if (figure) figure.textContent = String(count);
    const say = /** @type {HTMLElement?} */ (bar?.querySelector("[data-say]"));
    if (say) say.textContent = (say.dataset.say || "").replace("{units}", String(units.size)).replace("{over}", String(over));
    carry(packed());
  };
  const packed = () => [elsewhere?.value, ...boxes().filter((box) => box.checked).map((box) => box.value)].filter(Boolean).join(".");

  form.addEventListener("change", (event) => {
    if (event.target === all && all) for (const box of boxes()) box.checked = all.checked;
    let room = most - Number(elsewhere?.dataset.elsewhere || 0);
    for (const box of boxes()) if (box.checked && room-- <= 0) box.checked = false;
    tell();
    if ("live" in form.dataset) {
      Object.assign(left, { box: /** @type {Element} */ (event.target).id, top: scrollY, ticked: packed() });
      form.requestSubmit();
    }
  });
  form.querySelector("[data-clear]")?.addEventListener("click", (event) => {
    event.preventDefault();
    for (const box of boxes()) box.checked = false;
    if (elsewhere) Object.assign(elsewhere, { value: "" }).dataset.elsewhere = "0";
    if (elsewhere) elsewhere.dataset.units = elsewhere.dataset.over = "";
    tell();
  });
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (!form.isConnected) return document.removeEventListener("keydown", onKey);
    if (event.key !== "x" || isWriting() || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = /** @type {HTMLInputElement?} */ (form.querySelector('.at input[name="sel"]'));
    if (!box) return;
    event.preventDefault();
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.addEventListener("keydown", onKey);
  tell();
  if (left.box) {
    document.getElementById(left.box)?.focus({ preventScroll: true });
    scrollTo(0, left.top);
    left.box = "";
    const wanted = new Set(left.ticked.split("."));
    if (left.ticked !== packed() && "live" in form.dataset) {
      for (const box of boxes()) box.checked = wanted.has(box.value);
      tell();
      form.requestSubmit();
    }
  }
}

/**
 * Put what is ticked into the page's own address and into those of its orders and pages.
 *
 * @param {string} ticked
 */
function carry(ticked) {
  for (const link of document.querySelectorAll("a[data-keeps]")) /** @type {HTMLAnchorElement} */ (link).href = withTicked(/** @type {HTMLAnchorElement} */ (link).href, ticked);
  const here = withTicked(location.href, ticked);
  if (here !== location.href) history.replaceState(history.state, "", here);
}

/**
 * @param {string} address
 * @param {string} ticked
 */
function withTicked(address, ticked) {
  const url = new URL(address, location.href);
  url.searchParams.delete("sel");
  if (ticked) url.searchParams.set("sel", ticked);
  return url.href;
}
