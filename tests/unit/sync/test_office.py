"""What the office decides: work done under a post that has ended, and what a revoked phone still hands in. Nothing lost, nothing done unseen."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from fieldbook import accounts, findings, sync
from fieldbook.accounts import Duty, Post
from fieldbook.findings import Finding, State
from fieldbook.ops.work import do_stale
from tests.county import County, named
from tests.unit.sync.test_inbox import a_report, a_visit, told_photo

PHONE = named("lin's phone")


def end_posts(town: County, who: str) -> None:
    with town.acting("ma") as act:
        for post in act.session.scalars(select(Post).where(Post.person_id == named(who), Post.ended_at.is_(None))).all():
            accounts.end_post(act, post.id)


def move_to(town: County, who: str, zone: str) -> None:
    end_posts(town, who)
    with town.acting("ma") as act:
        accounts.make_post(act, named(who), Duty.INSPECTOR, area_id=named(zone))


def waiting(town: County, who: str = "chen") -> list[sync.Held]:
    town.session.rollback()
    return sync.held(town.session, town.standing(who))


def take_in(town: County, command: str, who: str = "chen") -> None:
    with town.acting(who) as act:
        sync.take_in(act, town.standing(who), UUID(command))
    sync.follow(town.session, UUID(command), now=town.at)


def decline(town: County, command: str, words: str, who: str = "chen") -> None:
    with town.acting(who) as act:
        sync.decline(act, town.standing(who), UUID(command), words=words)


def test_work_of_a_zone_that_was_taken_away_meanwhile_is_held_with_its_photos_and_a_receipt(town: County, as_: Any):
    lin = as_("lin")
    report, visit = lin.command("finding.report", uuid4(), a_report(town)), lin.command("visit.finish", uuid4(), a_visit(town))
    town.later(hours=2)
    move_to(town, "lin", "zone3")

    answers = lin.push(report, visit)

    assert [(answer["answer"], answer["code"]) for answer in answers] == [("held", "sync.out_of_scope")] * 2
    assert all(answer["seq"] and answer["head"] and "调度员" in answer["message"] for answer in answers)
    assert [(one.verb, one.person, len(one.photos)) for one in waiting(town)] == [("finding.report", named("lin"), 1), ("visit.finish", named("lin"), 1)]
    assert town.session.get(Finding, UUID(report["subject"])) is None
    assert town.entries(UUID(report["id"])) == ["command.held"]


def test_what_was_held_brings_its_photos_from_the_phone_that_named_them(town: County, as_: Any):
    from tests.county import picture

    lin = as_("lin")
    body = a_report(town)
    move_to(town, "lin", "zone3")
    lin.push(lin.command("finding.report", uuid4(), body))

    stored = lin.put_photo(picture(town._seed), body["photos"][0]["sha256"])

    assert stored.status_code == 200
    assert stored.json["receipt"]["seq"] > 0
    assert sync.sees_held_photo(town.session, town.standing("chen"), body["photos"][0]["sha256"])
    assert not sync.sees_held_photo(town.session, town.standing("qian"), body["photos"][0]["sha256"])


def test_taken_in_it_counts_under_the_name_of_who_saw_it_and_their_phone_hears_so(town: County, as_: Any):
    lin = as_("lin")
    command = lin.command("finding.report", uuid4(), a_report(town))
    move_to(town, "lin", "zone3")
    [first] = lin.push(command)

    take_in(town, command["id"])

    finding = town.session.get_one(Finding, UUID(command["subject"]))
    assert (finding.reporter_id, finding.zone_id, finding.state) == (named("lin"), named("zone6"), State.ASSIGNED)
    [again] = lin.push(command)
    assert (again["answer"], again["first_answer"]["answer"]) == ("duplicate", "held")
    assert again["first_answer"] == {key: value for key, value in first.items() if key != "id"}
    assert town.entries(UUID(command["id"])) == ["command.held", "command.taken_in"]
    assert waiting(town) == []
    town.deliver()


def test_declined_it_stays_as_it_came_and_the_phone_hears_why(town: County, as_: Any):
    lin = as_("lin")
    command = lin.command("finding.report", uuid4(), a_report(town))
    move_to(town, "lin", "zone3")
    lin.push(command)

    with pytest.raises(sync.ReasonMissing):
        decline(town, command["id"], "  ")
    decline(town, command["id"], "已由新的巡查员上报。")

    [again] = lin.push(command)
    assert (again["answer"], again["code"]) == ("refused", "sync.declined")
    assert "已由新的巡查员上报。照片" in again["message"]
    assert town.session.get(Finding, UUID(command["subject"])) is None
    with pytest.raises(sync.DecidedAlready):
        take_in(town, command["id"])


def test_a_unit_that_was_changed_meanwhile_still_hands_in_what_it_put_right(town: County, as_: Any):
    finding = town.finding()
    zhao = as_("zhao")
    command = zhao.command("finding.rectify", finding.id, {"photos": [told_photo(town)], "words": "已清理"})
    end_posts(town, "zhao")

    [answer] = zhao.push(command)
    town.later(days=1)
    take_in(town, command["id"])

    assert answer["code"] == "sync.out_of_scope"
    done = town.fresh(finding)
    assert (done.state, done.rectifier_id, done.rectifying_unit_id) == (State.RECTIFIED, named("zhao"), named("market"))
    town.deliver()


def test_a_verdict_said_after_the_post_was_lost_is_refused_and_held_by_nobody(town: County, as_: Any):
    """Evidence is kept for somebody to look at; a decision belongs to who holds the post now."""
    finding = town.finding(state="rectified")
    wu = as_("wu")
    end_posts(town, "wu")

    [answer] = wu.push(wu.command("finding.clear", finding.id, {"words": ""}))

    assert (answer["answer"], answer["code"]) == ("refused", "findings.no_such_finding")
    assert waiting(town, "ma") == []


def test_a_place_that_was_never_theirs_is_refused_like_one_that_does_not_exist(town: County, as_: Any):
    qian = as_("qian")
    move_to(town, "qian", "zone3")

    answers = qian.push(*(qian.command("finding.report", uuid4(), a_report(town, place=str(place))) for place in (named("城南农贸市场"), uuid4())))

    assert [(answer["answer"], answer["code"]) for answer in answers] == [("refused", "places.no_such_place")] * 2
    assert waiting(town, "ma") == []


def test_only_who_dispatches_there_decides(town: County, as_: Any):
    lin = as_("lin")
    command = lin.command("finding.report", uuid4(), a_report(town))
    move_to(town, "lin", "zone3")
    lin.push(command)

    counted = {who: sync.count_held(town.session, town.standing(who)) for who in ("chen", "ma", "lin", "qian", "wu", "sun", "zhao")}

    assert counted == {"chen": 1, "ma": 1, "lin": 0, "qian": 0, "wu": 0, "sun": 0, "zhao": 0}
    for who in ("wu", "sun"):
        with pytest.raises(sync.DecidedAlready):
            take_in(town, command["id"], who)


def test_what_follows_something_held_waits_with_it_however_long_and_comes_after_it(town: County, as_: Any):
    lin = as_("lin")
    subject = uuid4()
    report = lin.command("finding.report", subject, a_report(town))
    follows = lin.command("finding.report", uuid4(), a_report(town, place=str(named("东门街")), kind="02", criterion=None, manual=None, reasons=[]), after=report["id"])
    move_to(town, "lin", "zone3")

    lin.push(report)
    [held] = lin.push(follows)
    town.later(days=9)
    do_stale(town.at)
    [still] = lin.push(follows)
    take_in(town, report["id"])
    [then] = lin.push(follows)

    assert (held["answer"], still["answer"], then["answer"]) == ("held", "held", "duplicate")
    town.deliver()


def test_what_a_dispatcher_takes_in_too_late_goes_on_waiting_and_can_be_declined(town: County, as_: Any):
    """The finding was cleared meanwhile by another way."""
    finding = town.finding()
    zhao = as_("zhao")
    command = zhao.command("finding.rectify", finding.id, {"photos": [told_photo(town)], "words": ""})
    with town.acting("ma") as act:
        accounts.make_post(act, named("eve"), Duty.RECTIFIER, unit_id=named("market"))
    end_posts(town, "zhao")
    zhao.push(command)
    town.say("rectify", finding, "eve")

    with pytest.raises(findings.NotNow):
        take_in(town, command["id"])

    assert [str(one.id) for one in waiting(town)] == [command["id"]]
    decline(town, command["id"], "已由同事整改")
    assert waiting(town) == []
    town.deliver()


def test_a_revoked_phone_hands_in_what_it_holds_and_nothing_of_it_is_done(town: County, as_: Any):
    lin = as_("lin")
    command = lin.command("finding.report", uuid4(), a_report(town))
    with town.acting("ma") as act:
        accounts.revoke_phone(act, PHONE, named("lin"))

    [answer] = lin.push(command, queued=2)
    [again] = lin.push(command)

    assert (answer["answer"], answer["code"]) == ("held", "sync.phone_revoked")
    assert again["first_answer"] == {key: value for key, value in answer.items() if key != "id"}
    assert town.session.get(Finding, UUID(command["subject"])) is None
    assert [(one.why, one.n) for one in waiting(town)] == [("phone_revoked", 1)]
    assert lin.get("/api/pull").json["code"] == "accounts.device_revoked"

    take_in(town, command["id"])
    assert town.session.get_one(Finding, UUID(command["subject"])).reporter_id == named("lin")
    town.deliver()


def test_a_revoked_phone_that_has_emptied_itself_is_noted_and_its_session_is_over(town: County, as_: Any):
    lin = as_("lin")
    with town.acting("ma") as act:
        accounts.revoke_phone(act, PHONE, named("lin"))

    told = lin.post("/api/wiped", {"last_n": 4, "lost": 1})

    assert told.status_code == 200
    assert lin.get("/api/me").json["code"] == "web.login_needed"
    town.session.rollback()
    assert town.session.get_one(accounts.Phone, (PHONE, named("lin"))).wiped_at == town.at
    assert town.entries(named("lin"))[-1] == "phone.wiped"


def test_a_stolen_phone_is_emptied_at_once_and_nothing_more_is_taken_from_it(town: County, as_: Any):
    lin = as_("lin")
    with town.acting("ma") as act:
        accounts.mark_stolen(act, PHONE, named("lin"))

    answers = [lin.get("/api/pull"), lin.post("/api/push", {"device": lin.device, "commands": []}), lin.put_photo(b"x")]

    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(401, "accounts.device_revoked_at_once")] * 3
    assert {answer.headers["Clear-Site-Data"] for answer in answers} == {'"cache", "storage"'}
    assert lin.post("/api/wiped", {}).status_code == 200


def test_a_phone_in_use_cannot_say_that_it_was_emptied(town: County, as_: Any):
    lin = as_("lin")

    assert lin.post("/api/wiped", {}).status_code == 403
    assert lin.get("/api/me").status_code == 200


def test_what_a_revoked_phone_put_right_before_it_saw_the_assignment_cannot_be_taken_in(town: County, as_: Any):
    finding = town.finding()
    zhao = as_("zhao")
    command = zhao.command("finding.rectify", finding.id, {"photos": [told_photo(town)]}) | {"seen_seq": 1}
    with town.acting("ma") as act:
        accounts.revoke_phone(act, named("zhao's phone"), named("zhao"))
    [answer] = zhao.push(command)

    with pytest.raises(findings.SeenTooLittle):
        take_in(town, command["id"], "ma")

    assert answer["code"] == "sync.phone_revoked"
    assert town.fresh(finding).state == State.ASSIGNED
    assert [one.id for one in waiting(town, "ma")] == [UUID(command["id"])]
