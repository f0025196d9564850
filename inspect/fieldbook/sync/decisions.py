"""What a dispatcher decides about what waits for the office: take it in, or decline it with a reason."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from fieldbook import evidence
from fieldbook.kernel import Act, from_ms
from fieldbook.places import Standing

from . import inbox, office
from .office import Declined, ReasonMissing


def take_in(act: Act, standing: Standing, command_id: UUID) -> None:
    """Let what was held count: it is done now, in the name of the person who did it, under the posts they held.

    Afterwards `follow` does what waited for it. Raises DecidedAlready, and whatever the command itself refuses; then it goes on waiting.
    """
    row, command, envelope = office.to_decide(act, standing, command_id)
    by = act.who
    row.decided_at, row.decided_by, row.taken_in = act.at, by, True
    inbox.settle(act, command_id, inbox.OK, keep_text=False)
    evidence.let_go_held(act, command_id)
    who = inbox.as_then(act.session, command.person_id, command.device_id, act.at)
    act.who, act.device, act.command = who.id, command.device_id, command_id
    act.claimed_at, act.offset_ms, act.seen_seq = from_ms(envelope.at), envelope.offset_ms, envelope.seen_seq
    act.record("command.taken_in", command_id, reach=[who.id], by=by, asked=envelope.verb, about=envelope.subject, why=row.why)
    inbox.run(act, who, envelope)


def decline(act: Act, standing: Standing, command_id: UUID, *, words: str) -> None:
    """Let what was held not count; its person is told why, and it stays as it came. Raises DecidedAlready, ReasonMissing."""
    row, command, envelope = office.to_decide(act, standing, command_id)
    if not words.strip():
        raise ReasonMissing
    row.decided_at, row.decided_by, row.taken_in = act.at, act.who, False
    inbox.settle(act, command_id, inbox.refused(Declined(words=words.strip().rstrip("。"))), keep_text=True)
    act.command = command_id
    said = {"words": words.strip()}
    act.record("command.declined", command_id, reach=[command.person_id], said=said, asked=envelope.verb, about=envelope.subject, why=row.why)


def follow(session: Session, command_id: UUID, *, now: datetime) -> None:
    """Do what waited for a command that was decided about, each in its own transaction."""
    inbox.release(session, command_id, now)
