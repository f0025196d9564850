"""Desks in a real browser: the small county behind a real address."""

import logging
import threading
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from fieldbook import evidence
from fieldbook.findings import Finding, State
from fieldbook.kernel import db
from tests import county as small
from tests.browser.people import put_away


class Office:
    """The small county behind a real address, with findings as far along as a test wants them."""

    def __init__(self, app: Flask, town: small.County, chromium: Browser) -> None:
        self.app, self.town, self.chromium = app, town, chromium
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        self.open: list[BrowserContext] = []
        self.faults: list[str] = []

    def close(self) -> None:
        for context in self.open:
            put_away(context)
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)

    def draw(self) -> None:
        """Lay the pictures that people see beside every photo that has arrived."""
        store = self.app.extensions["fieldbook"].store
        for number, sha256 in enumerate(db.session.scalars(db.select(evidence.Photo.sha256))):
            for size in ("small", "large"):
                if not store.has(f"{sha256}.{size}"):
                    file = store.spool / "drawn"
                    file.write_bytes(small.picture(number))
                    store.put(f"{sha256}.{size}", file)
        db.session.rollback()

    def finding(self, state: str) -> Finding:
        made = self.town.finding(state=state)
        self.draw()
        return made

    def at_the_desk(self, who: str | None, *, scripts: bool = True, language: str = "zh", **how: Any) -> Page:
        """A browser in which `who` has logged in by the form."""
        context = self.chromium.new_context(viewport={"width": 1366, "height": 768}, java_script_enabled=scripts, locale="zh-CN", **how)
        context.set_default_timeout(20_000)
        self.open.append(context)
        context.add_cookies([{"name": "fieldbook-language", "value": language, "url": self.address}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if "Content Security Policy" in said.text else None)
        if who:
            page.goto(f"{self.address}/login")
            page.fill("#login", who)
            page.fill("#password", small.PASSWORD)
            page.click("main button.main")
            expect(page.locator("#rail")).to_be_visible()
        return page

    def state(self, finding: Finding) -> State:
        return State(self.town.fresh(finding).state)
