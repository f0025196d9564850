// @ts-check
// Who was here last on this phone, and how they left. Small marks outside the databases: a start waits for them.

const LEFT = "fieldbook-left";
const LAST = "fieldbook-last";
const WIPED = "fieldbook-wiped";

const DELETED = "fieldbook-deleted";

/** What was deleted unsent and the office has not heard of yet. @returns {{ device: string, commands: number, photos: number, drafts: number } | null} */
export function deletedUnheard() {
  try {
    return JSON.parse(localStorage.getItem(DELETED) ?? "null");
  } catch {
    return null;
  }
}

/** @param {{ device: string, commands: number, photos: number, drafts: number } | null} what  null: the office knows */
export function markDeleted(what) {
  try {
    if (what) localStorage.setItem(DELETED, JSON.stringify(what));
    else localStorage.removeItem(DELETED);
  } catch {
    // a window that keeps nothing
  }
}

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

/**
 * This phone is emptied on the office's word. The mark stays until somebody logs in; `person` until nothing of theirs is left.
 * @param {{ why: "revoked" | "stolen", person: string | null }} mark
 */
export function markEmptied(mark) {
  markHere(null);
  markLeft("heard");
  try {
    localStorage.setItem(WIPED, JSON.stringify(mark));
  } catch {
    // a window that keeps nothing
  }
}

/** Why this phone was emptied, and whose things may still lie here. @returns {{ why: "revoked" | "stolen", person: string | null } | null} */
export function emptied() {
  try {
    return JSON.parse(localStorage.getItem(WIPED) ?? "null");
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
