// The unit's reply: the missing half of the pair is the place to shoot; a word or two, and it goes to the reviewer.

import { html, useState } from "../kit/html.js";
import { now as clockNow } from "../kit/clock.js";
import { t } from "../kit/words.js";
import { draftOf, drafts, put } from "../work/drafts.js";
import { stillMay } from "../work/rules.js";
import { MOST, changeReplyPhotos, newReply, replyId, wordsOf } from "../work/reply.js";
import { rectify } from "../work/send.js";
import { rows } from "../store/rows.js";
import { Lost, Strip } from "./checklist.js";
import { Clearing, Pair } from "./finding.js";
import { Missing } from "./missing.js";
import { Notice } from "./notice.js";
import { Bar, Chips, Fld, Foot, I, Page, Undo, Words } from "./parts.js";
import { Pic } from "./pictures.js";
import { go } from "./router.js";
import { clock, dueHead, named, shortNumber, stateWord } from "./shown.js";
import { Shot } from "./shot.js";
import { Quiet, Slip } from "./slips.js";
import { kindOf, notice, now, titleOfRow, unitName, view, wherever } from "./state.js";

/** What was done, in the words people use; several may fit. */
const DONE = ["已清运", "已冲洗", "已清除", "已修好", "已更换", "已补齐", "已规范停放", "已加盖"];

export function Reply({ id, sheet }) {
  const [own, setOwn] = useState(false);
  const [busy, setBusy] = useState(false);
  const finding = view.value.finding.get(id);
  const draft = drafts.value.find((d) => d.id === replyId(id));
  const may = finding ? stillMay(finding, now()) : [];
  if (!may.includes("rectify")) {
    return html`<${Missing} title=${t("整改")} to=${`/findings/${id}`} words=${t("这个问题现在不用整改，或已经提交。")} />`;
  }
  const reply = draft ?? newReply(id, clockNow());
  const photos = reply.photos;
  const last = photos[photos.length - 1];
  const due = dueHead(finding.due_at, now());
  const writes = own || Boolean(reply.words);
  const to = `/findings/${id}/reply`;
  // While more time can be asked for, or the unit disputed, both stand here too: this is where one finds out.
  const quiet = ["ask_extension", "dispute"].filter((verb) => may.includes(verb));
  const change = (what) =>
    put({ ...(draftOf(reply.id) ?? reply), ...what }).catch((error) => {
      notice.value = error;
    });
  /** @type {import("../work/shoot.js").Album} */
  const album = {
    draft: () => reply.id,
    list: () => (draftOf(reply.id) ?? reply).photos,
    write: (how) => put(changeReplyPhotos(draftOf(reply.id) ?? reply, how)),
    begin: () => put({ ...(draftOf(reply.id) ?? reply), pending: { role: "after", at: clockNow() } }),
    none: () => draftOf(reply.id)?.pending && change({ pending: null }),
    most: MOST,
    role: "after",
    title: finding.place_name || t("路边，不属点位"),
    what: [finding.number ? t("问题 {no}", { no: shortNumber(finding.number) }) : "", titleOfRow(finding)].filter(Boolean).join(" · "),
    spot: finding.lat_e7 != null ? finding : rows.place.get(finding.place),
    ghost: finding.before?.[0]?.sha256,
  };

  async function send() {
    if (busy) return;
    setBusy(true);
    try {
      const said = wordsOf(reply, (word) => t(word), t("，"));
      await rectify({ id: reply.id, finding: id, photos, words: said });
      go(`/findings/${id}`, { replace: true });
    } catch (error) {
      notice.value = error;
      setBusy(false);
    }
  }

  const after = last
    ? html`<figure>
        <${Pic} sha=${last.drawn?.photo.sha256 ?? last.sha256} size="large" alt=${t("整改后")} />
        <figcaption>
          <${Shot} cls="act" label=${t("再拍一张整改后")} album=${album}><${I} n="camera" s />${t("再拍")}<//>
          <b>${t("整改后")}</b><span class="soft">${clock(last.taken_at)} · ${t("{n} 张", { n: photos.length })}</span>
        </figcaption>
      </figure>`
    : html`<${Shot} cls="half" label=${t("拍整改后")} album=${album}>
        <span class="add"><${I} n="camera" />${t("拍整改后")}</span>
        <span class="cap"><b>${t("整改后")}</b><span class="soft">${t("对准旧照拍")}</span></span>
      <//>`;

  return html`<${Page} title=${t("整改")} cls=${quiet.length ? "has-verbs" : "has-foot"}>
    <${Bar}
      title=${finding.number ? t("问题 {no}", { no: shortNumber(finding.number) }) : t("整改")}
      sub=${html`<span>${[named(kindOf(finding.kind_code)), finding.unit ? unitName(finding.unit) : ""].filter(Boolean).join(" · ")}</span>`}
      to=${`/findings/${id}`}
      heading=${false}
    />
    <main>
      <section class="state">
        <p class="w">${stateWord(finding.state)}</p>
        ${due ? html`<p class="until"><b class=${due.cls}>${due.icon ? html`<${I} n=${due.icon} s />` : null}${due.left}</b>${due.until}</p>` : null}
      </section>
      <section class="said">
        <h1 tabindex="-1" data-heading>${titleOfRow(finding)}</h1>
        <p>${wherever(finding)}</p>
      </section>
      <${Pair} finding=${{ ...finding, after: [] }} after=${after} />
      <${Clearing} finding=${finding} />
      <div class="form apart">
        ${reply.pending ? html`<${Lost} />` : null}
        ${photos.length
          ? html`<${Fld} name=${t("照片")} small=${t("{n} 张", { n: photos.length })}>
              <div><${Strip} album=${album} /></div>
            <//>`
          : null}
        <${Fld} name=${t("说明")}>
          <div>
            <${Chips}
              label=${t("做了什么")}
              options=${[...DONE.map((word) => ({ value: word, word: t(word) })), { value: "own", word: t("另写") }]}
              chosen=${[...reply.done, ...(writes ? ["own"] : [])]}
              onPick=${(word, on) => {
                if (word === "own") return setOwn(on || Boolean(reply.words));
                return change({ done: on ? [...reply.done, word] : reply.done.filter((w) => w !== word) });
              }}
            />
            ${writes ? html`<${Words} value=${reply.words} label=${t("说明")} holder=${t("做了什么")} max=${400} onWrite=${(words) => change({ words })} />` : null}
          </div>
        <//>
      </div>
    </main>
    <${Notice} />
    <${Undo} />
    <${Foot} cls="tall">
      ${quiet.length ? html`<${Quiet} finding=${finding} verbs=${quiet} to=${to} />` : null}
      ${last
        ? html`<button class="btn main" aria-disabled=${busy ? "true" : undefined} onClick=${send}>${t("提交整改，等复核")}</button>`
        : html`<${Shot} cls="btn main" label=${t("拍整改后")} album=${album}><${I} n="camera" />${t("拍整改后")}<//>`}
    <//>
    ${sheet ? html`<${Slip} key=${sheet} finding=${finding} verb=${sheet} to=${to} may=${may} />` : null}
  <//>`;
}
