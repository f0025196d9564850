"""What lists of units and of areas would come to, and taking them back."""

from pathlib import Path

from sqlalchemy import select

from fieldbook import places, workbooks
from fieldbook.accounts import Unit
from fieldbook.places import Area, Level
from fieldbook.workbooks import Asked, Verdict
from tests.county import named

UNITS, AREAS = places.SUBJECTS["units"], places.SUBJECTS["areas"]
UNIT_HEAD = ["单位名称", "简称", "牵头行业", "负责人", "联系人", "联系电话"]
AREA_HEAD = ["编号", "名称", "级别", "所属片区", "责任单位", "负责人"]
SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "places"


def planned(town, subject, head, *rows, **said):
    asked = Asked(**said)
    table = workbooks.choose(workbooks.read(workbooks.write_csv(head, rows)), subject.columns, mapping=asked.columns)
    plan = subject.plan(town.session, table, asked, town.at)
    assert sum(plan.counts.values()) == len(table.rows)
    return plan


def applied(town, subject, plan):
    with town.acting("ma") as act:
        return subject.apply(act, plan, named("an intake"))


def undone(town, subject, done):
    with town.acting("ma") as act:
        return subject.undo(act, done)


def verdicts(plan):
    return [line.verdict for line in plan.lines]


def test_units_are_made_changed_and_left_and_all_of_it_is_taken_back(town):
    rows = [["县教育局", "教育局", "学校", "李明", "王建华", "0550-1234567"], ["县城管局市政所", "市政所", "", "", "赵六", ""], ["县卫生健康局", "", "", "", "", ""]]
    plan = planned(town, UNITS, UNIT_HEAD, *rows)

    done = applied(town, UNITS, plan)

    assert verdicts(plan) == [Verdict.ADDED, Verdict.CHANGED, Verdict.UNCHANGED]
    made = town.session.scalars(select(Unit).where(Unit.name == "县教育局")).one()
    assert (made.short, made.trade, made.head, made.contact, made.phone) == ("教育局", "学校", "李明", "王建华", "0550-1234567")
    assert town.session.get(Unit, named("roads")).contact == "赵六"
    outcome = undone(town, UNITS, done)
    assert (outcome.removed, outcome.restored, outcome.stays) == (1, 1, [])
    assert town.session.get(Unit, named("roads"), populate_existing=True).contact == ""
    assert town.session.scalar(select(Unit.id).where(Unit.name == "县教育局")) is None


def test_a_unit_that_was_given_something_stays(town):
    done = applied(town, UNITS, planned(town, UNITS, UNIT_HEAD, ["县教育局", "", "", "", "", ""]))
    with town.acting("ma") as act:
        places.change_place(act, None, named("城南农贸市场"), unit_id=done.made["unit"][0])

    outcome = undone(town, UNITS, done)

    assert (outcome.removed, outcome.stays) == (0, [("县教育局", "used")])


def test_units_without_a_name_twice_in_the_list_or_too_long_are_refused(town):
    plan = planned(town, UNITS, UNIT_HEAD, ["", "x", "", "", "", ""], ["县教育局", "", "", "", "", ""], ["县教育局", "", "", "", "", ""], ["县文旅局", "长" * 21, "", "", "", ""])

    assert [(line.row, reason.code) for line in plan.lines for reason in line.reasons] == [(2, "name_missing"), (4, "repeat"), (5, "too_long")]


def test_areas_are_made_below_each_other_wherever_they_stand_in_the_list(town):
    rows = [["", "第9责任区", "", "北片区", "县城管局市政所", ""], ["", "北片区", "片区", "", "", "李明"], ["", "北一网格", "网格", "第9责任区", "", ""]]
    plan = planned(town, AREAS, AREA_HEAD, *rows)

    done = applied(town, AREAS, plan)

    assert verdicts(plan) == [Verdict.ADDED] * 3
    zone = town.session.scalars(select(Area).where(Area.name == "第9责任区")).one()
    district = town.session.get(Area, zone.parent_id)
    assert (zone.level, zone.code, zone.unit_id) == (Level.ZONE, "9", named("roads"))
    assert (district.name, district.level, district.head, district.parent_id) == ("北片区", Level.DISTRICT, "李明", named("county"))
    assert town.session.scalars(select(Area).where(Area.level == Level.GRID)).one().parent_id == zone.id
    outcome = undone(town, AREAS, done)
    assert (outcome.removed, outcome.stays) == (3, [])


def test_an_area_that_is_known_is_moved_and_renamed_and_given_back(town):
    rows = [["6", "南门新区", "责任区", "西片区", "", "王某"]]
    plan = planned(town, AREAS, AREA_HEAD, *rows)

    done = applied(town, AREAS, plan)

    assert {(change.field, change.old, change.new) for change in plan.lines[0].changes} == {("parent", "东片区", "西片区"), ("name", "南门", "南门新区"), ("head", "", "王某")}
    zone = town.session.get(Area, named("zone6"), populate_existing=True)
    assert (zone.name, zone.parent_id, zone.head) == ("南门新区", named("west"), "王某")
    assert undone(town, AREAS, done).restored == 1
    zone = town.session.get(Area, named("zone6"), populate_existing=True)
    assert (zone.name, zone.parent_id, zone.head) == ("南门", named("east"), "")


def test_an_unknown_parent_level_or_unit_is_asked_about(town):
    rows = [["", "甲", "", "无此片区", "", ""], ["", "乙", "星球", "", "", ""], ["", "丙", "", "", "无此单位", ""]]
    plan = planned(town, AREAS, AREA_HEAD, *rows)
    told = planned(town, AREAS, AREA_HEAD, rows[0], words={"district:无此片区": str(named("east"))})

    assert [(reason.code, reason.word) for line in plan.lines for reason in line.reasons] == [("district_unknown", "无此片区"), ("level_unknown", "星球"), ("unit_unknown", "无此单位")]
    assert told.lines[0].values["parent"] == str(named("east"))


def test_the_townships_of_five_counties_become_zones_when_somebody_says_where(town):
    file = SHARED / "townships_5_counties.csv"
    if not file.exists():
        print(f"no open list at {file}")
        return
    table = workbooks.choose(workbooks.read(file.read_bytes()), AREAS.columns)

    bare = AREAS.plan(town.session, table, Asked(), town.at)
    told = AREAS.plan(town.session, table, Asked(words={f"district:{reason.word}": "none" for reason, _ in bare.matters()}), town.at)

    assert len(table.rows) == 105
    assert {reason.code for reason, _ in bare.matters()} == {"district_unknown"}
    assert told.counts["added"] + told.counts["refused"] == 105
    assert {reason.code for reason, _ in told.matters()} <= {"repeat"}
