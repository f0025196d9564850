// What the office tells of, and how it looks.

/** The hats that something may wait under, in the order they are shown. */
export const HATS = { review: "要复核", rectify: "要整改", dispatch: "要交办" };

/** kind -> [icon, how urgent, word] */
export const KINDS = {
  new_work: ["hammer", "", "新交办"],
  returned: ["undo-2", "soon", "退回重办"],
  due_tomorrow: ["hourglass", "soon", "明日到期"],
  overdue: ["circle-alert", "late", "超期"],
  answered: ["check", "", "有答复"],
  supervised: ["eye", "late", "督办"],
  urged: ["hourglass", "soon", "催办"],
  new_due: ["calendar-plus", "soon", "期限改动"],
  to_review: ["search-check", "", "待复核"],
  to_decide: ["calendar-plus", "soon", "待决定"],
};
