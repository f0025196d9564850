"""A small application behind the gate, with short patience, so that the gate is tested without Fieldbook."""

import json
import time

from fieldbook.web.gate import Gate


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/slow":
        time.sleep(1.5)
    if path == "/broken":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return half_an_answer()
    body = environ["wsgi.input"].read()
    if path == "/big":
        start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(40 * 65_536))])
        return (b"x" * 65_536 for _ in range(40))
    told = {name: value for name, value in environ.items() if isinstance(value, str)}
    answer = json.dumps({"length": len(body), "environ": told}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
    return [answer]


def half_an_answer():
    yield b"x" * 2_000_000
    raise RuntimeError("in the middle of an answer")


def open_gate():
    return Gate(application, idle=1.0, whole=3.0)
