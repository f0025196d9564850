"""Standing rules 以后都交: from now on whatever fits goes to one unit; set, given to another unit, dropped."""

from uuid import UUID

from sqlalchemy import select

from fieldbook.kernel import NIL, Act, derived_id
from fieldbook.places import Place, Standing

from .. import authority
from ..model import RoutingRule
from ..refusals import NoSuchRule, RuleAsksNothing
from .steps import check_unit


def set_rule(
    act: Act, standing: Standing, *, unit: UUID, place: UUID | None = None, zone: UUID | None = None, kind: str | None = None, criterion: str | None = None
) -> RoutingRule:
    """From now on give whatever fits to `unit`; the same conditions said again go to the unit named last. What lies open is not moved.

    One for a place or a zone is its dispatcher's, one for the whole county the county's. Raises NotYourDuty, NoSuchUnit, RuleAsksNothing.
    """
    found = act.session.get(Place, place) if place else None
    standing.require(*authority.DISPATCHES, zone=found.zone_id if found else zone)
    check_unit(act, unit)
    if not any((found, zone, kind, criterion)):
        raise RuleAsksNothing

    id = _id(found.id if found else None, zone, kind, criterion)
    rule = act.session.get(RoutingRule, id, with_for_update=True)
    was = rule.unit_id if rule else None
    if rule is None:
        rule = RoutingRule(id=id, place_id=found.id if found else None, zone_id=zone, kind=kind, criterion=criterion)
        act.session.add(rule)
    rule.unit_id, rule.set_by, rule.set_at = unit, act.who, act.at
    act.record("routing.rule_set", id, reach=[zone or (found.zone_id if found else NIL)], unit=unit, was=was, place=rule.place_id, zone=zone, kind=kind, criterion=criterion)
    return rule


def drop_rule(act: Act, standing: Standing, rule_id: UUID) -> None:
    """From now on such findings go the usual ways again. Raises NoSuchRule, NotYourDuty."""
    rule = act.session.get(RoutingRule, rule_id, with_for_update=True)
    if rule is None:
        raise NoSuchRule(rule=rule_id)
    place = act.session.get(Place, rule.place_id) if rule.place_id else None
    zone = place.zone_id if place else rule.zone_id
    standing.require(*authority.DISPATCHES, zone=zone)

    act.session.delete(rule)
    act.record("routing.rule_dropped", rule_id, reach=[zone or NIL], unit=rule.unit_id, place=rule.place_id, zone=rule.zone_id, kind=rule.kind, criterion=rule.criterion)


def move_rules(act: Act, zone: UUID, into: UUID) -> None:
    """Let the rules of a zone that goes into another one hold there; what is said there already stands."""
    for rule in act.session.scalars(select(RoutingRule).where(RoutingRule.zone_id == zone).order_by(RoutingRule.id)).all():
        id = _id(rule.place_id, into, rule.kind, rule.criterion)
        if act.session.get(RoutingRule, id) is None:
            kept = {"unit_id": rule.unit_id, "set_by": rule.set_by, "set_at": rule.set_at}
            act.session.add(RoutingRule(id=id, place_id=rule.place_id, zone_id=into, kind=rule.kind, criterion=rule.criterion, **kept))
        act.session.delete(rule)


def _id(place: UUID | None, zone: UUID | None, kind: str | None, criterion: str | None) -> UUID:
    return derived_id("routing rule", place or "", zone or "", kind or "", criterion or "")
