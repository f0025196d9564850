"""Every route has its row, and everybody meets there what the row says."""

import io
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from fieldbook import standards
from fieldbook.kernel import db
from tests import county as small
from tests.county import County, named
from tests.doors.authz import EVERYBODY, ROWS, Row
from tests.doors.conftest import (
    Caller,
    a_checked_photo,
    a_visit,
    close_out,
    forget_wrong_passwords,
    newcomer,
    passwords_typed,
)


def test_every_route_is_declared_and_every_declaration_has_its_route(app: Flask):
    served = {(method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}}
    declared = {(row.method, row.rule) for row in ROWS}

    assert served - declared == set(), "write their rows in tests/doors/authz.py"
    assert declared - served == set()
    assert len(declared) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.rule}")
def test_a_row_names_everybody_once(row: Row):
    named_here = " ".join(row.answers.values()).split()

    assert sorted(named_here) == sorted(EVERYBODY)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.rule}")
def test_everybody_meets_what_the_row_says(house: Flask, people: dict[str, Caller], row: Row):
    wanted = {name: status for status, names in row.answers.items() for name in names.split()}
    met = {}

    thing = a_thing(house, row)
    if row.fresh:
        passwords_typed(house, house.extensions["small county"].at)
    for name in sorted(EVERYBODY, key=lambda name: wanted[name] < 400):
        answer = ask(somebody(house, people, name, row), row, thing)
        met[name] = answer.status_code
        if "login" in row.rule:
            forget_wrong_passwords(house)
        if answer.status_code < 400 and row.method != "GET" and row.about:
            thing = a_thing(house, row)

    assert met == wanted


def test_a_route_that_says_nothing_of_its_door_is_shut(open_house):
    app = open_house()
    app.add_url_rule("/forgotten", "forgotten", lambda: "open to all")

    statuses = {who: Caller(app, who).get("/forgotten").status_code for who in (None, "ma")}

    assert statuses == {None: 403, "ma": 403}


def somebody(house: Flask, people: dict[str, Caller], name: str, row: Row) -> Caller:
    """Who asks: with a login session of their own where the route ends it."""
    if "logout" in row.rule:
        return Caller(house, people[name].who)
    if "wiped" in row.rule and name == "revoked":
        login = f"revoked-{uuid4().hex[:8]}"
        newcomer(house, login)
        met = Caller(house, login)
        close_out(house, login, "revoked")
        return met
    return people[name]


def a_thing(house: Flask, row: Row) -> dict[str, str]:
    """What a row asks about, and how its address's parts are filled."""
    town: County = house.extensions["small county"]
    if not row.about:
        forget_wrong_passwords(house)
        return row.fill
    with house.app_context():
        try:
            if row.about == "a draft":
                with town.acting("ma") as act:
                    standards.begin_draft(act)
                return {"code": "25.08", "kind": "25", "table_id": str(named("no table")), **row.fill}
            if row.about == "a visit":
                return {"visit_id": str(a_visit(town))}
            finding = town.finding(state=row.about)
            return {"finding_id": str(finding.id), "number": finding.number, "sha256": a_checked_photo(town, finding), **row.fill}
        finally:
            db.session.remove()


def ask(caller: Caller, row: Row, thing: dict[str, str]) -> Any:
    path = row.rule
    for part in path.split("<")[1:]:
        kind_and_name = part.split(">")[0]
        path = path.replace(f"<{kind_and_name}>", thing[kind_and_name.split(":")[-1]])
    if row.form is not None:
        return caller.form(path, {name: filled(name, value, thing) for name, value in row.form.items()})
    if row.json is not None:
        return caller.post(path, row.json | ({"device": caller.device} if row.json.get("device") == "own" else {}))
    if row.body is not None:
        return caller.ask(row.method, path, data=row.body)
    return caller.ask(row.method, path)


def filled(name: str, value: str, thing: dict[str, str]) -> Any:
    if name == "unit":
        return str(named(value))
    if value == "a name of its own":
        return f"view {uuid4().hex[:8]}"
    if name == "sha256":
        return thing["sha256"]
    if name == "photos":
        return (io.BytesIO(small.picture(hash(thing["finding_id"]))), "after.jpg")
    return value
