"""The table of review."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldbook.kernel import Base


class WavedDoubt(Base):
    """That a reviewer found a doubt harmless 无妨. Its use is counted, the doubt stays visible, struck through."""

    __tablename__ = "waved_doubt"

    finding_id: Mapped[UUID] = mapped_column(ForeignKey("finding.id"), primary_key=True)
    #: the doubt's code, and the photo it is about
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
