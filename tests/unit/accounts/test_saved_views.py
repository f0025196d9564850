"""Views of a list that a person keeps."""

import pytest

from fieldbook import accounts
from fieldbook.accounts import NoSuchView, SavedView, TooManyViews, ViewNameTaken, ViewUnnamed
from tests.county import County, named

PAIRS = [("view", "overdue"), ("zone", "6"), ("zone", "3")]


def keep(town: County, name: str, who: str = "chen") -> SavedView:
    with town.acting(who) as act:
        return accounts.keep_view(act, "findings", name=name, pairs=PAIRS)


def kept(town: County, who: str = "chen") -> list[tuple[str, list[tuple[str, str]]]]:
    return [(view.name, view.pairs) for view in accounts.saved_views(town.session, named(who), "findings")]


def test_a_view_keeps_its_fields_in_their_order_for_its_owner_alone(town: County):
    view = keep(town, "周五例会")

    assert kept(town) == [("周五例会", PAIRS)]
    assert kept(town, "ma") == []
    assert town.entries(view.id) == ["view.kept"]


def test_a_view_is_renamed_and_dropped(town: County):
    view = keep(town, "周五例会")

    with town.acting("chen") as act:
        accounts.rename_view(act, view.id, name="周一例会")
    assert [name for name, _pairs in kept(town)] == ["周一例会"]
    with town.acting("chen") as act:
        accounts.drop_view(act, view.id)

    assert kept(town) == []
    assert town.entries(view.id) == ["view.kept", "view.renamed", "view.dropped"]


def test_renaming_to_the_same_name_changes_nothing(town: County):
    view = keep(town, "周五例会")

    with town.acting("chen") as act:
        accounts.rename_view(act, view.id, name="周五例会")

    assert town.entries(view.id) == ["view.kept"]


@pytest.mark.parametrize(("name", "refusal"), [("", ViewUnnamed), ("  ", ViewUnnamed), ("周五例会", ViewNameTaken)])
def test_a_view_needs_a_name_of_its_own(town: County, name: str, refusal: type[Exception]):
    keep(town, "周五例会")

    with pytest.raises(refusal):
        keep(town, name)


def test_there_is_an_end_to_views(town: County):
    for number in range(8):
        keep(town, f"第 {number} 个")

    with pytest.raises(TooManyViews):
        keep(town, "再一个")


@pytest.mark.parametrize("what", ["rename", "drop"])
def test_nobody_touches_the_views_of_others(town: County, what: str):
    view = keep(town, "周五例会")

    with pytest.raises(NoSuchView), town.acting("ma") as act:
        accounts.rename_view(act, view.id, name="别的") if what == "rename" else accounts.drop_view(act, view.id)

    assert [name for name, _pairs in kept(town)] == ["周五例会"]
