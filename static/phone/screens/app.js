// Which screen an address means.

import { html, signal } from "../kit/html.js";
import { Enrol } from "./enrol.js";
import { Login } from "./login.js";
import { Missing } from "./missing.js";
import { go, over, path } from "./router.js";
import { forgetUndo, notice } from "./state.js";
import { Today } from "./today.js";
import { t } from "../kit/words.js";

/** Are a person's stores open? Before that there is only the cover. */
export const opened = signal(false);

/** Screens that have been asked for: their name -> the component, or the reason why it did not come. */
const screens = signal(/** @type {Record<string, any>} */ ({}));

/**
 * A screen whose module is fetched when it is first shown: the start loads only what it shows.
 * @param {string} name
 * @param {() => Promise<any>} fetchIt
 */
function later(name, fetchIt) {
  return (props) => {
    const Screen = screens.value[name];
    if (Screen instanceof Error) return html`<${Missing} title=${t("巡查簿")} words=${t("这一页还没有下载完，有信号后再打开。")} />`;
    if (Screen) return html`<${Screen} ...${props} />`;
    if (!(name in screens.peek())) {
      screens.peek()[name] = null;
      fetchIt()
        .then((module) => module[name])
        .catch((error) => (error instanceof Error ? error : new Error(String(error))))
        .then((found) => {
          const rest = { ...screens.peek(), [name]: found };
          screens.value = rest;
          if (found instanceof Error) delete screens.peek()[name]; // asked for again next time
        });
    }
    return null;
  };
}

const Checklist = later("Checklist", () => import("./checklist.js"));
const Allow = later("Allow", () => import("./allow.js"));
const Compare = later("Compare", () => import("./compare.js"));
const Finding = later("Finding", () => import("./finding.js"));
const Findings = later("Findings", () => import("./findings.js"));
const Finish = later("Finish", () => import("./finish.js"));
const Handover = later("Handover", () => import("./handover.js"));
const Inbox = later("Inbox", () => import("./inbox.js"));
const Install = later("Install", () => import("./install.js"));
const Logout = later("Logout", () => import("./logout.js"));
const Me = later("Me", () => import("./me.js"));
const Outbox = later("Outbox", () => import("./outbox.js"));
const Place = later("Place", () => import("./place.js"));
const Places = later("Places", () => import("./places.js"));
const Lost = later("Lost", () => import("./lost.js"));
const Ready = later("Ready", () => import("./ready.js"));
const Reply = later("Reply", () => import("./reply.js"));
const Snap = later("Snap", () => import("./snap.js"));
const Space = later("Space", () => import("./space.js"));

/** What may lie over a screen. */
const LAYERS = {
  camera: later("Camera", () => import("./camera.js")),
  shots: later("Shots", () => import("./shots.js")),
  mark: later("Mark", () => import("./mark.js")),
};

const SCREENS = [
  [/^\/$/, () => html`<${Today} />`],
  [/^\/places$/, () => html`<${Places} />`],
  [/^\/places\/([^/]+)$/, (id) => html`<${Place} key=${id} id=${id} />`],
  [/^\/visits\/([^/]+)$/, (id) => html`<${Checklist} key=${id} id=${id} />`],
  [/^\/visits\/([^/]+)\/finish$/, (id) => html`<${Finish} key=${id} id=${id} />`],
  [/^\/snap\/([^/]+)$/, (id) => html`<${Snap} key=${id} id=${id} />`],
  [/^\/findings$/, () => html`<${Findings} />`],
  [/^\/findings\/([^/]+)\/compare$/, (id) => html`<${Compare} key=${id} id=${id} />`],
  [/^\/findings\/([^/]+)\/reply(?:\/([a-z_]+))?$/, (id, sheet) => html`<${Reply} key=${id} id=${id} sheet=${sheet} />`],
  [/^\/findings\/([^/]+)(?:\/([a-z_]+))?$/, (id, sheet) => html`<${Finding} key=${id} id=${id} sheet=${sheet} />`],
  [/^\/notices$/, () => html`<${Inbox} />`],
  [/^\/outbox$/, () => html`<${Outbox} />`],
  [/^\/setup\/install$/, () => html`<${Install} />`],
  [/^\/setup\/allow$/, () => html`<${Allow} />`],
  [/^\/setup\/ready$/, () => html`<${Ready} />`],
  [/^\/handover$/, () => html`<${Handover} />`],
  [/^\/me$/, () => html`<${Me} />`],
  [/^\/space$/, () => html`<${Space} />`],
  [/^\/ready$/, () => html`<${Ready} />`],
  [/^\/lost$/, () => html`<${Lost} />`],
  [/^\/logout$/, () => html`<${Logout} onOut=${left} />`],
];

let before = "";

export function App() {
  const here = path.value;
  if (here !== before) {
    // What could be taken back belongs to the screen it was done on, but a verdict's slip and its page are one.
    if (root(here) !== root(before)) queueMicrotask(forgetUndo);
    queueMicrotask(() => (notice.value = null));
    before = here;
  }
  if (here === "/enrol") return html`<${Enrol} onIn=${() => (opened.value = true)} Handover=${Handover} />`;
  if (!opened.value || here === "/login") return html`<${Login} onIn=${() => (opened.value = true)} />`;
  return html`${screenAt(here)}${over.value.map(({ kind, ...what }, i) => html`<${LAYERS[kind]} key=${`over-${i}-${kind}`} ...${what} />`)}`;
}

function screenAt(here) {
  for (const [pattern, screen] of SCREENS) {
    const found = pattern.exec(here);
    if (found) return screen(...found.slice(1).map((part) => part && decodeURIComponent(part)));
  }
  return html`<${Missing} title=${t("巡查簿")} words=${t("没有这一页。")} />`;
}

const root = (p) => p.split("/").slice(0, 3).join("/");

function left() {
  opened.value = false;
  go("/", { replace: true });
}
