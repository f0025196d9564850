// The phone's outbox, store, log and server modules, as shipped, through bad days made by chance.
//
//   node tests/js/simulate.mjs [--seeds 300] [--first 1] [--seed N] [--phone FOLDER] [--most 3] [--verbose]
//
// --most: stop after so many broken days. `./run test tests/js --seeds 10000` runs more of them.
//
// What must hold, whatever happened: a thing that was said to be kept is there or at the office; each command has its effect
// once, under one number, in the order it was kept; nothing is shown as sent that the office does not have; what was taken
// back or dropped stays away; what both stores have lost is said.

import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { Browser, uuid } from "./browser.mjs";
import { Disk } from "./disk.mjs";
import { FIRST_EPOCH, Line, Office } from "./office.mjs";
import { World } from "./world.mjs";

const HOUR = 3_600_000;

/** What a person did, and was told by the phone. */
class Told {
  commands = new Map();
  photos = new Map();
  drafts = new Map();
  dropped = new Set();
  takenBack = new Set();
  /** Asked for, with no answer heard: may or may not have been kept. */
  begun = new Set();
}

export async function day(seed, { phone, verbose = false } = {}) {
  const world = new World(seed, { verbose });
  const person = uuid(world);
  const office = new Office(world, person);
  const disk = new Disk(world);
  const line = new Line(world, office);
  const browser = new Browser(world, disk, line.ask, phone);
  const told = new Told();
  const its = { seed, world, person, office, disk, line, browser, told, database: `fieldbook-${person}`, lostBoth: false, poisoned: false };

  line.trouble = world.one([0, 0, 0.1, 0.3, 0.6]);
  const poison = world.maybe(0.25);
  const actions = 6 + world.below(12);
  const troubles = world.below(5);
  const troubleAt = new Set(Array.from({ length: troubles }, () => world.below(actions)));
  const lastArrived = new Map();
  office.whenTaken = (device, { n }) => {
    // An office that went back is told again what it had, beside what is new; and what makes it stumble lets others pass.
    if (!poison && !line.crashed && office.epoch === FIRST_EPOCH && n < (lastArrived.get(device) ?? 0)) office.broken.push(`number ${n} arrived after number ${lastArrived.get(device)}`);
    lastArrived.set(device, n);
  };

  await start(its);
  for (let i = 0; i < actions; i++) {
    const tab = await aTab(its);
    its.poison = poison && world.maybe(0.2);
    const done = act(its, tab);
    if (troubleAt.has(i)) await trouble(its, tab);
    await world.until(() => done.over || !tab.alive, { ms: 120_000 });
    if (world.maybe(0.3)) await wander(its, world.below(30));
    seen(its);
  }
  await quiet(its);
  settle(its);
  return world;
}

/** A tab with the app open, as the start page opens it. */
async function start(its) {
  const { world, browser, line } = its;
  const tab = browser.tab();
  world.say(`${tab.name} starts`);
  tab.work = { person: tab.module("outbox/person.js") };
  for (const [name, file] of Object.entries(MODULES)) tab.work[name] = tab.module(file);
  const { work } = tab;
  let up = false;
  const begin = async () => {
    if (!(await work.person.resume())) {
      line.up = true;
      for (;;) {
        try {
          if ((await work.person.logIn("lin", "password")).ok) break;
        } catch (error) {
          if (error.name !== "NoAnswer") throw error;
        }
      }
    }
    up = true;
  };
  let full = false;
  begin().catch((error) => {
    if (error?.name === "QuotaExceededError") full = true;
    else world.complaints.push(`the start failed: ${error?.stack ?? error}`);
  });
  await world.until(() => up || full || !tab.alive, { ms: HOUR });
  if (full) {
    // There is no room for a first start; later there is.
    its.disk.full = false;
    browser.kill({ tab });
    return start(its);
  }
  if (tab.alive && !up) throw Object.assign(new Error(["the app does not start", ...world.complaints].join("\n  ")), { history: world.history });
  return tab;
}

const MODULES = {
  keep: "outbox/keep.js",
  sender: "outbox/sender.js",
  outbox: "outbox/state.js",
  open: "store/open.js",
  photos: "store/photos.js",
  drafts: "store/drafts.js",
  rows: "store/rows.js",
  state: "store/state.js",
};

async function aTab(its) {
  const { browser, world } = its;
  for (;;) {
    if (!browser.tabs.length || (browser.tabs.length < 2 && world.maybe(0.1))) await start(its);
    const tab = browser.tabs.length && world.one(browser.tabs);
    if (tab && tab.work?.state) return tab;
  }
}

/** One thing that a person does; `over` when the phone has answered. */
function act(its, tab) {
  const done = { over: false };
  const { world } = its;
  const deed = world.one([photo, draft, draft, command, command, command, command, takeBack, dropDraft, look]);
  deed(its, tab)
    .catch((error) => {
      // A full phone keeps nothing and says so; a tab without a slot likewise.
      if (tab.alive && !["PhoneFull", "TooManyTabs", "PhotoNotKept"].includes(error?.name)) {
        world.complaints.push(`${deed.name}: ${error?.stack ?? error}`);
      }
    })
    .finally(() => (done.over = true));
  return done;
}

async function photo({ world, told }, tab, draftId) {
  const buffer = new Uint8Array(Array.from({ length: 20 + world.below(40) }, () => world.below(256))).buffer;
  const sha256 = createHash("sha256").update(new Uint8Array(buffer)).digest("hex");
  await tab.work.photos.keepPhoto({ sha256, bytes: buffer.byteLength, taken_at: world.now, source: "camera", buffer, thumb: new ArrayBuffer(8), draft: draftId });
  if (tab.alive) told.photos.set(sha256, { draft: draftId });
  return sha256;
}

async function draft(its, tab) {
  const { world, told } = its;
  const id = told.drafts.size && world.maybe(0.6) ? world.one([...told.drafts.keys()]) : uuid(world);
  const known = told.drafts.get(id) ?? { told: 0, wished: 0 };
  known.wished += 1;
  const words = known.wished;
  if (world.maybe(0.3)) await photo(its, tab, id);
  if (told.dropped.has(id)) return;
  told.drafts.set(id, known);
  await tab.work.drafts.keepDraft({ id, kind: "visit", words, changed_at: world.now });
  if (tab.alive) known.told = Math.max(known.told, words);
}

async function command(its, tab) {
  const { world, told, poison } = its;
  const shas = [];
  for (let i = world.below(3); i > 0; i--) shas.push(await photo(its, tab));
  const before = [...told.commands.values()].filter((one) => !told.takenBack.has(one.id) && !one.body.poison && one.n !== undefined);
  const follows = before.length && world.maybe(0.4) ? world.one(before) : null;
  const open = [...told.drafts.keys()].filter((id) => !told.dropped.has(id));
  const from = open.length && world.maybe(0.3) ? world.one(open) : undefined;
  const body = { words: `${world.count++}`, photos: shas.map((sha256) => ({ sha256 })), ...(poison ? { poison: world.one(["crash", "refused", "retry"]) } : {}) };
  if (poison) its.poisoned = true;
  const how = { photos: shas, after: follows?.id ?? null, delay_ms: world.maybe(0.25) ? 8000 : 0, draft: from };
  if (from) told.dropped.add(from); // it may be gone from now on
  const kept = await tab.work.keep.keep("finding.report", follows?.subject ?? uuid(world), body, how).catch((error) => {
    if (from && tab.alive) told.dropped.delete(from);
    throw error;
  });
  if (!tab.alive) return;
  told.commands.set(kept.id, { ...kept, shas, kept_at: world.now });
  world.say(`${tab.name} kept ${kept.id} as ${kept.n ?? "delayed"}`);
}

async function takeBack({ world, told }, tab) {
  const young = [...told.commands.values()].filter(({ n, kept_at }) => n === undefined && world.now - kept_at < 8000);
  if (!young.length) return;
  const { id } = world.one(young);
  const tried = told.begun.has(id);
  told.begun.add(id);
  const was = await tab.work.keep.takeBack(id);
  if (tab.alive && was) told.takenBack.add(id);
  if (tab.alive && !tried) told.begun.delete(id);
}

async function dropDraft({ world, told }, tab) {
  const open = [...told.drafts.keys()].filter((id) => !told.dropped.has(id));
  if (!open.length) return;
  const id = world.one(open);
  told.dropped.add(id);
  await tab.work.drafts.dropDraft(id);
}

async function look({ world }, tab) {
  tab.happens(world.one(["online", "visibilitychange"]));
  if (world.maybe(0.5)) void tab.work.sender.sendNow();
}

/** Let time go on. */
async function wander({ world }, seconds) {
  const end = world.now + seconds * 1000;
  await world.until(() => world.now >= end, { ms: seconds * 1000 + 1, steps: 4000 });
}

async function trouble(its, tab) {
  const { world, browser, disk, office, line } = its;
  const kinds = ["kill", "kill", "kill", "power", "kill one", "wipe database", "wipe files", "restore", "back up", "log out", "line", "full", "both"];
  // Each store in its turn on one day: that is both at once, as far as a phone can tell.
  const kind = world.one(kinds.filter((one) => !/wipe|both/.test(one) || !its.wiped || its.wiped === one));
  if (/wipe|both/.test(kind)) its.wiped = kind;
  world.say(`trouble: ${kind}`);
  if (kind === "line") return void (line.up = !line.up);
  if (kind === "back up") return void office.backUp();
  if (kind === "log out") return void (office.loggedIn = false);
  if (kind === "restore") {
    forgiveForgotten(its);
    return void office.restore();
  }
  if (kind === "full") {
    disk.full = true;
    world.at(world.below(20_000), { alive: true }, () => (disk.full = false));
    return;
  }
  // The moment is counted in what reaches a disk, so that every place of the code comes to be the last one.
  let struck = false;
  world.strikeAt = world.strokes + 1 + world.below(25);
  const power = kind === "power";
  world.whenStruck = () => {
    struck = true;
    browser.kill({ tab: kind === "kill one" ? tab : undefined, power });
    if (kind === "wipe database" || kind === "both") disk.loseDatabases();
    if (kind === "wipe files" || kind === "both") disk.loseFiles();
    if (world.maybe(0.3)) disk.local.clear();
  };
  await world.until(() => struck, { ms: 20_000, steps: 3000 });
  if (!struck) {
    world.strikeAt = Infinity;
    world.whenStruck();
  }
  world.say(`struck: ${kind}`);
  if (kind === "wipe database" || kind === "both") forget(its);
  if (kind === "both") its.lostBoth = true;
}

/** What the phone has only in its database is what the office had received: after this wipe it cannot send it again. */
function forget({ told, office }) {
  for (const one of told.commands.values()) if (office.commands.has(one.id)) one.forgotten = true;
  for (const [sha, one] of told.photos) if (office.photos.has(sha)) one.forgotten = true;
}

/** An office that goes back while the phone has forgotten: two losses at once, which nobody can mend. */
function forgiveForgotten({ told, office }) {
  const lost = (map, key) => !office.copy?.[map].has(key);
  for (const one of told.commands.values()) if (one.forgotten && lost("commands", one.id)) one.forgiven = true;
  for (const [sha, one] of told.photos) if (one.forgotten && lost("photos", sha)) one.forgiven = true;
}

/** At any moment: nothing stands as sent that the office does not have. */
function seen({ disk, database, office }) {
  for (const entry of disk.rows(database, "outbox")) {
    if (entry.state === "sent" && entry.answer?.epoch === office.epoch && !office.commands.has(entry.id)) {
      office.broken.push(`${entry.id} is shown as sent, and the office does not have it`);
    }
  }
  for (const mark of disk.rows(database, "photos")) {
    if (mark.state === "received" && mark.receipt?.epoch === office.epoch && !office.photos.has(mark.sha256)) {
      office.broken.push(`photo ${mark.sha256} is shown as received, and the office does not have it`);
    }
  }
}

/** The trouble is over: everything must come right by itself. */
async function quiet(its) {
  const { world, browser, line, office, disk, told } = its;
  world.strikeAt = Infinity;
  line.trouble = 0;
  line.up = true;
  disk.full = false;
  office.loggedIn = true;
  if (!browser.tabs.length) await start(its);
  world.say("quiet");
  const tab = browser.tabs[0];
  tab.happens("online");
  // Somebody logs in again where the phone asks for it.
  if (tab.work.outbox.paused.value === "login") void tab.work.sender.goOn();
  const calm = () => {
    const { waiting, waitingPhotos, sending } = tab.work.outbox;
    const held = tab.work.state.entries.value.some(({ state, command }) => state === "held" && !its.poisoned && !its.lostBoth && !told.commands.get(command.after)?.forgiven);
    return !sending.value && !held && !waiting.value.length && !waitingPhotos.value.length && tab.work.rows.seenSeq.value === office.seq;
  };
  let calmed = false;
  for (let i = 0; i < (its.poisoned ? 3 : 12) && !calmed; i++) {
    if (["login", "someone_else"].includes(tab.work.outbox.paused.value)) void tab.work.sender.goOn();
    // What failed for good, or was held, is asked about again.
    for (const entry of tab.work.state.entries.value) if (["stuck", "held"].includes(entry.state)) void tab.work.sender.tryAgain(entry.id);
    calmed = await world.until(calm, { ms: HOUR / 4, steps: 10_000 });
  }
  its.calmed = calmed;
  its.tab = tab;
  await wander(its, 30);
}

/** Everything that must hold at the end. */
function settle(its) {
  const { world, told, office, disk, database, tab, lostBoth } = its;
  const broken = [...office.broken, ...world.complaints];
  seen(its);
  const { entries, photoMarks } = tab.work.state;
  const said = tab.work.open.lost.value;
  const here = new Map(entries.value.map((entry) => [entry.id, entry]));
  if (!its.calmed && !its.poisoned) {
    broken.push(`not everything was sent: ${JSON.stringify(entries.value.filter(({ state }) => state !== "sent").map(({ id, n, state }) => [id, n, state]))} ${JSON.stringify([...photoMarks.value.values()].filter(({ state }) => state === "queued").map(({ sha256 }) => sha256))} seen ${tab.work.rows.seenSeq.value} of ${office.seq}, paused ${tab.work.outbox.paused.value}`);
  }
  for (const one of told.commands.values()) {
    const there = office.commands.get(one.id);
    if (told.takenBack.has(one.id)) {
      if (there) broken.push(`${one.id} was taken back, and came to the office all the same`);
      continue;
    }
    if (one.body.poison || told.begun.has(one.id) || one.forgiven) continue;
    if (!there || there.held) {
      if (lostBoth && !here.has(one.id)) continue; // said below
      if (there?.held && told.commands.get(one.after)?.forgiven) continue;
      if (there?.held && lostBoth) continue;
      broken.push(`${one.id} (${one.n ?? "delayed"}) was kept, and is lost: ${JSON.stringify(here.get(one.id) ?? there ?? null)}`);
      continue;
    }
    for (const sha of one.shas) {
      if (!office.photos.has(sha) && !told.photos.get(sha)?.forgiven && !(lostBoth && !photoMarks.value.has(sha))) {
        broken.push(`photo ${sha} of ${one.id} was kept, and is lost: ${JSON.stringify(photoMarks.value.get(sha) ?? null)}`);
      }
    }
  }
  if (!lostBoth) {
    const drafts = new Map(disk.rows(database, "drafts").filter(({ gone }) => !gone).map((one) => [one.id, one]));
    for (const [id, { told: words }] of told.drafts) {
      if (told.dropped.has(id) || !words) continue;
      if (!((drafts.get(id)?.words ?? 0) >= words)) broken.push(`draft ${id} was kept as ${words}, and is ${drafts.get(id)?.words ?? "lost"}`);
    }
    if (said.length) broken.push(`the phone says that something is lost: ${JSON.stringify(said)}`);
    for (const [sha, { draft: of }] of told.photos) {
      if (!of && !photoMarks.value.has(sha) && !office.photos.has(sha)) broken.push(`photo ${sha} was kept, and is lost`);
    }
  }
  if (its.calmed) {
    const shown = JSON.stringify([...tab.work.rows.rows.finding.values()].map(({ id, count }) => `${id} ${count}`).sort());
    const true_ = JSON.stringify(office.rows().map(({ id, count }) => `${id} ${count}`).sort());
    if (shown !== true_) broken.push(`the phone's view is not the office's: ${shown} ${true_}`);
  }
  if (broken.length) throw Object.assign(new Error([...new Set(broken)].join("\n  ")), { history: world.history });
}

async function main() {
  const { values } = parseArgs({
    options: { seeds: { type: "string", default: "300" }, first: { type: "string", default: "1" }, seed: { type: "string" }, phone: { type: "string" }, most: { type: "string", default: "3" }, verbose: { type: "boolean", default: false } },
  });
  const first = Number(values.seed ?? values.first);
  const many = values.seed ? 1 : Number(values.seeds);
  let failed = 0;
  let steps = 0;
  for (let seed = first; seed < first + many; seed++) {
    try {
      const world = await day(seed, { phone: values.phone, verbose: values.verbose });
      steps += world.steps;
    } catch (error) {
      failed += 1;
      console.log(`seed ${seed}: ${error.history ? error.message : error.stack}`);
      console.log(`  again: node tests/js/simulate.mjs --seed ${seed} --verbose${values.phone ? ` --phone ${values.phone}` : ""}`);
      if (failed >= Number(values.most)) break;
    }
  }
  console.log(`${failed ? "FAILED" : "passed"}: ${many} days from seed ${first}, ${steps} steps, ${failed} broken`);
  process.exitCode = failed ? 1 : 0;
}

if (process.argv[1]?.endsWith("simulate.mjs")) await main();
