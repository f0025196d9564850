"""Nobody clears their own work, nor makes their own unit's findings disappear or get easier, however posts and units change meanwhile."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldbook import accounts, findings
from fieldbook.accounts import Duty, Post
from fieldbook.findings import Finding, OwnFinding, OwnWork, State
from fieldbook.places import Standing
from fieldbook.places.standing import Reachable
from tests.county import NOON, County, named

MARKET, ROADS = named("market"), named("roads")
#: what is decided about a finding by people of other units
DECISIONS = {"clear", "return", "dismiss", "merge", "void", "assign", "defer", "extend", "give_up"}


def employ(town: County, who: str, duty: Duty, unit: UUID | None = None) -> Post:
    with town.acting("ma") as act:
        return accounts.make_post(act, named(who), duty, unit_id=unit)


def end(town: County, post: Post) -> None:
    with town.acting("ma") as act:
        accounts.end_post(act, post.id)


def test_leaving_the_unit_after_it_put_something_right_makes_nobody_a_judge_of_it(town: County):
    post = employ(town, "he", Duty.RECTIFIER, MARKET)
    employ(town, "he", Duty.REVIEWER)
    finding = town.finding(state="rectified")
    town.later(hours=1)
    end(town, post)

    with pytest.raises(OwnWork):
        town.say("clear", finding, who="he")

    assert town.fresh(finding).state == State.RECTIFIED


def test_who_left_the_unit_before_may_judge_what_it_did_since(town: County):
    end(town, employ(town, "he", Duty.RECTIFIER, MARKET))
    employ(town, "he", Duty.REVIEWER)
    town.later(hours=1)
    finding = town.finding(state="rectified")

    assert town.say("clear", finding, who="he").state == State.CLEARED


def test_fixed_on_the_spot_and_handed_over_since_it_is_still_the_work_of_the_inspectors_unit(town: County):
    employ(town, "lin", Duty.RECTIFIER, MARKET)
    employ(town, "zhao", Duty.REVIEWER)
    finding = town.report("lin", fixed=findings.Fixed(photos=[town.photo(arrived=True)]))
    town.say("return", finding)
    with town.acting("ma") as act:
        findings.hand_over_unit(act, town.standing("ma"), MARKET, to=ROADS, renewed=False)
    town.say("rectify", finding, who="lin")

    with pytest.raises(OwnWork):
        town.say("clear", finding, who="zhao")

    assert town.fresh(finding).rectifying_unit_id == MARKET


# ---- the finding of one's own unit


UNITS = [None, MARKET, ROADS, named("health")]
EVERYWHERE = {duty: Reachable(everywhere=True) for duty in (Duty.HEADQUARTERS, Duty.DISPATCHER, Duty.REVIEWER)}


@st.composite
def any_finding(draw: st.DrawFn) -> Finding:
    """Whatever may stand in the columns that say whose it is."""
    unit = st.sampled_from(UNITS)
    disputed = draw(st.lists(st.sampled_from(UNITS[1:]), max_size=2, unique=True))
    return Finding(
        id=named("any"), zone_id=named("zone6"), reporter_id=named("lin"), state=draw(st.sampled_from(State)), unit_id=draw(unit), heading_for=draw(unit),
        rectifying_unit_id=draw(unit), rectifier_id=draw(st.sampled_from([None, named("he"), named("lin")])), disputed_units=[str(one) for one in disputed],
        disputed_at=NOON if disputed and draw(st.booleans()) else None, due_at=NOON + timedelta(days=2), extended=0, on_spot=False, replaced={"state": "rectified"},
        verdict_by=named("he"), verdict_at=NOON,
    )  # fmt: skip


@given(finding=any_finding(), units=st.sets(st.sampled_from(UNITS[1:])))
def test_who_answers_for_a_finding_is_offered_no_decision_about_it_and_everybody_else_is(
    finding: Finding, units: set[UUID]
):
    theirs = [finding.unit_id if finding.unit_id else finding.heading_for, finding.rectifying_unit_id]
    theirs += [UUID(finding.disputed_units[-1])] if finding.disputed_at else []
    is_own = finding.rectifier_id == named("he") or any(unit in units for unit in theirs if unit)

    offered = set(findings.may(Standing(named("he"), frozenset(units), EVERYWHERE), finding, NOON))

    known = {verb for state, verb in findings.NEXT if state == finding.state}
    assert offered & DECISIONS == (set() if is_own else known & DECISIONS)
    assert ("undo" in offered) == ("undo" in known and not (is_own and finding.state == State.RETURNED))


@pytest.mark.parametrize(
    ("verb", "who", "state"),
    [
        ("void", "chen", "assigned"),
        ("extend", "chen", "accepted"),
        ("assign", "chen", "returned"),
        ("defer", "ma", "accepted"),
    ],
)
def test_nobody_makes_their_own_units_finding_disappear_move_away_or_wait(
    town: County, verb: str, who: str, state: str
):
    employ(town, who, Duty.RECTIFIER, MARKET)
    finding = town.finding(state=state)
    due_at = finding.due_at

    with pytest.raises(OwnFinding):
        town.say(verb, finding, who=who)

    now = town.fresh(finding)
    assert (str(now.state), now.unit_id, now.due_at) == (state, MARKET, due_at)


def test_a_report_that_the_rules_send_to_ones_own_unit_is_not_waved_away(town: County):
    employ(town, "chen", Duty.INSPECTOR, MARKET)
    finding = town.report("zhao")

    assert (finding.state, finding.heading_for) == (State.TO_SCREEN, MARKET)
    with pytest.raises(OwnFinding):
        town.say("dismiss", finding)
    assert town.say("screen", finding).unit_id == MARKET


def test_a_dispute_of_ones_own_unit_is_decided_by_others(town: County):
    employ(town, "chen", Duty.RECTIFIER, MARKET)
    finding = town.say("dispute", town.finding(), who="zhao")

    with pytest.raises(OwnFinding):
        town.say("assign", finding)

    assert town.say("assign", finding, who="ma").unit_id == ROADS


def test_the_deadline_of_ones_own_unit_comes_forward_and_never_moves_later(town: County):
    employ(town, "chen", Duty.RECTIFIER, MARKET)
    finding = town.finding()
    sooner = finding.due_at - timedelta(hours=1)

    with pytest.raises(OwnFinding):
        town.say("change_due", finding, due_at=finding.due_at + timedelta(hours=1))

    assert town.say("change_due", finding, due_at=sooner).due_at == sooner


def test_nobody_hands_their_own_units_findings_over_to_another(town: County):
    employ(town, "ma", Duty.RECTIFIER, MARKET)
    finding = town.finding()

    with pytest.raises(OwnFinding), town.acting("ma") as act:
        findings.hand_over_unit(act, town.standing("ma"), MARKET, to=ROADS, renewed=True)

    assert town.fresh(finding).unit_id == MARKET
