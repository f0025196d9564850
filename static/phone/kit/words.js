// @ts-check
// Words: Chinese in the code, English from one map. A missing English sentence shows the Chinese one.

import { signal } from "./html.js";
import { setPageLanguage } from "./page.js";

/** @typedef {"zh" | "en"} Language */

const KEPT = "fieldbook-language";

/** What the screens are read in. Read inside a component, it renews the screen when it changes.
 * @type {import("@preact/signals").Signal<Language>} */
export const lang = signal(firstLanguage());

/** @type {Record<string, string>} */
let english = {};

/** The language that was chosen on this phone before, or null. @returns {Language | null} */
export function languageKept() {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept === "zh" || kept === "en" ? kept : null;
  } catch {
    return null; // a browser that keeps nothing: its own language will do
  }
}

/** @returns {Language} */
function firstLanguage() {
  const kept = languageKept();
  if (kept) return kept;
  return /^zh\b/i.test(navigator.language || "zh") ? "zh" : "en";
}

/** Get ready to speak the language at hand. Await it once before the first screen. */
export async function readyToSpeak() {
  if (lang.value === "en") english = (await import("./words-en.js")).default;
  setPageLanguage(lang.value);
}

/**
 * Speak another language from now on, on this phone.
 * @param {string | null | undefined} language  "zh", "en", or a longer tag such as "zh-CN"
 */
export async function setLang(language) {
  if (!language) return;
  const next = /^zh/i.test(language) ? "zh" : "en";
  try {
    localStorage.setItem(KEPT, next);
  } catch {
    // private window: asked again next time
  }
  await speak(next);
}

/**
 * Speak a person's language, while nobody has chosen another one by hand on this phone.
 * @param {string | null | undefined} language
 */
export async function speakAs(language) {
  if (language && !languageKept()) await speak(/^zh/i.test(language) ? "zh" : "en");
}

/** @param {Language} next */
async function speak(next) {
  if (next === "en") english = (await import("./words-en.js")).default;
  lang.value = next;
  setPageLanguage(next);
}

/**
 * A sentence, with its facts put in: t("待上传 {n} 张", { n: 7 }). English may choose by number: "{n} {n|photo|photos}".
 * Where one Chinese word needs two English ones, "@" tells them apart: t("退回重办@verb").
 *
 * @param {string} chinese  the sentence as written in the code
 * @param {Record<string, string | number>} [facts]
 */
export function t(chinese, facts) {
  const sentence = (lang.value === "en" && english[chinese]) || chinese.replace(/@[a-z]+$/, "");
  if (!facts) return sentence;
  return sentence
    .replace(/\{(\w+)\|([^|}]*)\|([^}]*)\}/g, (_, name, one, many) => (Number(facts[name]) === 1 ? one : many))
    .replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? String(facts[name]) : whole));
}

/**
 * The one of a row's two names that fits: pick(criterion, "text") reads text_zh or text_en.
 * Rows with a bare `name` and a `name_en` work too.
 *
 * @param {any} row
 * @param {string} field
 */
export function pick(row, field) {
  if (!row) return "";
  const zh = row[`${field}_zh`] ?? row[field] ?? "";
  return lang.value === "en" ? row[`${field}_en`] || zh : zh;
}
