"""The tables of files on their way in."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldbook.kernel import Base, Json


class IntakeState(StrEnum):
    """How far a file has come."""

    READING = "reading"
    READY = "ready"  #: previewed; waits for a person
    REFUSED = "refused"  #: it will not be read; `code` says why
    APPLYING = "applying"
    APPLIED = "applied"
    UNDONE = "undone"
    DROPPED = "dropped"  #: a person let it go before anything was done


class Intake(Base):
    """One file that somebody sent to be imported 导入, and what became of it."""

    __tablename__ = "intake"
    __table_args__ = (Index("ix_intake_subject_made_at", "subject", "made_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: which list it is for: places, units …
    subject: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    person_id: Mapped[UUID | None]
    made_at: Mapped[datetime]
    state: Mapped[IntakeState] = mapped_column(String(10), default=IntakeState.READING)
    #: why it was refused; facts: of the refusal, else the names of the sheets
    code: Mapped[str] = mapped_column(String(60), default="")
    facts: Mapped[Any] = mapped_column(Json, default=dict)
    #: what the person said, as `Asked`
    asked: Mapped[Any] = mapped_column(Json, default=dict)
    #: what the preview came to: rows of each verdict, things to look at, columns known
    counts: Mapped[Any] = mapped_column(Json, default=dict)
    #: of the plan that the person last saw; another one is not applied without showing it
    digest: Mapped[str] = mapped_column(String(64), default="")
    #: the journal's length when it was planned
    planned_seq: Mapped[int] = mapped_column(default=0)
    planned_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]
    #: goes up by one at each change
    version: Mapped[int] = mapped_column(default=1)


class IntakePart(Base):
    """What is kept with an intake, compressed: the file as sent, its rows, the plan, what undoing needs."""

    __tablename__ = "intake_part"

    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intake.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
