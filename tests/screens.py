"""Pictures of the desk and the phone into docs/screens/: `./run screens [--desk] [--phone]`. Looked at beside the design before a release."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from tests import phone_screens, servers
from tests.pictures import CHINESE, DESK, ENGLISH, FOLDER, NARROW, browser, shot


def main() -> None:
    wanted = [word.removeprefix("--") for word in sys.argv[1:]] or ["desk", "phone"]
    if unknown := set(wanted) - {"desk", "phone"}:
        sys.exit(f"./run screens [--desk] [--phone]; not {', '.join(sorted(unknown))}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fieldbook-screens-") as folder, sync_playwright() as tools:
        with servers.fieldbook(Path(folder) / "instance", "--demo", within=240) as server:
            from fieldbook.ops.demo import PASSWORD

            if "desk" in wanted:
                office(tools, server.address, PASSWORD, Path(folder))
            if "phone" in wanted:
                phone_screens.street(tools, server.address, PASSWORD, Path(folder))
        if "phone" in wanted:
            phone_screens.states(tools, Path(folder))


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


if __name__ == "__main__":
    main()
