"""Verbs of places."""

from collections.abc import Sequence
from uuid import UUID

from fieldbook.kernel import NIL, Act, new_id

from .model import Area, Level, Place, PlaceKind


def make_area(act: Act, *, level: Level, name: str, code: str, name_en: str = "", parent_id: UUID | None = None, id: UUID | None = None) -> Area:
    """Enter an area below its parent."""
    area = Area(id=id or new_id(), parent_id=parent_id, level=level, code=code, name=name, name_en=name_en)
    act.session.add(area)
    act.record("area.made", area.id, reach=[NIL], level=level, parent=parent_id, name=name)
    return area


def make_place(
    act: Act,
    *,
    code: str,
    name: str,
    zone_id: UUID,
    kinds: Sequence[str],
    unit_id: UUID | None = None,
    initials: str = "",
    address: str = "",
    lat_e7: int | None = None,
    lon_e7: int | None = None,
    id: UUID | None = None,
) -> Place:
    """Enter a place, judged as one or more kinds, answered for by a unit."""
    made = Place(
        id=id or new_id(), code=code, name=name, initials=initials, address=address, zone_id=zone_id, unit_id=unit_id, lat_e7=lat_e7, lon_e7=lon_e7
    )
    act.session.add(made)
    act.session.flush()
    act.session.add_all(PlaceKind(place_id=made.id, kind=kind) for kind in kinds)
    act.record("place.made", made.id, reach=[zone_id, unit_id], code=code, name=name, kinds=list(kinds), zone=zone_id, unit=unit_id)
    return made
