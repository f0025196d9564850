"""Login sessions: fresh at login, dead when ended, carried by a cookie that no script and no other site sees."""

from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from fieldbook import accounts
from fieldbook.accounts import LoginSession
from fieldbook.kernel import db
from fieldbook.web import doors
from tests.county import PASSWORD, County, named
from tests.doors.conftest import OUTSIDE, Caller, close_out, newcomer


def log_in(who: Caller, name: str = "lin", *, phone: bool = True, **more: Any) -> Any:
    device = {"device": {"id": str(named(f"{name}'s phone")), "name": "test"}} if phone else {}
    return who.post("/api/login", {"login": name, "password": PASSWORD, **device}, **more)


def cookie_of(answer: Any, name: str = "fieldbook") -> Any:
    told = SimpleCookie()
    for line in answer.headers.getlist("Set-Cookie"):
        told.load(line)
    return told[name]


def is_in(app: Flask, token: str) -> bool:
    asked = app.test_client()
    asked.set_cookie("fieldbook", token)
    return bool(asked.get("/api/me").status_code == 200)


def test_each_login_gives_a_new_token_and_ends_the_session_before_it(app: Flask, caller):
    """Else somebody who planted or read the old cookie would be logged in along with its owner."""
    who = caller(None)
    first = cookie_of(log_in(who)).value

    second = cookie_of(log_in(who)).value

    assert first != second
    assert not is_in(app, first)
    assert is_in(app, second)


def test_a_token_planted_before_the_login_is_worth_nothing(app: Flask, caller):
    who = caller(None)
    who.client.set_cookie("fieldbook", "planted-by-somebody-else")

    given = cookie_of(log_in(who)).value

    assert given != "planted-by-somebody-else"
    assert not is_in(app, "planted-by-somebody-else")


@pytest.mark.parametrize("by", ["the phone", "the desk"])
def test_after_logging_out_the_token_is_dead_and_the_cookie_gone(app: Flask, caller, by: str):
    lin = caller("lin")

    answer = lin.post("/api/logout", {}) if by == "the phone" else lin.form("/logout")

    assert not is_in(app, lin.token)
    assert cookie_of(answer).value == ""
    assert lin.get("/api/me").status_code == 401


def test_what_a_form_session_held_does_not_outlive_the_login(caller):
    """What one reviewer put off, and their form's token, are not the next one's on the same computer."""
    desk = caller("wu", phone=False)
    desk.form("/review/again")
    with desk.client.session_transaction() as kept:
        token, kept["review-later"] = kept["csrf_token"], ["12345678"]

    desk.form("/logout")
    desk.form("/login", {"login": "ma", "password": PASSWORD})

    with desk.client.session_transaction() as kept:
        assert "review-later" not in kept
        assert kept.get("csrf_token") != token


@pytest.mark.parametrize(("phone", "span"), [(False, timedelta(hours=12)), (True, timedelta(days=30))])
def test_an_idle_session_ends(app: Flask, town: County, caller, phone: bool, span: timedelta):
    lin = caller("lin", phone=phone)

    town.at += span - timedelta(minutes=1)
    just_before = lin.get("/api/me").status_code
    town.at += span - timedelta(minutes=1)
    used_meanwhile = lin.get("/api/me").status_code
    town.at += span
    idle = lin.get("/api/me").status_code

    assert (just_before, used_meanwhile, idle) == (200, 200, 401)


def test_ending_all_sessions_of_a_person_ends_each(app: Flask, town: County, caller):
    here, there = caller("lin"), caller("lin", phone=False)

    with town.acting("ma") as act:
        accounts.end_sessions(act, named("lin"))

    assert [who.get("/api/me").status_code for who in (here, there)] == [401, 401]


@pytest.mark.parametrize(("how", "code", "push"), [("revoked", "accounts.device_revoked", 200), ("disabled", "web.login_needed", 401)])
def test_a_revoked_phone_and_a_disabled_person_are_out_at_once(app: Flask, town: County, caller, how: str, code: str, push: int):
    """A revoked phone only hands in what it holds, which counts for nothing until the office says so."""
    newcomer(app, "dan")
    dan = caller("dan")
    assert dan.get("/api/me").status_code == 200

    close_out(app, "dan", how)

    me = dan.get("/api/me")
    assert (me.status_code, me.json["code"]) == (401, code)
    assert [dan.get(path).status_code for path in ("/api/pull", "/api/leaves", "/api/manual/1")] == [401] * 3
    assert dan.post("/api/push", {"device": dan.device, "commands": []}).status_code == push


@pytest.mark.parametrize("by", ["phone", "browser", "desk"])
def test_no_script_and_no_other_site_sees_the_cookie(caller, by: str):
    who = caller(None)

    answer = log_in(who, phone=by == "phone") if by != "desk" else who.form("/login", {"login": "lin", "password": PASSWORD})

    cookie = cookie_of(answer)
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""
    assert cookie["max-age"] == (str(30 * 24 * 3600) if by == "phone" else "")


def test_on_https_the_cookie_is_bound_to_the_host_and_never_travels_in_the_open(open_house):
    app = open_house(origin="https://xuncha.example")
    who = Caller(app, None)

    answer = log_in(who, base_url="https://xuncha.example/")

    cookie = cookie_of(answer, "__Host-fieldbook")
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert "; Domain" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("address", [OUTSIDE, "10.0.0.8", "192.168.1.20", "::ffff:203.0.113.7", "fe80::1", ""])
def test_a_password_is_not_taken_over_plain_http_from_another_machine(town: County, caller, address: str):
    who = caller(None)
    outside = {"environ_base": {"REMOTE_ADDR": address}}

    by_phone = log_in(who, **outside)
    at_the_desk = who.form("/login", {"login": "lin", "password": PASSWORD}, **outside)

    assert (by_phone.status_code, by_phone.json["code"]) == (403, "web.plain_http")
    assert at_the_desk.status_code == 403
    assert "https" in at_the_desk.get_data(as_text=True)
    assert not any("fieldbook=" in line for answer in (by_phone, at_the_desk) for line in answer.headers.getlist("Set-Cookie"))


def test_behind_an_unannounced_proxy_nobody_looks_like_this_machine(caller):
    """A proxy on the same machine that nobody set in the settings makes every stranger come from 127.0.0.1."""
    who = caller(None)

    answers = [log_in(who, headers={name: value}) for name, value in {"X-Forwarded-For": OUTSIDE, "Forwarded": f"for={OUTSIDE}", "X-Forwarded-Proto": "http", "Via": "1.1 proxy"}.items()]

    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(403, "web.plain_http")] * 4


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may_log_in_without_https(caller, address: str):
    assert log_in(caller(None), environ_base={"REMOTE_ADDR": address}).status_code == 200


def test_a_session_that_was_never_given_is_none(app: Flask, caller):
    tokens = ["", "x", "0" * 43, "🦉", "a" * 4000, "../..", "' OR 1=1 --"]

    assert [is_in(app, token) for token in tokens] == [False] * len(tokens)


def test_guessing_slows_down_and_a_stranger_does_not_lock_the_owner_out(app: Flask, town: County, caller):
    """300 guesses of a stranger: few are looked at, and lin still logs in with her own phone."""
    stranger, lin = caller(None), caller(None)
    with app.app_context():
        before = db.session().scalar(select(func.count()).select_from(LoginSession))

    met = [stranger.post("/api/login", {"login": "lin", "password": f"guess {n}"}).status_code for n in range(300)]
    waits = stranger.post("/api/login", {"login": "lin", "password": "again"})
    owner = log_in(lin)

    assert met.count(401) <= 10
    assert met.count(429) == 300 - met.count(401)
    assert int(waits.headers["Retry-After"]) > 0
    assert owner.status_code == 200
    with app.app_context():
        assert db.session().scalar(select(func.count()).select_from(LoginSession)) == (before or 0) + 1


@pytest.mark.parametrize(
    ("address", "neighbour", "stranger"),
    [("203.0.113.7", "203.0.113.200", "203.0.114.7"), ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"), ("::ffff:203.0.113.7", "203.0.113.9", "203.0.114.9")],
)
def test_neighbours_count_as_one_network(app: Flask, address: str, neighbour: str, stranger: str):
    def network_of(one: str) -> str:
        with app.test_request_context(environ_base={"REMOTE_ADDR": one}):
            return doors.network()

    assert network_of(address) == network_of(neighbour) != network_of(stranger)


def test_an_unknown_name_and_a_wrong_password_are_told_apart_by_nothing(caller):
    stranger = caller(None)

    unknown = stranger.post("/api/login", {"login": "nobody-of-this-name", "password": "wrong password"})
    wrong = stranger.post("/api/login", {"login": "lin", "password": "wrong password"})

    assert (unknown.status_code, unknown.json["code"], unknown.json["message"]) == (wrong.status_code, wrong.json["code"], wrong.json["message"])
    assert unknown.status_code == 401


def test_passwords_are_kept_as_argon2id_with_what_we_promise(town: County):
    person = town.session.get_one(accounts.Person, named("lin"))

    kind, version, costs = person.password.split("$")[1:4]

    assert (kind, version) == ("argon2id", "v=19")
    assert {name: int(value) for name, value in (part.split("=") for part in costs.split(","))} == {"m": 19_456, "t": 2, "p": 1}
    town.session.rollback()
