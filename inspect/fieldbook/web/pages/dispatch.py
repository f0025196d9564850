"""交办: what waits for a dispatcher's word, in six heaps; one open beside them, or several as a preview."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from fieldbook import findings
from fieldbook.findings import Finding
from fieldbook.kernel import Refusal, db

from .. import drawing, filters, formats, said, words
from ..doors import acting, needs, now, standing
from ..frame import DISPATCHES
from ..said import DONE
from ..shown import Shown, offered
from ..words import _
from . import finding as one_finding
from .several import all_units, grounds_words, preview, tell
from .several import bp as bp

#: what can be said from here to the finding that is open
VERBS = ("assign", "screen", "dismiss", "merge", "extend", "refuse_extension", "urge", "change_due", "defer", "resume", "supervise", "void")
#: so many of each heap stand in the list of all
OF_EACH = 30
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
        "supervise": url_for(".mark_preview", mark="supervise"),
        "rules": url_for("routing.show"),
        "done": session.pop(DONE, None),
        "mine_elsewhere": not listed and not asked.picked,
    }
    pane: dict[str, Any] = {"f": None, "p": None}
    if several:
        pane = {"p": preview(ticked, shown, [(name, value) for name, value in asked.fields().items() if value], lambda finding_id: asked.at(finding_id, sel="")), "f": None}
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
        return {"wait": _("等 %(n)s 工时", n=formats.figure(max(hours, 0))), "tone": "fail" if hours > 2 * shown.calendar.hours_a_day else "soon" if hours > shown.calendar.hours_a_day else ""}
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
        "units": all_units(shown),
        "may": may,
        "whynot": words.sentence(findings.OwnFinding.sentence, {}) if card["own"] else "",
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
        tell(verb, [finding])
        return redirect(Asked.read().at(), 303)

    say.__doc__ = f"{verb}: one form, one command, the next finding."
    return say


for verb in VERBS:
    bp.add_url_rule(f"/dispatch/<uuid:finding_id>/{verb}", verb, _route(verb), methods=["POST"])
