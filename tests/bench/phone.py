"""The phone's app in a real Chromium at 390 × 844 with the processor throttled four times, beside a bare form page in the same run.

What travels is told by the browser where it starts, and by the server's own answers where a round of work is weighed.
"""

import gzip
import http.server
import json
import tempfile
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route, sync_playwright

from tests import county as small
from tests import servers
from tests.bench.figure import Figure
from tests.browser.people import log_in, more_places, put_away, until
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
                made = tools.chromium.launch_persistent_context(
                    str(Path(folder) / name),
                    executable_path=chromium,
                    args=servers.CHROMIUM_ARGUMENTS,
                    viewport={"width": 390, "height": 844},
                    has_touch=True,
                    is_mobile=True,
                    locale="zh-CN",
                )
                made.add_init_script(servers.SET_UP)
                return made

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
            # a person starts the app when it is not open: tabs of one app share a processor, and each reads what another tells
            page.goto("about:blank")
            warm = []
            for _ in range(ROUNDS):
                again = kept.new_page()
                warm.append(_start(again, f"{server.address}/app/", READY["app"]))
                again.close()
            kept.close()
            some, many = _Work(context("some"), server.address, 600), _Work(context("many"), server.address, 10_000)
            work = [
                *some.heap(6),
                *many.heap(20),
                *some.round(),
                *some.checklist(),
                *some.nothing_new(),
                *many.search(),
                *many.scroll(),
            ]
            for one in (some, many):
                put_away(one.context)
    return [
        Figure("phone.form.ready", _median(bare, "ready"), "s"),
        Figure("phone.cold.ready", _median(cold, "ready"), "s", 1.0),
        Figure("phone.cold.ready.of_form", _median(cold, "ready") / _median(bare, "ready"), "x"),
        Figure("phone.kept.ready", _median(warm, "ready"), "s", 0.5),
        Figure("phone.cold.busy", _median(cold, "busy"), "s", 0.8),
        Figure("phone.cold.transfer", _median(cold, "transfer") / 1024, "KB", 120),
        Figure("phone.cold.javascript", _median(cold, "script") / 1024, "KB", 90),
        Figure("phone.kept.ready.of_form", _median(warm, "ready") / _median(bare, "ready"), "x"),
        Figure("phone.form.busy", _median(bare, "busy"), "s"),
        *work,
    ]


class _Work:
    """A phone whose zone holds so many places, at work."""

    def __init__(self, context: BrowserContext, address: str, places: int) -> None:
        self.context, self.address, self.places = context, address, places
        self.asked: list[str] = []
        self.weight = 0
        context.route("**/api/pull**", self._fill)
        context.on("request", lambda request: self.asked.append(request.url.removeprefix(address)))
        self.page = context.pages[0]
        log_in(self.page, address, "lin")
        until(self.page, lambda: self.page.locator('[data-pill="sent"]').count(), what="all is there", seconds=60)
        self.talk = context.new_cdp_session(self.page)
        self.talk.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})

    def _fill(self, route: Route) -> None:
        """Put places beside the small county's own, each with another name, address and position."""
        answer = route.fetch()
        told = answer.json()
        if "cursor=" in route.request.url:
            return route.fulfill(response=answer)
        more_places(told["rows"], self.places)
        body = json.dumps(told, ensure_ascii=False)
        self.weight = len(gzip.compress(body.encode()))
        return route.fulfill(response=answer, body=body)

    def heap(self, limit: float) -> list[Figure]:
        self.page.goto(f"{self.address}/app/")
        self.page.locator("nav.nav").wait_for()
        self.page.wait_for_timeout(1500)
        self.talk.send("HeapProfiler.collectGarbage")
        used = self.talk.send("Runtime.getHeapUsage")["usedSize"]
        return [Figure(f"phone.heap.{self.places}_places", used / 2**20, "MB", limit)]

    def round(self) -> list[Figure]:
        manual = self.page.evaluate("async () => (await (await fetch('/api/manual/1')).text())")
        weight = (self.weight + len(gzip.compress(manual.encode()))) / 1024
        return [Figure("phone.round", weight, "KB gz", 300)]

    def checklist(self) -> list[Figure]:
        page = self.page
        page.goto(f"{self.address}/app/places/{small.named('城南农贸市场')}")
        page.get_by_role("button", name="开始检查").wait_for()
        page.wait_for_timeout(500)
        painted = page.evaluate(
            """async () => {
                const button = [...document.querySelectorAll("button")].find((one) => one.textContent.includes("开始检查"));
                const began = performance.now();
                button.click();
                while (!document.querySelector("section.crit")) await new Promise(requestAnimationFrame);
                const many = document.querySelectorAll("section.crit").length;
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
                return [performance.now() - began, many];
            }"""
        )
        section = page.locator('[data-code="25.07"]')
        section.get_by_role("radio", name="不合格").or_(section.get_by_role("button", name="不合格")).first.tap()
        add = section.locator("label.add input[type=file]").first
        page.evaluate(
            "() => addEventListener('change', () => (globalThis.shot = performance.now()), { capture: true })"
        )
        thumbs = []
        for number in range(3):
            # 12 megapixels, as a phone's own camera gives them
            add.set_input_files(
                {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": small.picture(number, size=(4000, 3000))}
            )
            thumbs.append(
                page.evaluate(
                    """async (many) => {
                        while (document.querySelectorAll('[data-code="25.07"] .strip img').length < many) await new Promise(requestAnimationFrame);
                        return performance.now() - globalThis.shot;
                    }""",
                    number + 1,
                )
            )
        return [
            Figure(f"phone.checklist_of_{painted[1]}.painted", painted[0], "ms", 300),
            Figure("phone.photo.to_thumbnail", sorted(thumbs)[1] / 1000, "s", 1.5),
        ]

    def nothing_new(self) -> list[Figure]:
        page = self.page
        page.wait_for_timeout(3000)
        self.asked.clear()
        page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
        page.wait_for_timeout(3000)
        return [
            Figure("phone.sync_nothing_new", len([one for one in self.asked if one.startswith("/api/")]), "requests", 1)
        ]

    def search(self) -> list[Figure]:
        self.page.goto(f"{self.address}/app/places")
        self.page.locator("main ul.rows li").first.wait_for()
        self.page.wait_for_timeout(2000)  # a person looks at the list before they type
        spent = self.page.evaluate(
            """async () => {
                const box = document.querySelector("input[type=search]");
                const spent = [];
                for (const typed of ["r", "rm", "rmj", "解放", "QH07", "7", ""]) {
                    const began = performance.now();
                    box.value = typed;
                    box.dispatchEvent(new Event("input", { bubbles: true }));
                    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
                    spent.push(performance.now() - began);
                }
                return spent.sort((a, b) => a - b);
            }"""
        )
        return [
            Figure("phone.search_among_10000.letter", spent[len(spent) // 2], "ms", 100),
            Figure("phone.search_among_10000.worst", spent[-1], "ms"),
        ]

    def scroll(self) -> list[Figure]:
        """Down the list: how long a frame takes at worst, how many places went by, and how many rows the page ever holds."""
        frames = self.page.evaluate(
            """async () => {
                const frames = [];
                let most = 0;
                let last = performance.now();
                for (let i = 0; i < 240; i++) {
                    scrollBy(0, 400);
                    await new Promise(requestAnimationFrame);
                    frames.push(performance.now() - last);
                    last = performance.now();
                    most = Math.max(most, document.querySelectorAll("ul.rows li").length);
                }
                const passed = Number([...document.querySelectorAll("ul.rows [aria-posinset]")].at(-1).ariaPosInSet);
                return [frames.filter((ms) => ms > 50).length, Math.max(...frames), passed, most];
            }"""
        )
        return [
            Figure("phone.scroll.frames_over_50_ms", frames[0], f"of 240, past {frames[2]} places, {frames[3]} rows at most"),
            Figure("phone.scroll.longest_frame", frames[1], "ms"),
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
