"""The tables of notices."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldbook.kernel import Base


class Notice(Base):
    """One line in the inbox of everybody who holds `duty` over `key`: one for each finding, kind and audience.

    When the same happens to the same finding again, the line moves up and is new again; when it is no longer true, it goes.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_key_seq", "key", "seq"), Index("ix_notice_finding_id", "finding_id"), Index("ix_notice_at", "at"))

    #: derived from what it is about, so that a crash doubles nothing
    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: its place in the order of notices; goes up with every notice of the county
    seq: Mapped[int] = mapped_column(BigInteger, unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("finding.id"))
    #: a unit, a zone or a person
    key: Mapped[UUID]
    at: Mapped[datetime]


class Bookmark(Base):
    """How far the journal has been read, and the last place given in the order of notices."""

    __tablename__ = "bookmark"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    #: the journal position up to which everything is done
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    last: Mapped[int] = mapped_column(BigInteger, default=0)


class NoticesRead(Base):
    """Up to which place in the order a person has seen their notices."""

    __tablename__ = "notices_read"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
