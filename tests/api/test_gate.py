"""The gate: slow, cut and oversized bodies never take a thread, and nothing else changes on the way through."""

import asyncio
import http.client
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest

from fieldbook.web.gate import FORM_BYTES, KB, MB, ROOM_BYTES, Gate, largest
from tests.servers import ROOT, free_port

PHOTO = "/api/photos/" + "a" * 64


@pytest.fixture(scope="module")
def port():
    number = free_port()
    with started(number):
        yield number


class started:
    """A granian with two workers and the stub behind our gate."""

    def __init__(self, port):
        self.port = port

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "rsgi", "--factory", "--workers", "2", "--port", str(self.port),
             "--backpressure", "4096", "--workers-kill-timeout", "3", "--log-level", "critical", "tests.api.gate_stub:open_gate"],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT / "inspect"), "SECRET_OF_THE_PROCESS": "1"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                if ask(self.port, "GET", "/")[0] == 200:
                    return self
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the gate did not open")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)


def ask(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def raw(port, *pieces, wait=20.0):
    """Send bytes as they are, and give the status line's number, or None when nothing comes."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as connection:
        for piece in pieces:
            connection.sendall(piece)
        try:
            first = connection.recv(12)
        except TimeoutError:
            return None
    return int(first[9:12]) if first else None


def begun(length, *headers, path=PHOTO):
    return "\r\n".join([f"PUT {path} HTTP/1.1", "Host: localhost", f"Content-Length: {length}", *headers, "", ""]).encode()


@pytest.mark.parametrize(("method", "path", "most"), [
    ("PUT", PHOTO, 20 * MB), ("POST", "/api/push", 512 * KB), ("POST", "/login", FORM_BYTES), ("PUT", "/login", FORM_BYTES), ("POST", PHOTO, FORM_BYTES),
])  # fmt: skip
def test_each_path_has_its_largest_body(method, path, most):
    assert largest(method, path) == most


def test_a_whole_body_reaches_the_application(port):
    status, answer = ask(port, "PUT", PHOTO, b"x" * 300_000)

    assert (status, json.loads(answer)["length"]) == (200, 300_000)


def test_a_chunked_body_arrives_with_its_length(port):
    status, answer = ask(port, "PUT", PHOTO, iter([b"abc", b"defg"]))

    told = json.loads(answer)
    assert (status, told["length"], told["environ"]["CONTENT_LENGTH"]) == (200, 7, "7")
    assert "HTTP_TRANSFER_ENCODING" not in told["environ"]


def test_a_body_announced_too_large_is_refused_before_it_is_read(port):
    began = time.monotonic()

    status = raw(port, begun(20 * MB + 1))

    assert status == 413
    assert time.monotonic() - began < 0.9


def test_a_chunked_body_is_refused_when_it_has_grown_too_large(port):
    assert raw(port, b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", b"11000\r\n" + b"x" * 0x11000 + b"\r\n") == 413


@pytest.mark.parametrize("length", ["abc", "-1", "+5", "1_000", "٣", ""])
def test_a_length_that_is_no_number_is_refused(port, length):
    assert raw(port, begun(length), b"hello") == 400


def test_a_cut_body_never_reaches_the_application(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(begun(200_000) + b"x" * 70_000)
        connection.shutdown(socket.SHUT_WR)
        first = connection.recv(64)

    assert first == b"" or b" 400 " in first


def test_a_body_that_stops_arriving_is_given_up(port):
    began = time.monotonic()

    status = raw(port, begun(200_000), b"x" * 1000)

    assert status == 408
    assert 0.9 < time.monotonic() - began < 3


def test_a_body_that_drips_is_given_up_when_the_whole_takes_too_long(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(begun(200_000))
        began = time.monotonic()
        connection.settimeout(0.4)
        first = b""
        while not first and time.monotonic() - began < 8:
            connection.sendall(b"x")
            try:
                first = connection.recv(64)
            except TimeoutError:
                continue

    assert b" 408 " in first
    assert 2.5 < time.monotonic() - began < 5


def test_no_header_can_forge_another_and_nothing_of_the_process_shows(port):
    _, answer = ask(port, "GET", "/", headers={"X_Forwarded_For": "6.6.6.6", "X-Real-Thing": "1", "Proxy": "http://evil"})

    told = json.loads(answer)["environ"]
    assert told["HTTP_X_REAL_THING"] == "1"
    assert not {"HTTP_X_FORWARDED_FOR", "HTTP_PROXY", "SECRET_OF_THE_PROCESS", "PATH"} & told.keys()
    assert told["REMOTE_ADDR"] == "127.0.0.1"


def test_paths_and_queries_arrive_as_wsgi_wants_them(port):
    _, answer = ask(port, "GET", "/%E7%82%B9%E4%BD%8D%20a?q=%E7%82%B9")

    told = json.loads(answer)["environ"]
    assert told["PATH_INFO"].encode("latin-1").decode() == "/点位 a"
    assert told["QUERY_STRING"] == "q=%E7%82%B9"


def test_two_cookie_headers_become_one(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a=1\r\nCookie: b=2\r\nX-A: 1\r\nX-A: 2\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))

    told = json.loads(answer.partition(b"\r\n\r\n")[2])["environ"]
    assert (told["HTTP_COOKIE"], told["HTTP_X_A"]) == ("a=1; b=2", "1,2")


def test_a_big_answer_arrives_whole(port):
    status, answer = ask(port, "GET", "/big")

    assert (status, len(answer)) == (200, 40 * 65_536)


def test_an_answer_that_fails_half_way_is_no_answer_at_all(port):
    assert ask(port, "GET", "/broken")[0] == 500


def test_head_says_the_length_and_sends_nothing(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("HEAD", "/")
    answer = connection.getresponse()

    assert int(answer.getheader("content-length")) > 0
    assert answer.read() == b""
    connection.close()


def test_pages_are_answered_while_three_hundred_uploads_stand_still():
    number = free_port()
    with started(number):
        stalled = [socket.create_connection(("127.0.0.1", number), timeout=10) for _ in range(300)]
        for connection in stalled:
            connection.sendall(begun(300_000) + b"x" * 1000)

        took = []
        for _ in range(40):
            began = time.monotonic()
            assert ask(number, "GET", "/")[0] == 200
            took.append(time.monotonic() - began)

        assert max(took) < 2
        for connection in stalled:
            connection.close()


def test_a_running_request_is_finished_when_the_server_is_stopped():
    number = free_port()
    with started(number) as server, socket.create_connection(("127.0.0.1", number), timeout=10) as connection:
        connection.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.5)

        server.process.send_signal(signal.SIGTERM)

        assert re.match(rb"HTTP/1.1 200 ", connection.recv(64))


class Sent:
    """A request whose body has come and waits to be taken, without a socket."""

    method, path, query_string, http_version, scheme, authority = "PUT", PHOTO, "", "1.1", "http", "localhost"
    client, server = "127.0.0.1:5", "127.0.0.1:80"

    def __init__(self, length: int, come: asyncio.Event) -> None:
        self.headers, self.length, self.come, self.status = {"content-length": str(length)}, length, come, 0

    async def __aiter__(self):
        yield b"x" * (self.length - 1)
        await self.come.wait()
        yield b"x"

    def response_bytes(self, status, _headers, _answer):
        self.status = status


def test_bodies_in_memory_share_one_room_and_a_crowd_goes_by_the_disk():
    on_disk = []

    def application(environ, start_response):
        on_disk.append(not isinstance(environ["wsgi.input"], io.BytesIO))
        start_response("200 OK", [])
        return [b""]

    async def crowd():
        come = asyncio.Event()
        sent = [Sent(800 * KB, come) for _ in range(5)] + [Sent(2 * MB, come), Sent(10, come)]
        asking = [asyncio.ensure_future(gate.__rsgi__(one, one)) for one in sent]
        await asyncio.sleep(0.1)
        left = gate.room
        come.set()
        await asyncio.gather(*asking)
        return left, [one.status for one in sent]

    gate = Gate(application)
    left, statuses = asyncio.run(crowd())

    assert left == ROOM_BYTES - 3 * 800 * KB
    assert gate.room == ROOM_BYTES
    assert statuses == [200] * 7
    assert sorted(on_disk) == [False] * 4 + [True] * 3
