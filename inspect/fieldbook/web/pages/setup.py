"""The first hour of an empty county: seven steps in order, each imported, typed or put off, each saying what is still missing."""

from dataclasses import dataclass, field

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from fieldbook import reports
from fieldbook.accounts import Duty
from fieldbook.kernel import County, OriginBroken, Refusal, county, db, is_address, origin_of, settle_county
from fieldbook.reports import Holdings

from .. import doors, words
from ..doors import acting, needs, now, standing, who
from ..formats import long_day
from ..words import _

bp = Blueprint("setup", __name__)

STEPS = ("county", "areas", "units", "people", "places", "manual", "phone")


class OriginFixed(Refusal):
    """The origin cannot change once phones have enrolled under it: what they hold belongs to it."""

    code = "web.origin_fixed"
    status = 409
    sentence = "已有 {phones} 部手机按原来的网址登记，手机里的内容只认那个网址，不能在这里改。请先让每部手机发完或导出，再按运维说明迁移。"


@dataclass(frozen=True)
class Way:
    """One way of doing a step: an address and its words; `main` is the obvious one."""

    href: str
    word: str
    icon: str
    main: bool = False


@dataclass(frozen=True)
class Step:
    """One step as the page shows it. state: ok, later (put off) or open."""

    key: str
    title: str
    words: str
    state: str
    minutes: int
    ways: list[Way] = field(default_factory=list)


@bp.get("/setup")
@needs(Duty.ADMINISTRATOR, everywhere=True)
def show() -> ResponseReturnValue:
    """Where setting up stands, with the current step open."""
    return _page({}, {})


@bp.post("/setup/county")
@needs(Duty.ADMINISTRATOR, everywhere=True, fresh=True)
def name_county() -> ResponseReturnValue:
    """Name the county and fix the one public origin."""
    typed = {name: request.form.get(name, "").strip()[:120] for name in ("name", "name_en", "origin")}
    wrong: dict[str, str] = {}
    if not 1 < len(typed["name"]) <= 30:
        wrong["name"] = _("县名要填，2 到 30 个字。")
    origin = doors.origin()
    try:
        if typed["origin"] or not origin:
            origin = fix_origin(typed["origin"])
    except (OriginBroken, OriginFixed) as refusal:
        wrong["origin"] = words.sentence(refusal.sentence, refusal.facts)
    if wrong:
        return _page(typed, wrong), 422
    with acting() as act:
        settle_county(act, name=typed["name"], name_en=typed["name_en"][:60], origin=origin)
    return redirect(url_for(".show"), 303)


def fix_origin(typed: str) -> str:
    """The origin that was typed, if it may still be fixed. Raises OriginBroken, OriginFixed."""
    origin, before = origin_of(typed), doors.origin()
    phones = reports.holdings(db.session()).phones
    if before and origin != before and phones:
        raise OriginFixed(phones=phones)
    return origin


@bp.post("/setup/<step>/later")
@needs(Duty.ADMINISTRATOR, everywhere=True)
def put_off(step: str) -> ResponseReturnValue:
    """Put a step off, or take it up again; the manual's step is put off by taking the one that came along."""
    if step not in STEPS[1:]:
        raise NotFound
    held = county(db.session()).put_off
    with acting() as act:
        settle_county(act, put_off=[one for one in held if one != step] if step in held else [*held, step])
    return redirect(url_for(".show"), 303)


@bp.post("/setup/over")
@needs(Duty.ADMINISTRATOR, everywhere=True)
def over() -> ResponseReturnValue:
    """Setting up is over: the administrator starts at the overview from now on."""
    with acting() as act:
        settle_county(act, set_up=True)
    return redirect(url_for("home.home"), 303)


def _page(typed: dict[str, str], wrong: dict[str, str]) -> str:
    settled, held = county(db.session()), reports.holdings(db.session())
    if not typed:
        typed = {"name": settled.name, "name_en": settled.name_en or "", "origin": doors.origin() or request.host_url.rstrip("/")}
    steps = [_step(key, settled, held) for key in STEPS]
    current = next((step.key for step in steps if step.state == "open"), None)
    if wrong:
        current = "county"
    return render_template(
        "setup/steps.html",
        here="setup",
        steps=steps,
        current=current,
        left=sum(step.state == "open" for step in steps),
        held=held,
        typed=typed,
        wrong=wrong,
        today=long_day(now()),
        is_ip=is_address(doors.origin()),
        fixed_by_file=bool(doors.house().settings.origin),
        over=settled.set_up,
    )


def _step(key: str, settled: County, held: Holdings) -> Step:
    title, minutes, done, told, missing, ways = _facts(key, settled, held)
    state = "ok" if done else "later" if key in settled.put_off else "open"
    return Step(key, title, told if done else missing, state, minutes, ways)


def _facts(key: str, settled: County, held: Holdings) -> tuple[str, int, bool, str, str, list[Way]]:
    """(title, minutes, whether done, what it holds, what is missing, ways of doing it) of one step."""
    if key == "county":
        done = bool(settled.name and doors.origin())
        told = _("%(name)s，手机登记用 %(origin)s", name=settled.name, origin=doors.origin())
        return _("县名与网址"), 3, done, told, _("县名印在每张照片和文件上；网址定下后，手机按它登记，不能再换。"), []
    if key == "areas":
        told = _("%(districts)s 个片区，%(zones)s 个责任区", districts=held.districts, zones=held.zones)
        return _("片区与责任区"), 10, held.zones > 0, told, _("点位、人员和问题都归到责任区。还没有责任区，点位就没有地方放。"), _import("areas", _("传责任区清单"), "areas.index")
    if key == "units":
        return _("责任单位清单"), 10, held.units > 0, _("%(n)s 个单位", n=held.units), _("问题交办给责任单位。还没有单位，查出的问题都会停在待交办。"), _import("units", _("传单位清单"), "units.index")
    if key == "people":
        told = _("%(people)s 人，其中管理员 %(admins)s 人", people=held.people, admins=held.administrators)
        return _("人员与岗位"), 15, held.people > 1, told, _("传花名册，每人得一张进门单，扫码就能进，不设初始密码。"), _import("people", _("传花名册"), "people.index")
    if key == "places":
        return _("点位清单"), 15, held.places > 0, _("%(n)s 处点位", n=held.places), _("有 Excel 就直接传，表头不用改；先预演，不满意不进库。也可以一处一处加。"), _import("places", _("传点位清单"), "places.index")
    if key == "manual":
        done = held.manual_version > 1
        told = _("第 %(version)s 版，%(kinds)s 类 %(criteria)s 条", version=held.manual_version, kinds=held.kinds, criteria=held.criteria)
        missing = _("已装入通用手册 %(kinds)s 类 %(criteria)s 条。按省里的手册改过再发布，或先用通用的。", kinds=held.kinds, criteria=held.criteria)
        return _("测评标准"), 10, done, told, missing, [Way(url_for("manual.index"), _("看标准，起草修改"), "file-text", main=True)]
    told = _("%(n)s 部手机已登记", n=held.phones)
    me = url_for("people.show", person_id=who().id)
    return _("第一部手机"), 5, held.phones > 0, told, _("在自己的页面上出示二维码，用手机扫一下；查 1 处、报 1 件，走通了再发通知。"), [Way(me, _("给自己的手机登记"), "qr-code", main=True)]


def _import(subject: str, word: str, by_hand: str) -> list[Way]:
    return [
        Way(url_for("imports.new", subject=subject), word, "upload", main=True),
        Way(url_for("imports.template", subject=subject), _("下载空表"), "download"),
        Way(url_for(by_hand), _("手工填写"), "plus"),
    ]


def leads_here() -> bool:
    """Whether an administrator's home is still the setting up: it was not ended, and there is no place to inspect yet."""
    settled = county(db.session())
    return standing().may_everywhere(Duty.ADMINISTRATOR) and not doors.house().settings.demo and not settled.set_up and reports.holdings(db.session()).places == 0
