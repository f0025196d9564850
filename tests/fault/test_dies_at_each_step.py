"""A server that dies anywhere between taking something in and answering has done it whole or not at all, and the next try mends it."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from fieldbook import evidence, findings, sync
from fieldbook.evidence import Photo
from fieldbook.findings import Finding
from fieldbook.journal import EntryRow
from fieldbook.kernel import to_ms
from tests.conftest import SECRET
from tests.county import County, named, picture
from tests.servers import ROOT

MOST_STEPS = 80

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def dying(app: Flask, fresh_database: str, tmp_path: Path) -> Iterator[Ask]:
    """Ask a server that dies at a step; gives the steps it came to, and its answer or None."""
    clock = str(to_ms(app.extensions["small county"].at))
    surroundings = {"PYTHONPATH": f"{ROOT}:{ROOT / 'inspect'}", "PATH": "/usr/bin:/bin"}
    with subprocess.Popen([sys.executable, "-m", "tests.fault.dying", str(tmp_path), fresh_database, SECRET, clock], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=surroundings) as server:

        def ask(die_at: int, phone: Any, method: str, path: str, data: bytes, kind: str) -> dict[str, Any]:
            cookie = phone.client.get_cookie("fieldbook").value
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write(json.dumps({"die_at": die_at, "method": method, "path": path, "data": data.hex(), "type": kind, "cookie": cookie}) + "\n")
            server.stdin.flush()
            return json.loads(server.stdout.readline())  # type: ignore[no-any-return]

        yield ask
        assert server.stdin is not None
        server.stdin.close()


def entries(town: County, verb: str, text: str) -> int:
    """How many entries of a verb name something."""
    town.session.rollback()
    return sum(text in row.text for row in town.session.scalars(select(EntryRow).where(EntryRow.verb == verb)))


def test_a_photo_is_never_marked_kept_without_its_bytes_and_the_second_try_mends_it(town: County, as_, dying: Ask):
    lin, store = as_("lin"), town.app.extensions["fieldbook"].store
    photos = [picture(seed, size=(320, 240)) for seed in range(MOST_STEPS)]
    told = [{"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "width": 320, "height": 240, "taken_at": 0, "source": "camera"} for data in photos]
    for start in range(0, MOST_STEPS, 40):
        lin.push(*(lin.command("finding.report", uuid4(), {"zone": str(named("zone6")), "photos": [one]}) for one in told[start : start + 40]))
    steps: list[str] = []

    for die_at, data in enumerate(photos, 1):
        sha256 = hashlib.sha256(data).hexdigest()
        came_to = dying(die_at, lin, "PUT", f"/api/photos/{sha256}", data, "image/jpeg")
        if came_to["status"] is not None:
            break
        steps.append(came_to["steps"][-1])

        town.session.rollback()
        row, kept = town.session.get(Photo, sha256), store.has(sha256)
        assert row is None or kept, steps
        if kept:
            with store.open(sha256) as file:
                assert file.read() == data, steps
        assert entries(town, "photo.received", sha256) == (row is not None), steps
        again, once_more = lin.put_photo(data), lin.put_photo(data)
        assert (again.status_code, once_more.json) == (200, again.json), steps
        assert entries(town, "photo.received", sha256) == 1
        assert evidence.receipt_of(town.session, sha256) == (again.json["receipt"]["seq"], again.json["receipt"]["head"])

    assert came_to["status"] == 200
    assert {"chmod", "fsync", "rename", "insert into photo", "insert into entry", "update journal_head set", "commit", "after commit", "answer"} <= set(steps)


@pytest.mark.parametrize("verb", ["finding.report", "finding.rectify"])
def test_a_command_is_done_whole_or_not_at_all_and_once(town: County, as_, dying: Ask, verb: str):
    reports = verb == "finding.report"
    phone = as_("lin" if reports else "zhao")
    steps: list[str] = []

    for die_at in range(1, MOST_STEPS):
        subject = uuid4() if reports else town.finding().id
        photo = {"sha256": f"{die_at:064x}", "bytes": 1, "width": 1, "height": 1, "taken_at": 0, "source": "camera"}
        command = phone.command(verb, subject, {"photos": [photo], "words": "水"} | ({"zone": str(named("zone6"))} if reports else {}))
        push = json.dumps({"device": phone.device, "commands": [command], "queued": 1}).encode()
        came_to = dying(die_at, phone, "POST", "/api/push", push, "application/json")
        if came_to["status"] is not None:
            break
        steps.append(came_to["steps"][-1])

        town.session.rollback()
        done = town.session.get(sync.CommandRow, UUID(command["id"])) is not None
        finding = town.session.get(Finding, subject)
        assert ((finding is not None) if reports else (finding is not None and finding.state == findings.State.RECTIFIED)) == done, steps
        past = "finding.reported" if reports else "finding.rectified"
        assert town.entries(subject).count(past) == done, steps
        assert (len(town.session.scalars(select(findings.queries.Naming.id).where(findings.queries.Naming.sha256 == photo["sha256"])).all()) == 1) == done
        [answer] = phone.push(command)
        assert answer["answer"] == ("duplicate" if done else "ok"), steps
        assert town.entries(subject).count(past) == 1

    assert came_to["status"] == 200
    assert came_to["answer"]["answers"][0]["answer"] == "ok"
    assert {"insert into command", "insert into entry", "update journal_head set", "commit", "after commit", "answer"} <= set(steps)
