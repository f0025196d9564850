"""问题: the list, one finding, and the verbs that can be said at the desk."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Request, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound

from fieldbook import accounts, evidence, findings, places
from fieldbook.accounts import Duty
from fieldbook.evidence import PhotoNamed, Source
from fieldbook.findings import Filters, Finding, State
from fieldbook.kernel import Act, Refusal, db, to_ms
from fieldbook.places import Standing

from .. import drawing, formats, words
from ..doors import LOGIN, acting, house, needs, now, standing, who
from ..shown import Shown
from ..words import _

bp = Blueprint("findings", __name__)

#: the tabs, in order; `mine` only for people of a unit
VIEWS = ("open", "overdue", "today", "recurring", "returned", "deferred", "cleared")
#: lists that only the overview's figures lead to
COUNTED_VIEWS = ("all", "found", "dropped", "fallen_due", "closed_due", "closed_in_time", "sent_back", "came_back")
REASONS = tuple(code for code in findings.RETURN_REASONS if code != "other")
#: neighbours are looked for among this many of the list a finding was opened from
NEIGHBOURS = 500
MOST_PHOTOS = 6


# ---- the list


@dataclass(frozen=True)
class Asked:
    """What the address asks for: filters, order and page. Whatever is not known is left out."""

    filters: Filters
    sort: str
    page: int

    @classmethod
    def of(cls, asked: Request) -> "Asked":
        args = asked.args
        view = args.get("view", "open")
        return cls(
            Filters(
                view=view if view in (*VIEWS, *COUNTED_VIEWS, "mine") else "open",
                states=tuple(State(state) for state in args.getlist("state") if state in set(State)),
                zones=_ids(args.getlist("zone")),
                kinds=tuple(kind[:10] for kind in args.getlist("kind") if kind),
                units=_ids(args.getlist("unit")),
                place=next(iter(_ids([args.get("place", "")])), None),
                criterion=args.get("criterion", "")[:10],
                text=args.get("q", "").replace("\x00", "")[:60].strip(),
            ),
            args.get("sort", "due") if args.get("sort") in findings.SORTS else "due",
            min(max(args.get("page", 1, type=int) or 1, 1), 100_000),
        )

    def pairs(self, *, without: tuple[str, str] | None = None, leave: tuple[str, ...] = ()) -> list[tuple[str, str]]:
        """The address's fields again, without one value or without some names."""
        filters = self.filters
        pairs = [
            ("view", filters.view if filters.view != "open" else ""),
            *(("state", state.value) for state in filters.states),
            *(("zone", str(zone)) for zone in filters.zones),
            *(("kind", kind) for kind in filters.kinds),
            *(("unit", str(unit)) for unit in filters.units),
            ("place", str(filters.place or "")),
            ("criterion", filters.criterion),
            ("q", filters.text),
            ("sort", self.sort if self.sort != "due" else ""),
            ("page", str(self.page) if self.page > 1 else ""),
        ]
        return [pair for pair in pairs if pair[1] and pair != without and pair[0] not in leave]

    def query(self, *, without: tuple[str, str] | None = None, leave: tuple[str, ...] = ()) -> str:
        return urlencode(self.pairs(without=without, leave=leave))


def _ids(texts: list[str]) -> tuple[UUID, ...]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return tuple(found)


def _at(query: str) -> str:
    return url_for("findings.index") + (f"?{query}" if query else "")


@bp.get("/findings")
@needs(LOGIN)
def index() -> ResponseReturnValue:
    """The findings the person sees, by view and filters; the same address always gives the same list."""
    session, at, asked = db.session(), now(), Asked.of(request)
    shown = Shown(session, standing(), at)
    found, total = findings.listing(session, standing(), asked.filters, now=at, sort=asked.sort, page=asked.page)
    first = (asked.page - 1) * findings.PAGE + 1
    moved = ("page",)

    def page(n: int) -> str:
        return _at(urlencode([*asked.pairs(leave=moved), ("page", str(n))]) if n > 1 else asked.query(leave=moved))

    told = {
        "as_of": at,
        "plain": url_for(".index"),
        "q": asked.filters.text,
        "kept": asked.pairs(leave=("q", "page")),
        "kept_all": asked.pairs(leave=moved),
        "tabs": _tabs(asked, at),
        "chips": _chips(asked, shown),
        "choices": _choices(asked, shown),
        "sorts": [{"word": _sort_word(sort), "href": _at(_with_sort(asked, sort)), "chosen": sort == asked.sort} for sort in ("due", "found", "place", "number")],
        "sort_word": _sort_word(asked.sort),
        "rows": shown.rows(found, asked.query()),
        "total": total,
        "first": first,
        "last": first + len(found) - 1,
        "previous": page(asked.page - 1) if asked.page > 1 and found else None,
        "next": page(asked.page + 1) if first + len(found) - 1 < total and found else None,
        "empty": _empty(asked, shown, at) if not found else None,
    }
    return render_template("findings/listing.html", here="findings", l=told)


def _with_sort(asked: Asked, sort: str) -> str:
    return replace(asked, sort=sort, page=1).query()


def _tabs(asked: Asked, at: datetime) -> list[dict[str, Any]]:
    views = ["mine", *VIEWS] if who().has(Duty.RECTIFIER) else list(VIEWS)
    if asked.filters.view in COUNTED_VIEWS:
        views.append(asked.filters.view)
    bare = replace(asked.filters, states=())
    counts = findings.view_counts(db.session(), standing(), bare, now=at, views=views)
    return [
        {
            "word": _view_word(view),
            "count": counts[view],
            "chosen": view == asked.filters.view,
            "href": _at(replace(asked, filters=replace(bare, view=view), page=1).query()),
        }
        for view in views
    ]


def _view_word(view: str) -> str:
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


def _state_word(state: State) -> str:
    return {
        State.TO_SCREEN: _("待审核"),
        State.TO_ASSIGN: _("待交办"),
        State.ASSIGNED: _("待签收"),
        State.ACCEPTED: _("整改中"),
        State.RECTIFIED: _("待复核"),
        State.RETURNED: _("退回重办"),
        State.DEFERRED: _("挂账"),
        State.CLEARED: _("已销号"),
        State.DISMISSED: _("不予立案"),
        State.MERGED: _("已合并"),
        State.VOID: _("作废"),
    }[state]


def _sort_word(sort: str) -> str:
    return {"due": _("时限最紧在前"), "found": _("最近发现在前"), "place": _("按责任区和点位"), "number": _("按编号")}[sort]


def _chips(asked: Asked, shown: Shown) -> list[dict[str, str]]:
    filters = asked.filters
    chips: list[tuple[str, str, str, str]] = []
    chips += [(_("状态"), _state_word(state), "state", state.value) for state in filters.states]
    chips += [(_("责任区"), shown.zone(zone), "zone", str(zone)) for zone in filters.zones]
    if len(filters.kinds) > 3:
        names = _("%(n)s 类", n=len(filters.kinds))
        href = _at(asked.query(leave=("kind", "page")))
        many = [{"label": _("任务对象"), "value": names, "off": href}]
    else:
        many = []
        chips += [(_("任务对象"), _kind_word(shown, kind), "kind", kind) for kind in filters.kinds]
    chips += [(_("责任单位"), shown.unit(unit), "unit", str(unit)) for unit in filters.units]
    if filters.place:
        place = places.places_by_id(shown.session, [filters.place]).get(filters.place)
        if place is not None and shown.standing.sees(place.zone_id, place.unit_id):
            chips.append((_("点位"), place.name, "place", str(filters.place)))
    if filters.criterion:
        chips.append((_("标准"), filters.criterion, "criterion", filters.criterion))
    if filters.text:
        chips.append((_("搜索"), filters.text, "q", filters.text))
    told = [{"label": label, "value": value, "off": _at(asked.query(without=(name, raw), leave=("page",)))} for label, value, name, raw in chips if value]
    return [*told, *many]


def _kind_word(shown: Shown, kind: str) -> str:
    return _("没有归类") if kind == "none" else shown.kind_name(kind)


def _choices(asked: Asked, shown: Shown) -> list[dict[str, Any]]:
    """What can be added as a condition; what stands there already is not offered again."""
    manual = shown.manual
    kinds = manual.kinds.values() if manual else []
    zones = [zone for zone in places.zones(shown.session) if shown.standing.sees(zone.id)]
    options = {
        "state": (_("状态"), [(state.value, _state_word(state)) for state in State if state not in asked.filters.states]),
        "zone": (_("责任区"), [(str(zone.id), shown.zone(zone.id)) for zone in zones if zone.id not in asked.filters.zones]),
        "kind": (_("任务对象"), [(kind.code, f"{kind.code} {kind.name(shown.language)}") for kind in kinds if kind.code not in asked.filters.kinds]),
        "unit": (_("责任单位"), [(str(unit.id), formats.in_language(unit)) for unit in accounts.units(shown.session) if unit.id not in asked.filters.units]),
    }
    return [
        {"name": name, "label": label, "options": [{"value": value, "word": word, "chosen": False} for value, word in offered]}
        for name, (label, offered) in options.items()
    ]


def _empty(asked: Asked, shown: Shown, at: datetime) -> dict[str, Any]:
    """One sentence, and the nearest list that is not empty."""
    narrowed = asked.filters != Filters(view=asked.filters.view)
    links = []
    if narrowed:
        _rows, wide = findings.listing(shown.session, shown.standing, Filters(view=asked.filters.view), now=at)
        if wide:
            word = _("去掉条件，看%(view)s %(n)s 件", view=_view_word(asked.filters.view), n=wide)
            links.append({"word": word, "href": _at(replace(asked, filters=Filters(view=asked.filters.view), page=1).query())})
    if asked.filters.view != "open":
        _rows, open_ = findings.listing(shown.session, shown.standing, replace(asked.filters, view="open", states=()), now=at)
        if open_:
            links.append({"word": _("看未销号 %(n)s 件", n=open_), "href": _at(replace(asked, filters=replace(asked.filters, view="open", states=()), page=1).query())})
    word = _("没有%(view)s的问题。", view=_view_word(asked.filters.view)) if asked.filters.view != "all" else _("没有这样的问题。")
    return {"word": _("这些条件下没有问题。") if narrowed else word, "more": "", "links": links}


# ---- one finding


@bp.get("/findings/<uuid:finding_id>")
@needs(LOGIN)
def show(finding_id: UUID) -> ResponseReturnValue:
    """One finding: photos, facts, the row of working days, its course, and the verbs that are this person's."""
    return _page(finding_id)


@bp.get("/findings/by-number/<number>")
@needs(LOGIN)
def by_number(number: str) -> ResponseReturnValue:
    """The finding with this number, as it is written on paper."""
    found, _total = findings.listing(db.session(), standing(), Filters(view="all", text=number[:20]), now=now())
    for finding in found:
        if finding.number == number.upper():
            return redirect(url_for(".show", finding_id=finding.id))
    raise NotFound


def _page(finding_id: UUID, *, said: str = "", typed: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    session, at = db.session(), now()
    shown = Shown(session, standing(), at)
    finding = findings.one(session, standing(), finding_id)
    [card] = findings.cards(session, standing(), [finding], now=at, language=words.language())
    facts = shown.facts(finding, card)
    before, after = shown.photos(finding, card, "before"), shown.photos(finding, card, "after")
    may = list(card["may"])
    primary = next((verb for verb in ("clear", "rectify", "assign", "screen") if verb in may), None)
    if primary == "assign" and finding.unit_id is not None:
        primary = None  # handing it to somebody else is possible, but nothing asks for it
    if primary is None and may[:1] == ["undo"]:
        primary = "undo"
    asked = Asked.of(request)
    before_it, after_it = _neighbours(finding, asked)
    course = shown.course(card)
    page = render_template(
        "findings/one.html",
        here="findings",
        f=facts | {"whose": _whose(finding, facts)},
        before=before[0] if before else None,
        during=None,
        after=_newest(after),
        more_photos=_the_rest(before, before[0] if before else None, _("整改前")) + _the_rest(after, _newest(after), _("整改后")),
        again=_earlier(shown, finding),
        axis=_axis(finding, shown),
        now=at,
        today=at,
        asked=_asked(finding, course),
        whynot=_why_not(finding),
        may=may,
        primary=primary,
        others=[verb for verb in may if verb not in (primary, "accept")],
        links=_links(finding.id, asked) | {"previous": before_it, "next": after_it},
        units=[{"id": unit.id, "word": formats.in_language(unit), "chosen": unit.id == finding.unit_id} for unit in accounts.units(session)] if "assign" in may else [],
        typed=typed,
        said=said,
        done="",
        reasons=[*REASONS, "other"],
        dismiss_reasons=[{"code": code, "word": en if words.language() == "en" else zh} for code, (zh, en) in findings.DISMISS_REASONS.items()],
        course=course,
        as_text=_as_text(facts),
    )
    return page, status


def _links(finding_id: UUID, asked: Asked) -> dict[str, str]:
    query = asked.query()
    tail = f"?{query}" if query else ""
    verbs = {
        "accept": "accept",
        "assign": "assign",
        "clear": "clear",
        "dismiss": "dismiss",
        "rectify": "rectify",
        "return": "send_back",
        "screen": "screen",
        "undo": "undo",
        "void": "void",
    }
    return {verb: url_for(f"findings.{endpoint}", finding_id=finding_id) + tail for verb, endpoint in verbs.items()}


def _neighbours(finding: Finding, asked: Asked) -> tuple[str | None, str | None]:
    """The findings before and after this one in the list it was opened from."""
    ids = findings.ids_in(db.session(), standing(), asked.filters, now=now(), sort=asked.sort, limit=NEIGHBOURS)
    if finding.id not in ids:
        return None, None
    at, query = ids.index(finding.id), asked.query()

    def to(n: int) -> str | None:
        return url_for(".show", finding_id=ids[n]) + (f"?{query}" if query else "") if 0 <= n < len(ids) else None

    return to(at - 1), to(at + 1)


def _newest(photos: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first photo of the round handed in last."""
    newest = max((photo["named_at"] for photo in photos if photo["named_at"]), default=None)
    return next((photo for photo in photos if photo["named_at"] == newest), None)


def _the_rest(photos: list[dict[str, Any]], first: dict[str, Any] | None, word: str) -> list[dict[str, Any]]:
    return [photo | {"word": word} for photo in photos if photo is not first and photo["large"]]


def _earlier(shown: Shown, finding: Finding) -> dict[str, Any] | None:
    """The finding that this one repeats, with its pair of photos and its stamp."""
    if finding.nth < 2:
        return None
    found = findings.by_id(shown.session, [finding.recurrence_of]).get(finding.recurrence_of) if finding.recurrence_of else None
    if found is None or not findings.sees(shown.standing, found):
        return {"before": None, "after": None, "number": "", "href": "", "found_at": None, "cleared_at": None, "days": 0, "cleared_by": ""}
    [card] = findings.cards(shown.session, shown.standing, [found], now=shown.now, language=shown.language, course=False)
    row = shown.rows([found])[0]
    days = (finding.found_at - found.cleared_at).days if found.cleared_at else 0
    return {
        "before": row["before"],
        "after": row["after"],
        "number": found.number,
        "href": row["href"],
        "found_at": found.found_at,
        "cleared_at": found.cleared_at,
        "days": max(days, 0),
        "cleared_by": card["cleared_by_name"],
    }


def _axis(finding: Finding, shown: Shown) -> drawing.WorkAxis | None:
    """The row of working days while the unit's clock runs."""
    if finding.state not in findings.RUNNING or finding.assigned_at is None or finding.due_at is None:
        return None
    zone = shown.calendar.zone
    start = finding.assigned_at if finding.state != State.RETURNED else finding.verdict_at or finding.assigned_at
    end = max(finding.due_at, shown.now)
    start = max(start, end - timedelta(days=60))
    days: dict[date, tuple[datetime, datetime]] = {}
    for begins, ends in shown.calendar.spans(start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)):
        if begins > end:
            break
        first = days.get(begins.date(), (begins, ends))[0]
        days[begins.date()] = (first, ends)
    return drawing.work_axis(list(days.values()), now=shown.now, due_at=finding.due_at)


def _asked(finding: Finding, course: list[dict[str, Any]]) -> str:
    """What the last person asked for, when it is still to be done."""
    if finding.state == State.RETURNED:
        step = next((step for step in course if step["verb"] == "return"), None)
        if step:
            zh, en = findings.RETURN_REASONS.get(step["reason"], ("", ""))
            reason = en if words.language() == "en" else zh
            said = _("：").join(part for part in (reason if step["reason"] != "other" else "", step["words"]) if part)
            return _("%(who)s 退回：%(words)s", who=step["who"], words=said)
    step = next((step for step in course if step["verb"] == "assigned"), None)
    if finding.state in (State.ASSIGNED, State.ACCEPTED) and step and step["words"]:
        return _("%(who)s 交办：%(words)s", who=step["who"], words=step["words"])
    return ""


def _why_not(finding: Finding) -> str:
    """Why a reviewer cannot clear what lies before them."""
    if finding.state != State.RECTIFIED:
        return ""
    reviews = any(standing().may(duty, zone=finding.zone_id) for duty in findings.REVIEWS)
    if reviews and findings.is_own_work(standing(), finding):
        return words.sentence(findings.OwnWork.sentence, {})
    if reviews and not evidence.all_checked(db.session(), finding.id, evidence.Role.AFTER):
        return words.sentence(findings.PhotosOnTheWay.sentence, {})
    return ""


def _whose(finding: Finding, facts: dict[str, Any]) -> str:
    """Whose turn it is, when it is not this person's."""
    if finding.state in findings.RUNNING:
        return _("由%(unit)s办理。", unit=facts["unit_word"])
    if finding.state == State.RECTIFIED:
        return _("由别的单位的复核员办理。")
    return _("由片区调度或创城办办理。")


def _as_text(facts: dict[str, Any]) -> str:
    """The finding in a few lines, for a message."""
    lines = [
        _("【%(number)s】%(title)s", number=facts["number"], title=facts["title"]),
        _("点位：%(place)s（%(zone)s）", place=facts["place_name"], zone=facts["zone_word"]),
    ]
    if facts["unit_word"]:
        lines.append(_("责任单位：%(unit)s", unit=facts["unit_word"]))
    if facts["due_at"] and not facts["closed"]:
        lines.append(_("期限：%(moment)s", moment=formats.long_moment(facts["due_at"])))
    return "\n".join(lines)


# ---- verbs


def _say(finding_id: UUID, verb: str, command: Callable[[Act, Standing], Any]) -> ResponseReturnValue:
    """One act, one command; the page again, with the refusal's sentence above what was typed when it says no."""
    try:
        with acting() as act:
            _still_as_seen(act, finding_id)
            command(act, standing())
    except Refusal as refusal:
        db.session.rollback()
        if isinstance(refusal, findings.NoSuchFinding) or request.headers.get("X-Requested-With") == "fieldbook":
            raise
        typed = {"verb": verb, "words": _words(), "due": request.form.get("due", "")[:10]}
        return _page(finding_id, said=words.sentence(refusal.sentence, refusal.facts), typed=typed, status=refusal.status)
    if request.headers.get("X-Requested-With") == "fieldbook":
        return "", 204
    query = Asked.of(request).query()
    return redirect(url_for(".show", finding_id=finding_id) + (f"?{query}" if query else ""), 303)


def _still_as_seen(act: Act, finding_id: UUID) -> None:
    """Refuse what was decided over an older state than the one that stands; a form may name the version it shows."""
    version = request.form.get("version", type=int)
    finding = act.session.get(Finding, finding_id)
    if finding is not None and version is not None and finding.version != version:
        raise findings.NotNow(state=str(finding.state), verb="")


def _words() -> str:
    return request.form.get("words", "").replace("\x00", "").strip()[:500]


@bp.post("/findings/<uuid:finding_id>/screen")
@needs(LOGIN)
def screen(finding_id: UUID) -> ResponseReturnValue:
    return _say(finding_id, "screen", lambda act, standing: findings.screen(act, standing, finding_id, words=_words()))


@bp.post("/findings/<uuid:finding_id>/dismiss")
@needs(LOGIN)
def dismiss(finding_id: UUID) -> ResponseReturnValue:
    reason = request.form.get("reason", "")[:20]
    return _say(finding_id, "dismiss", lambda act, standing: findings.dismiss(act, standing, finding_id, reason=reason, words=_words()))


@bp.post("/findings/<uuid:finding_id>/assign")
@needs(LOGIN)
def assign(finding_id: UUID) -> ResponseReturnValue:
    unit = next(iter(_ids([request.form.get("unit", "")])), UUID(int=0))
    return _say(finding_id, "assign", lambda act, standing: findings.assign(act, standing, finding_id, unit=unit, due_at=_due_at(), words=_words()))


@bp.post("/findings/<uuid:finding_id>/accept")
@needs(LOGIN)
def accept(finding_id: UUID) -> ResponseReturnValue:
    return _say(finding_id, "accept", lambda act, standing: findings.accept(act, standing, finding_id))


@bp.post("/findings/<uuid:finding_id>/rectify")
@needs(LOGIN)
def rectify(finding_id: UUID) -> ResponseReturnValue:
    """After photos chosen at the desk: kept on disk first, then named and received in one act."""

    def command(act: Act, standing: Standing) -> None:
        photos = [_named(kept, act) for kept in keep]
        findings.rectify(act, standing, finding_id, photos=photos, words=_words())
        act.session.flush()
        for kept in keep:
            evidence.receive(act, kept, reach=findings.photo_keys(act.session, kept.sha256))

    try:
        findings.one(db.session(), standing(), finding_id)
        keep = [_keep(file) for file in request.files.getlist("photos")[:MOST_PHOTOS] if file.filename]
        db.session.rollback()
    except Refusal as refusal:
        if isinstance(refusal, findings.NoSuchFinding):
            raise
        db.session.rollback()
        typed = {"verb": "rectify", "words": _words()}
        return _page(finding_id, said=words.sentence(refusal.sentence, refusal.facts), typed=typed, status=refusal.status)
    return _say(finding_id, "rectify", command)


def _keep(file: FileStorage) -> evidence.Kept:
    stream = file.stream
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return evidence.keep(house().store, stream, size=size)


def _named(kept: evidence.Kept, act: Act) -> PhotoNamed:
    return PhotoNamed(
        sha256=kept.sha256,
        bytes=kept.bytes,
        width=kept.shape.width,
        height=kept.shape.height,
        taken_at=to_ms(act.at),
        source=Source.FILE,
    )


@bp.post("/findings/<uuid:finding_id>/clear")
@needs(LOGIN)
def clear(finding_id: UUID) -> ResponseReturnValue:
    return _say(finding_id, "clear", lambda act, standing: findings.clear(act, standing, finding_id, words=_words()))


@bp.post("/findings/<uuid:finding_id>/return")
@needs(LOGIN)
def send_back(finding_id: UUID) -> ResponseReturnValue:
    reason = request.form.get("reason", "")[:20]
    return _say(finding_id, "return", lambda act, standing: findings.send_back(act, standing, finding_id, reason=reason, words=_words()))


@bp.post("/findings/<uuid:finding_id>/undo")
@needs(LOGIN)
def undo(finding_id: UUID) -> ResponseReturnValue:
    return _say(finding_id, "undo", lambda act, standing: findings.undo(act, standing, finding_id))


@bp.post("/findings/<uuid:finding_id>/void")
@needs(LOGIN)
def void(finding_id: UUID) -> ResponseReturnValue:
    return _say(finding_id, "void", lambda act, standing: findings.void(act, standing, finding_id, words=_words()))


def _due_at() -> datetime | None:
    """The end of the chosen day's working time; None when no day was chosen."""
    try:
        day = date.fromisoformat(request.form.get("due", ""))
    except ValueError:
        return None
    return datetime.combine(day, time(17, 30), findings.calendar(db.session()).zone).astimezone(now().tzinfo)
