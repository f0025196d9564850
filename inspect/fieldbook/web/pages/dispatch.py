"""交办: what waits for a dispatcher's word, in six heaps; one open beside them, or several as a preview."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from fieldbook import accounts, findings
from fieldbook.findings import Finding, Proposal, State
from fieldbook.kernel import Refusal, db

from .. import drawing, filters, formats, said, words
from ..doors import acting, needs, now, standing
from ..frame import DISPATCHES
from ..said import DONE
from ..shown import Shown, offered
from ..words import _
from . import finding as one_finding

bp = Blueprint("dispatch", __name__)

#: what can be taken back, and by which verb
UNDOABLE = {"assign": "take_back"}

#: what can be said from here to the finding that is open
VERBS = ("assign", "screen", "dismiss", "merge", "extend", "refuse_extension", "defer", "resume", "supervise", "void")
#: so many of each heap stand in the list of all
OF_EACH = 30
#: the terms that a preview offers besides the standard's, in working days
TERMS = (1, 2, 3, 5, 10, 15)
#: the term offered beside one working day where the standard gives no more
USUAL_TERM = 3
#: days of the row of working days at most
LONGEST_ROW = 12


# ---- the page


@bp.get("/dispatch")
@needs(*DISPATCHES)
def show() -> ResponseReturnValue:
    """The heaps, with the most urgent one open; or a preview of those that are ticked."""
    return _page()


@bp.get("/dispatch/<uuid:finding_id>")
@needs(*DISPATCHES)
def one(finding_id: UUID) -> ResponseReturnValue:
    """The heaps with one chosen finding open; one that lies in no heap any more is shown as it is."""
    return _page(finding_id)


@dataclass(frozen=True)
class Asked:
    """Which heap, what is searched for, what is ticked."""

    heap: str
    text: str
    picked: bool
    ticked: tuple[str, ...]

    @classmethod
    def read(cls) -> "Asked":
        args = request.args
        return cls(
            filters.one_of(args, "heap", findings.HEAPS, ""),
            filters.searched(args),
            args.get("of") == "picked",
            filters.selected(args),
        )

    def fields(self, **more: str) -> dict[str, str | None]:
        """The address's fields."""
        every = {"heap": self.heap, "q": self.text, "of": "picked" if self.picked else "", "sel": filters.packed(self.ticked)} | more
        return {name: value or None for name, value in every.items()}

    def at(self, finding_id: UUID | None = None, **more: str) -> str:
        """The address of the page, perhaps with one finding open."""
        fields: dict[str, Any] = self.fields(**more)
        return url_for("dispatch.one", finding_id=finding_id, **fields) if finding_id else url_for("dispatch.show", **fields)


def _page(finding_id: UUID | None = None, *, said: str = "", typed: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    asked, at = Asked.read(), now()
    shown = Shown(db.session(), standing(), at)
    counts = findings.heap_counts(shown.session, standing(), now=at, text=asked.text)
    ticked = findings.numbered(shown.session, standing(), asked.ticked)
    if asked.picked:
        heaps = [("picked", ticked)]
    else:
        names = [asked.heap] if asked.heap else list(findings.HEAPS)
        most = findings.MOST_IN_A_HEAP if asked.heap else OF_EACH
        heaps = [(name, findings.heap(shown.session, standing(), name, now=at, text=asked.text, limit=most)) for name in names]
    listed = [one for _name, those in heaps for one in those]
    several = bool(ticked) and finding_id is None
    opened = None
    if not several:
        opened = next((one for one in listed if one.id == finding_id), None) if finding_id else next(iter(listed), None)
        if finding_id and opened is None:
            opened = findings.one(shown.session, standing(), finding_id)
            if findings.heap_of(opened, at) is None and not said:
                return redirect(url_for("findings.show", finding_id=finding_id))
    here = {one.number for one in listed}
    told = {
        "as_of": at,
        "total": sum(counts.values()),
        "q": asked.text,
        "plain": url_for(".show"),
        "kept": [(name, value) for name, value in asked.fields(q="", sel="").items() if value],
        "here": asked.at(sel=""),
        "tabs": [{"word": _("全部"), "count": sum(counts.values()), "href": url_for(".show", q=asked.text or None), "chosen": not asked.heap and not asked.picked}]
        + [{"word": heap_word(name), "count": counts[name], "href": url_for(".show", heap=name, q=asked.text or None), "chosen": name == asked.heap} for name in findings.HEAPS],
        "heaps": [
            {
                "name": name,
                "word": heap_word(name),
                "note": heap_note(name),
                "count": counts.get(name, len(those)),
                "items": _items(name, those, shown, asked, opened),
                "more": url_for(".show", heap=name) if counts.get(name, 0) > len(those) else None,
            }
            for name, those in heaps
            if those
        ],
        "ticked": {one.number for one in ticked},
        "elsewhere": filters.packed([one.number for one in ticked if one.number not in here]),
        "elsewhere_count": sum(one.number not in here for one in ticked),
        "most": filters.MOST_SELECTED,
        "none": asked.at(sel="") if not asked.picked else url_for("findings.index"),
        "supervise": url_for(".supervise_preview"),
        "rules": url_for("routing.show"),
        "done": session.pop(DONE, None),
        "mine_elsewhere": not listed and not asked.picked,
    }
    pane: dict[str, Any] = {"f": None, "p": None}
    if several:
        pane = {"p": _preview(ticked, shown, asked), "f": None}
    elif opened is not None:
        pane = {"p": None} | _pane(opened, shown, asked)
    return render_template("dispatch/dispatch.html", here="dispatch", l=told, said=said, typed=typed, today=at, **pane), status


def heap_word(name: str) -> str:
    """A heap as people call it."""
    return {
        "to_assign": _("待交办"),
        "to_screen": _("待审核"),
        "disputed": _("异议"),
        "extension": _("申请延期"),
        "deferred": _("挂账将到期"),
        "twice": _("退回两次"),
        "picked": _("已选"),
    }[name]


def heap_note(name: str) -> str:
    """What lies in a heap, or what is to be done with it."""
    return {
        "to_assign": _("规则没有定出责任单位"),
        "to_screen": _("外区和群众来件"),
        "disputed": _("单位说不归它，1 个工作日内定"),
        "extension": _("到期前定"),
        "deferred": _("续挂，或转整改"),
        "twice": _("交督办，或换单位"),
        "picked": _("从清单里选来的"),
    }[name]


def _items(name: str, those: Sequence[Finding], shown: Shown, asked: Asked, opened: Finding | None) -> list[dict[str, Any]]:
    rows = shown.rows(those)
    return [
        row
        | {
            "href": asked.at(finding.id, sel=""),
            "open": opened is not None and finding.id == opened.id,
            "sub": _sub(name, finding, row, shown),
            **_wait(name, finding, shown),
        }
        for finding, row in zip(those, rows, strict=True)
    ]


def _sub(name: str, finding: Finding, row: dict[str, Any], shown: Shown) -> str:
    """The small line under a row's title."""
    unit, zone, place = str(row["unit_word"]), str(row["zone_word"]), str(row["place_name"])
    told = [place, zone]
    if name == "disputed":
        units = [shown.unit(one) for one in filters.ids(finding.disputed_units[-2:])]
        told = [_("%(unit)s说不归它", unit=_("、").join(units)), zone]
    elif name == "extension":
        told = [_("求延至 %(day)s，第 %(n)s 次", day=formats.day(row["asks_until"]), n=finding.extended + 1)]
    elif name == "deferred":
        told = [unit, place]
    elif name == "twice":
        told = [unit, _("退回 %(n)s 次", n=finding.returned)]
    return _("　").join(told)


def _wait(name: str, finding: Finding, shown: Shown) -> dict[str, str]:
    """The figure at a row's end, and its tone."""
    if name in ("to_assign", "to_screen"):
        hours = findings.working_hours_between(shown.calendar, finding.received_at, shown.now)
        return {"wait": _("等 %(n)s 工时", n=formats.figure(max(hours, 0))), "tone": "fail" if hours > 2 * findings.HOURS_A_DAY else "soon" if hours > findings.HOURS_A_DAY else ""}
    if name == "disputed" and finding.disputed_at is not None:
        until = findings.due(shown.calendar, finding.disputed_at, days=1)[0]
        hours = findings.working_hours_between(shown.calendar, shown.now, until)
        return {"wait": _("须今日定") if hours > 0 else _("已过 1 个工作日"), "tone": "soon" if hours > 0 else "fail"}
    if name == "deferred" and finding.deferred_until is not None:
        return {"wait": _("%(day)s 到期", day=formats.day(finding.deferred_until)), "tone": "soon"}
    due = shown.due(finding)
    if due.kind == "over":
        return {"wait": _("超 %(n)s 工时", n=formats.figure(due.hours)), "tone": "fail"}
    if due.kind in ("soon", "left"):
        return {"wait": _("余 %(n)s 工时", n=formats.figure(due.hours)), "tone": "soon" if due.kind == "soon" else ""}
    return {"wait": "", "tone": ""}


# ---- one, open


def _pane(finding: Finding, shown: Shown, asked: Asked) -> dict[str, Any]:
    [card] = findings.cards(shown.session, shown.standing, [finding], now=shown.now, language=shown.language)
    may = [verb for verb in card["may"] if verb in VERBS]
    heap = findings.heap_of(finding, shown.now) or ""
    before = shown.photos(finding, card, "before")
    told = _proposals(finding, shown) if "assign" in may and heap in ("to_assign", "disputed", "") else []
    primary = next((verb for verb in ("extend", "screen", "resume") if verb in may and heap in ("extension", "to_screen", "deferred")), None)
    return {
        "f": shown.facts(finding, card) | {"full": url_for("findings.show", finding_id=finding.id)},
        "heap": heap,
        "photo": before[0] if before else None,
        "waits": _waits(heap, finding, shown),
        "near": [
            {"number": other.number, "title": findings.title(shown.session, other, shown.language), "href": url_for("findings.show", finding_id=other.id), "metres": metres}
            for other, metres in findings.near(shown.session, finding)
            if findings.sees(shown.standing, other)
        ],
        "then": _then(finding, shown) if "screen" in may else "",
        "cands": told,
        "why_nobody": _why_nobody(told),
        "asked": one_finding.asked_words(finding, shown.course(card)),
        "axis": one_finding.axis(finding, shown, card) if heap in ("extension", "twice") else None,
        "terms": _terms(finding, shown),
        "from_now": _from_now(finding, shown),
        "units": _all_units(shown),
        "may": may,
        "primary": primary,
        "others": [verb for verb in may if verb != primary and not (primary == "extend" and verb == "refuse_extension") and not (verb == "assign" and (told or heap in ("to_assign", "disputed")))],
        "dismiss_reasons": offered(findings.dismiss_reasons(db.session())),
        "links": {verb: url_for(f".{verb}", finding_id=finding.id, **asked.fields(sel="")) for verb in VERBS},  # type: ignore[arg-type]
    }


def _waits(heap: str, finding: Finding, shown: Shown) -> str:
    """How long it has waited here, and how soon it should be handed on."""
    if heap not in ("to_assign", "to_screen"):
        return ""
    hours = findings.working_hours_between(shown.calendar, finding.received_at, shown.now)
    return _("已等 %(n)s 工时", n=formats.figure(max(hours, 0)))


def _then(finding: Finding, shown: Shown) -> str:
    """Where a report goes once it counts."""
    unit, _why = findings.unit_of(shown.session, finding)
    return _("立案后按规则交%(unit)s。", unit=shown.unit(unit)) if unit else _("立案后转到待交办，再定责任单位。")


def _proposals(finding: Finding, shown: Shown) -> list[dict[str, Any]]:
    told = findings.proposals(shown.session, finding, now=shown.now)
    hands = findings.in_hand(shown.session, [one.unit for one in told], now=shown.now)
    clear = findings.clear_choice(told)
    return [
        {
            "unit": one.unit,
            "word": shown.unit(one.unit),
            "grounds": grounds_words(one, shown, finding),
            "running": hands.get(one.unit, findings.InHand()).running,
            "overdue": hands.get(one.unit, findings.InHand()).overdue,
            "chosen": clear is not None and one.unit == clear.unit,
        }
        for one in told
    ]


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


def _why_nobody(told: Sequence[dict[str, Any]]) -> str:
    if any(one["chosen"] for one in told):
        return ""
    if len(told) == 1:
        return _("没有自动交办：只有附近的先例")
    return _("没有自动交办：依据指向不止一家") if told else _("没有自动交办：点位、牵头部门和先例都没有指向单位")


def _from_now(finding: Finding, shown: Shown) -> list[dict[str, str]]:
    """Which findings like this one may be given to the same unit from now on, the narrowest first; the whole county's only to whom it is."""
    zone, kind, code, place = shown.zone(finding.zone_id), shown.kind(finding), finding.criterion, shown.place_name(finding.place_id)
    told = []
    if place and code:
        told.append(("place+criterion", _("%(place)s的 %(code)s", place=place, code=code)))
    if place:
        told.append(("place", _("%(place)s的全部", place=place)))
    if code:
        told.append(("zone+criterion", _("责任区 %(zone)s的 %(code)s", zone=zone, code=code)))
    if kind:
        told.append(("zone+kind", _("责任区 %(zone)s的%(kind)s", zone=zone, kind=kind)))
    told.append(("zone", _("责任区 %(zone)s的全部", zone=zone)))
    if shown.standing.may_everywhere(*DISPATCHES):
        told += [("criterion", _("全县的 %(code)s", code=code))] if code else []
        told += [("kind", _("全县的%(kind)s", kind=kind))] if kind else []
    return [{"value": value, "word": word} for value, word in told]


def _terms(finding: Finding, shown: Shown) -> list[dict[str, Any]]:
    """The terms to choose from, each with its row of working days."""
    usual = findings.days_given(shown.session, finding)
    offered = [(1, _("立行立改")), (usual if usual > 1 else USUAL_TERM, _("限期") if usual < findings.LONG_TERM_DAYS else _("长期"))]
    return [
        {
            "value": "std" if days == usual else str(days),
            "word": word,
            "days": days,
            "until": findings.due(shown.calendar, shown.now, days=days)[0],
            "row": drawing.term_row(_working_days(shown, days), now=shown.now, due_at=findings.due(shown.calendar, shown.now, days=days)[0]),
            "chosen": days == usual,
            "usual": usual,
        }
        for days, word in offered
    ]


def _working_days(shown: Shown, days: int) -> list[tuple[datetime, datetime]]:
    """The working days from today on that a term of so many runs over, each from its first to its last moment."""
    told: dict[date, tuple[datetime, datetime]] = {}
    start = shown.now.astimezone(shown.calendar.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    end = findings.due(shown.calendar, shown.now, days=days)[0]
    for begins, ends in shown.calendar.spans(start):
        if begins > end or (len(told) == LONGEST_ROW and begins.date() not in told):
            break
        told[begins.date()] = (told.get(begins.date(), (begins, ends))[0], ends)
    return list(told.values())


def _all_units(shown: Shown) -> list[dict[str, Any]]:
    return [{"id": unit.id, "word": formats.in_language(unit), "chosen": False} for unit in accounts.units(shown.session)]


# ---- verbs of the one that is open


def _route(verb: str) -> Callable[[UUID], ResponseReturnValue]:
    """The route of one verb: then the next finding; a refusal's sentence stands beside what was typed."""

    @needs(*DISPATCHES)
    def say(finding_id: UUID) -> ResponseReturnValue:
        try:
            command = said.command_of(verb)
            with acting() as act:
                said.still_as_seen(act, finding_id)
                command(act, standing(), finding_id)
        except Refusal as refusal:
            db.session.rollback()
            if isinstance(refusal, findings.NoSuchFinding):
                raise
            sentence, typed = said.typed(verb, refusal)
            return _page(finding_id, said=sentence, typed=typed, status=refusal.status)
        finding = findings.one(db.session(), standing(), finding_id)
        _tell(verb, [finding])
        return redirect(Asked.read().at(), 303)

    say.__doc__ = f"{verb}: one form, one command, the next finding."
    return say


for verb in VERBS:
    bp.add_url_rule(f"/dispatch/<uuid:finding_id>/{verb}", verb, _route(verb), methods=["POST"])


def _tell(verb: str, found: Sequence[Finding], failed: Sequence[tuple[str, str]] = ()) -> None:
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
        "undo": verb in UNDOABLE,
    }


# ---- several at once: a preview first, then one act a finding


@dataclass(frozen=True)
class Going:
    """One finding of a preview that can go, with its unit and due date."""

    finding: Finding
    unit: UUID
    ground: str
    days: int | None
    due_at: datetime


def _preview(ticked: Sequence[Finding], shown: Shown, asked: Asked) -> dict[str, Any]:
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
        "staying": [rows[finding.number] | {"why": why, "alone": asked.at(finding.id, sel="")} for finding, why in staying],
        "sel": filters.packed([one.number for one in ticked]),
        "term": term,
        "terms": TERMS,
        "unit": unit,
        "units": [one | {"chosen": one["id"] == unit} for one in _all_units(shown)],
        "do": url_for(".assign_many"),
        "reckon": url_for(".show"),
        "fields": [(name, value) for name, value in asked.fields().items() if value],
    }


def _fate(finding: Finding, unit: UUID | None, term: int | None, shown: Shown) -> Going | str:
    """Where one finding would go, or why it cannot."""
    may = findings.may(shown.standing, finding, shown.now)
    if "assign" not in may:
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


@bp.get("/dispatch/supervise")
@needs(*DISPATCHES)
def supervise_preview() -> ResponseReturnValue:
    """What putting the ticked findings under watch would come to."""
    return _supervise_page()


def _supervise_page(*, said: str = "", typed: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    shown = Shown(db.session(), standing(), now())
    args = request.form if request.method == "POST" else request.args
    ticked = findings.numbered(shown.session, standing(), filters.selected(args))
    can = [one for one in ticked if "supervise" in findings.may(standing(), one, shown.now)]
    rows = {row["number"]: row for row in shown.rows(ticked)}
    groups = [{"word": word, "rows": [rows[one.number] for one in those]} for word, those in _by_unit(can, shown)]
    staying = [rows[one.number] | {"why": _("已经结束，不用督办。") if one.state not in findings.OPEN else _("不在您的调度范围内。")} for one in ticked if one not in can]
    told = {
        "sel": filters.packed([one.number for one in can]),
        "count": len(ticked),
        "going": len(can),
        "units_count": len({one.unit_id for one in can if one.unit_id}),
        "again": sum(one.supervised_at is not None for one in can),
        "groups": groups,
        "staying": staying,
        "do": url_for(".supervise_many"),
        "back": url_for("findings.index", sel=filters.packed([one.number for one in ticked]) or None),
    }
    return render_template("dispatch/supervise.html", here="findings", p=told, said=said, typed=typed, as_of=shown.now, today=shown.now), status


def _by_unit(found: Sequence[Finding], shown: Shown) -> list[tuple[str, list[Finding]]]:
    def word(one: Finding) -> str:
        return shown.unit(one.unit_id) or _("还没有交办")

    return [(name, list(those)) for name, those in groupby(sorted(found, key=lambda one: (word(one), one.number)), key=word)]


@bp.post("/dispatch/supervise")
@needs(*DISPATCHES)
def supervise_many() -> ResponseReturnValue:
    """Put the previewed findings under watch: one act each, with the same reason."""
    text, due = said.typed_words(), said.due_at()
    if not text:
        return _supervise_page(said=words.sentence(findings.WordsMissing.sentence, {}), typed={"verb": "supervise", "field": "words", "words": "", "due": request.form.get("due", "")[:10]}, status=422)

    def command(finding_id: UUID) -> None:
        with acting() as act:
            findings.supervise(act, standing(), finding_id, words=text, due_at=due)

    _each("supervise", filters.selected(request.form), command)
    return redirect(url_for("findings.index"), 303)


@bp.post("/dispatch/undo")
@needs(*DISPATCHES)
def take_back_many() -> ResponseReturnValue:
    """Take back what was just handed over, while nothing has followed."""

    def command(finding_id: UUID) -> None:
        with acting() as act:
            findings.take_back(act, standing(), finding_id)

    _each("take_back", filters.selected(request.form), command)
    return redirect(url_for(".show"), 303)


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
    _tell(verb, [known[one] for one in done], failed)
