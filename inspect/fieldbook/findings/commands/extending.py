"""Extending 延期: a unit asks for more time before its clock has run out; the area grants it once, the county a second time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fieldbook import evidence
from fieldbook.evidence import PhotoNamed, Role
from fieldbook.kernel import Act, new_id, queue_job
from fieldbook.places import Standing

from .. import authority, rules
from ..model import Extension, Finding
from ..refusals import AlreadyAsked, DueNotLater, DueUnchanged
from .steps import changed, check_due, check_words, lock, ready, remember_mark, set_due

#: the job that closes a request nobody answered; its subject is the request
LAPSE = "extension.lapse"


def ask_extension(act: Act, standing: Standing, finding_id: UUID, *, due_at: datetime, words: str, photos: Sequence[PhotoNamed] = ()) -> Finding:
    """Ask for more time, with a reason and perhaps photos of work under way. The clock runs on until it is granted.

    Raises AlreadyAsked, TooLateToAsk, WordsMissing, BadDue, DueNotLater.
    """
    finding, _ = ready(act, standing, finding_id, "ask_extension")
    check_words(words)
    due_before = _later(act, finding, due_at)

    named = evidence.name_photos(act, photos, role=Role.UNDER_WAY, finding_id=finding.id) if photos else []
    entry = changed(act, finding, "finding.extension_asked", said={"words": words}, due_at=due_at, due_before=due_before, photos=named)
    asked = Extension(id=new_id(), finding_id=finding.id, unit_id=finding.unit_id, asked_by=act.who, asked_at=act.at, due_before=due_before, due_at=due_at, entry_id=entry)
    act.session.add(asked)
    finding.asked_id = asked.id
    queue_job(act, LAPSE, asked.id, due=due_before)
    return finding


def lapse_due(act: Act, extension_id: UUID) -> bool:
    """Close a request that nobody answered before the deadline it was about, by the clock: the deadline stands, and the finding says so.

    False when it was answered or overtaken, or the deadline was moved.
    """
    asked = act.session.get(Extension, extension_id)
    finding = lock(act, [asked.finding_id]).get(asked.finding_id) if asked is not None else None
    if asked is None or finding is None or finding.asked_id != asked.id or finding.state not in rules.RUNNING or finding.due_at is None or finding.due_at > act.at:
        return False
    asked.answered_at = act.at
    finding.asked_id = None
    changed(act, finding, "finding.extension_lapsed", due_at=asked.due_at, due_before=asked.due_before)
    return True


def extend(act: Act, standing: Standing, finding_id: UUID, *, due_at: datetime, words: str = "") -> Finding:
    """Give more time: what was asked for, another date, or without being asked. The second time only the county may.

    Raises NeedsHigher, BadDue, DueNotLater.
    """
    finding, _ = ready(act, standing, finding_id, "extend")
    due_before = _later(act, finding, due_at)

    _answer(act, finding, granted=True)
    finding.extended += 1
    set_due(finding, due_at)
    changed(act, finding, "finding.extended", said={"words": words}, due_at=due_at, due_before=due_before, nth=finding.extended)
    return finding


def change_due(act: Act, standing: Standing, finding_id: UUID, *, due_at: datetime, words: str) -> Finding:
    """Give a running finding another deadline, with a reason; a later one counts as an extension. Can be taken back like a mark.

    Raises WordsMissing, BadDue, DueUnchanged, AlreadyAsked while a request waits, NeedsHigher for a second, later one.
    """
    finding, _ = ready(act, standing, finding_id, "change_due")
    check_words(words)
    check_due(act, due_at)
    if finding.asked_id is not None:
        raise AlreadyAsked(finding=finding.id)
    if due_at == finding.due_at:
        raise DueUnchanged(finding=finding.id)
    is_later = finding.due_at is not None and due_at > finding.due_at
    if is_later:
        authority.require(standing, finding, "extend", act.at)

    was, due_before = remember_mark(act, finding), finding.due_at
    finding.extended += is_later
    set_due(finding, due_at)
    changed(act, finding, "finding.due_changed", said={"words": words}, replaced=was, due_at=due_at, due_before=due_before)
    return finding


def refuse_extension(act: Act, standing: Standing, finding_id: UUID, *, words: str) -> Finding:
    """Say no to the request that waits; the deadline stays. Raises NothingAsked, WordsMissing."""
    finding, _ = ready(act, standing, finding_id, "refuse_extension")
    check_words(words)

    _answer(act, finding, granted=False)
    changed(act, finding, "finding.extension_refused", said={"words": words}, due_at=finding.due_at)
    return finding


def _later(act: Act, finding: Finding, due_at: datetime) -> datetime:
    """The deadline as it is. Raises BadDue, or DueNotLater when the new one would come no later."""
    check_due(act, due_at)
    if finding.due_at is None or due_at <= finding.due_at:
        raise DueNotLater(finding=finding.id)
    return finding.due_at


def _answer(act: Act, finding: Finding, *, granted: bool) -> None:
    asked = act.session.get(Extension, finding.asked_id) if finding.asked_id else None
    if asked is not None:
        asked.granted, asked.answered_by, asked.answered_at = granted, act.who, act.at
    finding.asked_id = None
