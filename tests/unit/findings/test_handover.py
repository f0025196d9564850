"""Handing over everything open of a unit: each stays where it stands, and for ten minutes it can be taken back."""

from datetime import timedelta

import pytest
import sqlalchemy

from fieldbook import accounts, findings
from fieldbook.findings import State
from tests.county import County, named

MARKET, ROADS = named("market"), named("roads")


def hand_over(town: County, who: str = "ma", **more: object) -> findings.HandOver:
    with town.acting(who) as act:
        return findings.hand_over_unit(act, town.standing(who), MARKET, **({"to": ROADS, "renewed": False} | more))  # type: ignore[arg-type]


def take_back(town: County, made: findings.HandOver, who: str = "ma") -> None:
    with town.acting(who) as act:
        findings.take_back_hand_over(act, town.standing(who), made.id)


def test_everything_open_goes_and_stays_where_it_stands_with_its_deadline(town: County):
    states = ["assigned", "accepted", "rectified", "returned", "cleared"]
    all_of_them = {state: town.finding(state=state) for state in states}
    due = {state: finding.due_at for state, finding in all_of_them.items()}
    plan = findings.plan_hand_over(town.session, town.standing("ma"), MARKET, now=town.at)

    hand_over(town)

    now = {state: town.fresh(finding) for state, finding in all_of_them.items()}
    assert plan.states == {State.ASSIGNED: 1, State.ACCEPTED: 1, State.RECTIFIED: 1, State.RETURNED: 1}
    assert {state: finding.unit_id for state, finding in now.items()} == dict.fromkeys(states[:4], ROADS) | {"cleared": MARKET}
    assert {state: str(finding.state) for state, finding in now.items()} == {state: state for state in states}
    assert {state: finding.due_at for state, finding in now.items()} == due
    assert now["rectified"].rectifying_unit_id == MARKET
    assert town.entries(now["assigned"].id)[-1] == "finding.handed_over"
    assert town.entries(MARKET)[-1] == "unit.handed_over"


def test_clocks_that_run_may_start_anew_and_others_do_not(town: County):
    running, waiting = town.finding(), town.finding(state="rectified")
    due = waiting.due_at
    town.later(days=3)

    hand_over(town, renewed=True)

    assert town.fresh(running).due_at > town.at
    assert town.fresh(waiting).due_at == due


def test_the_new_units_people_see_it_and_put_it_right_and_the_old_ones_do_not(town: County):
    finding = town.finding()
    hand_over(town)

    assert "rectify" in findings.may(town.standing("he"), town.fresh(finding), town.at)
    with pytest.raises(findings.NoSuchFinding):
        findings.one(town.session, town.standing("zhao"), finding.id)
    assert town.fresh(town.say("rectify", finding, "he")).rectifying_unit_id == ROADS


def test_taken_back_within_ten_minutes_everything_is_as_it_was(town: County):
    finding = town.finding(state="accepted")
    was = (finding.unit_id, finding.why_unit, finding.due_at, finding.state, finding.accepted_at)
    made = hand_over(town, renewed=True)
    town.later(minutes=9)

    take_back(town, made)

    back = town.fresh(finding)
    assert (back.unit_id, back.why_unit, back.due_at, back.state, back.accepted_at) == was
    with pytest.raises(findings.TooLateToUndo):
        take_back(town, made)


@pytest.mark.parametrize("how", ["too late", "somebody else", "something followed", "no such thing"])
def test_it_is_not_taken_back(town: County, how: str):
    finding = town.finding()
    made = hand_over(town)
    if how == "too late":
        town.later(minutes=10, seconds=1)
    elif how == "something followed":
        town.say("accept", finding, "he")
    elif how == "no such thing":
        made = findings.HandOver(id=named("nothing"))

    with pytest.raises(findings.TooLateToUndo):
        take_back(town, made, "chen" if how == "somebody else" else "ma")

    assert town.fresh(finding).unit_id == ROADS


def test_a_district_hands_over_what_it_dispatches_and_the_rest_stays(town: County):
    mine, beyond = town.finding(), town.report("qian", place="东门街", criterion=None)
    town.say("assign", beyond, "ma", unit=MARKET)
    plan = findings.plan_hand_over(town.session, town.standing("chen"), MARKET, now=town.at)

    hand_over(town, "chen")

    assert (plan.total, plan.beyond) == (1, 0), "what lies outside the person's scope is not even counted"
    with town.acting("ma") as act:
        accounts.make_post(act, named("chen"), accounts.Duty.AUDITOR)
    assert findings.plan_hand_over(town.session, town.standing("chen"), MARKET, now=town.at).beyond == 1
    assert (town.fresh(mine).unit_id, town.fresh(beyond).unit_id) == (ROADS, MARKET)


def test_it_is_refused_without_a_unit_to_go_to_without_anything_and_to_who_does_not_dispatch(town: County):
    with pytest.raises(findings.NothingToHandOver):
        hand_over(town)
    town.finding()
    for to in (MARKET, named("no unit")):
        with pytest.raises(findings.NoSuchUnit):
            hand_over(town, to=to)
    for who in ("lin", "zhao", "sun", "wu"):
        with pytest.raises(accounts.NotYourDuty):
            hand_over(town, who)


def test_the_preview_says_what_is_overdue(town: County):
    town.finding()
    town.later(days=30)

    plan = findings.plan_hand_over(town.session, town.standing("ma"), MARKET, now=town.at + timedelta(days=1))

    assert (plan.running, plan.overdue) == (1, 1)


def test_who_has_lost_the_post_meanwhile_takes_nothing_back(town: County):
    finding = town.finding()
    made = hand_over(town)
    town.session.execute(sqlalchemy.update(accounts.Post).where(accounts.Post.person_id == named("ma")).values(ended_at=town.at))
    town.session.commit()

    with pytest.raises(accounts.NotYourDuty):
        take_back(town, made)

    assert town.fresh(finding).unit_id == ROADS
