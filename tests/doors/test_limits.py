"""How much anybody may send: each route has its most, and more is refused before it is read, in words."""

import contextlib
import http.client
import io
import json
import socket
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from fieldbook.web.gate import FORM_BYTES, KB, MB, largest
from tests.county import County
from tests.doors.authz import ROWS
from tests.doors.conftest import TRACE, Caller
from tests.doors.test_headers import well_dressed
from tests.servers import Fieldbook, fieldbook

#: what may be larger than a form, and how large
LARGE = {"PUT /api/photos/<sha256>": 20 * MB, "POST /api/push": 512 * KB, "POST /findings/<uuid:finding_id>/rectify": 121 * MB, "POST /<subject>/import": 20 * MB, "POST /manual/draft/import": 20 * MB, "POST /people/hand-in": 257 * MB}


def test_every_route_takes_a_forms_worth_but_for_those_that_need_more():
    most = {f"{row.method} {row.rule}": largest(row.method, row.rule) for row in ROWS if row.method != "GET"}

    assert {route: bytes_ for route, bytes_ in most.items() if bytes_ != FORM_BYTES} == LARGE


@pytest.mark.parametrize("path", ["/login", "/preferences", "/api/login", "/logout", "/api/push", "/api/logout"])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(house: Flask, path: str):
    read: list[int] = []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            read.append(size or 0)
            return b""

        readinto = readline = read

    lin = Caller(house, "lin")

    answer = lin.ask("POST", path, content_type="application/json", environ_overrides={"CONTENT_LENGTH": str(largest("POST", path) + 1), "wsgi.input": Watched()})

    assert answer.status_code == 413
    assert read == []
    well_dressed(answer)


def test_a_photo_that_is_too_large_is_told_so_as_a_photo(house: Flask):
    answer = Caller(house, "lin").ask("PUT", "/api/photos/" + "0" * 64, data=b"x" * (20 * MB + 1))

    assert (answer.status_code, answer.json["code"]) == (413, "evidence.too_large")


def test_a_command_may_nest_twenty_deep_and_no_deeper(town: County, caller):
    lin = caller("lin")

    deep = [lin.push(lin.command("finding.report", uuid4(), json.loads('{"a":' * n + "1" + "}" * n)))[0] for n in (5, 21, 500)]
    push = lin.send("/api/push", b'{"device":"' + lin.device.encode() + b'","commands":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}", "application/json")
    login = lin.send("/api/login", b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "application/json")

    assert [answer["code"] for answer in deep] == ["sync.bad_command"] * 3
    assert (push.status_code, login.status_code) == (400, 400)


@pytest.mark.parametrize(
    "body",
    [b'{"login":"lin","login":"wu","password":"x"}', b'{"login":1e400,"password":"x"}', b'{"login":"lin","password":NaN}', b'{"login":"lin","password":"\xff"}', b"\xef\xbb\xbf{}", b'{"login":"\\ud800","password":"x"}', b"null", b'"x"', b"[]", b""],
)
def test_json_that_is_odd_is_never_a_fault(house: Flask, body: bytes):
    answer = Caller(house, None).send("/api/login", body, "application/json")

    assert answer.status_code in (400, 401, 429)
    assert not TRACE.search(answer.data)


def test_a_form_of_too_many_or_too_long_fields_is_refused(house: Flask):
    chen = Caller(house, "chen")

    many = chen.form("/preferences", {f"field{n}": "x" for n in range(2_000)})
    long = chen.form("/preferences", {"back": "/" + "x" * 60_000})
    longest = chen.form("/preferences", {"back": "/" + "x" * 70_000})

    assert [answer.status_code for answer in (many, long, longest)] == [303, 303, 413]


# ---- through the real server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fieldbook]:
    with fieldbook(tmp_path_factory.mktemp("limits") / "instance") as running:
        yield running


def asked(server: Fieldbook, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def raw(server: Fieldbook, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        with contextlib.suppress(OSError):  # refused while we were still talking
            connection.sendall(sent)
        connection.settimeout(2)
        told = b""
        with contextlib.suppress(OSError):
            while piece := connection.recv(65_536):
                told += piece
        return told


def test_what_the_gate_turns_away_is_told_in_our_own_words(server: Fieldbook):
    """A phone takes only our JSON for an answer: without it, a photo that is too large would be sent for ever."""
    told = raw(server, b"PUT /api/photos/" + b"a" * 64 + b" HTTP/1.1\r\nHost: localhost\r\nAccept-Language: en\r\nContent-Length: 99999999\r\n\r\n")

    head, _, body = told.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in head.lower()
    assert b"x-content-type-options: nosniff" in head.lower()
    assert json.loads(body)["code"] == "evidence.too_large"
    assert set(json.loads(body)) == {"epoch", "code", "message", "request_id"}


def test_a_form_that_is_too_large_gets_a_calm_page(server: Fieldbook):
    status, headers, body = asked(server, "POST", "/login", b"x" * (FORM_BYTES + 1), {"Accept-Language": "zh", "Content-Type": "application/x-www-form-urlencoded"})

    assert status == 413
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "内容太大" in body.decode()


def test_the_server_does_not_say_which_version_it_is(server: Fieldbook):
    for path in ("/healthz", "/login", "/static/css/desk.css", "/nowhere"):
        _, headers, _ = asked(server, "GET", path)
        assert not any(letter.isdigit() for letter in headers.get("server", ""))


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: " + b"a" * 1_000_000 + b"\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(5_000)) + b"Connection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\nConnection: close\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET /%ff%fe?q=%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello!",
        b"FOO /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ],
    ids=["long address", "long header", "many headers", "no host", "two hosts", "TLS", "bytes in the address", "percent in the address", "two framings", "two lengths", "unknown method"],
)
def test_what_no_browser_sends_is_refused_and_the_server_lives(server: Fieldbook, sent: bytes):
    told = raw(server, sent)

    assert not told.startswith(b"HTTP/1.1 5")
    assert not TRACE.search(told)
    assert asked(server, "GET", "/healthz")[0] == 200


def test_a_header_with_underscores_forges_none_of_ours(server: Fieldbook):
    """`X_Forwarded_For` becomes the same name as `X-Forwarded-For` for an application that is not on its guard."""
    status, headers, _ = asked(server, "POST", "/preferences", b"language=en", {"Sec_Fetch_Site": "same-origin", "Sec-Fetch-Site": "cross-site", "Content-Type": "application/x-www-form-urlencoded"})

    assert status == 403
    assert "location" not in headers


def test_the_log_of_all_this_holds_no_trace(server: Fieldbook):
    assert "Traceback" not in server.said()
