// The outbox's and the wire's rules, each by itself.

import assert from "node:assert"; // not the strict one: a page has arrays of its own
import { test } from "node:test";
import { page } from "./page.mjs";

const sha = (letter) => letter.repeat(64);

test("the first photo of every finding goes before the second of any", () => {
  const { photoOrder } = page().module("outbox/order.js");
  const photos = (...names) => names.map((name) => ({ sha256: sha(name) }));
  const entry = (body, ...names) => ({ command: { body }, photos: names.map(sha) });
  const visit = entry({ findings: [{ photos: photos("a", "b") }, { photos: photos("c"), fixed: { photos: photos("d") } }], answers: [{ photos: photos("e") }] }, ..."abcde");
  const reply = entry({ photos: photos("f", "g") }, "f", "g");

  const order = photoOrder([visit, reply], (name) => name !== sha("c"));

  assert.strictEqual(order.map(([letter]) => letter).join(""), "adefbg");
});

test("a photo that the body does not show in its shape goes all the same", () => {
  const { photoOrder } = page().module("outbox/order.js");

  const order = photoOrder([{ command: { body: { other: 1 } }, photos: [sha("a")] }, { command: { body: null }, photos: [sha("b")] }], () => true);

  assert.deepEqual([...order], [sha("a"), sha("b")]);
});

for (const [said, state] of [["ok", "sent"], ["duplicate", "sent"], ["held", "held"], ["refused", "refused"], ["retry", "waiting"], ["a word of next year", "waiting"]]) {
  test(`the answer "${said}" leaves a command ${state}`, () => {
    const { after } = page().module("outbox/order.js");

    assert.strictEqual(after({ answer: said }, { tries: 0 }, 1000, "00000001").state, state);
  });
}

test("after a day of retries a person is told", () => {
  const { after } = page().module("outbox/order.js");

  assert.strictEqual(after({ answer: "retry" }, { retry_since: 0 }, 25 * 3_600_000, "00000001").state, "stuck");
});

test("phones knock later and later, not all at once, and at most a minute apart", () => {
  const { wait } = page().module("outbox/wait.js");

  assert.deepEqual([1, 2, 3, 4, 5, 50].map((tries) => wait(tries, 0.5)), [1000, 3000, 9000, 27000, 60000, 60000]);
  assert.ok(wait(3, 0) < wait(3, 1));
});

test("nothing is let go before a receipt, nor before a backup covers it or a fortnight has passed", () => {
  const { mayGo } = page().module("outbox/tidy.js");
  const day = 86_400_000;
  const now = { epoch: "00000002", backedUpSeq: 10, at: 100 * day };

  assert.strictEqual(mayGo({ seq: 9, epoch: "00000002" }, undefined, now), false, "no receipt");
  assert.strictEqual(mayGo({ seq: 11, epoch: "00000002" }, 99 * day, now), false, "no backup covers it");
  assert.strictEqual(mayGo({ seq: 9, epoch: "00000001" }, 99 * day, now), false, "the receipt is of another epoch");
  assert.strictEqual(mayGo({ seq: 9, epoch: "00000002" }, 99 * day, now), true);
  assert.strictEqual(mayGo(null, 85 * day, now), true);
});

test("what the office says is read on another phone is read here, and newer lines win", () => {
  const { merged } = page().module("outbox/notices.js");
  const kept = { list: [{ seq: 2, title: "old" }, { seq: 1 }], seq: 2, read: 0, read_told: 0 };

  const next = merged(kept, [{ seq: 3, unread: true }, { seq: 2, title: "new", unread: false }], false);

  assert.deepEqual(next.list.map(({ seq, title }) => `${seq}${title ?? ""}`), ["3", "2new", "1"]);
  assert.deepEqual([next.seq, next.read], [3, 2]);
});

test("a batch holds fifty commands or half a megabyte, and one that is too large goes alone", () => {
  const { batchOf } = page().module("server/push.js");
  const sizes = (list) => batchOf(list, (size) => size).length;

  assert.strictEqual(sizes(Array(80).fill(10)), 50);
  assert.strictEqual(sizes([300_000, 300_000]), 1);
  assert.strictEqual(sizes([900_000, 10]), 1);
});

const answers = {
  "a portal's page with status 200": { status: 200, said: "<html>请登录</html>" },
  "half of an answer": { status: 200, said: '{"epoch":"0000' },
  "an answer without our epoch": { status: 200, said: '{"ok":true}' },
  "an epoch that is none": { status: 200, said: '{"epoch":"<b>"}' },
  "a proxy's error": { status: 502, said: "Bad Gateway" },
};
for (const [what, { status, said }] of Object.entries(answers)) {
  test(`${what} is silence`, async () => {
    const api = page({ fetch: async () => ({ status, ok: status === 200, text: async () => said, headers: new Headers() }) }).module("server/api.js");

    await assert.rejects(api.ask("/api/pull"), { name: "NoAnswer" });
    assert.strictEqual(api.reached.value, false);
  });
}

test("a login that has ended is not an error of the line, and asks for a login", async () => {
  const fetch = async () => ({ status: 401, ok: false, text: async () => '{"epoch":"00000001","code":"accounts.login_needed"}', headers: new Headers() });
  const api = page({ fetch }).module("server/api.js");

  await assert.rejects(api.ask("/api/push", { json: {} }), { name: "LoginNeeded", code: "accounts.login_needed" });
  assert.strictEqual(api.reached.value, true);
  assert.strictEqual((await api.ask("/api/login", { json: {} })).status, 401);
});

test("the office's wish to wait is heard, within an hour", async () => {
  const fetch = (wish) => async () => ({ status: 503, ok: false, text: async () => '{"epoch":"00000001"}', headers: new Headers(wish ? { "Retry-After": wish } : {}) });
  const asked = async (wish) => (await page({ fetch: fetch(wish) }).module("server/api.js").ask("/api/pull")).wait;

  assert.deepEqual([await asked("7"), await asked("99999"), await asked("Thu, 01 Jan"), await asked("")], [7, 3600, 0, 0]);
});

test("a redirect is never followed, and nothing is taken from a cache", async () => {
  let how;
  const api = page({ fetch: async (_, given) => ((how = given), Promise.reject(new TypeError("no"))) }).module("server/api.js");

  await assert.rejects(api.ask("/api/pull"), { name: "NoAnswer" });
  assert.deepEqual([how.redirect, how.cache, how.credentials], ["error", "no-store", "same-origin"]);
});
