"""The bare limit: what an inspection costs with nothing but the least that makes it durable.

Flask and the same server behind the same number of threads: one row for the answers, and for each photo
SHA-256, a temporary file, fsync, rename, fsync of the folder, one row. No rules, no journal, no login.
Run as `BARE_FOLDER=… python -m tests.bench.bare PORT`.
"""

import hashlib
import os
import sys
import threading
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite
from flask import Flask, request

FOLDER = Path(os.environ.get("BARE_FOLDER", "/nonexistent"))


def make_app() -> Flask:
    """The application; its folder is named by BARE_FOLDER."""
    app = Flask("bare")
    lock = threading.Lock()
    (FOLDER / "photos").mkdir(parents=True, exist_ok=True)
    local = threading.local()

    def write(statement: str, row: tuple[object, ...]) -> None:
        if not hasattr(local, "connection"):
            local.connection = sqlite.connect(FOLDER / "bare.sqlite", isolation_level=None, timeout=30)
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                local.connection.execute(f"PRAGMA {pragma}")
            local.connection.execute("CREATE TABLE IF NOT EXISTS thing (id TEXT PRIMARY KEY, body TEXT)")
        with lock:
            local.connection.execute("BEGIN IMMEDIATE")
            local.connection.execute(statement, row)
            local.connection.execute("COMMIT")

    @app.post("/push")
    def push() -> dict[str, bool]:
        body = request.get_data()
        write("INSERT OR IGNORE INTO thing VALUES (?, ?)", (hashlib.sha256(body).hexdigest(), body.decode()))
        return {"ok": True}

    @app.put("/photo/<sha256>")
    def photo(sha256: str) -> dict[str, bool]:
        data = request.get_data()
        if hashlib.sha256(data).hexdigest() != sha256:
            return {"ok": False}
        spool, target = FOLDER / "photos" / f"{sha256}.part", FOLDER / "photos" / sha256
        with spool.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        spool.rename(target)
        folder = os.open(target.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        write("INSERT OR IGNORE INTO thing VALUES (?, ?)", (sha256, ""))
        return {"ok": True}

    return app


def open_wsgi() -> Flask:
    """What each worker serves."""
    return make_app()


def main() -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "tests.bench.bare:open_wsgi",
        factory=True,
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=32,
        log_level=LogLevels.error,
    ).serve()


if __name__ == "__main__":
    main()
