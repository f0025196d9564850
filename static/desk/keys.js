// @ts-check
// Keys that press what is on the page: an element says with data-key which letter presses it.

/** Whether the person is writing, so that letters belong to the text. */
export function isWriting() {
  const at = document.activeElement;
  return at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) && !/** @type {HTMLInputElement} */ (at).matches("[type=range], [type=radio], [type=checkbox]");
}

export function keys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) return;
    if (event.key === "Escape" && isWriting()) {
      /** @type {HTMLElement} */ (document.activeElement).blur();
      return;
    }
    if (isWriting()) return;
    if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (search instanceof HTMLInputElement) {
        event.preventDefault();
        search.focus();
        search.select();
      }
      return;
    }
    const letter = event.key.toLowerCase();
    if (!/^[a-z]$/.test(letter)) return;
    const target = document.querySelector(`[data-key="${letter}"]:not([disabled])`);
    if (target instanceof HTMLElement) {
      event.preventDefault();
      target.click();
    }
  });
}
