"""When the ground under findings changes: a place goes to another zone, areas are merged, a unit is closed.

One act, one answer: the registers change in their own rooms, and what is open here goes along. What is closed keeps the zone
it was closed in.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldbook import accounts, inspections, places
from fieldbook.accounts import Post, Unit
from fieldbook.inspections import Round
from fieldbook.kernel import Act
from fieldbook.places import Area, Place, Standing

from .commands.routing_rules import move_rules
from .model import Finding
from .rules import OPEN


@dataclass(frozen=True)
class Holds:
    """What an area or a unit holds: what a merge would move, and what must be handed over before a unit is closed."""

    places: int = 0
    findings: int = 0
    posts: int = 0
    rounds: int = 0
    areas: int = 0

    @property
    def anything(self) -> bool:
        return any((self.places, self.findings, self.posts, self.rounds, self.areas))


def area_holds(session: Session, area_id: UUID, *, now: Any) -> Holds:
    """What goes along when this area is merged into another one. Rounds: those that have not ended."""

    def count(table: type[Any], *where: Any) -> int:
        return session.scalar(select(func.count()).select_from(table).where(*where)) or 0

    return Holds(
        places=count(Place, Place.zone_id == area_id),
        findings=count(Finding, Finding.zone_id == area_id, Finding.state.in_(OPEN)),
        posts=count(Post, Post.area_id == area_id, Post.ended_at.is_(None)),
        rounds=count(Round, Round.zone_id == area_id, Round.ends_at > now),
        areas=count(Area, Area.parent_id == area_id, Area.merged_into.is_(None)),
    )


def unit_holds(session: Session, unit_id: UUID) -> Holds:
    """What a unit still answers for: open findings, its people's posts, places in use, and areas."""

    def count(table: type[Any], *where: Any) -> int:
        return session.scalar(select(func.count()).select_from(table).where(*where)) or 0

    return Holds(
        places=count(Place, Place.unit_id == unit_id, Place.closed_at.is_(None)),
        findings=count(Finding, Finding.unit_id == unit_id, Finding.state.in_(OPEN)),
        posts=count(Post, Post.unit_id == unit_id, Post.ended_at.is_(None)),
        areas=count(Area, Area.unit_id == unit_id, Area.merged_into.is_(None)),
    )


def change_place(act: Act, standing: Standing | None, place_id: UUID, **changes: Any) -> Place:
    """Change a place as `places.change_place` does; its open findings follow it to another zone. Raises what that raises."""
    place = places.change_place(act, standing, place_id, **changes)
    follow_places(act, [place_id])
    return place


def follow_places(act: Act, place_ids: Collection[UUID]) -> int:
    """Let the open findings of places be in the zones that their places are in. Returns how many moved."""
    act.session.flush()
    moved = act.session.execute(
        select(Finding, Place.zone_id)
        .join(Place, Place.id == Finding.place_id)
        .where(Finding.place_id.in_(set(place_ids)), Finding.state.in_(OPEN), Finding.zone_id != Place.zone_id)
        .order_by(Finding.id)
        .with_for_update(of=Finding)
    ).all()
    _move(act, [(finding, zone_id) for finding, zone_id in moved])
    return len(moved)


def merge_areas(act: Act, standing: Standing | None, area_id: UUID, *, into_id: UUID, version: int | None = None) -> Holds:
    """Let an area go into another one of its level with everything: places, smaller areas, posts, running rounds and open findings.

    Returns what moved. Raises accounts.NotYourDuty, places.NoSuchArea, places.NotAlike, places.ChangedMeanwhile.
    """
    taken = places.merge_area(act, standing, area_id, into_id=into_id, version=version)
    rounds = inspections.move_rounds(act, area_id, into_id)
    left = act.session.scalars(select(Finding).where(Finding.zone_id == area_id, Finding.state.in_(OPEN)).order_by(Finding.id).with_for_update()).all()
    _move(act, [(finding, into_id) for finding in left])
    move_rules(act, area_id, into_id)
    return Holds(places=len(taken.places), findings=len(left), posts=taken.posts, rounds=rounds, areas=taken.areas)


def close_unit(act: Act, standing: Standing | None, unit_id: UUID, *, version: int | None = None) -> Unit:
    """Close a unit that holds nothing any more. Raises accounts.NotYourDuty, accounts.NoSuchUnit, accounts.UnitInUse, accounts.UnitChangedMeanwhile."""
    if standing is not None:
        standing.require(*places.REGISTRARS)
    holds = unit_holds(act.session, unit_id)
    return accounts.close_unit(act, unit_id, findings=holds.findings, places=holds.places + holds.areas, version=version)


def _move(act: Act, moved: Sequence[tuple[Finding, UUID]]) -> None:
    for finding, zone_id in moved:
        was, finding.zone_id = finding.zone_id, zone_id
        finding.version += 1
        reach = [was, zone_id, finding.unit_id, finding.reporter_id, finding.rectifier_id]
        act.record("finding.moved", finding.id, reach=reach, was=was, now=zone_id)
