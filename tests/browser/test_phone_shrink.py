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
from PIL import Image, ImageFilter
from playwright.sync_api import Page, Playwright

from fieldbook.evidence import rules
from fieldbook.evidence.decode_child import sharpness
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


#: what brings an upright picture to how a camera that is held so stores it
HELD = {
    1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
}  # fmt: skip


def test_however_the_phone_was_held_the_photo_stands_upright(page: Page):
    for orientation, turn in HELD.items():
        scene, exif = a_scene(800, 600), Image.Exif()
        scene.paste((0, 220, 0), (0, 0, 100, 100))  # green in the upper left: a mirror image would show it elsewhere
        exif[ORIENTATION] = orientation

        taken = take(page, written(scene.transpose(turn) if turn is not None else scene, exif=exif))

        shown = Image.open(io.BytesIO(taken["buffer"]))
        assert shown.size == (800, 600), orientation
        assert max(range(3), key=shown.getpixel((50, 50)).__getitem__) == 1, orientation
        assert max(range(3), key=shown.getpixel((700, 50)).__getitem__) == 0, orientation
        assert max(range(3), key=shown.getpixel((400, 550)).__getitem__) == 2, orientation


def test_a_dark_or_blurred_photo_is_said_to_be_so_by_the_offices_measures(page: Page):
    street = Image.effect_noise((400, 300), 70).resize((1600, 1200), Image.Resampling.NEAREST)
    looks = {None: street, "blurred": street.filter(ImageFilter.GaussianBlur(6)), "dark": street.point(lambda v: v // 8)}

    for worry, picture in looks.items():
        assert take(page, written(picture.convert("RGB")))["worry"] == worry
        seen = sharpness(picture)
        assert (worry == "blurred") == (seen["sharpness"] < rules.LEAST_SHARPNESS or seen["detail"] < rules.LEAST_DETAIL) or worry == "dark"


@pytest.mark.parametrize("without", ["", "OffscreenCanvas"])
def test_a_frame_of_the_camera_is_a_photo_without_a_file(page: Page, without: str):
    say = """async (without) => {
      if (without) delete globalThis[without];
      const { takePhoto } = await import("/app/js/work/shrink.js");
      const canvas = Object.assign(document.createElement("canvas"), { width: 2048, height: 1536 });
      const pen = canvas.getContext("2d");
      for (let i = 0; i < 400; i++) { pen.fillStyle = `hsl(${i * 37} 60% 50%)`; pen.fillRect((i * 131) % 2048, (i * 97) % 1536, 90, 60); }
      const { sha256, original_sha256, width, height, exif, thumb } = await takePhoto(await createImageBitmap(canvas), { taken_at: 5 });
      return [sha256 === original_sha256, width, height, exif, thumb.byteLength > 1000];
    }"""

    assert page.evaluate(say, without) == [True, 1600, 1200, {}, True]


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
