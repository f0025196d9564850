"""Reading the standing rules 以后都交, within a person's standing."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from fieldbook.places import Place, Standing

from .model import RoutingRule
from .refusals import NoSuchRule


def routing_rules(session: Session, standing: Standing) -> Sequence[RoutingRule]:
    """The rules that touch a person's scope, those of the whole county among them; the newest first."""
    whole = and_(RoutingRule.zone_id.is_(None), RoutingRule.place_id.is_(None))
    return session.scalars(
        select(RoutingRule)
        .outerjoin(Place, Place.id == RoutingRule.place_id)
        .where(or_(whole, standing.within(RoutingRule.zone_id, Place.zone_id)))
        .order_by(RoutingRule.set_at.desc(), RoutingRule.id)
    ).all()


def routing_rule(session: Session, standing: Standing, rule_id: UUID) -> RoutingRule:
    """One of them. Raises NoSuchRule."""
    found = next((rule for rule in routing_rules(session, standing) if rule.id == rule_id), None)
    if found is None:
        raise NoSuchRule(rule=rule_id)
    return found
