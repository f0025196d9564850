// @ts-check
// The page's door to the append log's worker.

import { scriptURL } from "../kit/trusted.js";

/**
 * @typedef {{ head: import("./log-record.js").Head, bytes?: ArrayBuffer }} Piece
 * @typedef {{ kind: "draft"|"photo"|"command"|"ledger", id: string, rev: number, gone: boolean, meta: any, slot: number,
 *   file: number, readable: boolean }} Listed  readable: false in the slot of another live tab
 */

/** A worker that says nothing for so long is dead: the phone took its memory away. ms */
const PATIENCE = 60_000;

/** One tab's log. */
export class Log {
  /** @type {Map<number, { kept: (answer: any) => void, failed: (error: Error) => void }>} */
  #asked = new Map();
  #count = 0;
  /** Made when it is first asked. @type {Worker | null} */
  #worker = null;
  /** The slot this tab holds; -1 when every slot is held by another tab. */
  slot = -1;

  #started() {
    const worker = new Worker(scriptURL("/app/js/store/log-worker.js"), { type: "module" });
    worker.onmessage = ({ data }) => {
      const asked = this.#asked.get(data.id);
      if (data.failed) asked?.failed(new DOMException(data.failed.message, data.failed.name));
      else asked?.kept(data.answer);
    };
    worker.onerror = () => {
      const error = new DOMException("the log's worker did not start", "NotSupportedError");
      for (const asked of this.#asked.values()) asked.failed(error);
    };
    return worker;
  }

  /** @param {string} verb @param {any} [what] @returns {Promise<any>} */
  #ask(verb, what) {
    const worker = (this.#worker ??= this.#started());
    const id = ++this.#count;
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    return new Promise((kept, failed) => {
      timer = setTimeout(() => failed(new DOMException("the log does not answer", "TimeoutError")), PATIENCE);
      this.#asked.set(id, { kept, failed });
      worker.postMessage({ id, verb, what });
    }).finally(() => {
      clearTimeout(timer);
      this.#asked.delete(id);
    });
  }

  /**
   * @param {string} person
   * @throws {DOMException} where the browser has no such files, as in a private window
   */
  async open(person) {
    this.slot = (await this.#ask("open", { person })).slot;
  }

  /** @returns {Promise<Listed[]>} */
  async index() {
    return (await this.#ask("index")).records;
  }

  /** @param {Listed} record @returns {Promise<ArrayBuffer | null>} */
  async read({ slot, file, kind, id }) {
    return (await this.#ask("read", { slot, file, kind, id })).bytes;
  }

  /**
   * @param {Piece[]} records  all or none; resolved when they are on the disk
   * @returns {Promise<{ at: number, file: number }>} for `undo`
   * @throws {DOMException} QuotaExceededError when the phone is full; nothing was kept
   */
  append(records) {
    return this.#ask("append", { records });
  }

  /** @param {{ at: number, file: number }} mark */
  undo(mark) {
    return this.#ask("undo", mark);
  }

  /** @param {{ received?: string[], gone?: { kind: string, id: string, rev: number }[] }} what */
  settled(what) {
    return this.#ask("settled", what);
  }

  /** @param {string[]} needed  keys */
  settle(needed) {
    return this.#ask("settle", { needed });
  }

  /** @param {any} ledger */
  remember(ledger) {
    return this.#ask("remember", { ledger });
  }

  wipe() {
    return this.#ask("wipe");
  }

  /**
   * How much this phone would still let us write.
   * @returns {Promise<{ next: boolean, mib: number | null }>} next: is there room for one more photo at the log's end; mib: null
   *   while another tab is trying
   */
  room() {
    return this.#ask("room");
  }

  /** @returns {Promise<{ slot: number, bytes: number, live: string[] }>} */
  weigh() {
    return this.#ask("weigh");
  }

  async close() {
    if (!this.#worker) return;
    await this.#ask("close").catch(() => {});
    this.#worker.terminate();
  }
}
