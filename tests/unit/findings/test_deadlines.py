"""Deadlines run in the county's working hours: 08:30–12:00 and 14:00–17:30, on the days that the State Council's notice names."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fieldbook import findings
from fieldbook.findings import Calendar, CalendarDay, due, working_hours_between
from fieldbook.findings.calendar import hours_of
from fieldbook.findings.deadlines import shortened
from fieldbook.kernel import writing
from tests.county import County


def days(first: str, last: str | None = None) -> list[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
    return [begin + timedelta(days=i) for i in range((end - begin).days + 1)]


#: from the notice for 2025, by hand: the rest days, and the days of rest on which people work
REST = [days("2025-01-01"), days("2025-01-28", "2025-02-04"), days("2025-04-04", "2025-04-06"), days("2025-05-01", "2025-05-05"), days("2025-05-31", "2025-06-02"), days("2025-10-01", "2025-10-08")]
WORK = ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"]
BY_HAND = {day: False for span in REST for day in span} | {date.fromisoformat(day): True for day in WORK}
COUNTY = Calendar(exceptions=BY_HAND, announced=frozenset({2025}))


def at(text: str) -> datetime:
    """A moment of the county's clock, in UTC."""
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "within", "deadline"),
    [
        ("2025-06-12T10:00", 1, "2025-06-13T10:00"),  # Thursday to Friday
        ("2025-06-13T16:30", 1, "2025-06-16T16:30"),  # over a weekend
        ("2025-06-13T16:30", 3, "2025-06-18T16:30"),
        ("2025-06-12T08:30", 1, "2025-06-12T17:30"),  # a whole day is this day's end
        ("2025-06-12T17:30", 1, "2025-06-13T17:30"),
        ("2025-06-12T12:30", 1, "2025-06-13T12:00"),  # at lunch: counted from 14:00
        ("2025-06-12T20:00", 1, "2025-06-13T17:30"),  # in the evening: from the next morning
        ("2025-06-14T11:00", 1, "2025-06-16T17:30"),  # on a Saturday: from Monday
        ("2025-01-24T10:00", 1, "2025-01-26T10:00"),  # the Sunday before Spring Festival is worked
        ("2025-01-24T10:00", 2, "2025-01-27T10:00"),
        ("2025-01-24T10:00", 3, "2025-02-05T10:00"),  # and the festival is not
        ("2025-02-07T15:00", 1, "2025-02-08T15:00"),  # a Saturday after it is worked
        ("2025-09-30T15:00", 1, "2025-10-09T15:00"),  # over the National Day
        ("2025-09-27T15:00", 1, "2025-09-28T17:30"),  # Saturday to the worked Sunday
        ("2025-10-10T09:00", 1, "2025-10-11T09:00"),
        ("2025-06-12T10:00", 15, "2025-07-03T10:00"),
        ("2025-06-12T11:59", 1, "2025-06-13T11:59"),
        ("2025-06-12T10:00", 0, "2025-06-12T10:00"),
        ("2025-06-12T10:00", 29, "2025-07-23T10:00"),
        ("2025-06-12T10:00", 30, "2025-07-14T17:30"),  # long-term: the 30th day of the calendar is a Saturday
        ("2025-06-13T20:00", 31, "2025-07-14T17:30"),
        ("2025-06-12T10:00", 90, "2025-09-10T17:30"),
        ("2025-08-29T10:00", 33, "2025-10-09T17:30"),  # its last day is National Day
    ],
)
def test_so_many_working_days_end(start: str, within: int, deadline: str):
    assert due(COUNTY, at(start), days=within) == (at(deadline), False)


@pytest.mark.parametrize(
    ("start", "provisional"),
    [("2025-12-30T10:00", False), ("2025-12-31T10:00", True), ("2026-03-03T10:00", True), ("2024-12-31T10:00", True)],
)
def test_a_deadline_that_touches_a_year_not_yet_announced_is_provisional(start: str, provisional: bool):
    assert due(COUNTY, at(start), days=1)[1] is provisional


@pytest.mark.parametrize(("days", "term"), [(0, "immediate"), (1, "immediate"), (2, "limited"), (29, "limited"), (30, "long_term"), (90, "long_term")])
def test_a_deadline_is_immediate_limited_or_long_term(days: int, term: str):
    assert findings.term(days) == term


@pytest.mark.parametrize(("days", "shorter"), [(1, 1), (2, 1), (3, 1), (7, 3), (15, 7), (30, 15)])
def test_what_comes_back_gets_half_the_days_and_at_least_one(days: int, shorter: int):
    assert shortened(days) == shorter


def test_a_year_not_yet_announced_counts_monday_to_friday():
    assert due(COUNTY, at("2026-12-31T10:00"), days=1) == (at("2027-01-01T10:00"), True)
    assert due(COUNTY, at("2027-01-01T10:00"), days=1) == (at("2027-01-04T10:00"), True)


def minutes_worked(start: datetime, end: datetime, spans: Sequence[tuple[int, int]] = ((510, 720), (840, 1050))) -> int:
    """Counted minute by minute, the plain way. spans: of a working day, in minutes."""
    count, moment = 0, start.astimezone(COUNTY.zone)
    while moment < end:
        clock = moment.hour * 60 + moment.minute
        works = BY_HAND.get(moment.date(), moment.weekday() < 5)
        count += works and any(begins <= clock < ends for begins, ends in spans)
        moment += timedelta(minutes=1)
    return count


MINUTES = st.integers(0, 364 * 24 * 60).map(lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


@settings(max_examples=40)
@given(MINUTES, st.integers(0, 12 * 24 * 60))
def test_working_hours_are_those_counted_minute_by_minute(start: datetime, span: int):
    end = start + timedelta(minutes=span)

    assert working_hours_between(COUNTY, start, end) == pytest.approx(minutes_worked(start, end) / 60)
    assert working_hours_between(COUNTY, end, start) == -working_hours_between(COUNTY, start, end)


@settings(max_examples=40)
@given(MINUTES, st.integers(1, 4))
def test_a_deadline_leaves_exactly_so_many_working_hours_and_not_a_minute_more(start: datetime, within: int):
    deadline, _ = due(COUNTY, start, days=within)

    assert minutes_worked(start, deadline) == within * 7 * 60
    assert minutes_worked(deadline - timedelta(minutes=1), deadline) == 1


@st.composite
def any_hours(draw: st.DrawFn) -> list[tuple[int, int]]:
    """One to three spans of a day in minutes, in order and apart, of an hour at least."""
    edges = sorted(draw(st.lists(st.integers(0, 1439), min_size=2, max_size=6, unique=True)))
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    assume(sum(ends - begins for begins, ends in spans) >= 60)
    return spans


@settings(max_examples=40)
@given(MINUTES, st.integers(1, 4), any_hours())
def test_whatever_hours_a_county_works_a_deadline_is_so_many_of_its_days(start: datetime, within: int, spans: list[tuple[int, int]]):
    told = [[f"{begins // 60:02}:{begins % 60:02}", f"{ends // 60:02}:{ends % 60:02}"] for begins, ends in spans]
    county = Calendar(exceptions=BY_HAND, announced=frozenset({2025}), hours=hours_of(told))

    deadline, _ = due(county, start, days=within)

    assert minutes_worked(start, deadline, spans) == within * sum(ends - begins for begins, ends in spans)
    assert working_hours_between(county, start, deadline) == pytest.approx(within * county.hours_a_day)


@pytest.mark.parametrize("told", [[], [["08:30", "08:30"]], [["14:00", "17:30"], ["08:30", "12:00"]], [["08:30", "12:00"], ["11:00", "17:30"]], [["08:30", "09:00"]], [["8:30", "12:00"]], [["08:30", ""]], [["08:30", "12:00"]] * 4, [["24:00", "25:00"]], [["08:30:30", "12:00"]]])  # fmt: skip
def test_hours_that_are_none_are_refused(told: list[list[str]]):
    with pytest.raises(findings.BadHours):
        hours_of(told)


def test_seconds_count_too():
    half = timedelta(seconds=30)

    assert working_hours_between(COUNTY, at("2025-06-12T10:00"), at("2025-06-12T10:00") + half) == pytest.approx(30 / 3600)
    assert due(COUNTY, at("2025-06-12T10:00") + half, days=1)[0] == at("2025-06-13T10:00") + half


def test_the_countys_own_calendar_says_the_same_of_every_day_of_2025(town: County):
    calendar = findings.calendar(town.session)

    assert [day for day in days("2025-01-01", "2025-12-31") if calendar.works(day) != COUNTY.works(day)] == []
    assert calendar.announced >= {2024, 2025, 2026}
    assert 2027 not in calendar.announced


def test_filling_it_again_changes_no_day_that_the_county_has_edited(town: County):
    with writing(town.session):
        town.session.get_one(CalendarDay, "2025-10-01").works = True

    with town.acting("ma") as act:
        entered = findings.fill_calendar(act, range(2024, 2028))

    town.session.rollback()
    assert entered == 0
    assert town.session.scalars(select(CalendarDay.works).where(CalendarDay.day == "2025-10-01")).one()
    assert town.session.scalars(select(CalendarDay.day).where(CalendarDay.day >= "2027")).all() == []


def test_a_year_that_is_not_known_yet_stays_open_and_its_deadlines_provisional(town: County):
    town.at = at("2026-12-31T10:00")

    finding = town.report()

    assert (finding.due_at, finding.provisional) == (at("2027-01-01T10:00"), True)
