"""Verbs of logging in, and the first administrator."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from fieldbook.kernel import NIL, Act, upsert

from . import rules
from .model import Duty, FirstDoor, LoginSession, LoginTry, Person, Phone, Post
from .passwords import NOBODY, hash_password, is_outdated, matches
from .people import make_person, make_post
from .phones import enroll_phone
from .refusals import FirstDoorClosed, PhoneRevoked, TooManyTries
from .tokens import token_hash

BROWSER = timedelta(hours=12)
ENROLLED = timedelta(days=30)


@dataclass(frozen=True)
class LoginTried:
    """A try that is counted; its password has not been looked at yet."""

    #: None when nobody who may log in has this name
    person_id: UUID | None
    #: the hash to look at
    password: str
    #: what is counted: the account and the network, or the known phone alone
    keys: tuple[str, ...]
    phone_revoked: bool


@dataclass(frozen=True)
class LoginChecked:
    """The outcome of looking at a password, before anything more is written."""

    person_id: UUID | None
    keys: tuple[str, ...]
    new_hash: str | None = None


def try_login(act: Act, login: str, *, network: str, device: UUID | None) -> LoginTried:
    """Count a try before its password is looked at: however many come at once, no more are looked at than may be.

    A phone that has logged in as this person before has a counter of its own: strangers who guess
    cannot lock its owner out. Raises TooManyTries.
    """
    session, name = act.session, login.replace("\0", "").strip().lower()  # PostgreSQL does not even ask for a NUL
    person = session.execute(select(Person.id, Person.password, Person.disabled_at).where(func.lower(Person.login) == name)).one_or_none()
    phone = session.get(Phone, (device, person.id)) if person is not None and device is not None else None
    keys = (token_hash(f"phone {device} {name}"),) if phone else (token_hash(f"account {name}"), token_hash(f"network {network}"))
    upsert(session, LoginTry, {"key": keys[0], "count": 0, "last_at": act.at}, key=["key"])  # a row to lock
    own = session.scalars(select(LoginTry).where(LoginTry.key == keys[0]).with_for_update().execution_options(populate_existing=True)).one()
    shared = session.get(LoginTry, keys[-1]) if not phone else None
    # a network is shared by many (carrier NAT), so it gets four times the tries
    for failures, last_at in ((own.count, own.last_at), (shared.count // 4, shared.last_at) if shared else (0, act.at)):
        left = rules.wait_seconds(failures) - (act.at - last_at).total_seconds()
        if left > 0:
            raise TooManyTries(wait_seconds=int(left) + 1)
    own.count, own.last_at = own.count + 1, act.at
    may = person is not None and person.disabled_at is None and person.password != ""  # nobody logs in by a password not yet chosen
    return LoginTried(person.id if person and may else None, (person.password if person else "") or NOBODY, keys, phone is not None and phone.revoked_at is not None)


def check_login(tried: LoginTried, password: str) -> LoginChecked:
    """Look at the password; slow (argon2), so it runs outside any write. Raises PhoneRevoked."""
    if not matches(tried.password, password) or tried.person_id is None:
        return LoginChecked(None, tried.keys)
    if tried.phone_revoked:
        raise PhoneRevoked
    return LoginChecked(tried.person_id, tried.keys, hash_password(password) if is_outdated(tried.password) else None)


def log_in(act: Act, checked: LoginChecked, *, device: UUID | None, device_name: str = "", address: str = "") -> str | None:
    """Note a failure (and return None), or begin a login session and return its new token."""
    if checked.person_id is None:
        _note_failure(act, checked, device=device, address=address)
        return None
    act.session.execute(delete(LoginTry).where(LoginTry.key.in_(checked.keys)))
    act.who = checked.person_id
    if checked.new_hash:
        act.session.execute(update(Person).where(Person.id == checked.person_id).values(password=checked.new_hash))
    if device is not None:
        enroll_phone(act, device, checked.person_id, name=device_name)
    return begin_session(act, checked.person_id, device=device, address=address, by_password=True)


def confirm_login(act: Act, checked: LoginChecked, token: str, *, device: UUID | None, address: str = "") -> bool:
    """Note that the password was typed again in a login session, or that it was a wrong one (False)."""
    if checked.person_id is None:
        _note_failure(act, checked, device=device, address=address)
        return False
    act.session.execute(delete(LoginTry).where(LoginTry.key.in_(checked.keys)))
    held = LoginSession.id == token_hash(token), LoginSession.person_id == checked.person_id
    act.session.execute(update(LoginSession).where(*held).values(confirmed_at=act.at))
    act.record("login.confirmed", checked.person_id, device=device, said={"address": address})
    return True


def _note_failure(act: Act, checked: LoginChecked, *, device: UUID | None, address: str) -> None:
    for key in checked.keys[1:]:  # the first was counted when it was tried
        row = {"key": key, "count": 1, "last_at": act.at}
        upsert(act.session, LoginTry, row, key=["key"], change={"count": LoginTry.count + 1, "last_at": act.at})
    act.record("login.failed", NIL, device=device, said={"address": address})


def begin_session(act: Act, person_id: UUID, *, device: UUID | None, address: str = "", by_password: bool = False) -> str:
    """Begin a login session of somebody who has shown who they are, and give its token.

    by_password: they typed it just now, so steps that ask for it again (`needs(..., fresh=True)`) are open for a while.
    """
    token = secrets.token_urlsafe(32)
    ends = act.at + (ENROLLED if device else BROWSER)
    confirmed = act.at if by_password else None
    act.session.add(LoginSession(id=token_hash(token), person_id=person_id, device_id=device, started_at=act.at, seen_at=act.at, ends_at=ends, confirmed_at=confirmed))
    act.record("login.begun", person_id, device=device, said={"address": address})
    return token


def touch(act: Act, token: str, *, device: UUID | None) -> None:
    """Move the end of an idle session on."""
    span = ENROLLED if device else BROWSER
    act.session.execute(update(LoginSession).where(LoginSession.id == token_hash(token)).values(seen_at=act.at, ends_at=act.at + span))


def leave(act: Act, token: str) -> None:
    """End a login session, whoever's it is; its cookie is worth nothing from now on. A token that is none changes nothing."""
    person = act.session.scalar(delete(LoginSession).where(LoginSession.id == token_hash(token)).returning(LoginSession.person_id))
    if person is not None:
        act.record("login.ended", person)


def open_first_door(act: Act) -> str | None:
    """A new one-time token for making the first administrator; None when there is one already."""
    if act.session.scalar(select(Post.id).where(Post.duty == Duty.ADMINISTRATOR, Post.ended_at.is_(None)).limit(1)):
        return None
    token = secrets.token_urlsafe(24)
    row = {"id": 1, "token": token_hash(token), "used_at": None}
    upsert(act.session, FirstDoor, row, key=["id"], change={"token": row["token"], "used_at": None})
    return token


def first_door_is_open(session: Session, token: str) -> bool:
    """Whether the one-time link still works."""
    return session.scalar(select(FirstDoor.id).where(FirstDoor.token == token_hash(token), FirstDoor.used_at.is_(None))) is not None


@dataclass(frozen=True)
class FirstAdministrator:
    """What the first administrator types."""

    name: str
    login: str
    password_hash: str


def make_first_administrator(act: Act, token: str, who: FirstAdministrator) -> Person:
    """Use the one-time link. Raises FirstDoorClosed, LoginTaken."""
    door = act.session.scalar(select(FirstDoor).where(FirstDoor.id == 1).with_for_update())
    if door is None or door.used_at is not None or not secrets.compare_digest(door.token, token_hash(token)):
        raise FirstDoorClosed
    person = make_person(act, name=who.name, login=who.login, password_hash=who.password_hash)
    act.session.flush()
    act.who = person.id
    for duty in (Duty.ADMINISTRATOR, Duty.HEADQUARTERS):
        make_post(act, person.id, duty)
    door.used_at = act.at
    return person


def end_sessions(act: Act, person_id: UUID, *, device: UUID | None = None) -> int:
    """End a person's login sessions, all or those of one phone. Returns how many."""
    which = or_(LoginSession.device_id == device, device is None)  # type: ignore[arg-type]
    ended = act.session.execute(delete(LoginSession).where(LoginSession.person_id == person_id, which)).rowcount  # type: ignore[attr-defined]
    act.record("login.all_ended", person_id, count=int(ended))
    return int(ended)
