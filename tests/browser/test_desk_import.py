"""A list comes in at the desk, in a real browser: sent, left, found again, corrected, applied, undone."""

import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import load_workbook
from sqlalchemy import func, select

from fieldbook import workbooks
from fieldbook.accounts import Person, Unit
from fieldbook.kernel import JobStopped, claim_job, db, end_job, tell_progress, utcnow
from fieldbook.ops import work
from fieldbook.places import Place
from fieldbook.workbooks import Sheet
from tests.browser.desks import Office

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js"
HEAD = ["序号", "点位编号", "点位名称", "任务对象", "片区", "责任区", "详细地址", "责任单位", "联系电话", "经度", "纬度"]
ROWS = [
    [1, "DX-06-001", "城南农贸市场（一期）", "集贸市场", "东片区", "第6责任区", "城南路128号", "县城管局市政所", "13900000000", None, None],
    [2, "DX-06-002", "人民路中段", "主干道", "东片区", "6", None, None, None, None, None],
    [3, None, "老街夜市", "夜市", "西片区", "东门", None, "县城管局市政所", None, None, None],
    [4, None, "西门公厕", "公厕", "西片区", "东门", None, None, None, 0, 0],
    [5, None, "北门小学", "小学", "北片区", "第9责任区", None, "北门小学", None, None, None],
    [6, None, "北门中学", "中学", "北片区", "第10责任区", None, "北门中学", None, None, None],
    [7, None, "东湖巷", "背街小巷", "东片区", "6", "东湖路1号", None, None, 118.49, 31.56],
]


def book() -> dict[str, object]:
    data = workbooks.write_xlsx([Sheet("点位", HEAD, ROWS, title="青禾县实地考察点位清单")])
    return {"name": "点位清单（6月）.xlsx", "mimeType": "application/octet-stream", "buffer": data}


def do_jobs(office: Office) -> None:
    while work.do_job(Path(office.app.instance_path), utcnow()):
        pass
    db.session.remove()


def places_known(office: Office) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Place)) or 0


def send(office: Office, page: Page, subject: str = "places") -> str:
    page.goto(f"{office.address}/{subject}/import")
    page.set_input_files("#file", book())  # type: ignore[arg-type]
    page.click("text=上传并预演")
    page.wait_for_url("**/imports/*")
    return page.url


def tile(page: Page, word: str) -> str:
    return page.get_by_role("navigation", name="预演结果").get_by_role("link", name=re.compile(rf"^\d+ ?{word}|^{word}")).locator("b").inner_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_list_is_sent_left_found_again_corrected_applied_and_undone(office: Office, scripts: bool) -> None:
    before = places_known(office)
    page = office.at_the_desk("ma", scripts=scripts)

    send(office, page)
    expect(page.locator("h1")).to_have_text("正在读取点位清单")
    page.goto(f"{office.address}/findings")
    expect(page.locator(".rail .job")).to_contain_text("正在读取点位清单")
    do_jobs(office)

    page.goto(f"{office.address}/places/import")
    page.click("text=接着办")
    assert (tile(page, "新增"), tile(page, "变更"), tile(page, "不变"), tile(page, "不收")) == ("1", "1", "1", "4")
    expect(page.locator("table.diff")).to_contain_text("城南路128号")
    assert places_known(office) == before

    page.locator(".refuse li", has_text="夜市").locator("select").select_option("04")
    page.locator(".refuse li", has_text="夜市").get_by_text("照此收").click()
    expect(page.locator(".tally b.fail")).to_have_text("3")
    page.click("text=不带坐标收下")
    expect(page.locator(".tally b.fail")).to_have_text("2")
    page.click("text=这 2 个责任区全部新建")
    expect(page.locator(".imports aside")).to_contain_text("一并新建")
    page.click("text=这 2 个单位全部新建")
    expect(page.locator(".tally a", has_text="不收").locator("b")).to_have_text("0")
    assert (tile(page, "新增"), tile(page, "变更")) == ("5", "1")

    page.click("text=应用 6 处变动")
    expect(page.locator("h1")).to_have_text("正在导入点位清单")
    do_jobs(office)
    if scripts:
        expect(page.locator("h1")).to_have_text("导入点位清单")  # the page looked again by itself
    else:
        page.click("text=刷新看进度")
    expect(page.locator("main")).to_contain_text("已一起生效：新增 5，变更 1")
    assert places_known(office) == before + 5

    page.click("text=整批撤销")
    expect(page.locator("main")).to_contain_text("已撤销：去掉 5，改回 1")
    assert places_known(office) == before
    assert db.session.scalar(select(Unit.id).where(Unit.name == "北门小学")) is None


def test_a_running_import_shows_how_far_it_is_and_can_be_stopped(office: Office) -> None:
    page = office.at_the_desk("ma")
    send(office, page)
    do_jobs(office)
    expect(page.locator(".tally")).to_be_visible()
    page.click("text=处变动")
    expect(page.locator("h1")).to_have_text("正在导入点位清单")
    job = claim_job(db.session(), frozenset(work.JOBS), utcnow())
    assert job is not None
    tell_progress(db.session(), job.id, utcnow(), step="prepare", done=1, total=2)
    db.session.remove()

    expect(page.locator(".frac2 b")).to_have_text("1")
    expect(page.locator(".rail .job")).to_contain_text("第 1 处，共 2 处")
    page.click("text=停下并撤销")
    with pytest.raises(JobStopped):
        work.JOBS[job.kind](job, Path(office.app.instance_path))
    end_job(db.session(), job.id, utcnow(), "stopped")
    db.session.remove()

    expect(page.locator("main")).to_contain_text("已停下，什么也没有写入。")
    expect(page.locator("text=应用 2 处变动")).to_be_visible()


def test_what_is_no_table_is_said_beside_the_field(office: Office) -> None:
    page = office.at_the_desk("ma")
    page.goto(f"{office.address}/places/import")
    page.set_input_files("#file", {"name": "x.xls", "mimeType": "", "buffer": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"})
    page.click("text=上传并预演")

    expect(page.get_by_role("alert")).to_contain_text("旧版 .xls")


def test_the_rows_refused_and_the_sample_can_be_taken_away(office: Office) -> None:
    page = office.at_the_desk("ma")
    send(office, page)
    do_jobs(office)
    page.wait_for_selector(".tally")

    with page.expect_download() as taken:
        page.click("text=附原因")
    rows = load_workbook(io.BytesIO(Path(taken.value.path()).read_bytes())).get_sheet_by_index(0).to_python()
    assert rows[0] == ["行", *HEAD, "原因"]
    assert [row[0] for row in rows[1:]] == [5, 6, 7, 8]
    assert "不在任务对象内" in str(rows[1][-1])
    page.goto(f"{office.address}/places/import")
    with page.expect_download() as sample:
        page.click("text=下载模板")
    table = workbooks.choose(workbooks.read(Path(sample.value.path()).read_bytes()), workbooks_columns())
    assert table.rows[0].text("name") == "城南农贸市场"


def workbooks_columns() -> tuple[workbooks.Column, ...]:
    from fieldbook import places

    return places.SUBJECTS["places"].columns


def test_another_datum_and_other_columns_make_another_preview(office: Office) -> None:
    page = office.at_the_desk("ma")
    send(office, page)
    do_jobs(office)
    page.wait_for_selector(".tally")

    page.click("text=改对应")
    page.get_by_label("坐标系").select_option("wgs84")
    page.get_by_label("详细地址", exact=True).select_option("")
    page.click("text=按此重新预演")

    expect(page.locator(".facts")).to_contain_text("WGS-84（按您选的）")
    expect(page.locator("table.diff")).not_to_contain_text("城南路128号")


@pytest.mark.parametrize(("subject", "head", "row", "word"), [("units", ["单位名称", "简称", "联系电话"], ["县教育局", "教育局", "0550"], "导入单位名单"), ("people", ["姓名", "登录名", "职责", "责任区"], ["陈建国", "chenjg", "巡查员", "6"], "导入人员名单")])
def test_units_and_people_come_in_the_same_way(office: Office, subject: str, head: list[str], row: list[str], word: str) -> None:
    page = office.at_the_desk("ma")
    page.goto(f"{office.address}/{subject}/import")
    expect(page.locator("h1")).to_have_text(word)
    page.set_input_files("#file", {"name": "x.csv", "mimeType": "text/csv", "buffer": workbooks.write_csv(head, [row])})
    page.click("text=上传并预演")
    page.wait_for_url("**/imports/*")
    do_jobs(office)
    page.click("text=应用 1 处变动")
    expect(page.locator("h1")).to_contain_text("正在导入")
    do_jobs(office)

    expect(page.locator("main")).to_contain_text("已一起生效：新增 1")
    found = select(Unit.name).where(Unit.name == row[0]) if subject == "units" else select(Person.name).where(Person.login == row[1])
    assert db.session.scalar(found) == row[0]


@pytest.mark.parametrize(("language", "scheme"), [("zh", "light"), ("en", "dark")])
def test_the_pages_of_an_import_are_for_everybody(office: Office, language: str, scheme: str) -> None:
    page = office.at_the_desk("ma", language=language, color_scheme=scheme)
    page.goto(f"{office.address}/places/import")
    check(page)
    page.set_input_files("#file", book())  # type: ignore[arg-type]
    page.click("main button.main")
    page.wait_for_url("**/imports/*")
    check(page)
    do_jobs(office)
    page.wait_for_selector(".tally")
    for view in ("added", "changed", "refused", "alike"):
        page.goto(f"{page.url.split('?')[0]}?view={view}")
        check(page)
    page.set_viewport_size({"width": 1024, "height": 768})
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024


def check(page: Page) -> None:
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    assert [(one["id"], one["nodes"][0]["html"][:160]) for one in found["violations"]] == []
