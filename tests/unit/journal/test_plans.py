"""What grows for years is never gone through from end to end: each question asked every minute finds its rows by an index."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from fieldbook import messages, sync
from fieldbook.kernel import db, new_id
from tests.conftest import ON_POSTGRESQL
from tests.county import County, named, picture

#: the tables that a county fills for years; the others hold what it has settled
GROWING = {"entry", "entry_reach", "said", "finding", "naming", "aside", "photo", "likeness", "command", "visit", "answer", "notice"}
SCAN = re.compile(r"SCAN (\w+)(?: AS \w+)?(?! USING)")

pytestmark = pytest.mark.skipif(ON_POSTGRESQL, reason="on a small table PostgreSQL rightly prefers going through it")


@contextmanager
def overheard() -> Iterator[set[str]]:
    """Every statement said to the database meanwhile."""
    said: set[str] = set()

    def hear(_connection: Any, _cursor: Any, statement: str, *_: object) -> None:
        said.add(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)


def gone_through(statement: str) -> set[str]:
    """The growing tables that SQLite would read from end to end for this statement."""
    names = {alias: table for table, alias in re.findall(r"\b(?:FROM|JOIN) (\w+) AS (\w+)", statement)}
    with db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        plan = raw.execute(f"EXPLAIN QUERY PLAN {statement}", [None] * statement.count("?")).fetchall()
    scanned = {found[1] for row in plan if (found := SCAN.match(row[3]))}
    return {names.get(one, one) for one in scanned} & GROWING


def test_by_what_phones_ask_all_day(town: County, as_):
    lin, data = as_("lin"), picture(5, size=(320, 240))
    told = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "width": 320, "height": 240, "taken_at": 0, "source": "camera"}
    cursor = lin.pull()["cursor"]

    with overheard() as said:
        lin.push(lin.command("finding.report", new_id(), {"place": str(named("城南农贸市场")), "photos": [told], "words": "水"}))
        lin.put_photo(data)
        lin.pull(cursor)

    assert len(said) > 25
    assert {statement: found for statement in said if (found := gone_through(statement))} == {}


def test_by_what_the_job_runner_does_all_day(town: County):
    town.finding(state="accepted")

    with overheard() as said:
        while messages.follow(town.session):
            pass
        messages.remind(town.session, town.at)
        sync.release_stale(town.session, now=town.at)

    assert {statement: found for statement in said if (found := gone_through(statement))} == {}


def test_and_it_would_be_seen(town: County):
    assert gone_through("SELECT id FROM finding AS f WHERE words = ?") == {"finding"}
    assert gone_through("SELECT id FROM finding WHERE id = ?") == set()
