"""Two versions of the manual compared, word by word; and what is looked at before one is published."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fieldbook import standards
from fieldbook.standards import compare, pieces
from fieldbook.standards.checks import check
from tests.county import STANDARDS


def changed(**fields: Any) -> list[dict[str, Any]]:
    """The manual with the market's 25.08 changed."""
    kinds = copy.deepcopy(STANDARDS)
    next(one for one in kinds[24]["criteria"] if one["code"] == "25.08").update(fields)
    return kinds


def checked(kinds: list[dict[str, Any]], used: dict[str, str] | None = None) -> standards.Checked:
    return check(kinds, themes=standards.themes_of(STANDARDS), compared=compare(STANDARDS, kinds), used=used or {})


def test_the_same_manual_has_no_differences():
    compared = compare(STANDARDS, copy.deepcopy(STANDARDS))

    assert compared.is_empty
    assert compared.counts == {"same": 417, "changed": 0, "added": 0, "removed": 0}


def test_a_changed_an_added_and_a_removed_criterion_are_told_apart_under_their_kind():
    kinds = changed(points=8)
    market = kinds[24]["criteria"]
    gone = market.pop(2)
    market.append(market[0] | {"code": "25.14", "text_zh": "新的一条"})

    compared = compare(STANDARDS, kinds)

    assert [kind.code for kind in compared.kinds] == ["25"]
    assert [(one.code, one.what) for one in compared.kinds[0].criteria] == [
        ("25.03", "removed"),
        ("25.08", "changed"),
        ("25.14", "added"),
    ]
    assert [(change.field, change.old, change.new) for change in compared.kinds[0].criteria[1].changes] == [
        ("points", 7, 8)
    ]
    assert compared.kinds[0].criteria[0].old == gone
    assert (compared.changed, compared.counts["same"]) == (3, 415)


def test_a_new_order_is_a_change_though_no_criterion_changed():
    kinds = copy.deepcopy(STANDARDS)
    kinds[24]["criteria"].reverse()

    compared = compare(STANDARDS, kinds)

    assert [(kind.code, kind.reordered, kind.criteria) for kind in compared.kinds] == [("25", True, ())]
    assert compare(STANDARDS, STANDARDS[::-1]).reordered


def test_a_kind_that_is_gone_takes_its_criteria_along():
    compared = compare(STANDARDS, STANDARDS[1:])

    assert [(kind.code, kind.what, kind.count("removed")) for kind in compared.kinds] == [("01", "removed", 13)]


def test_only_the_words_that_differ_are_struck_and_underlined():
    told = pieces("路面烟头不超过 3 个，无成片垃圾", "路面烟头不超过 12 个，无成片垃圾")

    assert [(piece.kind, piece.text) for piece in told] == [
        ("both", "路面烟头不超过 "),
        ("old", "3"),
        ("new", "12"),
        ("both", " 个，无成片垃圾"),
    ]


def test_what_is_added_at_the_end_strikes_nothing():
    told = pieces("楼道无飞线充电", "楼道无飞线充电，电梯能阻止其进入")

    assert [(piece.kind, piece.text) for piece in told] == [("both", "楼道无飞线充电"), ("new", "，电梯能阻止其进入")]


def test_a_text_that_begins_or_ends_is_one_piece():
    assert [(piece.kind, piece.text) for piece in pieces("", "新")] == [("new", "新")]
    assert [(piece.kind, piece.text) for piece in pieces("旧", "")] == [("old", "旧")]


@given(st.text(alphabet="路面清洁3 ab，", max_size=20), st.text(alphabet="路面清洁3 ab，", max_size=20))
def test_the_pieces_hold_both_texts_whole(old: str, new: str):
    told = pieces(old, new)

    assert "".join(piece.text for piece in told if piece.kind != "new") == old
    assert "".join(piece.text for piece in told if piece.kind != "old") == new


def test_points_that_do_not_make_a_hundred_give_pause_but_stop_nothing():
    found = checked(changed(points=9))

    assert found.off == (("25", 102),)
    assert found.stops == 0


def test_what_a_criterion_must_have_stops_a_version():
    for wrong, fault in (
        ({"text_zh": ""}, ("text_zh", "empty")),
        ({"theme_zh": "没有的主题"}, ("theme_zh", "theme")),
        ({"points": None}, ("points", "number")),
        ({"rectify_days": 0}, ("rectify_days", "number")),
        ({"answer": "count"}, ("threshold", "threshold")),
        ({"answer": "choice", "choices": [{"zh": "好", "verdict": "pass"}]}, ("choices", "choices")),
        ({"severity": "grave"}, ("severity", "choose")),
        ({"reasons_zh": ["很长" * 40]}, ("reasons_zh", "too_long")),
    ):
        found = checked(changed(**wrong))

        assert [(one.code, one.fault.field, one.fault.code) for one in found.wrong] == [("25.08", *fault)]
        assert found.stops == 1


def test_a_code_that_stands_twice_stops_a_version():
    kinds = changed()
    kinds[0]["criteria"][0]["code"] = "25.08"

    assert checked(kinds).twice == ("25.08",)
    assert checked(kinds).stops == 1


def test_a_kind_without_criteria_and_one_with_too_many_stop_a_version():
    kinds = changed()
    kinds[0]["criteria"] = []
    kinds[24]["criteria"] = [kinds[24]["criteria"][0] | {"code": f"25.{n:03}"} for n in range(201)]

    found = checked(kinds)

    assert (found.bare, found.crowded, found.stops) == (("01",), ("25",), 2)


def test_a_new_code_that_once_meant_something_else_gives_pause():
    kinds = changed()
    kinds[24]["criteria"].append(kinds[24]["criteria"][0] | {"code": "25.14"})

    assert checked(kinds, {"25.14": "从前是另一条"}).reused == ("25.14",)
    assert checked(kinds, {"25.14": kinds[24]["criteria"][0]["text_zh"]}).reused == ()
