"""Which unit a finding goes to: what was said once for all, then four ways to name one, in the order that the county has settled."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldbook import places, standards
from fieldbook.accounts import Unit
from fieldbook.kernel import county, kept
from fieldbook.places import Area

from .model import Finding, RoutingRule

#: why a unit answers for a finding, as people are told: (zh, en)
WHY = {
    "rule": ("按“以后都交”的规则", "By a standing rule"),
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

@dataclass(frozen=True)
class Asked:
    """What routing looks at."""

    place: UUID | None
    zone: UUID | None
    kind: str | None
    criterion: str | None
    manual: int | None


def choose(order: Iterable[str], named: Callable[[str], UUID | None], without: Collection[UUID] = ()) -> tuple[UUID | None, str | None]:
    """(unit, way): the first way of `order` that names a unit which is not in `without`; those after it are not asked. Pure."""
    for way in order:
        unit = named(way)
        if unit is not None and unit not in without:
            return unit, way
    return None, None


def unit_for(session: Session, asked: Asked, without: Collection[UUID] = ()) -> tuple[UUID | None, str | None]:
    """(unit, way) by the county's rules; (None, None) when no way names one."""
    return choose(order(session), lambda way: FINDS[way](session, asked) if way in FINDS else None, without)


def order(session: Session) -> tuple[str, ...]:
    """The ways in the order they are tried: what a dispatcher said once for all goes before the county's order."""
    return ("rule", *county(session).routing)


def unit_of(session: Session, finding: Finding) -> tuple[UUID | None, str | None]:
    """(unit, way) for a finding; units that said it is not theirs are passed over."""
    return unit_for(session, asked_of(finding), {UUID(unit) for unit in finding.disputed_units})


def asked_of(finding: Finding) -> Asked:
    """What routing looks at of a finding."""
    return Asked(finding.place_id, finding.zone_id, finding.kind, finding.criterion, finding.manual)


def named(session: Session, asked: Asked) -> dict[str, UUID | None]:
    """The unit that each way names."""
    return {way: find(session, asked) for way, find in FINDS.items()}


@dataclass(frozen=True)
class Rule:
    """What is asked of a finding, and the unit that it then goes to. What is None is not asked."""

    id: UUID
    unit: UUID
    place: UUID | None
    zone: UUID | None
    kind: str | None
    criterion: str | None

    @property
    def asks(self) -> tuple[UUID | str | None, ...]:
        return (self.place, self.zone, self.kind, self.criterion)

    def fits(self, asked: Asked) -> bool:
        """Whether a finding is what this asks for."""
        given = (asked.place, asked.zone, asked.kind, asked.criterion)
        return all(wanted is None or wanted == there for wanted, there in zip(self.asks, given, strict=True))


def rule_for(rules: Sequence[Rule], asked: Asked) -> Rule | None:
    """The rule that fits and asks most: a place before a zone, a criterion before a kind. Pure."""

    def weight(rule: Rule) -> tuple[int, int]:
        place, zone, kind, criterion = (one is not None for one in rule.asks)
        return (4 * place + 2 * criterion + kind + zone, place + zone + kind + criterion)

    return max((rule for rule in rules if rule.fits(asked)), key=weight, default=None)


def _by_rule(session: Session, asked: Asked) -> UUID | None:
    """The unit that a dispatcher named for all such findings."""
    rule = rule_for(kept(session, "findings.routing_rules", _read_rules), asked)
    return rule.unit if rule else None


def _read_rules(session: Session) -> tuple[Rule, ...]:
    """Every rule whose unit still answers for something."""
    rows = session.execute(
        select(RoutingRule.id, RoutingRule.unit_id, RoutingRule.place_id, RoutingRule.zone_id, RoutingRule.kind, RoutingRule.criterion)
        .join(Unit, Unit.id == RoutingRule.unit_id)
        .where(Unit.closed_at.is_(None))
        .order_by(RoutingRule.id)
    )
    return tuple(Rule(*row) for row in rows)


def _by_trade(session: Session, asked: Asked) -> UUID | None:
    """The department that the criterion itself names."""
    manual = _manual(session, asked)
    criterion = manual.criteria.get(asked.criterion) if manual and asked.criterion else None
    return _department(session, str(criterion.body.get("lead_zh") or "") if criterion else "")


def _by_place(session: Session, asked: Asked) -> UUID | None:
    """The place's own unit; a place in use belongs to no unit that was closed."""
    place = places.place_known(session, asked.place) if asked.place else None
    return place.unit_id if place else None


def _by_zone(session: Session, asked: Asked) -> UUID | None:
    """The zone's own unit."""
    zone = session.get(Area, asked.zone) if asked.zone else None
    return zone.unit_id if zone else None


def _by_lead(session: Session, asked: Asked) -> UUID | None:
    """The lead department that the place names, else the one that the manual names for its kind."""
    place = places.place_known(session, asked.place) if asked.place else None
    manual = _manual(session, asked)
    kind = manual.kinds.get(asked.kind) if manual and asked.kind else None
    return _department(session, (place.lead if place else "") or (kind.lead_zh if kind else ""))


#: the ways by rule
FINDS: dict[str, Callable[[Session, Asked], UUID | None]] = {"rule": _by_rule, "trade": _by_trade, "place": _by_place, "zone": _by_zone, "lead": _by_lead}
WAYS = tuple(FINDS)


def _manual(session: Session, asked: Asked) -> standards.Manual | None:
    return standards.manual(session, asked.manual) if asked.manual is not None else standards.current_manual(session)


def _department(session: Session, name: str) -> UUID | None:
    """A department by the manual's name for it: the unit of that name, else the only unit that answers to it."""
    if not name:
        return None
    rows = session.execute(select(Unit.id, Unit.name).where(or_(Unit.name == name, Unit.lead == name), Unit.closed_at.is_(None)).order_by(Unit.id)).all()
    own = [row.id for row in rows if row.name == name]
    return own[0] if own else rows[0].id if len(rows) == 1 else None
