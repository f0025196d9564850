// @ts-check
// How far the first run in this browser has come. Not about a person: the home screen, what is allowed and the self-test are
// the browser's.

const KEPT = "fieldbook-set-up";

/** Has the first run been gone through here, or put off? */
export function isSetUp() {
  try {
    return localStorage.getItem(KEPT) === "done";
  } catch {
    return true; // a window that keeps nothing would be asked at every start
  }
}

/** It has. */
export function noteSetUp() {
  try {
    localStorage.setItem(KEPT, "done");
  } catch {
    // as above
  }
}
