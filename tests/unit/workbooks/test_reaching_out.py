"""A workbook reaches nothing outside itself: no address is asked, no file is read, nothing is written by the names of its parts."""

import io
import socket
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import xlsxwriter

from fieldbook import workbooks
from fieldbook.kernel import Refusal

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "hostile" / "xlsx"
SHEET = "xl/worksheets/sheet1.xml"
PROLOGUE = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """An address of this machine at which somebody would be heard knocking."""
    with socket.create_server(("127.0.0.1", 0)) as heard:
        heard.settimeout(0)
        yield heard


def knocked(heard: socket.socket) -> bool:
    try:
        heard.accept()
    except BlockingIOError:
        return False
    return True


def book(**parts: bytes | zipfile.ZipInfo) -> bytes:
    """A plain workbook; the sheet's bytes and further parts as asked."""
    plain = io.BytesIO()
    with xlsxwriter.Workbook(plain, {"in_memory": True}) as made:
        made.add_worksheet().write_column(0, 0, ["点位名称", "城南农贸市场"])
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(
                info.filename,
                parts.get("sheet", b"%b").replace(b"%b", data.removeprefix(PROLOGUE).strip())
                if info.filename == SHEET
                else data,
            )  # type: ignore[union-attr]
    return out.getvalue()


def with_part(name: str, *, link_to: str = "") -> bytes:
    """A plain workbook with one more part of this name; a symbolic link if it is to lead somewhere."""
    out = io.BytesIO(book())
    with zipfile.ZipFile(out, "a") as made:
        info = zipfile.ZipInfo(name)
        if link_to:
            info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        made.writestr(info, link_to or "slipped")
    return out.getvalue()


def outcome(data: bytes) -> str:
    """The refusal's code, or all texts that were read."""
    try:
        return " ".join(
            str(value) for page in workbooks.read(data, "a.xlsx").sheets for row in page.rows for value in row
        )
    except Refusal as refusal:
        return refusal.code


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:{port}/a.dtd">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:{port}/x">]>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:{port}/x"> %x;]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file://{file}">]>',
        '<!doctype a [<!entity x "&y;&y;">]>',
    ],
)
def test_a_document_type_is_refused_and_nobody_is_asked(doctype: str, listener: socket.socket, tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("a-secret-of-this-machine")
    told = PROLOGUE + doctype.format(port=listener.getsockname()[1], file=secret).encode() + b"%b"

    met = outcome(book(sheet=told))

    assert met.startswith("workbooks.")
    assert not knocked(listener)


def test_a_plain_one_is_read():
    assert "城南农贸市场" in outcome(book(sheet=PROLOGUE + b"%b"))


@pytest.mark.parametrize(
    "path",
    [*CORPUS.glob("poi/*xxe*"), *CORPUS.glob("poi/*xmlbomb*"), *CORPUS.glob("made/xml_*")],
    ids=lambda path: path.name,
)
def test_the_corpus_of_entities_is_refused(path: Path):
    assert outcome(path.read_bytes()).startswith("workbooks.")


def test_the_names_of_parts_lead_nowhere(tmp_path: Path):
    """Nothing is ever unpacked to a disk; a name that climbs is refused besides."""
    mark = f"slip-{uuid4().hex}"
    names = [
        f"../../{mark}",
        f"{'../' * 12}tmp/{mark}",
        f"/tmp/{mark}",
        f"{tmp_path}/{mark}",
        f"..\\..\\{mark}",
        f"C:\\{mark}",
        f"xl/../../../{mark}",
    ]

    met = [outcome(with_part(name)) for name in names]
    links = [
        outcome(with_part(f"xl/{mark}", link_to=target)) for target in ("/etc/passwd", f"{tmp_path}/{mark}", "../../..")
    ]

    assert {code for code in met if not code.startswith("workbooks.")} == set()
    assert not any("root:" in text for text in links)
    places = {
        Path.cwd(),
        Path.cwd().parent,
        Path.cwd().parent.parent,
        Path("/"),
        Path("/tmp"),
        tmp_path,
        tmp_path.parent,
    }
    assert [place for place in places if any(mark in found.name for found in place.iterdir())] == []
