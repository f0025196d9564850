// Which reasons this phone used last, a kind of place at a time: the chips start with them.

const KEY = "fieldbook-reasons";

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

/** "criterion/reason", newest first. @param {string | undefined} kind */
export const recentReasons = (kind) => read()[kind] ?? [];

/** @param {string} kind @param {string} criterion @param {number[]} reasons */
export function rememberReasons(kind, criterion, reasons) {
  const all = read();
  const keys = reasons.map((r) => `${criterion}/${r}`);
  all[kind] = [...keys, ...(all[kind] ?? []).filter((k) => !keys.includes(k))].slice(0, 8);
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // A convenience only.
  }
}
