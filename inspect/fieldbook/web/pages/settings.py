"""设置: the year, deadlines, thresholds, reasons, backups, retention. Reads as a page; a form opens where 改 is pressed."""

import calendar as months
import json
import re
import shutil
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from fieldbook import accounts, evidence, findings, journal, places, reports
from fieldbook.accounts import Duty
from fieldbook.kernel import (
    NIL,
    Copy,
    County,
    Job,
    OriginBroken,
    copies,
    county,
    db,
    latest_job,
    listed,
    queue_job,
    settle_county,
)

from .. import doors, words
from ..doors import acting, house, needs, now
from ..formats import figure, local, month_word, size
from ..words import _
from .setup import OriginFixed, fix_origin

bp = Blueprint("settings", __name__)

SEES = (Duty.ADMINISTRATOR, Duty.HEADQUARTERS, Duty.AUDITOR)
CHANGES = (Duty.ADMINISTRATOR, Duty.HEADQUARTERS)
#: nights that the row of copies shows
NIGHTS = 30
#: the fields of the corners of the county's rectangle
CORNERS = ("corner_a", "corner_b")
#: moved deadlines that a preview names
MOVED_SHOWN = 8
#: the years whose days can be settled: no calendar reaches beyond them
YEARS = range(2004, 2101)


@dataclass(frozen=True)
class Figure:
    """One number that can be settled: its key in `kernel.County`, label, unit, least and most, what it means."""

    key: str
    label: str
    unit: str
    least: int
    most: int
    help: str


def figures() -> dict[str, list[Figure]]:
    """The numbers of each part of the page."""
    return {
        "deadlines": [
            Figure("usual_days", _("未对应标准的问题"), _("个工作日"), 1, 90, _("对应标准的按标准的时限，交办时可缩短")),
            Figure("soon_hours", _("快到期"), _("工时"), 1, 56, _("剩下这么多工时，转为琥珀色")),
        ],
        "thresholds": [
            Figure("recurs_days", _("反弹"), _("日内"), 1, 365, _("销号后这么多日内，同点位同标准又查出，算反弹，期限减半")),
            Figure("far_m", _("距离"), _("米以上"), 50, 5000, _("照片离点位这么远，复核时提示，不拦")),
            Figure("confirm_minutes", _("再输密码"), _("分钟后"), 1, 120, _("输过密码这么久以后，动人员、权限、重要设置或导出个人信息，要再输一次")),
        ],
        "retention": [
            Figure("photo_days", _("照片"), _("日"), 180, 3650, _("到期只列出，不自动删除")),
            Figure("ledger_years", _("台账"), _("年"), 1, 30, _("到期只列出，不自动删除")),
        ],
    }


@bp.get("/settings")
@needs(*SEES)
def show() -> ResponseReturnValue:
    """The whole page; `edit` names the part whose form is open, `day` the day of the calendar."""
    return _page({}, {})


@bp.post("/settings/<part>")
@needs(*CHANGES, everywhere=True, fresh=True)
def change(part: str) -> ResponseReturnValue:
    """Settle the numbers of one part."""
    wanted = figures().get(part)
    if wanted is None:
        raise NotFound
    typed = {one.key: request.form.get(one.key, "").strip()[:10] for one in wanted}
    wrong = {one.key: _("填 %(least)s 到 %(most)s 之间的整数。", least=one.least, most=one.most) for one in wanted if not _is_within(typed[one.key], one)}
    if wrong:
        return _page(typed, wrong, edit=part), 422
    with acting() as act:
        settle_county(act, **{key: int(value) for key, value in typed.items()})
    return redirect(url_for(".show", _anchor=part), 303)


@bp.post("/settings/names")
@needs(Duty.ADMINISTRATOR, everywhere=True, fresh=True)
def names() -> ResponseReturnValue:
    """Change the county's names, and the origin while no phone has enrolled."""
    typed = {name: request.form.get(name, "").strip()[:120] for name in ("name", "name_en", "origin")}
    wrong: dict[str, str] = {}
    if not 1 < len(typed["name"]) <= 30:
        wrong["name"] = _("县名要填，2 到 30 个字。")
    origin = doors.origin()
    try:
        if typed["origin"]:
            origin = fix_origin(typed["origin"])
    except (OriginBroken, OriginFixed) as refusal:
        wrong["origin"] = words.sentence(refusal.sentence, refusal.facts)
    if wrong:
        return _page(typed, wrong, edit="names"), 422
    with acting() as act:
        settle_county(act, name=typed["name"], name_en=typed["name_en"][:60], origin=origin)
    return redirect(url_for(".show", _anchor="names"), 303)


@bp.post("/settings/bounds")
@needs(*CHANGES, everywhere=True, fresh=True)
def settle_bounds() -> ResponseReturnValue:
    """Say in which rectangle the county's positions lie, by two of its corners; with none, its places show where it is."""
    typed = {name: request.form.get(name, "").strip()[:80] for name in CORNERS}
    corners = {name: places.read_position(text) for name, text in typed.items() if text}
    wrong = {name: words.sentence(places.PositionUnclear.sentence, {}) for name, spot in corners.items() if spot is None}
    if len(corners) == 1 and not wrong:
        wrong = {name: _("两个角都要填，或都不填。") for name in CORNERS if name not in corners}
    bounds = places.bounds_of(*(spot for spot in corners.values() if spot)) if corners and not wrong else []
    if bounds and (bounds[0] == bounds[2] or bounds[1] == bounds[3]):
        wrong = {CORNERS[1]: _("两个角在一条线上，框不出范围。")}
    if wrong:
        return _page(typed, wrong, edit="bounds"), 422
    with acting() as act:
        settle_county(act, bounds=bounds)
    return redirect(url_for(".show", _anchor="bounds"), 303)


@bp.post("/settings/calendar/day")
@needs(*CHANGES, everywhere=True)
def settle_day() -> ResponseReturnValue:
    """Say that the county works, or does not, on one day; `usual` gives the day back to the announced calendar."""
    day, what, name = _asked_day(request.form.get("day", "")), request.form.get("works", ""), request.form.get("name", "").strip()[:40]
    if day is None or what not in ("yes", "no", "usual"):
        raise NotFound
    with acting() as act:
        change = findings.unset_calendar_day(act, day) if what == "usual" else findings.set_calendar_day(act, day, what == "yes", name)
    return _page({}, {}, done=_moved_words(change), year=day.year)


@bp.post("/settings/hours")
@needs(*CHANGES, everywhere=True, fresh=True)
def settle_hours() -> ResponseReturnValue:
    """Say in which hours of a working day deadlines run; open deadlines move later, never earlier."""
    try:
        with acting() as act:
            change = findings.set_hours(act, _spans(request.form))
    except findings.BadHours as refusal:
        return _page({}, {"hours": words.sentence(refusal.sentence, {})}, edit="hours"), 422
    return _page({}, {}, done=_moved_words(change), edit="none")


@bp.post("/settings/calendar/<int:year>")
@needs(*CHANGES, everywhere=True)
def load_year(year: int) -> ResponseReturnValue:
    """Enter the announced holidays of a year; open deadlines move later, never earlier."""
    if not 2004 <= year <= now().year + 1:
        raise NotFound
    try:
        with acting() as act:
            change = findings.load_calendar_year(act, year)
    except findings.YearNotAnnounced as refusal:
        return _page({}, {}, said=words.sentence(refusal.sentence, refusal.facts), year=year), 422
    return _page({}, {}, done=_moved_words(change), year=year)


@bp.post("/settings/routing")
@needs(*CHANGES, everywhere=True)
def routing() -> ResponseReturnValue:
    """Settle in which order the ways to a finding's unit are tried; a way left out is not tried."""
    order = tuple(dict.fromkeys(way for way in request.form.getlist("way") if way))
    if not order or not set(order) <= set(County().routing):
        return _page({}, {"way": _("至少选一种办法。")}, edit="routing"), 422
    with acting() as act:
        settle_county(act, routing=order)
    return redirect(url_for(".show", _anchor="routing"), 303)


@bp.post("/settings/reasons")
@needs(*CHANGES, everywhere=True)
def reasons() -> ResponseReturnValue:
    """Settle the county's own reasons, at most three for each verb; one that is emptied is offered no more."""
    with acting() as act:
        settle_county(act, reasons=_reasons_told(county(act.session).reasons))
    return redirect(url_for(".show", _anchor="reasons"), 303)


@bp.post("/settings/backup")
@needs(Duty.ADMINISTRATOR, everywhere=True, fresh=True)
def back_up() -> ResponseReturnValue:
    """Have a copy of the database made now."""
    with acting() as act:
        queue_job(act, "backup.make", NIL)
    return redirect(url_for(".show", _anchor="backup"), 303)


@bp.get("/settings/export")
@needs(*SEES)
def export() -> ResponseReturnValue:
    """All settings as one JSON file, to keep or to compare."""
    calendar = findings.calendar(db.session())
    told = {"county": asdict(county(db.session())), "calendar": {day.isoformat(): works for day, works in sorted(calendar.exceptions.items())}}
    answer = Response(json.dumps(told, ensure_ascii=False, indent=2), mimetype="application/json")
    answer.headers["Content-Disposition"] = "attachment; filename=settings.json"
    return answer


def _reasons_told(held: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The reasons as the form has them, with those that are held now: what somebody else added meanwhile stays kept."""
    told: list[dict[str, Any]] = []
    for verb in ("return", "dismiss"):
        before = [one for one in held if one["verb"] == verb]
        wanted = [(zh.strip()[:20], en.strip()[:40]) for zh, en in zip(request.form.getlist(f"{verb}_zh"), request.form.getlist(f"{verb}_en"), strict=False)][: findings.MOST_OWN]
        kept = {(one["zh"], one["en"]): one for one in before}
        told += [one | {"dropped": (one["zh"], one["en"]) not in wanted} for one in before]
        fresh = [(zh, en) for zh, en in dict.fromkeys(wanted) if zh and (zh, en) not in kept]
        told += [{"verb": verb, "code": f"{verb}_{len(before) + nth}", "zh": zh, "en": en or zh, "dropped": False} for nth, (zh, en) in enumerate(fresh, 1)]
    return told


def _spans(told: MultiDict[str, str]) -> list[list[str]]:
    """The spans of a working day as a form has them; an empty row is none."""
    rows = zip(told.getlist("begins"), told.getlist("ends"), strict=False)
    return [[begins.strip()[:5], ends.strip()[:5]] for begins, ends in rows if begins.strip() or ends.strip()][: findings.MOST_SPANS]


def _hours_form(calendar: findings.Calendar, wrong: dict[str, str]) -> dict[str, Any]:
    """The form of the working hours: what was typed or what stands, and what saving it would move, once somebody asked."""
    told = request.form if request.method == "POST" and request.form.getlist("begins") else request.args
    asked = _spans(told)
    spans = asked or [[f"{begins:%H:%M}", f"{ends:%H:%M}"] for begins, ends in calendar.hours]
    form: dict[str, Any] = {"rows": spans + [["", ""]] * (findings.MOST_SPANS - len(spans)), "asked": bool(asked), "moved": [], "more": 0}
    if asked and "hours" not in wrong:
        try:
            moved = findings.preview_hours(db.session(), asked).moved
        except findings.BadHours as refusal:
            wrong["hours"] = words.sentence(refusal.sentence, {})
        else:
            form |= {"moved": moved[:MOVED_SHOWN], "count": len(moved), "more": max(len(moved) - MOVED_SHOWN, 0)}
    return form


def _is_within(typed: str, figure: Figure) -> bool:
    return typed.isascii() and typed.isdigit() and figure.least <= int(typed) <= figure.most


def _asked_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _moved_words(change: findings.CalendarChange) -> str:
    """What a change of the calendar came to."""
    if not change.moved:
        return _("日历已改。没有期限因此移动。")
    return _("日历已改。%(n)s 件未到期的问题，期限往后移了。", n=len(change.moved))


def _page(typed: dict[str, str], wrong: dict[str, str], edit: str = "", *, said: str = "", done: str = "", year: int = 0) -> str:
    session, settled = db.session(), county(db.session())
    name, name_en = doors.county_names()
    edit = edit or request.args.get("edit", "")
    may = doors.standing().may_everywhere(*CHANGES)
    today = local(now())
    assert today is not None
    asked = request.args.get("year", "")
    shown = year or (int(asked) if asked.isascii() and asked.isdigit() and 2004 <= int(asked) <= today.year + 1 else today.year)
    calendar = findings.calendar(session)
    return render_template(
        "settings/settings.html",
        here="settings",
        edit=edit if may else "",
        said=said,
        done=done,
        may=may,
        may_name=doors.standing().may_everywhere(Duty.ADMINISTRATOR),
        typed={"name": name, "name_en": name_en, "origin": doors.origin()} | {key: str(value) for key, value in asdict(settled).items() if isinstance(value, int)} | _corners(settled.bounds) | typed,
        wrong=wrong,
        figures=figures(),
        settled=asdict(settled),
        year=shown,
        announced=shown in calendar.announced,
        may_load=shown <= today.year + 1,
        months=[_month(shown, month, calendar, today.date()) for month in range(1, 13)],
        day=_told_day(_asked_day(request.args.get("day", "")) if may else None, calendar),
        ways=County().routing,
        why=findings.WHY,
        rules=len(findings.routing_rules(session, doors.standing())),
        hours=calendar.hours,
        hours_a_day=figure(calendar.hours_a_day),
        clock=_hours_form(calendar, wrong) if may and edit == "hours" else None,
        bounds=_bounds(session, settled.bounds),
        backup=_backup(now()),
        disk=_disk(),
        reasons={
            "return": findings.return_reasons(session),
            "dismiss": findings.dismiss_reasons(session),
        },
        own={verb: _own_reasons(settled, verb) for verb in ("return", "dismiss")},
        phones=reports.holdings(session).phones,
        origin_in_file=bool(house().settings.origin),
        changes=_changes(),
        past=evidence.count_before(session, now() - timedelta(days=settled.photo_days)),
    )


def _corners(bounds: list[int]) -> dict[str, str]:
    """The corners as the form shows them: south-west and north-east."""
    spots = zip(bounds[::2], bounds[1::2], strict=True)
    return dict.fromkeys(CORNERS, "") | {name: places.written(*spot) for name, spot in zip(CORNERS, spots, strict=False)}


def _bounds(session: Session, bounds: list[int]) -> dict[str, int]:
    """How many of the places in use have a position, and how many of these lie outside the rectangle."""
    spots = places.positions(session)
    return {"all": len(spots), "out": sum(places.nearest_within(bounds, *spot) != spot for spot in spots) if bounds else 0}


def _own_reasons(settled: County, verb: str) -> list[dict[str, Any]]:
    """The county's own reasons for a verb, filled up to the most there may be."""
    own = [one for one in settled.reasons if one["verb"] == verb and not one["dropped"]]
    return own + [{"zh": "", "en": ""}] * (findings.MOST_OWN - len(own))


def _month(year: int, month: int, calendar: findings.Calendar, today: date) -> dict[str, Any]:
    """One month as the printed calendar shows it: weeks of cells {n, iso, kind, today}, and its working days."""
    days = [day for day in months.Calendar().itermonthdates(year, month) if day.month == month]
    cells: list[dict[str, Any] | None] = [None] * days[0].weekday()
    for day in days:
        works = calendar.works(day)
        own = findings.is_own_day(day, calendar)
        kind = "own" if own else "x" if not works and day.weekday() < 5 else "b" if works and day.weekday() > 4 else "w" if not works else ""
        cells.append({"n": day.day, "iso": day.isoformat(), "kind": kind, "today": day == today, "works": works})
    cells += [None] * (-len(cells) % 7)
    return {"word": month_word(month), "working": sum(calendar.works(day) for day in days), "weeks": [cells[at : at + 7] for at in range(0, len(cells), 7)]}


def _told_day(day: date | None, calendar: findings.Calendar) -> dict[str, Any] | None:
    if day is None:
        return None
    works = calendar.works(day)
    moves = len(findings.preview_calendar_day(db.session(), day, not works).moved)
    return {"iso": day.isoformat(), "day": day, "works": works, "own": findings.is_own_day(day, calendar), "moves": moves}


def _backup(at: datetime) -> dict[str, Any]:
    """The last good copy and the last nights: one mark a night, empty before the first copy of all."""
    made = copies(house().settings.backups)
    nights = {local(copy.made_at).date(): copy for copy in made}  # type: ignore[union-attr]
    today = local(at).date()  # type: ignore[union-attr]
    since = min(nights, default=today)
    row = [today - timedelta(days=back) for back in range(NIGHTS - 1, -1, -1)]
    marks = [{"x": 12 * at, "day": day, "state": "ok" if day in nights else "bad" if since < day < today else "none"} for at, day in enumerate(row)]
    running: Job | None = latest_job(db.session(), "backup.make", NIL)
    newest: Copy | None = made[0] if made else None
    return {
        **_listed(newest),
        "newest": newest,
        "size": size(newest.bytes) if newest else "",
        "age": (at - newest.made_at).total_seconds() if newest else 0,
        "marks": marks,
        "good": sum(mark["state"] == "ok" for mark in marks),
        "missed": [mark["day"] for mark in marks if mark["state"] == "bad"],
        "running": running is not None and running.ended_at is None,
        "failed": running.outcome if running is not None and running.ended_at is not None and running.outcome != "done" else "",
        "here": db.engine.dialect.name == "sqlite",
    }


def _listed(copy: Copy | None) -> dict[str, Any]:
    """What the list of a copy says: how many photos, how many were missing when it was made, whether it is encrypted."""
    try:
        told = listed(copy.file) if copy else None
    except (OSError, ValueError):
        told = None
    if told is None:
        return {"photos": None, "missing": 0, "encrypted": False}
    return {"photos": told["photos"]["count"], "missing": len(told["photos"]["missing"]), "encrypted": bool(told["encrypted_for"])}


def _disk() -> dict[str, Any]:
    """How the disk of the instance is used, in bytes, and the bar's parts in per cent."""
    usage = shutil.disk_usage(house().settings.instance)
    photos, saved = evidence.stored_bytes(db.session()), sum(copy.bytes for copy in copies(house().settings.backups))
    rest = max(usage.used - photos - saved, 0)
    parts = {"a": saved, "b": photos, "c": rest, "d": usage.free}
    whole = max(sum(parts.values()), 1)
    bars, x = [], 0.0
    for kind, part in parts.items():
        width = 100 * part / whole
        bars.append({"kind": kind, "x": f"{x:.2f}%", "width": f"{width:.2f}%"})
        x += width
    return {"photos": size(photos), "copies": size(saved), "free": size(usage.free), "total": size(usage.total), "bars": bars}


def _changes() -> list[dict[str, Any]]:
    """The newest changes of the settings: who, when, what."""
    entries = [one for one in journal.course_of(db.session(), [NIL])[NIL] if one["verb"].startswith(("county.", "calendar."))][-20:]
    names = accounts.person_names(db.session(), [one["actor"] for one in entries if one["actor"]])
    return [{"at": one["at"], "who": names.get(one["actor"], ""), "told": _("，").join(_told(one))} for one in reversed(entries)]


def _told(entry: dict[str, Any]) -> list[str]:
    """What one entry changed, in words."""
    facts, said = entry["facts"], entry["said"] or {}
    if entry["verb"] == "county.settled":
        labels = {one.key: one.label for part in figures().values() for one in part}
        labels["reasons"] = _("常用理由")
        labels |= {"name": _("县名"), "name_en": _("英文名"), "origin": _("网址"), "routing": _("交办顺序"), "hours": _("上班时间"), "bounds": _("本县范围"), "put_off": _("起步步骤"), "set_up": _("起步步骤")}
        return [f"{labels.get(key, key)} → {_hours_told(value) if key == 'hours' else value}" if key not in ("reasons", "bounds") else labels[key] for key, value in said.items()]
    if entry["verb"] == "calendar.day_set":
        what = _("%(day)s 改为上班", day=facts["day"]) if facts["works"] else _("%(day)s 改为休息", day=facts["day"])
        return [what, *([str(said["name"])] if said.get("name") else [])]
    if entry["verb"] == "calendar.day_unset":
        return [_("%(day)s 照国办通知", day=facts["day"])]
    return [_("装入日历"), _("%(n)s 天", n=facts.get("days", 0))]


def _hours_told(value: str | None) -> str:
    """Working hours as an entry holds them, to be read."""
    return _("，").join("–".join(span) for span in re.findall(r"(\d\d:\d\d)\D+(\d\d:\d\d)", value or ""))
