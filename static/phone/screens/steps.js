// What the screens of the first run share: the cover's name over them, the four steps, and a drawing of a browser.

import { drawMore } from "../kit/icons-more.js";
import { html } from "../kit/html.js";
import { t } from "../kit/words.js";
import { me } from "../store/rows.js";
import { I, Pill } from "./parts.js";
import { postWhere } from "./shown.js";

drawMore();

const STEPS = ["登录", "安装", "授权", "自测"];

/** @param {{by?: string, pill?: boolean}} what */
export const Head = ({ by, pill = true }) => html`<header class="mast"><div>
  <b class="book">${t("巡查簿")}</b>
  <span class="by">${by ?? [me.value?.person.name, postWhere(me.value?.posts?.[0])].filter(Boolean).join(" · ")}</span>
  ${pill ? html`<${Pill} />` : null}
</div></header>`;

/** @param {{now: number}} what  now: 1 install, 2 permissions, 3 self-test */
export const Steps = ({ now }) => html`<ol class="stops steps4">
  ${STEPS.map((step, i) => html`<li key=${step} class=${i === now ? "now" : i > now ? "next" : undefined} aria-current=${i === now ? "step" : undefined}>${t(step)}</li>`)}
</ol>`;

/** A sentence with something to press in it: what stands for {what}. @param {{s: string, what: any}} what */
export function Press({ s, what }) {
  const [before, after = ""] = t(s).split("{what}");
  return html`${before}<b>${what}</b>${after}`;
}

/** A bar of a browser with one thing to press. @param {{url: string, lead?: string, hit: string, tab?: boolean}} what */
export const TopBar = ({ url, lead = "house", hit, tab = true, lock = true }) => html`<div class="pic" aria-hidden="true"><div class="browser">
  <${I} n=${lead} /><span class="url">${lock ? html`<${I} n="lock" />` : null}${url}</span>${tab ? html`<em>1</em>` : null}<i class="hit"><${I} n=${hit} /></i>
</div></div>`;

/** The tools below a page. @param {{icons: string[], hit: string}} what */
export const Tools = ({ icons, hit }) => html`<div class="pic" aria-hidden="true"><div class="tools">
  ${icons.map((name) => (name === hit ? html`<i class="hit"><${I} n=${name} /></i>` : html`<${I} n=${name} />`))}
</div></div>`;

/** A menu with the one line to press. @param {{lines: [string, string][], hit: number, wide?: boolean}} what */
export const Menu = ({ lines, hit, wide = false }) => html`<div class="pic" aria-hidden="true"><div class=${`menu ${wide ? "wide" : ""}`}>
  ${lines.map(([icon, words], i) => html`<div class=${i === hit ? "hit" : undefined}>${wide ? html`${words}<${I} n=${icon} />` : html`<${I} n=${icon} />${words}`}</div>`)}
</div></div>`;

/** The browser's last question. @param {{button: string}} what */
export const Asked = ({ button }) => html`<div class="pic" aria-hidden="true"><div class="ask">
  <svg class="app" viewBox="0 0 44 44"><rect x="9" y="7" width="13" height="30" fill="var(--sheet-paper)" /><rect x="11" y="9" width="9" height="26" fill="none" stroke="var(--sheet-ink)" /><path d="M36 0v44M36 9h8M36 22h8M36 35h8" stroke="var(--cover-line)" stroke-width="1.5" fill="none" /></svg>
  <span><b>${t("巡查簿")}</b>${location.host}</span><span class="hit">${button}</span>
</div></div>`;
