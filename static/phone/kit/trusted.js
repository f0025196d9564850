// @ts-check
// The one Trusted Types policy of the phone: it lets the phone's own workers start and nothing else.

const OURS = new Set(["/app/js/work/shrink-worker.js", "/app/js/store/log-worker.js", "/app/sw.js"]);

const rule = {
  /** @param {string} path */
  createScriptURL(path) {
    if (!OURS.has(path)) throw new TypeError(`not ours: ${path}`);
    return path;
  },
};

const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("fieldbook", rule) ?? rule;

/**
 * A script address that may start a worker here.
 *
 * @param {string} path  one of the three in OURS
 * @returns {any} a TrustedScriptURL where the browser has them, else the path
 * @throws {TypeError} for any other path
 */
export const scriptURL = (path) => policy.createScriptURL(path);
