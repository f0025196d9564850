"""The county's calendar as its table has it, and what it makes of a finding's days."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldbook import standards
from fieldbook.kernel import county, kept, unkeep

from . import deadlines
from .deadlines import Calendar
from .model import CalendarDay, Finding
from .refusals import BadHours

#: morning, afternoon, and an evening shift
MOST_SPANS = 3


def calendar(session: Session) -> Calendar:
    """When the county works, kept until it changes."""
    return kept(session, "findings.calendar", _read)


def _read(session: Session) -> Calendar:
    rows = session.execute(select(CalendarDay.day, CalendarDay.works, CalendarDay.announces)).all()
    announced = frozenset(int(row.day[:4]) for row in rows if row.announces)
    return Calendar(hours=hours_of(county(session).hours), exceptions={date.fromisoformat(row.day): row.works for row in rows}, announced=announced)


def hours_of(told: Iterable[Sequence[str]]) -> tuple[tuple[time, time], ...]:
    """The spans of a working day as times, from HH:MM. Raises BadHours unless they are one to three, in order, apart, and at least an hour in all."""
    try:
        spans = tuple((time.fromisoformat(begins), time.fromisoformat(ends)) for begins, ends in told)
    except ValueError:
        raise BadHours from None
    moments = [moment for span in spans for moment in span]
    if not 1 <= len(spans) <= MOST_SPANS or any(later <= earlier for earlier, later in pairwise(moments)):
        raise BadHours
    if any(moment.second or moment.tzinfo for moment in moments) or Calendar(hours=spans).hours_a_day < 1:
        raise BadHours
    return spans


def days_given(session: Session, finding: Finding) -> int:
    """The days that the criterion gives; half of them when the same thing has come back."""
    days = county(session).usual_days
    if finding.criterion is not None and finding.manual is not None:
        days = standards.manual(session, finding.manual).criteria[finding.criterion].rectify_days
    return days_for(days, finding.nth)


def days_for(days: int, nth: int) -> int:
    """The days of what is found for the nth time, where a criterion gives so many."""
    return deadlines.shortened(days) if nth > 1 else days


def proposed_due(session: Session, finding: Finding, now: datetime, *, days: int | None = None) -> tuple[datetime, bool]:
    """(deadline, whether it is provisional) that assigning the finding now would set; days: instead of the criterion's."""
    return deadlines.due(calendar(session), now, days=days_given(session, finding) if days is None else days)


def forget_calendar(session: Session) -> None:
    """Let the calendar be read again, after it was changed."""
    unkeep(session)
