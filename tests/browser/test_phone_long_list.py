"""A zone of thousands of places on a phone: only the rows near the screen are on the page, and a person notices nothing of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, Route, sync_playwright

from tests.browser.people import log_in, more_places, phone, until
from tests.browser.phones import served
from tests.conftest import make_app

PLACES = 2460
#: the row in the middle of the screen: its place in the list, and where its upper edge is
MIDDLE = """() => {
    const row = document.elementFromPoint(200, 400).closest("[aria-posinset]");
    return row && [Number(row.ariaPosInSet), Math.round(row.getBoundingClientRect().top)];
}"""
ROWS = "() => document.querySelectorAll('main ul.rows > li:not(.gap)').length"
FOCUS = "() => Number(document.activeElement.closest('[aria-posinset]')?.ariaPosInSet ?? 0)"


@pytest.fixture(scope="module")
def tools() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture
def many(fresh_database: str, tmp_path: Path, tools: Playwright) -> Iterator[Page]:
    """lin's phone with 2,460 places, at the list of them."""

    def fill(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        if "cursor=" not in route.request.url:
            more_places(told["rows"], PLACES)
        route.fulfill(response=answer, body=json.dumps(told))

    app = make_app(tmp_path / "instance", fresh_database)
    with served(app) as server, phone(tools, tmp_path / "lin") as context:
        context.route("**/api/pull**", fill)
        page = context.pages[0]
        log_in(page, server.address, "lin")
        page.locator("nav.nav a[href='/app/places']").tap()
        until(page, lambda: page.get_by_text(f"{PLACES} 处").count(), what="all places are here")
        yield page


def fling_to(page: Page, number: int) -> Any:
    """Scroll on until the place of this number is in the middle of the screen; where that is."""
    for _ in range(80):
        at = page.evaluate(MIDDLE)
        if at and at[0] == number:
            break
        page.evaluate("(rows) => scrollBy(0, rows * 60)", number - at[0] if at else 1)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate(MIDDLE), "white where a row should be"
        assert page.evaluate(ROWS) < 60
    return page.evaluate(MIDDLE)


def test_a_thumb_goes_to_the_two_thousandth_place_opens_it_and_comes_back_to_it(many: Page) -> None:
    stood = fling_to(many, 2000)
    scrolled = many.evaluate("scrollY")
    name = many.locator("[aria-posinset='2000'] .t").inner_text()
    many.locator("[aria-posinset='2000'] a").tap()
    many.locator("h1").get_by_text(name).wait_for()
    many.go_back()
    many.locator("[aria-posinset='2000'] .t").wait_for()

    assert stood[0] == 2000
    assert [many.evaluate("scrollY"), many.evaluate(MIDDLE)] == [scrolled, stood]
    assert many.locator("[aria-posinset='2000'] .t").inner_text() == name
    assert many.locator("[aria-posinset='2000']").get_attribute("aria-setsize") == str(PLACES)


def test_the_keyboard_walks_on_from_where_it_is_whatever_the_thumb_shows_meanwhile(many: Page) -> None:
    fling_to(many, 2000)
    many.locator("[aria-posinset='1997'] a").focus()
    walked = [many.evaluate(FOCUS)]
    for _ in range(3):
        many.keyboard.press("Tab")
        walked.append(many.evaluate(FOCUS))
    many.evaluate("scrollTo(0, 0)")
    many.locator("[aria-posinset='1']").wait_for()
    held = many.evaluate(FOCUS)
    many.keyboard.press("Tab")
    many.keyboard.press("Shift+Tab")
    back_at = many.evaluate(MIDDLE)
    name = many.locator("[aria-posinset='2000'] .t").inner_text()
    many.keyboard.press("Enter")
    many.locator("h1").get_by_text(name).wait_for()
    many.go_back()
    many.locator("[aria-posinset='2000']").wait_for()

    assert walked == [1997, 1998, 1999, 2000]
    assert held == 2000
    # The screen follows the focus, and Back finds both rows again.
    assert abs(back_at[0] - 2000) < 12
    assert abs(many.evaluate(MIDDLE)[0] - 2000) < 12


def test_a_search_that_is_cleared_gives_the_whole_list_back_and_a_hit_keeps_it(many: Page) -> None:
    box = many.locator("input[type=search]")
    first = many.locator("[aria-posinset='3'] .t").inner_text()
    box.press_sequentially("qh0200")
    until(many, lambda: many.locator("main ul.rows > li").count() == 10, what="ten places fit")
    found = many.locator("[aria-posinset='10'] .t").inner_text()
    many.locator("[aria-posinset='10'] a").tap()
    many.locator("h1").get_by_text(found).wait_for()
    many.go_back()
    many.locator("[aria-posinset='10']").wait_for()
    kept = [box.input_value(), many.locator("[aria-posinset='10'] .t").inner_text()]
    many.get_by_role("button", name="清除").tap()
    many.locator("[aria-posinset='3']").get_by_text(first, exact=True).wait_for()

    assert kept == ["qh0200", found]
    assert many.locator("[aria-posinset='3']").get_attribute("aria-setsize") == str(PLACES)
    assert fling_to(many, PLACES - 6)[0] == PLACES - 6


def test_large_letters_make_taller_rows_and_none_is_lost(many: Page) -> None:
    many.set_viewport_size({"width": 320, "height": 640})
    many.evaluate("document.documentElement.style.fontSize = '200%'")
    numbers: list[int] = []
    for _ in range(40):
        shown = many.evaluate("[...document.querySelectorAll('[aria-posinset]')].map((row) => Number(row.ariaPosInSet))")
        numbers += [n for n in shown if n not in numbers]
        assert shown == sorted(shown)
        assert many.evaluate("() => !!document.elementFromPoint(160, 300).closest('[aria-posinset], header, .find, .filters, .sec, main')")
        many.evaluate("scrollBy(0, 500)")
        many.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 80
