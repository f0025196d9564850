"""Logging in: guessing is slow, strangers lock nobody out, and what ended stays ended."""

import contextvars
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from argon2 import extract_parameters
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fieldbook import accounts, journal
from fieldbook.accounts import Person, Phone, rules
from fieldbook.accounts.passwords import NOBODY, hash_password, is_outdated, matches
from fieldbook.journal import EntryRow
from fieldbook.kernel import writing
from tests.county import PASSWORD, County, named

PHONE = named("lin's phone")


def guess(client: Any, login: str, password: str, *, device: object = None, address: str = "198.51.100.7") -> Any:
    """One login from a network, as a phone sends it; the test's own context would stop the clock."""
    body = {"login": login, "password": password} | ({"device": {"id": str(device), "name": "x"}} if device else {})
    return contextvars.Context().run(client.post, "/api/login", json=body, environ_overrides={"REMOTE_ADDR": address, "wsgi.url_scheme": "http" if address == "127.0.0.1" else "https"})


def checked(session: Session) -> int:
    """How many wrong passwords were looked at."""
    session.rollback()
    return session.scalar(select(func.count()).select_from(EntryRow).where(EntryRow.verb == "login.failed")) or 0


def test_of_a_thousand_guesses_from_many_networks_ten_are_looked_at_and_the_owner_still_logs_in(app: Flask, town: County):
    clients = threading.local()

    def one(i: int) -> int:
        if not hasattr(clients, "own"):
            clients.own = app.test_client()
        return guess(clients.own, ("lin", "Lin", " lin", "LIN  ")[i % 4], f"guess number {i}", address=f"203.0.{i % 200}.{i % 250}").status_code

    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(one, range(1000)))

    assert set(answers) == {401, 429}
    assert 5 <= checked(town.session) <= 10
    assert guess(app.test_client(), "lin", PASSWORD).status_code == 429
    assert guess(app.test_client(), "lin", PASSWORD, device=PHONE).status_code == 200


def test_one_password_tried_on_many_names_from_one_network_is_slowed_too(app: Flask, town: County):
    client = app.test_client()

    answers = [guess(client, f"name{i}", "88888888").status_code for i in range(30)]

    assert answers.count(401) == 20
    assert answers[20:] == [429] * 10
    assert guess(client, "wu", PASSWORD, address="203.0.113.9").status_code == 200


def test_guessing_on_a_stolen_phone_is_slowed_by_its_own_count(app: Flask, town: County):
    client = app.test_client()

    answers = [guess(client, "lin", f"guess {i}", device=PHONE, address=f"203.0.{i}.1").status_code for i in range(8)]

    assert answers == [401] * 5 + [429] * 3
    assert guess(client, "lin", PASSWORD).status_code == 200


def test_waiting_helps_and_every_further_miss_doubles_the_wait(app: Flask, town: County):
    client = app.test_client()
    for _ in range(5):
        guess(client, "lin", "wrong password")
    early = guess(client, "lin", PASSWORD)

    town.later(seconds=2)
    guess(client, "lin", "wrong password")
    later = guess(client, "lin", PASSWORD)
    town.later(seconds=4)

    assert (early.status_code, early.headers["Retry-After"], later.headers["Retry-After"]) == (429, "3", "5")
    assert guess(client, "lin", PASSWORD).status_code == 200
    assert [guess(client, "lin", "wrong password").status_code for _ in range(5)] == [401] * 5


def test_the_wait_grows_from_nothing_to_a_quarter_of_an_hour():
    assert [rules.wait_seconds(failures) for failures in (0, 4, 5, 6, 7, 13, 14, 15, 10_000)] == [0, 0, 2, 4, 8, 512, 900, 900, 900]


def test_an_unknown_name_a_wrong_password_and_a_disabled_person_get_one_answer(app: Flask, town: County):
    with writing(town.session):
        town.session.execute(update(Person).where(Person.id == named("qian")).values(disabled_at=town.at))
    client = app.test_client()

    answers = [guess(client, *tried) for tried in (("nobody", PASSWORD), ("lin", "wrong password"), ("qian", PASSWORD))]

    assert {(answer.status_code, answer.json["code"], answer.json["message"]) for answer in answers} == {(401, "accounts.wrong_login", answers[0].json["message"])}
    assert all(answer.json.keys() == answers[0].json.keys() for answer in answers)
    assert extract_parameters(NOBODY) == extract_parameters(town.session.get_one(Person, named("lin")).password)


@pytest.mark.parametrize("login", ["", " ", "l" * 65, "lin\0", "li%", "_in", "'; --", "ｌｉｎ", "lın"])
def test_a_name_that_is_nobodys_is_never_a_fault(app: Flask, town: County, login: str):
    assert guess(app.test_client(), login, "wrong password").status_code in (400, 401)


def test_nor_is_a_phone_with_an_odd_name(app: Flask, town: County):
    body = {"login": "lin", "password": PASSWORD, "device": {"id": str(uuid4()), "name": "Lin\0's 手机 \U0001f4f1"}}

    answer = contextvars.Context().run(app.test_client().post, "/api/login", json=body)

    assert answer.status_code == 200
    assert "Lin's 手机 \U0001f4f1" in town.session.scalars(select(Phone.name)).all()


def test_a_password_is_kept_as_argon2id_with_19_mib_and_two_rounds_or_more():
    found = extract_parameters(hash_password(PASSWORD))

    assert found.type.name == "ID"
    assert (found.memory_cost >= 19 * 1024, found.time_cost >= 2, found.parallelism) == (True, True, 1)
    assert (found.salt_len, found.hash_len) >= (16, 32)
    assert hash_password(PASSWORD) != hash_password(PASSWORD)


@pytest.mark.parametrize("password", ["", "seven77", "x" * 129, "password", "PASSWORD1", "88888888", "Fieldbook"])
def test_a_password_that_everybody_tries_first_is_refused(password: str):
    with pytest.raises(accounts.PasswordTooPlain):
        hash_password(password)


@pytest.mark.parametrize("password", ["eight888", "长密码也可以用中文写", "x" * 128, "with spaces and 积水 \u0301"])
def test_any_other_is_taken_whole(password: str):
    kept = hash_password(password)

    assert matches(kept, password)
    assert not matches(kept, password[:-1])
    assert not matches(kept, password + "x")


@pytest.mark.parametrize("stored", ["", "plain", "$argon2id$broken", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$"])
def test_what_is_no_hash_matches_nothing(stored: str):
    assert not matches(stored, PASSWORD)


def test_however_many_log_in_at_most_two_passwords_are_looked_at_at_once():
    """Each takes 19 MiB; a crowd must not take all memory."""
    kept, seen, done = hash_password(PASSWORD), [0], threading.Event()

    def watch() -> None:
        while not done.is_set():
            stacks = list(sys._current_frames().values())
            seen.append(sum(1 for frame in stacks if "argon2" in frame.f_code.co_filename))
            time.sleep(0.001)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(12) as crowd:
        answers = list(crowd.map(lambda i: matches(kept, PASSWORD if i % 2 else "wrong") if i % 3 else bool(hash_password(PASSWORD)), range(36)))
    done.set()
    watcher.join()

    assert answers.count(True) == 24
    assert max(seen) == 2


def test_an_outdated_hash_is_made_anew_at_the_next_login(app: Flask, town: County):
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with writing(town.session):
        town.session.execute(update(Person).where(Person.id == named("lin")).values(password=weak))

    assert guess(app.test_client(), "lin", PASSWORD).status_code == 200

    kept = town.session.scalars(select(Person.password).where(Person.id == named("lin"))).one()
    assert (is_outdated(weak), is_outdated(kept)) == (True, False)
    assert matches(kept, PASSWORD)


def test_every_login_has_a_token_of_its_own_and_only_its_hash_is_kept(app: Flask, town: County, as_: Callable[[str], Any]):
    tokens = {as_("lin").client.get_cookie("fieldbook").value for _ in range(3)}

    kept = town.session.scalars(select(accounts.LoginSession.id)).all()
    assert len(tokens) == 3
    assert min(map(len, tokens)) >= 40
    assert not tokens & set(kept)
    assert {accounts.identify(town.session, token, town.at).name for token in tokens} == {"Lin"}
    assert accounts.identify(town.session, "made up", town.at) is None


def is_in(browser: Any) -> bool:
    return bool(contextvars.Context().run(browser.get, "/api/me").status_code == 200)


def test_a_phone_stays_in_for_thirty_days_without_use_and_on_with_use(town: County, as_: Callable[[str], Any]):
    lin = as_("lin")

    for _ in range(3):
        town.later(days=29)
        assert is_in(lin)
    town.later(days=30, seconds=1)

    assert not is_in(lin)
    assert not is_in(lin)


def test_a_browser_stays_in_for_twelve_hours(app: Flask, town: County):
    client = app.test_client()
    guess(client, "wu", PASSWORD, address="127.0.0.1")

    for _ in range(3):
        town.later(hours=11)
        assert is_in(client)
    town.later(hours=12, seconds=1)

    assert not is_in(client)


def test_logging_out_ends_this_login_and_no_other(town: County, as_: Callable[[str], Any]):
    here, there = as_("lin"), as_("lin")
    cookie = here.client.get_cookie("fieldbook").value

    here.post("/api/logout", {})
    here.client.set_cookie("fieldbook", cookie)

    assert (is_in(here), is_in(there)) == (False, True)


def test_a_disabled_person_is_out_at_once_on_every_phone(town: County, as_: Callable[[str], Any]):
    phones = [as_("lin"), as_("lin")]
    assert all(map(is_in, phones))

    with writing(town.session):
        town.session.execute(update(Person).where(Person.id == named("lin")).values(disabled_at=town.at))

    assert not any(map(is_in, phones))


def test_a_revoked_phone_is_out_at_once_and_cannot_come_back_but_its_owner_can(app: Flask, town: County, as_: Callable[[str], Any]):
    lin = as_("lin")
    with writing(town.session):
        town.session.execute(update(Phone).where(Phone.id == PHONE).values(revoked_at=town.at))

    again = guess(app.test_client(), "lin", PASSWORD, device=PHONE)

    assert not is_in(lin)
    assert (again.status_code, again.json["code"]) == (403, "accounts.phone_revoked")
    assert guess(app.test_client(), "lin", "wrong password", device=PHONE).json["code"] == "accounts.wrong_login"
    assert guess(app.test_client(), "lin", PASSWORD, device=uuid4()).status_code == 200
    assert not accounts.has_phone(town.session, PHONE, named("lin"))


def test_a_shared_phone_revoked_for_one_still_serves_the_other(town: County, as_: Callable[[str], Any]):
    with town.acting("qian") as act:
        accounts.enroll_phone(act, PHONE, named("qian"))
    with writing(town.session):
        town.session.execute(update(Phone).where(Phone.id == PHONE, Phone.person_id == named("lin")).values(revoked_at=town.at))

    assert (accounts.has_phone(town.session, PHONE, named("lin")), accounts.has_phone(town.session, PHONE, named("qian"))) == (False, True)


def test_all_logins_of_a_person_or_those_of_one_phone_can_be_ended(app: Flask, town: County, as_: Callable[[str], Any]):
    phone, other, wu, desk = as_("lin"), as_("lin"), as_("wu"), app.test_client()
    guess(desk, "lin", PASSWORD, address="127.0.0.1")

    with town.acting("ma") as act:
        by_phone = accounts.end_sessions(act, named("lin"), device=PHONE)
    assert (by_phone, is_in(phone), is_in(other), is_in(desk)) == (2, False, False, True)
    with town.acting("ma") as act:
        accounts.end_sessions(act, named("lin"))

    assert (is_in(desk), is_in(wu)) == (False, True)


def test_logins_and_failures_stand_in_the_journal_without_name_or_password(app: Flask, town: County):
    start, _ = journal.head(town.session)

    guess(app.test_client(), "lin", "wrong password", device=PHONE)
    guess(app.test_client(), "lin", PASSWORD, device=PHONE)

    town.session.rollback()
    rows = town.session.scalars(select(EntryRow).where(EntryRow.seq > start).order_by(EntryRow.seq)).all()
    assert [row.verb for row in rows] == ["login.failed", "login.begun"]
    assert not any(word in row.text for row in rows for word in ("198.51", "password", '"lin"'))
