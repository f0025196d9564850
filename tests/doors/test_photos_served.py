"""What comes in as a photo is a photo by its bytes, and goes out as nothing but a picture, whatever else is in it."""

import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import Browser as Chromium
from sqlalchemy import update

from fieldbook import evidence
from fieldbook.evidence import PhotoState
from fieldbook.kernel import db, writing
from tests.browser.phones import served
from tests.corpus import made
from tests.county import County, named
from tests.doors.conftest import Caller, drawn, sha_of
from tests.doors.test_headers import well_dressed

IMAGES = Path(__file__).resolve().parents[3] / "shared" / "hostile" / "images"
SCRIPT = b"<html><script>alert(document.domain)</script><img src=x onerror=alert(1)></html>"


def commented(words: bytes) -> bytes:
    """A JPEG that says something in its comment."""
    return made.jpeg(comment=words)


def script_and_picture() -> bytes:
    """A JPEG that is also a program: its first segment's length reads `/*`, its comment ends there."""
    plain = made.jpeg()
    first = b"\xff\xe0" + b"/*" + b"JFIF\0\1\1\0\0\1\0\1\0\0" + b"\0" * (0x2F2A - 2 - 14)
    comment = b"*/=alert(1);/*"
    rest = plain[2:]
    if rest[:2] == b"\xff\xe0":
        rest = rest[2 + int.from_bytes(rest[2:4], "big") :]
    return b"\xff\xd8" + first + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + rest


def text_in_a_png() -> bytes:
    from PIL.PngImagePlugin import PngInfo

    told, out = PngInfo(), io.BytesIO()
    told.add_text("Comment", SCRIPT.decode())
    made.scene().save(out, "PNG", pnginfo=told)
    return out.getvalue()


def camera_called(words: str) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = exif[0x0110] = words
    return made.jpeg(exif=exif.tobytes())


#: pictures, and something else besides
POLYGLOTS: dict[str, bytes] = {
    "a page in the comment": commented(SCRIPT),
    "a program in the comment": commented(b"<?php system($_GET['c']); ?>"),
    "a page behind the picture": made.jpeg() + SCRIPT,
    "an archive behind the picture": made.jpeg() + b"PK\x03\x04" + b"\0" * 100,
    "a script": script_and_picture(),
    "a page in a PNG": text_in_a_png(),
    "a camera with a name": camera_called('"><script>alert(1)</script>'),
}
for name in ("jpeg_html_in_comment.jpg", "jpeg_php_comment.jpg", "jpeg_zip_tail.jpg", "exif_make_xss.jpg"):
    if (IMAGES / "made" / name).exists():
        POLYGLOTS[name] = (IMAGES / "made" / name).read_bytes()

#: one of each kind, for the browser
CHOSEN = [POLYGLOTS[what] for what in ("a page in the comment", "a page behind the picture", "a script", "a page in a PNG", "a camera with a name")]

#: no picture of ours, whatever it is called
NO_PHOTOS: dict[str, bytes] = {
    "a page": SCRIPT,
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>',
    "a drawing with a preamble": b'<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg"/>',
    "a document": b"%PDF-1.7\n" + b"x" * 500,
    "a GIF": made.other("GIF"),
    "a GIF that is a script": b"GIF89a/*" + b"x" * 500 + b"*/=1;alert(1)",
    "a TIFF": made.other("TIFF"),
    "a BMP": made.other("BMP"),
    "an archive": b"PK\x03\x04" + b"\0" * 500,
    "a program": b"\x7fELF" + b"\0" * 500,
    "a page with a JPEG's first bytes": b"\xff\xd8\xff" + SCRIPT,
    "nothing at all": b"",
    "one byte": b"\xff",
}

DECLARED = ["image/jpeg", "text/html", "image/svg+xml", "application/octet-stream"]


def told(data: bytes) -> dict[str, Any]:
    return {"sha256": sha_of(data), "bytes": max(len(data), 1), "width": 640, "height": 480, "taken_at": 0, "source": "camera"}


def reported(lin: Caller, *pictures: bytes) -> None:
    body = {"place": str(named("城南农贸市场")), "kind": "25", "criterion": "25.07", "manual": 1, "words": "x", "photos": [told(data) for data in pictures]}
    [answer] = lin.push(lin.command("finding.report", uuid4(), body))
    assert answer["answer"] == "ok", answer


def sent(lin: Caller, data: bytes, kind: str) -> Any:
    return lin.ask("PUT", f"/api/photos/{sha_of(data)}", data=data, content_type=kind)


def decoded(town: County, data: bytes) -> None:
    """As the decoder would leave it: looked at, with its two pictures beside it."""
    with writing(town.session):
        town.session.execute(update(evidence.Photo).where(evidence.Photo.sha256 == sha_of(data)).values(verdict=PhotoState.CHECKED, checked_at=town.at))
    drawn(town, sha_of(data))


@pytest.mark.parametrize("what", NO_PHOTOS)
def test_what_is_no_photo_is_refused_whatever_it_says_it_is(town: County, caller, what: str):
    lin, data = caller("lin"), NO_PHOTOS[what]
    reported(lin, data)

    answers = [sent(lin, data, kind) for kind in DECLARED]

    assert {answer.status_code for answer in answers} == {422 if data else 400}
    assert {answer.json["code"].split(".")[0] for answer in answers} == {"evidence" if data else "web"}
    assert all(answer.json["message"] for answer in answers)
    assert not town.app.extensions["fieldbook"].store.has(sha_of(data))


@pytest.mark.parametrize("what", POLYGLOTS)
def test_a_photo_that_is_more_than_a_photo_goes_out_as_a_picture_only(town: County, caller, what: str):
    lin, wu, data = caller("lin"), caller("wu"), POLYGLOTS[what]
    reported(lin, data)

    kept = sent(lin, data, "text/html")
    if kept.status_code == 422:
        return  # its structure gave it away
    decoded(town, data)
    answers = {size: wu.get(f"/photos/{sha_of(data)}/{size}") for size in ("small", "large", "original")}

    assert kept.status_code == 200
    assert answers["original"].data == data
    for answer in answers.values():
        well_dressed(answer)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] in ("image/jpeg", "image/png")
        assert answer.headers["Content-Type"] == "image/jpeg" or data[:4] == b"\x89PNG"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
        assert answer.headers["Content-Disposition"].startswith("inline; filename=")
        assert "html" not in answer.headers["Content-Disposition"]


def test_nobody_sees_a_photo_before_it_was_decoded(town: County, caller):
    """The structure check knows what a photo looks like from outside; only the decoder has seen inside."""
    lin, wu, data = caller("lin"), caller("wu"), POLYGLOTS["a page in the comment"]
    reported(lin, data)
    sent(lin, data, "image/jpeg")

    before = [wu.get(f"/photos/{sha_of(data)}/{size}").status_code for size in ("small", "large", "original")]
    decoded(town, data)
    after = [wu.get(f"/photos/{sha_of(data)}/{size}").status_code for size in ("small", "large", "original")]

    assert (before, after) == ([404] * 3, [200] * 3)


def test_every_look_at_an_original_is_noted(town: County, caller):
    from sqlalchemy import select

    from fieldbook import journal

    finding = town.finding(state="assigned")
    from tests.doors.conftest import a_checked_photo

    sha256 = a_checked_photo(town, finding)
    caller("sun").get(f"/photos/{sha256}/original")
    caller("lin").get(f"/photos/{sha256}/original")
    caller("wu").get(f"/photos/{sha256}/small")

    seen = town.session.scalars(select(journal.EntryRow.actor).where(journal.EntryRow.verb == "photo.viewed")).all()
    assert seen == [named("sun")]
    town.session.rollback()


def test_bytes_that_are_not_what_was_named_are_not_taken(town: County, caller):
    lin, data = caller("lin"), made.jpeg()
    reported(lin, data)

    answer = lin.ask("PUT", f"/api/photos/{sha_of(data)}", data=made.jpeg(made.scene(2)), content_type="image/jpeg")

    assert (answer.status_code, answer.json["code"]) == (422, "evidence.hash_mismatch")
    assert not town.app.extensions["fieldbook"].store.has(sha_of(data))


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 64 + ".small", "0" * 64 + "%00", "%2e%2e%2f" + "0" * 64])
def test_no_name_of_a_photo_is_a_path(town: County, caller, name: str):
    lin, wu = caller("lin"), caller("wu")
    before = sorted(path.name for path in town.app.extensions["fieldbook"].store.folder.rglob("*"))

    answers = [lin.ask("PUT", f"/api/photos/{name}", data=made.jpeg()), wu.get(f"/photos/{name}/small"), wu.get(f"/photos/{name}/original")]

    assert {answer.status_code for answer in answers} <= {404, 405, 400}
    assert sorted(path.name for path in town.app.extensions["fieldbook"].store.folder.rglob("*")) == before


# ---- in a real browser


def test_chromium_runs_nothing_of_a_photo_however_it_is_opened(town: County, caller, chromium: Chromium):
    lin, wu = caller("lin"), caller("wu")
    reported(lin, *CHOSEN)
    kept = [data for data in CHOSEN if sent(lin, data, "text/html").status_code == 200]
    for data in kept:
        decoded(town, data)
    db.session.rollback()
    heard: list[str] = []

    with served(town.app) as server:
        context = chromium.new_context()
        context.add_cookies([{"name": "fieldbook", "value": wu.token, "url": server.address}])
        page = context.new_page()
        page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
        for data in kept:
            at = f"{server.address}/photos/{sha_of(data)}/original"
            page.goto(at)
            assert page.evaluate("document.contentType").startswith("image/")
            page.goto(f"{server.address}/login")
            assert page.evaluate(AS_A_SCRIPT, at) == "refused"
            assert page.evaluate(AS_A_PICTURE, at) == "shown"
        page.wait_for_timeout(100)
        context.close()

    assert len(kept) >= 4
    assert heard == []


AS_A_SCRIPT = """at => new Promise(done => {
  const script = document.createElement("script");
  script.src = at;
  script.onload = () => done("run");
  script.onerror = () => done("refused");
  document.head.append(script);
})"""
AS_A_PICTURE = """at => new Promise(done => {
  const picture = new Image();
  picture.onload = () => done("shown");
  picture.onerror = () => done("refused");
  picture.src = at;
})"""
