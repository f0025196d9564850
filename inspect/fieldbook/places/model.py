"""The tables of areas and places."""

from datetime import datetime
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


class Datum(StrEnum):
    """What the figures of a position are measured against."""

    WGS84 = "wgs84"  #: satellites and phones
    CGCS2000 = "cgcs2000"  #: 天地图, surveys: the same for this purpose
    GCJ02 = "gcj02"  #: 高德, 腾讯
    BD09 = "bd09"  #: 百度


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
    #: the zone's own responsible unit: who answers where neither place nor trade names one
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    #: who heads it, and how they are reached
    head: Mapped[str] = mapped_column(String(40), default="")
    contact: Mapped[str] = mapped_column(String(80), default="")
    #: the area that took everything over; a merged one stays, because history names it
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"))
    merged_at: Mapped[datetime | None]
    #: goes up by one at each change
    version: Mapped[int] = mapped_column(default=1)


#: a place's texts and how long they may be
TEXTS = {"code": 30, "name": 80, "initials": 80, "address": 120, "lead": 80, "partner": 80, "leader": 40, "contact": 40, "phone": 40, "extent": 40, "frequency": 40, "note": 200}
#: those that speak of people: the journal keeps them among the words that can be erased
PERSONAL = ("leader", "contact", "phone", "note")


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
    #: the department that answers for its trade, where it is not the one that the manual names for its kind
    lead: Mapped[str] = mapped_column(String(80), default="")
    #: 包联单位 and 包联领导: the unit and the leader that look after it besides
    partner: Mapped[str] = mapped_column(String(80), default="")
    leader: Mapped[str] = mapped_column(String(40), default="")
    #: who is spoken to on the spot, and their telephone
    contact: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    #: how long or large it is, how often it is to be visited, and what else is worth knowing, as the office's list says it
    extent: Mapped[str] = mapped_column(String(40), default="")
    frequency: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    #: WGS-84 degrees × 10^7; None while unknown
    lat_e7: Mapped[int | None] = mapped_column(BigInteger)
    lon_e7: Mapped[int | None] = mapped_column(BigInteger)
    #: the position as it was given, and the datum it was given in
    datum: Mapped[Datum] = mapped_column(String(8), default=Datum.WGS84)
    given_lat_e7: Mapped[int | None] = mapped_column(BigInteger)
    given_lon_e7: Mapped[int | None] = mapped_column(BigInteger)
    #: when it was entered; None for what came before that was kept
    made_at: Mapped[datetime | None]
    #: no longer inspected since; its history stays
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    #: goes up by one at each change
    version: Mapped[int] = mapped_column(default=1)


class PlaceKind(Base):
    """That a place is judged as a kind; a market inside an urban village is judged as both."""

    __tablename__ = "place_kind"

    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
