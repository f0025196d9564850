"""People with phones: profiles of a real Chromium that are kept, and a thumb that speaks the screens' words."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlite
from playwright.sync_api import BrowserContext, Locator, Page, Playwright
from playwright.sync_api import Error as BrowserError

from tests import county as small
from tests import servers

SHARED = servers.ROOT.parent / "shared" / "photos"


def photograph(number: int) -> tuple[str, bytes]:
    """(name, bytes) of a photo: a real phone's where the shared folder has them, else a drawn one."""
    real = sorted((SHARED / "phone").glob("*.jpg")) + sorted((SHARED / "orientation").glob("*.jpg"))
    if real:
        chosen = real[number % len(real)]
        return chosen.name, chosen.read_bytes()
    print("no ../shared/photos here: drawn pictures stand in for those of real phones")
    return f"drawn-{number}.jpg", small.picture(number, size=(1600, 1200))


@contextmanager
def phone(tools: Playwright, folder: Path, *, new: bool = False, whole: bool = False, **more: Any) -> Iterator[BrowserContext]:
    """A phone of its own: what it keeps lies in `folder`, whatever becomes of the browser.

    new: it has not been set up yet. whole: on the whole Chromium instead of its shell, which has the same engine,
    stores and service worker but no windows.
    """
    chromium = servers.chromium() if whole else servers.headless()
    assert chromium, "no Chromium here: apt install chromium"
    context = tools.chromium.launch_persistent_context(
        str(folder),
        executable_path=chromium,
        args=servers.CHROMIUM_ARGUMENTS,
        viewport={"width": 390, "height": 844},
        device_scale_factor=1,
        has_touch=True,
        is_mobile=True,
        locale=more.pop("locale", "zh-CN"),
        timezone_id="Asia/Shanghai",
        **more,
    )
    context.set_default_timeout(20_000)
    if not new:
        context.add_init_script(servers.SET_UP)
    try:
        yield context
    finally:
        put_away(context)


def put_away(context: BrowserContext) -> None:
    """Close a browser. An answer that a test still holds back would otherwise fail in the test that opens the next one."""
    with suppress(BrowserError):  # it may have been killed
        for one in (*context.pages, context):
            one.unroute_all(behavior="ignoreErrors")
        context.close()


def log_in(page: Page, address: str, who: str, *, password: str = small.PASSWORD) -> None:
    """Log in on the phone and wait until it can start without signal."""
    page.goto(f"{address}/app/")
    page.locator("#login, input[autocomplete=username]").first.fill(who)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")
    page.locator("nav.nav").wait_for()
    until(page, lambda: page.evaluate("() => !!navigator.serviceWorker.controller"), what="the service worker has taken over")


def more_places(rows: list[dict[str, Any]], count: int) -> None:
    """Put places beside those that an answer of the feed tells, until there are `count`: each with another name, address and position."""
    like = next(row for row in rows if row["kind"] == "place")
    streets = ["城南", "人民", "东门", "解放", "和平", "建设", "北关", "文昌"]
    kinds = ["小区", "农贸市场", "公厕", "背街小巷", "超市", "学校"]
    for n in range(count - sum(row["kind"] == "place" for row in rows)):
        name = f"{streets[n % 8]}{streets[(n // 8) % 8]}路{kinds[n % 6]}{n}"
        where = {"lat_e7": like["lat_e7"] + n * 977, "lon_e7": like["lon_e7"] - n * 613}
        own = {"id": str(uuid.uuid5(uuid.NAMESPACE_OID, name)), "code": f"QH{n:05}", "name": name, "initials": "", "address": f"{name[:4]}{n}号"}
        rows.append({**like, **where, **own})


def shoot(page: Page, tile: Locator, number: int) -> None:
    """Tap a tile and give it a photo."""
    name, data = photograph(number)
    with page.expect_file_chooser() as opened:
        tile.tap()
    opened.value.set_files({"name": name, "mimeType": "image/jpeg", "buffer": data})


def judge_the_market(page: Page, *, failing: str, photos: int) -> None:
    """Start a visit at the market from its own page, fail one criterion with photos, pass the rest, finish."""
    page.get_by_role("button", name="开始检查").tap()
    page.locator('[data-code="25.01"]').wait_for()
    section = page.locator(f'[data-code="{failing}"]')
    section.get_by_role("radio", name="不合格").or_(section.get_by_role("button", name="不合格")).first.tap()
    for number in range(photos):
        shoot(page, section.locator("label.add input[type=file]").first, number)
        until(page, lambda n=number: section.locator(".strip .at").count() >= n + 1, what="the photo is in its strip", seconds=40)
    page.get_by_role("button", name="余项合格").tap()
    for _ in range(5):
        page.locator('[data-code="25.01"]').get_by_role("button", name="加一").tap()
    if page.locator('[data-code="25.01"] label.add input[type=file]').count():
        shoot(page, page.locator('[data-code="25.01"] label.add input[type=file]').first, 7)
        until(page, lambda: page.locator('[data-code="25.01"] .strip .at').count() >= 1, what="the view is in its strip", seconds=40)
    page.get_by_role("link", name="完成检查").tap()
    page.get_by_role("button", name="完成").first.tap()
    page.get_by_role("button", name="开始检查").wait_for()  # the screen moves on once the visit is kept


def until(page: Page, true: Callable[[], object], *, what: str, seconds: float = 20) -> None:
    """Wait for something to become true."""
    for _ in range(int(seconds * 5)):
        if true():
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"still not so after {seconds} s: {what}")


def known(instance: Path, question: str, *values: object) -> list[tuple[Any, ...]]:
    """What the server's database says, asked past the server."""
    with sqlite.connect(f"file:{instance / 'fieldbook.sqlite'}?mode=ro", uri=True) as connection:
        return connection.execute(question, values).fetchall()  # type: ignore[no-any-return]
