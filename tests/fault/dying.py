"""A server process that dies at the step we name: `python -m tests.fault.dying INSTANCE URL SECRET MILLISECONDS`.

Each line on its input is one request, {die_at, method, path, data (hex), type, cookie}; a child serves it and kills itself,
as the kernel would, before its step number `die_at`. Each line on its output is what became of it, {steps, status, answer}.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from fieldbook import create_app
from fieldbook.kernel import Settings, from_ms


class Steps:
    """Counts what the child is about to do, tells it, and ends the child when it is time."""

    def __init__(self, tell: int, die_at: int) -> None:
        self.tell, self.die_at, self.count = tell, die_at, 0

    def __call__(self, name: str) -> None:
        self.count += 1
        os.write(self.tell, f"{name}\n".encode())
        if self.count == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, module: Any, name: str) -> None:
        """Make a step of every call of a function."""
        do: Callable[..., Any] = getattr(module, name)

        def stepped(*given: Any, **more: Any) -> Any:
            self(name)
            return do(*given, **more)

        setattr(module, name, stepped)

    def listen(self) -> None:
        """Every statement, every commit, and everything that makes a file last."""
        event.listen(Engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: self(" ".join(statement.split()[:3]).lower()))
        event.listen(Engine, "commit", lambda _connection: self("commit"))
        event.listen(Session, "after_commit", lambda _session: self("after commit"))
        for module, name in ((os, "fsync"), (os, "rename"), (os, "chmod"), (os, "unlink")):
            self.before(module, name)


def serve(app: Flask, ask: dict[str, Any], tell: int) -> None:
    """One request, in the child."""
    step = Steps(tell, ask["die_at"])
    step.listen()
    client = app.test_client()
    client.set_cookie("fieldbook", ask["cookie"])
    answer = client.open(ask["path"], method=ask["method"], data=bytes.fromhex(ask["data"]), content_type=ask["type"])
    step("answer")
    os.write(tell, json.dumps({"status": answer.status_code, "answer": answer.json}).encode())


def main(instance: str, url: str, secret: str, now_ms: str) -> None:
    """Serve each request in a child of its own; no child outlives its request."""
    app = create_app(Settings(instance=Path(instance), secret=secret, database_url=url, demo=True), lambda: from_ms(int(now_ms)))
    for line in sys.stdin:
        listen, tell = os.pipe()
        child = os.fork()
        if not child:
            try:
                serve(app, json.loads(line), tell)
            finally:
                os._exit(0)
        os.close(tell)
        with os.fdopen(listen) as told:
            *steps, last = told.read().split("\n")
        os.waitpid(child, 0)
        print(json.dumps({"steps": steps, **(json.loads(last) if last else {"status": None, "answer": None})}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
