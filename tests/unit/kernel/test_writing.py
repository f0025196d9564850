"""The writing door: one writer at a time on SQLite, whoever they are; all or nothing everywhere."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldbook.kernel import Busy, bulk_insert, db, make_engine_options, upsert, writing
from fieldbook.kernel.database import Base
from tests import servers
from tests.conftest import ON_POSTGRESQL

only_sqlite = pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL locks rows, not writers")

#: a process of its own that counts up `count` times, by reading and then writing
COUNTS_UP = """
import sys, threading
from flask import Flask
from sqlalchemy import text
from fieldbook.kernel import db, make_engine_options, writing
app = Flask("counter")
app.config.update(SQLALCHEMY_DATABASE_URI=sys.argv[1], SQLALCHEMY_ENGINE_OPTIONS=make_engine_options(sys.argv[1]))
db.init_app(app)
def up():
    with app.app_context():
        for _ in range(int(sys.argv[2])):
            with writing(db.session()) as session:
                value = session.execute(text("SELECT value FROM counter")).scalar_one()
                session.execute(text("UPDATE counter SET value = :value"), {"value": value + 1})
threads = [threading.Thread(target=up) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""

#: a process of its own that holds a lock until its input ends
HOLDS_THE_FILE = "import fcntl, sys; file = open(sys.argv[1], 'ab'); fcntl.flock(file, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
HOLDS_THE_DATABASE = """
import sys, sqlcipher3.dbapi2 as sqlite
raw = sqlite.connect(sys.argv[1], isolation_level=None); raw.execute("BEGIN IMMEDIATE"); print("held", flush=True); sys.stdin.read()
"""


@pytest.fixture
def url(empty_database: Callable[[], str]) -> str:
    """A database with nothing but one counter."""
    return empty_database()


@pytest.fixture
def counting(url: str) -> Iterator[Flask]:
    """An application that knows the counter, in its context."""
    app = Flask("counting")
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=make_engine_options(url))
    db.init_app(app)
    with app.app_context():
        with writing(db.session()) as session:
            session.execute(text("CREATE TABLE counter (id integer PRIMARY KEY, value integer NOT NULL)"))
            session.execute(text("INSERT INTO counter VALUES (1, 0)"))
        yield app
        db.session.remove()
        db.engine.dispose()


def value(session: Session) -> int:
    session.rollback()
    return session.execute(text("SELECT value FROM counter WHERE id = 1")).scalar_one()


def count_up(session: Session) -> None:
    """By reading and then writing, which loses a step whenever two do it at once."""
    with writing(session):
        now = session.execute(text(f"SELECT value FROM counter WHERE id = 1{' FOR UPDATE' if ON_POSTGRESQL else ''}")).scalar_one()
        session.execute(text("UPDATE counter SET value = :value WHERE id = 1"), {"value": now + 1})


def test_threads_write_one_after_the_other(counting: Flask):
    def twenty_five(_: int) -> None:
        with counting.app_context():
            for _ in range(25):
                count_up(db.session())

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(twenty_five, range(8)))

    assert value(db.session()) == 200


@only_sqlite
def test_so_do_threads_of_several_processes(counting: Flask, url: str):
    others = [subprocess.Popen([sys.executable, "-c", COUNTS_UP, url, "25"], env={"PYTHONPATH": str(servers.ROOT / "inspect")}) for _ in range(2)]
    for _ in range(50):
        count_up(db.session())

    assert [other.wait(60) for other in others] == [0, 0]
    assert value(db.session()) == 250


@only_sqlite
@pytest.mark.parametrize("holder", [HOLDS_THE_FILE, HOLDS_THE_DATABASE], ids=["its turn", "the database itself"])
def test_another_process_that_holds_on_makes_us_busy_not_stuck(counting: Flask, url: str, holder: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("fieldbook.kernel.database.WAIT_SECONDS", 0.3)
    db.engine.dispose()  # the wait is told to each connection when it opens
    database = url.removeprefix("sqlite:///")
    place = f"{database}.writer.lock" if holder is HOLDS_THE_FILE else database
    with subprocess.Popen([sys.executable, "-c", holder, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        begun = time.monotonic()

        with pytest.raises(Busy):
            count_up(db.session())

        assert 0.2 < time.monotonic() - begun < 3
        other.communicate()
    count_up(db.session())
    assert value(db.session()) == 1


@only_sqlite
def test_a_thread_that_holds_on_makes_the_others_busy(counting: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("fieldbook.kernel.database.WAIT_SECONDS", 0.2)
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with counting.app_context(), writing(db.session()):
            held.set()
            let_go.wait(10)

    with ThreadPoolExecutor(1) as one:
        holding = one.submit(hold)
        held.wait(10)
        with pytest.raises(Busy):
            count_up(db.session())
        let_go.set()
        holding.result()
    count_up(db.session())

    assert value(db.session()) == 1


@pytest.mark.parametrize("end", [ZeroDivisionError, KeyboardInterrupt, GeneratorExit])
def test_whatever_goes_wrong_nothing_stays_and_the_next_may_write(counting: Flask, end: type[BaseException]):
    session = db.session()

    with pytest.raises(end), writing(session):
        session.execute(text("UPDATE counter SET value = 77"))
        raise end

    assert value(session) == 0
    count_up(session)
    assert value(session) == 1


def test_a_rule_of_the_database_is_an_error_and_leaves_nothing(counting: Flask):
    session = db.session()

    with pytest.raises(IntegrityError), writing(session):
        session.execute(text("UPDATE counter SET value = 77"))
        session.execute(text("INSERT INTO counter VALUES (1, 1)"))

    assert value(session) == 0


def test_what_was_read_before_the_turn_is_forgotten(counting: Flask):
    """Else a writer would decide by what stood there before it had waited."""
    session = db.session()
    assert value(session) == 0
    with ThreadPoolExecutor(1) as other:
        other.submit(lambda: (counting.app_context().__enter__() and None) or count_up(Session(db.engine))).result()

    with writing(session):
        seen = session.execute(text("SELECT value FROM counter")).scalar_one()

    assert seen == 1


@only_sqlite
def test_reading_never_waits_for_a_writer(counting: Flask):
    with writing(db.session()) as session:
        session.execute(text("UPDATE counter SET value = 5"))
        with db.engine.connect() as reader:
            seen = reader.execute(text("SELECT value FROM counter")).scalar_one()

    assert seen == 0


def test_upsert_says_how_many_rows_it_touched(counting: Flask):
    from sqlalchemy import Column, Integer, MetaData, Table

    counter = Table("counter", MetaData(), Column("id", Integer, primary_key=True), Column("value", Integer))

    with writing(db.session()) as session:
        touched = [
            upsert(session, counter, {"id": 2, "value": 1}, key=["id"]),
            upsert(session, counter, {"id": 2, "value": 9}, key=["id"]),
            upsert(session, counter, {"id": 2, "value": 9}, key=["id"], change={"value": counter.c.value + 10}),
        ]
        bulk_insert(session, counter, [])
        bulk_insert(session, counter, [{"id": 3, "value": 0}, {"id": 4, "value": 0}])

    assert touched == [1, 0, 1]
    assert dict(db.session().execute(text("SELECT id, value FROM counter")).all()) == {1: 0, 2: 11, 3: 0, 4: 0}


def test_a_session_that_only_says_it_begins_takes_nothing_away(counting: Flask):
    """It may open its own transaction without a word to the database, and its commit is then nobody's."""
    from sqlalchemy import Column, Integer, MetaData, Table

    counter = Table("counter", MetaData(), Column("id", Integer, primary_key=True), Column("value", Integer))

    with writing(db.session()) as session:
        bulk_insert(session, counter, [{"id": 2, "value": 9}])
        if not session.in_transaction():
            session.begin()

    assert dict(db.session().execute(text("SELECT id, value FROM counter")).all()) == {1: 0, 2: 9}


@only_sqlite
def test_every_connection_is_safe_against_a_power_cut_and_minds_references(counting: Flask):
    with db.engine.connect() as connection:
        told = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")]

    assert told == ["wal", 2, 1, 0]
    assert Base.metadata.naming_convention["fk"]
