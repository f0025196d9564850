"""点位: the register with its coverage, its export, and the sheets of codes to print."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from fieldbook import accounts, places, reports, workbooks
from fieldbook.kernel import db
from fieldbook.places import Place
from fieldbook.reports import PlaceFilters, PlaceSeen
from fieldbook.workbooks import Cell

from .. import filters, formats, qr
from ..doors import needs, now, origin, standing
from ..filters import Asked
from ..frame import PLACES
from ..shown import Shown
from ..words import _
from .place import CHANGES, href_of
from .place_form import bp as bp

#: codes on one A4 sheet, and so many at once
CODES_A_SHEET = 12
MOST_CODES = 240
#: rows of an export
MOST_ROWS = 20_000


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
    covered = reports.coverage(session, standing(), now=at)
    everywhere = reports.place_counts(session, standing(), PlaceFilters(), now=at)
    every_view = replace(asked.filters, view="all")
    counts = everywhere if every_view == PlaceFilters() else reports.place_counts(session, standing(), every_view, now=at)
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
        return {"text": seen.place.name, "href": href_of(seen.place), "right": right}

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
            "all": _("去补") if may_change() else _("看 %(n)s 处", n=counts["no_position"]),
            "view": "no_position",
            "lines": [line(seen, shown.zone(seen.place.zone_id)) for seen in first("no_position")],
        },
        {
            "count": counts["no_unit"],
            "word": _("缺责任单位"),
            "sub": _("问题要靠牵头部门或调度交办"),
            "all": _("去补") if may_change() else _("看 %(n)s 处", n=counts["no_unit"]),
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


def _row(seen: PlaceSeen, shown: Shown) -> dict[str, Any]:
    place = seen.place
    return {
        "href": href_of(place),
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
    data = workbooks.write_xlsx([workbooks.Sheet(_("点位清单"), head, rows, title=_("点位清单　%(day)s", day=formats.iso_day(now())))])
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
    head = [
        _("编号"),
        _("点位名称"),
        _("任务对象"),
        _("责任区"),
        _("责任单位"),
        _("牵头部门"),
        _("地址"),
        _("包联单位"),
        _("包联领导"),
        _("联系人"),
        _("联系电话"),
        _("长度或面积"),
        _("巡查频次"),
        _("备注"),
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
        place.partner,
        place.leader,
        place.contact,
        formats.masked(place.phone),
        place.extent,
        place.frequency,
        place.note,
        lat,
        lon,
        visited.replace(tzinfo=None) if visited else None,
        seen.score,
        seen.open,
        closed.date() if closed else None,
    ]


def _file(data: bytes, kind: str, media_type: str) -> Response:
    answer = Response(data, mimetype=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=f"places-{formats.iso_day(now())}.{kind}")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


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
        most=MOST_CODES,
        left=max(total - MOST_CODES, 0),
        chips=_chips(asked, shown) if one is None else [],
        sheets=[cards[at : at + CODES_A_SHEET] for at in range(0, len(cards), CODES_A_SHEET)],
        back=href_of(found[0]) if one is not None else asked.at(leave=("page",)),
        settings=url_for("settings.show") if "settings.show" in current_app.view_functions else "",
    )


def _card(place: Place, home: str, shown: Shown) -> dict[str, Any]:
    return {"name": place.name, "code": place.code, "zone": shown.long_zone(place.zone_id), "qr": qr.draw(f"{home}/app/places/{place.id}")}
