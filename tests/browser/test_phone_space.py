"""Room on the phone: said while there is time, refused before the shutter, and a full phone loses nothing and still sends."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, Playwright

from fieldbook.kernel import db
from tests import county as small
from tests.browser.people import known, photograph
from tests.browser.phones import Phone, run, served, until
from tests.conftest import make_app

#: what the browser was asked for, counted in the page
COUNT_ASKING = "StorageManager.prototype.persist = async () => { window.askedToPersist = (window.askedToPersist ?? 0) + 1; return true; };"

SENDER = "(await import('/app/js/outbox/sender.js'))"
STATE = "(await import('/app/js/outbox/state.js'))"
#: a picture that the office takes: noise, so that it is as large as a photo
JPEG = """
const newJpeg = async (width = 800) => {
  const canvas = new OffscreenCanvas(width, Math.round(width * 0.75));
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < image.data.length; i += 65_536) crypto.getRandomValues(new Uint8Array(image.data.buffer, i, Math.min(65_536, image.data.length - i)));
  for (let i = 3; i < image.data.length; i += 4) image.data[i] = 255;
  pen.putImageData(image, 0, 0);
  const buffer = await (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 })).arrayBuffer();
  return { ...(await newPhoto(1)), sha256: await sha256(buffer), buffer, bytes: buffer.byteLength, width: canvas.width, height: canvas.height };
};
"""
#: one photo kept and reported, and nothing more
REPORT = (
    JPEG
    + """
const { keep } = await import("/app/js/outbox/keep.js");
const photo = await newJpeg();
await store.keepPhoto(photo);
await keep("finding.report", crypto.randomUUID(),
  { place: given, kind: "25", criterion: "25.07", manual: 1, reasons: [0], words: "x", photos: [named(photo)] }, { photos: [photo.sha256] });
return photo.sha256;
"""
)
#: what others did finds no place in the database either
NO_ROOM_FOR_NEWS = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...what) {
    if (/^rows_|^pictures/.test(this.name)) throw new DOMException("full", "QuotaExceededError");
    return put.apply(this, what);
  };
}"""
MIB = 1024 * 1024
GIB = 1024 * MIB
MARKET = str(small.named("城南农贸市场"))


@dataclass
class Office:
    """The small county on a port, and where it keeps its things."""

    address: str
    folder: Path


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("county")
    app = make_app(folder, f"sqlite:///{folder / 'fieldbook.sqlite'}")
    small.build(app)
    with served(app) as server:
        yield Office(server.address, folder)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class Small:
    """A phone whose room the test decides."""

    def __init__(self, phone: Phone, page: Page) -> None:
        self.phone, self.page = phone, page
        assert phone.context
        self.tools: CDPSession = phone.context.new_cdp_session(page)

    def leave(self, free: int) -> None:
        """So many bytes are left from now on, whatever was used before."""
        used = int(self.page.evaluate("async () => (await navigator.storage.estimate()).usage"))
        self.tools.send(
            "Storage.overrideQuotaForOrigin", {"origin": self.phone.address, "quotaSize": max(1, used + free)}
        )

    def open(self, path: str) -> None:
        """Within the app, as a thumb does it: what the test decided of the room holds for this page."""
        self.page.evaluate("async (path) => (await import('/app/js/screens/router.js')).go(path)", path)
        self.page.locator("[data-heading]").first.wait_for()

    def says(self, words: str) -> None:
        self.page.get_by_text(words).first.wait_for()


@pytest.fixture
def phone(tools: Playwright, office: Office, tmp_path: Path) -> Iterator[Small]:
    started = Phone(
        tools,
        tmp_path / "profile",
        office.address,
        starts=True,
        service_workers="block",
        has_touch=True,
        is_mobile=True,
    ).on()
    assert started.context
    started.context.add_init_script(COUNT_ASKING)
    # Each module as it is written, so that the test and the screens have the same ones in hand.
    started.context.route(
        "**/app/js/parcel/start.js",
        lambda route: route.fulfill(content_type="text/javascript", body="import '/app/js/start.js';"),
    )
    page = started.tab()
    page.locator("input[autocomplete=username]").fill("lin")
    page.locator("#password").fill(small.PASSWORD)
    page.locator("#password").press("Enter")
    page.locator("nav.nav").wait_for()
    until(page, f"!{STATE}.sending.value")
    yield Small(started, page)
    started.off()
    assert started.faults == []


def kept(page: Page) -> dict[str, str]:
    """SHA-256 of every photo whose bytes are here and whole -> its state."""
    return run(  # type: ignore[no-any-return]
        page,
        """
        const { isWhole } = await import("/app/js/store/photos.js");
        const all = [...state.photoMarks.value.values()];
        const whole = await Promise.all(all.map((one) => isWhole(one.sha256)));
        return Object.fromEntries(all.filter((_, i) => whole[i]).map((one) => [one.sha256, one.state]));
        """,
    )


def test_the_screen_says_what_may_go_and_frees_only_that(phone: Small) -> None:
    page = phone.page
    sent = [run(page, REPORT, MARKET) for _ in range(3)]
    until(page, f"{STATE}.waiting.value.length + {STATE}.waitingPhotos.value.length === 0")
    page.route("**/api/photos/*", lambda route: route.abort())
    waits = run(page, REPORT, MARKET)
    begun = run(
        page, "const photo = await newPhoto(); await store.keepDraft({ id: 'd-1', kind: 'snap', photos: [named(photo)], reasons: [], started_at: Date.now() }); await store.keepPhoto({ ...photo, draft: 'd-1' }); return photo.sha256"
    )  # fmt: skip
    run(
        page,
        """const { writeMeta, readMeta } = await import("/app/js/store/meta.js");
        await writeMeta("manual 77", { ...(await readMeta("manual")), version: 77 });
        await writeMeta("manuals", [...((await readMeta("manuals")) ?? []), 77]);""",
    )
    phone.leave(28 * MIB + MIB // 2)
    phone.open("/space")
    phone.says("手机快满了")
    phone.says("旧版操作手册")
    if folder := os.environ.get("FIELDBOOK_PICTURES"):
        page.screenshot(path=f"{folder}/space.png", full_page=True)
    shown = page.locator("main").inner_text()
    page.get_by_role("button", name="清掉已上传的").tap()
    until(page, "(await import('/app/js/store/state.js')).photoMarks.value.size === 2")
    page.get_by_text("旧版操作手册").wait_for(state="detached")
    after = page.locator("main").inner_text()

    assert re.search(r"2[456]\s*张还能拍", shown)
    assert "约够 4 次检查" in shown
    assert "已上传，还留在本机" in shown
    assert "3 张" in shown
    assert "已上传，还留在本机" not in after
    assert kept(page) == {waits: "queued", begun: "kept"}
    assert not set(sent) & set(kept(page))


def test_a_full_phone_says_so_before_the_shutter_and_never_after(phone: Small) -> None:
    page = phone.page
    phone.leave(MIB // 2)
    before = kept(page)
    opened: list[Any] = []
    page.on("filechooser", lambda chooser: opened.append(chooser))
    page.locator(".nav .shot input").tap()
    phone.says("手机满了，再拍就存不下，所以没有拍。")
    page.get_by_role("button", name="腾出空间").tap()
    phone.says("手机满了")
    refused = kept(page)
    phone.leave(300 * MIB)
    phone.open("/")
    name, data = photograph(0)
    with page.expect_file_chooser() as chooser:
        page.locator(".nav .shot input").tap()
    chooser.value.set_files({"name": name, "mimeType": "image/jpeg", "buffer": data})
    page.locator(".frozen img").wait_for()

    assert opened[:-1] == []
    assert refused == before == {}
    assert list(kept(page).values()) == ["kept"]


def test_a_phone_without_a_byte_left_loses_nothing_and_still_sends_everything(phone: Small, office: Office) -> None:
    page = phone.page
    page.route("**/api/**", lambda route: route.abort())
    mine = [run(page, REPORT, MARKET) for _ in range(4)]
    phone.leave(-GIB)
    refused = run(
        page,
        """
        const more = [];
        const tries = async (keep) => {
          for (let i = 0; i < 60; i++) {
            const code = await keep(i).catch((error) => error.code);
            if (typeof code === "string" && code.startsWith("phone.")) return code;
          }
        };
        const photo = await tries(async () => { const one = await newPhoto(60_000); await store.keepPhoto(one); more.push(one.sha256); });
        const word = await tries((i) => store.keepDraft({ id: `d-${i}`, kind: "slip", words: "x".repeat(60_000), photos: [], started_at: Date.now() }));
        return { photo, word, more };
        """,
    )
    full = kept(page)
    page.unroute("**/api/**")
    page.evaluate(NO_ROOM_FOR_NEWS)
    run(page, f"await (await import('/app/js/store/rows.js')).startFeedAnew(); await {SENDER}.goOn();")
    until(page, f"{STATE}.waiting.value.length + {STATE}.waitingPhotos.value.length === 0", seconds=30)
    arrived = {sha for (sha,) in known(office.folder, "SELECT sha256 FROM photo")}

    assert (refused["photo"], refused["word"]) == ("phone.full", "phone.full")
    assert set(full) == {*mine, *refused["more"]}
    assert set(mine) <= arrived


def test_the_browser_is_asked_to_spare_it_once_there_is_something_to_lose(phone: Small) -> None:
    page = phone.page
    asked = "window.askedToPersist ?? 0"
    at_first = page.evaluate(asked)
    name, data = photograph(0)
    with page.expect_file_chooser() as chooser:
        page.locator(".nav .shot input").tap()
    chooser.value.set_files({"name": name, "mimeType": "image/jpeg", "buffer": data})
    until(page, f"({asked}) === 1")
    page.locator(".frozen img").wait_for()

    assert at_first == 0
