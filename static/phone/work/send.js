// @ts-check
// Turning what was begun into commands that are kept until the receipt comes.

import { now } from "../kit/clock.js";
import { keep } from "../outbox/keep.js";
import { flat } from "./album.js";
import { done } from "./drafts.js";
import { reportBody } from "./snap.js";
import { finishBody } from "./visit.js";

/** Every photo that a body brings. @param {any} body @returns {string[]} */
export function shasOf(body) {
  const found = new Set();
  JSON.stringify(body, (key, value) => {
    for (const photo of key === "photos" ? value : []) found.add(photo.sha256);
    return value;
  });
  return [...found];
}

/**
 * End a visit. The draft becomes one command; both are written in one stroke.
 * @param {any} visit @param {any[]} criteria in the manual's order @param {{position?: any}} where
 */
export async function finishVisit(visit, criteria, { position } = {}) {
  const body = finishBody(visit, criteria, { finished_at: now(), position });
  const command = await keep("visit.finish", visit.id, body, { photos: shasOf(body), draft: visit.id });
  done(visit.id);
  return command;
}

/**
 * Report what was snapped.
 * @param {any} snap @param {any} where  as reportBody takes it
 */
export async function reportSnap(snap, where) {
  const body = reportBody(snap, where);
  const command = await keep("finding.report", snap.id, body, { photos: shasOf(body), draft: snap.id });
  done(snap.id);
  return command;
}

/** Say that a finding is put right. @param {{id: string, finding: string, photos: any[], words: string}} reply */
export async function rectify(reply) {
  const body = { photos: flat(reply.photos), words: reply.words };
  const command = await keep("finding.rectify", reply.finding, body, { photos: shasOf(body), draft: reply.id });
  done(reply.id);
  return command;
}

/**
 * Say a verb about a finding. With `delay_ms` it can be taken back until that has passed: it is not sent before.
 * @param {string} verb "finding.clear" @param {string} finding @param {any} body
 * @param {{delay_ms?: number, draft?: string}} [how] draft: the slip that it was written on, which goes in the same stroke
 */
export async function decide(verb, finding, body, { delay_ms = 0, draft } = {}) {
  const command = await keep(verb, finding, body, { photos: shasOf(body), delay_ms, draft });
  if (draft) done(draft);
  return command;
}
