"""An act: one person doing one thing at one moment inside one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from .clock import from_ms
from .edition import CHANGES, unkeep
from .ids import new_id

#: a phone may lie in a drawer for a season, not longer
OLDEST_CLAIM = timedelta(days=120)


@dataclass(slots=True)
class Entry:
    """What will stand in the journal: a verb in the past, its subject, facts, and words that can be erased."""

    id: UUID
    verb: str
    subject: UUID
    facts: dict[str, Any]
    said: dict[str, str]
    reach: frozenset[UUID]


@dataclass(slots=True)
class Act:
    """Who does it, with which phone, when, in which open transaction, and what is to be recorded.

    `at` is the server's time and the only one that rules trust; `claimed_at` is what the phone said.
    `record` only collects: the one commit writes the journal last (see `journal.begin`).
    """

    session: Session
    who: UUID | None
    at: datetime
    device: UUID | None = None
    claimed_at: datetime | None = None
    #: the journal position the person had seen when they acted; None at the desk, where they see the present
    seen_seq: int | None = None
    #: what the phone believes the server's clock to be ahead of its own, in milliseconds
    offset_ms: int = 0
    #: the phone's command this act carries out; its entries bear its id, and its receipt is the last of them
    command: UUID | None = None
    entries: list[Entry] = field(default_factory=list)
    #: (seq, head) after the commit, or None when nothing was recorded
    receipt: tuple[int, str] | None = None

    def told(self, ms: int) -> datetime:
        """A moment by the phone's clock, put right by its known offset; a claim that cannot be true becomes the server's time.

        Never later than the act, and at most OLDEST_CLAIM before it: no deadline, order or count leans on a broken clock.
        """
        try:
            moment = from_ms(ms + self.offset_ms)
        except OverflowError:
            return self.at
        return moment if self.at - OLDEST_CLAIM <= moment <= self.at else self.at

    def record(self, verb: str, subject: UUID, *, reach: Iterable[UUID | None] = (), said: dict[str, str] | None = None, **facts: Any) -> UUID:
        """Note that `verb` happened to `subject`.

        reach: the zones, units and persons whose view this touches, before and after; NIL means everybody.
        said: words that may have to be erased one day (names, notes, contacts), by name.
        facts: ids, states, codes, times, hashes; ints, strings, bools, None, lists and dicts of them, never floats.
        """
        if verb.partition(".")[0] in CHANGES:
            unkeep(self.session)
        entry = Entry(new_id(), verb, subject, facts, {k: v for k, v in (said or {}).items() if v}, frozenset(key for key in reach if key is not None))
        self.entries.append(entry)
        return entry.id
