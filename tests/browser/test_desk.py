"""The desk, in a real browser against a real server: what a clerk does, with keys, with the mouse, and without a script."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fieldbook import evidence, findings, inspections
from fieldbook.findings import Failed, Finding, State, VisitDone
from fieldbook.kernel import db, to_ms
from tests import county as small
from tests.browser.desks import Office

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js"


# ---- review


def test_a_reviewer_clears_returns_puts_off_and_undoes_with_keys(office: Office) -> None:
    waiting = [office.finding("rectified") for _ in range(4)]
    page = office.at_the_desk("wu")
    page.goto(f"{office.address}/review")

    page.keyboard.press("a")
    expect(page.locator(".rail2 .id a")).to_have_text(waiting[1].number)
    page.keyboard.press("r")
    page.keyboard.press("1")
    expect(page.locator(".rail2 .id a")).to_have_text(waiting[2].number)
    page.keyboard.press("s")
    expect(page.locator(".rail2 .id a")).to_have_text(waiting[3].number)
    page.keyboard.press("z")
    expect(page.locator(".rail2 .id a")).to_have_text(waiting[1].number)

    assert [office.state(one) for one in waiting] == [State.CLEARED, State.RECTIFIED, State.RECTIFIED, State.RECTIFIED]
    expect(page.locator(".queue")).to_contain_text("稍后 1")
    expect(page.locator("#rail [aria-current] i")).to_have_text("3")


def test_a_digit_alone_returns_nothing(office: Office) -> None:
    waiting = office.finding("rectified")
    page = office.at_the_desk("wu")
    page.goto(f"{office.address}/review")

    page.keyboard.press("1")
    page.wait_for_timeout(300)

    assert office.state(waiting) is State.RECTIFIED


def test_a_reason_in_ones_own_words_is_written_in_place(office: Office) -> None:
    waiting = office.finding("rectified")
    page = office.at_the_desk("wu")
    page.goto(f"{office.address}/review")

    page.keyboard.press("r")
    page.keyboard.press("0")
    page.keyboard.type("下游仍堵 1 处")
    page.locator(".pop button").click()
    expect(page.locator(".fin h2")).to_have_text("这一批看完了")

    assert office.state(waiting) is State.RETURNED
    assert findings.cards(db.session(), office.town.standing("wu"), [office.town.fresh(waiting)], now=office.town.at)[0]["course"][-1]["words"] == "下游仍堵 1 处"


def test_the_next_pair_is_already_there(office: Office) -> None:
    office.finding("rectified")
    office.finding("rectified")
    page = office.at_the_desk("wu")
    page.goto(f"{office.address}/review")
    expect(page.locator(".diptych img")).to_have_count(2)
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/photos/" in request.url and request.url.endswith("/large") else None)
    page.on("requestfinished", lambda request: None)
    kept = page.evaluate("performance.getEntriesByType('resource').filter(e => e.name.endsWith('/large')).map(e => e.name)")

    page.keyboard.press("a")
    expect(page.locator(".next")).to_contain_text("这是最后一件")

    shown = page.locator(".diptych img").evaluate_all("all => all.map(one => one.src)")
    assert set(shown) <= set(kept)


def test_the_end_of_a_batch_shows_the_stamp_and_every_pair(office: Office) -> None:
    for _ in range(2):
        office.finding("rectified")
    page = office.at_the_desk("wu")
    page.goto(f"{office.address}/review")

    page.keyboard.press("a")
    expect(page.locator(".next")).to_contain_text("这是最后一件")
    page.keyboard.press("r")
    page.keyboard.press("4")

    expect(page.locator(".stamp.big")).to_contain_text("复核清零")
    expect(page.locator(".sheetc a")).to_have_count(2)
    expect(page.locator(".fin p")).to_contain_text("1 件销号，1 件退回，0 件稍后")


def test_photos_can_be_slid_overlaid_swapped_and_enlarged(office: Office) -> None:
    office.finding("rectified")
    page = office.at_the_desk("wu")
    page.goto(f"{office.address}/review")
    box = page.locator("[data-diptych]")

    page.locator("[data-grip]").focus()
    page.keyboard.press("ArrowLeft")
    expect(box).to_have_attribute("data-view", "slide")
    expect(page.locator("[data-grip]")).to_have_attribute("aria-valuenow", "48")
    page.get_by_role("button", name="叠看").click()
    page.locator("[data-fade]").fill("20")
    assert box.evaluate("one => one.style.getPropertyValue('--fade')") == "0.2"
    page.get_by_role("button", name="并排").click()
    page.get_by_role("button", name="对调").click()
    expect(page.locator(".cap p").first).to_contain_text("整改后")
    page.get_by_role("button", name="放大").click()

    expect(box).to_have_attribute("data-zoomed", "")


def test_a_doubt_is_waved_and_taken_seriously_again(office: Office) -> None:
    made = office.town.finding(state="assigned")
    office.town.say("rectify", made, photos=[office.town.photo(arrived=True, source="gallery")])
    office.draw()
    page = office.at_the_desk("wu")
    page.goto(f"{office.address}/review")
    gallery = page.locator(".doubt", has_text="照片选自相册")

    gallery.get_by_role("button", name="无妨").click()
    expect(gallery.locator("del")).to_be_visible()
    gallery.get_by_role("button", name="恢复").click()

    expect(gallery.locator("del")).to_have_count(0)


def test_a_verdict_over_an_older_page_is_refused_in_words(office: Office) -> None:
    waiting = office.finding("rectified")
    page = office.at_the_desk("wu")
    page.goto(f"{office.address}/review")
    office.town.say("return", waiting, who="ma")

    page.keyboard.press("a")

    expect(page.locator(".note.fail")).to_contain_text("状态刚有变化")
    assert office.state(waiting) is State.RETURNED


def test_no_answer_is_said_and_the_page_stays(office: Office) -> None:
    waiting = office.finding("rectified")
    page = office.at_the_desk("wu")
    page.goto(f"{office.address}/review")
    page.route("**/review/*/clear", lambda route: route.abort())

    page.keyboard.press("a")

    expect(page.locator(".note.fail")).to_contain_text("没有收到服务器的应答")
    expect(page.locator(".rail2 .id a")).to_have_text(waiting.number)


# ---- findings


def test_the_list_is_walked_and_searched_by_keys(office: Office) -> None:
    first, second = office.finding("assigned"), office.finding("assigned")
    page = office.at_the_desk("ma")
    page.goto(f"{office.address}/findings")

    page.keyboard.press("/")
    page.keyboard.type(second.number)
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page).to_have_url(re.compile(f"q={second.number}"))
    page.locator(".chip .off").click()
    expect(page.locator("tr[data-row]")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".head .scope")).to_have_text(first.number)
    page.keyboard.press("j")
    expect(page.locator(".head .scope")).to_have_text(second.number)


def test_a_list_answers_to_keys_in_the_moment_it_is_swapped_in(office: Office) -> None:
    first, second = office.finding("assigned"), office.finding("assigned")
    page = office.at_the_desk("ma")
    page.goto(f"{office.address}/findings?q={second.number}")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.evaluate(
        """() => new MutationObserver((changes, observer) => {
             if (document.querySelectorAll("tr[data-row]").length < 2) return;
             observer.disconnect();
             document.dispatchEvent(new KeyboardEvent("keydown", { key: "j" }));
           }).observe(document.body, { childList: true, subtree: true })"""
    )

    page.locator(".chip .off").click()

    expect(page.locator("tr[data-row].at")).to_contain_text(first.number)


def test_an_order_that_nobody_offers_is_the_usual_one(office: Office) -> None:
    office.finding("assigned")
    page = office.at_the_desk("ma")

    answer = page.goto(f"{office.address}/findings?sort=password&view=nothing&state=x&zone=1&unit=%27&page=-4&q=%25_")

    assert answer is not None
    assert answer.status == 200
    expect(page.locator(".sort summary")).to_contain_text("时限最紧在前")


def test_an_empty_view_says_so_with_a_green_zero(office: Office) -> None:
    office.finding("assigned")
    page = office.at_the_desk("ma")

    page.goto(f"{office.address}/findings?view=overdue")

    expect(page.locator(".empty")).to_contain_text("没有超期的问题。")
    page.get_by_role("link", name="看未销号 1 件").click()
    expect(page.locator("tr[data-row]")).to_have_count(1)


def test_a_finding_is_accepted_when_its_unit_has_looked_at_it(office: Office) -> None:
    made = office.finding("assigned")
    page = office.at_the_desk("zhao")

    page.goto(f"{office.address}/findings/{made.id}")
    expect(page.locator("[data-accepted]")).to_be_visible()

    assert office.state(made) is State.ACCEPTED


def test_nobody_elses_look_accepts(office: Office) -> None:
    made = office.finding("assigned")
    page = office.at_the_desk("ma")

    page.goto(f"{office.address}/findings/{made.id}")
    page.wait_for_timeout(1300)

    assert office.state(made) is State.ASSIGNED


def test_a_unit_hands_in_its_after_photo_at_the_desk(office: Office, tmp_path: Path) -> None:
    made = office.finding("accepted")
    photo = tmp_path / "after.jpg"
    photo.write_bytes(small.picture(9001))
    page = office.at_the_desk("zhao")
    page.goto(f"{office.address}/findings/{made.id}")

    page.set_input_files("#photos", photo)
    page.fill("textarea[name=words]", "已冲洗")
    page.get_by_role("button", name="报整改").click()
    expect(page.locator(".now .st")).to_contain_text("待复核")

    assert office.state(made) is State.RECTIFIED
    assert [p.state for p in evidence.namings(db.session(), finding_ids=[made.id])[made.id] if p.role is evidence.Role.AFTER] == ["arrived"]


def test_what_is_no_photo_is_refused_and_the_words_stay(office: Office, tmp_path: Path) -> None:
    made = office.finding("accepted")
    wrong = tmp_path / "after.jpg"
    wrong.write_bytes(b"no picture at all" * 50)
    page = office.at_the_desk("zhao")
    page.goto(f"{office.address}/findings/{made.id}")

    page.set_input_files("#photos", wrong)
    page.fill("textarea[name=words]", "已冲洗")
    page.get_by_role("button", name="报整改").click()

    expect(page.locator(".note.fail")).to_contain_text("这不是能用的照片")
    expect(page.locator("textarea[name=words]").first).to_have_value("已冲洗")
    assert office.state(made) is State.ACCEPTED


# ---- without a script


def test_the_whole_loop_goes_without_a_script(office: Office, tmp_path: Path) -> None:
    made = office.finding("to_assign")
    photo = tmp_path / "after.jpg"
    photo.write_bytes(small.picture(9002))
    page = office.at_the_desk("chen", scripts=False)
    page.goto(f"{office.address}/findings/{made.id}")
    page.select_option("#unit", str(small.named("market")))
    page.locator("button", has_text="交办").first.click()
    assert office.state(made) is State.ASSIGNED

    unit = office.at_the_desk("zhao", scripts=False)
    unit.goto(f"{office.address}/findings/{made.id}")
    unit.set_input_files("#photos", photo)
    unit.locator("button", has_text="报整改").click()
    assert office.state(made) is State.RECTIFIED
    for sha256 in evidence.next_waiting(db.session()):
        with office.town.acting("lin") as act:
            evidence.settle(act, sha256, evidence.Outcome(evidence.PhotoState.CHECKED, width=640, height=480), reach=findings.photo_keys(act.session, sha256))
    office.draw()

    reviewer = office.at_the_desk("wu", scripts=False)
    reviewer.goto(f"{office.address}/review")
    reviewer.locator("button", has_text="角度不同").click()
    assert office.state(made) is State.RETURNED
    reviewer.locator("button", has_text="撤销最后一件").click()
    assert office.state(made) is State.RECTIFIED
    reviewer.locator("button.main", has_text="销号").click()

    assert office.state(made) is State.CLEARED


def test_language_theme_and_log_out_are_forms(office: Office) -> None:
    office.finding("assigned")
    page = office.at_the_desk("ma", scripts=False)
    page.goto(f"{office.address}/findings?view=all")

    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Findings")
    expect(page).to_have_url(re.compile("view=all"))
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Log out").click()

    expect(page).to_have_url(re.compile("/login"))
    page.goto(f"{office.address}/findings")
    expect(page).to_have_url(re.compile("/login"))


# ---- the overview


def test_the_overviews_figures_agree_and_open_their_lists(office: Office) -> None:
    for state in ("assigned", "accepted", "rectified", "returned", "cleared", "to_assign"):
        office.finding(state)
    office.town.later(days=5)
    page = office.at_the_desk("ma")
    page.goto(f"{office.address}/overview")
    open_ = int(page.locator(".zero .left a").inner_text())

    steps = sum(int(n) for n in page.locator(".steps b").all_inner_texts())
    heat = int(page.locator(".heat tfoot .sum a").inner_text())
    overdue = int(page.locator(".watch.over h3 > a").first.inner_text())
    listed = {}
    for name, selector in (("open", ".zero .left a"), ("overdue", ".watch.over h3 > a:first-child"), ("heat", ".heat tbody td[class^=w] a"), ("rate", ".rates td:last-child a")):
        link = page.locator(selector).first
        said = re.sub(r"\D.*", "", link.inner_text())
        page.goto(office.address + str(link.get_attribute("href")))
        listed[name] = (said, page.locator(".bar .n b").inner_text())
        page.goto(f"{office.address}/overview")

    assert (open_, steps, heat) == (5, 5, 5)
    assert overdue > 0
    assert all(said == shown for said, shown in listed.values()), listed


def test_the_overview_tells_nobody_about_other_zones(office: Office) -> None:
    office.finding("assigned")

    page = office.at_the_desk("qian")
    page.goto(f"{office.address}/overview")

    expect(page.locator(".zero .left a")).to_have_text("0")
    assert "城南农贸市场" not in page.content()


def test_the_rail_shows_only_what_is_the_persons(office: Office) -> None:
    assert office.at_the_desk("zhao").locator("#rail li a").all_inner_texts()[0].startswith("问题")
    page = office.at_the_desk("zhao")

    page.goto(f"{office.address}/overview")

    expect(page.locator(".sorry")).to_contain_text("不在您的职责内")


# ---- a visit


def visit(office: Office) -> Any:
    visit_id = small.named("visit at the market")
    photo = office.town.photo(arrived=True)
    told = VisitDone(
        place=small.named("城南农贸市场"),
        kind="25",
        manual=1,
        started_at=to_ms(office.town.at) - 21 * 60_000,
        finished_at=to_ms(office.town.at),
        answers=office.town.answers(failing={"25.08": "fail", "25.06": "na"}),
        findings=[Failed(id=small.named("finding at the market"), criterion="25.08", reasons=[0], words="3 只垃圾桶未加盖", photos=[photo])],
        looks=[],
    )
    with office.town.acting("lin") as act:
        findings.finish_visit(act, office.town.standing("lin"), visit_id, told)
    office.town.deliver()
    office.draw()
    return visit_id


def test_a_visit_shows_its_sum_as_on_paper(office: Office) -> None:
    visit_id = visit(office)
    row = inspections.visit(db.session(), visit_id)
    page = office.at_the_desk("ma")

    page.goto(f"{office.address}/visits")
    page.locator("a.ttl").click()

    expect(page.locator(".reckon tr.end td").last).to_have_text(str(round(row.got_tenths * 100 / row.of_tenths)))
    expect(page.locator("tr.bad2 a", has_text="CW-")).to_be_visible()
    page.get_by_role("link", name="只看不合格").click()
    expect(page.locator(".sheet11 tbody tr")).to_have_count(2)


# ---- for everybody


def pages(office: Office, finding: Finding, visit_id: Any) -> list[tuple[str | None, str]]:
    return [
        (None, "/login"),
        ("ma", "/overview"),
        ("ma", "/overview/unvisited"),
        ("ma", "/overview/phones"),
        ("ma", "/review"),
        ("ma", "/findings"),
        ("ma", "/findings?view=overdue&q=x"),
        ("ma", f"/findings?sel={finding.number[3:]}"),
        ("ma", "/dispatch"),
        ("ma", "/dispatch?heap=to_screen"),
        ("ma", f"/dispatch?of=picked&sel={finding.number[3:]}"),
        ("ma", f"/dispatch/supervise?sel={finding.number[3:]}"),
        ("ma", f"/findings/{finding.id}"),
        ("ma", "/visits"),
        ("ma", f"/visits/{visit_id}"),
        ("ma", "/nowhere"),
        ("zhao", f"/findings/{small.named('finding at the market')}"),
        ("sun", "/overview"),
    ]


@pytest.mark.parametrize(("language", "theme"), [("zh", "dark"), ("en", "light")])
def test_no_page_has_a_serious_barrier(office: Office, language: str, theme: str) -> None:
    for state in ("to_screen", "to_assign", "rectified", "rectified", "returned", "cleared", "assigned"):
        made = office.finding(state)
    visit_id = visit(office)
    barriers = []
    seats: dict[str | None, Page] = {}
    for who, path in pages(office, made, visit_id):
        if who not in seats:
            seats[who] = office.at_the_desk(who, language=language, bypass_csp=True)
            seats[who].context.add_cookies([{"name": "fieldbook-theme", "value": theme, "url": office.address}])
        page = seats[who]
        page.goto(office.address + path)
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html.slice(0, 160) + ' ' + n.failureSummary.slice(0, 160))]))")
        barriers += [(path, *one) for one in found if one[0] in ("serious", "critical")]

    assert barriers == []


@pytest.mark.parametrize("width", [1024, 1366])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_runs_out_of_the_page(office: Office, width: int, language: str) -> None:
    for state in ("to_screen", "to_assign", "rectified", "returned", "assigned"):
        made = office.finding(state)
    visit_id = visit(office)
    wide = []
    page = office.at_the_desk("ma", language=language)
    page.set_viewport_size({"width": width, "height": 768})
    for who, path in pages(office, made, visit_id):
        if who == "ma":
            page.goto(office.address + path)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(path)

    assert wide == []


def test_a_list_and_a_finding_print_as_pages(office: Office) -> None:
    made = office.finding("returned")
    page = office.at_the_desk("ma")

    sheets = []
    for path in ("/findings?view=all", f"/findings/{made.id}", "/overview"):
        page.goto(office.address + path)
        sheets.append(io.BytesIO(page.pdf(prefer_css_page_size=True)).getvalue())
    page.emulate_media(media="print")

    assert all(sheet.startswith(b"%PDF") for sheet in sheets)
    expect(page.locator("#rail")).to_be_hidden()
