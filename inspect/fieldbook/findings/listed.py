"""Findings as lists and ledgers have them: one plain row each, with the names beside it, by statements that are built once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, bindparam, func, literal, select
from sqlalchemy.orm import Session, aliased

from fieldbook import journal
from fieldbook.accounts import Person
from fieldbook.kernel import Instant, among, ask
from fieldbook.places import Place, Standing

from .model import Extension, Finding, Source, State
from .queries import PAGE, SORTS, Filters, day_ends, matching, scope_of, view_of

#: a list that holds as many holds "9999+"
MOST_COUNTED = 10_000
#: the steps whose words a ledger tells
_TOLD = ("finding.rectified", "finding.cleared", "finding.returned")


class Line(NamedTuple):
    """One finding for a row of a table; what is not in a table is left out."""

    id: UUID
    number: str
    zone_id: UUID
    unit_id: UUID | None
    kind: str | None
    criterion: str | None
    manual: int | None
    reasons: list[int]
    words: str
    source: Source
    found_at: datetime
    state: State
    assigned_at: datetime | None
    due_at: datetime | None
    rectified_at: datetime | None
    cleared_at: datetime | None
    deferred_until: datetime | None
    supervised_at: datetime | None
    disputed_at: datetime | None
    returned: int
    nth: int
    place_name: str | None
    reporter: str
    #: until when its unit asked to have it, while nobody has answered
    asked_until: datetime | None


_At, _By = aliased(Place), aliased(Person)  # under names that no list's own conditions use
_COLUMNS = [*(getattr(Finding, name) for name in Line._fields[:-3]), _At.name.label("place_name"), _By.name.label("reporter"), Extension.due_at.label("asked_until")]
_LINES = select(*_COLUMNS).outerjoin(_At, _At.id == Finding.place_id).join(_By, _By.id == Finding.reporter_id).outerjoin(Extension, Extension.id == Finding.asked_id)
_BY_ID = _LINES.where(among(Finding.id, "ids"))


def lines(session: Session, ids: Collection[UUID]) -> list[Line]:
    """The lines of these findings, in the order given, whoever asks."""
    found = {row.id: Line._make(row) for row in ask(session, _BY_ID, {"ids": ids})} if ids else {}
    return [found[one] for one in ids if one in found]


def page_of(session: Session, standing: Standing, filters: Filters, *, now: datetime, sort: str = "due", page: int = 1, most: int = PAGE) -> list[Line]:
    """One page of a list within a person's standing. An unknown sort is the tightest deadline first."""
    sort = sort if sort in SORTS else "due"
    many = {"most": most, "before": (max(page, 1) - 1) * most}
    if filters == Filters(view=filters.view):
        rows = ask(session, _page(filters.view, sort, standing.sees_everything), _given(session, standing, [filters.view], now) | many)
    else:
        wanted = _LINES.where(matching(session, standing, filters, now)).order_by(*SORTS[sort])
        rows = session.execute(wanted.limit(most).offset(many["before"])).all()  # type: ignore[assignment]
    return [Line._make(row) for row in rows]


def counts_of(session: Session, standing: Standing, lists: Sequence[Filters], *, now: datetime) -> list[int]:
    """How many findings each list holds, in one question or two; none is counted beyond MOST_COUNTED, so that no page grows with what was cleared."""
    views = tuple(one.view for one in lists if one == Filters(view=one.view))
    plain = list(ask(session, _counts(views, standing.sees_everything), _given(session, standing, views, now)).one()) if views else []
    others = [matching(session, standing, one, now) for one in lists if one != Filters(view=one.view)]
    narrowed = list(session.execute(_counting(others), {"bound": MOST_COUNTED}).one()) if others else []
    return [int((plain if one == Filters(view=one.view) else narrowed).pop(0)) for one in lists]


# ---- statements that depend on nothing but the view


_NOW, _ENDS = bindparam("now", type_=Instant()), bindparam("ends", type_=Instant())


def _given(session: Session, standing: Standing, views: Collection[str], now: datetime) -> dict[str, Any]:
    return standing.known_as | {"bound": MOST_COUNTED, "now": now, "ends": day_ends(session, now) if "today" in views else None}


@cache
def _page(view: str, sort: str, everything: bool) -> Select[Any]:
    wanted = _LINES.where(scope_of(everything), view_of(view, _NOW, _ENDS, None)).order_by(*SORTS[sort])
    return wanted.limit(bindparam("most")).offset(bindparam("before"))


@cache
def _counts(views: tuple[str, ...], everything: bool) -> Select[Any]:
    return _counting([scope_of(everything) & view_of(view, _NOW, _ENDS, None) for view in views])


def _counting(conditions: Sequence[Any]) -> Select[Any]:
    held = [select(literal(1)).select_from(Finding).where(one).limit(bindparam("bound")).subquery() for one in conditions]
    return select(*(select(func.count()).select_from(one).scalar_subquery().label(f"n{number}") for number, one in enumerate(held)))


# ---- what was said of it


class Told(NamedTuple):
    """Who took a step last, and in which words."""

    who: str
    words: str


_LAST = (
    select(journal.EntryRow.id, journal.EntryRow.subject, journal.EntryRow.verb, Person.name)
    .outerjoin(Person, Person.id == journal.EntryRow.actor)
    .where(among(journal.EntryRow.subject, "ids"), journal.EntryRow.verb.in_([literal(verb) for verb in _TOLD]))
    .order_by(journal.EntryRow.seq)
)


def last_steps(session: Session, ids: Collection[UUID]) -> dict[UUID, dict[str, Told]]:
    """By finding: its last `rectified`, `cleared` and `returned`, as far as there were any."""
    last: dict[tuple[UUID, str], tuple[UUID, str]] = {}
    for row in ask(session, _LAST, {"ids": ids}) if ids else ():
        last[row.subject, row.verb.partition(".")[2]] = row.id, row.name or ""
    words = journal.words(session, [entry for entry, _who in last.values()]) if last else {}
    told: dict[UUID, dict[str, Told]] = {}
    for (subject, verb), (entry, who) in last.items():
        told.setdefault(subject, {})[verb] = Told(who, words.get(entry, {}).get("words") or "")
    return told
