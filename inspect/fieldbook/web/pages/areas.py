"""片区和责任区: the county's tree on one page, and what moves when two areas become one."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import accounts, findings, places, reports
from fieldbook.accounts import Duty
from fieldbook.findings import Holds
from fieldbook.kernel import Act, Refusal, db
from fieldbook.places import Area, AreaKnown, Level

from .. import filters, formats, words
from ..doors import acting, needs, now, standing
from ..frame import PLACES
from ..shown import Shown
from ..words import _

bp = Blueprint("areas", __name__)

CHANGES = (Duty.ADMINISTRATOR, Duty.HEADQUARTERS)
#: the form's texts and how long they may be
TEXTS = {"name": 60, "name_en": 80, "code": 20, "head": 40, "contact": 80}


@bp.get("/areas")
@needs(*PLACES)
def index() -> ResponseReturnValue:
    """The tree with what each area holds; who keeps the register changes it in place."""
    return _page(about=filters.one_id(request.args.get("at")))


def may_change() -> bool:
    """Whether the person keeps the whole county's register: areas belong to all of it."""
    return any(standing().may(duty) for duty in CHANGES)


def _page(*, about: UUID | None = None, verb: str = "", said: str = "", status: int = 200) -> ResponseReturnValue:
    session = db.session()
    shown = Shown(session, standing(), now())
    counts = reports.area_counts(session, standing(), now=now())
    page = render_template(
        "areas/tree.html",
        here="places",
        rows=_rows(shown, counts, about=about, verb=verb, said=said),
        merged=[
            {"word": level_word(Level(area.level)), "name": formats.in_language(area), "code": area.code, "into": formats.in_language(shown.areas[area.merged_into]), "at": area.merged_at}
            for area in sorted(shown.areas.values(), key=lambda area: area.code)
            if area.merged_into is not None
        ],
        units_word=_("责任单位\u200b"),
        may=may_change(),
        said=said if about is None else "",
        typed=request.form if request.method == "POST" else {},
        units=[{"id": str(unit.id), "word": formats.in_language(unit)} for unit in accounts.units(session)],
        back=url_for("places.index"),
        others=url_for("units.index"),
    )
    return page, status


def _rows(shown: Shown, counts: dict[UUID, reports.AreaCounts], *, about: UUID | None, verb: str, said: str) -> list[dict[str, Any]]:
    """Every area in use, in the order of the tree, with where it may go and what it may be merged into."""
    used = [area for area in shown.areas.values() if area.merged_into is None]
    below: dict[UUID | None, list[AreaKnown]] = {}
    for area in used:
        below.setdefault(area.parent_id, []).append(area)
    told: list[dict[str, Any]] = []

    def add(area: AreaKnown, depth: int) -> None:
        level = Level(area.level)
        rank = places.ORDER.index(level)
        parents = [one for one in used if places.ORDER.index(Level(one.level)) < rank and (one.level != Level.COUNTY or level == Level.DISTRICT or not _has(used, Level.DISTRICT))]
        alike = [one for one in used if one.level == level and one.id != area.id and level != Level.COUNTY]
        child = places.ORDER[rank + 1] if rank + 1 < len(places.ORDER) else None
        told.append(
            {
                "id": area.id,
                "depth": depth,
                "level": level_word(level),
                "is_county": level == Level.COUNTY,
                "is_zone": level == Level.ZONE,
                "code": area.code,
                "name": formats.in_language(area) or area.name,
                "area": area,
                "unit": shown.unit(area.unit_id),
                "contact": formats.masked(area.contact),
                "counts": counts.get(area.id, reports.AreaCounts()),
                "places_href": url_for("places.index", zone=str(area.id)) if level == Level.ZONE else "",
                "findings_href": url_for("findings.index", zone=str(area.id)) if level == Level.ZONE else "",
                "change": url_for(".change", area_id=area.id),
                "move": url_for(".move", area_id=area.id) if len(parents) > 1 else "",
                "parents": [{"id": str(one.id), "word": _named(one), "chosen": one.id == area.parent_id} for one in sorted(parents, key=_in_order)],
                "merge": url_for(".merge", area_id=area.id) if alike else "",
                "alike": [{"id": str(one.id), "word": _named(one)} for one in sorted(alike, key=_in_order)],
                "child": child.value if child else "",
                "child_word": level_word(child) if child else "",
                "codes": url_for("places.codes", zone=str(area.id)) if level == Level.ZONE else "",
                "open": area.id == about and may_change(),
                "work": url_for(".index", at=str(area.id)) + f"#area-{area.id}",
                "shut": url_for(".index") + f"#area-{area.id}",
                "verb": verb if area.id == about else "",
                "said": said if area.id == about else "",
            }
        )
        for one in sorted(below.get(area.id, []), key=_in_order):
            add(one, depth + 1)

    for root in sorted(below.get(None, []), key=_in_order):
        add(root, 0)
    return told


def _has(used: list[AreaKnown], level: Level) -> bool:
    return any(area.level == level for area in used)


def _in_order(area: AreaKnown) -> tuple[int, bool, int, str]:
    return places.ORDER.index(Level(area.level)), not area.code.isdecimal(), int(area.code) if area.code.isdecimal() else 0, area.code


def _named(area: Area | AreaKnown) -> str:
    return " ".join(part for part in (area.code if Level(area.level) in (Level.ZONE, Level.GRID) else "", formats.in_language(area)) if part)


def level_word(level: Level) -> str:
    """A level of areas in words."""
    return {Level.COUNTY: _("县"), Level.DISTRICT: _("片区"), Level.ZONE: _("责任区"), Level.GRID: _("网格")}[level]


# ---- verbs


def _say(command: Callable[[Act], Any], *, about: UUID | None, verb: str) -> ResponseReturnValue:
    """One act, one command; the tree again, with the refusal's sentence where it was asked when it says no."""
    try:
        with acting() as act:
            command(act)
    except Refusal as refusal:
        db.session.rollback()
        if isinstance(refusal, accounts.NotYourDuty) or (isinstance(refusal, places.NoSuchArea) and verb != "make"):
            raise
        return _page(about=about, verb=verb, said=words.sentence(refusal.sentence, refusal.facts), status=refusal.status)
    return redirect(url_for(".index") + (f"#area-{about}" if about else ""), 303)


def _typed() -> dict[str, Any]:
    told: dict[str, Any] = {name: request.form.get(name, "").strip()[:longest] for name, longest in TEXTS.items()}
    return told | {"unit_id": filters.one_id(request.form.get("unit"))}


@bp.post("/areas")
@needs(*CHANGES)
def make() -> ResponseReturnValue:
    """A new area below another one."""
    parent = filters.one_id(request.form.get("parent"))
    asked = request.form.get("level", "")
    level = Level(asked) if asked in set(Level) else Level.ZONE
    return _say(lambda act: places.make_area(act, standing=standing(), level=level, parent_id=parent, **_typed()), about=parent, verb="make")


@bp.post("/areas/<uuid:area_id>/change")
@needs(*CHANGES)
def change(area_id: UUID) -> ResponseReturnValue:
    """Rename an area, or say which unit answers for it and who heads it."""
    version = request.form.get("version", type=int)
    return _say(lambda act: places.change_area(act, standing(), area_id, version=version, **_typed()), about=area_id, verb="change")


@bp.post("/areas/<uuid:area_id>/move")
@needs(*CHANGES, fresh=True)
def move(area_id: UUID) -> ResponseReturnValue:
    """Put an area below another parent."""
    parent = filters.one_id(request.form.get("parent")) or UUID(int=0)
    version = request.form.get("version", type=int)
    return _say(lambda act: places.move_area(act, standing(), area_id, parent_id=parent, version=version), about=area_id, verb="move")


@bp.get("/areas/<uuid:area_id>/merge")
@needs(*CHANGES)
def merge(area_id: UUID) -> ResponseReturnValue:
    """What would move, before anything does."""
    into = filters.one_id(request.args.get("into"))
    return _preview(area_id, into)


def _preview(area_id: UUID, into_id: UUID | None, *, said: str = "", status: int = 200) -> ResponseReturnValue:
    session = db.session()
    area = places.open_area(session, area_id)
    into = places.open_area(session, into_id) if into_id else None
    if not may_change():
        raise accounts.NotYourDuty
    if into is None or into.id == area.id or into.level != area.level:
        return _page(about=area_id, verb="merge", said=words.sentence(places.NotAlike.sentence, {"name": area.name, "into": into.name if into else ""}), status=422)
    page = render_template(
        "areas/merge.html",
        here="places",
        area=_named(area),
        into=_named(into),
        level=level_word(Level(area.level)),
        holds=_told(findings.area_holds(session, area_id, now=now())),
        has=_told(findings.area_holds(session, into.id, now=now())),
        action=url_for(".merge_done", area_id=area_id),
        into_id=into.id,
        version=area.version,
        back=url_for(".index") + f"#area-{area_id}",
        said=said,
    )
    return page, status


def _told(holds: Holds) -> list[dict[str, Any]]:
    return [
        {"word": _("点位数"), "count": holds.places},
        {"word": _("未销号问题"), "count": holds.findings},
        {"word": _("岗位"), "count": holds.posts},
        {"word": _("未结束的任务"), "count": holds.rounds},
        {"word": _("下级区域"), "count": holds.areas},
    ]


@bp.post("/areas/<uuid:area_id>/merge")
@needs(*CHANGES, fresh=True)
def merge_done(area_id: UUID) -> ResponseReturnValue:
    """Let an area go into another one, with everything that is open in it, in one act."""
    into = filters.one_id(request.form.get("into")) or UUID(int=0)
    try:
        with acting() as act:
            findings.merge_areas(act, standing(), area_id, into_id=into, version=request.form.get("version", type=int))
    except places.ChangedMeanwhile as refusal:
        db.session.rollback()
        return _preview(area_id, into, said=words.sentence(refusal.sentence, refusal.facts), status=refusal.status)
    return redirect(url_for(".index") + f"#area-{into}", 303)
