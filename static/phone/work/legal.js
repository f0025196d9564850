// @ts-check
// Which verbs stand on a finding's page, and in which order. Pure: `may` decides, nothing here adds to it.

/** The one main action, by weight: what the finding waits for. */
const MAIN = ["clear", "rectify", "extend", "screen", "assign"];
/** Beside the main one. */
const SECOND = ["return", "refuse_extension", "dismiss"];
/** The quiet row above, the likelier first; what finds no room there stands under 更多. */
const QUIET = ["ask_extension", "dispute", "merge", "resume", "supervise", "reopen", "assign", "defer", "extend", "give_up", "void"];

/**
 * @param {string[]} may  verbs that this person may say to this finding now
 * @param {{state?: string, extension?: any}} [finding]
 * @returns {{main: string | null, second: string | null, quiet: string[], more: string[]}}
 *   quiet: at most two, "more" stands for the rest; more: what 更多 holds
 */
export function footOf(may, { state, extension } = {}) {
  // Some verbs are the main action only where the finding waits for them; elsewhere they are one of several.
  const asked = { extend: Boolean(extension), assign: !state || state === "to_assign" };
  const main = MAIN.find((v) => may.includes(v) && (asked[v] ?? true)) ?? null;
  const second = SECOND.find((v) => may.includes(v)) ?? ["undo", "take_back"].find((v) => may.includes(v)) ?? null;
  const rest = QUIET.filter((v) => may.includes(v) && v !== main && v !== second);
  if (rest.length <= 2 && !rest.includes("void") && !rest.includes("give_up")) return { main, second, quiet: rest, more: [] };
  const first = rest.filter((v) => v !== "void" && v !== "give_up").slice(0, 1);
  return { main, second, quiet: [...first, "more"], more: rest.filter((v) => !first.includes(v)) };
}

/**
 * The hat under which a finding waits for a person, or null when it waits for others.
 * A dispatcher may give one to another unit at any time; it waits for them only before it has one, or when more time is asked for.
 * @param {string[]} may @param {string} state @param {any} [extension]
 * @returns {"review" | "rectify" | "dispatch" | null}
 */
export function hatOf(may, state, extension = null) {
  if (may.includes("clear") || may.includes("return")) return "review";
  if (may.includes("rectify")) return "rectify";
  if (may.includes("screen") || (may.includes("assign") && state === "to_assign") || (extension && may.includes("extend"))) return "dispatch";
  return null;
}

/** The stops of a finding's way, and where it stands. */
const STOPS = ["report", "assign", "accept", "rectify", "review", "clear"];
const AT = { reported: 1, to_screen: 1, to_assign: 1, assigned: 2, accepted: 3, returned: 3, deferred: 3, rectified: 4, cleared: 6 };

/**
 * @param {string} state
 * @returns {Array<{stop: string, is: "done" | "now" | "next"}> | null} null: it has left the way
 */
export function stopsOf(state) {
  const at = AT[state];
  if (at == null) return null;
  return STOPS.map((stop, i) => ({ stop, is: i < at ? "done" : i === at ? "now" : "next" }));
}

/**
 * Order of a list of findings: overdue first, then by deadline, then the oldest.
 * @param {any} a @param {any} b
 */
export const byUrgency = (a, b) =>
  (a.due_at ?? Number.MAX_SAFE_INTEGER) - (b.due_at ?? Number.MAX_SAFE_INTEGER) || a.found_at - b.found_at;
