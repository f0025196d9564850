"""设置 at the desk: what can be settled, by whom, and what a wrong figure costs."""

import re

import pytest

from fieldbook import findings
from fieldbook.kernel import Job, county, db


@pytest.fixture
def ma(as_):
    return as_("ma")


def settle(browser, path, **form):
    page = browser.get("/settings").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    return browser._ask(browser.client.post, path, data={"csrf_token": token, **form})


def settled(app):
    with app.app_context():
        return county(db.session())


def test_a_threshold_is_settled_and_the_change_is_kept_with_who_and_when(app, ma):
    assert settle(ma, "/settings/thresholds", recurs_days="45", far_m="200", confirm_minutes="15").status_code == 303

    assert settled(app).recurs_days == 45
    assert "反弹 → 45" in ma.get("/settings").get_data(as_text=True)


@pytest.mark.parametrize("typed", ["", "0", "366", "-3", "3.5", "三十", "1e3"])
def test_a_wrong_figure_changes_nothing_and_what_was_typed_stays(app, ma, typed):
    answer = settle(ma, "/settings/thresholds", recurs_days=typed, far_m="300")

    assert answer.status_code == 422
    assert settled(app).far_m == 200
    assert 'value="300"' in answer.get_data(as_text=True)


def test_a_reason_of_the_countys_own_is_offered_used_and_still_read_after_it_was_dropped(app, ma):
    settle(ma, "/settings/reasons", return_zh=["水未退", "", ""], return_en=["Water still there", "", ""])
    with app.app_context():
        town = app.extensions["small county"]
        finding = town.finding(state="rectified")
        town.say("return", finding, reason="return_1")
    assert settle(ma, "/settings/reasons", return_zh=["", "", ""], return_en=["", "", ""]).status_code == 303

    assert "水未退" in ma.get(f"/findings/{finding.id}").get_data(as_text=True)
    with app.app_context():
        assert "return_1" not in findings.return_reasons(db.session())


def test_a_threshold_rules_what_is_doubted_and_how_long_things_take(app, ma):
    settle(ma, "/settings/deadlines", usual_days="10", soon_hours="8")

    with app.app_context():
        town = app.extensions["small county"]
        finding = town.finding(state="accepted")
        finding.criterion = None
        assert findings.days_given(db.session(), finding) == 10


def test_a_day_of_rest_moves_open_deadlines_later_and_says_how_many(app, ma):
    with app.app_context():
        town = app.extensions["small county"]
        finding = town.finding(state="accepted")
        before = town.fresh(finding).due_at
    day = before.date()

    answer = settle(ma, "/settings/calendar/day", day=day.isoformat(), works="no", name="全县集中整治")

    assert answer.status_code == 200
    assert "1 件未到期的问题" in answer.get_data(as_text=True)
    with app.app_context():
        assert findings.calendar(db.session()).works(day) is False
        assert town.fresh(finding).due_at > before


def test_a_year_that_is_not_announced_is_said_to_be_so(ma):
    answer = settle(ma, "/settings/calendar/2026")

    assert answer.status_code in (200, 422)
    assert "role=" in answer.get_data(as_text=True)


def test_ways_to_a_unit_are_tried_in_the_order_that_was_settled(app, ma):
    assert settle(ma, "/settings/routing", way=["lead", "place", "", ""]).status_code == 303
    assert settled(app).routing in (("lead", "place"), ["lead", "place"])
    assert settle(ma, "/settings/routing", way=["", ""]).status_code == 422
    assert settle(ma, "/settings/routing", way=["by_magic"]).status_code == 422


def test_the_origin_cannot_change_once_phones_have_enrolled_under_it(app, ma):
    assert settle(ma, "/settings/names", name="青禾县", origin="https://xuncha.example").status_code == 303
    answer = settle(ma, "/settings/names", name="青禾县", origin="https://other.example")

    assert answer.status_code == 422
    assert settled(app).origin == "https://xuncha.example"
    assert "手机" in answer.get_data(as_text=True)


def test_a_copy_asked_for_is_a_job(app, ma):
    settle(ma, "/settings/backup")

    with app.app_context():
        assert [job.kind for job in db.session.query(Job)] == ["backup.make"]


def test_the_auditor_reads_and_finds_nothing_to_press(as_):
    page = as_("sun").get("/settings").get_data(as_text=True)

    assert 'action="/settings' not in page
    assert "edit=" not in page


def test_settings_are_exported_as_they_are(ma):
    told = ma.get("/settings/export").json

    assert told["county"]["recurs_days"] == 30
    assert told["calendar"]["2025-10-01"] is False


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1987-03-01", "2101-01-01", "", "2025-02-30"])
def test_a_day_that_no_calendar_reaches_is_not_found_and_settles_nothing(app, ma, day):
    assert ma.get("/settings?day=" + day).status_code == 200

    answer = settle(ma, "/settings/calendar/day", day=day, works="no")

    assert answer.status_code == 404
    with app.app_context():
        assert all(2000 <= one.year <= 2100 for one in findings.calendar(db.session()).exceptions)


def test_working_hours_are_previewed_then_settled_and_phones_are_told(app, ma):
    with app.app_context():
        town = app.extensions["small county"]
        town.later(hours=-14)  # in the evening: its days end with work
        finding = town.report(criterion="25.03")
        before = finding.due_at
        town.later(hours=14)
    query = "/settings?edit=hours&begins=08:00&ends=11:30&begins=15:00&ends=18:00&begins=&ends="

    preview = ma.get(query).get_data(as_text=True)

    assert "1 件未销号的问题" in preview
    assert finding.number in preview
    with app.app_context():
        assert town.fresh(finding).due_at == before
    answer = settle(ma, "/settings/hours", begins=["08:00", "15:00"], ends=["11:30", "18:00"])
    assert "1 件未到期的问题" in answer.get_data(as_text=True)
    assert "上班时间 → 08:00–11:30，15:00–18:00" in answer.get_data(as_text=True)
    with app.app_context():
        assert town.fresh(finding).due_at > before
    assert ma.get("/api/me").json["calendar"]["hours"] == [["08:00", "11:30"], ["15:00", "18:00"]]


def test_hours_that_overlap_change_nothing_and_what_was_typed_stays(app, ma):
    answer = settle(ma, "/settings/hours", begins=["08:00", "11:00"], ends=["11:30", "18:00"])

    assert answer.status_code == 422
    assert 'value="11:00"' in answer.get_data(as_text=True)
    assert settled(app).hours == [["08:30", "12:00"], ["14:00", "17:30"]]


def test_where_the_county_lies_is_settled_by_two_corners_in_either_order_and_warns_of_positions_outside(app, ma):
    assert settle(ma, "/settings/bounds", corner_a="31.80, 118.70", corner_b="118.30 31.40").status_code == 303

    assert settled(app).bounds == [314_000_000, 1_183_000_000, 318_000_000, 1_187_000_000]
    page = ma.get("/settings").get_data(as_text=True)
    assert "31.400000, 118.300000" in page
    assert "4 处有坐标的点位，0 处在范围外" in page
    form = settle(ma, "/places/new", step="convert", position="31.95, 118.5", datum="wgs84").get_data(as_text=True)
    assert "不在设置里的本县范围内" in form
    assert settle(ma, "/settings/bounds", corner_a="", corner_b="").status_code == 303
    assert settled(app).bounds == []


@pytest.mark.parametrize(("a", "b"), [("31.80, 118.70", ""), ("somewhere", "31.4, 118.3"), ("31.4, 118.3", "31.4, 118.7"), ("31.4, 118.3", "31.4, 118.3")])
def test_half_a_rectangle_changes_nothing_and_stays_in_the_form(app, ma, a, b):
    answer = settle(ma, "/settings/bounds", corner_a=a, corner_b=b)

    assert answer.status_code == 422
    assert f'value="{a}"' in answer.get_data(as_text=True)
    assert settled(app).bounds == []
