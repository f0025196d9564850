// @ts-check
// What is begun and not sent: shown as touched at once, kept in both stores at every touch.

import { computed, signal } from "../kit/html.js";
import { now } from "../kit/clock.js";
import { dropDraft, keepDraft } from "../store/drafts.js";
import { drafts as stored } from "../store/state.js";

/** Touches that are not in the stores yet, by draft id. @type {import("@preact/signals").Signal<Map<string, any>>} */
const fresh = signal(new Map());

/** Every draft on this phone as last touched, the newest touch first. */
export const drafts = computed(() => {
  const byId = new Map(stored.value.map((d) => [d.id, d]));
  for (const [id, draft] of fresh.value) byId.set(id, draft);
  return [...byId.values()].sort((a, b) => (b.saved_at ?? 0) - (a.saved_at ?? 0));
});

/**
 * How the last touch was kept: `at` when the newest kept state was touched, `waiting` while one is on its way to the stores,
 * `trouble` when it could not be kept.
 * @type {import("@preact/signals").Signal<{id: string | null, at: number, waiting: boolean, trouble: any}>}
 */
export const kept = signal({ id: null, at: 0, waiting: false, trouble: null });

/** @param {string | null | undefined} id */
export const draftOf = (id) => drafts.peek().find((d) => d.id === id) ?? null;

/** @param {string} id @param {any} draft  only this touch goes; a newer one stays */
function settle(id, draft) {
  if (fresh.peek().get(id) !== draft) return;
  const rest = new Map(fresh.peek());
  rest.delete(id);
  fresh.value = rest;
}

/**
 * Change a draft: the screen shows it at once, the stores get it right after.
 *
 * @param {any} draft  the whole draft, new or changed
 * @returns {Promise<void>} resolves when this touch, or a newer one, is in both stores
 * @throws {Error} PhoneFull and the like; the touch stays on the screen and goes along with the next one
 */
export async function put(draft) {
  const next = { ...draft, saved_at: now() };
  fresh.value = new Map(fresh.peek()).set(next.id, next);
  kept.value = { ...kept.peek(), id: next.id, waiting: true };
  try {
    await keepDraft(next);
    settle(next.id, next);
    kept.value = { id: next.id, at: next.saved_at, waiting: fresh.peek().has(next.id), trouble: null };
  } catch (trouble) {
    kept.value = { ...kept.peek(), waiting: false, trouble };
    throw trouble;
  }
}

/** Forget the touches of a draft whose command has been kept: the stores dropped it in the same stroke. @param {string} id */
export function done(id) {
  const rest = new Map(fresh.peek());
  if (rest.delete(id)) fresh.value = rest;
}

/** Give a draft up, with the photos that only it has. @param {string} id */
export async function giveUp(id) {
  done(id);
  await dropDraft(id);
}
