"""Who a finding might be handed to, and on what ground: what the register says, what the manual says, and who put such things right before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from fieldbook.evidence import Spot, apart_m

from . import routing, rules
from .model import Finding, State
from .queries import overdue
from .rules import OPEN, RUNNING

#: cleared findings of this long ago still say who puts such things right
LOOKS_BACK = timedelta(days=90)
#: a finding this near is told beside another one, in metres
NEAR_M = 100
#: that many near ones are told
MOST_NEAR = 3


@dataclass(frozen=True)
class Ground:
    """Why a unit is proposed. code: a way of `routing.WAYS`, record, nearby or now; facts fill its sentence."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    """One unit a finding might go to. disputed: it said of this finding that it is not theirs."""

    unit: UUID
    grounds: tuple[Ground, ...]
    disputed: bool = False


@dataclass(frozen=True)
class InHand:
    """What a unit has to do already."""

    running: int = 0
    overdue: int = 0


def proposals(session: Session, finding: Finding, *, now: datetime) -> list[Proposal]:
    """The units a finding might go to: in the order of the county's rules, then by record; those that said it is not theirs come last."""
    grounds: dict[UUID, list[Ground]] = {}
    named = routing.named(session, routing.asked_of(finding))
    for way in routing.order(session):
        unit = named.get(way)
        if unit is not None:
            grounds.setdefault(unit, []).append(Ground(way))
    for unit, done, in_time in _record(session, finding, now):
        grounds.setdefault(unit, []).append(Ground("record", {"done": done, "in_time": in_time, "days": LOOKS_BACK.days}))
    for unit, done in _nearby(session, finding, now):
        if all(ground.code != "record" for ground in grounds.get(unit, ())):
            grounds.setdefault(unit, []).append(Ground("nearby", {"done": done, "metres": NEAR_M, "days": LOOKS_BACK.days}))
    if finding.unit_id is not None:
        grounds.setdefault(finding.unit_id, []).append(Ground("now"))
    told = [Proposal(unit, tuple(why), str(unit) in finding.disputed_units) for unit, why in grounds.items()]
    return sorted(told, key=lambda one: one.disputed)


def clear_choice(told: Sequence[Proposal]) -> Proposal | None:
    """The unit that the rules name, else the only one with a record; None when nothing decides it.

    A unit that disputed it is passed over, and so is where the finding lies now.
    """
    willing = [one for one in told if not one.disputed]
    by_rule = [one for one in willing if any(ground.code in routing.WAYS for ground in one.grounds)]
    by_record = [one for one in willing if any(ground.code == "record" for ground in one.grounds)]
    if by_rule:
        return by_rule[0]
    return by_record[0] if len(by_record) == 1 else None


def in_hand(session: Session, units: Collection[UUID], *, now: datetime) -> dict[UUID, InHand]:
    """What units have to do already, in the whole county."""
    late = func.sum(case((overdue(now), 1), else_=0))
    rows = session.execute(
        select(Finding.unit_id, func.count(), late).where(Finding.unit_id.in_(set(units)), Finding.state.in_(RUNNING)).group_by(Finding.unit_id)
    )
    return {unit: InHand(count, over or 0) for unit, count, over in rows}


def near(session: Session, finding: Finding) -> list[tuple[Finding, int]]:
    """(open finding, metres) of the ones that lie near, nearest first; those at the same place are 0 metres away."""
    ways = [Finding.place_id == finding.place_id] if finding.place_id is not None else []
    if finding.lat_e7 is not None and finding.lon_e7 is not None:
        tall, wide = rules.box_e7(finding.lat_e7, NEAR_M)
        ways.append(and_(Finding.lat_e7.between(finding.lat_e7 - tall, finding.lat_e7 + tall), Finding.lon_e7.between(finding.lon_e7 - wide, finding.lon_e7 + wide)))
    others = and_(Finding.zone_id == finding.zone_id, Finding.id != finding.id, Finding.state.in_(OPEN), or_(false(), *ways))
    told = []
    for other in session.scalars(select(Finding).where(others)):
        apart = 0 if finding.place_id is not None and other.place_id == finding.place_id else _apart(finding, other)
        if apart is not None and apart <= NEAR_M:
            told.append((other, apart))
    # the same place's many other troubles are no reason to merge; the same criterion is told first
    return sorted(told, key=lambda pair: (pair[0].criterion != finding.criterion, pair[1], pair[0].number))[:MOST_NEAR]


def _nearby(session: Session, finding: Finding, now: datetime) -> list[tuple[UUID, int]]:
    """(unit, cleared) of who put anything right within NEAR_M lately, most first: a hint, no more."""
    if finding.lat_e7 is None or finding.lon_e7 is None:
        return []
    tall, wide = rules.box_e7(finding.lat_e7, NEAR_M)
    done = func.count()
    rows = session.execute(
        select(Finding.rectifying_unit_id, done)
        .where(
            Finding.state == State.CLEARED,
            Finding.on_spot.is_(False),
            Finding.cleared_at >= now - LOOKS_BACK,
            Finding.rectifying_unit_id.is_not(None),
            Finding.lat_e7.between(finding.lat_e7 - tall, finding.lat_e7 + tall),
            Finding.lon_e7.between(finding.lon_e7 - wide, finding.lon_e7 + wide),
        )
        .group_by(Finding.rectifying_unit_id)
        .order_by(done.desc())
        .limit(2)
    )
    return [(unit, count) for unit, count in rows if unit is not None]


def _apart(one: Finding, other: Finding) -> int | None:
    if one.lat_e7 is None or one.lon_e7 is None or other.lat_e7 is None or other.lon_e7 is None:
        return None
    return round(apart_m(Spot(one.lat_e7, one.lon_e7), Spot(other.lat_e7, other.lon_e7)))


def _record(session: Session, finding: Finding, now: datetime) -> list[tuple[UUID, int, int]]:
    """(unit, cleared, of those in time) of who put the same sort of thing right in this zone lately, most first."""
    if finding.kind is None:
        return []
    same = Finding.criterion == finding.criterion if finding.criterion else Finding.kind == finding.kind
    in_time = func.sum(case((Finding.rectified_at <= Finding.due_at, 1), else_=0))
    done = func.count()
    rows = session.execute(
        select(Finding.rectifying_unit_id, done, in_time)
        .where(
            Finding.state == State.CLEARED,
            Finding.zone_id == finding.zone_id,
            same,
            Finding.on_spot.is_(False),
            Finding.cleared_at >= now - LOOKS_BACK,
            Finding.rectifying_unit_id.is_not(None),
        )
        .group_by(Finding.rectifying_unit_id)
        .order_by(done.desc())
        .limit(3)
    )
    return [(unit, count, kept or 0) for unit, count, kept in rows]
