"""The journal's tables."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fieldbook.kernel import BY_KEY, Base, Position


class EntryRow(Base):
    """One change. `text` is what was hashed; the other columns repeat parts of it for searching."""

    __tablename__ = "entry"

    #: the place in the one order; no database sequence: 1, 2, 3 … without a gap, in commit order
    seq: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(unique=True)
    verb: Mapped[str] = mapped_column(String(40))
    subject: Mapped[UUID] = mapped_column(index=True)
    actor: Mapped[UUID | None]
    device: Mapped[UUID | None]
    #: the phone's command that caused it
    command: Mapped[UUID | None] = mapped_column(index=True)
    at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    text: Mapped[str] = mapped_column(Text)
    leaf: Mapped[str] = mapped_column(String(64))
    head: Mapped[str] = mapped_column(String(64))


class JournalHead(Base):
    """The newest position, in one row that every commit locks last."""

    __tablename__ = "journal_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[str] = mapped_column(String(64))


class Reach(Base):
    """That an entry touches the view of a zone, a unit, a person or (NIL) everybody: the feed's index."""

    __tablename__ = "entry_reach"
    __table_args__ = BY_KEY

    key: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(ForeignKey("entry.seq"), primary_key=True)


class Said(Base):
    """Words an entry vouches for by their salted hash; the row may be erased, the chain still holds."""

    __tablename__ = "said"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(40))
    salt: Mapped[str] = mapped_column(String(32))
    #: None after erasing
    text: Mapped[str | None] = mapped_column(Text)
    erased_rule: Mapped[str | None] = mapped_column(String(40))
