"""Rectifying 整改: what a unit says of the findings that it was handed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldbook import evidence, journal
from fieldbook.evidence import PhotoNamed, Role
from fieldbook.kernel import Act
from fieldbook.places import Standing

from ..model import Finding
from ..refusals import AfterPhotoMissing, SeenTooLittle
from .steps import changed, check_words, keys, own, ready, set_due

#: the entries with which something is asked of the unit
DEMANDS = ("finding.assigned", "finding.returned", "finding.reopened")


def accept(act: Act, standing: Standing, finding_id: UUID) -> Finding:
    """Note that the unit has seen what it was handed."""
    finding, state = ready(act, standing, finding_id, "accept")

    finding.state = state
    finding.accepted_at = act.at
    changed(act, finding, "finding.accepted")
    return finding


def dispute(act: Act, standing: Standing, finding_id: UUID, *, words: str) -> Finding:
    """Say that it is not this unit's, once a unit: the area keeps it, and the time used is charged to nobody.

    Whoever it is assigned to next, perhaps the same unit again, gets a new clock. Raises AlreadyDisputed, WordsMissing.
    """
    finding, state = ready(act, standing, finding_id, "dispute")
    check_words(words)

    before, unit = keys(finding), finding.unit_id
    finding.state = state
    own(act, finding, None, None)
    set_due(finding, None)
    finding.disputed_at, finding.disputed_by = act.at, act.who
    finding.disputed_units = [*finding.disputed_units, str(unit)]
    finding.disputed_entry = changed(act, finding, "finding.disputed", said={"words": words}, before=before, unit=unit)
    return finding


def rectify(act: Act, standing: Standing, finding_id: UUID, *, photos: Sequence[PhotoNamed], words: str = "") -> Finding:
    """Say that a finding is put right, and hand it to a reviewer.

    photos: after photos (1 to 6), at least one of which no earlier entry names; their bytes may still be on the way.
    words: what was done, at most 500 characters.

    The deadline stops now and starts again if the reviewer returns it, so `due_at` is kept; a request for more time is over.
    Raises NoSuchFinding, NotNow, AfterPhotoMissing, SeenTooLittle, accounts.NotYourDuty.
    """
    finding, state = ready(act, standing, finding_id, "rectify")
    if act.seen_seq is not None and act.seen_seq < _last_demand(act.session, finding.id):
        raise SeenTooLittle(finding=finding.id)
    if not photos or not evidence.first_named_here(act, photos):
        raise AfterPhotoMissing(finding=finding.id)

    finding.state = state
    finding.accepted_at = finding.accepted_at or act.at
    finding.rectified_at = act.at
    finding.rectifier_id = act.who
    # fixed on the spot and handed over since, it still comes from the inspector's own unit
    finding.rectifying_unit_id = finding.unit_id if finding.unit_id in standing.units else min(standing.units, default=None)
    finding.asked_id = None
    named = evidence.name_photos(act, photos, role=Role.AFTER, finding_id=finding.id)
    changed(act, finding, "finding.rectified", said={"words": words}, photos=named)
    return finding


def _last_demand(session: Session, finding_id: UUID) -> int:
    """The journal position of the last time something was asked of the unit."""
    newest = select(func.max(journal.EntryRow.seq)).where(journal.EntryRow.subject == finding_id, journal.EntryRow.verb.in_(DEMANDS))
    return session.scalar(newest) or 0
