"""Visits: what was answered, what it scores, and what contradicts itself."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldbook import inspections, places, standards
from fieldbook.inspections import AnswerGiven, Visit, score, tally
from fieldbook.kernel import derived_id, new_id
from tests.county import County, named


def test_a_score_counts_what_applied_and_mostly_counts_six_tenths():
    points = {"a": 10, "b": 5, "c": 4, "d": 3}

    assert score(points, {"a": "pass", "b": "mostly", "c": "fail", "d": "na"}) == (130, 190)
    assert score(points, {"a": "na"}) == (0, 0)
    assert score(points, {}) == (0, 0)
    assert score(points, {"a": "pass", "unknown": "fail"}) == (100, 100)


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["pass", "mostly", "fail", "na"])))
def test_a_score_is_never_below_nothing_nor_above_all(verdicts: dict[str, str]):
    got, of = score({code: i + 1 for i, code in enumerate("abcdef")}, verdicts)

    assert 0 <= got <= of <= 210
    assert (got == of) == all(verdict in ("pass", "na") for verdict in verdicts.values())


def test_a_tally_has_a_letter_for_each_criterion_in_the_manuals_order():
    assert tally(["b", "a", "d", "c", "e"], {"a": "pass", "b": "fail", "c": "na", "d": "mostly", "x": "pass"}) == "fpmn-"


def keep(town: County, answers: list[AnswerGiven], *, kind: str = "25", id: Any = None, **more: Any) -> Visit:
    manual = standards.manual(town.session, 1)
    with town.acting("lin", device=named("lin's phone")) as act:
        told = {"started_at": town.at - timedelta(minutes=20), "finished_at": town.at} | more
        place = places.place_known(town.session, named("城南农贸市场"))
        assert place is not None
        visit_id = id or new_id()
        inspections.keep_visit(act, visit_id, place=place, kind=manual.kinds[kind], manual=1, answers=answers, **told)
    return inspections.visit(town.session, visit_id)


def given_answers(town: County, **failing: str) -> list[AnswerGiven]:
    return [AnswerGiven(a.criterion, a.verdict, a.value, a.choice, a.words) for a in town.answers(failing={name.replace("_", "."): verdict for name, verdict in failing.items()})]


def test_a_visit_is_kept_with_its_answers_score_and_tally(town: County):
    answers = [*given_answers(town)[1:], AnswerGiven(given_answers(town)[0].criterion, "na", words="无此设施")]

    visit = keep(town, answers, position=(315_510_000, 1_184_900_000, 12))

    kept = inspections.answers_of(town.session, visit.id)
    assert (visit.got_tenths, visit.of_tenths) == (visit.of_tenths, visit.of_tenths)
    assert visit.tally == "n" + "p" * (len(answers) - 1)
    assert (kept[answers[-1].criterion].verdict, kept[answers[-1].criterion].words) == ("na", "无此设施")
    assert (visit.inspector_id, visit.device_id, visit.lat_e7, visit.accuracy_m) == (named("lin"), named("lin's phone"), 315_510_000, 12)
    assert inspections.visit(town.session, visit.id).id == visit.id
    assert town.entries(visit.id) == ["visit.finished"]


def test_unanswered_criteria_leave_the_score(town: County):
    [one] = [answer for answer in given_answers(town) if answer.criterion == "25.07"]

    visit = keep(town, [one])

    points = standards.manual(town.session, 1).criteria["25.07"].points
    assert (visit.got_tenths, visit.of_tenths) == (points * 10, points * 10)
    assert visit.tally.count("-") == len(visit.tally) - 1


@pytest.mark.parametrize("wrong", ["another kind's", "twice", "against its count", "no such"])
def test_a_visit_that_contradicts_the_manual_or_itself_is_refused_whole(town: County, wrong: str):
    answers = given_answers(town)
    counted = next(answer for answer in answers if answer.value is not None)
    spoilt = {
        "another kind's": [*answers, AnswerGiven("01.01", "pass")],
        "twice": [*answers, answers[0]],
        "against its count": [AnswerGiven(counted.criterion, "fail", counted.value)],
        "no such": [AnswerGiven("99.99", "pass")],
    }[wrong]
    visit = derived_id("visit")

    with pytest.raises(inspections.BadAnswer):
        keep(town, spoilt, id=visit)

    assert town.entries(visit) == []
    with pytest.raises(inspections.NoSuchVisit):
        inspections.visit(town.session, visit)


def test_a_counted_criterion_may_still_not_apply(town: County):
    counted = next(answer for answer in given_answers(town) if answer.value is not None)

    assert keep(town, [AnswerGiven(counted.criterion, "na", counted.value)]).of_tenths == 0


def test_a_visit_is_kept_once_whoever_says_it_again(town: County):
    visit = keep(town, given_answers(town))

    with pytest.raises(inspections.VisitKnown):
        keep(town, given_answers(town), id=visit.id)

    assert town.entries(visit.id) == ["visit.finished"]


def test_the_last_visits_of_each_place_are_the_newest_three(town: County):
    made = []
    for _ in range(5):
        town.later(days=1)
        made.append(keep(town, given_answers(town)).id)

    found = inspections.last_visits(town.session, [named("城南农贸市场"), named("东门街")])

    assert [visit.id for visit in found[named("城南农贸市场")]] == made[:1:-1]
    assert named("东门街") not in found
    assert [visit.id for visit in inspections.last_visits(town.session, [named("城南农贸市场")], each=1)[named("城南农贸市场")]] == [made[-1]]


def test_a_round_keeps_its_places_in_order(town: County):
    order = [named("南门桥头"), named("城南农贸市场"), named("人民路中段")]

    with town.acting("ma") as act:
        made = inspections.make_round(act, name="六月", zone_id=named("zone6"), begins_at=town.at, ends_at=town.at + timedelta(days=5), place_ids=order)

    [(kept, in_order)] = inspections.rounds_for(town.session, [made.id, new_id()]).values()
    assert (kept.name, in_order) == ("六月", order)
