"""A phone for the tests: a real Chromium with a profile that is kept, killed and started again like an Android does it."""

import json
import logging
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import BrowserContext, Page, Playwright
from playwright.sync_api import Error as BrowserError
from werkzeug.serving import WSGIRequestHandler, make_server

from tests import servers
from tests.browser.people import put_away

logging.getLogger("werkzeug").setLevel(logging.WARNING)

CHROMIUM = servers.chromium()


class _OneByOne(WSGIRequestHandler):
    """Closes each connection, so that a stopped server does not go on answering on an old one."""

    protocol_version = "HTTP/1.0"


class Served:
    """An application on a real port, which can be stopped and started on the same port again."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_OneByOne)
        self.port = self._server.server_port
        self.address = f"http://127.0.0.1:{self.port}"
        self._serve()

    def _serve(self) -> None:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def start(self, app: Any = None) -> None:
        self.app = app or self.app
        self._server = make_server("127.0.0.1", self.port, self.app, threaded=True, request_handler=_OneByOne)
        self._serve()


@contextmanager
def served(app: Flask | Any) -> Iterator[Served]:
    """`app` on a port of its own."""
    server = Served(app)
    try:
        yield server
    finally:
        server.stop()


class Phone:
    """One phone. What it keeps lies in `folder`, whatever happens to the browser."""

    def __init__(self, tools: Playwright, folder: Path, address: str, *, starts: bool = False, **how: Any) -> None:
        """starts: whether the app itself comes up on its pages; without it tests open the stores by themselves."""
        self._tools, self.folder, self.address, self._starts, self._how = tools, folder, address, starts, how
        self.context: BrowserContext | None = None
        self.heard: list[str] = []
        self.faults: list[str] = []

    def on(self, *, starts: bool | None = None) -> "Phone":
        """Start the browser on the kept profile. starts: as at first, unless the app itself is to come up from now on, or not."""
        self._starts = self._starts if starts is None else starts
        self.context = self._tools.chromium.launch_persistent_context(
            str(self.folder), executable_path=CHROMIUM, args=servers.CHROMIUM_ARGUMENTS, viewport={"width": 390, "height": 844}, locale="zh-CN", **self._how
        )
        self.context.set_default_timeout(20_000)
        self.context.add_init_script(servers.SET_UP)
        self.context.expose_function("said", lambda words: self.heard.append(words))
        if not self._starts:
            # The page without the app on it: tests open the stores by themselves, each module as it is written.
            for start in ("**/app/js/start.js", "**/app/js/parcel/start.js"):
                self.context.route(start, lambda route: route.fulfill(content_type="text/javascript", body=""))
        return self

    def tab(self, path: str = "/app/") -> Page:
        """A new page of the app."""
        assert self.context
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self.faults.append(message.text) if "Content Security Policy" in message.text else None)
        page.goto(self.address + path)
        return page

    def kill(self) -> None:
        """SIGKILL for every process of this browser, as when Android needs memory."""
        for pid in self._processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        until = time.monotonic() + 10
        while self._processes() and time.monotonic() < until:
            time.sleep(0.02)
        self.off()
        # A killed browser leaves its lock; the next one would take itself for the second.
        for name in ("SingletonLock", "SingletonSocket", "SingletonCookie"):
            (self.folder / name).unlink(missing_ok=True)

    def off(self) -> None:
        """Close the browser."""
        if self.context:
            put_away(self.context)
        self.context = None

    def lose(self, *names: str) -> None:
        """Delete folders of the profile, as a damaged database makes the browser do."""
        for name in names:
            found = list(self.folder.glob(f"Default/{name}"))
            assert found, f"the profile has no {name}"
            for path in found:
                shutil.rmtree(path)

    def tear(self, name: str, *, bytes_off: int = 10) -> None:
        """Cut the end off the newest log of a LevelDB folder of the profile, as a kill in the middle of a write leaves it."""
        for log in self._logs(name):
            with log.open("r+b") as file:
                file.truncate(log.stat().st_size - bytes_off)

    def flip(self, name: str) -> None:
        """Turn one bit over near the beginning of what a LevelDB folder of the profile holds."""
        for log in self._logs(name):
            data = bytearray(log.read_bytes())
            data[min(20, len(data) - 1)] ^= 1
            log.write_bytes(data)

    def _logs(self, name: str) -> list[Path]:
        newest = [max(folder.glob("*.log")) for folder in self.folder.glob(f"Default/{name}") if any(folder.glob("*.log"))]
        found = [log for log in newest if log.stat().st_size]
        assert found, f"the profile has no log in {name}"
        return found

    def _processes(self) -> list[int]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if str(self.folder) in (folder / "cmdline").read_text(errors="replace") and " Z " not in (folder / "stat").read_text():
                    found.append(int(folder.name))
            except OSError:
                continue
        return found


#: the browser's databases and the browser's files, as folders of a profile
DATABASES = "IndexedDB/*"
FILES = "File System"
#: the LevelDB folders in them: the databases themselves, and the names of the files (the bytes lie beside them, in plain files)
DATABASE_LOGS = "IndexedDB/*.leveldb"
FILE_NAMES = "File System/*/*/Paths"
FILE_ORIGINS = "File System/Origins"

#: names that the snippets below use
SETTING = """
const store = await import("/app/js/store/open.js");
const state = await import("/app/js/store/state.js");
const tab = await import("/app/js/store/tab.js");
const { sha256 } = await import("/app/js/kit/hash.js");
const newPhoto = async (bytes = 20_000) => {
  const buffer = crypto.getRandomValues(new Uint8Array(bytes)).buffer;
  return { sha256: await sha256(buffer), bytes, width: 1200, height: 1600, taken_at: Date.now(), source: "camera", buffer, thumb: new ArrayBuffer(40) };
};
const named = ({ sha256, bytes, width, height, taken_at, source }) => ({ sha256, bytes, width, height, taken_at, source });
"""


def run(page: Page, script: str, given: Any = None) -> Any:
    """Run statements in the page, with the phone's modules at hand; `given` is theirs, `return` gives something back."""
    return page.evaluate(f"async (given) => {{ {SETTING}\n{script} }}", given)


def holds(page: Page, person: str) -> dict[str, Any]:
    """Open a person's stores in this page, and tell what is in them."""
    return run(  # type: ignore[no-any-return]
        page,
        """
        await store.open(given);
        await store.storesReady();
        return {
          healed: state.healed.value,
          lost: state.lost.value,
          note: state.storesNote.value,
          slot: tab.here().log?.slot ?? null,
          device: (await store.deviceHere()).id,
          commands: Object.fromEntries(state.entries.value.map((one) => [one.id, one.n])),
          photos: Object.fromEntries([...state.photoMarks.value.values()].map((one) => [one.sha256, one.state])),
          drafts: Object.fromEntries(state.drafts.value.map((one) => [one.id, one])),
        };
        """,
        person,
    )


def until(page: Page, expression: str, *, seconds: float = 15) -> Any:
    """Wait until an expression is true in the page. Polled from here: the app's policy forbids the usual way."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if value := page.evaluate(f"async () => ({expression})"):
                return value
        except BrowserError as error:
            if "navigation" not in str(error):  # else the page is being loaded anew
                raise
        page.wait_for_timeout(50)
    raise AssertionError(f"not within {seconds} s: {expression}")


def logged_in(page: Page, login: str, password: str) -> None:
    """Log in through the app's own door, without its screen."""
    answer = page.evaluate(
        "async ([login, password]) => (await import('/app/js/outbox/person.js')).logIn(login, password)", [login, password]
    )
    assert answer["ok"], json.dumps(answer, ensure_ascii=False)
