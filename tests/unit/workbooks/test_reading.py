"""A table is found in whatever an office sent: its head, its columns, its rows, and nothing else."""

import io
import zipfile

import pytest
import xlsxwriter

from fieldbook import workbooks
from fieldbook.kernel import Refusal
from fieldbook.workbooks import Column

COLUMNS = (
    Column("number", "序号", ("编号", "No.")),
    Column("name", "点位名称", ("名称", "具体点位"), must=True),
    Column("kind", "任务对象", ("点位类型", "类别"), must=True),
    Column("address", "详细地址", ("地址",)),
    Column("unit", "责任单位", ("责任部门", "包保单位")),
    Column("partner", "包联单位", ("包保单位", "联系单位")),
    Column("lon", "经度", ("东经",)),
    Column("lat", "纬度", ("北纬",)),
)


def book(rows, *, merge=(), name="点位"):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value)
        for area, value in merge:
            sheet.merge_range(area, value)
    return out.getvalue()


def table(data, **more):
    return workbooks.choose(workbooks.read(data), COLUMNS, **more)


def test_the_head_may_stand_in_row_four_under_titles():
    data = book([["青禾县实地考察点位清单"], ["填报单位：创城办", None, None, "2026年6月"], [], ["序号", "点位名称*", "任务对象（必填）", "详细\n地址："], [1, "城南农贸市场", "集贸市场", "城南路128号"]])

    found = table(data)

    assert (found.head, found.above) == (4, 3)
    assert [(row.number, row.text("name"), row.text("kind"), row.text("address")) for row in found.rows] == [(5, "城南农贸市场", "集贸市场", "城南路128号")]


def test_headings_are_known_however_they_are_written():
    for heading in ("点位名称", " 点 位 名 称 ", "点位名称：", "点位名称（全称）", "＊点位名称", "点位\n名称", "【必填】点位名称"):
        assert workbooks.normalised(heading) == "点位名称"
    assert workbooks.normalised("Ｎｏ．") == "no"


def test_merged_cells_hold_in_every_row_what_the_first_one_does():
    rows = [["序号", "点位名称", "任务对象", "责任单位"], [1, "东门公园", None, None], [2, "南湖广场", None, None], [3, "西站", None, None]]
    data = book(rows, merge=[("C2:C4", "公园"), ("D2:D3", "园林局")])

    assert [(row.text("kind"), row.text("unit")) for row in table(data).rows] == [("公园", "园林局"), ("公园", "园林局"), ("公园", "")]


def test_a_head_of_two_rows_is_taken_whole():
    rows = [["序号", "点位名称", "任务对象", None, None], [None, None, None, "经度", "纬度"], [1, "东门公园", "公园", 118.5, 31.5]]
    data = book(rows, merge=[("A1:A2", "序号"), ("B1:B2", "点位名称"), ("C1:C2", "任务对象"), ("D1:E1", "坐标")])

    found = table(data)

    assert found.head == 2
    assert found.rows[0].values == {"number": 1, "name": "东门公园", "kind": "公园", "lon": 118.5, "lat": 31.5}


def test_totals_signatures_and_headings_in_between_are_no_rows():
    head = ["序号", "点位名称", "任务对象"]
    rows = [head, [1, "东门公园", "公园"], head, ["二、集贸市场", None, None], [2, "城南农贸市场", "集贸市场"], ["合计", 2, None], ["填表人：王某某", None, "审核：李某某"], ["备注：以上为初稿"]]
    data = book(rows, merge=[("A4:C4", "二、集贸市场")])

    found = table(data)

    assert [row.number for row in found.rows] == [2, 5]
    assert found.aside == [3, 4, 6, 7, 8]


def test_a_heading_that_two_columns_may_have_goes_to_the_one_that_is_free():
    found = table(book([["点位名称", "类别", "责任单位", "包保单位", "网格长手机短号"], ["东门公园", "公园", "园林局", "财政局", "6623"]]))

    assert found.mapping == {0: "name", 1: "kind", 2: "unit", 3: "partner"}
    assert found.unknown == {4: "网格长手机短号"}


def test_a_person_may_say_what_a_column_is():
    data = book([["点位名称", "类别", "地址", "门牌"], ["东门公园", "公园", "x", "人民路1号"]])

    found = table(data, mapping={2: "", 3: "address"})

    assert found.rows[0].text("address") == "人民路1号"
    assert found.mapping == {0: "name", 1: "kind", 3: "address"}


def test_the_sheet_that_looks_most_like_the_table_is_taken_and_hidden_ones_are_not():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        made.add_worksheet("说明").write(0, 0, "请先阅读")
        hidden, real = made.add_worksheet("旧表"), made.add_worksheet("点位清单")
        for sheet, count in ((hidden, 9), (real, 2)):
            sheet.write_row(0, 0, ["点位名称", "任务对象", "地址"])
            for number in range(count):
                sheet.write_row(number + 1, 0, [f"{count}-{number}", "公园", "x"])
        hidden.hide()

    found = table(out.getvalue())

    assert found.sheet == "点位清单"
    assert len(found.rows) == 2


def test_a_table_without_known_headings_is_refused():
    with pytest.raises(workbooks.NoHead):
        table(book([["a", "b", "c"], [1, 2, 3]]))


def test_a_table_pasted_from_word_is_read_with_its_tabs_and_line_breaks():
    data = "点位名称\t任务对象\t地址\r\n城南农贸\u3000市场\t集贸市场\t城南路\t\r\n".encode("gb18030")

    [row] = table(data).rows

    assert row.text("name") == "城南农贸 市场"
    assert workbooks.as_text("城南\n农贸市场") == "城南农贸市场"
    assert workbooks.as_text("South\nmarket") == "South market"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_text_table_is_read_in_any_encoding_with_any_separator(encoding, delimiter):
    lines = [["点位名称", "任务对象", "地址"], ["东门公园", "公园", "人民路1号"], ["南湖广场", "广场", "南湖路2号"]]
    data = "\n".join(delimiter.join(line) for line in lines).encode(encoding)

    assert [row.text("address") for row in table(data).rows] == ["人民路1号", "南湖路2号"]


def test_cells_with_errors_and_formulas_are_named():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["点位名称", "任务对象", "地址"])
        sheet.write_formula(1, 0, '="东门"&"公园"', None, "东门公园")
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")
        sheet.write_string(1, 2, "x")

    found = table(out.getvalue())

    assert found.rows[0].values == {"name": "东门公园", "address": "x"}
    assert sorted(kind for _, kind, _ in found.odd[2]) == ["error", "formula", "formula"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "workbooks.not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "workbooks.old_workbook"),
        (b"PK\x03\x04 broken", "workbooks.damaged"),
        (b"%PDF-1.7", "workbooks.not_a_workbook"),
        ("点位名称,任务对象\n".encode() + "东门公园,公园\n".encode("gbk"), "workbooks.mixed_encodings"),
        ('点位名称,任务对象\n"东门公园,公园\n南湖,广场\n'.encode(), "workbooks.open_quote"),
        (b"a,b,c\n" + b"\x01\x02\x03\x04" * 40, "workbooks.not_text"),
        (b",".join(b"c" for _ in range(101)), "workbooks.too_large"),
        ("点位名称,任务对象\n".encode() + b"x" * 40_000, "workbooks.cell_too_long"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(data, code):
    with pytest.raises(Refusal) as refused:
        workbooks.read(data)

    assert refused.value.code == code


def test_what_is_called_a_workbook_must_be_one():
    with pytest.raises(workbooks.NotAWorkbook):
        workbooks.look("点位名称,地址".encode(), "点位.xlsx")


@pytest.mark.parametrize("change", ["doctype", "twice", "escape", "many"])
def test_a_workbook_with_parts_that_none_should_have_is_refused(change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book([["a"]]))) as good, zipfile.ZipFile(out, "w") as bad:
        for name in good.namelist():
            data = good.read(name)
            if change == "doctype" and "sheet1" in name:
                data = data.replace(b"<worksheet", b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet', 1)
            bad.writestr(name, data)
        if change == "escape":
            bad.writestr("xl/../../outside.xml", b"x")
        if change == "many":
            for number in range(1001):
                bad.writestr(f"xl/p{number}.xml", b"")
        if change == "twice":
            with pytest.warns(UserWarning, match="Duplicate"):
                bad.writestr("xl/workbook.xml", b"<x/>")

    with pytest.raises(Refusal) as refused:
        workbooks.read(out.getvalue())

    assert refused.value.code in ("workbooks.not_plain", "workbooks.too_large")


def test_a_child_that_takes_too_much_dies_alone(monkeypatch):
    monkeypatch.setattr("fieldbook.workbooks.reading.MEMORY_BYTES", 40 << 20)

    with pytest.raises(workbooks.TooHeavy):
        workbooks.read(book([["点位名称", "任务对象", "地址"], *([f"第{n}处", "公园", f"{n:06}" * 200] for n in range(15_000))]))


def test_initials_are_made_in_the_child():
    assert workbooks.initials_of(["城南农贸市场", "A座3号", "重庆路", "银行"]) == ["cnnmsc", "az3h", "cql", "yh"]
    assert workbooks.initials_of([]) == []


def test_several_values_of_a_cell_are_parted():
    assert workbooks.split_list("集贸市场、商业大街/公厕；集贸市场") == ["集贸市场", "商业大街", "公厕"]


def test_the_nearest_known_word_is_suggested_and_nothing_far():
    assert workbooks.nearest("农贸市埸", ["集贸市场", "农贸市场", "公园"]) == "农贸市场"
    assert workbooks.nearest("夜市", ["公园", "医院"]) is None
