"""The county's calendar as its table has it, and how it is first filled."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldbook.kernel import NIL, Act, upsert

from .deadlines import Calendar
from .model import CalendarDay

#: session.info key: a session lives for one request, so the calendar is read once in it
_KEPT = "findings.calendar"


def calendar(session: Session) -> Calendar:
    """When the county works, read once a session."""
    kept: Any = session.info.get(_KEPT)
    if kept is None:
        days = {date.fromisoformat(row.day): row.works for row in session.execute(select(CalendarDay.day, CalendarDay.works))}
        announced = frozenset(day.year for day in days if (day.month, day.day) == (1, 1))
        kept = session.info[_KEPT] = Calendar(exceptions=days, announced=announced)
    return kept  # type: ignore[no-any-return]


def fill_calendar(act: Act, years: range) -> int:
    """Enter the announced holidays and working rest days of these years; days already there stay. Returns the days entered.

    Source: the State Council's yearly notices, as chinesecalendar has them; a year it does not know is left out.
    """
    import chinese_calendar

    entered = 0
    for year in years:
        day = date(year, 1, 1)
        while day.year == year:
            try:
                works, name = chinese_calendar.is_workday(day), chinese_calendar.get_holiday_detail(day)[1]
            except NotImplementedError:
                break
            if works != (day.weekday() < 5) or (day.month, day.day) == (1, 1):
                entered += upsert(act.session, CalendarDay, {"day": day.isoformat(), "works": works, "name": name or ""}, key=["day"])
            day = date.fromordinal(day.toordinal() + 1)
    act.session.info.pop(_KEPT, None)
    if entered:
        act.record("calendar.filled", NIL, reach=[NIL], years=[years.start, years.stop - 1], days=entered)
    return entered
