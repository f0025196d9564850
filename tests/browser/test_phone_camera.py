"""The camera in the page, with Chromium's own make-believe camera: several shots, the photo before to aim at, drawings, and every way round it."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright

from fieldbook import findings
from fieldbook.kernel import db, utcnow
from tests import county as small
from tests import servers
from tests.browser.phones import Served, served, until
from tests.conftest import Browser as Desk
from tests.conftest import make_app

MARKET = {"latitude": 26.6571, "longitude": 119.5479, "accuracy": 8}


#: the draft of a visit, read past the app
KEPT = """async () => {
  const opened = (asked) => new Promise((done, failed) => { asked.onsuccess = () => done(asked.result); asked.onerror = () => failed(asked.error); });
  for (const { name } of await indexedDB.databases()) {
    const database = await opened(indexedDB.open(name));
    const rows = database.objectStoreNames.contains("drafts") ? await opened(database.transaction("drafts").objectStore("drafts").getAll()) : [];
    database.close();
    const visit = rows.find((row) => row.kind === "visit" && !row.gone);
    if (visit) return visit;
  }
}"""


def a_scene(side: tuple[int, int] = (1920, 1440), *, dark: bool = False, moment: int = 0) -> bytes:
    """A street with detail enough to be sharp, on which something rolls along."""
    grain = Image.effect_noise((side[0] // 4, side[1] // 4), 60).resize(side, Image.Resampling.NEAREST)
    image = Image.new("L", side, 12).convert("RGB") if dark else grain.convert("RGB")
    pen = ImageDraw.Draw(image)
    pen.ellipse((40 * moment, 100, 40 * moment + 120, 220), fill=(200, 170, 40))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


@pytest.fixture(scope="module")
def browser(tools: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    film = tmp_path_factory.mktemp("film") / "street.mjpeg"
    film.write_bytes(b"".join(a_scene(moment=moment) for moment in range(9)))
    seen = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    started = tools.chromium.launch(executable_path=servers.chromium(), args=[*servers.CHROMIUM_ARGUMENTS, *seen])
    yield started
    started.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, small.County]]:
    """The small county on a port, some hours ago, for all tests of this file."""
    folder = tmp_path_factory.mktemp("county")
    app = make_app(folder, f"sqlite:///{folder / 'fieldbook.sqlite'}")
    small.build(app)
    with app.app_context():
        town = small.County(app, at=utcnow() - timedelta(hours=2))
        with served(app) as server:
            yield server, town
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def finding(office: tuple[Served, small.County]) -> findings.Finding:
    """One that Zhao's unit has in hand."""
    return office[1].finding(state="accepted")


class Hand:
    """A person with a phone, and what their thumb does most."""

    def __init__(self, browser: Browser, address: str, who: str) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="zh-CN", timezone_id="Asia/Shanghai",
            service_workers="block", permissions=["camera", "geolocation"], geolocation=MARKET,
        )  # fmt: skip
        self.context.set_default_timeout(15_000)
        self.context.add_init_script(servers.SET_UP)
        self.address, self.faults = address, list[str]()
        self.page = self.tab("/")
        self.page.locator("input[autocomplete=username]").fill(who)
        self.page.locator("#password").fill(small.PASSWORD)
        self.page.locator("#password").press("Enter")
        self.page.locator("nav.nav").wait_for()

    def tab(self, path: str) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on(
            "console", lambda said: self.faults.append(said.text) if "Content Security Policy" in said.text else None
        )
        page.goto(f"{self.address}/app{path}")
        return page

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}/app{path}")
        self.page.locator("[data-heading]").first.wait_for()

    def fail(self, code: str) -> Locator:
        """Begin or go on with a visit at the market, and say that a criterion fails; its section."""
        self.open("/places")
        self.page.get_by_text("城南农贸市场").first.tap()
        self.page.locator(".foot .btn.main").tap()
        section = self.page.locator(f'[data-code="{code}"]')
        section.get_by_role("radio", name="不合格").tap()
        return section

    @property
    def camera(self) -> Locator:
        return self.page.get_by_role("dialog", name="拍照")

    def shoot(self) -> None:
        said = self.camera.get_by_role("status")
        count = self.camera.locator(".trio img").count
        before = count()
        for _ in range(5):  # the film is short: the very same frame again is the same photo
            self.camera.get_by_role("button", name="拍照", exact=True).tap()
            said.filter(has_text="已存").wait_for()
            if count() > before:
                return
        raise AssertionError("no shot came of it")

    def draft(self) -> dict[str, Any]:
        """The visit as the phone's database has it."""
        return self.page.evaluate(KEPT)  # type: ignore[no-any-return]

    def photos(self, code: str, many: int) -> list[dict[str, Any]]:
        """A criterion's photos in it, once there are so many: the screen is ahead of the database by a moment."""
        for _ in range(50):
            photos: list[dict[str, Any]] = self.draft()["answers"][code]["photos"]
            if len(photos) == many:
                return photos
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{code} still has {len(photos)} photos, not {many}")


@pytest.fixture(scope="module")
def lin(browser: Browser, office: tuple[Served, small.County]) -> Iterator[Hand]:
    hand = Hand(browser, office[0].address, "lin")
    yield hand
    assert hand.faults == []


@pytest.fixture(scope="module")
def zhao(browser: Browser, office: tuple[Served, small.County], finding: findings.Finding) -> Iterator[Hand]:
    hand = Hand(browser, office[0].address, "zhao")
    yield hand
    assert hand.faults == []


def test_it_stays_open_for_several_shots_and_says_where_it_is_before_the_first(lin: Hand) -> None:
    section = lin.fail("25.07")
    section.locator("label.add input").tap()
    assert "±8" in lin.camera.locator("header").inner_text()
    assert "城南农贸市场" in lin.camera.locator("header").inner_text()

    lin.shoot()
    lin.shoot()
    lin.camera.get_by_role("button", name="完成 2").tap()

    lin.camera.wait_for(state="detached")
    photos = lin.photos("25.07", 2)
    assert [(p["source"], p["width"], p["height"], p["position"]["accuracy_m"]) for p in photos] == [
        ("camera", 1600, 1200, 8)
    ] * 2
    assert section.locator(".strip img").count() == 2
    assert "original_sha256" not in photos[0]  # there never was a file


def test_a_drawing_goes_along_with_its_photo_and_order_and_removal_can_be_taken_back(lin: Hand) -> None:
    section = lin.fail("25.12")
    section.locator("label.add input").tap()
    lin.shoot()
    lin.shoot()
    lin.camera.get_by_role("button", name="完成 2").tap()
    lin.camera.wait_for(state="detached")
    first, second = (p["sha256"] for p in lin.photos("25.12", 2))
    section.get_by_role("button", name=re.compile("^看 ")).nth(1).tap()
    page = lin.page
    page.get_by_role("button", name="往前移").tap()
    page.get_by_role("button", name="画标记").tap()
    drawing = page.get_by_role("dialog", name="画标记")
    box = drawing.locator("svg[role=img]").bounding_box()
    assert box

    page.mouse.move(box["x"] + 60, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + box["height"] / 2 + 40)
    page.mouse.up()
    drawing.get_by_role("radio", name="圆圈").tap()
    drawing.get_by_role("button", name="放在中间").press("Enter")
    drawing.get_by_role("button", name="往左").press("Enter")
    drawing.get_by_role("button", name="存标记").tap()
    drawing.wait_for(state="detached")

    photos = lin.photos("25.12", 2)
    assert [p["sha256"] for p in photos] == [second, first]
    copy = photos[0]["drawn"]
    assert copy["photo"]["original_sha256"] == second
    assert [shape["kind"] for shape in copy["shapes"]] == ["arrow", "ring"]
    sent = page.evaluate("async (photos) => (await import('/app/js/work/album.js')).flat(photos)", photos)
    assert [p["sha256"] for p in sent] == [second, copy["photo"]["sha256"], first]
    assert all("drawn" not in p for p in sent)

    page.get_by_role("dialog").get_by_role("button", name="去掉这张").tap()
    assert [p["sha256"] for p in lin.photos("25.12", 1)] == [first]
    page.get_by_role("dialog").get_by_role("button", name="撤销").tap()
    until(page, "document.querySelectorAll('dialog .film button').length === 2")
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert [p["sha256"] for p in lin.photos("25.12", 2)] == [second, first]


def test_a_page_that_dies_under_the_camera_comes_back_to_the_same_criterion_with_its_shots(lin: Hand) -> None:
    section = lin.fail("25.09")
    section.locator("label.add input").tap()
    lin.shoot()

    lin.page.goto("about:blank")
    lin.page.go_back()

    section = lin.page.locator('[data-code="25.09"]')
    section.locator(".strip img").wait_for()
    assert lin.draft()["at"] == "25.09"
    assert lin.page.get_by_text("照片没有回来").count() == 0
    until(
        lin.page,
        "Math.abs(document.querySelector('[data-code=\"25.09\"]').getBoundingClientRect().top) < innerHeight / 2",
    )


def test_an_older_picture_is_marked_so_on_the_phone_and_a_dark_one_is_said_to_be_dark(lin: Hand) -> None:
    section = lin.fail("25.10")
    section.locator("label.add input").tap()
    with lin.page.expect_file_chooser() as opened:
        lin.camera.get_by_label("从相册选").tap()
    opened.value.set_files({"name": "old.jpg", "mimeType": "image/jpeg", "buffer": a_scene((900, 700), dark=True)})
    lin.camera.locator(".trio img").wait_for()
    lin.page.keyboard.press("Escape")
    lin.camera.wait_for(state="detached")

    (photo,) = lin.photos("25.10", 1)
    assert (photo["source"], photo.get("position")) == ("gallery", None)
    assert section.locator(".strip .role").inner_text() == "相册"
    assert "偏暗" in section.inner_text()


def test_a_camera_that_is_refused_gives_way_to_the_phones_own_in_one_tap_and_is_not_asked_for_again(lin: Hand) -> None:
    section = lin.fail("25.11")
    lin.page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); }; }"
    )
    section.locator("label.add input").tap()
    lin.camera.get_by_role("alert").filter(has_text="没有相机权限").wait_for()

    for shots, tile in enumerate((lin.camera.get_by_label("用手机相机拍"), section.locator("label.add input"))):
        with lin.page.expect_file_chooser() as opened:
            tile.tap()
        opened.value.set_files(
            {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": small.picture(shots, size=(900, 700))}
        )
        section.locator(".strip img").nth(shots).wait_for()

    assert lin.camera.count() == 0
    assert [p["source"] for p in lin.photos("25.11", 2)] == ["file", "file"]


def test_the_unit_aims_at_the_photo_before_and_the_office_sees_where_each_is_from(
    zhao: Hand, finding: findings.Finding, office: tuple[Served, small.County]
) -> None:
    zhao.page.set_viewport_size({"width": 844, "height": 390})
    zhao.open(f"/findings/{finding.id}/reply")
    zhao.page.locator("label.half input").tap()
    ghost = zhao.camera.get_by_role("slider", name="旧照显出多少")
    shutter = zhao.camera.get_by_role("button", name="拍照", exact=True).bounding_box()
    assert shutter
    assert shutter["x"] > 844 * 0.7  # held across, it is under the right thumb
    assert min(shutter["width"], shutter["height"]) >= 48

    ghost.press("End")
    strength = zhao.camera.evaluate(
        "(box) => getComputedStyle(box.querySelector('.ghostbar').parentNode).getPropertyValue('--ghost')"
    )
    zhao.page.set_viewport_size({"width": 390, "height": 844})
    with zhao.page.expect_file_chooser() as opened:
        zhao.camera.get_by_label("从相册选").tap()
    opened.value.set_files({"name": "old.jpg", "mimeType": "image/jpeg", "buffer": a_scene((900, 700))})
    zhao.camera.locator(".trio img").wait_for()
    zhao.shoot()
    zhao.camera.get_by_role("button", name="完成 2").tap()
    zhao.page.get_by_role("button", name="提交整改，等复核").tap()
    zhao.page.get_by_text("待复核").first.wait_for()

    assert strength == "0.6"
    server, town = office
    zhao.page.locator('[data-pill="sent"]').wait_for()
    sources = {p["source"] for p in findings_card(town, finding)["after"]}
    assert sources == {"camera", "gallery"}
    page = Desk(server.app, "wu").get(f"/findings/{finding.id}")
    assert "选自相册" in page.text


def findings_card(town: small.County, finding: findings.Finding) -> dict[str, Any]:
    town.session.expire_all()
    (card,) = findings.cards(town.session, town.standing("wu"), [town.fresh(finding)], now=utcnow())
    return card
