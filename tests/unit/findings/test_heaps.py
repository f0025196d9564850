"""What waits for a dispatcher, and whom it might go to."""

import pytest

from fieldbook import findings
from fieldbook.findings import HEAPS, Finding
from tests.county import County, named


def heaps(town: County, who: str = "chen", text: str = "") -> dict[str, list[str]]:
    """The numbers in each heap of a person that holds anything."""
    found = {name: findings.heap(town.session, town.standing(who), name, now=town.at, text=text) for name in HEAPS}
    return {name: [one.number for one in those] for name, those in found.items() if those}


def one_of_each(town: County) -> dict[str, Finding]:
    """A finding in every heap."""
    made = {"to_assign": town.finding(state="to_assign"), "to_screen": town.finding(state="to_screen")}
    made["disputed"] = town.say("dispute", town.finding(state="assigned"))
    made["extension"] = town.say("ask_extension", town.finding(state="accepted"))
    made["deferred"] = town.say("defer", town.finding(state="accepted"))
    twice = town.finding(state="returned")
    for verb in ("rectify", "return"):
        town.later(minutes=30)
        twice = town.say(verb, twice)
    return made | {"twice": twice}


def test_each_finding_lies_in_one_heap(town: County):
    made = one_of_each(town)

    town.later(days=14)
    lying = heaps(town)

    assert lying == {name: [one.number] for name, one in made.items()}
    assert {name: findings.heap_of(town.fresh(one), town.at) for name, one in made.items()} == {name: name for name in HEAPS}
    assert findings.heap_counts(town.session, town.standing("chen"), now=town.at) == dict.fromkeys(HEAPS, 1)


def test_a_deferral_far_from_its_end_waits_for_nobody(town: County):
    put_off = town.say("defer", town.finding(state="accepted"))

    lying = heaps(town)

    assert lying == {}
    assert findings.heap_of(town.fresh(put_off), town.at) is None


@pytest.mark.parametrize("who", ["lin", "qian", "zhao", "wu", "sun", "eve"])
def test_heaps_are_empty_for_who_dispatches_nothing(town: County, who: str):
    one_of_each(town)

    assert heaps(town, who) == {}


def test_a_dispatcher_sees_the_heaps_of_their_own_district(town: County):
    far = town.report("qian", place=None, criterion=None, zone=named("zone3"))
    near = town.finding(state="to_assign")

    lying = {who: heaps(town, who) for who in ("chen", "ma")}

    assert lying == {"chen": {"to_assign": [near.number]}, "ma": {"to_assign": sorted([far.number, near.number])}}


def test_a_heap_is_searched(town: County):
    town.finding(state="to_assign")
    town.later(minutes=1)
    wanted = town.finding(state="to_assign")

    assert heaps(town, text=wanted.number) == {"to_assign": [wanted.number]}


# ---- whom it might go to


def grounds(town: County, finding: Finding) -> dict[str, list[str]]:
    told = findings.proposals(town.session, finding, now=town.at)
    names = {named(name): name for name in ("market", "roads", "health")}
    return {names[one.unit]: [ground.code for ground in one.grounds] for one in told}


def test_the_rules_come_first_and_the_record_is_told(town: County):
    for _ in range(2):
        town.finding(state="cleared")
    made = town.finding(state="assigned")

    told = findings.proposals(town.session, made, now=town.at)

    assert grounds(town, made)["market"][0] == "place"
    assert [ground.facts for ground in told[0].grounds if ground.code == "record"] == [{"done": 2, "in_time": 2, "days": 90}]
    assert findings.clear_choice(told) == told[0]


def test_who_disputed_it_is_told_last_and_not_chosen(town: County):
    made = town.say("dispute", town.finding(state="assigned"))

    told = findings.proposals(town.session, made, now=town.at)

    assert told[-1].unit == named("market")
    assert told[-1].disputed
    assert findings.clear_choice(told) is None


def test_nothing_is_chosen_where_nothing_points(town: County):
    made = town.finding(state="to_assign")

    told = findings.proposals(town.session, made, now=town.at)

    assert findings.clear_choice(told) is None


def test_what_a_unit_has_in_hand_is_counted_with_what_is_late(town: County):
    town.finding(state="assigned")
    town.later(days=5)
    town.finding(state="accepted")
    town.finding(state="rectified")

    hands = findings.in_hand(town.session, [named("market"), named("roads")], now=town.at)

    assert hands == {named("market"): findings.InHand(running=2, overdue=1)}
