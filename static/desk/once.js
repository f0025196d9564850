// @ts-check
// Wiring an element once, however often a page's parts are swapped.

/** @type {WeakMap<Element, Set<string>>} */
const done = new WeakMap();

/**
 * The elements under `root` that match and were not wired under this name before.
 *
 * @param {ParentNode} root
 * @param {string} selector
 * @param {string} [name]
 * @returns {HTMLElement[]}
 */
export function fresh(root, selector, name = selector) {
  return /** @type {HTMLElement[]} */ ([...root.querySelectorAll(selector)]).filter((element) => {
    const names = done.get(element) || new Set();
    if (names.has(name)) return false;
    done.set(element, names.add(name));
    return true;
  });
}
