"""Who may say which verb to a finding. Pure: asks the person's standing and the finding's own facts."""

from datetime import datetime

from fieldbook.accounts import Duty, NotYourDuty
from fieldbook.places import Standing

from .model import Finding
from .refusals import NoSuchFinding, OwnWork, TooLateToUndo
from .rules import NEXT, may_still_undo

DISPATCHES = (Duty.DISPATCHER, Duty.HEADQUARTERS)
REVIEWS = (Duty.REVIEWER, Duty.HEADQUARTERS)
REPORTS = (Duty.INSPECTOR, Duty.DISPATCHER, Duty.HEADQUARTERS, Duty.REVIEWER, Duty.RECTIFIER)

#: the verbs that people are offered, in the order of their buttons
OFFERED = ("clear", "return", "rectify", "accept", "screen", "dismiss", "assign", "undo", "void")


def sees(standing: Standing, finding: Finding) -> bool:
    """Whether the finding is in the person's scope."""
    return standing.sees(finding.zone_id, finding.unit_id, finding.reporter_id)


def require(standing: Standing, finding: Finding, verb: str, now: datetime) -> None:
    """Raise NoSuchFinding, NotYourDuty, OwnWork or TooLateToUndo unless this person may say `verb` to this finding."""
    if not sees(standing, finding):
        raise NoSuchFinding(finding=finding.id)
    if verb in ("screen", "dismiss", "assign", "void"):
        standing.require(*DISPATCHES, zone=finding.zone_id)
    elif verb in ("accept", "rectify"):
        # what was fixed on the spot may have no unit; returned, it goes back to who fixed it
        goes_back = verb == "rectify" and finding.on_spot and finding.rectifier_id == standing.person
        if not goes_back and (finding.unit_id is None or not standing.may(Duty.RECTIFIER, unit=finding.unit_id)):
            raise NotYourDuty
    elif verb in ("clear", "return"):
        standing.require(*REVIEWS, zone=finding.zone_id)
        if is_own_work(standing, finding):
            raise OwnWork
    elif verb == "undo":
        if finding.verdict_by != standing.person or not may_still_undo(finding.verdict_at, now):
            raise TooLateToUndo
    else:
        raise NotYourDuty


def is_own_work(standing: Standing, finding: Finding) -> bool:
    """Whether this person, or their unit, put the finding right."""
    return finding.rectifier_id == standing.person or (finding.rectifying_unit_id is not None and finding.rectifying_unit_id in standing.units)


def may(standing: Standing, finding: Finding, now: datetime) -> list[str]:
    """The verbs this person may say to this finding now, in the order of their buttons."""
    allowed = []
    for verb in OFFERED:
        if (finding.state, verb) in NEXT:
            try:
                require(standing, finding, verb, now)
            except (NotYourDuty, NoSuchFinding, OwnWork, TooLateToUndo):
                continue
            allowed.append(verb)
    return allowed
