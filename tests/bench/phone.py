"""The phone's app in a real Chromium at 390 × 844 with the processor throttled four times, beside a bare form page in the same run."""

import http.server
import tempfile
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests import servers
from tests.bench.figure import Figure
from tests.browser.people import log_in, until
from tests.conftest import make_county

THROTTLE = 4
ROUNDS = 5
FORM = b"<!doctype html><meta charset=utf-8><title>form</title><form><label>a<input name=a></label><button>ok</button></form>"
#: painted and able to be touched: the bar of tabs, or the form's button
READY = {"app": "nav.nav a, #password", "form": "button"}


def run() -> list[Figure]:
    """Seconds, kilobytes and megabytes; medians of five cold starts."""
    chromium = servers.chromium()
    if chromium is None:
        raise RuntimeError("no Chromium here: apt install chromium")
    with tempfile.TemporaryDirectory(prefix="fieldbook-bench-") as folder, sync_playwright() as tools:
        instance = Path(folder) / "instance"
        make_county(instance)
        with servers.fieldbook(instance) as server, _form() as form:

            def context(name: str) -> BrowserContext:
                return tools.chromium.launch_persistent_context(
                    str(Path(folder) / name), executable_path=chromium, args=servers.CHROMIUM_ARGUMENTS, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="zh-CN"
                )

            cold, bare = [], []
            for i in range(ROUNDS):
                fresh = context(f"cold-{i}")
                cold.append(_start(fresh.pages[0], f"{server.address}/app/", READY["app"]))
                bare.append(_start(fresh.new_page(), form, READY["form"]))
                fresh.close()
            kept = context("kept")
            page = kept.pages[0]
            log_in(page, server.address, "lin")
            until(page, lambda: page.evaluate("async () => (await caches.keys()).length > 0"), what="the app is kept")
            warm = [_start(kept.new_page(), f"{server.address}/app/", READY["app"]) for _ in range(ROUNDS)]
            kept.close()
    return [
        Figure("phone.form.ready", _median(bare, "ready"), "s"),
        Figure("phone.cold.ready", _median(cold, "ready"), "s", 1.0),
        Figure("phone.cold.ready.of_form", _median(cold, "ready") / _median(bare, "ready"), "x"),
        Figure("phone.kept.ready", _median(warm, "ready"), "s", 0.5),
        Figure("phone.cold.busy", _median(cold, "busy"), "s", 0.8),
        Figure("phone.cold.transfer", _median(cold, "transfer") / 1024, "KB", 120),
        Figure("phone.cold.javascript", _median(cold, "script") / 1024, "KB", 90),
        Figure("phone.kept.heap", _median(warm, "heap") / 2**20, "MB", 6),
    ]


def _start(page: Page, address: str, ready: str) -> dict[str, float]:
    talk = page.context.new_cdp_session(page)
    talk.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    talk.send("Performance.enable")
    talk.send("Network.enable")
    kinds: dict[str, str] = {}
    sizes = {"transfer": 0.0, "script": 0.0}

    def answered(told: dict[str, Any]) -> None:
        kinds[told["requestId"]] = told["type"]

    def finished(told: dict[str, Any]) -> None:
        sizes["transfer"] += told["encodedDataLength"]
        if kinds.get(told["requestId"]) == "Script":
            sizes["script"] += told["encodedDataLength"]

    talk.on("Network.responseReceived", answered)
    talk.on("Network.loadingFinished", finished)
    page.goto(address, wait_until="commit")
    page.locator(ready).first.wait_for()
    began = page.evaluate("() => performance.now()")
    told = {metric["name"]: metric["value"] for metric in talk.send("Performance.getMetrics")["metrics"]}
    at_once = dict(sizes)
    page.wait_for_timeout(500)
    heap = page.evaluate("() => performance.memory.usedJSHeapSize")
    talk.detach()
    return {"ready": began / 1000, "busy": told["TaskDuration"], "heap": heap, **at_once}


def _median(runs: list[dict[str, float]], name: str) -> float:
    return sorted(run[name] for run in runs)[len(runs) // 2]


class _form:
    """A bare page with one form, on a port of its own."""

    def __enter__(self) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(FORM)))
                self.end_headers()
                self.wfile.write(FORM)

            def log_message(self, *_: object) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
