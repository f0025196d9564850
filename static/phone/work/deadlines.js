// @ts-check
// Deadlines as a person meets them: when one is to be expected, and how one stands now. Pure: clock and calendar are handed in.

import { daysBetween, isWorked, minutesOfWorkday, workMinutes } from "../kit/format.js";

/** @typedef {import("../kit/format.js").Calendar} Calendar */

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Used until the county's own has been heard. @type {Calendar} */
export const PLAIN_CALENDAR = { tz: "+08:00", hours: [["08:30", "12:00"], ["14:00", "17:30"]], days: {} };

/** From so many days on a deadline counts days of the calendar, to the end of work. */
const LONG_TERM_DAYS = 30;

/** The end of work of a day, or of the next one that is worked. @param {number} day  since 1970 @param {Calendar} c */
function endOfWorkOn(day, c) {
  let last = day;
  for (let tries = 0; !isWorked(last, c) && tries < 1000; tries += 1) last += 1;
  return last * DAY - east(c) + msOf(c.hours[c.hours.length - 1][1]);
}

/** Milliseconds east of UTC. @param {Calendar} c */
function east({ tz }) {
  const [, sign, h, m] = /^([+-])(\d\d):(\d\d)$/.exec(tz) ?? ["", "+", "08", "00"];
  return (sign === "-" ? -1 : 1) * (Number(h) * 60 + Number(m)) * MINUTE;
}

/** @param {string} clock "HH:MM" */
const msOf = (clock) => (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))) * MINUTE;

/**
 * The instant that lies so many working days after `from`: what to expect of a deadline, as the office counts it.
 * @param {number} from  ms @param {number} days  as the criterion says: working days, from 30 on days of the calendar @param {Calendar} c
 */
export function dueAfter(from, days, c) {
  if (days >= LONG_TERM_DAYS) return endOfWorkOn(Math.floor((from + east(c)) / DAY) + days, c);
  let left = days * minutesOfWorkday(c) * MINUTE;
  const first = Math.floor((from + east(c)) / DAY);
  for (let day = first; day < first + 1000; day += 1) {
    if (!isWorked(day, c)) continue;
    const midnight = day * DAY - east(c);
    for (const [opens, closes] of c.hours) {
      const start = Math.max(midnight + msOf(opens), from);
      const end = midnight + msOf(closes);
      if (start >= end) continue;
      if (left <= end - start) return start + left;
      left -= end - start;
    }
  }
  return from + days * DAY;
}

/**
 * How a deadline stands now.
 *
 * @param {number | null | undefined} due  ms @param {number} now  ms @param {Calendar} c
 * @returns {null | {late: boolean, when: "late" | "today" | "tomorrow" | "later", hours: number, days: number}}
 *   hours: working hours left, or over, at least 1; days: whole working days, 0 when it is less than one
 */
export function standing(due, now, c) {
  if (due == null) return null;
  const late = now > due;
  const minutes = Math.abs(workMinutes(now, due, c));
  const apart = daysBetween(now, due);
  return {
    late,
    when: late ? "late" : apart <= 0 ? "today" : apart === 1 ? "tomorrow" : "later",
    hours: Math.max(1, late ? Math.floor(minutes / 60) : Math.ceil(minutes / 60)),
    days: Math.floor(minutes / minutesOfWorkday(c)),
  };
}

/**
 * The end of work of the n-th working day after the one of `now`.
 * @param {number} now  ms @param {number} n @param {Calendar} c
 */
export function endOfWorkday(now, n, c) {
  let day = Math.floor((now + east(c)) / DAY);
  for (let left = n, tries = 0; left > 0 && tries < 1000; tries += 1) {
    day += 1;
    if (isWorked(day, c)) left -= 1;
  }
  return day * DAY - east(c) + msOf(c.hours[c.hours.length - 1][1]);
}

/**
 * A deadline as a line of working time: nights and weekends take no room. Pure.
 *
 * @param {{from: number, due: number, asked?: number | null, now: number}} moments  ms; asked: until when more time is asked for
 * @param {Calendar} c
 * @returns {{days: number[], now: number, due: number, asked: number | null}} places on the line, 0 to 1; days: where each
 *   working day after the first begins
 */
export function axisOf({ from, due, asked = null, now }, c) {
  const end = Math.max(due, asked ?? due, Math.min(now, due + 30 * DAY));
  const all = Math.max(1, workMinutes(from, end, c));
  const at = (/** @type {number} */ ms) => Math.min(1, Math.max(0, workMinutes(from, ms, c) / all));
  const days = [];
  const first = Math.floor((from + east(c)) / DAY);
  for (let day = first + 1; day * DAY - east(c) < end && days.length < 120; day += 1) {
    if (isWorked(day, c)) days.push(at(day * DAY - east(c)));
  }
  return { days, now: at(now), due: at(due), asked: asked == null ? null : at(asked) };
}
