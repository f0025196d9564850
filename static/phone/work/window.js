// @ts-check
// Which rows of a long list are on the page. Pure.

/**
 * Gaps and rows in order. The row that has the focus, and its neighbours, stay on the page wherever the screen is.
 * @param {number} first @param {number} after @param {number} held  index, or -1 @param {number} count
 * @returns {Array<{ rows?: number[], gap?: string, from: number, to: number }>}
 */
export function parts(first, after, held, count) {
  const ranges = [[first, after]];
  if (held >= 0) {
    const [from, to] = [Math.max(0, held - 1), Math.min(count, held + 2)];
    if (to < first) ranges.unshift([from, to]);
    else if (from > after) ranges.push([from, to]);
    else ranges[0] = [Math.min(first, from), Math.max(after, to)];
  }
  const out = [];
  let end = 0;
  for (const [from, to] of ranges) {
    out.push({ gap: from === first ? "before" : `before ${from < first ? "held" : "held after"}`, from: end, to: from });
    out.push({ rows: Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i), from, to });
    end = Math.max(to, from);
  }
  out.push({ gap: "after", from: end, to: count });
  return out.filter((part) => part.rows || part.to > part.from);
}

/** The row that covers a point; the last one for any point below. @param {Float64Array} at @param {number} y  px from the list's top */
export function indexAt(at, y) {
  let low = 0;
  let high = at.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at[middle] <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}
