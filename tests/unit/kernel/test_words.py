"""The small things everything is made of: moments, JSON, ids, refusals, and what an act believes of a phone's clock."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, select
from sqlalchemy.orm import Session

from fieldbook.kernel import (
    NIL,
    Act,
    Instant,
    Json,
    Refusal,
    derived_id,
    from_ms,
    make_engine_options,
    new_id,
    to_ms,
    utcnow,
)
from fieldbook.kernel.act import OLDEST_CLAIM
from tests.county import NOON

THING = Table("thing", MetaData(), Column("id", Integer, primary_key=True), Column("at", Instant), Column("told", Json))


@pytest.fixture(scope="module")
def session(empty_database: Callable[[], str]) -> Iterator[Session]:
    """A database with one table of one moment and one JSON value."""
    url = empty_database()
    engine = create_engine(url, **make_engine_options(url))
    THING.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def back(session: Session, **values: Any) -> Any:
    """A value as the database gives it back."""
    session.execute(THING.delete())
    session.execute(THING.insert().values(id=1, **values))
    return session.execute(select(THING)).one()


MOMENTS = [
    NOON,
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    datetime(2025, 6, 12, 10, 0, tzinfo=timezone(timedelta(hours=8))),
]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_moment_comes_back_as_the_same_moment_in_utc(session: Session, moment: datetime):
    found = back(session, at=moment).at

    assert found == moment
    assert found.tzinfo is UTC


def test_moments_are_sorted_as_moments(session: Session):
    session.execute(THING.delete())
    session.execute(THING.insert(), [{"id": i, "at": moment} for i, moment in enumerate(MOMENTS)])

    found = session.scalars(select(THING.c.at).order_by(THING.c.at)).all()

    assert found == sorted(MOMENTS)
    assert session.scalars(select(THING.c.id).where(THING.c.at < datetime(1970, 1, 1, tzinfo=UTC))).all() == [2, 4]


def test_a_moment_without_a_zone_is_refused(session: Session):
    with pytest.raises(Exception, match="offset-naive"):
        back(session, at=datetime(2025, 6, 12))  # noqa: DTZ001
    session.rollback()


@pytest.mark.parametrize("value", [None, {}, [], {"words": "水产区“积水”", "n": 2**53, "deep": [{"a": [None, True]}]}, "text", 0, "half \\ued"])
def test_json_comes_back_as_it_was(session: Session, value: Any):
    assert back(session, told=value).told == value


@given(st.integers(to_ms(datetime(1, 1, 1, tzinfo=UTC)), to_ms(datetime(9999, 12, 31, tzinfo=UTC))))
def test_milliseconds_and_moments_are_the_same_thing(ms: int):
    assert to_ms(from_ms(ms)) == ms


def test_now_is_cut_to_what_can_be_kept():
    now = utcnow()

    assert from_ms(to_ms(now)) == now


def told(ms: int, *, offset_ms: int = 0) -> datetime:
    return Act(None, None, NOON, offset_ms=offset_ms).told(ms)  # type: ignore[arg-type]


HOUR = 3_600_000


def test_a_phones_moment_is_put_right_by_its_offset():
    assert told(to_ms(NOON) - 9 * HOUR, offset_ms=8 * HOUR) == NOON - timedelta(hours=1)


@pytest.mark.parametrize(
    "ms",
    [to_ms(NOON) + 1, to_ms(NOON - OLDEST_CLAIM) - 1, 0, -62_135_596_800_000, 253_402_300_799_000, 2**53, -(2**53), 10**30],
    ids=["a moment ahead", "older than a season", "1970", "year 1", "year 9999", "far ahead", "far back", "no year at all"],
)
def test_a_claim_that_cannot_be_true_becomes_the_servers_time(ms: int):
    assert told(ms) == NOON


def test_the_ends_of_what_can_be_true_are_believed():
    assert told(to_ms(NOON)) == NOON
    assert told(to_ms(NOON - OLDEST_CLAIM)) == NOON - OLDEST_CLAIM


@given(st.integers(-(2**60), 2**60), st.integers(-(2**53), 2**53))
def test_whatever_a_phone_claims_is_within_a_season_and_not_ahead(ms: int, offset: int):
    assert NOON - OLDEST_CLAIM <= told(ms, offset_ms=offset) <= NOON


def test_an_entry_keeps_only_words_that_were_said_and_keys_that_are_there():
    act = Act(None, None, NOON)  # type: ignore[arg-type]

    act.record("lid.seen", new_id(), reach=[NIL, None, NIL], said={"words": "积水", "note": ""}, depth_cm=5)

    [entry] = act.entries
    assert (entry.said, entry.reach, entry.facts) == ({"words": "积水"}, frozenset({NIL}), {"depth_cm": 5})


def test_the_same_parts_give_the_same_id_and_no_other_parts_do():
    assert derived_id("a", 1) == derived_id("a", "1")
    assert len({derived_id("a", "b"), derived_id("ab"), derived_id("b", "a"), derived_id("a", "", "b"), new_id(), new_id()}) == 6


def test_a_refusal_carries_facts_that_can_travel():
    refusal = Refusal(at=NOON, many=3, whether=True, who=NIL)

    assert refusal.facts == {"at": str(NOON), "many": 3, "whether": True, "who": str(NIL)}


