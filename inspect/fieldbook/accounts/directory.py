"""Reading people as the office lists them: with their posts, phones, links and sessions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from .model import Duty, EntryLink, LoginSession, Person, Phone, Post


@dataclass(frozen=True)
class PersonSeen:
    """One person with what hangs on them."""

    person: Person
    #: those held now
    posts: tuple[Post, ...]
    #: those not emptied, the one last heard of first
    phones: tuple[Phone, ...]

    @property
    def in_use(self) -> tuple[Phone, ...]:
        """The phones that are not taken out of use."""
        return tuple(phone for phone in self.phones if phone.revoked_at is None)

    @property
    def unsent(self) -> int:
        """How much waits on the phones."""
        return sum(phone.unsent for phone in self.phones)

    @property
    def unsent_photos(self) -> int:
        return sum(phone.unsent_photos for phone in self.phones)

    @property
    def unsent_since(self) -> datetime | None:
        """Since when the oldest of it waits."""
        return min((phone.unsent_since for phone in self.phones if phone.unsent_since is not None), default=None)

    @property
    def seen_at(self) -> datetime | None:
        """When a phone was last heard of."""
        return max((phone.seen_at for phone in self.phones), default=None)

    def administers(self) -> bool:
        """Whether a post makes them an administrator."""
        return any(post.duty == Duty.ADMINISTRATOR for post in self.posts)


def people(session: Session, ids: Iterable[UUID] | None = None) -> list[PersonSeen]:
    """Everybody, or those named, by name: a county has a few hundred. Posts, phones and persons are one statement each."""
    wanted = select(Person).order_by(Person.name, Person.login)
    posts_of, phones_of = select(Post).where(Post.ended_at.is_(None)), select(Phone).where(Phone.wiped_at.is_(None))
    if ids is not None:
        chosen = set(ids)
        wanted = wanted.where(Person.id.in_(chosen))
        posts_of, phones_of = posts_of.where(Post.person_id.in_(chosen)), phones_of.where(Phone.person_id.in_(chosen))
    posts: dict[UUID, list[Post]] = defaultdict(list)
    for post in session.scalars(posts_of.order_by(Post.duty, Post.begins_at, Post.id)):
        posts[post.person_id].append(post)
    phones: dict[UUID, list[Phone]] = defaultdict(list)
    for phone in session.scalars(phones_of.order_by(Phone.seen_at.desc(), Phone.id)):
        phones[phone.person_id].append(phone)
    return [PersonSeen(person, tuple(posts[person.id]), tuple(phones[person.id])) for person in session.scalars(wanted)]


def ended_posts(session: Session, person_id: UUID) -> list[Post]:
    """The posts a person held once, the last one first."""
    return list(session.scalars(select(Post).where(Post.person_id == person_id, Post.ended_at.is_not(None)).order_by(Post.ended_at.desc(), Post.id)))


def wiped_phones(session: Session, person_id: UUID) -> list[Phone]:
    """The phones that have emptied themselves."""
    return list(session.scalars(select(Phone).where(Phone.person_id == person_id, Phone.wiped_at.is_not(None)).order_by(Phone.wiped_at.desc())))


def sessions_of(session: Session, person_id: UUID, now: datetime) -> list[LoginSession]:
    """Where a person is logged in, the last used first."""
    held = select(LoginSession).where(LoginSession.person_id == person_id, LoginSession.ends_at > now)
    return list(session.scalars(held.order_by(LoginSession.seen_at.desc())))


def open_link_of(session: Session, person_id: UUID, now: datetime) -> datetime | None:
    """Until when a one-time link of a person still works; None when none does."""
    return session.scalar(select(EntryLink.ends_at).where(EntryLink.person_id == person_id, EntryLink.handover.is_(False), EntryLink.used_at.is_(None), EntryLink.ends_at > now))
