"""Who may say which verb to a finding. Pure: asks the person's standing and the finding's own facts."""

from datetime import datetime
from uuid import UUID

from fieldbook.accounts import Duty, NotYourDuty
from fieldbook.kernel import Refusal, from_ms
from fieldbook.places import Standing

from .model import Finding, State
from .refusals import (
    AlreadyAsked,
    AlreadyDisputed,
    AlreadyUrged,
    NeedsHigher,
    NoSuchFinding,
    NothingAsked,
    OwnFinding,
    OwnWork,
    TooLateToAsk,
    TooLateToUndo,
    UnitMissing,
)
from .rules import MARK, NEXT, may_still_undo, urged_today

DISPATCHES = (Duty.DISPATCHER, Duty.HEADQUARTERS)
REVIEWS = (Duty.REVIEWER, Duty.HEADQUARTERS)
REPORTS = (Duty.INSPECTOR, Duty.DISPATCHER, Duty.HEADQUARTERS, Duty.REVIEWER, Duty.RECTIFIER)

#: the duty that a verb needs in the finding's zone
IN_THE_ZONE: dict[str, tuple[Duty, ...]] = {
    **dict.fromkeys(("screen", "dismiss", "merge", "assign", "void", "extend", "refuse_extension", "change_due", "urge", "supervise", "reopen"), DISPATCHES),
    **dict.fromkeys(("clear", "return"), REVIEWS),
    **dict.fromkeys(("defer", "resume"), (Duty.HEADQUARTERS,)),
    "give_up": (Duty.DISPATCHER, Duty.REVIEWER, Duty.HEADQUARTERS),
}
#: what only the finding's own unit says
OF_THE_UNIT = ("accept", "rectify", "dispute", "ask_extension")

#: what others decide of a finding that oneself or one's unit answers for: by these it disappears, moves away or becomes easier
FOR_OTHERS = frozenset({"clear", "return", "dismiss", "merge", "void", "assign", "defer", "extend", "give_up"})

#: the verbs that people are offered, in the order of their buttons
OFFERED = (
    "clear", "return", "rectify", "accept", "ask_extension", "dispute", "screen", "merge", "dismiss", "assign", "extend", "refuse_extension",
    "urge", "change_due", "supervise", "defer", "resume", "reopen", "undo", "unmark", "take_back", "give_up", "void",
)  # fmt: skip


def sees(standing: Standing, finding: Finding) -> bool:
    """Whether the finding is in the person's scope."""
    return standing.sees(finding.zone_id, finding.unit_id, finding.reporter_id)


def require(standing: Standing, finding: Finding, verb: str, now: datetime) -> None:
    """Raise a refusal unless this person may say `verb` to this finding, whatever state it is in.

    NoSuchFinding, NotYourDuty, OwnWork, OwnFinding, TooLateToUndo; AlreadyDisputed, AlreadyAsked, TooLateToAsk of a unit; AlreadyUrged, UnitMissing of who reminds it;
    NeedsHigher and NothingAsked of who answers it.
    """
    if not sees(standing, finding):
        raise NoSuchFinding(finding=finding.id)
    if verb in IN_THE_ZONE:
        standing.require(*IN_THE_ZONE[verb], zone=finding.zone_id)
    elif verb in OF_THE_UNIT:
        # what was fixed on the spot may have no unit; returned, it goes back to who fixed it
        goes_back = verb == "rectify" and finding.on_spot and finding.rectifier_id == standing.person
        if not goes_back and (finding.unit_id is None or not standing.may(Duty.RECTIFIER, unit=finding.unit_id)):
            raise NotYourDuty
    elif verb == "undo":
        _require_own_step(standing, finding, finding.verdict_by, finding.verdict_at, now)
    elif verb == "take_back":
        _require_own_step(standing, finding, finding.assigned_by, finding.assigned_at, now)
    elif verb == "unmark":
        _require_own_mark(standing, finding, now)
    else:
        raise NotYourDuty
    if is_for_others(verb, finding.state) and answers_for(standing, finding):
        raise OwnWork if verb in ("clear", "return") else OwnFinding
    if verb == "extend" and finding.extended and not any(standing.may(duty) for duty in DISPATCHES):
        raise NeedsHigher
    if verb == "urge":
        if finding.unit_id is None:
            raise UnitMissing(finding=finding.id)
        if urged_today(finding.urged_at, now):
            raise AlreadyUrged(finding=finding.id)
    if verb == "refuse_extension" and finding.asked_id is None:
        raise NothingAsked
    if verb == "dispute" and str(finding.unit_id) in finding.disputed_units:
        raise AlreadyDisputed
    if verb == "ask_extension":
        if finding.asked_id is not None:
            raise AlreadyAsked
        if finding.due_at is None or finding.due_at <= now:
            raise TooLateToAsk


def _require_own_step(standing: Standing, finding: Finding, by: UUID | None, at: datetime | None, now: datetime) -> None:
    """Raise TooLateToUndo unless the step was this person's, less than ten minutes ago, and nothing followed it."""
    if by != standing.person or finding.replaced is None or MARK in finding.replaced or not may_still_undo(at, now):
        raise TooLateToUndo


def _require_own_mark(standing: Standing, finding: Finding, now: datetime) -> None:
    """The same of a mark: who set it and when stands beside what it replaced."""
    set_by, set_at = (finding.replaced or {}).get(MARK) or ("", 0)
    if set_by != str(standing.person) or not may_still_undo(from_ms(set_at), now):
        raise TooLateToUndo


def is_for_others(verb: str, state: State | str) -> bool:
    """Whether whoever answers for a finding in this state leaves the verb to others; taking back a return would spare them the rework."""
    return verb in FOR_OTHERS or (verb == "undo" and state == State.RETURNED)


def answers_for(standing: Standing, finding: Finding) -> bool:
    """Whether the finding is this person's own: they put it right, or belong to a unit that did, has to, or says that it has not to.

    Before a unit has it, the one that the rules named when it was reported.
    """
    units = {finding.unit_id or finding.heading_for, finding.rectifying_unit_id}
    if finding.disputed_at is not None:
        units |= {UUID(unit) for unit in finding.disputed_units[-1:]}
    return finding.rectifier_id == standing.person or not standing.units.isdisjoint(unit for unit in units if unit is not None)


def may(standing: Standing, finding: Finding, now: datetime) -> list[str]:
    """The verbs this person may say to this finding now, in the order of their buttons."""
    allowed = []
    for verb in OFFERED:
        if (finding.state, verb) in NEXT:
            try:
                require(standing, finding, verb, now)
            except Refusal:
                continue
            allowed.append(verb)
    return allowed
