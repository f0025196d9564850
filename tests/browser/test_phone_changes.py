"""What changes under a phone: its person's posts, the manual, what the office tells; and how it is let in and heard of."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from fieldbook import accounts, messages, standards
from fieldbook.accounts import Duty
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


def seen(context: BrowserContext, server: Served, who: str) -> Page:
    """A phone that has pulled its rows and can start without signal."""
    page = context.pages[0]
    log_in(page, server.address, who)
    until(page, lambda: page.locator('[data-pill="sent"]').count(), what="all is there")
    page.wait_for_timeout(500)
    return page


def ask_now(page: Page) -> None:
    """Ask the office now, as a person does by looking at the phone again."""
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")


def rows_here(page: Page, person: str) -> dict[str, int]:
    """How many rows of each kind this phone keeps, in the generation that it shows; and pictures."""
    return page.evaluate(  # type: ignore[no-any-return]
        """async (person) => {
            const db = await new Promise((done, wrong) => {
                const asked = indexedDB.open(`fieldbook-${person}`);
                asked.onsuccess = () => done(asked.result);
                asked.onerror = () => wrong(asked.error);
            });
            const all = (name) => new Promise((done) => { const r = db.transaction(name).objectStore(name).getAll(); r.onsuccess = () => done(r.result); });
            const meta = Object.fromEntries((await all("meta")).map((one) => [one.key, one.value]));
            const counts = { pictures: (await all("pictures")).length, other: (await all(`rows_${meta.feed.at === "a" ? "b" : "a"}`)).length };
            for (const row of await all(`rows_${meta.feed.at}`)) counts[row.kind] = (counts[row.kind] ?? 0) + 1;
            db.close();
            return counts;
        }""",
        person,
    )


# ---------------------------------------------------------------- another post


def move(town: small.County, who: str, zone: str) -> None:
    """Give a person another zone instead of the one they had."""
    person = small.named(who)
    town.session.rollback()
    had = accounts.posts_of(town.session, person)
    town.at = utcnow()
    with town.acting("ma") as act:
        accounts.make_post(act, person, Duty.INSPECTOR, area_id=small.named(zone))
        for post in had:
            accounts.end_post(act, post.id)
    town.session.rollback()


def test_a_changed_post_changes_what_a_phone_keeps_and_nothing_of_ones_own_is_lost(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, folder = county
    town.finding(state="accepted")
    with phone(tools, tmp_path / "lin") as context:
        page = seen(context, server, "lin")
        before = rows_here(page, str(small.named("lin")))
        context.set_offline(True)
        page.goto(f"{server.address}/app/")
        shoot(page, page.locator(".nav .shot input"), 3)  # reported without signal, under the old post
        page.locator(".frozen img").wait_for()
        page.locator(".sheet .foot .main, .foot .main").last.tap()
        page.locator("nav.nav").wait_for()
        page.goto(f"{server.address}/app/places/{small.named('城南农贸市场')}")
        page.locator(".foot button.main").tap()
        page.locator("section.crit").first.wait_for()
        page.locator("section.crit .seg button").first.tap()
        visit = page.url
        page.wait_for_timeout(600)
        move(town, "lin", "zone3")

        context.set_offline(False)
        page.goto(f"{server.address}/app/places")
        until(page, lambda: page.get_by_text("东门街").count(), what="the new zone is here", seconds=40)

        assert page.get_by_text("人民路中段").count() == 0
        after = rows_here(page, str(small.named("lin")))
        assert (before["place"], before["finding"]) == (3, 1)
        # The old zone's findings leave; one's own report stays one's own.
        assert (after["place"], after["other"]) == (1, 0)
        until(page, lambda: says(folder, "SELECT count(*) FROM command WHERE verb = 'finding.report'"), what="the report of the old post has gone", seconds=40)
        until(page, lambda: says(folder, "SELECT count(*) FROM photo WHERE sha256 NOT IN (SELECT sha256 FROM photo WHERE stored_at IS NULL)"), what="with its photo", seconds=40)
        page.goto(visit)
        page.locator("section.crit").first.wait_for()  # the visit that was begun is still here, with its answer
        assert page.locator("section.crit .seg [aria-checked=true]").count() == 1
        page.goto(f"{server.address}/app/findings")
        until(page, lambda: "东门" in page.locator("body").inner_text() or page.locator(".hero").count(), what="the screens have the new hats")


def test_a_kill_between_two_generations_shows_no_half_county(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, _ = county
    with phone(tools, tmp_path / "lin") as context:
        page = seen(context, server, "lin")
        move(town, "lin", "zone3")
        pages: list[str] = []

        def cut(route: Any) -> None:
            """The first page of the new generation says that more follows, and then nobody answers."""
            if pages:
                route.abort()
                return
            answer = route.fetch()
            body = answer.json()
            pages.append(body["cursor"])
            route.fulfill(response=answer, json={**body, "more": True})

        context.route("**/api/pull*", cut)
        page.reload()
        until(page, lambda: pages, what="the first page came")
        page.wait_for_timeout(800)
        page.goto(f"{server.address}/app/places")

        page.get_by_text("人民路中段").wait_for()  # still the old one, whole
        assert page.get_by_text("东门街").count() == 0
        context.unroute("**/api/pull*")
        page.reload()
        until(page, lambda: page.get_by_text("东门街").count() and not page.get_by_text("人民路中段").count(), what="the new one, whole", seconds=40)


# ---------------------------------------------------------------- another manual


def publish(town: small.County) -> int:
    """Publish the manual with one criterion of the markets fewer, and another in other words; its version."""
    kinds = copy.deepcopy(small.STANDARDS)
    market = next(kind for kind in kinds if kind["code"] == "25")
    market["criteria"] = [c for c in market["criteria"] if c["code"] != "25.03"]
    market["criteria"][0]["text_zh"] = "新版的第一条标准"
    town.at = utcnow()
    with town.acting("ma") as act:
        version = standards.publish(act, kinds).version
    town.session.rollback()
    return version


def test_a_visit_is_finished_with_the_manual_it_was_begun_with(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, folder = county
    with phone(tools, tmp_path / "lin") as context:
        page = seen(context, server, "lin")
        page.goto(f"{server.address}/app/places/{small.named('城南农贸市场')}")
        page.locator(".foot button.main").tap()
        page.locator("section.crit").first.wait_for()
        page.locator(".foot .line").tap()
        page.wait_for_timeout(500)
        assert page.locator(".version").count() == 0

        version = publish(town)
        page.reload()
        page.locator(".version").wait_for()

        assert f"版本 {version}" in page.locator(".version").inner_text()
        assert page.get_by_text("新版的第一条标准").count() == 0
        assert page.locator('[data-code="25.03"]').count() == 1
        for _ in range(5):
            page.locator('[data-code="25.01"]').get_by_role("button", name="加一").tap()
        shoot(page, page.locator('[data-code="25.01"] label.add input'), 1)
        page.get_by_role("link", name="完成检查").tap()
        page.locator(".score").wait_for()
        page.locator(".foot button.main").tap()
        until(page, lambda: says(folder, "SELECT count(*) FROM visit"), what="the visit has come")
        assert says(folder, "SELECT manual FROM visit") == 1
        assert len(says(folder, "SELECT tally FROM visit")) == 13

        page.goto(f"{server.address}/app/places/{small.named('城南农贸市场')}")
        page.locator(".foot button.main").tap()
        page.get_by_text("新版的第一条标准").wait_for()  # the next one is of the new version
        assert page.locator('[data-code="25.03"]').count() == 0


def test_a_manual_that_three_newer_ones_followed_stays_while_a_draft_needs_it(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, _, _ = county
    with phone(tools, tmp_path / "lin") as context:
        page = seen(context, server, "lin")
        page.goto(f"{server.address}/app/places/{small.named('城南农贸市场')}")
        page.locator(".foot button.main").tap()
        page.locator("section.crit .seg button").first.tap()
        page.wait_for_timeout(500)

        def manual(route: Any) -> None:
            version = int(route.request.url.rsplit("/", 1)[1])
            if version == 1:
                route.abort()  # not to be had again
            else:
                route.fulfill(json={"epoch": "00000000", "version": version, "kinds": []})

        context.route("**/api/manual/*", manual)
        for version in range(2, 7):
            context.unroute("**/api/me*")
            context.route("**/api/me*", in_force(version))
            page.reload()
            page.locator(".version", has_text=f"版本 {version}").wait_for()
        context.set_offline(True)
        page.reload()

        page.locator('[data-code="25.13"]').wait_for()


def in_force(version: int) -> Callable[[Any], None]:
    """/api/me with another version of the manual in force."""

    def answer(route: Any) -> None:
        told = route.fetch()
        route.fulfill(response=told, json={**told.json(), "manual": {"version": version, "sha": "x"}})

    return answer


# ---------------------------------------------------------------- notices


def tell(town: small.County) -> None:
    """Let the notices follow the journal."""
    town.session.rollback()
    while messages.follow(town.session):
        town.session.rollback()
    town.session.rollback()


def test_what_is_new_stands_on_the_first_screen_and_is_there_without_signal(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, folder = county
    town.finding(state="assigned")
    town.finding(state="returned")
    tell(town)
    with phone(tools, tmp_path / "zhao") as context:
        page = seen(context, server, "zhao")
        page.goto(f"{server.address}/app/")
        line = page.locator("a.news")
        line.wait_for()
        assert "退回重办 1" in " ".join(line.inner_text().split())
        context.set_offline(True)
        page.reload()
        page.locator("a.news").tap()
        page.locator(".news .fresh").first.wait_for()
        page.wait_for_timeout(1500)
        page.locator(".bar .back").tap()
        page.locator("nav.nav").wait_for()
        assert page.locator("a.news").count() == 0  # seen is seen, without signal too

        context.set_offline(False)
        ask_now(page)
        until(page, lambda: says(folder, "SELECT count(*) FROM notices_read"), what="the office knows that they were read", seconds=40)


def test_an_office_without_notices_is_no_fault(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, _, _ = county
    with phone(tools, tmp_path / "zhao") as context:
        asked: list[str] = []

        def none(route: Any) -> None:
            asked.append(route.request.url)
            route.fulfill(status=404, json={"epoch": "00000000", "code": "web.http_404", "message": "", "request_id": ""})

        context.route("**/api/notices*", none)
        page = seen(context, server, "zhao")
        ask_now(page)
        page.wait_for_timeout(1500)

        assert len(asked) == 1
        assert page.locator('[data-pill="sent"]').count() == 1
        assert page.locator("a.news").count() == 0


# ---------------------------------------------------------------- entry by a code


def link(town: small.County, who: str) -> str:
    town.at = utcnow()
    with town.acting("ma") as act:
        token = accounts.make_link(act, small.named(who))
    town.session.rollback()
    return token


def test_a_code_lets_a_phone_in_with_nothing_typed_and_leaves_no_trace_in_the_address(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, folder = county
    token = link(town, "lin")
    with phone(tools, tmp_path / "lin") as context:
        page = context.pages[0]
        page.goto(f"{server.address}/app/enrol#{token}")
        page.locator("nav.nav").wait_for()

        assert token not in page.evaluate("() => location.href + JSON.stringify(history.state)")
        page.goto(f"{server.address}/app/places")
        page.get_by_text("城南农贸市场").wait_for()
        assert says(folder, "SELECT count(*) FROM phone WHERE person_id = (SELECT id FROM person WHERE login = 'lin')") == 2

    with phone(tools, tmp_path / "another") as context:
        page = context.pages[0]
        page.goto(f"{server.address}/app/enrol#{token}")
        page.get_by_role("button", name="用账号密码登录").wait_for()
        words = page.locator(".enrol").inner_text()
        page.get_by_role("button", name="用账号密码登录").tap()
        page.locator("#password").wait_for()

    assert "24 小时" in words or "用过" in words


def test_without_signal_the_code_is_kept_and_tried_again(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, _ = county
    token = link(town, "lin")
    with phone(tools, tmp_path / "lin") as context:
        page = context.pages[0]
        context.route("**/api/enrol", lambda route: route.abort())
        page.goto(f"{server.address}/app/enrol#{token}")
        page.get_by_text("二维码还能用").wait_for()
        context.unroute("**/api/enrol")
        page.get_by_role("button", name="再试一次").tap()
        page.locator("nav.nav").wait_for()


def test_the_same_persons_unsent_work_goes_on_after_a_new_code(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, folder = county
    with phone(tools, tmp_path / "lin") as context:
        page = seen(context, server, "lin")
        context.set_offline(True)
        page.goto(f"{server.address}/app/")
        shoot(page, page.locator(".nav .shot input"), 2)
        page.locator(".frozen img").wait_for()
        page.locator(".foot .main").last.tap()
        page.locator("nav.nav").wait_for()
        with town.acting("ma") as act:
            accounts.end_sessions(act, small.named("lin"))
        town.session.rollback()
        context.set_offline(False)
        page.goto(f"{server.address}/app/enrol#{link(town, 'lin')}")
        page.locator("nav.nav").wait_for()

        until(page, lambda: says(folder, "SELECT count(*) FROM photo"), what="the photo has gone, under the same phone", seconds=40)


# ---------------------------------------------------------------- what the office hears


def test_the_office_hears_how_many_photos_a_phone_still_holds(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, _, folder = county
    told: list[dict[str, Any]] = []
    with phone(tools, tmp_path / "lin") as context:
        page = seen(context, server, "lin")
        context.route("**/api/photos/*", lambda route: route.abort())
        page.on("request", lambda asked: told.append(json.loads(asked.post_data or "{}")) if asked.url.endswith("/api/push") else None)
        page.goto(f"{server.address}/app/")
        shoot(page, page.locator(".nav .shot input"), 1)
        page.locator(".frozen img").wait_for()
        page.locator(".foot .main").last.tap()
        held = "SELECT unsent_photos FROM phone WHERE unsent > 0"
        until(page, lambda: says(folder, held) == 1, what="the office knows of one photo")
        assert says(folder, "SELECT unsent_since FROM phone WHERE unsent > 0") is not None
        context.unroute("**/api/photos/*")
        ask_now(page)
        until(page, lambda: says(folder, "SELECT count(*) FROM phone WHERE unsent > 0") == 0, what="and that it has gone", seconds=70)

    first, last = told[0], told[-1]
    assert (first["queued"], first["queued_photos"]) == (1, 1)
    assert abs(first["queued_since"] - utcnow().timestamp() * 1000) < 300_000
    assert (last["queued"], last["queued_photos"], last["commands"]) == (0, 0, [])
    assert "queued_since" not in last


# ---------------------------------------------------------------- taken out of use


def test_a_revoked_phone_hands_in_what_it_holds_and_is_empty_then(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, folder = county
    with phone(tools, tmp_path / "lin") as context:
        page = seen(context, server, "lin")
        context.set_offline(True)
        page.goto(f"{server.address}/app/")
        shoot(page, page.locator(".nav .shot input"), 4)
        page.locator(".frozen img").wait_for()
        page.locator(".foot .main").last.tap()
        page.locator("nav.nav").wait_for()
        device = in_use(folder)
        town.at = utcnow()
        with town.acting("ma") as act:
            accounts.revoke_phone(act, device, small.named("lin"))
        town.session.rollback()
        context.set_offline(False)
        ask_now(page)

        page.get_by_text("没传完的已交给办公室").wait_for()
        assert f"fieldbook-{small.named('lin')}" not in page.evaluate("async () => (await indexedDB.databases()).map((one) => one.name)")
    assert says(folder, "SELECT verb FROM command WHERE waits_for IS NOT NULL") == "finding.report"
    assert says(folder, "SELECT count(*) FROM photo") == 1
    assert says(folder, "SELECT wiped_at IS NOT NULL FROM phone WHERE revoked_at IS NOT NULL") == 1


def test_a_stolen_phone_is_emptied_at_once_and_hands_in_nothing(county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path) -> None:
    server, town, folder = county
    with phone(tools, tmp_path / "lin") as context:
        page = seen(context, server, "lin")
        device = in_use(folder)
        town.at = utcnow()
        with town.acting("ma") as act:
            accounts.mark_stolen(act, device, small.named("lin"))
        town.session.rollback()
        ask_now(page)

        page.get_by_text("已报失").wait_for()
        says_empty = "SELECT count(*) FROM phone WHERE stolen_at IS NOT NULL AND wiped_at IS NOT NULL"
        until(page, lambda: says(folder, says_empty) == 1, what="the office knows that the phone is empty")
        assert context.cookies() == []
        assert f"fieldbook-{small.named('lin')}" not in page.evaluate("async () => (await indexedDB.databases()).map((one) => one.name)")


def in_use(folder: Path) -> UUID:
    """The phone that lin logged in with last."""
    raw = says(folder, "SELECT device_id FROM login_session WHERE device_id IS NOT NULL ORDER BY started_at DESC")
    return UUID(str(raw)) if isinstance(raw, str) else UUID(bytes=raw)
