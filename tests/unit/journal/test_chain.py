"""The chain's arithmetic: one text for each value, and hashes that anybody can compute by hand."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldbook.journal import EMPTY_HEAD, canonical, head_after, leaf_of
from fieldbook.journal.chain import said_hash

#: by `printf '\0{"a":1}' | sha256sum`, and so on; no line of ours was used
FIRST, SECOND = '{"a":1}', '{"place":"城南农贸市场"}'
FIRST_LEAF = "c7261463ebd776f4650b6d0fe942d9cc38c925d90f77d440ab6df8d5dd258c5f"
SECOND_LEAF = "d6e7fa44914c0eaf15050c933f25302bdd3768c1918ec0d176a66060f54cf9a9"
FIRST_HEAD = "f7c844ee46acd6298b40fc30dc37b59d67311e2e0e9af49f0ed54d4ba1930aef"
SECOND_HEAD = "55a20f7d3331abaee0e705a5b698fa0d781df7ac62f59bbdf5fee57408710a31"
SAID = "b20fd2c3916d127d93540fa0cc469929bf610c8fd5747501e84e7d66298c354d"


def test_leaves_heads_and_words_are_the_hashes_that_sha256sum_gives():
    assert (leaf_of(FIRST), leaf_of(SECOND)) == (FIRST_LEAF, SECOND_LEAF)
    assert head_after(EMPTY_HEAD, FIRST_LEAF) == FIRST_HEAD
    assert head_after(FIRST_HEAD, SECOND_LEAF) == SECOND_HEAD
    assert said_hash("salt", "水产区积水") == SAID


def test_a_value_has_one_text_with_sorted_keys_and_no_spaces_or_escapes():
    assert canonical({"b": [1, True, None], "a": {"z": "积水", "y": -5}}) == '{"a":{"y":-5,"z":"积水"},"b":[1,true,null]}'


NO_ONE_TEXT = {
    "a float": {"a": 1.0},
    "a float deep inside": {"a": [{"b": [0.5]}]},
    "not a number": {"a": float("nan")},
    "infinity": {"a": float("inf")},
    "NUL": {"a": "x\0y"},
    "half a character": {"a": "x\ud800"},
    "bytes": {"a": b"x"},
    "a set": {"a": {1}},
    "an upper-case key": {"A": 1},
    "a key with a hyphen": {"a-b": 1},
    "an empty key": {"": 1},
    "a key in Chinese": {"点": 1},
    "a number as key": {1: 1},
    "an odd key deep inside": {"a": [{"b": {"C": 1}}]},
}


@pytest.mark.parametrize("value", NO_ONE_TEXT.values(), ids=NO_ONE_TEXT.keys())
def test_what_has_more_than_one_text_or_none_is_refused(value: Any):
    with pytest.raises(ValueError, match="."):
        canonical(value)


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
KEYS = st.from_regex(r"[a-z0-9_]{1,6}", fullmatch=True)
VALUES = st.recursive(st.none() | st.booleans() | st.integers() | WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_the_text_says_the_value_whatever_order_its_keys_came_in(value: dict[str, Any]):
    text = canonical(value)

    assert json.loads(text) == value
    assert canonical(dict(reversed(value.items()))) == text
