"""The job runner: what has to happen after a receipt, in a process of its own."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from fieldbook.kernel import db, utcnow

from .backup import back_up, is_due
from .init import open_app

log = logging.getLogger("fieldbook.work")

#: longest time between two looks for work
LOOK_SECONDS = 0.5
BACKUP_LOOK_SECONDS = 60
#: after an errand failed
REST_SECONDS = 30


class Errand:
    """One kind of work, looked for every `every` seconds; a failure is logged and tried again later."""

    def __init__(self, name: str, do: Callable[[], bool], every: float) -> None:
        self.name, self.do, self.every = name, do, every
        self.next_at = 0.0

    def look(self, now: float) -> bool:
        """Do one piece of work if it is time. Returns whether there may be more at once."""
        if now < self.next_at:
            return False
        try:
            more = self.do()
        except Exception:
            log.exception("%s failed and is tried again in %d s", self.name, REST_SECONDS)
            self.next_at = now + REST_SECONDS
            return False
        finally:
            db.session.remove()
        if not more:
            self.next_at = now + self.every
        return more


def work(instance: Path) -> None:
    """Decode photos and make the nightly copy until SIGTERM; the piece of work in hand is finished first."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    app = open_app(instance)
    with app.app_context():
        todo = errands(app, instance)
        while not stop.is_set():
            now = time.monotonic()
            if not any([errand.look(now) for errand in todo]):
                stop.wait(LOOK_SECONDS)


def errands(app: Flask, instance: Path) -> list[Errand]:
    """All the work there is, the most urgent first."""
    nightly = Errand("the nightly copy", lambda: copy_if_due(instance), BACKUP_LOOK_SECONDS)
    return [nightly] if db.engine.dialect.name == "sqlite" else []


def copy_if_due(instance: Path) -> bool:
    """Make the night's copy of the database and tell the phones how far it reaches."""
    if is_due(instance, utcnow()):
        back_up(instance)
    return False
