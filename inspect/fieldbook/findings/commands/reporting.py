"""Reporting 上报: one finding by itself, or a whole visit with all it found."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from fieldbook import evidence, inspections, places, standards
from fieldbook.accounts import Duty
from fieldbook.evidence import PhotoNamed, Role, Where
from fieldbook.kernel import Act, ask, bulk_insert, count_up, county, to_ms
from fieldbook.places import PlaceKnown, Standing

from .. import authority, routing, rules
from ..bodies import Failed, Fixed, Report, VisitDone
from ..calendar import calendar
from ..model import Finding, Numbering, Source, State
from ..refusals import AfterPhotoMissing, NoSuchFinding, PhotoMissing, UnknownCriterion, WhereMissing
from .steps import check_unit, give, keys, lock, start_clock

#: a finding's row before anything is said of it: the plain defaults of its columns
_NOTHING: dict[str, object] = {column.key: getattr(column.default, "arg", None) for column in Finding.__table__.columns}
_CLEARED_AGAIN = (Finding.criterion == bindparam("criterion"), Finding.state == State.CLEARED, Finding.cleared_at >= bindparam("since"))
_KNOWN = select(Finding.id).where(Finding.id == bindparam("finding"))
_AT_PLACE = select(Finding.id, Finding.nth).where(Finding.place_id == bindparam("place"), *_CLEARED_AGAIN).order_by(Finding.cleared_at.desc()).limit(1)
_AT_ROADSIDE = (
    select(Finding.id, Finding.nth, Finding.lat_e7, Finding.lon_e7)
    .where(
        Finding.place_id.is_(None),
        *_CLEARED_AGAIN,
        Finding.lat_e7.between(bindparam("south"), bindparam("north")),
        Finding.lon_e7.between(bindparam("west"), bindparam("east")),
    )
    .order_by(Finding.cleared_at.desc())
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
    looked = lock(act, [look.finding for look in told.looks if look.look != "unseen"])

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


def _report(
    act: Act,
    standing: Standing,
    finding_id: UUID,
    *,
    place: PlaceKnown | None,
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
        check_unit(act, chosen_unit)
    if criterion is not None and any(reason >= len(criterion.reasons()) for reason in reasons):
        raise UnknownCriterion(criterion=criterion.code)
    if ask(act.session, _KNOWN, {"finding": finding_id}):
        raise NoSuchFinding(finding=finding_id)

    own_area = standing.may(Duty.INSPECTOR, zone=zone_id)
    unit: UUID | None
    why: str | None
    if fixed is not None:
        unit, why = min(standing.units, default=None), "own"
    else:
        asked = routing.Asked(place.id if place else None, zone_id, kind, criterion.code if criterion else None, manual)
        unit, why = routing.unit_for(act.session, asked) if chosen_unit is None else (chosen_unit, "inspector")
    state = rules.born(own_area=own_area, unit_known=unit is not None, fixed=fixed is not None)
    earlier, nth = _earlier(act, place, criterion, position)
    finding = _born(
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
        heading_for=unit if state == State.TO_SCREEN else None,
        provisional=False,
        on_spot=False,
        returned=0,
        disputed_units=[],
        extended=0,
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
        start_clock(act, finding)
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
        give(act, finding, unit, why, with_report=True)
    _write(act, finding)  # last, so that it is written once
    return finding


def _born(**said: object) -> Finding:
    """A finding that `_write` is going to insert: nothing is noted of what changes in it, since the ORM never hears of it."""
    finding = Finding()
    vars(finding).update(_NOTHING | said)
    return finding


def _write(act: Act, finding: Finding) -> None:
    """Insert a finding that was born in this act, past the ORM, which takes three times as long as all that is said of it."""
    row = dict(vars(finding))
    del row["_sa_instance_state"]
    bulk_insert(act.session, Finding, [row])


def _seen_place(act: Act, standing: Standing, place_id: UUID) -> PlaceKnown:
    place = places.place_known(act.session, place_id)
    if place is None or not standing.sees(place.zone_id, place.unit_id):
        raise places.NoSuchPlace(place=place_id)
    return place


def _zone_of(act: Act, standing: Standing, told: Report) -> UUID:
    """The zone of a roadside finding: as told, else that of the nearest place, else the inspector's only one."""
    if told.zone is not None:
        zone = places.successor(act.session, told.zone)
        if zone is None:
            raise WhereMissing
        return zone
    if told.position is not None:
        near = places.nearest(act.session, told.position.lat_e7, told.position.lon_e7)
        if near:
            return near[0].zone_id
    own = standing.duties.get(Duty.INSPECTOR)
    zones = {places.successor(act.session, zone) for zone in own.zones} if own is not None else set()
    zone = zones.pop() if len(zones) == 1 else None
    if zone is None:
        raise WhereMissing
    return zone


def _only_kind(act: Act, place: PlaceKnown) -> str | None:
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


def _earlier(act: Act, place: PlaceKnown | None, criterion: standards.Criterion | None, position: Where | None) -> tuple[UUID | None, int]:
    """(the latest finding of the same thing that was cleared within the county's days of recurrence, which time this one is).

    The same thing: this criterion at this place, or, at the roadside, this criterion within 50 metres.
    """
    if criterion is None or (place is None and position is None):
        return None, 1
    asked: dict[str, object] = {"criterion": criterion.code, "since": act.at - timedelta(days=county(act.session).recurs_days)}
    if place is not None:
        found = ask(act.session, _AT_PLACE, asked | {"place": place.id}).one_or_none()
        return (found.id, found.nth + 1) if found else (None, 1)
    here = evidence.Spot(position.lat_e7, position.lon_e7)  # type: ignore[union-attr]
    tall, wide = rules.box_e7(here.lat_e7, rules.SAME_SPOT_M)
    box = {"south": here.lat_e7 - tall, "north": here.lat_e7 + tall, "west": here.lon_e7 - wide, "east": here.lon_e7 + wide}
    for row in ask(act.session, _AT_ROADSIDE, asked | box):
        if evidence.apart_m(here, evidence.Spot(row.lat_e7, row.lon_e7)) <= rules.SAME_SPOT_M:
            return row.id, row.nth + 1
    return None, 1


def _number(act: Act) -> str:
    """The next number of this day of the county."""
    day = act.at.astimezone(calendar(act.session).zone).strftime("%Y%m%d")
    return f"CW-{day}-{count_up(act.session, Numbering, {'day': day}, 'last'):04d}"
