"""The dispatcher's desk in a real browser: one finding and many, what is asked and what is taken back, with and without a script."""

import re

from playwright.sync_api import Page, expect

from fieldbook import findings
from fieldbook.findings import Finding, State
from tests import county as small
from tests.browser.desks import Office

ROADS, MARKET = str(small.named("roads")), str(small.named("market"))


def waiting(office: Office, count: int) -> list[Finding]:
    """Reports that wait for a unit, at places that have none."""
    return [office.finding("to_assign") for _ in range(count)]


def dispatch(office: Office, who: str = "chen", path: str = "/dispatch", **how: bool) -> Page:
    page = office.at_the_desk(who, **how)
    page.goto(office.address + path)
    return page


def choose(page: Page, unit: str) -> None:
    page.locator("#unit-else").check()
    page.select_option("#unit-other", unit)


# ---- one


def test_one_is_handed_over_and_the_next_lies_open(office: Office) -> None:
    first, second = waiting(office, 2)
    page = dispatch(office)
    expect(page.locator(".crumb a")).to_have_text(first.number)

    choose(page, ROADS)
    page.locator("label[for='term-1']").click()
    expect(page.locator(".u1")).to_contain_text("1 个工作日")
    page.get_by_role("button", name="交办").click()
    expect(page.locator(".did")).to_contain_text(f"已交办 {first.number}")

    expect(page.locator(".crumb a")).to_have_text(second.number)
    assert office.state(first) is State.ASSIGNED
    assert str(office.town.fresh(first).unit_id) == ROADS


def test_what_was_handed_over_is_taken_back(office: Office) -> None:
    [made] = waiting(office, 1)
    page = dispatch(office)
    choose(page, ROADS)
    page.get_by_role("button", name="交办").click()

    page.locator(".did").get_by_role("button", name="撤销").click()
    expect(page.locator(".did")).to_contain_text("已撤回 1 件")

    assert office.state(made) is State.TO_ASSIGN
    expect(page.locator(".crumb a")).to_have_text(made.number)


def test_without_a_unit_the_answer_stands_beside_the_choice(office: Office) -> None:
    [made] = waiting(office, 1)
    page = dispatch(office)
    page.locator("#unit-else").check()

    page.get_by_role("button", name="交办").click()

    expect(page.locator(".cand.other .er")).to_contain_text("没有找到这个责任单位")
    expect(page.locator(".note.fail a")).to_have_attribute("href", "#unit-other")
    assert office.state(made) is State.TO_ASSIGN


def test_who_put_such_things_right_before_is_proposed(office: Office) -> None:
    for _ in range(2):
        office.finding("cleared")
    made = office.finding("assigned")
    page = dispatch(office, "zhao", f"/findings/{made.id}")
    page.locator("summary", has_text="提异议").click()
    page.fill("#dispute-words", "摊位归市场监管所管")
    page.locator("details[open]").get_by_role("button", name="提异议").click()
    expect(page.locator(".did")).to_contain_text(f"已提异议 {made.number}")

    desk = dispatch(office, "chen", "/dispatch?heap=disputed")

    expect(desk.locator(".whom .note")).to_contain_text("摊位归市场监管所管")
    expect(desk.locator("label.cand").first).to_contain_text("件由它改好")
    expect(desk.locator("label.cand", has_text="城南农贸市场服务中心")).to_contain_text("它已说这一件不归它")


def test_a_report_is_merged_by_its_number_and_a_wrong_one_is_refused_beside_it(office: Office) -> None:
    known, again = office.finding("assigned"), office.finding("to_screen")
    page = dispatch(office, path="/dispatch?heap=to_screen")
    page.locator("summary", has_text="合并").click()
    page.fill("#merge-number", "CW-20200101-0009")
    page.locator("details[open]").get_by_role("button", name="合并").click()
    expect(page.locator("#merge-number-er")).to_contain_text("没有找到这个编号")
    expect(page.locator("#merge-number")).to_have_value("CW-20200101-0009")

    page.fill("#merge-number", known.number.lower())
    page.locator("details[open]").get_by_role("button", name="合并").click()
    expect(page.locator(".did")).to_contain_text(f"已合并 {again.number}")

    assert office.state(again) is State.MERGED
    assert office.town.fresh(again).merged_into == known.id


# ---- many


def test_several_are_previewed_and_the_count_agrees_with_the_button(office: Office) -> None:
    made = waiting(office, 3)
    odd = office.finding("to_screen")
    page = dispatch(office)
    for one in (*made[:2], odd):
        page.locator(f"#sel-{one.number}").check()
        expect(page.locator(f"#sel-{one.number}")).to_be_focused()
    expect(page.locator(".bulk b")).to_have_text("3")
    expect(page.locator(".note.fail")).to_contain_text("3 件交不出")

    page.select_option(".set select[name=unit]", ROADS)
    page.get_by_role("button", name="重算").click()
    expect(page.locator(".preview .grp")).to_contain_text("县城管局市政所")
    expect(page.locator(".note.fail")).to_contain_text("还没有审核")
    page.get_by_role("button", name="交办 2 件").click()
    expect(page.locator(".did")).to_contain_text("已交办 2 件，交 1 个单位")

    assert [office.state(one) for one in (*made, odd)] == [State.ASSIGNED, State.ASSIGNED, State.TO_ASSIGN, State.TO_SCREEN]
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".did")).to_contain_text("已撤回 2 件")
    assert {office.state(one) for one in made} == {State.TO_ASSIGN}


def test_one_that_somebody_else_handed_over_holds_no_other_up(office: Office) -> None:
    first, second = waiting(office, 2)
    page = dispatch(office, path=f"/dispatch?sel={first.number[3:]}.{second.number[3:]}&unit={ROADS}")
    office.town.say("void", first, who="ma")

    page.get_by_role("button", name="交办 2 件").click()

    expect(page.locator(".did")).to_contain_text(second.number)
    expect(page.locator(".note.fail")).to_contain_text("1 件没有办成")
    assert office.state(second) is State.ASSIGNED


def test_a_selection_of_the_list_is_previewed_by_unit(office: Office) -> None:
    made = [office.finding("assigned") for _ in range(2)]
    page = dispatch(office, path="/findings")

    for one in made:
        page.locator(f"input[value='{one.number[3:]}']").check()
    page.get_by_role("button", name="改派").click()
    expect(page).to_have_url(re.compile("of=picked"))

    expect(page.locator(".note.fail")).to_contain_text("已由城南农贸市场服务中心办理，重交会重新计时")
    page.select_option(".set select[name=unit]", ROADS)
    page.get_by_role("button", name="重算").click()

    expect(page.locator(".preview .grp")).to_contain_text("县城管局市政所")
    expect(page.get_by_role("button", name="交办 2 件")).to_be_visible()


def test_several_are_put_under_watch_with_one_reason(office: Office) -> None:
    made = [office.finding("assigned") for _ in range(2)]
    done = office.finding("cleared")
    page = dispatch(office, path=f"/dispatch/supervise?sel={'.'.join(one.number[3:] for one in (*made, done))}")
    expect(page.locator(".note.fail")).to_contain_text("已经结束")

    page.fill("#mark-words", "开学前必须改好")
    page.get_by_role("button", name="督办 2 件").click()
    expect(page.locator(".did")).to_contain_text("已督办 2 件")

    assert all(office.town.fresh(one).supervised_at for one in made)
    expect(page.locator("tr[data-row] .back", has_text="督办")).to_have_count(2)

    page.locator(".did").get_by_role("button", name="撤销").click()
    expect(page.locator(".did")).to_contain_text("已撤销 2 件")
    assert not any(office.town.fresh(one).supervised_at for one in made)


def test_such_ones_go_to_the_unit_from_now_on(office: Office) -> None:
    [made] = waiting(office, 1)
    page = dispatch(office, "ma")
    choose(page, ROADS)
    page.get_by_label("以后", exact=True).check()
    page.select_option(".fromnow select", "zone")
    page.get_by_role("button", name="交办").click()
    expect(page.locator(".did")).to_contain_text(f"已交办 {made.number}")

    page.goto(office.address + "/settings/rules")
    expect(page.locator(".rules tbody")).to_contain_text("县城管局市政所")
    assert office.town.report(place="南门桥头", criterion=None).why_unit == "rule"


# ---- what is asked for


def test_more_time_is_asked_for_and_granted(office: Office) -> None:
    made = office.finding("accepted")
    unit = office.at_the_desk("zhao")
    unit.goto(f"{office.address}/findings/{made.id}")
    unit.locator("summary", has_text="申请延期").click()
    unit.fill("#ask_extension-due", "2025-06-20")
    unit.fill("#ask_extension-words", "管材 18 日到货")
    unit.locator("details[open]").get_by_role("button", name="申请延期").click()
    expect(unit.locator(".now .st")).to_contain_text("延期待批")

    desk = dispatch(office, path="/dispatch?heap=extension")
    expect(desk.locator(".hours .x").first).to_be_visible()
    expect(desk.locator(".whom .note")).to_contain_text("管材 18 日到货")
    desk.get_by_role("button", name="批准延期").click()
    expect(desk.locator(".did")).to_contain_text("已延期")

    fresh = office.town.fresh(made)
    assert (fresh.extended, fresh.asked_id, fresh.due_at.date().isoformat() if fresh.due_at else "") == (1, None, "2025-06-20")


def test_a_refusal_of_more_time_needs_a_reason(office: Office) -> None:
    made = office.finding("accepted")
    with office.town.acting("zhao") as act:
        findings.ask_extension(act, office.town.standing("zhao"), made.id, due_at=office.town.at.replace(day=20), words="雨天")
    page = dispatch(office, path=f"/findings/{made.id}", scripts=False)
    page.locator("summary", has_text="不批").click()
    page.fill("#refuse_extension-words", "可以先清掏")
    page.locator("details[open]").get_by_role("button", name="不批").click()

    expect(page.locator(".tl li").first).to_contain_text("延期不批")
    assert office.town.fresh(made).asked_id is None


# ---- without a script


def test_the_dispatchers_desk_goes_without_a_script(office: Office) -> None:
    made = waiting(office, 3)
    page = dispatch(office, scripts=False)
    choose(page, ROADS)
    page.get_by_role("button", name="交办").click()
    assert office.state(made[0]) is State.ASSIGNED

    for one in made[1:]:
        page.locator(f"#sel-{one.number}").check()
    page.get_by_role("button", name="看所选的预演").click()
    page.select_option(".set select[name=unit]", MARKET)
    page.get_by_role("button", name="重算").click()
    page.get_by_role("button", name="交办 2 件").click()
    assert [office.state(one) for one in made[1:]] == [State.ASSIGNED, State.ASSIGNED]
    page.locator(".did").get_by_role("button", name="撤销").click()

    assert [office.state(one) for one in made] == [State.ASSIGNED, State.TO_ASSIGN, State.TO_ASSIGN]
