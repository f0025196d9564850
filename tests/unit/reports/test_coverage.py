"""What is covered and what is not, and what areas and units hold, as the desk counts it."""

from datetime import timedelta

from fieldbook import findings, inspections, places, reports
from fieldbook.reports import PlaceFilters
from tests.county import County, named
from tests.doors.conftest import a_visit


def names(town: County, who: str, **wanted) -> list[str]:
    found, total = reports.places_seen(town.session, town.standing(who), PlaceFilters(**wanted), now=town.at, sort="code")
    assert total == len(found)
    return [seen.place.name for seen in found]


def test_a_list_holds_what_the_person_sees_and_nothing_else(town: County):
    assert names(town, "ma") == ["东门街", "城南农贸市场", "人民路中段", "南门桥头"]
    assert names(town, "lin") == ["城南农贸市场", "人民路中段", "南门桥头"]
    assert names(town, "qian") == ["东门街"]
    assert names(town, "zhao") == ["城南农贸市场"]
    assert names(town, "eve") == []


def test_each_filter_narrows_the_list(town: County):
    a_visit(town)
    town.later(days=8)
    with town.acting("ma") as act:
        places.close_place(act, town.standing("ma"), named("人民路中段"))
        places.change_place(act, town.standing("ma"), named("东门街"), without_position=True)

    assert names(town, "ma", view="closed") == ["人民路中段"]
    assert names(town, "ma", view="never") == ["东门街", "南门桥头"]
    assert names(town, "ma", view="no_position") == ["东门街"]
    assert names(town, "ma", view="no_unit") == ["南门桥头"]
    assert names(town, "ma", kinds=("03",)) == ["南门桥头"]
    assert names(town, "ma", zones=(named("zone3"),)) == ["东门街"]
    assert names(town, "ma", units=(named("market"),)) == ["城南农贸市场"]
    assert names(town, "ma", days=7) == ["东门街", "城南农贸市场", "南门桥头"]
    assert names(town, "ma", days=9) == ["东门街", "南门桥头"]
    assert names(town, "ma", text="cnnm") == names(town, "ma", text="06-001") == names(town, "ma", text="农贸") == ["城南农贸市场"]
    assert names(town, "ma", text="%") == []
    counts = reports.place_counts(town.session, town.standing("ma"), PlaceFilters(), now=town.at)
    assert counts == {"all": 3, "unvisited": 2, "never": 2, "no_position": 1, "no_unit": 1, "closed": 1}


def test_in_a_running_round_only_its_places_can_be_unvisited(town: County):
    with town.acting("ma") as act:
        inspections.make_round(
            act, name="六月", zone_id=named("zone6"), begins_at=town.at - timedelta(days=1), ends_at=town.at + timedelta(days=9), place_ids=[named("城南农贸市场"), named("南门桥头")]
        )
    a_visit(town)

    assert names(town, "ma", view="unvisited") == ["南门桥头"]
    covered = reports.coverage(town.session, town.standing("ma"), now=town.at)
    assert covered.round is not None
    assert covered.total == (1, 4)
    assert {row.zone.code: row.total for row in covered.rows} == {"3": (0, 1), "6": (1, 3)}
    assert dict(zip(covered.columns, covered.totals, strict=True)) == {"01": (1, 2), "02": (0, 1), "03": (1, 1), "25": (0, 1)}
    assert covered.gaps == ((named("zone6"), "03", 1, 1), (named("zone6"), "01", 1, 2))


def test_what_is_shown_of_a_place_agrees_with_its_findings_and_visits(town: County):
    a_visit(town)
    town.finding(state="assigned")
    town.later(days=40)
    [seen] = [one for one in reports.places_seen(town.session, town.standing("ma"), PlaceFilters(), now=town.at)[0] if one.place.id == named("城南农贸市场")]

    assert (seen.score, seen.open, seen.overdue, seen.kinds) == (100, 1, 1, ("25",))


def test_the_longest_not_visited_come_first(town: County):
    a_visit(town)

    found, _ = reports.places_seen(town.session, town.standing("lin"), PlaceFilters(), now=town.at)

    assert found[-1].place.name == "城南农贸市场"


def test_a_places_photos_are_those_that_the_person_may_open(town: County):
    finding = town.finding(state="rectified")
    town.later(hours=1)
    other = town.say("assign", town.report(criterion="25.08"), unit=named("roads"))
    a_visit(town, words="看过", photos=[town.photo(arrived=True)])
    market = named("城南农贸市场")

    seen = {who: reports.photos_of_place(town.session, town.standing(who), market, only_seen=True) for who in ("ma", "lin", "zhao")}

    assert {who: total for who, (_, total) in seen.items()} == {"ma": 4, "lin": 4, "zhao": 3}
    assert {photo.number for photo in seen["ma"][0]} == {finding.number, other.number, None}
    assert {photo.number for photo in seen["zhao"][0]} == {finding.number, None}
    for who, (photos, total) in seen.items():
        assert len({photo.sha256 for photo in photos}) == total
        assert all(findings.sees_photo(town.session, town.standing(who), photo.sha256) for photo in photos)


def test_larger_areas_hold_what_theirs_hold(town: County):
    town.finding(state="assigned")
    town.later(days=40)

    counts = reports.area_counts(town.session, town.standing("ma"), now=town.at)

    assert counts[named("zone6")] == reports.AreaCounts(places=3, open=1, overdue=1, people=1)
    assert counts[named("county")] == reports.AreaCounts(places=4, open=1, overdue=1, people=0)
    assert counts[named("west")].open == 0
    assert reports.area_counts(town.session, town.standing("qian"), now=town.at)[named("zone6")].open == 0


def test_a_unit_holds_its_findings_places_and_people(town: County):
    town.finding(state="assigned")

    counts = reports.unit_counts(town.session, town.standing("ma"), now=town.at)

    assert counts[named("market")] == reports.UnitCounts(open=1, overdue=0, places=1, people=1)
    assert [(name, [str(duty) for duty in duties]) for name, duties in reports.people_of(town.session, named("market"))] == [("Zhao", ["rectifier"])]
    assert reports.who_inspects(town.session, named("zone6")) == ["Lin"]
