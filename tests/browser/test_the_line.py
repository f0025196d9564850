"""One problem from the street to cleared: three people on three phones, the server really stopped in between."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests import county as small
from tests import servers
from tests.browser.people import judge_the_market, known, log_in, phone, shoot, until
from tests.browser.proxy import Proxy
from tests.conftest import make_county

MARKET = small.named("城南农贸市场")


class Office:
    """The server's instance, and the server when it runs."""

    def __init__(self, folder: Path) -> None:
        self.instance = folder / "instance"
        self.port = servers.free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        make_county(self.instance)
        self.stack = ExitStack()
        self.open()

    def open(self) -> None:
        self.server = self.stack.enter_context(servers.fieldbook(self.instance, port=self.port))

    def close(self) -> None:
        self.server.stop()

    def kill(self) -> None:
        self.server.kill()

    def findings(self) -> list[tuple[str, str, int]]:
        """(state, criterion, on the spot) of every finding."""
        return known(self.instance, "SELECT state, criterion, on_spot FROM finding ORDER BY number")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.stack.close()


def test_the_whole_loop_with_the_server_stopped_on_the_way(office: Office, tools: Playwright, tmp_path: Path) -> None:
    with phone(tools, tmp_path / "lin", whole=True) as lins, phone(tools, tmp_path / "zhao", whole=True) as zhaos, phone(tools, tmp_path / "wu", whole=True) as wus:
        lin, zhao, wu = lins.pages[0], zhaos.pages[0], wus.pages[0]
        for page, name in ((lin, "lin"), (zhao, "zhao"), (wu, "wu")):
            log_in(page, office.address, name)

        # the street: no server at all, a cold start from the address, a deep link, a whole visit
        office.close()
        lin.goto(f"{office.address}/app/")
        lin.locator("nav.nav").wait_for()
        lin.goto(f"{office.address}/app/places/{MARKET}")
        lin.get_by_role("heading", name="城南农贸市场").first.wait_for()
        judge_the_market(lin, failing="25.07", photos=2)
        lin.goto(f"{office.address}/app/outbox")
        until(lin, lambda: lin.get_by_text("离线，照常工作").count(), what="the pill says that being offline is no trouble")
        assert office.findings() == []

        # signal
        office.open()
        lin.reload()
        until(lin, lambda: lin.get_by_text("已全部上传").count(), what="everything has gone", seconds=90)
        assert office.findings() == [("assigned", "25.07", 0)]
        until(lin, lambda: known(office.instance, "SELECT count(*) FROM photo WHERE verdict = 'checked'") == [(3,)], what="the photos are decoded")

        # the unit
        finding = known(office.instance, "SELECT id FROM finding")[0][0]
        finding_id = f"{finding[:8]}-{finding[8:12]}-{finding[12:16]}-{finding[16:20]}-{finding[20:]}"
        zhao.goto(f"{office.address}/app/findings")
        zhao.locator(f'a[href$="{finding_id}"]').first.tap(timeout=60_000)
        until(zhao, lambda: office.findings()[0][0] == "accepted", what="looking at it for a second accepts it", seconds=60)
        zhao.goto(f"{office.address}/app/findings/{finding_id}/reply")
        shoot(zhao, zhao.locator("label.half input[type=file]"), 4)
        zhao.get_by_role("button", name="提交整改").tap(timeout=40_000)
        until(zhao, lambda: office.findings()[0][0] == "rectified", what="the unit's reply has come", seconds=60)
        until(zhao, lambda: known(office.instance, "SELECT count(*) FROM photo WHERE verdict = 'checked'") == [(4,)], what="the after photo is decoded", seconds=60)

        # somebody else
        wu.goto(f"{office.address}/app/findings/{finding_id}")
        wu.get_by_role("button", name="销号").first.tap(timeout=60_000)
        until(wu, lambda: office.findings()[0][0] == "cleared", what="it is cleared once its undo has passed", seconds=60)

    verbs = known(office.instance, "SELECT verb FROM entry WHERE verb LIKE 'finding.%' ORDER BY seq")
    assert [verb for (verb,) in verbs] == ["finding.reported", "finding.assigned", "finding.accepted", "finding.rectified", "finding.cleared"]


def test_a_server_killed_after_it_wrote_and_before_it_answered_makes_no_double(office: Office, tools: Playwright, tmp_path: Path) -> None:
    with Proxy(office.port) as between, phone(tools, tmp_path / "lin", whole=True) as lins:
        lin, address = lins.pages[0], f"http://127.0.0.1:{between.port}"
        log_in(lin, address, "lin")

        between.swallow("POST /api/push", then=office.kill)
        lin.goto(f"{address}/app/places/{MARKET}")
        judge_the_market(lin, failing="25.08", photos=1)
        until(lin, lambda: between.swallowed, what="the answer was lost on the way", seconds=60)
        office.open()
        lin.goto(f"{address}/app/outbox")
        lin.reload()
        until(lin, lambda: lin.get_by_text("已全部上传").count(), what="everything has gone", seconds=120)

    assert office.findings() == [("assigned", "25.08", 0)]
    assert known(office.instance, "SELECT count(*) FROM visit") == [(1,)]
