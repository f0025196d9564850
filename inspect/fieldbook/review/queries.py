"""Reading for review: what waits, and what about it gives pause."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from fieldbook import evidence, findings, places
from fieldbook.evidence import Naming, Photo, PhotoState, Role, Spot
from fieldbook.findings import Finding, State
from fieldbook.kernel import among, ask, one_of
from fieldbook.places import Standing

from .model import WavedDoubt


@dataclass(frozen=True)
class Doubt:
    """One doubt about one photo of a finding: a code, the facts for its sentence, and whether it was waved."""

    code: str
    sha256: str
    facts: dict[str, Any]
    waved: bool


def queue(session: Session, standing: Standing) -> list[Finding]:
    """What waits for this person's verdict, tightest deadline first: rectified, in their area, not their own or their unit's work."""
    waiting = session.scalars(
        select(Finding).where(Finding.state == State.RECTIFIED, findings.in_scope(standing)).order_by(Finding.due_at.is_(None), Finding.due_at, Finding.number)
    )
    return [
        finding
        for finding in waiting
        if any(standing.may(duty, zone=finding.zone_id) for duty in findings.REVIEWS) and not findings.answers_for(standing, finding)
    ]


def ready(session: Session, waiting: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """(what can be judged now, what still waits for a photo), each in the order given. A damaged photo does not hold anything up: it can be returned."""
    named = evidence.namings(session, finding_ids=[finding.id for finding in waiting])
    here: list[Finding] = []
    on_the_way: list[Finding] = []
    for finding in waiting:
        after = [photo for photo in named.get(finding.id, []) if photo.role is Role.AFTER]
        newest = max((photo.named_at for photo in after), default=None)
        missing = any(photo.state in (PhotoState.WAITING, PhotoState.ARRIVED) for photo in after if photo.named_at == newest)
        (on_the_way if missing else here).append(finding)
    return here, on_the_way


def count_ready(session: Session, standing: Standing) -> int:
    """How many findings this person can judge now: the length of `ready(queue)[0]`, counted by the database."""
    reach = [standing.duties[duty] for duty in findings.REVIEWS if duty in standing.duties]
    if not reach:
        return 0
    everywhere = any(where.everywhere for where in reach)
    zones: frozenset[UUID] = frozenset().union(*(where.zones for where in reach))
    return int(ask(session, _count_ready(standing.sees_everything, everywhere), standing.known_as | {"zones": zones}).scalar())


@cache
def _count_ready(sees_everything: bool, everywhere: bool) -> Select[Any]:
    here = select(Photo.sha256).where(Photo.sha256 == Naming.sha256, one_of(Photo.verdict, (PhotoState.CHECKED, PhotoState.DAMAGED)))
    missing = select(Naming.id).where(
        Naming.finding_id == Finding.id,
        Naming.role == Role.AFTER,
        Naming.named_at == Finding.rectified_at,
        Naming.given_up_at.is_(None),
        Naming.drawing.is_(False),
        ~here.exists(),
    )
    rules = [
        Finding.state == State.RECTIFIED,
        findings.scope_of(sees_everything),
        Finding.rectifier_id.is_distinct_from(bindparam("person", type_=Finding.rectifier_id.type)),
        *(or_(unit.is_(None), ~among(unit, "units")) for unit in (Finding.rectifying_unit_id, Finding.unit_id)),
        ~missing.exists(),
    ]
    if not everywhere:
        rules.append(among(Finding.zone_id, "zones"))
    return select(func.count()).select_from(Finding).where(*rules)


def doubts_of(session: Session, finding: Finding) -> list[Doubt]:
    """What gives pause about a finding's photos; never a verdict."""
    place = places.places_by_id(session, [finding.place_id]).get(finding.place_id) if finding.place_id else None
    lies = {finding.id: Spot(place.lat_e7, place.lon_e7)} if place and place.lat_e7 is not None and place.lon_e7 is not None else {}
    # what was put right on the spot was assigned in the same breath, after its photo
    assigned = {finding.id: finding.assigned_at} if finding.assigned_at and not finding.on_spot else {}
    raised = evidence.doubts(session, [finding.id], places=lies, assigned_at=assigned).get(finding.id, [])
    waved = {(row.code, row.sha256) for row in session.scalars(select(WavedDoubt).where(WavedDoubt.finding_id == finding.id))}
    return [Doubt(doubt.code, str(doubt.facts.get("sha256", "")), doubt.facts, (doubt.code, doubt.facts.get("sha256", "")) in waved) for doubt in raised]
