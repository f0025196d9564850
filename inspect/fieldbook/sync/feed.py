"""The feed: what changed since a phone last looked, within its person's scope and nothing else.

A pull costs what changed, not what exists: entries carry the zones, units and persons whose view they
touch, and the rows are loaded as they are now.
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from fieldbook import accounts, findings, inspections, journal, places
from fieldbook.accounts import Identity, Unit
from fieldbook.findings import Finding
from fieldbook.inspections import Round
from fieldbook.kernel import to_ms
from fieldbook.places import Area, Level, Place, Standing

from .state import epoch as current_epoch

PAGE = 500
#: closed findings stay on phones for this long
CLOSED_FOR = timedelta(days=30)
#: rounds stay on phones for this long after their end
ENDED_FOR = timedelta(days=7)

Row = dict[str, Any]


@dataclass(frozen=True)
class Cursor:
    """How far a phone has come. stage and last name where the first filling stands; an empty stage is filled."""

    epoch: str
    scope: str
    seq: int
    stage: str = ""
    last: str = ""

    def text(self) -> str:
        """Opaque to the phone."""
        return base64.urlsafe_b64encode(".".join((self.epoch, self.scope, str(self.seq), self.stage, self.last)).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """The cursor in `text`; None when it is none of ours. A forged one gains nothing: the scope comes from the login."""
        try:
            epoch, scope, seq, stage, last = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(".")
            position = int(seq)
            if last:
                UUID(last)
        except ValueError:
            return None
        return cls(epoch, scope, position, stage, last) if (not stage or stage in STAGES) and 0 <= position < 2**62 else None


@dataclass(frozen=True)
class Reader:
    """Who pulls, with what standing, in which language, when."""

    session: Session
    who: Identity
    standing: Standing
    now: datetime

    def scope(self) -> str:
        """A short name of the person's scope that changes when it does."""
        keys = "everything" if self.standing.sees_everything else ",".join(sorted(str(key) for key in self.standing.keys))
        posts = ",".join(sorted(f"{post.duty}{post.area_id}{post.unit_id}" for post in self.who.posts))
        return hashlib.sha256(f"{self.who.id}|{keys}|{posts}".encode()).hexdigest()[:8]


def pull(session: Session, who: Identity, cursor: str, *, now: datetime) -> Row:
    """What the phone is to keep and to let go of since `cursor`, at most 500 rows.

    Answer: {cursor, more, reset, rows, gone, head}. reset: begin a new generation with these rows.
    """
    reader = Reader(session, who, places.standing_of(session, who.id, who.posts), now)
    epoch, _ = current_epoch(session)
    seq, head = journal.head(session)
    scope = reader.scope()
    had = Cursor.read(cursor) if cursor else None
    reset = had is None or had.epoch != epoch or had.scope != scope or had.seq > seq
    if had is None or reset:
        had = Cursor(epoch, scope, seq, next(iter(STAGES)))
    rows, gone, then = _fill(reader, had) if had.stage else _changes(reader, had, seq)
    return {
        "cursor": then.text(),
        "more": bool(then.stage) or then.seq < seq,
        "reset": reset and bool(cursor),
        "rows": rows,
        "gone": gone,
        "head": [seq, head],
    }


def _fill(reader: Reader, cursor: Cursor) -> tuple[list[Row], list[Row], Cursor]:
    """The next page of everything in scope, stage by stage in id order; what changes meanwhile follows from `seq`."""
    rows: list[Row] = []
    stages = list(STAGES)
    stage, last = cursor.stage, cursor.last
    while True:
        table, in_scope, to_rows = STAGES[stage]
        room = PAGE - len(rows)
        where = [in_scope(reader)] + ([table.id > UUID(last)] if last else [])
        found = reader.session.scalars(select(table).where(and_(*where)).order_by(table.id).limit(room)).all()
        rows += to_rows(reader, found)
        if len(found) == room:
            return rows, [], Cursor(cursor.epoch, cursor.scope, cursor.seq, stage, str(found[-1].id))
        following = stages.index(stage) + 1
        if following == len(stages):
            return rows, [], Cursor(cursor.epoch, cursor.scope, cursor.seq)
        stage, last = stages[following], ""


def _changes(reader: Reader, cursor: Cursor, until: int) -> tuple[list[Row], list[Row], Cursor]:
    """The rows that the entries after the cursor touched, as they are now, and those no longer in scope."""
    keys = None if reader.standing.sees_everything else reader.standing.keys
    touched = journal.subjects_since(reader.session, after=cursor.seq, until=until, keys=keys, limit=PAGE)
    reached = touched[-1][0] if len(touched) == PAGE else until
    wanted: dict[str, set[UUID]] = {}
    for _, verb, subject in touched:
        kind = verb.split(".")[0]
        wanted.setdefault(kind, set()).add(subject)
    _lead_visits_to_places(reader, wanted)

    rows: list[Row] = []
    gone: list[Row] = []
    for kind, ids in wanted.items():
        stage = STAGE_OF.get(kind)
        if stage is None:
            continue
        table, in_scope, to_rows = STAGES[stage]
        found = reader.session.scalars(select(table).where(table.id.in_(ids), in_scope(reader))).all()
        rows += to_rows(reader, found)
        gone += [{"kind": stage, "id": str(id)} for id in sorted(ids - {row.id for row in found})]
    return rows, gone, Cursor(cursor.epoch, cursor.scope, reached)


def _lead_visits_to_places(reader: Reader, wanted: dict[str, set[UUID]]) -> None:
    """A finished visit changes its place's row; photos arrive for findings or for visits."""
    subjects = wanted.pop("visit", set()) | wanted.get("photo", set())
    if subjects:
        visited = reader.session.execute(select(inspections.Visit.id, inspections.Visit.place_id).where(inspections.Visit.id.in_(subjects))).all()
        wanted.setdefault("place", set()).update(row.place_id for row in visited)
    arrived = wanted.pop("photo", set())
    if arrived:
        wanted.setdefault("finding", set()).update(findings.by_id(reader.session, arrived))


# ---- the tables of the feed: what is in scope, and how a row looks


def _units(_reader: Reader) -> ColumnElement[bool]:
    return Unit.closed_at.is_(None)


def _zones(_reader: Reader) -> ColumnElement[bool]:
    return and_(Area.level == Level.ZONE, Area.merged_into.is_(None))


def _places(reader: Reader) -> ColumnElement[bool]:
    return and_(Place.closed_at.is_(None), reader.standing.within(Place.zone_id, Place.unit_id))


def _rounds(reader: Reader) -> ColumnElement[bool]:
    current = Round.ends_at > reader.now - ENDED_FOR
    return and_(current, reader.standing.within(Round.zone_id))


def _findings(reader: Reader) -> ColumnElement[bool]:
    recent = or_(Finding.state.in_(findings.OPEN), Finding.cleared_at > reader.now - CLOSED_FOR, Finding.received_at > reader.now - CLOSED_FOR)
    return and_(findings.in_scope(reader.standing), recent)


def _zone_rows(reader: Reader, zones: Sequence[Area]) -> list[Row]:
    areas = places.area_names(reader.session)
    rows = []
    for zone in zones:
        district = areas.get(zone.parent_id) if zone.parent_id else None
        rows.append(
            {
                "kind": "zone",
                "id": str(zone.id),
                "code": zone.code,
                "name": zone.name,
                "name_en": zone.name_en,
                "district": str(district.id) if district else None,
                "district_name": district.name if district else "",
                "district_name_en": district.name_en if district else "",
            }
        )
    return rows


def _unit_rows(_reader: Reader, units: Sequence[Unit]) -> list[Row]:
    return [{"kind": "unit", "id": str(u.id), "name": u.name, "name_en": u.name_en, "short": u.short, "contact": u.contact, "phone": u.phone} for u in units]


def _place_rows(reader: Reader, found: Sequence[Place]) -> list[Row]:
    ids = [place.id for place in found]
    kinds = places.kinds_of(reader.session, ids)
    visits = inspections.last_visits(reader.session, ids)
    people = accounts.person_names(reader.session, {visit.inspector_id for some in visits.values() for visit in some})
    rows = []
    for place in found:
        last = visits.get(place.id, [])
        rows.append(
            {
                "kind": "place",
                "id": str(place.id),
                "code": place.code,
                "name": place.name,
                "initials": place.initials,
                "address": place.address,
                "zone": str(place.zone_id),
                "unit": str(place.unit_id) if place.unit_id else None,
                "kinds": kinds.get(place.id, []),
                "lat_e7": place.lat_e7,
                "lon_e7": place.lon_e7,
                "visited_at": to_ms(last[0].finished_at) if last else None,
                "visits": [
                    {
                        "id": str(visit.id),
                        "at": to_ms(visit.finished_at),
                        "who": people.get(visit.inspector_id, ""),
                        "kind": visit.kind,
                        "manual": visit.manual,
                        "score": [visit.got_tenths, visit.of_tenths],
                        "tally": visit.tally,
                    }
                    for visit in last
                ],
            }
        )
    return rows


def _round_rows(reader: Reader, rounds: Sequence[Round]) -> list[Row]:
    with_places = inspections.rounds_for(reader.session, [r.id for r in rounds])
    return [
        {
            "kind": "round",
            "id": str(r.id),
            "name": r.name,
            "zone": str(r.zone_id),
            "begins_at": to_ms(r.begins_at),
            "ends_at": to_ms(r.ends_at),
            "places": [str(place) for place in in_order],
        }
        for r, in_order in with_places.values()
    ]


def _finding_rows(reader: Reader, found: Sequence[Finding]) -> list[Row]:
    return findings.cards(reader.session, reader.standing, found, now=reader.now, language=reader.who.language)


Stage = tuple[Any, Callable[[Reader], ColumnElement[bool]], Callable[[Reader, Any], list[Row]]]

#: the first filling goes through these in order
STAGES: dict[str, Stage] = {
    "zone": (Area, _zones, _zone_rows),
    "unit": (Unit, _units, _unit_rows),
    "place": (Place, _places, _place_rows),
    "round": (Round, _rounds, _round_rows),
    "finding": (Finding, _findings, _finding_rows),
}
#: the first word of a journal verb -> the stage whose row it changes
STAGE_OF = {"area": "zone", "unit": "unit", "place": "place", "round": "round", "finding": "finding"}
