"""Reading areas and places."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from fieldbook.kernel import Refusal, ask, kept

from .model import Area, Level, Place, PlaceKind


class NoSuchPlace(Refusal):
    """No place has this id, or none that this person may see."""

    code = "places.no_such_place"
    status = 404
    sentence = "没有找到这个点位，可能已调整到别的责任区。已填的内容都在。"


class PlaceKnown(NamedTuple):
    """What a command asks of a place: where it lies and who answers for it."""

    id: UUID
    zone_id: UUID
    unit_id: UUID | None
    #: the lead department that it names itself
    lead: str


_KNOWN = select(Place.id, Place.zone_id, Place.unit_id, Place.lead).where(Place.id == bindparam("place"))


def place_known(session: Session, place_id: UUID) -> PlaceKnown | None:
    """A place as it is now, by one plain statement; None when there is none of this id."""
    session.flush()  # what this act itself has changed counts
    row = ask(session, _KNOWN, {"place": place_id}).one_or_none()
    return None if row is None else PlaceKnown(*row)


def place(session: Session, place_id: UUID) -> Place:
    """A place. Raises NoSuchPlace."""
    found = session.get(Place, place_id)
    if found is None:
        raise NoSuchPlace(place=place_id)
    return found


def places_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Place]:
    """Places by id."""
    return {found.id: found for found in session.scalars(select(Place).where(Place.id.in_(set(ids))))}


def kinds_of(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """The kinds each place is judged as, by place id."""
    kinds: dict[UUID, list[str]] = {}
    for place_id, kind in session.execute(select(PlaceKind.place_id, PlaceKind.kind).where(PlaceKind.place_id.in_(set(ids))).order_by(PlaceKind.kind)):
        kinds.setdefault(place_id, []).append(kind)
    return kinds


class AreaKnown(NamedTuple):
    """An area as it is now, for whoever only reads it."""

    id: UUID
    parent_id: UUID | None
    level: Level
    code: str
    name: str
    name_en: str
    unit_id: UUID | None
    head: str
    contact: str
    merged_into: UUID | None
    merged_at: datetime | None
    version: int


def zones(session: Session) -> list[AreaKnown]:
    """All zones in use, in the order of their codes as numbers where they are numbers."""
    return sorted((area for area in area_names(session).values() if area.level == Level.ZONE and area.merged_into is None), key=in_order)


def in_order(area: AreaKnown | Area) -> tuple[bool, int, str]:
    """What areas are sorted by: their codes, as numbers where they are numbers."""
    return not area.code.isdecimal(), int(area.code) if area.code.isdecimal() else 0, area.code


def area_names(session: Session) -> dict[UUID, AreaKnown]:
    """All areas by id, merged ones with their old names; a county has a few dozen. Kept until an area changes."""
    return kept(session, "places.areas", _read_areas)


def _read_areas(session: Session) -> dict[UUID, AreaKnown]:
    columns = [getattr(Area, name) for name in AreaKnown._fields]
    return {row.id: AreaKnown._make(row) for row in session.execute(select(*columns).order_by(Area.id))}


def successor(session: Session, area_id: UUID) -> UUID | None:
    """The area in use that this one is, or went into; None when there is no such area. A phone may name a zone merged meanwhile."""
    seen: set[UUID] = set()
    area = session.get(Area, area_id)
    while area is not None and area.merged_into is not None and area.id not in seen:
        seen.add(area.id)
        area = session.get(Area, area.merged_into)
    return area.id if area is not None else None


def nearest(session: Session, lat_e7: int, lon_e7: int, *, limit: int = 1) -> list[Place]:
    """The places nearest to a position, by plain squared degrees: right enough within a county."""
    distance = (Place.lat_e7 - lat_e7) * (Place.lat_e7 - lat_e7) + (Place.lon_e7 - lon_e7) * (Place.lon_e7 - lon_e7)
    return list(session.scalars(select(Place).where(Place.lat_e7.is_not(None), Place.closed_at.is_(None)).order_by(distance).limit(limit)))


def positions(session: Session) -> list[tuple[int, int]]:
    """(lat_e7, lon_e7) of every place in use that has a position."""
    rows = session.execute(select(Place.lat_e7, Place.lon_e7).where(Place.lat_e7.is_not(None), Place.lon_e7.is_not(None), Place.closed_at.is_(None)))
    return [(row.lat_e7, row.lon_e7) for row in rows]
