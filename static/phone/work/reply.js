// @ts-check
// A unit's reply before it is sent: after photos and what was done. Pure.

/** One reply a finding: begun twice, it is the same one. @param {string} finding */
export const replyId = (finding) => `reply-${finding}`;

/** @param {string} finding @param {number} at */
export const newReply = (finding, at) => ({
  id: replyId(finding), kind: "reply", finding, photos: /** @type {any[]} */ ([]), done: /** @type {string[]} */ ([]), words: "",
  started_at: at, pending: /** @type {any} */ (null),
});

/** Photos that may travel with a reply. */
export const MOST = 6;

/** @param {any} reply @param {(photos: any[]) => any[]} how */
export const changeReplyPhotos = (reply, how) => ({ ...reply, pending: null, photos: how(reply.photos) });

/**
 * What was done, as one sentence.
 * @param {{done: string[], words: string}} reply @param {(word: string) => string} say @param {string} comma
 */
export const wordsOf = ({ done, words }, say, comma) => [...done.map(say), words.trim()].filter(Boolean).join(comma).slice(0, 500);
