"""Damage to the profile itself: what the browser throws away of one store comes back from the other, on a kept profile."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright

from fieldbook.kernel import db
from tests import county as small
from tests.browser.phones import (
    DATABASE_LOGS,
    DATABASES,
    FILE_NAMES,
    FILE_ORIGINS,
    FILES,
    Phone,
    holds,
    logged_in,
    run,
    served,
    until,
)
from tests.conftest import Browser, make_app

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


# ---------------------------------------------------------------- what the person and the office see


@dataclass
class Street:
    """lin's phone and the office it belongs to. The app comes up on it when it is started so: before, the test works in its place."""

    phone: Phone
    app: Flask
    address: str

    def page(self) -> Page:
        """Logged in, and what was on its way is through."""
        page = self.phone.tab()
        logged_in(page, "lin", small.PASSWORD)
        until(page, "!(await import('/app/js/outbox/state.js')).sending.value")
        return page

    def at_desk(self) -> str:
        """What an administrator reads on lin's page."""
        answer = Browser(self.app, "ma").get(f"/people/{small.named('lin')}")
        return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


@pytest.fixture
def street(tools: Playwright, fresh_database: str, tmp_path: Path) -> Iterator[Street]:
    app = make_app(tmp_path / "instance", fresh_database)
    with served(app) as server:
        phone = Phone(tools, tmp_path / "profile", server.address, service_workers="block").on()
        yield Street(phone, app, server.address)
        phone.off()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


#: a report of the market with one photo, kept
REPORT = """
const { keep } = await import("/app/js/outbox/keep.js");
const photo = await newPhoto();
await store.keepPhoto(photo);
await keep("finding.report", crypto.randomUUID(),
  { place: given.place, kind: "25", criterion: "25.07", manual: 1, reasons: [0], words: "x", photos: [named(photo)] }, { photos: [photo.sha256] });
"""
MARKET = {"place": str(small.named("城南农贸市场"))}
SEND = "await (await import('/app/js/outbox/sender.js')).sendNow();"


def cut(phone: Phone, what: str) -> None:
    """Nothing of these addresses gets through."""
    assert phone.context
    phone.context.route(what, lambda route: route.abort())


def test_all_lost_is_told_on_the_phone_and_at_the_desk_with_what_it_still_owed(street: Street):
    phone = street.phone
    page = street.page()
    cut(phone, "**/api/photos/*")
    run(page, REPORT + SEND, MARKET)
    until(page, "(await import('/app/js/outbox/state.js')).waiting.value.length === 0")
    cut(phone, "**/api/**")
    for _ in range(2):
        run(page, REPORT, MARKET)
    before = run(page, "return (await store.deviceHere()).id")
    phone.off()
    phone.lose(DATABASES, FILES)

    phone.on()
    page = street.page()
    until(page, "(await (await import('/app/js/store/meta.js')).readMeta('lost_told'))?.length === 1")
    after = run(page, "return (await store.deviceHere()).id")
    phone.off()
    page = phone.on(starts=True).tab("/app/outbox")
    page.get_by_role("link", name="看是哪些").click()
    page.get_by_text("第 2 至 3 条").first.wait_for()
    page.get_by_text("已报指挥部").wait_for()
    desk = street.at_desk()
    page.get_by_role("button", name="去补查").click()
    page.locator(".nav").wait_for()
    page.goto(f"{street.address}/app/outbox")
    page.locator(".hero").wait_for()

    assert after != before
    assert "手机存储被清，有内容没保住 第 2 至 3 号" in desk
    assert "件未传" in desk
    assert "最早一件存于" in desk
    assert page.get_by_text("看是哪些").count() == 0


def test_what_the_browser_cleared_and_the_log_gave_back_is_said_once(street: Street):
    phone = street.phone
    page = street.page()
    cut(phone, "**/api/**")
    run(page, REPORT, MARKET)
    phone.off()
    phone.lose(DATABASES)

    page = phone.on(starts=True).tab("/app/outbox")
    page.get_by_role("link", name="看找回了什么").click()
    page.get_by_text("两份存储又一致了，没有内容丢失。").wait_for()
    shown = page.locator("main").inner_text()
    page.get_by_role("button", name="知道了").click()
    page.locator(".mast").wait_for()

    assert "0\n条没找回" in shown.replace(" ", "")
    assert "1条记录" in shown.replace(" ", "")
    assert "1张照片" in shown.replace(" ", "")
    assert page.get_by_text("看找回了什么").count() == 0


def test_unsent_work_deleted_at_logging_out_is_on_record_even_when_it_was_deleted_without_signal(street: Street):
    phone = street.phone
    page = street.page()
    cut(phone, "**/api/**")
    run(page, REPORT, MARKET)
    run(page, "await (await import('/app/js/outbox/person.js')).logOut({ remove: true })")
    silent = street.at_desk()
    phone.off()
    page = phone.on(starts=True).tab()
    until(page, "localStorage.getItem('fieldbook-deleted') === null && localStorage.getItem('fieldbook-left') === 'heard'")

    assert "本人删掉未传的内容" not in silent
    assert "本人删掉未传的内容 1 条，1 张照片" in street.at_desk()
    assert f"fieldbook-{small.named('lin')}" not in page.evaluate("async () => (await indexedDB.databases()).map((one) => one.name)")
