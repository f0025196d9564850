"""What areas and units hold, counted in one go for the pages that list them."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from fieldbook import findings, places
from fieldbook.accounts import Duty, Person, Post
from fieldbook.findings import Finding
from fieldbook.places import Area, AreaKnown, Place, Standing

from .overview import Scope


@dataclass(frozen=True)
class AreaCounts:
    """What lies in an area and in all below it. people: who have a post there."""

    places: int = 0
    open: int = 0
    overdue: int = 0
    people: int = 0


@dataclass(frozen=True)
class UnitCounts:
    """What a unit has in hand: open findings, overdue ones, places in use, and its people."""

    open: int = 0
    overdue: int = 0
    places: int = 0
    people: int = 0


def area_counts(session: Session, standing: Standing, *, now: datetime) -> dict[UUID, AreaCounts]:
    """Counts of every area in use; those of larger ones are the sums of theirs. Places and findings: those the person sees."""
    areas = places.area_names(session)
    own: dict[UUID, AreaCounts] = defaultdict(AreaCounts)
    for zone_id, count in session.execute(select(Place.zone_id, func.count()).where(Scope(standing, None, None).places).group_by(Place.zone_id)):
        own[zone_id] = replace(own[zone_id], places=count)
    late = func.sum(case((findings.overdue(now), 1), else_=0))
    seen = (Finding.state.in_(findings.OPEN), findings.in_scope(standing))
    for zone_id, count, over in session.execute(select(Finding.zone_id, func.count(), late).where(*seen).group_by(Finding.zone_id)):
        own[zone_id] = replace(own[zone_id], open=count, overdue=over or 0)
    people: dict[UUID, set[UUID]] = defaultdict(set)
    for area_id, person_id in session.execute(select(Post.area_id, Post.person_id).where(Post.area_id.is_not(None), Post.ended_at.is_(None))):
        if area_id is not None:
            people[area_id].add(person_id)

    total: dict[UUID, AreaCounts] = defaultdict(AreaCounts)
    for id, counts in own.items():
        at: AreaKnown | None = areas.get(id)
        while at is not None:
            had = total[at.id]
            total[at.id] = AreaCounts(had.places + counts.places, had.open + counts.open, had.overdue + counts.overdue)
            at = areas.get(at.parent_id) if at.parent_id else None
    return {id: replace(total[id], people=len(people[id])) for id in areas}


def unit_counts(session: Session, standing: Standing, *, now: datetime) -> dict[UUID, UnitCounts]:
    """Counts of every unit that has anything. Places and findings: those the person sees."""
    found: dict[UUID, UnitCounts] = defaultdict(UnitCounts)
    late = func.sum(case((findings.overdue(now), 1), else_=0))
    seen = (Finding.state.in_(findings.OPEN), Finding.unit_id.is_not(None), findings.in_scope(standing))
    for unit_id, count, over in session.execute(select(Finding.unit_id, func.count(), late).where(*seen).group_by(Finding.unit_id)):
        if unit_id is not None:
            found[unit_id] = replace(found[unit_id], open=count, overdue=over or 0)
    for unit_id, count in session.execute(
        select(Place.unit_id, func.count()).where(Place.unit_id.is_not(None), Scope(standing, None, None).places).group_by(Place.unit_id)
    ):
        if unit_id is not None:
            found[unit_id] = replace(found[unit_id], places=count)
    for unit_id, count in session.execute(
        select(Post.unit_id, func.count(func.distinct(Post.person_id))).where(Post.unit_id.is_not(None), Post.ended_at.is_(None)).group_by(Post.unit_id)
    ):
        if unit_id is not None:
            found[unit_id] = replace(found[unit_id], people=count)
    return found


def people_of(session: Session, unit_id: UUID) -> list[tuple[str, list[Duty]]]:
    """Who belongs to a unit, by name, each with their duties there."""
    rows = session.execute(
        select(Person.id, Person.name, Post.duty)
        .join(Post, Post.person_id == Person.id)
        .where(Post.unit_id == unit_id, Post.ended_at.is_(None), Person.disabled_at.is_(None))
        .order_by(Person.name, Person.id, Post.duty)
    )
    names: dict[UUID, str] = {}
    duties: dict[UUID, list[Duty]] = {}
    for person_id, name, duty in rows:
        names[person_id] = name
        duties.setdefault(person_id, [])
        if Duty(duty) not in duties[person_id]:
            duties[person_id].append(Duty(duty))
    return [(names[person_id], held) for person_id, held in duties.items()]


def areas_of_unit(session: Session, unit_id: UUID) -> list[Area]:
    """The areas a unit answers for."""
    return list(session.scalars(select(Area).where(Area.unit_id == unit_id, Area.merged_into.is_(None)).order_by(Area.code)))
