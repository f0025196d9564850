"""The county's calendar 日历: holidays and working rest days by year or by day, and the open deadlines that this moves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fieldbook.kernel import NIL, Act, settle_county, upsert

from .. import deadlines, rules
from ..calendar import calendar, forget_calendar, hours_of
from ..deadlines import Calendar
from ..model import CalendarDay, Finding, State
from ..refusals import YearNotAnnounced
from .steps import changed, lock

#: whose deadline a calendar may move: the clock runs, or starts again when it is returned
MOVES = rules.RUNNING | {State.RECTIFIED}


@dataclass(frozen=True)
class Moved:
    """A deadline before and after a change of the calendar."""

    finding: UUID
    number: str
    due_at: datetime
    then: datetime
    provisional: bool


@dataclass(frozen=True)
class CalendarChange:
    """What a change of the calendar comes to: the days it enters, and the open deadlines it moves, all of them later."""

    days: dict[date, tuple[bool, str]]
    moved: list[Moved]


def preview_calendar_year(session: Session, year: int) -> CalendarChange:
    """What loading a year's holidays would come to; changes nothing. Raises YearNotAnnounced."""
    days = _announced(year)
    known = set(session.scalars(select(CalendarDay.day).where(CalendarDay.day.startswith(f"{year}-"))))
    fresh = {day: told for day, told in days.items() if day.isoformat() not in known}
    return CalendarChange(fresh, [one for one in _moves(session, _with(calendar(session), fresh, announces=frozenset({year}))) if one.then > one.due_at])


def load_calendar_year(act: Act, year: int) -> CalendarChange:
    """Enter a year's holidays and working rest days; days that were edited before stay. Open deadlines move later, never earlier.

    Raises YearNotAnnounced.
    """
    _announced(year)
    before = calendar(act.session)
    entered = _enter(act, range(year, year + 1))
    return CalendarChange(entered, _move(act, before))


def preview_calendar_day(session: Session, day: date, works: bool) -> CalendarChange:
    """What `set_calendar_day` would come to; changes nothing."""
    told = {day: (works, "")}
    return CalendarChange(told, [one for one in _moves(session, _with(calendar(session), told)) if one.then > one.due_at])


def set_calendar_day(act: Act, day: date, works: bool, name: str = "") -> CalendarChange:
    """Say that the county works on a day or rests, whatever the notice says. Open deadlines move later, never earlier."""
    before, name = calendar(act.session), name[:40]
    row = {"day": day.isoformat(), "works": works, "name": name, "announces": False}
    upsert(act.session, CalendarDay, row, key=["day"], change={"works": works, "name": name})
    forget_calendar(act.session)
    act.record("calendar.day_set", NIL, reach=[NIL], said={"name": name}, day=day.isoformat(), works=works)
    return CalendarChange({day: (works, name)}, _move(act, before))


def unset_calendar_day(act: Act, day: date) -> CalendarChange:
    """Give a day back to the notice of its year, or to Monday to Friday. Open deadlines move later, never earlier."""
    before = calendar(act.session)
    told = _days_of(day.year).get(day) if day.year in before.announced else None
    if told is None:
        act.session.execute(delete(CalendarDay).where(CalendarDay.day == day.isoformat()))
    else:
        row = {"day": day.isoformat(), "works": told[0], "name": told[1], "announces": (day.month, day.day) == (1, 1)}
        upsert(act.session, CalendarDay, row, key=["day"], change={"works": told[0], "name": told[1]})
    forget_calendar(act.session)
    act.record("calendar.day_unset", NIL, reach=[NIL], day=day.isoformat())
    return CalendarChange({day: told} if told else {}, _move(act, before))


def preview_hours(session: Session, hours: Sequence[Sequence[str]]) -> CalendarChange:
    """What `set_hours` would come to; changes nothing. Raises BadHours."""
    before = calendar(session)
    return CalendarChange({}, [one for one in _moves(session, replace(before, hours=hours_of(hours)), before) if one.then > one.due_at])


def set_hours(act: Act, hours: Sequence[Sequence[str]]) -> CalendarChange:
    """Say in which hours of a working day the county works. Open deadlines move later, never earlier. Raises BadHours."""
    before, spans = calendar(act.session), hours_of(hours)
    settle_county(act, hours=[[f"{begins:%H:%M}", f"{ends:%H:%M}"] for begins, ends in spans])
    forget_calendar(act.session)
    return CalendarChange({}, _move(act, before))


def is_own_day(day: date, county: Calendar) -> bool:
    """Whether the county itself has said something else of a day than the notice of its year, or than Monday to Friday."""
    told = _days_of(day.year).get(day) if day.year in county.announced else None
    return county.works(day) != (told[0] if told else day.weekday() < 5)


def fill_calendar(act: Act, years: range) -> int:
    """Enter the announced holidays and working rest days of these years; days already there stay. Returns how many were entered.

    Source: the State Council's yearly notices, as chinesecalendar has them; a year it does not know is left out.
    """
    return len(_enter(act, years))


def _enter(act: Act, years: range) -> dict[date, tuple[bool, str]]:
    entered: dict[date, tuple[bool, str]] = {}
    for year in years:
        days = _days_of(year)
        for day, (works, name) in days.items():
            if upsert(act.session, CalendarDay, {"day": day.isoformat(), "works": works, "name": name, "announces": False}, key=["day"]):
                entered[day] = (works, name)
        if days:
            act.session.execute(update(CalendarDay).where(CalendarDay.day == f"{year}-01-01").values(announces=True))
    forget_calendar(act.session)
    if entered:
        act.record("calendar.filled", NIL, reach=[NIL], years=[years.start, years.stop - 1], days=len(entered))
    return entered


def _announced(year: int) -> dict[date, tuple[bool, str]]:
    days = _days_of(year)
    if not days:
        raise YearNotAnnounced(year=year)
    return days


@cache
def _days_of(year: int) -> dict[date, tuple[bool, str]]:
    """The days of a year that differ from Monday to Friday, and its first day, with their names; empty when it is not announced."""
    import chinese_calendar

    days: dict[date, tuple[bool, str]] = {}
    day = date(year, 1, 1)
    while day.year == year:
        try:
            works, name = chinese_calendar.is_workday(day), chinese_calendar.get_holiday_detail(day)[1]
        except NotImplementedError:
            break
        if works != (day.weekday() < 5) or (day.month, day.day) == (1, 1):
            days[day] = (works, name or "")
        day = date.fromordinal(day.toordinal() + 1)
    return days


def _with(before: Calendar, days: Mapping[date, tuple[bool, str]], *, announces: frozenset[int] = frozenset()) -> Calendar:
    exceptions = {**before.exceptions, **{day: works for day, (works, _) in days.items()}}
    return replace(before, exceptions=exceptions, announced=before.announced | announces)


def _moves(session: Session, after: Calendar, before: Calendar | None = None) -> list[Moved]:
    """The deadlines that were counted, counted again: those that move or are no longer provisional."""
    old = before or calendar(session)
    rows: Iterable[Any] = session.execute(
        select(Finding.id, Finding.number, Finding.clock_at, Finding.clock_days, Finding.due_at, Finding.provisional)
        .where(Finding.state.in_(MOVES), Finding.clock_at.is_not(None), Finding.due_at.is_not(None))
        .order_by(Finding.id)
    )
    moved = []
    for row in rows:
        then, provisional = deadlines.counted_again(after, old, clock_at=row.clock_at, days=row.clock_days, due_at=row.due_at)
        if then != row.due_at or provisional != row.provisional:
            moved.append(Moved(row.id, row.number, row.due_at, then, provisional))
    return moved


def _move(act: Act, before: Calendar) -> list[Moved]:
    """Move the open deadlines to what the calendar now says; an entry each. Returns those whose date changed."""
    moved = {one.finding: one for one in _moves(act.session, calendar(act.session), before)}
    for id, finding in lock(act, list(moved)).items():
        one = moved[id]
        finding.due_at, finding.provisional = one.then, one.provisional
        changed(act, finding, "finding.due_moved", due_at=one.then, due_before=one.due_at, provisional=one.provisional)
    return [one for one in moved.values() if one.then > one.due_at]
