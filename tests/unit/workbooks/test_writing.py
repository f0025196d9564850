"""What is written as text is text in whatever opens it."""

import csv
import io
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook as load_openpyxl
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


def test_another_reader_finds_no_formula_either():
    """What openpyxl takes for a formula, a spreadsheet program evaluates."""
    data = workbooks.write_xlsx([Sheet("表", DANGEROUS, [[text, *DANGEROUS] for text in DANGEROUS], title="=1+1")])

    cells = [cell for row in load_openpyxl(io.BytesIO(data))["表"].iter_rows() for cell in row if cell.value is not None]

    assert len(cells) > len(DANGEROUS) ** 2
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)


def test_a_spreadsheet_program_evaluates_nothing(tmp_path: Path):
    """LibreOffice opens both exports and writes down what it shows."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("soffice is absent: apt install libreoffice-calc-nogui")
    sums = ["=1+1", "+1+1", "-1+1", "@SUM(1;1)", "\t=1+1", "＝1+1", '=HYPERLINK("http://x.example";"y")']
    (tmp_path / "book.xlsx").write_bytes(workbooks.write_xlsx([Sheet("表", ["字"], [[text] for text in sums])]))
    (tmp_path / "table.csv").write_bytes(workbooks.write_csv(["字"], [[text] for text in sums]))

    shown = {}
    for name in ("book.xlsx", "table.csv"):
        text = "Text - txt - csv (StarCalc):44,34,76"  # commas, quotes, UTF-8
        how = ["--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", f"csv:{text}", "--outdir", str(tmp_path / "out")]
        how += [f"--infilter={text}"] if name.endswith(".csv") else []
        subprocess.run([program, *how, str(tmp_path / name)], check=True, timeout=120, capture_output=True)
        told = (tmp_path / "out" / name).with_suffix(".csv").read_text("utf-8")
        shown[name] = [row[0].lstrip("'") for row in csv.reader(io.StringIO(told)) if row][1:]

    assert shown == {"book.xlsx": sums, "table.csv": sums}


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
