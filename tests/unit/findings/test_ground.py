"""What becomes of findings when a place goes to another zone, zones are merged, or a unit is closed."""

from datetime import timedelta

import pytest

from fieldbook import accounts, findings, inspections, places
from fieldbook.findings import State
from fieldbook.inspections import Round
from tests.county import County, named

MARKET = named("城南农贸市场")


def test_open_findings_follow_their_place_and_closed_ones_keep_their_zone(town: County):
    cleared = town.finding(state="cleared")
    town.later(hours=1)
    open_ = town.report(criterion="25.08")
    with town.acting("ma") as act:
        findings.change_place(act, town.standing("ma"), MARKET, zone_id=named("zone3"))
        moved = [entry for entry in act.entries if entry.verb == "finding.moved"]

    assert town.fresh(open_).zone_id == named("zone3")
    assert town.fresh(cleared).zone_id == named("zone6")
    assert [entry.subject for entry in moved] == [open_.id]
    assert {named("zone6"), named("zone3"), named("market"), named("lin")} <= moved[0].reach
    town.check_out()


def test_a_merged_zone_gives_everything_to_the_other_in_one_act(town: County):
    open_ = town.finding(state="assigned")
    roadside = town.finding(state="to_screen")
    with town.acting("ma") as act:
        current = inspections.make_round(act, name="六月", zone_id=named("zone6"), begins_at=town.at, ends_at=town.at + timedelta(days=9), place_ids=[MARKET]).id
        ended = inspections.make_round(act, name="五月", zone_id=named("zone6"), begins_at=town.at - timedelta(days=20), ends_at=town.at - timedelta(days=9), place_ids=[MARKET]).id
    told = findings.area_holds(town.session, named("zone6"), now=town.at)

    with town.acting("ma") as act:
        moved = findings.merge_areas(act, town.standing("ma"), named("zone6"), into_id=named("zone3"))

    assert moved == told == findings.Holds(places=3, findings=2, posts=1, rounds=1, areas=0)
    assert {town.fresh(one).zone_id for one in (open_, roadside)} == {named("zone3")}
    assert {places.place(town.session, named(name)).zone_id for name in ("城南农贸市场", "人民路中段", "南门桥头")} == {named("zone3")}
    assert town.session.get_one(Round, current).zone_id == named("zone3")
    assert town.session.get_one(Round, ended).zone_id == named("zone6")
    assert [post.area_id for post in accounts.posts_of(town.session, named("lin"))] == [named("zone3")]
    area = places.area_names(town.session)[named("zone6")]
    assert (area.name, area.merged_into, area.merged_at) == ("南门", named("zone3"), town.at)
    assert town.standing("qian").sees(town.fresh(open_).zone_id)
    town.check_out()


def test_who_holds_the_same_duty_in_both_zones_keeps_one_post(town: County):
    with town.acting("ma") as act:
        accounts.make_post(act, named("qian"), accounts.Duty.INSPECTOR, area_id=named("zone6"))
    with town.acting("ma") as act:
        findings.merge_areas(act, town.standing("ma"), named("zone6"), into_id=named("zone3"))

    assert [post.area_id for post in accounts.posts_of(town.session, named("qian"))] == [named("zone3")]


def test_a_report_from_a_phone_that_knows_only_the_merged_zone_reaches_the_other(town: County):
    with town.acting("ma") as act:
        findings.merge_areas(act, town.standing("ma"), named("zone6"), into_id=named("zone3"))

    told = town.report("lin", place=None, criterion=None, zone=named("zone6"))
    untold = town.report("lin", place=None, criterion=None)

    assert {told.zone_id, untold.zone_id} == {named("zone3")}
    town.check_out()


def test_a_unit_that_holds_anything_is_not_closed_and_told_how_much(town: County):
    town.finding(state="assigned")
    with pytest.raises(accounts.UnitInUse) as refused, town.acting("ma") as act:
        findings.close_unit(act, town.standing("ma"), named("market"))

    assert refused.value.facts == {"name": "城南农贸市场服务中心", "findings": 1, "posts": 1, "places": 1}


def test_a_unit_with_nothing_left_is_closed_and_offered_to_nobody(town: County):
    with town.acting("ma") as act:
        findings.close_unit(act, town.standing("ma"), named("health"), version=1)

    assert "县卫生健康局" not in [unit.name for unit in accounts.units(town.session)]
    assert [unit.name for unit in accounts.units(town.session, closed=True)] == ["县卫生健康局"]
    with pytest.raises(accounts.NoSuchUnit), town.acting("ma") as act:
        places.change_place(act, town.standing("ma"), MARKET, unit_id=named("health"))
    with town.acting("ma") as act:
        accounts.reopen_unit(act, named("health"))
    assert town.entries(named("health")) == ["unit.made", "unit.closed", "unit.reopened"]


def test_closing_a_place_leaves_its_findings_where_they_are(town: County):
    finding = town.finding(state="assigned")
    with town.acting("ma") as act:
        places.close_place(act, town.standing("ma"), MARKET)

    assert town.say("rectify", finding).state == State.RECTIFIED
    town.check_out()


@pytest.mark.parametrize("who", ["chen", "sun", "zhao"])
def test_only_the_registers_keepers_close_a_unit(town: County, who: str):
    with pytest.raises(accounts.NotYourDuty), town.acting(who) as act:
        findings.close_unit(act, town.standing(who), named("health"))
