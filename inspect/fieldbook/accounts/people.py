"""Verbs of people and their posts."""

import unicodedata
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from fieldbook.kernel import Act, new_id

from .model import Duty, EntryLink, LoginSession, Person, Post
from .refusals import (
    BadLogin,
    LastAdministrator,
    LoginTaken,
    NoSuchPerson,
    NoSuchPost,
    PersonNameMissing,
    PostIncomplete,
)

LANGUAGES = ("zh", "en")


def make_person(act: Act, *, name: str, login: str, password_hash: str = "", language: str = "zh", contact: str = "", id: UUID | None = None) -> Person:
    """Enter a person who can log in.

    password_hash: from `hash_password`; empty until they choose one by a one-time link, since nobody gets a default password.
    Raises PersonNameMissing, BadLogin, LoginTaken.
    """
    name, login = _checked(act.session, name, login, None)
    person = Person(id=id or new_id(), name=name, login=login, password=password_hash, language=language, contact=contact.strip()[:40])
    act.session.add(person)
    act.record("person.made", person.id, said={"name": name, "login": login, "contact": person.contact})
    return person


def change_person(act: Act, person_id: UUID, *, name: str, login: str, language: str, contact: str) -> Person:
    """Change what a person is called, logs in by, reads and is reached by. What stays as it was leaves no entry.

    Raises NoSuchPerson, PersonNameMissing, BadLogin, LoginTaken.
    """
    person = locked_person(act, person_id)
    name, login = _checked(act.session, name, login, person_id)
    told = {"name": name, "login": login, "contact": contact.strip()[:40], "language": language if language in LANGUAGES else person.language}
    was = {key: getattr(person, key) for key, value in told.items() if getattr(person, key) != value}
    for key in was:
        setattr(person, key, told[key])
    if was:
        act.record("person.changed", person_id, reach=[person_id], said={key: told[key] for key in was} | {f"{key}_before": value for key, value in was.items()})
    return person


def disable_person(act: Act, person_id: UUID) -> Person:
    """Let a person in no more, from this moment on: sessions and one-time links end, phones stop at their next request.

    Posts and history stay. Raises NoSuchPerson, LastAdministrator.
    """
    person = locked_person(act, person_id)
    if person.disabled_at is not None:
        return person
    _keep_an_administrator(act.session, without=_administrators(act.session, of=person_id))
    person.disabled_at = act.at
    ended = act.session.execute(delete(LoginSession).where(LoginSession.person_id == person_id)).rowcount  # type: ignore[attr-defined]
    act.session.execute(update(EntryLink).where(EntryLink.person_id == person_id, EntryLink.ends_at > act.at).values(ends_at=act.at))
    act.record("person.disabled", person_id, reach=[person_id], sessions=int(ended))
    return person


def enable_person(act: Act, person_id: UUID) -> Person:
    """Let a disabled person in again, with the posts they have kept. Raises NoSuchPerson."""
    person = locked_person(act, person_id)
    if person.disabled_at is not None:
        person.disabled_at = None
        act.record("person.enabled", person_id, reach=[person_id])
    return person


def make_post(
    act: Act, person_id: UUID, duty: Duty, *, area_id: UUID | None = None, unit_id: UUID | None = None, until: datetime | None = None
) -> Post:
    """Give a person a duty in an area or for a unit; both empty means the whole county. A post held already is given back as it is.

    until: when it ends by itself. Raises PostIncomplete, NoSuchPerson.
    """
    if duty is Duty.RECTIFIER and unit_id is None:
        raise PostIncomplete
    locked_person(act, person_id)  # a second click waits here, and then finds what the first one made
    held = act.session.scalar(
        select(Post).where(Post.person_id == person_id, Post.duty == duty, _same(Post.area_id, area_id), _same(Post.unit_id, unit_id), Post.ended_at.is_(None)).limit(1)
    )
    if held is not None:
        return held
    post = Post(id=new_id(), person_id=person_id, duty=duty, area_id=area_id, unit_id=unit_id, begins_at=act.at, until=until)
    act.session.add(post)
    act.record("post.made", person_id, reach=[person_id], duty=duty, area=area_id, unit=unit_id, until=until)
    return post


def end_post(act: Act, post_id: UUID, *, person_id: UUID | None = None) -> Post:
    """End a post now. What its holder did stays under their name. Raises NoSuchPost, LastAdministrator.

    person_id: whose it must be.
    """
    post = act.session.get(Post, post_id, with_for_update=True, populate_existing=True)
    if post is None or post.ended_at is not None or person_id not in (None, post.person_id):
        raise NoSuchPost(post=post_id)
    if post.duty == Duty.ADMINISTRATOR:
        _keep_an_administrator(act.session, without={post_id})
    _end(act, post)
    return post


def hand_over_posts(act: Act, posts: Collection[UUID], *, of: UUID, to: UUID) -> list[Post]:
    """Give posts of one person to another, who begins where the first one ends; history stays under the old name.

    Returns the posts as the new holder has them. Raises NoSuchPerson, NoSuchPost, LastAdministrator.
    """
    taker = locked_person(act, to)
    if taker.disabled_at is not None or to == of:
        raise NoSuchPerson(person=to)
    held = {
        post.id: post
        for post in act.session.scalars(
            select(Post).where(Post.id.in_(set(posts)), Post.person_id == of, Post.ended_at.is_(None)).order_by(Post.id).with_for_update()
        )
    }
    if not held or held.keys() != set(posts):
        raise NoSuchPost(post=of)
    given = []
    for post in held.values():
        given.append(make_post(act, to, post.duty, area_id=post.area_id, unit_id=post.unit_id, until=post.until))
        act.session.flush()
        _end(act, post, to=to)
    return given


def end_posts_that_are_over(act: Act) -> int:
    """End the posts whose time is over; the county's last administrator stays. Returns how many ended."""
    ended = 0
    for post in act.session.scalars(select(Post).where(Post.ended_at.is_(None), Post.until <= act.at).order_by(Post.id).with_for_update()):
        if post.duty == Duty.ADMINISTRATOR and not _administrators(act.session) - {post.id}:
            continue
        _end(act, post)
        ended += 1
    return ended


def posts_are_over(session: Session, now: datetime) -> bool:
    """Whether a post's time is over that nobody has ended."""
    return session.scalar(select(Post.id).where(Post.ended_at.is_(None), Post.until <= now).limit(1)) is not None


def locked_person(act: Act, person_id: UUID) -> Person:
    """A person, locked, as they are now. Raises NoSuchPerson."""
    person = act.session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None:
        raise NoSuchPerson(person=person_id)
    return person


def _end(act: Act, post: Post, *, to: UUID | None = None) -> None:
    post.ended_at = act.at
    act.record("post.ended", post.person_id, reach=[post.person_id], duty=post.duty, area=post.area_id, unit=post.unit_id, to=to)


def _administrators(session: Session, *, of: UUID | None = None) -> set[UUID]:
    """The posts, locked, that administer the whole county and whose holders can log in."""
    posts = session.scalars(
        select(Post)
        .join(Person, Person.id == Post.person_id)
        .where(Post.duty == Duty.ADMINISTRATOR, Post.area_id.is_(None), Post.unit_id.is_(None), Post.ended_at.is_(None), Person.disabled_at.is_(None))
        .order_by(Post.id)
        .with_for_update(of=Post)
    ).all()
    return {post.id for post in posts if of in (None, post.person_id)}


def _keep_an_administrator(session: Session, *, without: set[UUID]) -> None:
    """Raise LastAdministrator when nobody could administer the county any more."""
    them = _administrators(session)
    if them & without and not them - without:
        raise LastAdministrator


def _checked(session: Session, name: str, login: str, own: UUID | None) -> tuple[str, str]:
    name, login = name.strip(), unicodedata.normalize("NFKC", login).strip()
    if not name or len(name) > 40:
        raise PersonNameMissing
    if not login or len(login) > 40 or any(letter.isspace() or not letter.isprintable() for letter in login):
        raise BadLogin
    with session.no_autoflush:
        other = session.scalar(select(Person.id).where(func.lower(Person.login) == login.lower()))
    if other is not None and other != own:
        raise LoginTaken(login=login)
    return name, login


def _same(column: Any, value: UUID | None) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value  # type: ignore[no-any-return]


