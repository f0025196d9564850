"""The whole server is killed at random moments while phones send: nothing acknowledged is lost, nothing is done twice.

SIGKILL does not test the power cut (the page cache survives it); that fsync comes before the answer is what the steps test shows.
"""

import hashlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import func, select

from fieldbook import findings, journal, sync
from fieldbook.evidence import Photo
from fieldbook.findings import Finding
from fieldbook.journal import EntryRow
from fieldbook.kernel import db
from tests import servers
from tests.conftest import make_app, make_county
from tests.county import PASSWORD, named, picture

#: `./run fault` asks for more, and for other moments
CYCLES = int(os.environ.get("FIELDBOOK_KILLS", "12"))
SEED = int(os.environ.get("FIELDBOOK_SEED", "7"))
#: a slow machine makes fewer cycles, not a longer test
LONGEST_SECONDS = float(os.environ.get("FIELDBOOK_KILLING_SECONDS", "240"))
PHONES = {"lin": 2, "wu": 1, "chen": 1}


@dataclass
class Phone(threading.Thread):
    """Sends reports, each with a photo, and asks again until it is answered; keeps what it was told."""

    who: str
    number: int
    port: int
    finish: threading.Event
    said: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    commands: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    photos: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked_again: int = 0
    wrong: list[Any] = field(default_factory=list)
    cookie: str = ""

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.dice = random.Random(SEED * 1000 + self.number)
        self.device = str(UUID(int=self.dice.getrandbits(128), version=4))

    __hash__ = threading.Thread.__hash__

    def ask(self, method: str, path: str, data: bytes, kind: str) -> tuple[int, Any]:
        """One request; raises OSError or HTTPException when the server is not there, or goes away."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request(method, path, data, {"Content-Type": kind, "Cookie": self.cookie})
            answer = line.getresponse()
            body = answer.read()
            if answer.status == 200 and path == "/api/login":
                self.cookie = answer.headers["Set-Cookie"].split(";")[0]
            return answer.status, json.loads(body or b"{}")
        finally:
            line.close()

    def until_answered(self, method: str, path: str, data: bytes, kind: str) -> Any:
        """As a phone does: only our own JSON with our epoch counts as an answer."""
        while True:
            try:
                status, answer = self.ask(method, path, data, kind)
                if status == 200 and "epoch" in answer:
                    return answer
                if status not in (400, 408, 429, 502, 503, 504):
                    self.wrong.append((method, path, status, answer))
                    return None
            except (OSError, http.client.HTTPException, ValueError):
                pass
            self.asked_again += 1
            time.sleep(0.02)

    def log_in(self) -> None:
        body = {"login": self.who, "password": PASSWORD, "device": {"id": self.device, "name": "killed"}}
        assert self.until_answered("POST", "/api/login", json.dumps(body).encode(), "application/json")

    def run(self) -> None:
        n = 0
        while not self.finish.is_set():
            n += 1
            data = picture(self.number * 100_000 + n, size=(320, 240))
            sha256, subject, id = hashlib.sha256(data).hexdigest(), UUID(int=self.dice.getrandbits(128), version=4), UUID(int=self.dice.getrandbits(128), version=4)
            photo = {"sha256": sha256, "bytes": len(data), "width": 320, "height": 240, "taken_at": 0, "source": "camera"}
            command = {"id": str(id), "n": n, "v": 1, "verb": "finding.report", "subject": str(subject), "at": 0, "body": {"zone": str(named("zone6")), "photos": [photo], "words": f"{n}"}}
            self.commands[id] = command
            push = json.dumps({"device": self.device, "epoch": "", "queued": 1, "commands": [command]}).encode()
            if answer := self.until_answered("POST", "/api/push", push, "application/json"):
                [said] = answer["answers"]
                self.said[id] = said
                if said["answer"] not in ("ok", "duplicate"):
                    self.wrong.append(said)
            if answer := self.until_answered("PUT", f"/api/photos/{sha256}", data, "image/jpeg"):
                self.photos[sha256] = answer["receipt"] | {"bytes": len(data)}


@contextmanager
def running(instance: Path, port: int, log: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Web and jobs as the supervisor starts them, each leading a group of its own; killed on leaving."""
    surroundings = {**os.environ, "PYTHONPATH": str(servers.ROOT / "inspect"), "FIELDBOOK_INSTANCE": str(instance), "TMPDIR": str(instance / "incoming")}
    verbs = (["web", "--host", "127.0.0.1", "--port", str(port)], ["work"])
    with log.open("ab") as out:
        parts = [
            subprocess.Popen([sys.executable, "-P", "-m", "fieldbook.ops", *verb, "--instance", str(instance), "--parent", str(os.getpid())], env=surroundings, stdout=out, stderr=out, stdin=subprocess.DEVNULL, process_group=0)
            for verb in verbs
        ]
    try:
        yield parts
    finally:
        for part in parts:
            os.killpg(part.pid, signal.SIGKILL)
        for part in parts:
            part.wait()


def is_open(port: int) -> bool:
    try:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def wait_for(true: Any, *, within: float = 60) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Phone], int]:
    """The instance after it all, the phones with what they were told, and how often the server was killed."""
    folder = tmp_path_factory.mktemp("killed")
    instance, port, finish, dice = folder / "instance", servers.free_port(), threading.Event(), random.Random(SEED)
    make_county(instance)
    phones = [Phone(who, i, port, finish) for i, who in enumerate(who for who, many in PHONES.items() for _ in range(many))]
    kills, until = 0, time.monotonic() + LONGEST_SECONDS
    while kills < CYCLES and time.monotonic() < until:
        with running(instance, port, folder / "log"):
            assert wait_for(lambda: is_open(port)), (folder / "log").read_text()
            for phone in phones:
                if not phone.cookie:
                    phone.log_in()
                    phone.start()
            time.sleep(dice.uniform(0.1, 0.6))
        kills += 1
    finish.set()
    with servers.fieldbook(instance, port=port) as server:
        for phone in phones:
            phone.join(60)
            assert not phone.is_alive()
        assert server.stop() == 0
    print(f"{kills} kills, {sum(len(phone.said) for phone in phones)} commands and {sum(len(phone.photos) for phone in phones)} photos acknowledged, asked again {sum(phone.asked_again for phone in phones)} times")
    return instance, phones, kills


@pytest.fixture(scope="module")
def after(killed: tuple[Path, list[Phone], int]) -> Iterator[Any]:
    """The database as it was left."""
    app = make_app(killed[0], f"sqlite:///{killed[0] / 'fieldbook.sqlite'}")
    with app.app_context():
        yield db.session()
        db.session.remove()
        db.engine.dispose()


def test_it_was_killed_often_and_much_was_sent(killed: tuple[Path, list[Phone], int]):
    _, phones, kills = killed

    assert kills >= min(CYCLES, 3)
    assert sum(phone.asked_again for phone in phones) > kills
    assert all(phone.said for phone in phones)
    assert sum(len(phone.said) for phone in phones) >= 2 * kills


def test_no_phone_heard_anything_but_yes(killed: tuple[Path, list[Phone], int]):
    """What was done before the kill is a duplicate when it is sent again, never a refusal or a fault."""
    assert [phone.wrong for phone in killed[1]] == [[], [], [], []]


def test_every_acknowledged_command_is_kept_and_done_once(killed: tuple[Path, list[Phone], int], after: Any):
    told = {id: said for phone in killed[1] for id, said in phone.said.items()}
    subjects = {id: UUID(command["subject"]) for phone in killed[1] for id, command in phone.commands.items()}

    kept = {row.id: row.answer["answer"] for row in after.scalars(select(sync.CommandRow))}
    done = dict(after.execute(select(EntryRow.subject, func.count()).where(EntryRow.verb == "finding.reported").group_by(EntryRow.subject)).all())
    receipts = {row.seq: row.head for row in after.scalars(select(EntryRow))}

    assert {id: kept.get(id) for id in told} == dict.fromkeys(told, "ok")
    assert {subjects[id]: done.get(subjects[id]) for id in told} == dict.fromkeys((subjects[id] for id in told), 1)
    assert all(receipts[said["seq"]] == said["head"] for said in told.values())


def test_nothing_is_kept_that_nobody_sent(killed: tuple[Path, list[Phone], int], after: Any):
    sent = {id: command for phone in killed[1] for id, command in phone.commands.items()}

    assert set(after.scalars(select(sync.CommandRow.id))) == set(sent)
    assert set(after.scalars(select(Finding.id))) == {UUID(command["subject"]) for command in sent.values()}


def test_every_acknowledged_photo_is_kept_whole(killed: tuple[Path, list[Phone], int], after: Any):
    photos = {sha256: told for phone in killed[1] for sha256, told in phone.photos.items()}
    heads = {row.seq: row.head for row in after.scalars(select(EntryRow).where(EntryRow.verb == "photo.received"))}

    for sha256, told in photos.items():
        data = (killed[0] / "photos" / sha256[:2] / sha256).read_bytes()
        assert hashlib.sha256(data).hexdigest() == sha256
        assert heads[told["seq"]] == told["head"]
    assert set(after.scalars(select(Photo.sha256))) == set(photos)


def test_the_journal_has_no_gap_the_chain_holds_and_the_states_follow(after: Any):
    assert journal.verify(after) == []
    assert findings.verify_states(after) == []


def test_the_database_is_whole(killed: tuple[Path, list[Phone], int]):
    with sqlite.connect(f"file:{killed[0] / 'fieldbook.sqlite'}?mode=ro", uri=True) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
