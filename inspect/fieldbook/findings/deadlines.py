"""Deadlines in the county's working time. Pure."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

#: a working day until the county settles another: seven hours
HOURS = ((time(8, 30), time(12, 0)), (time(14, 0), time(17, 30)))
#: from so many days on a deadline is long-term and counts days of the calendar
LONG_TERM_DAYS = 30


class Term(StrEnum):
    """What kind of deadline a criterion sets."""

    IMMEDIATE = "immediate"  #: 立行立改: one working day, so within 24 hours from one working day to the next
    LIMITED = "limited"  #: 限期整改: some working days
    LONG_TERM = "long_term"  #: 长期整改: 30 to 90 days of the calendar


TIMEZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Calendar:
    """When the county works.

    exceptions: days that differ from Monday to Friday; True = works. announced: the years whose
    holidays and working rest days are known; another year counts Monday to Friday, provisionally.
    hours: the spans of a working day, in order; one working day of a deadline is their sum.
    """

    timezone: str = TIMEZONE
    exceptions: Mapping[date, bool] = field(default_factory=dict)
    announced: frozenset[int] = frozenset()
    hours: tuple[tuple[time, time], ...] = HOURS

    @property
    def day(self) -> timedelta:
        """The working time of one working day."""
        return sum((_since_midnight(ends) - _since_midnight(begins) for begins, ends in self.hours), timedelta())

    @property
    def hours_a_day(self) -> float:
        """The same in hours."""
        return self.day / timedelta(hours=1)

    @property
    def ends(self) -> time:
        """When work ends on a working day."""
        return self.hours[-1][1]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def works(self, day: date) -> bool:
        """Whether the county works on this day."""
        return self.exceptions.get(day, day.weekday() < 5)

    @cached_property
    def turned(self) -> tuple[list[date], list[int]]:
        """The days that are not as Monday to Friday has them, in order, and what each adds: a day of work, or one less."""
        days = sorted(day for day, works in self.exceptions.items() if works != (day.weekday() < 5))
        return days, [1 if self.exceptions[day] else -1 for day in days]

    @cached_property
    def seconds(self) -> tuple[tuple[int, int], ...]:
        """The working hours in seconds since midnight."""
        return tuple((a.hour * 3600 + a.minute * 60, b.hour * 3600 + b.minute * 60) for a, b in self.hours)

    def spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The working spans from `start` on, cut to begin no earlier; local times, endless."""
        local = start.astimezone(self.zone)
        day = local.date()
        while True:
            if self.works(day):
                for begins, ends in self.hours:
                    span = datetime.combine(day, begins, self.zone), datetime.combine(day, ends, self.zone)
                    if span[1] > local:
                        yield max(span[0], local), span[1]
            day += timedelta(days=1)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute)


def term(days: int) -> Term:
    """What kind of deadline so many days are."""
    return Term.IMMEDIATE if days <= 1 else Term.LIMITED if days < LONG_TERM_DAYS else Term.LONG_TERM


def shortened(days: int) -> int:
    """The days for what has come back: half, and at least one."""
    return max(1, days // 2)


def due(calendar: Calendar, start: datetime, *, days: int) -> tuple[datetime, bool]:
    """(deadline in UTC, whether it is provisional): `days` days from `start`.

    Below LONG_TERM_DAYS these are working days: from a moment within working hours, the same clock time so
    many working days later. From there on they are days of the calendar, to the end of work of the last one or of the
    next one that is worked.
    """
    if term(days) is not Term.LONG_TERM:
        return due_in(calendar, start, days * calendar.day)
    last = start.astimezone(calendar.zone).date() + timedelta(days=days)
    while not calendar.works(last):
        last += timedelta(days=1)
    end = datetime.combine(last, calendar.ends, calendar.zone)
    return end.astimezone(start.tzinfo), _touches_unannounced(calendar, start, end)


def due_in(calendar: Calendar, start: datetime, left: timedelta) -> tuple[datetime, bool]:
    """(deadline in UTC, whether it is provisional) after so much working time from `start`."""
    for begins, ends in calendar.spans(start):
        if ends - begins >= left:
            end = begins + left
            return end.astimezone(start.tzinfo), _touches_unannounced(calendar, start, end)
        left -= ends - begins
    raise AssertionError("working spans are endless")


def counted_again(calendar: Calendar, old: Calendar, *, clock_at: datetime, days: int | None, due_at: datetime) -> tuple[datetime, bool]:
    """(deadline, whether it is provisional) of a deadline counted by `old`, counted again by `calendar`; never an earlier one.

    days: over how many days it was counted; None = over the working time between `clock_at` and `due_at`.
    """
    if days is not None:
        again, provisional = due(calendar, clock_at, days=days)
    else:
        again, provisional = due_in(calendar, clock_at, timedelta(hours=working_hours_between(old, clock_at, due_at)))
    return max(again, due_at), provisional


def _touches_unannounced(calendar: Calendar, start: datetime, end: datetime) -> bool:
    return any(year not in calendar.announced for year in range(start.astimezone(calendar.zone).year, end.astimezone(calendar.zone).year + 1))


def working_hours_between(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Working hours from `start` to `end`; negative when `end` is earlier."""
    if end < start:
        return -working_hours_between(calendar, end, start)
    since, until = start.astimezone(calendar.zone), end.astimezone(calendar.zone)
    return _whole_days(calendar, since.date(), until.date()) * calendar.hours_a_day + _worked(calendar, until) - _worked(calendar, since)


def _whole_days(calendar: Calendar, since: date, until: date) -> int:
    """Days that are worked, from one day up to another: five a week, and what the calendar says otherwise."""
    if until <= since:
        return 0
    weeks, rest = divmod((until - since).days, 7)
    usual = weeks * 5 + sum((since.weekday() + day) % 7 < 5 for day in range(rest))
    days, more = calendar.turned
    return usual + sum(more[bisect_left(days, since) : bisect_left(days, until)])


def _worked(calendar: Calendar, moment: datetime) -> float:
    """Working hours of the moment's own day up to it; local time."""
    if not calendar.works(moment.date()):
        return 0.0
    second = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1_000_000
    return sum(min(second, ends) - begins for begins, ends in calendar.seconds if second > begins) / 3600
