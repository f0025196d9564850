"""Verbs of areas: county › district › zone › grid. A merged area stays, because history names it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldbook import accounts
from fieldbook.accounts import Duty
from fieldbook.kernel import NIL, Act, new_id

from .model import Area, Level, Place
from .refusals import ChangedMeanwhile, CodeTaken, NameMissing, NoSuchArea, NotAlike, WrongLevel
from .standing import Standing

#: from large to small
ORDER = (Level.COUNTY, Level.DISTRICT, Level.ZONE, Level.GRID)
#: who changes the register of places, areas and units
REGISTRARS = (Duty.ADMINISTRATOR, Duty.HEADQUARTERS)


@dataclass(frozen=True)
class Taken:
    """What a merged area gave to the one it went into."""

    places: tuple[UUID, ...]
    areas: int
    posts: int


def open_area(session: Session, area_id: UUID) -> Area:
    """An area that is in use. Raises NoSuchArea."""
    area = session.get(Area, area_id)
    if area is None or area.merged_into is not None:
        raise NoSuchArea(area=area_id)
    return area


def open_zone(session: Session, area_id: UUID) -> Area:
    """A zone that is in use: places lie in no other area. Raises NoSuchArea."""
    area = open_area(session, area_id)
    if area.level != Level.ZONE:
        raise NoSuchArea(area=area_id)
    return area


def make_area(
    act: Act,
    *,
    level: Level,
    name: str,
    code: str,
    name_en: str = "",
    parent_id: UUID | None = None,
    unit_id: UUID | None = None,
    head: str = "",
    contact: str = "",
    id: UUID | None = None,
    standing: Standing | None = None,
) -> Area:
    """Enter an area below its parent. Raises accounts.NotYourDuty, NameMissing, CodeTaken, NoSuchArea, WrongLevel, accounts.NoSuchUnit."""
    if standing is not None:
        standing.require(*REGISTRARS)
    area = Area(
        id=id or new_id(),
        parent_id=parent_id,
        level=Level(level),
        code=code.strip(),
        name=name.strip(),
        name_en=name_en.strip(),
        unit_id=unit_id,
        head=head.strip(),
        contact=contact.strip(),
    )
    _check_names(act.session, area)
    if parent_id is not None:
        _check_parent(act.session, area, open_area(act.session, parent_id))
    elif standing is not None:
        raise NoSuchArea(area="")
    if unit_id is not None:
        accounts.open_unit(act.session, unit_id)
    act.session.add(area)
    act.record("area.made", area.id, reach=[NIL], said={"head": area.head, "contact": area.contact}, level=level, parent=parent_id, name=area.name, code=area.code, unit=unit_id)
    return area


def change_area(act: Act, standing: Standing | None, area_id: UUID, *, version: int | None = None, **changes: Any) -> Area:
    """Rename an area, or say which unit answers for it and who heads it; what stays as it was leaves no entry.

    changes: name, name_en, code, unit_id, head, contact. Raises accounts.NotYourDuty, NoSuchArea, NameMissing, CodeTaken, accounts.NoSuchUnit, ChangedMeanwhile.
    """
    area = _locked(act, standing, area_id, version)
    told = {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
    was = {name: getattr(area, name) for name, value in told.items() if getattr(area, name) != value}
    unit_id: Any = told.get("unit_id")
    if unit_id is not None and "unit_id" in was:
        accounts.open_unit(act.session, unit_id)
    if was:
        with act.session.no_autoflush:
            for name in was:
                setattr(area, name, told[name])
            _check_names(act.session, area)
        area.version += 1
        personal = ("head", "contact")
        act.record(
            "area.changed",
            area_id,
            reach=[NIL],
            said={name: told[name] for name in was if name in personal},
            was={name: value for name, value in was.items() if name not in personal},
            now={name: told[name] for name in was if name not in personal},
        )
    return area


def move_area(act: Act, standing: Standing | None, area_id: UUID, *, parent_id: UUID, version: int | None = None) -> Area:
    """Put an area below another parent. Raises accounts.NotYourDuty, NoSuchArea, WrongLevel, ChangedMeanwhile."""
    area = _locked(act, standing, area_id, version)
    parent = open_area(act.session, parent_id)
    _check_parent(act.session, area, parent)
    if area.parent_id != parent_id:
        was, area.parent_id = area.parent_id, parent_id
        area.version += 1
        act.record("area.moved", area_id, reach=[NIL], was=was, now=parent_id)
    return area


def merge_area(act: Act, standing: Standing | None, area_id: UUID, *, into_id: UUID, version: int | None = None) -> Taken:
    """Let an area go into another one of its level: its places, posts and smaller areas are the other's from now on.

    The merged area stays with its name and with `merged_into`, and what was closed in it keeps it. Rounds and open findings
    are `findings.merge_areas`'s. Raises accounts.NotYourDuty, NoSuchArea, NotAlike, ChangedMeanwhile.
    """
    area = _locked(act, standing, area_id, version)
    into = open_area(act.session, into_id)
    if area.id == into.id or area.level != into.level or area.level == Level.COUNTY:
        raise NotAlike(name=area.name, into=into.name)
    below = list(act.session.scalars(select(Area).where(Area.parent_id == area_id, Area.merged_into.is_(None)).order_by(Area.id).with_for_update()))
    moved = list(act.session.scalars(select(Place).where(Place.zone_id == area_id).order_by(Place.id).with_for_update()))
    for child in below:
        child.parent_id = into_id
        child.version += 1
        act.record("area.moved", child.id, reach=[NIL], was=area_id, now=into_id)
    for place in moved:
        place.zone_id = into_id
        place.version += 1
        act.record("place.changed", place.id, reach=[area_id, into_id, place.unit_id], was={"zone_id": area_id}, now={"zone_id": into_id})
    posts = accounts.move_posts(act, area_id, into_id)
    area.merged_into, area.merged_at = into_id, act.at
    area.version += 1
    act.record("area.merged", area_id, reach=[NIL], into=into_id, name=area.name, places=len(moved), posts=posts)
    return Taken(tuple(place.id for place in moved), len(below), posts)


def _locked(act: Act, standing: Standing | None, area_id: UUID, version: int | None) -> Area:
    if standing is not None:
        standing.require(*REGISTRARS)
    area = act.session.get(Area, area_id, with_for_update=True, populate_existing=True)
    if area is None or area.merged_into is not None:
        raise NoSuchArea(area=area_id)
    if version is not None and version != area.version:
        raise ChangedMeanwhile
    return area


def _check_names(session: Session, area: Area) -> None:
    if not area.name:
        raise NameMissing
    if area.code:
        same = (Area.code == area.code, Area.level == area.level, Area.id != area.id, Area.merged_into.is_(None))
        other = session.scalar(select(Area.name).where(*same).limit(1))
        if other is not None:
            raise CodeTaken(number=area.code, name=other)


def _check_parent(session: Session, area: Area, parent: Area) -> None:
    """The parent must be larger, which alone forbids every cycle; walking up as well costs nothing and forgives no bad row."""
    above: Area | None = parent
    while above is not None:
        if above.id == area.id:
            raise WrongLevel(name=area.name, parent=parent.name)
        above = session.get(Area, above.parent_id) if above.parent_id else None
    if ORDER.index(Level(parent.level)) >= ORDER.index(Level(area.level)):
        raise WrongLevel(name=area.name, parent=parent.name)
