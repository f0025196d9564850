"""Findings as people are shown them: with names, photos, course and the verbs that are theirs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldbook import accounts, evidence, journal, places
from fieldbook.evidence import PhotoState, Role
from fieldbook.kernel import to_ms
from fieldbook.places import Standing

from . import authority, deadlines, routing
from .calendar import days_given
from .model import Extension, Finding
from .queries import title

#: journal verbs that are steps of the course shown to people
STEPS = frozenset(
    f"finding.{verb}"
    for verb in (
        "reported screened dismissed merged joined assigned taken_back accepted disputed rectified cleared returned undone reopened voided looked "
        "extension_asked extended extension_refused extension_lapsed supervised urged due_changed unmarked deferred resumed due_moved handed_over"
    ).split()
) | {"photo.given_up"}


def cards(session: Session, standing: Standing, findings: Sequence[Finding], *, now: datetime, language: str = "zh", course: bool = True) -> list[dict[str, Any]]:
    """One dict a finding, ready for the wire: times in ms, ids as text, positions × 10^7.

    What it costs grows with the findings given, not with those that exist: one query a table.
    """
    ids = [finding.id for finding in findings]
    named = evidence.namings(session, finding_ids=ids)
    photo_states = evidence.states(session, {photo.sha256 for photos in named.values() for photo in photos})
    courses = journal.course_of(session, ids) if course else {}
    asked = _extensions(session, findings)
    entries = [entry for entry in (*(f.disputed_entry for f in findings), *(one.entry_id for one in asked.values())) if entry]
    said = journal.words(session, entries) if entries else {}
    numbers, joined = _merged(session, findings)
    people = accounts.person_names(session, _people(findings, courses) | {one.asked_by for one in asked.values() if one.asked_by})
    units = accounts.unit_names(session, _units(findings, courses))
    at_place = places.places_by_id(session, [f.place_id for f in findings if f.place_id])

    rows = []
    for finding in findings:
        place = at_place.get(finding.place_id) if finding.place_id else None
        extension = asked.get(finding.asked_id) if finding.asked_id else None
        photos: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for photo in named.get(finding.id, []):
            photos[photo.role].append(
                {
                    "sha256": photo.sha256,
                    "taken_at": to_ms(photo.taken_at),
                    "accuracy_m": photo.accuracy_m,
                    "source": photo.source,
                    "state": photo_states.get(photo.sha256, evidence.PhotoState.WAITING),
                    "drawn": photo.drawn,
                }
            )
        rows.append(
            {
                "kind": "finding",
                "id": str(finding.id),
                "number": finding.number,
                "place": _text(finding.place_id),
                "place_name": place.name if place else "",
                "zone": str(finding.zone_id),
                "unit": _text(finding.unit_id),
                "why_unit": finding.why_unit,
                "why_unit_words": routing.WHY[finding.why_unit][language == "en"] if finding.why_unit in routing.WHY else "",
                "kind_code": finding.kind,
                "criterion": finding.criterion,
                "manual": finding.manual,
                "title": title(session, finding, language),
                "words": finding.words,
                "reasons": finding.reasons,
                "state": finding.state,
                "source": finding.source,
                "on_spot": finding.on_spot,
                "visit": _text(finding.visit_id),
                "found_at": to_ms(finding.found_at),
                "received_at": to_ms(finding.received_at),
                "assigned_at": _ms(finding.assigned_at),
                "due_at": _ms(finding.due_at),
                "provisional": finding.provisional,
                "term": deadlines.term(days_given(session, finding)),
                "accepted_at": _ms(finding.accepted_at),
                "rectified_at": _ms(finding.rectified_at),
                "cleared_at": _ms(finding.cleared_at),
                "cleared_by_name": people.get(finding.verdict_by, "") if finding.cleared_at and finding.verdict_by else "",
                "verdict_at": _ms(finding.verdict_at),
                "returned": finding.returned,
                "recurrence": finding.nth if finding.nth > 1 else 0,
                "reporter": {"id": str(finding.reporter_id), "name": people.get(finding.reporter_id, "")},
                "rectifier": _text(finding.rectifier_id),
                "extension": {
                    "due_at": to_ms(extension.due_at),
                    "words": said.get(extension.entry_id, {}).get("words") or "",
                    "asked_by_name": people.get(extension.asked_by, "") if extension.asked_by else "",
                    "asked_at": to_ms(extension.asked_at),
                }
                if extension
                else None,
                "extended": finding.extended,
                "disputed": {
                    "words": (said.get(finding.disputed_entry, {}).get("words") if finding.disputed_entry else "") or "",
                    "by_name": people.get(finding.disputed_by, "") if finding.disputed_by else "",
                    "at": to_ms(finding.disputed_at),
                }
                if finding.disputed_at
                else None,
                "supervised_at": _ms(finding.supervised_at),
                "urged_at": _ms(finding.urged_at),
                "deferred_until": _ms(finding.deferred_until),
                "merged_into": {"id": str(finding.merged_into), "number": numbers.get(finding.merged_into, "")} if finding.merged_into else None,
                "joined": joined.get(finding.id, []),
                "before": photos[Role.BEFORE],
                "under_way": photos[Role.UNDER_WAY],
                "after": photos[Role.AFTER],
                "course": [_step(step, people, units, language) for step in courses.get(finding.id, []) if step["verb"] in STEPS][-20:],
                "own": authority.answers_for(standing, finding),
                "may": _may(standing, finding, now, photos.values()),
                "version": finding.version,
                "lat_e7": finding.lat_e7,
                "lon_e7": finding.lon_e7,
            }
        )
    return rows


def _may(standing: Standing, finding: Finding, now: datetime, photos: Iterable[list[dict[str, Any]]]) -> list[str]:
    """What the person may say; giving up a photo only while one is missing."""
    missing = any(photo["state"] in (PhotoState.WAITING, PhotoState.DAMAGED) for some in photos for photo in some)
    return [verb for verb in authority.may(standing, finding, now) if verb != "give_up" or missing]


def _extensions(session: Session, findings: Sequence[Finding]) -> dict[UUID, Extension]:
    """The requests for more time that wait."""
    wanted = [finding.asked_id for finding in findings if finding.asked_id]
    return {one.id: one for one in session.scalars(select(Extension).where(Extension.id.in_(wanted)))} if wanted else {}


def _merged(session: Session, findings: Sequence[Finding]) -> tuple[dict[UUID, str], dict[UUID, list[dict[str, str]]]]:
    """(the numbers of what these were merged into, what was merged into these)."""
    ids = {finding.id for finding in findings}
    into = {finding.merged_into for finding in findings if finding.merged_into}
    rows = session.execute(
        select(Finding.id, Finding.number, Finding.merged_into).where(or_(Finding.merged_into.in_(ids), Finding.id.in_(into))).order_by(Finding.number)
    ).all()
    joined: dict[UUID, list[dict[str, str]]] = {}
    for row in rows:
        if row.merged_into in ids:
            joined.setdefault(row.merged_into, []).append({"id": str(row.id), "number": row.number})
    return {row.id: row.number for row in rows if row.id in into}, joined


def _step(step: dict[str, Any], people: dict[UUID, str], units: dict[UUID, accounts.UnitKnown], language: str) -> dict[str, Any]:
    facts = step["facts"]
    unit = units.get(UUID(facts["unit"])) if facts.get("unit") else None
    return {
        "verb": step["verb"].split(".")[1],
        "at": to_ms(step["at"]),
        "who": people.get(step["actor"], ""),
        "unit_name": "" if unit is None else unit.name_en or unit.name if language == "en" else unit.name,
        "words": step["said"].get("words") or step["said"].get("fixed_words") or "",
        "reason": facts.get("reason") or facts.get("look") or "",
        "due_at": facts.get("due_at"),
        "photos": len(facts.get("photos") or facts.get("before") or []),
        "why": facts.get("why") or "",
    }


def _people(findings: Iterable[Finding], courses: dict[UUID, list[dict[str, Any]]]) -> set[UUID]:
    wanted = {person for f in findings for person in (f.reporter_id, f.verdict_by, f.rectifier_id, f.disputed_by) if person}
    return wanted | {step["actor"] for steps in courses.values() for step in steps if step["actor"]}


def _units(findings: Iterable[Finding], courses: dict[UUID, list[dict[str, Any]]]) -> set[UUID]:
    wanted = {f.unit_id for f in findings if f.unit_id}
    return wanted | {UUID(step["facts"]["unit"]) for steps in courses.values() for step in steps if step["facts"].get("unit")}


def _text(id: UUID | None) -> str | None:
    return str(id) if id else None


def _ms(moment: datetime | None) -> int | None:
    return to_ms(moment) if moment else None
