"""交办: several findings at once. A preview first, then one act a finding; what is refused holds nothing else up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from fieldbook import accounts, findings
from fieldbook.findings import Finding, Proposal, State
from fieldbook.kernel import Refusal, db

from .. import filters, formats, said, words
from ..doors import acting, needs, now, standing
from ..frame import DISPATCHES
from ..said import DONE
from ..shown import Shown
from ..words import _

bp = Blueprint("dispatch", __name__)

#: what can be taken back from the page, and by which verb
UNDOABLE = {"assign": "take_back", "supervise": "unmark", "change_due": "unmark"}
#: the terms that a preview offers besides the standard's, in working days
TERMS = (1, 2, 3, 5, 10, 15)


def tell(verb: str, found: Sequence[Finding], failed: Sequence[tuple[str, str]] = ()) -> None:
    """Keep what was just done for the next page, which says it and offers to take it back."""
    if not found and not failed:
        return
    session[DONE] = {
        "verb": verb,
        "count": len(found),
        "sel": filters.packed([one.number for one in found]),
        "number": found[0].number if len(found) == 1 else "",
        "units": sorted({formats.in_language(unit) for unit in accounts.unit_names(db.session(), {one.unit_id for one in found if one.unit_id}).values()})[:3],
        "units_count": len({one.unit_id for one in found if one.unit_id}),
        "failed": list(failed)[:5],
        "undo": UNDOABLE.get(verb, ""),
    }


def grounds_words(proposal: Proposal, shown: Shown, finding: Finding) -> str:
    """Why a unit is proposed, in sentences."""
    told = []
    for ground in proposal.grounds:
        facts = ground.facts
        if ground.code == "rule":
            told.append(_("按“以后都交”的规则交它。"))
        elif ground.code == "trade":
            told.append(_("%(code)s 归它管。", code=finding.criterion))
        elif ground.code == "place":
            told.append(_("点位登记的责任单位。"))
        elif ground.code == "zone":
            told.append(_("本责任区的属地单位，没有单位认领时由它兜底。"))
        elif ground.code == "lead":
            told.append(_("%(kind)s归它牵头。", kind=shown.kind(finding)))
        elif ground.code == "record":
            told.append(_("本责任区近 %(days)s 日同类 %(done)s 件由它改好，%(in_time)s 件按期。", days=facts["days"], done=facts["done"], in_time=facts["in_time"]))
        elif ground.code == "nearby":
            told.append(_("%(metres)s 米内近 %(days)s 日有 %(done)s 件由它改好。", metres=facts["metres"], days=facts["days"], done=facts["done"]))
        elif ground.code == "now":
            told.append(_("现在由它办理。"))
    if proposal.disputed:
        told.append(_("它已说这一件不归它。"))
    return "".join(told) if shown.language == "zh" else " ".join(told)


def all_units(shown: Shown) -> list[dict[str, Any]]:
    return [{"id": unit.id, "word": formats.in_language(unit), "chosen": False} for unit in accounts.units(shown.session)]


# ---- several at once: a preview first, then one act a finding


@dataclass(frozen=True)
class Going:
    """One finding of a preview that can go, with its unit and due date."""

    finding: Finding
    unit: UUID
    ground: str
    days: int | None
    due_at: datetime


def preview(ticked: Sequence[Finding], shown: Shown, fields: Sequence[tuple[str, str]], alone: Callable[[UUID], str]) -> dict[str, Any]:
    """By unit, what would go where and until when; and what cannot go, with the reason."""
    unit, term = filters.one_id(request.args.get("unit")), request.args.get("term", type=int)
    term = term if term in TERMS else None
    going: list[Going] = []
    staying: list[tuple[Finding, str]] = []
    for finding in ticked:
        fate = _fate(finding, unit, term, shown)
        if isinstance(fate, str):
            staying.append((finding, fate))
        else:
            going.append(fate)
    going.sort(key=lambda one: (shown.unit(one.unit), one.finding.number))
    rows = {row["number"]: row for row in shown.rows([*(one.finding for one in going), *(finding for finding, _why in staying)])}
    return {
        "count": len(ticked),
        "groups": [
            {
                "word": shown.unit(group),
                "rows": [
                    rows[one.finding.number] | {"ground": one.ground, "days": one.days, "until": one.due_at}
                    for one in those
                ],
            }
            for group, those in ((group, list(those)) for group, those in groupby(going, key=lambda one: one.unit))
        ],
        "going": len(going),
        "units_count": len({one.unit for one in going}),
        "to": [f"{one.finding.number.removeprefix('CW-')}:{one.unit}" for one in going],
        "staying": [rows[finding.number] | {"why": why, "alone": alone(finding.id)} for finding, why in staying],
        "sel": filters.packed([one.number for one in ticked]),
        "term": term,
        "terms": TERMS,
        "unit": unit,
        "units": [one | {"chosen": one["id"] == unit} for one in all_units(shown)],
        "do": url_for(".assign_many"),
        "reckon": url_for(".show"),
        "fields": fields,
    }


def _fate(finding: Finding, unit: UUID | None, term: int | None, shown: Shown) -> Going | str:
    """Where one finding would go, or why it cannot."""
    may = findings.may(shown.standing, finding, shown.now)
    if "assign" not in may:
        if findings.answers_for(shown.standing, finding):
            return words.sentence(findings.OwnFinding.sentence, {})
        if finding.state == State.TO_SCREEN:
            return _("还没有审核，先立案再交办。")
        return _("现在的状态不能交办。")
    ground = _("统一指定")
    if unit is None:
        told = findings.proposals(shown.session, finding, now=shown.now)
        clear = findings.clear_choice(told)
        if clear is None:
            willing = [shown.unit(one.unit) for one in told if not one.disputed]
            if len(willing) > 1:
                return _("%(units)s都可能，照依据分不出归谁。", units=_("、").join(willing[:3]))
            return _("点位、牵头部门和先例都没有指向单位。")
        unit, ground = clear.unit, grounds_words(clear, shown, finding).rstrip("。. ")
    if unit == finding.unit_id and finding.state in findings.RUNNING:
        return _("已由%(unit)s办理，重交会重新计时。", unit=shown.unit(unit))
    days = term or findings.days_given(shown.session, finding)
    return Going(finding, unit, ground, days, findings.due(shown.calendar, shown.now, days=days)[0])


@bp.get("/dispatch/many")
@needs(*DISPATCHES)
def many() -> ResponseReturnValue:
    """The preview of findings that were ticked in another list."""
    return redirect(url_for(".show", of="picked", sel=filters.packed(filters.selected(request.args)) or None))


@bp.post("/dispatch/many")
@needs(*DISPATCHES)
def assign_many() -> ResponseReturnValue:
    """Hand over what the preview showed, as it showed it: one act a finding, so that one refusal holds nothing else up."""
    wanted = dict(pair.split(":", 1) for pair in request.form.getlist("to")[: filters.MOST_SELECTED] if ":" in pair)
    found = findings.numbered(db.session(), standing(), [f"CW-{number}" for number in wanted])
    term = said.due_at() if request.form.get("term") else None
    units = {one.id: filters.one_id(wanted[one.number.removeprefix("CW-")]) or UUID(int=0) for one in found}

    def command(finding_id: UUID) -> None:
        with acting() as act:
            findings.assign(act, standing(), finding_id, unit=units[finding_id], due_at=term)

    _each("assign", [one.number for one in found], command)
    return redirect(url_for(".show"), 303)


def _by_unit(found: Sequence[Finding], shown: Shown) -> list[tuple[str, list[Finding]]]:
    def word(one: Finding) -> str:
        return shown.unit(one.unit_id) or _("还没有交办")

    return [(name, list(those)) for name, those in groupby(sorted(found, key=lambda one: (word(one), one.number)), key=word)]


# ---- marks: supervise 督办, urge 催办, change the deadline 改期限


@dataclass(frozen=True)
class Mark:
    """One verb that many findings are told at once. needs: which field must be filled; where: the field's name in the page."""

    verb: str
    does: Callable[..., Finding]
    needs_words: bool
    needs_due: bool


MARKS = {
    "supervise": Mark("supervise", findings.supervise, True, False),
    "urge": Mark("urge", findings.urge, False, False),
    "due": Mark("change_due", findings.change_due, True, True),
}


@bp.get("/dispatch/<any(supervise, urge, due):mark>")
@needs(*DISPATCHES)
def mark_preview(mark: str) -> ResponseReturnValue:
    """What supervising, reminding or another deadline would come to for the ticked findings."""
    return _mark_page(MARKS[mark], mark)


@bp.post("/dispatch/<any(supervise, urge, due):mark>")
@needs(*DISPATCHES)
def mark_many(mark: str) -> ResponseReturnValue:
    """Do what was previewed: one act each, with the same words and date."""
    told, text, due = MARKS[mark], said.typed_words(), said.due_at()
    typed = {"words": text, "due": request.form.get("due", "")[:10]}
    refusal: type[Refusal] | None = findings.WordsMissing if told.needs_words and not text else findings.BadDue if told.needs_due and due is None else None
    if refusal is not None:
        return _mark_page(told, mark, said=words.sentence(refusal.sentence, {}), typed=typed | {"field": said.FIELDS[refusal]}, status=422)
    more = {} if told.verb == "urge" else {"due_at": due}

    def command(finding_id: UUID) -> None:
        with acting() as act:
            told.does(act, standing(), finding_id, words=text, **more)

    _each(told.verb, filters.selected(request.form), command)
    return redirect(url_for("findings.index"), 303)


def _mark_page(told: Mark, mark: str, *, said: str = "", typed: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    shown = Shown(db.session(), standing(), now())
    ticked = findings.numbered(shown.session, standing(), filters.selected(request.form if request.method == "POST" else request.args))
    can = [one for one in ticked if told.verb in findings.may(standing(), one, shown.now) and not (told.verb == "change_due" and one.asked_id)]
    rows = {row["number"]: row for row in shown.rows(ticked)}
    page = {
        "mark": mark,
        "verb": told.verb,
        "sel": filters.packed([one.number for one in can]),
        "count": len(ticked),
        "going": len(can),
        "units_count": len({one.unit_id for one in can if one.unit_id}),
        "groups": [{"word": word, "rows": [rows[one.number] for one in those]} for word, those in _by_unit(can, shown)],
        "staying": [rows[one.number] | {"why": _why_not(told.verb, one, shown)} for one in ticked if one not in can],
        "do": url_for(".mark_many", mark=mark),
        "back": url_for("findings.index", sel=filters.packed([one.number for one in ticked]) or None),
    }
    return render_template("dispatch/marks.html", here="findings", p=page, said=said, typed=typed, as_of=shown.now, today=shown.now), status


def _why_not(verb: str, finding: Finding, shown: Shown) -> str:
    """Why a finding cannot be told this, in a sentence."""
    if finding.state not in findings.OPEN:
        return _("已经结束，不用再办。")
    if not any(shown.standing.may(duty, zone=finding.zone_id) for duty in DISPATCHES):
        return _("不在您的调度范围内。")
    if verb != "supervise" and finding.state not in findings.RUNNING:
        return _("不在整改，期限没有在走。")
    if verb == "change_due" and finding.asked_id:
        return _("有一份延期申请待批，先批复。")
    return _("今天已经催过。") if verb == "urge" else _("现在的状态不能办。")


# ---- taking back


@bp.post("/dispatch/undo")
@needs(*DISPATCHES)
def take_back_many() -> ResponseReturnValue:
    """Take back what was just done to these, while nothing has followed."""
    is_mark = request.form.get("by") == "unmark"
    take_back = findings.unmark if is_mark else findings.take_back

    def command(finding_id: UUID) -> None:
        with acting() as act:
            take_back(act, standing(), finding_id)

    _each("unmark" if is_mark else "take_back", filters.selected(request.form), command)
    return redirect(url_for("findings.index") if is_mark else url_for(".show"), 303)


def _each(verb: str, numbers: Sequence[str], command: Callable[[UUID], None]) -> None:
    """One act a finding, in the order given; what is refused holds nothing else up and is told afterwards."""
    going = [(one.id, one.number) for one in findings.numbered(db.session(), standing(), numbers)]
    db.session.rollback()
    done: list[UUID] = []
    failed: list[tuple[str, str]] = []
    for finding_id, number in going:
        try:
            command(finding_id)
            done.append(finding_id)
        except Refusal as refusal:
            db.session.rollback()
            failed.append((number, words.sentence(refusal.sentence, refusal.facts)))
    known = findings.by_id(db.session(), done)
    tell(verb, [known[one] for one in done], failed)
