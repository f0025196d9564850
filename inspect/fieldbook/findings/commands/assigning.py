"""Assigning 交办: one finding or many to the unit that has to put it right, and taking that back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from fieldbook.kernel import Act, Refusal
from fieldbook.places import Standing

from .. import authority, routing, rules
from ..calendar import proposed_due
from ..model import Finding
from ..queries import by_id
from ..refusals import NoSuchFinding, UnitMissing
from .steps import changed, check_due, check_unit, give, keys, ready, remember, restore


def assign(act: Act, standing: Standing, finding_id: UUID, *, unit: UUID, due_at: datetime | None = None, words: str = "") -> Finding:
    """Hand a finding to a unit; a new clock starts. due_at: instead of the standard's. Raises NoSuchUnit, BadDue."""
    finding, _ = ready(act, standing, finding_id, "assign")
    check_unit(act, unit)
    check_due(act, due_at)
    by_rule, why = routing.unit_of(act.session, finding)

    give(act, finding, unit, why if unit == by_rule and why else "dispatcher", by=act.who, due_at=due_at, words=words, replaced=remember(finding))
    return finding


def take_back(act: Act, standing: Standing, finding_id: UUID) -> Finding:
    """Take back one's own assignment within ten minutes, if nothing followed: the finding stands where it stood. Raises TooLateToUndo."""
    finding, _ = ready(act, standing, finding_id, "take_back")

    before, unit = keys(finding), finding.unit_id
    restore(finding)
    changed(act, finding, "finding.taken_back", before=before, unit=unit)
    return finding


@dataclass(frozen=True)
class Planned:
    """What assigning one of many would come to. refused: the refusal's class when it cannot be; then nothing is done to it."""

    finding: UUID
    number: str
    unit: UUID | None
    #: a code of `routing.WHY`
    why: str | None
    due_at: datetime | None
    provisional: bool
    refused: type[Refusal] | None


def plan_assignments(session: Session, standing: Standing, ids: Sequence[UUID], *, now: datetime, unit: UUID | None = None) -> list[Planned]:
    """What assigning these findings would come to, in the order given, each to `unit` or else to the one that the rules name.

    Changes nothing. Each that is not refused is then handed over by its own `assign`, to the unit named here.
    """
    found = by_id(session, ids)
    plan = []
    for id in dict.fromkeys(ids):
        finding = found.get(id)
        if finding is None or not authority.sees(standing, finding):
            plan.append(Planned(id, "", None, None, None, False, NoSuchFinding))
            continue
        to, why = routing.unit_of(session, finding)
        if unit is not None:
            to, why = unit, why if unit == to else "dispatcher"
        due_at, provisional = proposed_due(session, finding, now) if to else (None, False)
        plan.append(Planned(id, finding.number, to, why, due_at, provisional, _refusal(standing, finding, to, now)))
    return plan


def _refusal(standing: Standing, finding: Finding, unit: UUID | None, now: datetime) -> type[Refusal] | None:
    try:
        rules.after(finding.state, "assign")
        authority.require(standing, finding, "assign", now)
    except Refusal as refusal:
        return type(refusal)
    return None if unit else UnitMissing
