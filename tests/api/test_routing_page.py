"""交办规则 at the desk: said when a finding is handed over, listed, given to another unit, dropped."""

import re

from fieldbook import findings
from fieldbook.kernel import db
from tests.county import named


def said(browser, at, path, **form):
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(at).get_data(as_text=True)).group(1)
    return browser._ask(browser.client.post, path, data={"csrf_token": token, **form})


def rules(app):
    with app.app_context():
        town = app.extensions["small county"]
        return [
            (str(one.unit_id), one.zone_id, one.kind, one.criterion)
            for one in findings.routing_rules(db.session(), town.standing("ma"))
        ]


def test_handing_one_over_can_say_that_such_ones_go_there_from_now_on(app, as_):
    with app.app_context():
        made = app.extensions["small county"].report(place="南门桥头", criterion="01.01")
    chen = as_("chen")
    page = chen.get(f"/dispatch/{made.id}").get_data(as_text=True)
    assert 'value="zone+criterion"' in page
    assert 'value="criterion"' not in page

    said(
        chen,
        "/dispatch",
        f"/dispatch/{made.id}/assign",
        unit=str(named("roads")),
        term="std",
        from_now="yes",
        about="zone+criterion",
    )
    said(
        chen, "/dispatch", f"/dispatch/{made.id}/assign", unit=str(named("market")), term="std", about="zone+criterion"
    )

    assert rules(app) == [(str(named("roads")), named("zone6"), None, "01.01")]
    with app.app_context():
        again = app.extensions["small county"].report(place="南门桥头", criterion="01.01")
    assert "按“以后都交”的规则" in chen.get(f"/findings/{again.id}").get_data(as_text=True)


def test_a_rule_beyond_the_dispatchers_area_hands_nothing_over(app, as_):
    with app.app_context():
        made = app.extensions["small county"].report(place="南门桥头", criterion="01.01")

    answer = said(
        as_("chen"),
        "/dispatch",
        f"/dispatch/{made.id}/assign",
        unit=str(named("roads")),
        from_now="yes",
        about="criterion",
    )

    assert answer.status_code == 403
    assert rules(app) == []
    with app.app_context():
        assert app.extensions["small county"].fresh(made).state == made.state


def test_rules_are_added_given_to_another_unit_and_dropped(app, as_):
    ma = as_("ma")
    assert said(ma, "/settings/rules", "/settings/rules", unit=str(named("roads")), kind="25").status_code == 303
    page = ma.get("/settings/rules").get_data(as_text=True)
    rule = re.search(r"/settings/rules/([0-9a-f-]{36})/drop", page).group(1)
    assert "集贸市场" in page
    assert "交办规则 1 条" in ma.get("/settings").get_data(as_text=True)

    said(ma, "/settings/rules", f"/settings/rules/{rule}", unit=str(named("health")))
    assert rules(app) == [(str(named("health")), None, "25", None)]

    said(ma, "/settings/rules", f"/settings/rules/{rule}/drop")
    assert rules(app) == []


def test_what_is_wrong_stands_beside_its_field_and_what_was_chosen_stays(app, as_):
    ma = as_("ma")

    nothing = said(ma, "/settings/rules", "/settings/rules", unit=str(named("roads")))
    unknown = said(ma, "/settings/rules", "/settings/rules", unit=str(named("roads")), criterion="99.99")
    nobody = said(ma, "/settings/rules", "/settings/rules", kind="25")

    assert [one.status_code for one in (nothing, unknown, nobody)] == [422, 422, 422]
    assert ['href="#kind"' in nothing.text, 'href="#criterion"' in unknown.text, 'href="#unit"' in nobody.text] == [
        True,
        True,
        True,
    ]
    assert f'value="{named("roads")}" selected' in unknown.text
    assert rules(app) == []
