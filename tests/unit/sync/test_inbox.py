"""The inbox: whatever becomes of a command, the phone can ask again and hears the same; and nothing is asked for ever."""

import json
import random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete

from fieldbook import findings, journal, sync
from fieldbook.accounts import Post
from fieldbook.findings import State
from fieldbook.kernel import derived_id
from fieldbook.ops.work import do_stale
from tests.county import County, named


def told_photo(town: County, **more: Any) -> dict[str, Any]:
    photo = town.photo(arrived=True)
    return {"sha256": photo.sha256, "bytes": photo.bytes, "width": 640, "height": 480, "taken_at": photo.taken_at, "source": "camera"} | more


def a_report(town: County, **more: Any) -> dict[str, Any]:
    return {"place": str(named("城南农贸市场")), "kind": "25", "criterion": "25.07", "manual": 1, "reasons": [0], "words": "水产区积水", "photos": [told_photo(town)]} | more


def a_visit(town: County, **more: Any) -> dict[str, Any]:
    answers = [{"criterion": a.criterion, "verdict": a.verdict, "value": a.value, "choice": a.choice} for a in town.answers(failing={"25.07": "fail"})]
    made = {"place": str(named("城南农贸市场")), "kind": "25", "manual": 1, "started_at": 0, "finished_at": 1, "answers": answers}
    return made | {"findings": [{"id": str(uuid4()), "criterion": "25.07", "photos": [told_photo(town)]}]} | more


def same(first: dict[str, Any], again: dict[str, Any]) -> bool:
    """Whether the second answer holds the first word for word."""
    return {**again["first_answer"], "id": again["id"]} == first


def test_a_lost_answer_is_given_again_word_for_word_whatever_it_was(town: County, as_):
    """ok, refused, held and then done, held and then refused."""
    lin = as_("lin")
    before = lin.command("finding.report", uuid4(), a_report(town))
    commands = [
        lin.command("finding.report", uuid4(), a_report(town)),
        lin.command("finding.report", uuid4(), a_report(town, photos=[])),
        lin.command("finding.report", uuid4(), a_report(town), after=before["id"]),
        lin.command("finding.clear", named("no such"), {"words": ""}, after=before["id"]),
    ]

    first = lin.push(*commands)
    at_once = lin.push(*commands)
    town.later(hours=1)
    lin.push(before)
    later = lin.push(*commands)

    assert [answer["answer"] for answer in first] == ["ok", "refused", "held", "held"]
    assert all(map(same, first, at_once))
    assert all(map(same, first, later))
    assert [(answer["answer"], answer.get("code")) for answer in later] == [("duplicate", None), ("refused", "findings.photo_missing"), ("duplicate", None), ("refused", "findings.no_such_finding")]
    assert len({answer["seq"] for answer in (*first, *later)}) == 6


def test_every_receipt_given_out_is_in_the_chain(town: County, as_):
    lin = as_("lin")
    commands = [lin.command("finding.report", uuid4(), a_report(town, photos=[]) if i % 3 else a_report(town), after=str(derived_id(i)) if i == 4 else None) for i in range(8)]

    answers = [*lin.push(*commands), *lin.push(*commands)]

    head, heads = journal.EMPTY_HEAD, {}
    for seq, leaf in enumerate(journal.leaves(town.session, after=0), 1):
        head = heads[seq] = journal.head_after(head, leaf)
    assert all(heads[answer["seq"]] == answer["head"] for answer in answers)


@pytest.mark.parametrize("change", [{"manual": 10**30}, {"manual": 2**40}, {"manual": -1}, {"manual": -(2**63)}, {"place": str(derived_id("nowhere"))}, {"kind": "9" * 10}, {"reasons": [99]}], ids=str)
@pytest.mark.parametrize("verb", ["finding.report", "visit.finish"])
def test_nonsense_is_refused_and_never_asked_for_again(town: County, as_, verb: str, change: dict[str, Any]):
    lin = as_("lin")
    body = a_report(town) if verb == "finding.report" else a_visit(town)
    known = {key: value for key, value in change.items() if key in body}

    [answer] = lin.push(lin.command(verb, uuid4(), body | known))

    assert answer["answer"] == ("refused" if known else "ok")


ODD = {
    "a moment of another age": lambda body: body["photos"][0].update(taken_at=253_402_300_799_000),
    "a moment before the first": lambda body: body["photos"][0].update(taken_at=-62_135_596_800_000),
    "the largest photo that can be said": lambda body: body["photos"][0].update(bytes=2**31 - 1, width=10**6, height=10**6),
    "the end of the world": lambda body: body["photos"][0].update(position={"lat_e7": -900_000_000, "lon_e7": 1_800_000_000, "accuracy_m": 10**6, "age_s": 10**7}),
    "a camera's notebook": lambda body: body["photos"][0].update(exif={"DateTimeOriginal": "2025:06:12 10:00:00", "Make": "华为 📷", "MakerNote": "x" * 50_000}),
    "the same photo twice": lambda body: body["photos"].append(body["photos"][0]),
    "five hundred characters": lambda body: body.update(words="积" * 500),
    "letters of all kinds": lambda body: body.update(words="𠮷 \u202e \ufeff \u200d 👩‍👩‍👧 \\u0000 ' \" ; --"),
    "a word of the database": lambda body: body.update(words="'); DROP TABLE finding; --"),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_odd_but_possible_is_taken(town: County, as_, odd: str):
    lin, finding, body = as_("lin"), uuid4(), a_report(town)
    ODD[odd](body)

    [answer] = lin.push(lin.command("finding.report", finding, body))

    assert answer["answer"] == "ok", answer
    assert town.session.get_one(findings.Finding, finding).words == body["words"]
    assert lin.pull()["rows"]


def test_the_same_visit_under_another_command_is_refused_and_never_asked_for_again(town: County, as_):
    lin, visit = as_("lin"), uuid4()
    [first] = lin.push(lin.command("visit.finish", visit, a_visit(town)))

    [again] = lin.push(lin.command("visit.finish", visit, a_visit(town)))

    assert (first["answer"], again["answer"], again["code"]) == ("ok", "refused", "inspections.visit_known")


@pytest.mark.parametrize("verb", ["finding.report", "visit.finish"])
def test_the_same_finding_under_another_command_is_refused(town: County, as_, verb: str):
    lin, finding = as_("lin"), uuid4()
    lin.push(lin.command("finding.report", finding, a_report(town)))
    body = a_report(town) if verb == "finding.report" else a_visit(town, findings=[{"id": str(finding), "criterion": "25.07", "photos": [told_photo(town)]}])

    [again] = lin.push(lin.command(verb, finding if verb == "finding.report" else uuid4(), body))

    assert (again["answer"], again["code"]) == ("refused", "findings.no_such_finding")
    assert town.entries(finding).count("finding.reported") == 1


def test_a_phone_hears_its_highest_count_whatever_became_of_the_commands(town: County, as_):
    lin, qian = as_("lin"), as_("qian")
    lin.push(lin.command("finding.report", uuid4(), a_report(town), n=41), lin.command("finding.report", uuid4(), a_report(town, photos=[]), n=44))
    lin.push(lin.command("finding.dance", uuid4(), {}, n=90))

    assert sync.last_n(town.session, named("lin's phone"), named("lin")) == 44
    assert (lin.pull()["last_n"], qian.pull()["last_n"], lin.get(f"/api/pull?device={qian.device}").json["last_n"]) == (44, 0, 0)


def test_a_held_command_waits_in_a_line_and_the_line_moves_at_once(town: County, as_):
    """Each waits for the one before; the first comes last."""
    lin, subjects = as_("lin"), [uuid4() for _ in range(6)]
    commands: list[dict[str, Any]] = []
    for subject in subjects:
        commands.append(lin.command("finding.report", subject, a_report(town), **({"after": commands[-1]["id"]} if commands else {})))

    assert {answer["answer"] for command in reversed(commands[1:]) for answer in lin.push(command)} == {"held"}
    assert lin.push(commands[0])[0]["answer"] == "ok"

    order = [town.session.get_one(findings.Finding, subject).number for subject in subjects]
    assert order == sorted(order)
    assert {answer["answer"] for answer in lin.push(*commands)} == {"duplicate"}


def test_what_waited_for_a_refused_command_is_judged_by_itself(town: County, as_):
    """A refusal is an answer too: what comes after it need not wait for ever."""
    lin, finding = as_("lin"), uuid4()
    bad = lin.command("finding.report", uuid4(), a_report(town, photos=[]))
    good = lin.command("finding.report", finding, a_report(town), after=bad["id"])

    assert lin.push(good)[0]["answer"] == "held"
    assert lin.push(bad)[0]["answer"] == "refused"

    assert town.session.get_one(findings.Finding, finding).state == State.ASSIGNED


def test_two_that_wait_for_each_other_are_both_done_after_five_days(town: County, as_):
    lin, first, second = as_("lin"), uuid4(), uuid4()
    one = lin.command("finding.report", first, a_report(town), after=str(derived_id("two")))
    two = lin.command("finding.report", second, a_report(town), after=one["id"]) | {"id": str(derived_id("two"))}
    assert [answer["answer"] for answer in lin.push(one, two)] == ["held", "held"]

    town.later(days=6)
    do_stale(town.at)  # as the job runner does

    assert {answer["answer"] for answer in lin.push(one, two)} == {"duplicate"}
    assert sync.release_stale(town.session, now=town.at) == 0


def test_somebody_elses_command_sent_again_tells_nothing(town: County, as_):
    lin, qian = as_("lin"), as_("qian")
    command = lin.command("finding.report", uuid4(), a_report(town))
    lin.push(command)

    [answer] = qian.push(command)

    assert (answer["answer"], answer["code"]) == ("refused", "sync.id_reused")
    assert "seq" not in answer


def test_a_change_of_duty_between_holding_and_doing_counts(town: County, as_):
    """What is done late is done with the standing of that moment."""
    lin, finding = as_("lin"), uuid4()
    before = lin.command("finding.report", uuid4(), a_report(town))
    held = lin.command("finding.report", finding, a_report(town), after=before["id"])
    lin.push(held)
    with town.acting("ma") as act:
        act.session.execute(delete(Post).where(Post.person_id == named("lin")))

    assert lin.push(before)[0]["code"] == "accounts.not_your_duty"
    assert lin.push(held)[0]["code"] == "accounts.not_your_duty"
    assert json.loads(town.session.get_one(sync.CommandRow, UUID(held["id"])).text)["subject"] == str(finding)


def test_a_hundred_lost_answers_in_a_row_change_nothing(town: County, as_):
    """The network eats answers at random; the phone asks until it has heard all."""
    lin, dice = as_("lin"), random.Random(12)
    commands = [lin.command("finding.report", uuid4(), a_report(town)) for _ in range(10)]
    heard: dict[str, list[dict[str, Any]]] = {command["id"]: [] for command in commands}

    while any(len(answers) < 10 for answers in heard.values()):
        for answer in lin.push(*dice.sample(commands, dice.randint(1, 5))):
            heard[answer["id"]].append(answer)

    for command in commands:
        first, *more = heard[command["id"]]
        assert all(same(first, again) for again in more)
        assert town.entries(UUID(command["subject"])).count("finding.reported") == 1


@pytest.fixture
def broken(monkeypatch):
    """A book in which one subject makes any verb fail, as a fault of ours would; mended on request."""
    book, bad = dict(sync.BOOK), set()

    def failing(page: Any) -> Any:
        def run(act: Any, standing: Any, subject: UUID, body: Any) -> object:
            return 1 // 0 if subject in bad else page.run(act, standing, subject, body)

        return type(page)(page.body, run)

    monkeypatch.setattr("fieldbook.sync.inbox.BOOK", {verb: failing(page) for verb, page in book.items()})
    return bad


def test_a_fault_in_one_that_waited_stops_neither_the_first_nor_the_others_and_is_tried_again(town: County, as_, broken):
    lin, subjects = as_("lin"), [uuid4() for _ in range(3)]
    before = lin.command("finding.report", subjects[0], a_report(town))
    bad, good = (lin.command("finding.report", subject, a_report(town), after=before["id"]) for subject in subjects[1:])
    broken.add(subjects[1])
    lin.push(bad, good)

    [first] = lin.push(before)
    [still, done] = lin.push(bad, good)
    broken.clear()
    [at_last] = lin.push(bad)

    assert (first["answer"], still["answer"], done["answer"], at_last["answer"]) == ("ok", "retry", "duplicate", "duplicate")
    assert [town.entries(subject).count("finding.reported") for subject in subjects] == [1, 1, 1]


def test_a_fault_in_one_that_waited_too_long_does_not_stop_the_rest(town: County, as_, broken):
    lin, subjects = as_("lin"), [uuid4() for _ in range(3)]
    commands = [lin.command("finding.report", subject, a_report(town), after=str(uuid4())) for subject in subjects]
    lin.push(*commands)
    broken.add(subjects[0])

    town.later(days=6)
    do_stale(town.at)

    assert [town.entries(subject).count("finding.reported") for subject in subjects] == [0, 1, 1]
    broken.clear()
    do_stale(town.at)
    assert town.entries(subjects[0]).count("finding.reported") == 1
