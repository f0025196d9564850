"""Every phone screen on the smallest screen and with the largest text: nothing is cut off at the side, and every target is large enough for a glove."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright

from fieldbook.kernel import db, utcnow
from tests import county as small
from tests.browser.people import log_in, phone, until
from tests.browser.phones import served
from tests.conftest import make_app

#: px; a target, or the label or row that answers for it
TARGET = 48
LARGE_TEXT = "212.5%"  # twice the app's own
MARKET = small.named("城南农贸市场")

MEASURE = """(least) => {
    const seen = (box) => box.width > 0 && box.height > 0;
    const name = (one) => `${one.tagName.toLowerCase()}.${String(one.className.baseVal ?? one.className).replaceAll(" ", ".")} “${(one.textContent || one.ariaLabel || "").trim().slice(0, 24)}”`;
    const wide = [...document.querySelectorAll("#app *")].filter((one) => {
        const box = one.getBoundingClientRect();
        // what scrolls by itself, and what lies in it, may be wider
        for (let up = one; up && up.id !== "app"; up = up.parentElement) {
            const { overflowX, position } = getComputedStyle(up);
            if (["auto", "scroll", "hidden", "clip"].includes(overflowX) && up !== one) return false;
        }
        return seen(box) && box.right > innerWidth + 1;
    });
    const small = [...document.querySelectorAll("#app a[href], #app button, #app input, #app select, #app textarea, #app label.add")].filter((one) => {
        const style = getComputedStyle(one);
        if (style.visibility === "hidden" || one.disabled) return false;
        if (one.type === "file" || one.type === "radio" || one.type === "checkbox") one = one.closest("label") ?? one;
        if (one.closest("label")) one = one.closest("label");
        const box = one.getBoundingClientRect();
        if (!seen(box)) return false;
        // a target may be made larger than it looks by what is laid over it
        const over = ["::before", "::after"].map((which) => getComputedStyle(one, which)).filter((which) => which.position === "absolute" && which.content !== "none");
        const height = Math.max(box.height, ...over.map((which) => parseFloat(which.height) || 0));
        const width = Math.max(box.width, ...over.map((which) => parseFloat(which.width) || 0));
        return height < least - 0.5 || width < least - 0.5;
    });
    const cut = document.documentElement.scrollWidth > innerWidth ? [`the page is ${document.documentElement.scrollWidth} wide`] : [];
    return {
        wide: [...new Set([...cut, ...wide.map((one) => `${name(one)} ends at ${Math.round(one.getBoundingClientRect().right)}`)])],
        small: [...new Set(small.map((one) => `${name(one)} ${Math.round(one.getBoundingClientRect().width)}×${Math.round(one.getBoundingClientRect().height)}`))],
    };
}"""


@pytest.fixture
def busy(fresh_database: str, tmp_path: Path) -> tuple[Flask, dict[str, str]]:
    """An application at the real time, with a finding in each state that a phone's person acts on; their ids by state."""
    app = make_app(tmp_path / "instance", fresh_database)
    town = small.County(app, at=utcnow())
    with app.app_context():
        ids = {state: str(town.finding(state=state).id) for state in ("to_assign", "accepted", "rectified", "returned", "cleared")}
        db.session.remove()
        db.engine.dispose()
    return app, ids


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_nothing_is_cut_off_and_every_target_is_large_enough(busy: tuple[Flask, dict[str, str]], tools: Playwright, tmp_path: Path, locale: str):
    app, ids = busy
    screens = {
        "lin": ["/", "/places", f"/places/{MARKET}", "/findings", f"/findings/{ids['cleared']}", "/outbox", "/ready", "/logout", "/notices", "checklist", "finish"],
        "zhao": [f"/findings/{ids['accepted']}", f"/findings/{ids['accepted']}/reply", f"/findings/{ids['returned']}"],
        "wu": [f"/findings/{ids['rectified']}", f"/findings/{ids['rectified']}/return"],
    }
    wrong: dict[str, list[str]] = {}

    def measure(page: Page, where: str) -> None:
        until(page, lambda: page.locator("#app *").count() > 3, what=f"{where} is drawn")
        page.wait_for_timeout(250)
        for how, text in (("320", ""), ("200 %", LARGE_TEXT)):
            page.set_viewport_size({"width": 390, "height": 844} if text else {"width": 320, "height": 568})
            page.evaluate("(text) => (document.documentElement.style.fontSize = text)", text)
            told = page.evaluate(MEASURE, TARGET)
            page.evaluate("() => (document.documentElement.style.fontSize = '')")
            if found := told["wide"][:4] + told["small"]:
                wrong[f"{where} at {how}"] = found

    with served(app) as server:
        for who, paths in screens.items():
            with phone(tools, tmp_path / who, locale=locale) as context:
                page = context.pages[0]
                page.goto(f"{server.address}/app/")
                page.locator("#password").wait_for()
                if locale.startswith("en"):
                    page.get_by_text("中文").first.tap()
                    page.get_by_text("English").first.tap()
                measure(page, "log in")
                log_in(page, server.address, who)
                for path in paths:
                    if path == "checklist":
                        page.goto(f"{server.address}/app/places/{MARKET}")
                        page.locator(".foot button, .foot a").last.tap()
                        page.locator("section.crit").first.wait_for()
                        page.locator("section.crit .seg button").nth(1).tap()
                    elif path == "finish":
                        page.goto(page.url + "/finish")
                    else:
                        page.goto(f"{server.address}/app{path}")
                    measure(page, f"{who} {path.split('/')[1] if '/' in path else path} {path.rsplit('/', 1)[-1]}")

    assert wrong == {}
