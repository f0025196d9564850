"""Every odd and hostile table of the shared corpus gets its verdict: what may be read is read right, and the rest harms nobody."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from fieldbook import workbooks
from fieldbook.kernel import Refusal
from fieldbook.workbooks import Column, Table

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "hostile"
COLUMNS = (
    Column("code", "点位编号"),
    Column("name", "点位名称", must=True),
    Column("address", "地址"),
    Column("unit", "责任单位"),
    Column("phone", "联系电话"),
    Column("date", "检查日期"),
)
#: what a name may be long; a place's is
LONGEST_NAME = 80


def cases() -> list[dict[str, Any]]:
    if not (CORPUS / "expect.json").exists():
        return []
    return [case for case in json.loads((CORPUS / "expect.json").read_text("utf-8")) if case["file"].startswith(("xlsx/", "csv/"))]


def test_the_corpus_is_here_or_is_said_not_to_be() -> None:
    if not cases():
        print(f"no corpus at {CORPUS}: only the tables made by tests/unit/workbooks were tried")
        return
    assert len(cases()) > 40


def read(name: str) -> tuple[Table | None, str]:
    """The table, or None and the refusal's code."""
    try:
        return workbooks.choose(workbooks.read((CORPUS / name).read_bytes(), name), COLUMNS), ""
    except Refusal as refusal:
        return None, refusal.code


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["file"])
def test_its_verdict_is_the_expected_one(case: dict[str, Any]) -> None:
    start = time.monotonic()

    table, code = read(case["file"])

    assert time.monotonic() - start < 5
    texts = [row.text(key) for row in table.rows for key in row.values] if table else []
    taken = table is not None and any(len(row.text("name")) <= LONGEST_NAME for row in table.rows)
    assert not any("\0" in text or "\ufffd" in text or "\x1b" in text for text in texts)
    if case["verdict"] != "either":
        assert ("accept" if taken else "refuse") == case["verdict"], (code, case["must"])


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("csv/made/cr_only.csv", 3),
        ("csv/made/semicolon.csv", 3),
        ("csv/made/utf16le_bom.csv", 3),
        ("csv/made/utf8_no_bom.csv", 3),
        ("csv/made/gb18030_rare.csv", 3),
        ("xlsx/made/dimension_lie_1048576x16384.xlsx", 3),
        ("xlsx/made/merged_body_cells.xlsx", 3),
        ("xlsx/made/naughty_strings_as_names.xlsx", 515),
    ],
)
def test_all_rows_are_there(name: str, rows: int) -> None:
    if not cases():
        return

    table, code = read(name)

    assert table is not None, code
    assert len(table.rows) == rows


def test_what_is_in_them_is_read_right() -> None:
    if not cases():
        return

    merged, rare, odd, spelt = (read(name)[0] for name in ("xlsx/made/merged_body_cells.xlsx", "csv/made/gb18030_rare.csv", "xlsx/made/strings_in_number_column_with_t_e.xlsx", "csv/made/formula_injection.csv"))

    assert merged is not None
    assert rare is not None
    assert odd is not None
    assert spelt is not None
    assert {row.text("unit") for row in merged.rows} == {"园林局"}
    assert rare.rows[0].text("name") == "䶮𠮷门"
    assert {position for position, kind, _ in odd.odd[2] if kind == "error"} == {0, 3, 5}
    assert spelt.rows[0].text("name") == "=1+1"


def test_a_file_that_reads_local_files_gives_none_of_their_content() -> None:
    if not cases():
        return

    table, code = read("xlsx/made/xml_external_entity.xlsx")

    assert table is None
    assert code == "workbooks.not_plain"
