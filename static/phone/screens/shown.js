// Times, distances and counts as a person reads them. The county's clock, whatever zone the phone is set to.

import * as format from "../kit/format.js";
import { t, lang } from "../kit/words.js";
import { PLAIN_CALENDAR, standing } from "../work/deadlines.js";
import { me } from "../store/rows.js";

export const calendar = () => me.value?.calendar ?? PLAIN_CALENDAR;
export const english = () => lang.value === "en";

export const { day, weekday, isoDay, size, daysBetween } = format;

/** "10:42" */
export const clock = format.time;

/** "06-12" */
export const shortDay = (at) => format.isoDay(at).slice(5);

/** "6月12日 09:50" */
export const dayClock = (at) => `${day(at)} ${clock(at)}`;

/** "今天 17:30", "明天 17:30", "6月16日 17:30" */
export function nearDay(at, now) {
  const apart = daysBetween(now, at);
  const name = apart === 0 ? t("今天@day") : apart === 1 ? t("明天") : day(at);
  return `${name} ${clock(at)}`;
}

/** "180 米", "1.2 公里" */
export const distance = (m) => (m == null ? "" : format.distance(m));

/** The name of a thing in the reader's language. */
export const named = (thing, field = "name") => {
  if (!thing) return "";
  const en = thing[`${field}_en`];
  return (english() && en) || thing[`${field}_zh`] || thing[field] || "";
};

/** Where a post is held: its area, or else its unit. @param {any} post */
export const postWhere = (post) => named(post, "area_name") || named(post, "unit_name");

/** One of {zh, en}. @param {{zh: string, en: string} | null | undefined} words */
export const either = (words) => (words ? (english() && words.en) || words.zh : "");

/** A list in the reader's language: reasons_zh or reasons_en. */
export const listed = (thing, field) => (english() && thing?.[`${field}_en`]) || thing?.[`${field}_zh`] || [];

/** "3 天 2 小时": how long something has been going on. */
export function span(ms) {
  const hours = Math.max(0, Math.floor(ms / 3_600_000));
  const days = Math.floor(hours / 24);
  if (days && hours % 24) return t("{d} 天 {h} 小时", { d: days, h: hours % 24 });
  if (days) return t("{n} 天", { n: days });
  if (hours) return t("{n} 小时", { n: hours });
  return t("{n} 分钟", { n: Math.max(1, Math.floor(ms / 60_000)) });
}

/**
 * A deadline as a mark in a note line.
 * @returns {{cls: string, icon: string, words: string} | null}
 */
export function dueMark(due, now) {
  const s = standing(due, now, calendar());
  if (!s) return null;
  if (s.late) {
    const words = s.days >= 1 ? t("超期 {n} 天", { n: s.days }) : t("超期 {n} 工时", { n: s.hours });
    return { cls: "late", icon: "circle-alert", words };
  }
  if (s.when === "today") return { cls: "soon", icon: "hourglass", words: t("剩 {n} 工时", { n: s.hours }) };
  if (s.when === "tomorrow") return { cls: "soon", icon: "hourglass", words: t("明日到期") };
  return { cls: "soft", icon: "clock", words: t("{day}前", { day: day(due) }) };
}

/** The same on a finding's own page: what is left, and until when. */
export function dueHead(due, now) {
  const s = standing(due, now, calendar());
  if (!s) return null;
  const until = t("{day} 前", { day: nearDay(due, now) });
  if (s.late) {
    const left = s.days >= 1 ? t("超期 {n} 天", { n: s.days }) : t("超期 {n} 工时", { n: s.hours });
    return { cls: "late", icon: "circle-alert", left, until: t("{day} 到期", { day: nearDay(due, now) }) };
  }
  if (s.days < 1) return { cls: "", icon: "hourglass", left: t("剩 {n} 工时", { n: s.hours }), until };
  return { cls: "calm", icon: null, left: t("剩 {n} 个工作日", { n: s.days }), until };
}

/** The state of a finding in words. */
export const STATES = {
  reported: "已上报",
  to_screen: "待审核",
  to_assign: "待交办",
  assigned: "待签收",
  accepted: "整改中",
  rectified: "待复核",
  returned: "退回重办",
  cleared: "已销号",
  dismissed: "不予立案",
  merged: "已合并",
  deferred: "挂账",
  void: "作废",
};
export const stateWord = (state) => t(STATES[state] ?? "已上报");

/** A finding's number without the county's letters and the year, which the phone knows: "CW-20250609-037" → "0609-037". */
export const shortNumber = (number) => String(number).replace(/^[A-Z]+-(?:19|20)\d\d(?=\d{4}-)/, "");

/** The number within its kind that a criterion's code ends with: "25.07" → "07", "A7-3" → "3". */
export const numberOf = (code) => code.split(/[.-]/).pop();
