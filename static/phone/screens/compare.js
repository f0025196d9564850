// Two photos, one frame, one seam: full screen, always dark. The grip sits low, off the subject; three segments do it by tap.

import { html, useEffect, useRef, useState } from "../kit/html.js";
import { setNight } from "../kit/page.js";
import { t } from "../kit/words.js";
import { Missing } from "./missing.js";
import { I, Page, Seg } from "./parts.js";
import { Pic } from "./pictures.js";
import { back, query } from "./router.js";
import { dayClock, shortNumber } from "./shown.js";
import { titleOfRow, view } from "./state.js";

export function Compare({ id }) {
  const frame = useRef(null);
  const [cut, setCut] = useState(50);
  const [held, setHeld] = useState(false);
  const [look, setLook] = useState("both");
  const [zoom, setZoom] = useState(false);
  const finding = view.value.finding.get(id);

  useEffect(() => {
    setNight(true);
    return () => setNight(false);
  }, []);
  useEffect(() => {
    frame.current?.style.setProperty("--cut", `${cut}%`);
  }, [cut, look]);

  const find = (list, sha) => list?.find((p) => p.sha256 === sha) ?? list?.[0];
  const before = find(finding?.before, query.value.get("b"));
  const after = find(finding?.after, query.value.get("a"));
  if (!before || !after) return html`<${Missing} title=${t("对比")} to=${`/findings/${id}`} words=${t("两张照片还没到齐。")} />`;

  function drag(event) {
    if (!held) return;
    const { left, width } = frame.current.getBoundingClientRect();
    setCut(Math.round(Math.max(0, Math.min(100, ((event.clientX - left) / width) * 100))));
  }
  function keys(event) {
    const step = { ArrowLeft: -5, ArrowRight: 5, Home: -100, End: 100 }[event.key];
    if (!step) return;
    setCut(Math.max(0, Math.min(100, cut + step)));
    event.preventDefault();
  }
  const who = (verb) => [...(finding.course ?? [])].reverse().find((s) => s.verb === verb)?.who ?? "";
  const line = (photo, verb) => [who(verb), photo.accuracy_m != null ? `±${t("{n} 米", { n: photo.accuracy_m })}` : ""].filter(Boolean).join(t("，"));

  return html`<${Page} title=${t("对比")} cls="cam">
    <header class="top cmp">
      <button aria-label=${t("关闭")} onClick=${() => back(`/findings/${id}`)}><${I} n="x" /></button>
      <div>
        <b role="heading" aria-level="1" tabindex="-1" data-heading>${titleOfRow(finding)}</b>
        <span>${[finding.number ? t("问题 {no}", { no: shortNumber(finding.number) }) : "", finding.place_name].filter(Boolean).join(" · ")}</span>
      </div>
      <button aria-pressed=${String(zoom)} onClick=${() => setZoom(!zoom)}><${I} n=${zoom ? "maximize" : "zoom-in"} />${zoom ? t("铺满") : t("全图")}</button>
    </header>
    <main class="over">
      <div
        class=${`slider ${look === "old" ? "only-old" : look === "new" ? "only-new" : ""} ${zoom ? "zoom" : ""}`}
        ref=${frame}
        onPointerMove=${drag}
        onPointerUp=${() => setHeld(false)}
        onPointerCancel=${() => setHeld(false)}
      >
        <${Pic} sha=${after.sha256} cls="new" alt=${t("整改后")} />
        <${Pic} sha=${before.sha256} cls="old" alt=${t("整改前")} />
        <span class="l">${t("整改前")}</span><span class="r">${t("整改后")}</span>
        <button
          class=${`seam ${held ? "held" : ""}`}
          role="slider"
          aria-label=${t("整改前的宽度")}
          aria-valuenow=${cut}
          aria-valuemin="0"
          aria-valuemax="100"
          onPointerDown=${(e) => {
            setHeld(true);
            e.currentTarget.setPointerCapture?.(e.pointerId);
          }}
          onKeyDown=${keys}
        >
          <i><${I} n="chevrons-left-right" /></i>
        </button>
      </div>
      <div class="two">
        <span><b>${dayClock(before.taken_at)}</b>${line(before, "reported")}</span>
        <span><b>${dayClock(after.taken_at)}</b>${line(after, finding.on_spot ? "reported" : "rectified")}</span>
      </div>
      <${Seg}
        label=${t("看哪一张")}
        ask=${false}
        options=${[
          { value: "old", word: t("只看前"), cls: "n" },
          { value: "both", word: t("各一半"), cls: "n", icon: look === "both" ? "chevrons-left-right" : null },
          { value: "new", word: t("只看后"), cls: "n" },
        ]}
        value=${look}
        onPick=${(v) => {
          setLook(v);
          if (v === "both") setCut(50);
        }}
      />
    </main>
  <//>`;
}
