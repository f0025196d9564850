"""What waits for a dispatcher's word, in heaps. A finding lies in one heap only."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, true
from sqlalchemy.orm import Session

from fieldbook.kernel import Instant, ask
from fieldbook.places import Standing

from .authority import DISPATCHES
from .model import Finding, State
from .queries import IS_RUNNING, about, in_scope
from .rules import RUNNING

#: the heaps in the order of the list
HEAPS = ("to_assign", "to_screen", "disputed", "extension", "deferred", "twice")
#: deferred findings whose date is this near come up
COMING_UP = timedelta(days=7)
#: that many are shown of one heap
MOST_IN_A_HEAP = 200

#: heap -> order
_ORDER: dict[str, tuple[Any, ...]] = {
    "to_assign": (Finding.received_at, Finding.number),
    "to_screen": (Finding.received_at, Finding.number),
    "disputed": (Finding.disputed_at, Finding.number),
    "extension": (Finding.due_at, Finding.number),
    "deferred": (Finding.deferred_until, Finding.number),
    "twice": (Finding.due_at, Finding.number),
}


def heap(session: Session, standing: Standing, name: str, *, now: datetime, text: str = "", limit: int = MOST_IN_A_HEAP) -> list[Finding]:
    """The findings of one heap that this person decides on, the most urgent first."""
    where = and_(_reach(standing), _lies(name, now), _about(text))
    return list(session.scalars(select(Finding).where(where).order_by(*_ORDER[name]).limit(limit)))


def heap_counts(session: Session, standing: Standing, *, now: datetime, text: str = "", names: Sequence[str] = HEAPS) -> dict[str, int]:
    """How many findings lie in each heap."""
    if not text and standing.sees_everything and standing.may_everywhere(*DISPATCHES):
        return dict(ask(session, _counting(tuple(names)), {"soon": now + COMING_UP}).one()._asdict())
    counted = [
        select(func.count()).select_from(Finding).where(_reach(standing), _lies(name, now), _about(text)).scalar_subquery().label(name) for name in names
    ]
    return dict(session.execute(select(*counted)).one()._mapping)


@cache
def _counting(names: tuple[str, ...]) -> Select[Any]:
    """The same for who dispatches the whole county: the rail of every page asks it."""
    return select(*(select(func.count()).select_from(Finding).where(_lies(name, None)).scalar_subquery().label(name) for name in names))


def heap_of(finding: Finding, now: datetime) -> str | None:
    """The heap a finding lies in; the same as `_lies`."""
    if finding.state == State.TO_ASSIGN:
        return "disputed" if finding.disputed_at is not None else "to_assign"
    if finding.state == State.TO_SCREEN:
        return "to_screen"
    if finding.state in RUNNING and finding.asked_id is not None:
        return "extension"
    if finding.state == State.DEFERRED:
        return "deferred" if finding.deferred_until is not None and finding.deferred_until <= now + COMING_UP else None
    return "twice" if finding.state == State.RETURNED and finding.returned >= 2 else None


def _lies(name: str, now: datetime | None) -> ColumnElement[bool]:
    """now: None stands for a moment that the statement is given as `soon`."""
    asks = and_(IS_RUNNING, Finding.asked_id.is_not(None))
    soon = bindparam("soon", None if now is None else now + COMING_UP, type_=Instant(), required=now is None)
    return {
        "to_assign": lambda: and_(Finding.state == State.TO_ASSIGN, Finding.disputed_at.is_(None)),
        "to_screen": lambda: Finding.state == State.TO_SCREEN,
        "disputed": lambda: and_(Finding.state == State.TO_ASSIGN, Finding.disputed_at.is_not(None)),
        "extension": lambda: asks,
        "deferred": lambda: and_(Finding.state == State.DEFERRED, Finding.deferred_until <= soon),
        "twice": lambda: and_(Finding.state == State.RETURNED, Finding.returned >= 2, Finding.asked_id.is_(None)),
    }[name]()


def _reach(standing: Standing) -> ColumnElement[bool]:
    """Where the person dispatches, and sees."""
    reach = [standing.duties[duty] for duty in DISPATCHES if duty in standing.duties]
    if any(where.everywhere for where in reach):
        return in_scope(standing)
    zones: frozenset[Any] = frozenset().union(*(where.zones for where in reach)) if reach else frozenset()
    return and_(in_scope(standing), Finding.zone_id.in_(zones))


def _about(text: str) -> ColumnElement[bool]:
    return about(text) if text else true()
