"""What is written as text is text in whatever opens it."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime

import pytest
from python_calamine import load_workbook

from fieldbook import workbooks
from fieldbook.workbooks import Sheet

DANGEROUS = ["=1+1", "+86 139", "-3", "@SUM(A1)", "\t=1", "\r=1", "＝1", '=HYPERLINK("http://x.example","y")', "http://x.example"]


def sheets_of(data: bytes) -> dict[str, list[list[object]]]:
    book = load_workbook(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_text_never_becomes_a_formula_or_a_link_in_a_workbook():
    data = workbooks.write_xlsx([Sheet("表", ["字"], [[text] for text in DANGEROUS])])

    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    assert not re.search(r"<f[ >]", parts["xl/worksheets/sheet1.xml"])
    assert "hyperlink" not in parts["xl/worksheets/sheet1.xml"].lower()
    assert not any("externalLink" in name for name in parts)


def test_values_come_back_from_a_workbook_as_they_were():
    when = datetime(2026, 6, 15, 9, 32, tzinfo=UTC)
    data = workbooks.write_xlsx([Sheet("点位", ["名称", "数", "日", "时"], [["城南农贸市场", 12, date(2026, 6, 15), when], ["𠮷", 1.5, None, ""]], title="青禾县")])

    rows = sheets_of(data)["点位"]
    assert rows[0][0] == "青禾县"
    assert rows[1] == ["名称", "数", "日", "时"]
    assert rows[2] == ["城南农贸市场", 12, date(2026, 6, 15), when.replace(tzinfo=None)]
    assert rows[3][:2] == ["𠮷", 1.5]


def test_sheets_of_the_same_or_impossible_name_are_all_there():
    data = workbooks.write_xlsx([Sheet("一/二:三", ["a"], []), Sheet("一 二 三", ["a"], []), Sheet("", ["a"], []), Sheet("长" * 40, ["a"], [])])

    assert list(sheets_of(data)) == ["一 二 三", "一 二 三 2", "Sheet", "长" * 31]


def test_what_no_sheet_can_hold_is_left_out_and_the_rest_kept():
    data = workbooks.write_xlsx([Sheet("s", ["a"], [["前\x00后\x1b\ud800"], ["字" * 40_000]])])

    rows = sheets_of(data)["s"]
    assert rows[1] == ["前后"]
    assert len(str(rows[2][0])) == 32_767


def test_a_workbook_needs_a_sheet():
    with pytest.raises(ValueError, match="sheet"):
        workbooks.write_xlsx([])


def test_a_csv_is_read_by_excel_and_holds_no_formula():
    data = workbooks.write_csv(["字", "数"], [[text, -3] for text in DANGEROUS])

    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["字", "数"]
    assert [row[0] for row in rows[1:]] == [f"'{text}" if not text.startswith("http") else text for text in DANGEROUS]
    assert {row[1] for row in rows[1:]} == {"-3"}


def test_a_csv_keeps_commas_quotes_line_breaks_times_and_nothing():
    data = workbooks.write_csv(["a", "b", "c", "d", "e"], [['说"好", 行', "上\n下", datetime(2026, 6, 15, 9, 32, tzinfo=UTC), None, True]])

    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1] == ['说"好", 行', "上\n下", "2026-06-15 09:32", "", "TRUE"]
