"""Who acts, with which phone and over what, is known from the login; nothing in a body can say otherwise."""

import hashlib
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from fieldbook import findings, journal, sync
from fieldbook.accounts import LoginSession
from fieldbook.findings import State
from tests.county import County, named, picture


def a_photo(seed: int = 77) -> dict[str, Any]:
    data = picture(seed)
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "width": 640, "height": 480, "taken_at": 0, "source": "camera"}


def a_report(**more: Any) -> dict[str, Any]:
    return {"place": str(named("城南农贸市场")), "kind": "25", "criterion": "25.07", "manual": 1, "reasons": [0], "words": "水产区积水", "photos": [a_photo()]} | more


#: what somebody might slip in, hoping that it is copied into a row
SLIPPED_IN = {
    "actor": str(named("wu")),
    "reporter_id": str(named("wu")),
    "person": str(named("wu")),
    "device_id": str(uuid4()),
    "county": "another",
    "state": "cleared",
    "role": "administrator",
    "approved_by": str(named("wu")),
    "number": "CW-19700101-0001",
    "received_at": 0,
    "version": 7,
    "__class__": "Finding",
}


def test_a_key_that_nobody_asked_for_refuses_the_command(town: County, caller):
    lin, finding = caller("lin"), uuid4()

    for key, value in SLIPPED_IN.items():
        beside = lin.push(lin.command("finding.report", finding, a_report()) | {key: value})
        inside = lin.push(lin.command("finding.report", finding, a_report(**{key: value})))
        in_a_photo = lin.push(lin.command("finding.report", finding, a_report(photos=[a_photo() | {key: value}])))

        assert [answer["code"] for [answer] in (beside, inside, in_a_photo)] == ["sync.bad_command"] * 3, key
    assert town.session.get(findings.Finding, finding) is None


def test_a_key_that_nobody_asked_for_refuses_a_login_and_a_push(town: County, caller):
    lin = caller("lin")

    for key, value in SLIPPED_IN.items():
        pushed = lin.post("/api/push", {"device": lin.device, "commands": [], key: value})
        logged_in = lin.post("/api/login", {"login": "lin", "password": "x", key: value})
        with_a_phone = lin.post("/api/login", {"login": "lin", "password": "x", "device": {"id": str(uuid4()), key: value}})

        assert [answer.status_code for answer in (pushed, logged_in, with_a_phone)] == [400, 400, 400], key
        assert [answer.json["code"] for answer in (pushed, logged_in, with_a_phone)] == ["sync.bad_push", "web.bad_request", "web.bad_request"]


#: every verb of a phone, with a body that is right but for one key
BODIES: dict[str, dict[str, Any]] = {
    "finding.screen": {"words": ""},
    "finding.dismiss": {"reason": "not_a_fault"},
    "finding.assign": {"unit": str(named("roads"))},
    "finding.accept": {},
    "finding.rectify": {"photos": [a_photo(78)]},
    "finding.clear": {"words": ""},
    "finding.return": {"reason": "not_done"},
    "finding.undo": {},
    "finding.void": {"words": "twice"},
    "finding.take_back": {},
    "finding.merge": {"into": str(named("another finding"))},
    "finding.dispute": {"words": "not ours"},
    "finding.ask_extension": {"due_at": 1_750_000_000_000, "words": "rain"},
    "finding.extend": {"due_at": 1_750_000_000_000},
    "finding.refuse_extension": {"words": "no"},
    "finding.defer": {"until": 1_760_000_000_000, "words": "winter"},
    "finding.resume": {},
    "finding.reopen": {"words": "back again"},
    "finding.supervise": {"words": "today"},
    "finding.urge": {},
    "finding.change_due": {"due_at": 1_750_000_000_000, "words": "sooner"},
    "finding.unmark": {},
    "photo.give_up": {"sha256": "0" * 64, "words": "lost with the phone"},
}


@pytest.mark.parametrize("verb", sorted(sync.BOOK.keys() - {"finding.report", "visit.finish"}))
def test_no_verb_takes_a_key_it_does_not_know(town: County, caller, verb: str):
    chen, finding = caller("chen"), town.finding(state="assigned")

    [answer] = chen.push(chen.command(verb, finding.id, BODIES[verb] | {"by": str(named("wu"))}))

    assert (answer["answer"], answer["code"]) == ("refused", "sync.bad_command")
    assert town.fresh(finding).state == State.ASSIGNED


def test_the_entry_names_the_person_logged_in_and_their_phone(town: County, caller):
    lin, finding = caller("lin"), uuid4()

    lin.push(lin.command("finding.report", finding, a_report()))

    entry = town.session.scalars(select(journal.EntryRow).where(journal.EntryRow.subject == finding)).first()
    assert entry is not None
    assert (entry.actor, entry.device) == (named("lin"), UUID(lin.device))
    assert town.session.get_one(findings.Finding, finding).reporter_id == named("lin")
    town.session.rollback()


def test_a_phone_of_somebody_else_cannot_be_named(town: County, caller):
    lin, finding = caller("lin"), uuid4()
    lin.device = str(named("wu's phone"))

    answer = lin.post("/api/push", {"device": lin.device, "commands": [lin.command("finding.report", finding, a_report())]})

    assert (answer.status_code, answer.json["code"]) == (403, "sync.not_your_phone")
    assert town.session.get(findings.Finding, finding) is None


def test_a_photo_is_taken_only_from_the_phone_that_named_it(town: County, caller):
    lin, qian, office = caller("lin"), caller("qian"), caller("lin", phone=False)
    data = picture(77)
    lin.push(lin.command("finding.report", uuid4(), a_report()))

    answers = {name: who.put_photo(data) for name, who in {"another's": qian, "at the desk": office, "own": lin}.items()}

    assert {name: answer.status_code for name, answer in answers.items()} == {"another's": 404, "at the desk": 404, "own": 200}
    assert answers["another's"].json["code"] == "evidence.not_named"


def test_on_a_shared_phone_each_sends_only_what_they_named(town: County, app, caller):
    """wu logs in on lin's phone: the phone is the same, the person is not."""
    lin, wu = caller("lin"), caller(None)
    data = picture(77)
    lin.push(lin.command("finding.report", uuid4(), a_report()))
    wu.who, wu.device = "wu", lin.device
    wu._log_in(True)
    wu.client.set_cookie("fieldbook", wu.token)

    answer = wu.put_photo(data)

    assert answer.status_code == 404


FORGED = ["", "x", "AAAA", "Li4uLg", "🦉", "a" * 5000, "../../etc/passwd"]


def test_a_forged_cursor_shows_nothing_more(town: County, caller):
    qian = caller("qian")
    town.finding(state="assigned")

    for cursor in FORGED:
        pulled = qian.pull(cursor)

        assert [row for row in pulled["rows"] if row["kind"] == "finding"] == []
        assert {row["code"] for row in pulled["rows"] if row["kind"] == "place"} == {"DX-03-001"}


def test_somebody_elses_cursor_shows_nothing_of_theirs(town: County, caller):
    lin, qian = caller("lin"), caller("qian")
    cursor = lin.pull()["cursor"]
    town.finding(state="assigned")

    pulled = qian.pull(cursor)

    assert pulled["reset"] is True
    assert [row for row in pulled["rows"] if row["kind"] == "finding"] == []


def test_a_scope_asked_for_in_the_address_is_not_looked_at(town: County, caller):
    qian = caller("qian")
    town.finding(state="assigned")
    asked = f"person={named('wu')}&who={named('wu')}&scope=all&zone={named('zone6')}&county=x&everything=1"

    pulled = qian.get(f"/api/pull?{asked}").json
    told = qian.get(f"/api/me?{asked}").json

    assert [row for row in pulled["rows"] if row["kind"] == "finding"] == []
    assert told["person"]["id"] == str(named("qian"))


def test_a_session_is_256_bits_and_kept_only_as_its_hash(town: County, caller):
    lin = caller("lin")

    kept = set(town.session.scalars(select(LoginSession.id)))

    assert len(lin.token) >= 43
    assert hashlib.sha256(lin.token.encode()).hexdigest() in kept
    assert lin.token not in json.dumps(sorted(kept))
    town.session.rollback()
