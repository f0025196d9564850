"""Which journal verbs tell whom what. Pure."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from fieldbook.accounts import Duty
from fieldbook.findings import Calendar


class Kind(StrEnum):
    """What a notice says."""

    NEW_WORK = "new_work"  #: 新交办: to the unit
    RETURNED = "returned"  #: 退回重办: to the unit
    DUE_TOMORROW = "due_tomorrow"  #: 明日到期: to the unit
    OVERDUE = "overdue"  #: 已超期: to the unit
    SUPERVISED = "supervised"  #: 督办: to the unit
    URGED = "urged"  #: 催办: to the unit
    NEW_DUE = "new_due"  #: 改期限: to the unit
    ANSWERED = "answered"  #: 已答复: to whoever reported it, and what the unit asked for is decided
    TO_REVIEW = "to_review"  #: 待复核: to the zone's reviewers
    TO_DECIDE = "to_decide"  #: 待决定: a dispute or an extension asked, to the zone's dispatchers


class Audience(StrEnum):
    """Whose inbox: the key it is kept under is the finding's unit, zone or reporter."""

    UNIT = "unit"
    ZONE = "zone"
    REPORTER = "reporter"


#: kind -> whose inbox, and with which duties over the key; none = the person themselves
AUDIENCE: dict[Kind, tuple[Audience, tuple[Duty, ...]]] = {
    Kind.NEW_WORK: (Audience.UNIT, (Duty.RECTIFIER,)),
    Kind.RETURNED: (Audience.UNIT, (Duty.RECTIFIER,)),
    Kind.DUE_TOMORROW: (Audience.UNIT, (Duty.RECTIFIER,)),
    Kind.OVERDUE: (Audience.UNIT, (Duty.RECTIFIER,)),
    Kind.SUPERVISED: (Audience.UNIT, (Duty.RECTIFIER,)),
    Kind.URGED: (Audience.UNIT, (Duty.RECTIFIER,)),
    Kind.NEW_DUE: (Audience.UNIT, (Duty.RECTIFIER,)),
    Kind.ANSWERED: (Audience.REPORTER, ()),
    Kind.TO_REVIEW: (Audience.ZONE, (Duty.REVIEWER,)),
    Kind.TO_DECIDE: (Audience.ZONE, (Duty.DISPATCHER, Duty.HEADQUARTERS)),
}

#: journal verb -> what it tells
TELLS: dict[str, tuple[Kind, ...]] = {
    "finding.assigned": (Kind.NEW_WORK,),
    "finding.reopened": (Kind.NEW_WORK,),
    "finding.resumed": (Kind.NEW_WORK,),
    "finding.returned": (Kind.RETURNED,),
    "finding.supervised": (Kind.SUPERVISED,),
    "finding.urged": (Kind.URGED,),
    "finding.due_changed": (Kind.NEW_DUE,),
    "finding.rectified": (Kind.TO_REVIEW, Kind.ANSWERED),
    "finding.cleared": (Kind.ANSWERED,),
    "finding.dismissed": (Kind.ANSWERED,),
    "finding.disputed": (Kind.TO_DECIDE,),
    "finding.extension_asked": (Kind.TO_DECIDE,),
}

_TO_THE_UNIT = (Kind.NEW_WORK, Kind.RETURNED, Kind.DUE_TOMORROW, Kind.OVERDUE, Kind.SUPERVISED, Kind.URGED, Kind.NEW_DUE)
#: journal verb -> what is no longer true after it
ENDS: dict[str, tuple[Kind, ...]] = {
    "finding.assigned": (Kind.TO_DECIDE, *_TO_THE_UNIT),
    "finding.taken_back": _TO_THE_UNIT,
    "finding.accepted": (Kind.NEW_WORK,),
    "finding.rectified": _TO_THE_UNIT,
    "finding.returned": (Kind.TO_REVIEW, Kind.ANSWERED),
    "finding.undone": (Kind.RETURNED, Kind.ANSWERED),
    "finding.cleared": (Kind.TO_REVIEW,),
    "finding.disputed": _TO_THE_UNIT,
    "finding.extended": (Kind.TO_DECIDE, Kind.DUE_TOMORROW, Kind.OVERDUE),
    "finding.due_changed": (Kind.DUE_TOMORROW, Kind.OVERDUE),
    "finding.unmarked": (Kind.SUPERVISED, Kind.NEW_DUE),
    "finding.extension_refused": (Kind.TO_DECIDE,),
    "finding.extension_lapsed": (Kind.TO_DECIDE,),
    "finding.deferred": (Kind.TO_DECIDE, *_TO_THE_UNIT),
    "finding.merged": tuple(Kind),
    "finding.voided": tuple(Kind),
}


def end_of_next_working_day(calendar: Calendar, now: datetime) -> datetime:
    """Midnight after the first working day that follows today: what is due before it is worth saying today. UTC in, UTC out."""
    local = now.astimezone(calendar.zone)
    day = local.date() + timedelta(days=1)
    while not calendar.works(day):
        day += timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(), calendar.zone).astimezone(now.tzinfo)
