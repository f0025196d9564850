"""责任单位: who answers, what they have in hand, and who belongs to them."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import accounts, findings, reports
from fieldbook.accounts import Duty, UnitKnown
from fieldbook.kernel import Refusal, db

from .. import filters, formats, words
from ..doors import acting, needs, now, standing
from ..frame import DISPATCHES, PLACES, duty_word
from ..words import _

bp = Blueprint("units", __name__)

CHANGES = (Duty.ADMINISTRATOR, Duty.HEADQUARTERS)
#: the form's texts and how long they may be
TEXTS = {"name": 80, "name_en": 120, "short": 20, "trade": 40, "head": 40, "contact": 40, "phone": 40, "lead": 80}


def may_change() -> bool:
    """Whether the person keeps the whole county's register."""
    return any(standing().may(duty) for duty in CHANGES)


@bp.get("/units")
@needs(*PLACES)
def index() -> ResponseReturnValue:
    """The units with what is open and overdue; those with overdue work first."""
    return _list()


def _list(*, wrong: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    session = db.session()
    text = filters.searched(request.args)
    closed = request.args.get("view") == "closed"
    counts = reports.unit_counts(session, standing(), now=now())
    found = [unit for unit in accounts.units(session, closed=closed) if not text or text.lower() in f"{unit.name} {unit.name_en} {unit.short} {unit.trade}".lower()]
    rows = [_row(unit, counts.get(unit.id, reports.UnitCounts())) for unit in found]
    rows.sort(key=lambda row: (-row["counts"].overdue, -row["counts"].open, row["name"]))
    page = render_template(
        "units/listing.html",
        here="places",
        title=_("责任单位\u200b"),
        rows=rows,
        q=text,
        closed=closed,
        tabs=[
            {"word": _("在用"), "count": len(accounts.units(session)), "href": url_for(".index"), "chosen": not closed},
            {"word": _("停用"), "count": len(accounts.units(session, closed=True)), "href": url_for(".index", view="closed"), "chosen": closed},
        ],
        may=may_change(),
        typed=request.form if request.method == "POST" else {},
        wrong=wrong or {},
        plain=url_for(".index"),
        action=url_for(".make"),
        back=url_for("places.index"),
        others=url_for("areas.index"),
    )
    return page, status


def _row(unit: UnitKnown, counts: reports.UnitCounts) -> dict[str, Any]:
    return {
        "href": url_for(".show", unit_id=unit.id),
        "name": formats.in_language(unit),
        "short": unit.short,
        "trade": "　".join(part for part in (unit.trade, unit.lead) if part),
        "contact": "　".join(part for part in (unit.contact or unit.head, formats.masked(unit.phone)) if part),
        "counts": counts,
        "open_href": url_for("findings.index", unit=str(unit.id)),
        "overdue_href": url_for("findings.index", unit=str(unit.id), view="overdue"),
        "places_href": url_for("places.index", unit=str(unit.id)),
        "closed_at": unit.closed_at,
    }


@bp.post("/units")
@needs(*CHANGES)
def make() -> ResponseReturnValue:
    """A new unit."""
    if not may_change():
        raise accounts.NotYourDuty
    try:
        with acting() as act:
            made = accounts.make_unit(act, **_typed())
            unit_id = made.id
    except Refusal as refusal:
        db.session.rollback()
        return _list(wrong={"name": words.sentence(refusal.sentence, refusal.facts)}, status=refusal.status)
    return redirect(url_for(".show", unit_id=unit_id), 303)


def _typed() -> dict[str, Any]:
    return {name: request.form.get(name, "").strip()[:longest] for name, longest in TEXTS.items()}


@bp.get("/units/<uuid:unit_id>")
@needs(*PLACES)
def show(unit_id: UUID) -> ResponseReturnValue:
    """One unit: what it has in hand, what it answers for, who belongs to it."""
    return _page(unit_id)


def _page(unit_id: UUID, *, said: str = "", wrong: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    session = db.session()
    unit = accounts.unit_names(session, [unit_id]).get(unit_id)
    if unit is None:
        raise accounts.NoSuchUnit(unit=unit_id)
    counts = reports.unit_counts(session, standing(), now=now()).get(unit_id, reports.UnitCounts())
    posted = request.method == "POST" and bool(wrong)
    page = render_template(
        "units/one.html",
        here="places",
        u=_row(unit, counts),
        unit=unit,
        typed=request.form if posted else {name: getattr(unit, name) for name in TEXTS},
        people=[{"name": name, "duties": _("、").join(duty_word(Duty(duty)) for duty in duties)} for name, duties in reports.people_of(session, unit_id)],
        zones=[formats.in_language(area) for area in reports.areas_of_unit(session, unit_id)],
        may=may_change(),
        said=said,
        wrong=wrong or {},
        holds=findings.unit_holds(session, unit_id),
        change=url_for(".change", unit_id=unit_id),
        hand_over=url_for("handover.show_unit", unit_id=unit_id) if counts.open and any(duty in standing().duties for duty in DISPATCHES) else "",
        close=url_for(".close", unit_id=unit_id) if unit.closed_at is None else "",
        reopen=url_for(".reopen", unit_id=unit_id) if unit.closed_at is not None else "",
        back=url_for(".index"),
    )
    return page, status


@bp.post("/units/<uuid:unit_id>/change")
@needs(*CHANGES)
def change(unit_id: UUID) -> ResponseReturnValue:
    """Keep what was changed."""
    if not may_change():
        raise accounts.NotYourDuty
    try:
        with acting() as act:
            accounts.change_unit(act, unit_id, version=request.form.get("version", type=int), **_typed())
    except Refusal as refusal:
        db.session.rollback()
        if isinstance(refusal, accounts.NoSuchUnit):
            raise
        return _page(unit_id, wrong={"name": words.sentence(refusal.sentence, refusal.facts)}, status=refusal.status)
    return redirect(url_for(".show", unit_id=unit_id), 303)


@bp.post("/units/<uuid:unit_id>/close")
@needs(*CHANGES)
def close(unit_id: UUID) -> ResponseReturnValue:
    """Close a unit that holds nothing any more; else say what it holds and where that is handed over."""
    try:
        with acting() as act:
            findings.close_unit(act, standing(), unit_id, version=request.form.get("version", type=int))
    except (accounts.UnitInUse, accounts.UnitChangedMeanwhile) as refusal:
        db.session.rollback()
        return _page(unit_id, said=words.sentence(refusal.sentence, refusal.facts), status=refusal.status)
    return redirect(url_for(".show", unit_id=unit_id), 303)


@bp.post("/units/<uuid:unit_id>/reopen")
@needs(*CHANGES)
def reopen(unit_id: UUID) -> ResponseReturnValue:
    """Let a closed unit answer again."""
    if not may_change():
        raise accounts.NotYourDuty
    try:
        with acting() as act:
            accounts.reopen_unit(act, unit_id)
    except accounts.UnitNameTaken as refusal:
        db.session.rollback()
        return _page(unit_id, said=words.sentence(refusal.sentence, refusal.facts), status=refusal.status)
    return redirect(url_for(".show", unit_id=unit_id), 303)
