"""What a register of people would come to, row by row; entered as one, taken back as one, and nobody gets a password."""

from typing import Any

from sqlalchemy import select

from fieldbook import accounts, places, workbooks
from fieldbook.accounts import Duty, Person
from fieldbook.workbooks import Applied, Asked, Plan, Undone, Verdict
from tests.county import County, named

PEOPLE = places.SUBJECTS["people"]
HEAD = ["姓名", "账号", "职责", "责任区", "单位", "电话"]


def planned(town: County, *rows: list[str], **said: Any) -> Plan:
    asked = Asked(**said)
    table = workbooks.choose(workbooks.read(workbooks.write_csv(HEAD, rows)), PEOPLE.columns, sheet=None, mapping=asked.columns)
    plan = PEOPLE.plan(town.session, table, asked, town.at)
    assert sum(plan.counts.values()) == len(table.rows)
    return plan


def applied(town: County, plan: Plan) -> Applied:
    with town.acting("ma") as act:
        return PEOPLE.apply(act, plan, named("an intake"))


def undone(town: County, done: Applied) -> Undone:
    with town.acting("ma") as act:
        return PEOPLE.undo(act, done)


def person(town: County, login: str) -> Person | None:
    town.session.rollback()
    return town.session.scalar(select(Person).where(Person.login == login))


def posts(town: County, login: str) -> list[tuple[str, Any, Any]]:
    found = person(town, login)
    assert found is not None
    return [(post.duty, post.area_id, post.unit_id) for post in accounts.posts_of(town.session, found.id)]


def reasons(plan: Plan) -> list[tuple[int, str, str]]:
    return [(line.row, reason.code, reason.word) for line in plan.lines for reason in line.reasons]


NEW = ["陈建国", "chenjg", "巡查员", "第6责任区", "", "13800001234"]


def test_a_newcomer_is_entered_with_a_post_and_without_a_password(town: County):
    applied(town, planned(town, NEW))

    made = person(town, "chenjg")
    assert made is not None
    assert (made.name, made.contact, made.password) == ("陈建国", "13800001234", "")
    assert posts(town, "chenjg") == [(Duty.INSPECTOR, named("zone6"), None)]
    assert town.entries(made.id) == ["person.made", "post.made"]


def test_the_same_register_again_changes_nothing(town: County):
    applied(town, planned(town, NEW))

    assert [line.verdict for line in planned(town, NEW).lines] == [Verdict.UNCHANGED]


def test_several_rows_of_one_login_are_several_posts_and_one_cell_may_name_several_zones(town: County):
    plan = planned(town, ["陈建国", "chenjg", "巡查", "第3、6责任区", "", ""], ["陈建国", "chenjg", "整改人", "", "城南农贸市场服务中心", ""])

    applied(town, plan)

    given = {(Duty.INSPECTOR, named("zone3"), None), (Duty.INSPECTOR, named("zone6"), None), (Duty.RECTIFIER, None, named("market"))}
    assert set(posts(town, "chenjg")) == given


def test_who_is_known_gets_what_is_new_and_keeps_what_they_have(town: County):
    plan = planned(town, ["Lin", "LIN", "复核员", "全县", "", "13900005678"])

    applied(town, plan)

    assert [line.verdict for line in plan.lines] == [Verdict.CHANGED]
    assert sorted(duty for duty, _, _ in posts(town, "lin")) == [Duty.INSPECTOR, Duty.REVIEWER]
    found = person(town, "lin")
    assert found is not None
    assert found.contact == "13900005678"


def test_what_cannot_be_is_said_row_by_row_with_a_way_out(town: County):
    plan = planned(
        town,
        ["", "a", "巡查", "6", "", ""],
        ["乙", "", "巡查", "6", "", ""],
        ["丙", "lin", "巡查", "6", "", ""],
        ["丁", "d", "打更的", "6", "", ""],
        ["戊", "e", "巡查", "第99责任区", "", ""],
        ["己", "f", "整改", "", "", ""],
        ["庚", "g", "整改", "", "无此单位", ""],
        ["辛", "h", "巡查", "", "", ""],
        ["壬", "i", "", "6", "", ""],
    )

    assert reasons(plan) == [
        (2, "name_missing", ""),
        (3, "login_missing", ""),
        (4, "login_taken", "lin"),
        (5, "duty_unknown", "打更的"),
        (6, "zone_unknown", "第99责任区"),
        (7, "unit_missing", ""),
        (8, "unit_unknown", "无此单位"),
        (9, "zone_missing", ""),
        (10, "duty_missing", ""),
    ]
    assert all(reason.ways for line in plan.lines for reason in line.reasons)


def test_a_word_of_the_person_settles_what_was_unclear(town: County):
    rows = [["丁", "d", "打更的", "6", "", ""], ["壬", "i", "", "6", "", ""], ["戊", "e", "巡查", "老城", "", ""]]

    plan = planned(town, *rows, words={"duty:打更的": "inspector", "duty:": "none", "zone:老城": str(named("zone3"))})
    applied(town, plan)

    assert [line.verdict for line in plan.lines] == [Verdict.ADDED] * 3
    assert (posts(town, "d"), posts(town, "i"), posts(town, "e")) == ([(Duty.INSPECTOR, named("zone6"), None)], [], [(Duty.INSPECTOR, named("zone3"), None)])


def test_without_a_login_the_telephone_serves(town: County):
    applied(town, planned(town, ["丁一", "", "巡查", "6", "", "138 0000 1234"]))

    assert person(town, "13800001234") is not None


def test_taken_back_newcomers_go_and_others_lose_what_it_gave_them(town: County):
    done = applied(town, planned(town, NEW, ["Lin", "lin", "复核", "全县", "", "139"]))

    found = undone(town, done)

    assert (found.removed, found.stays) == (1, [])
    assert person(town, "chenjg") is None
    assert [duty for duty, _, _ in posts(town, "lin")] == [Duty.INSPECTOR]
    lin = person(town, "lin")
    assert lin is not None
    assert lin.contact == ""


def test_who_has_come_in_meanwhile_stays(town: County):
    done = applied(town, planned(town, NEW))
    made = person(town, "chenjg")
    assert made is not None
    with town.acting("ma") as act:
        token = accounts.make_link(act, made.id)
    with town.acting("ma") as act:
        accounts.enrol_by_link(act, token, named("a new phone"))

    found = undone(town, done)

    assert (found.removed, found.stays) == (0, [("陈建国", "used")])
    assert posts(town, "chenjg") == [(Duty.INSPECTOR, named("zone6"), None)]


def test_a_number_that_a_list_shows_masked_is_never_written(town: County):
    applied(town, planned(town, NEW))

    plan = planned(town, [*NEW[:5], "138****1234"], ["周一", "zhouyi", "巡查员", "第6责任区", "", "139****0000"], ["吴二", "137****0001", "巡查员", "第6责任区", "", ""])
    assert [line.verdict for line in plan.lines] == [Verdict.UNCHANGED, Verdict.ADDED, Verdict.REFUSED]
    applied(town, plan)

    assert person(town, "chenjg").contact == "13800001234"
    assert person(town, "zhouyi").contact == ""
