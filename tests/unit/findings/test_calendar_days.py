"""The county edits its calendar: a year is loaded, a day is changed, and the open deadlines that this touches move later, never earlier."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from fieldbook import findings
from fieldbook.findings import Calendar, CalendarDay, Finding
from fieldbook.findings.deadlines import counted_again, due, due_in
from fieldbook.kernel import writing
from tests.county import County


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


@pytest.fixture
def unannounced(town: County) -> County:
    """The end of 2025, before anybody knew how 2026 would be worked."""
    with writing(town.session):
        town.session.execute(delete(CalendarDay).where(CalendarDay.day >= "2026"))
    town.session.rollback()
    town.session.info.clear()
    town.at = at("2025-12-31T15:00")
    return town


def fresh(town: County, finding: Finding) -> Finding:
    town.session.info.clear()
    return town.fresh(finding)


def test_loading_a_year_moves_the_deadlines_that_run_into_its_holidays(unannounced: County):
    finding = unannounced.report(criterion="25.03")
    assert (finding.due_at, finding.provisional) == (at("2026-01-05T15:00"), True)

    preview = findings.preview_calendar_year(unannounced.session, 2026)
    unannounced.session.rollback()
    with unannounced.acting("ma") as act:
        change = findings.load_calendar_year(act, 2026)

    moved = fresh(unannounced, finding)
    assert [(one.number, one.then) for one in preview.moved] == [(one.number, one.then) for one in change.moved] == [(finding.number, moved.due_at)]
    # New Year's Day to January 3rd are free, and the 4th, a Sunday, is worked
    assert (moved.due_at, moved.provisional) == (at("2026-01-06T15:00"), False)
    assert unannounced.entries(finding.id)[-1] == "finding.due_moved"
    assert date(2026, 1, 1) in change.days


def test_a_working_sunday_makes_no_deadline_earlier(unannounced: County):
    unannounced.at = at("2026-01-03T15:00")
    finding = unannounced.report()
    assert finding.due_at == at("2026-01-05T17:30")

    with unannounced.acting("ma") as act:
        change = findings.load_calendar_year(act, 2026)

    settled = fresh(unannounced, finding)
    assert (settled.due_at, settled.provisional, change.moved) == (at("2026-01-05T17:30"), False, [])


def test_a_date_that_a_person_named_is_moved_by_no_calendar(unannounced: County):
    finding = unannounced.say("extend", unannounced.report(), due_at=at("2026-01-02T10:00"))

    with unannounced.acting("ma") as act:
        findings.load_calendar_year(act, 2026)

    assert fresh(unannounced, finding).due_at == at("2026-01-02T10:00")


def test_a_year_that_nobody_has_announced_cannot_be_loaded(town: County):
    with pytest.raises(findings.YearNotAnnounced), town.acting("ma") as act:
        findings.load_calendar_year(act, 2031)
    with pytest.raises(findings.YearNotAnnounced):
        findings.preview_calendar_year(town.session, 2031)


def test_a_day_of_rest_by_the_countys_own_word_moves_what_runs_over_it(town: County):
    over, before = town.report(criterion="25.03"), town.report()
    friday = date(2025, 6, 13)
    preview = findings.preview_calendar_day(town.session, friday, False)
    town.session.rollback()

    with town.acting("ma") as act:
        change = findings.set_calendar_day(act, friday, False, "大雪")

    assert sorted(one.number for one in preview.moved) == sorted(one.number for one in change.moved) == sorted([over.number, before.number])
    assert fresh(town, over).due_at == at("2025-06-18T10:00")
    assert findings.is_own_day(friday, findings.calendar(town.session))


def test_given_back_the_day_is_the_notices_again_and_what_moved_stays(town: County):
    finding = town.report()
    friday, holiday = date(2025, 6, 13), date(2025, 10, 1)
    with town.acting("ma") as act:
        findings.set_calendar_day(act, friday, False)
        findings.set_calendar_day(act, holiday, True)
    late = fresh(town, finding).due_at

    with town.acting("ma") as act:
        findings.unset_calendar_day(act, friday)
        findings.unset_calendar_day(act, holiday)

    assert fresh(town, finding).due_at == late == at("2025-06-16T10:00")
    calendar = findings.calendar(town.session)
    assert (calendar.works(friday), calendar.works(holiday), findings.is_own_day(friday, calendar)) == (True, False, False)


def test_the_first_of_january_can_be_edited_without_announcing_its_year(town: County):
    with town.acting("ma") as act:
        findings.set_calendar_day(act, date(2031, 1, 1), False, "元旦")
        findings.set_calendar_day(act, date(2025, 1, 1), True)
        findings.unset_calendar_day(act, date(2025, 1, 1))
    town.session.info.clear()

    calendar = findings.calendar(town.session)
    assert (2031 in calendar.announced, 2025 in calendar.announced, calendar.works(date(2031, 1, 1))) == (False, True, False)


def test_what_was_resumed_with_the_hours_left_moves_too(town: County):
    finding = town.say("resume", town.say("defer", town.report(criterion="25.03")))
    before = finding.due_at

    with town.acting("ma") as act:
        findings.set_calendar_day(act, date(2025, 6, 16), False)

    assert fresh(town, finding).due_at == before + timedelta(days=1)


def test_loading_again_changes_nothing_and_says_nothing(town: County):
    town.report()
    with town.acting("ma") as act:
        change = findings.load_calendar_year(act, 2025)

    assert (change.days, change.moved, act.entries) == ({}, [], [])
    assert town.session.scalar(select(CalendarDay.announces).where(CalendarDay.day == "2025-01-01"))


DAYS = st.dates(date(2025, 1, 1), date(2025, 4, 30))
CALENDARS = st.dictionaries(DAYS, st.booleans(), max_size=30).map(lambda days: Calendar(exceptions=days, announced=frozenset({2025})))
STARTS = st.integers(0, 60 * 24 * 60).map(lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


@settings(max_examples=60)
@given(CALENDARS, CALENDARS, STARTS, st.integers(0, 40))
def test_counted_again_by_any_calendar_no_deadline_is_earlier_and_each_keeps_its_days(old: Calendar, new: Calendar, start: datetime, days: int):
    before, _ = due(old, start, days=days)

    after, provisional = counted_again(new, old, clock_at=start, days=days, due_at=before)

    assert after >= max(before, due(new, start, days=days)[0])
    assert after in (before, due(new, start, days=days)[0])
    assert provisional is False


@settings(max_examples=60)
@given(CALENDARS, CALENDARS, STARTS, st.integers(1, 200))
def test_hours_left_counted_again_are_as_many(old: Calendar, new: Calendar, start: datetime, hours: int):
    before, _ = due_in(old, start, timedelta(hours=hours))

    after, _ = counted_again(new, old, clock_at=start, days=None, due_at=before)

    assert after == before or findings.working_hours_between(new, start, after) == pytest.approx(hours)


def test_later_hours_move_open_deadlines_later_as_the_preview_said_and_earlier_ones_move_none(town: County):
    town.later(hours=10)  # in the evening: then days end with work
    finding = town.report(criterion="25.03")
    named_date = town.say("extend", town.report(), due_at=finding.due_at + timedelta(days=3)).due_at
    summer, early = [["08:00", "11:30"], ["15:00", "18:00"]], [["06:00", "13:30"]]

    preview = findings.preview_hours(town.session, summer)
    town.session.rollback()
    with town.acting("ma") as act:
        change = findings.set_hours(act, summer)

    moved = fresh(town, finding)
    assert [(one.number, one.then) for one in preview.moved] == [(one.number, one.then) for one in change.moved] == [(finding.number, moved.due_at)]
    assert (preview.moved[0].due_at, moved.due_at) == (at("2025-06-17T17:30"), at("2025-06-17T18:00"))
    assert town.session.scalar(select(Finding.due_at).where(Finding.extended == 1)) == named_date
    assert town.entries(finding.id)[-1] == "finding.due_moved"
    with town.acting("ma") as act:
        assert findings.set_hours(act, early).moved == []
    assert fresh(town, finding).due_at == moved.due_at
