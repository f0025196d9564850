// The office's end of the wire, as the phone may count on it: each command once by its id, receipts in a chain, photos only
// when a command names them. It writes down what a phone must never do.

import { createHash } from "node:crypto";

const sha = (...pieces) => pieces.reduce((hash, piece) => hash.update(piece), createHash("sha256")).digest("hex");

export const FIRST_EPOCH = "00000001";

export class Office {
  constructor(world, person) {
    Object.assign(this, { world, person, broken: [], epoch: FIRST_EPOCH, last: {}, rowsPerPage: 4 });
    this.commands = new Map();
    this.photos = new Map();
    this.leaves = [];
    this.heads = ["0".repeat(64)];
    this.backedUp = 0;
    this.copy = null;
    /** (device, n) -> id, over every epoch: a number stands for one command for ever */
    this.numbers = new Map();
    this.loggedIn = true;
    /** Called with each command taken in for the first time in its epoch. */
    this.whenTaken = () => {};
  }

  get seq() {
    return this.leaves.length;
  }

  // ---------------------------------------------------------------- what happens to an office

  backUp() {
    this.copy = { commands: new Map(this.commands), photos: new Map(this.photos), leaves: [...this.leaves], heads: [...this.heads], last: { ...this.last } };
    this.backedUp = this.seq;
  }

  /** Put the backup in place: what came after it is gone, and the epoch is another one. */
  restore() {
    const { copy } = this;
    if (!copy) return false;
    Object.assign(this, { commands: new Map(copy.commands), photos: new Map(copy.photos), leaves: [...copy.leaves], heads: [...copy.heads], last: { ...copy.last } });
    this.epoch = (parseInt(this.epoch, 16) + 1).toString(16).padStart(8, "0");
    this.world.say(`the office goes back to its backup at ${this.seq}`);
    return true;
  }

  // ---------------------------------------------------------------- the wire

  /** @returns {{ status: number, json?: any, text?: string, after?: string }} */
  answer(method, address, json, bytes) {
    const url = new URL(address, "http://office");
    const said = this.route(method, url, json, bytes);
    if (said.json) said.json = { epoch: this.epoch, now: this.world.now + 250, ...said.json };
    return said;
  }

  route(method, { pathname, searchParams }, json, bytes) {
    if (pathname === "/api/login") {
      this.loggedIn = true;
      return { status: 200, json: this.me(json.device.id) };
    }
    if (!this.loggedIn) return { status: 401, json: { code: "accounts.login_needed" } };
    if (pathname === "/api/me") return { status: 200, json: this.me(searchParams.get("device")) };
    if (pathname === "/api/push") return this.push(json);
    if (pathname === "/api/pull") return this.pull(searchParams);
    if (pathname === "/api/leaves") {
      const from = Number(searchParams.get("from"));
      return { status: 200, json: { from, leaves: this.leaves.slice(from, from + 50) } };
    }
    if (pathname.startsWith("/api/photos/")) return this.photo(pathname.slice("/api/photos/".length), bytes);
    return { status: 404, json: { code: "not_found" } };
  }

  me(device) {
    return { person: { id: this.person, name: "林", language: "zh" }, posts: [], last_n: this.last[device] ?? 0, calendar: {} };
  }

  push({ device, commands }) {
    if (commands.some(({ body }) => body.poison === "crash")) return { status: 500, json: { code: "internal" } };
    return { status: 200, json: { answers: commands.map((command) => this.take(device, command)), last_n: this.last[device] ?? 0 } };
  }

  take(device, command) {
    const { id, n, after, body } = command;
    const key = `${device} ${n}`;
    if (!Number.isInteger(n) || n < 1) this.broken.push(`a command came with the number ${n}`);
    if ((this.numbers.get(key) ?? id) !== id) this.broken.push(`number ${n} was given twice: to ${this.numbers.get(key)} and ${id}`);
    this.numbers.set(key, id);
    this.last[device] = Math.max(this.last[device] ?? 0, n);
    const known = this.commands.get(id);
    if (known) {
      if (known.n !== n || known.text !== JSON.stringify(command.body)) this.broken.push(`command ${id} came again as another`);
      if (known.held && (!after || this.isDone(after))) this.commands.set(id, { ...known, held: false, ...this.record(id) });
      const now = this.commands.get(id);
      return now.held ? { id, answer: "held", code: "sync.waits" } : { id, answer: "duplicate", seq: now.seq, head: now.head };
    }
    if (body.poison === "refused") return { id, answer: "refused", code: "findings.not_now" };
    if (body.poison === "retry" && this.world.maybe(0.6)) return { id, answer: "retry", code: "sync.busy" };
    this.whenTaken(device, command);
    const held = Boolean(after && !this.isDone(after));
    this.commands.set(id, { n, device, subject: command.subject, text: JSON.stringify(body), body, held, ...(held ? {} : this.record(id)) });
    return held ? { id, answer: "held", code: "sync.waits" } : { id, answer: "ok", seq: this.seq, head: this.heads.at(-1) };
  }

  isDone = (id) => this.commands.has(id) && !this.commands.get(id).held;

  record(what) {
    const leaf = sha(what, String(this.seq), this.epoch);
    this.leaves.push(leaf);
    this.heads.push(sha(Buffer.from([1]), Buffer.from(this.heads.at(-1), "hex"), Buffer.from(leaf, "hex")));
    return { seq: this.seq, head: this.heads.at(-1) };
  }

  /** One row a subject: how many commands it has had. */
  rows() {
    const rows = new Map();
    for (const { subject, seq, held } of this.commands.values()) {
      if (held) continue;
      const before = rows.get(subject) ?? { kind: "finding", id: subject, count: 0, seq: 0 };
      rows.set(subject, { ...before, count: before.count + 1, seq: Math.max(before.seq, seq) });
    }
    return [...rows.values()].sort((a, b) => a.seq - b.seq);
  }

  pull(search) {
    const device = search.get("device");
    const [epoch, from] = (search.get("cursor") ?? "").split(".");
    const reset = Boolean(epoch) && epoch !== this.epoch;
    const since = reset || !epoch ? 0 : Number(from);
    const all = this.rows().filter(({ seq }) => seq > since);
    const page = all.slice(0, this.rowsPerPage);
    const more = page.length < all.length;
    const upTo = more ? page.at(-1).seq : this.seq;
    const rest = { gone: [], head: [this.seq, this.heads.at(-1)], last_n: this.last[device] ?? 0, backed_up_seq: this.backedUp };
    return { status: 200, json: { cursor: `${this.epoch}.${upTo}`, more, ...(reset ? { reset } : {}), rows: page, ...rest } };
  }

  photo(name, bytes) {
    const named = [...this.commands.values()].some(({ body }) => body.photos?.some((photo) => photo.sha256 === name));
    if (!named) return { status: 404, json: { code: "evidence.unknown" } };
    if (sha(bytes) !== name) return { status: 422, json: { code: "evidence.hash_mismatch" } };
    if (!this.photos.has(name)) this.photos.set(name, { bytes: Buffer.from(bytes), ...this.record(name) });
    const { seq, head } = this.photos.get(name);
    return { status: 200, json: { sha256: name, receipt: { seq, head } } };
  }
}

/** The line between: it loses, repeats, delays, and lets strangers answer. */
export class Line {
  constructor(world, office) {
    Object.assign(this, { world, office, trouble: 0, up: true, crashed: false });
  }

  /** What a page's `fetch` does. */
  ask = (tab, address, { method = "GET", body, signal }) => {
    const { world, office } = this;
    const json = typeof body === "string" ? JSON.parse(body) : undefined;
    const bytes = body?.parts ? Buffer.concat(body.parts.map((part) => new Uint8Array(part))) : undefined;
    const lane = `line ${tab.name} ${world.below(3)}`;
    const nobody = { alive: true };
    return new Promise((kept, failed) => {
      const lose = () => failed(new TypeError("Failed to fetch"));
      signal?.addEventListener("abort", () => failed(new DOMException("aborted", "AbortError")));
      const hear = (said) => world.post(lane, tab, () => kept(response(said)));
      if (!this.up) return void world.post(lane, tab, lose);
      const bad = world.maybe(this.trouble) ? world.one(BAD) : "";
      this.crashed ||= bad === "crash";
      if (bad === "no request") return void world.post(lane, tab, lose);
      if (bad === "stranger") return void hear({ status: 200, text: "<html>请先登录无线网</html>" });
      if (bad === "busy") return void hear({ status: 503, after: String(1 + world.below(20)), json: { epoch: office.epoch, code: "busy" } });
      if (bad === "crash") return void hear({ status: 500, json: { epoch: office.epoch, code: "internal" } });
      if (bad === "gateway") return void hear({ status: 502, text: "<html>bad gateway</html>" });
      // Once it is on its way it arrives, whatever becomes of the page.
      world.post(`${lane} going`, nobody, () => {
        if (!world.stroke(tab) && world.maybe(0.5)) return;
        let said = office.answer(method, address, json, bytes);
        if (bad === "twice") said = office.answer(method, address, json, bytes);
        if (bad === "no answer") return void world.post(lane, tab, lose);
        if (bad === "half an answer") return void hear({ status: said.status, text: JSON.stringify(said.json).slice(0, -7) });
        if (bad === "late") return void world.at(world.below(40_000), tab, () => hear(said));
        hear(said);
      });
    });
  };
}

const BAD = ["no request", "no answer", "no answer", "half an answer", "stranger", "busy", "crash", "gateway", "twice", "late"];

const response = ({ status, json, text, after }) => ({
  status,
  ok: status >= 200 && status < 300,
  text: async () => text ?? JSON.stringify(json),
  headers: { get: (name) => (name === "Retry-After" ? (after ?? null) : null) },
});
