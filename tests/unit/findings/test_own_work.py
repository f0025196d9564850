"""Nobody clears their own work, however posts and units change between the work and the verdict."""

from uuid import UUID

import pytest

from fieldbook import accounts, findings
from fieldbook.accounts import Duty, Post
from fieldbook.findings import OwnWork, State
from tests.county import County, named

MARKET, ROADS = named("market"), named("roads")


def give(town: County, who: str, duty: Duty, unit: UUID | None = None) -> Post:
    with town.acting("ma") as act:
        return accounts.make_post(act, named(who), duty, unit_id=unit)


def end(town: County, post: Post) -> None:
    with town.acting("ma") as act:
        accounts.end_post(act, post.id)


def test_leaving_the_unit_after_it_put_something_right_makes_nobody_a_judge_of_it(town: County):
    post = give(town, "he", Duty.RECTIFIER, MARKET)
    give(town, "he", Duty.REVIEWER)
    finding = town.finding(state="rectified")
    town.later(hours=1)
    end(town, post)

    with pytest.raises(OwnWork):
        town.say("clear", finding, who="he")

    assert town.fresh(finding).state == State.RECTIFIED


def test_who_left_the_unit_before_may_judge_what_it_did_since(town: County):
    end(town, give(town, "he", Duty.RECTIFIER, MARKET))
    give(town, "he", Duty.REVIEWER)
    town.later(hours=1)
    finding = town.finding(state="rectified")

    assert town.say("clear", finding, who="he").state == State.CLEARED


def test_fixed_on_the_spot_and_handed_over_since_it_is_still_the_work_of_the_inspectors_unit(town: County):
    give(town, "lin", Duty.RECTIFIER, MARKET)
    give(town, "zhao", Duty.REVIEWER)
    finding = town.report("lin", fixed=findings.Fixed(photos=[town.photo(arrived=True)]))
    town.say("return", finding)
    with town.acting("ma") as act:
        findings.hand_over_unit(act, town.standing("ma"), MARKET, to=ROADS, renewed=False)
    town.say("rectify", finding, who="lin")

    with pytest.raises(OwnWork):
        town.say("clear", finding, who="zhao")

    assert town.fresh(finding).rectifying_unit_id == MARKET
