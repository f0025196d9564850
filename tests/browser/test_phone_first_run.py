"""The first run and every day after it: how many touches, what a self-test finds out, how one leaves a messenger, where Back leads."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Playwright

from fieldbook import accounts
from fieldbook.kernel import db, utcnow
from tests import county as small
from tests.browser.people import known, log_in, phone, photograph, until
from tests.browser.phones import Served, served
from tests.conftest import make_app

WECHAT = (
    "Mozilla/5.0 (Linux; Android 13; ANA-AN00) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 "
    "MMWEBSDK/20231202 MicroMessenger/8.0.47.2560(0x28002F36) WeChat/arm64 NetType/WIFI Language/zh_CN"
)


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


def slip(town: small.County, who: str) -> str:
    """The token that the office prints on a person's slip."""
    town.at = utcnow()
    with town.acting("ma") as act:
        token = accounts.make_link(act, small.named(who))
    town.session.rollback()
    return token


class Thumb:
    """A thumb that counts its touches."""

    def __init__(self, page: Page) -> None:
        self.page, self.touches = page, 0

    def main(self, words: str) -> None:
        self.page.locator(".foot .main", has_text=words).tap()
        self.touches += 1


def snap(page: Page, thumb: Thumb | None = None) -> None:
    """One 随手拍 by the file chooser, kept: the cell, the shutter, accept, done."""
    name, data = photograph(1)
    with page.expect_file_chooser() as opened:
        page.locator(".nav .shot input").tap()
    opened.value.set_files({"name": name, "mimeType": "image/jpeg", "buffer": data})
    page.locator(".frozen img").wait_for()
    page.locator(".foot .main").last.tap()
    page.locator("nav.nav").wait_for()
    if thumb:
        thumb.touches += 4


def tried(page: Page) -> dict[str, str]:
    """What the self-test found: each line's value, a "!" before the failed ones."""
    page.locator(".tests li").first.wait_for()
    return page.evaluate(  # type: ignore[no-any-return]
        """() => Object.fromEntries([...document.querySelectorAll('.tests > li')].map((li) => {
            const name = li.querySelector('span')?.textContent ?? li.querySelector('b').firstChild.textContent;
            return [name, (li.className === 'no' ? '! ' : '') + (li.querySelector('em') ?? li.querySelector('b')).textContent];
        }))"""
    )


# ---------------------------------------------------------------- from the slip to the first photo


def test_from_the_printed_slip_to_the_first_photo_nothing_is_typed(
    county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path
) -> None:
    server, town, folder = county
    with phone(
        tools,
        tmp_path / "lin",
        new=True,
        permissions=["camera", "geolocation"],
        geolocation={"latitude": 35.1, "longitude": 114.2},
    ) as context:
        page = context.pages[0]
        typed: list[str] = []
        page.expose_function("typed", lambda key: typed.append(key))
        page.add_init_script("addEventListener('keydown', (e) => typed(e.key), true)")
        thumb = Thumb(page)
        page.goto(f"{server.address}/app/enrol#{slip(town, 'lin')}")
        page.wait_for_url("**/setup/install")
        page.locator(".foot .line", has_text="以后再装").tap()
        thumb.touches += 1
        page.wait_for_url("**/setup/allow")
        page.locator(".asks").wait_for()
        while page.locator(".foot .line").count():
            thumb.touches += 2  # the button, and the browser's question
            left = page.locator(".asks .now h2").inner_text()
            page.locator(".foot .main").tap()
            until(page, lambda was=left: page.locator(".asks .now h2").all_inner_texts() != [was], what="the next one")
        thumb.main("自测")
        page.locator(".seal", has_text="离线可用").wait_for()
        found = tried(page)
        thumb.main("开始今天的巡查")
        page.locator("nav.nav").wait_for()
        snap(page, thumb)
        until(
            page,
            lambda: known(folder, "SELECT count(*) FROM photo")[0][0] == 1,
            what="the photo is at the office",
            seconds=40,
        )

        page.goto(f"{server.address}/app/")
        page.locator("nav.nav").wait_for()  # not asked again

    assert typed == []
    assert thumb.touches <= 25
    assert found["查点位、打开检查表"] == "正常"
    assert found["存一张、读回"] == "正常"  # this machine has no camera
    assert not [name for name, value in found.items() if value.startswith("!")]


def test_a_first_login_by_name_goes_the_same_way_and_a_second_goes_to_today(
    county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path
) -> None:
    server, _, _ = county
    with phone(tools, tmp_path / "lin", new=True, whole=True) as context:
        page = context.pages[0]
        page.goto(f"{server.address}/app/")
        page.locator("input[name=username]").fill("lin")
        page.locator("#password").fill(small.PASSWORD)
        page.locator("#password").press("Enter")
        page.wait_for_url("**/setup/install")
        page.get_by_role("button", name="换一种浏览器").tap()
        page.get_by_role("radio", name="Safari").tap()
        assert "7 天不打开" in page.locator("main").inner_text()
        assert "再登录一次" in page.locator("main").inner_text()
        page.locator(".foot .line").tap()
        page.wait_for_url("**/setup/allow")
        page.locator(".asks").wait_for()
        while page.locator(".foot .line").count():
            left = page.locator(".asks .now h2").inner_text()
            page.locator(".foot .line").tap()  # not now: nothing is asked
            until(page, lambda was=left: page.locator(".asks .now h2").all_inner_texts() != [was], what="the next one")
        page.locator(".foot .main", has_text="自测").tap()
        page.locator(".tests").wait_for()
        page.locator(".foot .main").tap()
        page.locator("nav.nav").wait_for()
        page.goto(f"{server.address}/app/logout")
        page.locator(".foot .main", has_text="退出").tap()
        page.locator("input[name=username]").fill("zhao")
        page.locator("#password").fill(small.PASSWORD)
        page.locator("#password").press("Enter")
        page.locator("nav.nav").wait_for()


# ---------------------------------------------------------------- the self-test


DAMAGES = {
    "a file of the app is another one": (
        "断网后重新打开",
        """async () => {
            const cache = await caches.open((await caches.keys()).find((name) => name.startsWith("fieldbook-app-")));
            await cache.put("/app/js/parcel/later.js", new Response("// cut short"));
        }""",
    ),
    "the manual lacks a kind": (
        "查点位、打开检查表",
        """async (person) => change(person, "meta", "manual", (row) => { row.value.kinds = row.value.kinds.slice(0, 1); })""",
    ),
    "a store gives nothing back": (
        "存一张、读回",
        """async () => { IDBObjectStore.prototype.get = new Proxy(IDBObjectStore.prototype.get, { apply: (was, store, given) =>
            Reflect.apply(was, store, store.name === "photo_bytes" ? ["nothing of this name"] : given) }); }""",
    ),
}


def test_the_stamp_is_not_given_while_anything_fails(
    county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path
) -> None:
    server, _, _ = county
    with phone(tools, tmp_path / "lin") as context:
        page = context.pages[0]
        log_in(page, server.address, "lin")
        page.goto(f"{server.address}/app/ready")
        page.locator(".seal").wait_for()
        good = tried(page)
        wrong: dict[str, list[str]] = {}
        for damage, (_, how) in DAMAGES.items():
            page.evaluate(
                f"""async (person) => {{
                    const change = async (person, store, key, work) => {{
                        const db = await new Promise((done) => {{ const asked = indexedDB.open(`fieldbook-${{person}}`); asked.onsuccess = () => done(asked.result); }});
                        const tx = db.transaction(store, "readwrite");
                        const got = tx.objectStore(store).get(key);
                        got.onsuccess = () => {{ work(got.result); tx.objectStore(store).put(got.result); }};
                        await new Promise((done) => (tx.oncomplete = done));
                        db.close();
                    }};
                    await ({how})(person);
                }}""",
                str(small.named("lin")),
            )
            page.get_by_role("button", name="再测").tap()
            page.locator(".tests .no").first.wait_for()
            found = tried(page)
            wrong[damage] = [name for name, value in found.items() if value.startswith("! ")]
            assert page.locator(".seal").count() == 0
            assert page.locator(".foot .main").inner_text() == "仍要开始"
            page.reload()
            if damage == "a file of the app is another one":
                page.evaluate(
                    "async () => { for (const name of await caches.keys()) await (await caches.open(name)).delete('/app/js/parcel/later.js'); }"
                )
                page.evaluate(
                    "async () => (await caches.open((await caches.keys()).find((n) => n.startsWith('fieldbook-app-')))).add('/app/js/parcel/later.js')"
                )
            page.locator(".tests").wait_for()

    assert not [value for value in good.values() if value.startswith("!")]
    for damage, (line, _) in DAMAGES.items():
        assert line in wrong[damage], (damage, wrong)


# ---------------------------------------------------------------- in a messenger


def test_wechat_sends_what_it_has_then_hands_over_once(
    county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path
) -> None:
    server, town, folder = county
    with phone(tools, tmp_path / "wechat", new=True, user_agent=WECHAT) as inside:
        page = inside.pages[0]
        page.goto(f"{server.address}/app/enrol#{slip(town, 'lin')}")  # scanned by WeChat's own scanner
        page.get_by_role("heading", name="微信里能报能改").wait_for()
        unused = page.url
        page.locator(".foot .line", has_text="留在微信").tap()
        page.locator("nav.nav").wait_for()
        assert "没信号就打不开" in page.locator("main").inner_text()

        inside.route("**/api/push", lambda route: route.abort())
        snap(page)
        page.get_by_role("link", name="换到浏览器").tap()
        page.locator(".foot .main", has_text="先上传 1 张").wait_for()
        assert "#" not in page.url
        inside.unroute("**/api/push")
        page.locator(".foot .main").tap()
        page.locator(".foot .main:not([aria-disabled])", has_text="复制网址").wait_for()
        assert known(folder, "SELECT count(*) FROM photo")[0][0] == 1
        page.locator(".foot .main").tap()
        page.get_by_text("5 分钟内").wait_for()
        handed = page.url

    assert "/app/enrol#" in unused
    assert handed != unused
    entered = []
    for name, address in (("chrome", handed), ("another", handed)):
        with phone(tools, tmp_path / name, new=True) as browser:
            page = browser.pages[0]
            page.goto(address)
            page.locator(".foot .main, .login .btn.main:not([aria-disabled])").first.wait_for()
            entered.append(page.url.removeprefix(server.address))
    assert entered == ["/app/setup/install", "/app/enrol"]


# ---------------------------------------------------------------- how it looks


def test_english_chosen_on_the_phone_is_the_language_of_everything_that_is_kept(
    county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path
) -> None:
    server, town, _ = county
    finding = town.finding(state="accepted")
    town.session.rollback()
    chinese = r"[...document.querySelectorAll('main .marks small, main .marks dt, main .stops li')].map((e) => e.textContent).filter((words) => /[\u4e00-\u9fff]/.test(words))"
    with phone(tools, tmp_path / "zhao") as context:
        page = context.pages[0]
        log_in(page, server.address, "zhao")
        page.goto(f"{server.address}/app/findings/{finding.id}")
        page.locator(".marks .unit small").wait_for()
        assert page.evaluate(f"() => {chinese}")

        page.goto(f"{server.address}/app/me")
        with page.expect_request(lambda asked: "/api/pull" in asked.url and asked.headers["fieldbook-language"] == "en"):
            page.get_by_role("radio", name="English").tap()
        page.goto(f"{server.address}/app/findings/{finding.id}")
        until(
            page,
            lambda: page.locator(".marks .unit small").count() and page.evaluate(f"() => {chinese}") == [],
            what="nothing is left in Chinese",
        )
        assert page.evaluate("() => document.documentElement.lang") == "en"


def test_the_sun_and_the_left_hand_are_kept_on_this_phone(
    county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path
) -> None:
    server, _, _ = county

    def seen(page: Page) -> tuple[str, float]:
        page.locator(".foot .main").wait_for()
        return page.evaluate("() => getComputedStyle(document.body).color"), page.locator(".foot .main").bounding_box()[
            "x"
        ]  # type: ignore[index]

    with phone(tools, tmp_path / "lin") as context:
        page = context.pages[0]
        log_in(page, server.address, "lin")
        page.goto(f"{server.address}/app/ready")
        before = seen(page)
        page.goto(f"{server.address}/app/me")
        page.get_by_role("radio", name="日光").tap()
        page.get_by_role("radio", name="左手").tap()
        page.goto(f"{server.address}/app/ready")
        after = seen(page)
        page.emulate_media(contrast="more")
        page.evaluate("() => { delete document.documentElement.dataset.theme; }")
        wished = seen(page)

    assert before[0] != after[0] == "rgb(0, 0, 0)" == wished[0]
    assert after[1] < before[1]


# ---------------------------------------------------------------- Back


def table() -> list[tuple[str, str]]:
    """docs/phone.md: where Back leads from each screen, opened by itself and from the one above it."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "phone.md").read_text("utf-8")
    rows = [
        line.split("|")
        for line in text.split("## Where Back leads", 1)[1].split("\n## ", 1)[0].splitlines()
        if line.startswith("| `/")
    ]
    return [(row[1].strip(" `"), row[3].strip(" `")) for row in rows]


def test_back_leads_where_the_table_says(
    county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path
) -> None:
    server, town, _ = county
    with town.acting("ma") as act:  # one person with every hat
        for whose in ("zhao", "wu"):
            for post in accounts.posts_of(town.session, small.named(whose)):
                accounts.make_post(act, small.named("lin"), post.duty, area_id=post.area_id, unit_id=post.unit_id)
    ids = {"place": str(small.named("城南农贸市场"))}
    rectified, accepted = str(town.finding(state="rectified").id), str(town.finding(state="accepted").id)
    town.session.rollback()
    wrong: dict[str, Any] = {}
    with phone(tools, tmp_path / "lin") as context:
        page = context.pages[0]
        log_in(page, server.address, "lin")
        page.goto(f"{server.address}/app/places/{ids['place']}")
        page.get_by_role("button", name="开始检查").tap()
        page.locator('[data-code="25.02"]').get_by_role("radio", name="不合格").tap()
        ids["visit"] = page.url.rsplit("/", 1)[1]
        page.wait_for_timeout(300)  # the touch is kept
        for screen, leads in table():
            if screen.startswith("/snap"):
                continue  # it has no address before its first photo
            path, to = (
                words.format(finding=accepted if "reply" in screen else rectified, **ids) for words in (screen, leads)
            )
            # opened by its address: the arrow leads to the screen above it
            page.goto(f"{server.address}/app{path}")
            page.locator("[data-heading]").first.wait_for()
            arrow = page.locator(".sheet .back, .bar .back").last
            if arrow.count():
                arrow.tap()
                try:
                    page.wait_for_url(f"{server.address}/app{to}", timeout=3000)
                except Error:
                    wrong[f"{path} by the arrow"] = page.url
            # come to from there: the phone's own Back leads back to it
            page.goto(f"{server.address}/app{to}")
            page.locator("[data-heading]").first.wait_for()
            page.evaluate(
                "(path) => { const a = document.createElement('a'); a.href = path; document.body.append(a); a.click(); a.remove(); }",
                f"/app{path}",
            )
            page.wait_for_url(f"{server.address}/app{path}")
            page.go_back()
            if page.url != f"{server.address}/app{to}":
                wrong[f"{path} by the key"] = page.url
    assert wrong == {}
    assert len(table()) >= 15


def test_back_closes_a_slip_first_and_loses_nothing(
    county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path
) -> None:
    server, _, _ = county
    place = small.named("城南农贸市场")
    with phone(tools, tmp_path / "lin") as context:
        page = context.pages[0]
        log_in(page, server.address, "lin")
        page.get_by_role("link", name="点位").tap()
        page.locator(f"a[href$='{place}']").first.tap()
        page.get_by_role("button", name="开始检查").tap()
        page.locator('[data-code="25.02"]').get_by_role("radio", name="不合格").tap()
        page.locator('[data-code="25.02"] textarea').fill("门口积水")
        visit = page.url
        page.locator(".discard").tap()
        page.get_by_role("dialog").wait_for()

        page.go_back()
        assert (page.url, page.get_by_role("dialog").count()) == (visit, 0)
        page.locator(".discard").tap()
        page.get_by_role("dialog").get_by_role("button", name="留着").tap()
        until(page, lambda: page.get_by_role("dialog").count() == 0, what="the slip is closed")
        page.wait_for_timeout(100)
        page.go_back()
        page.wait_for_url(f"**/places/{place}")
        page.go_forward()
        page.wait_for_url(visit)
        assert page.locator('[data-code="25.02"] textarea').input_value() == "门口积水"
        page.locator(".discard").tap()
        page.get_by_role("dialog").get_by_role("button", name="删掉").tap()
        page.wait_for_url(f"**/places/{place}")  # from a slip over a screen to another screen, in one step
        page.go_back()
        page.wait_for_url("**/app/places")


def test_a_login_that_ended_is_said_on_the_first_screen_and_the_name_is_there(
    county: tuple[Served, small.County, Path], tools: Playwright, tmp_path: Path
) -> None:
    server, town, _ = county
    with phone(tools, tmp_path / "lin") as context:
        page = context.pages[0]
        log_in(page, server.address, "lin")
        until(page, lambda: page.locator('[data-pill="sent"]').count(), what="all is there")
        town.at = utcnow()
        with town.acting("ma") as act:
            accounts.end_sessions(act, small.named("lin"))
        town.session.rollback()
        page.goto(f"{server.address}/app/")
        page.get_by_text("登录到期了").wait_for()
        page.get_by_role("link", name="重新登录").tap()
        assert page.locator("input[name=username]").input_value() == "lin"
        page.locator("#password").fill(small.PASSWORD)
        page.locator("#password").press("Enter")
        page.locator("nav.nav").wait_for()
        until(page, lambda: not page.get_by_text("登录到期了").count(), what="it goes on")
