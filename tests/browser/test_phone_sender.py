"""The phone's sender: each command reaches the server once, each photo leaves only against a receipt."""

import base64
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright
from sqlalchemy import func, select

from fieldbook import sync
from fieldbook.evidence.model import Photo
from fieldbook.findings import Finding
from fieldbook.kernel import db, utcnow
from fieldbook.sync.model import CommandRow
from tests import county as small
from tests.browser.phones import DATABASES, Phone, Served, logged_in, run, served, until
from tests.conftest import make_app

#: a photo that the server will take, drawn on the spot and shrunk like any other; `report` keeps one finding with its photos
REPORTING = """
const outbox = await import("/app/js/outbox/keep.js");
const sender = await import("/app/js/outbox/sender.js");
const shown = await import("/app/js/outbox/state.js");
const { takePhoto } = await import("/app/js/work/shrink.js");
const shoot = async () => {
  const canvas = new OffscreenCanvas(800, 600);
  const pen = canvas.getContext("2d");
  for (let i = 0; i < 60; i++) {
    pen.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
    pen.fillRect(Math.random() * 700, Math.random() * 500, 150, 120);
  }
  const photo = await takePhoto(await canvas.convertToBlob({ type: "image/jpeg" }));
  await store.keepPhoto({ ...photo, source: "camera" });
  const { sha256, bytes, width, height, taken_at } = photo;
  return { sha256, bytes, width, height, taken_at, source: "camera" };
};
const report = async (words, count = 1, how = {}) => {
  const photos = [];
  for (let i = 0; i < count; i++) photos.push(await shoot());
  const body = { place: given?.place, kind: "25", criterion: "25.07", manual: 1, reasons: [0], words, photos };
  return outbox.keep("finding.report", crypto.randomUUID(), body, { photos: photos.map((one) => one.sha256), ...how });
};
const settled = async () => { for (let i = 0; i < 200 && (shown.waiting.value.length || shown.waitingPhotos.value.length); i++) {
  await sender.sendNow(); await new Promise((done) => setTimeout(done, 50)); } };
"""
MARKET = {"place": str(small.named("城南农贸市场"))}


@dataclass
class Weather:
    """What lies between the phone and the server: it sees every request and may answer in the server's place, or lose answers."""

    app: Any
    asked: list[tuple[str, str]] = field(default_factory=list)
    #: the words of the commands of each push; what only tells how much is left is not one
    pushed: list[list[str]] = field(default_factory=list)
    #: asked before the server: a WSGI answer (status, type, body) or None to let the request through
    instead: Callable[[str, str, bytes], tuple[str, str, bytes] | None] = lambda *_: None
    #: nothing of the API gets through, as without signal; the app's own files do
    cut: bool = False
    #: answers of these paths are lost after the server did the work
    lose: set[str] = field(default_factory=set)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        body = b""
        if path.startswith("/api/"):
            self.asked.append((method, path))
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            if path == "/api/push" and (commands := json.loads(body)["commands"]):
                self.pushed.append([command["body"].get("words", command["verb"]) for command in commands])
        answer = self.instead(method, path, body)
        if self.cut and path.startswith("/api/"):
            answer = "502 Bad Gateway", "text/html", b"<h1>no route</h1>"
        if answer:
            status, kind, data = answer
            start(status, [("Content-Type", kind), ("Content-Length", str(len(data)))])
            return [data]
        if path in self.lose:
            self.lose.discard(path)
            list(self.app(environ, lambda *_: None))
            start("502 Bad Gateway", [("Content-Type", "text/html")])
            return [b"<h1>bad gateway</h1>"]
        return self.app(environ, start)


@dataclass
class Line:
    """A phone, the server, and what lies between."""

    phone: Phone
    server: Served
    weather: Weather
    app: Flask

    def page(self, person: str = "lin") -> Page:
        page = self.phone.tab()
        logged_in(page, person, small.PASSWORD)
        until(page, "!(await import('/app/js/outbox/state.js')).sending.value")
        return page

    def count(self, what: Any) -> int:
        with self.app.app_context():
            found = db.session.scalar(select(func.count()).select_from(what))
            db.session.remove()
        return int(found or 0)

    def arrived(self) -> int:
        """Photos whose bytes the server has."""
        return self.count(Photo)


@pytest.fixture
def line(tools: Playwright, fresh_database: str, tmp_path: Path) -> Iterator[Line]:
    """lin's phone and the small county at the real time."""
    if fresh_database.startswith("sqlite"):
        shutil.copy(fresh_database.removeprefix("sqlite:///"), tmp_path / "backup.sqlite")
    app = make_app(tmp_path / "instance", fresh_database)
    weather = Weather(app)
    with served(weather) as server:
        phone = Phone(tools, tmp_path / "profile", server.address, service_workers="block").on()
        yield Line(phone, server, weather, app)
        phone.off()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_report_with_photos_arrives_once_and_leaves_the_log_empty(line: Line):
    page = line.page()

    found = run(
        page,
        REPORTING
        + """
        await report("one", 2);
        await settled();
        await tab.inTurn(async () => {});
        return { pill: shown.pill.value, live: (await tab.here().log.weigh()).live,
                 photos: [...state.photoMarks.value.values()].map((one) => [one.state, typeof one.receipt.seq]) };
        """,
        MARKET,
    )

    assert found["pill"] == {"kind": "sent", "photos": 0, "commands": 0}
    assert found["live"] == []
    assert found["photos"] == [["received", "number"]] * 2
    assert line.count(Finding) == 1
    assert line.arrived() == 2


def test_offline_work_stays_and_goes_when_the_server_is_back(line: Line):
    page = line.page()
    line.weather.cut = True
    offline = run(
        page,
        REPORTING + "for (const words of ['a', 'b', 'c']) await report(words); await sender.sendNow(); return shown.pill.value",
        MARKET,
    )
    line.weather.cut = False

    online = run(page, REPORTING + "await settled(); return shown.pill.value", MARKET)

    assert offline == {"kind": "offline", "photos": 3, "commands": 3}
    assert online == {"kind": "sent", "photos": 0, "commands": 0}
    assert line.count(Finding) == 3


#: the phone's clock from now on, as far from the real one as the test says
CLOCK = """
const real = (window.realNow ??= Date.now.bind(Date));
const set = (days) => { Date.now = () => real() + days * 86_400_000; };
"""


def test_a_clock_that_is_set_to_and_fro_without_signal_costs_nothing_and_moves_no_deadline(line: Line):
    page = line.page()
    line.weather.cut = True
    kept = run(
        page,
        REPORTING + CLOCK + "for (const [days, words] of [[0, 'right'], [18_000, 'ahead'], [-3650, 'behind'], [-3643, 'a week later']]) { set(days); await report(words); } return 1",
        MARKET,
    )
    page.close()
    page = line.phone.tab()  # the phone is started again, with its clock ten years behind
    run(page, CLOCK + "set(-3643); await store.open(given); await store.storesReady();", str(small.named("lin")))
    line.weather.cut = False

    pill = run(page, REPORTING + "await settled(); return shown.pill.value", MARKET)

    now = utcnow()
    with line.app.app_context():
        found = {one.words: one for one in db.session.scalars(select(Finding))}
        db.session.remove()
    assert kept == 1
    assert pill == {"kind": "sent", "photos": 0, "commands": 0}
    assert list(dict.fromkeys(words for batch in line.weather.pushed for words in batch)) == ["right", "ahead", "behind", "a week later"]
    assert line.arrived() == 4
    assert {words: (now - one.received_at) < timedelta(minutes=5) and one.found_at <= one.received_at for words, one in found.items()} == dict.fromkeys(
        ["right", "ahead", "behind", "a week later"], True
    )
    assert all(one.due_at is not None and now < one.due_at < now + timedelta(days=20) for one in found.values())


def test_an_answer_that_got_lost_does_nothing_twice(line: Line):
    page = line.page()
    line.weather.lose = {"/api/push"}

    pill = run(page, REPORTING + "await report('once'); await settled(); return shown.pill.value", MARKET)

    assert pill["kind"] == "sent"
    assert line.weather.pushed == [["once"], ["once"]]
    assert line.count(Finding) == 1
    assert line.count(CommandRow) == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [("text/html", b"<title>Welcome to the hotel</title>"), ("application/json", b'{"ok": true}'), ("application/json", b'{"epoch": "12'), ("application/json", b"\x1f\x8b\x08garbage")],
)
def test_a_portals_page_is_nobodys_answer(line: Line, kind: str, body: bytes):
    page = line.page()
    line.weather.instead = lambda method, path, _: ("200 OK", kind, body) if path.startswith("/api/") else None

    offline = run(page, REPORTING + "await report('kept'); await sender.sendNow(); return shown.pill.value", MARKET)
    line.weather.instead = lambda *_: None
    online = run(page, REPORTING + "await settled(); return shown.pill.value", MARKET)

    assert offline == {"kind": "offline", "photos": 1, "commands": 1}
    assert online["kind"] == "sent"
    assert line.count(Finding) == 1


def test_a_login_that_ended_pauses_the_outbox_and_never_the_work(line: Line):
    page = line.page()
    assert line.phone.context
    line.phone.context.clear_cookies()

    paused = run(page, REPORTING + "await report('later'); await sender.sendNow(); return [shown.paused.value, shown.pill.value.commands]", MARKET)
    logged_in(page, "lin", small.PASSWORD)
    after = run(page, REPORTING + "await settled(); return [shown.paused.value, shown.pill.value.commands]", MARKET)

    assert paused == ["login", 1]
    assert after == ["", 0]
    assert line.count(Finding) == 1


def test_nothing_is_sent_in_somebody_elses_name(line: Line):
    page = line.page()
    line.weather.cut = True
    run(page, REPORTING + "await report('by lin'); await sender.sendNow()", MARKET)
    line.weather.cut = False
    # The office's login page in the same browser: the cookie is now zhao's.
    line.phone.tab("/app/nothing").evaluate(
        """(given) => fetch("/api/login", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) })""",
        {"login": "zhao", "password": small.PASSWORD},
    )
    line.weather.pushed.clear()

    paused = run(page, REPORTING + "sender.start(); await sender.sendNow(); await sender.sendNow(); return [shown.paused.value, shown.pill.value.commands]", MARKET)

    assert paused == ["someone_else", 1]
    assert line.weather.pushed == []


def test_a_batch_refused_whole_is_halved_until_the_culprit_stands_alone(line: Line):
    page = line.page()

    def refuse(_method: str, path: str, body: bytes) -> tuple[str, str, bytes] | None:
        if path == "/api/push" and b'"words":"poison"' in body:
            return "500 Internal Server Error", "application/json", b'{"epoch": "%s", "code": "web.fault", "message": "x"}' % epoch
        return None

    epoch = run(page, "return (await import('/app/js/store/meta.js')).readMeta('epoch')").encode()
    line.weather.cut = True
    run(page, REPORTING + "for (const words of ['1', '2', 'poison', '4', '5']) await report(words); await sender.sendNow()", MARKET)
    line.weather.cut = False
    line.weather.instead = refuse

    found = run(
        page,
        REPORTING
        + """
        for (let i = 0; i < 8 && !shown.needsAttention.value.length; i++) await sender.sendNow();
        return [shown.needsAttention.value.map((one) => [one.entry.command.body.words, one.code, one.entry.tries]), shown.pill.value.commands];
        """,
        MARKET,
    )

    assert found == [[["poison", "web.fault", 5]], 0]
    assert line.count(Finding) == 4
    assert line.weather.pushed[-1] == ["poison"]


def test_a_refused_command_stands_in_need_of_attention_with_the_servers_sentence(line: Line):
    page = line.page()

    found = run(
        page,
        REPORTING
        + """
        await outbox.keep("finding.clear", crypto.randomUUID(), { words: "" });
        await sender.sendNow();
        await report("still goes");
        await settled();
        return [shown.needsAttention.value.map((one) => [one.code, one.message.length > 5]), shown.pill.value.commands];
        """,
        MARKET,
    )

    assert len(found[0]) == 1
    assert found[0][0][1] is True
    assert found[1] == 0
    assert line.count(Finding) == 1


def test_the_first_photo_of_every_finding_goes_before_the_second_of_any(line: Line):
    page = line.page()
    line.weather.cut = True
    wanted = run(
        page,
        REPORTING
        + """
        const commands = [];
        for (const words of ["a", "b", "c"]) commands.push(await report(words, 2));
        await sender.sendNow();
        return commands.map((one) => one.body.photos.map((photo) => photo.sha256));
        """,
        MARKET,
    )
    line.weather.cut = False
    line.weather.asked.clear()

    run(page, REPORTING + "await settled()", MARKET)

    sent = [path.rsplit("/", 1)[1] for method, path in line.weather.asked if method == "PUT"]
    assert set(sent[:3]) == {photos[0] for photos in wanted}
    assert set(sent[3:]) == {photos[1] for photos in wanted}


def test_a_verdict_is_not_sent_before_it_can_no_longer_be_taken_back(line: Line):
    page = line.page()

    before = run(
        page,
        REPORTING
        + """
        const command = await report("slow", 1, { delay_ms: 600 });
        await sender.sendNow();
        const early = shown.pill.value.commands;
        await new Promise((done) => setTimeout(done, 900));
        await settled();
        return [early, await outbox.takeBack(command.id), shown.pill.value.commands];
        """,
        MARKET,
    )

    assert before == [1, None, 0]
    assert line.count(Finding) == 1


def test_a_killed_phone_sends_after_its_next_start(line: Line):
    page = line.page()
    line.weather.cut = True
    run(page, REPORTING + "for (const words of ['a', 'b']) await report(words, 2)", MARKET)
    line.phone.kill()
    line.phone.lose(DATABASES)
    line.weather.cut = False

    page = line.phone.on().tab()
    logged_in(page, "lin", small.PASSWORD)
    run(page, REPORTING + "await settled()", MARKET)

    assert line.count(Finding) == 2
    assert line.arrived() == 4
    with line.app.app_context():
        assert sorted(db.session.scalars(select(CommandRow.n))) == [1, 2]
        db.session.remove()


def test_after_a_restored_backup_the_phone_sends_again_what_the_backup_lacks(line: Line, tmp_path: Path):
    if not (tmp_path / "backup.sqlite").exists():
        pytest.skip("the backup here is a file")
    page = line.page()
    run(page, REPORTING + "await report('after the backup', 1); await settled()", MARKET)
    line.server.stop()
    restored = make_app(tmp_path / "restored", f"sqlite:///{tmp_path / 'backup.sqlite'}")
    with restored.app_context(), small.County(restored).acting("ma") as act:
        epoch = sync.new_epoch(act)
    line.weather.app = line.app = restored
    line.server.start()

    logged_in(page, "lin", small.PASSWORD)
    run(page, REPORTING + "await sender.sendNow(); await settled()", MARKET)

    assert line.count(Finding) == 1
    assert line.arrived() == 1
    assert run(page, "return (await import('/app/js/store/meta.js')).readMeta('epoch')") == epoch


def test_nothing_new_costs_one_small_request(line: Line):
    page = line.page()
    run(page, "const sender = await import('/app/js/outbox/sender.js'); await sender.sendNow()")
    line.weather.asked.clear()

    run(page, "const sender = await import('/app/js/outbox/sender.js'); await sender.sendNow()")

    assert line.weather.asked == [("GET", "/api/pull")]


def test_bytes_stay_on_the_phone_until_a_backup_covers_them(line: Line):
    page = line.page()
    kept = "const { sent } = shown; return [[...state.photoMarks.value.values()].length, sent.value.map((one) => one.command.body !== null)]"
    before = run(page, REPORTING + "await report('covered later', 1); await settled(); await sender.sendNow();" + kept, MARKET)
    with line.app.app_context(), small.County(line.app).acting("ma") as act:
        sync.backed_up(act, 10_000)

    after = run(page, REPORTING + "await sender.sendNow();" + kept, MARKET)

    assert before == [1, [True]]
    assert after == [0, [False]]


def test_every_phone_is_a_witness_of_the_journal(line: Line):
    page = line.page()
    looks = """
    const { checkChain, historyChanged } = await import("/app/js/outbox/witness.js");
    const meta = await import("/app/js/store/meta.js");
    const yesterday = async (change) => meta.writeMeta("witness", { ...(await meta.readMeta("witness")), at: 1, ...change });
    """
    begun = run(page, REPORTING + looks + "await report('one'); await report('two'); await settled(); await sender.sendNow(); return (await meta.readMeta('witness')).seq", MARKET)
    honest = run(page, REPORTING + looks + "await report('three'); await settled(); await yesterday({}); await sender.sendNow(); return [(await meta.readMeta('witness')).seq, historyChanged.value]", MARKET)

    forged = run(page, REPORTING + looks + "await report('four'); await settled(); await yesterday({ head: 'ab'.repeat(32) }); await checkChain(); return historyChanged.value", MARKET)

    assert honest[0] > begun
    assert honest[1] is None
    assert forged["seen"] != forged["told"]


def test_what_another_tab_kept_is_sent_once(line: Line):
    one = line.page()
    other = line.phone.tab()
    logged_in(other, "lin", small.PASSWORD)
    line.weather.cut = True
    for page in (one, other):
        run(page, REPORTING + "for (const words of ['a', 'b', 'c']) await report(words); await sender.sendNow()", MARKET)
    line.weather.pushed.clear()
    line.weather.cut = False

    for page in (one, other):
        run(page, REPORTING + "globalThis.done = settled()", MARKET)
    for page in (one, other):
        page.evaluate("() => done")

    until(one, "(await import('/app/js/outbox/state.js')).pill.value.kind === 'sent'")
    assert line.count(Finding) == 6
    assert line.arrived() == 6
    words = [word for batch in line.weather.pushed for word in batch]
    assert sorted(words) == ["a", "a", "b", "b", "c", "c"]


def test_logging_out_leaves_the_work_and_logging_in_again_sends_it(line: Line):
    page = line.page()
    line.weather.cut = True
    left = run(
        page,
        REPORTING
        + """
        await report("left behind");
        const person = await import("/app/js/outbox/person.js");
        const unsent = person.unsent();
        await person.logOut();
        return [unsent, tab.isOpen(), state.entries.value.length, await person.resume()];
        """,
        MARKET,
    )
    line.weather.cut = False

    logged_in(page, "lin", small.PASSWORD)
    run(page, REPORTING + "await settled()", MARKET)

    assert left == [{"commands": 1, "photos": 1, "drafts": 0}, False, 0, False]
    assert line.count(Finding) == 1


def test_what_is_not_sent_goes_to_the_office_as_a_file_and_is_not_done_twice(line: Line):
    page = line.page()
    line.weather.cut = True
    kept = run(
        page,
        REPORTING
        + """
        await report("in the file", 2);
        await report("in the file too", 1);
        await store.keepDraft({ id: "unfinished", kind: "visit" });
        const { exportUnsent } = await import("/app/js/work/export.js");
        const { me } = await import("/app/js/store/rows.js");
        const files = await exportUnsent({ person: me.value.person, at: Date.now() });
        const small = await exportUnsent({ person: me.value.person, at: Date.now(), most: 1000 });
        const asText = (blob) => new Promise((done) => {
          const reader = new FileReader();
          reader.onload = () => done(reader.result.split(",")[1]);
          reader.readAsDataURL(blob);
        });
        return { files: await Promise.all(files.map(asText)), small: await Promise.all(small.map(asText)) };
        """,
        MARKET,
    )
    [whole] = [base64.b64decode(file) for file in kept["files"]]
    several = [sync.open_hand_in(io.BytesIO(base64.b64decode(file))) for file in kept["small"]]
    handed = sync.open_hand_in(io.BytesIO(whole))

    with line.app.app_context():
        store, session, now = line.app.extensions["fieldbook"].store, db.session(), utcnow()
        seen = sync.look(session, store, handed)
        taken = sync.take(session, store, handed, seen, now=now)
        db.session.remove()
    line.weather.cut = False
    run(page, REPORTING + "await settled()", MARKET)

    assert (len(seen.lines), seen.new, seen.photos_new, seen.drafts) == (2, 2, 3, 1)
    assert ([answer["answer"] for answer in taken.answers], taken.photos, taken.refused) == (["ok", "ok"], 3, {})
    assert zipfile.ZipFile(io.BytesIO(whole)).testzip() is None
    assert [len(one.photos) for one in several] == [1, 1, 1]
    assert all(len(one.commands()) == 2 for one in several)
    assert line.count(Finding) == 2
    assert line.arrived() == 3
    assert line.count(CommandRow) == 2
