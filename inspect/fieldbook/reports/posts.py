"""What a post concerns, counted for whoever hands it over."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fieldbook.inspections import Round
from fieldbook.places import Place, Standing


def places_of(session: Session, *, zones: Collection[UUID] | None = None, unit: UUID | None = None, seen_by: Standing | None = None) -> int:
    """How many places in use lie in these zones (None: the county), or are answered for by a unit. seen_by: only those this person sees."""
    where: list[ColumnElement[bool]] = [Place.closed_at.is_(None)]
    if seen_by is not None:
        where.append(seen_by.within(Place.zone_id, Place.unit_id))
    if unit is not None:
        where.append(Place.unit_id == unit)
    elif zones is not None:
        where.append(Place.zone_id.in_(zones))
    return session.scalar(select(func.count()).select_from(Place).where(*where)) or 0


def rounds_of(session: Session, *, zones: Collection[UUID] | None = None, now: datetime) -> int:
    """How many rounds that have not ended lie in these zones (None: the county)."""
    where: list[ColumnElement[bool]] = [Round.ends_at > now]
    if zones is not None:
        where.append(Round.zone_id.in_(zones))
    return session.scalar(select(func.count()).select_from(Round).where(*where)) or 0
