"""The register of places and areas as it is kept: who changes it, what is refused, what the journal says."""

import pytest

from fieldbook import accounts, places
from fieldbook.accounts import Duty
from fieldbook.kernel import NIL, new_id
from fieldbook.places import Datum, Level
from tests.county import County, named

MARKET = named("城南农贸市场")


def test_a_position_is_kept_as_it_was_given_and_in_wgs84(town: County):
    with town.acting("ma") as act:
        made = places.make_place(act, code="A-1", name="新点", zone_id=named("zone6"), kinds=["25"], lat_e7=315_600_000, lon_e7=1_184_900_000, datum=Datum.BD09)

    assert (made.given_lat_e7, made.given_lon_e7, made.datum) == (315_600_000, 1_184_900_000, Datum.BD09)
    assert (made.lat_e7, made.lon_e7) == places.to_wgs84(315_600_000, 1_184_900_000, Datum.BD09)
    assert made.lat_e7 != made.given_lat_e7
    assert made.initials == "xd"


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"code": " "}, places.NameMissing),
        ({"name": ""}, places.NameMissing),
        ({"kinds": []}, places.KindMissing),
        ({"kinds": ["99"]}, places.UnknownKind),
        ({"code": "DX-06-001"}, places.CodeTaken),
        ({"zone_id": named("east")}, places.NoSuchArea),
        ({"zone_id": named("nowhere")}, places.NoSuchArea),
        ({"unit_id": named("nobody")}, accounts.NoSuchUnit),
    ],
)
def test_a_place_is_refused_for_what_is_wrong_with_it(town: County, wrong: dict, refusal: type):
    told = {"code": "A-1", "name": "新点", "zone_id": named("zone6"), "kinds": ["25"]} | wrong

    with pytest.raises(refusal), town.acting("ma") as act:
        places.make_place(act, standing=town.standing("ma"), **told)


@pytest.mark.parametrize("who", ["chen", "lin", "wu", "sun", "zhao", "eve"])
def test_only_the_administrator_and_headquarters_keep_the_register(town: County, who: str):
    told = {"code": "A-1", "name": "新点", "zone_id": named("zone6"), "kinds": ["25"]}
    deeds = [
        lambda act, me: places.make_place(act, standing=me, **told),
        lambda act, me: places.change_place(act, me, MARKET, name="别的"),
        lambda act, me: places.close_place(act, me, MARKET),
        lambda act, me: places.make_area(act, level=Level.ZONE, name="新", code="9", parent_id=named("east"), standing=me),
        lambda act, me: places.change_area(act, me, named("zone6"), name="别的"),
        lambda act, me: places.move_area(act, me, named("zone6"), parent_id=named("west")),
        lambda act, me: places.merge_area(act, me, named("zone6"), into_id=named("zone3")),
    ]

    for deed in deeds:
        with pytest.raises((accounts.NotYourDuty, places.NoSuchPlace)), town.acting(who) as act:
            deed(act, town.standing(who))


def test_a_change_tells_what_was_and_what_is_and_reaches_both_sides(town: County):
    with town.acting("ma") as act:
        place = places.change_place(act, town.standing("ma"), MARKET, version=1, name="南门大市场", zone_id=named("zone3"), unit_id=named("roads"), kinds=["25", "21"])
        [entry] = act.entries

    assert entry.verb == "place.changed"
    assert entry.facts["was"] == {"name": "城南农贸市场", "initials": "cnnmsc", "zone_id": named("zone6"), "unit_id": named("market"), "kinds": ["25"]}
    assert entry.facts["now"]["kinds"] == ["21", "25"]
    assert entry.reach == {named("zone6"), named("zone3"), named("market"), named("roads")}
    assert (place.version, place.initials) == (2, "nmdsc")
    assert places.kinds_of(town.session, [MARKET]) == {MARKET: ["21", "25"]}


def test_what_stays_as_it_was_leaves_no_entry(town: County):
    with town.acting("ma") as act:
        places.change_place(act, town.standing("ma"), MARKET, name="城南农贸市场", kinds=["25"])
        places.change_area(act, town.standing("ma"), named("zone6"), name="南门")
        places.move_area(act, town.standing("ma"), named("zone6"), parent_id=named("east"))
        accounts.change_unit(act, named("roads"), name="县城管局市政所")
        assert act.entries == []


def test_a_form_that_is_older_than_the_place_is_refused(town: County):
    with town.acting("ma") as act:
        places.change_place(act, town.standing("ma"), MARKET, version=1, address="城南路 128 号")

    with pytest.raises(places.ChangedMeanwhile), town.acting("ma") as act:
        places.change_place(act, town.standing("ma"), MARKET, version=1, address="城南路 1 号")


def test_a_position_can_be_taken_away(town: County):
    with town.acting("ma") as act:
        place = places.change_place(act, town.standing("ma"), MARKET, without_position=True)

    assert (place.lat_e7, place.lon_e7, place.given_lat_e7) == (None, None, None)


def test_a_closed_place_is_closed_once_and_comes_back(town: County):
    with town.acting("ma") as act:
        places.close_place(act, town.standing("ma"), MARKET)
    with pytest.raises(places.PlaceClosed), town.acting("ma") as act:
        places.close_place(act, town.standing("ma"), MARKET)
    with town.acting("ma") as act:
        place = places.reopen_place(act, town.standing("ma"), MARKET)

    assert place.closed_at is None
    assert town.entries(MARKET) == ["place.made", "place.closed", "place.reopened"]


def test_areas_lie_within_larger_ones_and_never_within_themselves(town: County):
    ma = town.standing("ma")
    with town.acting("ma") as act:
        grid = places.make_area(act, level=Level.GRID, name="一网格", code="1", parent_id=named("zone6"), standing=ma).id
    wrong = [
        (grid, grid),
        (named("zone6"), grid),
        (named("zone6"), named("zone3")),
        (named("county"), named("east")),
        (named("east"), named("zone6")),
    ]

    for area, parent in wrong:
        with pytest.raises(places.WrongLevel), town.acting("ma") as act:
            places.move_area(act, ma, area, parent_id=parent)
    with town.acting("ma") as act:
        places.move_area(act, ma, grid, parent_id=named("zone3"))
        [entry] = act.entries
    assert (entry.verb, entry.facts, entry.reach) == ("area.moved", {"was": named("zone6"), "now": named("zone3")}, {NIL})


def test_an_area_needs_a_name_and_a_code_of_its_own(town: County):
    ma = town.standing("ma")

    for told, refusal in (({"name": ""}, places.NameMissing), ({"code": "3"}, places.CodeTaken), ({"parent_id": new_id()}, places.NoSuchArea), ({"parent_id": None}, places.NoSuchArea)):
        with pytest.raises(refusal), town.acting("ma") as act:
            places.make_area(act, standing=ma, **({"level": Level.ZONE, "name": "新", "code": "9", "parent_id": named("east")} | told))
    with pytest.raises(places.CodeTaken), town.acting("ma") as act:
        places.change_area(act, ma, named("zone6"), code="3")


def test_a_zone_names_the_unit_that_answers_for_it_and_persons_only_in_words_that_can_be_erased(town: County):
    with town.acting("ma") as act:
        places.change_area(act, town.standing("ma"), named("zone6"), unit_id=named("roads"), head="高秀兰", contact="139****0000")
        [entry] = act.entries

    assert entry.facts == {"was": {"unit_id": None}, "now": {"unit_id": named("roads")}}
    assert entry.said == {"head": "高秀兰", "contact": "139****0000"}


def test_who_saw_a_merged_zone_sees_what_it_left_behind_and_the_other_zones_people_do_too(town: County):
    with town.acting("ma") as act:
        places.merge_area(act, town.standing("ma"), named("zone6"), into_id=named("zone3"))

    for who in ("qian", "lin"):
        assert town.standing(who).duties[accounts.Duty.INSPECTOR].zones == {named("zone3"), named("zone6")}
    assert town.standing("chen").may(accounts.Duty.DISPATCHER, zone=named("zone6"))
    assert not town.standing("chen").may(accounts.Duty.DISPATCHER, zone=named("zone3"))
    assert [zone.code for zone in places.zones(town.session)] == ["3"]
    assert places.area_names(town.session)[named("zone6")].name == "南门"


@pytest.mark.parametrize(("area", "into"), [("zone6", "zone6"), ("zone6", "west"), ("county", "east")])
def test_only_two_areas_of_one_level_are_merged(town: County, area: str, into: str):
    with pytest.raises(places.NotAlike), town.acting("ma") as act:
        places.merge_area(act, town.standing("ma"), named(area), into_id=named(into))


def test_nothing_is_done_to_an_area_that_was_merged(town: County):
    ma = town.standing("ma")
    with town.acting("ma") as act:
        places.merge_area(act, ma, named("zone6"), into_id=named("zone3"))

    for deed in (
        lambda act: places.change_area(act, ma, named("zone6"), name="别的"),
        lambda act: places.merge_area(act, ma, named("zone3"), into_id=named("zone6")),
        lambda act: places.change_place(act, ma, named("东门街"), zone_id=named("zone6")),
    ):
        with pytest.raises(places.NoSuchArea), town.acting("ma") as act:
            deed(act)


def test_a_post_in_a_grid_sees_the_zone_that_the_grid_is_a_part_of(town: County):
    with town.acting("ma") as act:
        places.make_area(act, level=places.Level.GRID, name="南门一网格", code="6-1", parent_id=named("zone6"), id=named("grid"))
        act.session.flush()
        accounts.make_post(act, named("eve"), Duty.INSPECTOR, area_id=named("grid"))

    standing = town.standing("eve")

    assert (standing.may(Duty.INSPECTOR, zone=named("zone6")), standing.may(Duty.INSPECTOR, zone=named("zone3"))) == (True, False)
    assert standing.sees(named("zone6"))
