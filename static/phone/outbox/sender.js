// @ts-check
// The sender: one round at a time over all tabs. Commands first, then what others did, then photos two by two.

import { now, offset } from "../kit/clock.js";
import { isSeen, whenSeenChanges } from "../kit/page.js";
import { lang } from "../kit/words.js";
import { LoginNeeded, NoAnswer, hangUp } from "../server/api.js";
import { batchOf, push } from "../server/push.js";
import { pull } from "../server/pull.js";
import { putPhoto } from "../server/put-photo.js";
import { askManual, askMe, sayLost } from "../server/me.js";
import { learnLastN, markCommands, releaseDelayed } from "../store/commands.js";
import { readMeta, writeMeta } from "../store/meta.js";
import { deviceHere, findGaps, healAgain, remember, storesReady } from "../store/open.js";
import { freeReceived, isWhole, markPhotos, photoBytes } from "../store/photos.js";
import { cursorOf, keepManual, keepMe, keepNotices, keepPage, manual, notices, readFeed, startFeedAnew, upgrade } from "../store/rows.js";
import { entries, lost, photoMarks } from "../store/state.js";
import { here, isOpen } from "../store/tab.js";
import { letGo } from "./leaving.js";
import { pullNotices, startNotices } from "./notices.js";
import { after, photoOrder } from "./order.js";
import { network, nextTry, onTheWay, paused, sending, waiting, waitingPhotos } from "./state.js";
import { fetchAhead } from "./picture.js";
import { tidy } from "./tidy.js";
import { wait } from "./wait.js";
import { onWake } from "./wake.js";
import { checkChain } from "./witness.js";

/** @typedef {import("../store/state.js").Entry} Entry */

const EVERY = 60_000;
const ASK_WHO_EVERY = 10 * 60_000;
const HEAL_EVERY = 15 * 60_000;
const HELD_AGAIN_AFTER = 60 * 60_000;
const TRIES = 5;
const AT_ONCE = 2;

/** The round has to stop here; what is left stays for the next one. */
class Stop extends Error {
  /** @param {number} seconds  the server's wish, or 0 */
  constructor(seconds = 0) {
    super("stop");
    this.seconds = seconds;
  }
}

let started = false;
let again = false;
let failures = 0;
/** Not before this time, by the server's wish; ms */
let notBefore = 0;
let askedWhoAt = 0;
let healedAt = Date.now();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {Promise<void> | null} */
let running = null;

/** Begin sending, and go on at every occasion. Called once, after the stores are open. */
export function start() {
  askedWhoAt = 0;
  failures = 0;
  lastTold = "";
  startNotices();
  if (!started) {
    started = true;
    onWake(() => void sendNow());
    addEventListener("online", () => {
      network.value = true;
      // A moment apart, so that a whole town's phones do not knock together when the mast comes back.
      setTimeout(() => void sendNow(), Math.random() * 2000);
    });
    addEventListener("offline", () => {
      network.value = false;
    });
    whenSeenChanges((seen) => {
      if (seen) void sendNow();
    });
    navigator.serviceWorker?.addEventListener("message", ({ data }) => {
      if (data === "send") void sendNow();
    });
  }
  void sendNow();
}

/** Stop sending, before the stores are closed. Resolves when no round is under way; what was on the way is sent again later. */
export async function rest() {
  nextTry.value = null;
  while (running) {
    again = false;
    hangUp();
    await Promise.race([running, new Promise((done) => setTimeout(done, 200))]);
  }
  clearTimeout(timer);
}

/**
 * Send what waits, and pull, now. Calls during a round lead to one more round after it.
 * @returns {Promise<void>} when the round is over, however it went
 */
export function sendNow() {
  if (!isOpen()) return Promise.resolve();
  if (running) {
    again = true;
    return running;
  }
  running = rounds().finally(() => {
    running = null;
  });
  return running;
}

async function rounds() {
  clearTimeout(timer);
  nextTry.value = null;
  let pause = EVERY;
  do {
    again = false;
    if (now() < notBefore && notBefore - now() < 3_600_000) {
      pause = notBefore - now();
      break;
    }
    pause = await oneRound();
  } while (again && isOpen());
  if (!isOpen()) return;
  const left = waiting.value.length + waitingPhotos.value.length;
  nextTry.value = left ? now() + pause : null;
  timer = setTimeout(() => {
    // Nothing waits and nobody looks: spare the battery.
    if (isSeen() || waiting.value.length || waitingPhotos.value.length) void sendNow();
    else timer = setTimeout(() => void sendNow(), EVERY);
  }, pause);
  if (left) void wakeWhenOnline();
}

/** A round under the lock that all tabs share. @returns {Promise<number>} ms until the next one */
async function oneRound() {
  return navigator.locks.request("fieldbook-send", { ifAvailable: true }, async (lock) => {
    if (!lock) return 5_000 * (0.8 + 0.4 * Math.random()); // another tab is at it
    sending.value = true;
    try {
      await round();
      failures = 0;
      network.value = true;
      return EVERY * (0.9 + 0.2 * Math.random());
    } catch (error) {
      if (error instanceof LoginNeeded) {
        if (error.code === REVOKED || error.code === STOLEN) return leaveThisPhone(error.code === STOLEN);
        paused.value = "login";
        return EVERY;
      }
      if (!(error instanceof NoAnswer) && !(error instanceof Stop)) {
        if (!isOpen()) return EVERY;
        console.error(error);
      }
      failures += 1;
      const asked = error instanceof Stop ? error.seconds * 1000 : 0;
      if (asked) notBefore = now() + asked;
      return Math.max(asked, wait(failures));
    } finally {
      sending.value = false;
      onTheWay.value = new Set();
    }
  });
}

async function round() {
  await storesReady();
  await releaseDelayed();
  const device = (await deviceHere()).id;
  await askWho(device);
  if (paused.value) return;
  const tried = new Set();
  await pushAll(device, tried);
  await pullAll(device).catch(onceThereIsRoom);
  if (!askedWhoAt) await askWho(device);
  await pullNotices().catch(quietly);
  await sendPhotos(device, tried);
  await tellLeft(device).catch(quietly);
  await tellLost().catch(quietly);
  if (Math.abs(((await readMeta("offset")) ?? 0) - offset()) > 1000) await writeMeta("offset", offset());
  await tidy();
  if (Math.abs(now() - healedAt) > HEAL_EVERY) {
    healedAt = now();
    await healAgain();
  }
  await remember();
  await checkChain().catch(quietly);
  await fetchAhead(() => again).catch(quietly);
}

/** The office took this phone out of use: what it holds is handed in first, unless it is in strange hands. */
const REVOKED = "accounts.device_revoked";
const STOLEN = "accounts.device_revoked_at_once";

/**
 * Hand in what is here, then empty this phone. Only the office's own word brings one here, and what it has not received stays
 * until it has. @param {boolean} atOnce @returns {Promise<number>} ms until the next try
 */
async function leaveThisPhone(atOnce) {
  paused.value = "revoked";
  try {
    if (!atOnce) {
      const device = (await deviceHere()).id;
      const tried = new Set();
      await pushAll(device, tried);
      await sendPhotos(device, tried, { pulls: false });
    }
    if (atOnce || !(waiting.value.length + waitingPhotos.value.length)) await letGo({ lost: waiting.value.length, stolen: atOnce });
  } catch (error) {
    if (!(error instanceof NoAnswer) && !(error instanceof Stop)) console.warn(error);
  }
  return EVERY;
}

/** @param {any} error  what may fail without stopping the round, unless nobody may go on */
function quietly(error) {
  if (error instanceof LoginNeeded) throw error;
}

/**
 * A full phone has no place for what others did. Its own photos go all the same, and make room; the news comes with a later round.
 * @param {any} error
 */
async function onceThereIsRoom(error) {
  if (error?.name !== "QuotaExceededError") throw error;
  await freeReceived();
}

/**
 * Make sure that the login at hand is the one whose work lies here: two people may share a phone, and the office pages share
 * the login.
 * @param {string} device
 */
async function askWho(device) {
  if (now() - askedWhoAt < ASK_WHO_EVERY && now() >= askedWhoAt && !paused.value) return;
  const { ok, json, wait: seconds } = await askMe(device);
  if (!ok) throw new Stop(seconds);
  if (json.person?.id !== here().person) {
    paused.value = "someone_else";
    return;
  }
  paused.value = "";
  askedWhoAt = now();
  await noteEpoch(json.epoch);
  await noteLastN(device, json.last_n);
  await learnAboutFormer();
  await keepMe(json);
  const version = json.manual?.version;
  if (version !== undefined && version !== null && manual.value?.version !== version) {
    const found = await askManual(version);
    if (found.ok) await keepManual(found.json);
  }
}

/** Both stores were lost once: what had the server received of that device? */
async function learnAboutFormer() {
  const former = await readMeta("lost_device");
  if (!former || former.server_last_n !== undefined) return;
  const { ok, json } = await askMe(former.device);
  if (ok && typeof json.last_n === "number") await writeMeta("lost_device", { ...former, server_last_n: json.last_n });
}

/** What is gone in spite of both stores is said to the office once, as the system's doing. */
async function tellLost() {
  const told = (await readMeta("lost_told")) ?? [];
  for (const { device, from, to } of lost.value) {
    const name = `${device} ${from} ${to}`;
    if (told.includes(name)) continue;
    const { ok, status } = await sayLost({ device, first_n: from, last_n: to });
    if (ok || status === 404) await writeMeta("lost_told", [...told.slice(-20), name]);
  }
}

/** @param {string} device @param {any} lastN */
async function noteLastN(device, lastN) {
  if (typeof lastN !== "number") return;
  if ((await readMeta("server_last_n")) !== lastN) await writeMeta("server_last_n", lastN);
  await learnLastN(lastN);
  await findGaps(device);
}

/**
 * An answer in another epoch: the server was restored from a backup. The view is pulled anew, and everything this phone still
 * holds is sent again; what the server has, it knows by its id.
 *
 * @param {string} epoch
 * @returns {Promise<boolean>} true when it is another one
 */
async function noteEpoch(epoch) {
  const known = await readMeta("epoch");
  if (known === epoch) return false;
  if (known) {
    /** @type {Map<string, Partial<Entry>>} */
    const changes = new Map();
    for (const entry of entries.value) {
      if (!entry.command.body || !["sent", "held", "refused"].includes(entry.state) || entry.answer?.epoch === epoch) continue;
      changes.set(entry.id, { state: "waiting", tries: 0, retry_since: undefined });
    }
    const photos = new Map();
    for (const mark of photoMarks.value.values()) {
      if (mark.state === "received" && mark.receipt?.epoch !== epoch) photos.set(mark.sha256, { state: "queued", tries: 0 });
    }
    await markPhotos(photos);
    // The epoch is written together with the commands: a kill in between does it all once more.
    await startFeedAnew();
    await markCommands(changes, { epoch, witness: null, server_last_n: undefined });
    // The log has let go of them: it holds them again until the new receipt.
    await healAgain();
  } else {
    await writeMeta("epoch", epoch);
  }
  return known !== undefined;
}

/** @param {Set<string>} tried @returns {Entry[]} */
function readyToPush(tried) {
  return entries.value.filter(
    (entry) =>
      !tried.has(entry.id) &&
      entry.n !== null &&
      entry.command.body &&
      (entry.state === "waiting" || (asksAgain(entry) && Math.abs(now() - (entry.sent_at ?? 0)) > HELD_AGAIN_AFTER)),
  );
}

/** Held and stuck ones are asked about again now and then: what they waited for may have come. @param {Entry} entry */
const asksAgain = (entry) => entry.state === "held" || entry.state === "stuck";

/** @param {string} device @param {Set<string>} tried  ids that this round has asked about */
async function pushAll(device, tried) {
  for (let ready = readyToPush(tried); ready.length; ready = readyToPush(tried)) {
    const batch = batchOf(ready, (entry) => new TextEncoder().encode(JSON.stringify(entry.command)).length);
    await pushBatch(device, batch, tried);
  }
}

/**
 * Send one batch. When the server refuses it whole, halve it until the culprit stands alone.
 * @param {string} device @param {Entry[]} batch @param {Set<string>} tried
 */
async function pushBatch(device, batch, tried) {
  const epoch = (await readMeta("epoch")) ?? null;
  const left = told(new Set(batch.map((entry) => entry.id)));
  const answer = await push({
    device,
    epoch: epoch ?? "",
    ...left,
    commands: batch.map((entry) => entry.command),
  });
  const { ok, status, json } = answer;

  if (!ok && json.epoch !== epoch && epoch) {
    // Refused because the epoch is another: note it, and ask again in the new one.
    await noteEpoch(json.epoch);
    return;
  }
  if (ok && Array.isArray(json.answers)) {
    lastTold = JSON.stringify(left);
    await noteAnswers(batch, json, tried);
    await noteEpoch(json.epoch);
    await noteLastN(device, json.last_n);
    return;
  }
  // This phone is not one that the person logged in with: logging in again makes it so.
  if (json.code === "sync.not_your_phone") throw new LoginNeeded(json.code);
  // Busy, full or behind a proxy that lost its server: nobody's fault.
  if ([408, 429, 502, 503, 504, 507].includes(status)) throw new Stop(answer.wait);
  if (batch.length > 1) {
    const half = batch.length >> 1;
    await pushBatch(device, batch.slice(0, half), tried);
    await pushBatch(device, batch.slice(half), tried);
    return;
  }
  await noteFailure(batch[0], answer, tried);
}

/** What the office was last told that this phone holds, and what the question under way tells it. */
let lastTold = "";

/**
 * What the phone will still hold, as it travels; a phone that holds nothing says no time.
 * @param {Set<string>} going  ids of the commands that go along
 */
function told(going) {
  const commands = waiting.value.filter((entry) => !going.has(entry.id));
  const all = [...commands, ...waitingPhotos.value];
  const said = { queued: all.length, queued_photos: waitingPhotos.value.length };
  return all.length ? { ...said, queued_since: Math.min(...all.map((one) => one.kept_at)) } : said;
}

/** Photos have gone, or found no way: tell the office what is left, unless it has just been told. @param {string} device */
async function tellLeft(device) {
  const left = told(new Set());
  if (JSON.stringify(left) === lastTold || (!lastTold && !left.queued)) return;
  const { ok } = await push({ device, epoch: (await readMeta("epoch")) ?? "", ...left, commands: [] });
  if (ok) lastTold = JSON.stringify(left);
}

/** @param {Entry[]} batch @param {any} json @param {Set<string>} tried */
async function noteAnswers(batch, json, tried) {
  const at = now();
  const answers = new Map(json.answers.map((/** @type {any} */ one) => [one.id, one]));
  /** @type {Map<string, Partial<Entry>>} */
  const changes = new Map();
  for (const entry of batch) {
    tried.add(entry.id);
    const said = answers.get(entry.id);
    changes.set(entry.id, said ? after(said, entry, at, json.epoch) : unanswered(entry, { code: "phone.no_answer" }, json.epoch));
  }
  await markCommands(changes);
  // A command that was held for its predecessor may be free now.
  const subjects = new Set(batch.flatMap((entry) => (changes.get(entry.id)?.state === "sent" ? [entry.command.subject] : [])));
  for (const entry of entries.value) {
    if (entry.state === "held" && subjects.has(entry.command.subject)) {
      await markCommands(new Map([[entry.id, { sent_at: 0 }]]));
    }
  }
}

/** One command that the server does not take by itself. @param {Entry} entry @param {any} answer @param {Set<string>} tried */
async function noteFailure(entry, { status, json }, tried) {
  tried.add(entry.id);
  await markCommands(new Map([[entry.id, unanswered(entry, { status, code: json.code, message: json.message }, json.epoch)]]));
}

/** @param {Entry} entry @param {any} why @param {string} epoch @returns {Partial<Entry>} */
function unanswered(entry, why, epoch) {
  const tries = (entry.tries ?? 0) + 1;
  return { tries, state: tries >= TRIES ? "stuck" : "waiting", sent_at: now(), answer: { ...why, answer: "none", epoch } };
}

/** Rows kept in another language than the screens are in now are asked for anew, and notices with them. */
async function followLanguage() {
  const kept = await readMeta("language");
  if (kept === lang.value) return;
  if (kept) {
    await startFeedAnew();
    await keepNotices({ ...notices.value, list: [], seq: 0 });
  }
  await writeMeta("language", lang.value);
}

/** @param {string} device */
async function pullAll(device) {
  await followLanguage();
  for (let more = true; more; ) {
    const feed = await readFeed();
    const cursor = cursorOf(feed);
    const { ok, json, wait: seconds } = await pull(device, cursor);
    if (!ok) {
      if (json.code === "sync.upgrade_required" || json.upgrade) upgrade.value = true;
      if (await noteEpoch(json.epoch)) continue;
      throw new Stop(seconds);
    }
    if ((await noteEpoch(json.epoch)) && cursor && !json.reset) continue;
    upgrade.value = Boolean(json.upgrade);
    await keepPage(json, cursor === null);
    // Another scope means other posts: hats and names are asked for at once, not in ten minutes.
    if (json.reset) askedWhoAt = 0;
    await noteLastN(device, json.last_n);
    more = Boolean(json.more);
  }
}

/** @param {string} device @param {Set<string>} tried @param {{ pulls?: boolean }} [how] */
async function sendPhotos(device, tried, { pulls = true } = {}) {
  const failed = new Set();
  for (;;) {
    const known = entries.value.filter((entry) => ["sent", "held", "refused", "closed"].includes(entry.state));
    const order = photoOrder(known, (sha) => photoMarks.value.get(sha)?.state === "queued" && !failed.has(sha));
    if (!order.length) break;
    const pair = order.slice(0, AT_ONCE);
    onTheWay.value = new Set(pair);
    const results = await Promise.allSettled(pair.map((sha) => sendPhoto(sha)));
    for (const [i, result] of results.entries()) {
      if (result.status === "rejected") throw result.reason;
      if (!result.value) failed.add(pair[i]);
    }
    // A finding kept meanwhile goes before the second photo of this one.
    await releaseDelayed();
    if (readyToPush(tried).length) {
      await pushAll(device, tried);
      if (pulls) await pullAll(device).catch(onceThereIsRoom);
    }
  }
  onTheWay.value = new Set();
}

/** @param {string} sha @returns {Promise<boolean>} did the server take it? */
async function sendPhoto(sha) {
  const bytes = await photoBytes(sha);
  if (!bytes) {
    await markPhotos(new Map([[sha, { state: "damaged", code: "phone.photo_lost" }]]));
    return false;
  }
  const { ok, status, json, wait: seconds } = await putPhoto(sha, bytes);
  if (ok && json.sha256 === sha && json.receipt) {
    await markPhotos(
      new Map([[sha, { state: "received", received_at: now(), receipt: { ...json.receipt, epoch: json.epoch }, tries: 0 }]]),
    );
    return true;
  }
  const tries = (photoMarks.value.get(sha)?.tries ?? 0) + 1;
  if (status === 404) {
    const naming = entries.value.filter((entry) => entry.photos.includes(sha) && entry.command.body);
    const sent = naming.filter((entry) => entry.state === "sent");
    // The server does not know the command that names it any more: say the command again. If it refused that, the photo
    // waits with it.
    await markCommands(new Map(sent.map((entry) => [entry.id, { state: "waiting" }])));
    const final = !sent.length || tries >= TRIES;
    await markPhotos(new Map([[sha, { tries, ...(final ? { state: "refused", code: json.code, message: json.message } : {}) }]]));
    return false;
  }
  if (status === 413 || status === 415 || status === 422) {
    const whole = await isWhole(sha);
    // Bytes that arrive changed are sent again; bytes that changed here are lost, and the person is told.
    const final = !whole || json.code !== "evidence.hash_mismatch" || tries >= TRIES;
    const state = whole ? "refused" : "damaged";
    await markPhotos(new Map([[sha, { tries, ...(final ? { state, code: json.code, message: json.message } : {}) }]]));
    return false;
  }
  if ([408, 429, 502, 503, 504, 507].includes(status)) throw new Stop(seconds);
  await markPhotos(new Map([[sha, { tries }]]));
  if (tries % TRIES === 0) throw new Stop(seconds);
  return false;
}

/** Ask the browser to wake us when there is signal again, where it can. A bonus: nothing depends on it. */
async function wakeWhenOnline() {
  try {
    const registration = await navigator.serviceWorker?.getRegistration("/app/");
    await /** @type {any} */ (registration)?.sync?.register("fieldbook-send");
  } catch {
    // not here
  }
}

/**
 * The person logged in again, or somebody else did: look who it is, and go on.
 * @returns {Promise<void>}
 */
export function goOn() {
  paused.value = "";
  askedWhoAt = 0;
  notBefore = 0;
  return sendNow();
}

/** Try again what stands in 需处理. @param {string} id  a command's id, or a photo's SHA-256 */
export async function tryAgain(id) {
  const entry = entries.value.find((one) => one.id === id);
  const refused = (entry?.photos ?? [id]).filter((sha) => ["refused", "damaged"].includes(photoMarks.value.get(sha)?.state ?? ""));
  await markPhotos(new Map(refused.map((sha) => [sha, { state: "queued", tries: 0, code: undefined, message: undefined }])));
  if (entry) await markCommands(new Map([[id, { state: "waiting", tries: 0, retry_since: undefined }]]));
  notBefore = 0;
  return sendNow();
}

/** The person has read it and lets it rest: it leaves 需处理. @param {string} id */
export async function letRest(id) {
  if (photoMarks.value.has(id)) await markPhotos(new Map([[id, { state: "received", received_at: now(), receipt: null }]]));
  else await markCommands(new Map([[id, { state: "closed" }]]));
}
