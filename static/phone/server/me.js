// @ts-check
// Who works with this phone, and by which manual.

import { ask } from "./api.js";

/**
 * @param {string} login
 * @param {string} password
 * @param {{ id: string, name: string }} device
 * @returns {Promise<import("./api.js").Answer>} 200: `json` is me · 401: wrong · 429: `wait` says how long
 * @throws {import("./api.js").NoAnswer}
 */
export const askLogin = (login, password, device) =>
  ask("/api/login", { method: "POST", json: { login, password, device } });

/**
 * Log in by a one-time link.
 * @param {string} token
 * @param {{ id: string, name: string }} device
 * @returns {Promise<import("./api.js").Answer>} 200: `json` is me · 4xx: used, too old, or never ours
 * @throws {import("./api.js").NoAnswer}
 */
export const askEnrol = (token, device) => ask("/api/enrol", { method: "POST", json: { token, device } });

/** A one-time token for another browser of this phone: `{token, seconds}`. */
export const askHandover = () => ask("/api/handover", { method: "POST", json: {} });

/** @param {string | null} device */
export const askMe = (device) => ask(device ? `/api/me?device=${encodeURIComponent(device)}` : "/api/me");

/** This phone was taken out of use and is empty now. @param {{ last_n: number, lost: number }} what  lost: commands that never arrived */
export const sayWiped = (what) => ask("/api/wiped", { method: "POST", json: what });

/** Work of these numbers is nowhere any more: the storage was cleared. @param {{ device: string, first_n: number, last_n: number }} what */
export const sayLost = (what) => ask("/api/lost", { method: "POST", json: what });

/** The person deleted what was not sent. @param {{ device: string, commands: number, photos: number, drafts: number }} what */
export const sayDeleted = (what) => ask("/api/deleted", { method: "POST", json: what });

export const askLogout = () => ask("/api/logout", { method: "POST", json: {} });

/** @param {number | string} version */
export const askManual = (version) => ask(`/api/manual/${encodeURIComponent(version)}`, { seconds: 60 });
