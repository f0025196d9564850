"""Places as the desk lists them: where nobody has been yet, and what was found at one place. Within a person's standing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from fieldbook import findings, inspections, places, standards
from fieldbook.accounts import Duty, Person, Post
from fieldbook.evidence import Naming, Photo, PhotoState, Role
from fieldbook.findings import Finding, State
from fieldbook.inspections import Round, RoundPlace, Visit
from fieldbook.places import AreaKnown, Place, PlaceKind, Standing

from .overview import COLUMNS, RoundNow, Scope, round_now

PAGE = 50
#: what counts as not visited while no round runs
USUAL_DAYS = 30
VIEWS = ("all", "unvisited", "never", "no_position", "no_unit", "closed")
SORTS = ("longest", "code", "name")


@dataclass(frozen=True)
class PlaceFilters:
    """What a list of places is narrowed to.

    view: all, unvisited (in the running round; without one, for 30 days), never, no_position, no_unit, closed.
    days: not visited for so many days. units: "none" cannot be asked for here; that is the view no_unit.
    """

    view: str = "all"
    zones: tuple[UUID, ...] = ()
    kinds: tuple[str, ...] = ()
    units: tuple[UUID, ...] = ()
    days: int | None = None
    text: str = ""


@dataclass(frozen=True)
class PlaceSeen:
    """One place with what belongs to it. score: of its last visit, 0 to 100, None when nothing applied or nobody has been there."""

    place: Place
    kinds: tuple[str, ...]
    visited_at: datetime | None
    score: int | None
    open: int
    overdue: int


@dataclass(frozen=True)
class CoverageRow:
    """One zone: (not visited, all) for each column, then for the zone; a place of several kinds counts once in the sum."""

    zone: AreaKnown
    cells: tuple[tuple[int, int], ...]
    total: tuple[int, int]


@dataclass(frozen=True)
class Coverage:
    """Zones × kinds, turned to what is missing."""

    round: RoundNow | None
    #: kind codes, then "" for the rest put together
    columns: tuple[str, ...]
    rest: tuple[str, ...]
    rows: tuple[CoverageRow, ...]
    totals: tuple[tuple[int, int], ...]
    total: tuple[int, int]
    #: (zone, kind, not visited, all) of the largest gaps
    gaps: tuple[tuple[UUID, str, int, int], ...]


@dataclass(frozen=True)
class PlacePhoto:
    """A photo that shows a place. finding and number: of the finding it belongs to, None for a view at a visit."""

    sha256: str
    role: Role
    taken_at: datetime
    visit: UUID | None
    finding: UUID | None
    number: str | None
    state: State | None
    seen: bool


def coverage(session: Session, standing: Standing, *, now: datetime) -> Coverage:
    """What is visited and what is not, zone by zone and kind by kind, over every place the person sees."""
    running = round_now(session, Scope(standing, None, None), now)
    where = _matching(standing, PlaceFilters(), now)
    gone = func.sum(case((_unvisited(running, now), 1), else_=0))

    by_kind = session.execute(
        select(Place.zone_id, PlaceKind.kind, gone, func.count()).join(PlaceKind, PlaceKind.place_id == Place.id).where(where).group_by(Place.zone_id, PlaceKind.kind)
    ).all()
    cells: dict[tuple[UUID, str], tuple[int, int]] = {(zone, kind): (missed, there) for zone, kind, missed, there in by_kind}
    weight: Counter[str] = Counter()
    for (_zone, kind), (missed, there) in cells.items():
        weight[kind] += there + 1000 * missed
    manual = standards.current_manual(session)
    known = list(manual.kinds) if manual else []
    ranked = sorted(weight, key=lambda kind: (-weight[kind], kind))
    chosen = set(ranked if len(ranked) <= COLUMNS + 1 else ranked[:COLUMNS])
    order = [kind for kind in known if kind in chosen] + sorted(chosen - set(known))
    rest = tuple(sorted(set(weight) - chosen))

    def by_zone(*more: ColumnElement[bool]) -> dict[UUID, tuple[int, int]]:
        rows = session.execute(select(Place.zone_id, gone, func.count()).where(where, *more).group_by(Place.zone_id))
        return {zone: (missed, there) for zone, missed, there in rows}

    # a place of two kinds counts once where kinds are put together
    whole = by_zone()
    others = by_zone(Place.id.in_(select(PlaceKind.place_id).where(PlaceKind.kind.in_(rest)))) if rest else {}

    def row(zone: UUID) -> tuple[tuple[int, int], ...]:
        return (*(cells.get((zone, kind), (0, 0)) for kind in order), *([others.get(zone, (0, 0))] if rest else []))

    rows = tuple(CoverageRow(zone, row(zone.id), whole[zone.id]) for zone in places.zones(session) if zone.id in whole)
    gaps = sorted(((zone, kind, missed, there) for (zone, kind), (missed, there) in cells.items() if missed), key=lambda gap: (-gap[2], gap[3], gap[1], str(gap[0])))
    return Coverage(
        running,
        (*order, *([""] if rest else [])),
        rest,
        rows,
        tuple(_sum(column) for column in zip(*(row.cells for row in rows), strict=True)) or ((0, 0),) * (len(order) + bool(rest)),
        _sum(row.total for row in rows),
        tuple(gaps),
    )


def _sum(figures: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Not visited, and all, put together: no place lies in two zones."""
    missed, there = 0, 0
    for one, other in figures:
        missed, there = missed + one, there + other
    return missed, there


def places_seen(
    session: Session, standing: Standing, filters: PlaceFilters, *, now: datetime, sort: str = "longest", page: int | None = 1
) -> tuple[list[PlaceSeen], int]:
    """(one page of 50, how many there are in all); page None: all of them. Longest not visited first, or by code or name."""
    where = _matching(standing, filters, now, _running(session, standing, filters, now))
    total = session.scalar(select(func.count()).select_from(Place).where(where)) or 0
    last = _last_visit()
    wanted = select(Place).outerjoin(last, last.c.place_id == Place.id).where(where)
    order: dict[str, tuple[Any, ...]] = {
        "longest": (last.c.at.is_not(None), last.c.at, Place.code),
        "code": (Place.code,),
        "name": (Place.name, Place.code),
    }
    wanted = wanted.order_by(*order.get(sort, order["longest"]))
    if page is not None:
        wanted = wanted.limit(PAGE).offset((max(page, 1) - 1) * PAGE)
    return _seen(session, standing, list(session.scalars(wanted)), now), total


def place_counts(session: Session, standing: Standing, filters: PlaceFilters, *, now: datetime) -> dict[str, int]:
    """How many places each view holds, with the other filters as they are."""
    running = round_now(session, Scope(standing, None, None), now)
    counted = [func.sum(case((_view(view, now, running), 1), else_=0)).label(view) for view in VIEWS]  # the text is looked for once, and not once a view
    row = session.execute(select(*counted).select_from(Place).where(*_narrowed(standing, filters, now))).one()
    return {view: int(count or 0) for view, count in row._mapping.items()}


def place_in(session: Session, standing: Standing, place_id: UUID) -> Place:
    """A place the person may see, closed ones too. Raises NoSuchPlace, also for one outside their scope."""
    place = places.place(session, place_id)
    if not standing.sees(place.zone_id, place.unit_id):
        raise places.NoSuchPlace(place=place_id)
    return place


def photos_of_place(
    session: Session, standing: Standing, place_id: UUID, *, page: int = 1, each: int = PAGE, only_seen: bool = False
) -> tuple[list[PlacePhoto], int]:
    """(one page of the photos taken there, newest first; how many there are in all), each photo once.

    Those of findings the person does not see are not among them: the same rule as for opening the photo itself.
    """
    of_findings = Naming.finding_id.in_(select(Finding.id).where(Finding.place_id == place_id, findings.in_scope(standing)))
    of_visits = and_(Naming.finding_id.is_(None), Naming.visit_id.in_(select(Visit.id).where(Visit.place_id == place_id)))
    where: list[ColumnElement[bool]] = [Naming.given_up_at.is_(None), Naming.drawing.is_(False), or_(of_findings, of_visits)]
    if only_seen:
        where.append(Photo.verdict == PhotoState.CHECKED)
    # one naming a photo; PostgreSQL has no min() of a UUID
    rank = func.row_number().over(partition_by=Naming.sha256, order_by=(Naming.finding_id.is_(None), Naming.id)).label("rank")
    ranked = select(Naming.id, rank).outerjoin(Photo, Photo.sha256 == Naming.sha256).where(*where).subquery()
    first = select(ranked.c.id).where(ranked.c.rank == 1).subquery()
    total = session.scalar(select(func.count()).select_from(first)) or 0
    rows = session.execute(
        select(Naming.sha256, Naming.role, Naming.taken_at, Naming.visit_id, Finding.id, Finding.number, Finding.state, Photo.verdict)
        .join(first, first.c.id == Naming.id)
        .outerjoin(Finding, Finding.id == Naming.finding_id)
        .outerjoin(Photo, Photo.sha256 == Naming.sha256)
        .order_by(Naming.taken_at.desc(), Naming.sha256)
        .limit(each)
        .offset((max(page, 1) - 1) * each)
    )
    return [
        PlacePhoto(sha256, Role(role), taken_at, visit, finding, number, State(state) if state else None, verdict == PhotoState.CHECKED)
        for sha256, role, taken_at, visit, finding, number, state, verdict in rows
    ], total


def who_inspects(session: Session, zone_id: UUID) -> list[str]:
    """The inspectors of a zone by name: those whose post is the zone's or that of an area above it."""
    areas = places.area_names(session)
    above, at = [], areas.get(zone_id)
    while at is not None:
        above.append(at.id)
        at = areas.get(at.parent_id) if at.parent_id else None
    rows = session.execute(
        select(Person.name)
        .join(Post, Post.person_id == Person.id)
        .where(Post.duty == Duty.INSPECTOR, Post.ended_at.is_(None), Post.area_id.in_(above), Person.disabled_at.is_(None))
        .distinct()
        .order_by(Person.name)
    )
    return [name for (name,) in rows]


def _running(session: Session, standing: Standing, filters: PlaceFilters, now: datetime) -> RoundNow | None:
    return round_now(session, Scope(standing, None, None), now) if filters.view == "unvisited" else None


def _last_visit() -> Any:
    return select(Visit.place_id, func.max(Visit.finished_at).label("at")).group_by(Visit.place_id).subquery("last_visit")


def _not_since(since: datetime) -> ColumnElement[bool]:
    return ~exists().where(Visit.place_id == Place.id, Visit.finished_at >= since)


def _unvisited(running: RoundNow | None, now: datetime) -> ColumnElement[bool]:
    if running is None:
        return _not_since(now - timedelta(days=USUAL_DAYS))
    visited = exists().where(Visit.place_id == RoundPlace.place_id, Visit.finished_at >= Round.begins_at)
    planned: Select[Any] = select(RoundPlace.place_id).join(Round, Round.id == RoundPlace.round_id).where(Round.id.in_(running.rounds), ~visited)
    return Place.id.in_(planned)


def _matching(standing: Standing, filters: PlaceFilters, now: datetime, running: RoundNow | None = None) -> ColumnElement[bool]:
    return and_(_view(filters.view, now, running), *_narrowed(standing, filters, now))


def _view(view: str, now: datetime, running: RoundNow | None) -> ColumnElement[bool]:
    if view == "closed":
        return Place.closed_at.is_not(None)
    in_use = Place.closed_at.is_(None)
    if view == "unvisited":
        return and_(in_use, _unvisited(running, now))
    if view == "never":
        return and_(in_use, ~exists().where(Visit.place_id == Place.id).correlate(Place))
    if view == "no_position":
        return and_(in_use, Place.lat_e7.is_(None))
    return and_(in_use, Place.unit_id.is_(None)) if view == "no_unit" else in_use


def _narrowed(standing: Standing, filters: PlaceFilters, now: datetime) -> list[ColumnElement[bool]]:
    """What the person sees of the places that the other conditions leave."""
    rules = [standing.within(Place.zone_id, Place.unit_id)]
    if filters.zones:
        rules.append(Place.zone_id.in_(filters.zones))
    if filters.kinds:
        rules.append(Place.id.in_(select(PlaceKind.place_id).where(PlaceKind.kind.in_(filters.kinds))))
    if filters.units:
        rules.append(Place.unit_id.in_(filters.units))
    if filters.days:
        rules.append(_not_since(now - timedelta(days=filters.days)))
    if filters.text:
        like = "%" + filters.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rules.append(or_(*(column.ilike(like, escape="\\") for column in (Place.name, Place.code, Place.initials, Place.address))))
    return rules


def _seen(session: Session, standing: Standing, found: Sequence[Place], now: datetime) -> list[PlaceSeen]:
    ids = [place.id for place in found]
    kinds = places.kinds_of(session, ids)
    last = inspections.last_visits(session, ids, each=1)
    open_: Counter[UUID] = Counter()
    late: Counter[UUID] = Counter()
    rows = session.execute(
        select(Finding.place_id, func.count(), func.sum(case((findings.overdue(now), 1), else_=0)))
        .where(Finding.place_id.in_(ids), Finding.state.in_(findings.OPEN), findings.in_scope(standing))
        .group_by(Finding.place_id)
    )
    for place_id, count, over in rows:
        if place_id is not None:
            open_[place_id], late[place_id] = count, over or 0
    told = []
    for place in found:
        visit = next(iter(last.get(place.id, [])), None)
        score = round(visit.got_tenths * 100 / visit.of_tenths) if visit is not None and visit.of_tenths else None
        told.append(PlaceSeen(place, tuple(kinds.get(place.id, ())), visit.finished_at if visit else None, score, open_[place.id], late[place.id]))
    return told
