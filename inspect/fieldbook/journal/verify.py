"""Checking the journal: every leaf, every head, every word that was not erased."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldbook.kernel import to_ms

from .chain import EMPTY_HEAD, head_after, leaf_of, said_hash
from .model import EntryRow, Said
from .queries import head as newest_head

#: breaks whose subjects are looked up; a chain that is broken throughout needs no more names
MOST_NAMED = 1000

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Break:
    """Where the journal no longer says what it said: a position, and the reason in English."""

    seq: int
    reason: str


def verify(session: Session) -> list[Break]:
    """Every break in the chain, oldest first; an empty list means that nothing was changed since it was written."""
    breaks: list[Break] = []
    seq, head = 0, EMPTY_HEAD
    spoken = {row.id: row for row in session.scalars(select(Said))}
    for row in session.execute(select(EntryRow.__table__).order_by(EntryRow.seq)).yield_per(1000):
        seq += 1
        if row.seq != seq:
            breaks.append(Break(row.seq, f"expected position {seq}"))
            seq = row.seq
        if leaf_of(row.text) != row.leaf:
            breaks.append(Break(row.seq, "the text was changed"))
        head = head_after(head, row.leaf) if _HASH.fullmatch(row.leaf) else ""
        if head != row.head:
            breaks.append(Break(row.seq, "the head does not follow"))
            head = row.head if _HASH.fullmatch(row.head) else EMPTY_HEAD
        try:
            breaks += [Break(row.seq, reason) for reason in _misfits(row, msgspec.json.decode(row.text), spoken)]
        except (ValueError, TypeError, KeyError, AttributeError):  # whoever changed a text may have left anything there
            breaks.append(Break(row.seq, "the text cannot be read"))
    if newest_head(session) != (seq, head):
        breaks.append(Break(seq, "the newest head is not the last entry's"))
    return breaks


def verify_subjects(session: Session) -> list[tuple[Break, UUID | None]]:
    """Every break with what its entry is about, as far as the entry still says so."""
    breaks = verify(session)
    rows = session.execute(select(EntryRow.seq, EntryRow.subject).where(EntryRow.seq.in_([broken.seq for broken in breaks[:MOST_NAMED]])))
    subjects = {row.seq: row.subject for row in rows}
    return [(broken, subjects.get(broken.seq)) for broken in breaks]


def erased_words(session: Session) -> list[tuple[str, int]]:
    """(rule, how many words) that were erased on purpose."""
    rows = session.execute(select(Said.erased_rule, func.count()).where(Said.text.is_(None)).group_by(Said.erased_rule).order_by(Said.erased_rule))
    return [(str(rule), int(count)) for rule, count in rows]


def _misfits(row: Any, told: dict[str, Any], spoken: dict[UUID, Said]) -> Iterator[str]:
    """What does not fit the text: columns beside it, words it vouches for."""
    if _columns(row) != {name: told[name] for name in ("id", "verb", "subject", "actor", "device", "command", "at", "claimed_at")}:
        yield "a column differs from the text"
    for name, vow in told["said"].items():
        kept = spoken.get(UUID(vow["id"]))
        if kept is None:
            yield f"the words '{name}' are missing"
        elif kept.text is not None and said_hash(kept.salt, kept.text) != vow["sha256"]:
            yield f"the words '{name}' were changed"
        elif kept.text is None and not kept.erased_rule:
            yield f"the words '{name}' were erased without a rule"


def _columns(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "verb": row.verb,
        "subject": str(row.subject),
        "actor": str(row.actor) if row.actor else None,
        "device": str(row.device) if row.device else None,
        "command": str(row.command) if row.command else None,
        "at": to_ms(row.at),
        "claimed_at": to_ms(row.claimed_at) if row.claimed_at else None,
    }

