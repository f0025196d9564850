"""Pushing: every command once, whatever the network does."""

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from fieldbook import findings, sync
from fieldbook.findings import State
from fieldbook.kernel import db, derived_id
from tests.county import County, named


def told_photo(town: County) -> dict[str, object]:
    photo = town.photo()
    return {"sha256": photo.sha256, "bytes": photo.bytes, "width": 640, "height": 480, "taken_at": photo.taken_at, "source": "camera"}


def a_report(town: County, **more: object) -> dict[str, object]:
    body = {"place": str(named("城南农贸市场")), "kind": "25", "criterion": "25.07", "manual": 1, "reasons": [0], "words": "水产区积水", "photos": [told_photo(town)]}
    return body | more


def test_a_report_is_taken_with_a_receipt(town: County, as_):
    lin, finding = as_("lin"), uuid4()

    [answer] = lin.push(lin.command("finding.report", finding, a_report(town)))

    assert answer["answer"] == "ok"
    assert answer["seq"] > 0
    assert len(answer["head"]) == 64
    assert town.session.get_one(findings.Finding, finding).state == State.ASSIGNED


def test_sent_again_it_is_answered_word_for_word_and_done_once(town: County, as_):
    lin, finding = as_("lin"), uuid4()
    command = lin.command("finding.report", finding, a_report(town))

    [first] = lin.push(command)
    [again] = lin.push(command)

    assert again["answer"] == "duplicate"
    assert {**again["first_answer"], "id": again["id"]} == first
    assert town.entries(finding).count("finding.reported") == 1


def test_the_same_id_with_other_content_is_refused(town: County, as_):
    lin, finding = as_("lin"), uuid4()
    command = lin.command("finding.report", finding, a_report(town))
    lin.push(command)

    [answer] = lin.push(command | {"body": a_report(town, words="something else")})

    assert (answer["answer"], answer["code"]) == ("refused", "sync.id_reused")


def test_sixteen_at_once_make_one(app: Flask, town: County, as_):
    """Two requests race when a phone gives up waiting and asks again."""
    lin, finding = as_("lin"), uuid4()
    command = lin.command("finding.report", finding, a_report(town))
    token = lin.client.get_cookie("fieldbook")

    def send(_: int) -> dict[str, object]:
        client = app.test_client()
        client.set_cookie("fieldbook", token.value)
        return client.post("/api/push", json={"device": lin.device, "commands": [command]}).json["answers"][0]

    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(send, range(16)))

    assert sorted(answer["answer"] for answer in answers) == ["duplicate"] * 15 + ["ok"]
    assert town.entries(finding).count("finding.reported") == 1


POISON = {
    "unknown key": lambda c: c | {"role": "administrator"},
    "unknown key in the body": lambda c: c | {"body": c["body"] | {"approved_by": "me"}},
    "float": lambda c: c | {"body": c["body"] | {"words": 1.5}},
    "NUL": lambda c: c | {"body": c["body"] | {"words": "a\0b"}},
    "too long": lambda c: c | {"body": c["body"] | {"words": "长" * 501}},
    "huge number": lambda c: c | {"at": 10**30},
    "a list": lambda _c: [1, 2],
    "deep": lambda c: c | {"body": json.loads("[" * 60 + "]" * 60)},
    "unknown criterion": lambda c: c | {"body": c["body"] | {"criterion": "99.99"}},
    "unknown manual": lambda c: c | {"body": c["body"] | {"manual": 77}},
    "foreign place": lambda c: c | {"body": c["body"] | {"place": str(named("东门街"))}},
    "no photo": lambda c: c | {"body": c["body"] | {"photos": []}},
}


@pytest.mark.parametrize("poison", POISON)
def test_one_bad_command_never_stops_the_rest(town: County, as_, poison: str):
    lin, before, after = as_("lin"), uuid4(), uuid4()
    bad = POISON[poison](lin.command("finding.report", uuid4(), a_report(town)))

    answers = lin.push(lin.command("finding.report", before, a_report(town)), bad, lin.command("finding.report", after, a_report(town)))

    assert [answer["answer"] for answer in answers] == ["ok", "refused", "ok"]
    assert answers[1]["code"]
    assert answers[1]["message"]


def test_a_fault_of_ours_is_asked_again_and_costs_nothing(town: County, as_, monkeypatch):
    lin, finding = as_("lin"), uuid4()
    command = lin.command("finding.report", finding, a_report(town))
    book = dict(sync.BOOK)
    broken = {**book, "finding.report": type(book["finding.report"])(book["finding.report"].body, lambda *_: 1 / 0)}
    monkeypatch.setattr("fieldbook.sync.inbox.BOOK", broken)

    [answer] = lin.push(command)
    monkeypatch.setattr("fieldbook.sync.inbox.BOOK", book)
    [again] = lin.push(command)

    assert answer["answer"] == "retry"
    assert again["answer"] == "ok"


def test_a_verb_newer_than_the_server_stays_on_the_phone(town: County, as_):
    lin = as_("lin")

    [answer] = lin.push(lin.command("finding.dance", uuid4(), {}))

    assert (answer["answer"], answer["code"]) == ("retry", "sync.unknown_verb")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"device": 1}', b'{"device":"x","commands":[]}', b"[" * 100_000, b'{"device":"6f0c7c8e-3d0e-4c0e-9c53-3f1b8f0d7a11","commands":[{"words":"\\ud800"}]}'])
def test_a_push_that_cannot_be_read_is_refused_whole(town: County, as_, body: bytes):
    lin = as_("lin")

    answer = lin.send("/api/push", body, "application/json")

    assert (answer.status_code, answer.json["code"]) == (400, "sync.bad_push")


def test_more_than_fifty_commands_or_half_a_megabyte_is_refused(town: County, as_):
    lin = as_("lin")
    many = [lin.command("finding.accept", uuid4(), {}) for _ in range(51)]

    assert lin.post("/api/push", {"device": lin.device, "commands": many}).status_code == 400
    assert lin.send("/api/push", b" " * 600_000, "application/json").status_code in (400, 413)


def test_a_phone_cannot_speak_for_another(town: County, as_):
    lin = as_("lin")

    answer = lin.post("/api/push", {"device": str(named("wu's phone")), "commands": []})

    assert (answer.status_code, answer.json["code"]) == (403, "sync.not_your_phone")


def test_a_refused_command_is_kept_with_an_entry_and_a_receipt(town: County, as_):
    lin = as_("lin")
    command = lin.command("finding.report", uuid4(), a_report(town, photos=[]))

    [answer] = lin.push(command)

    assert answer["seq"] > 0
    assert town.entries(command["id"] and sync_id(command)) == ["command.refused"]
    kept = town.session.get_one(sync.CommandRow, sync_id(command))
    assert json.loads(kept.text)["body"]["words"] == "水产区积水"


def sync_id(command: dict[str, object]):
    from uuid import UUID

    return UUID(str(command["id"]))


def chain_of_five(lin, town: County, finding) -> list[dict[str, object]]:
    """Five visits' worth of one phone: report, then four more that each name the one before."""
    commands = [lin.command("finding.report", finding, a_report(town))]
    for i in range(4):
        commands.append(lin.command("finding.report", derived_id(finding, i), a_report(town), after=commands[-1]["id"]))
    return commands


@pytest.mark.parametrize("order", list(itertools.permutations(range(5)))[::7])
def test_in_any_order_of_arrival_the_same_state_results(town: County, as_, order: tuple[int, ...]):
    lin, finding = as_("lin"), uuid4()
    commands = chain_of_five(lin, town, finding)

    for position in order:
        lin.push(commands[position])

    numbers = [town.session.get_one(findings.Finding, sync_subject(c)).number for c in commands]
    assert numbers == sorted(numbers)
    assert {answer["answer"] for answer in lin.push(*commands)} == {"duplicate"}


def sync_subject(command: dict[str, object]):
    from uuid import UUID

    return UUID(str(command["subject"]))


def test_what_waits_for_a_lost_predecessor_is_done_after_five_days_with_a_mark(town: County, as_):
    lin, finding = as_("lin"), uuid4()
    command = lin.command("finding.report", finding, a_report(town), after=str(uuid4()))
    assert lin.push(command)[0]["answer"] == "held"

    town.later(days=4)
    assert sync.release_stale(town.session, now=town.at) == 0
    town.later(days=2)
    assert sync.release_stale(town.session, now=town.at) == 1

    assert town.session.get_one(findings.Finding, finding).state == State.ASSIGNED
    assert "command.forced" in town.entries(sync_id(command))


@pytest.mark.parametrize("clock", [timedelta(days=-3650), timedelta(days=-3), timedelta(days=3), timedelta(days=18_000)])
def test_a_wrong_phone_clock_changes_no_deadline_and_no_order(town: County, as_, clock: timedelta):
    lin, finding = as_("lin"), uuid4()
    command = lin.command("finding.report", finding, a_report(town), at=town.at + clock)

    [answer] = lin.push(command)

    found = town.session.get_one(findings.Finding, finding)
    assert answer["answer"] == "ok"
    assert found.due_at == town.at + timedelta(days=1)
    assert found.received_at == town.at
    assert found.found_at <= town.at


def test_a_known_offset_puts_the_phones_clock_right(town: County, as_):
    lin, finding = as_("lin"), uuid4()
    wrong = timedelta(hours=5)
    command = lin.command("finding.report", finding, a_report(town), at=town.at - timedelta(hours=1) - wrong, offset_ms=int(wrong.total_seconds() * 1000))

    lin.push(command)

    assert town.session.get_one(findings.Finding, finding).found_at == town.at - timedelta(hours=1)


def test_an_ended_session_leaves_everything_on_the_phone(town: County, as_):
    lin = as_("lin")
    commands = [lin.command("finding.report", uuid4(), a_report(town)) for _ in range(30)]
    town.later(days=31)

    refused = lin.post("/api/push", {"device": lin.device, "commands": commands})
    again = as_("lin").push(*commands)

    assert (refused.status_code, refused.json["code"]) == (401, "web.login_needed")
    assert [answer["answer"] for answer in again] == ["ok"] * 30
    db.session.rollback()


def test_rectifying_needs_to_have_seen_the_latest_demand(town: County, as_):
    zhao, finding = as_("zhao"), town.finding(state="returned")
    body = {"photos": [told_photo(town)], "words": "done"}

    [blind] = zhao.push(zhao.command("finding.rectify", finding.id, body, seen_seq=1))
    [seeing] = zhao.push(zhao.command("finding.rectify", finding.id, body))

    assert (blind["answer"], blind["code"]) == ("refused", "findings.seen_too_little")
    assert seeing["answer"] == "ok"
