"""Nothing is skipped by the feed's cursor, however commits overtake each other on PostgreSQL."""

import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from fieldbook import accounts, journal, sync
from fieldbook.accounts import Identity
from fieldbook.kernel import db, new_id, writing
from tests.conftest import ON_POSTGRESQL
from tests.county import NOON, County, named

WRITERS, COMMITS, POLLERS = 8, 2000, 3
LONGEST_PAUSE_SECONDS = 0.004

pytestmark = pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite lets one commit follow the other")


def race(app: Flask, write: Callable[[Any], object], poll: Callable[[Any, int, Any], tuple[set[object], Any]]) -> list[set[object]]:
    """What each poller never saw, of all that the writers committed, each pausing between having its place and the commit."""
    written: set[object] = set()
    seen: list[set[object]] = [set() for _ in range(POLLERS)]
    left, done, guard = iter(range(COMMITS)), threading.Event(), threading.Lock()

    def writer(dice: random.Random) -> None:
        with app.app_context():
            session = db.session()
            pause = lambda _: time.sleep(dice.random() * LONGEST_PAUSE_SECONDS)  # noqa: E731
            event.listen(session, "before_commit", pause)
            while True:
                with guard:
                    if next(left, None) is None:
                        break
                made = write(session)
                with guard:
                    written.add(made)
                time.sleep(dice.random() * LONGEST_PAUSE_SECONDS)
            event.remove(session, "before_commit", pause)
            db.session.remove()

    def poller(number: int) -> None:
        with app.app_context():
            session, cursor, last = db.session(), None, False
            while not last:
                last = done.is_set()  # one more look after the last commit
                while True:
                    found, cursor = poll(session, number, cursor)
                    session.rollback()
                    seen[number] |= found
                    if not found:
                        break
                time.sleep(0.002)
            db.session.remove()

    writers = [threading.Thread(target=writer, args=(random.Random(i),)) for i in range(WRITERS)]
    pollers = [threading.Thread(target=poller, args=(i,)) for i in range(POLLERS)]
    for thread in (*pollers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in pollers:
        thread.join()
    assert len(written) == COMMITS
    return [written - one for one in seen]


def test_no_phone_misses_a_change(app: Flask, town: County):
    """A person who sees all, one who sees a zone, one who sees a unit."""
    people = [Identity(named(who), who, who, "zh", None, NOON, accounts.posts_of(town.session, named(who))) for who in ("wu", "lin", "zhao")]
    start = [sync.pull(town.session, person, "", now=NOON)["cursor"] for person in people]
    town.session.rollback()

    def write(session: Any) -> object:
        with journal.begin(session, who=named("ma"), at=NOON) as act:
            return str(accounts.make_unit(act, name=f"单位 {(made := new_id())}", id=made).id)

    def poll(session: Any, number: int, cursor: Any) -> tuple[set[object], Any]:
        answer = sync.pull(session, people[number], cursor or start[number], now=NOON)
        return {row["id"] for row in answer["rows"]}, answer["cursor"]

    missed = race(app, write, poll)

    assert missed == [set(), set(), set()]


def test_a_plain_sequence_would_lose_some_in_the_same_race(app: Flask, town: County):
    with writing(town.session):
        town.session.execute(text("CREATE TABLE plain (seq bigserial PRIMARY KEY)"))

    def write(session: Any) -> object:
        with writing(session):
            return session.execute(text("INSERT INTO plain DEFAULT VALUES RETURNING seq")).scalar_one()

    def poll(session: Any, _number: int, cursor: Any) -> tuple[set[object], Any]:
        found = session.execute(text("SELECT seq FROM plain WHERE seq > :cursor ORDER BY seq"), {"cursor": cursor or 0}).scalars().all()
        return set(found), max(found, default=cursor or 0)

    missed = race(app, write, poll)

    assert all(missed)
