"""总览: how far it is to zero, and what stands in the way. Every figure opens its list."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import findings, reports
from fieldbook.findings import Finding
from fieldbook.kernel import db
from fieldbook.places import Level

from .. import drawing, formats
from ..doors import needs, now, standing
from ..frame import OVERVIEW
from ..shown import Shown
from ..words import _

bp = Blueprint("overview", __name__)


@bp.get("/overview")
@needs(*OVERVIEW)
def show() -> ResponseReturnValue:
    session, at = db.session(), now()
    shown = Shown(session, standing(), at)
    scope = reports.scope_of(session, standing(), _asked_district())
    seen = reports.overview(session, scope, now=at)
    base = url_for("findings.index")
    zones = [str(zone) for zone in sorted(scope.zones, key=str)] if scope.zones is not None else []

    def to(view: str, **more: Any) -> str:
        fields = {"view": view, "zone": zones} | more
        return f"{base}?{urlencode([(name, one) for name, given in fields.items() for one in (given if isinstance(given, list) else [given])])}"

    return render_template("overview/overview.html", here="overview", o=_told(seen, shown, scope, to))


@bp.get("/overview/unvisited")
@needs(*OVERVIEW)
def unvisited() -> ResponseReturnValue:
    session, at = db.session(), now()
    shown = Shown(session, standing(), at)
    scope = reports.scope_of(session, standing(), _asked_district())
    zone, kinds = request.args.get("zone", ""), set(request.args.getlist("kind"))
    left = [
        one
        for one in reports.unvisited_places(session, scope, now=at)
        if zone in ("", str(one.place.zone_id)) and (not kinds or kinds.intersection(one.kinds))
    ]
    rows = [
        {
            "name": one.place.name,
            "href": url_for("places.show", place_id=one.place.id),
            "code": one.place.code,
            "zone": shown.zone(one.place.zone_id),
            "kinds": [shown.kind_name(kind) for kind in one.kinds],
            "unit": shown.unit(one.place.unit_id),
            "ends_at": one.ends_at,
        }
        for one in left
    ]
    return render_template("overview/unvisited.html", here="overview", rows=rows, as_of=at, back=url_for(".show"))


@bp.get("/overview/phones")
@needs(*OVERVIEW)
def phones() -> ResponseReturnValue:
    rows = reports.waiting_phones(db.session(), standing())
    return render_template("overview/phones.html", here="overview", rows=rows, as_of=now(), back=url_for(".show"))


def _asked_district() -> UUID | None:
    try:
        return UUID(request.args.get("district", ""))
    except ValueError:
        return None


def _told(seen: reports.Overview, shown: Shown, scope: reports.Scope, to: Any) -> dict[str, Any]:
    """The overview as its template writes it."""
    zone = shown.calendar.zone
    until = seen.round.ends_at.astimezone(zone).date() if seen.round else None
    rest = list(seen.rest)
    if seen.columns and seen.columns[-1] == "" and "none" not in rest:
        rest.append("none")
    kinds_of = [[code] if code else rest for code in seen.columns]
    return {
        "as_of": shown.now,
        "round": {"name": seen.round.name, "begins": seen.round.begins_at, "ends": seen.round.ends_at} if seen.round else None,
        "districts": _districts(shown, scope),
        "ruler": drawing.ruler(seen.cleared, seen.found, seen.overdue, [(formats.day(day), count) for day, count in seen.earlier]),
        "links": {"cleared": to("cleared"), "found": to("found"), "open": to("open"), "dropped": to("dropped")},
        "dropped": seen.dropped,
        "open": seen.open,
        "steps": [_step(step, to) for step in seen.steps],
        "heat": {
            "columns": [_column(shown, code) for code in seen.columns],
            "rows": [
                {
                    "no": row.zone.code,
                    "word": formats.in_language(row.zone),
                    "sum": row.total,
                    "href": to("open", zone=str(row.zone.id)),
                    "cells": [
                        {
                            "kind": cell.kind,
                            "count": cell.count,
                            "over": cell.overdue,
                            "shade": drawing.shade(cell.count),
                            "href": url_for(".unvisited", zone=str(row.zone.id), kind=kinds)
                            if cell.kind == "unvisited"
                            else to("open", zone=str(row.zone.id), kind=kinds),
                        }
                        for cell, kinds in zip(row.cells, kinds_of, strict=True)
                    ],
                }
                for row in seen.rows
            ],
            "totals": [{"count": total, "href": to("open", kind=kinds)} for total, kinds in zip(seen.totals, kinds_of, strict=True)],
            "total": sum(seen.totals),
        },
        "worries": _worries(seen, shown, scope, to),
        "trend": drawing.trend(seen.days, until=until),
        "rates": [
            {
                "word": _rate_words(rate.name)[0],
                "how": _rate_words(rate.name)[1],
                "part": rate.part,
                "whole": rate.whole,
                "part_href": to(rate.part_view),
                "whole_href": to(rate.whole_view),
            }
            for rate in seen.rates
        ],
        "due": {"due": seen.fallen_due - seen.deferred_due, "fallen": seen.fallen_due, "deferred": seen.deferred_due},
    }


def _column(shown: Shown, code: str) -> dict[str, str]:
    """A column's head without what stands in brackets: 24 letters high is all the room there is."""
    whole = shown.kind_name(code) if code else _("其余类别")
    return {"whole": whole, "word": whole.split("（")[0].split(" (")[0]}


def _districts(shown: Shown, scope: reports.Scope) -> list[dict[str, Any]]:
    if not shown.standing.sees_everything:
        return []
    districts = sorted((area for area in shown.areas.values() if area.level == Level.DISTRICT), key=lambda area: area.code)
    return [{"value": "", "word": _("全部片区"), "chosen": scope.district is None}] + [
        {"value": str(area.id), "word": formats.in_language(area), "chosen": scope.district == area.id} for area in districts
    ]


def _step(step: reports.Step, to: Any) -> dict[str, Any]:
    """One part of the lens with the list that holds just it."""
    if step.state is None:
        return {"state": None, "word": _("延期待批"), "count": step.count, "href": to("open", asks="yes"), **_late(step)}
    more = {"asks": "no"} if step.state in findings.RUNNING else {}
    return {"state": step.state, "word": None, "count": step.count, "href": to("all", state=step.state.value, **more), **_late(step)}


def _late(step: reports.Step) -> dict[str, Any]:
    if step.overdue:
        return {"note": _("%(n)s 件超期", n=step.overdue), "bad": True}
    if step.unseen:
        return {"note": _("%(n)s 件超 1 天", n=step.unseen), "bad": True}
    if step.coming:
        return {"note": _("%(n)s 件 7 日内到期", n=step.coming), "bad": False}
    return {"note": "", "bad": False}


def _worries(seen: reports.Overview, shown: Shown, scope: reports.Scope, to: Any) -> list[dict[str, Any]]:
    district = str(scope.district) if scope.district else None

    def worst(found: tuple[Finding, ...], right: Any) -> list[dict[str, str]]:
        return [
            {"text": _("%(place)s　%(title)s", place=row["place_name"], title=row["title"]), "href": row["href"], "right": right(finding)}
            for finding, row in zip(found, shown.rows(found), strict=True)
        ]

    def over(finding: Finding) -> str:
        return _("超 %(n)s 工时", n=formats.figure(shown.due(finding).hours))

    visited = seen.round_places - len(seen.unvisited)
    heaps: dict[tuple[UUID, str], int] = {}
    for one in seen.unvisited:
        key = (one.place.zone_id, one.kinds[0] if one.kinds else "")
        heaps[key] = heaps.get(key, 0) + 1
    largest = sorted(heaps.items(), key=lambda item: -item[1])[:2]
    days_left = max((seen.round.ends_at - shown.now).days, 0) if seen.round else 0
    unsent, photos = sum(p.unsent for p in seen.phones), sum(p.photos for p in seen.phones)
    return [
        {
            "over": True,
            "count": seen.overdue,
            "word": _("超期"),
            "sub": _("其中 %(n)s 件超 3 天", n=seen.long_overdue) if seen.overdue else _("没有"),
            "all": _("看 %(n)s 件", n=seen.overdue),
            "href": to("overdue"),
            "lines": worst(seen.worst_overdue, over),
        },
        {
            "over": False,
            "count": seen.recurring,
            "word": _("反弹"),
            "sub": _("30 日内同点位同标准"),
            "all": _("看 %(n)s 件", n=seen.recurring),
            "href": to("recurring"),
            "lines": worst(seen.worst_recurring, lambda finding: _("第 %(n)s 次", n=finding.nth)),
        },
        {
            "over": False,
            "count": len(seen.unvisited),
            "word": _("未巡到"),
            "sub": _("本轮 %(all)s 处已巡 %(n)s 处", all=seen.round_places, n=visited) if seen.round else _("没有进行中的任务"),
            "all": _("看 %(n)s 处", n=len(seen.unvisited)),
            "href": url_for(".unvisited", district=district),
            "lines": [
                {
                    "text": _("%(zone)s　%(kind)s %(n)s 处", zone=formats.in_language(shown.areas.get(zone)), kind=shown.kind_name(kind or None), n=count),
                    "href": url_for(".unvisited", zone=str(zone), kind=kind or None),
                    "right": _("距截止 %(n)s 天", n=days_left),
                }
                for (zone, kind), count in largest
            ],
        },
        {
            "over": False,
            "count": unsent,
            "word": _("还在手机上"),
            "sub": _("%(phones)s 部手机，%(photos)s 张照片", phones=len(seen.phones), photos=photos),
            "all": _("看 %(n)s 部", n=len(seen.phones)),
            "href": url_for(".phones"),
            "lines": [
                {
                    "text": _("%(name)s　%(n)s 条", name=phone.name, n=phone.unsent),
                    "href": url_for(".phones"),
                    "right": _("自 %(moment)s", moment=formats.moment(phone.since or phone.seen_at)),
                }
                for phone in seen.phones[:2]
            ],
        },
    ]


def _rate_words(name: str) -> tuple[str, str]:
    return {
        "in_time": (_("按期结案率"), _("到期时已按期报整改并销号的 ÷（到期 − 缓办）")),
        "closed": (_("结案率"), _("到期的当中已销号的 ÷（到期 − 缓办）")),
        "sent_back": (_("返工率"), _("已销号的当中退回过的 ÷ 已销号")),
        "came_back": (_("反弹率"), _("已销号的当中 30 日内同点位同标准又发现的 ÷ 已销号")),
    }[name]

