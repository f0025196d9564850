"""The standards table: written and read back without a change, and read as the offices' files really look."""

import copy
from typing import Any

import pytest

from fieldbook import standards, workbooks
from fieldbook.standards import compare, merge, read_table, sheet_of
from fieldbook.standards.table import lines_of, parts_of
from tests.county import STANDARDS

THEMES = standards.themes_of(STANDARDS)
MARKET = [kind for kind in STANDARDS if kind["code"] == "25"]
HEAD = ["任务对象", "标准编号", "测评标准", "分值"]


def merged(rows: list[list[Any]], kinds: list[dict[str, Any]] = STANDARDS, **more: Any) -> standards.Merged:
    return merge(read_table(rows, names=[kind["name_zh"] for kind in kinds]), kinds, themes=THEMES, taken=(), **more)


def texts(told: standards.Merged, code: str) -> list[tuple[str, str]]:
    [kind] = [kind for kind in told.kinds if kind["code"] == code]
    return [(one["code"], one["text_zh"]) for one in kind["criteria"]]


@pytest.mark.parametrize("how", ["xlsx", "csv"])
def test_what_was_exported_changes_nothing_when_it_is_read_back(how: str):
    sheet = sheet_of(STANDARDS, title="操作手册 第 1 版")
    data = workbooks.write_xlsx([sheet]) if how == "xlsx" else workbooks.write_csv(sheet.head, sheet.rows)
    [page] = workbooks.read(data, f"standards.{how}").sheets

    told = merged(page.rows)

    assert compare(STANDARDS, list(told.kinds)).is_empty
    assert (len(told.kinds), sum(len(kind["criteria"]) for kind in told.kinds)) == (44, 417)
    assert (told.odd, told.supposed, told.themes, told.missing) == ((), {}, (), 0)


def test_the_whole_manual_can_be_made_from_its_table_alone():
    rows = [list(sheet_of(STANDARDS, title="").head), *map(list, sheet_of(STANDARDS, title="").rows)]

    told = merge(read_table(rows), [], themes={}, taken=())

    drawn = copy.deepcopy(STANDARDS)
    for criterion in (one for kind in drawn for one in kind["criteria"]):
        criterion.pop("pictures", None)  # the only thing a table does not carry
    assert compare(drawn, list(told.kinds)).is_empty


def test_a_changed_cell_changes_one_field_of_one_criterion():
    told = merged([HEAD, ["集贸市场", "25.08", "垃圾桶每摊一桶并加盖，集中收集点密闭、无蝇无臭", "9"]])

    compared = compare(STANDARDS, list(told.kinds))

    assert [
        (one.code, [(c.field, c.old, c.new) for c in one.changes]) for kind in compared.kinds for one in kind.criteria
    ] == [("25.08", [("points", 7, 9)])]


def test_what_the_table_does_not_name_stays_unless_it_is_to_go():
    rows = [HEAD, ["集贸市场", "25.08", "改过的一条", "7"]]

    kept, gone = merged(rows), merged(rows, remove_missing=True)

    assert len(texts(kept, "25")) == 13
    assert [kind["code"] for kind in gone.kinds] == ["25"]
    assert texts(gone, "25") == [("25.08", "改过的一条")]
    assert kept.missing == gone.missing == 417 - 1 + 43


def test_a_kind_that_stands_once_holds_for_the_rows_below():
    told = merged(
        [
            HEAD,
            ["夜市", None, "摊位划线经营", None],
            [None, None, "油烟有净化", None],
            ["集贸市场", "25.08", "改过的一条", "7"],
        ]
    )

    assert texts(told, "45") == [("45.01", "摊位划线经营"), ("45.02", "油烟有净化")]
    assert dict(texts(told, "25"))["25.08"] == "改过的一条"


@pytest.mark.parametrize("opening", ["四十五、夜市", "45、夜市（100分）", "（四十五）夜市", "45．夜市"])
def test_a_heading_row_opens_a_kind(opening: str):
    told = merged(
        [
            ["序号", "测评标准", "分值"],
            [opening, None, None],
            [1, "摊位划线经营", None],
            [opening.replace("四十五", "四十六").replace("45", "46").replace("夜市", "早市"), None, None],
            [1, "早市定时收市", None],
        ]
    )

    assert texts(told, "45") == [("45.01", "摊位划线经营")]
    assert texts(told, "46") == [("46.01", "早市定时收市")]


def test_a_heading_row_merged_across_the_table_opens_a_kind_that_is_known_by_name():
    told = merged([["序号", "测评标准", "分值"], ["集贸市场"] * 3, [1, "新的一条", 3]])

    assert ("25.14", "新的一条") in texts(told, "25")


def test_a_kind_is_known_by_its_other_names_too():
    told = merged([HEAD, ["农贸市场", "25.08", "改过的一条", "7"]])

    assert len(told.kinds) == 44
    assert dict(texts(told, "25"))["25.08"] == "改过的一条"
    assert next(kind for kind in told.kinds if kind["code"] == "25")["name_zh"] == "集贸市场"


def test_marks_in_one_cell_are_divided_when_asked():
    rows = [HEAD, ["夜市", "45.01", "经营秩序：①摊位划线；②不占盲道；③收市清扫", "10"]]

    whole, divided = merged(rows), merged(rows, divide=True)

    assert len(texts(whole, "45")) == 1
    assert texts(divided, "45") == [
        ("45.01", "经营秩序：摊位划线"),
        ("45.02", "经营秩序：不占盲道"),
        ("45.03", "经营秩序：收市清扫"),
    ]
    assert [one["points"] for one in divided.kinds[-1]["criteria"]] == [4, 3, 3]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("①甲②乙", ("甲", "乙")),
        ("(1)甲；(2)乙。", ("甲", "乙")),
        ("1、甲；2、乙", ("甲", "乙")),
        ("间隔 1.5 米，不少于 2 处", ("间隔 1.5 米，不少于 2 处",)),
        ("按（3）号图和（7）号图", ("按（3）号图和（7）号图",)),
        ("地面清洁", ("地面清洁",)),
    ],
)
def test_only_marks_that_count_up_divide(text: str, parts: tuple[str, ...]):
    assert parts_of(text) == parts


def test_lines_without_points_share_what_is_left_of_the_hundred():
    told = merged(
        [HEAD, ["夜市", None, "甲", None], [None, None, "乙", "40"], [None, None, "丙", None], [None, None, "丁", None]]
    )

    assert [one["points"] for one in told.kinds[-1]["criteria"]] == [20, 40, 20, 20]
    assert told.supposed["points"] == 3


def test_words_of_the_offices_are_understood():
    head = [
        "任务对象",
        "测评标准",
        "重要程度",
        "是否拍照",
        "整改时限（天）",
        "计量单位/达标值",
        "立案条件 / 结案条件",
        "主题",
    ]
    rows = [
        head,
        ["夜市", "公益广告", "一票否决", "是", "3个工作日", "不少于5处", "少于 5 处 / 数得 5 处；画面完整", "公益"],
    ]

    told = merged(rows)

    [one] = told.kinds[-1]["criteria"]
    assert (one["severity"], one["evidence"], one["rectify_days"], one["answer"]) == (
        "critical",
        "required",
        3,
        "count",
    )
    assert one["threshold"] == {"op": ">=", "value": 5, "unit_zh": "处"}
    assert (one["open_zh"], one["clear_zh"]) == ("少于 5 处", ["数得 5 处", "画面完整"])
    assert one["theme_zh"] == "公益广告与宣传"
    assert told.odd == ()


def test_what_is_not_understood_is_named_with_its_row_and_left_out():
    head = [*HEAD, "重要程度", "整改时限"]
    rows = [
        ["操作手册"],
        head,
        ["夜市", "45.01", "甲", "7.5", "紫色", "长期"],
        [None, "45.01", "乙", "5", None, None],
        [None, None, None, "5", None, None],
    ]

    told = merged(rows)

    assert [(odd.row, odd.code) for odd in told.odd] == [
        (3, "number"),
        (3, "word"),
        (3, "days"),
        (5, "empty"),
        (4, "taken"),
    ]
    assert [one["code"] for one in told.kinds[-1]["criteria"]] == ["45.01", "45.02"]


def test_a_code_that_excel_took_for_a_number_finds_its_criterion():
    told = merged([HEAD, ["集贸市场", 25.1, "改过的第十条", 7], ["主干道", 1.05, "改过的第五条", 8]])

    assert dict(texts(told, "25"))["25.10"] == "改过的第十条"
    assert dict(texts(told, "01"))["01.05"] == "改过的第五条"


def test_a_row_without_a_code_finds_its_criterion_by_its_text():
    told = merged([HEAD, ["集贸市场", None, "垃圾桶每摊一桶并加盖，集中收集点密闭、无蝇无臭", "9"]])

    assert len(texts(told, "25")) == 13
    assert next(one for kind in told.kinds for one in kind["criteria"] if one["code"] == "25.08")["points"] == 9


def test_totals_and_signatures_are_no_criteria():
    told = merged(
        [
            HEAD,
            ["集贸市场", "25.08", "改过的一条", "7"],
            ["合计", None, None, "100"],
            ["填表人：王某某", None, None, None],
        ]
    )

    assert len(told.kinds) == 44
    assert len(texts(told, "25")) == 13


def test_a_table_without_criteria_is_refused():
    for rows in ([["姓名", "电话"], ["王某某", "1"]], [HEAD], []):
        with pytest.raises(standards.TableUnread):
            read_table(rows)


def test_a_list_in_a_cell_is_read_by_lines_or_semicolons():
    assert lines_of("甲\n乙", english=False) == ["甲", "乙"]
    assert lines_of("甲；乙", english=False) == ["甲", "乙"]
    assert lines_of("Swept; washed\nDry", english=True) == ["Swept; washed", "Dry"]


def test_a_table_pasted_from_word_is_read():
    pasted = "序号\t任务对象\t测评标准\t分值\n1\t夜市\t摊位划线经营\t\n2\t\t油烟有净化\t40\n"
    [page] = workbooks.read(pasted.encode()).sheets

    told = merged(page.rows)

    assert [(one["text_zh"], one["points"]) for one in told.kinds[-1]["criteria"]] == [
        ("摊位划线经营", 60),
        ("油烟有净化", 40),
    ]
