// The stores' rules and the log's format, each by itself.

import assert from "node:assert"; // not the strict one: a page has arrays of its own
import { test } from "node:test";
import { page } from "./page.mjs";

const log = () => page().module("store/log-record.js");
const bytes = (...pieces) => Uint8Array.from(pieces.flatMap((piece) => [...piece]));
const scanned = (whole) => log().scan((at, length) => whole.subarray(at, at + length), whole.length);
const draft = (id, rev = 1, text = "words") => log().encode({ kind: "draft", id, rev }, new TextEncoder().encode(text));

test("what was written to the log is read again, with its bytes in their place", async () => {
  const whole = bytes(await draft("a", 1, "first"), await draft("b", 2, "second"));

  const { records, end, damaged } = await scanned(whole);

  assert.deepEqual([records.map(({ id, rev }) => `${id}${rev}`), end, damaged], [["a1", "b2"], whole.length, 0]);
  assert.strictEqual(new TextDecoder().decode(whole.subarray(records[1].bytesAt, records[1].at + records[1].length)), "second");
});

test("a record cut at any byte is as good as never written, and the one before it stands", async () => {
  const first = await draft("a");
  const second = await draft("b");

  for (let cut = 0; cut < second.length; cut++) {
    const { records, end } = await scanned(bytes(first, second.subarray(0, cut)));
    assert.deepEqual([records.map(({ id }) => id), end], [["a"], first.length], `cut at ${cut}`);
  }
});

test("room that was tried when the phone was killed is empty behind the last record, and the next one follows it", async () => {
  const [first, second] = [await draft("a"), await draft("b")];

  const { records, end } = await scanned(bytes(first, new Uint8Array(1024 * 1024)));
  assert.deepEqual([records.map(({ id }) => id), end], [["a"], first.length]);
  assert.deepEqual((await scanned(bytes(first, second, new Uint8Array(1024)))).records.map(({ id }) => id), ["a", "b"]);
});

test("a flipped bit costs one record, not those after it", async () => {
  const whole = bytes(await draft("a"), await draft("b"), await draft("c"));
  const { records } = await scanned(whole);

  for (const at of [records[1].at, records[1].at + 5, records[1].at + 20, records[1].bytesAt]) {
    const torn = whole.slice();
    torn[at] ^= 4;
    assert.deepEqual((await scanned(torn)).records.map(({ id }) => id), ["a", "c"], `at ${at}`);
  }
});

test("numbers that are nowhere are named as closed ranges", () => {
  const { gaps } = page().module("store/meta.js");

  assert.deepEqual(gaps(2, 9, [3, 6, 7]).map(({ from, to }) => [from, to]), [[4, 5], [8, 9]]);
  assert.strictEqual(gaps(5, 5, []).length, 0);
});

const listed = (key, rev, more = {}) => ({ kind: key.split(":")[0], id: key.split(":")[1], rev, gone: false, readable: true, slot: 0, file: 0, ...more });
const moves = (records, kept) => {
  const { toDatabase, toLog, needed } = page().module("store/heal.js").difference(records, new Map(Object.entries(kept)));
  return [toDatabase.map(({ kind, id }) => `${kind}:${id}`), [...toLog], [...needed].sort()];
};

test("what the database lost comes from the log, and what the log lost comes from the database", () => {
  assert.deepEqual(moves([listed("draft:a", 1)], { "photo:b": { rev: 1, needed: true } }), [["draft:a"], ["photo:b"], ["draft:a", "photo:b"]]);
});

test("the newer form wins, wherever it is", () => {
  assert.deepEqual(moves([listed("draft:a", 1), listed("draft:b", 5)], { "draft:a": { rev: 2, needed: true }, "draft:b": { rev: 4, needed: true } }), [["draft:b"], ["draft:a"], ["draft:a", "draft:b"]]);
});

test("what was dropped on purpose does not come back from an older record", () => {
  assert.deepEqual(moves([listed("draft:a", 1)], { "draft:a": { rev: 2, needed: false } }), [[], [], []]);
  assert.deepEqual(moves([listed("draft:a", 1), listed("draft:a", 1, { gone: true })], {}), [["draft:a"], [], []]);
});

test("another live tab's slot is read as names only: it cares for them itself", () => {
  assert.deepEqual(moves([listed("photo:a", 3, { readable: false })], { "photo:a": { rev: 3, needed: true } }), [[], [], ["photo:a"]]);
});

test("a form's next rev is above its last and above any of an earlier time", () => {
  const { nextRev } = log();

  assert.ok(nextRev(null) >= 1_780_000_000_000);
  assert.strictEqual(nextRev({ rev: 9_999_999_999_999 }), 10_000_000_000_000);
});

test("a command without its number yet comes after all that have one", () => {
  const { inOrder } = page().module("store/commands.js");

  assert.deepEqual(inOrder([{ n: null, kept_at: 1 }, { n: 2, kept_at: 9 }, { n: 1, kept_at: 8 }]).map(({ n }) => n), [1, 2, null]);
});

test("the log, the formula and the chain: a phone finds the journal's next head by itself", async () => {
  const { nextHead, sha256 } = page().module("kit/hash.js");
  const zero = "0".repeat(64);

  assert.strictEqual(await sha256(new TextEncoder().encode("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.strictEqual(await nextHead(zero, zero), await sha256(Uint8Array.from([1, ...new Uint8Array(64)])));
});
