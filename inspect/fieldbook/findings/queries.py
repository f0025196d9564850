"""Reading findings: one, many, counted; always within a person's standing."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, case, false, func, not_, null, or_, select, true
from sqlalchemy.orm import Session, aliased

from fieldbook import standards
from fieldbook.evidence import Naming
from fieldbook.inspections import Visit
from fieldbook.kernel import among, ask, one_of
from fieldbook.places import Area, AreaKnown, Place, Standing, scope

from .authority import sees
from .calendar import calendar
from .model import Finding, State
from .refusals import NoSuchFinding
from .rules import NOT_COUNTED, OPEN, RUNNING


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; an empty field narrows nothing.

    view: open, overdue, today (due today), recurring, returned, deferred, cleared, all, or mine (for the person's units);
        the marks disputed, extension_asked, extended, supervised, deferred_soon, returned_twice;
        and what the overview's figures open: found, dropped, fallen_due, closed_due, closed_in_time, sent_back, came_back.
    kinds: "none" stands for findings without a kind.
    asks: True for those whose unit waits for an answer about more time, False for the others.
    """

    view: str = "open"
    states: tuple[State, ...] = ()
    zones: tuple[UUID, ...] = ()
    kinds: tuple[str, ...] = ()
    units: tuple[UUID, ...] = ()
    place: UUID | None = None
    criterion: str = ""
    text: str = ""
    asks: bool | None = None


#: sort name -> columns; nothing else is ever put into ORDER BY
SORTS: dict[str, tuple[Any, ...]] = {
    # first those whose clock runs: what was handed in waits for somebody else
    "due": (case((one_of(Finding.state, RUNNING), 0), (Finding.state == State.RECTIFIED, 1), else_=2), Finding.due_at.is_(None), Finding.due_at, Finding.number),
    "found": (Finding.found_at.desc(), Finding.number),
    "number": (Finding.number,),
    "place": (Finding.zone_id, Finding.place_id, Finding.number),
}
PAGE = 50
#: the same for every statement, with the states written out
IS_OPEN, IS_RUNNING, IS_DROPPED = one_of(Finding.state, OPEN), one_of(Finding.state, RUNNING), one_of(Finding.state, NOT_COUNTED)


#: the columns that say whose view a finding is in
_SCOPE = (Finding.zone_id, Finding.unit_id, Finding.reporter_id)


def in_scope(standing: Standing) -> ColumnElement[bool]:
    """The one rule of what a person sees, as SQL; the same as `authority.sees`."""
    return standing.within(*_SCOPE)


def scope_of(everything: bool) -> ColumnElement[bool]:
    """The same for statements that are built once and for all."""
    return scope(everything, *_SCOPE)


def matching(session: Session, standing: Standing, filters: Filters, now: datetime) -> ColumnElement[bool]:
    """The SQL condition of a filtered list within a person's standing."""
    rules = [in_scope(standing), view_of(filters.view, now, day_ends(session, now) if filters.view == "today" else None, list(standing.units))]
    if filters.states:
        rules.append(Finding.state.in_(filters.states))
    if filters.zones:
        rules.append(Finding.zone_id.in_(filters.zones))
    if filters.kinds:
        of_kind = Finding.kind.in_(filters.kinds)
        rules.append(or_(of_kind, Finding.kind.is_(None)) if "none" in filters.kinds else of_kind)
    if filters.units:
        rules.append(Finding.unit_id.in_(filters.units))
    if filters.place:
        rules.append(Finding.place_id == filters.place)
    if filters.criterion:
        rules.append(Finding.criterion == filters.criterion)
    if filters.text.strip():
        rules.append(about(filters.text))
    if filters.asks is not None:
        rules.append(asks() if filters.asks else not_(asks()))
    return and_(*rules)


def about(text: str) -> ColumnElement[bool]:
    """Whether a number, the words, or the name or code of the place contain a text."""
    like = "%" + text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    named = select(Place.id).where(or_(Place.name.ilike(like, escape="\\"), Place.code.ilike(like, escape="\\")))
    return or_(Finding.number.ilike(like, escape="\\"), Finding.words.ilike(like, escape="\\"), Finding.place_id.in_(named))


def day_ends(session: Session, now: datetime) -> datetime:
    """The county's midnight that comes next."""
    ends = now.astimezone(calendar(session).zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return ends.astimezone(now.tzinfo)


def view_of(view: str, now: Any, ends: Any, units: list[UUID] | None) -> ColumnElement[bool]:
    """What a view holds, as SQL. now, ends (of today): moments, or what stands for them in a statement; units None: those that it is given."""
    if view == "overdue":
        return overdue(now)
    if view == "today":
        return and_(IS_RUNNING, Finding.due_at >= now, Finding.due_at < ends)
    if view == "recurring":
        return and_(IS_OPEN, Finding.nth > 1)
    if view in ("returned", "deferred", "cleared"):
        return Finding.state == State(view)
    if view == "mine":
        if units is None:
            return and_(IS_OPEN, among(Finding.unit_id, "units"))
        return and_(IS_OPEN, Finding.unit_id.in_(units)) if units else false()
    if view == "all":
        return true()
    if view in _MARKED:
        return _MARKED[view](now)
    if view in _COUNTED:
        return _COUNTED[view](now)
    return IS_OPEN


def cleared_in_time() -> ColumnElement[bool]:
    """Whether it is cleared and was handed in before it was due."""
    return and_(Finding.state == State.CLEARED, Finding.rectified_at <= Finding.due_at)


def came_back() -> ColumnElement[bool]:
    """Whether the same thing was found again at the same place after it was cleared."""
    again = aliased(Finding)
    return select(again.id).where(again.recurrence_of == Finding.id, not_(one_of(again.state, NOT_COUNTED))).exists()


def asks() -> ColumnElement[bool]:
    """Whether its unit waits for an answer about more time."""
    return and_(IS_RUNNING, Finding.asked_id.is_not(None))


def _fallen_due(now: datetime) -> ColumnElement[bool]:
    return and_(not_(IS_DROPPED), Finding.due_at <= now)


#: the marks that open findings carry
_MARKED: dict[str, Callable[[datetime], ColumnElement[bool]]] = {
    "disputed": lambda _now: and_(Finding.state == State.TO_ASSIGN, Finding.disputed_at.is_not(None)),
    "extension_asked": lambda _now: asks(),
    "extended": lambda _now: and_(IS_OPEN, Finding.extended > 0),
    "supervised": lambda _now: and_(IS_OPEN, Finding.supervised_at.is_not(None)),
    "deferred_soon": lambda now: and_(Finding.state == State.DEFERRED, Finding.deferred_until <= now + timedelta(days=7)),
    "returned_twice": lambda _now: and_(IS_OPEN, Finding.returned >= 2),
}

#: the lists behind the overview's figures
_COUNTED: dict[str, Callable[[datetime], ColumnElement[bool]]] = {
    "found": lambda _now: not_(IS_DROPPED),
    "dropped": lambda _now: IS_DROPPED,
    "fallen_due": lambda now: and_(_fallen_due(now), Finding.state != State.DEFERRED),
    "closed_due": lambda now: and_(_fallen_due(now), Finding.state == State.CLEARED),
    "closed_in_time": lambda now: and_(_fallen_due(now), cleared_in_time()),
    "sent_back": lambda _now: and_(Finding.state == State.CLEARED, Finding.returned > 0),
    "came_back": lambda _now: and_(Finding.state == State.CLEARED, came_back()),
}


def overdue(now: datetime) -> ColumnElement[bool]:
    """Whether the unit's clock runs and has run out."""
    return and_(IS_RUNNING, Finding.due_at < now)


def listing(session: Session, standing: Standing, filters: Filters, *, now: datetime, sort: str = "due", page: int = 1) -> tuple[list[Finding], int]:
    """(one page of 50, how many there are in all). An unknown sort is the tightest deadline first."""
    where = matching(session, standing, filters, now)
    total = session.scalar(select(func.count()).select_from(Finding).where(where)) or 0
    rows = session.scalars(select(Finding).where(where).order_by(*SORTS.get(sort, SORTS["due"])).limit(PAGE).offset((max(page, 1) - 1) * PAGE))
    return list(rows), total


def ids_in(session: Session, standing: Standing, filters: Filters, *, now: datetime, sort: str = "due", limit: int) -> list[UUID]:
    """The ids of a list's first findings, in its order: who stands before and after one of them."""
    where = matching(session, standing, filters, now)
    return list(session.scalars(select(Finding.id).where(where).order_by(*SORTS.get(sort, SORTS["due"])).limit(limit)))


def verdicts_of(session: Session, person: UUID, *, since: datetime) -> list[tuple[UUID, str, datetime]]:
    """(finding, cleared or returned, when) of the verdicts a person gave since a moment and that still stand, oldest first."""
    cleared = and_(Finding.state == State.CLEARED, Finding.cleared_at >= since)
    returned = and_(Finding.state == State.RETURNED, Finding.verdict_at >= since)
    rows = session.execute(
        select(Finding.id, Finding.state, Finding.verdict_at).where(Finding.verdict_by == person, or_(cleared, returned)).order_by(Finding.verdict_at, Finding.number)
    )
    return [(row.id, str(row.state), row.verdict_at) for row in rows]


def view_counts(session: Session, standing: Standing, filters: Filters, *, now: datetime, views: Sequence[str]) -> dict[str, int]:
    """How many findings each view holds, with the other filters as they are."""
    counted_by = [
        select(func.count()).select_from(Finding).where(matching(session, standing, replace(filters, view=view), now)).scalar_subquery().label(view)
        for view in views
    ]
    return dict(session.execute(select(*counted_by)).one()._mapping)


_COUNT_OPEN = {everything: select(func.count()).select_from(Finding).where(scope_of(everything), IS_OPEN) for everything in (True, False)}


def count_open(session: Session, standing: Standing) -> int:
    """How many findings the person sees that are not closed."""
    return int(ask(session, _COUNT_OPEN[standing.sees_everything], standing.known_as).scalar())


def state_counts(session: Session, standing: Standing) -> dict[State, int]:
    """How many findings stand in each state within the person's scope."""
    rows = session.execute(select(Finding.state, func.count()).where(in_scope(standing)).group_by(Finding.state))
    return {State(state): count for state, count in rows}


def one(session: Session, standing: Standing, finding_id: UUID) -> Finding:
    """A finding the person may see. Raises NoSuchFinding, also for one that exists outside their scope."""
    found = session.get(Finding, finding_id)
    if found is None or not sees(standing, found):
        raise NoSuchFinding(finding=finding_id)
    return found


def by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, Finding]:
    """Findings by id, whoever asks: for readers that check the scope themselves."""
    return {finding.id: finding for finding in session.scalars(select(Finding).where(Finding.id.in_(set(ids))))}


_NAMED: BindParameter[str] = bindparam("sha256")
#: the keys of every finding that names a photo, and of the place of every visit that does
_PHOTO_KEYS = (
    select(Finding.zone_id, Finding.unit_id, Finding.reporter_id, Finding.rectifier_id)
    .join(Naming, Naming.finding_id == Finding.id)
    .where(Naming.sha256 == _NAMED)
    .union(
        select(Place.zone_id, Place.unit_id, null(), null())
        .join(Visit, Visit.place_id == Place.id)
        .join(Naming, Naming.visit_id == Visit.id)
        .where(Naming.sha256 == _NAMED)
    )
)


def photo_keys(session: Session, sha256: str) -> set[UUID]:
    """Whose view changes when a photo arrives or is decoded: the keys of the findings, and the places of the visits, that name it."""
    return {key for row in ask(session, _PHOTO_KEYS, {"sha256": sha256}) for key in row if key is not None}


def number_of(session: Session, finding_id: UUID) -> str | None:
    """The number of a finding; None when there is no such finding."""
    return session.scalar(select(Finding.number).where(Finding.id == finding_id))


def numbers_of_photo(session: Session, sha256: str) -> list[str]:
    """The numbers of the findings that name a photo."""
    return list(session.scalars(select(Finding.number).join(Naming, Naming.finding_id == Finding.id).where(Naming.sha256 == sha256).distinct().order_by(Finding.number)))


def sees_photo(session: Session, standing: Standing, sha256: str) -> bool:
    """Whether a photo belongs to a finding or a visit in the person's scope; knowing its hash is not enough."""
    if session.scalar(select(Finding.id).join(Naming, Naming.finding_id == Finding.id).where(Naming.sha256 == sha256, in_scope(standing)).limit(1)):
        return True
    if standing.sees_everything:
        return session.scalar(select(Naming.id).where(Naming.sha256 == sha256).limit(1)) is not None
    visited = (
        select(Naming.id)
        .join(Visit, Visit.id == Naming.visit_id)
        .join(Place, Place.id == Visit.place_id)
        .where(Naming.sha256 == sha256, Naming.finding_id.is_(None), standing.within(Place.zone_id, Place.unit_id))
    )
    return session.scalar(visited.limit(1)) is not None


def of_visit(session: Session, visit_id: UUID) -> list[Finding]:
    """What a visit reported."""
    return list(session.scalars(select(Finding).where(Finding.visit_id == visit_id).order_by(Finding.number)))


def title(session: Session, finding: Any, language: str = "zh") -> str:
    """What the finding, or its line, is called: the inspector's words, else the chosen reasons, else the criterion."""
    if finding.words:
        return str(finding.words)
    if finding.criterion and finding.manual:
        criterion = standards.manual(session, finding.manual).criteria[finding.criterion]
        reasons = [criterion.reasons(language)[i] for i in finding.reasons if i < len(criterion.reasons(language))]
        return ("；" if language == "zh" else "; ").join(reasons) or criterion.text(language)
    return {"zh": "待片区归类的问题", "en": "To be sorted by the zone"}.get(language, "待片区归类的问题")


def zone_label(area: Area | AreaKnown, language: str = "zh") -> str:
    """A zone as people say it: "6 南门"."""
    return f"{area.code} {area.name_en if language == 'en' and area.name_en else area.name}".strip()


def counted(states: dict[State, int]) -> tuple[int, int, int]:
    """(cleared, found, open) of a tally of states; what was dismissed, merged or voided is not found."""
    found = sum(count for state, count in states.items() if state not in NOT_COUNTED)
    cleared = states.get(State.CLEARED, 0)
    return cleared, found, found - cleared
