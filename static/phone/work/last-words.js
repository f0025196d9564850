// @ts-check
// What this person wrote before about the same criterion: offered, never filled in by itself. Pure.

/**
 * @param {Iterable<any>} findings rows @param {string | null | undefined} criterion @param {string | undefined} person  id
 * @returns {string[]} the newest first, each once
 */
export function lastWords(findings, criterion, person, most = 2) {
  if (!criterion || !person) return [];
  const own = [...findings].filter((f) => f.criterion === criterion && f.reporter?.id === person && f.words?.trim());
  own.sort((a, b) => (b.found_at ?? 0) - (a.found_at ?? 0));
  return [...new Set(own.map((f) => f.words.trim()))].slice(0, most);
}
