"""What a person says about a plan holds for the rows and the words it was said of, and for nothing else."""

from fieldbook.workbooks import Asked, Line, Plan, Reason, Verdict, Way, corrected

NIGHT = Reason("kind_unknown", "夜市", ways=(Way("kind", "04", "商业大街"), Way("kind"), Way("skip")))
DAWN = Reason("kind_unknown", "早市", ways=(Way("kind"), Way("skip")))
ZERO = Reason("position_zero", ways=(Way("no_position"), Way("skip")))
AGAIN = Reason("repeat", "", {"row": 2}, (Way("skip"), Way("merge")))
PLAN = Plan(
    [
        Line(2, Verdict.ADDED),
        Line(3, Verdict.REFUSED, reasons=[NIGHT]),
        Line(4, Verdict.REFUSED, reasons=[NIGHT, ZERO]),
        Line(5, Verdict.REFUSED, reasons=[DAWN]),
        Line(6, Verdict.REFUSED, reasons=[AGAIN]),
        Line(7, Verdict.SKIPPED),
    ]
)


def test_the_rows_of_each_verdict_are_all_rows():
    assert sum(PLAN.counts.values()) == len(PLAN.lines)
    assert PLAN.counts["refused"] == 4


def test_rows_with_the_same_matter_are_shown_together():
    assert [(reason.code, reason.word, rows) for reason, rows in PLAN.matters()] == [
        ("kind_unknown", "夜市", [3, 4]),
        ("position_zero", "", [4]),
        ("kind_unknown", "早市", [5]),
        ("repeat", "", [6]),
    ]


def test_a_word_is_corrected_for_every_row_that_has_it():
    said = corrected(Asked(), PLAN, code="kind_unknown", word="夜市", do="kind", value="04")

    assert said.words == {"kind:夜市": "04"}
    assert said.rows == {}


def test_all_words_of_a_code_may_be_corrected_at_once():
    assert corrected(Asked(), PLAN, code="kind_unknown", word="*", do="kind", value="25").words == {"kind:夜市": "25", "kind:早市": "25"}


def test_a_way_about_rows_is_kept_for_the_rows_it_concerns():
    assert corrected(Asked(), PLAN, code="kind_unknown", word="夜市", do="skip").rows == {"3": {"skip": ""}, "4": {"skip": ""}}
    assert corrected(Asked(), PLAN, code="kind_unknown", word="夜市", do="skip", row=4).rows == {"4": {"skip": ""}}
    assert corrected(Asked(), PLAN, code="repeat", word="", do="merge").rows == {"6": {"merge": "2"}}


def test_a_row_that_was_skipped_is_taken_back():
    assert corrected(Asked(rows={"7": {"skip": ""}}), PLAN, code="", word="", do="unskip", row=7).rows == {}


def test_what_fits_no_row_changes_nothing():
    asked = Asked(words={"kind:早市": "25"})

    assert corrected(asked, PLAN, code="kind_unknown", word="夜市", do="swap") == asked
    assert corrected(asked, PLAN, code="nothing", word="", do="skip") == asked


def test_a_plan_that_does_something_else_has_another_digest():
    assert PLAN.digest() == Plan(PLAN.lines[:1]).digest()
    assert PLAN.digest() != Plan([Line(2, Verdict.ADDED, name="x")]).digest()
