"""To whom a finding goes, and where it belongs when nobody said."""

import pytest

from fieldbook import accounts, findings, places
from fieldbook.evidence import Where
from fieldbook.findings import State
from fieldbook.findings.routing import Asked, choose, unit_for
from fieldbook.kernel import new_id, settle_county
from tests.county import County, named


@pytest.fixture
def hospital(town: County) -> County:
    """Besides the rest, a hospital that no unit answers for; the manual names the health bureau for its kind."""
    with town.acting("ma") as act:
        places.make_place(act, id=named("hospital"), code="DX-06-034", name="县医院", zone_id=named("zone6"), kinds=["34"])
    return town


def asked(place: str | None = None, zone: str | None = "zone6", kind: str | None = None, criterion: str | None = None, manual: int | None = 1) -> Asked:
    return Asked(named(place) if place else None, named(zone) if zone else None, kind, criterion, manual)


def test_the_places_own_unit_comes_before_the_kinds_department(hospital: County):
    assert unit_for(hospital.session, asked("城南农贸市场", kind="34")) == (named("market"), "place")


def test_then_the_department_that_the_manual_names_for_the_kind(hospital: County):
    assert unit_for(hospital.session, asked("hospital", kind="34")) == (named("health"), "lead")
    assert unit_for(hospital.session, asked(kind="34", manual=None)) == (named("health"), "lead")


def test_else_nobody(hospital: County):
    assert unit_for(hospital.session, asked("hospital", kind="25")) == (None, None)
    assert unit_for(hospital.session, asked("hospital", manual=None)) == (None, None)
    assert unit_for(hospital.session, asked(kind="99")) == (None, None)


@pytest.mark.parametrize(
    ("order", "unit"),
    [
        (("trade", "place", "zone", "lead"), ("t", "trade")),
        (("place", "trade"), ("p", "place")),
        (("lead", "zone"), ("l", "lead")),
        (("zone",), (None, None)),
        ((), (None, None)),
    ],
)
def test_the_first_way_of_the_countys_order_that_names_a_unit_decides(order: tuple[str, ...], unit: tuple[str | None, str | None]):
    ways = {"trade": named("t"), "place": named("p"), "zone": None, "lead": named("l")}

    assert choose(order, ways.get) == (named(unit[0]) if unit[0] else None, unit[1])


def test_a_unit_that_is_passed_over_leaves_it_to_the_next_way():
    ways = {"trade": named("t"), "place": named("t"), "zone": named("z")}

    assert choose(("trade", "place", "zone", "lead"), ways.get, without={named("t")}) == (named("z"), "zone")


def test_the_zones_own_unit_comes_before_the_department_and_the_county_may_turn_that_around(hospital: County):
    with hospital.acting("ma") as act:
        act.session.get_one(places.Area, named("zone6")).unit_id = named("roads")
    hospital.session.rollback()
    zone_first = unit_for(hospital.session, asked("hospital", kind="34"))

    with hospital.acting("ma") as act:
        settle_county(act, routing=("lead", "zone"))
    lead_first = unit_for(hospital.session, asked("hospital", kind="34"))

    assert (zone_first, lead_first) == ((named("roads"), "zone"), (named("health"), "lead"))


def test_a_place_may_name_another_department_than_the_manual(hospital: County):
    with hospital.acting("ma") as act:
        act.session.get_one(places.Place, named("hospital")).lead = "县城管局市政所"
    hospital.session.rollback()

    assert unit_for(hospital.session, asked("hospital", kind="34")) == (named("roads"), "lead")


def test_a_unit_that_was_closed_is_named_by_nothing(hospital: County):
    with hospital.acting("ma") as act:
        act.session.get_one(accounts.Unit, named("health")).closed_at = hospital.at
    hospital.session.rollback()

    assert unit_for(hospital.session, asked("hospital", kind="34")) == (None, None)


def test_each_finding_says_why_it_is_this_units_in_both_languages(town: County):
    finding = town.report()

    said = [findings.cards(town.session, town.standing("lin"), [finding], now=town.at, language=language)[0]["why_unit_words"] for language in ("zh", "en")]

    assert said == ["点位登记的责任单位", "The place's own unit"]


def test_the_unit_that_the_inspector_chose_comes_before_all(town: County):
    finding = town.report(unit=named("roads"))

    assert (finding.unit_id, finding.why_unit, finding.state) == (named("roads"), "inspector", State.ASSIGNED)


def test_a_unit_that_does_not_exist_is_refused(town: County):
    with pytest.raises(findings.NoSuchUnit):
        town.report(unit=new_id())


def test_a_screened_report_goes_straight_on_when_its_unit_is_known(hospital: County):
    finding = hospital.report("qian", place=None, criterion=None, zone=named("zone6"), photos=[hospital.photo()])
    assert finding.state == State.TO_SCREEN

    with_kind = hospital.report("zhao", place="城南农贸市场")
    screened = hospital.say("screen", with_kind)

    assert (screened.state, screened.unit_id) == (State.ASSIGNED, named("market"))
    assert hospital.entries(with_kind.id)[:3] == ["finding.reported", "photo.received", "photo.checked"]
    assert hospital.entries(with_kind.id)[3:] == ["finding.screened", "finding.assigned"]


def test_at_the_roadside_the_zone_is_as_told_else_by_the_nearest_place_else_the_inspectors_only_one(town: County):
    by_east_gate = Where(lat_e7=316_510_000, lon_e7=1_184_900_000, accuracy_m=8)

    told = town.report("lin", place=None, criterion=None, zone=named("zone3"), position=by_east_gate)
    near = town.report("lin", place=None, criterion=None, position=by_east_gate)
    only = town.report("lin", place=None, criterion=None)

    assert [finding.zone_id for finding in (told, near, only)] == [named("zone3"), named("zone3"), named("zone6")]
    assert [finding.state for finding in (told, near, only)] == [State.TO_SCREEN, State.TO_SCREEN, State.TO_ASSIGN]
    assert (near.lat_e7, near.accuracy_m) == (316_510_000, 8)


def test_where_nobody_can_say_where_the_report_waits_for_an_answer(town: County):
    with pytest.raises(findings.WhereMissing):
        town.report("wu", place=None, criterion=None)
    with pytest.raises(findings.WhereMissing):
        town.report("lin", place=None, criterion=None, zone=new_id())


def test_a_place_outside_ones_scope_is_no_place(town: County):
    with pytest.raises(places.NoSuchPlace):
        town.report("lin", place="东门街", criterion="02.01")


def test_somebody_without_a_duty_reports_nothing_and_an_auditor_neither(town: County):
    for who in ("eve", "sun"):
        with pytest.raises(accounts.NotYourDuty):
            town.report(who, place=None, criterion=None, zone=named("zone6"))


@pytest.mark.parametrize("more", [{"criterion": "99.99"}, {"criterion": "01.01", "kind": "25"}, {"criterion": "25.07", "reasons": [99]}])
def test_a_criterion_or_reason_that_the_manual_does_not_have_is_refused(town: County, more: dict):
    told = findings.Report(photos=[town.photo()], place=named("城南农贸市场"), manual=1, **{"kind": "25"} | more)

    with pytest.raises(findings.UnknownCriterion), town.acting("lin") as act:
        findings.report(act, town.standing("lin"), new_id(), told)
