"""Every verb as a phone says it: once however often it is sent, refused with a code, and seen by those it concerns."""

from datetime import timedelta

from fieldbook.kernel import to_ms
from tests.county import County, named
from tests.twin import Twin


def row(twin: Twin, finding: object) -> dict:
    return twin.pull().of("finding").get(str(finding))  # type: ignore[return-value]


def test_a_dispute_sent_twice_is_one_and_the_dispatcher_hears_it(town: County, as_):
    finding = town.finding()
    zhao, chen, unit = as_("zhao"), Twin(as_("chen")).pull(), Twin(as_("zhao")).pull()
    command = zhao.command("finding.dispute", finding.id, {"words": "管线不归市场"})

    answers = [zhao.push(command)[0]["answer"] for _ in range(2)]

    assert answers == ["ok", "duplicate"]
    told = row(chen, finding.id)
    assert (told["state"], told["unit"], told["disputed"]["words"], told["disputed"]["by_name"]) == ("to_assign", None, "管线不归市场", "Zhao")
    assert {"assign", "supervise"} <= set(told["may"])
    assert row(unit, finding.id) is None  # no longer theirs


def test_a_second_dispute_of_the_same_unit_is_refused_with_its_code(town: County, as_):
    finding = town.say("assign", town.say("dispute", town.finding()), unit=named("market"))
    zhao = as_("zhao")

    [answer] = zhao.push(zhao.command("finding.dispute", finding.id, {"words": "还是不归"}))

    assert (answer["answer"], answer["code"]) == ("refused", "findings.already_disputed")
    assert answer["message"].endswith("。")


def test_more_time_is_asked_for_on_the_phone_and_its_answer_comes_back(town: County, as_):
    finding = town.finding(state="accepted")
    zhao, unit, chen = as_("zhao"), Twin(as_("zhao")).pull(), as_("chen")
    wanted = to_ms(finding.due_at + timedelta(days=4))

    [asked] = zhao.push(zhao.command("finding.ask_extension", finding.id, {"due_at": wanted, "words": "等配件", "photos": []}))
    waits = row(unit, finding.id)
    [given] = chen.push(chen.command("finding.extend", finding.id, {"due_at": wanted, "words": ""}))
    told = row(unit, finding.id)

    assert (asked["answer"], given["answer"]) == ("ok", "ok")
    assert (waits["extension"]["due_at"], waits["extended"]) == (wanted, 0)
    assert (told["extension"], told["extended"], told["due_at"]) == (None, 1, wanted)
    assert [step["verb"] for step in told["course"]][-2:] == ["extension_asked", "extended"]


def test_deferred_and_supervised_stand_in_the_row_with_their_dates(town: County, as_):
    finding = town.finding()
    ma, unit = as_("ma"), Twin(as_("zhao")).pull()
    until = to_ms(town.at + timedelta(days=20))

    answers = ma.push(
        ma.command("finding.supervise", finding.id, {"words": "校门口"}),
        ma.command("finding.defer", finding.id, {"until": until, "words": "雨季后施工"}),
    )

    told = row(unit, finding.id)
    assert [answer["answer"] for answer in answers] == ["ok", "ok"]
    assert (told["state"], told["deferred_until"], told["supervised_at"]) == ("deferred", until, to_ms(town.at))


def test_a_body_with_a_key_too_many_or_a_word_too_few_is_refused(town: County, as_):
    finding = town.finding()
    ma = as_("ma")
    bad = [
        ("finding.defer", {"until": 1, "words": "x", "more": 1}),
        ("finding.defer", {"words": "x"}),
        ("finding.supervise", {"words": 1}),
        ("finding.merge", {"into": "nobody"}),
        ("finding.ask_extension", {"due_at": 1.5, "words": "x"}),
        ("photo.give_up", {"sha256": "short", "words": "x"}),
    ]

    answers = [ma.push(ma.command(verb, finding.id, body))[0] for verb, body in bad]

    assert {answer["answer"] for answer in answers} == {"refused"}
    assert {answer["code"] for answer in answers} == {"sync.bad_command"}
