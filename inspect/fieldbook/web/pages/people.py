"""人员: who does what where, what waits on their phones, and one person's page."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import accounts, journal, places, sync
from fieldbook.accounts import Duty, PersonSeen
from fieldbook.kernel import Act, Refusal, db
from fieldbook.places import Level

from .. import doors, filters, formats, qr, words
from ..doors import acting, needs, now, standing
from ..filters import Asked
from ..frame import PEOPLE, PEOPLE_CHANGES, duty_word
from ..who import Roll
from ..words import _

bp = Blueprint("people", __name__)

PAGE = 50
VIEWS = ("all", "unsent", "no_phone", "ending", "disabled")
SORTS = ("unsent", "name", "seen")
#: slips printed at once
MOST_SLIPS = 200
#: steps of a person's history shown
MOST_STEPS = 60
#: which field of a form a refusal is about
FIELDS: dict[type[Refusal], str] = {
    accounts.PersonNameMissing: "name",
    accounts.BadLogin: "login",
    accounts.LoginTaken: "login",
    accounts.PostIncomplete: "unit",
    places.NoSuchArea: "area",
    accounts.NoSuchUnit: "unit",
}


class OriginMissing(Refusal):
    """Phones cannot be enrolled before the county's one address is fixed: what they keep belongs to it."""

    code = "web.origin_missing"
    status = 409
    sentence = "还没有定下全县统一的网址，入场单先不印：手机里的内容都认这个网址，定了就不能再换。请管理员先在设置里定好。"


class BadDay(Refusal):
    """What was typed is no day to come."""

    code = "web.bad_day"
    sentence = "截止日期要晚于今天，写成 2026-06-30 这样。其余内容都在，请核对后再保存。"


@dataclass(frozen=True)
class PeopleAsked(Asked):
    """A list of people: what it is narrowed to, and in which order."""

    view: str = "all"
    duties: tuple[str, ...] = ()
    areas: tuple[UUID, ...] = ()
    units: tuple[UUID, ...] = ()
    text: str = ""
    sort: str = "unsent"
    kept: tuple[str, ...] = field(default=())


def asked_people() -> PeopleAsked:
    """What the address asks of the list of people. Whatever is not known is left out."""
    args = request.args
    view, sort = filters.one_of(args, "view", VIEWS, "all"), filters.one_of(args, "sort", SORTS, "unsent")
    duties = tuple(dict.fromkeys(duty for duty in args.getlist("duty") if duty in set(Duty)))
    areas, units, text = filters.ids(args.getlist("area")), filters.ids(args.getlist("unit")), filters.searched(args)
    fields = (
        ("view", view if view != "all" else ""),
        *(("duty", duty) for duty in duties),
        *(("area", str(area)) for area in areas),
        *(("unit", str(unit)) for unit in units),
        ("q", text),
        ("sort", sort if sort != "unsent" else ""),
    )
    return PeopleAsked(url_for("people.index"), fields, filters.page_of(args), "", view, duties, areas, units, text, sort)


# ---- the list


@bp.get("/people")
@needs(*PEOPLE)
def index() -> ResponseReturnValue:
    """Whom the person sees; whoever has held unsent work longest is first."""
    asked, roll = asked_people(), Roll(db.session(), standing(), now())
    everybody = roll.everybody()
    narrowed = [seen for seen in everybody if _matches(roll, seen, asked)]
    found = _sorted([seen for seen in narrowed if _in_view(seen, asked.view, roll.now)], asked.sort)
    shown = found[(asked.page - 1) * PAGE : asked.page * PAGE]
    told = {
        "plain": url_for(".index"),
        "q": asked.text,
        "kept": asked.pairs(leave=("q", "page")),
        "kept_all": asked.pairs(leave=("page",)),
        "tabs": [
            {
                "word": _view_word(view),
                "count": sum(_in_view(seen, view, roll.now) for seen in narrowed),
                "chosen": view == asked.view,
                "href": asked.asking(view=view if view != "all" else "").at(),
            }
            for view in VIEWS
        ],
        "chips": _chips(asked, roll),
        "choices": _choices(asked, roll),
        "sort_word": _sort_word(asked.sort),
        "sorts": [{"word": _sort_word(sort), "chosen": sort == asked.sort, "href": asked.asking(sort=sort if sort != "unsent" else "").at()} for sort in SORTS],
        "rows": [roll.row(seen) | {"href": url_for(".show", person_id=seen.person.id), "may": roll.may_change(seen)} for seen in shown],
        "empty": {
            "word": _("这些条件下没有人。") if asked.pairs() else _("还没有人。"),
            "more": "",
            "links": [{"word": _("看全部人员"), "href": url_for(".index")}] if asked.pairs() else [],
        },
    } | asked.paging(shown=len(shown), total=len(found), size=PAGE)
    active = [seen for seen in everybody if seen.person.disabled_at is None]
    units = {post.unit_id for seen in active for post in seen.posts if post.unit_id}
    return render_template(
        "people/listing.html",
        here="people",
        l=told,
        scope=_("%(n)s 人，%(units)s 个单位", n=len(active), units=len(units)),
        keeps=roll.keeps,
        held=sync.count_held(roll.session, roll.standing),
        slips=[str(seen.person.id) for seen in found if seen.person.disabled_at is None and roll.may_change(seen)][:MOST_SLIPS] if roll.keeps else [],
        imports=_imports(),
        hand_in=url_for("hand_in.new") if standing().may_everywhere(Duty.ADMINISTRATOR) else "",
    )


def _imports() -> str:
    """Where a register of people is read in; an administrator's business, since it gives posts."""

    return url_for("imports.new", subject="people") if standing().may(Duty.ADMINISTRATOR) else ""


def _matches(roll: Roll, seen: PersonSeen, asked: PeopleAsked) -> bool:
    posts = seen.posts
    if asked.duties and not any(post.duty in asked.duties for post in posts):
        return False
    if asked.units and not any(post.unit_id in asked.units for post in posts):
        return False
    if asked.areas:
        wanted = frozenset().union(*(roll.below.get(area, frozenset()) for area in asked.areas))
        if not any(post.area_id in asked.areas or not wanted.isdisjoint(roll.below.get(post.area_id, ()) if post.area_id else ()) for post in posts):
            return False
    if asked.text:
        text = asked.text.lower()
        contact = seen.person.contact if roll.may_change(seen) else ""
        return any(text in part.lower() for part in (seen.person.name, seen.person.login, contact, *(roll.unit(post.unit_id) for post in posts)))
    return True


def _in_view(seen: PersonSeen, view: str, at: datetime) -> bool:
    if view == "disabled":
        return seen.person.disabled_at is not None
    if seen.person.disabled_at is not None:
        return False
    if view == "unsent":
        return seen.unsent > 0
    if view == "no_phone":
        return not seen.in_use
    if view == "ending":
        return any(post.until is not None and _month(post.until - timedelta(seconds=1)) == _month(at) for post in seen.posts)
    return True


def _month(moment: datetime) -> tuple[int, int]:
    at = formats.local(moment)
    assert at is not None
    return at.year, at.month


def _sorted(found: list[PersonSeen], sort: str) -> list[PersonSeen]:
    if sort == "unsent":
        return sorted(found, key=lambda seen: (not seen.unsent, seen.unsent_since or _NEVER, seen.person.name))
    if sort == "seen":
        return sorted(found, key=lambda seen: (seen.seen_at is None, -(seen.seen_at or _NEVER).timestamp(), seen.person.name))
    return found


_NEVER = datetime.fromisoformat("9999-01-01T00:00:00+00:00")


def _view_word(view: str) -> str:
    return {"all": _("全部"), "unsent": _("手机上有未传"), "no_phone": _("未绑定手机"), "ending": _("岗位本月到期"), "disabled": _("已停用")}[view]


def _sort_word(sort: str) -> str:
    return {"unsent": _("未传最久在前"), "name": _("按姓名"), "seen": _("最近连上在前")}[sort]


def _chips(asked: PeopleAsked, roll: Roll) -> list[dict[str, str]]:
    chips = [asked.chip(_("岗位"), duty_word(Duty(duty)), "duty", duty) for duty in asked.duties]
    chips += [asked.chip(_("区域"), formats.in_language(roll.shown.areas.get(area)), "area", str(area)) for area in asked.areas]
    if len(asked.units) > 2:
        chips.append(asked.chip(_("单位"), _("%(n)s 个", n=len(asked.units)), "unit"))
    else:
        chips += [asked.chip(_("单位"), roll.unit(unit), "unit", str(unit)) for unit in asked.units]
    if asked.text:
        chips.append(asked.chip(_("搜索"), asked.text, "q", asked.text))
    return [chip for chip in chips if chip["value"]]


def _choices(asked: PeopleAsked, roll: Roll) -> list[dict[str, Any]]:
    return [
        filters.choice("duty", _("岗位"), [(duty.value, duty_word(duty)) for duty in roll.duties()], asked.duties),
        filters.choice("area", _("区域"), _areas(roll), {str(area) for area in asked.areas}),
        filters.choice("unit", _("单位"), [(str(unit.id), formats.in_language(unit)) for unit in roll.units.values() if unit.closed_at is None], {str(unit) for unit in asked.units}),
    ]


def _areas(roll: Roll) -> list[tuple[str, str]]:
    """Districts with their zones, as a post may be held in them."""
    areas = [area for area in roll.shown.areas.values() if area.merged_into is None]
    told = []
    for district in sorted((area for area in areas if area.level == Level.DISTRICT), key=lambda area: area.code):
        told.append((str(district.id), formats.in_language(district)))
        told += [(str(zone.id), f"　{roll.shown.long_zone(zone.id)}") for zone in places.zones(roll.session) if zone.parent_id == district.id and zone.merged_into is None]
    inside = {value for value, _word in told}
    told += [(str(zone.id), roll.shown.long_zone(zone.id)) for zone in places.zones(roll.session) if str(zone.id) not in inside and zone.merged_into is None]
    return told


# ---- entering a person


@bp.get("/people/new")
@needs(*PEOPLE_CHANGES)
def new() -> ResponseReturnValue:
    """The form for one more person."""
    Roll(db.session(), standing(), now()).require()
    return _new({}, {})


@bp.post("/people")
@needs(*PEOPLE_CHANGES, fresh=True)
def make() -> ResponseReturnValue:
    """Enter a person, with a first post if one is chosen. There is no default password: a slip lets them in."""
    roll = Roll(db.session(), standing(), now())
    roll.require()
    try:
        with acting() as act:
            made = accounts.make_person(act, **_told())
            act.session.flush()
            if request.form.get("duty"):
                _give(act, roll, made.id)
            person_id = made.id
    except tuple(FIELDS) as refusal:
        return _new(request.form, _wrong(refusal)), 422
    except BadDay as refusal:
        return _new(request.form, {"until": words.sentence(refusal.sentence, refusal.facts)}), 422
    return redirect(url_for(".show", person_id=person_id, made=1), 303)


def _new(typed: Any, wrong: dict[str, str]) -> str:
    roll = Roll(db.session(), standing(), now())
    return render_template(
        "people/new.html", here="people", typed=typed, wrong=wrong, post=_post_form(roll, typed), action=url_for(".make"), back=url_for(".index")
    )


def _told() -> dict[str, Any]:
    language = request.form.get("language", "zh")
    told = {name: request.form.get(name, "").strip() for name in ("name", "login", "contact")}
    return told | {"language": language if language in accounts.LANGUAGES else "zh"}


def _post_form(roll: Roll, typed: Any) -> dict[str, Any]:
    return {
        "duties": [{"value": duty.value, "word": duty_word(duty), "chosen": typed.get("duty") == duty.value} for duty in roll.duties()],
        "areas": [{"value": value, "word": word, "chosen": typed.get("area") == value} for value, word in _areas(roll)],
        "units": [
            {"value": str(unit.id), "word": formats.in_language(unit), "chosen": typed.get("unit") == str(unit.id)}
            for unit in roll.units.values()
            if unit.closed_at is None
        ],
    }


def _give(act: Act, roll: Roll, person_id: UUID) -> None:
    """The post that the form names. Raises NotYourDuty, BadDay, PostIncomplete, NoSuchArea, NoSuchUnit."""
    form = request.form
    duty = form.get("duty", "")
    if duty not in roll.duties():
        raise accounts.NotYourDuty
    area, unit = filters.one_id(form.get("area")), filters.one_id(form.get("unit"))
    if area is not None and (area not in roll.shown.areas or roll.shown.areas[area].merged_into is not None):
        raise places.NoSuchArea
    if unit is not None:
        accounts.open_unit(act.session, unit)
    accounts.make_post(act, person_id, Duty(duty), area_id=area, unit_id=unit, until=_until())


def _until() -> datetime | None:
    """The end of the day typed, on the county's clock."""
    typed = request.form.get("until", "").strip()
    if not typed:
        return None
    try:
        last = date.fromisoformat(typed)
        ends = datetime.combine(last, time(0), formats.COUNTY_TIME) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise BadDay from None
    if ends <= now() or last.year > 2100:
        raise BadDay
    return ends


def _wrong(refusal: Refusal) -> dict[str, str]:
    return {FIELDS[type(refusal)]: words.sentence(refusal.sentence, refusal.facts)}


# ---- one person


@bp.get("/people/<uuid:person_id>")
@needs(*PEOPLE)
def show(person_id: UUID) -> ResponseReturnValue:
    """One person: posts, phones, sessions, what has changed."""
    return _page(person_id)


def _page(person_id: UUID, *, said: str = "", wrong: dict[str, str] | None = None, about: str = "", status: int = 200) -> ResponseReturnValue:
    roll = Roll(db.session(), standing(), now())
    seen = roll.one(person_id)
    may = roll.may_change(seen)
    typed = request.form if wrong and about == "person" else {name: getattr(seen.person, name) for name in ("name", "login", "contact", "language")}
    steps = _steps(roll, person_id)
    page = render_template(
        "people/one.html",
        here="people",
        p=roll.row(seen),
        person=seen.person,
        contact=roll.contact(seen),
        login=formats.masked(seen.person.login),
        posts=[_post_row(roll, post, person_id, may) for post in seen.posts],
        ended=[_post_row(roll, post, person_id, False) for post in accounts.ended_posts(roll.session, person_id)],
        phones=[_phone_row(roll, phone, person_id, may) for phone in [*seen.phones, *accounts.wiped_phones(roll.session, person_id)]],
        sessions=_session_rows(roll, seen) if may else [],
        steps=steps,
        may=may,
        typed=typed,
        wrong=wrong or {},
        about=about,
        said=said,
        made=bool(request.args.get("made")) and request.method == "GET",
        link_until=accounts.open_link_of(roll.session, person_id, roll.now) if may else None,
        post=_post_form(roll, request.form if about == "post" else {}),
        last_admin=False,
        urls={name: url_for(f".{name}", person_id=person_id) for name in ("change", "add_post", "disable", "enable", "end_sessions", "slip")}
        | {"hand_over": url_for("handover.show", person_id=person_id), "back": url_for(".index")},
    )
    return page, status


def _post_row(roll: Roll, post: accounts.Post, person_id: UUID, may: bool) -> dict[str, Any]:
    return {
        "duty": duty_word(Duty(post.duty)),
        "where": roll.where(post),
        "unit": roll.unit(post.unit_id) if post.area_id else "",
        "since": post.begins_at,
        "until": post.until - timedelta(seconds=1) if post.until else None,
        "ended_at": post.ended_at,
        "end": url_for(".end_post", person_id=person_id, post_id=post.id) if may and (roll.administers or post.duty != Duty.ADMINISTRATOR) else "",
    }


def _phone_row(roll: Roll, phone: accounts.Phone, person_id: UUID, may: bool) -> dict[str, Any]:
    def to(what: str) -> str:
        return url_for(f".{what}", person_id=person_id, device=phone.id) if may else ""

    in_use = phone.revoked_at is None
    return {
        "name": roll.phone_name(phone),
        "state": roll.phone_state(phone),
        "enrolled_at": phone.enrolled_at,
        "seen_at": phone.seen_at,
        "unsent": phone.unsent,
        "photos": phone.unsent_photos,
        "since": phone.unsent_since,
        "last_n": sync.last_n(roll.session, phone.id, person_id),
        "stolen": phone.stolen_at is not None,
        "wiped_at": phone.wiped_at,
        "revoke": to("revoke") if in_use else "",
        "steal": to("steal") if phone.stolen_at is None and phone.wiped_at is None else "",
        "restore": to("restore") if not in_use and phone.wiped_at is None else "",
    }


def _session_rows(roll: Roll, seen: PersonSeen) -> list[dict[str, Any]]:
    phones = {phone.id: roll.phone_name(phone) for phone in seen.phones}
    held = accounts.sessions_of(roll.session, seen.person.id, roll.now)
    return [
        {"where": phones.get(one.device_id, _("手机")) if one.device_id else _("电脑"), "since": one.started_at, "seen_at": one.seen_at, "ends_at": one.ends_at} for one in held
    ]


#: journal verbs of a person that are no change: they would bury the others
_NOT_TOLD = ("login.begun", "login.ended", "login.confirmed")


def _steps(roll: Roll, person_id: UUID) -> list[dict[str, Any]]:
    """What has changed about a person, the newest first."""
    told = [step for step in journal.course_of(roll.session, [person_id])[person_id] if step["verb"] not in _NOT_TOLD][-MOST_STEPS:]
    names = accounts.person_names(roll.session, {step["actor"] for step in told if step["actor"]})
    return [
        {"at": step["at"], "who": names.get(step["actor"], "") if step["actor"] else _("系统"), "what": _step_word(step["verb"]), "more": _step_more(roll, step)}
        for step in reversed(told)
    ]


def _step_word(verb: str) -> str:
    return {
        "person.made": _("建立账号"),
        "person.changed": _("修改资料"),
        "person.disabled": _("停用账号"),
        "person.enabled": _("恢复账号"),
        "post.made": _("设岗位"),
        "post.ended": _("撤岗位"),
        "post.moved": _("岗位随区域调整"),
        "link.made": _("出入场单"),
        "link.handed_over": _("换到手机浏览器"),
        "password.set": _("设定密码"),
        "phone.enrolled": _("绑定手机"),
        "phone.revoked": _("手机停用"),
        "phone.stolen": _("手机报失"),
        "phone.restored": _("手机恢复"),
        "phone.wiped": _("手机已清空"),
        "phone.handed_in": _("手机内容补送"),
        "phone.lost_work": _("手机存储被清，有内容没保住"),
        "phone.deleted_work": _("本人删掉未传的内容"),
        "login.all_ended": _("结束登录"),
    }.get(verb, verb)


def _step_more(roll: Roll, step: dict[str, Any]) -> str:
    facts, said = step["facts"], step["said"]
    if step["verb"].startswith("post.") and "duty" in facts:
        area, unit = filters.one_id(facts.get("area")), filters.one_id(facts.get("unit"))
        where = formats.in_language(roll.shown.areas.get(area)) if area else roll.unit(unit) if unit else _("全县")
        return f"{duty_word(Duty(facts['duty']))} {where}"
    if step["verb"] == "person.changed":
        labels = {"name": _("姓名"), "login": _("账号"), "language": _("语言"), "contact": _("电话")}
        return _("，").join(labels[key] for key in said if key in labels)
    if step["verb"] in ("phone.revoked", "phone.stolen") and facts.get("unsent"):
        return _("当时手机上还有 %(n)s 件未传", n=facts["unsent"])
    if step["verb"] == "phone.handed_in":
        return _("文件里 %(n)s 条，%(photos)s 张照片", n=facts["commands"], photos=facts["photos"])
    if step["verb"] == "phone.lost_work":
        return _("第 %(a)s 至 %(b)s 号", a=facts["first_n"], b=facts["last_n"])
    if step["verb"] == "phone.deleted_work":
        return _("%(n)s 条，%(photos)s 张照片", n=facts["commands"], photos=facts["photos"])
    if step["verb"] == "phone.wiped" and facts.get("lost"):
        return _("有 %(n)s 件没有交到", n=facts["lost"])
    return ""


# ---- what is done to a person


def _changing(person_id: UUID, do: Any, *, about: str = "") -> ResponseReturnValue:
    """Run one command about a person, and lead back to their page; a refusal is said there."""
    roll = Roll(db.session(), standing(), now())
    roll.require(roll.one(person_id))
    try:
        with acting() as act:
            do(act, roll)
    except tuple(FIELDS) as refusal:
        db.session.rollback()
        return _page(person_id, wrong=_wrong(refusal), about=about, status=422)
    except BadDay as refusal:
        db.session.rollback()
        return _page(person_id, wrong={"until": words.sentence(refusal.sentence, refusal.facts)}, about=about, status=422)
    except (accounts.LastAdministrator, accounts.NoSuchPost, accounts.NoSuchPhone) as refusal:
        db.session.rollback()
        return _page(person_id, said=words.sentence(refusal.sentence, refusal.facts), status=refusal.status)
    return redirect(url_for(".show", person_id=person_id), 303)


@bp.post("/people/<uuid:person_id>/change")
@needs(*PEOPLE_CHANGES, fresh=True)
def change(person_id: UUID) -> ResponseReturnValue:
    """Name, login, language, how they are reached."""
    return _changing(person_id, lambda act, _roll: accounts.change_person(act, person_id, **_told()), about="person")


@bp.post("/people/<uuid:person_id>/posts")
@needs(*PEOPLE_CHANGES, fresh=True)
def add_post(person_id: UUID) -> ResponseReturnValue:
    """One more post."""
    return _changing(person_id, lambda act, roll: _give(act, roll, person_id), about="post")


@bp.post("/people/<uuid:person_id>/posts/<uuid:post_id>/end")
@needs(*PEOPLE_CHANGES, fresh=True)
def end_post(person_id: UUID, post_id: UUID) -> ResponseReturnValue:
    """End a post now."""
    return _changing(person_id, lambda act, _roll: accounts.end_post(act, post_id, person_id=person_id))


@bp.post("/people/<uuid:person_id>/disable")
@needs(*PEOPLE_CHANGES, fresh=True)
def disable(person_id: UUID) -> ResponseReturnValue:
    """Let them in no more, at once."""
    return _changing(person_id, lambda act, _roll: accounts.disable_person(act, person_id))


@bp.post("/people/<uuid:person_id>/enable")
@needs(*PEOPLE_CHANGES, fresh=True)
def enable(person_id: UUID) -> ResponseReturnValue:
    """Let them in again."""
    return _changing(person_id, lambda act, _roll: accounts.enable_person(act, person_id))


@bp.post("/people/<uuid:person_id>/sessions/end")
@needs(*PEOPLE_CHANGES, fresh=True)
def end_sessions(person_id: UUID) -> ResponseReturnValue:
    """End every login, on phones and at desks."""
    return _changing(person_id, lambda act, _roll: accounts.end_sessions(act, person_id))


@bp.post("/people/<uuid:person_id>/phones/<uuid:device>/revoke")
@needs(*PEOPLE_CHANGES, fresh=True)
def revoke(person_id: UUID, device: UUID) -> ResponseReturnValue:
    """Take a phone out of use: it hands in what it holds, then empties itself."""
    return _changing(person_id, lambda act, _roll: accounts.revoke_phone(act, device, person_id))


@bp.post("/people/<uuid:person_id>/phones/<uuid:device>/stolen")
@needs(*PEOPLE_CHANGES, fresh=True)
def steal(person_id: UUID, device: UUID) -> ResponseReturnValue:
    """Say that a phone is in strange hands: it is emptied at once."""
    return _changing(person_id, lambda act, _roll: accounts.mark_stolen(act, device, person_id))


@bp.post("/people/<uuid:person_id>/phones/<uuid:device>/restore")
@needs(*PEOPLE_CHANGES, fresh=True)
def restore(person_id: UUID, device: UUID) -> ResponseReturnValue:
    """Take it into use again."""
    return _changing(person_id, lambda act, _roll: accounts.restore_phone(act, device, person_id))


# ---- slips with one-time codes


@bp.post("/people/<uuid:person_id>/slip")
@needs(*PEOPLE_CHANGES, fresh=True)
def slip(person_id: UUID) -> ResponseReturnValue:
    """A slip with a one-time code for one person; shown this once."""
    return _slips([person_id], back=url_for(".show", person_id=person_id))


@bp.post("/people/slips")
@needs(*PEOPLE_CHANGES, fresh=True)
def slips() -> ResponseReturnValue:
    """Slips for the people of a list, several on an A4 sheet."""
    chosen = list(filters.ids(request.form.get("people", "").split(",")[:MOST_SLIPS]))
    return _slips(chosen, back=url_for(".index"))


def _slips(chosen: list[UUID], *, back: str) -> ResponseReturnValue:
    roll = Roll(db.session(), standing(), now())
    home = _home()
    people = [seen for seen in accounts.people(roll.session, chosen) if roll.sees(seen) and seen.person.disabled_at is None]
    if not people:
        raise accounts.NoSuchPerson
    for seen in people:
        roll.require(seen)
    with acting() as act:
        tokens = {seen.person.id: accounts.make_link(act, seen.person.id) for seen in people}
    cards = [
        {
            "name": seen.person.name,
            "login": seen.person.login,
            "belongs": roll.belongs(seen),
            "posts": roll.lines(seen.posts),
            "code": tokens[seen.person.id],
            "qr": qr.draw(f"{home}/app/enrol#{tokens[seen.person.id]}"),
        }
        for seen in people
    ]
    return render_template(
        "people/slips.html", here="people", cards=cards, home=home, typed=f"{home}/enter", until=roll.now + accounts.LINK_FOR, back=back
    )


def _home() -> str:
    """The origin that codes carry. On this very machine one may try it out before it is fixed. Raises OriginMissing."""
    home = doors.origin()
    if home:
        return home
    if doors.is_this_machine():
        return f"http://{request.host}"
    raise OriginMissing
