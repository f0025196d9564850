"""The job runner: what has to happen after a receipt, in a process of its own that alone owns the decoder."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from fieldbook import accounts, evidence, findings, journal, messages, standards, sync, workbooks
from fieldbook.evidence import Decoder, LocalStore, Store
from fieldbook.kernel import DONE, STOPPED, Job, JobStopped, Refusal, claim_job, db, end_job, put_off_job, utcnow
from fieldbook.web import logs

from . import high_water, imports
from .backup import back_up, is_due, settings_in_use
from .init import open_app
from .instance import settings_of

log = logging.getLogger("fieldbook.work")

#: longest time between two looks for work
LOOK_SECONDS = 0.5
#: after an errand failed
REST_SECONDS = 30
#: a job that failed is tried again after this long
TRY_AGAIN = timedelta(seconds=30)
#: photos settled in one transaction while many wait
BATCH = 8


#: what each kind of job does; a new kind is a row here
JOBS: dict[str, Callable[[Job, Path], None]] = {
    findings.RESUME: lambda job, _instance: resume_deferred(job, utcnow()),
    findings.LAPSE: lambda job, _instance: close_unanswered(job, utcnow()),
    standards.PUBLISHING: lambda job, _instance: publish_due(job, utcnow()),
    "backup.make": lambda _job, _instance: copy_now(),
    workbooks.READ_JOB: imports.read_file,
    workbooks.APPLY_JOB: imports.apply_plan,
}


class Errand:
    """One kind of work, looked for every `every` seconds; a failure is logged and tried again later.

    do: does one piece of it and says whether there may be more at once.
    """

    def __init__(self, name: str, do: Callable[[], bool], *, every: float) -> None:
        self.name, self.do, self.every = name, do, every
        self.next_at = 0.0

    def look(self, now: float) -> bool:
        """Do one piece if it is time. `now`: monotonic seconds."""
        if now < self.next_at:
            return False
        try:
            more = self.do()
        except Exception:
            log.exception("%s failed; tried again in %d s", self.name, REST_SECONDS)
            self.next_at = now + REST_SECONDS
            return False
        finally:
            db.session.remove()
        if not more:
            self.next_at = now + self.every
        return more


def work(instance: Path) -> None:
    """Do all errands, over and over, until SIGTERM; the piece in hand is finished first."""
    logs.install()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    store = LocalStore(settings_of(instance).photos)
    with open_app(instance).app_context(), Decoder() as decoder:
        errands = [
            Errand("decoding photos", lambda: decode_waiting(decoder, store), every=LOOK_SECONDS),
            Errand("jobs", lambda: do_job(instance, utcnow()), every=LOOK_SECONDS),
            Errand("notices", lambda: messages.follow(db.session()), every=2),
            Errand("reminders", lambda: remind(utcnow()), every=300),
            Errand("noting how far the journal is", note_high_water, every=10),
            Errand("the nightly copy", copy_if_due, every=60),
            Errand("commands that waited too long", lambda: do_stale(utcnow()), every=600),
            Errand("posts whose time is over", lambda: end_posts_in_time(utcnow()), every=300),
            Errand("sweeping half-made files", lambda: sweep(instance, store, utcnow()), every=3600),
        ]
        while not stop.is_set():
            more = [errand.look(time.monotonic()) for errand in errands]
            if not any(more):
                stop.wait(LOOK_SECONDS)


def decode_waiting(decoder: Decoder, store: Store) -> bool:
    """Decode the oldest photos that wait and settle them. Whether there may be more."""
    waiting = evidence.next_waiting(db.session(), BATCH)
    outcomes = [(sha256, evidence.check(decoder, store, sha256)) for sha256 in waiting]
    if outcomes:
        with journal.begin(db.session(), who=None, at=utcnow()) as act:
            for sha256, outcome in outcomes:
                evidence.settle(act, sha256, outcome, reach=findings.photo_keys(act.session, sha256))
    return len(waiting) == BATCH


def do_job(instance: Path, now: datetime) -> bool:
    """Do the oldest job that is due. Whether there was one."""
    job = claim_job(db.session(), frozenset(JOBS), now)
    if job is None:
        return False
    try:
        JOBS[job.kind](job, instance)
    except JobStopped:
        end_job(db.session(), job.id, utcnow(), STOPPED)
    except Refusal as refusal:
        end_job(db.session(), job.id, utcnow(), refusal.code)
    except Exception:
        db.session.rollback()
        put_off_job(db.session(), job.id, utcnow() + TRY_AGAIN)
        raise
    else:
        end_job(db.session(), job.id, utcnow(), DONE)
    return True


def resume_deferred(job: Job, now: datetime) -> None:
    """Let a deferred finding be worked on again: its date has come."""
    with journal.begin(db.session(), who=None, at=now) as act:
        findings.resume_due(act, job.subject)


def close_unanswered(job: Job, now: datetime) -> None:
    """Close a request for more time that nobody answered: its deadline has come."""
    with journal.begin(db.session(), who=None, at=now) as act:
        findings.lapse_due(act, job.subject)


def publish_due(job: Job, now: datetime) -> None:
    """Publish the draft of the manual whose day has come; one that cannot be published any more is open for editing again."""
    try:
        with journal.begin(db.session(), who=job.person_id, at=now) as act:
            standards.publish_due(act, job.subject)
    except Refusal:
        with journal.begin(db.session(), who=None, at=now) as act:
            standards.call_off(act)
        raise


def remind(now: datetime) -> bool:
    """Tell what only the clock tells: due soon, overdue."""
    messages.remind(db.session(), now)
    return False


def copy_now() -> None:
    """Make a copy of the database because somebody asked for it."""
    if db.engine.dialect.name == "sqlite":
        back_up()


def copy_if_due() -> bool:
    """Make the night's copy of the database, and tell the phones how far it reaches."""
    if db.engine.dialect.name == "sqlite" and is_due(settings_in_use().backups, utcnow()):
        back_up()
    return False


def note_high_water() -> bool:
    """Note beside the photos how far the journal is."""
    high_water.note(db.session(), settings_in_use().photos)
    return False


def do_stale(now: datetime) -> bool:
    """Do, with a mark, the commands whose predecessor did not come within five days."""
    sync.release_stale(db.session(), now=now)
    return False


def end_posts_in_time(now: datetime) -> bool:
    """End the posts whose time is over, so that phones let go of what was theirs by it."""
    if accounts.posts_are_over(db.session(), now):
        with journal.begin(db.session(), who=None, at=now) as act:
            accounts.end_posts_that_are_over(act)
    return False


def sweep(instance: Path, store: Store, now: datetime) -> bool:
    """Remove what killed processes left half made, and files to be imported that nobody went on with."""
    evidence.sweep(store, now=now)
    with journal.begin(db.session(), who=None, at=now) as act:
        workbooks.sweep_intakes(act)
    for part in (instance / "incoming").iterdir():
        if part.is_file() and part.stat().st_mtime < now.timestamp() - 86_400:
            os.unlink(part)
    return False
