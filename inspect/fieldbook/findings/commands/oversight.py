"""Oversight: a unit is reminded 催办, headquarters watches a finding 督办, or lets one wait that cannot be done now 挂账, dated and reviewed."""

from datetime import datetime, timedelta
from uuid import UUID

from fieldbook.kernel import Act, queue_job
from fieldbook.places import Standing

from .. import deadlines, rules
from ..calendar import calendar
from ..model import Finding, State
from ..refusals import DueNotSooner
from .steps import changed, check_due, check_words, lock, ready, remember_mark, restore, set_due

#: the job that ends a deferral at its date; its subject is the finding
RESUME = "finding.resume"


def supervise(act: Act, standing: Standing, finding_id: UUID, *, words: str, due_at: datetime | None = None) -> Finding:
    """Put a finding under watch, perhaps with an earlier deadline. Raises WordsMissing, BadDue, DueNotSooner."""
    finding, _ = ready(act, standing, finding_id, "supervise")
    check_words(words)
    check_due(act, due_at)
    if due_at is not None and (finding.state not in rules.RUNNING or finding.due_at is None or due_at >= finding.due_at):
        raise DueNotSooner(finding=finding.id)

    was = remember_mark(act, finding)
    finding.supervised_at = finding.supervised_at or act.at
    if due_at is not None:
        set_due(finding, due_at)
    changed(act, finding, "finding.supervised", said={"words": words}, replaced=was, due_at=due_at)
    return finding


def urge(act: Act, standing: Standing, finding_id: UUID, *, words: str = "") -> Finding:
    """Remind the unit of a finding whose clock runs; its people are told. Once a day. Raises AlreadyUrged, UnitMissing."""
    finding, _ = ready(act, standing, finding_id, "urge")

    finding.urged_at = act.at
    finding.urged += 1
    changed(act, finding, "finding.urged", said={"words": words}, unit=finding.unit_id, nth=finding.urged)
    return finding


def unmark(act: Act, standing: Standing, finding_id: UUID) -> Finding:
    """Take back one's own 督办 or change of the deadline within ten minutes, if nothing followed. Raises TooLateToUndo."""
    finding, _ = ready(act, standing, finding_id, "unmark")

    restore(finding)
    changed(act, finding, "finding.unmarked", due_at=finding.due_at)
    return finding


def defer(act: Act, standing: Standing, finding_id: UUID, *, until: datetime, words: str) -> Finding:
    """Let a finding wait until a date, because it cannot be done now; said again while it waits, it waits longer.

    It leaves the lists of what is overdue, but stays counted and dated. Raises WordsMissing, BadDue.
    """
    finding, state = ready(act, standing, finding_id, "defer")
    check_words(words)
    check_due(act, until)

    if finding.state != State.DEFERRED:
        finding.deferred_at = act.at
    finding.state = state
    finding.deferred_until = until
    finding.asked_id = None
    queue_job(act, RESUME, finding.id, due=until)
    changed(act, finding, "finding.deferred", said={"words": words}, until=until)
    return finding


def resume(act: Act, standing: Standing, finding_id: UUID, *, words: str = "") -> Finding:
    """End a deferral: the unit works on it again, with the working time that was left, and at least one working day."""
    finding, state = ready(act, standing, finding_id, "resume")
    return _resume(act, finding, state, words)


def resume_due(act: Act, finding_id: UUID) -> bool:
    """End a deferral whose date has come, by the clock. False when it had ended before, or waits longer now."""
    finding = lock(act, [finding_id]).get(finding_id)
    if finding is None or finding.state != State.DEFERRED or finding.deferred_until is None or finding.deferred_until > act.at:
        return False
    _resume(act, finding, rules.after(finding.state, "resume"), "")
    return True


def _resume(act: Act, finding: Finding, state: State, words: str) -> Finding:
    county = calendar(act.session)
    left = county.hours_a_day
    if finding.due_at is not None and finding.deferred_at is not None:
        left = max(left, deadlines.working_hours_between(county, finding.deferred_at, finding.due_at))

    finding.state = state
    finding.accepted_at = finding.accepted_at or act.at
    finding.due_at, finding.provisional = deadlines.due_in(county, act.at, timedelta(hours=left))
    finding.clock_at, finding.clock_days = act.at, None
    finding.deferred_at = finding.deferred_until = None
    changed(act, finding, "finding.resumed", said={"words": words}, due_at=finding.due_at)
    return finding
