// @ts-check
// Where a round of visits stands. Pure.

/**
 * What a round has done and what is left.
 *
 * @param {{begins_at: number, ends_at: number, places: string[]}} round
 * @param {Map<string, any>} places  as seen on this phone
 * @param {{place: string} | null} draft  a visit begun and not finished
 * @returns {{cells: string[], done: number, bad: number, left: any[], next: any[]}}
 *   cells of the tally: visited in the order of their visits, then the one being visited, then the rest;
 *   left: every place not visited; next: those but for the one being visited
 */
export function progressOf(round, places, draft) {
  const all = round.places.map((id) => places.get(id)).filter(Boolean);
  const done = all.filter((p) => (p.visited_at ?? 0) >= round.begins_at).sort((a, b) => a.visited_at - b.visited_at);
  const left = all.filter((p) => (p.visited_at ?? 0) < round.begins_at);
  const isBad = (p) => (p.visits ?? []).some((v) => v.at >= round.begins_at && v.tally.includes("f"));
  const now = left.filter((p) => p.id === draft?.place);
  const next = left.filter((p) => p.id !== draft?.place);
  return {
    cells: [...done.map((p) => (isBad(p) ? "bad" : "")), ...now.map(() => "now"), ...next.map(() => "todo")],
    done: done.length,
    bad: done.filter(isBad).length,
    left,
    next,
  };
}

/**
 * The round to show: running now, the one that ends first among those with something left, else the one that ended its places last.
 * @param {any[]} rounds @param {Map<string, any>} places @param {number} at
 */
export function currentRound(rounds, places, at) {
  const running = rounds
    .filter((r) => r.begins_at <= at && at < r.ends_at && r.places.some((id) => places.has(id)))
    .sort((a, b) => a.ends_at - b.ends_at);
  return running.find((r) => progressOf(r, places, null).left.length) ?? running[0] ?? null;
}

/** @param {any[]} rounds @param {number} at */
export const nextRound = (rounds, at) =>
  rounds.filter((r) => r.begins_at > at).sort((a, b) => a.begins_at - b.begins_at)[0] ?? null;
