"""The inbox: every command that arrives is applied once and answered for good."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from fieldbook import accounts, evidence, findings, journal, places
from fieldbook.accounts import Identity
from fieldbook.kernel import NIL, OLDEST_CLAIM, Act, Busy, Refusal, ask, decode, from_ms, upsert

from . import office
from .book import BOOK
from .envelope import BadCommand, Envelope, IdReused, NotYourPhone, id_of, photos_in, read_command
from .model import CommandRow

log = logging.getLogger(__name__)

Answer = dict[str, Any]

#: a command whose predecessor never came is applied anyway after this long, with a mark
FORCED_AFTER = timedelta(days=5)

_LAST_N = select(func.max(CommandRow.n)).where(CommandRow.device_id == bindparam("device"), CommandRow.person_id == bindparam("person"))
_WAITING = select(CommandRow.id).where(CommandRow.waits_for == bindparam("settled")).order_by(CommandRow.n)

OK: Answer = {"answer": "ok"}
#: the verb is newer than this server: the phone keeps the command and asks again
UNKNOWN_VERB: Answer = {"answer": "retry", "code": "sync.unknown_verb"}
#: our own fault: the phone keeps the command and asks again
FAULT: Answer = {"answer": "retry", "code": "sync.fault"}


@dataclass(frozen=True)
class Unsent:
    """What a phone says it still holds: how many things, how many photos of them, and since when."""

    commands: int
    photos: int | None = None
    since: datetime | None = None


class _Rehearsed(Exception):
    """A command was tried and taken back; `args[0]` is whose view it would have touched."""


def push(
    session: Session, who: Identity, device: UUID, commands: Sequence[bytes], *, queued: Unsent, now: datetime, set_aside: bool = False
) -> list[Answer]:
    """Apply each command once, each in its own transaction, and answer each: one bad command never stops the rest.

    commands: raw JSON. queued: what the phone still holds after these.
    set_aside: the phone was taken out of use: nothing is done, everything is kept for the office. Raises NotYourPhone.
    """
    if not set_aside and not accounts.has_phone(session, device, who.id):
        raise NotYourPhone
    if not commands and not set_aside:
        # Photos have gone since the last command: what is left is worth knowing, though nothing else is said.
        with journal.begin(session, who=who.id, device=device, at=now) as act:
            accounts.note_unsent(act, device, queued.commands, photos=queued.photos, since=queued.since)
    last = len(commands) - 1
    return [_take(session, who, device, bytes(raw), now, queued if i == last else None, set_aside) for i, raw in enumerate(commands)]


def bring(session: Session, person: UUID, device: UUID, commands: Sequence[bytes], *, now: datetime, set_aside: bool) -> list[Answer]:
    """Apply commands that somebody brought in a file, as if their phone had pushed them; the phone itself has said nothing.

    In the order of their numbers. set_aside: the phone or the account is out of use: everything is kept for the office.
    """
    who = _as_now(session, person, device, now)
    return [_take(session, who, device, raw, now, None, set_aside) for raw in sorted(commands, key=_number)]


def bring_photo(session: Session, store: evidence.Store, person: UUID, device: UUID, sha256: str, body: IO[bytes], *, size: int, now: datetime) -> bool:
    """Take in a photo's bytes from such a file; True when it was not here. Raises NotNamed, and what `evidence.keep` refuses."""
    named, _ = evidence.expected(session, sha256, device, person)
    if not named:
        raise evidence.NotNamed
    kept = evidence.keep(store, body, size=size, sha256=sha256)
    with journal.begin(session, who=person, device=device, at=now) as act:
        return evidence.receive(act, kept, reach=findings.photo_keys(session, sha256))


def _number(raw: bytes) -> int:
    try:
        return read_command(raw)[0].n
    except BadCommand:
        return 0


def last_n(session: Session, device: UUID, person: UUID) -> int:
    """The highest count this phone has used for this person."""
    return ask(session, _LAST_N, {"device": device, "person": person}).scalar() or 0


def _take(session: Session, who: Identity, device: UUID, raw: bytes, now: datetime, queued: Unsent | None, set_aside: bool) -> Answer:
    try:
        envelope, sha256 = read_command(raw)
    except BadCommand as refusal:
        known = id_of(raw)
        return {"id": str(known) if known else None, **refused(refusal)}
    try:
        if set_aside:
            answer = _hold(session, who, device, envelope, sha256, raw, now, office.PHONE_REVOKED, _reach_as_then(session, who, device, envelope, now), queued)
        else:
            answer = _apply(session, who, device, envelope, sha256, raw, now, queued)
    except BadCommand as refusal:
        answer = refused(refusal)
    except Busy as busy:
        answer = {"answer": "retry", "code": busy.code}
    except Exception:
        log.exception("command %s %s could not be applied", envelope.verb, envelope.id)
        session.rollback()
        answer = FAULT
    return {"id": str(envelope.id), **answer}


def _apply(session: Session, who: Identity, device: UUID, envelope: Envelope, sha256: str, raw: bytes, now: datetime, queued: Unsent | None) -> Answer:
    if envelope.verb not in BOOK:
        return UNKNOWN_VERB
    waits = envelope.after if envelope.after is not None and not _is_settled(session, envelope.after) else None
    if envelope.after is not None and waits is None:
        _catch_up(session, envelope.id, now)
    try:
        with journal.begin(session, who=who.id, **_frame(device, envelope, now)) as act:
            row = _row(who.id, device, envelope, sha256, now, OK)
            if waits is not None:
                row |= {"waits_for": waits, "answer": {"answer": "held", "code": "sync.waits"}, "text": raw.decode()}
            if not upsert(session, CommandRow, row, key=["id"]):
                return _again(session, who, envelope, sha256)
            if queued is not None:
                accounts.note_unsent(act, device, queued.commands, photos=queued.photos, since=queued.since)
            if waits is not None:
                evidence.set_aside(act, photos_in(envelope.body), envelope.id)
                act.record("command.held", envelope.id, reach=[who.id], asked=envelope.verb, waits_for=waits)
            else:
                run(act, who, envelope)
        answer: Answer = row["answer"]
    except Refusal as refusal:
        if isinstance(refusal, Busy | IdReused):
            raise
        if office.may_be_held(refusal, envelope.verb) and (keys := _reach_as_then(session, who, device, envelope, now)) is not None:
            return _hold(session, who, device, envelope, sha256, raw, now, office.OUT_OF_SCOPE, keys, queued)
        answer = refused(refusal)
        with journal.begin(session, who=who.id, **_frame(device, envelope, now)) as act:
            row = _row(who.id, device, envelope, sha256, now, answer) | {"text": raw.decode()}
            if not upsert(session, CommandRow, row, key=["id"]):
                return _again(session, who, envelope, sha256)
            evidence.set_aside(act, photos_in(envelope.body), envelope.id)
            act.record("command.refused", envelope.id, reach=[who.id], asked=envelope.verb, code=refusal.code, about=envelope.subject)
    if waits is None:
        release(session, envelope.id, now)
    elif _is_settled(session, waits):
        release(session, waits, now)
        return _with_receipt(session, _stored(session, envelope.id), envelope.id)
    return _receipted(answer, act)


def _hold(
    session: Session,
    who: Identity,
    device: UUID,
    envelope: Envelope,
    sha256: str,
    raw: bytes,
    now: datetime,
    why: str,
    keys: frozenset[UUID] | None,
    queued: Unsent | None,
) -> Answer:
    """Keep a command for the office, with its photos, an entry and a receipt."""
    if envelope.verb not in BOOK:
        return UNKNOWN_VERB
    answer = _held(why)
    with journal.begin(session, who=who.id, **_frame(device, envelope, now)) as act:
        row = _row(who.id, device, envelope, sha256, now, answer) | {"waits_for": NIL, "text": raw.decode()}
        if not upsert(session, CommandRow, row, key=["id"]):
            return _again(session, who, envelope, sha256)
        if queued is not None:
            accounts.note_unsent(act, device, queued.commands, photos=queued.photos, since=queued.since)
        office.hold(act, envelope, why, keys or ())
    return _receipted(answer, act)


def _reach_as_then(session: Session, who: Identity, device: UUID, envelope: Envelope, now: datetime) -> frozenset[UUID] | None:
    """Whose view a command would touch if its person still held the posts of the last months; None when they never could have said it.

    It is tried and taken back. Whoever never stood there learns nothing: what is foreign goes on looking like what does not exist.
    """
    then = as_then(session, who.id, device, now)
    if envelope.verb not in BOOK or {post.id for post in then.posts} <= {post.id for post in who.posts}:
        return None
    try:
        with journal.begin(session, who=who.id, **_frame(device, envelope, now)) as act:
            run(act, then, envelope)
            session.flush()
            raise _Rehearsed(frozenset(key for entry in act.entries for key in entry.reach))
    except _Rehearsed as tried:
        touched: frozenset[UUID] = tried.args[0]
        return touched
    except Refusal as refusal:
        if isinstance(refusal, Busy):
            raise
        return None


def run(act: Act, who: Identity, envelope: Envelope) -> None:
    """Do what a command says, with the posts that `who` names. Raises BadCommand, and whatever its verb refuses."""
    page = BOOK[envelope.verb]
    try:
        body = decode(envelope.body, page.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as reason:
        raise BadCommand from reason
    standing = places.standing_of(act.session, who.id, who.posts)
    page.run(act, standing, envelope.subject, body)


def _again(session: Session, who: Identity, envelope: Envelope, sha256: str) -> Answer:
    """The answer to a command that came before: what it is now, and word for word what it was first."""
    row = session.get(CommandRow, envelope.id)
    if row is None or row.sha256 != sha256 or row.person_id != who.id:
        return refused(IdReused())
    answer = _with_receipt(session, row.answer, row.id)
    first = row.first_answer or answer
    if answer["answer"] == "ok":
        answer = answer | {"answer": "duplicate"}
    return answer | {"first_answer": first}


def release(session: Session, settled: UUID, now: datetime) -> None:
    """Apply what was held for `settled`, and what was held for that, in turn."""
    waiting = [settled]
    while waiting:
        predecessor = waiting.pop(0)
        for held in ask(session, _WAITING, {"settled": predecessor}).scalars().all():
            if _try_held(session, held, now):
                waiting.append(held)


def release_stale(session: Session, *, now: datetime) -> int:
    """Apply the commands whose predecessor did not come within five days. Returns how many."""
    stale = session.scalars(
        select(CommandRow.id)
        .where(CommandRow.waits_for > NIL, CommandRow.received_at < now - FORCED_AFTER)  # no id is less: an index finds them
        # what waits for something that the office has not decided about waits with it
        .where(CommandRow.waits_for.not_in(select(CommandRow.id).where(CommandRow.waits_for == NIL).scalar_subquery()))
        .order_by(CommandRow.n)
    ).all()
    done = [held for held in stale if _try_held(session, held, now, forced=True)]
    for held in done:
        release(session, held, now)
    return len(done)


def _try_held(session: Session, command_id: UUID, now: datetime, *, forced: bool = False) -> bool:
    """Apply a held command; one that fails by our own fault stays held and stops nobody else."""
    try:
        _apply_held(session, command_id, now, forced=forced)
    except Exception:
        log.exception("held command %s could not be applied", command_id)
        session.rollback()
        return False
    return True


def _catch_up(session: Session, command_id: UUID, now: datetime) -> None:
    """Apply a command that is still held although what it waited for is there: its turn came, and something went wrong."""
    row = session.get(CommandRow, command_id)
    if row is not None and row.waits_for is not None and _is_settled(session, row.waits_for):
        _apply_held(session, command_id, now)
        release(session, command_id, now)


def _apply_held(session: Session, command_id: UUID, now: datetime, *, forced: bool = False) -> None:
    row = session.get(CommandRow, command_id)
    if row is None or row.waits_for is None or row.text is None:
        return
    envelope, _ = read_command(row.text.encode())
    who = _as_now(session, row.person_id, row.device_id, now)
    frame = _frame(row.device_id, envelope, now)
    try:
        with journal.begin(session, who=who.id, **frame) as act:
            if not settle(act, command_id, OK, keep_text=False):
                return
            if forced:
                act.record("command.forced", command_id, reach=[who.id], asked=envelope.verb)
            run(act, who, envelope)
    except Refusal as refusal:
        if isinstance(refusal, Busy):
            raise
        keys = _reach_as_then(session, who, row.device_id, envelope, now) if office.may_be_held(refusal, envelope.verb) else None
        with journal.begin(session, who=who.id, **frame) as act:
            if keys is not None:
                if settle(act, command_id, _held(office.OUT_OF_SCOPE), keep_text=True, waits_for=NIL):
                    office.hold(act, envelope, office.OUT_OF_SCOPE, keys)
            elif settle(act, command_id, refused(refusal), keep_text=True):
                act.record("command.refused", command_id, reach=[who.id], asked=envelope.verb, code=refusal.code, about=envelope.subject)


def settle(act: Act, command_id: UUID, answer: Answer, *, keep_text: bool, waits_for: UUID | None = None) -> bool:
    """Give a held command its answer, and what it waits for from now on. False when it is held no longer."""
    row = act.session.scalar(
        select(CommandRow).where(CommandRow.id == command_id, CommandRow.waits_for.is_not(None)).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        return False
    # with its receipt: this act's entries are not written yet
    row.first_answer = row.first_answer or _with_receipt(act.session, row.answer, command_id)
    row.answer, row.waits_for = answer, waits_for
    if not keep_text:
        row.text = None
    act.session.flush()
    return True


def _is_settled(session: Session, command_id: UUID) -> bool:
    return session.scalar(select(CommandRow.id).where(CommandRow.id == command_id, CommandRow.waits_for.is_(None))) is not None


def _as_now(session: Session, person_id: UUID, device: UUID, now: datetime) -> Identity:
    person = session.get_one(accounts.Person, person_id)
    return Identity(person.id, person.name, person.login, person.language, device, now, accounts.posts_of(session, person_id))


def as_then(session: Session, person_id: UUID, device: UUID, now: datetime) -> Identity:
    """A person with the posts they hold, and those that ended no longer ago than a phone may lie in a drawer."""
    return replace(_as_now(session, person_id, device, now), posts=accounts.posts_of(session, person_id, since=now - OLDEST_CLAIM))


def _frame(device: UUID, envelope: Envelope, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "device": device,
        "claimed_at": from_ms(envelope.at),
        "seen_seq": envelope.seen_seq,
        "offset_ms": envelope.offset_ms,
        "command": envelope.id,
    }


def _row(person: UUID, device: UUID, envelope: Envelope, sha256: str, now: datetime, answer: Answer) -> dict[str, Any]:
    return {
        "id": envelope.id,
        "sha256": sha256,
        "device_id": device,
        "person_id": person,
        "n": envelope.n,
        "verb": envelope.verb,
        "received_at": now,
        "waits_for": None,
        "answer": answer,
        "first_answer": None,
        "text": None,
    }


def refused(refusal: Refusal) -> Answer:
    """The answer to a command that a rule said no to."""
    return {"answer": "refused", "code": refusal.code, "facts": refusal.facts}


def _held(why: str) -> Answer:
    return {"answer": "held", "code": office.TOLD[why].code}


def _stored(session: Session, command_id: UUID) -> Answer:
    session.rollback()
    return session.get_one(CommandRow, command_id, populate_existing=True).answer


def _receipted(answer: Answer, act: Act) -> Answer:
    return answer | {"seq": act.receipt[0], "head": act.receipt[1]} if act.receipt else answer


def _with_receipt(session: Session, answer: Answer, command_id: UUID) -> Answer:
    receipt = journal.receipts(session, [command_id]).get(command_id)
    return answer | {"seq": receipt[0], "head": receipt[1]} if receipt else answer
