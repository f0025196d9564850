"""reports: figures that agree with each other, with the lists they open, and with the person's scope."""

from datetime import timedelta

import pytest

from fieldbook import findings, inspections, reports
from fieldbook.findings import Filters
from tests import county as small

STATES = ("to_screen", "to_assign", "assigned", "accepted", "rectified", "returned", "cleared")


@pytest.fixture
def busy(town):
    for state in STATES:
        town.finding(state=state)
    town.later(days=6)
    return town


def seen(town, who="ma", district=None):
    scope = reports.scope_of(town.session, town.standing(who), district)
    return reports.overview(town.session, scope, now=town.at)


def test_every_open_finding_stands_in_one_state_and_one_cell(busy):
    overview = seen(busy)

    assert overview.open == sum(step.count for step in overview.steps) == sum(overview.totals) == sum(row.total for row in overview.rows)
    assert overview.found == overview.cleared + overview.open == len(STATES)


def test_the_last_day_of_the_trend_is_today(busy):
    overview = seen(busy)

    assert overview.days[-1][1:] == (overview.found, overview.cleared)


@pytest.mark.parametrize("who", ["ma", "lin", "qian", "zhao", "chen", "sun"])
def test_each_figure_is_the_length_of_its_list(busy, who):
    overview = seen(busy, who)

    def listed(view):
        return findings.listing(busy.session, busy.standing(who), Filters(view=view), now=busy.at)[1]

    assert (overview.open, overview.cleared, overview.found, overview.dropped) == (listed("open"), listed("cleared"), listed("found"), listed("dropped"))
    assert (overview.overdue, overview.recurring) == (listed("overdue"), listed("recurring"))
    for rate in overview.rates:
        assert (rate.part, rate.whole) == (listed(rate.part_view), listed(rate.whole_view))
        assert 0 <= rate.part <= rate.whole


def test_a_person_without_duties_is_told_nothing(busy):
    overview = seen(busy, "eve")

    assert (overview.found, overview.rows, overview.phones) == (0, (), ())


def test_a_district_leaves_out_the_others(busy):
    assert seen(busy, district=small.named("west")).found == 0
    assert seen(busy, district=small.named("east")).found == len(STATES)
    assert seen(busy, district=small.named("zone6")).found == len(STATES)  # not a district: the whole scope


def test_places_of_a_running_round_are_missed_until_somebody_visits(town):
    with town.acting("ma") as act:
        places = [small.named("城南农贸市场"), small.named("人民路中段")]
        inspections.make_round(
            act, name="日常", zone_id=small.named("zone6"), begins_at=town.at - timedelta(days=1), ends_at=town.at + timedelta(days=6), place_ids=places
        )
    scope = reports.scope_of(town.session, town.standing("lin"), None)
    before = [one.place.name for one in reports.unvisited_places(town.session, scope, now=town.at)]
    town.session.rollback()
    told = findings.VisitDone(
        place=places[0], kind="25", manual=1, started_at=small.to_ms(town.at), finished_at=small.to_ms(town.at), answers=town.answers(), findings=[], looks=[]
    )
    with town.acting("lin") as act:
        findings.finish_visit(act, town.standing("lin"), small.named("a visit"), told)

    after = [one.place.name for one in reports.unvisited_places(town.session, scope, now=town.at)]

    assert before == ["城南农贸市场", "人民路中段"]
    assert after == ["人民路中段"]
    assert reports.unvisited_places(town.session, reports.scope_of(town.session, town.standing("qian"), None), now=town.at) == []


def test_visits_are_listed_with_what_belongs_to_them(town):
    told = findings.VisitDone(
        place=small.named("城南农贸市场"),
        kind="25",
        manual=1,
        started_at=small.to_ms(town.at),
        finished_at=small.to_ms(town.at),
        answers=town.answers(failing={"25.08": "fail"}),
        findings=[findings.Failed(id=small.named("f"), criterion="25.08", reasons=[0], words="", photos=[town.photo()])],
        looks=[],
    )
    with town.acting("lin") as act:
        findings.finish_visit(act, town.standing("lin"), small.named("a visit"), told)

    rows, total = reports.visits(town.session, town.standing("lin"), reports.VisitFilters(), now=town.at)
    counts = reports.visit_counts(town.session, town.standing("lin"), reports.VisitFilters(), now=town.at)

    assert total == 1
    assert (rows[0].found, rows[0].open, rows[0].photos, rows[0].waiting) == (1, 1, 1, 1)
    assert (counts["all"], counts["today"], counts["waiting"], counts["critical"]) == (1, 1, 1, 0)
    assert reports.visits(town.session, town.standing("qian"), reports.VisitFilters(), now=town.at)[1] == 0
    with pytest.raises(inspections.NoSuchVisit):
        reports.visit_in(town.session, town.standing("qian"), small.named("a visit"))
