"""The phone's screens for everybody: axe finds nothing serious on any of them, in Chinese by day and in English by night."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright

from tests import county as small
from tests.browser.people import log_in, phone, until
from tests.browser.phones import served
from tests.conftest import make_app

AXE = (Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text("utf-8")
LOOK = (
    "axe.run(document, {resultTypes: ['violations']})"
    ".then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))"
    ".map(v => [v.id, v.nodes.map(n => n.html.slice(0, 160) + ' ' + n.failureSummary.slice(0, 200))]))"
)


@pytest.fixture
def busy(fresh_database: str, tmp_path: Path) -> tuple[Flask, dict[str, str]]:
    """An application at the real time, with a finding in each state that a person acts on; their ids by state."""
    from fieldbook.kernel import db, utcnow

    app = make_app(tmp_path / "instance", fresh_database)
    town = small.County(app, at=utcnow())
    with app.app_context():
        ids = {state: str(town.finding(state=state).id) for state in ("to_screen", "to_assign", "accepted", "rectified", "returned", "cleared")}
        asked = town.finding(state="accepted")
        town.say("ask_extension", asked)
        town.say("supervise", asked)
        ids["asked"] = str(asked.id)
        db.session.remove()
        db.engine.dispose()
    return app, ids


@pytest.mark.parametrize(("locale", "scheme"), [("zh-CN", "light"), ("en-GB", "dark")])
def test_axe_finds_nothing_serious_on_any_screen(
    busy: tuple[Flask, dict[str, str]], tools: Playwright, tmp_path: Path, locale: str, scheme: str
) -> None:
    app, ids = busy
    market = small.named("城南农贸市场")
    screens = {
        "lin": ["/", "/places", f"/places/{market}", "/findings", f"/findings/{ids['cleared']}", "/outbox", "/ready", "/me", "/setup/install", "/setup/allow", "/handover"],
        "chen": [f"/findings/{ids['asked']}", *(f"/findings/{ids['asked']}/{verb}" for verb in ("extend", "refuse_extension", "supervise", "more")), f"/findings/{ids['to_screen']}/merge", f"/findings/{ids['accepted']}/void"],
        "ma": [f"/findings/{ids['accepted']}/defer", f"/findings/{ids['cleared']}/reopen"],
        "zhao": ["/notices", f"/findings/{ids['accepted']}/reply/ask_extension", f"/findings/{ids['accepted']}/dispute", "/findings", f"/findings/{ids['accepted']}", f"/findings/{ids['accepted']}/reply", f"/findings/{ids['returned']}"],
        "wu": ["/findings", f"/findings/{ids['rectified']}", f"/findings/{ids['rectified']}/return", f"/findings/{ids['rectified']}/compare"],
    }
    wrong: list[object] = []
    with served(app) as server:
        for who, paths in screens.items():
            with phone(tools, tmp_path / who, locale=locale, color_scheme=scheme) as context:
                page = context.pages[0]
                page.goto(f"{server.address}/app/")
                page.locator("#password").wait_for()
                if locale.startswith("en"):
                    page.get_by_text("中文").first.tap()  # a choice made by hand outlives the log in
                    page.get_by_text("English").first.tap()
                wrong += look(page, "log in")
                log_in(page, server.address, who)
                assert page.evaluate("document.documentElement.lang") == locale.replace("-GB", "")
                for path in paths:
                    page.goto(f"{server.address}/app{path}")
                    wrong += look(page, f"{who} {path}")
                if who == "lin":
                    page.goto(f"{server.address}/app/places/{market}")
                    page.locator(".foot button, .foot a").last.tap()
                    page.locator("section.crit").first.wait_for()
                    page.locator("section.crit .seg button").nth(1).tap()
                    wrong += look(page, "checklist")
                    page.goto(page.url + "/finish")
                    wrong += look(page, "finish")

    assert wrong == []


def look(page: Page, where: str) -> list[object]:
    """What axe says of this screen, once it stands still."""
    until(page, lambda: page.locator("#app *").count() > 3, what=f"{where} is drawn")
    page.wait_for_timeout(400)
    page.evaluate(AXE)
    return [(where, found) for found in page.evaluate(LOOK)]
