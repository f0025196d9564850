// @ts-check
// Who was here last on this phone, and how they left. Small marks outside the databases: a start waits for them.

const LEFT = "fieldbook-left";
const LAST = "fieldbook-last";
const WIPED = "fieldbook-wiped";

/** Who was here last, without asking any database: a start waits for this. @returns {string | null} */
export function lastHere() {
  try {
    return localStorage.getItem(LAST);
  } catch {
    return null;
  }
}

/** @param {string | null} person */
export function markHere(person) {
  try {
    if (person) localStorage.setItem(LAST, person);
    else localStorage.removeItem(LAST);
  } catch {
    // a window that keeps nothing
  }
}

/** @returns {string | null} */
export function leftHow() {
  try {
    return localStorage.getItem(LEFT);
  } catch {
    return null;
  }
}

/** @param {"heard" | "unheard" | null} how  null: somebody is here */
export function markLeft(how) {
  try {
    if (how) localStorage.setItem(LEFT, how);
    else localStorage.removeItem(LEFT);
  } catch {
    // a window that keeps nothing: asked again at the next start
  }
}

/** This phone was emptied on the office's word. @param {"revoked" | "stolen"} why */
export function forgetHere(why) {
  markHere(null);
  markLeft("heard");
  try {
    localStorage.setItem(WIPED, why);
  } catch {
    // a window that keeps nothing
  }
}

/** Why this phone was emptied, until somebody logs in. @returns {string | null} */
export function emptiedWhy() {
  try {
    return localStorage.getItem(WIPED);
  } catch {
    return null;
  }
}

/** Somebody works here again. */
export function noteInUse() {
  try {
    localStorage.removeItem(WIPED);
  } catch {
    // a window that keeps nothing
  }
}
