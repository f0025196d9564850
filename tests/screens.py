"""Pictures of the screens from the demo county into docs/screens/: `./run screens [office] [street]`. Looked at beside the design before a release."""

import io
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from tests import county as small
from tests import servers

FOLDER = servers.ROOT / "docs" / "screens"
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
SMALL = {"viewport": {"width": 320, "height": 568}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1366, "height": 768}}
NARROW = {"viewport": {"width": 1024, "height": 768}}
CHINESE, ENGLISH = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}, {"locale": "en-GB", "timezone_id": "Asia/Shanghai"}
#: where lin stands: in zone 3 of the demo county
HERE = {"permissions": ["geolocation"], "geolocation": {"latitude": 32.9994726, "longitude": 115.008791, "accuracy": 8}}


def main() -> None:
    wanted = sys.argv[1:] or ["office", "street"]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fieldbook-screens-") as folder, sync_playwright() as tools:
        with servers.fieldbook(Path(folder) / "instance", "--demo", within=240) as server:
            from fieldbook.ops.demo import PASSWORD

            for name, take in (("office", office), ("street", street)):
                if name in wanted:
                    take(tools, server.address, PASSWORD, Path(folder))


@contextmanager
def browser(tools: Playwright, folder: Path, **how: Any) -> Iterator[BrowserContext]:
    context = tools.chromium.launch_persistent_context(str(folder), executable_path=servers.chromium(), args=servers.CHROMIUM_ARGUMENTS, **how)
    context.set_default_timeout(30_000)
    context.add_init_script(servers.SET_UP)
    try:
        yield context
    finally:
        context.close()


def shot(page: Page, name: str, *, whole: bool = False) -> None:
    page.wait_for_timeout(900)
    picture = Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")
    # 200 colours are enough to look at, and a fifth of the bytes to clone
    picture.quantize(200, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
    print(f"docs/screens/{name}.png", flush=True)


def office(tools: Playwright, address: str, password: str, folder: Path) -> None:
    """The desk's pages: Chinese at 1366, English, 1024 and dark."""
    for tag, how, scheme in (("", DESK | CHINESE, "light"), ("-en", DESK | ENGLISH, "light"), ("-1024", NARROW | CHINESE, "light"), ("-dark", DESK | CHINESE, "dark")):
        with browser(tools, folder / f"desk{tag}", color_scheme=scheme, **how) as context:
            page = context.pages[0]
            if tag == "-en":
                context.add_cookies([{"name": "fieldbook-language", "value": "en", "url": address}])
            page.goto(f"{address}/login")
            shot(page, f"desk-login{tag}")
            page.fill("#login", "zhou")
            page.fill("#password", password)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "/login" not in url)
            for name, path in (("overview", "/overview"), ("review", "/review"), ("dispatch", "/dispatch"), ("findings", "/findings"), ("visits", "/visits"), ("places", "/places"), ("manual", "/manual?kind=25"), ("notices", "/notices")):
                page.goto(f"{address}{path}")
                shot(page, f"desk-{name}{tag}")
            page.goto(f"{address}/findings?view=overdue")
            page.goto(address + str(page.locator("table a[href^='/findings/']").first.get_attribute("href")))
            shot(page, f"desk-finding{tag}", whole=True)
            page.goto(f"{address}/visits")
            page.goto(address + str(page.locator("a[href^='/visits/']").first.get_attribute("href")))
            shot(page, f"desk-visit{tag}", whole=True)
            page.goto(f"{address}/places")
            page.goto(address + str(page.locator("main a[href^='/places/']:not([href*='?'])").first.get_attribute("href")))
            shot(page, f"desk-place{tag}", whole=True)
            page.goto(f"{address}/findings/00000000-0000-4000-8000-000000000000")
            shot(page, f"desk-error{tag}")
        with browser(tools, folder / f"admin{tag}", color_scheme=scheme, **how) as context:
            page = context.pages[0]
            if tag == "-en":
                context.add_cookies([{"name": "fieldbook-language", "value": "en", "url": address}])
            page.goto(f"{address}/login")
            page.fill("#login", "admin")
            page.fill("#password", password)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "/login" not in url)
            for name, path in (("people", "/people"), ("areas", "/areas"), ("units", "/units"), ("import", "/places/import"), ("settings", "/settings"), ("setup", "/setup")):
                page.goto(f"{address}{path}")
                shot(page, f"desk-{name}{tag}", whole=name == "settings")


def street(tools: Playwright, address: str, password: str, folder: Path) -> None:
    """The phone's screens: Chinese at 390, English, 320 and dark."""
    for tag, how, scheme in (("", PHONE | CHINESE, "light"), ("-en", PHONE | ENGLISH, "light"), ("-320", SMALL | CHINESE, "light"), ("-dark", PHONE | CHINESE, "dark")):
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
            page.locator("main ul li a", has_text=re.compile("个问题未销|open finding|not cleared|uncleared")).first.click()
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


if __name__ == "__main__":
    main()
