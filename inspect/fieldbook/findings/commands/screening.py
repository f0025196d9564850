"""Screening 审核: whether a report counts, is the same as another, or was a mistake."""

from uuid import UUID

from fieldbook.kernel import Act
from fieldbook.places import Standing

from .. import authority, routing, rules
from ..model import Finding
from ..reasons import dismiss_reasons
from ..refusals import CannotMerge, NoSuchFinding
from .steps import changed, check_reason, check_words, give, keys, lock, ready


def screen(act: Act, standing: Standing, finding_id: UUID, *, words: str = "") -> Finding:
    """Say that a report counts; it then waits for an owner, or gets the one that the rules name."""
    finding, state = ready(act, standing, finding_id, "screen")
    unit, why = routing.unit_of(act.session, finding)

    finding.state = state
    changed(act, finding, "finding.screened", said={"words": words})
    if unit is not None and why is not None:
        give(act, finding, unit, why)
    return finding


def dismiss(act: Act, standing: Standing, finding_id: UUID, *, reason: str, words: str = "") -> Finding:
    """Say that a report does not count. Raises BadReason, WordsMissing."""
    finding, state = ready(act, standing, finding_id, "dismiss")
    check_reason(reason, dismiss_reasons(act.session), words)

    finding.state = state
    changed(act, finding, "finding.dismissed", said={"words": words}, reason=reason)
    return finding


def merge(act: Act, standing: Standing, finding_id: UUID, *, into: UUID, words: str = "") -> Finding:
    """Say that a report is the same as another finding, which is open and which the person sees; the work goes on there.

    The merged one keeps its photos, its reporter and its course; the other one shows it. Since only what waits for
    screening is merged, and only into what is open, no circle can come about. Raises CannotMerge, NoSuchFinding.
    """
    finding, state = ready(act, standing, finding_id, "merge", into)
    target = lock(act, [into]).get(into)
    if target is None or not authority.sees(standing, target):
        raise NoSuchFinding(finding=into)
    if target is finding or target.state not in rules.OPEN:
        raise CannotMerge(finding=into)

    finding.state = state
    finding.merged_into = target.id
    changed(act, finding, "finding.merged", said={"words": words}, into=target.id, number=target.number)
    target.version += 1
    act.record("finding.joined", target.id, reach=keys(target), by=finding.id, number=finding.number)
    return finding


def void(act: Act, standing: Standing, finding_id: UUID, *, words: str) -> Finding:
    """Void an entry made by mistake, with the reason in words; it stays in the journal. Raises WordsMissing."""
    finding, state = ready(act, standing, finding_id, "void")
    check_words(words)

    finding.state = state
    changed(act, finding, "finding.voided", said={"words": words})
    return finding
