// 点位: every place of one's own scope, by name, code or the initials of its pinyin; works without a map.

import { html, signal, useCallback, useEffect, useMemo, useState } from "../kit/html.js";
import { t } from "../kit/words.js";
import { whenIdle } from "../kit/page.js";
import { rows } from "../store/rows.js";
import { byDistance, metresTo } from "../work/nearest.js";
import { currentRound, progressOf } from "../work/round.js";
import { fits, getReady, searching } from "../work/search.js";
import { here } from "./here.js";
import { PlaceRow, daysSince } from "./lists.js";
import { LongList } from "./long-list.js";
import { Notice } from "./notice.js";
import { I, Mast, Nav, Page, PickList, Sec, Sheet } from "./parts.js";
import { query } from "./router.js";
import { Scan } from "./scan.js";
import { named } from "./shown.js";
import { SnapTab } from "./snap-tab.js";
import { kindOf, now, openVisit, view, zoneName } from "./state.js";
import { Order } from "./today.js";

const typed = signal("");
const zone = signal(null);
const kind = signal(null);
const stale = signal(false);
const left = signal(false);
const DAYS = 7;
const keyOf = (place) => place.id;

export function Places() {
  const [sheet, setSheet] = useState(null);
  if (query.value.has("left") && !left.value) left.value = true;
  const seen = view.value;
  const { all, zones, kinds } = useMemo(() => {
    const places = [...seen.place.values()];
    const sorts = new Set();
    for (const place of places) for (const code of place.kinds ?? []) sorts.add(code);
    return { all: places, zones: [...new Set(places.map((p) => p.zone).filter(Boolean))], kinds: [...sorts].sort() };
  }, [seen]);
  const round = currentRound([...rows.round.values()], seen.place, now());
  const wanted = useMemo(() => {
    const inRound = left.value && round ? new Set(progressOf(round, seen.place, null).left.map((p) => p.id)) : null;
    if (!zone.value && !kind.value && !stale.value && !inRound) return all;
    return all.filter(
      (place) =>
        (!zone.value || place.zone === zone.value) &&
        (!kind.value || place.kinds?.includes(kind.value)) &&
        (!stale.value || (daysSince(place) ?? Infinity) >= DAYS) &&
        (!inRound || inRound.has(place.id)),
    );
  }, [all, zone.value, kind.value, stale.value && now(), left.value && round]);
  const ordered = useMemo(() => (here.value ? byDistance(wanted, here.value).map((x) => x.place) : wanted), [wanted, here.value]);
  const find = useMemo(() => searching(ordered), [ordered]);
  const shown = find(typed.value);
  // While nobody types yet, so that the first letter costs no more than the next.
  useEffect(() => whenIdle(getReady(all)), [all]);
  const row = useCallback(
    (place, { index, of }) =>
      html`<${PlaceRow} key=${place.id} place=${place} metres=${metresTo(place, here.value)} hit=${typed.value ? fits(typed.value, place) : null} since nth=${[index + 1, of]} />`,
    [shown, here.value],
  );

  return html`<${Page} title=${t("点位")} cls=${`has-nav ${openVisit.value ? "has-draft" : ""}`}>
    <${Mast} title=${t("点位")} by=${t("{n} 处", { n: all.length })} />
    <main>
      <div class="find">
        <label>
          <${I} n="search" />
          <input
            type="search"
            value=${typed.value}
            placeholder=${t("名称、编号、拼音首字母")}
            aria-label=${t("找点位：名称、编号、拼音首字母")}
            autocomplete="off"
            autocapitalize="off"
            spellcheck=${false}
            enterkeyhint="search"
            onInput=${(e) => (typed.value = e.currentTarget.value)}
          />
          ${typed.value
            ? html`<button class="clear soft" aria-label=${t("清除")} onClick=${() => (typed.value = "")}><${I} n="x" /></button>`
            : null}
        </label>
        <${Scan} cls="qr" />
      </div>
      <div class="filters">
        ${zones.length > 1
          ? html`<button class=${zone.value ? "on" : ""} onClick=${() => setSheet("zone")}>
              ${zone.value ? zoneName(zone.value) : t("全部责任区")}<${I} n="chevron-down" s />
            </button>`
          : null}
        <button class=${kind.value ? "on" : ""} onClick=${() => setSheet("kind")}>
          ${kind.value ? named(kindOf(kind.value)) : t("全部类型")}<${I} n="chevron-down" s />
        </button>
        <button class=${stale.value ? "on" : ""} aria-pressed=${String(stale.value)} onClick=${() => (stale.value = !stale.value)}>
          ${t("{n} 天未查", { n: DAYS })}${stale.value ? html`<${I} n="x" s />` : null}
        </button>
        ${round
          ? html`<button class=${left.value ? "on" : ""} aria-pressed=${String(left.value)} onClick=${() => (left.value = !left.value)}>
              ${t("本轮待查")}${left.value ? html`<${I} n="x" s />` : null}
            </button>`
          : null}
      </div>
      <${Sec} title=${t("{n} 处", { n: shown.length })} cls="count"><${Order} n=${shown.length} count=${false} /><//>
      ${shown.length
        ? html`<${LongList} name="places" items=${shown} keyOf=${keyOf} row=${row} />`
        : html`<p class="empty" role="status">${all.length ? t("没有合适的点位。换个字，或去掉筛选。") : t("点位还没有到这台手机。连上网会自己下来。")}</p>`}
    </main>
    <${Notice} cls="nav-up" />
    <${Nav} here="/places" snap=${html`<${SnapTab} />`} />
    ${sheet === "zone"
      ? html`<${Choose}
          title=${t("责任区")}
          all=${t("全部责任区")}
          options=${zones.map((id) => ({ value: id, word: zoneName(id) }))}
          chosen=${zone}
          onClose=${() => setSheet(null)}
        />`
      : null}
    ${sheet === "kind"
      ? html`<${Choose}
          title=${t("类型")}
          all=${t("全部类型")}
          options=${kinds.map((code) => ({ value: code, word: named(kindOf(code)) || code, small: code }))}
          chosen=${kind}
          onClose=${() => setSheet(null)}
        />`
      : null}
  <//>`;
}

/** Choosing a filter on a slip; the first choice takes the filter away. */
export const Choose = ({ title, all, options, chosen, onClose }) => html`<${Sheet} title=${title} onClose=${onClose}>
  <div class="form flat">
    <${PickList}
      label=${title}
      options=${[{ value: null, word: all }, ...options]}
      value=${chosen.value}
      onPick=${(value) => {
        chosen.value = value;
        onClose();
      }}
    />
  </div>
<//>`;
