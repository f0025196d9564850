"""The manual: published once, never changed, and judging numbers as it says."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldbook import standards
from fieldbook.standards import ManualRow, meets, verdict_of
from tests.county import STANDARDS, County


def test_publishing_the_same_again_changes_nothing(town: County):
    before = town.session.get_one(ManualRow, 1).sha256

    with town.acting("ma") as act:
        again = standards.publish(act, STANDARDS)

    assert (again.version, again.sha256) == (1, before)
    assert act.receipt is None


def test_a_changed_manual_is_a_new_version_and_the_old_one_stays_as_it_was(town: County):
    old = standards.manual_text(town.session, 1)
    changed = copy.deepcopy(STANDARDS)
    changed[0]["criteria"][0]["points"] += 5
    code = changed[0]["criteria"][0]["code"]

    with town.acting("ma") as act:
        new = standards.publish(act, changed)

    assert new.version == 2
    assert standards.manual_text(town.session, 1) == old
    points = [standards.manual(town.session, version).criteria[code].points for version in (1, 2)]
    assert points[1] == points[0] + 5
    assert standards.current_manual(town.session) == standards.manual(town.session, 2)


def test_a_version_that_is_not_there_is_refused(town: County):
    for read in (standards.manual, standards.manual_text):
        with pytest.raises(standards.NoSuchManual):
            read(town.session, 77)


def test_every_criterion_can_be_found_and_read_in_both_languages(town: County):
    manual = standards.manual(town.session, 1)

    assert len(manual.criteria) == sum(len(kind.criteria) for kind in manual.kinds.values())
    for criterion in manual.criteria.values():
        assert criterion.kind in manual.kinds
        assert criterion.text("zh") != criterion.text("en")
        assert len(criterion.reasons("zh")) == len(criterion.reasons("en"))
        assert criterion.rectify_days >= 1


@pytest.mark.parametrize(
    ("op", "value", "hundredths", "met"),
    [
        (">=", 2, 200, True),
        (">=", 2, 199, False),
        ("<=", 0, 0, True),
        ("<=", 0, 1, False),
        ("==", 1, 100, True),
        ("==", 1, 101, False),
        (">", 0.3, 30, False),
        (">", 0.3, 31, True),
        ("<", 0.07, 7, False),
        ("<", 0.07, 6, True),
    ],
)
def test_a_number_meets_its_threshold_exactly_or_not(op: str, value: float, hundredths: int, met: bool):
    assert meets({"op": op, "value": value}, hundredths) is met


@given(st.sampled_from([">=", "<=", "==", ">", "<"]), st.integers(0, 10_000), st.integers(0, 10_000))
def test_hundredths_never_slip_at_the_edge(op: str, threshold: int, value: int):
    import operator

    exact = {">=": operator.ge, "<=": operator.le, "==": operator.eq, ">": operator.gt, "<": operator.lt}[op]

    assert meets({"op": op, "value": threshold / 100}, value) is exact(value, threshold)


def test_what_is_counted_or_chosen_implies_its_verdict_and_the_rest_is_the_inspectors():
    choices = [{"verdict": "pass"}, {"verdict": "mostly"}, {"verdict": "fail"}]
    none = {"threshold": None, "choices": [], "value": None, "choice": None}

    assert verdict_of("count", **none | {"threshold": {"op": ">=", "value": 2}, "value": 100}) == "fail"
    assert verdict_of("number", **none | {"threshold": {"op": ">=", "value": 2}, "value": 200}) == "pass"
    assert verdict_of("choice", **none | {"choices": choices, "choice": 1}) == "mostly"
    assert verdict_of("count", **none | {"threshold": {"op": ">=", "value": 2}}) is None
    assert [verdict_of("choice", **none | {"choices": choices, "choice": choice}) for choice in (3, -1, None)] == [
        None,
        None,
        None,
    ]
    assert verdict_of("pass_fail_na", **none | {"value": 5}) is None
