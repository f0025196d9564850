"""The phone's app as files: it starts without a server, a new version comes whole or not at all, nothing foreign runs."""

import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page, Playwright

from fieldbook.kernel import db
from fieldbook.web import shell
from tests import county as small
from tests.browser.phones import Phone, Served, served, until
from tests.conftest import make_app

ROOT = Path(__file__).resolve().parents[2]


class Deployed:
    """A server whose files of the phone's app can be changed, as by a new release; it notes what is fetched."""

    def __init__(self, app: Flask, root: Path) -> None:
        self.app, self.root = app, root
        for folder in ("phone", "css", "vendor"):
            shutil.copytree(ROOT / "static" / folder, root / "static" / folder)
        app.root_path = str(root)
        self.fetched: list[str] = []
        #: addresses that answer something else: a portal's page
        self.portal: set[str] = set()

    def __call__(self, environ, start):  # type: ignore[no-untyped-def]
        path = environ["PATH_INFO"]

        def note(status, headers, *more):  # type: ignore[no-untyped-def]
            if status.startswith("200") and path.startswith("/app/"):
                self.fetched.append(path)
            return start(status, headers, *more)

        if path in self.portal:
            start("200 OK", [("Content-Type", "text/html")])
            return [b"<title>Welcome</title>"]
        return self.app(environ, note)

    def change(self, name: str, before: str, after: str) -> None:
        """A new release, in which one file differs."""
        path = self.root / "static" / name
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after), "utf-8")
        stamp = path.stat().st_mtime + 10
        import os

        os.utime(path, (stamp, stamp))


@pytest.fixture
def deployed(fresh_database: str, tmp_path: Path) -> Iterator[Deployed]:
    app = make_app(tmp_path / "instance", fresh_database)
    yield Deployed(app, tmp_path / "released")
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def server(deployed: Deployed) -> Iterator[Served]:
    with served(deployed) as running:
        yield running


@pytest.fixture
def phone(tools: Playwright, server: Served, tmp_path: Path) -> Iterator[Phone]:
    """A phone with the app on it, ready to work without signal."""
    phone = Phone(tools, tmp_path / "profile", server.address, starts=True).on()
    page = phone.tab()
    until(page, "(await navigator.serviceWorker.getRegistration('/app/'))?.active?.state === 'activated'")
    until(page, "!!navigator.serviceWorker.controller")
    yield phone
    phone.off()
    assert phone.faults == []


def shown(page: Page) -> str:
    """What the page says: waited for until there is something."""
    until(page, "document.querySelector('#app')?.textContent.length > 5")
    return page.inner_text("#app")


def version(page: Page) -> str:
    """The version that answers this page."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => new Promise((done) => { const { port1, port2 } = new MessageChannel();
           port1.onmessage = ({ data }) => done(data); navigator.serviceWorker.controller.postMessage("VERSION", [port2]); })"""
    )


def stays_open(phone: Phone) -> Page:
    """A page that has been open for a while: no cold start, at which a waiting version would be taken at once."""
    page = phone.tab()
    shown(page)
    page.wait_for_timeout(1500)
    return page


def caches(page: Page) -> list[str]:
    return page.evaluate("() => caches.keys()")  # type: ignore[no-any-return]


def test_it_starts_without_a_server_from_its_address_again_and_deep(phone: Phone, server: Served):
    server.stop()
    phone.off()

    page = phone.on().tab("/app/")
    first = shown(page)
    page.reload()
    again = shown(page)
    page.goto(server.address + "/app/places")
    deep = shown(page)
    server.start()

    assert "密码" in first
    assert again == first
    assert deep


def test_logged_in_work_goes_on_without_a_server(phone: Phone, server: Served):
    page = phone.tab()
    shown(page)
    page.get_by_label(re.compile("姓名|账号|用户名|登录名")).fill("lin")
    page.get_by_label("密码").fill(small.PASSWORD)
    page.get_by_role("button", name=re.compile("登录")).click()
    until(page, "(await caches.keys()).length > 0 && document.querySelector('nav') !== null", seconds=20)
    page.goto(server.address + "/app/places")
    until(page, "document.body.innerText.includes('城南农贸市场')", seconds=30)  # the places are here
    server.stop()
    phone.kill()

    page = phone.on().tab("/app/places")
    until(page, "document.body.innerText.includes('城南农贸市场')")
    server.start()


def test_a_new_version_fetches_only_what_changed_and_waits(phone: Phone, deployed: Deployed, server: Served):
    page = stays_open(phone)
    old = version(page)
    deployed.change("css/tokens.css", "#0b6b57", "#0b6b58")
    deployed.fetched.clear()

    page.evaluate("async () => (await navigator.serviceWorker.getRegistration('/app/')).update()")
    until(page, "(await navigator.serviceWorker.getRegistration('/app/')).waiting !== null")

    assert sorted(set(deployed.fetched)) == ["/app/css/tokens.css", "/app/sw.js"]
    assert version(page) == old
    page.evaluate("async () => (await navigator.serviceWorker.getRegistration('/app/')).waiting.postMessage('SKIP_WAITING')")
    until(page, "(await navigator.serviceWorker.getRegistration('/app/')).waiting === null")
    until(page, f"""await new Promise((done) => {{ const {{ port1, port2 }} = new MessageChannel(); port1.onmessage = ({{ data }}) => done(data !== "{old}");
              navigator.serviceWorker.controller.postMessage("VERSION", [port2]); }})""")


def test_a_waiting_version_is_taken_at_a_cold_start_with_nothing_begun(phone: Phone, deployed: Deployed, server: Served):
    page = stays_open(phone)
    old = version(page)
    deployed.change("css/tokens.css", "#0b6b57", "#0b6b58")
    page.evaluate("async () => (await navigator.serviceWorker.getRegistration('/app/')).update()")
    until(page, "(await navigator.serviceWorker.getRegistration('/app/')).waiting !== null")
    phone.off()

    page = phone.on().tab()
    until(page, "!(await navigator.serviceWorker.getRegistration('/app/')).waiting")
    shown(page)

    assert version(page) != old


def test_the_two_newest_versions_are_kept(phone: Phone, deployed: Deployed):
    page = stays_open(phone)
    for colour in ("#0b6b58", "#0b6b59", "#0b6b5a"):
        deployed.change("css/tokens.css", re.search("#0b6b5[0-9a]", (deployed.root / "static/css/tokens.css").read_text())[0], colour)  # type: ignore[index]
        page.evaluate("async () => (await navigator.serviceWorker.getRegistration('/app/')).update()")
        until(page, "(await navigator.serviceWorker.getRegistration('/app/')).waiting !== null")
        page.evaluate("async () => (await navigator.serviceWorker.getRegistration('/app/')).waiting.postMessage('SKIP_WAITING')")
        until(page, "!(await navigator.serviceWorker.getRegistration('/app/')).waiting")
        until(page, "(await navigator.serviceWorker.getRegistration('/app/')).active?.state === 'activated'")
        page.wait_for_timeout(500)

    until(page, "(await caches.keys()).length === 2")


def test_a_portals_page_never_becomes_part_of_the_app(phone: Phone, deployed: Deployed, server: Served):
    page = stays_open(phone)
    old = version(page)
    deployed.change("css/tokens.css", "#0b6b57", "#0b6b58")
    deployed.portal.add("/app/css/tokens.css")

    with pytest.raises(BrowserError):
        page.evaluate("async () => { const r = await navigator.serviceWorker.getRegistration('/app/'); await r.update(); await new Promise((d, f) => { const w = r.installing ?? r.waiting; if (!w) return f(new Error('gone')); w.onstatechange = () => w.state === 'redundant' ? f(new Error('redundant')) : d(); }); if (!r.waiting) throw new Error('not taken'); }")

    assert version(page) == old
    assert len(caches(page)) == 1
    server.stop()
    page.reload()
    assert shown(page)
    server.start()


def test_the_off_switch_takes_the_worker_away_and_leaves_the_work(phone: Phone, deployed: Deployed):
    page = phone.tab()
    page.evaluate("() => localStorage.setItem('proof', 'here')")
    (Path(deployed.app.instance_path) / shell.OFF_SWITCH).write_text("")

    page.evaluate("async () => (await navigator.serviceWorker.getRegistration('/app/')).update().catch(() => {})")
    for _ in range(100):
        page.wait_for_timeout(100)
        try:
            if page.evaluate("async () => !(await caches.keys()).length"):
                break
        except BrowserError:
            continue  # the page is loaded anew

    assert caches(page) == []
    assert page.evaluate("() => localStorage.getItem('proof')") == "here"
    (Path(deployed.app.instance_path) / shell.OFF_SWITCH).unlink()
    phone.faults.clear()


def test_nothing_foreign_runs_on_the_apps_page(phone: Phone):
    page = phone.tab()
    shown(page)

    # From a timer: the browser lifts the policy for what a test runs directly.
    page.evaluate(
        """() => {
          globalThis.outcomes = {};
          const attacks = {
            markup: () => { document.body.innerHTML = "<img src=x>"; },
            worker: () => new Worker("/app/js/work/shrink-worker.js"),
            foreign: () => new Worker("https://example.com/x.js"),
            script: () => { const s = document.createElement("script"); s.src = "/app/js/kit/ids.js"; },
            words: () => (0, eval)("1"),
            policy: () => trustedTypes.createPolicy("mine", { createHTML: (x) => x }),
          };
          setTimeout(() => {
            for (const [name, attack] of Object.entries(attacks)) {
              try { attack(); outcomes[name] = "ran"; } catch { outcomes[name] = "refused"; }
            }
            outcomes.done = true;
          }, 50);
        }"""
    )
    until(page, "outcomes.done")

    outcomes = page.evaluate("() => outcomes")
    phone.faults.clear()
    assert {name: outcome for name, outcome in outcomes.items() if name != "done"} == dict.fromkeys(
        ("markup", "worker", "foreign", "script", "words", "policy"), "refused"
    )


def test_the_worker_touches_nothing_but_the_apps_own_files(phone: Phone, server: Served):
    page = phone.tab()
    held = page.evaluate("async () => { const all = []; for (const name of await caches.keys()) for (const r of await (await caches.open(name)).keys()) all.push(new URL(r.url).pathname); return all; }")
    online = page.evaluate("async () => (await fetch('/api/me')).status")
    server.stop()
    # A connection that the browser had opened ahead is still served once.
    page.evaluate("async () => { for (let i = 0; i < 4; i++) await fetch('/api/me').catch(() => {}); }")

    offline = page.evaluate("async () => fetch('/api/me').then((r) => r.status, () => 'nobody')")
    office = page.evaluate("async () => fetch('/login').then((r) => r.status, () => 'nobody')")
    ranged = page.evaluate("async () => fetch('/app/css/tokens.css', { headers: { Range: 'bytes=0-3' } }).then((r) => r.status, () => 'nobody')")
    server.start()

    assert all(path.startswith("/app/") for path in held)
    assert online == 401
    assert (offline, office, ranged) == ("nobody", "nobody", "nobody")
    phone.faults.clear()


# ---------------------------------------------------------------- the files themselves


@pytest.fixture(scope="module")
def files() -> shell.Shell:
    return shell.build(ROOT)


def test_every_import_leads_to_a_file_that_is_served(files: shell.Shell):
    astray = []
    for address, part in files.parts.items():
        if not address.endswith((".js", ".mjs")) or address == "/app/sw.js":
            continue
        for name in re.findall(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"'\n]+)["']""", part.body.decode()):
            target = shell.IMPORTS.get(name) or (name if name.startswith("/app/") else shell._resolve(address, name))
            if target not in files.parts:
                astray.append(f"{address}: {name}")

    assert astray == []


def test_the_page_names_its_import_map_by_hash(files: shell.Shell):
    page = files.parts["/app/"]
    text = re.search(r'<script type="importmap">(.*?)</script>', page.body.decode())
    assert text

    import base64

    digest = base64.b64encode(hashlib.sha256(text[1].encode()).digest()).decode()

    assert f"'sha256-{digest}'" in (page.csp or "")
    assert "unsafe" not in (page.csp or "")
    assert "nonce" not in (page.csp or "")


def test_the_list_in_front_of_the_worker_is_what_is_served(app: Flask):
    client = app.test_client()
    worker = client.get("/app/sw.js")
    listed = re.findall(r'\["(/app/[^"]*)","([0-9a-f]{64})"\]', worker.get_data(as_text=True))

    assert len(listed) > 10
    assert worker.headers["Cache-Control"] == "no-cache"
    for address, sha256 in listed:
        answer = client.get(address, headers={"Accept-Encoding": "identity"})
        assert hashlib.sha256(answer.data).hexdigest() == sha256, address
    again = client.get("/app/sw.js", headers={"If-None-Match": worker.headers["ETag"]})
    assert again.status_code == 304


def test_workers_run_under_a_policy_of_their_own(app: Flask):
    client = app.test_client()

    for address in sorted(shell.WORKERS):
        assert client.get(address).headers["Content-Security-Policy"] == shell.CSP_WORKER


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("a() // why\nb()", "a()\nb()"),
        ("const a = 'http://x'; /* y */ const b = 1;", "const a='http://x';const b=1;"),
        ("const r = /[/\"']+\\/\\//g; // r\nx", "const r= /[/\"']+\\/\\//g;x"),
        ("html`<p>\n    ${a ? `//${b}` : '/*'}  z\n  </p>` // end", "html`<p>\n${a?`//${b}`:'/*'}  z\n</p>`"),
        ("`keeps\n    its // blanks`", "`keeps\n    its // blanks`"),
        ("a = b\n++c", "a=b\n++c"),
        ("return\n(x)", "return\n(x)"),
        ("x = a + +b - -c", "x=a+ +b- -c"),
        ("x = a / b / c", "x=a / b / c"),
        ("if (a) {\n  b\n}\n(c)", "if(a){b}\n(c)"),
    ],
)
def test_comments_and_blanks_go_and_meaning_stays(source: str, plain: str):
    assert shell.plain_js(source, tight=True).strip() == plain
