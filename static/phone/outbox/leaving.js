// @ts-check
// Emptying a phone that the office has taken out of use.

import { reload } from "../kit/page.js";
import { sayWiped } from "../server/me.js";
import { greatestGiven } from "../store/commands.js";
import { readMeta } from "../store/meta.js";
import { wipePerson } from "../store/open.js";
import { here } from "../store/tab.js";
import { markEmptied } from "./left.js";

/**
 * Delete all that this phone holds of its person, and tell the office. For good.
 * @param {{ lost: number, stolen: boolean }} how  lost: commands that never reached the office
 */
export async function letGo({ lost, stolen }) {
  const person = here().person;
  // The browser may have cleared everything already, on the office's word, and then answers nothing; the next start finishes it.
  const last = Math.max((await soon(readMeta("last_n"))) ?? 0, greatestGiven());
  await soon(wipePerson(person));
  markEmptied({ why: stolen ? "stolen" : "revoked", person });
  // The office may already know: the session ends with the first word.
  await soon(sayWiped({ last_n: last, lost }));
  reload();
}

/** What it gives, or nothing when it fails or takes too long. @template T @param {Promise<T>} work @returns {Promise<T | undefined>} */
const soon = (work) => Promise.race([work.catch(() => undefined), new Promise((done) => setTimeout(done, 4000))]);
