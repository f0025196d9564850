// @ts-check
// Dates, times, distances and working hours, as an official writes them. Pure but for the county's offset and language.

import { lang } from "./words.js";

const DAY = 86_400_000;
const MINUTE = 60_000;
const WEEKDAYS = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];
const DAYS_EN = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS_EN = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * Office hours and holidays of the county, as `me.calendar` says them.
 * @typedef {object} Calendar
 * @property {string} tz  "+08:00"
 * @property {[string, string][]} hours  [["08:30","12:00"],["14:00","17:30"]]
 * @property {Record<string, boolean>} days  only exceptions: "2026-10-01": false is a day off, true a day worked
 */

/** @type {number | null} minutes east of UTC; null until the county is known: then the phone's own */
let zone = null;

/**
 * Show every time in the county's zone, whatever the phone is set to.
 * @param {string | null | undefined} tz  "+08:00"
 */
export function setZone(tz) {
  zone = tz ? zoneMinutes(tz) : null;
}

/** @param {string} tz */
function zoneMinutes(tz) {
  const found = /^([+-])(\d\d):?(\d\d)$/.exec(tz);
  if (!found) return 480;
  return (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
}

/** Year, month, day … in the county's zone, read with the getUTC methods. @param {number} ms */
function there(ms) {
  const minutes = zone ?? -new Date(ms).getTimezoneOffset();
  return new Date(ms + minutes * MINUTE);
}

const two = (/** @type {number} */ n) => String(n).padStart(2, "0");

/** `10:42` @param {number} ms */
export function time(ms) {
  const at = there(ms);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

/** `6月12日`, with the year when it is not the year of `near`. @param {number} ms @param {number} [near] */
export function day(ms, near = Date.now()) {
  const at = there(ms);
  const year = at.getUTCFullYear();
  const other = year !== there(near).getUTCFullYear();
  if (lang.value === "en") {
    return `${at.getUTCDate()} ${MONTHS_EN[at.getUTCMonth()]}${other ? ` ${year}` : ""}`;
  }
  return `${other ? `${year}年` : ""}${at.getUTCMonth() + 1}月${at.getUTCDate()}日`;
}

/** `6月12日 周四` @param {number} ms @param {number} [near] */
export function date(ms, near = Date.now()) {
  return `${day(ms, near)} ${weekday(ms)}`;
}

/** `周四` @param {number} ms */
export function weekday(ms) {
  return (lang.value === "en" ? DAYS_EN : WEEKDAYS)[there(ms).getUTCDay()];
}

/** `2025-06-14` @param {number} ms */
export function isoDay(ms) {
  const at = there(ms);
  return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
}

/** Today `10:42`, else `6月12日 10:42`. @param {number} ms @param {number} [near] */
export function moment(ms, near = Date.now()) {
  return sameDay(ms, near) ? time(ms) : `${day(ms, near)} ${time(ms)}`;
}

/** @param {number} one @param {number} other  ms */
export const sameDay = (one, other) => isoDay(one) === isoDay(other);

/** Whole calendar days from `from` to `to`, in the county's zone. @param {number} from @param {number} to */
export function daysBetween(from, to) {
  return Math.floor(there(to).getTime() / DAY) - Math.floor(there(from).getTime() / DAY);
}

/** `240 米`, `1.2 公里` @param {number} metres */
export function distance(metres) {
  const en = lang.value === "en";
  if (metres < 1000) return `${Math.round(metres / 10) * 10 || Math.round(metres)} ${en ? "m" : "米"}`;
  const km = metres < 10_000 ? (metres / 1000).toFixed(1) : String(Math.round(metres / 1000));
  return `${km} ${en ? "km" : "公里"}`;
}

/** `2.4 MB` @param {number} bytes */
export function size(bytes) {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1000))} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/**
 * Is this a working day? Days that the calendar does not name are worked Monday to Friday.
 * @param {number} dayNumber  days since 1970-01-01
 * @param {Calendar} calendar
 */
export function isWorked(dayNumber, calendar) {
  const at = new Date(dayNumber * DAY);
  const named = calendar.days?.[at.toISOString().slice(0, 10)];
  if (named !== undefined) return named;
  return at.getUTCDay() !== 0 && at.getUTCDay() !== 6;
}

/** @param {string} hhmm */
const minuteOfDay = (hhmm) => Number(hhmm.slice(0, 2)) * 60 + Number(hhmm.slice(3, 5));

/**
 * Working minutes between two moments; negative when `to` lies before `from`. Pure.
 *
 * @param {number} from  ms
 * @param {number} to  ms
 * @param {Calendar} calendar
 * @returns {number} minutes, rounded down
 */
export function workMinutes(from, to, calendar) {
  if (to < from) return -workMinutes(to, from, calendar);
  const east = zoneMinutes(calendar.tz) * MINUTE;
  const begin = from + east;
  const end = to + east;
  const first = Math.floor(begin / DAY);
  const last = Math.min(Math.floor(end / DAY), first + 3660);
  let worked = 0;
  for (let number = first; number <= last; number++) {
    if (!isWorked(number, calendar)) continue;
    for (const [opens, closes] of calendar.hours) {
      const a = Math.max(begin, number * DAY + minuteOfDay(opens) * MINUTE);
      const b = Math.min(end, number * DAY + minuteOfDay(closes) * MINUTE);
      if (b > a) worked += b - a;
    }
  }
  return Math.floor(worked / MINUTE);
}

/** Working minutes of one full day. @param {Calendar} calendar */
export function minutesOfWorkday(calendar) {
  return calendar.hours.reduce((sum, [opens, closes]) => sum + minuteOfDay(closes) - minuteOfDay(opens), 0);
}

/**
 * What is left until a deadline. Pure.
 *
 * @param {number} dueAt  ms
 * @param {number} at  ms, the time to count from
 * @param {Calendar | null | undefined} calendar
 * @returns {{ late: boolean, minutes: number, hours: number, days: number }}
 *   minutes: working minutes left or gone over, ≥ 0; hours: those in 工时, rounded up while time is left and down
 *   once late; days: calendar days between, ≥ 0
 */
export function workLeft(dueAt, at, calendar) {
  const late = at > dueAt;
  const minutes = calendar ? Math.abs(workMinutes(at, dueAt, calendar)) : Math.floor(Math.abs(dueAt - at) / MINUTE);
  return {
    late,
    minutes,
    hours: late ? Math.floor(minutes / 60) : Math.ceil(minutes / 60),
    days: Math.abs(daysBetween(at, dueAt)),
  };
}
