"""Deadlines in the county's working time. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: a working day is 7 hours: 08:30–12:00 and 14:00–17:30
HOURS = ((time(8, 30), time(12, 0)), (time(14, 0), time(17, 30)))
HOURS_A_DAY = 7
#: how many working days a finding without a criterion gets
USUAL_DAYS = 3


@dataclass(frozen=True)
class Calendar:
    """When the county works.

    exceptions: days that differ from Monday to Friday; True = works. announced: the years whose
    holidays and working rest days are known; another year counts Monday to Friday, provisionally.
    """

    timezone: str = "Asia/Shanghai"
    exceptions: Mapping[date, bool] = field(default_factory=dict)
    announced: frozenset[int] = frozenset()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def works(self, day: date) -> bool:
        """Whether the county works on this day."""
        return self.exceptions.get(day, day.weekday() < 5)

    def spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The working spans from `start` on, cut to begin no earlier; local times, endless."""
        local = start.astimezone(self.zone)
        day = local.date()
        while True:
            if self.works(day):
                for begins, ends in HOURS:
                    span = datetime.combine(day, begins, self.zone), datetime.combine(day, ends, self.zone)
                    if span[1] > local:
                        yield max(span[0], local), span[1]
            day += timedelta(days=1)


def due(calendar: Calendar, start: datetime, *, days: int) -> tuple[datetime, bool]:
    """(deadline in UTC, whether it is provisional): `days` working days of 7 hours from `start`.

    From a moment within working hours this is the same clock time `days` working days later.
    """
    left = timedelta(hours=days * HOURS_A_DAY)
    for begins, ends in calendar.spans(start):
        if ends - begins >= left:
            end = begins + left
            years = range(start.astimezone(calendar.zone).year, end.year + 1)
            return end.astimezone(start.tzinfo), any(year not in calendar.announced for year in years)
        left -= ends - begins
    raise AssertionError("working spans are endless")


def working_hours_between(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Working hours from `start` to `end`; negative when `end` is earlier."""
    if end < start:
        return -working_hours_between(calendar, end, start)
    since, until = start.astimezone(calendar.zone), end.astimezone(calendar.zone)
    days = range(since.date().toordinal(), until.date().toordinal())
    whole = sum(calendar.works(date.fromordinal(day)) for day in days) * HOURS_A_DAY
    return whole + _worked(calendar, until) - _worked(calendar, since)


def _worked(calendar: Calendar, moment: datetime) -> float:
    """Working hours of the moment's own day up to it; local time."""
    if not calendar.works(moment.date()):
        return 0.0
    spans = ((moment.replace(hour=a.hour, minute=a.minute, second=0, microsecond=0), moment.replace(hour=b.hour, minute=b.minute, second=0, microsecond=0)) for a, b in HOURS)
    return sum(max((min(moment, ends) - begins).total_seconds(), 0.0) for begins, ends in spans) / 3600
