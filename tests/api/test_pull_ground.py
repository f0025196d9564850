"""What a phone sees of the register when it changes: closed places, moved ones, merged zones, closed units."""

from fieldbook import accounts, findings, places
from tests.county import County, named
from tests.twin import Twin

MARKET = named("城南农贸市场")


def test_a_closed_place_leaves_the_phones_and_comes_back_when_it_is_reopened(town: County, as_):
    lin = Twin(as_("lin")).pull()
    with town.acting("ma") as act:
        places.close_place(act, town.standing("ma"), MARKET)

    assert str(MARKET) not in lin.pull().of("place")
    assert lin.pages[0]["gone"] == [{"kind": "place", "id": str(MARKET)}]
    assert lin.rows == Twin(as_("lin")).pull().rows

    with town.acting("ma") as act:
        places.reopen_place(act, town.standing("ma"), MARKET)
    assert str(MARKET) in lin.pull().of("place")


def test_after_zones_are_merged_every_phone_holds_what_a_new_one_would(town: County, as_):
    town.finding(state="assigned")
    twins = {who: Twin(as_(who)).pull() for who in ("lin", "qian", "zhao", "wu", "chen", "eve")}

    with town.acting("ma") as act:
        findings.merge_areas(act, town.standing("ma"), named("zone6"), into_id=named("zone3"))

    for who, twin in twins.items():
        assert twin.pull().rows == Twin(as_(who)).pull().rows, who
        assert set(twin.of("zone")) == {str(named("zone3"))}
    assert len(twins["qian"].of("finding")) == 1


def test_a_closed_unit_is_offered_on_no_phone(town: County, as_):
    lin = Twin(as_("lin")).pull()
    with town.acting("ma") as act:
        findings.close_unit(act, town.standing("ma"), named("health"))

    assert str(named("health")) not in lin.pull().of("unit")
    with town.acting("ma") as act:
        accounts.reopen_unit(act, named("health"))
    assert str(named("health")) in lin.pull().of("unit")
