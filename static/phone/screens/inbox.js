// What the office had to tell, newest first. Opened, it is read; what is new stays marked until one leaves.

import { html, useEffect, useState } from "../kit/html.js";
import { isSeen } from "../kit/page.js";
import { t } from "../kit/words.js";
import { notices } from "../store/rows.js";
import { seeAll, unseen } from "../outbox/notices.js";
import { Bar, I, Page, Row, Sec } from "./parts.js";
import { clock, day, daysBetween, shortNumber } from "./shown.js";
import { now, view } from "./state.js";
import { KINDS } from "./told.js";

const OTHER = ["info", "", "消息"];

export function Inbox() {
  // What was new when the screen was opened.
  const [since] = useState(() => notices.value.read);
  const list = notices.value.list;
  const fresh = unseen({ ...notices.value, read: since });
  useEffect(() => {
    const timer = setTimeout(() => {
      if (isSeen()) seeAll().catch((error) => console.warn(error));
    }, 1000);
    return () => clearTimeout(timer);
  }, [list.length]);
  const at = now();
  const days = new Map();
  for (const one of list) days.set(daysBetween(one.at, at), [...(days.get(daysBetween(one.at, at)) ?? []), one]);
  return html`<${Page} title=${t("消息")}>
    <${Bar} title=${t("消息")} sub=${html`<span>${fresh.length ? t("{n} 条新的", { n: fresh.length }) : t("都看过了")}</span>`} to="/" />
    <main>
      ${list.length
        ? [...days].map(
            ([ago, some]) => html`<${Sec} key=${ago} title=${ago === 0 ? t("今天") : ago === 1 ? t("昨天") : day(some[0].at)} by=${t("{n} 条", { n: some.length })} />
              <ul class="rows news">
                ${some.map((one) => html`<${Told} key=${one.seq} one=${one} fresh=${one.seq > since} />`)}
              </ul>`,
          )
        : html`<p class="empty">${t("还没有消息。交办、退回、到期和答复会写在这里。")}</p>`}
    </main>
  <//>`;
}

function Told({ one, fresh }) {
  const [icon, cls, word] = KINDS[one.kind] ?? OTHER;
  const here = one.finding && view.value.finding.has(one.finding);
  const note = [one.number ? shortNumber(one.number) : "", one.words].filter(Boolean).join(t("，"));
  return html`<${Row}
    to=${here ? `/findings/${one.finding}` : undefined}
    sign=${html`<span class=${cls || "soft"}><${I} n=${icon} /></span>`}
    title=${one.title || t(word)}
    note=${html`<span class=${`${cls || "soft"} nb`}>${t(word)}</span>${note ? ` · ${note}` : ""}`}
    right=${html`${fresh ? html`<b class="fresh">${t("新")}</b>` : null}<small>${clock(one.at)}</small>`}
  />`;
}
