"""Verdicts 复核: clear or return what a unit handed in, take that back, and reopen what was cleared."""

from datetime import datetime
from uuid import UUID

from fieldbook import accounts, evidence
from fieldbook.evidence import Role
from fieldbook.kernel import Act
from fieldbook.places import Standing

from .. import routing
from ..model import Finding
from ..reasons import return_reasons
from ..refusals import OwnWork, PhotoNotMissing, PhotosOnTheWay, UnitMissing
from .steps import (
    changed,
    check_due,
    check_reason,
    check_unit,
    check_words,
    keys,
    own,
    ready,
    remember,
    restore,
    start_clock,
    verdict,
)


def clear(act: Act, standing: Standing, finding_id: UUID, *, words: str = "") -> Finding:
    """Clear a finding 销号: somebody else has seen the proof.

    Raises PhotosOnTheWay, OwnWork, NotNow, NoSuchFinding, accounts.NotYourDuty.
    """
    finding, state = ready(act, standing, finding_id, "clear")
    if _was_of_the_unit(act, standing, finding):
        raise OwnWork
    if not evidence.all_checked(act.session, finding.id, Role.AFTER):
        raise PhotosOnTheWay(finding=finding.id)

    was = remember(finding)
    finding.state = state
    finding.cleared_at = act.at
    verdict(act, finding)
    changed(act, finding, "finding.cleared", said={"words": words}, replaced=was)
    return finding


def _was_of_the_unit(act: Act, standing: Standing, finding: Finding) -> bool:
    """Whether the person belonged to the unit when it put the finding right, though they no longer do: ending a post makes nobody a stranger."""
    if finding.rectifying_unit_id is None or finding.rectified_at is None:
        return False
    return any(post.unit_id == finding.rectifying_unit_id for post in accounts.posts_of(act.session, standing.person, since=finding.rectified_at))


def send_back(act: Act, standing: Standing, finding_id: UUID, *, reason: str, words: str = "", due_at: datetime | None = None) -> Finding:
    """Return a finding to its unit with a reason and a new due date; counted as rework.

    Raises BadReason, WordsMissing, BadDue, OwnWork, NotNow, NoSuchFinding, accounts.NotYourDuty.
    """
    finding, state = ready(act, standing, finding_id, "return")
    check_reason(reason, return_reasons(act.session), words)
    check_due(act, due_at)

    was = remember(finding)
    finding.state = state
    finding.returned += 1
    verdict(act, finding)
    start_clock(act, finding, due_at=due_at)
    changed(act, finding, "finding.returned", said={"words": words}, replaced=was, reason=reason, due_at=finding.due_at)
    return finding


def undo(act: Act, standing: Standing, finding_id: UUID) -> Finding:
    """Take back one's own verdict within ten minutes, if nothing followed. Raises TooLateToUndo, NotNow."""
    finding, _ = ready(act, standing, finding_id, "undo")

    restore(finding)
    changed(act, finding, "finding.undone")
    return finding


def reopen(act: Act, standing: Standing, finding_id: UUID, *, words: str, due_at: datetime | None = None, unit: UUID | None = None) -> Finding:
    """Say that what was cleared is not right after all: it goes to the unit again, as one time more, with a shorter deadline.

    The unit that put it right answers for it again; what an inspector fixed on the spot goes where the rules send it.
    Raises WordsMissing, BadDue, NoSuchUnit, UnitMissing.
    """
    finding, state = ready(act, standing, finding_id, "reopen")
    check_words(words)
    check_due(act, due_at)
    why: str | None = "dispatcher"
    if unit is not None:
        check_unit(act, unit)
    elif not finding.on_spot and finding.unit_id is not None:
        unit, why = finding.unit_id, "again"
    else:
        unit, why = routing.unit_of(act.session, finding)
    if unit is None:
        raise UnitMissing(finding=finding.id)

    before = keys(finding)
    finding.state = state
    finding.nth += 1
    finding.cleared_at = finding.rectified_at = finding.rectifier_id = finding.rectifying_unit_id = None
    finding.verdict_by = finding.verdict_at = None
    own(act, finding, unit, why)
    start_clock(act, finding, due_at=due_at)
    changed(act, finding, "finding.reopened", said={"words": words}, before=before, unit=unit, why=why, due_at=finding.due_at, nth=finding.nth)
    return finding


def give_up_photo(act: Act, standing: Standing, finding_id: UUID, *, sha256: str, words: str) -> Finding:
    """Say that a photo will never come, or cannot be read, so that it no longer holds up the verdict.

    A finding of whose after photos not one has arrived can only be returned, whatever is given up. Raises WordsMissing, PhotoNotMissing.
    """
    finding, _ = ready(act, standing, finding_id, "give_up")
    check_words(words)
    if not evidence.give_up(act, finding.id, sha256):
        raise PhotoNotMissing(sha256=sha256)

    changed(act, finding, "photo.given_up", said={"words": words}, sha256=sha256)
    return finding
