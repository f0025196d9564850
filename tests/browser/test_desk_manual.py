"""标准 in a real browser: begin a draft, edit, search, compare, publish, export, and read the export back without a change."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fieldbook import standards
from fieldbook.kernel import db
from tests.browser.desks import Office

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js"


def begun(office: Office, *, scripts: bool = True, language: str = "zh", **more: object) -> Page:
    """An administrator in front of a fresh draft."""
    page = office.at_the_desk("ma", scripts=scripts, language=language, **more)
    page.goto(f"{office.address}/manual")
    page.locator('form[action="/manual/draft/begin"] button').click()
    page.wait_for_url("**/manual/draft")
    return page


def edit(page: Page, address: str, code: str, **fields: str) -> None:
    page.goto(f"{address}/manual/draft/criteria/{code}")
    for name, value in fields.items():
        page.locator(f'[name="{name}"]').fill(value)
    page.locator(".cform button.main").click()
    page.wait_for_url(f"**/manual/draft?kind={code[:2]}**")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_draft_is_begun_edited_compared_published_exported_and_read_back(office: Office, scripts: bool, tmp_path: Path) -> None:
    page = begun(office, scripts=scripts)
    edit(page, office.address, "25.08", guidance_zh="掀开桶盖看", rectify_days="3")
    page.get_by_label("删去 25.13").click()
    expect(page.locator('[id="c25.13"] .gone')).to_be_visible()
    expect(page.locator(".index a[aria-current]")).to_contain_text("改 2")

    page.locator("#q").fill("积水")
    page.locator("#q").press("Enter")
    expect(page.locator("mark").first).to_have_text("积水")
    expect(page.locator(".index em.hit").first).to_be_visible()

    page.get_by_role("link", name="对照与发布").click()
    expect(page.locator(".change del").first).to_be_visible()
    expect(page.locator(".tally [aria-current] b")).to_have_text("2")
    expect(page.locator(".chk.soon")).to_contain_text("合计不是 100 分")
    page.get_by_role("button", name="发布第 2 版").click()
    expect(page.locator(".head .scope")).to_contain_text("第 2 版")

    with page.expect_download() as told:
        page.get_by_role("link", name="导出").click()
    book = tmp_path / "standards.xlsx"
    told.value.save_as(book)
    page.get_by_role("button", name="起草第 3 版").click()
    page.get_by_role("link", name="导入表格").click()
    page.locator("#table").set_input_files(str(book))
    page.get_by_role("button", name="读表，看对照").click()
    expect(page.locator(".empty")).to_contain_text("什么也不会改")
    db.session.rollback()
    assert [one.version for one in standards.versions(db.session())] == [2, 1]


def test_the_index_never_scrolls_and_one_criterion_is_open_at_a_time(office: Office) -> None:
    page = office.at_the_desk("lin")
    page.goto(f"{office.address}/manual?kind=25")
    assert page.locator(".index a").count() == 44
    assert page.evaluate("document.querySelector('.index').getBoundingClientRect().bottom") <= 768

    page.get_by_role("link", name="出入口设公平秤").click()
    expect(page.locator(".crit .more")).to_have_count(1)
    page.get_by_role("link", name="垃圾桶每摊一桶").click()
    expect(page.locator(".crit .open .code")).to_have_text("25.08")
    expect(page.locator(".crit .more")).to_have_count(1)
    expect(page.locator(".crit .more img").first).to_be_visible()


def test_the_rows_are_walked_and_the_search_found_by_keys(office: Office) -> None:
    page = office.at_the_desk("lin")
    page.goto(f"{office.address}/manual?kind=25")

    page.keyboard.press("/")
    page.keyboard.type("gpc")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_have_text("公平秤")
    page.locator("h2").click()
    page.keyboard.press("j")

    expect(page.locator("tr.at .code")).to_have_text("25.02")


def test_what_somebody_else_saved_stands_beside_what_was_typed(office: Office) -> None:
    page = begun(office)
    page.goto(f"{office.address}/manual/draft/criteria/25.08")
    page.locator('[name="guidance_zh"]').fill("我写的")
    with office.town.acting("ma") as act:
        one = standards.draft(act.session).criterion("25.08")
        assert one is not None
        standards.save_criterion(act, "25.08", one.body | {"guidance_zh": "别人写的"}, seen=0)

    page.locator(".cform button.main").click()

    expect(page.locator(".note.fail")).to_contain_text("刚被别人改过")
    expect(page.locator(".note.change")).to_contain_text("别人")
    expect(page.locator('[name="guidance_zh"]')).to_have_value("我写的")


def pages(office: Office) -> list[str]:
    with office.town.acting("ma") as act:
        table = standards.keep_table(act, "x.xlsx", [["任务对象", "测评标准", "分值"], ["夜市", "①划线；②不占道", 10]])
    return [
        "/manual", "/manual?kind=25&open=25.08", "/manual?q=积水", "/manual?q=xyzxyz", "/manual/compare", "/manual/draft?kind=25", "/manual/draft?q=积水",
        "/manual/draft/criteria/25.08", "/manual/draft/kinds/25/add", "/manual/draft/kinds/25", "/manual/draft/new-kind", "/manual/draft/themes",
        "/manual/draft/diff", "/manual/draft/import", f"/manual/draft/import/{table}?divide=yes&missing=remove",
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "theme", "width"), [("zh", "dark", 1366), ("en", "light", 1024)])
def test_no_page_has_a_serious_barrier_or_runs_out(office: Office, language: str, theme: str, width: int) -> None:
    page = begun(office, language=language, bypass_csp=True)
    page.context.add_cookies([{"name": "fieldbook-theme", "value": theme, "url": office.address}])
    page.set_viewport_size({"width": width, "height": 768})
    edit(page, office.address, "25.08", text_zh="垃圾桶每摊一桶并加盖", rectify_days="3")
    wrong = []
    for path in pages(office):
        page.goto(office.address + path)
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html.slice(0, 160) + ' ' + n.failureSummary.slice(0, 160))]))")
        wrong += [(path, *one) for one in found if one[0] in ("serious", "critical")]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append((path, "runs out"))

    assert wrong == []
