"""Verbs of units, and what becomes of posts when the county's map changes."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldbook.kernel import NIL, Act, new_id

from .model import Post, Unit
from .refusals import NoSuchUnit, UnitChangedMeanwhile, UnitInUse, UnitNameMissing, UnitNameTaken

#: words about persons: they may have to be erased one day
_PERSONAL = ("head", "contact", "phone")


def open_unit(session: Session, unit_id: UUID) -> Unit:
    """A unit that answers for something. Raises NoSuchUnit, also for a closed one."""
    unit = session.get(Unit, unit_id)
    if unit is None or unit.closed_at is not None:
        raise NoSuchUnit(unit=unit_id)
    return unit


def make_unit(
    act: Act,
    *,
    name: str,
    name_en: str = "",
    short: str = "",
    lead: str = "",
    trade: str = "",
    head: str = "",
    contact: str = "",
    phone: str = "",
    id: UUID | None = None,
) -> Unit:
    """Enter a responsible unit. Raises UnitNameMissing, UnitNameTaken."""
    name = name.strip()
    _check_name(act.session, name, None)
    unit = Unit(id=id or new_id(), name=name, name_en=name_en, short=short, lead=lead, trade=trade, head=head, contact=contact, phone=phone)
    act.session.add(unit)
    act.record("unit.made", unit.id, reach=[NIL], said={"name": name, "head": head, "contact": contact, "phone": phone}, trade=trade)
    return unit


def change_unit(act: Act, unit_id: UUID, *, version: int | None = None, **changes: Any) -> Unit:
    """Change what a unit is called, what it answers for and how it is reached; what stays as it was leaves no entry.

    changes: name, name_en, short, lead, trade, head, contact, phone. Raises NoSuchUnit, UnitNameMissing, UnitNameTaken, UnitChangedMeanwhile.
    """
    unit = _locked(act, unit_id, version)
    told = {name: str(value).strip() for name, value in changes.items()}
    was = {name: getattr(unit, name) for name, value in told.items() if getattr(unit, name) != value}
    if "name" in was:
        _check_name(act.session, told["name"], unit_id)
    for name in was:
        setattr(unit, name, told[name])
    if was:
        unit.version += 1
        act.record(
            "unit.changed",
            unit_id,
            reach=[NIL],
            said={name: told[name] for name in was if name in _PERSONAL},
            was={name: value for name, value in was.items() if name not in _PERSONAL},
            now={name: told[name] for name in was if name not in _PERSONAL},
        )
    return unit


def close_unit(act: Act, unit_id: UUID, *, findings: int = 0, places: int = 0, version: int | None = None) -> Unit:
    """Say that a unit answers for nothing any more. Refused while it holds anything: that is handed over first.

    findings, places: what it still holds of what this room does not know. Raises NoSuchUnit, UnitInUse, UnitChangedMeanwhile.
    """
    unit = _locked(act, unit_id, version)
    posts = act.session.scalar(select(func.count()).select_from(Post).where(Post.unit_id == unit_id, Post.ended_at.is_(None))) or 0
    if findings or posts or places:
        raise UnitInUse(name=unit.name, findings=findings, posts=posts, places=places)
    unit.closed_at = act.at
    unit.version += 1
    act.record("unit.closed", unit_id, reach=[NIL])
    return unit


def reopen_unit(act: Act, unit_id: UUID) -> Unit:
    """Say that a closed unit answers again. Raises NoSuchUnit, UnitNameTaken."""
    unit = act.session.get(Unit, unit_id, with_for_update=True, populate_existing=True)
    if unit is None or unit.closed_at is None:
        raise NoSuchUnit(unit=unit_id)
    _check_name(act.session, unit.name, unit_id)
    unit.closed_at = None
    unit.version += 1
    act.record("unit.reopened", unit_id, reach=[NIL])
    return unit


def move_posts(act: Act, area_id: UUID, into_id: UUID) -> int:
    """Let the posts held in an area be posts of another one; who holds the same duty there already keeps one. Returns how many went.

    Posts that ended stay where they were held.
    """
    session = act.session
    held = {
        (post.person_id, post.duty, post.unit_id) for post in session.scalars(select(Post).where(Post.area_id == into_id, Post.ended_at.is_(None)))
    }
    moved = list(session.scalars(select(Post).where(Post.area_id == area_id, Post.ended_at.is_(None)).order_by(Post.id).with_for_update()))
    for post in moved:
        twice = (post.person_id, post.duty, post.unit_id) in held
        if twice:
            post.ended_at = act.at
        else:
            post.area_id = into_id
            held.add((post.person_id, post.duty, post.unit_id))
        act.record("post.moved", post.person_id, reach=[post.person_id], duty=post.duty, was=area_id, now=into_id, twice=twice)
    return len(moved)


def _locked(act: Act, unit_id: UUID, version: int | None) -> Unit:
    unit = act.session.get(Unit, unit_id, with_for_update=True, populate_existing=True)
    if unit is None or unit.closed_at is not None:
        raise NoSuchUnit(unit=unit_id)
    if version is not None and version != unit.version:
        raise UnitChangedMeanwhile
    return unit


def _check_name(session: Session, name: str, own: UUID | None) -> None:
    if not name:
        raise UnitNameMissing
    with session.no_autoflush:
        other = session.scalar(select(Unit.id).where(Unit.name == name, Unit.closed_at.is_(None)).limit(1))
    if other is not None and other != own:
        raise UnitNameTaken(name=name)
