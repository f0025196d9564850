"""What the browser tests stand on: one test's browser, put away, leaves nothing behind for the next."""

import threading
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Playwright

from tests.browser.people import phone
from tests.browser.phones import served


def test_a_phone_put_away_while_an_answer_is_held_back_does_not_trouble_the_next(
    tools: Playwright, tmp_path: Path
) -> None:
    app, put_away = Flask("slow"), threading.Event()

    @app.get("/")
    def page() -> str:
        return "<script>fetch('/slow')</script>"

    @app.get("/slow")
    def slow() -> str:
        put_away.wait(2)
        return "late"

    held: list[str] = []

    def hold(route: Any) -> None:
        held.append(route.request.url)
        route.fulfill(response=route.fetch())

    with served(app) as server:
        with phone(tools, tmp_path / "one") as context:
            context.route("**/slow", hold)
            context.pages[0].goto(server.address)
            while not held:
                context.pages[0].wait_for_timeout(20)
        put_away.set()

        with phone(tools, tmp_path / "next") as context:
            assert context.pages
