"""Writing workbooks and tables that other people's programs open: what was text stays text there, whatever it begins with."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Picture:
    """A small JPEG in a cell; a table of text says its `word` instead, and so does a cell without bytes."""

    data: bytes
    word: str


#: what a cell may hold
Cell = str | int | float | bool | date | datetime | Picture | None

#: what makes a spreadsheet program take a csv cell for a formula; the full-width ones are formulas to some
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
#: what XML and a worksheet cannot hold
UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
#: Excel's own limits
MOST_CHARACTERS = 32_767
MOST_ROWS = 1_048_576
LONGEST_SHEET_NAME = 31
NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")
#: a picture's height in a cell, in pixels, and its row's, in points
PICTURE_PX, PICTURE_ROW = 80, 63
#: a column is as wide as its longest words, within these
NARROWEST, WIDEST = 6, 48


@dataclass(frozen=True)
class Sheet:
    """One sheet to be written: a title above (if any), one row of headings, rows below.

    name: shown on the tab; shortened and cleaned to what Excel allows.
    widths: of the columns in characters, by position; what is not given follows from the words.
    """

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    title: str = ""
    widths: dict[int, float] = field(default_factory=dict)


def write_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as an .xlsx file. Text is written as text: never a formula, never a link. Times are written as given, without zone.

    Raises ValueError when there is no sheet or one has more rows than Excel can hold.
    """
    import xlsxwriter  # not before somebody exports: every process would carry it

    if not sheets:
        raise ValueError("a workbook needs a sheet")
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        large = book.add_format({"bold": True, "font_size": 14})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"})
        taken: set[str] = set()
        for sheet in sheets:
            page = book.add_worksheet(_sheet_name(sheet.name, taken))
            first = 0
            if sheet.title:
                page.write_string(0, 0, _speakable(sheet.title), large)
                first = 1
            widths = [_width(heading) for heading in sheet.head]
            for column, heading in enumerate(sheet.head):
                page.write_string(first, column, _speakable(heading), bold)
            page.freeze_panes(first + 1, 0)
            number = first
            for number, row in enumerate(sheet.rows, first + 1):
                if number >= MOST_ROWS:
                    raise ValueError("more rows than a sheet can hold")
                for column, value in enumerate(row):
                    if value is None or value == "":
                        continue
                    if isinstance(value, bool):
                        page.write_boolean(number, column, value, plain)
                    elif isinstance(value, int | float):
                        page.write_number(number, column, value, plain)
                    elif isinstance(value, Picture):
                        _draw(page, number, column, value, plain)
                        widths[column] = max(widths[column], 14)
                        continue
                    elif isinstance(value, datetime):
                        page.write_datetime(number, column, value.replace(tzinfo=None), moment)
                    elif isinstance(value, date):
                        page.write_datetime(number, column, value, day)
                    else:
                        page.write_string(number, column, _speakable(str(value)), plain)
                    if column < len(widths):
                        widths[column] = max(widths[column], 17 if isinstance(value, datetime) else _width(str(value)))
            for column, width in enumerate(widths):
                page.set_column(column, column, sheet.widths.get(column, min(max(width + 2, NARROWEST), WIDEST)))
            if sheet.head:
                page.autofilter(first, 0, max(number, first), len(sheet.head) - 1)
    return out.getvalue()


def _draw(page: Any, row: int, column: int, picture: Picture, plain: Any) -> None:
    """A picture within its cell, moving and hiding with it; its word where there are no bytes."""
    if not picture.data:
        page.write_string(row, column, _speakable(picture.word), plain)
        return
    page.set_row(row, PICTURE_ROW)
    height = _jpeg_height(picture.data)
    scale = PICTURE_PX / height if height else 0.25
    page.insert_image(row, column, "photo.jpg", {"image_data": io.BytesIO(picture.data), "x_scale": scale, "y_scale": scale, "x_offset": 2, "y_offset": 2, "object_position": 1, "description": picture.word})


def _jpeg_height(data: bytes) -> int:
    """A JPEG's height as its frame says it; 0 when there is none."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 5 : at + 7], "big")
        at += 2 + length
    return 0


def write_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A comma-separated table: UTF-8 with a byte order mark, so that Excel reads Chinese, and lines ending as Excel's do.

    A text that begins with = + - @ (half or full width), a tab or a line break gets an apostrophe before it: a spreadsheet program
    would take it for a formula, and csv has no other way to say "text". Numbers stay numbers.
    """
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow([inert(heading) for heading in head])
    table.writerows([inert(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def inert(value: Cell) -> str | int | float:
    """A value as it may stand in a csv cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    text = UNSPEAKABLE.sub("", value.word if isinstance(value, Picture) else value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _speakable(text: str) -> str:
    return UNSPEAKABLE.sub("", text)[:MOST_CHARACTERS]


def _sheet_name(name: str, taken: set[str]) -> str:
    """The name as Excel takes it, unlike the others in the book."""
    wanted = NOT_IN_SHEET_NAMES.sub(" ", _speakable(name)).strip().strip("'")[:LONGEST_SHEET_NAME] or "Sheet"
    given, number = wanted, 1
    while given.lower() in taken or given.lower() == "history":
        number += 1
        tail = f" {number}"
        given = wanted[: LONGEST_SHEET_NAME - len(tail)] + tail
    taken.add(given.lower())
    return given


def _width(text: str) -> float:
    """How wide the longest line is, in characters; Chinese ones count twice."""
    return max((sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line[:60]) for line in text.split("\n")), default=0)
