"""Visits as the desk lists them: with their findings, photos and scores, within a person's standing."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from fieldbook import accounts, findings, standards
from fieldbook.accounts import Person
from fieldbook.evidence import Naming, Photo
from fieldbook.findings import Finding
from fieldbook.inspections import AnswerRow, NoSuchVisit, Verdict, Visit
from fieldbook.places import Place, Standing

PAGE = 50


@dataclass(frozen=True)
class VisitFilters:
    """What a list of visits is narrowed to. view: all, today, waiting (photos on the way), critical (a critical criterion failed)."""

    view: str = "all"
    zones: tuple[UUID, ...] = ()
    kinds: tuple[str, ...] = ()
    place: UUID | None = None
    text: str = ""


VIEWS = ("all", "today", "waiting", "critical")


@dataclass(frozen=True)
class VisitSeen:
    """One visit with what belongs to it.

    score: 0 to 100, or None when nothing applied. before: the score of the visit before it at the same place and kind.
    found, open: the findings it reported, and how many of them are not cleared. waiting: photos on the way.
    """

    visit: Visit
    place: Place
    inspector: str
    critical: frozenset[int]
    before: int | None
    found: int
    open: int
    photos: int
    waiting: int

    @property
    def score(self) -> int | None:
        return score_of(self.visit)


def score_of(visit: Visit) -> int | None:
    """Points reached of those that applied, in per cent, as a whole number."""
    return round(visit.got_tenths * 100 / visit.of_tenths) if visit.of_tenths else None


def visits(session: Session, standing: Standing, filters: VisitFilters, *, now: datetime, page: int = 1) -> tuple[list[VisitSeen], int]:
    """(one page of 50, how many there are in all), newest first."""
    where = _matching(session, standing, filters, now)
    wanted = select(Visit).join(Place, Place.id == Visit.place_id).join(Person, Person.id == Visit.inspector_id).where(where)
    total = session.scalar(select(func.count()).select_from(wanted.with_only_columns(Visit.id).subquery())) or 0
    rows = session.scalars(wanted.order_by(Visit.finished_at.desc(), Visit.id).limit(PAGE).offset((max(page, 1) - 1) * PAGE))
    return seen(session, list(rows)), total


def visit_counts(session: Session, standing: Standing, filters: VisitFilters, *, now: datetime) -> dict[str, int]:
    """How many visits each view holds, with the other filters as they are."""
    every = select(func.count()).select_from(Visit).join(Place, Place.id == Visit.place_id).join(Person, Person.id == Visit.inspector_id)
    counted = [
        every.where(_matching(session, standing, replace(filters, view=view), now)).scalar_subquery().label(view) for view in VIEWS
    ]
    return dict(session.execute(select(*counted)).one()._mapping)


def visit_in(session: Session, standing: Standing, visit_id: UUID) -> Visit:
    """A visit the person may see. Raises NoSuchVisit, also for one outside their scope."""
    row = session.execute(select(Visit, Place).join(Place, Place.id == Visit.place_id).where(Visit.id == visit_id)).one_or_none()
    if row is None or not standing.sees(row[1].zone_id, row[1].unit_id, row[0].inspector_id):
        raise NoSuchVisit(visit=visit_id)
    return row[0]


def visit_neighbours(session: Session, visit: Visit) -> tuple[UUID | None, UUID | None]:
    """The visit before and the visit after this one at the same place."""
    same = select(Visit.id).where(Visit.place_id == visit.place_id, Visit.id != visit.id)
    before = same.where(Visit.finished_at < visit.finished_at).order_by(Visit.finished_at.desc()).limit(1)
    after = same.where(Visit.finished_at > visit.finished_at).order_by(Visit.finished_at).limit(1)
    found = session.execute(select(before.scalar_subquery(), after.scalar_subquery())).one()
    return found[0], found[1]


def seen(session: Session, found: Sequence[Visit]) -> list[VisitSeen]:
    """Visits with what belongs to them; one query a table, however many there are."""
    ids = [visit.id for visit in found]
    at_place = {place.id: place for place in session.scalars(select(Place).where(Place.id.in_({v.place_id for v in found})))}
    names = accounts.person_names(session, {visit.inspector_id for visit in found})
    reported: Counter[UUID] = Counter()
    left: Counter[UUID] = Counter()
    for visit_id, state, count in session.execute(
        select(Finding.visit_id, Finding.state, func.count()).where(Finding.visit_id.in_(ids)).group_by(Finding.visit_id, Finding.state)
    ):
        if visit_id is not None and state not in findings.NOT_COUNTED:
            reported[visit_id] += count
            left[visit_id] += count if state in findings.OPEN else 0
    photos, waiting = _photos(session, ids)
    before = _scores_before(session, found)
    return [
        VisitSeen(
            visit,
            at_place[visit.place_id],
            names.get(visit.inspector_id, ""),
            critical_of(session, visit),
            before.get(visit.id),
            reported[visit.id],
            left[visit.id],
            photos[visit.id],
            waiting[visit.id],
        )
        for visit in found
    ]


def critical_of(session: Session, visit: Visit) -> frozenset[int]:
    """Which criteria, by their place in the tally, are critical."""
    kind = standards.manual(session, visit.manual).kinds.get(visit.kind)
    return frozenset(n for n, criterion in enumerate(kind.criteria) if criterion.severity == "critical") if kind else frozenset()


def _photos(session: Session, ids: Collection[UUID]) -> tuple[Counter[UUID], Counter[UUID]]:
    """(photos named, photos not here yet) by visit."""
    every: Counter[UUID] = Counter()
    missing: Counter[UUID] = Counter()
    rows = session.execute(
        select(Naming.visit_id, func.count(func.distinct(Naming.sha256)), func.count(func.distinct(Photo.sha256)))
        .outerjoin(Photo, Photo.sha256 == Naming.sha256)
        .where(Naming.visit_id.in_(list(ids)), Naming.given_up_at.is_(None), Naming.drawing.is_(False))
        .group_by(Naming.visit_id)
    )
    for visit_id, named, here in rows:
        if visit_id is not None:
            every[visit_id], missing[visit_id] = named, named - here
    return every, missing


def _scores_before(session: Session, found: Sequence[Visit]) -> dict[UUID, int]:
    """The score of the visit before each, at the same place and kind."""
    places_of = {visit.place_id for visit in found}
    rows = session.execute(
        select(Visit.id, Visit.place_id, Visit.kind, Visit.finished_at, Visit.got_tenths, Visit.of_tenths)
        .where(Visit.place_id.in_(places_of))
        .order_by(Visit.finished_at, Visit.id)
    )
    last: dict[tuple[UUID, str], int] = {}
    before: dict[UUID, int] = {}
    for row in rows:
        key = (row.place_id, row.kind)
        if key in last:
            before[row.id] = last[key]
        if row.of_tenths:
            last[key] = round(row.got_tenths * 100 / row.of_tenths)
    return before


def _matching(session: Session, standing: Standing, filters: VisitFilters, now: datetime) -> ColumnElement[bool]:
    rules: list[ColumnElement[bool]] = [_scope(standing)]
    if filters.view == "today":
        midnight = now.astimezone(findings.calendar(session).zone).replace(hour=0, minute=0, second=0, microsecond=0)
        rules.append(and_(Visit.finished_at >= midnight, Visit.finished_at < midnight + timedelta(days=1)))
    elif filters.view == "waiting":
        here = select(Photo.sha256).where(Photo.sha256 == Naming.sha256).exists()
        rules.append(select(Naming.id).where(Naming.visit_id == Visit.id, Naming.given_up_at.is_(None), Naming.drawing.is_(False), ~here).exists())
    elif filters.view == "critical":
        manual = standards.current_manual(session)
        codes = [code for code, criterion in manual.criteria.items() if criterion.severity == "critical"] if manual else []
        failed = select(AnswerRow.criterion).where(AnswerRow.visit_id == Visit.id, AnswerRow.verdict == Verdict.FAIL, AnswerRow.criterion.in_(codes))
        rules.append(failed.exists())
    if filters.zones:
        rules.append(Place.zone_id.in_(filters.zones))
    if filters.kinds:
        rules.append(Visit.kind.in_(filters.kinds))
    if filters.place:
        rules.append(Visit.place_id == filters.place)
    if filters.text:
        like = "%" + filters.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rules.append(or_(Place.name.ilike(like, escape="\\"), Place.code.ilike(like, escape="\\"), Person.name.ilike(like, escape="\\")))
    return and_(*rules)


def _scope(standing: Standing) -> ColumnElement[bool]:
    return or_(standing.within(Place.zone_id, Place.unit_id), Visit.inspector_id == standing.person)
