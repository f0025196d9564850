// Saying a verb about a finding, with eight seconds to take it back; what was written comes back with it.

import { back } from "./router.js";
import { notice, offerUndo, unitName } from "./state.js";
import { shortNumber } from "./shown.js";
import { t } from "../kit/words.js";
import { takeBack } from "../outbox/keep.js";
import { put } from "../work/drafts.js";
import { decide } from "../work/send.js";

/** Milliseconds in which a verb stays on this phone and can be taken back. */
const UNDO_MS = 8000;

const SAID = {
  clear: "已销号",
  return: "已退回{unit}",
  screen: "已审核通过",
  dismiss: "已不予立案",
  assign: "已交办",
  undo: "已撤回判定",
  take_back: "已撤回交办",
  dispute: "已交片区裁定",
  ask_extension: "已申请延期",
  extend: "已延期",
  refuse_extension: "已回绝延期",
  defer: "已挂账",
  resume: "已恢复整改",
  reopen: "已重新交办",
  merge: "已合并",
  supervise: "已督办",
};

/** These do not come back: a slip with a red button asks before, and nothing is offered after. */
const FINAL = new Set(["void", "give_up"]);

/** @param {string} verb without "finding." */
export const isFinal = (verb) => FINAL.has(verb);

/**
 * Keep what was decided. It shows at once; unless it is final it can be taken back, and the slip then lies there as it was.
 *
 * @param {any} finding @param {string} verb without "finding."
 * @param {{verb: string, body: any}} command as it travels @param {{slip?: any, to?: string}} [how]
 *   slip: the draft it was written on; to: where its sheet closes to
 * @returns {Promise<boolean>} false: nothing was kept, the sentence stands on the screen
 */
export async function sayIt(finding, verb, command, { slip, to } = {}) {
  try {
    const kept = await decide(command.verb, finding.id, command.body, { delay_ms: isFinal(verb) ? 0 : UNDO_MS, draft: slip?.id });
    const until = Date.now() + UNDO_MS;
    if (to) back(to);
    if (isFinal(verb)) return true;
    const undo = async () => {
      const taken = await takeBack(kept.id).catch((error) => void (notice.value = error));
      if (taken && slip) put(slip).catch((error) => (notice.value = error));
    };
    const facts = { unit: finding.unit ? unitName(finding.unit) : "", no: finding.number ? shortNumber(finding.number) : "" };
    offerUndo(t(SAID[verb], facts), undo, { until, about: { finding: finding.id, verb } });
    return true;
  } catch (error) {
    notice.value = error;
    return false;
  }
}
