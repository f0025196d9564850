"""The tables of rounds, visits and answers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldbook.kernel import BY_KEY, Base


class Verdict(StrEnum):
    """What an inspector says of one criterion."""

    PASS = "pass"  #: 合格  # noqa: S105 a verdict
    FAIL = "fail"  #: 不合格
    MOSTLY = "mostly"  #: 基本合格
    NA = "na"  #: 不适用


class Round(Base):
    """One round 巡查任务: the places of a zone to be visited within a span."""

    __tablename__ = "round"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    zone_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class RoundPlace(Base):
    """That a place belongs to a round, in its order."""

    __tablename__ = "round_place"

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"), primary_key=True)
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"), primary_key=True, index=True)
    place_in_order: Mapped[int]


class Visit(Base):
    """One visit 检查: one place judged as one kind against one version of the manual."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_place_id_finished_at", "place_id", "finished_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))
    kind: Mapped[str] = mapped_column(String(10))
    manual: Mapped[int] = mapped_column(ForeignKey("manual.version"))
    inspector_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    device_id: Mapped[UUID | None]
    #: by the phone's clock
    started_at: Mapped[datetime]
    #: by the phone's clock
    finished_at: Mapped[datetime] = mapped_column(index=True)
    #: by the server's clock
    received_at: Mapped[datetime]
    #: points reached and points that applied, in tenths of a point
    got_tenths: Mapped[int]
    of_tenths: Mapped[int]
    #: one character a criterion in the manual's order: p pass, f fail, m mostly, n not applicable, - unanswered
    tally: Mapped[str] = mapped_column(String(200))
    lat_e7: Mapped[int | None] = mapped_column(BigInteger)
    lon_e7: Mapped[int | None] = mapped_column(BigInteger)
    accuracy_m: Mapped[int | None]


class AnswerRow(Base):
    """One answer 判定: what a visit says of one criterion."""

    __tablename__ = "answer"
    __table_args__ = BY_KEY

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(10), primary_key=True)
    verdict: Mapped[Verdict] = mapped_column(String(10))
    #: counted or measured, in hundredths of the threshold's unit
    value: Mapped[int | None] = mapped_column(BigInteger)
    #: the chosen grade's place in the criterion's choices
    choice: Mapped[int | None]
    words: Mapped[str] = mapped_column(String(500), default="")
