// Which screen an address means.

import { html, signal } from "../kit/html.js";
import { Checklist } from "./checklist.js";
import { Compare } from "./compare.js";
import { Finding } from "./finding.js";
import { Findings } from "./findings.js";
import { Finish } from "./finish.js";
import { Login } from "./login.js";
import { Logout } from "./logout.js";
import { Missing } from "./missing.js";
import { Outbox } from "./outbox.js";
import { Place } from "./place.js";
import { Places } from "./places.js";
import { Ready } from "./ready.js";
import { Reply } from "./reply.js";
import { go, path } from "./router.js";
import { Snap } from "./snap.js";
import { forgetUndo, notice } from "./state.js";
import { Today } from "./today.js";
import { t } from "../kit/words.js";

/** Are a person's stores open? Before that there is only the cover. */
export const opened = signal(false);

const SCREENS = [
  [/^\/$/, () => html`<${Today} />`],
  [/^\/places$/, () => html`<${Places} />`],
  [/^\/places\/([^/]+)$/, (id) => html`<${Place} key=${id} id=${id} />`],
  [/^\/visits\/([^/]+)$/, (id) => html`<${Checklist} key=${id} id=${id} />`],
  [/^\/visits\/([^/]+)\/finish$/, (id) => html`<${Finish} key=${id} id=${id} />`],
  [/^\/snap\/([^/]+)$/, (id) => html`<${Snap} key=${id} id=${id} />`],
  [/^\/findings$/, () => html`<${Findings} />`],
  [/^\/findings\/([^/]+)\/compare$/, (id) => html`<${Compare} key=${id} id=${id} />`],
  [/^\/findings\/([^/]+)\/reply$/, (id) => html`<${Reply} key=${id} id=${id} />`],
  [/^\/findings\/([^/]+)(?:\/(return|dismiss|assign))?$/, (id, sheet) => html`<${Finding} key=${id} id=${id} sheet=${sheet} />`],
  [/^\/outbox$/, () => html`<${Outbox} />`],
  [/^\/ready$/, () => html`<${Ready} />`],
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
  if (!opened.value || here === "/login") return html`<${Login} onIn=${() => (opened.value = true)} />`;
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
