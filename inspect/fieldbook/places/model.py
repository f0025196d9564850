"""The tables of areas and places."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldbook.kernel import Base


class Level(StrEnum):
    """How large an area is."""

    COUNTY = "county"  #: 县
    DISTRICT = "district"  #: 片区
    ZONE = "zone"  #: 责任区
    GRID = "grid"  #: 网格


class Area(Base):
    """One area; places lie in zones."""

    __tablename__ = "area"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"), index=True)
    level: Mapped[Level] = mapped_column(String(10))
    #: short and spoken: "3" is 3号责任区
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")


class Place(Base):
    """One place 点位 that is inspected: a stretch of road, a market, a school."""

    __tablename__ = "place"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    #: pinyin initials of the name, lower case, for searching
    initials: Mapped[str] = mapped_column(String(80), default="")
    address: Mapped[str] = mapped_column(String(120), default="")
    zone_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    #: who answers for it unless the criterion's trade says otherwise
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    #: WGS-84 degrees × 10^7; None while unknown
    lat_e7: Mapped[int | None] = mapped_column(BigInteger)
    lon_e7: Mapped[int | None] = mapped_column(BigInteger)


class PlaceKind(Base):
    """That a place is judged as a kind; a market inside an urban village is judged as both."""

    __tablename__ = "place_kind"

    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
