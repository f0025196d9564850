"""The field app in the other engine, Firefox ESR: the start without a server, and one problem from the street to cleared."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests import county as small
from tests import servers
from tests.browser.people import known, photograph, until
from tests.conftest import make_county

FIREFOX = servers.firefox()
MARKET = small.named("城南农贸市场")

pytestmark = pytest.mark.skipif(FIREFOX is None, reason="no Firefox ESR here: apt install firefox-esr")


@pytest.fixture(scope="module")
def firefox(tools: Playwright) -> Iterator[Browser]:
    browser = tools.firefox.launch(channel="moz-firefox", executable_path=FIREFOX)
    yield browser
    browser.close()


def logged_in(firefox: Browser, address: str, who: str) -> Page:
    context = firefox.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.add_init_script(servers.SET_UP)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{address}/app/")
    page.locator("#login, input[autocomplete=username]").first.fill(who)
    page.locator("#password").fill(small.PASSWORD)
    page.locator("#password").press("Enter")
    page.locator("nav.nav").wait_for()
    until(page, lambda: page.evaluate("() => !!navigator.serviceWorker.controller"), what="the service worker has taken over")
    until(page, lambda: page.locator('[data-pill="sent"]').count(), what="all is there")
    return page


def give(page: Page, box: str, number: int) -> None:
    """A photo for a file box."""
    name, data = photograph(number)
    page.locator(box).first.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": data})


def test_firefox_starts_without_a_server_and_carries_a_problem_from_the_street_to_cleared(firefox: Browser, tmp_path: Path):
    instance, port = tmp_path / "instance", servers.free_port()
    address = f"http://127.0.0.1:{port}"
    make_county(instance)
    with ExitStack() as stack:
        server = stack.enter_context(servers.fieldbook(instance, port=port))
        lin, zhao, wu = (logged_in(firefox, address, who) for who in ("lin", "zhao", "wu"))

        # no server at all: a start from the address, a deep link, a whole visit
        server.kill()
        lin.goto(f"{address}/app/")
        lin.locator("nav.nav").wait_for()
        lin.goto(f"{address}/app/places/{MARKET}")
        lin.get_by_role("button", name="开始检查").click()
        failing = lin.locator('[data-code="25.07"]')
        failing.get_by_role("radio", name="不合格").or_(failing.get_by_role("button", name="不合格")).first.click()
        give(lin, '[data-code="25.07"] label.add input[type=file]', 0)
        until(lin, lambda: failing.locator(".strip .at").count() == 1, what="the photo is in its strip", seconds=40)
        lin.get_by_role("button", name="余项合格").click()
        for _ in range(5):
            lin.locator('[data-code="25.01"]').get_by_role("button", name="加一").click()
        give(lin, '[data-code="25.01"] label.add input[type=file]', 1)
        until(lin, lambda: lin.locator('[data-code="25.01"] .strip .at').count() == 1, what="the view is in its strip", seconds=40)
        lin.reload()  # what was kept is there again
        until(lin, lambda: failing.locator(".strip .at").count() == 1, what="the draft came back with its photo")
        lin.get_by_role("link", name="完成检查").click()
        lin.get_by_role("button", name="完成").first.click()
        lin.get_by_role("button", name="开始检查").wait_for()

        # signal again: nothing of it depends on the browser's own word
        stack.enter_context(servers.fieldbook(instance, port=port))
        lin.reload()
        until(lin, lambda: lin.locator('[data-pill="sent"]').count(), what="everything has gone", seconds=60)
        until(lin, lambda: known(instance, "SELECT count(*) FROM photo WHERE verdict = 'checked'") == [(2,)], what="the photos are decoded")
        [(finding, state)] = known(instance, "SELECT id, state FROM finding")
        assert state == "assigned"
        finding = f"{finding[:8]}-{finding[8:12]}-{finding[12:16]}-{finding[16:20]}-{finding[20:]}"

        # the unit
        zhao.goto(f"{address}/app/findings")
        zhao.locator(f'a[href$="{finding}"]').first.click()
        until(zhao, lambda: known(instance, "SELECT state FROM finding") == [("accepted",)], what="looking at it accepts it", seconds=40)
        zhao.goto(f"{address}/app/findings/{finding}/reply")
        give(zhao, "label.half input[type=file]", 4)
        zhao.get_by_role("button", name="提交整改").click()
        until(zhao, lambda: known(instance, "SELECT count(*) FROM photo WHERE verdict = 'checked'") == [(3,)], what="the reply and its photo have come", seconds=60)

        # somebody else
        wu.goto(f"{address}/app/findings/{finding}")
        wu.get_by_role("button", name="销号").first.click()
        until(wu, lambda: known(instance, "SELECT state FROM finding") == [("cleared",)], what="it is cleared once its undo has passed", seconds=40)
