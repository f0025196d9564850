"""The manual's tables: published versions, the one draft with its edits, a table waiting to be taken over."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fieldbook.kernel import Base, Json


class ManualRow(Base):
    """One published version of the manual, whole, as JSON text; never changed, so it can be cached for ever."""

    __tablename__ = "manual"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: SHA-256 of `text`, hex; a county may return to what an earlier version said
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    published_at: Mapped[datetime]
    #: JSON list of kinds, each with its criteria (data/standards.json shows the shape)
    text: Mapped[str] = mapped_column(Text)


class DraftRow(Base):
    """A draft of the next version: the version it began from, and the edits that hang on it. One is open at a time."""

    __tablename__ = "manual_draft"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: 1 while it is open, else nothing: two open ones cannot be
    slot: Mapped[int | None] = mapped_column(unique=True, default=1)
    base: Mapped[int] = mapped_column(ForeignKey("manual.version"))
    #: counts every edit, so that whoever publishes publishes what they saw
    rev: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime]
    begun_by: Mapped[UUID | None]
    saved_at: Mapped[datetime]
    saved_by: Mapped[UUID | None]
    #: when it will be published by itself
    due_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    #: the version it became; nothing when it was discarded
    became: Mapped[int | None]


class EditRow(Base):
    """What a draft says of one thing instead of its base. No row, or no body and not removed: as the base has it.

    what: "criterion", "kind", "order" (codes of a kind's criteria; of all kinds under the empty code) or "themes" (added ones).
    """

    __tablename__ = "manual_edit"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("manual_draft.id"), primary_key=True)
    what: Mapped[str] = mapped_column(String(10), primary_key=True)
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    #: the kind a criterion belongs to
    kind: Mapped[str] = mapped_column(String(10), default="")
    body: Mapped[Any | None] = mapped_column(Json)
    removed: Mapped[bool] = mapped_column(default=False)
    #: one more with every save
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
    saved_by: Mapped[UUID | None]


class TableRow(Base):
    """A standards table that was read and waits to be looked at and taken into the draft. A later one takes its place."""

    __tablename__ = "manual_table"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("manual_draft.id"), index=True)
    read_at: Mapped[datetime]
    person_id: Mapped[UUID | None]
    #: what the file is called
    name: Mapped[str] = mapped_column(String(120))
    #: rows of cells, as they stood
    cells: Mapped[Any] = mapped_column(Json)
