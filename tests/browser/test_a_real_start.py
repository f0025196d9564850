"""A real start: an empty county on Monday morning, its workbooks in, its phones enrolled by their slips, the first finding cleared."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, expect

from fieldbook import workbooks
from fieldbook.workbooks import Sheet
from tests import servers
from tests.browser.people import judge_the_market, known, phone, shoot, until

PASSWORD = "qinghe market street 9"
ZONES = [f"{number}号责任区" for number in range(1, 13)]
UNITS = ["城南农贸市场服务中心", "县市场监督管理局", "县城管局市政所", *(f"第{number}社区居委会" for number in range(1, 13))]
PLACES, PEOPLE = 2_000, 80


def areas() -> list[list[Any]]:
    districts = [[1, "", "东片区", "片区", ""], [2, "", "西片区", "片区", ""]]
    return districts + [[n + 3, str(n + 1), name, "责任区", "东片区" if n < 7 else "西片区"] for n, name in enumerate(ZONES)]


def units() -> list[list[Any]]:
    return [[n + 1, name, "", "李明", "0550-0000000"] for n, name in enumerate(UNITS)]


def people() -> list[list[Any]]:
    told = [["李巡", "lixun", "巡查员", ZONES[0], ""], ["赵改", "zhaogai", "责任单位", "", UNITS[0]], ["吴复", "wufu", "复核员", "全县", ""]]
    told += [[f"陈{n}", f"chen{n}", "调度员", "东片区" if n % 2 else "西片区", ""] for n in range(4)]
    return told + [[f"巡查员{n}", f"xuncha{n}", "巡查员", ZONES[n % 12], ""] for n in range(PEOPLE - len(told))]


def places() -> list[list[Any]]:
    kinds = ["集贸市场", "主干道", "背街小巷", "公厕", "住宅小区"]
    told = [[1, "城南农贸市场", "集贸市场", ZONES[0], "城南路128号", UNITS[0], 118.4899, 31.5562]]
    return told + [
        [n, f"{ZONES[n % 12][:-3]}{kinds[n % 5]}{n}", kinds[n % 5], ZONES[n % 12], f"人民路{n}号", UNITS[3 + n % 12], 118.4 + n / 20_000, 31.5 + n / 30_000] for n in range(2, PLACES + 1)
    ]


WORKBOOKS = {
    "areas": (["序号", "编号", "名称", "级别", "上级"], areas),
    "units": (["序号", "单位名称", "简称", "负责人", "联系电话"], units),
    "people": (["姓名", "登录名", "职责", "责任区", "单位"], people),
    "places": (["序号", "点位名称", "任务对象", "责任区", "详细地址", "责任单位", "经度", "纬度"], places),
}


def bring_in(page: Page, step: str) -> None:
    """From the step of setting up: upload the workbook, read the preview, apply all of it."""
    head, rows = WORKBOOKS[step]
    page.locator(f"#step-{step} a.btn.main").click()
    data = workbooks.write_xlsx([Sheet("Sheet1", head, rows())])
    page.set_input_files("#file", {"name": f"{step}.xlsx", "mimeType": "application/octet-stream", "buffer": data})
    page.click("text=上传并预演")
    page.wait_for_url("**/imports/*")
    expect(page.locator(".tally")).to_be_visible(timeout=60_000)
    expect(page.locator(".tally a", has_text="不收").locator("b")).to_have_text("0")
    page.get_by_role("button", name=re.compile("^应用")).click()
    expect(page.locator("main")).to_contain_text("已一起生效", timeout=90_000)


def slips_of(page: Page, address: str) -> dict[str, str]:
    """The address in the code on each person's slip, by name."""
    page.goto(f"{address}/people")
    page.locator("summary", has_text="入场单").click()
    page.get_by_role("button", name="生成入场单").click()
    page.locator(".slips figure").first.wait_for()
    told = page.eval_on_selector_all(".slips figure", "all => all.map(one => [one.querySelector('h2').textContent, one.dataset.code])")
    return dict(told)


def test_an_empty_county_sets_itself_up_and_clears_its_first_finding(chromium: Browser, tools: Playwright, tmp_path: Path) -> None:
    with servers.fieldbook(tmp_path / "instance") as server:
        office = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        page = office.new_page()
        page.set_default_timeout(20_000)

        # the one-time link, the first administrator, the name and the address
        link = re.search(r"http://\S+/setup/\S+", server.said())
        assert link
        page.goto(link.group(0))
        for name, value in (("name", "周敏"), ("login", "zhoumin"), ("password", PASSWORD)):
            page.fill(f"#{name}", value)
        page.click("button.main")
        page.fill("[name=login]", "zhoumin")
        page.fill("[name=password]", PASSWORD)
        page.click("button.main")
        expect(page.locator("h1")).to_have_text("从空簿到第一次巡查")
        page.fill("#name", "青禾县")
        page.fill("#origin", server.address)
        page.get_by_role("button", name="存", exact=True).click()
        expect(page.locator(".mark")).to_contain_text("青禾县")

        # what the county has in its workbooks
        for step in WORKBOOKS:
            page.goto(f"{server.address}/setup")
            expect(page.locator("li.cur")).to_have_attribute("id", f"step-{step}")
            bring_in(page, step)
        assert known(server.instance, "SELECT count(*) FROM place") == [(PLACES,)]
        assert known(server.instance, "SELECT count(*) FROM person") == [(PEOPLE + 1,)]

        # the manual, with one criterion made the county's own
        publish_a_version_of_our_own(page, server.address)
        assert known(server.instance, "SELECT max(version) FROM manual") == [(2,)]

        # phones by their slips, nothing typed
        slips = slips_of(page, server.address)
        assert len(slips) == PEOPLE + 1
        with phone(tools, tmp_path / "li", whole=True) as lis, phone(tools, tmp_path / "zhao", whole=True) as zhaos, phone(tools, tmp_path / "wu", whole=True) as wus:
            li, zhao, wu = lis.pages[0], zhaos.pages[0], wus.pages[0]
            for one, name in ((li, "李巡"), (zhao, "赵改"), (wu, "吴复")):
                one.goto(slips[name])
                one.locator("nav.nav").wait_for(timeout=60_000)
            page.goto(f"{server.address}/setup")
            expect(page.locator("#step-phone")).to_contain_text("3 部手机已登记")

            market = known(server.instance, "SELECT id FROM place WHERE name = '城南农贸市场'")[0][0]
            li.goto(f"{server.address}/app/places/{dashed(market)}")
            judge_the_market(li, failing="25.07", photos=1)
            until(li, lambda: states(server.instance) == ["assigned"], what="the finding has come, with its unit", seconds=90)
            finding = dashed(known(server.instance, "SELECT id FROM finding")[0][0])
            assert known(server.instance, "SELECT why_unit FROM finding") == [("place",)]

            zhao.goto(f"{server.address}/app/findings/{finding}/reply")
            shoot(zhao, zhao.locator("label.half input[type=file]"), 4)
            zhao.get_by_role("button", name="提交整改").tap(timeout=40_000)
            until(zhao, lambda: states(server.instance) == ["rectified"], what="the unit's reply has come", seconds=90)
            until(zhao, lambda: known(server.instance, "SELECT count(*) FROM photo WHERE verdict = 'checked'")[0][0] >= 2, what="the photos are decoded", seconds=60)

            wu.goto(f"{server.address}/app/findings/{finding}")
            wu.get_by_role("button", name="销号").first.tap(timeout=60_000)
            until(wu, lambda: states(server.instance) == ["cleared"], what="it is cleared", seconds=60)

        page.goto(f"{server.address}/setup")
        page.get_by_role("button", name="做完了，去总览").click()
        expect(page.locator("h1")).to_contain_text("总览")
        office.close()


def publish_a_version_of_our_own(page: Page, address: str) -> None:
    page.goto(f"{address}/manual")
    page.locator('form[action="/manual/draft/begin"] button').click()
    page.wait_for_url("**/manual/draft")
    page.goto(f"{address}/manual/draft/criteria/25.08")
    page.locator("[name=guidance_zh]").fill("掀开桶盖看")
    page.locator(".cform button.main").click()
    page.wait_for_url("**/manual/draft?kind=25**")
    page.get_by_role("link", name="对照与发布").click()
    page.get_by_role("button", name="发布第 2 版").click()
    expect(page.locator(".head .scope")).to_contain_text("第 2 版")


def states(instance: Path) -> list[str]:
    return [state for (state,) in known(instance, "SELECT state FROM finding ORDER BY number")]


def dashed(raw: str) -> str:
    return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"
