"""Workbooks: reading and writing tables as the county's offices have them, .xlsx and .csv.

Words: sheet, head (the row of headings), row, column (what a table may say, under which headings).
May import kernel. Never: know what a place or a person is.

Writing: `write_xlsx([Sheet(name, head, rows, title=…)]) -> bytes` and `write_csv(head, rows) -> bytes`.
"""

from .writing import Cell, Sheet, write_csv, write_xlsx

__all__ = ["Cell", "Sheet", "write_csv", "write_xlsx"]
