"""What the office decides: work of somebody who no longer holds the post for it, and what a revoked phone still handed in.

Nothing of it is lost, and nothing of it counts before a dispatcher has said so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldbook import evidence, findings
from fieldbook.accounts import NotYourDuty
from fieldbook.evidence import NamedPhoto, Naming, PhotoNamed, Role
from fieldbook.kernel import Act, Refusal, decode
from fieldbook.places import NoSuchPlace, Standing

from .book import BOOK
from .envelope import BadCommand, Envelope, read_command
from .model import CommandRow, HeldCommand

#: verbs that carry what somebody saw or did in the street; a decision made at a distance is simply refused
EVIDENCE = frozenset({"visit.finish", "finding.report", "finding.rectify"})
#: what a command meets whose person has lost the post
LOST_SCOPE = (NotYourDuty, NoSuchPlace, findings.NoSuchFinding)

OUT_OF_SCOPE = "out_of_scope"
PHONE_REVOKED = "phone_revoked"


class OutOfScope(Refusal):
    """The work was done under a post that its person no longer holds; a dispatcher decides whether it counts."""

    code = "sync.out_of_scope"
    status = 409
    sentence = "这一条是按原来的岗位记下的，已经收下，等调度员认领。照片请照常传完。"


class FromRevokedPhone(Refusal):
    """The phone was taken out of use; what it still held was set aside for the office."""

    code = "sync.phone_revoked"
    status = 409
    sentence = "这部手机已停用，这一条已另行收下，交办公室处理。"


class Declined(Refusal):
    """A dispatcher looked at what waited for the office and did not take it in."""

    code = "sync.declined"
    status = 409
    sentence = "调度员看过，没有收下这一条：{words}。照片和内容仍有存档。"


class DecidedAlready(Refusal):
    """Somebody has decided meanwhile, or there was nothing to decide, or not for this person."""

    code = "sync.decided_already"
    status = 404
    sentence = "这一条已经有人处理过，或不在您的范围内。什么也没有改动，请看一下最新的清单。"


class ReasonMissing(Refusal):
    """Declining needs a reason, which the person's phone shows."""

    code = "sync.reason_missing"
    sentence = "请写明不收下的原因，本人的手机上会看到。什么也没有改动。"


#: why a command waits for the office -> what its phone is told
TOLD: dict[str, Refusal] = {OUT_OF_SCOPE: OutOfScope(), PHONE_REVOKED: FromRevokedPhone()}


@dataclass(frozen=True)
class Held:
    """One thing for the office to decide."""

    id: UUID
    why: str
    verb: str
    subject: UUID
    person: UUID
    device: UUID
    n: int
    #: when it was done by the phone's clock, and when it came in
    done_at: datetime
    held_at: datetime
    #: its body as the phone wrote it
    body: dict[str, Any]
    photos: list[NamedPhoto]


def may_be_held(refusal: Refusal, verb: str) -> bool:
    """Whether a command refused so is work that somebody may still take in."""
    return verb in EVIDENCE and isinstance(refusal, LOST_SCOPE)


def hold(act: Act, envelope: Envelope, why: str, keys: Iterable[UUID]) -> None:
    """Keep a command and its photos for the office; its row is there already. Raises BadCommand."""
    keys = sorted(keys, key=str)
    named = evidence.name_photos(act, _photos(envelope), role=Role.HELD, held_for=envelope.id)
    row = HeldCommand(command_id=envelope.id, why=why, keys=[str(key) for key in keys], done_at=act.told(envelope.at), held_at=act.at)
    act.session.add(row)
    act.record("command.held", envelope.id, reach=[*keys, act.who], asked=envelope.verb, why=why, about=envelope.subject, photos=named)


def held(session: Session, standing: Standing) -> list[Held]:
    """What waits for a decision of this person, oldest first."""
    waiting = select(HeldCommand, CommandRow).join(CommandRow, CommandRow.id == HeldCommand.command_id).where(HeldCommand.decided_at.is_(None))
    rows = session.execute(waiting.order_by(HeldCommand.held_at, CommandRow.n)).all()
    mine = [(row, command) for row, command in rows if _decides(standing, row)]
    photos = evidence.held_photos(session, [row.command_id for row, _command in mine])
    return [_held(row, command, photos.get(row.command_id, [])) for row, command in mine]


def count_held(session: Session, standing: Standing) -> int:
    """How much waits for a decision of this person."""
    return sum(_decides(standing, row) for row in session.scalars(select(HeldCommand).where(HeldCommand.decided_at.is_(None))))


def sees_held_photo(session: Session, standing: Standing, sha256: str) -> bool:
    """Whether a photo belongs to something that this person decides, or could have decided, about."""
    holding = select(HeldCommand).join(Naming, Naming.subject == HeldCommand.command_id).where(Naming.sha256 == sha256, Naming.role == Role.HELD)
    return any(_decides(standing, row) for row in session.scalars(holding))


def to_decide(act: Act, standing: Standing, command_id: UUID) -> tuple[HeldCommand, CommandRow, Envelope]:
    """What a person decides about, locked. Raises DecidedAlready."""
    row = act.session.get(HeldCommand, command_id, with_for_update=True, populate_existing=True)
    command = act.session.get(CommandRow, command_id, populate_existing=True)
    if row is None or command is None or command.text is None or row.decided_at is not None or not _decides(standing, row):
        raise DecidedAlready
    envelope, _ = read_command(command.text.encode())
    return row, command, envelope


def _decides(standing: Standing, row: HeldCommand) -> bool:
    keys = [UUID(key) for key in row.keys]
    return any(standing.may(duty) or any(standing.may(duty, zone=key) for key in keys) for duty in findings.DISPATCHES)


def _held(row: HeldCommand, command: CommandRow, photos: list[evidence.NamedPhoto]) -> Held:
    envelope, _ = read_command((command.text or "").encode())
    return Held(
        id=row.command_id,
        why=row.why,
        verb=envelope.verb,
        subject=envelope.subject,
        person=command.person_id,
        device=command.device_id,
        n=command.n,
        done_at=row.done_at,
        held_at=row.held_at,
        body=msgspec.json.decode(envelope.body),
        photos=photos,
    )


def _photos(envelope: Envelope) -> list[PhotoNamed]:
    try:
        body = decode(envelope.body, BOOK[envelope.verb].body)
    except (msgspec.DecodeError, UnicodeDecodeError) as reason:
        raise BadCommand from reason
    return list(_walk(body))


def _walk(value: object) -> Iterable[PhotoNamed]:
    if isinstance(value, PhotoNamed):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _walk(getattr(value, name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _walk(inner)
