// Two slips that give a reason: 退回重办 over the photos, and 不予立案.

import { html, useState } from "../kit/html.js";
import { t } from "../kit/words.js";
import { me } from "../store/rows.js";
import { endOfWorkday } from "../work/deadlines.js";
import { Chips, Fld, I, Sheet, Words } from "./parts.js";
import { back } from "./router.js";
import { calendar, day, either, isoDay, nearDay } from "./shown.js";
import { now, unitName } from "./state.js";

const close = (finding) => back(`/findings/${finding.id}`);

/** Why it is not good enough, and until when it must be. */
export function ReturnSheet({ finding, onSay }) {
  const [reason, setReason] = useState(null);
  const [words, setWords] = useState("");
  const dates = [1, 2].map((n) => endOfWorkday(now(), n, calendar()));
  const [due, setDue] = useState(dates[0]);
  const [own, setOwn] = useState(null);
  const chosen = own ?? due;
  const ready = reason && (reason !== "other" || words.trim());
  return html`<${Sheet}
    title=${t("退回重办@verb")}
    by=${finding.unit ? unitName(finding.unit) : ""}
    onClose=${() => close(finding)}
    foot=${html`<button
      class="btn main"
      disabled=${!ready}
      onClick=${() => onSay({ reason, words: words.trim(), due_at: chosen })}
    >
      ${ready ? t("退回，限{day}", { day: nearDay(chosen, now()) }) : reason ? t("请写原因") : t("请选原因")}
    </button>`}
  >
    <div class="form">
      <${Fld} name=${t("原因")}>
        <${Chips}
          label=${t("原因")}
          options=${(me.value?.return_reasons ?? []).map((r) => ({ value: r.code, word: either(r) }))}
          chosen=${reason ? [reason] : []}
          onPick=${(code) => setReason(code)}
        />
      <//>
      <${Fld} name=${t("说明")}>
        <${Words} value=${words} label=${t("说明")} holder=${reason === "other" ? t("请写原因") : t("哪里不行，可不写")} onWrite=${setWords} />
      <//>
      <${Fld} name=${t("期限")}>
        <div class="why" role="group" aria-label=${t("期限")}>
          ${dates.map(
            (d) => html`<button key=${d} aria-pressed=${String(own == null && due === d)} onClick=${() => (setOwn(null), setDue(d))}>
              ${own == null && due === d ? html`<${I} n="check" />` : null}${d === dates[0] ? nearDay(d, now()) : day(d)}
            </button>`,
          )}
          <${OwnDate} value=${own} onPick=${setOwn} />
        </div>
      <//>
      <p class="hint">${t("返工从现在起算，计 1 次返工。")}</p>
    </div>
  <//>`;
}

/** Another day; the end of work on it. */
function OwnDate({ value, onPick }) {
  const first = endOfWorkday(now(), 1, calendar());
  return html`<label class="due-pick" data-on=${value != null ? true : undefined}>
    ${value != null ? html`<${I} n="check" />` : null}${value != null ? nearDay(value, now()) : t("另选")}
    <input
      type="date"
      aria-label=${t("另选期限")}
      min=${isoDay(first)}
      onInput=${(e) => {
        const picked = Date.parse(`${e.currentTarget.value}T00:00:00${calendar().tz}`);
        if (!picked) return onPick(null);
        const [hour, minute] = calendar().hours.at(-1)[1].split(":").map(Number);
        return onPick(picked + (hour * 60 + minute) * 60_000);
      }}
    />
  </label>`;
}

/** Why this is no finding. */
export function DismissSheet({ finding, onSay }) {
  const [reason, setReason] = useState(null);
  const [words, setWords] = useState("");
  const ready = reason && (reason !== "other" || words.trim());
  return html`<${Sheet}
    title=${t("不予立案@verb")}
    onClose=${() => close(finding)}
    foot=${html`<button class="btn main" disabled=${!ready} onClick=${() => onSay({ reason, words: words.trim() })}>
      ${ready ? t("不予立案@verb") : reason ? t("请写原因") : t("请选原因")}
    </button>`}
  >
    <div class="form">
      <${Fld} name=${t("原因")}>
        <${Chips}
          label=${t("原因")}
          options=${(me.value?.dismiss_reasons ?? []).map((r) => ({ value: r.code, word: either(r) }))}
          chosen=${reason ? [reason] : []}
          onPick=${(code) => setReason(code)}
        />
      <//>
      <${Fld} name=${t("说明")}>
        <${Words} value=${words} label=${t("说明")} holder=${reason === "other" ? t("请写原因") : t("可不写")} onWrite=${setWords} />
      <//>
    </div>
  <//>`;
}
