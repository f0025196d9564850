"""Standing: the one rule of what a person sees and may do where. Lists, counts, search, the feed and the verbs all ask it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from fieldbook.accounts import Duty, NotYourDuty, PostHeld
from fieldbook.kernel import NIL, among, ask, kept

from .model import Area, Level

_AREAS = select(Area.id, Area.parent_id, Area.merged_into, Area.level)

#: duties whose area is what the person sees; a unit's people see what is their unit's
SEES_AREA = frozenset({Duty.ADMINISTRATOR, Duty.HEADQUARTERS, Duty.DISPATCHER, Duty.INSPECTOR, Duty.REVIEWER, Duty.AUDITOR})


@dataclass(frozen=True)
class Reachable:
    """Where one duty holds: everywhere, or in these zones and for these units."""

    everywhere: bool = False
    zones: frozenset[UUID] = frozenset()
    units: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Standing:
    """A person's posts, resolved to zones and units."""

    person: UUID
    #: the units the person belongs to, whatever the duty
    units: frozenset[UUID]
    duties: dict[Duty, Reachable]

    @property
    def sees_everything(self) -> bool:
        return any(where.everywhere for duty, where in self.duties.items() if duty in SEES_AREA)

    @property
    def keys(self) -> frozenset[UUID]:
        """What a row must carry one of to be seen: the person, their zones, their units, or NIL."""
        zones = (where.zones for duty, where in self.duties.items() if duty in SEES_AREA)
        return frozenset({self.person, NIL}) | self.units | frozenset().union(*zones)

    def sees(self, *row_keys: UUID | None) -> bool:
        """Whether a row with these keys (its zone, unit, reporter …) is in the person's scope."""
        return self.sees_everything or not self.keys.isdisjoint(key for key in row_keys if key is not None)

    def within(self, *columns: Any) -> ColumnElement[bool]:
        """The same as `sees`, as SQL: whether one of a row's columns (its zone, unit, reporter …) is in the person's scope."""
        return true() if self.sees_everything else or_(*(column.in_(self.keys) for column in columns))

    @property
    def known_as(self) -> dict[str, Any]:
        """What a statement built by `scope` is given."""
        return {"keys": self.keys, "person": self.person, "units": self.units}

    def may(self, duty: Duty, *, zone: UUID | None = None, unit: UUID | None = None) -> bool:
        """Whether a post with this duty reaches the zone or the unit."""
        where = self.duties.get(duty)
        return where is not None and (where.everywhere or zone in where.zones or unit in where.units)

    def may_everywhere(self, *duties: Duty) -> bool:
        """Whether a post with one of these duties holds for the whole county."""
        return any(self.may(duty) for duty in duties)

    def require_any(self, *duties: Duty) -> None:
        """Raise NotYourDuty unless the person holds one of the duties somewhere."""
        if self.duties.keys().isdisjoint(duties):
            raise NotYourDuty

    def require(self, *duties: Duty, zone: UUID | None = None, unit: UUID | None = None) -> None:
        """Raise NotYourDuty unless one of the duties reaches the zone or the unit."""
        if not any(self.may(duty, zone=zone, unit=unit) for duty in duties):
            raise NotYourDuty


def scope(everything: bool, *columns: Any) -> ColumnElement[bool]:
    """`Standing.within` for statements that are built once and for all: the keys come as `known_as`, when it is not everything."""
    return true() if everything else or_(*(among(column, "keys") for column in columns))


def standing_of(session: Session, person: UUID, posts: Iterable[PostHeld]) -> Standing:
    """Resolve a person's posts: an area's post reaches every zone below it; a post without area or unit reaches the county."""
    posts = tuple(posts)
    below = zones_below(session) if any(post.area_id for post in posts) else {}
    duties: dict[Duty, Reachable] = {}
    for post in posts:
        had = duties.get(post.duty, Reachable())
        duties[post.duty] = Reachable(
            had.everywhere or (post.area_id is None and post.unit_id is None and post.duty is not Duty.RECTIFIER),
            had.zones | below.get(post.area_id, frozenset()) if post.area_id else had.zones,
            had.units | {post.unit_id} if post.unit_id else had.units,
        )
    return Standing(person, frozenset(post.unit_id for post in posts if post.unit_id), duties)


def zones_below(session: Session) -> dict[UUID, frozenset[UUID]]:
    """The zones that each area holds, itself included; kept until an area changes."""
    return kept(session, "places.zones_below", _read)


def _read(session: Session) -> dict[UUID, frozenset[UUID]]:
    areas = ask(session, _AREAS).all()
    # what a merged zone left behind is seen by those above it and by those above what it went into
    above_of = {area.id: (area.parent_id, area.merged_into) for area in areas}
    below: dict[UUID, set[UUID]] = {area.id: set() for area in areas}
    for area in areas:
        if area.level == Level.ZONE:
            climb: list[UUID | None] = [area.id]
            while climb:
                above = climb.pop()
                if above is not None and area.id not in below[above]:
                    below[above].add(area.id)
                    climb += above_of[above]
    # places lie in zones: a post in a grid sees those of the zone that the grid is a part of
    zones = {area.id for area in areas if area.level == Level.ZONE}
    for area in areas:
        if area.level == Level.GRID and area.parent_id in zones:
            below[area.id] |= below[area.parent_id]
    return {area: frozenset(found) for area, found in below.items()}
