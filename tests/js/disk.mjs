// A phone's disk: the browser's databases behind the door of `idb`, the browser's files, and its small local storage.
//
// Honest where it matters: transactions wait for each other, commit by themselves when nothing is asked any more, and are all
// or nothing; a kill keeps what was committed or written; lost power also takes what was only promised to be written soon.

const GONE = Symbol("gone");

export class Disk {
  constructor(world) {
    this.world = world;
    /** name -> { version, stores: Map<name, { key, rows: Map }>, transactions, soft } */
    this.databases = new Map();
    /** "folder/file" -> { bytes, safe, holder } */
    this.files = new Map();
    this.folders = new Set();
    this.local = new Map();
    /** Names of databases that the browser threw away and says so when they are opened. */
    this.lost = new Set();
    this.full = false;
  }

  /** A process dies. @param {{ power?: boolean }} how */
  afterKill(isAlive, { power = false } = {}) {
    for (const file of this.files.values()) {
      if (file.holder && !isAlive(file.holder)) file.holder = null;
      if (power && file.bytes.length > file.safe) {
        file.bytes = file.bytes.subarray(0, file.safe + this.world.below(file.bytes.length - file.safe + 1));
      }
    }
    for (const db of this.databases.values()) {
      db.transactions = db.transactions.filter((tx) => isAlive(tx.owner));
      if (power) for (const undo of db.soft.splice(0).reverse()) undo();
      db.wake();
    }
  }

  /** The browser found its database damaged and began an empty one. */
  loseDatabases() {
    for (const name of this.databases.keys()) this.lost.add(name);
    this.databases.clear();
  }

  loseFiles() {
    this.files.clear();
    this.folders.clear();
  }

  /** What a store holds, past every page. */
  rows(database, store) {
    return [...(this.databases.get(database)?.stores.get(store)?.rows.values() ?? [])];
  }

  // ---------------------------------------------------------------- files

  root(owner) {
    const { world, files, folders } = this;
    const disk = this;
    const missing = () => new DOMException("no such thing", "NotFoundError");
    return {
      async *keys() {
        for (const name of [...folders]) yield name;
      },
      async getDirectoryHandle(folder, { create = false } = {}) {
        if (!folders.has(folder) && !create) throw missing();
        folders.add(folder);
        return {
          async getFileHandle(name, how = {}) {
            const path = `${folder}/${name}`;
            if (!files.has(path)) {
              if (!how.create) throw missing();
              files.set(path, { bytes: new Uint8Array(0), safe: 0, holder: null });
            }
            return {
              async getFile() {
                const { bytes } = files.get(path);
                return { arrayBuffer: async () => bytes.slice().buffer };
              },
              async createSyncAccessHandle() {
                const file = files.get(path);
                if (!file) throw missing();
                if (file.holder) throw new DOMException("taken", "NoModificationAllowedError");
                file.holder = owner;
                return disk.handle(file, owner, world);
              },
            };
          },
        };
      },
    };
  }

  handle(file, owner, world) {
    const disk = this;
    return {
      getSize: () => file.bytes.length,
      read(into, { at = 0 } = {}) {
        const piece = file.bytes.subarray(at, at + into.length);
        into.set(piece);
        return piece.length;
      },
      write(bytes, { at = 0 } = {}) {
        if (!owner.alive) return 0;
        if (disk.full) throw new DOMException("full", "QuotaExceededError");
        const whole = world.stroke(owner);
        // Killed in the middle of it: some of the bytes are there.
        const some = whole ? bytes : bytes.subarray(0, world.below(bytes.length + 1));
        const after = new Uint8Array(Math.max(file.bytes.length, at + some.length));
        after.set(file.bytes);
        after.set(some, at);
        file.bytes = after;
        return some.length;
      },
      truncate(size) {
        if (!world.stroke(owner)) return;
        file.bytes = file.bytes.slice(0, size);
        file.safe = Math.min(file.safe, size);
      },
      flush() {
        if (!world.stroke(owner)) return;
        file.safe = file.bytes.length;
      },
      close() {
        if (file.holder === owner) file.holder = null;
      },
    };
  }

  // ---------------------------------------------------------------- databases

  /** What the module `idb` gives to one page. */
  idb(owner) {
    const { world } = this;
    const lane = `disk ${owner.name}`;
    return {
      openDB: async (name, version, { upgrade, blocking } = {}) => {
        await world.later(lane, owner);
        let db = this.databases.get(name);
        if (db && db.version > version) throw new DOMException("newer", "VersionError");
        if (!db) {
          this.databases.set(name, (db = new Database(world, version)));
          const event = { dataLoss: this.lost.delete(name) ? "total" : "none" };
          upgrade?.(db.builder(), 0, version, null, event);
        }
        return new Connection(this, db, owner, blocking);
      },
      deleteDB: async (name) => {
        await world.later(lane, owner);
        for (const connection of this.databases.get(name)?.connections ?? []) {
          if (connection.owner.alive) connection.blocking?.(1, null, { target: connection });
        }
        await world.later(lane, owner);
        this.databases.delete(name);
      },
    };
  }
}

class Database {
  constructor(world, version) {
    Object.assign(this, { world, version, stores: new Map(), transactions: [], soft: [], connections: new Set() });
  }

  builder() {
    return {
      createObjectStore: (name, { keyPath }) => {
        this.stores.set(name, { key: keyPath, rows: new Map() });
        return { createIndex() {} };
      },
    };
  }

  /** Start every transaction that nothing before it stands in the way of. */
  wake() {
    const before = [];
    for (const tx of [...this.transactions]) {
      if (!tx.started && !before.some((other) => other.standsInTheWayOf(tx))) tx.start();
      before.push(tx);
    }
  }
}

class Connection {
  constructor(disk, db, owner, blocking) {
    Object.assign(this, { disk, db, owner, blocking, closed: false });
    db.connections.add(this);
  }

  transaction(stores, mode = "readonly", { durability = "default" } = {}) {
    if (this.closed) throw new DOMException("closed", "InvalidStateError");
    const tx = new Transaction(this.disk, this.db, this.owner, [stores].flat(), mode, durability);
    this.db.transactions.push(tx);
    this.db.wake();
    return tx;
  }

  close() {
    this.closed = true;
    this.db.connections.delete(this);
  }
}

class Transaction {
  constructor(disk, db, owner, names, mode, durability) {
    Object.assign(this, { disk, db, owner, names, mode, durability, started: false, over: false });
    this.lane = `disk ${owner.name} ${names.join()} ${mode}`;
    this.asked = [];
    this.writes = new Map(names.map((name) => [name, new Map()]));
    this.done = new Promise((kept, failed) => Object.assign(this, { kept, failed }));
    this.done.catch(() => {});
  }

  standsInTheWayOf(later) {
    return (this.mode === "readwrite" || later.mode === "readwrite") && later.names.some((name) => this.names.includes(name));
  }

  start() {
    this.started = true;
    this.disk.world.post(this.lane, this.owner, () => {
      this.running = true;
      for (const work of this.asked.splice(0)) work();
      this.commitSoon();
    });
  }

  /** A request: done in order, answered before the transaction goes on. */
  ask(work) {
    if (this.over) return Promise.reject(new DOMException("the transaction is over", "TransactionInactiveError"));
    return new Promise((kept) => {
      const now = () => kept(work());
      if (this.running) now();
      else this.asked.push(now);
      this.lastAsked = (this.lastAsked ?? 0) + 1;
      if (this.running) this.commitSoon();
    });
  }

  /** As browsers do: when nothing has been asked since, it is over. */
  commitSoon() {
    const asked = this.lastAsked;
    this.disk.world.post(this.lane, this.owner, () => {
      if (!this.over && this.lastAsked === asked) this.commit();
    });
  }

  commit() {
    const { disk, db } = this;
    const dirty = [...this.writes].filter(([, changes]) => changes.size);
    // A full disk still lets things be deleted.
    const grows = dirty.some(([, changes]) => [...changes.values()].some((row) => row !== GONE));
    if (grows && disk.full) return this.abort(new DOMException("full", "QuotaExceededError"));
    if (dirty.length && !disk.world.stroke(this.owner)) return;
    for (const [name, changes] of dirty) {
      const { rows } = db.stores.get(name);
      for (const [key, row] of changes) {
        const before = rows.has(key) ? rows.get(key) : GONE;
        if (row === GONE) rows.delete(key);
        else rows.set(key, row);
        if (this.durability === "relaxed") db.soft.push(() => (before === GONE ? rows.delete(key) : rows.set(key, before)));
      }
    }
    if (dirty.length && this.durability === "strict") db.soft.length = 0;
    this.end();
    this.kept();
  }

  abort(why = new DOMException("aborted", "AbortError")) {
    if (this.over) throw new DOMException("over", "InvalidStateError");
    this.end();
    this.failed(why);
  }

  end() {
    this.over = true;
    this.db.transactions = this.db.transactions.filter((tx) => tx !== this);
    this.db.wake();
  }

  get store() {
    return this.objectStore(this.names[0]);
  }

  objectStore(name) {
    if (!this.names.includes(name)) throw new DOMException(`${name} is not in this transaction`, "NotFoundError");
    const { key: keyPath, rows } = this.db.stores.get(name);
    const changes = this.writes.get(name);
    const found = (key) => (changes.has(key) ? changes.get(key) : (rows.get(key) ?? GONE));
    const all = () => {
      const keys = new Set([...rows.keys(), ...changes.keys()]);
      return [...keys].sort((a, b) => (a < b ? -1 : 1)).flatMap((key) => (found(key) === GONE ? [] : [found(key)]));
    };
    const change = (key, row) => {
      if (this.mode !== "readwrite") throw new DOMException("read only", "ReadOnlyError");
      changes.set(key, row);
      return key;
    };
    const cursor = (list, i) =>
      i < list.length
        ? {
            value: structuredClone(list[i]),
            delete: () => this.ask(() => change(list[i][keyPath], GONE)),
            continue: () => this.ask(() => cursor(list, i + 1)),
          }
        : null;
    return {
      get: (key) => this.ask(() => (found(key) === GONE ? undefined : structuredClone(found(key)))),
      getAll: () => this.ask(() => structuredClone(all())),
      count: (key) => this.ask(() => (key === undefined ? all().length : found(key) === GONE ? 0 : 1)),
      put: (row) => {
        const copy = structuredClone(row);
        return this.ask(() => change(copy[keyPath], copy));
      },
      delete: (key) => this.ask(() => void change(key, GONE)),
      clear: () => this.ask(() => all().forEach((row) => change(row[keyPath], GONE))),
      openCursor: () => this.ask(() => cursor(all(), 0)),
      index: (by) => ({ openCursor: () => this.ask(() => cursor(all().sort((a, b) => a[by] - b[by]), 0)) }),
    };
  }
}
