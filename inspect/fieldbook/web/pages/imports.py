"""导入: a list comes in as a workbook, is previewed, corrected, applied as one, and can be taken back for a day.

One set of pages for every subject: places, units, and whatever else `places.SUBJECTS` holds.
"""

import io
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from fieldbook import accounts, findings, journal, kernel, places, standards, workbooks
from fieldbook.accounts import Duty
from fieldbook.kernel import Job, Refusal, db
from fieldbook.places import Level
from fieldbook.workbooks import (
    Asked,
    Cell,
    Intake,
    IntakeState,
    Line,
    Plan,
    Reason,
    Sheet,
    Subject,
    Verdict,
    Way,
)

from .. import formats, words
from ..doors import LOGIN, acting, needs, now, standing, who
from ..frame import duty_word
from ..importing import job_word, words_of
from ..words import _

bp = Blueprint("imports", __name__)

#: who may import; each list asks for a duty that holds for the whole county
IMPORTS = (Duty.ADMINISTRATOR, Duty.HEADQUARTERS)
#: lines on one page of a preview
LINES = 15
#: rows named one by one before "and so on"
NAMED_ROWS = 6
#: matters shown beside the table; the rest follows when these are dealt with
MATTERS = 40
#: lines shown while an import is being applied
JUST_DONE = 9
VIEWS = ("added", "changed", "unchanged", "refused", "alike", "skipped")
DATUMS = {"wgs84": "WGS-84", "gcj02": "GCJ-02", "bd09": "BD-09", "cgcs2000": "CGCS2000"}


def _subject(name: str) -> Subject:
    """A subject by its name, for somebody who may import it. Raises NoSuchIntake, NotYourDuty."""
    found = places.SUBJECTS.get(name)
    if found is None:
        raise workbooks.NoSuchIntake
    standing().require(*places.IMPORTS[name])
    return found


def _here(name: str) -> str:
    return "people" if name == "people" else "places"


# ---- sending a file


@bp.get("/<subject>/import")
@needs(*IMPORTS)
def new(subject: str) -> ResponseReturnValue:
    """Where a file is sent, with what came before. Whoever left a preview finds it here again."""
    _subject(subject)
    waiting = workbooks.waiting_intake(db.session(), subject, who().id)
    return _new_page(subject, waiting=waiting)


def _new_page(subject: str, *, waiting: Intake | None = None, wrong: str = "", status: int = 200) -> ResponseReturnValue:
    known = places.SUBJECTS[subject]
    page = render_template(
        "imports/start.html",
        here=_here(subject),
        w=words_of(subject),
        post=url_for(".upload", subject=subject),
        sample=url_for(".template", subject=subject),
        columns=[{"heading": column.heading, "must": column.must, "kept": column.kept, "variants": _("、").join(column.variants[:5])} for column in known.columns],
        waiting={"href": url_for(".show", intake_id=waiting.id), "name": waiting.file_name, "at": waiting.made_at} if waiting else None,
        history=_history(subject),
        wrong=wrong,
        most_mb=workbooks.MOST_BYTES >> 20,
        most_rows=workbooks.MOST_ROWS,
    )
    return page, status


@bp.post("/<subject>/import")
@needs(*IMPORTS)
def upload(subject: str) -> ResponseReturnValue:
    """Take a file in; reading it is a job, so that this page can be left."""
    _subject(subject)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _new_page(subject, wrong=_("还没有选文件。"), status=422)
    try:
        data, name = file.stream.read(workbooks.MOST_BYTES + 1), file.filename
        workbooks.look(data, name)
        with acting() as act:
            intake_id = workbooks.begin_intake(act, subject, name, data).id
    except Refusal as refusal:
        db.session.rollback()
        return _new_page(subject, wrong=words.sentence(refusal.sentence, refusal.facts), status=refusal.status)
    return redirect(url_for(".show", intake_id=intake_id), 303)


@bp.get("/<subject>/import/sample.xlsx")
@needs(*IMPORTS)
def template(subject: str) -> ResponseReturnValue:
    """An empty workbook with the headings we know best, one row to show how, and a sheet that explains."""
    columns = [column for column in _subject(subject).columns if column.kept or column.example]
    shown = [column for column in columns if column.kept]
    must, known_as = _("必填"), _("也认得这些栏名")
    explained: list[tuple[str, str, str, str]] = [(column.heading, must if column.must else "", _("、").join(column.variants), column.example) for column in shown]
    title = words_of(subject).title
    data = workbooks.write_xlsx(
        [
            Sheet(words_of(subject).thing, [column.heading for column in shown], [[column.example for column in shown]]),
            Sheet(_("填表说明"), [_("栏名"), must, known_as, _("例")], explained),
        ]
    )
    return _download(data, f"{title}.xlsx")


def _download(data: bytes, name: str) -> Response:
    return send_file(io.BytesIO(data), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_attachment=True, download_name=name)


# ---- one import


@bp.get("/imports/running")
@needs(LOGIN)
def running() -> ResponseReturnValue:
    """The rail's part about long work, which looks again by itself while there is any."""
    return render_template("parts/jobs.html")


@bp.get("/imports/<uuid:intake_id>")
@needs(*IMPORTS)
def show(intake_id: UUID) -> ResponseReturnValue:
    """One import as it stands: being read, previewed, being applied, applied, undone, or refused."""
    return _show(intake_id)


def _show(intake_id: UUID, *, said: str = "", status: int = 200) -> ResponseReturnValue:
    session = db.session()
    intake = workbooks.intake(session, intake_id)
    subject = _subject(intake.subject)
    job = next((found for kind in (workbooks.APPLY_JOB, workbooks.READ_JOB) if (found := kernel.latest_job(session, kind, intake_id))), None)
    if intake.state == IntakeState.READY:
        return _preview(intake, subject, said=said or _how_it_ended(job), status=status)
    failed = job is not None and job.ended_at is not None
    if intake.state in (IntakeState.READING, IntakeState.APPLYING) and not failed:
        return _running(intake, job)
    return _ended(intake, said=said or (_how_it_ended(job) if intake.state == IntakeState.APPLYING else ""), status=status)


def _how_it_ended(job: Job | None) -> str:
    """Why an apply wrote nothing, in the person's words."""
    if job is None or job.kind != workbooks.APPLY_JOB or job.ended_at is None or job.outcome == kernel.DONE:
        return ""
    if job.outcome == kernel.STOPPED:
        return _("已停下，什么也没有写入。")
    return _sentence(job.outcome, {})


def _sentence(code: str, facts: dict[str, Any]) -> str:
    """A refusal's sentence by its code."""
    found = next((one for one in _refusals(Refusal) if one.code == code), None)
    return words.sentence(found.sentence, facts) if found else _("没有做成，什么也没有写入。请再试一次，或把情况告诉管理员。")


def _refusals(root: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in root.__subclasses__():
        yield child
        yield from _refusals(child)


def _running(intake: Intake, job: Job | None) -> ResponseReturnValue:
    """How far it is; the page looks again by itself, and can be left."""
    applying = intake.state == IntakeState.APPLYING
    told, counts = words_of(intake.subject), intake.counts or {}
    total = (job.total if job else 0) or (counts.get("added", 0) + counts.get("changed", 0) if applying else 0)
    done = min(job.done, total) if job else 0
    began = intake.asked_at if applying else intake.made_at
    stage = 2 if applying and (job is None or job.step != "write") else 3 if applying else 0 if job is None or job.step in ("", "read") else 1
    return render_template(
        "imports/running.html",
        here=_here(intake.subject),
        w=told,
        title=told.running if applying else told.reading,
        name=intake.file_name,
        who=_person(intake.person_id),
        applying=applying,
        began=began,
        done=done,
        total=total,
        share=f"{100 * done / total:.1f}%" if total else "0%",
        left=_left(job, done, total, began) if applying else "",
        added=counts.get("added", 0),
        added_at=f"{100 * counts.get('added', 0) / total:.2f}%" if applying and total else "",
        changed=counts.get("changed", 0),
        steps=_steps(intake, stage),
        just=_just_done(intake, done) if applying else [],
        others=_other_jobs(intake),
        stop=url_for(".stop", intake_id=intake.id),
        again=url_for(".show", intake_id=intake.id),
    )


def _left(job: Job | None, done: int, total: int, began: Any) -> str:
    spent = (now() - began).total_seconds() if began else 0
    if job is None or not done or spent < 2:
        return ""
    return _("大约还要 %(n)s 秒", n=max(1, round(spent / done * (total - done))))


def _steps(intake: Intake, stage: int) -> list[dict[str, Any]]:
    counts = intake.counts or {}
    read = _("%(rows)s 行，%(columns)s 栏认出 %(known)s 栏", rows=counts.get("rows", 0), columns=counts.get("columns", 0), known=counts.get("known", 0)) if counts else ""
    seen = _("新增 %(added)s，变更 %(changed)s，不收 %(refused)s", added=counts.get("added", 0), changed=counts.get("changed", 0), refused=counts.get("refused", 0)) if counts else ""
    told = [
        (_("读表"), read, intake.planned_at or intake.made_at),
        (_("预演"), seen, intake.planned_at),
        (_("备好"), _("拼音、坐标、责任单位") if intake.subject == "places" else "", None),
        (_("一起写入"), _("手机下次同步时收到"), None),
    ]
    return [
        {"n": number + 1, "word": word, "note": note, "at": at if number < stage else None, "state": "ok" if number < stage else "cur" if number == stage else ""}
        for number, (word, note, at) in enumerate(told)
    ]


def _just_done(intake: Intake, done: int) -> list[dict[str, Any]]:
    plan = workbooks.plan_of(db.session(), intake.id)
    lines = [line for line in plan.lines if line.verdict in (Verdict.ADDED, Verdict.CHANGED)]
    upto = max(done, min(JUST_DONE, len(lines)))
    return [{"n": upto - n, **_line(line)} for n, line in enumerate(reversed(lines[max(0, upto - JUST_DONE) : upto]))]


def _other_jobs(intake: Intake) -> list[dict[str, str]]:
    jobs = [job for job in kernel.running_jobs(db.session(), who().id) if job.subject != intake.id]
    return [{"word": job_word(job), "note": _("在做") if job.claimed_until else _("排在后面")} for job in jobs if job_word(job)]


# ---- the preview


def _preview(intake: Intake, subject: Subject, *, said: str, status: int) -> ResponseReturnValue:
    session = db.session()
    plan, counts = workbooks.plan_of(session, intake.id), intake.counts
    doubted = counts["alike"]
    usual = "changed" if counts["changed"] else "added" if counts["added"] else "refused" if counts["refused"] else "unchanged"
    view = request.args.get("view", "")
    view = view if view in VIEWS else usual
    page = min(max(request.args.get("page", 1, type=int) or 1, 1), 10_000)
    lines = _lines_in(plan, view)
    total = counts["changes"] if view == "changed" else len(lines)
    first = (page - 1) * LINES
    rows = list(islice(_rows(lines, view), first, first + LINES))
    to_do = counts["added"] + counts["changed"]
    told = words_of(intake.subject)
    matters = list(plan.matters())

    def at(**fields: Any) -> str:
        return url_for(".show", intake_id=intake.id) + "?" + urlencode({"view": view, **fields})

    page_text = render_template(
        "imports/preview.html",
        here=_here(intake.subject),
        w=told,
        intake=intake,
        sheet=counts["sheet"],
        counts=counts,
        said=said,
        view=view,
        tally=[
            {"key": "added", "n": counts["added"], "word": _("新增"), "note": _("将建 %(n)s 处", n=counts["added"]), "cls": ""},
            {"key": "changed", "n": counts["changed"], "word": _("变更"), "note": _("改 %(n)s 处，共 %(m)s 项", n=counts["changed"], m=counts["changes"]), "cls": ""},
            {"key": "unchanged", "n": counts["unchanged"], "word": _("不变"), "note": _("与库内一致"), "cls": ""},
            {"key": "refused", "n": counts["refused"], "word": _("不收"), "note": _("改好再传，或跳过"), "cls": "fail" if counts["refused"] else ""},
            {"key": "alike", "n": doubted, "word": _("像是重名"), "note": _("含在新增内，请过目"), "cls": "soon" if doubted else ""},
        ],
        skipped=counts["skipped"],
        skipped_href=at(view="skipped"),
        at=at,
        fields=_fields(lines) if view == "added" else [],
        rows=rows,
        first=first + 1,
        last=first + len(rows),
        total=total,
        previous=at(page=page - 1) if page > 1 else "",
        next=at(page=page + 1) if first + LINES < total else "",
        matters=_matters(matters[:MATTERS]),
        further=max(0, len(matters) - MATTERS),
        also=_also(plan),
        many=_many(matters),
        reading=_reading(plan, counts),
        mapping=_mapping(counts, subject),
        sheets=[{"name": name, "chosen": name == counts["sheet"]} for name in intake.facts.get("sheets", [])] if len(intake.facts.get("sheets", [])) > 1 else [],
        datum=plan.notes.get("datum", ""),
        datums=DATUMS,
        history=_history(intake.subject, but=intake.id),
        to_do=to_do,
        apply=url_for(".apply", intake_id=intake.id),
        correct=url_for(".correct", intake_id=intake.id),
        settle=url_for(".settle", intake_id=intake.id),
        drop=url_for(".drop", intake_id=intake.id),
        refused_file=url_for(".refused", intake_id=intake.id),
        choices=_choices(intake.subject),
    )
    return page_text, status


def _lines_in(plan: Plan, view: str) -> list[Line]:
    """The lines of one tile of the tally."""
    return plan.doubted if view == "alike" else [line for line in plan.lines if line.verdict == view]


def _rows(lines: list[Line], view: str) -> Iterator[dict[str, Any]]:
    """What one tile of the tally shows: a line a change, or a line a row."""
    for line in lines:
        if view != "changed":
            yield _line(line) | {"reasons": [_reason(reason) for reason in line.reasons]}
            continue
        for number, change in enumerate(line.changes):
            yield (_line(line) if number == 0 else {"row": line.row}) | {
                "again": number > 0,
                "field": _field(change.field),
                "where": change.field == "position",
                "old": _said(change.field, change.old),
                "new": _said(change.field, change.new),
                "note": "" if change.note is None else _("移 %(n)s 米", n=formats.thousands(change.note)),
            }


def _line(line: Line) -> dict[str, Any]:
    return {
        "row": line.row,
        "name": line.name or "–",
        "number": formats.masked(line.number) if "posts" in line.values else line.number,
        "href": url_for("places.show", place_id=line.id) if line.id and _is_place(line) else "",
        "verdict": str(line.verdict),
        "said": {change.field: _said(change.field, change.new) for change in line.changes},
    }


def _said(name: str, text: str) -> str:
    """A field's text as people read it: numbers masked, duties and levels in words."""
    if name in ("phone", "contact", "login"):  # a login is often a telephone number
        return formats.masked(text)
    if name == "duty" and "|" in text:
        duty, _bar, where = text.partition("|")
        return f"{duty_word(Duty(duty))} {where or _('全县')}"
    if name == "level":
        return {"county": _("县"), "district": _("片区"), "zone": _("责任区"), "grid": _("网格")}.get(text, text)
    return text


def _is_place(line: Line) -> bool:
    return "kinds" in line.values or "address" in line.values


def _fields(lines: list[Line]) -> list[dict[str, str]]:
    """The columns of the new ones: whatever some of them say, in the order they say it; at most four."""
    seen: dict[str, None] = {}
    for line in lines[:200]:
        seen |= dict.fromkeys(change.field for change in line.changes)
    return [{"key": name, "word": _field(name)} for name in list(seen)[:4]]


def _matters(found: list[tuple[Reason, list[int]]]) -> list[dict[str, Any]]:
    return [_reason(reason) | {"rows": _row_words(numbers)} for reason, numbers in found]


def _row_words(numbers: list[int]) -> str:
    shown = _("、").join(str(number) for number in numbers[:NAMED_ROWS])
    if len(numbers) > NAMED_ROWS:
        return _("第 %(rows)s 行等 %(n)s 行", rows=shown, n=formats.thousands(len(numbers)))
    return _("第 %(rows)s 行", rows=shown)


def _also(plan: Plan) -> list[str]:
    """What else would be made."""
    told = {"districts": _("片区"), "zones": _("责任区"), "units": _("责任单位"), "posts": _("岗位")}
    return [f"{told.get(name, name)} {len(made)}{_('：')}{_('、').join(str(one['name']) for one in made[:8])}{'…' if len(made) > 8 else ''}" for name, made in plan.also.items() if made]


def _many(matters: list[tuple[Reason, list[int]]]) -> list[dict[str, Any]]:
    """Unknown zones and units that could all be made at once."""
    found: dict[str, int] = {}
    for reason, _numbers in matters:
        if any(way.value == "new" for way in reason.ways):
            found[reason.code] = found.get(reason.code, 0) + 1
    told = {"zone_unknown": _("这 %(n)s 个责任区全部新建"), "unit_unknown": _("这 %(n)s 个单位全部新建"), "district_unknown": _("这 %(n)s 个片区全部新建")}
    return [{"code": code, "do": code.removesuffix("_unknown"), "word": told[code] % {"n": n}} for code, n in found.items() if n > 1 and code in told]


def _reading(plan: Plan, counts: dict[str, Any]) -> list[dict[str, str]]:
    head = _("在第 %(head)s 行，上方 %(above)s 行标题已略过", head=counts["head"], above=counts["above"]) if counts["above"] else _("在第 %(head)s 行", head=counts["head"])
    told = [{"word": _("表头"), "text": head}]
    if counts["unknown"]:
        told.append({"word": _("未认出"), "text": _("“%(names)s”，未导入", names=_("”“").join(counts["unknown"][:8]))})
    if counts["aside"]:
        told.append({"word": _("略过"), "text": _("合计、签字、标题等 %(n)s 行", n=counts["aside"])})
    if counts["formulas"]:
        told.append({"word": _("公式"), "text": _("%(n)s 格，用的是表里算好的值", n=counts["formulas"])})
    if plan.notes.get("positions"):
        datum = DATUMS.get(str(plan.notes.get("datum")), "")
        how = {
            "said": _("按您选的"),
            "heading": _("按栏名"),
            "known": _("按库内点位推断"),
            "usual": _("表里没写，按常见的算"),
        }.get(str(plan.notes.get("datum_from")), "")
        told.append({"word": _("坐标"), "text": _("%(datum)s（%(how)s），%(n)s 处有坐标", datum=datum, how=how, n=plan.notes["positions"])})
        out, everything = int(plan.notes.get("outside", 0)), int(plan.notes["positions"])
        told.append({"word": _("地图核对"), "text": _("%(all)s 处坐标，%(n)s 处在本县点位一带", all=everything, n=everything - out)})
        if out:
            told.append({"word": _("不在本县一带"), "text": _("第 %(rows)s 行，请核对坐标系或经纬度", rows=plan.notes.get("outside_rows", ""))})
    return told


def _mapping(counts: dict[str, Any], subject: Subject) -> list[dict[str, Any]]:
    """Every heading with what was made of it."""
    return [
        {
            "position": position,
            "heading": heading,
            "options": [{"value": "", "word": _("不导入"), "chosen": not key}] + [{"value": column.key, "word": column.heading, "chosen": key == column.key} for column in subject.columns],
        }
        for position, heading, key in counts["headings"]
    ]


def _choices(subject: str) -> dict[str, list[dict[str, str]]]:
    """What may be chosen where a cell named nothing we know."""
    session = db.session()
    manual = standards.current_manual(session)
    told = {"zone": [{"value": str(zone.id), "word": f"{zone.code} {formats.in_language(zone)}"} for zone in places.zones(session)]}
    if subject != "areas":
        told["unit"] = [{"value": str(unit.id), "word": formats.in_language(unit)} for unit in accounts.units(session)]
    if subject == "places":
        told["kind"] = [{"value": kind.code, "word": f"{kind.code} {kind.name(words.language())}"} for kind in (manual.kinds.values() if manual else ())]
    if subject == "people":
        told["duty"] = [{"value": duty.value, "word": duty_word(duty)} for duty in Duty]
    told["duty"] = [{"value": str(duty), "word": duty_word(duty)} for duty in Duty]
    told["district"] = [
        {"value": str(area.id), "word": formats.in_language(area)} for area in places.area_names(session).values() if area.level == Level.DISTRICT and area.merged_into is None
    ]
    return told


def _history(subject: str, *, but: UUID | None = None) -> list[dict[str, Any]]:
    told = []
    for intake in workbooks.intakes(db.session(), subject):
        if intake.id == but or intake.state == IntakeState.REFUSED:
            continue
        counts = intake.counts or {}
        told.append(
            {
                "at": intake.applied_at or intake.made_at,
                "who": _person(intake.applied_by or intake.person_id),
                "href": url_for(".show", intake_id=intake.id),
                "what": _("新增 %(added)s，变更 %(changed)s", added=counts.get("added", 0), changed=counts.get("changed", 0)) if counts else intake.file_name,
                "undo": url_for(".undo", intake_id=intake.id) if workbooks.can_undo(intake, now()) else "",
                "state": {
                    IntakeState.READING: _("在读"),
                    IntakeState.READY: _("预演，未应用"),
                    IntakeState.APPLYING: _("在写"),
                    IntakeState.UNDONE: _("已撤销"),
                }.get(intake.state, _("已过 24 小时")),
            }
        )
    return told


def _person(person_id: UUID | None) -> str:
    return accounts.person_names(db.session(), [person_id]).get(person_id, "") if person_id else ""


# ---- what is the matter, and the ways out


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "word": reason.word,
        "text": _reason_words(reason),
        "ways": [told for way in reason.ways if (told := _way(way))],
        "choose": next((way.do for way in reason.ways if not way.value and way.do in ("kind", "zone", "unit", "district", "duty")), ""),
    }


def _reason_words(reason: Reason) -> str:
    facts, word = reason.facts, reason.word
    match reason.code:
        case "name_missing":
            return _("缺名称。上方无合并单元格可沿用。")
        case "kind_unknown":
            return _("“%(word)s”不在任务对象内。", word=word)
        case "kind_missing":
            return _("没有写任务对象。")
        case "zone_unknown":
            return _("责任区“%(word)s”库内没有。", word=word)
        case "zone_missing":
            return _("没有写责任区。")
        case "district_unknown":
            return _("片区“%(word)s”库内没有。", word=word)
        case "unit_unknown":
            return _("单位“%(word)s”库内没有。", word=word)
        case "unit_missing":
            return _("整改岗位没有写单位。")
        case "too_long":
            return _("%(field)s超过 %(most)s 字。", field=_field(word), most=facts.get("most", 0))
        case "code_twice":
            return _("编号 %(word)s 重复，几行名称不同：第 %(rows)s 行。", word=word, rows=facts.get("rows", ""))
        case "repeat":
            return _("与第 %(row)s 行是同一个。", row=facts.get("row", "")) if word else _("与更早的一行相同（名称、地址、任务对象都一样）。")
        case "closed":
            return _("%(word)s 已停用。请先在库里恢复，或换一个编号。", word=word)
        case "cell_error":
            return _("“%(word)s”栏是错误值或不是数。", word=word)
        case "cell_uncalculated":
            return _("“%(word)s”栏是没有算过的公式。", word=word)
        case "position_zero":
            return _("坐标 0, 0 不在县内。")
        case "position_swapped":
            return _("经纬度写反。")
        case "position_far":
            return _("坐标 %(word)s 不在国内。", word=word)
        case "position_unclear":
            return _("坐标“%(word)s”看不懂。", word=word)
        case "alike":
            return _("库里已有同名的 %(code)s %(address)s", code=facts.get("code", ""), address=facts.get("address", ""))
        case "alike_row":
            return _("与第 %(row)s 行同名。", row=facts.get("row", ""))
        case "login_missing":
            return _("没有写登录名或手机号。")
        case "login_taken":
            return _("登录名 %(word)s 已有人用，姓名不同。", word=word)
        case "duty_unknown":
            return _("职责“%(word)s”认不出。", word=word)
        case "duty_missing":
            return _("没有写职责。")
        case "level_unknown":
            return _("级别“%(word)s”认不出。", word=word)
        case _:
            return _("这一行与库里的内容对不上。")


def _way(way: Way) -> dict[str, str] | None:
    """A button's words; None for a way that is a choice from a list."""
    text = {
        "skip": _("跳过"),
        "add": _("另建一处"),
        "merge": _("并入那一行"),
        "same": _("就是它，更新它"),
        "no_position": _("不带坐标收下"),
        "swap": _("对调后收下"),
        "blank": _("空着收下"),
    }.get(way.do)
    if text is None and way.value == "new":
        text = _("新建")
    elif text is None and way.value == "none":
        text = _("全县") if way.do == "zone" else _("先不给职责") if way.do == "duty" else _("不写上级") if way.do == "district" else _("先空着")
    elif text is None and way.value:
        text = _("按“%(name)s”收", name=way.name)
    return {"do": way.do, "value": way.value, "word": text} if text else None


def _field(name: str) -> str:
    return {
        "name": _("名称"),
        "code": _("编号"),
        "address": _("详细地址"),
        "lead": _("牵头单位"),
        "partner": _("包联单位"),
        "leader": _("包联领导"),
        "extent": _("长度或面积"),
        "frequency": _("巡查频次"),
        "note": _("备注"),
        "kind": _("任务对象"),
        "zone": _("责任区"),
        "district": _("片区"),
        "unit": _("责任单位"),
        "position": _("坐标"),
        "short": _("简称"),
        "trade": _("行业"),
        "head": _("负责人"),
        "contact": _("联系人"),
        "phone": _("联系电话"),
        "login": _("登录名"),
        "duty": _("职责"),
        "level": _("级别"),
        "parent": _("上级"),
    }.get(name, name)


# ---- what a person does with it


@bp.post("/imports/<uuid:intake_id>/correct")
@needs(*IMPORTS)
def correct(intake_id: UUID) -> ResponseReturnValue:
    """One more word about the table: the plan is made anew, without sending the file again."""
    form = request.form
    plan = _ready(intake_id)[2]
    asked = workbooks.corrected(
        workbooks.asked_of(workbooks.intake(db.session(), intake_id)),
        plan,
        code=form.get("code", ""),
        word=form.get("word", ""),
        do=form.get("do", ""),
        value=form.get("value", ""),
        row=form.get("row", type=int),
    )
    return _replan(intake_id, asked)


@bp.post("/imports/<uuid:intake_id>/settle")
@needs(*IMPORTS)
def settle(intake_id: UUID) -> ResponseReturnValue:
    """Another sheet, other columns, another datum."""
    intake = _ready(intake_id)[0]
    asked, form = workbooks.asked_of(intake), request.form
    if "sheet" in form and form["sheet"] != (intake.counts or {}).get("sheet"):
        asked = Asked(sheet=form["sheet"], settings=asked.settings)
    elif any(name.startswith("column-") for name in form):
        asked.mapping = {name.removeprefix("column-"): value for name, value in form.items() if name.startswith("column-") and name[7:].isdecimal()}
    if form.get("datum", "") in DATUMS:
        asked.settings = asked.settings | {"datum": form["datum"]}
    return _replan(intake_id, asked)


def _ready(intake_id: UUID) -> tuple[Intake, Subject, Plan]:
    """An import that waits for its person. Raises IntakeMoved, NoSuchIntake."""
    intake = workbooks.intake(db.session(), intake_id)
    subject = _subject(intake.subject)
    if intake.state != IntakeState.READY:
        raise workbooks.IntakeMoved
    return intake, subject, workbooks.plan_of(db.session(), intake_id)


def _replan(intake_id: UUID, asked: Asked) -> ResponseReturnValue:
    """Plan anew outside the write, so that nobody waits for it, and keep the plan if nothing overtook it."""
    session = db.session()
    intake = workbooks.intake(session, intake_id)
    subject, version = _subject(intake.subject), intake.version
    view = request.form.get("view", "")
    try:
        table = workbooks.table_of(session, intake_id, subject, asked)
        seq, _head = journal.head(session)
        plan = subject.plan(session, table, asked, now())
        with acting() as act:
            kept = workbooks.locked(act.session, intake_id, IntakeState.READY)
            if kept.version != version:
                raise workbooks.IntakeMoved
            workbooks.keep_plan(act, kept, asked, plan, table, seq)
    except Refusal as refusal:
        db.session.rollback()
        return _show(intake_id, said=words.sentence(refusal.sentence, refusal.facts), status=refusal.status)
    return redirect(url_for(".show", intake_id=intake_id, view=view if view in VIEWS else None), 303)


@bp.post("/imports/<uuid:intake_id>/apply")
@needs(*IMPORTS, fresh=True)
def apply(intake_id: UUID) -> ResponseReturnValue:
    """Have what this page shows done. It is a job: the page can be left."""
    _subject(workbooks.intake(db.session(), intake_id).subject)
    try:
        with acting() as act:
            workbooks.ask_to_apply(act, intake_id, version=request.form.get("version", 0, type=int))
    except workbooks.IntakeMoved as refusal:
        db.session.rollback()
        return _show(intake_id, said=words.sentence(refusal.sentence, refusal.facts), status=refusal.status)
    return redirect(url_for(".show", intake_id=intake_id), 303)


@bp.post("/imports/<uuid:intake_id>/stop")
@needs(*IMPORTS, fresh=True)
def stop(intake_id: UUID) -> ResponseReturnValue:
    """Stop it before anything is written; what was written already is undone."""
    session = db.session()
    intake = workbooks.intake(session, intake_id)
    _subject(intake.subject)
    if intake.state in (IntakeState.READING, IntakeState.APPLYING):
        with acting() as act:
            for kind in (workbooks.READ_JOB, workbooks.APPLY_JOB):  # the last of them is the one that counts
                job = kernel.latest_job(act.session, kind, intake_id)
                if job is not None and job.ended_at is None:
                    kernel.stop_job(act, job.id)
            if intake.state == IntakeState.READING:
                workbooks.drop_intake(act, intake_id)
            elif job is not None and job.ended_at is not None:  # it failed, or nobody had begun it
                workbooks.back_to_preview(act, intake_id)
    elif workbooks.can_undo(intake, now()):
        return undo(intake_id)
    return redirect(url_for(".show", intake_id=intake_id), 303)


@bp.post("/imports/<uuid:intake_id>/undo")
@needs(*IMPORTS, fresh=True)
def undo(intake_id: UUID) -> ResponseReturnValue:
    """Take an applied import back, within a day; what something followed stays, and the page says what."""
    intake = workbooks.intake(db.session(), intake_id)
    subject = _subject(intake.subject)
    with acting() as act:
        undone = workbooks.undo_intake(act, intake_id, subject)
        findings.follow_places(act, undone.touched)
    return redirect(url_for(".show", intake_id=intake_id), 303)


@bp.post("/imports/<uuid:intake_id>/drop")
@needs(*IMPORTS)
def drop(intake_id: UUID) -> ResponseReturnValue:
    """Let a file go, or go back from an apply that failed; another file can be sent."""
    intake = workbooks.intake(db.session(), intake_id)
    subject = intake.subject
    _subject(subject)
    with acting() as act:
        workbooks.back_to_preview(act, intake_id)
        act.session.flush()
        if workbooks.intake(act.session, intake_id).state in (IntakeState.READING, IntakeState.READY):
            workbooks.drop_intake(act, intake_id)
    return redirect(url_for(".new", subject=subject), 303)


@bp.get("/imports/<uuid:intake_id>/refused.xlsx")
@needs(*IMPORTS, fresh=True)
def refused(intake_id: UUID) -> ResponseReturnValue:
    """The rows that are not taken, as they were sent, each with its reason: to be put right and sent again."""
    intake, subject, plan = _ready(intake_id)
    table = workbooks.table_of(db.session(), intake_id, subject, workbooks.asked_of(intake))
    rows = {row.number: row for row in table.rows}
    keys = [key for _position, key in table.mapping.items()]
    headings = [table.headings.get(position, "") for position in table.mapping]
    lines: list[list[Cell]] = [
        [line.row, *(rows[line.row].text(key) for key in keys), _("；").join(_reason_words(reason) for reason in line.reasons)] for line in plan.lines if line.verdict == Verdict.REFUSED
    ]
    data = workbooks.write_xlsx([Sheet(_("不收的行"), [_("行"), *headings, _("原因")], lines)])
    return _download(data, f"{_('不收的行')}.xlsx")


def _ended(intake: Intake, *, said: str, status: int) -> ResponseReturnValue:
    """What it came to."""
    counts = intake.counts or {}
    failed = intake.state in (IntakeState.READING, IntakeState.APPLYING)
    page = render_template(
        "imports/ended.html",
        here=_here(intake.subject),
        w=words_of(intake.subject),
        intake=intake,
        state=str(intake.state),
        failed=failed,
        said=said,
        why=_sentence(intake.code, intake.facts or {}) if intake.state == IntakeState.REFUSED else "",
        counts=counts,
        who=_person(intake.applied_by or intake.person_id),
        until=intake.applied_at + timedelta(hours=24) if intake.applied_at else None,
        undo=url_for(".undo", intake_id=intake.id) if workbooks.can_undo(intake, now()) else "",
        drop=url_for(".drop", intake_id=intake.id),
        back=url_for(".stop", intake_id=intake.id) if intake.state == IntakeState.APPLYING else "",
        stays=[{"name": name, "why": {"used": _("已有检查、问题或任务用到它"), "changed": _("导入后又改过")}.get(why, why)} for name, why in counts.get("stays", [])],
        staying=counts.get("staying", 0),
        again=url_for(".new", subject=intake.subject),
        history=_history(intake.subject, but=intake.id),
        lines=_some_done(intake) if intake.state == IntakeState.APPLIED else [],
    )
    return page, status


def _some_done(intake: Intake) -> list[dict[str, Any]]:
    """The first lines of what was done, while the plan is still kept."""
    if not workbooks.has_part(db.session(), intake.id, "plan"):
        return []
    plan = workbooks.plan_of(db.session(), intake.id)
    return [_line(line) for line in plan.lines if line.verdict in (Verdict.ADDED, Verdict.CHANGED)][:LINES]
