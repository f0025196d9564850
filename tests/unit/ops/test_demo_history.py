"""Four invented weeks: plausible whenever they end, and carried out by the real commands."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select

from fieldbook import evidence, findings, journal, standards
from fieldbook.evidence import PhotoState, Role
from fieldbook.findings import Calendar, Finding, State
from fieldbook.inspections import Visit
from fieldbook.kernel import Base, db, writing
from fieldbook.ops.demo import fill, people
from fieldbook.ops.demo.history import Deed, Plan
from fieldbook.ops.demo.pictures import Album
from fieldbook.ops.demo.places import read_register
from fieldbook.ops.furnish import STANDARDS
from tests.conftest import make_app

#: a Thursday afternoon, a Monday before work, a Sunday night, a day in a week of holidays
ENDS = [
    datetime(2025, 6, 12, 7, 30, tzinfo=UTC),
    datetime(2025, 6, 15, 23, 30, tzinfo=UTC),
    datetime(2025, 6, 15, 15, 0, tzinfo=UTC),
    datetime(2025, 10, 5, 6, 0, tzinfo=UTC),
]
THURSDAY = ENDS[0]


def plan(now: datetime, seed: int = 1) -> list[Deed]:
    register = read_register()
    kinds = standards.queries._parse(STANDARDS.read_text("utf-8"))
    manual = standards.Manual(1, "", kinds, {c.code: c for kind in kinds.values() for c in kind.criteria})
    return Plan(
        dice=Random(seed),
        now=now,
        calendar=Calendar(announced=frozenset({2025})),
        manual=manual,
        spots=register.spots(),
        staff=people.staff(register),
        album=Album(),
    ).make()


@pytest.mark.parametrize("now", ENDS, ids=str)
def test_nothing_happens_after_now_and_nobody_does_two_things_at_once(now):
    deeds = plan(now)

    moments = [(deed.who, deed.at) for deed in deeds]

    assert len(deeds) > 1400
    assert max(deed.at for deed in deeds) < now
    assert [count for count in Counter(moments).values() if count > 1] == []


def test_the_same_seed_gives_the_same_weeks():
    one, other = plan(THURSDAY), plan(THURSDAY)

    assert [(d.at, d.who, [s.named.sha256 for s in d.shots]) for d in one] == [(d.at, d.who, [s.named.sha256 for s in d.shots]) for d in other]
    assert [d.at for d in plan(THURSDAY, seed=2)] != [d.at for d in one]


def test_people_work_by_daylight():
    hours = {(deed.at + timedelta(hours=8)).hour for deed in plan(THURSDAY)}

    assert hours <= set(range(8, 21))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder: Path = tmp_path_factory.mktemp("demo")
    app = make_app(folder, f"sqlite:///{folder / 'fieldbook.sqlite'}")
    with app.app_context(), writing(db.session()):
        Base.metadata.create_all(db.session().connection())
        journal.install_triggers(db.session().connection())
    fill(app, now=THURSDAY)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_county_has_work_in_every_state(filled):
    states = Counter(db.session().scalars(select(Finding.state)))

    reached = {State(state) for state in states}

    assert reached >= set(State) - {State.MERGED}
    assert 350 <= states.total() <= 500
    assert states[State.CLEARED] > states.total() / 2
    assert 20 <= states[State.RECTIFIED] <= 60


def test_some_is_overdue_some_came_back_and_some_was_fixed_on_the_spot(filled):
    session = db.session()

    overdue = session.scalar(select(func.count()).select_from(Finding).where(findings.overdue(THURSDAY)))
    again = session.scalar(select(func.count()).select_from(Finding).where(Finding.nth > 1))
    on_spot = session.scalar(select(func.count()).select_from(Finding).where(Finding.on_spot))
    twice = session.scalar(select(func.count()).select_from(Finding).where(Finding.returned > 1))

    assert min(overdue, again, on_spot) >= 5
    assert twice >= 1


def test_the_demo_is_told_by_its_journal(filled):
    session = db.session()

    assert journal.verify(session) == []
    assert findings.verify_states(session) == []


def test_what_was_cleared_was_seen(filled):
    session = db.session()
    cleared = list(session.scalars(select(Finding.id).where(Finding.state == State.CLEARED)))

    named = evidence.namings(session, finding_ids=cleared)

    assert {photo.state for photos in named.values() for photo in photos} == {PhotoState.CHECKED}
    assert {id for id, photos in named.items() if {photo.role for photo in photos} >= {Role.BEFORE, Role.AFTER}} == set(cleared)


def test_every_visit_has_a_score(filled):
    session = db.session()

    assert session.scalar(select(func.count()).select_from(Visit).where(Visit.of_tenths == 0)) == 0
    assert session.scalar(select(func.count()).select_from(Visit)) > 500
