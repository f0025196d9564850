"""Importing the list of people with their duties. Nobody gets a password from a list: each comes in by a link that works once."""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fieldbook import accounts, workbooks
from fieldbook.accounts import Duty, Person, Post
from fieldbook.kernel import Act, new_id
from fieldbook.workbooks import Applied, Asked, Change, Column, Line, Plan, Reason, Row, Table, Undone, Verdict, Way

from .importing import area_key, as_id, plain, read_areas, read_units, zone_keys
from .model import Area

COLUMNS = (
    Column("serial", "序号", ("编号", "No.", "序"), kept=False),
    Column("name", "姓名", ("名字", "人员姓名", "name"), must=True, example="王建华"),
    Column("login", "登录名", ("登录名手机号", "账号", "帐号", "用户名", "login"), example="wangjh"),
    Column("duty", "职责", ("岗位", "岗位职责", "角色", "职务", "duty"), must=True, example="巡查员"),
    Column("area", "责任区", ("片区", "责任区片区", "所属片区", "网格", "责任区域", "区域", "area"), example="第6责任区"),
    Column("unit", "单位", ("责任单位", "单位名称", "所在单位", "工作单位", "部门", "unit"), example="县城管局市政所"),
    Column("phone", "电话", ("手机", "手机号", "联系电话", "手机号码", "联系方式", "phone"), example="13900000000"),
)
MOST = {"name": 40, "login": 40, "phone": 40}
#: what a duty is called, by what is in the word; the first that fits counts
DUTIES = {
    "管理员": Duty.ADMINISTRATOR,
    "系统管理": Duty.ADMINISTRATOR,
    "指挥部": Duty.HEADQUARTERS,
    "指挥": Duty.HEADQUARTERS,
    "领导": Duty.HEADQUARTERS,
    "调度": Duty.DISPATCHER,
    "交办": Duty.DISPATCHER,
    "巡查": Duty.INSPECTOR,
    "检查": Duty.INSPECTOR,
    "督查": Duty.INSPECTOR,
    "网格员": Duty.INSPECTOR,
    "网格长": Duty.INSPECTOR,
    "复核": Duty.REVIEWER,
    "审核": Duty.REVIEWER,
    "核查": Duty.REVIEWER,
    "整改": Duty.RECTIFIER,
    "责任单位": Duty.RECTIFIER,
    "联络员": Duty.RECTIFIER,
    "承办": Duty.RECTIFIER,
    "审计": Duty.AUDITOR,
    "administrator": Duty.ADMINISTRATOR,
    "headquarters": Duty.HEADQUARTERS,
    "dispatcher": Duty.DISPATCHER,
    "inspector": Duty.INSPECTOR,
    "reviewer": Duty.REVIEWER,
    "rectifier": Duty.RECTIFIER,
    "auditor": Duty.AUDITOR,
}
#: duties that are for a part of the county unless the table says otherwise
IN_AN_AREA = {Duty.INSPECTOR, Duty.DISPATCHER, Duty.REVIEWER}
WHOLE = ("全县", "全市", "全区", "全部", "县", "wholecounty")
LOGIN = re.compile(r"[^\s/]{1,40}")


def plan_people(session: Session, table: Table, asked: Asked, now: datetime) -> Plan:
    """What a list of people would come to: a row is a person with one or more duties; the same person again is a further duty."""
    areas, zones, districts = read_areas(session)
    units, units_by_id = read_units(session)
    known = {person.login.lower(): person for person in session.scalars(select(Person))}
    posts: dict[UUID, set[tuple[str, UUID | None, UUID | None]]] = {}
    for post in session.scalars(select(Post).where(Post.ended_at.is_(None))):
        posts.setdefault(post.person_id, set()).add((str(post.duty), post.area_id, post.unit_id))
    names: dict[str, str] = {}
    plan = Plan()
    for row in table.rows:
        line = _line(row, asked)
        plan.lines.append(line)
        if line.verdict == Verdict.SKIPPED:
            continue
        login = line.values.get("login", "")
        person = known.get(login)
        if login and (person.name if person else names.get(login, line.name)) != line.name:
            line.reasons.append(Reason("login_taken", login, ways=(Way("skip"),)))
        duties = _duties(row, asked, line)
        where = _areas(row, asked, line, duties, zones, districts, areas)
        unit = _unit(row, asked, line, duties, units, units_by_id)
        if line.reasons:
            continue
        held = posts.get(person.id, set()) if person else set()
        # who rectifies does so for a unit, whatever the area; every other duty holds in an area
        wanted = [post for duty in duties for post in ([(str(duty), None, unit)] if duty is Duty.RECTIFIER else [(str(duty), area, None) for area in where])]
        new = [post for post in wanted if post not in held]
        line.values["posts"] = [[duty, str(area_id or ""), str(unit_id or "")] for duty, area_id, unit_id in new]
        line.changes = [Change("duty", "", f"{duty}|{areas[area_id].name if area_id else units_by_id[unit_id].name if unit_id else ''}") for duty, area_id, unit_id in new]
        phone = line.values["phone"]
        if person is not None and phone and phone != person.contact:
            line.changes.append(Change("phone", person.contact, phone))
        if person is None and login not in names:
            line.verdict = Verdict.ADDED
            line.changes = [Change("login", "", login), *line.changes, *([Change("phone", "", phone)] if phone else [])]
        else:
            line.id = person.id if person else None
            line.verdict = Verdict.CHANGED if line.changes else Verdict.UNCHANGED
        if person is not None:
            posts.setdefault(person.id, set()).update(new)
        names[login] = line.name
    return plan


def _line(row: Row, asked: Asked) -> Line:
    line = Line(row.number, Verdict.REFUSED, name=row.text("name")[:80])
    if "skip" in asked.of(row):
        line.verdict = Verdict.SKIPPED
        return line
    phone = re.sub(r"[\s-]", "", row.text("phone"))
    login = (row.text("login") or phone).lower()
    line.values = {"name": row.text("name"), "login": login, "phone": row.text("phone")}
    line.number = login if row.text("login") else ""
    if not line.name:
        line.reasons.append(Reason("name_missing", ways=(Way("skip"),)))
    if not login or not LOGIN.fullmatch(login):
        line.reasons.append(Reason("login_missing", ways=(Way("skip"),)))
    for name, limit in MOST.items():
        if len(line.values[name]) > limit:
            line.reasons.append(Reason("too_long", name, {"most": limit}, (Way("skip"),)))
    return line


def _duties(row: Row, asked: Asked, line: Line) -> list[Duty]:
    """The duties that a cell names; none at all when the person said so of empty cells."""
    text = row.text("duty")
    duties: list[Duty] = []
    for word in workbooks.split_list(text) or [""]:
        said = asked.word("duty", word)
        found = Duty(said) if said in list(Duty) else next((duty for part, duty in DUTIES.items() if word and part in plain(word)), None)
        if found is not None:
            duties += [found] if found not in duties else []
        elif word:
            line.reasons.append(Reason("duty_unknown", word[:40], ways=(Way("duty"), Way("skip"))))
        elif said != "none":
            line.reasons.append(Reason("duty_missing", ways=(Way("duty"), Way("duty", "none"), Way("skip"))))
    return duties


def _areas(
    row: Row, asked: Asked, line: Line, duties: list[Duty], zones: dict[str, list[Area]], districts: dict[str, Area], areas: dict[UUID, Area]
) -> list[UUID | None]:
    """The areas of the duties; None is the whole county, which must be said where a duty is usually for a part of it."""
    text = row.text("area")
    if not text:
        said = asked.word("zone", "")
        chosen = areas.get(as_id(said or ""))
        if chosen is None and said != "none" and set(duties) & IN_AN_AREA:
            line.reasons.append(Reason("zone_missing", ways=(Way("zone"), Way("zone", "none"), Way("skip"))))
        return [chosen.id if chosen else None]
    found: list[UUID | None] = []
    for word in _area_words(text):
        said = asked.word("zone", word)
        chosen = areas.get(as_id(said or ""))
        known = [chosen] if chosen else next((known for key in zone_keys(word) if (known := zones.get(key))), [])
        if said == "none" or plain(word) in WHOLE:
            found.append(None)
        elif len(known) == 1:
            found.append(known[0].id)
        elif area_key(word) in districts:
            found.append(districts[area_key(word)].id)
        else:
            line.reasons.append(Reason("zone_unknown", word[:60], ways=(Way("zone"), Way("zone", "none"), Way("skip"))))
    return list(dict.fromkeys(found))


def _area_words(text: str) -> list[str]:
    """第3、6责任区 is two of them: 3 and 6."""
    return [word.removeprefix("第") if re.fullmatch(r"第?\d+", word) else word for word in workbooks.split_list(text)]


def _unit(
    row: Row, asked: Asked, line: Line, duties: list[Duty], units: dict[str, list[accounts.UnitKnown]], units_by_id: dict[UUID, accounts.UnitKnown]
) -> UUID | None:
    """The unit a row names; who rectifies needs one."""
    text = row.text("unit")
    chosen = units_by_id.get(as_id(asked.word("unit", text) or ""))
    found = chosen or (next(iter(units.get(plain(text), [])), None) if text else None)
    if found is not None:
        return found.id
    needed = Duty.RECTIFIER in duties
    if text and (needed or asked.word("unit", text) != "none"):
        near = workbooks.nearest(text, [one.name for one in units_by_id.values()], least=0.5)
        like = next((one for one in units_by_id.values() if one.name == near), None)
        ways = ([Way("unit", str(like.id), like.name)] if like else []) + [Way("unit")] + ([] if needed else [Way("unit", "none")])
        line.reasons.append(Reason("unit_unknown", text[:80], ways=(*ways, Way("skip"))))
    elif needed:
        line.reasons.append(Reason("unit_missing", ways=(Way("unit"), Way("skip"))))
    return None


def apply_people(act: Act, plan: Plan, intake_id: UUID) -> Applied:
    """Make the people and give them the duties that the plan says."""
    done = Applied(made={"person": [], "post": []}, changed={"person": []})
    made: dict[str, UUID] = {}
    for line in plan.lines:
        if line.verdict not in (Verdict.ADDED, Verdict.CHANGED):
            continue
        values = line.values
        person_id = line.id or made.get(values["login"])
        if person_id is None:
            person_id = accounts.make_person(act, name=values["name"], login=values["login"], contact=values["phone"], id=new_id()).id
            act.session.flush()
            made[values["login"]] = person_id
            done.made["person"].append(person_id)
        elif line.id and any(change.field == "phone" for change in line.changes):
            person = act.session.get_one(Person, line.id)
            done.changed["person"].append((line.id, {"contact": person.contact}, {"contact": values["phone"]}))
            accounts.change_person(act, line.id, name=person.name, login=person.login, language=person.language, contact=values["phone"])
        for duty, area_id, unit_id in values["posts"]:
            before = {post.id for post in accounts.posts_of(act.session, person_id)}
            post = accounts.make_post(act, person_id, Duty(duty), area_id=UUID(area_id) if area_id else None, unit_id=UUID(unit_id) if unit_id else None)
            act.session.flush()
            if post.id not in before:
                done.made["post"].append(post.id)
    return done


def undo_people(act: Act, applied: Applied) -> Undone:
    """Take back the people and duties of an import. Who has come in or done something since stays, and only their duties end."""
    undone = Undone()
    people = applied.made.get("person", [])
    named = workbooks.named_elsewhere(act.session, Person, people, but=("post", "entry_link"))
    for post_id in applied.made.get("post", []):
        post = act.session.get(Post, post_id)
        if post is not None and post.person_id not in people and post.ended_at is None:
            accounts.end_post(act, post_id)
            undone.restored += 1
    for person_id, was, now in applied.changed.get("person", []):
        person = act.session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
        if person.contact != now["contact"]:
            undone.stays.append((person.name, "changed"))
            continue
        accounts.change_person(act, person_id, name=person.name, login=person.login, language=person.language, contact=was["contact"])
        undone.restored += 1
    for person_id in people:
        person = act.session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
        if person_id in named:
            undone.stays.append((person.name, "used"))
            continue
        act.record("person.removed", person_id, said={"name": person.name, "login": person.login})
        act.session.flush()
        act.session.expunge(person)
        for table in (Post, accounts.EntryLink):
            act.session.execute(delete(table).where(table.person_id == person_id).execution_options(synchronize_session=False))
        act.session.execute(delete(Person).where(Person.id == person_id).execution_options(synchronize_session=False))
        undone.removed += 1
    return undone
