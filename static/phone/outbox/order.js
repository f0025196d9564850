// @ts-check
// In which order things leave. Pure.

/** @typedef {import("../store/state.js").Entry} Entry */

/**
 * The photos of one command in groups, each group the photos of one finding or of one answer, in the order they were taken.
 * The after photos of a finding put right on the spot are a group of their own: both sides of the pair matter.
 *
 * @param {any} command
 * @returns {string[][]} SHA-256
 */
export function groupsOf({ body }) {
  /** @type {string[][]} */
  const groups = [];
  const add = (/** @type {any[] | undefined} */ photos) => {
    if (photos?.length) groups.push(photos.map((photo) => photo.sha256));
  };
  for (const finding of body?.findings ?? []) {
    add(finding.photos);
    add(finding.fixed?.photos);
  }
  add(body?.photos);
  add(body?.fixed?.photos);
  for (const answer of body?.answers ?? []) add(answer.photos);
  return groups;
}

/**
 * Photos to send, the first of every finding before the second of any.
 *
 * @param {Entry[]} entries  commands that the server has, in order
 * @param {(sha256: string) => boolean} waits  is it here and not yet received?
 * @returns {string[]}
 */
export function photoOrder(entries, waits) {
  const groups = entries.flatMap((entry) => {
    const named = entry.command.body ? groupsOf(entry.command) : [];
    const inGroups = new Set(named.flat());
    // What the body's shape does not tell stands alone.
    return [...named, ...entry.photos.filter((sha) => !inGroups.has(sha)).map((sha) => [sha])];
  });
  const order = new Set();
  for (let place = 0; groups.some((group) => place < group.length); place++) {
    for (const group of groups) {
      if (place < group.length && waits(group[place])) order.add(group[place]);
    }
  }
  return [...order];
}

/**
 * What to do with one command after its answer. Pure.
 *
 * @param {any} answer  {answer, seq?, head?, code?, message?, facts?, first_answer?}
 * @param {Entry} entry
 * @param {number} at  ms
 * @param {string} epoch
 * @returns {Partial<Entry>}
 */
export function after(answer, entry, at, epoch) {
  const said = { ...answer, epoch };
  switch (answer.answer) {
    case "ok":
    case "duplicate":
      return { state: "sent", answer: said, sent_at: at, tries: 0, retry_since: undefined };
    case "held":
      return { state: "held", answer: said, sent_at: at };
    case "refused":
      return { state: "refused", answer: said, sent_at: at };
    default: {
      // "retry", or a word of a later server: it stays, and after a day a person is told.
      const since = entry.retry_since ?? at;
      const old = at - since > 24 * 3_600_000;
      return { state: old ? "stuck" : "waiting", answer: said, sent_at: at, retry_since: since, tries: (entry.tries ?? 0) + 1 };
    }
  }
}
