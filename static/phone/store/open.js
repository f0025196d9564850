// @ts-check
// Opening one person's stores: take a slot, heal, fill memory.

import { newId } from "../kit/ids.js";
import { rememberOffset } from "../kit/clock.js";
import { reload } from "../kit/page.js";
import { TooManyTabs } from "./both.js";
import { beforeNumbering, inOrder, keepCommand, startNumbering } from "./commands.js";
import { allOf, closeDatabase, databasesHere, deleteDatabase, inTransaction, openDatabase, outdated, peopleKnown, reading, withPeople } from "./database.js";
import { dropDraft, keepDraft, readDrafts, sweepStones } from "./drafts.js";
import { heal } from "./heal.js";
import { dropHint, keepHint, readHint } from "./hint.js";
import { Log } from "./log.js";
import { gaps, getMeta, putMeta, readMeta, writeMeta } from "./meta.js";
import { dropOrphans, keepPhoto, photoBytes, thumbBytes } from "./photos.js";
import { changed, loadRows, manual, me, notices, rows } from "./rows.js";
import { drafts, entries, healed, lost, photoMarks, restored, storesNote } from "./state.js";
import { enter, goWithoutLog, here, inTurn, isOpen, leave, settle, tellOthers } from "./tab.js";

export { drafts, dropDraft, healed, keepCommand, keepDraft, keepPhoto, lost, photoBytes, readDrafts, storesNote, thumbBytes };

/**
 * Open the stores of one person. Resolves when what the database holds of theirs is in memory; the log is taken and both are
 * healed meanwhile, and whatever is to be kept waits for that.
 *
 * @param {string} person  UUID
 * @param {{ id: string, name: string }} [device]  the one just logged in with, for a person new on this phone
 * @param {Promise<void>} [shown]  the log waits for that too, if the database knows this person: nothing is lost by it, since
 *   whatever is to be kept waits for the log
 * @returns {Promise<void>}
 */
export function open(person, device, shown) {
  return oneByOne(() => openNow(person, device, shown));
}

/** Both stores hold the same, and the next number is known. Tried again when it failed, as on a phone that was full. */
export const storesReady = () => (healthy = healthy.catch(() => inTurn(agree)));

/** @type {Promise<void>} */
let healthy = Promise.resolve();

/** Makes both stores hold the same, in turn. @type {() => Promise<void>} */
let agree = async () => {};

/** Opening and closing wait for each other. @type {Promise<any>} */
let door = Promise.resolve();

/** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
function oneByOne(work) {
  const mine = door.then(work, work);
  door = mine.catch(() => {});
  return mine;
}

/** @param {string} person @param {{ id: string, name: string }} [device] @param {Promise<void>} [shown] */
async function openNow(person, device, shown = Promise.resolve()) {
  await closeNow();
  outdated.value = false;
  const hint = readHint(person);
  const log = new Log();
  /** @type {(at: void) => void} */
  let atOnce = () => {};
  // The lock keeps a starting tab from taking a slot while another one heals it.
  const logOpens = Promise.race([shown, new Promise((done) => (atOnce = done))])
    .then(() => navigator.locks.request(`fieldbook-heal-${person}`, () => log.open(person)))
    .then(
      () => true,
      () => false, // a private window, or a browser without such files
    );
  const found = await openDatabase(person, () => void inTurn(healNow));
  if (found.fresh) atOnce();
  enter(person, log, listen);
  // First in turn: nothing is kept before both stores agree.
  agree = async () => {
    storesNote.value = !(await logOpens) ? "private" : log.slot < 0 ? "busy" : "";
    if (!(await logOpens)) await goWithoutLog();
    // A log that cannot be read is no reason to refuse what comes now: it is healed at the next start.
    const ledger = await healNow(found.fresh).catch((error) => void console.error(error));
    restored.value = (await readMeta("restored")) ?? null;
    const own = await settleDevice(found, ledger ?? null, hint, device);
    beforeNumbering(async () => void (await healNow()));
    startNumbering((await readMeta("last_n")) ?? 0);
    if (found.fresh) await Promise.all([loadWork(), loadRows()]);
    await findGaps(own.id);
    await writeLedger();
  };
  healthy = inTurn(agree);
  if (found.fresh) return healthy;
  healthy.then(sweep).catch((error) => console.error(error));
  await Promise.all([loadWork(), loadRows(), readMeta("offset").then((ms) => rememberOffset(ms ?? 0))]);
}

/** What nobody needs any more goes. */
async function sweep() {
  await sweepStones(Date.now());
  await dropOrphans(Date.now());
}

/** Let both stores agree once more: what closed tabs left in their slots is taken over, and the slots emptied. */
export const healAgain = () => inTurn(async () => void (isOpen() && (await healNow())));

/** Close the stores and give the slot back. */
export const close = () => oneByOne(closeNow);

async function closeNow() {
  if (!isOpen()) return;
  await inTurn(async () => {
    const { log } = here();
    leave();
    await log?.close();
    await closeDatabase();
  });
  drafts.value = [];
  entries.value = [];
  photoMarks.value = new Map();
  me.value = null;
  manual.value = null;
  notices.value = { list: [], seq: 0, read: 0, read_told: 0 };
  lost.value = [];
  restored.value = null;
  for (const map of Object.values(rows)) map.clear();
  changed.value += 1;
}

/**
 * Both stores hold the same afterwards. In turn.
 * @param {boolean} [fresh]  the database was made just now: what the log gives back was cleared by the browser
 * @returns {Promise<any>} the ledger found in the log, or null
 */
async function healNow(fresh = false) {
  const { person, log } = here();
  if (!log) return null;
  const done = await navigator.locks.request(`fieldbook-heal-${person}`, () => heal(log));
  healed.value = { database: done.database, log: done.log };
  if (done.database) await loadWork();
  const { command = 0, photo = 0, draft = 0 } = done.kinds;
  if (fresh && command + photo + draft) {
    await writeMeta("restored", { at: Date.now(), commands: command, photos: photo, drafts: draft });
  }
  return done.ledger;
}

/**
 * The device's own id: from the database, else from the log, else a new one. After both stores are lost it is a new one, so that
 * no number is ever given twice.
 *
 * @param {{ fresh: boolean, wiped: boolean }} found
 * @param {any} ledger
 * @param {import("./hint.js").Hint | null} hint
 * @param {{ id: string, name: string }} [proposed]
 */
async function settleDevice(found, ledger, hint, proposed) {
  return inTransaction(["meta"], async (tx) => {
    const known = await getMeta(tx, "device");
    const kept = known ?? ledger?.device;
    const chosen = kept ?? proposed ?? newDevice();
    if (!known) await putMeta(tx, "device", chosen);
    if (ledger && ledger.device?.id === chosen.id && found.fresh) {
      await putMeta(tx, "settled_n", Math.max((await getMeta(tx, "settled_n")) ?? 0, ledger.settled_n ?? 0));
      if (ledger.me && !(await getMeta(tx, "me"))) await putMeta(tx, "me", ledger.me);
      if (ledger.epoch && !(await getMeta(tx, "epoch"))) await putMeta(tx, "epoch", ledger.epoch);
    }
    if (!kept && hint && hint.device !== chosen.id) {
      // Both stores had something and neither has it now. What the server has of it is known at the next answer.
      await putMeta(tx, "lost_device", hint);
    }
    return chosen;
  });
}

/** Numbers that were given and are nowhere: said, never hidden. @param {string} device */
export async function findGaps(device) {
  const { settled, last, former, serverLast } = await reading(["meta"], async (tx) => ({
    settled: (await getMeta(tx, "settled_n")) ?? 0,
    last: (await getMeta(tx, "last_n")) ?? 0,
    former: await getMeta(tx, "lost_device"),
    serverLast: await getMeta(tx, "server_last_n"),
  }));
  // Until the server has said what it received, a number that is not here may well be there.
  if (serverLast === undefined) return;
  const numbered = entries.value.filter((entry) => entry.n !== null);
  // What the server has received is not lost, whatever this phone has forgotten.
  const missing = gaps(Math.max(settled, serverLast), last, numbered.map((entry) => /** @type {number} */ (entry.n)));
  const around = missing.map(({ from, to }) => ({
    device,
    from,
    to,
    after_at: numbered.filter((entry) => /** @type {number} */ (entry.n) < from).at(-1)?.command.at,
    before_at: numbered.find((entry) => /** @type {number} */ (entry.n) > to)?.command.at,
  }));
  if (former && former.n > (former.server_last_n ?? 0) && former.server_last_n !== undefined) {
    around.unshift({ device: former.device, from: former.server_last_n + 1, to: former.n, after_at: undefined, before_at: undefined });
  }
  lost.value = around;
}

/** The person has read what was lost; it is not shown again. */
export async function noteLost() {
  await inTransaction(["meta"], async (tx) => {
    await putMeta(tx, "settled_n", Math.max((await getMeta(tx, "settled_n")) ?? 0, ...lost.value.map(({ to }) => to)));
    await tx.objectStore("meta").delete("lost_device");
    await tx.objectStore("meta").delete("restored");
  });
  lost.value = [];
  restored.value = null;
}

/** Fill memory with drafts, outbox and photo marks. */
async function loadWork() {
  const held = () => [drafts.value, entries.value, photoMarks.value];
  for (let tries = 0; tries < 5; tries++) {
    const before = held();
    const [open, outbox, photos] = await Promise.all([readDrafts(), allOf("outbox"), allOf("photos")]);
    // What this tab kept while the disk was read must not vanish from its screens.
    if (tries < 4 && held().some((now, i) => now !== before[i])) continue;
    drafts.value = open;
    entries.value = inOrder(outbox.filter((entry) => !entry.gone));
    photoMarks.value = new Map(photos.flatMap((mark) => (mark.state === "gone" ? [] : [[mark.sha256, mark]])));
    return;
  }
}

/** @param {import("./tab.js").News} news  from another tab of the same person */
function listen(news) {
  if (news.what.includes("wiped")) return reload();
  if (news.received?.length || news.gone?.length) settle({ received: news.received, gone: news.gone });
  if (news.what.some((what) => ["drafts", "outbox", "photos"].includes(what))) void loadWork();
  if (news.what.some((what) => ["rows", "me"].includes(what))) void loadRows();
}

outdated.subscribe((is) => {
  if (is) storesNote.value = "reload";
});

/** Write the ledger: what the log must know if the database is lost. */
export const remember = () => inTurn(writeLedger);

async function writeLedger() {
  const { person, log } = here();
  const facts = await reading(["meta"], async (tx) => ({
    person,
    device: await getMeta(tx, "device"),
    last_n: (await getMeta(tx, "last_n")) ?? 0,
    settled_n: (await getMeta(tx, "settled_n")) ?? 0,
    epoch: await getMeta(tx, "epoch"),
    // Its clock and counter change with every answer and would have the ledger written anew each time.
    me: without(await getMeta(tx, "me"), ["now", "last_n"]),
  }));
  keepHint(person, { device: facts.device.id, n: facts.last_n });
  await log?.remember(facts).catch(() => {});
}

/** @param {any} facts @param {string[]} names */
const without = (facts, names) => facts && Object.fromEntries(Object.entries(facts).filter(([name]) => !names.includes(name)));

/** A device that has never been: an id, and a name that its owner knows in a list. */
export const newDevice = () => ({ id: newId(), name: phoneName() });

function phoneName() {
  const agent = navigator.userAgent;
  const model = /\(Linux; Android [^;]+; ([^;)]+)\)/.exec(agent)?.[1];
  if (model && model !== "K") return model.slice(0, 60);
  return /iPhone|iPad|Android|Windows|Macintosh|Linux/.exec(agent)?.[0] ?? "phone";
}

/** This person's device on this phone. @returns {Promise<{ id: string, name: string }>} */
export async function deviceHere() {
  await storesReady();
  return readMeta("device");
}

/**
 * People who have worked with this phone, the last one first.
 * @returns {Promise<{ id: string, name: string, login: string, device?: { id: string, name: string }, used_at: number }[]>}
 */
export async function peopleHere() {
  const [known, inDatabases, inLogs] = await Promise.all([peopleKnown(), databasesHere(), logsHere()]);
  const ids = new Set(known.map((/** @type {any} */ one) => one.id));
  // The list itself may be lost; the databases and the log's folders still tell who was here.
  for (const id of [...inDatabases, ...inLogs]) {
    if (!ids.has(id)) known.push({ id, name: "", login: "", used_at: 0 });
    ids.add(id);
  }
  return known.filter((/** @type {any} */ one) => !one.gone).sort((/** @type {any} */ a, /** @type {any} */ b) => b.used_at - a.used_at);
}

/** @returns {Promise<string[]>} */
async function logsHere() {
  try {
    const ids = [];
    const root = await navigator.storage.getDirectory();
    for await (const name of /** @type {any} */ (root).keys()) if (name.startsWith("log-")) ids.push(name.slice(4));
    return ids;
  } catch {
    return [];
  }
}

/** @param {{ id: string, name: string, login: string, device: { id: string, name: string } }} person */
export const rememberPerson = ({ id, name, login, device }) =>
  withPeople((store) => store.put({ id, name, login, device, used_at: Date.now() }));

/**
 * Delete everything this phone holds of one person, sent or not. For good.
 * @param {string} person
 */
export async function wipePerson(person) {
  if (isOpen() && here().person === person) {
    tellOthers({ what: ["wiped"] });
    await inTurn(async () => void (await here().log?.wipe().catch(() => {})));
    await close();
  } else {
    const log = new Log();
    await navigator.locks.request(`fieldbook-heal-${person}`, async () => {
      await log.open(person).then(() => log.wipe()).catch(() => {});
    });
    await log.close();
  }
  await deleteDatabase(person);
  await withPeople((store) => store.put({ id: person, gone: true, used_at: 0, name: "", login: "" }));
  dropHint(person);
}

export { TooManyTabs };
