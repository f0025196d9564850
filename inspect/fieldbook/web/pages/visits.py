"""检查: what was judged, criterion by criterion, and how the score comes about."""

from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, Request, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import evidence, findings, inspections, journal, reports, standards
from fieldbook.evidence import Role
from fieldbook.findings import Finding
from fieldbook.kernel import db
from fieldbook.places import Place
from fieldbook.reports import VisitFilters, VisitSeen

from .. import drawing, filters, formats
from ..doors import needs, now, standing
from ..filters import Asked
from ..frame import MANUAL_EDITS, VISITS
from ..shown import Shown, show_photo
from ..words import _

bp = Blueprint("visits", __name__)

LETTER = {"pass": "p", "fail": "f", "mostly": "m", "na": "n"}


def _read(asked: Request) -> tuple[VisitFilters, Asked]:
    """What the address asks for, and how to ask for something else."""
    args = asked.args
    wanted = VisitFilters(
        view=filters.one_of(args, "view", reports.VISIT_VIEWS, "all"),
        zones=filters.ids(args.getlist("zone")),
        kinds=filters.codes(args, "kind"),
        place=filters.one_id(args.get("place")),
        text=filters.searched(args),
    )
    fields = (
        ("view", wanted.view if wanted.view != "all" else ""),
        *(("zone", str(zone)) for zone in wanted.zones),
        *(("kind", kind) for kind in wanted.kinds),
        ("place", str(wanted.place or "")),
        ("q", wanted.text),
    )
    return wanted, Asked(url_for("visits.index"), fields, filters.page_of(args))


@bp.get("/visits")
@needs(*VISITS)
def index() -> ResponseReturnValue:
    """The visits the person sees, grouped by day."""
    session, at = db.session(), now()
    wanted, asked = _read(request)
    shown = Shown(session, standing(), at)
    rows, total = reports.visits(session, standing(), wanted, now=at, page=asked.page)
    counts = reports.visit_counts(session, standing(), wanted, now=at)
    current = reports.round_now(session, reports.scope_of(session, standing(), None), at)
    told = {
        "round": current.name if current else "",
        "as_of": at,
        "plain": url_for(".index"),
        "q": wanted.text,
        "kept": asked.pairs(leave=("q", "page")),
        "kept_all": asked.pairs(leave=("page",)),
        "tabs": [
            {
                "word": _view_word(view),
                "count": counts[view],
                "chosen": view == wanted.view,
                "href": asked.asking(view=view if view != "all" else "").at(),
            }
            for view in reports.VISIT_VIEWS
        ],
        "chips": [chip for those in filters.chips(asked, shown, zones=wanted.zones, kinds=wanted.kinds, place=wanted.place, text=wanted.text).values() for chip in those],
        "choices": [filters.zone_choice(shown, wanted.zones), filters.kind_choice(shown, wanted.kinds)],
        **asked.paging(shown=len(rows), total=total, size=reports.VISITS_PAGE),
        "days": _days(rows, shown),
        "empty": {
            "word": _("还没有检查记录。") if not asked.pairs() else _("这些条件下没有检查记录。"),
            "more": "",
            "links": [{"word": _("看全部检查"), "href": url_for(".index")}] if asked.pairs() else [],
        },
    }
    return render_template("visits/listing.html", here="visits", l=told)


def _view_word(view: str) -> str:
    return {"all": _("全部"), "today": _("今日"), "waiting": _("照片未到齐"), "critical": _("关键项不合格")}[view]


def _days(rows: list[VisitSeen], shown: Shown) -> list[dict[str, Any]]:
    def day(row: VisitSeen) -> date:
        return row.visit.finished_at.astimezone(shown.calendar.zone).date()

    told = []
    for the_day, group in groupby(rows, key=day):
        lines = [_line(row, shown) for row in group]
        told.append({"day": the_day, "rows": lines, "visits": len(lines), "found": sum(line["found"] for line in lines)})
    return told


def _line(row: VisitSeen, shown: Shown) -> dict[str, Any]:
    tally = row.visit.tally
    return {
        "at": row.visit.finished_at,
        "href": f"/visits/{row.visit.id}",
        "place_name": row.place.name,
        "kind_word": f"{row.visit.kind} {shown.kind_name(row.visit.kind, row.visit.manual)}",
        "zone_word": shown.zone(row.place.zone_id),
        "who": row.inspector,
        "marks": drawing.marks(tally, row.critical),
        "width": len(tally) * 10,
        "passed": tally.count("p"),
        "failed": tally.count("f") + tally.count("m"),
        "na": tally.count("n"),
        "critical": sum(letter == "f" and n in row.critical for n, letter in enumerate(tally)),
        "score": row.score,
        "before": row.before,
        "found": row.found,
        "open": row.open,
        "found_href": f"/visits/{row.visit.id}?only=failed",
        "photos": row.photos,
        "waiting": row.waiting,
    }


@bp.get("/visits/<uuid:visit_id>")
@needs(*VISITS)
def show(visit_id: UUID) -> ResponseReturnValue:
    """One visit: every criterion in the manual's order, and the score set as on paper."""
    session, at = db.session(), now()
    shown = Shown(session, standing(), at)
    visit = reports.visit_in(session, standing(), visit_id)
    [row] = reports.seen(session, [visit])
    before, after = reports.visit_neighbours(session, visit)

    def to(other: UUID | None) -> str | None:
        return url_for(".show", visit_id=other) if other else None

    links = {
        "previous": to(before),
        "next": to(after),
        "all": url_for(".show", visit_id=visit_id),
        "failed": url_for(".show", visit_id=visit_id, only="failed"),
    }
    return render_template("visits/one.html", here="visits", v=_told(row, shown), links=links, only=request.args.get("only") == "failed")


def _told(row: VisitSeen, shown: Shown) -> dict[str, Any]:
    session, visit = shown.session, row.visit
    kind = standards.manual(session, visit.manual).kinds[visit.kind]
    answers = inspections.answers_of(session, visit.id)
    photos = evidence.namings_of_visit(session, visit.id)
    reported = {finding.criterion: finding for finding in findings.of_visit(session, visit.id) if finding.criterion}
    rows = [
        _answer(criterion, answers.get(criterion.code), [p for p in photos if p.criterion == criterion.code], reported.get(criterion.code), shown)
        for criterion in kind.criteria
    ]
    tally = visit.tally
    place = row.place
    entries = journal.course_of(session, [visit.id])[visit.id]
    return {
        "place_name": place.name,
        "place_href": url_for("places.show", place_id=place.id),
        "started_at": visit.started_at,
        "finished_at": visit.finished_at,
        "received_at": visit.received_at,
        "who": row.inspector,
        "kind_word": f"{kind.code} {kind.name(shown.language)}",
        "answers": rows,
        "passed": tally.count("p"),
        "failed": tally.count("f"),
        "na": tally.count("n"),
        "photo_words": _photo_words(row),
        "zones": drawing.zones([(answer["code"], answer["points"], answer["letter"]) for answer in rows]),
        "score": row.score if row.score is not None else "–",
        "reckon": _reckon(row, rows),
        "score_note": _("同点位上次 %(n)s 分。", n=row.before) if row.before is not None else "",
        "manual_version": visit.manual,
        "manual_at": standards.published_at(session, visit.manual),
        "since": _since(session, visit, kind),
        "where": _where(visit, place),
        "entry": entries[0].get("seq") if entries else None,
    }


def _answer(
    criterion: standards.Criterion,
    answer: inspections.AnswerRow | None,
    photos: list[evidence.NamedPhoto],
    finding: Finding | None,
    shown: Shown,
) -> dict[str, Any]:
    letter = LETTER.get(answer.verdict, "-") if answer else "-"
    share = {"p": 1.0, "m": 0.6}.get(letter, 0.0)
    seen = {photo.sha256: show_photo({"sha256": photo.sha256, "state": photo.state}) for photo in photos if photo.role is not Role.AFTER}
    return {
        "code": criterion.code,
        "text": criterion.text(shown.language),
        "critical": criterion.severity == "critical",
        "severity": criterion.severity,
        "letter": letter,
        "points": criterion.points,
        "got": criterion.points * share,
        "note": _note(criterion, answer, shown.language),
        "photos": list(seen.values()) if letter != "f" else [],
        "shown": list(seen.values()),
        "finding": _reported(finding, shown) if finding is not None and findings.sees(shown.standing, finding) else None,
        "no_finding": _("已有未销号的同一问题，没有另开") if letter == "f" else "",
    }


def _note(criterion: standards.Criterion, answer: inspections.AnswerRow | None, language: str) -> str:
    parts = []
    if answer is not None and answer.value is not None and criterion.threshold:
        unit = str(criterion.threshold.get("unit_en" if language == "en" else "unit_zh", ""))
        sign = {">=": "≥", "<=": "≤", "==": "="}.get(criterion.threshold["op"], criterion.threshold["op"])
        parts.append(
            _(
                "数得 %(n)s，标准 %(sign)s %(limit)s %(unit)s",
                n=f"{answer.value / 100:g}",
                sign=sign,
                limit=f"{criterion.threshold['value']:g}",
                unit=unit,
            )
        )
    if answer is not None and answer.choice is not None and answer.choice < len(criterion.choices):
        choice = criterion.choices[answer.choice]
        parts.append(str(choice["en" if language == "en" else "zh"]))
    if answer is not None and answer.words:
        parts.append(answer.words)
    return _("；").join(part for part in parts if part)


def _reported(finding: Finding, shown: Shown) -> dict[str, Any]:
    unit, term = shown.unit(finding.unit_id), shown.term(finding)
    said = [
        _("交%(unit)s", unit=unit) if unit else _("还没有交办"),
        term,
        _("%(moment)s 到期", moment=formats.moment(finding.due_at)) if finding.due_at else "",
        _("%(moment)s 报整改", moment=formats.moment(finding.rectified_at)) if finding.rectified_at else "",
    ]
    return {
        "title": findings.title(shown.session, finding, shown.language),
        "number": finding.number,
        "href": url_for("findings.show", finding_id=finding.id),
        "state": finding.state,
        "words": _("，").join(part for part in said if part),
    }


def _photo_words(row: VisitSeen) -> str:
    if not row.photos:
        return _("没有照片")
    if row.waiting:
        return _("照片 %(n)s 张，还差 %(waiting)s 张在路上", n=row.photos, waiting=row.waiting)
    return _("照片 %(n)s 张，均已到齐", n=row.photos)


def _reckon(row: VisitSeen, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sum as on paper: all points, less what does not apply, less what failed; reached over applicable."""

    def line(word: str, figure: str, *, of: str = "", kind: str = "", code: str = "", bad: bool = False) -> dict[str, Any]:
        return {"word": word, "figure": figure, "of": of, "kind": kind, "code": code, "bad": bad}

    whole = sum(answer["points"] for answer in rows)
    got, applied = row.visit.got_tenths / 10, row.visit.of_tenths / 10
    counted = sum(answer["letter"] in "pfm" for answer in rows)
    reached = sum(answer["letter"] == "p" for answer in rows)
    told = [line(_("%(n)s 条标准", n=len(rows)), str(whole))]
    for answer in rows:
        if answer["letter"] in "n-":
            word = _("不适用") if answer["letter"] == "n" else _("未判")
            told.append(line(word, f"− {answer['points']}", of=_("不计入"), code=answer["code"]))
    told.append(line(_("应得"), formats.plain(applied), of=_("%(n)s 条", n=counted), kind="res"))
    for answer in rows:
        if answer["letter"] in "fm":
            lost = answer["points"] - answer["got"]
            severity = {"critical": _("关键"), "major": _("重要"), "minor": _("一般")}.get(answer["severity"], "")
            word = _("不合格") if answer["letter"] == "f" else _("基本合格")
            told.append(line(word, f"− {formats.plain(lost)}", of=severity, code=answer["code"], bad=True))
    told.append(line(_("实得"), formats.plain(got), of=_("%(n)s 条", n=reached), kind="res"))
    if row.score is not None:
        sum_ = _("%(got)s ÷ %(of)s = %(exact)s %%，取整", got=formats.plain(got), of=formats.plain(applied), exact=f"{got / applied * 100:.1f}")
        told.append(line(_("得分"), str(row.score), of=sum_, kind="res end"))
    return told


def _since(session: Any, visit: inspections.Visit, kind: standards.Kind) -> dict[str, Any]:
    """What has become of this kind's criteria since the version the visit was judged by, and what a draft would change."""
    changed = standards.changed_since(session, visit.manual, [criterion.code for criterion in kind.criteria], kind=kind.code)
    current = standards.current_manual(session)
    newest = current.version if current else visit.manual
    by_fate = {fate: _("、").join(sorted(code for code, one in changed.items() if one == fate)) for fate in ("changed", "added", "removed")}
    said = [
        _("改了 %(codes)s", codes=by_fate["changed"]) if by_fate["changed"] else "",
        _("添了 %(codes)s", codes=by_fate["added"]) if by_fate["added"] else "",
        _("去了 %(codes)s", codes=by_fate["removed"]) if by_fate["removed"] else "",
    ]
    told = _("，").join(part for part in said if part)
    if newest == visit.manual:
        word = _("没有改动")
    else:
        word = _("第 %(n)s 版%(told)s", n=newest, told=told) if told else _("第 %(n)s 版，本类没有改动", n=newest)
    draft = standards.open_draft(session) if standing().may_everywhere(*MANUAL_EDITS) else None
    waiting = next((one.changed for one in draft.kinds if one.code == kind.code), 0) if draft else 0
    return {
        "word": word,
        "compare": url_for("manual.compare", old=visit.manual, new=newest) if told else None,
        "then": url_for("manual.index", v=visit.manual, kind=kind.code),
        "drafted": waiting,
        "draft": url_for("draft.diff") if waiting else None,
    }


def _where(visit: inspections.Visit, place: Place) -> str:
    if visit.lat_e7 is None or visit.lon_e7 is None:
        return _("位置未核实")
    accuracy = _("精度 %(n)s 米", n=visit.accuracy_m)
    if place.lat_e7 is None or place.lon_e7 is None:
        return accuracy
    metres = evidence.apart_m(evidence.Spot(visit.lat_e7, visit.lon_e7), evidence.Spot(place.lat_e7, place.lon_e7))
    return _("距点位 %(n)s 米，%(accuracy)s", n=round(metres), accuracy=accuracy)
