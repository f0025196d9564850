"""Importing the list of areas: districts, zones and grids, each within the one before."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from fieldbook.kernel import Act
from fieldbook.workbooks import Applied, Asked, Change, Column, Line, Plan, Reason, Row, Table, Undone, Verdict, Way

from .areas import ORDER, change_area, make_area, move_area
from .importing import area_key, as_id, plain, read_areas, read_units
from .importing_units import line_of, remove_made, settle
from .model import Area, Level

COLUMNS = (
    Column("serial", "序号", ("No.", "序"), kept=False),
    Column("code", "编号", ("责任区编号", "网格编号", "编码", "代码", "区号", "乡镇街道代码", "code"), example="9"),
    Column("name", "名称", ("责任区", "责任区名称", "片区名称", "网格名称", "网格", "区域名称", "街道", "乡镇", "name"), must=True, example="桃园责任区"),
    Column("level", "级别", ("层级", "类型", "类别", "level"), example="责任区"),
    Column("parent", "上级", ("所属片区", "片区", "上级区域", "所属责任区", "分指挥部", "县", "所属县", "parent"), example="东片区"),
    Column("unit", "责任单位", ("包保单位", "责任部门", "单位"), example="城关镇人民政府"),
    Column("head", "负责人", ("区长", "责任人", "网格长", "路长"), example="王建华"),
    Column("contact", "联系方式", ("联系电话", "电话", "手机", "手机号"), example="13900000000"),
    Column("name_en", "英文名", ("英文名称",), example=""),
)
MOST = {"code": 20, "name": 60, "head": 40, "contact": 80, "name_en": 80}
LEVELS = {
    "片区": Level.DISTRICT,
    "分指挥部": Level.DISTRICT,
    "战区": Level.DISTRICT,
    "责任区": Level.ZONE,
    "街道": Level.ZONE,
    "乡镇": Level.ZONE,
    "镇": Level.ZONE,
    "网格": Level.GRID,
    "district": Level.DISTRICT,
    "zone": Level.ZONE,
    "grid": Level.GRID,
}


def plan_areas(session: Session, table: Table, asked: Asked, now: datetime) -> Plan:
    """What a list of areas would come to. Areas of the table itself may be the parents of others, wherever they stand in it."""
    known, _zones, _districts = read_areas(session)
    units, units_by_id = read_units(session)
    here = {level: {area_key(area.name): area for area in known.values() if area.level == level and area.merged_into is None} for level in ORDER}
    codes = {(area.level, area.code): area for area in known.values() if area.code and area.merged_into is None}
    coming = {area_key(row.text("name")): _level(row) for row in table.rows if row.text("name")}
    plan, seen = Plan(), dict[tuple[str, str], int]()
    for row in table.rows:
        line = line_of(row, asked, MOST)
        plan.lines.append(line)
        if line.verdict == Verdict.SKIPPED or line.reasons:
            continue
        level = _level(row)
        if level is None:
            line.reasons.append(Reason("level_unknown", row.text("level")[:20], ways=(Way("skip"),)))
            continue
        line.values["level"] = str(level)
        key = (str(level), area_key(line.name))
        if key in seen:
            line.reasons.append(Reason("repeat", line.name, {"row": seen[key]}, (Way("skip"),)))
            continue
        seen[key] = row.number
        found = here[level].get(key[1])
        same_code = codes.get((level, line.values["code"]))
        if same_code is not None and found is not None and same_code.id != found.id:
            line.reasons.append(Reason("code_twice", line.values["code"], {"rows": row.number}, (Way("skip"),)))
            continue
        found = found or same_code
        if found is not None and not line.values["code"]:
            line.values["code"] = found.code
        parent = _parent(row, level, here, coming, asked, line, found)
        unit = row.text("unit")
        if unit:
            said = asked.word("unit", unit)
            match = units.get(plain(unit), [])
            chosen = units_by_id.get(as_id(said or ""))
            if chosen or len(match) == 1:
                line.values["unit_id"] = str((chosen or match[0]).id)
            elif said != "none":
                line.reasons.append(Reason("unit_unknown", unit, ways=(Way("unit"), Way("unit", "none"))))
        if line.reasons:
            continue
        line.number = line.values["code"]
        _compare(row, line, found, parent, known, unit)
    _give_codes(plan, {area.code for area in known.values()})
    return plan


def _level(row: Row) -> Level | None:
    """The level a row names; a zone where it names none."""
    text = plain(row.text("level"))
    if not text:
        return Level.ZONE
    return next((level for word, level in LEVELS.items() if word in text), None)


def _parent(
    row: Row, level: Level, here: dict[Level, dict[str, Area]], coming: dict[str, Level | None], asked: Asked, line: Line, found: Area | None
) -> str:
    """The parent: an id, "row:name" of another row, or nothing. A parent nobody knows is asked about."""
    text = row.text("parent")
    above = [one for one in ORDER if ORDER.index(one) < ORDER.index(level)]
    said = asked.word("district", text)
    if said and said not in ("new", "none"):
        line.values["parent"] = said
        return said
    key = area_key(text)
    for one in reversed(above):
        if text and key in here[one]:
            line.values["parent"] = str(here[one][key].id)
            return str(line.values["parent"])
    if text and key in coming and coming[key] in above:
        line.values["parent"] = f"row:{key}"
        return f"row:{key}"
    county = next(iter(here[Level.COUNTY].values()), None)
    if not text or said == "none":
        if found is not None:
            return str(found.parent_id or "")
        districts = list(here[Level.DISTRICT].values())
        alone = districts[0] if level == Level.ZONE and len(districts) == 1 else county
        line.values["parent"] = str(alone.id) if alone else ""
        return str(line.values["parent"])
    line.reasons.append(Reason("district_unknown", text[:60], ways=(Way("district"), Way("district", "none"), Way("skip"))))
    return ""


def _compare(row: Row, line: Line, found: Area | None, parent: str, known: dict[UUID, Area], unit: str) -> None:
    name = known[UUID(parent)].name if parent and not parent.startswith("row:") else row.text("parent") if parent else ""
    if found is None:
        settle(line, None)
        line.changes = [Change("level", "", line.values["level"]), *([Change("parent", "", name)] if name else []), *([Change("unit", "", unit)] if unit else []), *(one for one in line.changes if one.field in ("head", "contact"))]
        return
    if parent and parent != str(found.parent_id or ""):
        had = known.get(found.parent_id) if found.parent_id else None
        line.changes.append(Change("parent", had.name if had else "", name))
    if line.values.get("unit_id") and line.values["unit_id"] != str(found.unit_id):
        line.changes.append(Change("unit", "", unit))
    if line.name != found.name:
        line.changes.append(Change("name", found.name, line.name))
    level = line.values.pop("level")
    settle(line, found)
    line.values["level"] = level


def _give_codes(plan: Plan, used: set[str]) -> None:
    """New zones without a code get the number in their name, else the next one."""
    taken = used | {line.values["code"] for line in plan.lines if line.values.get("code")}
    for line in plan.lines:
        if line.verdict == Verdict.ADDED and not line.values["code"]:
            digits = "".join(letter for letter in line.name if letter.isdecimal())[:4].lstrip("0")
            number = digits if digits and digits not in taken else str(max((int(code) for code in taken if code.isdecimal() and len(code) < 6), default=0) + 1)
            taken.add(number)
            line.values["code"] = line.number = number


def apply_areas(act: Act, plan: Plan, intake_id: UUID) -> Applied:
    """Make and change the areas that the plan says, the larger ones first."""
    done = Applied(made={"area": []}, changed={"area": []})
    made: dict[str, UUID] = {}
    lines = sorted((line for line in plan.lines if line.verdict in (Verdict.ADDED, Verdict.CHANGED)), key=lambda line: ORDER.index(Level(line.values["level"])))
    for line in lines:
        values = line.values
        parent = values.get("parent") or ""
        parent_id = made.get(parent.removeprefix("row:")) if parent.startswith("row:") else UUID(parent) if parent else None
        unit_id = UUID(values["unit_id"]) if values.get("unit_id") else None
        if line.verdict == Verdict.ADDED:
            area = make_area(
                act,
                level=Level(values["level"]),
                name=values["name"],
                code=values["code"],
                name_en=values["name_en"],
                parent_id=parent_id,
                unit_id=unit_id,
                head=values["head"],
                contact=values["contact"],
            )
            act.session.flush()
            made[area_key(area.name)] = area.id
            done.made["area"].append(area.id)
            continue
        assert line.id is not None
        made[area_key(line.name)] = line.id
        area = act.session.get_one(Area, line.id)
        touched = {change.field for change in line.changes}
        now: dict[str, Any] = {name: values[name] for name in ("name", "code", "head", "contact", "name_en") if name in touched} | ({"unit_id": unit_id} if "unit" in touched else {})
        was = {name: getattr(area, name) for name in now}
        if now:
            change_area(act, None, line.id, **now)
        if "parent" in touched and parent_id is not None:
            was["parent_id"], now["parent_id"] = area.parent_id, parent_id
            move_area(act, None, line.id, parent_id=parent_id)
        done.changed["area"].append((line.id, _plain(was), _plain(now)))
    return done


def _plain(values: dict[str, object]) -> dict[str, object]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}


def undo_areas(act: Act, applied: Applied) -> Undone:
    """Take back the areas an import made and changed, but for what something followed."""
    undone = Undone()
    for area_id, was, now in applied.changed.get("area", []):
        area = act.session.get(Area, area_id, with_for_update=True, populate_existing=True)
        if area is None or area.merged_into is not None or any(_plain({name: getattr(area, name)})[name] != value for name, value in now.items()):
            undone.stays.append((area.name if area else "–", "changed"))
            continue
        before: dict[str, Any] = {name: UUID(value) if name.endswith("_id") and value else value for name, value in was.items()}
        parent_id = before.pop("parent_id", None)
        if before:
            change_area(act, None, area_id, **before)
        if parent_id is not None:
            move_area(act, None, area_id, parent_id=parent_id)
        undone.restored += 1
    remove_made(act, Area, applied.made.get("area", []), "area.removed", undone)
    return undone


