// The parts every screen is set from: masthead, bar, pill, tabs, foot, rows, segments, sheet, undo, stamp.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../kit/html.js";
import { t, lang } from "../kit/words.js";
import { icon } from "../kit/icons.js";
import { focused, setTitle } from "../kit/page.js";
import { Pic } from "./pictures.js";
import { at, back, go, overlay, path, scrollOf } from "./router.js";
import { pill } from "../outbox/state.js";
import { clock, english } from "./shown.js";
import { badge, now, openVisit, undoing } from "./state.js";
import { photosOf } from "../work/visit.js";

/** One icon, by its Lucide name; `s`: small, in a line of words. */
export const I = ({ n, s, cls = "" }) => icon(n, `${s ? "s" : ""} ${cls}`.trim());

/** One screen: its title in the tab, its class on the grid, and the heading that gets the focus when the screen changes. */
export function Page({ title, cls = "", children }) {
  const box = useRef(null);
  useEffect(() => {
    setTitle(title ? `${title} · ${t("巡查簿")}` : t("巡查簿"));
  }, [title, lang.value]);
  useLayoutEffect(() => {
    const heading = box.current.querySelector("[data-heading]");
    heading?.focus({ preventScroll: true });
    scrollTo(0, scrollOf());
  }, [path.value]);
  return html`<div class=${`page ${cls} ${english() ? "en" : ""}`} ref=${box}>${children}</div>`;
}

/** The masthead of the four main screens. */
export const Mast = ({ title, by }) => html`<header class="mast">
  <div>
    <h1 tabindex="-1" data-heading class=${title.length > 6 ? "small" : ""}>${title}</h1>
    ${by ? html`<span class="by">${by}</span>` : null}<${Pill} />
  </div>
</header>`;

/** The bar of an inner screen. `sign`: "chevron-left" or "x". */
export const Bar = ({ title, sub, sign = "chevron-left", label, to = "/", onBack, heading = true, children }) => html`<header class="bar">
  <div class="line">
    <button class="back" aria-label=${label ?? t("返回")} onClick=${onBack ?? (() => back(to))}><${I} n=${sign} /></button>
    <div class="name">
      <b ...${heading ? { role: "heading", "aria-level": "1", tabindex: "-1", "data-heading": true } : {}}>${title}</b>
      ${sub ? html`<span>${sub}</span>` : null}
    </div>
    <${Pill} />
  </div>
  ${children}
</header>`;

/** What is left to send, in words, on every screen; a tap leads to the outbox. */
export function Pill() {
  const { kind, photos = 0, commands = 0 } = pill.value;
  const n = photos || commands;
  const look = { sent: ["done", "check"], waiting: ["wait", "arrow-up"], offline: ["off", "wifi-off"] }[kind];
  const words =
    kind === "sent" ? t("已全部上传") : kind === "offline" ? t("离线，照常工作") : photos ? t("待上传 {n} 张", { n }) : t("待上传 {n} 条", { n });
  const ticks = kind === "waiting" ? html`<u>${n > 12 ? html`<i></i>` : [...Array(n)].map((_, i) => html`<i key=${i}></i>`)}</u>` : null;
  return html`<a class=${`pill ${look[0]}`} href=${at("/outbox")} data-pill=${kind}><span><${I} n=${look[1]} />${words}${ticks}</span></a>`;
}

const TABS = [
  ["/", "calendar-check", "今天"],
  ["/places", "map-pin", "点位"],
  null,
  ["/findings", "circle-alert", "问题"],
  ["/outbox", "send", "待发"],
];

/** The five cells at the bottom, and the open draft above them. `snap` is the camera's cell, handed in by the screen. */
export function Nav({ here, snap }) {
  const draft = here === "/outbox" ? null : openVisit.value;
  return html`<nav class="nav" aria-label=${t("主导航")}>
    ${draft ? html`<${DraftBar} ...${draft} />` : null}
    <ol>
      ${TABS.map((tab) =>
        tab
          ? html`<li key=${tab[0]}>
              <a href=${at(tab[0])} aria-current=${here === tab[0] ? "page" : undefined}>
                <${I} n=${tab[1]} />${t(tab[2])}
                ${tab[0] === "/outbox" && badge.value
                  ? html`<span class="n"><span class="sr">${t("，")}</span>${badge.value}</span>`
                  : null}
              </a>
            </li>`
          : html`<li key="snap">${snap}</li>`,
      )}
    </ol>
  </nav>`;
}

function DraftBar({ draft, place }) {
  const photos = photosOf(draft).length;
  return html`<a class="draft" href=${at(`/visits/${draft.id}`)}>
    <${I} n="pencil" />
    <span>
      <b>${t("继续 {time} 的检查", { time: clock(draft.saved_at ?? draft.started_at) })}</b>
      <small>${place?.name ?? ""}${photos ? t("，已拍 {n} 张", { n: photos }) : ""}</small>
    </span>
    <${I} n="arrow-right" />
  </a>`;
}

/** The line that opens a section: a name, and a count. */
export const Sec = ({ title, by, bad, cls = "", children }) => html`<div class=${`sec ${cls}`}>
  <h2 class=${bad ? "bad" : undefined}>${title}</h2>
  ${children ?? (by ? html`<span>${by}</span>` : null)}
</div>`;

/** One row, the whole of it a target: sign, words, something flush right. `item`: of its <li>, in a list that is shown in part. */
export const Row = ({ to, onClick, sign, title, note, right, pic, label, wide, slim, item }) => {
  const inside = html`${sign}<span><span class="t">${title}</span>${note ? html`<span class="m">${note}</span>` : null}</span>${right
    ? html`<span class="r">${right}</span>`
    : null}${pic}`;
  const cls = `row ${wide ? "wide" : ""} ${slim ? "slim" : ""}`;
  return html`<li ...${item}>
    ${to
      ? html`<a class=${cls} href=${at(to)} aria-label=${label}>${inside}</a>`
      : onClick
        ? html`<button class=${cls} onClick=${onClick} aria-label=${label}>${inside}</button>`
        : html`<div class=${cls}>${inside}</div>`}
  </li>`;
};

export const Plate = ({ code }) => html`<span class="plate">${code}</span>`;

/** One cell a thing. `cells`: "", "bad", "na", "todo", "now", "gap", "mo". */
export const Tally = ({ cells, label }) => html`<div
  class=${`tally ${cells.length > 90 ? "dense solid" : cells.length > 45 ? "dense" : ""}`}
  role="img"
  aria-label=${label}
>
  ${cells.map((c, i) => html`<i key=${i} class=${c || undefined}></i>`)}
</div>`;

const LETTERS = { p: "", f: "bad", n: "na", m: "mo", "-": "todo" };
/** The cells of a tally as it travels: "pfn-m". */
export const cellsOf = (line) => [...(line ?? "")].map((c) => LETTERS[c] ?? "todo");

/** Left and right move between the answers of a group, as in any group of radio buttons. */
function arrows(event) {
  const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
  if (!step) return;
  const all = [...event.currentTarget.querySelectorAll("[role=radio]")];
  all[(all.indexOf(focused()) + step + all.length) % all.length]?.focus();
  event.preventDefault();
}

/**
 * Equal segments, one of which may be chosen. `options`: [{value, word, cls, icon}].
 * Every segment is a stop for the Tab key until one is chosen; then only that one is.
 */
export function Seg({ options, value, onPick, label, cls = "", ask = true }) {
  const chosen = value != null;
  return html`<div class=${`seg ${cls} ${!chosen && ask ? "ask" : ""}`} role="radiogroup" aria-label=${label} onKeyDown=${arrows}>
    ${options.map(
      (o) => html`<button
        key=${o.value}
        type="button"
        role="radio"
        class=${o.cls}
        aria-checked=${String(o.value === value)}
        tabindex=${!chosen || o.value === value ? undefined : "-1"}
        onClick=${() => onPick(o.value)}
      >
        ${o.icon ? html`<${I} n=${o.icon} />` : null}${o.word}
      </button>`,
    )}
  </div>`;
}

/** Chips: several may be chosen, or with `one` a single one. `options`: [{value, word}]. */
export const Chips = ({ options, chosen, onPick, label }) => html`<div class="why" role="group" aria-label=${label}>
  ${options.map((o) => {
    const on = chosen.includes(o.value);
    return html`<button key=${o.value} type="button" aria-pressed=${String(on)} onClick=${() => onPick(o.value, !on)}>
      ${on ? html`<${I} n="check" />` : null}${o.word}
    </button>`;
  })}
</div>`;

/** A field of a form: its two characters in the sign column, then what belongs there. */
export const Fld = ({ name, small, children, cls = "" }) => html`<div class=${`fld ${cls}`}>
  <span>${name}${small ? html`<small>${small}</small>` : null}</span>${children}
</div>`;

/** Words a person writes; grows with them. Kept as they are typed. */
export function Words({ value, onWrite, label, max = 500, holder }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    if (CSS.supports("field-sizing", "content") || !box.current) return;
    box.current.rows = Math.max(1, Math.min(8, box.current.value.split("\n").length + Math.floor(box.current.value.length / 18)));
  }, [value]);
  return html`<textarea
    class="words"
    rows="1"
    ref=${box}
    maxlength=${max}
    aria-label=${label}
    placeholder=${holder}
    value=${value}
    onInput=${(e) => onWrite(e.currentTarget.value)}
  ></textarea>`;
}

/** The foot: the one main action, under the thumb. */
export const Foot = ({ cls = "", children }) => html`<div class=${`foot ${cls}`}>${children}</div>`;

/** Slips that have an address of their own: Back leaves that address anyway. */
const HAS_ADDRESS = /^\/findings\/[^/]+\/(?:reply\/[a-z_]+|(?!reply$|compare$)[a-z_]+)$/;

/** A slip from below. Back, Escape and the veil close it; the focus stays inside while it lies there. */
export function Sheet({ title, by, bad, onClose, children, foot }) {
  const box = useRef(null);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => (HAS_ADDRESS.test(path.peek()) ? undefined : overlay(() => close.current())), []);
  useEffect(() => {
    const before = focused();
    box.current.querySelector("h2").focus({ preventScroll: true });
    return () => before?.isConnected && before.focus?.({ preventScroll: true });
  }, []);
  const keys = (event) => {
    if (event.key === "Escape") onClose();
    if (event.key !== "Tab") return;
    const all = [...box.current.querySelectorAll("button, a[href], input, textarea, select")].filter((e) => !e.disabled && e.tabIndex >= 0);
    const first = all[0];
    const end = all[all.length - 1];
    if (event.shiftKey && (focused() === first || focused()?.tagName === "H2")) {
      end.focus();
      event.preventDefault();
    } else if (!event.shiftKey && focused() === end) {
      first.focus();
      event.preventDefault();
    }
  };
  return html`<div class="scrim" onClick=${onClose}></div>
    <section class="sheet" role="dialog" aria-modal="true" aria-labelledby="sheet-title" ref=${box} onKeyDown=${keys}>
      <header>
        <h2 id="sheet-title" tabindex="-1" class=${bad ? "bad" : undefined}>${title}</h2>
        ${by ? html`<span class="by">${by}</span>` : null}
        <button class="back" aria-label=${t("关闭")} onClick=${onClose}><${I} n="x" /></button>
      </header>
      ${children} ${foot ? html`<div class="foot">${foot}</div>` : null}
    </section>`;
}

/** A list to choose one from, on a slip. `options`: [{value, word, small}]. */
export const PickList = ({ options, value, onPick, label }) => html`<ul class="pick" role="radiogroup" aria-label=${label}>
  ${options.map(
    (o) => html`<li key=${String(o.value)} role="none">
      <button type="button" role="radio" aria-checked=${String(o.value === value)} onClick=${() => onPick(o.value)}>
        <span>${o.word}</span>${o.small ? html`<small>${o.small}</small>` : null}
      </button>
    </li>`,
  )}
</ul>`;

/** Eight seconds to take something back. */
export function Undo({ cls = "" }) {
  const what = undoing.value;
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (!what) return undefined;
    const tick = () => setLeft(Math.max(0, Math.ceil((what.until - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }, [what]);
  if (!what) return null;
  return html`<div class=${`undo ${cls}`} role="status">
    <${I} n="check" /><span>${what.words}</span>
    <button class="act" onClick=${what.undo}><${I} n="undo-2" s />${t("撤销")} <span class="nb" aria-hidden="true">${t("{n} 秒", { n: left })}</span></button>
  </div>`;
}

/** Giving up a draft: what goes is said, and asked once, because it does not come back. */
export function Discard({ button, words, onDiscard }) {
  const [asked, setAsked] = useState(false);
  return html`<p class="last"><button class="btn slim discard" onClick=${() => setAsked(true)}><${I} n="trash-2" s />${button}</button></p>
    ${asked
      ? html`<${Sheet}
          title=${t("删掉草稿")}
          bad
          onClose=${() => setAsked(false)}
          foot=${html`<button class="btn line" onClick=${() => setAsked(false)}>${t("留着")}</button>
            <button class="btn gone" onClick=${onDiscard}>${t("删掉")}</button>`}
        >
          <div class="form flat"><p>${words}</p></div>
        <//>`
      : null}`;
}

/** The stamp: only for what is proven. */
export const Seal = ({ word, date, by }) => html`<div class="seal"><b>${word}</b><span>${date}</span><small>${by}</small></div>`;

/** A finding in a list: how urgent, what, where and the verb, and its photo. */
export const Thumb = ({ sha }) => html`<${Pic} sha=${sha} size="small" cls="thumb" />`;

export { go, now };
