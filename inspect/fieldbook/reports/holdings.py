"""What a county holds: how many areas, units, places, people, phones and standards. For the first hour and for settings."""

from dataclasses import dataclass

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from fieldbook import standards
from fieldbook.accounts import Duty, Person, Phone, Post, Unit
from fieldbook.places import Area, Level, Place


@dataclass(frozen=True)
class Holdings:
    """Counts; manual_version is 0 while no manual was published."""

    districts: int
    zones: int
    units: int
    places: int
    people: int
    administrators: int
    phones: int
    manual_version: int
    kinds: int
    criteria: int


def holdings(session: Session) -> Holdings:
    """Count what the county holds now; disabled people are not counted."""
    levels: dict[Level, int] = dict(session.execute(select(Area.level, func.count()).group_by(Area.level)).all())
    manual = standards.current_manual(session)
    return Holdings(
        districts=levels.get(Level.DISTRICT, 0),
        zones=levels.get(Level.ZONE, 0),
        units=_count(session, select(func.count()).select_from(Unit)),
        places=_count(session, select(func.count()).select_from(Place)),
        people=_count(session, select(func.count()).select_from(Person).where(Person.disabled_at.is_(None))),
        administrators=_count(
            session,
            select(func.count(distinct(Person.id))).select_from(Person).join(Post, Post.person_id == Person.id).where(Post.duty == Duty.ADMINISTRATOR, Post.ended_at.is_(None), Person.disabled_at.is_(None)),
        ),
        phones=_count(session, select(func.count(distinct(Phone.id))).where(Phone.revoked_at.is_(None))),
        manual_version=manual.version if manual else 0,
        kinds=len(manual.kinds) if manual else 0,
        criteria=len(manual.criteria) if manual else 0,
    )


def _count(session: Session, query: object) -> int:
    return int(session.scalar(query) or 0)  # type: ignore[call-overload]
