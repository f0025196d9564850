// @ts-check
// Telling the sender that there is something to do, without knowing it.

/** @type {() => void} */
let wake = () => {};

/** @param {() => void} sender */
export function onWake(sender) {
  wake = sender;
}

export const wakeSoon = () => wake();

/** @param {number} at  ms */
export function wakeAt(at) {
  setTimeout(() => wake(), Math.max(0, at - Date.now()));
}
