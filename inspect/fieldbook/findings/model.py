"""The tables of findings."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldbook.kernel import Base, Json, index_where


class State(StrEnum):
    """Where a finding stands between the street and cleared."""

    TO_SCREEN = "to_screen"  #: 待审核: reported from outside; nobody has said that it counts
    TO_ASSIGN = "to_assign"  #: 待交办: it counts, but has no owner yet
    ASSIGNED = "assigned"  #: 待签收: a unit owns it and the clock runs
    ACCEPTED = "accepted"  #: 整改中: the unit has seen it and works
    RECTIFIED = "rectified"  #: 待复核: the unit says it is put right; waits for a reviewer
    RETURNED = "returned"  #: 退回重办: a reviewer was not satisfied
    DEFERRED = "deferred"  #: 挂账: cannot be done now; dated and reviewed
    CLEARED = "cleared"  #: 已销号: somebody else has seen the proof
    DISMISSED = "dismissed"  #: 不予立案
    MERGED = "merged"  #: 已合并: the same as another one
    VOID = "void"  #: 作废: entered by mistake


class Source(StrEnum):
    """Who found it."""

    PATROL = "patrol"  #: an inspector in their own area
    OUTSIDE = "outside"  #: somebody of another area
    PUBLIC = "public"  #: a citizen


class Finding(Base):
    """One thing wrong at one place, judged against one criterion of one version of the manual.

    `state` is a shortcut for reading: the truth is the journal, and `verify_states` rebuilds
    the one from the other. Only `findings.commands` write it.
    """

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint("version > 0", name="version_positive"),
        Index("ix_finding_state_due_at", "state", "due_at"),
        Index("ix_finding_zone_id_state", "zone_id", "state"),
        Index("ix_finding_unit_id_state", "unit_id", "state"),
        Index("ix_finding_place_id_criterion", "place_id", "criterion"),
        # the same thing again at the roadside is looked for among these alone
        index_where("ix_finding_roadside", "criterion", "cleared_at", where="place_id IS NULL"),
        # few findings have these, and none when it is born
        *(index_where(f"ix_finding_{name}", name, where=f"{name} IS NOT NULL") for name in ("cleared_at", "recurrence_of", "merged_into")),
    )

    #: made on the phone, so that sending twice makes one finding
    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: what people call it: CW-20250614-0031
    number: Mapped[str] = mapped_column(String(20), unique=True)
    #: None = at the roadside, at no place of the register
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey("place.id"))
    zone_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visit.id"), index=True)
    kind: Mapped[str | None] = mapped_column(String(10))
    #: the criterion's code and the exact version of the manual the inspector had before them
    criterion: Mapped[str | None] = mapped_column(String(10))
    manual: Mapped[int | None] = mapped_column(ForeignKey("manual.version"))
    #: which of the criterion's reasons, by their place in its list
    reasons: Mapped[list[int]] = mapped_column(Json, default=list)
    words: Mapped[str] = mapped_column(String(500), default="")
    source: Mapped[Source] = mapped_column(String(10))
    reporter_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    #: by the phone's clock
    found_at: Mapped[datetime] = mapped_column(index=True)
    #: by the server's clock
    received_at: Mapped[datetime]
    lat_e7: Mapped[int | None] = mapped_column(BigInteger)
    lon_e7: Mapped[int | None] = mapped_column(BigInteger)
    accuracy_m: Mapped[int | None]

    state: Mapped[State] = mapped_column(String(10))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    #: the unit that the rules named when it was reported from outside: until it has an owner, that unit's people do not wave it away
    heading_for: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    #: why this unit: a way of `routing`, or inspector, own (fixed on the spot), dispatcher, again (put it right before)
    why_unit: Mapped[str | None] = mapped_column(String(12))
    assigned_at: Mapped[datetime | None]
    #: the person who handed it over; None = the rules did
    assigned_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    #: counts only the county's working hours; kept while rectified, so that a return goes on from it
    due_at: Mapped[datetime | None]
    #: the deadline runs into a year whose working days are not announced yet
    provisional: Mapped[bool] = mapped_column(default=False)
    #: since when the deadline was counted, and over how many days; None = a person named the date.
    #: With a moment and no days it was counted in the working hours that were left.
    clock_at: Mapped[datetime | None]
    clock_days: Mapped[int | None]
    accepted_at: Mapped[datetime | None]
    rectified_at: Mapped[datetime | None]
    rectifier_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    #: the unit whose people put it right; none of them may clear it
    rectifying_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    on_spot: Mapped[bool] = mapped_column(default=False)
    #: who gave the last verdict, and when
    verdict_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    verdict_at: Mapped[datetime | None]
    #: what the last step replaced, while it can be taken back: nothing has followed it
    replaced: Mapped[dict[str, Any] | None] = mapped_column(Json)
    cleared_at: Mapped[datetime | None]
    #: how often a reviewer was not satisfied
    returned: Mapped[int] = mapped_column(default=0)
    #: the earlier finding of the same place and criterion, cleared within 30 days before this one
    recurrence_of: Mapped[UUID | None] = mapped_column(ForeignKey("finding.id"))
    #: 1 = the first time, 2 = back once, …
    nth: Mapped[int] = mapped_column(default=1)

    # marks: they change what people do, not where the finding stands
    #: 异议: the unit says that it is not its own, until it is assigned again
    disputed_at: Mapped[datetime | None]
    disputed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    #: the journal's entry with the words of it
    disputed_entry: Mapped[UUID | None]
    #: the units that have said so: each may once
    disputed_units: Mapped[list[str]] = mapped_column(Json, default=list)
    #: 延期: the request that waits for an answer, and how many were granted
    asked_id: Mapped[UUID | None]
    extended: Mapped[int] = mapped_column(default=0)
    #: 督办: since when headquarters watches it
    supervised_at: Mapped[datetime | None]
    #: 催办: when its unit was last reminded, and how often so far
    urged_at: Mapped[datetime | None]
    urged: Mapped[int] = mapped_column(default=0)
    #: 挂账: since when it waits, and until when
    deferred_at: Mapped[datetime | None]
    deferred_until: Mapped[datetime | None]
    #: the open finding that it is the same as
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("finding.id"))
    #: goes up by one at each change
    version: Mapped[int] = mapped_column(default=1)


class Extension(Base):
    """A unit's request for more time. The finding's `asked_id` names the one that waits; one that was overtaken stays unanswered."""

    __tablename__ = "extension"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("finding.id"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    #: the deadline as it was, and the one asked for
    due_before: Mapped[datetime]
    due_at: Mapped[datetime]
    #: the journal's entry with the reason
    entry_id: Mapped[UUID]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    #: None with an answer's moment: nobody said anything before the deadline
    granted: Mapped[bool | None]


class RoutingRule(Base):
    """以后都交: from now on whatever fits goes to one unit. Its id is made of what it asks, so that the same is never said twice.

    What is None is not asked; at least one is. The one that asks most goes before.
    """

    __tablename__ = "routing_rule"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey("place.id"))
    zone_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"), index=True)
    kind: Mapped[str | None] = mapped_column(String(10))
    criterion: Mapped[str | None] = mapped_column(String(10))
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]


class Numbering(Base):
    """The last number given on one day of the county."""

    __tablename__ = "finding_numbering"

    #: YYYYMMDD
    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    last: Mapped[int]


class CalendarDay(Base):
    """One day of the county's calendar that differs from Monday-to-Friday; January 1st also says whether its year is announced."""

    __tablename__ = "calendar_day"

    #: ISO date
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    works: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40), default="")
    announces: Mapped[bool] = mapped_column(default=False)
