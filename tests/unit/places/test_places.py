"""Places and areas as they are entered, found and named."""

import pytest

from fieldbook import places
from fieldbook.kernel import new_id
from fieldbook.places import Level
from tests.county import County, named


def test_a_place_is_found_with_its_kinds_and_a_stranger_is_not(town: County):
    assert places.place(town.session, named("南门桥头")).name == "南门桥头"
    assert places.kinds_of(town.session, [named("南门桥头"), named("东门街"), new_id()]) == {named("南门桥头"): ["01", "03"], named("东门街"): ["02"]}
    assert set(places.places_by_id(town.session, [named("东门街"), new_id()])) == {named("东门街")}
    with pytest.raises(places.NoSuchPlace):
        places.place(town.session, new_id())


def test_a_new_place_is_seen_by_its_zone_and_its_unit(town: County):
    with town.acting("ma") as act:
        places.make_place(act, code="DX-03-009", name="新市场", zone_id=named("zone3"), kinds=["25"], unit_id=named("market"))
        [entry] = act.entries

    assert entry.reach == {named("zone3"), named("market")}
    assert entry.facts["kinds"] == ["25"]


def test_zones_stand_in_the_order_of_their_numbers(town: County):
    with town.acting("ma") as act:
        for code in ("10", "2", "商圈"):
            places.make_area(act, level=Level.ZONE, name=code, code=code, parent_id=named("east"))

    assert [zone.code for zone in places.zones(town.session)] == ["2", "3", "6", "10", "商圈"]
    assert len(places.area_names(town.session)) == 8


def test_the_nearest_places_come_first_and_those_that_lie_nowhere_never(town: County):
    with town.acting("ma") as act:
        places.make_place(act, code="DX-03-009", name="nowhere", zone_id=named("zone3"), kinds=["25"])
    market = places.place(town.session, named("城南农贸市场"))

    near = places.nearest(town.session, market.lat_e7 + 1000, market.lon_e7, limit=9)

    assert [place.name for place in near] == ["城南农贸市场", "人民路中段", "南门桥头", "东门街"]
    assert places.nearest(town.session, 0, 0)[0].name == "城南农贸市场"
