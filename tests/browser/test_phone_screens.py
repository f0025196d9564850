"""The field app's screens, in a real browser against a real server: how much a visit costs, and what a kill leaves."""

import logging
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, Playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from fieldbook.findings import Finding
from fieldbook.inspections import Visit
from fieldbook.kernel import db, utcnow
from tests import county as small
from tests import servers
from tests.browser.people import phone
from tests.conftest import make_app

CHROMIUM = servers.chromium()


@pytest.fixture
def address(fresh_database: str, tmp_path: Path) -> Iterator[tuple[str, Flask]]:
    """The small county on a real port, at the real time."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = make_app(tmp_path / "instance", fresh_database)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", app
    server.shutdown()
    thread.join(5)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class Hand:
    """A thumb that counts its touches."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.touches = 0

    def tap(self, what: str | Locator) -> None:
        self.touches += 1
        (self.page.locator(what).first if isinstance(what, str) else what).tap()

    def shoot(self, tile: Locator, picture: bytes) -> None:
        """Tap a tile, press the shutter, accept: three touches."""
        with self.page.expect_file_chooser() as opened:
            self.tap(tile)
        self.touches += 2
        opened.value.set_files({"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": picture})


def log_in(page: Page, address: str, who: str) -> Hand:
    page.goto(f"{address}/app/")
    page.get_by_label("账号").fill(who)
    page.locator("#password").fill(small.PASSWORD)
    page.get_by_role("button", name="登录", exact=True).tap()
    page.locator("nav.nav").wait_for()
    page.goto(f"{address}/app/places")
    page.get_by_text("城南农贸市场").first.wait_for()
    return Hand(page)


def until(page: Page, true: Callable[[], object], *, what: str, seconds: float = 12) -> None:
    """Wait for the server to know."""
    for _ in range(int(seconds * 10)):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"still not so after {seconds} s: {what}")


def visits(app: Flask) -> list[Visit]:
    with app.app_context():
        return list(db.session.scalars(select(Visit)))


def found(app: Flask) -> list[Finding]:
    with app.app_context():
        return list(db.session.scalars(select(Finding)))


def criterion(page: Page, code: str) -> Locator:
    return page.locator(f'[data-code="{code}"]')


def start(hand: Hand) -> None:
    hand.tap(hand.page.get_by_text("城南农贸市场"))
    hand.tap(hand.page.get_by_role("button", name="开始检查"))
    criterion(hand.page, "25.01").wait_for()


def test_a_clean_market_takes_fewer_than_twenty_touches(address: tuple[str, Flask], tools: Playwright, tmp_path: Path) -> None:
    url, app = address
    with phone(tools, tmp_path / "phone", service_workers="block") as context:
        hand = log_in(context.pages[0], url, "lin")
        page = hand.page

        start(hand)
        hand.tap(page.get_by_role("button", name="全部合格"))
        for _ in range(5):
            hand.tap(criterion(page, "25.01").get_by_role("button", name="加一"))
        hand.shoot(criterion(page, "25.01").locator("label.add input"), small.picture(1))
        hand.tap(page.get_by_role("link", name="完成检查"))
        hand.tap(page.get_by_role("button", name="完成", exact=True))
        until(page, lambda: visits(app), what="the visit has come")

    assert hand.touches < 20
    assert [(visit.tally, visit.got_tenths == visit.of_tenths) for visit in visits(app)] == [("p" * 13, True)]


def test_what_is_put_right_on_the_spot_waits_for_a_reviewer(address: tuple[str, Flask], tools: Playwright, tmp_path: Path) -> None:
    url, app = address
    with phone(tools, tmp_path / "phone", service_workers="block") as context:
        hand = log_in(context.pages[0], url, "lin")
        page = hand.page

        hand.shoot(page.locator(".nav .shot input"), small.picture(2))
        page.locator(".frozen img").wait_for()
        hand.shoot(page.locator(".foot .line input"), small.picture(3))
        hand.tap(page.get_by_role("button", name="上报，已改好"))
        until(page, lambda: found(app), what="the finding has come")

    assert hand.touches <= 7
    assert [(finding.state, finding.on_spot) for finding in found(app)] == [("rectified", True)]


def test_answering_moves_nothing(address: tuple[str, Flask], tools: Playwright, tmp_path: Path) -> None:
    with phone(tools, tmp_path / "phone", service_workers="block") as context:
        hand = log_in(context.pages[0], address[0], "lin")
        page = hand.page
        start(hand)

        def tops() -> list[float]:
            return page.locator(".crit, .group").evaluate_all("all => all.map(e => e.getBoundingClientRect().top + scrollY)")

        before = tops()
        hand.tap(criterion(page, "25.02").get_by_role("radio", name="合格", exact=True))
        hand.tap(criterion(page, "25.03").get_by_role("radio", name="不适用"))
        hand.tap(criterion(page, "25.01").get_by_role("button", name="加一"))
        criterion(page, "25.03").locator('[aria-checked="true"]').wait_for()

        # One display is too few: 01 fails, and only a failure opens, below its own answer.
        after = tops()
        assert after[:2] == before[:2]
        opened = after[2] - before[2]
        assert opened > 0
        assert [a - b for a, b in zip(after[2:], before[2:], strict=True)] == [opened] * (len(before) - 2)


def test_a_killed_phone_goes_on_at_the_same_criterion(address: tuple[str, Flask], tools: Playwright, tmp_path: Path) -> None:
    url, _ = address
    with phone(tools, tmp_path / "phone", service_workers="block") as context:
        hand = log_in(context.pages[0], url, "lin")
        page = hand.page
        start(hand)
        hand.tap(criterion(page, "25.08").get_by_role("radio", name="不合格"))
        hand.tap(criterion(page, "25.08").get_by_role("button", name="垃圾桶满溢"))
        criterion(page, "25.08").get_by_label("说明").fill("东门两个桶")
        page.wait_for_timeout(600)
        where = page.url
        _kill(tmp_path / "phone")

    with phone(tools, tmp_path / "phone", service_workers="block") as context:
        page = context.pages[0]
        page.goto(where)
        again = criterion(page, "25.08")
        again.wait_for()
        page.wait_for_timeout(300)

        box = again.bounding_box()
        assert box is not None
        assert 0 < box["y"] < 400
        assert again.get_by_label("说明").input_value() == "东门两个桶"
        assert again.get_by_role("button", name="垃圾桶满溢").get_attribute("aria-pressed") == "true"


def _kill(folder: Path) -> None:
    """Kill the browser whose profile lies in `folder`, as a phone does when its memory runs out."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"--user-data-dir={folder}".encode() in words:
            os.kill(int(process.name), signal.SIGKILL)


def test_a_photo_that_did_not_come_back_is_asked_for_again(address: tuple[str, Flask], tools: Playwright, tmp_path: Path) -> None:
    with phone(tools, tmp_path / "phone", service_workers="block") as context:
        hand = log_in(context.pages[0], address[0], "lin")
        page = hand.page
        start(hand)

        with page.expect_file_chooser():
            hand.tap(criterion(page, "25.01").locator("label.add input"))
        page.reload()

        criterion(page, "25.01").get_by_text("照片没有回来，请再拍一张。").wait_for()


def test_a_verdict_can_be_taken_back_before_it_is_sent(address: tuple[str, Flask], tools: Playwright, tmp_path: Path) -> None:
    url, app = address
    with app.app_context():
        town = small.County(app)
        finding = town.finding(state="rectified")
        number = finding.id
    with phone(tools, tmp_path / "phone", service_workers="block") as context:
        hand = log_in(context.pages[0], url, "wu")
        page = hand.page
        page.goto(f"{url}/app/findings/{number}")

        hand.tap(page.get_by_role("button", name="销号"))
        page.get_by_text("已销号").first.wait_for()
        hand.tap(page.get_by_role("button", name=re.compile("撤销")))
        page.get_by_role("button", name="销号").wait_for()
        page.wait_for_timeout(1000)

    assert [finding.state for finding in found(app)] == ["rectified"]


#: what a screen must not have; gives the list of what it has
GUARD = """() => {
    const found = [];
    const shown = (e) => e.offsetParent !== null || getComputedStyle(e).position === "fixed";
    for (const e of document.querySelectorAll("a[href], button, input, textarea")) {
        if (!shown(e)) continue;
        const name = e.getAttribute("aria-label") || e.textContent || [...(e.labels ?? [])].map((l) => l.textContent).join("");
        if (!name.trim()) found.push("no name: " + e.outerHTML.slice(0, 90));
        const box = (e.closest("label") ?? e).getBoundingClientRect();
        if ((box.width < 48 || box.height < 47.5) && !e.matches(".how")) found.push(`${box.width}x${box.height}: ` + e.outerHTML.slice(0, 90));
    }
    const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
    if (new Set(ids).size !== ids.length) found.push("one id twice");
    if (document.querySelectorAll("h1, [aria-level='1']").length !== 1) found.push("not one heading");
    if (document.documentElement.scrollWidth > innerWidth) found.push("scrolls sideways");
    if (!document.title) found.push("no title");
    return found;
}"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_screen_fits_a_small_phone_and_a_thumb(address: tuple[str, Flask], tools: Playwright, tmp_path: Path, language: str) -> None:
    url, app = address
    with app.app_context():
        town = small.County(app)
        waiting, open_one = town.finding(state="rectified").id, town.finding(state="accepted").id
    faults: dict[str, list[str]] = {}
    with phone(tools, tmp_path / "phone", service_workers="block") as context:
        page = context.pages[0]
        hand = log_in(page, url, "lin")
        page.set_viewport_size({"width": 320, "height": 568})
        page.evaluate("language => localStorage.setItem('fieldbook-language', language)", language)
        page.goto(f"{url}/app/places/{small.named('城南农贸市场')}")
        hand.tap(page.locator(".foot .main"))
        criterion(page, "25.02").wait_for()
        hand.tap(criterion(page, "25.02").locator("button.f"))
        visit = page.url.removeprefix(f"{url}/app")
        for path in ["/", "/places", f"/places/{small.named('城南农贸市场')}", visit, f"{visit}/finish", "/findings", f"/findings/{waiting}", f"/findings/{open_one}", "/notices", "/outbox", "/ready", "/logout", "/me", "/setup/install", "/setup/allow", "/handover"]:  # fmt: skip
            page.evaluate("path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }", f"/app{path}")
            page.wait_for_timeout(300)
            if found := page.evaluate(GUARD):
                faults[path] = found

    assert faults == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_slip_fits_a_small_phone_and_a_thumb(address: tuple[str, Flask], tools: Playwright, tmp_path: Path, language: str) -> None:
    url, app = address
    slips = {
        "zhao": ["/findings/{accepted}/reply", "/findings/{accepted}/reply/ask_extension", "/findings/{accepted}/dispute"],
        "chen": ["/findings/{accepted}/more", "/findings/{accepted}/supervise", "/findings/{accepted}/extend", "/findings/{accepted}/void", "/findings/{to_screen}/merge", "/findings/{cleared}/reopen"],
        "ma": ["/findings/{accepted}/defer"],
        "wu": ["/findings/{rectified}/return"],
    }  # fmt: skip
    with app.app_context():
        town = small.County(app, at=utcnow() - timedelta(hours=3))
        ids = {state: town.finding(state=state).id for state in ("accepted", "to_screen", "cleared", "rectified")}
    faults: dict[str, list[str]] = {}
    for who, paths in slips.items():
        with phone(tools, tmp_path / who, service_workers="block") as context:
            page = context.pages[0]
            page.goto(f"{url}/app/")
            page.evaluate("language => localStorage.setItem('fieldbook-language', language)", language)
            page.goto(f"{url}/app/")
            page.locator("[name=username]").fill(who)
            page.locator("#password").fill(small.PASSWORD)
            page.locator("#password").press("Enter")
            page.locator("nav.nav").wait_for()
            page.wait_for_timeout(1500)
            page.set_viewport_size({"width": 320, "height": 568})
            for path in paths:
                page.evaluate("path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }", f"/app{path.format(**ids)}")
                page.wait_for_timeout(400)
                if found := page.evaluate(GUARD):
                    faults[path] = found

    assert faults == {}
