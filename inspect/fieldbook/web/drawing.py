"""Where the lines of the office's drawings go. Pure: numbers in, numbers out.

Every bar, axis and curve on the desk is inline SVG whose measures are attributes (the pages
allow no inline style), so the arithmetic is here and the templates only write it down.
Lengths are CSS pixels unless a name says per cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

#: the deadline axis: the due moment stands here, time left grows right of it, time over left of it
DUE_AT = 40
DUE_WIDTH = 128
OVER_HOURS = 32
LEFT_HOURS = 56
#: working hours from which the words and the bar turn amber
SOON_HOURS = 8


@dataclass(frozen=True, slots=True)
class Due:
    """One finding's place on the deadline axis."""

    kind: str  #: over, soon, left, done, until or none
    hours: float  #: working hours left, or over; always positive
    x: float
    width: float

    @property
    def y(self) -> int:
        return 1 if self.kind == "over" else 2

    @property
    def height(self) -> int:
        return 5 if self.kind == "over" else 3


def due(left_hours: float | None, *, done: bool = False, until: bool = False, soon_hours: int = SOON_HOURS) -> Due:
    """The bar for `left_hours` working hours (negative: that many over).

    done: the work was handed in, or cleared, before it was due.
    until: put aside to a date; the bar then runs to the edge.
    soon_hours: so few hours left are few.
    """
    if until:
        return Due("until", 0, DUE_AT, 86)
    if left_hours is None:
        return Due("none", 0, DUE_AT, 0)
    if left_hours < 0 and not done:
        width = min(-left_hours * DUE_AT / OVER_HOURS, DUE_AT - 1)
        width = max(round(width), 2)
        return Due("over", -left_hours, DUE_AT - width, width)
    width = max(round(min(left_hours, LEFT_HOURS) * (DUE_WIDTH - DUE_AT) / LEFT_HOURS), 1)
    kind = "done" if done else "soon" if left_hours <= soon_hours else "left"
    return Due(kind, left_hours, DUE_AT, width)


@dataclass(frozen=True, slots=True)
class Tick:
    """A former position on the ruler to zero."""

    at: float  #: per cent
    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Ruler:
    """The ruler to zero: cleared, overdue, the rest, and where it stood before. In per cent."""

    done: float
    over: float
    ticks: tuple[Tick, ...]
    cleared: int
    found: int
    overdue: int

    @property
    def rest(self) -> float:
        return round(100 - self.done, 3)

    @property
    def today_anchor(self) -> str:
        return "start" if self.done < 8 else "end"

    @property
    def shows_zero(self) -> bool:
        """Whether the word at the far end has room beside today's and the overdue figure."""
        return self.done < 86


def ruler(cleared: int, found: int, overdue: int, before: Sequence[tuple[str, int]]) -> Ruler:
    """The ruler for `cleared` of `found`, with former positions as (label, cleared then)."""
    if found <= 0:
        return Ruler(100.0, 0.0, (), 0, 0, 0)
    ticks: list[Tick] = []
    today = cleared / found * 100
    for label, value in before:
        at = round(value / found * 100, 2)
        crowded = ticks and at - ticks[-1].at < 8
        if not crowded and today - at >= 12:
            ticks.append(Tick(at, label, value))
    return Ruler(round(today, 3), round(overdue / found * 100, 3), tuple(ticks), cleared, found, overdue)


def shade(count: int) -> int:
    """The ochre step of a heat cell: 1, 2, 3, 4 to 5, 6 and more."""
    return 0 if count <= 0 else count if count <= 3 else 4 if count <= 5 else 5


@dataclass(frozen=True, slots=True)
class Trend:
    """Found and cleared, added up by day, in a box of 742 by 236."""

    grid: tuple[tuple[float, int], ...]  #: (y, figure)
    days: tuple[tuple[float, date, str], ...]  #: (x, day, text-anchor)
    found: str
    cleared: str
    gap: str
    now: tuple[float, float, float]  #: x, y of found, y of cleared
    goal: tuple[float, float] | None  #: x, y where the two lines should meet
    found_total: int
    cleared_total: int
    goal_day: date | None
    a_day: int  #: findings to clear a day, net, to meet the goal
    found_label_y: float
    cleared_label_y: float

    @property
    def need_at(self) -> tuple[float, float, str]:
        """x, y and anchor of the words that say what a day must bring: beside the dotted pair, or under it near the end."""
        x, _found_y, cleared_y = self.now
        if x <= 500:
            return x + 93, round(cleared_y + 5, 1), "start"
        return _RIGHT, round(min(self.cleared_label_y + 22, _FLOOR - 6), 1), "end"


_LEFT, _RIGHT, _TOP, _FLOOR = 36.0, 660.0, 10.0, 206.0


def _step(most: int) -> int:
    """The distance of the grid's lines: at most five of them hold `most`."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if factor * size * 5 >= most:
                return factor * size
        size *= 10


def trend(days: Sequence[tuple[date, int, int]], *, until: date | None) -> Trend | None:
    """The two curves for `days` = (day, found so far, cleared so far); None below two days."""
    if len(days) < 2:
        return None
    first, last = days[0][0], days[-1][0]
    end = until if until and until > last else last
    span = max((end - first).days, 1)
    most = max(days[-1][1], 1)
    step = _step(most)
    lines = -(-most // step)
    top = step * lines

    def x(day: date) -> float:
        return round(_LEFT + (day - first).days / span * (_RIGHT - _LEFT), 1)

    def y(count: int) -> float:
        return round(_FLOOR - count / top * (_FLOOR - _TOP), 1)

    found = [(x(day), y(a)) for day, a, _ in days]
    cleared = [(x(day), y(b)) for day, _, b in days]
    every = max(round(span / 7), 1)
    marks: list[tuple[float, date, str]] = []
    for n in range(0, span + 1, every):
        day = first + timedelta(days=n)
        if end != day and (end - day).days < every / 2:
            continue
        marks.append((x(day), day, "start" if n == 0 else "middle"))
    if marks[-1][1] != end:
        marks.append((x(end), end, "middle"))
    now_x, found_y, cleared_y = found[-1][0], found[-1][1], cleared[-1][1]
    left = days[-1][1] - days[-1][2]
    days_left = (end - last).days
    crowded = cleared_y - found_y < 22
    return Trend(
        grid=tuple((y(step * n), step * n) for n in range(lines + 1)),
        days=tuple(marks),
        found=_points(found),
        cleared=_points(cleared),
        gap=_points([*found, *reversed(cleared)]),
        now=(now_x, found_y, cleared_y),
        goal=(x(end), found_y) if days_left > 0 and left > 0 else None,
        found_total=days[-1][1],
        cleared_total=days[-1][2],
        goal_day=until if days_left > 0 else None,
        a_day=-(-left // days_left) if days_left > 0 else 0,
        found_label_y=round(max(found_y - 8, 12), 1),
        cleared_label_y=round(min(cleared_y + (20 if crowded else 16), _FLOOR - 4), 1),
    )


def _points(pairs: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{a},{b}" for a, b in pairs)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of one working day on a finding's time axis."""

    x: float
    width: float
    kind: str  #: p past, f still left, o over, x asked for


@dataclass(frozen=True, slots=True)
class WorkAxis:
    """One finding's working days, in a box of 388 by 48. Nights and weekends take no room."""

    blocks: tuple[Block, ...]
    labels: tuple[tuple[float, date], ...]
    now: float
    due: float
    #: the end of what is asked for, where more time is asked for
    asked: float | None = None

    @property
    def now_first(self) -> bool:
        """Whether now stands left of the due moment."""
        return self.now <= self.due

    @property
    def due_anchor(self) -> str:
        return "start" if self.now_first or self.due < _DUE_WORD else "end"

    @property
    def due_text(self) -> float:
        return self.due + (1 if self.due_anchor == "start" else -1)

    @property
    def now_anchor(self) -> str:
        return "end" if self.now_first else "start"

    @property
    def now_text(self) -> float:
        return self.now - 5 if self.now_first else self.now + 5

    @property
    def tells_now(self) -> bool:
        """Whether the word for now has room beside the due moment's."""
        if self.now_first:
            return self.now > 32
        return self.due_anchor == "end" or self.now > self.due + _DUE_WORD


#: the room that "到期 06-17 10:00" takes
_DUE_WORD = 108.0


def work_axis(spans: Sequence[tuple[datetime, datetime]], *, now: datetime, due_at: datetime, asked_at: datetime | None = None) -> WorkAxis | None:
    """The row of working days from assignment to the latest of now, the due moment and the one asked for.

    spans: each working day's first and last working moment, in order, in local time; they must
        reach from the assignment over the last of these. One day takes the same room as another.
    """
    days = [span for span in spans if span[1] > span[0]]
    if not days:
        return None
    days = days[-24:]  # of a long job only the end is told by the day
    gaps = sum(6 for a, b in pairwise(days) if (b[0].date() - a[0].date()).days > 1)
    # the word for the due moment needs room at the end, unless dashed days follow it
    after_due = sum(1 for start, _stop in days if asked_at is not None and due_at < start <= asked_at)
    word = max((_DUE_WORD if now <= due_at else 36.0) - after_due * 24, 4.0)
    wide = min((388 - word - gaps - 2 * (len(days) - 1)) / len(days), 48)
    blocks: list[Block] = []
    labels: list[tuple[float, date]] = []
    marks: dict[str, float] = {}
    at = 0.0
    before: datetime | None = None
    for start, stop in days:
        new_week = before is None
        if before is not None:
            new_week = (start.date() - before.date()).days > 1
            at += 2 + (6 if new_week else 0)
        whole = (stop - start).total_seconds()
        left = at

        def place(moment: datetime, *, start: datetime = start, whole: float = whole, left: float = left) -> float:
            inside = min(max((moment - start).total_seconds(), 0.0), whole)
            return left + inside / whole * wide

        for name, moment in (("now", now), ("due", due_at), ("asked", asked_at)):
            if moment is not None and name not in marks and moment <= stop:
                marks[name] = place(moment)
        early, late = min(now, due_at), max(now, due_at)
        for kind, since, till in (("p", start, early), ("f" if now <= due_at else "o", early, late), ("x", late, asked_at or late)):
            a, b = place(since), place(till)
            if kind == "x" and b - a > 3:
                blocks.append(Block(round(a + 1.5, 1), round(b - a - 3, 1), kind))  # dashes are drawn on the edge
            elif kind != "x" and b - a > 0.4:
                blocks.append(Block(round(a, 1), round(b - a, 1), kind))
        if new_week and (not labels or at - labels[-1][0] > 48):
            labels.append((round(at, 1), start.date()))
        at += wide
        before = stop
    for name in ("now", "due"):
        marks.setdefault(name, at)
    asked = round(marks.get("asked", at), 1) if asked_at is not None else None
    if asked is not None:  # the words for what is asked for stand under the end of the row
        labels = [(x, day) for x, day in labels if x < asked - 112]
    return WorkAxis(tuple(blocks), tuple(labels), round(marks["now"], 1), round(marks["due"], 1), asked)


@dataclass(frozen=True, slots=True)
class TermRow:
    """The row of working days that a term would run over, 52 to the day; p not in it, g in it."""

    blocks: tuple[Block, ...]
    labels: tuple[tuple[int, date], ...]
    due: float
    width: int


def term_row(days: Sequence[tuple[datetime, datetime]], *, now: datetime, due_at: datetime, room: int = 222) -> TermRow:
    """The row for a term from now to its due moment. days: each working day's first and last working moment, local time."""
    step = min(56, (room + 4) // max(len(days), 1))
    wide = step - 4 if step > 12 else step - 2
    blocks: list[Block] = []
    labels: list[tuple[int, date]] = []
    due = 0.0
    for number, (start, stop) in enumerate(days):
        left = number * step
        whole = (stop - start).total_seconds() or 1

        def place(moment: datetime, *, start: datetime = start, whole: float = whole, left: int = left) -> float:
            return left + min(max((moment - start).total_seconds() / whole, 0.0), 1.0) * wide

        a, b = place(now), place(due_at)
        for kind, since, till in (("p", float(left), a), ("g", a, b), ("p", b, float(left + wide))):
            if till - since > 0.4:
                blocks.append(Block(round(since, 1), round(till - since, 1), kind))
        if start <= due_at:
            due = b
        if not labels or left - labels[-1][0] >= 50:
            labels.append((left, start.date()))
    return TermRow(tuple(blocks), tuple(labels), round(due, 1), max(len(days) * step - 4, 1))


@dataclass(frozen=True, slots=True)
class Mark:
    """One criterion's cell in a tally."""

    x: int
    y: int
    height: int
    kind: str  #: p pass, f fail, c critical fail, n not applicable


def marks(tally: str, critical: frozenset[int] = frozenset()) -> tuple[Mark, ...]:
    """The tally's cells from one letter a criterion: p pass, f fail, m mostly, n not applicable, - none."""
    cells: list[Mark] = []
    for n, letter in enumerate(tally):
        if letter == "p":
            cells.append(Mark(n * 10, 8, 10, "p"))
        elif letter in "fm":
            cells.append(Mark(n * 10, 0, 18, "f"))
            if n in critical:
                cells.append(Mark(n * 10, 20, 3, "c"))
        else:
            cells.append(Mark(n * 10, 16, 2, "n"))
    return tuple(cells)


@dataclass(frozen=True, slots=True)
class Zone:
    """One criterion on the ruler of points: as wide as it weighs."""

    x: float
    width: float
    kind: str
    label: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


def zones(criteria: Sequence[tuple[str, int, str]]) -> tuple[Zone, ...]:
    """A ruler of 420 for (code, points, letter); labelled are the first, the last and what lost points."""
    total = sum(max(points, 0) for _, points, _ in criteria)
    if total <= 0:
        return ()
    gap = 1.5
    room = 420 - gap * (len(criteria) - 1)
    out: list[Zone] = []
    at = 0.0
    for n, (code, points, letter) in enumerate(criteria):
        width = max(points, 0) / total * room
        kind = "p" if letter == "p" else "f" if letter in "fm" else "n"
        told = n in (0, len(criteria) - 1) or kind != "p"
        out.append(Zone(round(at, 1), round(width, 1), kind, code.rpartition(".")[2] if told else ""))
        at += width + gap
    return tuple(out)


@dataclass(frozen=True, slots=True)
class Score:
    """One visit's score on the line: where it stands, what it says, and the day below."""

    x: float
    y: float
    word: str
    day: str


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of a place's last visits, oldest first, in a box of 420 by 142. grid: (y, figure)."""

    points: tuple[Score, ...]
    grid: tuple[tuple[float, int], ...]
    line: str


def scores(visits: Sequence[tuple[str, int]]) -> Scores | None:
    """The line through the scores (0 to 100) of visits given as (day, score); None when there is none."""
    if not visits:
        return None
    low = min(60, min(score for _, score in visits) // 20 * 20)

    def y(score: int) -> float:
        return round(112 - (score - low) * 96 / (100 - low), 1)

    step = 340 / max(len(visits) - 1, 1)
    start = 24.0 if len(visits) > 1 else 186.0
    points = tuple(Score(round(start + n * step, 1), y(score), str(score), day) for n, (day, score) in enumerate(visits))
    return Scores(points, tuple((y(figure), figure) for figure in range(low, 101, 20)), " ".join(f"{point.x:g},{point.y:g}" for point in points))
