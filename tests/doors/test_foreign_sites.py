"""What another site makes a browser send changes nothing: forms, JSON in disguise, logins."""

import contextvars
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from fieldbook import journal
from fieldbook.findings import State
from fieldbook.kernel import db
from tests.county import PASSWORD, County
from tests.doors.authz import ROWS, Row
from tests.doors.conftest import Caller

UNSAFE = [row for row in ROWS if row.method != "GET"]

#: how a request of another site looks: what the browser says of it
FOREIGN: dict[str, dict[str, str]] = {
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "a sister host": {"Sec-Fetch-Site": "same-site"},
    "a browser too old to say": {"Origin": "https://evil.example"},
    "a sandboxed frame": {"Origin": "null"},
    "our name over another scheme": {"Origin": "ftp://localhost"},
    "our name as the beginning of another": {"Origin": "http://localhost.evil.example"},
}


def head_of(app: Flask) -> int:
    """How far the journal has come."""

    def look() -> int:
        with app.app_context():
            return db.session().scalar(select(func.max(journal.EntryRow.seq))) or 0

    return contextvars.Context().run(look)


@pytest.mark.parametrize("row", UNSAFE, ids=lambda row: f"{row.method} {row.rule}")
def test_no_route_changes_anything_for_another_site(house: Flask, row: Row):
    """Even with the form's own token: the browser's word comes first."""
    ma, before = Caller(house, "ma"), head_of(house)

    answers = {how: sent(ma, row, headers) for how, headers in FOREIGN.items()}

    assert {how: answer.status_code for how, answer in answers.items()} == dict.fromkeys(FOREIGN, 403)
    assert {answer.json["code"] for answer in answers.values() if answer.is_json} <= {"web.foreign_request"}
    assert head_of(house) == before


@pytest.mark.parametrize("row", [row for row in UNSAFE if row.form is not None], ids=lambda row: row.rule)
def test_no_form_is_taken_without_its_token(house: Flask, row: Row):
    ma, lin = Caller(house, "ma"), Caller(house, "lin")
    before = head_of(house)
    path = address(row)

    without = ma.form(path, row.form, with_token=False)
    empty = ma.form(path, (row.form or {}) | {"csrf_token": ""}, with_token=False)
    of_another = ma.form(path, (row.form or {}) | {"csrf_token": lin.form_token()}, with_token=False)
    by_another_name = ma.ask("POST", path, data=row.form, headers={"X-CSRFToken": lin.form_token()})

    assert [answer.status_code for answer in (without, empty, of_another, by_another_name)] == [403] * 4
    assert head_of(house) == before


DISGUISES = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json-patch+json",
    "text/plain; x=application/json",
    "",
]


@pytest.mark.parametrize("row", [row for row in UNSAFE if row.json is not None], ids=lambda row: row.rule)
def test_json_in_the_disguise_of_a_form_is_refused(house: Flask, row: Row):
    lin, before = Caller(house, "lin"), head_of(house)

    answers = [lin.ask("POST", row.rule, data=b'{"device":"","commands":[]}', content_type=kind) for kind in DISGUISES]

    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(403, "web.foreign_request")] * len(
        DISGUISES
    )
    assert head_of(house) == before


def test_a_finding_stays_as_it_is(town: County, caller):
    """The whole of it once: a reviewer's browser is made to clear a finding from another site."""
    wu, finding = caller("wu"), town.finding(state="rectified")

    answer = wu.form(f"/findings/{finding.id}/clear", {}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert town.fresh(finding).state == State.RECTIFIED


def test_nobody_is_logged_in_by_another_site(town: County, caller):
    """Else an attacker's victim would work in the attacker's name, and hand them what they photograph."""
    victim = caller(None)

    by_form = victim.form("/login", {"login": "lin", "password": PASSWORD}, headers={"Sec-Fetch-Site": "cross-site"})
    without_token = victim.form("/login", {"login": "lin", "password": PASSWORD}, with_token=False)
    by_json = victim.ask(
        "POST", "/api/login", data=f'{{"login":"lin","password":"{PASSWORD}"}}', content_type="text/plain"
    )

    for answer in (by_form, without_token, by_json):
        assert answer.status_code == 403
        assert "fieldbook=" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}, {}],
    ids=str,
)
def test_our_own_pages_and_programs_without_a_browser_get_through(town: County, caller, headers: dict[str, str]):
    lin = caller("lin")

    pushed = lin.post("/api/push", {"device": lin.device, "commands": []}, headers=headers)
    chosen = lin.form("/preferences", {"language": "en"}, headers=headers)

    assert (pushed.status_code, chosen.status_code) == (200, 303)


def test_nothing_changes_by_reading(town: County, caller):
    """A GET from another site is let through, so it must not do anything; only a look at an original is noted."""
    ma = caller("ma")
    finding = town.finding(state="rectified")
    before = head_of(town.app)

    for row in ROWS:
        if row.method == "GET" and "original" not in row.rule:
            ma.ask("GET", address(row, finding=str(finding.id), number=finding.number))

    assert head_of(town.app) == before


def address(
    row: Row, *, finding: str = "6f0c7c8e-3d0e-4c0e-9c53-3f1b8f0d7a11", number: str = "CW-20250612-0001"
) -> str:
    parts = {
        "finding_id": finding,
        "visit_id": finding,
        "table_id": finding,
        "number": number,
        "sha256": "0" * 64,
        "code": "25.08",
        "kind": "25",
    } | row.fill
    return re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda part: str(parts.get(part[1], part[0])), row.rule)


def sent(who: Any, row: Row, headers: dict[str, str]) -> Any:
    if row.form is not None:
        return who.form(
            address(row), {name: value for name, value in row.form.items() if name != "photos"}, headers=headers
        )
    if row.json is not None:
        return who.post(row.rule, row.json | ({"device": who.device} if "device" in row.json else {}), headers=headers)
    return who.ask(row.method, address(row), data=row.body, headers=headers)
