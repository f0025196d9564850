"""The loop: what a finding becomes, by whom, and what is refused."""

from datetime import timedelta

import pytest

from fieldbook import accounts, findings
from fieldbook.evidence import Where
from fieldbook.findings import State
from fieldbook.kernel import derived_id, settle_county
from tests.county import County, named


def test_a_patrols_own_finding_goes_straight_to_the_places_unit(town: County):
    finding = town.report("lin", place="城南农贸市场", criterion="25.07")

    assert finding.state == State.ASSIGNED
    assert finding.unit_id == named("market")
    assert finding.why_unit == "place"
    assert town.entries(finding.id)[:2] == ["finding.reported", "finding.assigned"]


def test_its_deadline_is_the_standards_working_days(town: County):
    finding = town.report("lin", criterion="25.07")

    assert finding.due_at == town.at + timedelta(days=1)


def test_a_finding_from_another_area_is_screened_first(town: County):
    finding = town.finding(state="to_screen")

    assert finding.state == State.TO_SCREEN
    assert town.say("screen", finding).state == State.TO_ASSIGN


def test_without_a_unit_it_waits_for_the_dispatcher(town: County):
    finding = town.finding(state="to_assign")

    assigned = town.say("assign", finding)

    assert assigned.state == State.ASSIGNED
    assert assigned.unit_id == named("roads")


def test_one_problem_goes_from_the_street_to_cleared(town: County):
    finding = town.finding(state="cleared")

    assert finding.state == State.CLEARED
    assert [verb for verb in town.entries(finding.id) if verb.startswith("finding.")] == [
        "finding.reported",
        "finding.assigned",
        "finding.rectified",
        "finding.cleared",
    ]


def test_fixed_on_the_spot_it_is_born_waiting_for_review(town: County):
    finding = town.report("lin", fixed=findings.Fixed(photos=[town.photo(arrived=True)]))

    assert finding.state == State.RECTIFIED
    assert finding.on_spot
    assert finding.rectifier_id == named("lin")


def test_rectified_needs_an_after_photo(town: County):
    finding = town.finding(state="accepted")

    with pytest.raises(findings.AfterPhotoMissing):
        town.say("rectify", finding, photos=[])

    assert town.fresh(finding).state == State.ACCEPTED


def test_the_before_photo_is_no_after_photo(town: County):
    photo = town.photo(arrived=True)
    finding = town.report(photos=[photo])

    with pytest.raises(findings.AfterPhotoMissing):
        town.say("rectify", finding, photos=[photo])


def test_nothing_is_cleared_while_its_photo_is_on_the_way(town: County):
    finding = town.say("rectify", town.finding(), photos=[town.photo(arrived=False)])

    with pytest.raises(findings.PhotosOnTheWay):
        town.say("clear", finding)

    assert town.say("return", finding).state == State.RETURNED


def test_another_unit_cannot_rectify_it(town: County):
    finding = town.finding()

    with pytest.raises(findings.NoSuchFinding):
        town.say("rectify", finding, who="he")


def test_nobody_clears_what_their_own_unit_put_right(town: County):
    with town.acting("ma") as act:
        accounts.make_post(act, named("zhao"), accounts.Duty.REVIEWER)
    finding = town.finding(state="rectified")

    with pytest.raises(findings.OwnWork):
        town.say("clear", finding, who="zhao")


def test_nobody_clears_what_they_fixed_on_the_spot(town: County):
    with town.acting("ma") as act:
        accounts.make_post(act, named("lin"), accounts.Duty.REVIEWER)
    finding = town.report("lin", fixed=findings.Fixed(photos=[town.photo(arrived=True)]))

    with pytest.raises(findings.OwnWork):
        town.say("clear", finding, who="lin")


def test_an_auditor_sees_everything_and_changes_nothing(town: County):
    finding = town.finding(state="rectified")

    assert findings.one(town.session, town.standing("sun"), finding.id).id == finding.id
    assert findings.may(town.standing("sun"), finding, town.at) == []
    with pytest.raises(accounts.NotYourDuty):
        town.say("clear", finding, who="sun")


def test_a_return_needs_a_reason_and_sets_a_new_date(town: County):
    finding = town.finding(state="rectified")
    town.later(days=1)

    with pytest.raises(findings.BadReason):
        town.say("return", finding, reason="because")
    with pytest.raises(findings.WordsMissing):
        town.say("return", finding, reason="other")
    returned = town.say("return", finding, reason="not_done")

    assert returned.state == State.RETURNED
    assert returned.returned == 1
    assert returned.due_at is not None
    assert returned.due_at > town.at


def test_a_verdict_can_be_taken_back_for_ten_minutes_by_the_same_person(town: County):
    finding = town.finding(state="rectified")
    due = finding.due_at
    returned = town.say("return", finding)

    undone = town.say("undo", returned)

    assert (undone.state, undone.returned, undone.due_at) == (State.RECTIFIED, 0, due)


def test_after_ten_minutes_or_by_another_it_cannot(town: County):
    finding = town.finding(state="cleared")

    with pytest.raises(findings.TooLateToUndo):
        town.say("undo", finding, who="ma")
    town.later(minutes=11)
    with pytest.raises(findings.TooLateToUndo):
        town.say("undo", finding)


def test_a_verb_that_the_state_does_not_know_is_refused(town: County):
    finding = town.finding(state="cleared")

    with pytest.raises(findings.NotNow):
        town.say("accept", finding)
    with pytest.raises(findings.NotNow):
        town.say("void", finding)


def test_the_same_thing_found_again_within_thirty_days_is_a_recurrence(town: County):
    first = town.finding(state="cleared")
    town.later(days=20)

    again = town.report()

    assert again.recurrence_of == first.id
    assert again.nth == 2


def test_numbers_count_up_within_a_day(town: County):
    first, second = town.report(), town.report()

    assert (first.number, second.number) == ("CW-20250612-0001", "CW-20250612-0002")


def test_a_visit_keeps_its_score_and_opens_a_finding_for_each_failure(town: County):
    visit = derived_id("visit")
    answers = town.answers(failing={"25.07": "fail"})
    told = findings.VisitDone(
        place=named("城南农贸市场"),
        kind="25",
        manual=1,
        started_at=0,
        finished_at=0,
        answers=answers,
        findings=[findings.Failed(id=derived_id("f"), criterion="25.07", photos=[town.photo()], reasons=[0])],
    )

    with town.acting("lin") as act:
        opened = findings.finish_visit(act, town.standing("lin"), visit, told)

    assert [finding.criterion for finding in opened] == ["25.07"]
    assert town.entries(visit) == ["visit.finished"]
    assert town.fresh(opened[0]).visit_id == visit


def test_a_visit_that_contradicts_its_own_count_is_refused_whole(town: County):
    answers = [findings.Answered(a.criterion, "fail" if a.value is not None else a.verdict, a.value, a.choice) for a in town.answers()]
    told = findings.VisitDone(place=named("城南农贸市场"), kind="25", manual=1, started_at=0, finished_at=0, answers=answers)

    from fieldbook import inspections

    with pytest.raises(inspections.BadAnswer), town.acting("lin") as act:
        findings.finish_visit(act, town.standing("lin"), derived_id("visit"), told)
    assert town.entries(derived_id("visit")) == []


# ---- what comes back


def test_after_the_countys_days_of_recurrence_it_is_a_new_thing(town: County):
    with town.acting("ma") as act:
        settle_county(act, recurs_days=10)
    town.finding(state="cleared")
    town.later(days=11)

    assert (town.report().recurrence_of, town.report().nth) == (None, 1)


def test_what_comes_back_gets_half_the_days_and_is_counted_on(town: County):
    first = town.say("clear", town.say("rectify", town.report(criterion="25.02")))
    town.later(days=3)
    again = town.report(criterion="25.02")
    cleared = town.say("clear", town.say("rectify", again))
    town.later(days=3)
    third = town.report(criterion="25.02")

    assert (first.clock_days, again.clock_days, third.clock_days) == (7, 3, 3)
    assert (third.nth, third.recurrence_of) == (3, cleared.id)


def roadside(town: County, lat_e7: int, lon_e7: int, criterion: str = "01.04") -> findings.Finding:
    told = findings.Report(
        photos=[town.photo(arrived=True)], zone=named("zone6"), kind=criterion[:2], criterion=criterion, manual=1,
        position=Where(lat_e7=lat_e7, lon_e7=lon_e7, accuracy_m=5), unit=named("market"),
    )  # fmt: skip
    with town.acting("lin") as act:
        made = findings.report(act, town.standing("lin"), derived_id("roadside", town.at, lat_e7, lon_e7, criterion), told)
    town.deliver()
    return town.fresh(made)


#: about 30 and about 66 metres to the north; 0.0004° to the east are about 38 metres
@pytest.mark.parametrize(("north", "east", "back"), [(0, 0, True), (2_700, 0, True), (6_000, 0, False), (0, 4_000, True), (4_000, 4_000, False)])
def test_at_the_roadside_the_same_criterion_within_fifty_metres_is_the_same_thing(town: County, north: int, east: int, back: bool):
    first = town.say("clear", town.say("rectify", roadside(town, 315_500_000, 1_184_900_000)))
    town.later(days=5)

    again = roadside(town, 315_500_000 + north, 1_184_900_000 + east)
    other = roadside(town, 315_500_000, 1_184_900_000, "01.07")

    assert again.recurrence_of == (first.id if back else None)
    assert other.recurrence_of is None
