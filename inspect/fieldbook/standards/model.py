"""The manual's table."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fieldbook.kernel import Base


class ManualRow(Base):
    """One published version of the manual, whole, as JSON text; never changed, so it can be cached for ever."""

    __tablename__ = "manual"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: SHA-256 of `text`, hex
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    published_at: Mapped[datetime]
    #: JSON list of kinds, each with its criteria (data/standards.json shows the shape)
    text: Mapped[str] = mapped_column(Text)
