"""The figures of the overview. Every one is counted within the asking person's standing, and they agree with each other."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, case, func, not_, select, type_coerce
from sqlalchemy.orm import Session

from fieldbook import findings, places, standards
from fieldbook.accounts import Person, Phone, Post
from fieldbook.findings import Finding, State
from fieldbook.inspections import Round, RoundPlace, Visit
from fieldbook.kernel import Instant, ask
from fieldbook.places import AreaKnown, Level, Place, PlaceKind, Standing

DAY_MS = 86_400_000
#: the trend tells this many days at most
TREND_DAYS = 42
#: an assigned finding that nobody has accepted for this long is told
UNSEEN_AFTER = timedelta(days=1)
#: a deferred finding whose date is this near is told
COMING_UP = timedelta(days=7)
#: columns of the heat table before the rest is put together
COLUMNS = 12


@dataclass(frozen=True)
class Scope:
    """What the figures are counted over: what the person sees, perhaps narrowed to one district's zones."""

    standing: Standing
    district: UUID | None
    #: None: every zone the person sees
    zones: frozenset[UUID] | None

    @property
    def findings(self) -> ColumnElement[bool]:
        return self._narrowed(findings.in_scope(self.standing), Finding.zone_id)

    @property
    def places(self) -> ColumnElement[bool]:
        seen = self.standing.within(Place.zone_id, Place.unit_id)
        return self._narrowed(and_(Place.closed_at.is_(None), seen), Place.zone_id)

    def _narrowed(self, seen: ColumnElement[bool], column: Any) -> ColumnElement[bool]:
        return seen if self.zones is None else and_(seen, column.in_(self.zones))


def scope_of(session: Session, standing: Standing, district: UUID | None) -> Scope:
    """The scope for a person, narrowed to a district when that is one."""
    areas = places.area_names(session)
    if district is None or district not in areas or areas[district].level != Level.DISTRICT:
        return Scope(standing, None, None)
    return Scope(standing, district, frozenset(area.id for area in areas.values() if area.level == Level.ZONE and area.parent_id == district))


@dataclass(frozen=True)
class RoundNow:
    """The rounds that run now, as one span."""

    name: str
    begins_at: datetime
    ends_at: datetime
    #: ids, so that a list can be opened
    rounds: tuple[UUID, ...]


@dataclass(frozen=True)
class Step:
    """One part of the lens: how many stand there and how many of those are late. The parts add up to what is open.

    state: None for those whose unit asked for more time; they are not counted in the state they stand in.
    unseen: assigned, and nobody has accepted it for a day. coming: deferred, and its date is near.
    """

    state: State | None
    count: int
    overdue: int = 0
    unseen: int = 0
    coming: int = 0


@dataclass(frozen=True)
class Cell:
    """Zone × kind. kind: none (no such place), unvisited (places, but none visited in the round), zero, open."""

    kind: str
    count: int = 0
    overdue: int = 0


@dataclass(frozen=True)
class HeatRow:
    """One zone of the heat table."""

    zone: AreaKnown
    cells: tuple[Cell, ...]
    total: int


@dataclass(frozen=True)
class Rate:
    """A rate with its two counts and the list that each of them opens (a view of findings)."""

    name: str
    part: int
    whole: int
    part_view: str
    whole_view: str


@dataclass(frozen=True)
class Unvisited:
    """A place of a running round that nobody has visited in it."""

    place: Place
    kinds: tuple[str, ...]
    ends_at: datetime


@dataclass(frozen=True)
class WaitingPhone:
    """A phone that said it still holds unsent work."""

    name: str
    phone: str
    unsent: int
    photos: int
    since: datetime | None
    seen_at: datetime


@dataclass(frozen=True)
class Overview:
    """Everything the overview tells."""

    cleared: int
    found: int
    open: int
    dropped: int
    overdue: int
    long_overdue: int
    steps: tuple[Step, ...]
    #: (day, cleared by the end of it) of the last Mondays, oldest first
    earlier: tuple[tuple[date, int], ...]
    #: (day, found so far, cleared so far)
    days: tuple[tuple[date, int, int], ...]
    round: RoundNow | None
    #: kind codes, then "" for the rest put together
    columns: tuple[str, ...]
    #: the kinds put together in the last column; "none" for findings without one
    rest: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    totals: tuple[int, ...]
    worst_overdue: tuple[Finding, ...]
    recurring: int
    worst_recurring: tuple[Finding, ...]
    round_places: int
    unvisited: tuple[Unvisited, ...]
    phones: tuple[WaitingPhone, ...]
    rates: tuple[Rate, ...]
    fallen_due: int
    deferred_due: int


def overview(session: Session, scope: Scope, *, now: datetime) -> Overview:
    """Count everything the overview tells, over `scope`, at `now`."""
    where = scope.findings
    late = case((findings.overdue(now), 1), else_=0)
    counts: dict[State, int] = {}
    parts: dict[State | None, tuple[int, int]] = {}
    tallied = select(Finding.state, case((findings.asks(), 1), else_=0).label("asks"), func.count(), func.sum(late)).where(where)
    for state, asks, count, over in session.execute(tallied.group_by(Finding.state, "asks")):
        counts[State(state)] = counts.get(State(state), 0) + count
        part = None if asks else State(state)
        had = parts.get(part, (0, 0))
        parts[part] = (had[0] + count, had[1] + (over or 0))
    cleared, found, open_ = findings.counted(counts)
    unseen = _count(session, where, Finding.state == State.ASSIGNED, Finding.assigned_at < now - UNSEEN_AFTER, not_(findings.asks()))
    coming = _count(session, where, Finding.state == State.DEFERRED, Finding.deferred_until <= now + COMING_UP)
    steps = tuple(
        Step(state, *parts.get(state, (0, 0)), unseen=unseen if state is State.ASSIGNED else 0, coming=coming if state is State.DEFERRED else 0)
        for state in (State.TO_SCREEN, State.TO_ASSIGN, State.ASSIGNED, State.ACCEPTED, State.RECTIFIED, State.RETURNED, None, State.DEFERRED)
    )
    zone = findings.calendar(session).zone
    today = now.astimezone(zone).date()
    days, earlier = _course(session, where, today, offset=now.astimezone(zone).utcoffset() or timedelta())
    running = round_now(session, scope, now)
    unvisited = tuple(unvisited_places(session, scope, now=now))
    columns, rest, rows, totals = _heat(session, scope, unvisited, now)
    fallen = and_(where, Finding.state.not_in(findings.NOT_COUNTED), Finding.due_at <= now)
    fallen_due = _count(session, fallen)
    deferred_due = _count(session, fallen, Finding.state == State.DEFERRED)
    answerable = fallen_due - deferred_due
    return Overview(
        cleared=cleared,
        found=found,
        open=open_,
        dropped=sum(counts.get(state, 0) for state in findings.NOT_COUNTED),
        overdue=sum(over for _count_, over in parts.values()),
        long_overdue=_count(session, where, findings.overdue(now), Finding.due_at < now - timedelta(days=3)),
        steps=steps,
        earlier=earlier,
        days=days,
        round=running,
        columns=columns,
        rest=rest,
        rows=rows,
        totals=totals,
        worst_overdue=_worst(session, where, findings.overdue(now), Finding.due_at),
        recurring=_count(session, where, Finding.state.in_(findings.OPEN), Finding.nth > 1),
        worst_recurring=_worst(session, where, and_(Finding.state.in_(findings.OPEN), Finding.nth > 1), Finding.nth.desc()),
        round_places=_round_places(session, scope, now),
        unvisited=unvisited,
        phones=tuple(waiting_phones(session, scope.standing)),
        rates=(
            Rate("in_time", _count(session, fallen, findings.cleared_in_time()), answerable, "closed_in_time", "fallen_due"),
            Rate("closed", _count(session, fallen, Finding.state == State.CLEARED), answerable, "closed_due", "fallen_due"),
            Rate("sent_back", _count(session, where, Finding.state == State.CLEARED, Finding.returned > 0), cleared, "sent_back", "cleared"),
            Rate("came_back", _count(session, where, Finding.state == State.CLEARED, findings.came_back()), cleared, "came_back", "cleared"),
        ),
        fallen_due=fallen_due,
        deferred_due=deferred_due,
    )


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Finding).where(*where)) or 0


def _worst(session: Session, where: ColumnElement[bool], which: ColumnElement[bool], order: Any) -> tuple[Finding, ...]:
    return tuple(session.scalars(select(Finding).where(where, which).order_by(order, Finding.number).limit(2)))


def _course(
    session: Session, where: ColumnElement[bool], today: date, *, offset: timedelta
) -> tuple[tuple[tuple[date, int, int], ...], tuple[tuple[date, int], ...]]:
    """Found and cleared, added up by the county's day; and what was cleared by the last four Mondays."""
    shift = offset // timedelta(milliseconds=1)

    def by_day(column: Any, *which: ColumnElement[bool]) -> dict[date, int]:
        day = (type_coerce(column, BigInteger) + shift) // DAY_MS
        rows = session.execute(select(day.label("day"), func.count()).where(where, *which).group_by("day"))
        return {(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=int(n))).date(): count for n, count in rows}

    found = by_day(Finding.found_at, Finding.state.not_in(findings.NOT_COUNTED))
    cleared = by_day(Finding.cleared_at, Finding.state == State.CLEARED)
    if not found:
        return (), ()
    first = max(min(found), today - timedelta(days=TREND_DAYS - 1))
    a = sum(count for day, count in found.items() if day < first)
    b = sum(count for day, count in cleared.items() if day < first)
    days = []
    day = first
    while day <= today:
        a, b = a + found.get(day, 0), b + cleared.get(day, 0)
        days.append((day, a, b))
        day += timedelta(days=1)
    if days:  # what a phone's clock put into the future is found all the same
        ahead = sum(count for day, count in found.items() if day > today)
        days[-1] = (days[-1][0], days[-1][1] + ahead, days[-1][2])
    monday = today - timedelta(days=today.weekday())
    earlier = []
    for weeks in (3, 2, 1, 0):
        mark = monday - timedelta(weeks=weeks)
        total = sum(count for day, count in cleared.items() if day < mark)
        if total and mark < today:
            earlier.append((mark, total))
    return tuple(days), tuple(earlier)


_ROUNDS = (
    select(Round.id, Round.name, Round.begins_at, Round.ends_at, Round.zone_id)
    .where(Round.begins_at <= bindparam("now", type_=Instant()), Round.ends_at > bindparam("now", type_=Instant()))
    .order_by(Round.begins_at)
)


def round_now(session: Session, scope: Scope, now: datetime) -> RoundNow | None:
    """The running rounds of the scope's zones as one span; None when there is none."""
    rows = [row for row in ask(session, _ROUNDS, {"now": now}) if scope.standing.sees(row.zone_id) and (scope.zones is None or row.zone_id in scope.zones)]
    if not rows:
        return None
    name = Counter(row.name for row in rows).most_common(1)[0][0]
    return RoundNow(name, min(r.begins_at for r in rows), max(r.ends_at for r in rows), tuple(r.id for r in rows))


def _running(scope: Scope, now: datetime) -> ColumnElement[bool]:
    seen = scope.standing.within(Round.zone_id)
    return and_(scope._narrowed(seen, Round.zone_id), Round.begins_at <= now, Round.ends_at > now)


def _round_places(session: Session, scope: Scope, now: datetime) -> int:
    rounds = select(Round.id).where(_running(scope, now))
    inspected = select(Place.id).where(Place.closed_at.is_(None))
    return session.scalar(select(func.count(func.distinct(RoundPlace.place_id))).where(RoundPlace.round_id.in_(rounds), RoundPlace.place_id.in_(inspected))) or 0


def unvisited_places(session: Session, scope: Scope, *, now: datetime) -> list[Unvisited]:
    """Places of running rounds without a visit since their round began; those whose round ends first come first."""
    visited = select(Visit.id).where(Visit.place_id == RoundPlace.place_id, Visit.finished_at >= Round.begins_at).exists()
    rows = session.execute(
        select(RoundPlace.place_id, func.min(Round.ends_at).label("ends_at"))
        .join(Round, Round.id == RoundPlace.round_id)
        .where(_running(scope, now), ~visited)
        .group_by(RoundPlace.place_id)
    ).all()
    ends = {row.place_id: row.ends_at for row in rows}
    found = places.places_by_id(session, ends)
    kinds = places.kinds_of(session, ends)
    late = [Unvisited(found[id], tuple(kinds.get(id, ())), end) for id, end in ends.items() if id in found and found[id].closed_at is None]
    return sorted(late, key=lambda one: (one.ends_at, str(one.place.zone_id), one.place.code))


def _heat(
    session: Session, scope: Scope, unvisited: Sequence[Unvisited], now: datetime
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[HeatRow, ...], tuple[int, ...]]:
    """(columns, the kinds of the last one, rows, column totals)."""
    late = case((findings.overdue(now), 1), else_=0)
    open_: dict[tuple[UUID, str], tuple[int, int]] = {}
    for zone_id, kind, count, over in session.execute(
        select(Finding.zone_id, Finding.kind, func.count(), func.sum(late))
        .where(scope.findings, Finding.state.in_(findings.OPEN))
        .group_by(Finding.zone_id, Finding.kind)
    ):
        open_[zone_id, kind or "none"] = (count, over or 0)
    there: Counter[tuple[UUID, str]] = Counter()
    for zone_id, kind, count in session.execute(
        select(Place.zone_id, PlaceKind.kind, func.count())
        .join(PlaceKind, PlaceKind.place_id == Place.id)
        .where(scope.places)
        .group_by(Place.zone_id, PlaceKind.kind)
    ):
        there[zone_id, kind] = count
    missed: Counter[tuple[UUID, str]] = Counter((one.place.zone_id, kind) for one in unvisited for kind in one.kinds)

    manual = standards.current_manual(session)
    known = list(manual.kinds) if manual else []
    weight: Counter[str] = Counter()
    for (_zone, kind), (count, _over) in open_.items():
        weight[kind] += count * 1000
    for (_zone, kind), count in there.items():
        weight[kind] += count
    ranked = sorted((kind for kind in weight if kind != "none"), key=lambda kind: (-weight[kind], kind))
    chosen = set(ranked[:COLUMNS] if len(ranked) > COLUMNS + 1 or "none" in weight else ranked)
    order = [kind for kind in known if kind in chosen] + sorted(chosen - set(known))
    rest = tuple(kind for kind in [*known, *sorted(set(weight) - set(known))] if kind in weight and kind not in chosen)
    groups: list[tuple[str, ...]] = [(kind,) for kind in order] + ([rest] if rest else [])

    zones = [zone for zone in places.zones(session) if _shows(zone, scope, open_, there)]
    rows = []
    for zone in zones:
        cells = tuple(_cell(zone.id, group, open_, there, missed) for group in groups)
        rows.append(HeatRow(zone, cells, sum(cell.count for cell in cells)))
    totals = tuple(sum(row.cells[n].count for row in rows) for n in range(len(groups)))
    return (*order, *([""] if rest else [])), rest, tuple(rows), totals


def _shows(zone: AreaKnown, scope: Scope, open_: Mapping[tuple[UUID, str], Any], there: Mapping[tuple[UUID, str], int]) -> bool:
    if scope.zones is not None and zone.id not in scope.zones:
        return False
    return any(key[0] == zone.id for key in open_) or any(key[0] == zone.id for key in there)


def _cell(
    zone: UUID,
    group: tuple[str, ...],
    open_: Mapping[tuple[UUID, str], tuple[int, int]],
    there: Mapping[tuple[UUID, str], int],
    missed: Mapping[tuple[UUID, str], int],
) -> Cell:
    count = sum(open_.get((zone, kind), (0, 0))[0] for kind in group)
    if count:
        return Cell("open", count, sum(open_.get((zone, kind), (0, 0))[1] for kind in group))
    all_there = sum(there.get((zone, kind), 0) for kind in group)
    if not all_there:
        return Cell("none")
    return Cell("unvisited" if sum(missed.get((zone, kind), 0) for kind in group) >= all_there else "zero")


def waiting_phones(session: Session, standing: Standing) -> list[WaitingPhone]:
    """Phones with unsent work, the oldest first; of people who share a zone or a unit with the asking person."""
    wanted = select(Phone, Person.name).join(Person, Person.id == Phone.person_id).where(Phone.unsent > 0, Phone.revoked_at.is_(None))
    rows = session.execute(wanted.order_by(Phone.unsent_since, Person.name)).all()
    if not standing.sees_everything and rows:
        above: dict[UUID, set[UUID]] = defaultdict(set)
        areas = places.area_names(session)
        for area in areas.values():
            at: AreaKnown | None = area
            while at is not None:
                above[area.id].add(at.id)
                at = areas.get(at.parent_id) if at.parent_id else None
        mine = standing.keys
        reach = set(mine) | {up for zone in mine for up in above.get(zone, ())}
        near = {
            person
            for person, area_id, unit_id in session.execute(select(Post.person_id, Post.area_id, Post.unit_id).where(Post.ended_at.is_(None)))
            if area_id in reach or unit_id in standing.units
        } | {standing.person}
        rows = [row for row in rows if row[0].person_id in near]
    return [WaitingPhone(name, p.name, p.unsent, p.unsent_photos, p.unsent_since, p.seen_at) for p, name in rows]
