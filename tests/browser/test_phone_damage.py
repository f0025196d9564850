"""Damage to the profile itself: what the browser throws away of one store comes back from the other, on a kept profile."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Playwright, sync_playwright

from tests.browser.phones import DATABASE_LOGS, FILE_NAMES, FILE_ORIGINS, Phone, holds, run, served

LIN = str(uuid.UUID(int=1, version=4))

#: keep a few photos, commands and a draft, and say what was kept
KEEP_SOME = """
const kept = { photos: [], commands: {}, draft: null };
for (let i = 0; i < 6; i++) {
  const photo = await newPhoto(40_000 + i);
  await store.keepPhoto(photo);
  kept.photos.push(photo.sha256);
  const command = await store.keepCommand({
    verb: "finding.report", subject: crypto.randomUUID(), body: { photos: [named(photo)] }, photos: [photo.sha256] });
  kept.commands[command.id] = command.n;
}
kept.draft = await store.keepDraft({ id: "draft-1", kind: "visit", step: Date.now() });
return kept;
"""

#: of every photo kept here, whether its bytes are still those that were taken
WHOLE = """
const { isWhole } = await import("/app/js/store/photos.js");
return Promise.all([...state.photoMarks.value.keys()].map(isWhole));
"""


@pytest.fixture(scope="module")
def tools() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def phone(tools: Playwright, app: Flask, tmp_path: Path) -> Iterator[Phone]:
    """A phone that is not logged in, on a profile that is kept."""
    with served(app) as server:
        phone = Phone(tools, tmp_path / "profile", server.address, service_workers="block").on()
        yield phone
        phone.off()


def test_a_torn_record_makes_the_browser_wipe_its_database_and_the_log_heals_it(phone: Phone):
    page = phone.tab()
    before = holds(page, LIN)
    first = run(page, KEEP_SOME)
    phone.kill()
    phone.tear(DATABASE_LOGS)
    # The browser goes on writing behind the torn record; only the start after that finds the damage.
    page = phone.on().tab()
    holds(page, LIN)
    second = run(page, KEEP_SOME)
    phone.kill()

    page = phone.on().tab()
    page.evaluate(WATCH_FOR_LOSS, f"fieldbook-{LIN}")
    held = holds(page, LIN)

    assert page.evaluate("() => globalThis.toldOfLoss") == "total"
    assert held["healed"]["database"] >= 24
    assert (held["device"], held["lost"]) == (before["device"], [])
    assert held["commands"] == first["commands"] | second["commands"]
    assert set(held["photos"]) == {*first["photos"], *second["photos"]}
    assert held["drafts"]["draft-1"]["rev"] == second["draft"]
    assert all(run(page, WHOLE))
    assert page.evaluate("async () => (await (await import('/app/js/store/commands.js')).keepCommand({verb:'finding.accept',subject:crypto.randomUUID(),body:{}})).n") == 13


#: note what the browser says of the loss when the stores are opened
WATCH_FOR_LOSS = """(name) => {
  const open = indexedDB.open.bind(indexedDB);
  IDBFactory.prototype.open = function (...what) {
    const asked = open(...what);
    if (what[0] === name) asked.addEventListener("upgradeneeded", (event) => (globalThis.toldOfLoss = event.dataLoss));
    return asked;
  };
}"""


@pytest.mark.parametrize("names", [FILE_NAMES, FILE_ORIGINS])
def test_files_whose_names_the_browser_lost_are_made_anew_from_the_database(phone: Phone, names: str):
    page = phone.tab()
    before = holds(page, LIN)
    kept = run(page, KEEP_SOME)
    phone.kill()
    phone.flip(names)

    page = phone.on().tab()
    held = holds(page, LIN)

    assert held["healed"]["log"] >= 13
    assert (held["device"], held["lost"], held["note"]) == (before["device"], [], "")
    assert held["commands"] == kept["commands"]
    assert set(held["photos"]) == set(kept["photos"])
    assert all(run(page, WHOLE))
    assert len(run(page, "return (await tab.here().log.weigh()).live")) >= 13
