"""What both sets of pictures share: sizes, languages, a browser, and how a picture is kept."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright

from tests import servers
from tests.browser.people import put_away

FOLDER = servers.ROOT / "docs" / "screens"
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
SMALL = {"viewport": {"width": 320, "height": 568}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1366, "height": 768}}
NARROW = {"viewport": {"width": 1024, "height": 768}}
CHINESE, ENGLISH = (
    {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"},
    {"locale": "en-GB", "timezone_id": "Asia/Shanghai"},
)
#: where lin stands: in zone 3 of the demo county
HERE = {"permissions": ["geolocation"], "geolocation": {"latitude": 32.9994726, "longitude": 115.008791, "accuracy": 8}}


@contextmanager
def browser(tools: Playwright, folder: Path, **how: Any) -> Iterator[BrowserContext]:
    context = tools.chromium.launch_persistent_context(
        str(folder), executable_path=servers.chromium(), args=servers.CHROMIUM_ARGUMENTS, **how
    )
    context.set_default_timeout(30_000)
    context.add_init_script(servers.SET_UP)
    try:
        yield context
    finally:
        put_away(context)


def shot(page: Page, name: str, *, whole: bool = False) -> None:
    page.wait_for_timeout(900)
    picture = Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")
    # 200 colours are enough to look at, and a fifth of the bytes to clone
    picture.quantize(200, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
    print(f"docs/screens/{name}.png", flush=True)
