"""The tables of people and what they may do."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldbook.kernel import Base


class Duty(StrEnum):
    """What a post is for. One person may hold several posts."""

    ADMINISTRATOR = "administrator"  #: 管理员: people, places, settings
    HEADQUARTERS = "headquarters"  #: 指挥部: sees its area, dispatches, decides
    DISPATCHER = "dispatcher"  #: 调度员: screens and assigns in its area
    INSPECTOR = "inspector"  #: 巡查员: visits the places of its area
    RECTIFIER = "rectifier"  #: 责任单位: puts right what its unit owns
    REVIEWER = "reviewer"  #: 复核员: looks at the evidence of others in its area
    AUDITOR = "auditor"  #: 审计: sees all, changes nothing


class Unit(Base):
    """One responsible unit 责任单位: a bureau, an office, a community, a market's operator."""

    __tablename__ = "unit"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    short: Mapped[str] = mapped_column(String(20), default="")
    #: the department it answers to, as the manual names it
    lead: Mapped[str] = mapped_column(String(80), default="")
    #: the trade 行业 it answers for, in the county's own words
    trade: Mapped[str] = mapped_column(String(40), default="")
    #: who heads it; contact and phone: who is called in daily work
    head: Mapped[str] = mapped_column(String(40), default="")
    contact: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    #: answers for nothing any more since; its history stays
    closed_at: Mapped[datetime | None]
    #: goes up by one at each change
    version: Mapped[int] = mapped_column(default=1)


class Person(Base):
    """One person who can log in."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    login: Mapped[str] = mapped_column(String(40), unique=True)
    #: argon2id; empty until the person has chosen one: there is no default password
    password: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(5), default="zh")
    #: how the office reaches them; lists show it masked
    contact: Mapped[str] = mapped_column(String(40), default="")
    disabled_at: Mapped[datetime | None]


class Post(Base):
    """That a person has, or had, a duty in an area or for a unit; both empty means the whole county."""

    __tablename__ = "post"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    duty: Mapped[Duty] = mapped_column(String(20))
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    begins_at: Mapped[datetime | None]
    #: when it is to end by itself; None = until somebody ends it
    until: Mapped[datetime | None]
    #: None while it is held; a post that ended stays, so that work done under it can still be told apart
    ended_at: Mapped[datetime | None]


class Phone(Base):
    """One phone as one person uses it; a shared phone has a row for each of them."""

    __tablename__ = "phone"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    enrolled_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    #: what the phone last said it still holds, and since when
    unsent: Mapped[int] = mapped_column(default=0)
    unsent_photos: Mapped[int] = mapped_column(default=0)
    unsent_since: Mapped[datetime | None]
    #: taken out of use: what it still sends is set aside, then it is emptied
    revoked_at: Mapped[datetime | None]
    #: said to be in strange hands: emptied at once, nothing more is taken from it
    stolen_at: Mapped[datetime | None]
    #: when it said that it has emptied itself
    wiped_at: Mapped[datetime | None]


class LoginSession(Base):
    """One login, held by a cookie whose SHA-256 is kept; ends when idle, when ended, or when its phone is revoked."""

    __tablename__ = "login_session"
    __table_args__ = (Index("ix_login_session_person_id", "person_id"),)

    #: SHA-256 of the token, hex
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[UUID | None]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    #: when the password was last typed in it; None where a one-time link let them in
    confirmed_at: Mapped[datetime | None]


class LoginTry(Base):
    """Failed logins of one account, network or known phone, so that guessing slows down."""

    __tablename__ = "login_try"

    #: SHA-256 of what is counted
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]


class EntryLink(Base):
    """A one-time link 一次性入口 for one person: a phone is enrolled by it, or a password is chosen by it. Only its hash is kept."""

    __tablename__ = "entry_link"

    #: SHA-256 of the token, hex
    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]
    #: 24 hours later, five minutes for a hand-over, or when a newer one took its place
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    #: handed from one browser of a phone to another: it lets a phone in and never sets a password
    handover: Mapped[bool] = mapped_column(default=False)


class FirstDoor(Base):
    """The one-time link that makes the first administrator; used or replaced, never reopened."""

    __tablename__ = "first_door"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: SHA-256 of the token, hex
    token: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]
