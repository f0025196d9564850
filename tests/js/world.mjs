// A world in which the phone's own modules run without a browser: one seed decides what happens when, and replays it.
//
// Everything that takes time stands in a lane; a step takes one lane by chance and does its first thing. What a page awaits
// (the disk, the network, a lock, a timer, its worker) comes through here and nowhere else, so that a page can be killed at
// any of its awaits, and no clock or chance of this machine reaches it.

/** A small generator of chance with a seed (mulberry32): 0 ≤ x < 1. */
export function chance(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export class World {
  constructor(seed, { verbose = false } = {}) {
    this.seed = seed;
    this.random = chance(seed);
    this.now = 1_780_000_000_000;
    this.steps = 0;
    this.verbose = verbose;
    this.history = [];
    this.complaints = [];
    /** Counts what reaches a disk; when it comes to `strikeAt`, the power of that moment is gone. */
    this.strokes = 0;
    this.strikeAt = Infinity;
    this.whenStruck = () => {};
    this.lanes = new Map();
    this.timers = [];
    this.count = 0;
  }

  /** true with this share */
  maybe = (share) => this.random() < share;
  below = (most) => Math.floor(this.random() * most);
  one = (list) => list[this.below(list.length)];

  say(words) {
    this.history.push(`${this.now - 1_780_000_000_000} ${words}`);
    if (this.verbose) console.log(this.history.at(-1));
  }

  /** Do something at some later step, in the order of its lane; never for an owner that has died. */
  post(lane, owner, work) {
    let queue = this.lanes.get(lane);
    if (!queue) this.lanes.set(lane, (queue = []));
    queue.push({ owner, work });
  }

  /** A promise of `work`'s value at some later step. */
  later(lane, owner, work = () => undefined) {
    return new Promise((kept, failed) =>
      this.post(lane, owner, () => {
        try {
          kept(work());
        } catch (error) {
          failed(error);
        }
      }),
    );
  }

  at(ms, owner, work) {
    const timer = { due: this.now + Math.max(0, Number(ms) || 0), order: ++this.count, owner, work };
    this.timers.push(timer);
    return timer;
  }

  forget(timer) {
    const i = this.timers.indexOf(timer);
    if (i >= 0) this.timers.splice(i, 1);
  }

  /** Something reaches a disk now. false: it does not any more. */
  stroke(owner) {
    if (!owner.alive) return false;
    this.strokes += 1;
    if (this.strokes < this.strikeAt) return true;
    this.strikeAt = Infinity;
    this.whenStruck(owner);
    return owner.alive;
  }

  /** One step. @returns {Promise<boolean>} false when nothing is left to happen */
  async step() {
    this.steps += 1;
    this.now += this.below(3);
    let next = null;
    const names = [...this.lanes.keys()];
    while (names.length && !next) {
      const name = names.splice(this.below(names.length), 1)[0];
      const queue = this.lanes.get(name);
      while (queue.length && !next) {
        const first = queue.shift();
        if (first.owner.alive) next = first.work;
      }
      if (!queue.length) this.lanes.delete(name);
    }
    if (!next) {
      this.timers = this.timers.filter(({ owner }) => owner.alive);
      if (!this.timers.length) return false;
      const first = this.timers.reduce((a, b) => (b.due < a.due || (b.due === a.due && b.order < a.order) ? b : a));
      this.forget(first);
      this.now = Math.max(this.now, first.due);
      next = first.work;
    }
    next();
    await drained();
    return true;
  }

  /** Step until it is so. @returns {Promise<boolean>} whether it came to be within the time */
  async until(isSo, { ms = 60_000, steps = 200_000 } = {}) {
    const end = this.now + ms;
    await drained();
    for (let i = 0; i < steps && this.now <= end; i++) {
      if (isSo()) return true;
      if (!(await this.step())) return isSo();
    }
    return isSo();
  }
}

/** Every promise that can go on has gone on. */
export const drained = () => new Promise((done) => setImmediate(done));
