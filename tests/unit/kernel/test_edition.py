"""What is kept in memory is never stale: not after a change of one's own, not after another process's."""

from datetime import date

from flask import Flask

from fieldbook import findings, places
from fieldbook.kernel import county, db, kept, settle_county
from tests.conftest import make_app
from tests.county import County, named


def test_it_is_read_once_while_nothing_is_settled_anew(town: County):
    reads: list[int] = []

    def read(_session: object) -> int:
        reads.append(1)
        return len(reads)

    first = kept(town.session, "test", read)
    town.session.rollback()
    with town.acting("lin") as act:
        act.record("finding.looked", named("lin"))
    again = kept(town.session, "test", read)

    assert (first, again, len(reads)) == (1, 1, 1)


def test_a_change_is_seen_at_once_by_the_act_that_makes_it_and_by_all_after_it(town: County):
    before = county(town.session).recurs_days

    with town.acting("ma") as act:
        settle_county(act, recurs_days=45)
        within = county(act.session).recurs_days
    after = county(town.session).recurs_days

    assert (before, within, after) == (30, 45, 45)


def test_a_change_that_was_taken_back_leaves_nothing(town: County):
    class Never(Exception):
        pass

    try:
        with town.acting("ma") as act:
            settle_county(act, recurs_days=45)
            assert county(act.session).recurs_days == 45
            raise Never
    except Never:
        pass

    assert county(town.session).recurs_days == 30


def test_another_process_sees_it_at_its_next_question(app: Flask, town: County, fresh_database: str):
    """Two applications on one database keep what they know apart, as two workers do."""
    other = make_app(town.app.extensions["fieldbook"].settings.instance, fresh_database)
    day = date(2025, 6, 13)
    with other.app_context():
        before = findings.calendar(town.session).exceptions.get(day)
        town.session.remove() if hasattr(town.session, "remove") else town.session.close()

    with town.acting("ma") as act:
        findings.set_calendar_day(act, day, works=False, name="停工")

    with other.app_context():
        after = findings.calendar(town.session).exceptions.get(day)
        zones = places.zones_below(town.session)
        town.session.close()
        db.engine.dispose()

    assert (before, after) == (None, False)
    assert named("zone6") in zones[named("east")]
