"""Whatever goes wrong: a code, a sentence, a number to quote; never a trace, never SQL; and a log that nobody can forge."""

import json
import logging
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from fieldbook.kernel import Busy, db
from fieldbook.web import errors
from fieldbook.web.doors import PUBLIC, needs
from fieldbook.web.logs import Lines
from tests.county import County
from tests.doors.conftest import TRACE, Caller

SECRET_WORDS = "correct horse battery staple"

FAULTS: dict[str, Exception] = {
    "a bug": ZeroDivisionError(SECRET_WORDS),
    "a missing key": KeyError(SECRET_WORDS),
    "memory": MemoryError(SECRET_WORDS),
    "the disk": OSError(28, SECRET_WORDS, "/srv/instance/fieldbook.sqlite"),
    "recursion": RecursionError(SECRET_WORDS),
    "a constraint": IntegrityError("INSERT INTO person VALUES (?)", (SECRET_WORDS,), Exception("UNIQUE constraint failed: person.login")),
    "the database": OperationalError("SELECT password FROM person WHERE login = ?", (SECRET_WORDS,), Exception("disk I/O error")),
    "text": UnicodeDecodeError("utf-8", b"\xff", 0, 1, SECRET_WORDS),
}


@pytest.fixture
def broken(app: Flask) -> Flask:
    """The application with two routes that fail as they are told to."""
    app.testing = False
    told: dict[str, Exception] = {}
    app.extensions["told"] = told

    @needs(PUBLIC)
    def fail() -> str:
        raise told["how"]

    app.add_url_rule("/fail", "fail", fail)
    app.add_url_rule("/api/fail", "api_fail", fail)
    return app


@pytest.mark.parametrize("how", FAULTS)
def test_a_fault_says_no_more_than_that_it_happened(broken: Flask, how: str, caplog):
    broken.extensions["told"]["how"] = FAULTS[how]
    lin = Caller(broken, "lin")

    page, told = lin.get("/fail"), lin.get("/api/fail")

    assert (page.status_code, told.status_code) == (500, 500)
    assert set(told.json) == {"epoch", "code", "message", "request_id"}
    assert told.json["code"] == "web.fault"
    for answer in (page, told):
        assert not TRACE.search(answer.data), answer.data
        assert SECRET_WORDS.encode() not in answer.data
    assert told.json["request_id"] in caplog.text


@pytest.mark.parametrize("how", [Busy(), PoolTimeout("QueuePool limit reached, connection timed out, timeout 10.00")], ids=["the writer", "the pool"])
def test_a_busy_database_asks_to_come_again(broken: Flask, how: Exception):
    broken.extensions["told"]["how"] = how
    lin = Caller(broken, "lin")

    page, told = lin.get("/fail"), lin.get("/api/fail")

    assert [(answer.status_code, int(answer.headers["Retry-After"]) > 0) for answer in (page, told)] == [(503, True), (503, True)]
    assert told.json["code"] == "kernel.busy"


def test_with_the_database_gone_every_page_is_still_calm(app: Flask, caller):
    app.testing = False
    lin, finding = caller("lin"), uuid4()
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE login_session RENAME TO lost"))
        connection.execute(text("ALTER TABLE sync_state RENAME TO lost_too"))

    page, told, nowhere, api = lin.get(f"/findings/{finding}"), lin.get("/api/me"), lin.get("/nowhere"), lin.get("/api/nowhere")

    assert [answer.status_code for answer in (page, told, nowhere, api)] == [500, 500, 404, 404]
    assert "<h2>" in page.get_data(as_text=True)
    assert told.json["code"] == "web.fault"
    for answer in (page, told, nowhere, api):
        assert not TRACE.search(answer.data), answer.data


def test_when_even_the_error_page_fails_there_is_a_plain_one(app: Flask, caller, monkeypatch):
    app.testing = False

    def gone(*_: Any, **__: Any) -> str:
        raise RuntimeError("templates gone")

    monkeypatch.setattr(errors, "render_template", gone)

    answer = caller(None).get("/nowhere")

    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "没有找到这一页" in answer.get_data(as_text=True)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not TRACE.search(answer.data)


def test_a_fault_inside_one_command_is_asked_again_and_told_without_a_trace(town: County, caller, monkeypatch):
    lin = caller("lin")
    from fieldbook import sync

    monkeypatch.setattr("fieldbook.sync.inbox.BOOK", {verb: type(page)(page.body, lambda *_: 1 / 0) for verb, page in sync.BOOK.items()})

    answer = lin.post("/api/push", {"device": lin.device, "commands": [lin.command("finding.accept", uuid4(), {})]})

    assert answer.json["answers"][0]["answer"] == "retry"
    assert not TRACE.search(answer.data)


WRONG: list[tuple[str, str, dict[str, Any], int]] = [
    ("GET", "/nowhere", {}, 404),
    ("GET", "/api/nowhere", {}, 404),
    ("DELETE", "/findings", {}, 405),
    ("DELETE", "/api/push", {}, 405),
    ("GET", "/api/login", {}, 405),
    ("POST", "/api/login", {"data": b"{", "content_type": "application/json"}, 400),
    ("POST", "/api/login", {"data": b"[" * 30_000, "content_type": "application/json"}, 400),
    ("POST", "/api/push", {"data": b"{", "content_type": "application/json"}, 401),
    ("PUT", "/api/photos/" + "0" * 64, {"data": b"x"}, 401),
    ("POST", "/login", {"data": {"login": "x"}}, 403),
    ("POST", "/api/login", {"data": b"x" * (21 * 1024 * 1024), "content_type": "application/json"}, 413),
]


@pytest.mark.parametrize(("method", "path", "more", "status"), WRONG, ids=[f"{m} {p} {s}" for m, p, _, s in WRONG])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_wrong_request_gets_a_code_and_a_sentence_in_the_persons_language(house: Flask, method, path, more, status, language):
    answer = Caller(house, None).ask(method, path, headers={"Accept-Language": language}, **more)

    words = answer.json["message"] if path.startswith("/api/") else answer.get_data(as_text=True)
    assert answer.status_code == status
    assert not TRACE.search(answer.data)
    if path.startswith("/api/"):
        assert set(answer.json) == {"epoch", "code", "message", "request_id"}
        assert answer.json["code"].split(".")[0] in ("web", "accounts", "sync")
        assert any("\u4e00" <= letter <= "\u9fff" for letter in words) == (language == "zh"), words
    else:
        assert f'lang="{"en" if language == "en" else "zh-CN"}"' in words


def test_a_wrong_method_is_told_the_right_ones(caller):
    assert "GET" in caller(None).ask("DELETE", "/findings").headers["Allow"]


# ---- logs


@pytest.fixture
def lines(monkeypatch) -> list[str]:
    """What the server's log would hold, line by line."""
    kept: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(self.format(record))

    handler = Keep()
    handler.setFormatter(Lines())
    logging.getLogger("fieldbook").addHandler(handler)
    yield kept
    logging.getLogger("fieldbook").removeHandler(handler)


FORGERIES = ["/api/fail%0dERROR forged line", "/api/fail\x1b[31mred", "/api/fail%c2%9b31m", "/api/fail%e2%80%a8next"]


def test_a_log_line_is_one_json_object_that_nobody_can_forge(broken: Flask, lines: list[str]):
    broken.extensions["told"]["how"] = ZeroDivisionError("one\r\nFORGED\x1b[2J\u2028two\x9b")
    broken.add_url_rule("/api/fail<path:more>", "fail_more", needs(PUBLIC)(lambda more: 1 / 0))

    for path in FORGERIES:
        Caller(broken, None).get(path, headers={"User-Agent": "x\x1b[31m"})
    Caller(broken, None).get("/api/fail")

    assert len(lines) == len(FORGERIES) + 1
    for line in lines:
        assert json.loads(line)["level"] == "ERROR"
        assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 or letter in "\u2028\u2029" for letter in line)


def test_the_log_holds_no_password_no_token_and_no_words(broken: Flask, lines: list[str]):
    """Where a fault is logged with its trace, the values of a statement stay out of it."""
    lin = Caller(broken, "lin")

    @needs(PUBLIC)
    def fail() -> str:
        db.session.execute(text("SELECT * FROM nowhere WHERE a = :password AND b = :token"), {"password": SECRET_WORDS, "token": lin.token})
        return ""

    broken.add_url_rule("/api/spill", "spill", fail)

    answer = lin.get("/api/spill")

    assert answer.status_code == 500
    assert len(lines) == 1
    assert SECRET_WORDS not in lines[0]
    assert lin.token not in lines[0]
