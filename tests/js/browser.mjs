// A browser that is not one: tabs whose modules are the phone's own, as shipped, on a disk and a network that are made up.

import { createHash } from "node:crypto";
import vm from "node:vm";
import { Modules, PHONE } from "./modules.mjs";

const digest = (bytes) => createHash("sha256").update(bytes).digest();

/** One browser on one phone: tabs, locks and channels over a disk. */
export class Browser {
  /** @param {(tab: Tab, path: string, how: any) => Promise<any>} network  what `fetch` asks */
  constructor(world, disk, network, phone = PHONE) {
    Object.assign(this, { world, disk, network, phone, tabs: [], locks: new Map(), count: 0 });
  }

  tab() {
    const tab = new Tab(this, `t${++this.count}`);
    this.tabs.push(tab);
    tab.modules = new Modules(this.phone, tab.context, { idb: this.disk.idb(tab) });
    return tab;
  }

  /** SIGKILL: one tab, or all. @param {{ tab?: Tab, power?: boolean }} how */
  kill({ tab, power = false } = {}) {
    for (const one of tab ? [tab] : this.tabs) one.alive = false;
    this.tabs = this.tabs.filter((one) => one.alive);
    this.disk.afterKill((owner) => owner.alive, { power });
    for (const [name, lock] of this.locks) {
      lock.waiting = lock.waiting.filter(({ owner }) => owner.alive);
      if (lock.held && !lock.held.alive) {
        lock.held = null;
        this.passOn(name);
      }
    }
  }

  passOn(name) {
    const lock = this.locks.get(name);
    const next = lock.waiting.shift();
    if (!next) return;
    lock.held = next.owner;
    this.world.post(`lock ${name}`, next.owner, next.go);
  }

  lockManager(owner) {
    return {
      request: (name, options, work) => {
        if (!work) [options, work] = [{}, options];
        if (!this.locks.has(name)) this.locks.set(name, { held: null, waiting: [] });
        const lock = this.locks.get(name);
        return new Promise((kept, failed) => {
          const run = (given) => Promise.resolve().then(() => work(given)).then(kept, failed);
          if (options.ifAvailable && (lock.held || lock.waiting.length)) {
            this.world.post(`lock ${name}`, owner, () => void run(null));
            return;
          }
          const go = () =>
            void run({ name }).finally(() => {
              if (!owner.alive) return;
              lock.held = null;
              this.passOn(name);
            });
          lock.waiting.push({ owner, go });
          if (!lock.held) this.passOn(name);
        });
      },
    };
  }
}

/** One page, alive until it is killed. */
export class Tab {
  constructor(browser, name) {
    const { world, disk } = browser;
    Object.assign(this, { browser, world, name, alive: true, channels: new Map(), listeners: new Map(), seen: "visible", reloads: 0 });
    this.context = realm(world, this, {
      ...common(world, this),
      navigator: {
        onLine: true,
        language: "zh-CN",
        userAgent: "Mozilla/5.0 (Linux; Android 14; Pretend 1)",
        locks: browser.lockManager(this),
        storage: {
          getDirectory: async () => disk.root(this),
          persist: async () => true,
          persisted: async () => true,
          estimate: async () => ({ quota: 1e9, usage: 1e6 }),
        },
      },
      indexedDB: { databases: async () => [...disk.databases.keys()].map((found) => ({ name: found })) },
      localStorage: {
        getItem: (key) => disk.local.get(key) ?? null,
        setItem: (key, value) => void (this.alive && disk.local.set(key, String(value))),
        removeItem: (key) => void (this.alive && disk.local.delete(key)),
      },
      document: { documentElement: { dataset: {} }, addEventListener: this.listen, visibilityState: "visible", title: "" },
      location: { reload: () => void (this.reloads += 1) },
      addEventListener: this.listen,
      fetch: (address, how) => browser.network(this, address, how ?? {}),
      BroadcastChannel: channelOf(this),
      Worker: workerOf(this),
    });
  }

  listen = (event, told) => void this.listeners.set(event, [...(this.listeners.get(event) ?? []), told]);

  /** An event of the browser, such as "online". */
  happens(event) {
    for (const told of this.listeners.get(event) ?? []) told({ type: event });
  }

  /** A module of the phone by its path, such as "store/open.js". */
  module = (name) => this.modules.module(name);
}

function realm(world, owner, globals) {
  const context = vm.createContext(globals);
  const { Date: date, Math: math } = vm.runInContext("({ Date, Math })", context);
  date.now = () => world.now;
  math.random = world.random;
  vm.runInContext("globalThis.self = globalThis", context);
  return context;
}

function common(world, owner) {
  const lane = `timer ${owner.name}`;
  return {
    setTimeout: (work, ms, ...given) => world.at(ms, owner, () => world.post(lane, owner, () => work(...given))),
    clearTimeout: (timer) => timer && world.forget(timer),
    setInterval: () => 0,
    clearInterval() {},
    structuredClone,
    queueMicrotask,
    TextEncoder,
    TextDecoder,
    DOMException,
    AbortController,
    URLSearchParams,
    URL,
    Blob: class {
      constructor(parts) {
        this.parts = parts;
      }
    },
    crypto: {
      randomUUID: () => uuid(world),
      getRandomValues: (into) => {
        for (let i = 0; i < into.length; i++) into[i] = world.below(256);
        return into;
      },
      subtle: { digest: async (_, bytes) => new Uint8Array(digest(bytes instanceof ArrayBuffer || !bytes.buffer ? new Uint8Array(bytes) : bytes)).buffer },
    },
    console: {
      log() {},
      warn: (...words) => owner.alive && world.say(`${owner.name} warns: ${words.join(" ")}`),
      error: (...words) => {
        if (!owner.alive || words.some((word) => ["QuotaExceededError", "PhoneFull"].includes(word?.name))) return;
        world.say(`${owner.name} complains: ${words.map((word) => word?.stack ?? word).join(" ")}`);
        world.complaints.push(words.map((word) => word?.stack ?? word).join(" "));
      },
    },
  };
}

export function uuid(world) {
  const hex = Array.from({ length: 32 }, () => world.below(16).toString(16));
  hex[12] = "4";
  return `${hex.slice(0, 8).join("")}-${hex.slice(8, 12).join("")}-${hex.slice(12, 16).join("")}-${hex.slice(16, 20).join("")}-${hex.slice(20).join("")}`;
}

const channelOf = (tab) =>
  class {
    constructor(name) {
      this.name = name;
      tab.channels.set(name, this);
    }

    postMessage(data) {
      const copy = structuredClone(data);
      for (const other of tab.browser.tabs) {
        if (other === tab) continue;
        tab.world.post(`channel ${tab.name} ${other.name}`, other, () => other.channels.get(this.name)?.onmessage?.({ data: structuredClone(copy) }));
      }
    }

    close() {
      if (tab.channels.get(this.name) === this) tab.channels.delete(this.name);
    }
  };

/** The log's worker: a realm of its own that dies with its page. */
const workerOf = (tab) =>
  class {
    constructor(address) {
      const { world, browser } = tab;
      const lane = `worker ${tab.name}`;
      const context = realm(world, tab, {
        ...common(world, tab),
        navigator: { storage: { getDirectory: async () => browser.disk.root(tab) } },
        postMessage: (data) => {
          const copy = structuredClone(data);
          world.post(`${lane} answers`, tab, () => this.onmessage?.({ data: copy }));
        },
      });
      new Modules(browser.phone, context).module(String(address).replace("/app/js/", ""));
      this.hear = (data) => context.onmessage({ data });
      this.lane = lane;
    }

    postMessage(data) {
      const copy = structuredClone(data);
      tab.world.post(this.lane, tab, () => this.hear?.(copy));
    }

    terminate() {
      this.hear = null;
    }
  };
