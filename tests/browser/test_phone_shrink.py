"""Photos on the phone: small, upright, without what the camera wrote into them, and named by the bytes that are sent."""

import base64
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, Playwright, sync_playwright

from tests.browser.phones import Phone, served

ORIENTATION, MAKE, MODEL, GPS = 0x0112, 0x010F, 0x0110, 0x8825
TAKE = """async ([data, kind, without]) => {
  if (without) delete globalThis[without];
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const { takePhoto } = await import("/app/js/work/shrink.js");
  const text = (buffer) => buffer && btoa(Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join(""));
  try {
    const { buffer, thumb, ...photo } = await takePhoto(new File([bytes], "photo", { type: kind }), { taken_at: 1749702120000 });
    return { ...photo, buffer: text(buffer), thumb: text(thumb) };
  } catch (error) {
    return { refused: error.code ?? String(error) };
  }
}"""


@pytest.fixture(scope="module")
def tools() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def page(tools: Playwright, app: Flask, tmp_path: Path) -> Iterator[Page]:
    with served(app) as server:
        phone = Phone(tools, tmp_path / "profile", server.address, service_workers="block").on()
        yield phone.tab()
        phone.off()


def a_scene(width: int, height: int) -> Image.Image:
    """Red at the top, blue below, so that one sees which way is up."""
    image = Image.new("RGB", (width, height), (0, 0, 200))
    image.paste((220, 0, 0), (0, 0, width, height // 2))
    return image


def written(image: Image.Image, kind: str = "JPEG", **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def take(page: Page, data: bytes, kind: str = "image/jpeg", *, without: str = "") -> dict[str, Any]:
    taken: dict[str, Any] = page.evaluate(TAKE, [base64.b64encode(data).decode(), kind, without])
    for name in ("buffer", "thumb"):
        if taken.get(name):
            taken[name] = base64.b64decode(taken[name])
    return taken


def as_a_camera_writes_it() -> bytes:
    """Held upright: stored lying on its side, with EXIF that says so, the phone's name and where it was."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE], exif[MODEL] = 6, "Honor", "X9 \x00junk"
    exif.get_ifd(0x8769)[0x9003] = "2025:06:12 10:42:00"
    exif.get_ifd(GPS)[1] = "N"
    return written(a_scene(2400, 3200).rotate(90, expand=True), exif=exif)


@pytest.mark.parametrize("without", ["", "OffscreenCanvas"])
def test_a_camera_photo_comes_out_upright_small_and_silent(page: Page, without: str):
    original = as_a_camera_writes_it()

    taken = take(page, original, without=without)

    sent = Image.open(io.BytesIO(taken["buffer"]))
    assert (sent.format, sent.size) == ("JPEG", (1200, 1600))
    assert (taken["width"], taken["height"], taken["bytes"]) == (1200, 1600, len(taken["buffer"]))
    assert sent.convert("RGB").getpixel((600, 100))[0] > 150
    assert sent.convert("RGB").getpixel((600, 1500))[2] > 150
    assert dict(sent.getexif()) == {}
    assert b"Exif" not in taken["buffer"]
    assert taken["sha256"] == hashlib.sha256(taken["buffer"]).hexdigest()
    assert taken["original_sha256"] == hashlib.sha256(original).hexdigest()
    assert taken["exif"] == {"Make": "Honor", "Model": "X9", "Orientation": "6", "DateTimeOriginal": "2025:06:12 10:42:00"}
    assert taken["taken_at"] == 1749702120000
    assert max(Image.open(io.BytesIO(taken["thumb"])).size) == 320


def test_a_small_enough_picture_is_not_made_larger(page: Page):
    taken = take(page, written(a_scene(640, 480), "PNG"), "image/png")

    assert Image.open(io.BytesIO(taken["buffer"])).size == (640, 480)
    assert Image.open(io.BytesIO(taken["buffer"])).format == "JPEG"


def test_a_heic_that_this_browser_cannot_show_is_sent_as_it_is(page: Page):
    out = io.BytesIO()
    pillow_heif.from_pillow(a_scene(800, 600)).save(out)

    taken = take(page, out.getvalue(), "image/heic")

    assert taken["buffer"] == out.getvalue()
    assert taken["sha256"] == taken["original_sha256"]
    assert (taken["width"], taken["height"]) == (800, 600)
    assert taken["thumb"] is None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"this is no picture", "phone.not_a_photo"),
        (b"", "phone.not_a_photo"),
        (written(a_scene(200, 900)), "phone.photo_too_small"),
        (written(a_scene(800, 600))[:900], "phone.not_a_photo"),
    ],
)
def test_what_is_no_photo_is_said_at_once(page: Page, data: bytes, code: str):
    assert take(page, data)["refused"] == code


def test_exif_made_to_mislead_costs_nothing_but_itself(page: Page):
    whole = as_a_camera_writes_it()[:2000]
    made = [base64.b64encode(whole[:at] + b"\xff\xff\xff\xff" + whole[at + 4 :]).decode() for at in range(2, 250, 3)]

    facts = page.evaluate(
        """async (made) => {
          const { readExif } = await import("/app/js/work/exif.js");
          return made.map((data) => readExif(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer));
        }""",
        made,
    )

    assert len(facts) == len(made)
    assert all(len(value) <= 100 for one in facts for value in one.values())
