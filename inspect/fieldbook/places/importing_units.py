"""Importing the list of responsible units: matched by name, compared, made or changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fieldbook import accounts, workbooks
from fieldbook.accounts import Unit
from fieldbook.kernel import NIL, Act
from fieldbook.workbooks import Applied, Asked, Change, Column, Line, Plan, Reason, Row, Table, Undone, Verdict, Way

from .importing import plain, read_units

COLUMNS = (
    Column("serial", "序号", ("编号", "No.", "序"), kept=False),
    Column("name", "单位名称", ("名称", "单位", "责任单位", "部门名称", "部门", "单位全称", "成员单位", "name"), must=True, example="县市场监督管理局"),
    Column("short", "简称", ("单位简称", "short"), example="市监局"),
    Column("trade", "行业", ("牵头行业", "负责行业", "职责领域", "分管领域"), example="集贸市场"),
    Column("lead", "主管部门", ("上级部门", "牵头单位", "牵头部门", "上级单位", "主管单位"), example=""),
    Column("head", "负责人", ("主要负责人", "单位负责人", "分管领导", "责任领导"), example="李明"),
    Column("contact", "联系人", ("联络员", "具体联系人", "经办人", "责任人"), example="王建华"),
    Column("phone", "联系电话", ("电话", "手机", "手机号", "联系方式", "办公电话", "手机号码"), example="0550-0000000"),
    Column("name_en", "英文名", ("英文名称",), example=""),
)
MOST = {"name": 80, "short": 20, "trade": 40, "lead": 80, "head": 40, "contact": 40, "phone": 40, "name_en": 120}


def plan_units(session: Session, table: Table, asked: Asked, now: datetime) -> Plan:
    """What a list of units would come to."""
    units, _by_id = read_units(session)
    plan, seen = Plan(), dict[str, int]()
    for row in table.rows:
        line = line_of(row, asked, MOST)
        plan.lines.append(line)
        if line.verdict == Verdict.SKIPPED or line.reasons:
            continue
        key = plain(line.name)
        if key in seen:
            line.reasons.append(Reason("repeat", line.name, {"row": seen[key]}, (Way("skip"),)))
            continue
        seen[key] = row.number
        found = units.get(key, [])
        settle(line, found[0] if len(found) == 1 else None)
    return plan


def line_of(row: Row, asked: Asked, most: dict[str, int]) -> Line:
    """A row with its texts taken over, or refused because its name is missing or something is too long."""
    line = Line(row.number, Verdict.REFUSED, name=row.text("name")[:120])
    if "skip" in asked.of(row):
        line.verdict = Verdict.SKIPPED
        return line
    if not line.name:
        line.reasons.append(Reason("name_missing", ways=(Way("skip"),)))
    for name, limit in most.items():
        line.values[name] = row.text(name)
        if len(line.values[name]) > limit:
            line.reasons.append(Reason("too_long", name, {"most": limit}, (Way("skip"),)))
    return line


def settle(line: Line, thing: Any) -> None:
    """Say whether a row adds a thing, changes it or leaves it; an empty cell says nothing."""
    told = {name: value for name, value in line.values.items() if value and isinstance(value, str)}
    if thing is None:
        line.verdict = Verdict.ADDED
        line.changes = [Change(name, "", value) for name, value in told.items() if name != "name"]
        return
    line.id, line.version = thing.id, thing.version
    line.changes += [Change(name, getattr(thing, name), value) for name, value in told.items() if hasattr(thing, name) and getattr(thing, name) != value and name != "name"]
    line.verdict = Verdict.CHANGED if line.changes else Verdict.UNCHANGED


def apply_units(act: Act, plan: Plan, intake_id: UUID) -> Applied:
    """Make and change the units that the plan says."""
    done = Applied(made={"unit": []}, changed={"unit": []})
    for line in plan.lines:
        if line.verdict == Verdict.ADDED:
            done.made["unit"].append(accounts.make_unit(act, **{name: line.values[name] for name in MOST}).id)
            act.session.flush()
        elif line.verdict == Verdict.CHANGED and line.id is not None:
            now = {change.field: change.new for change in line.changes}
            accounts.change_unit(act, line.id, version=line.version, **now)
            done.changed["unit"].append((line.id, {change.field: change.old for change in line.changes}, now))
    return done


def undo_units(act: Act, applied: Applied) -> Undone:
    """Take back the units an import made and changed, but for what something followed."""
    undone = Undone()
    for unit_id, was, now in applied.changed.get("unit", []):
        unit = act.session.get(Unit, unit_id, with_for_update=True, populate_existing=True)
        if unit is None or unit.closed_at is not None or any(getattr(unit, name) != value for name, value in now.items()):
            undone.stays.append((unit.name if unit else "–", "changed"))
            continue
        accounts.change_unit(act, unit_id, **was)
        undone.restored += 1
    remove_made(act, Unit, applied.made.get("unit", []), "unit.removed", undone)
    return undone


def remove_made(act: Act, table: type[Any], made: list[UUID], verb: str, undone: Undone) -> None:
    """Remove the units or areas that were made and that nothing names; the last made go first, since they lie within earlier ones."""
    act.session.flush()
    for row_id in reversed(made):
        row = act.session.get(table, row_id, with_for_update=True)
        if row is None:
            continue
        if workbooks.named_elsewhere(act.session, table, [row_id]) or row.version != 1:
            undone.stays.append((row.name, "used" if row.version == 1 else "changed"))
            continue
        act.record(verb, row_id, reach=[NIL], said={"name": row.name})
        act.session.expunge(row)
        act.session.execute(delete(table).where(table.id == row_id).execution_options(synchronize_session=False))
        undone.removed += 1
