// @ts-check
// What the outbox shows: the pill, and what stands in 待发.

import { computed, signal } from "../kit/html.js";
import { t } from "../kit/words.js";
import { pulledAt, seenSeq } from "../store/rows.js";
import { entries, photoMarks } from "../store/state.js";
import { reached } from "../server/api.js";

/** @typedef {import("../store/state.js").Entry} Entry */
/** @typedef {import("../store/state.js").PhotoMark} PhotoMark */

/** Why nothing leaves although there is signal: "" · "login" · "someone_else" · "revoked". The work goes on.
 * @type {import("@preact/signals").Signal<""|"login"|"someone_else"|"revoked">} */
export const paused = signal("");

/** Is a round under way? */
export const sending = signal(false);

/** When the next round will be tried by itself, ms; null when nothing waits. @type {import("@preact/signals").Signal<number|null>} */
export const nextTry = signal(null);

/** SHA-256 of the photos on their way just now. @type {import("@preact/signals").Signal<Set<string>>} */
export const onTheWay = signal(new Set());

/** Does the browser believe it has a network? Told by the sender. */
export const network = signal(globalThis.navigator?.onLine !== false);

/** Not yet with the server: commands. @type {import("@preact/signals").ReadonlySignal<Entry[]>} */
export const waiting = computed(() => entries.value.filter((entry) => entry.state === "delayed" || entry.state === "waiting"));

/** Not yet with the server: photos that a command names. @type {import("@preact/signals").ReadonlySignal<PhotoMark[]>} */
export const waitingPhotos = computed(() => [...photoMarks.value.values()].filter((mark) => mark.state === "queued"));

/** With the server, newest first; photos may still be on the way. @type {import("@preact/signals").ReadonlySignal<Entry[]>} */
export const sent = computed(() =>
  entries.value.filter((entry) => entry.state === "sent").sort((a, b) => (b.sent_at ?? 0) - (a.sent_at ?? 0)),
);

/**
 * Own commands whose effect the pulled rows do not show yet, in order: lay them over the rows.
 * @type {import("@preact/signals").ReadonlySignal<any[]>}
 */
export const unsettled = computed(() => {
  const pulled = pulledAt.value ?? 0;
  const seen = seenSeq.value;
  return entries.value.filter(isUnsettled).map((entry) => entry.command);

  /** @param {Entry} entry */
  function isUnsettled({ state, command, answer, sent_at = 0 }) {
    if (!command.body) return false;
    if (state === "sent") return answer?.seq ? answer.seq > seen : sent_at > pulled;
    return state === "delayed" || state === "waiting" || state === "stuck";
  }
});

/** What the phone says by itself where the server has said nothing. @type {Record<string, string>} */
const OWN_WORDS = {
  "phone.no_answer": "传了几次，服务器都没有办成这一条。可以再试，或导出后交给创城办。",
  "phone.photo_lost": "这张照片在手机上找不到了。请到现场补拍。",
  "phone.photo_damaged": "这张照片在手机上坏了。请到现场补拍。",
};

const TROUBLED = new Set(["held", "refused", "stuck"]);

/**
 * What a person has to look at. kind "command": held, refused, or five tries in vain; kind "photo": take it again.
 * @type {import("@preact/signals").ReadonlySignal<Trouble[]>}
 */
export const needsAttention = computed(() => [...entries.value.flatMap(ofCommand), ...[...photoMarks.value.values()].flatMap(ofPhoto)]);

/** @typedef {{ kind: "command" | "photo", id: string, entry: Entry | null, photo: PhotoMark | null, code: string, message: string }} Trouble */

/** @param {Entry} entry @returns {Trouble[]} */
function ofCommand(entry) {
  if (!TROUBLED.has(entry.state)) return [];
  const code = entry.answer?.code ?? "phone.no_answer";
  return [{ kind: "command", id: entry.id, entry, photo: null, code, message: entry.answer?.message || own(code) }];
}

/** @param {PhotoMark} photo @returns {Trouble[]} */
function ofPhoto(photo) {
  if (photo.state !== "refused" && photo.state !== "damaged") return [];
  const entry = entries.value.find((one) => one.photos.includes(photo.sha256)) ?? null;
  // The command itself is what a person has to look at; its photos go with it.
  if (entry && TROUBLED.has(entry.state)) return [];
  const code = photo.code ?? "phone.photo_damaged";
  return [{ kind: "photo", id: photo.sha256, entry, photo, code, message: photo.message || own(code) }];
}

/** @param {string} code */
const own = (code) => (OWN_WORDS[code] ? t(OWN_WORDS[code]) : "");

/**
 * The pill, always in the bar. photos and commands: how many wait.
 * @type {import("@preact/signals").ReadonlySignal<{ kind: "sent" | "waiting" | "offline", photos: number, commands: number }>}
 */
export const pill = computed(() => {
  const photos = waitingPhotos.value.length;
  const commands = waiting.value.length;
  const offline = !network.value || reached.value === false;
  const kind = offline ? "offline" : photos + commands > 0 ? "waiting" : "sent";
  return { kind: /** @type {"sent"|"waiting"|"offline"} */ (kind), photos, commands };
});
