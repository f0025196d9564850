"""What changes seldom and is asked all the time is kept in the process, and read again when the county settles something anew.

Areas, units, the calendar, the manual and the county's own settings are read at nearly every request and changed a few times
a month. One number counts their changes; whoever asks reads that number first, in the same transaction, so that nothing
stale is ever used, whichever process changed it.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, CheckConstraint, Engine, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, ask, count_up, notes

Kept = TypeVar("Kept")

#: the first word of a journal verb after which nothing that was kept stands
CHANGES = frozenset({"area", "calendar", "county", "manual", "routing", "unit"})

#: noted in a transaction: the edition that it sees, or None once it has changed something itself
_SEEN = "edition"


class Edition(Base):
    """How often what is kept in memory was changed, in one row; no row while nothing was."""

    __tablename__ = "edition"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)


_NUMBER = select(Edition.number).where(Edition.id == 1)

#: by database, then by name: (edition, value)
_kept: WeakKeyDictionary[Engine, dict[str, tuple[int, Any]]] = WeakKeyDictionary()


def kept(session: Session, name: str, read: Callable[[Session], Kept]) -> Kept:
    """What `read` gives, from memory while nothing was settled anew. It must be plain values that nobody changes, never rows of the ORM."""
    edition = _edition(session)
    if edition is None:
        return read(session)
    shelf = _kept.setdefault(session.get_bind().engine, {})
    found = shelf.get(name)
    if found is None or found[0] != edition:
        found = shelf[name] = (edition, read(session))
    value: Kept = found[1]
    return value


def _edition(session: Session) -> int | None:
    noted = notes(session)
    if noted is not None and _SEEN in noted:
        return noted[_SEEN]  # type: ignore[no-any-return]
    edition: int = ask(session, _NUMBER).scalar() or 0
    if (noted := notes(session)) is not None:
        noted[_SEEN] = edition
    return edition


def unkeep(session: Session) -> None:
    """Read everything from the database for the rest of this transaction: it is changing what is kept."""
    if (noted := notes(session)) is not None:
        noted[_SEEN] = None


def note_changes(session: Session, verbs: set[str]) -> None:
    """Count the edition up if one of these journal verbs changed what is kept; part of the one commit."""
    if not CHANGES.isdisjoint(verb.partition(".")[0] for verb in verbs):
        count_up(session, Edition, {"id": 1}, "number")
