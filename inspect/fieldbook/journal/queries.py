"""Reading the journal."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldbook.kernel import among, ask

from .chain import EMPTY_HEAD
from .model import EntryRow, JournalHead, Reach, Said


def head(session: Session) -> tuple[int, str]:
    """The newest (seq, head); (0, 64 zeros) while nothing has happened."""
    found = session.execute(select(JournalHead.seq, JournalHead.head).where(JournalHead.id == 1)).one_or_none()
    return (found.seq, found.head) if found else (0, EMPTY_HEAD)


def leaves(session: Session, *, after: int, limit: int = 5000) -> list[str]:
    """The leaves of the entries after position `after`, in order, at most `limit`."""
    return list(session.scalars(select(EntryRow.leaf).where(EntryRow.seq > after).order_by(EntryRow.seq).limit(limit)))


def subjects_since(session: Session, *, after: int, until: int, keys: Collection[UUID] | None, limit: int) -> list[tuple[int, str, UUID]]:
    """(seq, verb, subject) of the entries after `after` up to `until` that reach one of `keys` (None: all), in order, at most `limit`."""
    wanted = select(EntryRow.seq, EntryRow.verb, EntryRow.subject).where(EntryRow.seq > after, EntryRow.seq <= until)
    if keys is not None:
        touched = select(Reach.seq).where(Reach.key.in_(keys), Reach.seq > after, Reach.seq <= until).distinct().order_by(Reach.seq).limit(limit)
        wanted = wanted.where(EntryRow.seq.in_(touched))
    return [(row.seq, row.verb, row.subject) for row in session.execute(wanted.order_by(EntryRow.seq).limit(limit))]


def times(session: Session, seqs: Collection[int]) -> dict[int, datetime]:
    """When the entries at these positions were written."""
    return {row.seq: row.at for row in session.execute(select(EntryRow.seq, EntryRow.at).where(EntryRow.seq.in_(seqs)))}


def receipts(session: Session, commands: Iterable[UUID]) -> dict[UUID, tuple[int, str]]:
    """(seq, head) of the last entry that each command caused."""
    rows = session.execute(select(EntryRow.command, EntryRow.seq, EntryRow.head).where(EntryRow.command.in_(set(commands))).order_by(EntryRow.seq))
    return {row.command: (row.seq, row.head) for row in rows}


_COURSE = (
    select(EntryRow.seq, EntryRow.id, EntryRow.subject, EntryRow.verb, EntryRow.at, EntryRow.actor, EntryRow.text)
    .where(among(EntryRow.subject, "subjects"))
    .order_by(EntryRow.seq)
)
_WORDS = select(Said.entry_id, Said.name, Said.text).where(among(Said.entry_id, "entries"))


def course_of(session: Session, subjects: Iterable[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """What happened to each subject, oldest first: {seq, verb, at, actor, facts, said: {name: words or None}}."""
    wanted = list(subjects)
    rows = ask(session, _COURSE, {"subjects": wanted}) if wanted else []
    spoken = words(session, [row.id for row in rows])
    found: dict[UUID, list[dict[str, Any]]] = {subject: [] for subject in wanted}
    for row in rows:
        facts = msgspec.json.decode(row.text)["facts"]
        found[row.subject].append({"seq": row.seq, "verb": row.verb, "at": row.at, "actor": row.actor, "facts": facts, "said": spoken.get(row.id, {})})
    return found


def words(session: Session, entry_ids: Iterable[UUID]) -> dict[UUID, dict[str, str | None]]:
    """The words said in each entry by name; None where they were erased."""
    found: dict[UUID, dict[str, str | None]] = {}
    for entry_id, name, text in ask(session, _WORDS, {"entries": list(entry_ids)}):
        found.setdefault(entry_id, {})[name] = text
    return found
