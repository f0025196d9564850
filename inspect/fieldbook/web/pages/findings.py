"""问题: the list by views and filters, the views a person keeps, and taking the list away as a table."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from fieldbook import accounts, findings, reports, workbooks
from fieldbook.accounts import Duty, KeptView
from fieldbook.findings import Filters, State
from fieldbook.kernel import Refusal, db

from .. import filters, formats, ledger, words
from ..doors import LOGIN, acting, house, needs, now, standing, who
from ..filters import COUNTED_VIEWS, VIEWS, FindingsAsked
from ..frame import DISPATCHES
from ..said import DONE
from ..shown import Shown, state_word
from ..words import _
from .verbs import bp as bp

#: the name under which this list's views are kept
LIST = "findings"


@bp.get("/findings")
@needs(LOGIN)
def index() -> ResponseReturnValue:
    """The findings the person sees, by view and filters; the same address always gives the same list."""
    return page(filters.asked_findings(request.args))


def page(asked: FindingsAsked, *, said: str = "", typed: str = "", status: int = 200) -> ResponseReturnValue:
    """The list; with a refusal's sentence beside the form it is about."""
    at, wanted = now(), asked.filters
    shown = Shown(db.session(), standing(), at)
    found = findings.page_of(shown.session, standing(), wanted, now=at, sort=asked.sort, page=asked.page)
    kept = accounts.saved_views(shown.session, who().id, LIST)
    here = _which(asked, kept)
    tabs, total = _tabs(asked, at, kept, here)
    current = reports.round_now(shown.session, reports.scope_of(shown.session, standing(), None), at)
    rows = shown.list_rows(found, asked.query(leave=("sel",)))
    told = {
        "as_of": at,
        "round": current.name if current else "",
        "plain": url_for(".index"),
        "q": wanted.text,
        "kept": asked.pairs(leave=("q", "page", "sel")),
        "kept_all": asked.pairs(leave=("page", "sel")),
        "here": asked.pairs(leave=("sel",)),
        "tabs": tabs,
        "views": _views(asked, here, said=said, typed=typed),
        "chips": _chips(asked, shown),
        "choices": _choices(asked, shown),
        "sorts": [{"word": _sort_word(sort), "href": asked.asking(sort=sort if sort != "due" else "").at(), "chosen": sort == asked.sort} for sort in findings.SORTS],
        "sort_word": _sort_word(asked.sort),
        "view_word": view_word(wanted.view),
        "rows": rows,
        **asked.paging(shown=len(found), total=total, size=findings.PAGE),
        "empty": _empty(asked, shown) if not found else None,
        "export": {kind: url_for(f".export_{kind}") + (f"?{asked.query(leave=('page', 'sel'))}" if asked.fields else "") for kind in ("xlsx", "csv")},
        "many": _many(asked, shown, rows) if who().has(*DISPATCHES) and rows else None,
        "done": session.pop(DONE, None),
    }
    return render_template("findings/listing.html", here="findings", l=told), status


def _many(asked: FindingsAsked, shown: Shown, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What is ticked: here, and on other pages of the list."""
    ticked = filters.selected(request.args)
    here = {row["number"] for row in rows}
    elsewhere = findings.numbered(shown.session, shown.standing, [number for number in ticked if number not in here])
    chosen = [*elsewhere, *findings.numbered(shown.session, shown.standing, [number for number in ticked if number in here])]
    return {
        "ticked": {finding.number for finding in chosen},
        "count": len(chosen),
        "elsewhere": filters.packed([finding.number for finding in elsewhere]),
        "elsewhere_count": len(elsewhere),
        "elsewhere_units": " ".join(sorted({str(finding.unit_id) for finding in elsewhere if finding.unit_id})),
        "elsewhere_over": sum(shown.due(finding).kind == "over" for finding in elsewhere),
        "units": len({finding.unit_id for finding in chosen if finding.unit_id}),
        "over": sum(shown.due(finding).kind == "over" for finding in chosen),
        "none": asked.at(leave=("sel",)),
        "assign": url_for("dispatch.many"),
        "marks": {mark: url_for("dispatch.mark_preview", mark=mark) for mark in ("urge", "due", "supervise")},
        "slips": url_for("slips.print_slips"),
        "most": filters.MOST_SELECTED,
    }


# ---- views


def _tabs(asked: FindingsAsked, at: datetime, kept: Sequence[KeptView], here: KeptView | None) -> tuple[list[dict[str, Any]], int]:
    """(the views everybody has, then those the person keeps, each with how many it holds; how many this list does)."""
    views = ["mine", *VIEWS] if who().has(Duty.RECTIFIER) else list(VIEWS)
    if asked.filters.view in COUNTED_VIEWS:
        views.append(asked.filters.view)
    kept_asked = [filters.asked_findings(MultiDict(view.pairs)) for view in kept]
    lists = [*(Filters(view=view) for view in views), *(one.filters for one in kept_asked)]
    counts = findings.counts_of(db.session(), standing(), [*lists, *([] if asked.filters in lists else [asked.filters])], now=at)
    total = counts[lists.index(asked.filters)] if asked.filters in lists else counts[-1]
    tabs = [
        {
            "word": view_word(view),
            "count": count,
            "chosen": here is None and view == asked.filters.view,
            "href": asked.asking(view=view if view != "open" else "", state=(), zone=(), kind=(), unit=(), place="", criterion="", asks="", q="").at(leave=("sel",)),
        }
        for view, count in zip(views, counts, strict=False)
    ] + [
        {"word": _("我存的：%(name)s", name=view.name), "count": count, "chosen": here is not None and view.id == here.id, "href": one.at()}
        for view, one, count in zip(kept, kept_asked, counts[len(views) :], strict=False)
    ]
    return tabs, total


def _which(asked: FindingsAsked, kept: Sequence[KeptView]) -> KeptView | None:
    """The kept view that this address is, if any."""
    pairs = asked.pairs(leave=("page", "sel"))
    return next((view for view in kept if view.pairs == pairs), None)


def _views(asked: FindingsAsked, here: KeptView | None, *, said: str, typed: str) -> dict[str, Any]:
    """The form that keeps this list as a view, or renames and drops the one it is."""
    return {
        "offered": bool(asked.pairs(leave=("page", "sel"))) or here is not None,
        "pairs": asked.pairs(leave=("page", "sel")),
        "keep": url_for(".keep_view"),
        "name": typed or (here.name if here else ""),
        "said": said,
        "kept": {"name": here.name, "rename": url_for(".rename_view", view_id=here.id), "drop": url_for(".drop_view", view_id=here.id)} if here else None,
    }


@bp.post("/findings/views")
@needs(LOGIN)
def keep_view() -> ResponseReturnValue:
    """Keep the list as it is asked for under a name of one's own."""
    asked = filters.asked_findings(request.form)

    def command() -> None:
        with acting() as act:
            accounts.keep_view(act, LIST, name=_name(), pairs=asked.pairs(leave=("page", "sel")))

    return _view_done(command, asked)


@bp.post("/findings/views/<uuid:view_id>/rename")
@needs(LOGIN)
def rename_view(view_id: UUID) -> ResponseReturnValue:
    """Give a kept view another name."""
    asked = filters.asked_findings(request.form)

    def command() -> None:
        with acting() as act:
            accounts.rename_view(act, view_id, name=_name())

    return _view_done(command, asked)


@bp.post("/findings/views/<uuid:view_id>/drop")
@needs(LOGIN)
def drop_view(view_id: UUID) -> ResponseReturnValue:
    """Keep a view no longer; the findings in it are not touched."""
    with acting() as act:
        accounts.drop_view(act, view_id)
    return redirect(filters.asked_findings(request.form).at(leave=("page", "sel")), 303)


def _name() -> str:
    return request.form.get("name", "").replace("\x00", "").strip()[:40]


def _view_done(command: Any, asked: FindingsAsked) -> ResponseReturnValue:
    try:
        command()
    except accounts.NoSuchView:
        raise
    except Refusal as refusal:
        db.session.rollback()
        return page(asked, said=words.sentence(refusal.sentence, refusal.facts), typed=_name(), status=refusal.status)
    return redirect(asked.at(leave=("page", "sel")), 303)


def view_word(view: str) -> str:
    """A view as people call it."""
    return {
        "open": _("未销号"),
        "mine": _("本单位"),
        "overdue": _("超期"),
        "today": _("今日到期"),
        "recurring": _("反弹"),
        "returned": _("退回重办"),
        "deferred": _("挂账"),
        "cleared": _("已销号"),
        "all": _("全部"),
        "found": _("共发现"),
        "dropped": _("不计入"),
        "fallen_due": _("应结"),
        "closed_due": _("到期已销号"),
        "closed_in_time": _("按期销号"),
        "sent_back": _("退回过"),
        "came_back": _("反弹过"),
    }[view]


# ---- conditions


def _sort_word(sort: str) -> str:
    return {"due": _("时限最紧在前"), "found": _("最近发现在前"), "place": _("按责任区和点位"), "number": _("按编号")}[sort]


def _chips(asked: FindingsAsked, shown: Shown) -> list[dict[str, str]]:
    wanted = asked.filters
    shared = filters.chips(asked, shown, zones=wanted.zones, kinds=wanted.kinds, place=wanted.place, text=wanted.text)
    told = [asked.chip(_("状态"), state_word(state), "state", state.value) for state in wanted.states]
    if wanted.asks is not None:
        told.append(asked.chip(_("延期申请"), _("待批") if wanted.asks else _("没有"), "asks"))
    told += [*shared["zone"], *shared["kind"]]
    told += [asked.chip(_("责任单位"), shown.unit(unit), "unit", str(unit)) for unit in wanted.units if shown.unit(unit)]
    told += shared["place"]
    if wanted.criterion:
        told.append(asked.chip(_("标准"), wanted.criterion, "criterion", wanted.criterion))
    return [*told, *shared["q"]]


def _choices(asked: FindingsAsked, shown: Shown) -> list[dict[str, Any]]:
    wanted = asked.filters
    units = [(str(unit.id), formats.in_language(unit)) for unit in accounts.units(shown.session)]
    return [
        filters.choice("state", _("状态"), [(state.value, state_word(state)) for state in State], [state.value for state in wanted.states]),
        filters.choice("asks", _("延期申请"), [("yes", _("待批")), ("no", _("没有"))], [] if wanted.asks is None else ["yes", "no"]),
        filters.zone_choice(shown, wanted.zones),
        filters.kind_choice(shown, wanted.kinds),
        filters.choice("unit", _("责任单位"), units, [str(unit) for unit in wanted.units]),
    ]


def _empty(asked: FindingsAsked, shown: Shown) -> dict[str, Any]:
    """One sentence in the list's own words, and the nearest lists that are not empty."""
    wanted = asked.filters
    view = view_word(wanted.view)
    wide = asked.asking(state=(), zone=(), kind=(), unit=(), place="", criterion="", asks="", q="")
    near = [(wide, Filters(view=wanted.view), _("去掉条件，看%(view)s %(n)s 件") if wanted.view != "all" else _("看全部 %(n)s 件"))] if wanted != Filters(view=wanted.view) else []
    if wanted.view != "open":
        near.insert(0, (asked.asking(view="", state=()), Filters(zones=wanted.zones, kinds=wanted.kinds, units=wanted.units, place=wanted.place), _("看未销号 %(n)s 件")))
    counts = findings.counts_of(shown.session, shown.standing, [one for _asked, one, _word in near], now=shown.now)
    links = [{"word": word % {"view": view, "n": count}, "href": to.at(leave=("sel",))} for (to, _one, word), count in zip(near, counts, strict=True) if count]
    only_zone = wanted == Filters(view=wanted.view, zones=wanted.zones[:1])
    if wanted.view == "all" and not near:
        said = _("没有这样的问题。")
    elif wanted.zones and only_zone:
        said = _("%(zone)s没有%(view)s的问题。", zone=shown.long_zone(wanted.zones[0]), view=view)
    else:
        said = _("这些条件下没有问题。") if near and wanted != Filters(view=wanted.view) else _("没有%(view)s的问题。", view=view)
    return {"word": said, "more": "", "links": links}


# ---- taking the list away


@bp.get("/findings/export.xlsx")
@needs(LOGIN, fresh=True)
def export_xlsx() -> ResponseReturnValue:
    """Exactly what the list holds, in its order, as a workbook."""
    head, rows, title = _table(_small)
    data = workbooks.write_xlsx([workbooks.Sheet(_("问题台账"), head, rows, title=title)])
    return _file(data, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@bp.get("/findings/export.csv")
@needs(LOGIN, fresh=True)
def export_csv() -> ResponseReturnValue:
    """The same as comma-separated text, for other programs."""
    head, rows, _title = _table(lambda _sha256: b"")
    return _file(workbooks.write_csv(head, rows), "csv", "text/csv; charset=utf-8")


def _table(small: Callable[[str], bytes]) -> tuple[list[str], list[list[workbooks.Cell]], str]:
    asked = filters.asked_findings(request.args)
    shown = Shown(db.session(), standing(), now())
    said = [f"{chip['label']} {chip['value']}" for chip in _chips(asked, shown)]
    title = _("问题台账：%(what)s，%(moment)s", what=_("，").join([view_word(asked.filters.view), *said]), moment=formats.long_moment(shown.now))
    return ledger.head(), ledger.rows(shown, asked.filters, asked.sort, small), title


def _small(sha256: str) -> bytes:
    """A photo's small picture; empty when it is not there."""
    store, key = house().store, f"{sha256}.small"
    if not store.has(key):
        return b""
    with store.open(key) as file:
        return file.read()


def _file(data: bytes, ending: str, kind: str) -> Response:
    answer = Response(data, content_type=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=f"findings-{now():%Y%m%d-%H%M}.{ending}")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
