// @ts-check
// Who works with this phone: coming back, logging in, changing over, leaving.

import { speakAs } from "../kit/words.js";
import { LoginNeeded } from "../server/api.js";
import { askEnrol, askLogin, askLogout, askManual, sayDeleted } from "../server/me.js";
import { close, deviceHere, newDevice, open, peopleHere, rememberPerson, wipePerson } from "../store/open.js";
import { keepManual, keepMe, manual, me } from "../store/rows.js";
import { drafts } from "../store/state.js";
import { here, isOpen } from "../store/tab.js";
import { deletedUnheard, emptied, lastHere, leftHow, markDeleted, markEmptied, markHere, markLeft, noteInUse } from "./left.js";
import { goOn, rest, start } from "./sender.js";
import { waiting, waitingPhotos } from "./state.js";

/**
 * Come back: open the stores of whoever worked here last. Needs no signal.
 * @param {Promise<void>} [shown]  when the first screen stands: what it does not need waits for that
 * @returns {Promise<boolean>} false when nobody has, or they logged out: show the login page
 */
export async function resume(shown) {
  await finishEmptying();
  if (leftHow() === "unheard") void sayLeaving();
  if (leftHow()) return false;
  const last = lastHere() ?? (await peopleHere())[0]?.id;
  if (!last) return false;
  await open(last, undefined, shown);
  markHere(last);
  await speakAs(me.value?.person.language);
  start();
  return true;
}

/** This phone was emptied: nothing of that person may be left, whatever was in use when the office's word came. */
async function finishEmptying() {
  const mark = emptied();
  if (!mark?.person) return;
  await wipePerson(mark.person).then(
    () => markEmptied({ ...mark, person: null }),
    (error) => console.warn(error),
  );
}

/**
 * Log in, and open that person's stores on this phone.
 *
 * @param {string} login
 * @param {string} password
 * @returns {Promise<{ ok: boolean, code?: string, message?: string, wait?: number }>} wait: seconds until the next try may be made
 * @throws {import("../server/api.js").NoAnswer}
 */
export async function logIn(login, password) {
  const known = (await peopleHere()).find((one) => one.login === login);
  // Each person has a device of their own on a shared phone: nobody can send another one's work by accident.
  const proposed = known?.device ?? newDevice();
  const { ok, json, wait } = await askLogin(login, password, proposed);
  if (!ok) return { ok, code: json.code, message: json.message, wait };
  await comeIn(json, proposed, { login, again: (device) => askLogin(login, password, device) });
  return { ok: true };
}

/**
 * Log in by the one-time link that an office's QR code holds, with nothing typed.
 *
 * @param {string} token
 * @returns {Promise<{ ok: boolean, code?: string, message?: string, wait?: number, name?: string }>}
 * @throws {import("../server/api.js").NoAnswer} the link still works
 */
export async function enrol(token) {
  // Whose link it is, only the office knows. Where one person alone has worked with this phone it is theirs, as a rule: what
  // they have not sent belongs to that device.
  const known = await peopleHere();
  const proposed = (known.length === 1 && known[0].device) || newDevice();
  const { ok, json, wait } = await askEnrol(token, proposed);
  if (!ok) return { ok, code: json.code, message: json.message, wait };
  const same = await comeIn(json, proposed, { login: json.person.login });
  return { ok: same, code: same ? undefined : "phone.other_device", name: json.person.name };
}

/**
 * Somebody has shown who they are: open their stores.
 * @param {any} json  me, as the office answered @param {{ id: string, name: string }} proposed  the device that was named
 * @param {{ login: string, again?: (device: any) => Promise<any> }} how  again: ask once more, in another device's name
 * @returns {Promise<boolean>} false: their work here belongs to another device, and only a password can say so
 */
async function comeIn(json, proposed, { login, again }) {
  const { id, name, language } = json.person;
  if (!isOpen() || here().person !== id) {
    await rest();
    await open(id, proposed);
  }
  const device = await deviceHere();
  // The stores knew a device that the list of people had forgotten: the login must be that device's.
  if (device.id !== proposed.id) {
    if (!again) return false;
    await again(device);
  }
  markLeft(null);
  markHere(id);
  noteInUse();
  await rememberPerson({ id, name, login, device });
  await speakAs(language);
  await keepMe(json);
  if (json.manual && manual.value?.version !== json.manual.version) {
    const found = await askManual(json.manual.version);
    if (found.ok) await keepManual(found.json);
  }
  start();
  void goOn();
  return true;
}

/** What would stay behind: for the log-out page. */
export const unsent = () => ({ commands: waiting.value.length, photos: waitingPhotos.value.length, drafts: drafts.value.length });

/**
 * Log out. What is not sent stays on this phone under this person's name, unless it is to be deleted.
 *
 * @param {{ remove?: boolean }} [how]  remove: delete everything of this person from this phone, for good
 */
export async function logOut({ remove = false } = {}) {
  await rest();
  const person = isOpen() ? here().person : null;
  if (person && remove) {
    const { commands, photos, drafts: begun } = unsent();
    if (commands + photos + begun) markDeleted({ device: (await deviceHere()).id, commands, photos, drafts: begun });
  }
  markLeft("unheard");
  await sayLeaving();
  if (person && remove) {
    await wipePerson(person);
    markHere(null);
  }
  await close();
}

/** Without signal the server hears of it at the next start. */
async function sayLeaving() {
  const deleted = deletedUnheard();
  // Before the login ends: it is this person's to say. An answer of any kind means that the office was asked.
  if (deleted) {
    await sayDeleted(deleted).then(
      () => markDeleted(null),
      () => {},
    );
  }
  const heard = await askLogout().then(
    () => true,
    (error) => error instanceof LoginNeeded,
  );
  if (heard && leftHow()) markLeft("heard");
}
