// What an address shows when the thing is not on this phone.

import { html } from "../kit/html.js";
import { t } from "../kit/words.js";
import { Bar, Foot, Page } from "./parts.js";
import { at } from "./router.js";

export const Missing = ({ title, to = "/", words = t("这台手机上没有它。可能不在您的范围里，或还没有下载到。") }) => html`<${Page} title=${title} cls="has-foot">
  <${Bar} title=${title} to=${to} />
  <main><p class="empty">${words}</p></main>
  <${Foot}><a class="btn main" href=${at(to)}>${t("回去")}</a><//>
<//>`;
