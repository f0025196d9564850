"""Steps of weight ask for the password again, when it was typed too long ago; nothing typed is lost by it."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from fieldbook import accounts, journal
from fieldbook.accounts import LoginSession, Person
from fieldbook.kernel import County as Settled
from fieldbook.kernel import db, settle_county
from tests.county import PASSWORD, County, named
from tests.doors.authz import ROWS, Row
from tests.doors.conftest import Caller, forget_wrong_passwords, passwords_typed
from tests.doors.test_routes import a_thing, ask

FRESH = [row for row in ROWS if row.fresh]


@pytest.fixture
def stale(house: Flask, people: dict[str, Caller]) -> Caller:
    """The administrator, whose password was typed an hour ago."""
    passwords_typed(house, house.extensions["small county"].at - timedelta(hours=1))
    return people["ma"]


def last_entry(app: Flask) -> int:
    with app.app_context():
        try:
            return journal.head(db.session())[0]
        finally:
            db.session.remove()


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the page that asks for the password."""
    form = page.partition('class="form narrow"')[2]
    return {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    }


def test_the_table_names_the_routes_that_ask_for_the_password(house: Flask):
    asking = {
        (method, rule.rule)
        for rule in house.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if getattr(house.view_functions[rule.endpoint], "fresh", False)
    }

    assert {(row.method, row.rule) for row in FRESH} == asking


@pytest.mark.parametrize("row", FRESH, ids=lambda row: f"{row.method} {row.rule}")
def test_a_stale_login_gets_the_page_that_asks_and_changes_nothing(house: Flask, stale: Caller, row: Row):
    thing = a_thing(house, row)
    before = last_entry(house)

    answer = ask(stale, row, thing)

    assert answer.status_code == 401
    assert 'name="password_again"' in answer.text
    assert last_entry(house) == before


@pytest.mark.parametrize("row", FRESH, ids=lambda row: f"{row.method} {row.rule}")
def test_a_wrong_password_with_the_form_changes_nothing_either(house: Flask, stale: Caller, row: Row):
    forget_wrong_passwords(house)
    thing, wrong = a_thing(house, row), "not the password"
    action, fields = (
        (row.rule, row.form or {}) if row.method == "POST" else ("/confirm", {"next": "/findings/export.xlsx"})
    )
    asked = Row("POST", action, {}, row.about, {**fields, "password_again": wrong}, fill=row.fill)

    answer = ask(stale, asked, thing)

    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert wrong not in answer.text


def test_what_was_typed_goes_on_with_the_password(app: Flask, caller):
    """The page carries every field, whatever is in it; the step is done once, by the one form that the page sends."""
    ma = caller("ma")
    passwords_typed(app, None)
    typed = {
        "name": '  <b>"王 & 李"</b>  ',
        "login": "wang.li",
        "contact": "13800000000\r\n第二行",
        "language": "en",
        "duty": "inspector",
        "area": str(named("zone6")),
    }
    page = ma.form("/people", typed)

    carried = fields_of(page.text)
    done = ma.form("/people", carried | {"password_again": PASSWORD})

    assert {name: carried[name] for name in typed} == typed
    assert done.status_code == 303
    with app.app_context():
        person = db.session.scalars(select(Person).where(Person.login == "wang.li")).one()
        assert (person.name, person.language) == (typed["name"].strip(), "en")
        assert [post.duty for post in accounts.posts_of(db.session(), person.id)] == ["inspector"]
        db.session.remove()


def test_after_the_password_it_is_not_asked_for_again_until_its_time_is_over(app: Flask, caller):
    ma, town = caller("ma"), app.extensions["small county"]
    passwords_typed(app, None)
    over = {"person_id": named("lin")}
    ma.form("/people/{person_id}/enable".format(**over), {"password_again": PASSWORD})

    statuses = []
    for minutes in (0, 14, 2):
        town.at += timedelta(minutes=minutes)
        statuses.append(ma.form("/people/{person_id}/enable".format(**over)).status_code)

    assert statuses == [303, 303, 401]


def test_the_county_settles_for_how_long_the_password_counts(app: Flask, caller, town: County):
    ma = caller("ma")
    with journal.begin(town.session, who=None, at=town.at) as act:
        settle_county(act, confirm_minutes=60)
    town.at += timedelta(minutes=59)

    assert ma.form(f"/people/{named('lin')}/enable").status_code == 303
    assert Settled().confirm_minutes == 15


def test_a_file_comes_down_after_the_password_and_the_page_leads_back_to_the_list(app: Flask, caller):
    ma = caller("ma")
    passwords_typed(app, None)
    page = ma.get("/findings/export.csv?view=overdue")

    done = ma.form("/confirm", fields_of(page.text) | {"password_again": PASSWORD})

    assert page.status_code == 401
    assert done.status_code == 200
    assert 'content="0; url=/findings/export.csv?view=overdue"' in done.text
    assert 'href="/findings?view=overdue"' in done.text
    assert ma.get("/findings/export.csv?view=overdue").headers["Content-Disposition"].startswith("attachment")


def test_confirming_leads_to_no_other_site(app: Flask, caller):
    assert caller("ma").form("/confirm", {"next": "https://elsewhere.example/findings"}).headers["Location"] == "/"


def test_guessing_at_the_page_is_slowed_down_as_at_the_login(app: Flask, caller):
    ma = caller("ma", phone=False)
    passwords_typed(app, None)

    statuses = [
        ma.form(f"/people/{named('lin')}/enable", {"password_again": f"guess {nth}"}).status_code for nth in range(8)
    ]
    right = ma.form(f"/people/{named('lin')}/enable", {"password_again": PASSWORD})

    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert right.status_code == 429
    assert int(right.headers["Retry-After"]) > 0
    assert 'name="password_again"' in right.text


def test_somebody_elses_password_is_no_password(app: Flask, caller):
    """Everybody of the small county has the same password; here lin's is another one."""
    lin, at = caller("lin"), app.extensions["small county"].at
    with app.app_context():
        with journal.begin(db.session(), who=None, at=at) as act:
            act.session.execute(
                update(Person)
                .where(Person.id == named("lin"))
                .values(password=accounts.hash_password("lins own words 7"))
            )
            act.session.execute(update(LoginSession).values(confirmed_at=None))
        db.session.remove()

    statuses = [
        lin.form("/confirm", {"next": "/findings", "password_again": typed}).status_code
        for typed in (PASSWORD, "lins own words 7")
    ]

    assert statuses == [401, 303]


def test_who_came_in_by_a_slip_is_asked_and_told_how_to_get_a_password(app: Flask, caller):
    ma, at = caller("ma"), app.extensions["small county"].at
    with app.app_context():
        with journal.begin(db.session(), who=None, at=at) as act:
            made = accounts.make_person(act, name="新人", login="newcomer")
            act.session.flush()
            token = accounts.begin_session(act, made.id, device=None)
        db.session.remove()
    ma.client.set_cookie("fieldbook", token)

    page = ma.get("/findings/export.csv")

    assert page.status_code == 401
    assert "入场单" in page.text
    assert 'name="password_again"' not in page.text


def test_a_login_by_password_counts_and_one_by_a_slip_does_not(app: Flask, caller, town: County):
    with journal.begin(town.session, who=None, at=town.at) as act:
        accounts.begin_session(act, named("wu"), device=None)
    wu = caller(None)
    wu.form("/login", {"login": "lin", "password": PASSWORD})

    told: Any = dict(
        town.session.execute(
            select(LoginSession.person_id, func.max(LoginSession.confirmed_at)).group_by(LoginSession.person_id)
        ).all()
    )

    assert told[named("wu")] is None
    assert told[named("lin")] == town.at
    town.session.rollback()
