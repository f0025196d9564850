"""Verbs of one-time links and phones: how a person gets in without a password, and how a phone is taken out of use."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from fieldbook.kernel import Act, Instant, ask, upsert

from .model import EntryLink, LoginSession, Person, Phone
from .people import locked_person
from .refusals import LinkClosed, NoSuchPerson, NoSuchPhone, PhoneRevoked
from .tokens import as_typed, new_entry_token, token_hash

#: how long a one-time link works
LINK_FOR = timedelta(hours=24)
#: how long a hand-over from one browser of a phone to another works: two taps away, not a day
HANDOVER_FOR = timedelta(minutes=5)

_AT: BindParameter[datetime] = bindparam("at", type_=Instant)
_HOLDS = (
    update(Phone)
    .where(Phone.id == bindparam("device"), Phone.person_id == bindparam("person"))
    .values(seen_at=_AT, unsent=bindparam("commands"), unsent_photos=bindparam("photos"))
)
_NOTE_UNSENT = _HOLDS.values(unsent_since=func.coalesce(bindparam("since", type_=Instant), Phone.unsent_since, _AT))
_NOTE_NOTHING_UNSENT = _HOLDS.values(unsent_since=None)


def make_link(act: Act, person_id: UUID) -> str:
    """A one-time link's token for a person, good for 24 hours; an earlier one of theirs is worth nothing from now on.

    By it a phone is enrolled, or a password is chosen. Shown once: only its hash is kept. Raises NoSuchPerson, also for a disabled one.
    """
    return _new_link(act, person_id, LINK_FOR, handover=False)


def make_handover(act: Act, person_id: UUID) -> str:
    """A token by which another browser of the same phone is let in as the person who is in here, once, within five minutes.

    The slip that an office printed stays good; an earlier hand-over does not. Raises NoSuchPerson, also for a disabled one.
    """
    return _new_link(act, person_id, HANDOVER_FOR, handover=True)


def _new_link(act: Act, person_id: UUID, lasts: timedelta, *, handover: bool) -> str:
    person = locked_person(act, person_id)
    if person.disabled_at is not None:
        raise NoSuchPerson(person=person_id)
    earlier = (EntryLink.person_id == person_id, EntryLink.handover == handover, EntryLink.used_at.is_(None), EntryLink.ends_at > act.at)
    act.session.execute(update(EntryLink).where(*earlier).values(ends_at=act.at))
    token = new_entry_token()
    act.session.add(EntryLink(token=token_hash(token), person_id=person_id, made_at=act.at, ends_at=act.at + lasts, handover=handover))
    act.record("link.handed_over" if handover else "link.made", person_id, reach=[person_id], ends_at=act.at + lasts)
    return token


def link_holder(session: Session, token: str, now: datetime) -> Person | None:
    """Whose one-time link this is, while it still works and may choose a password."""
    return session.scalar(
        select(Person)
        .join(EntryLink, EntryLink.person_id == Person.id)
        .where(
            EntryLink.token == token_hash(as_typed(token)),
            EntryLink.handover.is_(False),
            EntryLink.used_at.is_(None),
            EntryLink.ends_at > now,
            Person.disabled_at.is_(None),
        )
    )


def enrol_by_link(act: Act, token: str, device: UUID, *, name: str = "", password_hash: str = "") -> UUID:
    """Use a one-time link to enrol a phone. Returns whose it is from now on; the caller begins the session.

    password_hash: of the password chosen at this first entry, if one was. Raises LinkClosed, PhoneRevoked (a stolen phone).
    """
    person = _use(act, token, sets_password=bool(password_hash))
    phone = act.session.get(Phone, (device, person.id), with_for_update=True, populate_existing=True)
    stolen = act.session.scalar(select(Phone.id).where(Phone.id == device, Phone.stolen_at.is_not(None)).limit(1))
    if stolen is not None:
        raise PhoneRevoked
    act.who = person.id
    if phone is not None and (phone.revoked_at is not None or phone.wiped_at is not None):
        phone.revoked_at = phone.wiped_at = None
        act.record("phone.restored", person.id, reach=[person.id], phone=device)
    if password_hash:
        person.password = password_hash
        act.record("password.set", person.id)
    enroll_phone(act, device, person.id, name=name)
    return person.id


def set_password_by_link(act: Act, token: str, password_hash: str) -> Person:
    """Use a one-time link to choose a password; sessions at desks end, phones stay enrolled. Raises LinkClosed."""
    person = _use(act, token, sets_password=True)
    act.who = person.id
    person.password = password_hash
    act.session.execute(delete(LoginSession).where(LoginSession.person_id == person.id, LoginSession.device_id.is_(None)))
    act.record("password.set", person.id)
    return person


def enroll_phone(act: Act, device: UUID, person_id: UUID, *, name: str = "") -> None:
    """Note that a person uses a phone; again is harmless."""
    row = {
        "id": device,
        "person_id": person_id,
        "name": name.replace("\0", "")[:80],
        "enrolled_at": act.at,
        "seen_at": act.at,
        "unsent": 0,
        "unsent_photos": 0,
        "unsent_since": None,
        "revoked_at": None,
        "stolen_at": None,
        "wiped_at": None,
    }
    if upsert(act.session, Phone, row, key=["id", "person_id"]):
        act.record("phone.enrolled", person_id, reach=[person_id], phone=device)
    else:
        act.session.execute(update(Phone).where(Phone.id == device, Phone.person_id == person_id).values(seen_at=act.at))


def note_unsent(act: Act, device: UUID, unsent: int, *, photos: int | None = None, since: datetime | None = None) -> None:
    """Note what a phone says it still holds, how many photos of it, and since when it has held anything. Not a change worth an entry.

    photos: None from phones that do not say. since: when the oldest of it was kept; without it, when it was first heard of.
    """
    told = {"device": device, "person": act.who, "at": act.at, "commands": unsent, "photos": photos or 0, "since": min(since, act.at) if since else None}
    ask(act.session, _NOTE_UNSENT if unsent else _NOTE_NOTHING_UNSENT, told)


def revoke_phone(act: Act, device: UUID, person_id: UUID) -> Phone:
    """Take a phone out of use for one person: it is told at its next request, what it still sends is set aside, then it is emptied.

    Raises NoSuchPhone.
    """
    phone = _locked(act, device, person_id)
    if phone.revoked_at is None:
        phone.revoked_at = act.at
        act.record("phone.revoked", person_id, reach=[person_id], phone=device, unsent=phone.unsent, photos=phone.unsent_photos)
    return phone


def mark_stolen(act: Act, device: UUID, person_id: UUID) -> Phone:
    """Say that a phone is in strange hands: it is emptied at its next request, for everybody who used it, and nothing more is taken from it.

    Raises NoSuchPhone.
    """
    told = _locked(act, device, person_id)
    for phone in act.session.scalars(select(Phone).where(Phone.id == device).order_by(Phone.person_id).with_for_update()):
        if phone.stolen_at is None:
            phone.stolen_at = act.at
            phone.revoked_at = phone.revoked_at or act.at
            act.record("phone.stolen", phone.person_id, reach=[phone.person_id], phone=device, unsent=phone.unsent, photos=phone.unsent_photos)
    return told


def restore_phone(act: Act, device: UUID, person_id: UUID) -> Phone:
    """Take a revoked phone into use again, while it has not been emptied: it was found, or the wrong one was named. Raises NoSuchPhone."""
    phone = _locked(act, device, person_id)
    if phone.wiped_at is not None or phone.revoked_at is None:
        raise NoSuchPhone(phone=device)
    phone.revoked_at = phone.stolen_at = None
    act.record("phone.restored", person_id, reach=[person_id], phone=device)
    return phone


def note_wiped(act: Act, device: UUID, *, last_n: int, lost: int) -> None:
    """Note that a revoked phone has emptied itself, and end the session it did so with.

    last_n: the last count it had given. lost: how many commands never reached us. Raises NoSuchPhone.
    """
    if act.who is None:
        raise NoSuchPhone(phone=device)
    phone = _locked(act, device, act.who)
    phone.wiped_at, phone.unsent, phone.unsent_photos, phone.unsent_since = act.at, 0, 0, None
    act.session.execute(delete(LoginSession).where(LoginSession.device_id == device, LoginSession.person_id == act.who))
    act.record("phone.wiped", act.who, reach=[act.who], phone=device, last_n=last_n, lost=lost)


def note_lost(act: Act, device: UUID, *, first_n: int, last_n: int) -> None:
    """Note that work of these numbers is nowhere any more: the phone's storage was cleared, which was nobody's doing.

    What the phone owed when it was last heard of stays beside it in the list. Raises NoSuchPhone, also for somebody else's.
    """
    if act.who is None:
        raise NoSuchPhone(phone=device)
    _locked(act, device, act.who)
    act.record("phone.lost_work", act.who, reach=[act.who], phone=device, first_n=first_n, last_n=last_n)


def note_deleted(act: Act, device: UUID, *, commands: int, photos: int, drafts: int) -> None:
    """Note that a person has deleted what their phone had not sent: it owes nothing any more. Raises NoSuchPhone."""
    if act.who is None:
        raise NoSuchPhone(phone=device)
    phone = _locked(act, device, act.who)
    phone.unsent, phone.unsent_photos, phone.unsent_since = 0, 0, None
    act.record("phone.deleted_work", act.who, reach=[act.who], phone=device, commands=commands, photos=photos, drafts=drafts)


def _use(act: Act, token: str, *, sets_password: bool) -> Person:
    link = act.session.scalar(select(EntryLink).where(EntryLink.token == token_hash(as_typed(token))).with_for_update().execution_options(populate_existing=True))
    if link is None or link.used_at is not None or link.ends_at <= act.at or (link.handover and sets_password):
        raise LinkClosed
    person = act.session.get_one(Person, link.person_id, with_for_update=True, populate_existing=True)
    if person.disabled_at is not None:
        raise LinkClosed
    link.used_at = act.at
    return person


def _locked(act: Act, device: UUID, person_id: UUID) -> Phone:
    phone = act.session.get(Phone, (device, person_id), with_for_update=True, populate_existing=True)
    if phone is None:
        raise NoSuchPhone(phone=device)
    return phone
