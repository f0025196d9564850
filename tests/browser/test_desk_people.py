"""People at the desk, in a real browser: a slip lets a phone in, a revoked phone is told, and who is disabled is out at once."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from fieldbook import accounts
from fieldbook.accounts import Person, Phone
from fieldbook.kernel import db
from tests import county as small
from tests import servers
from tests.browser.desks import Office
from tests.browser.people import until

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js"


def phone_of(office: Office) -> Page:
    """A phone that nobody has used yet."""
    context = office.chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(20_000)
    context.add_init_script(servers.SET_UP)
    office.open.append(context)
    return context.new_page()


def phones(office: Office, who: str) -> list[Phone]:
    db.session.rollback()
    return list(db.session.scalars(select(Phone).where(Phone.person_id == small.named(who)).order_by(Phone.enrolled_at)))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_newcomer_is_entered_and_their_slip_chooses_a_password_at_a_desk(office: Office, scripts: bool) -> None:
    page = office.at_the_desk("ma", scripts=scripts)
    page.goto(f"{office.address}/people")
    page.click("text=添加人员")
    page.fill("#name", "陈建国")
    page.fill("#login", "chenjg")
    page.fill("#contact", "13800001234")
    page.select_option("#duty", "inspector")
    page.select_option("#area", str(small.named("zone6")))
    page.click("main button.main")
    expect(page.locator("main h1")).to_have_text("陈建国")
    page.click("text=出入场单")
    code = page.locator(".slips .code").inner_text()

    newcomer = office.at_the_desk(None, scripts=scripts)
    newcomer.goto(f"{office.address}/enter")
    newcomer.fill("#code", code.lower().replace("-", ""))
    newcomer.fill("#password", "12345678")
    newcomer.click("button.main")
    expect(newcomer.locator(".note.fail a")).to_have_attribute("href", "#password")
    expect(newcomer.locator("#code")).to_have_value(code.lower().replace("-", ""))
    newcomer.fill("#password", "street and market 8")
    newcomer.click("button.main")
    newcomer.fill("#login", "chenjg")
    newcomer.fill("#password", "street and market 8")
    newcomer.click("main button.main")

    expect(newcomer.locator("#rail .me b")).to_have_text("陈建国")
    page.goto(f"{office.address}/people")
    expect(page.locator("tr", has_text="陈建国")).to_contain_text("第 6 责任区")


def test_a_scanned_slip_lets_a_phone_in_and_a_revoked_phone_is_told_and_emptied(office: Office) -> None:
    desk = office.at_the_desk("ma")
    desk.goto(f"{office.address}/people/{small.named('qian')}")
    desk.click("text=出入场单")
    scanned = desk.locator(".slips figure").get_attribute("data-code")
    assert scanned
    assert scanned.startswith(f"{office.address}/app/enrol#")

    phone = phone_of(office)
    phone.goto(scanned)
    phone.locator("nav.nav").wait_for()
    assert len(phones(office, "qian")) == 2
    again = phone_of(office)
    again.goto(scanned)
    expect(again.locator("[role=status]")).to_contain_text("用过")

    desk.goto(f"{office.address}/people/{small.named('qian')}")
    mine = desk.locator(".phones li", has_not_text="test")
    mine.locator("summary", has_text="停用手机").click()
    mine.get_by_role("button", name="停用这部手机").click()
    expect(desk.locator(".phones")).to_contain_text("已停用，等它交完再清空")
    phone.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    until(phone, lambda: "已停用" in phone.locator("body").inner_text(), what="the phone says that it was taken out of use")

    [emptied] = [one for one in phones(office, "qian") if one.name != "test"]
    assert emptied.wiped_at is not None


def test_who_is_disabled_is_out_at_the_next_click(office: Office) -> None:
    theirs, desk = office.at_the_desk("qian"), office.at_the_desk("ma")
    desk.goto(f"{office.address}/people/{small.named('qian')}")

    desk.locator("summary", has_text="停用账号").click()
    desk.get_by_role("button", name="确定停用").click()
    expect(desk.locator(".note")).to_contain_text("起停用，不能登录")
    theirs.goto(f"{office.address}/findings")

    expect(theirs).to_have_url(re.compile("/login"))
    db.session.rollback()
    assert db.session.get_one(Person, small.named("qian")).disabled_at is not None


def pages(office: Office) -> list[str]:
    """Every page about people, with something on it."""
    finding = office.finding("assigned")
    with office.town.acting("lin") as act:
        accounts.note_unsent(act, small.named("lin's phone"), 9, photos=24, since=office.town.at.replace(day=11))
    lin = small.named("lin")
    return ["/people", "/people?view=disabled", "/people/new", f"/people/{lin}", f"/people/{lin}/hand-over", f"/units/{finding.unit_id}/hand-over", "/held", "/enter"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_of_people_has_a_serious_barrier(office: Office, theme: str) -> None:
    paths = pages(office)
    page = office.at_the_desk("ma")
    page.context.add_cookies([{"name": "fieldbook-theme", "value": theme, "url": office.address}])
    script, barriers = AXE.read_text("utf-8"), []
    for path in paths:
        page.goto(office.address + path)
        page.evaluate(script)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html.slice(0, 160))]))")
        barriers += [(path, *one) for one in found if one[0] in ("serious", "critical")]

    assert barriers == []


@pytest.mark.parametrize("scripts", [True, False])
def test_long_after_the_login_the_password_is_asked_for_and_what_was_typed_is_done(office: Office, scripts: bool) -> None:
    office.finding("assigned")
    page = office.at_the_desk("ma", scripts=scripts)
    page.goto(f"{office.address}/people/new")
    page.fill("#name", "陈建国")
    page.fill("#login", "chenjg")
    with small.writing(db.session()):
        db.session.execute(update(accounts.LoginSession).values(confirmed_at=None))
    page.click("main form .btn.main")

    page.fill("#again", small.PASSWORD)
    page.click("text=确认，接着办")

    expect(page.locator("h1")).to_contain_text("陈建国")
    page.goto(f"{office.address}/findings")
    with small.writing(db.session()):
        db.session.execute(update(accounts.LoginSession).values(confirmed_at=None))
    page.click("text=导出所列")
    page.click("text=文本表格")
    page.fill("#again", small.PASSWORD)
    with page.expect_download() as taken:
        page.click("text=确认，接着办")
    assert taken.value.suggested_filename.endswith(".csv")
    page.locator("main .btn.main").click()
    expect(page).to_have_url(f"{office.address}/findings")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_of_people_runs_out_of_its_width(office: Office, language: str) -> None:
    paths, wide = pages(office), []
    page = office.at_the_desk("ma", language=language)
    for width in (1024, 1366):
        page.set_viewport_size({"width": width, "height": 768})
        for path in paths:
            page.goto(office.address + path)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append((width, path))

    assert wide == []
