"""Reading accounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from fieldbook.kernel import among, ask, kept

from .model import Duty, LoginSession, Person, Phone, Post, Unit
from .tokens import token_hash


@dataclass(frozen=True)
class PostHeld:
    """A post as its holder has it."""

    id: UUID
    duty: Duty
    area_id: UUID | None
    unit_id: UUID | None


@dataclass(frozen=True)
class Identity:
    """Who is at the other end of a request: the person, their posts, and the phone they logged in with."""

    id: UUID
    name: str
    login: str
    language: str
    device: UUID | None
    seen_at: datetime
    posts: tuple[PostHeld, ...]
    #: when the password was last typed in this login session
    confirmed_at: datetime | None = None

    #: Flask-Login asks for these
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return str(self.id)

    def has(self, *duties: Duty) -> bool:
        """Whether a post carries one of these duties."""
        return any(post.duty in duties for post in self.posts)

    @property
    def units(self) -> frozenset[UUID]:
        """The units this person belongs to."""
        return frozenset(post.unit_id for post in self.posts if post.unit_id)


#: everything a request asks about its cookie, a row a post, in one statement built once
_HOLDER = (
    select(
        Person.id,
        Person.name,
        Person.login,
        Person.language,
        Person.disabled_at,
        LoginSession.device_id,
        LoginSession.seen_at,
        LoginSession.ends_at,
        LoginSession.confirmed_at,
        Phone.revoked_at,
        Post.id.label("post_id"),
        Post.duty,
        Post.area_id,
        Post.unit_id,
    )
    .join(LoginSession, LoginSession.person_id == Person.id)
    .outerjoin(Phone, (Phone.id == LoginSession.device_id) & (Phone.person_id == Person.id))
    .outerjoin(Post, (Post.person_id == Person.id) & Post.ended_at.is_(None))
    .where(LoginSession.id == bindparam("held"))
    .order_by(Post.duty)
)


def identify(session: Session, token: str, now: datetime) -> Identity | None:
    """Who holds this cookie; None when it is unknown or ended, its person disabled or its phone revoked."""
    rows = ask(session, _HOLDER, {"held": token_hash(token)}).all()
    row = rows[0] if rows else None
    if row is None or row.ends_at <= now or row.disabled_at is not None or row.revoked_at is not None:
        return None
    posts = tuple(PostHeld(post.post_id, Duty(post.duty), post.area_id, post.unit_id) for post in rows if post.post_id)
    return Identity(row.id, row.name, row.login, row.language, row.device_id, row.seen_at, posts, row.confirmed_at)


@dataclass(frozen=True)
class Leaving:
    """Somebody at a phone that was taken out of use: it may hand in what it holds, unless it is stolen, and then empties itself."""

    who: Identity
    stolen: bool


def leaving(session: Session, token: str, now: datetime) -> Leaving | None:
    """Who holds the cookie of a phone that was taken out of use and has not said that it is empty. Without posts: they may do nothing else."""
    row = session.execute(
        select(Person.id, Person.name, Person.login, Person.language, LoginSession.device_id, LoginSession.seen_at, Phone.stolen_at)
        .join(LoginSession, LoginSession.person_id == Person.id)
        .join(Phone, (Phone.id == LoginSession.device_id) & (Phone.person_id == Person.id))
        .where(LoginSession.id == token_hash(token), LoginSession.ends_at > now, Phone.revoked_at.is_not(None), Phone.wiped_at.is_(None), Person.disabled_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return Leaving(Identity(row.id, row.name, row.login, row.language, row.device_id, row.seen_at, ()), row.stolen_at is not None)


def has_password(session: Session, person_id: UUID) -> bool:
    """Whether a person has chosen a password; who came in by a slip alone has none."""
    return bool(session.scalar(select(Person.password).where(Person.id == person_id)))


def posts_of(session: Session, person_id: UUID, *, since: datetime | None = None) -> tuple[PostHeld, ...]:
    """The posts a person holds, and with `since` also those that ended after it."""
    held = Post.ended_at.is_(None) if since is None else or_(Post.ended_at.is_(None), Post.ended_at > since)
    rows = session.execute(select(Post.id, Post.duty, Post.area_id, Post.unit_id).where(Post.person_id == person_id, held).order_by(Post.duty))
    return tuple(PostHeld(row.id, Duty(row.duty), row.area_id, row.unit_id) for row in rows)


_PHONE = select(Phone.id).where(Phone.id == bindparam("device"), Phone.person_id == bindparam("person"), Phone.revoked_at.is_(None))


def has_phone(session: Session, device: UUID, person_id: UUID) -> bool:
    """Whether this phone is enrolled for this person and not revoked."""
    return ask(session, _PHONE, {"device": device, "person": person_id}).first() is not None


_NAMES = select(Person.id, Person.name).where(among(Person.id, "ids"))


def person_names(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names by id."""
    wanted = set(ids)
    session.flush()  # a name that this act itself has changed
    return {row.id: row.name for row in ask(session, _NAMES, {"ids": wanted})} if wanted else {}


class UnitKnown(NamedTuple):
    """A unit as it is now, for whoever only reads it."""

    id: UUID
    name: str
    name_en: str
    short: str
    lead: str
    trade: str
    head: str
    contact: str
    phone: str
    closed_at: datetime | None
    version: int


def all_units(session: Session) -> dict[UUID, UnitKnown]:
    """Every unit by id, closed ones among them, in the order of their names; kept until a unit changes."""
    return kept(session, "accounts.units", _read_units)


def _read_units(session: Session) -> dict[UUID, UnitKnown]:
    columns = [getattr(Unit, name) for name in UnitKnown._fields]
    return {row.id: UnitKnown._make(row) for row in session.execute(select(*columns).order_by(Unit.name))}


def unit_names(session: Session, ids: Iterable[UUID]) -> dict[UUID, UnitKnown]:
    """Units by id."""
    known = all_units(session)
    return {one: known[one] for one in ids if one in known}


def units(session: Session, *, closed: bool = False) -> list[UnitKnown]:
    """The units that answer for something, or those that are closed, by name."""
    return [unit for unit in all_units(session).values() if (unit.closed_at is not None) == closed]


def people_of_unit(session: Session, unit_id: UUID) -> list[UUID]:
    """Who belongs to a unit."""
    return list(session.scalars(select(Post.person_id).where(Post.unit_id == unit_id, Post.ended_at.is_(None)).distinct()))
