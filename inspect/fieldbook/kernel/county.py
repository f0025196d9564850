"""What the county itself has settled: its name, its one public origin, its thresholds. Kept in its database, changed at the desk."""

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .act import Act
from .database import NIL, Base, Json, upsert
from .edition import kept


class CountySetting(Base):
    """One thing settled; what has no row stands as `County` has it."""

    __tablename__ = "county_setting"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)


@dataclass(frozen=True, kw_only=True)
class County:
    """The county's own settings, with what stands until they are changed. Empty texts: as the instance's settings say."""

    name: str = ""
    name_en: str = ""
    #: the one public scheme://host[:port] that phones enrol under
    origin: str = ""
    #: steps of setting up that were put off: "areas", "units", "people", "places", "manual", "phone"
    put_off: list[str] = field(default_factory=list)
    #: setting up is over; the administrator is no longer led there
    set_up: bool = False
    #: the ways to find a finding's unit, tried in this order: its trade's, its place's, its zone's, its kind's lead department
    routing: tuple[str, ...] = ("trade", "place", "zone", "lead")
    #: the same place and criterion within this many days after clearing is a recurrence 反弹
    recurs_days: int = 30
    #: metres between a photo and its place that raise a doubt
    far_m: int = 200
    #: working hours before the deadline at which a finding counts as due soon
    soon_hours: int = 8
    #: working days that a finding without a criterion gets
    usual_days: int = 3
    #: the county's own reasons beside the usual ones: {"verb": "return" or "dismiss", "code", "zh", "en", "dropped"}; none is ever removed
    reasons: list[dict[str, Any]] = field(default_factory=list)
    #: when the county works on a working day, spans of HH:MM in order; deadlines run in them, and one working day is their sum
    hours: list[list[str]] = field(default_factory=lambda: [["08:30", "12:00"], ["14:00", "17:30"]])
    #: the rectangle where positions are plausible: south, west, north, east in degrees × 10^7, WGS-84; empty = about the county's places
    bounds: list[int] = field(default_factory=list)
    #: minutes after which steps of weight ask for the password again
    confirm_minutes: int = 15
    #: days after which a photo counts as past its time; nothing is removed without a person's word
    photo_days: int = 365
    #: years after which a ledger counts as past its time
    ledger_years: int = 3


def county(session: Session) -> County:
    """The county's settings, kept until they change."""
    return kept(session, "kernel.county", _read)


def _read(session: Session) -> County:
    known = {one.name for one in fields(County)}
    return County(**{key: value for key, value in session.execute(select(CountySetting.key, CountySetting.value)) if key in known})


def settle_county(act: Act, **changes: Any) -> County:
    """Change some of the county's settings; what stays as it was leaves no entry. Returns them as they are now."""
    before = county(act.session)
    after = replace(before, **changes)
    changed = {key: value for key, value in asdict(after).items() if value != getattr(before, key)}
    for key, value in changed.items():
        upsert(act.session, CountySetting, {"key": key, "value": value}, key=["key"], change={"value": value})
    if changed:
        act.record("county.settled", NIL, reach=[NIL], said={key: str(value) for key, value in changed.items()})
    return after
