"""The list of findings in a real browser: views of one's own, what is ticked, and taking the list away."""

import csv
import io
import zipfile

from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.desks import Office


def listing(office: Office, path: str = "/findings", who: str = "ma", **how: bool) -> Page:
    page = office.at_the_desk(who, **how)
    page.goto(office.address + path)
    return page


# ---- views


def test_a_filter_is_kept_under_a_name_renamed_and_deleted(office: Office) -> None:
    office.finding("assigned")
    office.finding("returned")
    page = listing(office, "/findings?state=returned")

    page.locator("summary", has_text="存为视图").click()
    page.fill("#view-name", "周五例会")
    page.get_by_role("button", name="存下").click()
    mine = page.locator(".tabs a[aria-current]")
    expect(mine).to_have_text("我存的：周五例会1")
    page.goto(f"{office.address}/findings")
    page.locator(".tabs a", has_text="周五例会").click()
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.locator("summary", has_text="改视图").click()
    page.fill("#view-name", "周一例会")
    page.get_by_role("button", name="改名").click()
    expect(mine).to_contain_text("周一例会")
    page.locator("summary", has_text="改视图").click()
    page.get_by_role("button", name="删去这个视图").click()

    expect(page.locator(".tabs a", has_text="例会")).to_have_count(0)
    expect(page.locator("tr[data-row]")).to_have_count(1)


def test_a_second_view_of_the_same_name_is_refused_beside_the_field(office: Office) -> None:
    office.finding("assigned")
    page = listing(office, "/findings?view=all", scripts=False)
    for again, path in enumerate(("/findings?view=all", "/findings?view=overdue")):
        page.goto(office.address + path)
        page.locator("summary", has_text="存为视图").click()
        page.fill("#view-name", "我的")
        page.get_by_role("button", name="存下").click()
        if not again:
            expect(page.locator(".tabs a[aria-current]")).to_contain_text("我的")

    expect(page.locator("#view-er")).to_contain_text("您已有同名的视图")
    expect(page.locator("#view-name")).to_have_value("我的")


def test_nobody_sees_the_views_of_others(office: Office) -> None:
    office.finding("assigned")
    page = listing(office, "/findings?view=all")
    page.locator("summary", has_text="存为视图").click()
    page.fill("#view-name", "我的")
    page.get_by_role("button", name="存下").click()
    expect(page.locator(".tabs a[aria-current]")).to_contain_text("我的")

    other = listing(office, "/findings?view=all", who="chen")

    expect(other.locator(".tabs a", has_text="我的")).to_have_count(0)


# ---- what is ticked


def test_what_is_ticked_survives_another_order_and_can_be_let_go(office: Office) -> None:
    first, second = office.finding("assigned"), office.finding("assigned")
    page = listing(office)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".bulk b")).to_have_text("1")
    expect(page.locator(".bulk .sayx")).to_contain_text("1 个责任单位，0 件超期")

    page.locator(".sort summary").click()
    page.get_by_role("link", name="按编号").click()
    expect(page.locator(".sort summary")).to_contain_text("按编号")
    expect(page.locator(f"input[value='{first.number[3:]}']")).to_be_checked()
    expect(page.locator(f"input[value='{second.number[3:]}']")).not_to_be_checked()
    page.locator("[data-clear]").click()

    expect(page.locator(".bulk")).to_be_hidden()
    expect(page.locator("input[name=sel]:checked")).to_have_count(0)


def test_who_dispatches_nothing_has_nothing_to_tick(office: Office) -> None:
    office.finding("assigned")

    page = listing(office, who="wu")

    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page.locator("input[type=checkbox], .bulk")).to_have_count(0)


# ---- taking it away


def test_the_workbook_holds_what_is_listed_and_text_stays_text(office: Office) -> None:
    nasty = office.town.report(words='=HYPERLINK("http://evil.example","x")')
    office.finding("cleared")
    page = listing(office, "/findings?view=open")

    page.locator(".menu summary").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Excel 工作簿").click()
    rows = CalamineWorkbook.from_path(str(taken.value.path())).get_sheet_by_index(0).to_python(skip_empty_area=True)
    heads = next(row for row in rows if row[0] == "序号")
    listed = [row for row in rows if str(row[1]).startswith("CW-")]

    assert [row[1] for row in listed] == [nasty.number]
    assert listed[0][heads.index("存在问题")] == '=HYPERLINK("http://evil.example","x")'
    assert listed[0][heads.index("状态")] == "待签收"
    with zipfile.ZipFile(taken.value.path()) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets
    assert not any(b"<f>" in sheet or b"hyperlink" in sheet for sheet in sheets)


def test_the_plain_table_holds_the_same_and_is_harmless(office: Office) -> None:
    nasty = office.town.report(words="=1+1")
    page = listing(office)

    page.locator(".menu summary").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="文本表格").click()
    text = taken.value.path().read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))

    assert [row[1] for row in rows[1:]] == [nasty.number]
    assert rows[1][rows[0].index("存在问题")] == "'=1+1"
