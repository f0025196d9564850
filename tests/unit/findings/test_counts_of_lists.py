"""How many a list holds is said exactly up to a bound, so that no page grows with what was cleared long ago."""

import pytest

from fieldbook import findings
from fieldbook.findings import Filters
from tests.county import County


def test_each_list_is_counted_within_what_the_person_sees(town: County):
    town.finding(state="cleared")
    town.finding(state="assigned")
    town.finding(state="to_screen")

    counts = {who: findings.counts_of(town.session, town.standing(who), [Filters(view=view) for view in ("open", "cleared", "all")], now=town.at) for who in ("wu", "zhao", "eve")}

    assert counts == {"wu": [2, 1, 3], "zhao": [1, 1, 2], "eve": [0, 0, 0]}


def test_a_long_list_is_counted_to_the_bound_only(town: County, monkeypatch: pytest.MonkeyPatch):
    for _ in range(3):
        town.finding(state="assigned")
    monkeypatch.setattr("fieldbook.findings.listed.MOST_COUNTED", 2)

    assert findings.counts_of(town.session, town.standing("wu"), [Filters(view="open"), Filters(view="cleared")], now=town.at) == [2, 0]
