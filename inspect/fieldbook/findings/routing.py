"""Which unit a finding goes to: four ways to name one, tried in the order that the county has settled."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldbook import places, standards
from fieldbook.accounts import Unit
from fieldbook.kernel import county

from .model import Finding

#: why a unit answers for a finding, as people are told: (zh, en)
WHY = {
    "trade": ("这条标准归它管", "This criterion is its trade"),
    "place": ("点位登记的责任单位", "The place's own unit"),
    "zone": ("责任区的属地单位", "The zone's own unit"),
    "lead": ("这类任务对象的牵头部门", "The lead department for this kind of place"),
    "inspector": ("巡查员指定", "Chosen by the inspector"),
    "own": ("当场整改，由整改人所在单位负责", "Fixed on the spot by its own people"),
    "dispatcher": ("调度指定", "Chosen by the dispatcher"),
    "handed_over": ("由原单位移交", "Handed over by the unit before"),
    "again": ("上次由它整改", "It put this right before"),
}
#: the ways by rule
WAYS = ("trade", "place", "zone", "lead")


@dataclass(frozen=True)
class Asked:
    """What routing looks at."""

    place: UUID | None
    zone: UUID | None
    kind: str | None
    criterion: str | None
    manual: int | None


def choose(order: Iterable[str], named: Mapping[str, UUID | None], without: Collection[UUID] = ()) -> tuple[UUID | None, str | None]:
    """(unit, way): the first way of `order` that names a unit which is not in `without`. Pure."""
    for way in order:
        unit = named.get(way)
        if unit is not None and unit not in without:
            return unit, way
    return None, None


def unit_for(session: Session, asked: Asked, without: Collection[UUID] = ()) -> tuple[UUID | None, str | None]:
    """(unit, way) by the county's rules; (None, None) when no way names one."""
    return choose(county(session).routing, named(session, asked), without)


def unit_of(session: Session, finding: Finding) -> tuple[UUID | None, str | None]:
    """(unit, way) for a finding; units that said it is not theirs are passed over."""
    return unit_for(session, asked_of(finding), {UUID(unit) for unit in finding.disputed_units})


def asked_of(finding: Finding) -> Asked:
    """What routing looks at of a finding."""
    return Asked(finding.place_id, finding.zone_id, finding.kind, finding.criterion, finding.manual)


def named(session: Session, asked: Asked) -> dict[str, UUID | None]:
    """The unit that each way names.

    trade: the department that the criterion itself names. place: the place's unit. zone: the zone's unit.
    lead: the department that the place names, else the one that the manual names for its kind.
    """
    place = places.places_by_id(session, [asked.place]).get(asked.place) if asked.place else None
    zone = session.get(places.Area, asked.zone) if asked.zone else None
    version = standards.manual(session, asked.manual) if asked.manual is not None else standards.current_manual(session)
    kind = version.kinds.get(asked.kind) if version and asked.kind else None
    criterion = version.criteria.get(asked.criterion) if version and asked.criterion else None
    trade = str(criterion.body.get("lead_zh") or "") if criterion else ""
    lead = (place.lead if place else "") or (kind.lead_zh if kind else "")
    departments = _departments(session, {name for name in (trade, lead) if name})
    units = {"trade": departments.get(trade), "place": place.unit_id if place else None, "zone": zone.unit_id if zone else None, "lead": departments.get(lead)}
    closed = _closed(session, {unit for unit in units.values() if unit})
    return {way: unit for way, unit in units.items() if unit not in closed}


def _closed(session: Session, units: Collection[UUID]) -> set[UUID]:
    """The units among these that answer for nothing any more."""
    return set(session.scalars(select(Unit.id).where(Unit.id.in_(units), Unit.closed_at.is_not(None)))) if units else set()


def _departments(session: Session, names: Collection[str]) -> dict[str, UUID]:
    """Departments by the manual's name for them: the unit of that name, else the only unit that answers to it."""
    if not names:
        return {}
    rows = session.execute(select(Unit.id, Unit.name, Unit.lead).where(or_(Unit.name.in_(names), Unit.lead.in_(names)), Unit.closed_at.is_(None))).all()
    found: dict[str, UUID] = {}
    for name in names:
        own = [row.id for row in rows if row.name == name]
        below = [row.id for row in rows if row.lead == name]
        if own or len(below) == 1:
            found[name] = min(own) if own else below[0]
    return found
