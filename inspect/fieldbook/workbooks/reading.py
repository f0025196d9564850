"""Reading workbooks in a child that may die: whoever sends a table decides what is in it.

The outside of the file is looked at here, before anything is unpacked; the inside only in the child, which has limits of its
own on memory, time and what it may answer.
"""

import io
import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from fieldbook.kernel import Refusal

from .refusals import (
    CellTooLong,
    MixedEncodings,
    NotAWorkbook,
    NotPlain,
    NotText,
    OldWorkbook,
    OpenQuote,
    TooHeavy,
    WorkbookDamaged,
    WorkbookTooLarge,
)

#: the most a file may be, as sent and unpacked
MOST_BYTES = 20 << 20
MOST_UNPACKED = 100 << 20
MOST_PARTS = 1_000
MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_CHARACTERS = 32_767
#: of the child
MEMORY_BYTES = 1 << 30
CPU_SECONDS = 30
WALL_SECONDS = 40.0
#: more than this in an answer means the child has lost its mind
MOST_ANSWER_BYTES = 128 << 20
CHILD = Path(__file__).with_name("read_child.py")

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Page:
    """One sheet as read: rows of plain values (text, whole number, float, bool, None), as many as there are, the first at 0.

    formulas, uncalculated, errors: [row, column, what stood there] of cells whose value a formula made, of formulas nobody
    calculated, and of cells that hold an error or call a text a number; the last two are None in `rows`.
    """

    name: str
    rows: list[list[Any]]
    formulas: list[tuple[int, int, str]] = field(default_factory=list)
    uncalculated: list[tuple[int, int, str]] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Book:
    """A workbook or a text table as read."""

    sheets: list[Page]
    #: of a text table
    encoding: str = ""
    delimiter: str = ""


def look(data: bytes, name: str = "") -> str:
    """What the bytes are, "xlsx" or "csv", by the outside of the file alone. A text that is called a workbook is refused.

    Raises NotAWorkbook, OldWorkbook, WorkbookDamaged, NotPlain, WorkbookTooLarge.
    """
    if len(data) > MOST_BYTES:
        raise _too_large()
    if data.startswith(OLD):
        raise OldWorkbook
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if not data.strip() or data.startswith((b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"Rar!", b"\x1f\x8b", b"7z\xbc\xaf", b"{\\rtf")):
            raise NotAWorkbook
        if name.lower().endswith((".xlsx", ".xlsm", ".xls", ".et")):
            raise NotAWorkbook
        return "csv"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = book.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, OSError) as reason:
        raise WorkbookDamaged from reason
    names = [part.filename.lower() for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _too_large()
    if len(set(names)) != len(names) or any(".." in name.split("/") or name.startswith("/") or "\\" in name for name in names):
        raise NotPlain
    if any(part.flag_bits & 1 for part in parts):
        raise OldWorkbook
    if "xl/workbook.xml" not in names:
        raise NotAWorkbook
    return "xlsx"


def read(data: bytes, name: str = "") -> Book:
    """The rows of every visible sheet of a workbook, or of a text table. Takes a second for 10,000 rows.

    Merged cells are filled, formulas are never evaluated, links never followed. Raises the refusals of this room.
    """
    answer = _ask(look(data, name), data)
    sheets = [
        Page(sheet["name"] or "", sheet["rows"], *([(row, column, what) for row, column, what in sheet.get(name, ())] for name in ("formulas", "uncalculated", "errors")))
        for sheet in answer["sheets"]
    ]
    return Book(sheets, answer.get("encoding", ""), answer.get("delimiter", ""))


def initials_of(names: Sequence[str]) -> list[str]:
    """The pinyin initials of names, lower case, for searching: 城南农贸市场 → cnnmsc. Half a second for one or for 5,000.

    Made in the child, because what it takes to know them costs 61 MB that no other process should carry. An empty text for each
    name when they cannot be made: a name without initials is still found by its name.
    """
    if not names:
        return []
    try:
        made: list[str] = _ask("initials", json.dumps(list(names)).encode())["initials"]
    except Refusal:
        return [""] * len(names)
    return made


def _ask(do: str, data: bytes) -> dict[str, Any]:
    """One child, one request, one answer."""
    most = {"rows": MOST_ROWS, "columns": MOST_COLUMNS, "characters": MOST_CHARACTERS}
    command = [sys.executable, "-I", str(CHILD), str(MEMORY_BYTES), str(CPU_SECONDS)]
    # an empty environment: the child needs no secret, so it gets none
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/")
    late = threading.Timer(WALL_SECONDS, child.kill)
    late.start()
    giving = threading.Thread(target=_give, args=(child, json.dumps({"do": do, "most": most}).encode() + b"\n", data))
    giving.start()
    try:
        text = child.stdout.read(MOST_ANSWER_BYTES + 1)  # type: ignore[union-attr]
        if len(text) > MOST_ANSWER_BYTES:
            raise TooHeavy
    finally:
        late.cancel()
        child.kill()
        child.wait()
        giving.join()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()
    try:
        answer: dict[str, Any] = msgspec.json.decode(text)
    except msgspec.DecodeError as reason:  # it died of what it read
        raise TooHeavy from reason
    if "wrong" in answer:
        raise _refusal(answer)
    return answer


def _give(child: subprocess.Popen[bytes], head: bytes, data: bytes) -> None:
    """Hand the request over; a child that died takes no more."""
    try:
        child.stdin.write(head + data)  # type: ignore[union-attr]
        child.stdin.close()  # type: ignore[union-attr]
    except (BrokenPipeError, ConnectionResetError, ValueError):
        pass


def _too_large() -> WorkbookTooLarge:
    return WorkbookTooLarge(rows=MOST_ROWS, columns=MOST_COLUMNS, megabytes=MOST_UNPACKED >> 20)


def _refusal(answer: dict[str, Any]) -> Refusal:
    line = int(answer.get("line") or 0)
    match answer["wrong"]:
        case "too_large":
            return _too_large()
        case "cell_too_long":
            return CellTooLong(cell=f" {answer['cell']} " if answer.get("cell") else "", characters=MOST_CHARACTERS)
        case "doctype":
            return NotPlain()
        case "not_text":
            return NotText()
        case "mixed_encodings":
            return MixedEncodings(line=line)
        case "open_quote":
            return OpenQuote(line=line)
        case "too_heavy":
            return TooHeavy()
        case _:
            return WorkbookDamaged()
