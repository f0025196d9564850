// @ts-check
// Asking the server. The only module of the page that calls fetch.

import { learnOffset } from "../kit/clock.js";
import { signal } from "../kit/html.js";
import { lang } from "../kit/words.js";

/** Nobody answered: no signal, no server, or somebody else's page in between. Nothing was learnt. */
export class NoAnswer extends Error {
  /** @param {string} why */
  constructor(why) {
    super(why);
    this.name = "NoAnswer";
  }
}

/** The server does not know who is asking. The work stays; the person logs in again. */
export class LoginNeeded extends Error {
  /** @param {string} code  the refusal's code, such as "accounts.login_needed" or "accounts.device_revoked" */
  constructor(code) {
    super(code);
    this.name = "LoginNeeded";
    this.code = code;
  }
}

/**
 * @typedef {object} Answer
 * @property {boolean} ok
 * @property {number} status
 * @property {any} json  always has `epoch`
 * @property {number} wait  seconds the server asks us to wait (Retry-After), or 0
 */

/** Where a person shows who they are: 401 there says that it did not work, not that a login has ended. */
const DOORS = new Set(["/api/login", "/api/enrol"]);

/** Did the last question get an answer? null until the first one.
 * @type {import("@preact/signals").Signal<boolean | null>} */
export const reached = signal(null);

/** Questions that wait for their answer. @type {Set<AbortController>} */
const asking = new Set();

/** Wait for no answer any more: whoever asked hears NoAnswer. Used before somebody else's stores are opened. */
export function hangUp() {
  for (const control of asking) control.abort();
}

/**
 * One question. Only JSON that carries an epoch is an answer; a portal's page with status 200 is silence.
 *
 * @param {string} path  on our own origin
 * @param {{ method?: string, json?: any, body?: Blob, seconds?: number }} [how]
 *   seconds: how long to wait for the answer, 30 unless told
 * @returns {Promise<Answer>}
 * @throws {NoAnswer} when nobody answered
 * @throws {LoginNeeded} on 401, except from the doors that log in
 */
export async function ask(path, { method, json, body, seconds = 30 } = {}) {
  const askedAt = Date.now();
  const control = new AbortController();
  const timer = setTimeout(() => control.abort("late"), seconds * 1000);
  asking.add(control);
  let response;
  let said;
  try {
    response = await fetch(path, {
      method: method ?? (json !== undefined || body ? "POST" : "GET"),
      headers: {
        Accept: "application/json",
        // What is answered, and what of it is kept, is in the language that the screens are in.
        "Fieldbook-Language": lang.value,
        ...(json === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: json === undefined ? body : JSON.stringify(json),
      credentials: "same-origin",
      cache: "no-store",
      // A redirect is a login page or a portal, never one of our answers.
      redirect: "error",
      signal: control.signal,
    });
    said = await response.text();
  } catch (error) {
    // We hung up ourselves: that says nothing about the network.
    if (!control.signal.aborted || control.signal.reason === "late") reached.value = false;
    throw new NoAnswer(String(error));
  } finally {
    clearTimeout(timer);
    asking.delete(control);
  }
  const answer = ours(said);
  if (!answer) {
    reached.value = false;
    throw new NoAnswer(`status ${response.status} without our answer`);
  }
  reached.value = true;
  if (typeof answer.now === "number") learnOffset(answer.now, askedAt, Date.now());
  if (response.status === 401 && !DOORS.has(path)) throw new LoginNeeded(answer.code ?? "accounts.login_needed");
  return {
    ok: response.ok,
    status: response.status,
    json: answer,
    wait: retryAfter(response.headers.get("Retry-After")),
  };
}

/** @param {string} said */
function ours(said) {
  let json;
  try {
    json = JSON.parse(said);
  } catch {
    return null;
  }
  return json && typeof json === "object" && /^[0-9a-f]{8}$/.test(json.epoch) ? json : null;
}

/** Seconds. @param {string | null} header */
function retryAfter(header) {
  const seconds = Number(header);
  return header && Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3600) : 0;
}

/**
 * The bytes of a small or large picture that others took.
 *
 * @param {string} sha256
 * @param {"small" | "large" | "original"} size
 * @returns {Promise<ArrayBuffer | null>} null when it is not there for us, or not decoded yet
 * @throws {NoAnswer}
 */
export async function askPicture(sha256, size = "small") {
  let response;
  try {
    response = await fetch(`/photos/${sha256}/${size}`, { credentials: "same-origin", redirect: "error" });
    if (!response.ok || !/^image\//.test(response.headers.get("Content-Type") ?? "")) return null;
    return await response.arrayBuffer();
  } catch (error) {
    throw new NoAnswer(String(error));
  }
}
