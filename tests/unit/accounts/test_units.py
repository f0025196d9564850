"""Responsible units as they are kept."""

import pytest

from fieldbook import accounts
from tests.county import County, named


def test_a_unit_is_named_once_and_not_without_a_name(town: County):
    with pytest.raises(accounts.UnitNameTaken), town.acting("ma") as act:
        accounts.make_unit(act, name="县城管局市政所")
    with pytest.raises(accounts.UnitNameMissing), town.acting("ma") as act:
        accounts.change_unit(act, named("roads"), name=" ")


def test_a_change_keeps_persons_apart_in_words_that_can_be_erased(town: County):
    with town.acting("ma") as act:
        unit = accounts.change_unit(act, named("roads"), version=1, trade="市容", head="马涛", phone="0555-1234567")
        [entry] = act.entries

    assert entry.facts == {"was": {"trade": ""}, "now": {"trade": "市容"}}
    assert entry.said == {"head": "马涛", "phone": "0555-1234567"}
    assert unit.version == 2


def test_a_form_older_than_the_unit_is_refused(town: County):
    with pytest.raises(accounts.UnitChangedMeanwhile), town.acting("ma") as act:
        accounts.change_unit(act, named("roads"), version=7, trade="市容")


def test_an_unknown_unit_is_no_unit(town: County):
    with pytest.raises(accounts.NoSuchUnit), town.acting("ma") as act:
        accounts.change_unit(act, named("nobody"), trade="市容")
    with pytest.raises(accounts.NoSuchUnit), town.acting("ma") as act:
        accounts.reopen_unit(act, named("roads"))
