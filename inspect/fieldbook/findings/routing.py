"""Which unit a finding goes to: the place's, else the lead department of its kind."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldbook import places, standards
from fieldbook.accounts import Unit


def unit_for(session: Session, place_id: UUID | None, kind: str | None, manual: int | None) -> tuple[UUID | None, str | None]:
    """(unit, why): the place's own unit, else the unit named as the kind's lead department, else nobody."""
    if place_id is not None:
        place = places.place(session, place_id)
        if place.unit_id is not None:
            return place.unit_id, "place"
    if kind is not None:
        version = standards.manual(session, manual) if manual is not None else standards.current_manual(session)
        lead = version.kinds[kind].lead_zh if version is not None and kind in version.kinds else None
        if lead is not None:
            unit = session.scalar(select(Unit.id).where(Unit.name == lead).limit(1))
            if unit is not None:
                return unit, "lead"
    return None, None
