"""Whom a new version of the manual touches: what was judged by the one before, what is still open, how many phones get it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldbook.accounts import Phone
from fieldbook.findings import OPEN, Finding
from fieldbook.inspections import Visit
from fieldbook.places import Place, PlaceKind


@dataclass(frozen=True)
class Touched:
    """Counts over the whole county. open_by: open findings by the criterion they were judged by. places_by: open places by kind."""

    visits: int
    open: int
    phones: int
    open_by: Mapping[str, int]
    places_by: Mapping[str, int]


def touched(session: Session) -> Touched:
    """What stays with the versions it was made by, and how many phones a new one reaches."""
    counted = (
        select(Finding.criterion, func.count().label("n"))
        .where(Finding.state.in_(OPEN), Finding.criterion.is_not(None))
        .group_by(Finding.criterion)
    )
    by = {str(row.criterion): int(row.n) for row in session.execute(counted)}
    held = (
        select(PlaceKind.kind, func.count().label("n"))
        .join(Place, Place.id == PlaceKind.place_id)
        .where(Place.closed_at.is_(None))
        .group_by(PlaceKind.kind)
    )
    return Touched(
        visits=session.scalar(select(func.count()).select_from(Visit)) or 0,
        open=session.scalar(select(func.count()).select_from(Finding).where(Finding.state.in_(OPEN))) or 0,
        phones=session.scalar(select(func.count()).select_from(Phone).where(Phone.revoked_at.is_(None))) or 0,
        open_by=by,
        places_by={row.kind: int(row.n) for row in session.execute(held)},
    )
