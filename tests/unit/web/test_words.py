"""The catalogue's sentences: facts, and English nouns in their number."""

import pytest

from fieldbook.web.words import fill


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "Not visited for 1 day"), (0, "Not visited for 0 days"), (2, "Not visited for 2 days"), ("1", "Not visited for 1 day"), ("1,000", "Not visited for 1,000 days")],
)
def test_an_english_noun_follows_its_number(n: object, said: str):
    assert fill("Not visited for %(n)s {n|day|days}", {"n": n}) == said


def test_a_sentence_without_numbers_keeps_its_braces():
    assert fill("{units} of %(n)s | all", {"n": 1}) == "{units} of 1 | all"
