"""Which photos of a finding are doubtful, and why."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from fieldbook.kernel import county

from . import rules
from .model import Likeness, Naming, Photo, Role
from .rules import Doubt, Shot, Spot


def doubts(
    session: Session,
    finding_ids: Collection[UUID],
    *,
    places: Mapping[UUID, Spot] | None = None,
    assigned_at: Mapping[UUID, datetime] | None = None,
) -> dict[UUID, list[Doubt]]:
    """The doubts about each finding's photos, by finding; each says its photo's `sha256`.

    places: where each finding's place lies, for the distance. assigned_at: when each was assigned, for its after photos.
    A re-use names the other `finding` (or `visit`) by id, which the reader may have no right to open.
    Three queries for any number of findings; a finding without doubts is not in the answer.
    """
    places, assigned_at = places or {}, assigned_at or {}
    # what is doubtful about a drawing is doubtful about the photo that it was drawn on, and said there
    mine = (
        _rows(session, and_(Naming.finding_id.in_(list(finding_ids)), Naming.drawing.is_(False))) if finding_ids else []
    )
    if not mine:
        return {}
    hashes = {row.sha256 for row in mine}
    alike = _alike(session, hashes)
    others = defaultdict(list)
    for row in _rows(session, Naming.sha256.in_(hashes | {other for pairs in alike.values() for other, _, _ in pairs})):
        others[row.sha256].append(row)

    found: dict[UUID, list[Doubt]] = defaultdict(list)
    for row in mine:
        assigned = assigned_at.get(row.finding_id) if row.role is Role.AFTER else None
        raised = rules.of_shot(_shot(row), place=places.get(row.finding_id), assigned_at=assigned, far_m=county(session).far_m)
        raised += _reuses(row, others, alike.get(row.sha256, ()))
        if raised:
            found[row.finding_id] += raised
    return dict(found)


def _reuses(row: Any, others: Mapping[str, list[Any]], alike: Iterable[tuple[str, int, bool]]) -> list[Doubt]:
    """At most one doubt of each kind; the earliest use is the one to look at."""
    raised: dict[str, Doubt] = {}
    for sha256, distance, mirrored in [(row.sha256, 0, False), *alike]:
        exact = sha256 == row.sha256
        for other in others.get(sha256, ()):
            if (other.named_at, other.place, str(other.id)) >= (row.named_at, row.place, str(row.id)) and other.named_at >= row.named_at and not _before_of(other, row):
                continue
            if _before_of(other, row):
                code = "same_as_before" if distance <= rules.SAME_BITS else None
            elif other.finding_id == row.finding_id or (other.visit_id is not None and other.visit_id == row.visit_id):
                code = None  # one photo may show two things at one visit, and two photos of one thing look alike
            else:
                code = "copy" if exact else "mirrored_copy" if mirrored else "near_copy"
            if code is not None and code not in raised:
                facts: dict[str, int | str] = {"sha256": row.sha256, "other": sha256, "bits": distance}
                facts |= {"finding": str(other.finding_id)} if other.finding_id else {"visit": str(other.visit_id)}
                raised[code] = Doubt(code, facts)
    return list(raised.values())


def _before_of(other: Any, row: Any) -> bool:
    """Whether `other` is a before photo of the finding that `row` is an after photo of."""
    return bool(other.finding_id == row.finding_id and other.role is Role.BEFORE and row.role is Role.AFTER)


def _rows(session: Session, condition: Any) -> list[Any]:
    return list(
        session.execute(
            select(
                Naming.id,
                Naming.sha256,
                Naming.finding_id,
                Naming.visit_id,
                Naming.role,
                Naming.place,
                Naming.taken_at,
                Naming.claimed_at,
                Naming.source,
                Naming.lat_e7,
                Naming.lon_e7,
                Naming.accuracy_m,
                Naming.jump_kmh,
                Naming.exif,
                Naming.named_at,
                Photo.luma,
                Photo.detail,
                Photo.sharpness,
            )
            .outerjoin(Photo, Photo.sha256 == Naming.sha256)
            .where(condition)
            .order_by(Naming.named_at, Naming.place, Naming.id)
        )
    )


def _alike(session: Session, hashes: set[str]) -> dict[str, list[tuple[str, int, bool]]]:
    found: dict[str, list[tuple[str, int, bool]]] = defaultdict(list)
    for pair in session.execute(
        select(Likeness.sha256, Likeness.other, Likeness.distance, Likeness.mirrored)
        .where(or_(Likeness.sha256.in_(hashes), Likeness.other.in_(hashes)))
        .order_by(Likeness.distance)
    ):
        found[pair.sha256].append((pair.other, pair.distance, pair.mirrored))
        found[pair.other].append((pair.sha256, pair.distance, pair.mirrored))
    return found


def _shot(row: Any) -> Shot:
    exif = msgspec.json.decode(row.exif, type=dict[str, str]) if row.exif != "{}" else {}
    return Shot(
        row.sha256,
        row.taken_at,
        row.claimed_at,
        row.source,
        row.lat_e7,
        row.lon_e7,
        row.accuracy_m,
        row.jump_kmh,
        rules.exif_moment(exif),
        row.luma,
        row.detail,
        row.sharpness,
    )
