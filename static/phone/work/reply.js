// @ts-check
// A unit's reply before it is sent: after photos and what was done. Pure.

/** One reply a finding: begun twice, it is the same one. @param {string} finding */
export const replyId = (finding) => `reply-${finding}`;

/** @param {string} finding @param {number} at */
export const newReply = (finding, at) => ({
  id: replyId(finding), kind: "reply", finding, photos: /** @type {any[]} */ ([]), done: /** @type {string[]} */ ([]), words: "",
  started_at: at, pending: /** @type {any} */ (null),
});

/** At most six photos travel with a reply; a seventh takes the place of the first. @param {any} reply @param {any} photo */
export function addReplyPhoto(reply, photo) {
  const photos = reply.photos.filter((p) => p.sha256 !== photo.sha256);
  return { ...reply, pending: null, photos: [...photos, photo].slice(-6) };
}

/**
 * What was done, as one sentence.
 * @param {{done: string[], words: string}} reply @param {(word: string) => string} say @param {string} comma
 */
export const wordsOf = ({ done, words }, say, comma) => [...done.map(say), words.trim()].filter(Boolean).join(comma).slice(0, 500);
