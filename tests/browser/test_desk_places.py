"""The register at the desk, in a real browser: a place is entered, zones are merged, codes are printed."""

import io
from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.sync_api import Page, expect
from sqlalchemy import select

from fieldbook import journal, places
from fieldbook.kernel import db, settle_county
from fieldbook.places import Datum, Place
from tests import county as small
from tests.browser.desks import Office

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js"
ORIGIN = "https://xuncha.example.gov.cn"


def fix_origin(office: Office) -> None:
    with journal.begin(db.session(), who=None, at=office.town.at) as act:
        settle_county(act, origin=ORIGIN)
    db.session.remove()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_place_is_entered_with_a_position_from_baidu_and_two_kinds(office: Office, scripts: bool) -> None:
    page = office.at_the_desk("ma", scripts=scripts)
    page.goto(f"{office.address}/places")
    page.click("text=新增点位")
    page.fill("#name", "城东菜市场")
    page.fill("#code", "DX-06-050")
    page.select_option("#zone", str(small.named("zone6")))
    page.select_option("#unit", str(small.named("market")))
    page.fill("#position", "31.560000,118.500000")
    page.select_option("#datum", "bd09")
    page.get_by_label("25 集贸市场").check()
    page.get_by_label("15 城中村").check()
    page.click("text=看换算")
    expect(page.locator(".conv")).to_contain_text("WGS-84")
    assert page.get_by_label("25 集贸市场").is_checked()
    page.click("main button:text-is('保存')")

    expect(page.locator("h1")).to_have_text("城东菜市场")
    expect(page.locator(".facts")).to_contain_text("百度 BD-09：31.560000, 118.500000")
    made = db.session.scalars(select(Place).where(Place.code == "DX-06-050")).one()
    assert (made.given_lat_e7, made.given_lon_e7, made.datum) == (315_600_000, 1_185_000_000, Datum.BD09)
    assert (made.lat_e7, made.lon_e7) == places.to_wgs84(315_600_000, 1_185_000_000, Datum.BD09)
    assert places.kinds_of(db.session(), [made.id]) == {made.id: ["15", "25"]}
    page.fill("#q", "cdcsc") if page.locator("#q").count() else page.goto(f"{office.address}/places?q=cdcsc")
    expect(page.locator("tr[data-row]")).to_have_count(1)


def test_what_was_typed_stays_and_the_field_says_what_is_wrong(office: Office) -> None:
    page = office.at_the_desk("ma")
    page.goto(f"{office.address}/places/new")
    page.fill("#name", "新点")
    page.fill("#code", "DX-06-001")
    page.select_option("#zone", str(small.named("zone6")))
    page.get_by_label("25 集贸市场").check()
    page.click("main button:text-is('保存')")

    expect(page.locator("#code-help")).to_contain_text("DX-06-001")
    expect(page.locator("[role=alert] a")).to_have_attribute("href", "#code")
    assert page.input_value("#name") == "新点"
    page.fill("#code", "DX-06-051")
    page.fill("#position", "城南")
    page.click("main button:text-is('保存')")
    expect(page.locator("#position-help")).to_contain_text("31.55,118.48")
    assert page.get_by_label("25 集贸市场").is_checked()


def test_two_zones_are_merged_after_a_look_at_what_moves_and_the_findings_follow(office: Office) -> None:
    finding = office.finding("assigned")
    page = office.at_the_desk("ma", scripts=False)
    page.goto(f"{office.address}/areas")
    row = page.locator(f"#area-{small.named('zone6')}")
    row.get_by_text("办理").click()
    page.click("text=先看会动什么")
    expect(page.locator("main table")).to_contain_text("未销号问题")
    assert page.locator("main tbody tr").nth(1).locator("td").all_inner_texts() == ["未销号问题", "1", "0", "1"]
    assert office.town.fresh(finding).zone_id == small.named("zone6")

    page.click("main button.main")

    expect(page.locator(".hist")).to_contain_text("南门")
    assert office.town.fresh(finding).zone_id == small.named("zone3")
    page.goto(f"{office.address}/findings?zone={small.named('zone3')}")
    expect(page.locator("tr[data-row]")).to_have_count(1)


def test_each_place_has_one_code_that_leads_to_it_under_the_one_origin(office: Office) -> None:
    page = office.at_the_desk("lin")
    page.goto(f"{office.address}/places/codes")
    expect(page.locator("main .note")).to_contain_text("还没有定下全县统一的网址")
    assert page.locator(".qrs").count() == 0

    fix_origin(office)
    page.goto(f"{office.address}/places/codes")

    seen: dict[str, Any] = {}
    for figure in page.locator(".qrs figure").all():
        link = figure.get_attribute("data-code") or ""
        seen[link] = (figure.locator("path").get_attribute("d"), figure.locator("b").inner_text())
    mine = db.session.scalars(select(Place).where(Place.zone_id == small.named("zone6"))).all()
    assert {link: name for link, (_, name) in seen.items()} == {f"{ORIGIN}/app/places/{place.id}": place.name for place in mine}
    for link, (drawn, _) in seen.items():
        assert squares(drawn) == {(x, y) for y, row in enumerate(segno.make(link, error="m", micro=False).matrix) for x, dark in enumerate(row) if dark}


def squares(path: str) -> set[tuple[int, int]]:
    """The dark squares of a drawn code, without its quiet zone."""
    found = set()
    for run in path.strip("Mz").split("zM"):
        start, rest = run.split("h", 1)
        x, y = (int(figure) - 4 for figure in start.split())
        found |= {(x + n, y) for n in range(int(rest.split("v")[0]))}
    return found


def test_the_coverage_table_leads_to_the_places_behind_each_figure(office: Office) -> None:
    page = office.at_the_desk("ma")
    page.goto(f"{office.address}/places")
    expect(page.locator(".heat tbody tr")).to_have_count(2)
    page.locator(".heat tfoot td.sum a").click()

    expect(page.locator("tr[data-row]")).to_have_count(4)
    expect(page.locator(".tabs [aria-current]")).to_contain_text("30 天未巡到")


def test_a_place_is_closed_and_comes_back(office: Office) -> None:
    page = office.at_the_desk("ma")
    page.goto(f"{office.address}/places/{small.named('人民路中段')}")
    page.click("summary:has-text('停用点位')")
    page.click("text=确定停用")
    expect(page.locator("main .note")).to_contain_text("起停用")
    page.goto(f"{office.address}/places?view=closed")
    expect(page.locator("tr[data-row]")).to_have_count(1)

    page.click("tr[data-row] a.ttl")
    page.click("text=恢复检查")

    expect(page.locator("summary:has-text('停用点位')")).to_be_visible()


def test_a_unit_that_holds_something_says_how_much_and_where_that_goes(office: Office) -> None:
    office.finding("assigned")
    page = office.at_the_desk("ma")
    page.goto(f"{office.address}/units/{small.named('market')}")
    page.click("summary:has-text('停用单位')")
    page.click("text=确定停用")

    expect(page.locator("[role=alert]")).to_contain_text("未销号问题 1 件")
    expect(page.locator("[role=alert] a")).to_have_count(2)


def paths(office: Office) -> list[str]:
    office.finding("cleared")
    office.finding("rectified")
    fix_origin(office)
    market = small.named("城南农贸市场")
    zones = small.named("zone6"), small.named("zone3")
    return [
        "/places",
        "/places?view=never&q=zz",
        f"/places/{market}",
        f"/places/{market}/photos",
        f"/places/{market}/edit",
        "/places/new",
        "/places/codes",
        "/areas",
        f"/areas?at={zones[0]}",
        f"/areas/{zones[0]}/merge?into={zones[1]}",
        "/units",
        f"/units/{small.named('market')}",
    ]


@pytest.mark.parametrize(("language", "theme"), [("zh", "dark"), ("en", "light")])
def test_no_page_of_the_register_has_a_serious_barrier(office: Office, language: str, theme: str) -> None:
    asked = paths(office)
    page = office.at_the_desk("ma", language=language, bypass_csp=True)
    page.context.add_cookies([{"name": "fieldbook-theme", "value": theme, "url": office.address}])
    barriers = []
    for path in asked:
        page.goto(office.address + path)
        open_all(page)
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html.slice(0, 160) + ' ' + n.failureSummary.slice(0, 160))]))")
        barriers += [(path, *one) for one in found if one[0] in ("serious", "critical")]

    assert barriers == []


def open_all(page: Page) -> None:
    """Unfold the first fold of a page, so that its form is looked at too."""
    page.evaluate("document.querySelector('main details')?.setAttribute('open', '')")


@pytest.mark.parametrize("width", [1024, 1366])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_of_the_register_runs_out_of_the_page(office: Office, width: int, language: str) -> None:
    asked = paths(office)
    page = office.at_the_desk("ma", language=language)
    page.set_viewport_size({"width": width, "height": 768})
    wide = []
    for path in asked:
        page.goto(office.address + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll('main table')].some(t => t.scrollWidth > t.parentElement.clientWidth + 1)"):
            wide.append(path)

    assert wide == []


def test_the_list_is_exported_as_it_is_shown(office: Office) -> None:
    page = office.at_the_desk("ma")
    page.goto(f"{office.address}/places?q=市场")
    with page.expect_download() as waiting:
        page.click("text=CSV")

    table = io.StringIO(waiting.value.path().read_text("utf-8-sig"))
    lines = table.read().splitlines()
    assert len(lines) == 2
    assert "城南农贸市场" in lines[1]


def test_an_auditor_sees_and_changes_nothing(office: Office) -> None:
    page = office.at_the_desk("sun")
    for path in ("/places", f"/places/{small.named('城南农贸市场')}", "/areas", "/units", f"/units/{small.named('market')}"):
        page.goto(office.address + path)
        assert page.locator("main form[method=post]").count() == 0, path
        assert page.locator("main a[href$='/edit'], main a[href='/places/new']").count() == 0, path
