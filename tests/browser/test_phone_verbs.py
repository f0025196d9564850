"""The rarer verbs on a phone: asked for without signal, kept as they are written, taken back, and done by the office once they arrive."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from fieldbook import findings
from fieldbook.kernel import db, utcnow
from tests import county as small
from tests.browser.people import known, log_in, phone, shoot, until
from tests.browser.phones import Served, served
from tests.conftest import make_app


@pytest.fixture
def county(fresh_database: str, tmp_path: Path) -> Iterator[tuple[Served, small.County, Path]]:
    """The small county on a port, some hours ago; its database's folder."""
    app = make_app(tmp_path / "instance", fresh_database)
    with app.app_context():
        town = small.County(app, at=utcnow() - timedelta(hours=2))
        with served(app) as server:
            yield server, town, tmp_path
        db.session.remove()
        db.engine.dispose()


def says(folder: Path, question: str, *values: object) -> Any:
    """The first column of the first row that the server's database answers with."""
    rows = known(folder, question, *values)
    return rows[0][0] if rows else None


def state_of(folder: Path, finding: findings.Finding) -> str:
    return str(says(folder, "SELECT state FROM finding WHERE number = ?", finding.number))


def open_at(page: Page, server: Served, path: str) -> None:
    page.goto(f"{server.address}/app{path}")
    page.locator("[data-heading], .sheet").first.wait_for()


def seen(context: BrowserContext, server: Served, who: str) -> Page:
    """A phone that has pulled its rows and can start without signal."""
    page = context.pages[0]
    log_in(page, server.address, who)
    until(page, lambda: page.locator('[data-pill="sent"]').count(), what="all is there")
    page.wait_for_timeout(500)
    return page


def test_more_time_is_asked_for_without_signal_with_a_photo_of_how_far_it_is(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, folder = county
    finding = town.finding(state="accepted")
    with phone(tools, tmp_path / "zhao") as context:
        page = seen(context, server, "zhao")
        open_at(page, server, f"/findings/{finding.id}/reply")
        context.set_offline(True)

        page.get_by_role("button", name="申请延期").tap()
        sheet = page.locator(".sheet")
        sheet.get_by_role("button", name="等配件到货").tap()
        shoot(page, sheet.locator("label.add input"), 1)
        sheet.locator(".strip img").first.wait_for()
        sheet.get_by_label("说明").fill("桶盖已订")
        page.wait_for_timeout(600)
        page.reload()  # the phone was put away meanwhile

        assert page.locator(".sheet").get_by_label("说明").input_value() == "桶盖已订"
        page.locator(".sheet .strip img").wait_for()
        page.locator(".sheet .foot .main").tap()
        page.get_by_text("已申请延期").wait_for()
        open_at(page, server, f"/findings/{finding.id}")
        assert page.locator(".axis .asked").count() == 1
        page.get_by_text("等配件到货，桶盖已订").first.wait_for()
        assert page.get_by_role("button", name="申请延期").count() == 0

        page.wait_for_timeout(8500)
        context.set_offline(False)
        until(page, lambda: says(folder, "SELECT count(*) FROM extension"), what="the office has the request")
        until(page, lambda: says(folder, "SELECT count(*) FROM photo"), what="and its photo")

    assert state_of(folder, finding) == "accepted"


def test_what_was_said_can_be_taken_back_and_the_slip_lies_there_as_it_was(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, folder = county
    finding = town.finding(state="assigned")
    with phone(tools, tmp_path / "zhao") as context:
        page = seen(context, server, "zhao")
        open_at(page, server, f"/findings/{finding.id}")

        page.get_by_role("button", name="不是我单位的").tap()
        page.locator(".sheet").get_by_role("button", name="不在管辖范围").tap()
        page.locator(".sheet").get_by_label("说明").fill("管网归城管局")
        page.locator(".sheet .foot .main").tap()
        page.get_by_text("待交办").first.wait_for()
        page.get_by_role("button", name=re.compile("撤销")).tap()
        page.get_by_role("button", name="不是我单位的").tap()

        sheet = page.locator(".sheet")
        assert sheet.get_by_label("说明").input_value() == "管网归城管局"
        assert sheet.get_by_role("button", name="不在管辖范围").get_attribute("aria-pressed") == "true"
    assert state_of(folder, finding) in ("assigned", "accepted")


def test_a_dispute_goes_to_the_dispatcher_who_sees_why(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, folder = county
    finding = town.finding(state="assigned")
    with phone(tools, tmp_path / "zhao") as context:
        page = seen(context, server, "zhao")
        open_at(page, server, f"/findings/{finding.id}/dispute")
        page.locator(".sheet").get_by_role("button", name="设施属别家").tap()
        page.locator(".sheet .foot .main").tap()
        until(page, lambda: state_of(folder, finding) == "to_assign", what="the office has it", seconds=25)

    with phone(tools, tmp_path / "chen") as context:
        page = seen(context, server, "chen")
        open_at(page, server, f"/findings/{finding.id}")
        page.locator(".marks .disputed").get_by_text("设施属别家").wait_for()
        page.locator(".foot .main").tap()
        page.locator(".sheet").get_by_text("县城管局市政所").tap()
        until(page, lambda: state_of(folder, finding) == "assigned", what="it was given to another unit", seconds=25)


def test_a_dispatcher_screens_and_assigns_in_a_row_without_signal(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, folder = county
    finding = town.finding(state="to_screen")
    with phone(tools, tmp_path / "chen") as context:
        page = seen(context, server, "chen")
        open_at(page, server, f"/findings/{finding.id}")
        context.set_offline(True)

        page.get_by_role("button", name="审核通过").tap()
        page.get_by_role("button", name="交办", exact=True).tap()
        page.locator(".sheet").get_by_text("县城管局市政所").tap()
        page.get_by_text("待签收").first.wait_for()
        page.wait_for_timeout(8500)
        context.set_offline(False)
        until(page, lambda: state_of(folder, finding) == "assigned", what="both arrived, in order")


def test_a_report_is_merged_into_the_one_that_is_known(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, folder = county
    there = town.finding(state="accepted")
    again = town.finding(state="to_screen")
    with phone(tools, tmp_path / "chen") as context:
        page = seen(context, server, "chen")
        open_at(page, server, f"/findings/{again.id}/merge")

        page.locator(".sheet input[type=search]").fill(str(there.number)[-4:])
        page.locator(".sheet").get_by_role("radio").first.tap()
        page.locator(".sheet .foot .main").tap()
        page.get_by_text("已合并").first.wait_for()
        until(page, lambda: state_of(folder, again) == "merged", what="the office merged it", seconds=25)


def test_void_is_asked_in_red_and_not_offered_back(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, folder = county
    finding = town.finding(state="accepted")
    with phone(tools, tmp_path / "chen") as context:
        page = seen(context, server, "chen")
        open_at(page, server, f"/findings/{finding.id}")

        page.get_by_role("button", name="更多").tap()
        page.locator(".sheet").get_by_text("作废").first.tap()
        assert page.locator(".sheet .foot .gone").is_disabled()
        page.locator(".sheet").get_by_role("button", name="录了两次").tap()
        page.locator(".sheet .foot .gone").tap()
        until(page, lambda: state_of(folder, finding) == "void", what="the office has it", seconds=6)
        assert page.get_by_role("button", name="撤销").count() == 0


@pytest.mark.parametrize(
    ("verb", "who", "state", "fill", "column", "is_so"),
    [
        ("supervise", "chen", "accepted", {"要求": "学校门口"}, "supervised_at IS NOT NULL", 1),
        ("change_due", "chen", "accepted", {"原因": "等配件"}, "(SELECT count(*) FROM entry WHERE verb = 'finding.due_changed')", 1),
        ("defer", "ma", "accepted", {"说明": "春天补种"}, "state", "deferred"),
        ("reopen", "chen", "cleared", {"原因": "又满了"}, "state", "assigned"),
        ("extend", "chen", "accepted", {}, "extended", 1),
    ],
)
def test_the_office_does_what_a_slip_says(
    county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path, verb: str, who: str, state: str, fill: dict[str, str], column: str, is_so: object
) -> None:
    server, town, folder = county
    finding = town.finding(state=state)
    with phone(tools, tmp_path / who) as context:
        page = seen(context, server, who)
        open_at(page, server, f"/findings/{finding.id}/{verb}")
        for label, words in fill.items():
            page.locator(".sheet").get_by_label(label, exact=True).fill(words)
        page.locator(".sheet .foot .main").tap()
        until(page, lambda: says(folder, f"SELECT {column} FROM finding WHERE number = ?", finding.number) == is_so, what=f"{verb} was done", seconds=25)


def test_a_photo_that_never_came_is_given_up(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, folder = county
    finding = town.finding(state="accepted")
    lost = town.photo()
    town.say("rectify", finding, photos=[lost, town.photo(arrived=True)])
    with phone(tools, tmp_path / "wu") as context:
        page = seen(context, server, "wu")
        open_at(page, server, f"/findings/{finding.id}/give_up")

        page.locator(".sheet").get_by_role("button", name="手机丢了或坏了").tap()
        page.locator(".sheet .foot .gone").tap()
        until(page, lambda: says(folder, "SELECT count(*) FROM entry WHERE verb = 'photo.given_up'"), what="the office knows", seconds=6)
        page.get_by_text("不再等").first.wait_for()


def test_a_slip_that_came_too_late_keeps_what_was_written(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, _ = county
    finding = town.finding(state="accepted")
    with phone(tools, tmp_path / "zhao") as context:
        page = seen(context, server, "zhao")
        open_at(page, server, f"/findings/{finding.id}/ask_extension")
        page.locator(".sheet").get_by_label("说明").fill("等桶盖")
        page.wait_for_timeout(500)
        town.say("rectify", finding)
        page.goto(f"{server.address}/app/outbox")
        page.get_by_role("button", name="现在上传").count()
        page.wait_for_timeout(1500)
        page.locator("a[href$='/ask_extension']").tap()
        page.locator(".sheet").wait_for()
        until(page, lambda: page.locator(".sheet .clearing").count(), what="the sheet says that it is too late", seconds=70)

        assert "等桶盖" in page.locator(".sheet .clearing").inner_text()


def test_an_open_slip_stands_among_the_drafts(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, _ = county
    finding = town.finding(state="rectified")
    with phone(tools, tmp_path / "wu") as context:
        page = seen(context, server, "wu")
        open_at(page, server, f"/findings/{finding.id}/return")
        page.locator(".sheet").get_by_label("说明").fill("桶后还有积水")
        page.locator(".sheet .back").tap()
        page.wait_for_timeout(400)
        page.goto(f"{server.address}/app/outbox")

        page.locator(f"a[href='/app/findings/{finding.id}/return']").tap()

        assert page.locator(".sheet").get_by_label("说明").input_value() == "桶后还有积水"
