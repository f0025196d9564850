"""Workbooks: reading and writing tables as the county's offices have them, .xlsx and .csv, and files on their way in.

Words: sheet, head (the row of headings), row, column (what a table may say, under which headings), table (a sheet understood).
May import kernel. Never: know what a place or a person is; unpack or parse a file in a process that answers people.

Writing: `write_xlsx([Sheet(name, head, rows, title=…)]) -> bytes` and `write_csv(head, rows) -> bytes`; text is never a formula.

Reading: a room says once what its tables may hold, and gets rows with the numbers the sheet shows:

    COLUMNS = (
        Column("name", "单位名称", ("单位", "名称"), must=True, example="县市场监督管理局"),
        Column("phone", "联系电话", ("电话", "手机")),
    )
    book = workbooks.read(data, file_name)                # a child with limits of its own; raises this room's refusals
    table = workbooks.choose(book, COLUMNS)               # the sheet, the head, the columns; raises NoHead
    for row in table.rows:
        row.number, row.text("name"), row.values.get("phone")

`workbooks.look(data, file_name)` refuses in a millisecond what is no table at all. `initials_of(names)` makes pinyin in the child.
"""

from .columns import Column, Row, Table, as_text, choose, nearest, normalised, split_list, understand
from .reading import MOST_BYTES, MOST_ROWS, Book, Page, initials_of, look, read
from .refusals import (
    CellTooLong,
    MixedEncodings,
    NoHead,
    NotAWorkbook,
    NotPlain,
    NotText,
    OldWorkbook,
    OpenQuote,
    TooHeavy,
    WorkbookDamaged,
    WorkbookTooLarge,
)
from .writing import Cell, Sheet, write_csv, write_xlsx

__all__ = [
    "MOST_BYTES",
    "MOST_ROWS",
    "Book",
    "Cell",
    "CellTooLong",
    "Column",
    "MixedEncodings",
    "NoHead",
    "NotAWorkbook",
    "NotPlain",
    "NotText",
    "OldWorkbook",
    "OpenQuote",
    "Page",
    "Row",
    "Sheet",
    "Table",
    "TooHeavy",
    "WorkbookDamaged",
    "WorkbookTooLarge",
    "as_text",
    "choose",
    "initials_of",
    "look",
    "nearest",
    "normalised",
    "read",
    "split_list",
    "understand",
    "write_csv",
    "write_xlsx",
]
