"""点位: one place, its photos by date, what is open, its visits with scores, who answers for it, and what became of it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import accounts, evidence, findings, journal, places, reports
from fieldbook.accounts import Duty
from fieldbook.findings import Filters
from fieldbook.kernel import Refusal, db
from fieldbook.places import Datum, Place
from fieldbook.reports import PlacePhoto, VisitFilters

from .. import drawing, filters, formats, words
from ..doors import acting, needs, now, standing
from ..filters import Asked
from ..frame import PLACES
from ..shown import Shown
from ..words import _

bp = Blueprint("places", __name__)

#: who keeps the register
CHANGES = (Duty.ADMINISTRATOR, Duty.HEADQUARTERS)
#: photos across the top of a place
STRIP = 5
#: visits shown on a place's own page
VISITS = 6


def href_of(place: Place) -> str:
    """Where a place is shown."""
    return url_for("places.show", place_id=place.id)


@bp.get("/places/<uuid:place_id>")
@needs(*PLACES)
def show(place_id: UUID) -> ResponseReturnValue:
    """One place: its photos by date, what is open, its visits with scores, and who answers for it."""
    return _page(place_id)


def _page(place_id: UUID, *, said: str = "", status: int = 200) -> ResponseReturnValue:
    session, at = db.session(), now()
    shown = Shown(session, standing(), at)
    place = reports.place_in(session, standing(), place_id)
    kinds = places.kinds_of(session, [place_id]).get(place_id, [])
    photos, _some = reports.photos_of_place(session, standing(), place_id, each=STRIP, only_seen=True)
    _first, all_photos = reports.photos_of_place(session, standing(), place_id, each=1)
    wanted = Filters(view="open", place=place_id)
    open_, count = findings.listing(session, standing(), wanted, now=at)
    tallied = findings.view_counts(session, standing(), wanted, now=at, views=("overdue", "found"))
    visits, visited = reports.visits(session, standing(), VisitFilters(place=place_id), now=at)
    told = {
        "id": place.id,
        "name": place.name,
        "closed_at": place.closed_at,
        "version": place.version,
        "scope": "　·　".join(
            part for part in (place.code, _("、").join(shown.kind_name(kind) for kind in kinds), shown.long_zone(place.zone_id), place.address) if part
        ),
        "photos": [_photo(photo) for photo in photos],
        "all_photos": all_photos,
        "photos_href": url_for(".photos", place_id=place_id),
        "open": shown.rows(open_, f"place={place_id}"),
        "count": count,
        "overdue": tallied["overdue"],
        "ever": tallied["found"],
        "open_href": url_for("findings.index", place=str(place_id)),
        "ever_href": url_for("findings.index", place=str(place_id), view="found"),
        "visits": [_visit(row, shown, several=len(kinds) > 1) for row in visits[:VISITS]],
        "visited": visited,
        "visits_href": url_for("visits.index", place=str(place_id)),
        "scores": drawing.scores([(formats.day(row.visit.finished_at), row.score) for row in reversed(visits[:VISITS]) if row.score is not None]),
        "several": len(kinds) > 1,
        "who": _who_answers(place, kinds, shown),
        "position": _position_told(place),
        "history": _history(place, shown),
        "codes": url_for(".codes", place=str(place_id)),
        "edit": url_for(".change", place_id=place_id) if may_change_it(place) else None,
        "close": url_for(".close", place_id=place_id) if may_change_it(place) and place.closed_at is None else None,
        "reopen": url_for(".reopen", place_id=place_id) if may_change_it(place) and place.closed_at is not None else None,
    }
    return render_template("places/one.html", here="places", p=told, said=said), status


def may_change_it(place: Place) -> bool:
    """Whether the person keeps the register of this place's zone."""
    return any(standing().may(duty, zone=place.zone_id) for duty in CHANGES)


def _photo(photo: PlacePhoto) -> dict[str, Any]:
    word = {
        evidence.Role.BEFORE: _("整改前"),
        evidence.Role.AFTER: _("整改后"),
        evidence.Role.UNDER_WAY: _("整改中"),
        evidence.Role.VIEW: _("检查"),
    }[photo.role]
    href = url_for("findings.show", finding_id=photo.finding) if photo.finding else url_for("visits.show", visit_id=photo.visit) if photo.visit else ""
    return {
        "small": f"/photos/{photo.sha256}/small" if photo.seen else None,
        "large": f"/photos/{photo.sha256}/large" if photo.seen else None,
        "word": word,
        "short": formats.short_number(photo.number) if photo.number else "",
        "number": photo.number or "",
        "href": href,
        "taken_at": photo.taken_at,
        "cleared": photo.state == findings.State.CLEARED and photo.role is evidence.Role.AFTER,
        "waits": photo.state == findings.State.RECTIFIED and photo.role is evidence.Role.AFTER,
    }


def _visit(row: reports.VisitSeen, shown: Shown, *, several: bool) -> dict[str, Any]:
    tally = row.visit.tally
    return {
        "href": url_for("visits.show", visit_id=row.visit.id),
        "at": row.visit.started_at,
        "kind": shown.kind_name(row.visit.kind, row.visit.manual) if several else "",
        "who": row.inspector,
        "marks": drawing.marks(tally, row.critical),
        "width": len(tally) * 10,
        "passed": tally.count("p"),
        "failed": tally.count("f") + tally.count("m"),
        "na": tally.count("n"),
        "score": row.score,
        "found": row.found,
        "open": row.open,
        "found_href": url_for("visits.show", visit_id=row.visit.id, only="failed"),
    }


def _who_answers(place: Place, kinds: Sequence[str], shown: Shown) -> list[dict[str, str]]:
    """Who answers for a place: its unit, the trade's department, the zone, and who walks there."""
    session = shown.session
    unit = accounts.unit_names(session, [place.unit_id]).get(place.unit_id) if place.unit_id else None
    zone = shown.areas.get(place.zone_id)
    district = shown.areas.get(zone.parent_id) if zone and zone.parent_id else None
    leads = [place.lead] if place.lead else list(dict.fromkeys(lead_of(kind, shown) for kind in kinds))
    inspectors = reports.who_inspects(session, place.zone_id)
    told = [{"word": _("责任单位"), "name": formats.in_language(unit) if unit else "", "more": _contact(unit.contact, unit.phone) if unit else "", "missing": _("还没有定，问题按牵头部门或由调度交办")}]
    told.append({"word": _("牵头部门"), "name": _("、").join(lead for lead in leads if lead), "more": "" if place.lead else _("按操作手册"), "missing": _("操作手册没有写")})
    if zone is not None:
        told.append({"word": _("责任区"), "name": shown.long_zone(zone.id), "more": _contact(zone.head, zone.contact) or (formats.in_language(district) if district else ""), "missing": ""})
        if zone.unit_id is not None:
            told.append({"word": _("区责任单位"), "name": shown.unit(zone.unit_id), "more": "", "missing": ""})
    if place.contact or place.phone:
        told.insert(1, {"word": _("联系人"), "name": _contact(place.contact, place.phone), "more": "", "missing": ""})
    if place.partner or place.leader:
        told.append({"word": _("包联单位"), "name": "　".join(part for part in (place.partner, place.leader) if part), "more": "", "missing": ""})
    told += [{"word": word, "name": text, "more": "", "missing": ""} for word, text in ((_("长度或面积"), place.extent), (_("巡查频次"), place.frequency), (_("备注"), place.note)) if text]
    said = _("、").join(inspectors[:4]) + (_(" 等 %(n)s 人", n=len(inspectors)) if len(inspectors) > 4 else "")
    told.append({"word": _("谁巡查"), "name": said, "more": "", "missing": _("这个责任区还没有巡查员")})
    return told


def lead_of(kind: str, shown: Shown) -> str:
    """The department that the manual names for a kind."""
    known = shown.manual.kinds.get(kind) if shown.manual else None
    return (known.lead_en if shown.language == "en" else known.lead_zh) if known else ""


def _contact(name: str, phone: str) -> str:
    return "　".join(part for part in (name, formats.masked(phone)) if part)


def _position_told(place: Place) -> dict[str, str] | None:
    if place.lat_e7 is None or place.lon_e7 is None:
        return None
    given = ""
    if place.given_lat_e7 is not None and place.given_lon_e7 is not None and place.datum not in (Datum.WGS84, Datum.CGCS2000):
        given = _("来自%(datum)s：%(position)s", datum=datum_word(Datum(place.datum)), position=places.written(place.given_lat_e7, place.given_lon_e7))
    return {"wgs84": places.written(place.lat_e7, place.lon_e7), "given": given}


def datum_word(datum: Datum) -> str:
    """A datum as people know it: by the maps that use it."""
    return {
        Datum.WGS84: _("手机定位 WGS-84"),
        Datum.CGCS2000: _("天地图 CGCS2000"),
        Datum.GCJ02: _("高德、腾讯 GCJ-02"),
        Datum.BD09: _("百度 BD-09"),
    }[datum]


def _history(place: Place, shown: Shown) -> list[dict[str, Any]]:
    """What happened to the place in the register, newest first."""
    steps = journal.course_of(shown.session, [place.id])[place.id]
    people = accounts.person_names(shown.session, {step["actor"] for step in steps if step["actor"]})
    word = {"place.made": _("建档"), "place.changed": _("改资料"), "place.closed": _("停用"), "place.reopened": _("恢复")}
    told = []
    for step in reversed(steps):
        if step["verb"] in word:
            changes = [
                {"word": _field_word(name), "was": _told_value(name, was, shown), "now": _told_value(name, step["facts"]["now"].get(name), shown)}
                for name, was in step["facts"].get("was", {}).items()
                if _field_word(name)
            ] + [{"word": _field_word(name), "was": "", "now": _("已改")} for name in step["facts"].get("people", ())]
            told.append({"word": word[step["verb"]], "who": people.get(step["actor"], _("系统")), "at": step["at"], "changes": changes})
    return told


def _field_word(name: str) -> str:
    return {
        "code": _("编号"),
        "name": _("名称"),
        "address": _("地址"),
        "zone_id": _("责任区"),
        "unit_id": _("责任单位"),
        "lead": _("牵头部门"),
        "partner": _("包联单位"),
        "leader": _("包联领导"),
        "contact": _("联系人"),
        "phone": _("联系电话"),
        "extent": _("长度或面积"),
        "frequency": _("巡查频次"),
        "note": _("备注"),
        "kinds": _("任务对象"),
        "lat_e7": _("纬度"),
        "lon_e7": _("经度"),
    }.get(name, "")


def _told_value(name: str, value: Any, shown: Shown) -> str:
    if value in (None, "", []):
        return _("无")
    if name == "zone_id":
        return shown.zone(UUID(value))
    if name == "unit_id":
        return shown.unit(UUID(value))
    if name == "kinds":
        return _("、").join(shown.kind_name(kind) for kind in value)
    if name in ("lat_e7", "lon_e7"):
        return places.written(value, 0).split(", ")[0]
    return str(value)


@bp.get("/places/<uuid:place_id>/photos")
@needs(*PLACES)
def photos(place_id: UUID) -> ResponseReturnValue:
    """Every photo of a place the person may see, by day."""
    session = db.session()
    place = reports.place_in(session, standing(), place_id)
    page = filters.page_of(request.args)
    found, total = reports.photos_of_place(session, standing(), place_id, page=page)
    asked = Asked(url_for(".photos", place_id=place_id), (), page)
    days = [{"day": day, "photos": [_photo(photo) for photo in group]} for day, group in groupby(found, key=lambda photo: _day_of(photo.taken_at))]
    return render_template(
        "places/photos.html",
        here="places",
        name=place.name,
        code=place.code,
        back=href_of(place),
        days=days,
        l=asked.paging(shown=len(found), total=total, size=reports.PLACES_PAGE),
    )


def _day_of(moment: datetime) -> Any:
    at = formats.local(moment)
    assert at is not None
    return at.date()


@bp.post("/places/<uuid:place_id>/close")
@needs(*CHANGES)
def close(place_id: UUID) -> ResponseReturnValue:
    """Say that the place is no longer inspected."""
    return _turn(place_id, places.close_place)


@bp.post("/places/<uuid:place_id>/reopen")
@needs(*CHANGES)
def reopen(place_id: UUID) -> ResponseReturnValue:
    """Say that the place is inspected again."""
    return _turn(place_id, places.reopen_place)


def _turn(place_id: UUID, command: Any) -> ResponseReturnValue:
    try:
        with acting() as act:
            command(act, standing(), place_id, version=request.form.get("version", type=int))
    except Refusal as refusal:
        db.session.rollback()
        if isinstance(refusal, places.NoSuchPlace | accounts.NotYourDuty):
            raise
        return _page(place_id, said=words.sentence(refusal.sentence, refusal.facts), status=refusal.status)
    return redirect(url_for(".show", place_id=place_id), 303)
