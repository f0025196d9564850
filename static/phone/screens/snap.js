// 随手拍: the photo stays above, the slip lies under it. Everything is proposed; nothing chosen is allowed.

import { html, useState } from "../kit/html.js";
import { now as clockNow } from "../kit/clock.js";
import { t } from "../kit/words.js";
import { manual, rows } from "../store/rows.js";
import { dueAfter } from "../work/deadlines.js";
import { draftOf, drafts, giveUp, put } from "../work/drafts.js";
import { nearest } from "../work/nearest.js";
import { initialsOf } from "../work/initials.js";
import { search } from "../work/search.js";
import { reportSnap } from "../work/send.js";
import { changeSnapPhotos, chipsOf, snapPhotos } from "../work/snap.js";
import { Lead, Lost, SaidBefore, Strip, UnitSheet } from "./checklist.js";
import { allowed, follow, here, position } from "./here.js";
import { Missing } from "./missing.js";
import { Notice } from "./notice.js";
import { Discard, Fld, I, Page, PickList, Pill, Sheet, Undo } from "./parts.js";
import { Pic } from "./pictures.js";
import { recentReasons, rememberReasons } from "./recent.js";
import { back, go, lay } from "./router.js";
import { calendar, clock, distance, listed, named, nearDay } from "./shown.js";
import { Shot } from "./shot.js";
import { criterionOf, kindOf, kindOfCriterion, kindsOf, notice, now, view } from "./state.js";

function change(id, what) {
  const snap = draftOf(id);
  if (!snap) return undefined;
  return put(typeof what === "function" ? what(snap) : { ...snap, ...what }).catch((error) => {
    notice.value = error;
  });
}

export function Snap({ id }) {
  const [sheet, setSheet] = useState(null);
  const [busy, setBusy] = useState(false);
  const snap = drafts.value.find((d) => d.id === id && d.kind === "snap");
  if (!snap) return html`<${Missing} title=${t("随手拍")} words=${t("这条已经上报，或不在这台手机上。")} />`;
  const spot = snap.position ?? here.value;
  const all = [...view.value.place.values()];
  const near = nearest(all, spot);
  const place = snap.place === undefined ? (near[0]?.place ?? null) : snap.place ? (view.value.place.get(snap.place) ?? null) : null;
  const kind = kindOfCriterion(snap.criterion, snap.manual) ?? kindOf(place?.kinds?.[0], snap.manual) ?? kindsOf(snap.manual)[0] ?? null;
  const criterion = criterionOf(snap.criterion, snap.manual);
  const last = snap.photos[snap.photos.length - 1];
  const fixed = snap.fixed?.photos ?? [];
  const unit = rows.unit.get(snap.unit ?? place?.unit);

  const options = near.map(({ place: p, metres }) => ({ value: p.id, word: p.name, small: distance(metres) }));
  if (place && !options.some((o) => o.value === place.id)) options.unshift({ value: place.id, word: place.name, small: "" });
  options.push({ value: null, word: t("路边，不属点位"), small: spot ? t("只记坐标") : "" });

  async function send() {
    if (busy) return;
    setBusy(true);
    try {
      if (snap.criterion) rememberReasons(kind.code, snap.criterion, snap.reasons);
      await reportSnap(draftOf(id), {
        place,
        kind: snap.criterion || place ? kind : null,
        manual: snap.manual ?? manual.value?.version ?? null,
        position: spot ? position(clockNow()) ?? snap.position : null,
      });
      go("/", { replace: true });
    } catch (error) {
      notice.value = error;
      setBusy(false);
    }
  }

  function leave() {
    if (snap.photos.length) return back("/");
    giveUp(id);
    back("/");
  }

  /** @returns {import("../work/shoot.js").Album} */
  const albumOf = (role) => ({
    draft: () => id,
    list: () => snapPhotos(draftOf(id) ?? snap, role),
    write: (how) => put(changeSnapPhotos(draftOf(id), role, how)),
    begin: () => put({ ...draftOf(id), pending: { role, at: clockNow() } }),
    none: () => draftOf(id)?.pending && change(id, { pending: null }),
    most: 12,
    role,
    title: place?.name ?? t("路边，不属点位"),
    what: criterion ? named(criterion, "theme_short") : t("随手拍"),
    spot: place,
    ghost: role === "after" ? snap.photos[0]?.sha256 : undefined,
  });
  const before = albumOf("before");

  return html`<${Page} title=${t("随手拍")} cls="snap">
    <div class="frozen">
      ${last
        ? html`<button class="big" aria-label=${t("看 {time} 拍的照片", { time: clock(last.taken_at) })} onClick=${() => lay({ kind: "shots", album: before, sha: last.sha256 })}>
            <${Pic} sha=${last.drawn?.photo.sha256 ?? last.sha256} size="large" alt=${t("刚拍的照片")} />
          </button>`
        : null}
      <button class="x" aria-label=${t("关闭，草稿已存")} onClick=${leave}><${I} n="x" /></button>
      <${Shot} cls="again" label=${t("再拍一张")} album=${before}><${I} n="camera" s />${last ? t("再拍一张") : t("拍照")}<//>
      ${last
        ? html`<p class="at">
            ${clock(last.taken_at)}${last.source === "gallery" ? ` · ${t("相册")}` : ""}${last.position ? ` · ±${t("{n} 米", { n: last.position.accuracy_m })}` : ""}${snap.photos.length > 1
              ? ` · ${t("{n} 张", { n: snap.photos.length })}`
              : ""}
          </p>`
        : null}
    </div>
    <section class="sheet" aria-labelledby="st">
      <header>
        <div class="name">
          <h2 id="st" tabindex="-1" data-heading role="heading" aria-level="1">${t("随手拍")}</h2>
          <span><${I} n="check" />${t("已存本机")} ${clock(snap.saved_at ?? snap.started_at)}</span>
        </div>
        <${Pill} />
      </header>
      <div class="form">
        ${snap.pending ? html`<${Lost} />` : null}
        ${snap.photos.length > 1
          ? html`<${Fld} name=${t("照片")} small=${t("{n} 张", { n: snap.photos.length })}><div><${Strip} album=${before} /></div><//>`
          : null}
        <${Fld} name=${t("地点")}>
          <div>
            <${PickList} label=${t("地点")} options=${options} value=${place?.id ?? null} onPick=${(v) => change(id, { place: v })} />
            ${!spot && allowed.value === "prompt"
              ? html`<button class="act" onClick=${follow}><${I} n="locate" s />${t("允许定位，带出最近的点位")}</button><br />`
              : null}
            <button class="act" onClick=${() => setSheet("place")}><${I} n="search" s />${t("选别的点位")}</button>
          </div>
        <//>
        <${What} id=${id} snap=${snap} kind=${kind} criterion=${criterion} onSeek=${() => setSheet("seek")} />
        <${Fld} name=${t("说明")}>
          <${SaidBefore} value=${snap.words} criterion=${snap.criterion} holder=${t("哪里、什么样，可不写")} onWrite=${(words) => change(id, { words })} />
        <//>
        ${fixed.length
          ? html`<${Fld} name=${t("改后")} small=${t("{n} 张", { n: fixed.length })}>
              <div><${Strip} album=${albumOf("after")} /></div>
            <//>`
          : html`<${Lead}
              name=${t("交办")}
              value=${unit ? named(unit) : t("由片区定")}
              source=${criterion
                ? t("{day} 前，按标准 {n} 天", { day: nearDay(dueAfter(now(), criterion.rectify_days, calendar()), now()), n: criterion.rectify_days })
                : t("期限由片区定")}
              onEdit=${() => setSheet("unit")}
            />`}
      </div>
        ${snap.photos.length
          ? html`<${Discard}
              button=${t("不报了，删掉")}
              words=${t("拍的 {n} 张照片会删掉，找不回来。", { n: snap.photos.length + fixed.length })}
              onDiscard=${() => giveUp(id).then(() => back("/"), (error) => (notice.value = error))}
            />`
          : null}
      <${Notice} cls="still" />
      <${Undo} cls="still" />
      <div class="foot">
        ${fixed.length || !snap.photos.length
          ? null
          : html`<${Shot} cls="btn line" label=${t("当场改好，拍整改后")} album=${albumOf("after")}>${t("当场改好")}<//>`}
        <button class="btn main" disabled=${!snap.photos.length} aria-disabled=${busy ? "true" : undefined} onClick=${send}>
          <${I} n="send" />${fixed.length ? t("上报，已改好") : t("上报")}
        </button>
      </div>
    </section>
    ${sheet === "unit"
      ? html`<${UnitSheet} value=${snap.unit ?? place?.unit ?? null} onPick=${(v) => change(id, { unit: v }) && setSheet(null)} onClose=${() => setSheet(null)} />`
      : null}
    ${sheet === "place"
      ? html`<${PlaceSheet} places=${all} onPick=${(v) => change(id, { place: v }) && setSheet(null)} onClose=${() => setSheet(null)} />`
      : null}
    ${sheet === "seek"
      ? html`<${SeekSheet}
          first=${kind}
          onPick=${(code) => change(id, { criterion: code, reasons: [] }) && setSheet(null)}
          onClose=${() => setSheet(null)}
        />`
      : null}
  <//>`;
}

/** What is wrong: chips that were used last for this kind of place, and the way to search the manual. */
function What({ id, snap, kind, criterion, onSeek }) {
  const own = criterion ? listed(criterion, "reasons").map((_, reason) => ({ criterion: criterion.code, reason })) : [];
  const chips = criterion ? own : chipsOf(kind, recentReasons(kind?.code));
  const on = (chip) => snap.criterion === chip.criterion && snap.reasons.includes(chip.reason);
  function tap(chip) {
    if (on(chip)) {
      const reasons = snap.reasons.filter((r) => r !== chip.reason);
      return change(id, { reasons, criterion: reasons.length ? snap.criterion : null });
    }
    if (snap.criterion === chip.criterion) return change(id, { reasons: [...snap.reasons, chip.reason].sort((a, b) => a - b) });
    return change(id, { criterion: chip.criterion, reasons: [chip.reason] });
  }
  return html`<${Fld} name=${t("问题")}>
    <div>
      <button class="seek wide" onClick=${onSeek}><${I} n="search" />${t("搜标准")}</button>
      <div class="why" role="group" aria-label=${t("问题")}>
        ${chips.map(
          (chip) => html`<button key=${`${chip.criterion}/${chip.reason}`} aria-pressed=${String(on(chip))} onClick=${() => tap(chip)}>
            ${on(chip) ? html`<${I} n="check" />` : null}${listed(criterionOf(chip.criterion), "reasons")[chip.reason]}
          </button>`,
        )}
      </div>
      ${criterion
        ? html`<p class="picked">
            <span class="hint">${criterion.code} ${named(criterion, "text")}</span>
            <button class="act" onClick=${() => change(id, { criterion: null, reasons: [] })}>${t("去掉")}</button>
          </p>`
        : html`<span class="hint">${t("不选也能上报，由片区归类。")}</span>`}
    </div>
  <//>`;
}

function PlaceSheet({ places, onPick, onClose }) {
  const [typed, setTyped] = useState("");
  const hits = search(typed, places, 40);
  return html`<${Sheet} title=${t("点位")} onClose=${onClose}>
    <div class="form flat">
      <label class="seek">
        <${I} n="search" />
        <input type="search" value=${typed} aria-label=${t("找点位：名称、编号、拼音首字母")} placeholder=${t("名称、编号、拼音首字母")} onInput=${(e) => setTyped(e.currentTarget.value)} />
      </label>
      <${PickList} label=${t("点位")} options=${hits.map((p) => ({ value: p.id, word: p.name, small: named(kindOf(p.kinds?.[0])) }))} value=${null} onPick=${onPick} />
    </div>
  <//>`;
}

/** What each criterion is found by, in small letters: words, reasons, and the initials of both. @type {WeakMap<any, string>} */
const hays = new WeakMap();

function hayOf(c) {
  let hay = hays.get(c);
  if (hay === undefined) {
    const words = [c.text_zh, c.theme_short_zh, ...(c.reasons_zh ?? [])].filter(Boolean);
    const english = [c.text_en, ...(c.reasons_en ?? [])].filter(Boolean);
    hay = [c.code, ...words, ...english, ...words.map(initialsOf)].join("\n").toLowerCase();
    hays.set(c, hay);
  }
  return hay;
}

function SeekSheet({ first, version, onPick, onClose }) {
  const [typed, setTyped] = useState("");
  const kinds = [...(first ? [first] : []), ...kindsOf(version).filter((k) => k !== first)];
  const hits = [];
  const seen = new Set();
  const q = typed.trim().toLowerCase();
  for (const kind of kinds) {
    for (const c of kind.criteria) {
      if (hits.length >= 40) break;
      if ((q && !hayOf(c).includes(q)) || (!q && kind !== first)) continue;
      const text = named(c, "text");
      if (seen.has(text)) continue;
      seen.add(text);
      hits.push({ value: c.code, word: text, small: c.code });
    }
  }
  return html`<${Sheet} title=${t("标准")} by=${named(first)} onClose=${onClose}>
    <div class="form flat">
      <label class="seek">
        <${I} n="search" />
        <input type="search" value=${typed} aria-label=${t("搜标准")} placeholder=${t("搜标准，如：垃圾桶、盲道")} onInput=${(e) => setTyped(e.currentTarget.value)} />
      </label>
      ${hits.length
        ? html`<${PickList} label=${t("标准")} options=${hits} value=${null} onPick=${onPick} />`
        : html`<p class="hint" role="status">${t("没有这样的标准。换个字，或不选直接上报。")}</p>`}
    </div>
  <//>`;
}
