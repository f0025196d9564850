"""Writing the journal: the one commit, and erasing words."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.orm import Session

from fieldbook.kernel import Act, Entry, ask, bulk_insert, new_id, note_changes, to_ms, upsert, writing

from .chain import EMPTY_HEAD, canonical, head_after, leaf_of, said_hash
from .model import EntryRow, JournalHead, Reach, Said

_HEAD = JournalHead.__table__
_LOCK_HEAD = select(_HEAD.c.seq, _HEAD.c.head).where(_HEAD.c.id == 1).with_for_update()
_MOVE_HEAD = update(_HEAD).where(_HEAD.c.id == 1).values(seq=bindparam("new_seq"), head=bindparam("new_head"))  # type: ignore[arg-type]


@contextmanager
def begin(
    session: Session,
    *,
    who: UUID | None,
    at: datetime,
    device: UUID | None = None,
    claimed_at: datetime | None = None,
    seen_seq: int | None = None,
    offset_ms: int = 0,
    command: UUID | None = None,
) -> Iterator[Act]:
    """One act, one transaction, one commit.

    The order is what keeps PostgreSQL free of lost updates and deadlocks: commands lock their rows in
    id order, check, change; then everything is flushed; then the journal's head is locked, the entries
    are written and nothing else happens before the commit.
    """
    with writing(session):
        act = Act(session, who, at, device, claimed_at, seen_seq, offset_ms, command)
        yield act
        seal(act)


def seal(act: Act) -> None:
    """Give the collected entries their place in the order. Nothing but the journal's own follows before the commit."""
    session = act.session
    session.flush()
    if not act.entries:
        return
    texts, saids = [], []
    for entry in act.entries:
        text, said = _written(act, entry)
        texts.append(text)
        saids += said
    bulk_insert(session, Said, saids)
    note_changes(session, {entry.verb for entry in act.entries})

    seq, head = _locked_head(session)
    rows, reaches = [], []
    for entry, text in zip(act.entries, texts, strict=True):
        leaf = leaf_of(text)
        seq, head = seq + 1, head_after(head, leaf)
        rows.append(
            {
                "seq": seq,
                "id": entry.id,
                "verb": entry.verb,
                "subject": entry.subject,
                "actor": act.who,
                "device": act.device,
                "command": act.command,
                "at": act.at,
                "claimed_at": act.claimed_at,
                "text": text,
                "leaf": leaf,
                "head": head,
            }
        )
        reaches += [{"key": key, "seq": seq} for key in sorted(entry.reach)]
    bulk_insert(session, EntryRow, rows)
    bulk_insert(session, Reach, reaches)
    ask(session, _MOVE_HEAD, {"new_seq": seq, "new_head": head})
    act.entries.clear()
    act.receipt = (seq, head)


def _written(act: Act, entry: Entry) -> tuple[str, list[dict[str, Any]]]:
    said, rows = {}, []
    for name, words in entry.said.items():
        row = {"id": new_id(), "entry_id": entry.id, "name": name, "salt": secrets.token_hex(16), "text": words, "erased_rule": None}
        said[name] = {"id": str(row["id"]), "sha256": said_hash(row["salt"], words)}  # type: ignore[arg-type]
        rows.append(row)
    text = canonical(
        {
            "id": str(entry.id),
            "verb": entry.verb,
            "subject": str(entry.subject),
            "actor": str(act.who) if act.who else None,
            "device": str(act.device) if act.device else None,
            "command": str(act.command) if act.command else None,
            "at": to_ms(act.at),
            "claimed_at": to_ms(act.claimed_at) if act.claimed_at else None,
            "facts": plain(entry.facts),
            "said": said,
        }
    )
    return text, rows


#: what stands in the journal as it is
_AS_IT_IS = frozenset({str, int, bool, type(None)})


def plain(value: Any) -> Any:
    """`value` as the journal keeps it: ids and states as text, moments as milliseconds."""
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, dict):
        return {key: inner if type(inner) in _AS_IT_IS else plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [inner if type(inner) in _AS_IT_IS else plain(inner) for inner in value]
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return to_ms(value)
    if isinstance(value, str):
        return str(value)
    return value


def _locked_head(session: Session) -> tuple[int, str]:
    found = ask(session, _LOCK_HEAD).one_or_none()
    if found is None:
        upsert(session, JournalHead, {"id": 1, "seq": 0, "head": EMPTY_HEAD}, key=["id"])
        found = ask(session, _LOCK_HEAD).one()
    return found.seq, found.head


def erase(act: Act, entry_id: UUID, *, rule: str) -> int:
    """Erase the words said in an entry under a named rule; the entry stays and still verifies. Returns how many."""
    erased = act.session.execute(
        update(Said).where(Said.entry_id == entry_id, Said.text.is_not(None)).values(text=None, erased_rule=rule)
    ).rowcount  # type: ignore[attr-defined]
    act.record("words.erased", entry_id, rule=rule, count=erased)
    return int(erased)


def install_triggers(connection: Connection) -> None:
    """Make the journal append-only in the database itself. Safe to run again; migrations must, since batch mode drops triggers."""
    if connection.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            for table in ("entry", "entry_reach"):
                name = f"{table}_no_{verb.lower()}"
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
                connection.exec_driver_sql(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END")
        return
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION fieldbook_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"
    )
    for table in ("entry", "entry_reach"):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION fieldbook_append_only()"
        )
