"""The phone's two stores: what was said to be kept is there, whatever happens to the browser."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Playwright

from tests.browser.phones import DATABASES, FILES, Phone, holds, run, served, until

LIN = str(uuid.UUID(int=1, version=4))
ZHAO = str(uuid.UUID(int=2, version=4))

#: save photos, drafts and commands for ever, saying each only after it is kept
SAVE_ON = """
globalThis.going = (async () => {
  // Steps go on from one start to the next, so that a later one never looks older.
  const from = Date.now();
  for (let i = 0; ; i++) {
    const photo = await newPhoto(30_000 + i);
    await store.keepPhoto(photo);
    said(`photo ${photo.sha256}`);
    const id = `draft-${given ?? ""}-${i % 3}`;
    await store.keepDraft({ id, kind: "visit", step: from + i });
    said(`draft ${id} ${from + i}`);
    const command = await store.keepCommand({
      verb: "finding.report", subject: crypto.randomUUID(), body: { photos: [named(photo)] }, photos: [photo.sha256] });
    said(`command ${command.id} ${command.n}`);
  }
})();
"""


@pytest.fixture
def phone(tools: Playwright, app: Flask, tmp_path: Path) -> Iterator[Phone]:
    """A phone that is not logged in: its stores are opened by the test."""
    with served(app) as server:
        phone = Phone(tools, tmp_path / "profile", server.address, service_workers="block").on()
        yield phone
        phone.off()


def missing(phone: Phone, held: dict) -> list[str]:
    """What the phone said it kept, and does not hold."""
    lost = []
    steps: dict[str, int] = {}
    for words in phone.heard:
        kind, name, *more = words.split()
        if kind == "photo" and name not in held["photos"]:
            lost.append(words)
        if kind == "command" and held["commands"].get(name) != int(more[0]):
            lost.append(words)
        if kind == "draft":
            steps[name] = int(more[0])
    return lost + [name for name, step in steps.items() if held["drafts"].get(name, {}).get("step", -1) < step]


def in_a_row(held: dict) -> bool:
    """Are the numbers 1, 2, 3 … without a gap or a double?"""
    numbers = sorted(held["commands"].values())
    return numbers == list(range(1, len(numbers) + 1))


def test_nothing_that_was_kept_is_lost_when_the_browser_is_killed(phone: Phone):
    for pause in (300, 900, 500, 1200):
        page = phone.tab()
        held = holds(page, LIN)
        assert not missing(phone, held)
        assert in_a_row(held)
        run(page, SAVE_ON)
        page.wait_for_timeout(pause)
        phone.kill()
        phone.on()

    held = holds(phone.tab(), LIN)

    assert len(phone.heard) > 20
    assert not missing(phone, held)
    assert in_a_row(held)
    assert held["lost"] == []


def test_a_database_that_the_browser_threw_away_is_filled_again_from_the_log(phone: Phone):
    page = phone.tab()
    before = holds(page, LIN)
    run(page, SAVE_ON)
    page.wait_for_timeout(900)
    phone.kill()
    phone.lose(DATABASES)

    held = holds(phone.on().tab(), LIN)

    assert held["healed"]["database"] > 10
    assert held["device"] == before["device"]
    assert not missing(phone, held)
    assert in_a_row(held)


def test_a_log_that_the_browser_threw_away_is_filled_again_from_the_database(phone: Phone):
    page = phone.tab()
    holds(page, LIN)
    run(page, SAVE_ON)
    page.wait_for_timeout(900)
    phone.kill()
    phone.lose(FILES)

    held = holds(phone.on().tab(), LIN)
    assert held["healed"]["log"] > 10
    assert not missing(phone, held)

    phone.kill()
    phone.lose(DATABASES)
    again = holds(phone.on().tab(), LIN)
    assert not missing(phone, again)
    assert in_a_row(again)


def test_both_stores_lost_means_a_new_device_and_a_number_that_is_never_given_twice(phone: Phone):
    page = phone.tab()
    before = holds(page, LIN)
    run(page, "for (let i = 0; i < 3; i++) await store.keepCommand({ verb: 'finding.accept', subject: crypto.randomUUID(), body: {} })")
    phone.off()
    phone.lose(DATABASES, FILES)

    page = phone.on().tab()
    after = holds(page, LIN)

    assert after["commands"] == {}
    assert after["device"] != before["device"]
    assert run(page, "return (await (await import('/app/js/store/meta.js')).readMeta('lost_device'))") == {"device": before["device"], "n": 3}


def test_two_tabs_never_give_one_number_twice(phone: Phone):
    one, other = phone.tab(), phone.tab()
    holds(one, LIN)
    held = holds(other, LIN)
    assert held["slot"] == 1

    for page in (one, other):
        page.evaluate("() => { globalThis.numbers = [] }")
        run(
            page,
            """globalThis.done = (async () => {
              for (let i = 0; i < 60; i++) {
                const { n } = await store.keepCommand({ verb: "finding.accept", subject: crypto.randomUUID(), body: {} });
                numbers.push(n);
              }
            })();""",
        )
    numbers = [n for page in (one, other) for n in page.evaluate("async () => { await done; return numbers }")]

    assert sorted(numbers) == list(range(1, 121))
    until(one, "(await import('/app/js/store/state.js')).entries.value.length === 120")


def test_a_tab_that_dies_while_it_saves_leaves_no_gap_and_no_double(phone: Phone):
    staying = phone.tab()
    holds(staying, LIN)
    run(staying, SAVE_ON, "staying")
    for pause in (80, 160, 240, 330):
        dying = phone.tab()
        holds(dying, LIN)
        run(dying, SAVE_ON, f"dying-{pause}")
        dying.wait_for_timeout(pause)
        dying.close()
    staying.wait_for_timeout(200)
    staying.close()

    held = holds(phone.tab(), LIN)

    assert not missing(phone, held)
    assert in_a_row(held)


def test_the_seventh_tab_says_so_instead_of_keeping_half(phone: Phone):
    tabs = [phone.tab() for _ in range(7)]
    slots = [holds(page, LIN)["slot"] for page in tabs]

    refused = run(
        tabs[6],
        """try { await store.keepDraft({ id: "d", kind: "visit" }) } catch (error) { return [error.code, state.storesNote.value] }""",
    )

    assert slots == [0, 1, 2, 3, 4, 5, -1]
    assert refused == ["phone.open_elsewhere", "busy"]


def test_what_was_dropped_on_purpose_does_not_come_back(phone: Phone):
    page = phone.tab()
    holds(page, LIN)
    run(
        page,
        """
        const kept = await newPhoto(), dropped = await newPhoto();
        await store.keepPhoto({ ...kept, draft: "b" });
        await store.keepPhoto({ ...dropped, draft: "a" });
        await store.keepDraft({ id: "a", kind: "visit" });
        await store.keepDraft({ id: "b", kind: "visit" });
        await store.dropDraft("a");
        """,
    )
    phone.kill()
    phone.lose(DATABASES)

    held = holds(phone.on().tab(), LIN)

    assert list(held["drafts"]) == ["b"]
    assert list(held["photos"].values()) == ["kept"]


def test_a_draft_becomes_a_command_in_one_stroke(phone: Phone):
    page = phone.tab()
    holds(page, LIN)
    run(
        page,
        """
        const sent = await newPhoto(), unwanted = await newPhoto();
        for (const photo of [sent, unwanted]) await store.keepPhoto({ ...photo, draft: "v" });
        await store.keepDraft({ id: "v", kind: "visit" });
        await store.keepCommand({ verb: "visit.finish", subject: "v", body: { photos: [named(sent)] }, photos: [sent.sha256], draft: "v" });
        """,
    )
    phone.kill()

    held = holds(phone.on().tab(), LIN)

    assert held["drafts"] == {}
    assert list(held["commands"].values()) == [1]
    assert list(held["photos"].values()) == ["queued"]


def test_a_command_taken_back_in_time_leaves_no_gap(phone: Phone):
    page = phone.tab()
    holds(page, LIN)
    numbers = run(
        page,
        """
        const { takeBack, releaseDelayed } = await import("/app/js/store/commands.js");
        const verdict = { verb: "finding.clear", body: {} };
        const first = await store.keepCommand({ ...verdict, subject: crypto.randomUUID(), delay_ms: 8000 });
        const taken = await takeBack(first.id);
        const second = await store.keepCommand({ ...verdict, subject: crypto.randomUUID(), delay_ms: 1 });
        await new Promise((done) => setTimeout(done, 20));
        await releaseDelayed();
        const tooLate = await takeBack(second.id);
        await store.keepCommand({ ...verdict, subject: crypto.randomUUID() });
        return [first.n ?? null, taken.id === first.id, tooLate, state.entries.value.map((one) => one.n)];
        """,
    )
    phone.kill()
    phone.lose(DATABASES)

    held = holds(phone.on().tab(), LIN)

    assert numbers == [None, True, None, [1, 2]]
    assert in_a_row(held)
    assert len(held["commands"]) == 2


def test_a_full_phone_keeps_nothing_by_half(phone: Phone):
    page = phone.tab()
    holds(page, LIN)
    run(page, "await store.keepPhoto(await newPhoto())")
    assert phone.context
    phone.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", {"origin": phone.address, "quotaSize": 1_000_000})

    refused = run(
        page,
        """
        let code = null;
        for (let i = 0; i < 60 && !code; i++) await store.keepPhoto(await newPhoto(60_000)).catch((error) => { code = error.code });
        let command = null;
        for (let i = 0; i < 200 && !command; i++) {
          await store.keepCommand({ verb: "finding.accept", subject: crypto.randomUUID(), body: { words: "x".repeat(20_000) } })
            .catch((error) => { command = error.code });
        }
        return [code, command];
        """,
    )
    phone.off()
    held = holds(phone.on().tab(), LIN)

    assert refused == ["phone.full", "phone.full"]
    assert in_a_row(held)
    assert held["healed"] == {"database": 0, "log": 0}


def test_two_people_on_one_phone_see_nothing_of_each_other(phone: Phone):
    page = phone.tab()
    lin = holds(page, LIN)
    run(page, "await store.keepPhoto(await newPhoto()); await store.keepCommand({ verb: 'finding.accept', subject: crypto.randomUUID(), body: {} })")

    zhao = holds(page, ZHAO)
    back = holds(page, LIN)

    assert zhao["commands"] == {}
    assert zhao["photos"] == {}
    assert zhao["device"] != lin["device"]
    assert len(back["commands"]) == 1


def test_deleting_a_person_deletes_both_stores(phone: Phone):
    page = phone.tab()
    holds(page, LIN)
    run(page, "await store.keepPhoto(await newPhoto()); await store.keepDraft({ id: 'd', kind: 'visit' })")
    run(page, "await store.wipePerson(given)", LIN)

    held = holds(page, LIN)

    assert held["drafts"] == {}
    assert held["photos"] == {}
    assert held["healed"] == {"database": 0, "log": 0}


def test_a_newer_version_takes_the_stores_over_and_the_old_page_says_so(phone: Phone):
    page = phone.tab()
    holds(page, LIN)
    run(page, "await store.keepDraft({ id: 'd', kind: 'visit', words: 'here' })")
    newer = phone.tab()
    newer.evaluate(
        """(person) => new Promise((done, failed) => {
          const asked = indexedDB.open(`fieldbook-${person}`, 2);
          asked.onsuccess = () => done(true);
          asked.onerror = () => failed(asked.error);
        })""",
        LIN,
    )

    refused = run(page, "try { await store.keepDraft({ id: 'd', kind: 'visit' }) } catch (error) { return [error.name, state.storesNote.value] }")

    assert refused == ["Outdated", "reload"]


def test_records_torn_or_damaged_anywhere_cost_only_themselves(phone: Phone):
    page = phone.tab()

    found = page.evaluate(
        """async () => {
          const { encode, scan } = await import("/app/js/store/log-record.js");
          const bytes = crypto.getRandomValues(new Uint8Array(5000));
          const records = await Promise.all([1, 2, 3].map((rev) => encode({ kind: "draft", id: "d" + rev, rev }, bytes)));
          const whole = new Uint8Array(records.reduce((sum, one) => sum + one.length, 0));
          records.reduce((at, one) => (whole.set(one, at), at + one.length), 0);
          const read = (file) => async (at, length) => file.slice(at, at + length);
          const ids = async (file) => {
            const { records, end } = await scan(read(file), file.length);
            return [records.map((one) => one.id).join(" "), end];
          };
          const flipped = whole.slice();
          flipped[records[0].length + 2000] ^= 1;
          const wrongLength = whole.slice();
          wrongLength[records[0].length + 4] ^= 255;
          const torn = [];
          for (const cut of [1, 39, 40, 44, 3000]) torn.push(await ids(whole.slice(0, records[0].length + records[1].length + cut)));
          return { one: records[0].length, whole: await ids(whole), flipped: await ids(flipped), wrongLength: await ids(wrongLength), torn };
        }"""
    )

    one = found["one"]
    assert found["whole"] == ["d1 d2 d3", 3 * one]
    assert found["flipped"] == ["d1 d3", 3 * one]
    assert found["wrongLength"] == ["d1 d3", 3 * one]
    assert found["torn"] == [["d1 d2", 2 * one]] * 5


def test_a_log_that_never_drains_is_copied_small_and_loses_nothing(phone: Phone):
    page = phone.tab()
    holds(page, LIN)

    weights = run(
        page,
        """
        await store.keepCommand({ verb: "finding.accept", subject: crypto.randomUUID(), body: {} });
        const before = (await tab.here().log.weigh()).bytes;
        // One draft touched again and again while nothing can be sent.
        for (let i = 0; i < 40; i++) await store.keepDraft({ id: "d", kind: "visit", step: i, words: "x".repeat(500_000) });
        const full = (await tab.here().log.weigh()).bytes;
        await store.dropDraft("d");
        tab.settle({});
        await tab.inTurn(async () => {});
        return [before, full, (await tab.here().log.weigh()).bytes];
        """,
    )
    phone.kill()
    phone.lose(DATABASES)
    held = holds(phone.on().tab(), LIN)

    assert weights[1] > 16_000_000
    assert weights[2] < 10_000
    assert list(held["commands"].values()) == [1]
    assert held["drafts"] == {}
