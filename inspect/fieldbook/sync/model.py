"""The tables of sync."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fieldbook.kernel import Base, Json, index_where


class CommandRow(Base):
    """One command that reached the server, with the answer it got; the row is what makes it happen once."""

    __tablename__ = "command"
    __table_args__ = (
        Index("ix_command_device_id_person_id_n", "device_id", "person_id", "n"),
        index_where("ix_command_waits_for", "waits_for", where="waits_for IS NOT NULL"),
    )

    #: made on the phone
    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: SHA-256 of the canonical command, hex: the same id with other content is refused
    sha256: Mapped[str] = mapped_column(String(64))
    device_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    #: the phone's gap-free count for this person
    n: Mapped[int] = mapped_column(BigInteger)
    verb: Mapped[str] = mapped_column(String(40))
    received_at: Mapped[datetime]
    #: the command it waits for, while held; NIL = it waits for the office
    waits_for: Mapped[UUID | None]
    #: {answer, code?, facts?} as it is now
    answer: Mapped[dict[str, Any]] = mapped_column(Json)
    #: the answer it got when it first came, if that has changed since
    first_answer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: the whole command, kept while it is held or if it was refused, so that nothing captured is lost
    text: Mapped[str | None] = mapped_column(Text)


class HeldCommand(Base):
    """One command that waits, or waited, for the office: whether it counts is for a dispatcher to say."""

    __tablename__ = "held_command"

    command_id: Mapped[UUID] = mapped_column(ForeignKey("command.id"), primary_key=True)
    #: "out_of_scope": its person no longer holds the post it was done under; "phone_revoked": its phone was taken out of use
    why: Mapped[str] = mapped_column(String(20))
    #: the zones, units and persons it would touch; empty when nobody can say
    keys: Mapped[list[str]] = mapped_column(Json)
    #: when it was done, by the phone's clock
    done_at: Mapped[datetime]
    held_at: Mapped[datetime] = mapped_column(index=True)
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    decided_by: Mapped[UUID | None]
    taken_in: Mapped[bool | None]


class SyncState(Base):
    """What phones must know of this server, in one row."""

    __tablename__ = "sync_state"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: 8 hex digits; new after a restore
    epoch: Mapped[str] = mapped_column(String(8))
    #: the journal position that the newest good backup covers
    backed_up_seq: Mapped[int] = mapped_column(BigInteger, default=0)
