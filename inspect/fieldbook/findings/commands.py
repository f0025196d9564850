"""Verbs of findings. Each checks everything before the first change, then changes, then records."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from fieldbook import accounts, evidence, inspections, journal, places, standards
from fieldbook.accounts import Duty
from fieldbook.evidence import PhotoNamed, Role, Where
from fieldbook.kernel import Act, ask, count_up, to_ms
from fieldbook.places import Place, Standing

from . import authority, deadlines, routing, rules
from .bodies import Failed, Fixed, Report, VisitDone
from .calendar import calendar
from .model import Finding, Numbering, Source, State
from .refusals import (
    AfterPhotoMissing,
    BadDue,
    BadReason,
    NoSuchFinding,
    NoSuchUnit,
    PhotoMissing,
    PhotosOnTheWay,
    SeenTooLittle,
    UnknownCriterion,
    WhereMissing,
    WordsMissing,
)

#: why a reviewer is not satisfied, by the digit of the desk's key
RETURN_REASONS = {
    "not_done": ("未整改到位", "Not put right"),
    "other_spot": ("不是同一处", "Not the same spot"),
    "other_angle": ("角度不同", "Different angle"),
    "unclear": ("照片不清", "Photo unclear"),
    "no_photo": ("缺照片", "Photo missing"),
    "old_photo": ("用了旧照片", "Old photo used"),
    "other": ("另写", "In words"),
}
#: why a report does not count
DISMISS_REASONS = {
    "not_a_fault": ("不属于问题", "Not a fault"),
    "not_ours": ("不在本县范围", "Outside the county"),
    "unclear": ("照片看不清", "Photo unclear"),
    "already_open": ("已有同一问题", "Already open"),
    "other": ("另写", "In words"),
}

A_YEAR = timedelta(days=366)

_EARLIER = (
    select(Finding.id, Finding.nth)
    .where(
        Finding.place_id == bindparam("place"),
        Finding.criterion == bindparam("criterion"),
        Finding.state == State.CLEARED,
        Finding.cleared_at >= bindparam("since"),
    )
    .order_by(Finding.cleared_at.desc())
    .limit(1)
)


def report(act: Act, standing: Standing, finding_id: UUID, told: Report) -> Finding:
    """Report one finding by itself, at a place or at the roadside.

    Raises PhotoMissing, WhereMissing, UnknownCriterion, NoSuchUnit, places.NoSuchPlace, accounts.NotYourDuty.
    """
    standing.require_any(*authority.REPORTS)
    place = _seen_place(act, standing, told.place) if told.place else None
    zone_id = place.zone_id if place else _zone_of(act, standing, told)
    kind = told.kind or (_only_kind(act, place) if place else None)
    criterion = _criterion(act, told.manual, kind, told.criterion)
    return _report(
        act,
        standing,
        finding_id,
        place=place,
        zone_id=zone_id,
        kind=kind,
        criterion=criterion,
        manual=told.manual if criterion else None,
        reasons=told.reasons,
        words=told.words,
        chosen_unit=told.unit,
        photos=told.photos,
        fixed=told.fixed,
        position=told.position,
        found_at=act.told(to_ms(act.claimed_at)) if act.claimed_at else act.at,
    )


def finish_visit(act: Act, standing: Standing, visit_id: UUID, told: VisitDone) -> list[Finding]:
    """Finish a visit: keep its answers and score, open its findings, note what was seen of open ones.

    One transaction: the visit and all it reports, or nothing.
    Raises inspections.BadAnswer, inspections.VisitKnown, PhotoMissing, UnknownCriterion, NoSuchUnit, places.NoSuchPlace, accounts.NotYourDuty.
    """
    standing.require_any(Duty.INSPECTOR)
    place = _seen_place(act, standing, told.place)
    manual = standards.manual(act.session, told.manual)
    kind = manual.kinds.get(told.kind)
    if kind is None:
        raise UnknownCriterion(criterion=told.kind)
    failed = {answer.criterion for answer in told.answers if answer.verdict == "fail"}
    for finding in told.findings:
        if finding.criterion not in failed:
            raise UnknownCriterion(criterion=finding.criterion)
        _photos_of(finding)
    looked = _lock(act, [look.finding for look in told.looks if look.look != "unseen"])

    position = told.position
    inspections.keep_visit(
        act,
        visit_id,
        place=place,
        kind=kind,
        manual=told.manual,
        answers=[inspections.AnswerGiven(a.criterion, a.verdict, a.value, a.choice, a.words) for a in told.answers],
        started_at=act.told(told.started_at),
        finished_at=act.told(told.finished_at),
        position=(position.lat_e7, position.lon_e7, position.accuracy_m) if position else None,
    )
    for answer in told.answers:
        if answer.photos:
            evidence.name_photos(act, answer.photos, role=Role.VIEW, visit_id=visit_id, criterion=answer.criterion)
    for look in told.looks:
        seen = looked.get(look.finding)
        if seen is not None and seen.place_id == place.id:
            act.record("finding.looked", seen.id, reach=keys(seen), look=look.look, visit=visit_id)
    return [
        _report(
            act,
            standing,
            one.id,
            place=place,
            zone_id=place.zone_id,
            kind=kind.code,
            criterion=manual.criteria[one.criterion],
            manual=told.manual,
            reasons=one.reasons,
            words=one.words,
            chosen_unit=one.unit,
            photos=one.photos,
            fixed=one.fixed,
            position=told.position,
            found_at=act.told(told.finished_at),
            visit_id=visit_id,
        )
        for one in told.findings
    ]


def screen(act: Act, standing: Standing, finding_id: UUID, *, words: str = "") -> Finding:
    """Say that a report counts; it then waits for an owner, or gets the one that the rule names."""
    finding, state = _ready(act, standing, finding_id, "screen")
    unit, why = routing.unit_for(act.session, finding.place_id, finding.kind, finding.manual)

    finding.state = state
    _changed(act, finding, "finding.screened", said={"words": words})
    if unit is not None and why is not None:
        _give(act, finding, unit, why, days=_days(act, finding))
    return finding


def dismiss(act: Act, standing: Standing, finding_id: UUID, *, reason: str, words: str = "") -> Finding:
    """Say that a report does not count. Raises BadReason, WordsMissing."""
    finding, state = _ready(act, standing, finding_id, "dismiss")
    _check_reason(reason, DISMISS_REASONS, words)

    finding.state = state
    _changed(act, finding, "finding.dismissed", said={"words": words}, reason=reason)
    return finding


def assign(act: Act, standing: Standing, finding_id: UUID, *, unit: UUID, due_at: datetime | None = None, words: str = "") -> Finding:
    """Hand a finding to a unit; a new clock starts. due_at: instead of the standard's. Raises NoSuchUnit, BadDue."""
    finding, _ = _ready(act, standing, finding_id, "assign")
    _check_unit(act, unit)
    _check_due(act, due_at)

    _give(act, finding, unit, "dispatcher", days=_days(act, finding), due_at=due_at, words=words)
    return finding


def accept(act: Act, standing: Standing, finding_id: UUID) -> Finding:
    """Note that the unit has seen what it was handed."""
    finding, state = _ready(act, standing, finding_id, "accept")

    finding.state = state
    finding.accepted_at = act.at
    _changed(act, finding, "finding.accepted")
    return finding


def rectify(act: Act, standing: Standing, finding_id: UUID, *, photos: Sequence[PhotoNamed], words: str = "") -> Finding:
    """Say that a finding is put right, and hand it to a reviewer.

    photos: after photos (1 to 6), at least one of which no earlier entry names; their bytes may still be on the way.
    words: what was done, at most 500 characters.

    The deadline stops now and starts again if the reviewer returns it, so `due_at` is kept.
    Raises NoSuchFinding, NotNow, AfterPhotoMissing, SeenTooLittle, accounts.NotYourDuty.
    """
    finding, state = _ready(act, standing, finding_id, "rectify")
    if act.seen_seq is not None and act.seen_seq < _last_demand(act.session, finding.id):
        raise SeenTooLittle(finding=finding.id)
    if not photos or not evidence.first_named_here(act, photos):
        raise AfterPhotoMissing(finding=finding.id)

    finding.state = state
    finding.accepted_at = finding.accepted_at or act.at
    finding.rectified_at = act.at
    finding.rectifier_id = act.who
    finding.rectifying_unit_id = finding.unit_id
    named = evidence.name_photos(act, photos, role=Role.AFTER, finding_id=finding.id)
    _changed(act, finding, "finding.rectified", said={"words": words}, photos=named)
    return finding


def clear(act: Act, standing: Standing, finding_id: UUID, *, words: str = "") -> Finding:
    """Clear a finding 销号: somebody else has seen the proof.

    Raises PhotosOnTheWay, OwnWork, NotNow, NoSuchFinding, accounts.NotYourDuty.
    """
    finding, state = _ready(act, standing, finding_id, "clear")
    if not evidence.all_checked(act.session, finding.id, Role.AFTER):
        raise PhotosOnTheWay(finding=finding.id)

    finding.state = state
    finding.cleared_at = act.at
    _verdict(act, finding)
    _changed(act, finding, "finding.cleared", said={"words": words})
    return finding


def send_back(act: Act, standing: Standing, finding_id: UUID, *, reason: str, words: str = "", due_at: datetime | None = None) -> Finding:
    """Return a finding to its unit with a reason and a new due date; counted as rework.

    Raises BadReason, WordsMissing, BadDue, OwnWork, NotNow, NoSuchFinding, accounts.NotYourDuty.
    """
    finding, state = _ready(act, standing, finding_id, "return")
    _check_reason(reason, RETURN_REASONS, words)
    _check_due(act, due_at)

    finding.state = state
    finding.returned += 1
    _verdict(act, finding)
    finding.due_before = finding.due_at
    proposed, provisional = deadlines.due(calendar(act.session), act.at, days=_days(act, finding))
    finding.due_at, finding.provisional = due_at or proposed, provisional and due_at is None
    _changed(act, finding, "finding.returned", said={"words": words}, reason=reason, due_at=finding.due_at)
    return finding


def undo(act: Act, standing: Standing, finding_id: UUID) -> Finding:
    """Take back one's own verdict within ten minutes, if nothing followed. Raises TooLateToUndo, NotNow."""
    finding, state = _ready(act, standing, finding_id, "undo")

    if finding.state == State.RETURNED:
        finding.returned -= 1
        finding.due_at = finding.due_before
    finding.state = state
    finding.cleared_at = finding.verdict_by = finding.verdict_at = finding.due_before = None
    _changed(act, finding, "finding.undone")
    return finding


def void(act: Act, standing: Standing, finding_id: UUID, *, words: str) -> Finding:
    """Void an entry made by mistake, with the reason in words; it stays in the journal. Raises WordsMissing."""
    finding, state = _ready(act, standing, finding_id, "void")
    if not words.strip():
        raise WordsMissing

    finding.state = state
    _changed(act, finding, "finding.voided", said={"words": words})
    return finding


def keys(finding: Finding) -> set[UUID | None]:
    """Whose view a finding is in: its zone, its unit, its reporter, who put it right."""
    return {finding.zone_id, finding.unit_id, finding.reporter_id, finding.rectifier_id}


# ---- the steps that several verbs share


def _lock(act: Act, ids: Sequence[UUID]) -> dict[UUID, Finding]:
    """Findings by id, locked in id order, as they are now.

    Not against being referred to: a recurrence refers to an earlier finding, at a moment when no order can be kept.
    """
    rows = act.session.scalars(
        select(Finding).where(Finding.id.in_(set(ids))).order_by(Finding.id).with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    return {finding.id: finding for finding in rows}


def _ready(act: Act, standing: Standing, finding_id: UUID, verb: str) -> tuple[Finding, State]:
    """The finding, locked, and the state the verb leads to; or the refusal: unseen, not yours, not now."""
    finding = _lock(act, [finding_id]).get(finding_id)
    if finding is None or not authority.sees(standing, finding):
        raise NoSuchFinding(finding=finding_id)
    state = rules.after(finding.state, verb)
    authority.require(standing, finding, verb, act.at)
    return finding, state


def _changed(act: Act, finding: Finding, verb: str, *, said: dict[str, str] | None = None, **facts: object) -> None:
    finding.version += 1
    act.record(verb, finding.id, reach=keys(finding), said=said, state=finding.state, **facts)


def _report(
    act: Act,
    standing: Standing,
    finding_id: UUID,
    *,
    place: Place | None,
    zone_id: UUID,
    kind: str | None,
    criterion: standards.Criterion | None,
    manual: int | None,
    reasons: Sequence[int],
    words: str,
    chosen_unit: UUID | None,
    photos: Sequence[PhotoNamed],
    fixed: Fixed | None,
    position: Where | None,
    found_at: datetime,
    visit_id: UUID | None = None,
) -> Finding:
    if not photos:
        raise PhotoMissing
    if chosen_unit is not None:
        _check_unit(act, chosen_unit)
    if criterion is not None and any(reason >= len(criterion.reasons()) for reason in reasons):
        raise UnknownCriterion(criterion=criterion.code)
    if act.session.get(Finding, finding_id) is not None:
        raise NoSuchFinding(finding=finding_id)

    own_area = standing.may(Duty.INSPECTOR, zone=zone_id)
    unit: UUID | None
    why: str | None
    if fixed is not None:
        unit, why = min(standing.units, default=None), "own"
    else:
        unit, why = routing.unit_for(act.session, place.id if place else None, kind, manual) if chosen_unit is None else (chosen_unit, "inspector")
    state = rules.born(own_area=own_area, unit_known=unit is not None, fixed=fixed is not None)
    earlier, nth = _earlier(act, place, criterion)
    finding = Finding(
        id=finding_id,
        number=_number(act),
        place_id=place.id if place else None,
        zone_id=zone_id,
        visit_id=visit_id,
        kind=kind,
        criterion=criterion.code if criterion else None,
        manual=manual,
        reasons=list(reasons),
        words=words,
        source=Source.PATROL if own_area else Source.OUTSIDE,
        reporter_id=act.who,
        found_at=found_at,
        received_at=act.at,
        lat_e7=position.lat_e7 if position else None,
        lon_e7=position.lon_e7 if position else None,
        accuracy_m=position.accuracy_m if position else None,
        state=state,
        unit_id=None,
        provisional=False,
        on_spot=False,
        returned=0,
        recurrence_of=earlier,
        nth=nth,
        version=1,
    )
    before = evidence.name_photos(act, photos, role=Role.BEFORE, finding_id=finding_id, visit_id=visit_id, criterion=finding.criterion)
    after: list[str] = []
    if fixed is not None:
        if not evidence.first_named_here(act, fixed.photos):
            raise AfterPhotoMissing(finding=finding_id)
        after = evidence.name_photos(act, fixed.photos, role=Role.AFTER, finding_id=finding_id, visit_id=visit_id, criterion=finding.criterion)
        finding.on_spot = True
        finding.unit_id, finding.why_unit = unit, why
        finding.rectifying_unit_id = unit
        finding.rectified_at = finding.accepted_at = finding.assigned_at = act.at
        finding.rectifier_id = act.who
        finding.due_at, finding.provisional = deadlines.due(calendar(act.session), act.at, days=_days(act, finding))
    act.record(
        "finding.reported",
        finding_id,
        reach=keys(finding),
        said={"words": words, "fixed_words": fixed.words if fixed else ""},
        number=finding.number,
        state=state,
        source=finding.source,
        place=finding.place_id,
        zone=zone_id,
        visit=visit_id,
        kind=kind,
        criterion=finding.criterion,
        manual=manual,
        reasons=list(reasons),
        found_at=found_at,
        before=before,
        after=after,
        on_spot=finding.on_spot,
        recurrence_of=finding.recurrence_of,
        position=[finding.lat_e7, finding.lon_e7, finding.accuracy_m] if position else None,
    )
    if state == State.ASSIGNED and unit is not None and why is not None:
        _give(act, finding, unit, why, days=_days(act, finding), with_report=True)
    act.session.add(finding)  # last, so that it is written once
    return finding


def _give(
    act: Act, finding: Finding, unit: UUID, why: str, *, days: int, due_at: datetime | None = None, words: str = "", with_report: bool = False
) -> None:
    """Make `unit` the owner and start its clock."""
    before = keys(finding)
    proposed, provisional = deadlines.due(calendar(act.session), act.at, days=days)
    finding.state = State.ASSIGNED
    finding.unit_id, finding.why_unit = unit, why
    finding.assigned_at, finding.accepted_at = act.at, None
    finding.due_at, finding.provisional = due_at or proposed, provisional and due_at is None
    finding.version += 1
    act.record(
        "finding.assigned",
        finding.id,
        reach=before | keys(finding),
        said={"words": words},
        state=finding.state,
        unit=unit,
        why=why,
        due_at=finding.due_at,
        provisional=finding.provisional,
        with_report=with_report,
    )


def _verdict(act: Act, finding: Finding) -> None:
    finding.verdict_by, finding.verdict_at = act.who, act.at


def _seen_place(act: Act, standing: Standing, place_id: UUID) -> Place:
    place = places.place(act.session, place_id)
    if not standing.sees(place.zone_id, place.unit_id):
        raise places.NoSuchPlace(place=place_id)
    return place


def _zone_of(act: Act, standing: Standing, told: Report) -> UUID:
    """The zone of a roadside finding: as told, else that of the nearest place, else the inspector's only one."""
    if told.zone is not None:
        if told.zone in places.area_names(act.session):
            return told.zone
        raise WhereMissing
    if told.position is not None:
        near = places.nearest(act.session, told.position.lat_e7, told.position.lon_e7)
        if near:
            return near[0].zone_id
    own = standing.duties.get(Duty.INSPECTOR)
    if own is not None and len(own.zones) == 1:
        return next(iter(own.zones))
    raise WhereMissing


def _only_kind(act: Act, place: Place) -> str | None:
    kinds = places.kinds_of(act.session, [place.id]).get(place.id, [])
    return kinds[0] if len(kinds) == 1 else None


def _criterion(act: Act, manual: int | None, kind: str | None, code: str | None) -> standards.Criterion | None:
    if code is None:
        return None
    found = standards.manual(act.session, manual).criteria.get(code) if manual is not None else None
    if found is None or (kind is not None and found.kind != kind):
        raise UnknownCriterion(criterion=code)
    return found


def _photos_of(told: Failed) -> None:
    if not told.photos:
        raise PhotoMissing


def _days(act: Act, finding: Finding) -> int:
    """Working days the criterion gives."""
    if finding.criterion is None or finding.manual is None:
        return deadlines.USUAL_DAYS
    return standards.manual(act.session, finding.manual).criteria[finding.criterion].rectify_days


def _earlier(act: Act, place: Place | None, criterion: standards.Criterion | None) -> tuple[UUID | None, int]:
    """(the latest finding of this place and criterion that was cleared within the last 30 days, which time this one is)."""
    if place is None or criterion is None:
        return None, 1
    since = act.at - rules.RECURS_WITHIN
    found = ask(act.session, _EARLIER, {"place": place.id, "criterion": criterion.code, "since": since}).one_or_none()
    return (found.id, found.nth + 1) if found else (None, 1)


def _number(act: Act) -> str:
    """The next number of this day of the county."""
    day = act.at.astimezone(calendar(act.session).zone).strftime("%Y%m%d")
    return f"CW-{day}-{count_up(act.session, Numbering, {'day': day}, 'last'):04d}"


def _last_demand(session: Session, finding_id: UUID) -> int:
    """The journal position of the last time something was asked of the unit."""
    demands = ("finding.assigned", "finding.returned")
    newest = select(func.max(journal.EntryRow.seq)).where(journal.EntryRow.subject == finding_id, journal.EntryRow.verb.in_(demands))
    return session.scalar(newest) or 0


def _check_unit(act: Act, unit: UUID) -> None:
    if act.session.get(accounts.Unit, unit) is None:
        raise NoSuchUnit(unit=unit)


def _check_due(act: Act, due_at: datetime | None) -> None:
    if due_at is not None and not act.at < due_at <= act.at + A_YEAR:
        raise BadDue


def _check_reason(reason: str, offered: dict[str, tuple[str, str]], words: str) -> None:
    if reason not in offered:
        raise BadReason(reason=reason)
    if reason == "other" and not words.strip():
        raise WordsMissing
