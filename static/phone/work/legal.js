// @ts-check
// Which verbs stand on a finding's page, and in which order. Pure: the office's `may` decides, nothing here adds to it.

/** The one main action, by weight: what moves the finding on comes first. */
const MAIN = ["clear", "rectify", "screen", "assign"];
/** Beside the main one. */
const SECOND = ["return", "dismiss", "undo"];
/** What this phone can do; the rest is done at the desk. */
const HERE = new Set(["clear", "return", "rectify", "screen", "assign", "dismiss", "undo", "accept"]);

/**
 * @param {string[]} may  verbs the office allows this person on this finding now
 * @returns {{main: string | null, second: string | null}}
 */
export function footOf(may) {
  const legal = may.filter((v) => HERE.has(v));
  return {
    main: MAIN.find((v) => legal.includes(v)) ?? null,
    second: SECOND.find((v) => legal.includes(v)) ?? null,
  };
}

/**
 * The hat under which a finding waits for a person, or null when it waits for others.
 * A dispatcher may give one to another unit at any time; it waits for them only before it has one.
 * @param {string[]} may @param {string} state
 * @returns {"review" | "rectify" | "dispatch" | null}
 */
export function hatOf(may, state) {
  if (may.includes("clear") || may.includes("return")) return "review";
  if (may.includes("rectify")) return "rectify";
  if (may.includes("screen") || (may.includes("assign") && state === "to_assign")) return "dispatch";
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
