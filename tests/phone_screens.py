"""Pictures of the phone's screens: from the demo county as they are on a good day, and from the small one in every other state."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, Playwright, Route

from fieldbook.kernel import db, utcnow
from tests import county as small
from tests import servers
from tests.browser.people import log_in as come_in
from tests.browser.people import shoot, until
from tests.browser.phones import Served, served
from tests.conftest import make_app
from tests.pictures import CHINESE, ENGLISH, FOLDER, HERE, PHONE, SMALL, browser, shot

MARKET = small.named("城南农贸市场")
#: as long as names and words come
LONG = {
    "zh-CN": "城南农贸市场服务中心第三综合交易大厅（原粮食局第二仓库旧址）东侧临时摆卖区",
    "en-GB": "Southern Farmers’ Market Service Centre, Third General Trading Hall, temporary stalls on the eastern side",
}


def states(tools: Playwright, folder: Path) -> None:
    """Empty, first, offline, sending, failed, over-full, large text: each on a phone of its own at the small county."""
    for tag, language in (("", CHINESE), ("-en", ENGLISH)):
        with office(folder / f"states{tag}") as (server, ids):
            with on_phone(tools, folder / f"empty{tag}", server, "wu", language) as page:
                for name, path in (
                    ("today", "/"),
                    ("places", "/places"),
                    ("findings", "/findings"),
                    ("outbox", "/outbox"),
                    ("notices", "/notices"),
                ):
                    page.goto(f"{server.address}/app{path}")
                    shot(page, f"phone-{name}-empty{tag}")
            with on_phone(tools, folder / f"lin{tag}", server, "lin", language) as page:
                for name, path in (("ready", "/ready"), ("logout", "/logout"), ("missing", "/places/none")):
                    page.goto(f"{server.address}/app{path}")
                    shot(page, f"phone-{name}{tag}")
                failed(page, server, tag)
                offline(page, server, tag)
        with office(folder / f"full{tag}") as (server, ids):
            with on_phone(
                tools, folder / f"full{tag}", server, "lin", language, lengthen=LONG[language["locale"]]
            ) as page:
                full(page, server, ids, tag)
    sheets()


@contextmanager
def office(folder: Path) -> Iterator[tuple[Served, dict[str, str]]]:
    app = make_app(folder / "instance", f"sqlite:///{folder / 'fieldbook.sqlite'}")
    small.build(app)
    town = small.County(app, at=utcnow())
    with app.app_context():
        ids = {state: str(town.finding(state=state).id) for state in ("accepted", "returned", "cleared")}
        db.session.remove()
        with served(app) as server:
            yield server, ids
        db.engine.dispose()


@contextmanager
def on_phone(
    tools: Playwright, folder: Path, server: Served, who: str, language: dict[str, str], *, lengthen: str = ""
) -> Iterator[Page]:
    """A person's phone with all rows; lengthen: what every name and free text becomes."""
    with browser(tools, folder, **PHONE, **language, **HERE) as context:

        def longer(route: Route) -> None:
            answer = route.fetch()
            told: dict[str, Any] = answer.json()
            for row in told.get("rows", []):
                for name in ("name", "name_en", "address", "words", "place_name"):
                    if row.get(name):
                        row[name] = lengthen
            route.fulfill(response=answer, body=json.dumps(told))

        if lengthen:
            context.route("**/api/pull**", longer)
        page = context.pages[0]
        page.goto(f"{server.address}/app/")
        page.locator("#password").wait_for()
        if language is ENGLISH:
            page.get_by_text("中文").first.tap()
            page.get_by_text("English").first.tap()
        come_in(page, server.address, who)
        until(page, lambda: page.locator('[data-pill="sent"]').count(), what="all is there")
        yield page


def failed(page: Page, server: Served, tag: str) -> None:
    """A report that the office refuses, and one on its way for long."""
    context = page.context

    def refuse(route: Route) -> None:
        asked = json.loads(route.request.post_data or "{}")
        words = (
            "这个问题已经销号，不能再报。"
            if not tag
            else "This finding is cleared already and cannot be reported again."
        )
        answers = [
            {"id": one["id"], "answer": "refused", "code": "findings.not_now", "message": words}
            for one in asked["commands"]
        ]
        route.fulfill(json={"epoch": asked["epoch"], "now": one_moment(), "last_n": 1, "answers": answers})

    context.route("**/api/push", refuse)
    report(page, server, 3)
    page.goto(f"{server.address}/app/outbox")
    page.wait_for_timeout(2500)
    shot(page, f"phone-outbox-failed{tag}", whole=True)
    context.unroute("**/api/push")
    context.route("**/api/photos/**", lambda route: None)  # no answer: it is on its way
    report(page, server, 4)
    page.goto(f"{server.address}/app/outbox")
    page.wait_for_timeout(2500)
    shot(page, f"phone-outbox-sending{tag}")
    context.unroute("**/api/photos/**")


def one_moment() -> int:
    return int(utcnow().timestamp() * 1000)


def report(page: Page, server: Served, number: int) -> None:
    page.goto(f"{server.address}/app/")
    shoot(page, page.locator(".nav .shot input"), number)
    page.locator(".frozen img").wait_for()
    page.locator(".sheet .foot .main, .foot .main").last.evaluate("(button) => button.click()")
    page.locator("nav.nav").wait_for()


def offline(page: Page, server: Served, tag: str) -> None:
    """No server: nothing looks like trouble."""
    server.stop()
    report(page, server, 5)
    for name, path in (("today", "/"), ("places", "/places"), ("place", f"/places/{MARKET}"), ("outbox", "/outbox")):
        page.goto(f"{server.address}/app{path}")
        page.wait_for_timeout(1500)
        shot(page, f"phone-{name}-offline{tag}")
    server.start()


def full(page: Page, server: Served, ids: dict[str, str], tag: str) -> None:
    """The longest names and words: at the usual size, on the smallest screen, and with twice the text."""
    screens = {
        "today": "/",
        "places": "/places",
        "place": f"/places/{MARKET}",
        "findings": "/findings",
        "finding": f"/findings/{ids['returned']}",
        "checklist": "",
        "finish": "/finish",
    }
    for name, path in screens.items():
        if name == "checklist":
            page.goto(f"{server.address}/app/places/{MARKET}")
            page.locator(".foot button, .foot a").last.tap()
            page.locator("section.crit .seg button").nth(1).tap()
        else:
            page.goto(page.url + path if name == "finish" else f"{server.address}/app{path}")
        page.locator("#app main, #app section").first.wait_for()
        page.evaluate("() => scrollTo(0, 0)")
        shot(page, f"phone-{name}-full{tag}")
        page.set_viewport_size(SMALL["viewport"])
        shot(page, f"phone-{name}-full-320{tag}")
        page.set_viewport_size(PHONE["viewport"])
        page.evaluate("() => (document.documentElement.style.fontSize = '212.5%')")
        shot(page, f"phone-{name}-full-text-200{tag}")
        page.evaluate("() => (document.documentElement.style.fontSize = '')")


def sheets() -> None:
    """Every phone picture on contact sheets of eight, for looking through: not kept with the project."""
    pictures = sorted(FOLDER.glob("phone-*.png"))
    for start in range(0, len(pictures), 8):
        sheet = Image.new("RGB", (8 * 300, 660), "white")
        for place, path in enumerate(pictures[start : start + 8]):
            picture = Image.open(path).convert("RGB")
            picture.thumbnail((290, 650))
            sheet.paste(picture, (place * 300, 0))
        sheet.save(f"/tmp/fieldbook-sheet-{start:03}.png")


def street(tools: Playwright, address: str, password: str, folder: Path) -> None:
    """The phone's screens: Chinese at 390, English, 320 and dark."""
    for tag, how, scheme in (
        ("", PHONE | CHINESE, "light"),
        ("-en", PHONE | ENGLISH, "light"),
        ("-320", SMALL | CHINESE, "light"),
        ("-dark", PHONE | CHINESE, "dark"),
    ):
        with browser(tools, folder / f"phone{tag}", color_scheme=scheme, **how, **HERE) as context:
            page = context.pages[0]
            page.goto(f"{address}/app/")
            page.locator("#password").wait_for()
            if tag == "-en":
                page.get_by_text("中文").first.click()  # a choice made by hand outlives the log in
                page.get_by_text("English").first.click()
            shot(page, f"phone-login{tag}")
            log_in(page, "lin", password)
            shot(page, f"phone-today{tag}")
            page.goto(f"{address}/app/places")
            page.locator("main ul li a").first.wait_for()
            shot(page, f"phone-places{tag}")
            page.locator(
                "main ul li a", has_text=re.compile("个问题未销|open finding|not cleared|uncleared")
            ).first.click()
            page.locator(".foot .btn.main, .foot button").first.wait_for()
            place = page.url
            shot(page, f"phone-place{tag}")
            page.locator(".foot .btn.main, .foot button").first.click()
            page.locator("section.crit").first.wait_for()
            judge(page)
            shot(page, f"phone-checklist{tag}")
            if not tag:
                shot(page, "phone-checklist-whole", whole=True)
            finish = page.url + "/finish"
            page.goto(finish)
            shot(page, f"phone-finish{tag}")
            page.goto(f"{address}/app/findings")
            page.locator("main").first.wait_for()
            shot(page, f"phone-findings{tag}")
            page.goto(place)
            page.locator("main a[href*='/findings/']").first.click()
            page.locator("section.said").wait_for()
            shot(page, f"phone-finding{tag}", whole=True)
            page.goto(f"{address}/app/outbox")
            shot(page, f"phone-outbox{tag}")
    for who, view, name in (("zhao", "reply", "reply"), ("wu", "", "review")):
        with browser(tools, folder / name, **PHONE, **CHINESE) as context:
            page = context.pages[0]
            page.goto(f"{address}/app/")
            page.locator("#password").wait_for()
            log_in(page, who, password)
            page.goto(f"{address}/app/findings")
            page.locator("main a[href*='/findings/']").first.click()
            page.locator("section.said").wait_for()
            if view:
                page.goto(f"{page.url.split('?')[0]}/{view}")
            shot(page, f"phone-{name}")
            if name == "review":
                page.locator(".foot button, .foot a").first.click()
                shot(page, "phone-return")


def log_in(page: Page, who: str, password: str) -> None:
    page.locator("#login, input[autocomplete=username]").first.fill(who)
    page.locator("#password").fill(password)
    page.locator("button.main, button[type=submit]").first.click()
    page.locator("nav.nav").wait_for()
    page.wait_for_timeout(3000)


def judge(page: Page) -> None:
    """Answer most of a checklist: one failure with two photos, one gap left."""
    sections = page.locator("section.crit:has(.seg)")
    for number in range(sections.count() - 1):
        sections.nth(number).locator(".seg button").nth(1 if number == 2 else 0).click()
    failing = page.locator("section.crit.open").first
    for number in (0, 1):
        with page.expect_file_chooser() as opened:
            failing.locator("label.add input[type=file]").first.click()
        scene = sorted((servers.ROOT / "data" / "demo" / "pictures").glob("*before*.jpg"))
        data = scene[number % len(scene)].read_bytes() if scene else small.picture(number, size=(960, 1280))
        opened.value.set_files({"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": data})
        page.wait_for_timeout(1500)
    chips = failing.locator(".chips button")
    if chips.count():
        chips.first.click()
    failing.scroll_into_view_if_needed()
