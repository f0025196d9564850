"""点位: the register with its coverage, one place, its form, and the sheets of codes to print."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from fieldbook import accounts, evidence, findings, journal, places, reports, standards, workbooks
from fieldbook.accounts import Duty
from fieldbook.findings import Filters
from fieldbook.kernel import Refusal, db
from fieldbook.places import Datum, Place
from fieldbook.reports import PlaceFilters, PlacePhoto, PlaceSeen, VisitFilters
from fieldbook.workbooks import Cell

from .. import drawing, filters, formats, qr, words
from ..doors import acting, needs, now, origin, standing
from ..filters import Asked
from ..frame import PLACES
from ..shown import Shown
from ..words import _

bp = Blueprint("places", __name__)

#: codes on one A4 sheet, and so many sheets at once
CODES_A_SHEET = 12
MOST_CODES = 600
MOST_ROWS = 20_000
#: photos across the top of a place
STRIP = 5
#: visits shown on a place's own page
VISITS = 6
#: a position further than this from every other place of the county is looked at twice
FAR_KM = 30
CHANGES = (Duty.ADMINISTRATOR, Duty.HEADQUARTERS)


# ---- the list


@dataclass(frozen=True)
class PlacesAsked(Asked):
    """A list of places: what it is narrowed to, and in which order."""

    filters: PlaceFilters = field(default_factory=PlaceFilters)
    sort: str = "longest"


def asked_places(args: MultiDict[str, str]) -> PlacesAsked:
    """What an address asks of the list of places. Whatever is not known is left out."""
    days = args.get("days", 0, type=int) or 0
    wanted = PlaceFilters(
        view=filters.one_of(args, "view", reports.PLACE_VIEWS, "all"),
        zones=filters.ids(args.getlist("zone")),
        kinds=filters.codes(args, "kind"),
        units=filters.ids(args.getlist("unit")),
        days=days if 0 < days <= 3650 else None,
        text=filters.searched(args),
    )
    sort = filters.one_of(args, "sort", reports.PLACE_SORTS, "longest")
    fields = (
        ("view", wanted.view if wanted.view != "all" else ""),
        *(("zone", str(zone)) for zone in wanted.zones),
        *(("kind", kind) for kind in wanted.kinds),
        *(("unit", str(unit)) for unit in wanted.units),
        ("days", str(wanted.days or "")),
        ("q", wanted.text),
        ("sort", sort if sort != "longest" else ""),
    )
    return PlacesAsked(url_for("places.index"), fields, filters.page_of(args), "", wanted, sort)


@bp.get("/places")
@needs(*PLACES)
def index() -> ResponseReturnValue:
    """The places the person sees: what is not covered yet above, the list below."""
    session, at, asked = db.session(), now(), asked_places(request.args)
    shown = Shown(session, standing(), at)
    found, total = reports.places_seen(session, standing(), asked.filters, now=at, sort=asked.sort, page=asked.page)
    shown.know_unit_ids({seen.place.unit_id for seen in found})
    covered = reports.coverage(session, standing(), now=at)
    counts = reports.place_counts(session, standing(), replace(asked.filters, view="all"), now=at)
    everywhere = reports.place_counts(session, standing(), PlaceFilters(), now=at)
    query = asked.query(leave=("page",))
    narrowed = bool(asked.fields) and any(name not in ("sort",) for name, value in asked.fields if value)
    told = {
        "as_of": at,
        "title": _("点位\u200b"),
        "units_word": _("责任单位\u200b"),
        "scope": _("%(places)s 处，%(kinds)s 类，%(zones)s 个责任区", places=everywhere["all"], kinds=_kinds_used(covered), zones=len(covered.rows)),
        "plain": url_for(".index"),
        "q": asked.filters.text,
        "kept": asked.pairs(leave=("q", "page")),
        "kept_all": asked.pairs(leave=("page",)),
        "tabs": [
            {"word": _view_word(view, covered), "count": counts[view], "chosen": view == asked.filters.view, "href": asked.asking(view="" if view == "all" else view).at()}
            for view in reports.PLACE_VIEWS
        ],
        "cover": _cover(covered, shown) if not narrowed or asked.filters.view == "unvisited" else None,
        "watches": _watches(covered, everywhere, shown) if not narrowed or asked.filters.view == "unvisited" else [],
        "chips": _chips(asked, shown),
        "choices": _choices(asked, shown),
        "sorts": [
            {"word": _sort_word(sort), "href": asked.asking(sort="" if sort == "longest" else sort).at(), "chosen": sort == asked.sort} for sort in reports.PLACE_SORTS
        ],
        "sort_word": _sort_word(asked.sort),
        "rows": [_row(seen, shown) for seen in found],
        "empty": _empty(asked, everywhere) if not found else None,
        "codes": url_for(".codes") + (f"?{query}" if query else ""),
        "export": {kind: url_for(f".export_{kind}") + (f"?{query}" if query else "") for kind in ("xlsx", "csv")},
        "new": url_for(".make") if may_change() else None,
        "imports": url_for("imports.new", subject="places") if may_change() else None,
        "areas": url_for("areas.index"),
        "units": url_for("units.index"),
        **asked.paging(shown=len(found), total=total, size=reports.PLACES_PAGE),
    }
    return render_template("places/listing.html", here="places", l=told)


def may_change() -> bool:
    """Whether the person keeps the register of some zone."""
    return any(duty in standing().duties for duty in CHANGES)


def _kinds_used(covered: reports.Coverage) -> int:
    return sum(bool(code) for code in covered.columns) + len(covered.rest)


def _view_word(view: str, covered: reports.Coverage) -> str:
    return {
        "all": _("全部"),
        "unvisited": _("本轮未巡到") if covered.round else _("%(n)s 天未巡到", n=reports.USUAL_DAYS),
        "never": _("从未查过"),
        "no_position": _("缺坐标"),
        "no_unit": _("缺责任单位"),
        "closed": _("停用"),
    }[view]


def _sort_word(sort: str) -> str:
    return {"longest": _("隔得最久在前"), "code": _("按编号"), "name": _("按名称")}[sort]


def _cover(covered: reports.Coverage, shown: Shown) -> dict[str, Any]:
    """The heat table turned to coverage: large = not yet visited, small = how many there are."""
    kinds_of = [[code] if code else list(covered.rest) for code in covered.columns]

    def cell(figures: tuple[int, int], **where: Any) -> dict[str, Any]:
        missed, there = figures
        kind = "none" if not there else "z" if not missed else "u" if missed == there else f"w{min(missed + 1, 5)}"
        return {"kind": kind, "missed": missed, "all": there, "href": url_for(".index", view="unvisited" if missed else None, **where)}

    return {
        "word": _("本轮还差哪里") if covered.round else _("%(n)s 天没去哪里", n=reports.USUAL_DAYS),
        "columns": [_column(shown, code) for code in covered.columns],
        "rows": [
            {
                "no": row.zone.code,
                "word": formats.in_language(row.zone),
                "cells": [cell(figures, zone=str(row.zone.id), kind=kinds) for figures, kinds in zip(row.cells, kinds_of, strict=True)],
                "sum": cell(row.total, zone=str(row.zone.id)),
            }
            for row in covered.rows
        ],
        "totals": [cell(figures, kind=kinds) for figures, kinds in zip(covered.totals, kinds_of, strict=True)],
        "total": cell(covered.total),
    }


def _column(shown: Shown, code: str) -> dict[str, str]:
    whole = shown.kind_name(code) if code else _("其余类别")
    return {"whole": whole, "word": whole.split("（")[0].split(" (")[0]}


def _watches(covered: reports.Coverage, counts: dict[str, int], shown: Shown) -> list[dict[str, Any]]:
    session = shown.session

    def first(view: str) -> list[PlaceSeen]:
        return reports.places_seen(session, shown.standing, PlaceFilters(view=view), now=shown.now, sort="code")[0][:2] if counts[view] else []

    def line(seen: PlaceSeen, right: str) -> dict[str, str]:
        return {"text": seen.place.name, "href": _href(seen.place), "right": right}

    days = max((covered.round.ends_at - shown.now).days, 0) if covered.round else 0
    watches = [
        {
            "count": counts["unvisited"],
            "word": _view_word("unvisited", covered),
            "sub": _("截止 %(day)s，还有 %(n)s 天", day=formats.day(covered.round.ends_at), n=days) if covered.round else _("没有进行中的任务"),
            "all": _("看 %(n)s 处", n=counts["unvisited"]),
            "view": "unvisited",
            "lines": [
                {
                    "text": _("%(zone)s　%(kind)s", zone=shown.zone(zone), kind=shown.kind_name(kind)),
                    "href": url_for(".index", view="unvisited", zone=str(zone), kind=kind),
                    "right": _("%(n)s 处，全未去", n=missed) if missed == there else _("%(n)s 处未去，共 %(all)s 处", n=missed, all=there),
                }
                for zone, kind, missed, there in covered.gaps[:3]
            ],
        },
        {
            "count": counts["never"],
            "word": _("从未查过"),
            "sub": _("建档后没有一次检查"),
            "all": _("看 %(n)s 处", n=counts["never"]),
            "view": "never",
            "lines": [line(seen, _("建档 %(day)s", day=formats.day(seen.place.made_at)) if seen.place.made_at else seen.place.code) for seen in first("never")],
        },
        {
            "count": counts["no_position"],
            "word": _("缺坐标"),
            "sub": _("手机上不能按远近排"),
            "all": _("去补"),
            "view": "no_position",
            "lines": [line(seen, shown.zone(seen.place.zone_id)) for seen in first("no_position")],
        },
        {
            "count": counts["no_unit"],
            "word": _("缺责任单位"),
            "sub": _("问题要靠牵头部门或调度交办"),
            "all": _("去补"),
            "view": "no_unit",
            "lines": [line(seen, shown.zone(seen.place.zone_id)) for seen in first("no_unit")],
        },
    ]
    return [watch | {"href": url_for(".index", view=watch["view"])} for watch in watches if watch["count"] or watch["view"] == "unvisited"]


def _chips(asked: PlacesAsked, shown: Shown) -> list[dict[str, str]]:
    wanted = asked.filters
    told = filters.chips(asked, shown, zones=wanted.zones, kinds=wanted.kinds, place=None, text=wanted.text)
    units = [asked.chip(_("责任单位"), shown.unit(unit), "unit", str(unit)) for unit in wanted.units]
    days = [asked.chip(_("未检查"), _("%(n)s 天以上", n=wanted.days), "days", str(wanted.days))] if wanted.days else []
    return [*told["zone"], *told["kind"], *(chip for chip in units if chip["value"]), *days, *told["q"]]


def _choices(asked: PlacesAsked, shown: Shown) -> list[dict[str, Any]]:
    wanted = asked.filters
    units = [(str(unit.id), formats.in_language(unit)) for unit in accounts.units(shown.session)]
    days = [(str(n), _("%(n)s 天以上", n=n)) for n in (7, 15, 30, 60, 90) if n != wanted.days]
    return [
        filters.zone_choice(shown, wanted.zones),
        filters.kind_choice(shown, wanted.kinds),
        filters.choice("unit", _("责任单位"), units, {str(unit) for unit in wanted.units}),
        *([filters.choice("days", _("未检查"), days)] if not wanted.days else []),
    ]


def _href(place: Place) -> str:
    return url_for("places.show", place_id=place.id)


def _row(seen: PlaceSeen, shown: Shown) -> dict[str, Any]:
    place = seen.place
    return {
        "href": _href(place),
        "code": place.code,
        "name": place.name,
        "kinds": [shown.kind_name(kind) for kind in seen.kinds],
        "zone": shown.zone(place.zone_id),
        "unit": shown.unit(place.unit_id),
        "visited_at": seen.visited_at,
        "ago": _days_between(seen.visited_at, shown) if seen.visited_at else None,
        "score": seen.score,
        "open": seen.open if seen.visited_at or seen.open else None,
        "overdue": seen.overdue,
        "findings": url_for("findings.index", place=str(place.id)),
        "closed_at": place.closed_at,
    }


def _days_between(moment: datetime, shown: Shown) -> int:
    zone = shown.calendar.zone
    return max((shown.now.astimezone(zone).date() - moment.astimezone(zone).date()).days, 0)


def _empty(asked: PlacesAsked, everywhere: dict[str, int]) -> dict[str, Any]:
    links = []
    if asked.fields and everywhere["all"]:
        links.append({"word": _("去掉条件，看全部 %(n)s 处", n=everywhere["all"]), "href": url_for(".index")})
    elif may_change():
        links.append({"word": _("新增点位"), "href": url_for(".make")})
    return {"word": _("这些条件下没有点位。") if everywhere["all"] else _("还没有点位。"), "links": links}


# ---- export of exactly what is shown


@bp.get("/places/export.xlsx")
@needs(*PLACES)
def export_xlsx() -> ResponseReturnValue:
    """The list as a workbook, every page of it."""
    head, rows = _table()
    data = workbooks.write_xlsx([workbooks.Sheet(_("点位清单"), head, rows, title=_("点位清单　%(day)s", day=formats.long_day(now())))])
    return _file(data, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@bp.get("/places/export.csv")
@needs(*PLACES)
def export_csv() -> ResponseReturnValue:
    """The list as a table of text."""
    return _file(workbooks.write_csv(*_table()), "csv", "text/csv; charset=utf-8")


def _table() -> tuple[list[str], list[list[Cell]]]:
    session, asked = db.session(), asked_places(request.args)
    shown = Shown(session, standing(), now())
    found, _total = reports.places_seen(session, standing(), asked.filters, now=now(), sort=asked.sort, page=None)
    shown.know_unit_ids({seen.place.unit_id for seen in found})
    head = [
        _("编号"),
        _("点位名称"),
        _("任务对象"),
        _("责任区"),
        _("责任单位"),
        _("牵头部门"),
        _("地址"),
        _("纬度"),
        _("经度"),
        _("上次检查"),
        _("得分"),
        _("未销号"),
        _("停用"),
    ]
    return head, [_cells(seen, shown) for seen in found[:MOST_ROWS]]


def _cells(seen: PlaceSeen, shown: Shown) -> list[Cell]:
    place = seen.place
    lat, lon = places.written(place.lat_e7, place.lon_e7).split(", ") if place.lat_e7 is not None and place.lon_e7 is not None else ("", "")
    visited, closed = formats.local(seen.visited_at), formats.local(place.closed_at)
    return [
        place.code,
        place.name,
        _("、").join(f"{kind} {shown.kind_name(kind)}" for kind in seen.kinds),
        shown.zone(place.zone_id),
        shown.unit(place.unit_id),
        place.lead,
        place.address,
        lat,
        lon,
        visited.replace(tzinfo=None) if visited else None,
        seen.score,
        seen.open,
        closed.date() if closed else None,
    ]


def _file(data: bytes, kind: str, media_type: str) -> Response:
    answer = Response(data, mimetype=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=f"places-{formats.long_day(now())}.{kind}")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


# ---- one place


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
        "edit": url_for(".change", place_id=place_id) if _may_change(place) else None,
        "close": url_for(".close", place_id=place_id) if _may_change(place) and place.closed_at is None else None,
        "reopen": url_for(".reopen", place_id=place_id) if _may_change(place) and place.closed_at is not None else None,
    }
    return render_template("places/one.html", here="places", p=told, said=said), status


def _may_change(place: Place) -> bool:
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
    leads = [place.lead] if place.lead else list(dict.fromkeys(_lead_of(kind, shown) for kind in kinds))
    inspectors = reports.who_inspects(session, place.zone_id)
    told = [{"word": _("责任单位"), "name": formats.in_language(unit) if unit else "", "more": _contact(unit.contact, unit.phone) if unit else "", "missing": _("还没有定，问题按牵头部门或由调度交办")}]
    told.append({"word": _("牵头部门"), "name": _("、").join(lead for lead in leads if lead), "more": "" if place.lead else _("按操作手册"), "missing": _("操作手册没有写")})
    if zone is not None:
        told.append({"word": _("责任区"), "name": shown.long_zone(zone.id), "more": _contact(zone.head, zone.contact) or (formats.in_language(district) if district else ""), "missing": ""})
        if zone.unit_id is not None:
            told.append({"word": _("区责任单位"), "name": shown.unit(zone.unit_id), "more": "", "missing": ""})
    said = _("、").join(inspectors[:4]) + (_(" 等 %(n)s 人", n=len(inspectors)) if len(inspectors) > 4 else "")
    told.append({"word": _("谁巡查"), "name": said, "more": "", "missing": _("这个责任区还没有巡查员")})
    return told


def _lead_of(kind: str, shown: Shown) -> str:
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
            ]
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
        back=_href(place),
        days=days,
        l=asked.paging(shown=len(found), total=total, size=reports.PLACES_PAGE),
    )


def _day_of(moment: datetime) -> Any:
    at = formats.local(moment)
    assert at is not None
    return at.date()


# ---- the form


@bp.get("/places/new")
@needs(*CHANGES)
def make() -> ResponseReturnValue:
    """The form of a new place; what the address gives is filled in."""
    typed = {"zone": request.args.get("zone", ""), "datum": Datum.WGS84.value, "code": request.args.get("code", "")[:30]}
    return _form(None, typed, request.args.getlist("kind"))


@bp.post("/places/new")
@needs(*CHANGES)
def make_done() -> ResponseReturnValue:
    """Enter the place, or show what its position becomes, or say what is wrong with what was typed."""
    return _save(None)


@bp.get("/places/<uuid:place_id>/edit")
@needs(*CHANGES)
def change(place_id: UUID) -> ResponseReturnValue:
    """The form of a place as it stands."""
    place = reports.place_in(db.session(), standing(), place_id)
    if not _may_change(place):
        raise accounts.NotYourDuty
    given = places.written(place.given_lat_e7, place.given_lon_e7) if place.given_lat_e7 is not None and place.given_lon_e7 is not None else ""
    typed = {
        "code": place.code,
        "name": place.name,
        "initials": place.initials,
        "address": place.address,
        "zone": str(place.zone_id),
        "unit": str(place.unit_id or ""),
        "lead": place.lead,
        "position": given,
        "datum": str(place.datum),
        "version": str(place.version),
    }
    return _form(place, typed, places.kinds_of(db.session(), [place_id]).get(place_id, []))


@bp.post("/places/<uuid:place_id>/edit")
@needs(*CHANGES)
def change_done(place_id: UUID) -> ResponseReturnValue:
    """Keep what was changed; open findings follow a place to another zone."""
    return _save(reports.place_in(db.session(), standing(), place_id))


#: names of the form's texts and how long they may be
TEXTS = {"code": 30, "name": 80, "initials": 80, "address": 120, "lead": 80, "position": 80}
#: refusal -> the field it is about
ABOUT: dict[type[Refusal], str] = {
    places.CodeTaken: "code",
    places.NameMissing: "name",
    places.KindMissing: "kinds",
    places.UnknownKind: "kinds",
    places.NoSuchArea: "zone",
    places.PositionUnclear: "position",
    accounts.NoSuchUnit: "unit",
}


def _save(place: Place | None) -> ResponseReturnValue:
    form = request.form
    typed = {name: form.get(name, "").strip()[:longest] for name, longest in TEXTS.items()}
    typed |= {name: form.get(name, "")[:40] for name in ("zone", "unit", "datum", "version")}
    kinds = [kind[:10] for kind in form.getlist("kind")]
    place_id = place.id if place else None
    if form.get("step") == "convert":
        return _form(place, typed, kinds, looked=True)
    try:
        spot, datum = _spot(typed)
        zone = filters.one_id(typed["zone"])
        if not typed["code"]:
            raise places.NameMissing
        if zone is None:
            raise places.NoSuchArea(area="")
        told = {name: typed[name] for name in ("code", "name", "initials", "address", "lead")} | {"zone_id": zone, "unit_id": filters.one_id(typed["unit"]), "kinds": kinds}
        with acting() as act:
            if place_id is None:
                lat, lon = spot or (None, None)
                made = places.make_place(act, standing=standing(), lat_e7=lat, lon_e7=lon, datum=datum, **told)  # type: ignore[arg-type]
                place_id = made.id
            else:
                unchanged = _is_as_given(place_id, spot, datum)
                findings.change_place(
                    act,
                    standing(),
                    place_id,
                    version=int(typed["version"]) if typed["version"].isdecimal() else None,
                    position=(*spot, datum) if spot and not unchanged else None,
                    without_position=spot is None,
                    **told,
                )
    except Refusal as refusal:
        db.session.rollback()
        if isinstance(refusal, places.NoSuchPlace | accounts.NotYourDuty):
            raise
        again = places.places_by_id(db.session(), [place_id]).get(place_id) if place_id else None
        field_name = ABOUT.get(type(refusal), "")
        if isinstance(refusal, places.NameMissing) and not typed["code"]:
            field_name = "code"
        if isinstance(refusal, places.ChangedMeanwhile) and again is not None:
            typed["version"] = str(again.version)
        return _form(again, typed, kinds, wrong={field_name: words.sentence(refusal.sentence, refusal.facts)}, status=409 if refusal.status == 409 else 422)
    return redirect(url_for(".show", place_id=place_id), 303)


def _spot(typed: dict[str, str]) -> tuple[tuple[int, int] | None, Datum]:
    """What was typed as a position, as it was given. Raises PositionUnclear."""
    datum = Datum(typed["datum"]) if typed["datum"] in set(Datum) else Datum.WGS84
    if not typed["position"]:
        return None, datum
    spot = places.read_position(typed["position"])
    if spot is None:
        raise places.PositionUnclear
    return spot, datum


def _is_as_given(place_id: UUID, spot: tuple[int, int] | None, datum: Datum) -> bool:
    """Whether the position stands as the form showed it, rounded to a decimetre: then it was not touched."""
    place = places.place(db.session(), place_id)
    if spot is None or place.given_lat_e7 is None or place.given_lon_e7 is None:
        return False
    return place.datum == datum and places.written(*spot) == places.written(place.given_lat_e7, place.given_lon_e7)


def _form(
    place: Place | None, typed: dict[str, str], kinds: Sequence[str], *, wrong: dict[str, str] | None = None, looked: bool = False, status: int = 200
) -> ResponseReturnValue:
    session = db.session()
    shown = Shown(session, standing(), now())
    spot, unclear = None, ""
    if typed.get("position"):
        spot = places.read_position(typed["position"])
        unclear = words.sentence(places.PositionUnclear.sentence, {}) if spot is None else ""
    wrong = dict(wrong or {})
    if looked and unclear:
        wrong["position"] = unclear
    title = _("改资料") if place else _("新增点位")
    page = render_template(
        "places/form.html",
        here="places",
        title=title,
        name=place.name if place else "",
        action=url_for(".change", place_id=place.id) if place else url_for(".make"),
        back=_href(place) if place else url_for(".index"),
        typed=typed,
        wrong=wrong,
        converted=_converted(spot, Datum(typed["datum"]) if typed.get("datum") in set(Datum) else Datum.WGS84, place, shown) if spot else "",
        zones=[
            {"id": str(zone.id), "word": shown.long_zone(zone.id), "chosen": str(zone.id) == typed.get("zone")}
            for zone in places.zones(session)
            if any(standing().may(duty, zone=zone.id) for duty in CHANGES)
        ],
        units=[{"id": str(unit.id), "word": formats.in_language(unit), "chosen": str(unit.id) == typed.get("unit")} for unit in accounts.units(session)],
        leads=sorted({_lead_of(kind, shown) for kind in (shown.manual.kinds if shown.manual else ())} - {""}),
        datums=[{"value": datum.value, "word": datum_word(datum), "chosen": datum.value == (typed.get("datum") or Datum.WGS84.value)} for datum in Datum],
        groups=_kind_groups(shown.manual, kinds, shown.language),
    )
    return page, status


def _converted(spot: tuple[int, int], datum: Datum, place: Place | None, shown: Shown) -> str:
    """What a typed position becomes, and how far it lies from the nearest other place: a shifted datum shows at once."""
    lat, lon = places.to_wgs84(*spot, datum)
    told = _("WGS-84：%(position)s", position=places.written(lat, lon))
    if datum not in (Datum.WGS84, Datum.CGCS2000):
        metres = evidence.apart_m(evidence.Spot(*spot), evidence.Spot(lat, lon))
        told = _("%(told)s，比原坐标移了 %(n)s 米", told=told, n=round(metres))
    near = next((one for one in places.nearest(shown.session, lat, lon, limit=2) if place is None or one.id != place.id), None)
    if near is not None and near.lat_e7 is not None and near.lon_e7 is not None:
        metres = evidence.apart_m(evidence.Spot(lat, lon), evidence.Spot(near.lat_e7, near.lon_e7))
        if metres > FAR_KM * 1000:
            return _("%(told)s。离最近的点位 %(n)s 公里，可能不在本县，请核对坐标系", told=told, n=round(metres / 1000))
        return _("%(told)s。离最近的“%(name)s” %(n)s 米", told=told, name=near.name, n=round(metres))
    return told


def _kind_groups(manual: standards.Manual | None, chosen: Sequence[str], language: str) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for kind in manual.kinds.values() if manual else ():
        category = kind.category
        word = str(category.get("name_en" if language == "en" else "name_zh") or category.get("name_zh") or "")
        group = groups.setdefault(str(category.get("code", word)), {"word": word, "kinds": []})
        group["kinds"].append({"code": kind.code, "word": kind.name(language), "chosen": kind.code in chosen})
    return list(groups.values())


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


# ---- codes to print


@bp.get("/places/codes")
@needs(*PLACES)
def codes() -> ResponseReturnValue:
    """A4 sheets of QR codes: of one place, or of the list as it is filtered. Nothing is printed before the one origin is fixed."""
    session, asked = db.session(), asked_places(request.args)
    shown = Shown(session, standing(), now())
    one = filters.one_id(request.args.get("place"))
    home = origin()
    if one is not None:
        found = [reports.place_in(session, standing(), one)]
        total = 1
    else:
        seen, total = reports.places_seen(session, standing(), asked.filters, now=now(), sort="code", page=None)
        found = [row.place for row in seen]
    cards = [_card(place, home, shown) for place in found[:MOST_CODES]] if home else []
    return render_template(
        "places/codes.html",
        here="places",
        origin=home,
        total=total,
        left=max(total - MOST_CODES, 0),
        chips=_chips(asked, shown) if one is None else [],
        sheets=[cards[at : at + CODES_A_SHEET] for at in range(0, len(cards), CODES_A_SHEET)],
        back=_href(found[0]) if one is not None else asked.at(leave=("page",)),
        settings=url_for("settings.show") if "settings.show" in current_app.view_functions else "",
    )


def _card(place: Place, home: str, shown: Shown) -> dict[str, Any]:
    return {"name": place.name, "code": place.code, "zone": shown.long_zone(place.zone_id), "qr": qr.draw(f"{home}/app/places/{place.id}")}
