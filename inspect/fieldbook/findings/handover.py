"""Handing over 移交: all open findings of one unit to another in one act, and taking that back within ten minutes.

Each stays where it stands; what was done stays under the name of who did it. Only who answers from now on changes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fieldbook import accounts
from fieldbook.kernel import Act, Base, Json, from_ms, new_id, to_ms
from fieldbook.places import Standing

from . import authority, rules
from .commands.steps import changed, check_unit, keys, lock, start_clock
from .model import Finding, State
from .refusals import NoSuchUnit, NothingToHandOver, OwnFinding, TooLateToUndo
from .rules import OPEN, RUNNING

#: what handing over replaces
_WAS = ("unit_id", "why_unit", "assigned_by", "due_at", "provisional", "clock_at", "clock_days", "disputed_at", "disputed_by", "disputed_entry", "asked_id")


class HandOver(Base):
    """One handing over of everything open, with what each finding was before, so that it can be taken back."""

    __tablename__ = "hand_over"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_unit: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    to_unit: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    #: whether clocks that run were started anew
    renewed: Mapped[bool]
    #: finding -> {"version": as it was left, "was": what it was before}
    findings: Mapped[dict[str, Any]] = mapped_column(Json)
    taken_back_at: Mapped[datetime | None]


@dataclass(frozen=True)
class HandOverPlan:
    """What handing a unit's open findings over would come to."""

    #: how many stand in each state, of those that this person dispatches
    states: dict[State, int]
    #: how many of them have a clock that runs, and how many of those are overdue
    running: int
    overdue: int
    #: how many more of the unit's this person sees and does not dispatch; they stay
    beyond: int

    @property
    def total(self) -> int:
        return sum(self.states.values())


def plan_hand_over(session: Session, standing: Standing, unit: UUID, *, now: datetime) -> HandOverPlan:
    """What a unit's hand-over would come to; nothing is changed."""
    seen = standing.within(Finding.zone_id, Finding.unit_id, Finding.reporter_id)
    found = session.execute(select(Finding.zone_id, Finding.state, Finding.due_at).where(Finding.unit_id == unit, Finding.state.in_(OPEN), seen)).all()
    mine = [row for row in found if _dispatches(standing, row.zone_id)]
    running = [row for row in mine if row.state in RUNNING]
    states: dict[State, int] = {}
    for row in mine:
        states[State(row.state)] = states.get(State(row.state), 0) + 1
    return HandOverPlan(states, len(running), sum(row.due_at is not None and row.due_at < now for row in running), len(found) - len(mine))


def hand_over_unit(act: Act, standing: Standing, unit: UUID, *, to: UUID, renewed: bool, words: str = "") -> HandOver:
    """Let another unit answer for everything open of a unit, as far as this person dispatches it.

    renewed: clocks that run start anew, for the days that their criterion gives; else every deadline stays.
    Raises NoSuchUnit, NothingToHandOver, OwnFinding for one's own unit's, accounts.NotYourDuty.
    """
    standing.require_any(*authority.DISPATCHES)
    if unit in standing.units:
        raise OwnFinding
    check_unit(act, to)
    if to == unit or act.session.get(accounts.Unit, unit) is None:
        raise NoSuchUnit(unit=to)
    wanted = act.session.execute(select(Finding.id, Finding.zone_id).where(Finding.unit_id == unit, Finding.state.in_(OPEN))).all()
    held = lock(act, [row.id for row in wanted if _dispatches(standing, row.zone_id)])
    held = {id: finding for id, finding in held.items() if finding.unit_id == unit and finding.state in OPEN and _dispatches(standing, finding.zone_id)}
    if not held:
        raise NothingToHandOver

    done: dict[str, Any] = {}
    for finding in held.values():
        was, before = _remember(finding), keys(finding)
        finding.unit_id, finding.why_unit, finding.assigned_by = to, "handed_over", act.who
        finding.disputed_at = finding.disputed_by = finding.disputed_entry = finding.asked_id = None
        if renewed and finding.state in RUNNING:
            start_clock(act, finding)
        changed(act, finding, "finding.handed_over", before=before, said={"words": words}, unit=to, was=unit, due_at=finding.due_at, renewed=renewed)
        done[str(finding.id)] = {"version": finding.version, "was": was}
    made = HandOver(id=new_id(), from_unit=unit, to_unit=to, by=act.who, at=act.at, renewed=renewed, findings=done, taken_back_at=None)
    act.session.add(made)
    act.record("unit.handed_over", unit, reach=[unit, to], to=to, findings=len(done), renewed=renewed)
    return made


def take_back_hand_over(act: Act, standing: Standing, hand_over: UUID) -> HandOver:
    """Take back one's own handing over within ten minutes, if nothing followed on any of its findings.

    Raises TooLateToUndo, and accounts.NotYourDuty of whoever no longer dispatches them all.
    """
    made = act.session.get(HandOver, hand_over, with_for_update=True, populate_existing=True)
    if made is None or not _may_take_back(made, act.who, act.at):
        raise TooLateToUndo
    held = lock(act, [UUID(id) for id in made.findings])
    if any(str(id) not in made.findings or made.findings[str(id)]["version"] != finding.version for id, finding in held.items()):
        raise TooLateToUndo
    for finding in held.values():
        standing.require(*authority.DISPATCHES, zone=finding.zone_id)
    for id, finding in held.items():
        before = keys(finding)
        _restore(finding, made.findings[str(id)]["was"])
        changed(act, finding, "finding.handed_over", before=before, unit=finding.unit_id, was=made.to_unit, due_at=finding.due_at, back=True)
    made.taken_back_at = act.at
    act.record("unit.handed_back", made.from_unit, reach=[made.from_unit, made.to_unit], to=made.to_unit, findings=len(held))
    return made


def hand_over_to_take_back(session: Session, person: UUID, *, now: datetime) -> HandOver | None:
    """The last handing over that this person may still take back; what followed since is only seen when they try."""
    newest = session.scalar(select(HandOver).where(HandOver.by == person, HandOver.at >= now - rules.UNDO_FOR).order_by(HandOver.at.desc()).limit(1))
    return newest if newest is not None and _may_take_back(newest, person, now) else None


def open_of(session: Session, *, zones: Collection[UUID] | None = None, unit: UUID | None = None) -> int:
    """How many open findings lie in these zones (None: the county), or are a unit's: what a post concerns."""
    where: list[ColumnElement[bool]] = [Finding.state.in_(OPEN)]
    if unit is not None:
        where.append(Finding.unit_id == unit)
    elif zones is not None:
        where.append(Finding.zone_id.in_(zones))
    return session.scalar(select(func.count()).select_from(Finding).where(*where)) or 0


def _may_take_back(made: HandOver, person: UUID | None, now: datetime) -> bool:
    return made.by == person and made.taken_back_at is None and rules.may_still_undo(made.at, now)


def _dispatches(standing: Standing, zone: UUID) -> bool:
    return any(standing.may(duty, zone=zone) for duty in authority.DISPATCHES)


def _remember(finding: Finding) -> dict[str, Any]:
    found = {name: getattr(finding, name) for name in _WAS}
    return {name: str(value) if isinstance(value, UUID) else to_ms(value) if isinstance(value, datetime) else value for name, value in found.items()}


def _restore(finding: Finding, was: dict[str, Any]) -> None:
    for name, value in was.items():
        if value is not None and name in ("unit_id", "assigned_by", "disputed_by", "disputed_entry", "asked_id"):
            value = UUID(value)
        elif value is not None and name in ("due_at", "clock_at", "disputed_at"):
            value = from_ms(value)
        setattr(finding, name, value)

