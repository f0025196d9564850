// @ts-check
// SHA-256, and the journal's two formulas, so that a phone can check the chain by itself.

/**
 * @param {ArrayBuffer | Uint8Array} bytes
 * @returns {Promise<string>} 64 lower-case hex digits
 */
export async function sha256(bytes) {
  return toHex(await crypto.subtle.digest("SHA-256", /** @type {any} */ (bytes)));
}

/** @param {ArrayBuffer | Uint8Array} bytes */
export function toHex(bytes) {
  const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  let hex = "";
  for (const byte of view) hex += (byte < 16 ? "0" : "") + byte.toString(16);
  return hex;
}

/** @param {string} hex  an even number of hex digits */
export function fromHex(hex) {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.substr(2 * i, 2), 16);
  return bytes;
}

/**
 * The journal's next head: SHA-256(01 ‖ previous head ‖ leaf).
 *
 * @param {string} previous  hex
 * @param {string} leaf  hex
 * @returns {Promise<string>} hex
 */
export async function nextHead(previous, leaf) {
  const all = new Uint8Array(65);
  all[0] = 1;
  all.set(fromHex(previous), 1);
  all.set(fromHex(leaf), 33);
  return sha256(all);
}
