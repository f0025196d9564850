"""Ways aside: merged into another, disputed by the unit, given more time, watched, put off, opened again."""

from datetime import timedelta
from pathlib import Path

import pytest

from fieldbook import accounts, findings
from fieldbook.accounts import Duty, NotYourDuty
from fieldbook.findings import Finding, State
from fieldbook.kernel import Job, new_id
from fieldbook.ops import work
from tests.county import County, named


def card(town: County, finding: Finding, who: str = "ma", language: str = "zh") -> dict:
    return findings.cards(town.session, town.standing(who), [town.fresh(finding)], now=town.at, language=language)[0]


# ---- merge


def test_a_merged_report_keeps_its_photos_and_the_other_one_shows_it(town: County):
    target, twice = town.finding(), town.report("zhao")

    merged = town.say("merge", twice, into=target.id)

    assert (merged.state, merged.merged_into) == (State.MERGED, target.id)
    assert card(town, merged)["merged_into"] == {"id": str(target.id), "number": target.number}
    assert len(card(town, merged)["before"]) == 1
    assert card(town, target)["joined"] == [{"id": str(merged.id), "number": merged.number}]
    assert len(card(town, target)["before"]) == 1
    assert town.entries(target.id)[-1] == "finding.joined"


def test_a_report_is_not_merged_into_itself_a_closed_one_or_one_that_was_merged(town: County):
    twice, cleared, merged = town.report("zhao"), town.finding(state="cleared"), town.report("zhao", photos=[town.photo()])
    town.say("merge", merged, into=town.finding().id)

    for into in (twice, cleared, merged):
        with pytest.raises(findings.CannotMerge):
            town.say("merge", twice, into=into.id)
    assert town.fresh(twice).state == State.TO_SCREEN


def test_a_report_is_not_merged_into_one_that_the_dispatcher_does_not_see(town: County):
    twice = town.report("zhao")
    elsewhere = town.report("qian", place="东门街", criterion="02.01")

    for into in (elsewhere.id, new_id()):
        with pytest.raises(findings.NoSuchFinding):
            town.say("merge", twice, into=into)


# ---- dispute


def test_a_disputed_finding_waits_for_the_area_and_charges_the_unit_nothing(town: County):
    finding = town.finding()

    disputed = town.say("dispute", finding, words="管线不归市场")

    assert (disputed.state, disputed.unit_id, disputed.due_at, disputed.assigned_at) == (State.TO_ASSIGN, None, None, None)
    assert card(town, disputed)["disputed"] == {"words": "管线不归市场", "by_name": "Zhao", "at": findings_ms(town)}
    assert not findings.sees(town.standing("zhao"), disputed)


def findings_ms(town: County) -> int:
    return round(town.at.timestamp() * 1000)


def test_the_next_assignment_starts_a_new_clock_and_ends_the_mark(town: County):
    finding = town.finding()
    town.later(days=1)
    town.say("dispute", finding)
    town.later(hours=1)

    again = town.say("assign", finding, unit=named("roads"))

    assert (again.disputed_at, again.assigned_at, card(town, again)["disputed"]) == (None, town.at, None)
    assert again.due_at == findings.due(findings.calendar(town.session), town.at, days=findings.days_given(town.session, again))[0]


def test_a_unit_disputes_a_finding_once_and_another_unit_may_too(town: County):
    finding = town.finding()
    town.say("dispute", finding)
    town.say("assign", finding, unit=named("market"))

    with pytest.raises(findings.AlreadyDisputed):
        town.say("dispute", finding)
    assert "dispute" not in findings.may(town.standing("zhao"), town.fresh(finding), town.at)

    town.say("assign", finding, unit=named("roads"))
    assert town.say("dispute", finding, who="he").disputed_units == [str(named("market")), str(named("roads"))]


def test_the_rules_pass_over_a_unit_that_disputed(town: County):
    finding = town.say("dispute", town.finding())

    assert findings.unit_of(town.session, finding) == (None, None)


def test_a_dispute_needs_words(town: County):
    with pytest.raises(findings.WordsMissing):
        town.say("dispute", town.finding(), words=" ")


# ---- extend


def test_asking_for_more_time_is_a_mark_and_the_clock_runs_on(town: County):
    finding = town.finding(state="accepted")
    due_at, wanted = finding.due_at, finding.due_at + timedelta(days=3)

    asked = town.say("ask_extension", finding, due_at=wanted, words="等配件", photos=[town.photo(arrived=True)])

    told = card(town, asked)
    assert (asked.state, asked.due_at) == (State.ACCEPTED, due_at)
    assert (told["extension"]["words"], told["extension"]["asked_by_name"], told["extension"]["due_at"]) == ("等配件", "Zhao", round(wanted.timestamp() * 1000))
    assert len(told["under_way"]) == 1
    assert "ask_extension" not in findings.may(town.standing("zhao"), asked, town.at)
    with pytest.raises(findings.AlreadyAsked):
        town.say("ask_extension", asked)


def test_granting_it_moves_the_deadline_and_counts(town: County):
    finding = town.finding()
    due_at, later = finding.due_at, finding.due_at + timedelta(days=2)
    town.say("ask_extension", finding)

    extended = town.say("extend", finding, due_at=later)

    assert (extended.due_at, extended.extended, extended.asked_id, extended.provisional) == (later, 1, None, False)
    answered = town.session.query(findings.Extension).one()
    assert (answered.granted, answered.answered_by, answered.due_before) == (True, named("chen"), due_at)


def test_refusing_it_leaves_the_deadline(town: County):
    finding = town.say("ask_extension", town.finding())
    due_at = finding.due_at

    refused = town.say("refuse_extension", finding, words="人手够")

    assert (refused.due_at, refused.extended, refused.asked_id) == (due_at, 0, None)
    assert town.session.query(findings.Extension).one().granted is False
    with pytest.raises(findings.NothingAsked):
        town.say("refuse_extension", refused)


def test_the_second_extension_is_the_countys(town: County):
    finding = town.finding()
    town.say("extend", finding, due_at=finding.due_at + timedelta(days=1))

    with pytest.raises(findings.NeedsHigher):
        town.say("extend", town.fresh(finding), due_at=finding.due_at + timedelta(days=2))
    assert "extend" not in findings.may(town.standing("chen"), town.fresh(finding), town.at)
    assert town.say("extend", finding, who="ma", due_at=finding.due_at + timedelta(days=2)).extended == 2


def test_more_time_is_asked_for_before_the_deadline_and_must_be_more(town: County):
    finding = town.finding()

    with pytest.raises(findings.DueNotLater):
        town.say("ask_extension", finding, due_at=finding.due_at)
    with pytest.raises(findings.DueNotLater):
        town.say("extend", finding, due_at=finding.due_at - timedelta(hours=1))
    with pytest.raises(findings.WordsMissing):
        town.say("ask_extension", finding, words="")
    town.at = finding.due_at
    with pytest.raises(findings.TooLateToAsk):
        town.say("ask_extension", finding)


def test_handing_it_in_or_to_another_unit_ends_the_request(town: County):
    one, other = town.say("ask_extension", town.finding()), town.say("ask_extension", town.finding())

    assert town.say("rectify", one).asked_id is None
    assert town.say("assign", other).asked_id is None


# ---- supervise


def test_supervision_is_a_mark_that_may_shorten_the_deadline(town: County):
    finding = town.finding()
    due_at, sooner = finding.due_at, finding.due_at - timedelta(hours=3)

    watched = town.say("supervise", finding, due_at=sooner)

    assert (watched.state, watched.supervised_at, watched.due_at) == (State.ASSIGNED, town.at, sooner)
    with pytest.raises(findings.DueNotSooner):
        town.say("supervise", watched, due_at=due_at)
    with pytest.raises(findings.DueNotSooner):
        town.say("supervise", town.finding(state="to_assign"), due_at=sooner)


# ---- defer and resume


def test_a_deferred_finding_is_not_overdue_and_stays_counted(town: County):
    finding = town.finding(state="accepted")
    deferred = town.say("defer", finding, until=town.at + timedelta(days=40))
    town.later(days=30)

    views = findings.view_counts(town.session, town.standing("ma"), findings.Filters(), now=town.at, views=["overdue", "open", "deferred"])

    assert (deferred.state, deferred.deferred_until is not None) == (State.DEFERRED, True)
    assert views == {"overdue": 0, "open": 1, "deferred": 1}


def test_only_headquarters_defers(town: County):
    for who in ("chen", "wu", "zhao"):
        with pytest.raises(NotYourDuty):
            town.say("defer", town.finding(), who=who)
    with pytest.raises(findings.BadDue):
        town.say("defer", town.finding(), until=town.at)


def test_resumed_it_has_the_working_time_that_was_left(town: County):
    finding = town.finding(state="accepted")
    calendar = findings.calendar(town.session)
    left = findings.working_hours_between(calendar, town.at, finding.due_at)
    town.say("defer", finding)
    town.later(days=12)

    resumed = town.say("resume", finding)

    assert (resumed.state, resumed.deferred_until) == (State.ACCEPTED, None)
    assert findings.working_hours_between(calendar, town.at, resumed.due_at) == pytest.approx(max(left, 7))


def test_what_was_overdue_when_it_was_deferred_gets_one_working_day(town: County):
    finding = town.finding()
    town.at = finding.due_at + timedelta(days=5)
    town.say("defer", finding)
    town.later(days=12)

    resumed = town.say("resume", finding)

    assert findings.working_hours_between(findings.calendar(town.session), town.at, resumed.due_at) == pytest.approx(7)


def test_at_its_date_it_resumes_by_itself(town: County):
    deferred = town.say("defer", town.finding(), until=town.at + timedelta(days=8))
    [job] = town.session.query(Job).all()
    assert (job.kind, job.subject, job.due) == (findings.RESUME, deferred.id, deferred.deferred_until)
    town.session.rollback()

    work.resume_deferred(job, town.later(days=7))
    early = town.fresh(deferred).state
    work.resume_deferred(job, town.later(days=1))
    work.resume_deferred(job, town.at)

    assert (early, town.fresh(deferred).state) == (State.DEFERRED, State.ACCEPTED)
    assert town.entries(deferred.id).count("finding.resumed") == 1


def test_the_job_runner_does_it_when_it_is_due_and_not_before(town: County, tmp_path: Path):
    deferred = town.say("defer", town.finding(), until=town.at + timedelta(days=8))

    did = [work.do_job(tmp_path, town.later(days=days)) for days in (7, 1, 1)]

    assert (did, town.fresh(deferred).state) == ([False, True, False], State.ACCEPTED)


def test_put_off_once_more_it_waits_for_the_later_date(town: County):
    deferred = town.say("defer", town.finding(), until=town.at + timedelta(days=8))
    since = deferred.deferred_at
    again = town.say("defer", town.fresh(deferred), until=town.at + timedelta(days=30))
    first = min(town.session.query(Job).all(), key=lambda job: job.due)
    town.session.rollback()

    work.resume_deferred(first, town.later(days=8))

    assert (again.deferred_at, town.fresh(again).state) == (since, State.DEFERRED)


# ---- reopen


def test_reopened_it_goes_to_the_same_unit_again_with_half_the_time(town: County):
    cleared = town.say("clear", town.say("rectify", town.report(criterion="25.02")))
    town.later(days=1)

    reopened = town.say("reopen", cleared, words="又堵了")

    assert (reopened.state, reopened.unit_id, reopened.why_unit, reopened.nth) == (State.ASSIGNED, named("market"), "again", 2)
    assert (reopened.cleared_at, reopened.rectifier_id, reopened.accepted_at) == (None, None, None)
    assert card(town, reopened)["recurrence"] == 2
    assert reopened.clock_days == 3  # of the seven that the criterion gives
    assert town.say("clear", town.say("rectify", reopened)).state == State.CLEARED


def test_what_was_fixed_on_the_spot_goes_where_the_rules_send_it(town: County):
    fixed = town.say("clear", town.report("lin", fixed=findings.Fixed(photos=[town.photo(arrived=True)])))
    nobodys = town.say("clear", town.report("lin", place="南门桥头", criterion=None, fixed=findings.Fixed(photos=[town.photo(arrived=True)])))

    reopened = town.say("reopen", fixed)
    assert (reopened.unit_id, reopened.why_unit, reopened.on_spot) == (named("market"), "place", False)
    with pytest.raises(findings.UnitMissing):
        town.say("reopen", nobodys)
    assert town.say("reopen", nobodys, unit=named("roads")).unit_id == named("roads")


def test_a_phone_that_has_not_seen_the_reopening_cannot_hand_in(town: County):
    reopened = town.say("reopen", town.finding(state="cleared"))

    with pytest.raises(findings.SeenTooLittle), town.acting("zhao", seen_seq=1) as act:
        findings.rectify(act, town.standing("zhao"), reopened.id, photos=[town.photo()])


# ---- photos that never come


def test_a_photo_that_never_comes_is_given_up_and_the_others_are_proof(town: County):
    gone = town.photo()
    handed_in = town.say("rectify", town.finding(), photos=[town.photo(arrived=True), gone])
    with pytest.raises(findings.PhotosOnTheWay):
        town.say("clear", handed_in)
    assert "give_up" in card(town, handed_in, "wu")["may"]

    town.say("give_up", handed_in, sha256=gone.sha256)

    assert [photo["state"] for photo in card(town, handed_in, "wu")["after"]] == ["checked", "given_up"]
    assert "give_up" not in card(town, handed_in, "wu")["may"]
    assert town.say("clear", handed_in).state == State.CLEARED


def test_without_one_photo_that_arrived_it_can_only_be_returned(town: County):
    gone = town.photo()
    handed_in = town.say("rectify", town.finding(), photos=[gone])
    town.say("give_up", handed_in, sha256=gone.sha256, who="chen")

    with pytest.raises(findings.PhotosOnTheWay):
        town.say("clear", handed_in)
    assert town.say("return", handed_in, reason="no_photo").state == State.RETURNED


def test_a_photo_that_is_here_is_not_given_up(town: County):
    finding = town.finding()
    here = town.photo(arrived=True)
    handed_in = town.say("rectify", finding, photos=[here])

    for sha256 in (here.sha256, "0" * 64):
        with pytest.raises(findings.PhotoNotMissing):
            town.say("give_up", handed_in, sha256=sha256)
    with pytest.raises(NotYourDuty):
        town.say("give_up", handed_in, sha256=here.sha256, who="zhao")


# ---- taking back


def test_an_assignment_can_be_taken_back_for_ten_minutes_and_all_is_as_before(town: County):
    waiting = town.finding(state="to_assign")
    town.say("assign", waiting, unit=named("roads"))
    town.later(minutes=10)

    back = town.say("take_back", waiting)

    assert (back.state, back.unit_id, back.due_at, back.assigned_at) == (State.TO_ASSIGN, None, None, None)
    assert findings.may(town.standing("chen"), back, town.at) == findings.may(town.standing("chen"), town.finding(state="to_assign"), town.at)


def test_taken_back_it_stands_with_the_unit_that_had_it_and_its_clock(town: County):
    accepted = town.finding(state="accepted")
    before = (accepted.state, accepted.unit_id, accepted.due_at, accepted.assigned_at, accepted.accepted_at)
    town.say("assign", accepted, unit=named("roads"))

    back = town.say("take_back", accepted)

    assert (back.state, back.unit_id, back.due_at, back.assigned_at, back.accepted_at) == before


def test_what_comes_back_again_and_again_may_go_to_another_unit(town: County):
    fixed = town.report("lin", fixed=findings.Fixed(photos=[town.photo(arrived=True)]))
    returned = town.say("return", fixed)

    given = town.say("assign", returned, unit=named("roads"))

    assert (given.state, given.unit_id, given.returned, given.on_spot) == (State.ASSIGNED, named("roads"), 1, False)
    assert findings.may(town.standing("lin"), given, town.at) == []
    back = town.say("take_back", given)
    assert (back.state, back.on_spot, findings.may(town.standing("lin"), back, town.at)) == (State.RETURNED, True, ["rectify"])


def test_taken_back_the_dispute_still_waits(town: County):
    disputed = town.say("dispute", town.finding(), words="管线不归市场")
    town.say("assign", disputed, unit=named("roads"))

    assert card(town, town.say("take_back", disputed))["disputed"]["words"] == "管线不归市场"


def test_an_assignment_is_not_taken_back_later_by_another_by_no_one_or_once_something_followed(town: County):
    with pytest.raises(findings.TooLateToUndo):
        town.say("take_back", town.finding())  # the rules assigned it
    mine = town.say("assign", town.finding(state="to_assign"), unit=named("roads"))
    with pytest.raises(findings.TooLateToUndo):
        town.say("take_back", mine, who="ma")
    followed = town.say("supervise", town.say("assign", town.finding(state="to_assign"), unit=named("roads")))
    with pytest.raises(findings.TooLateToUndo):
        town.say("take_back", followed)
    town.later(minutes=10, seconds=1)
    with pytest.raises(findings.TooLateToUndo):
        town.say("take_back", mine)
    accepted = town.say("accept", mine, who="he")
    with pytest.raises(findings.NotNow):
        town.say("take_back", accepted)


def test_undoing_a_return_gives_back_the_date_and_that_it_was_provisional(town: County):
    town.at = town.at.replace(month=12, day=31, year=2026)
    handed_in = town.say("rectify", town.finding())
    assert handed_in.provisional
    due_at, days = handed_in.due_at, handed_in.clock_days
    town.say("return", handed_in, due_at=town.at + timedelta(days=20))

    back = town.say("undo", handed_in)

    assert (back.due_at, back.provisional, back.clock_days, back.returned) == (due_at, True, days, 0)


def test_a_verdict_that_something_followed_stays(town: County):
    returned = town.finding(state="returned")
    town.say("supervise", returned)

    with pytest.raises(findings.TooLateToUndo):
        town.say("undo", returned)


# ---- many at once


def test_the_plan_for_many_says_which_go_where_and_why_not(town: County):
    known = town.say("dispute", town.report("lin", unit=named("roads")), who="he")
    unknown, cleared, unseen = town.finding(state="to_assign"), town.finding(state="cleared"), town.report("qian", place="东门街", criterion="02.01")
    ids = [known.id, unknown.id, cleared.id, unseen.id, known.id]

    plan = findings.plan_assignments(town.session, town.standing("chen"), ids, now=town.at)

    assert [(one.unit, one.why, one.refused) for one in plan] == [
        (named("market"), "place", None),
        (None, None, findings.UnitMissing),
        (named("market"), "place", findings.NotNow),
        (None, None, findings.NoSuchFinding),
    ]
    to_roads = findings.plan_assignments(town.session, town.standing("chen"), [unknown.id], now=town.at, unit=named("roads"))
    assert [(one.unit, one.why, one.refused) for one in to_roads] == [(named("roads"), "dispatcher", None)]
    assert to_roads[0].due_at == town.say("assign", unknown, unit=named("roads")).due_at


def test_what_the_dispatcher_gives_to_the_unit_of_the_rules_says_the_rule(town: County):
    back = town.say("dispute", town.report("lin", unit=named("roads")), who="he")

    assert town.say("assign", back, unit=named("market")).why_unit == "place"
    assert town.say("assign", back, unit=named("health")).why_unit == "dispatcher"


def test_nothing_is_given_to_a_unit_that_was_closed(town: County):
    with town.acting("ma") as act:
        act.session.get_one(accounts.Unit, named("health")).closed_at = town.at

    with pytest.raises(findings.NoSuchUnit):
        town.say("assign", town.finding(), unit=named("health"))


def test_nobody_clears_what_they_put_right_even_after_it_was_reopened(town: County):
    with town.acting("ma") as act:
        accounts.make_post(act, named("zhao"), Duty.REVIEWER)
    reopened = town.say("reopen", town.finding(state="cleared"))

    with pytest.raises(findings.OwnWork):
        town.say("clear", town.say("rectify", reopened), who="zhao")


# ---- reminding 催办 and another deadline 改期限


def test_a_unit_is_reminded_once_a_day_and_its_people_are_told(town: County):
    finding = town.say("urge", town.finding(), words="明天检查组来")
    assert (finding.urged, finding.urged_at, finding.state) == (1, town.at, State.ASSIGNED)
    town.later(hours=1)
    with pytest.raises(findings.AlreadyUrged):
        town.say("urge", finding)
    assert "urge" not in findings.may(town.standing("chen"), finding, town.at)

    town.later(hours=14)  # after midnight in the county
    again = town.say("urge", finding)

    assert again.urged == 2
    assert card(town, again)["course"][-2]["words"] == "明天检查组来"
    assert town.entries(finding.id)[-2:] == ["finding.urged", "finding.urged"]


def test_another_deadline_needs_a_reason_and_a_later_one_counts_as_an_extension(town: County):
    finding = town.finding()
    sooner, later = finding.due_at - timedelta(hours=1), finding.due_at + timedelta(days=3)
    for wrong, refusal in (({"words": " "}, findings.WordsMissing), ({"due_at": finding.due_at}, findings.DueUnchanged), ({"due_at": town.at}, findings.BadDue)):
        with pytest.raises(refusal):
            town.say("change_due", finding, **{"due_at": sooner, **wrong})

    first = town.say("change_due", finding, due_at=sooner)
    assert (first.due_at, first.extended) == (sooner, 0)
    second = town.say("change_due", finding, due_at=later)
    assert (second.due_at, second.extended) == (later, 1)
    with pytest.raises(findings.NeedsHigher):
        town.say("change_due", finding, due_at=later + timedelta(days=1))
    assert town.say("change_due", finding, who="ma", due_at=later + timedelta(days=1)).extended == 2


def test_while_a_request_for_more_time_waits_it_is_answered_first(town: County):
    asked = town.say("ask_extension", town.finding())

    with pytest.raises(findings.AlreadyAsked):
        town.say("change_due", asked)


def test_ones_own_mark_is_taken_back_within_ten_minutes_and_nothing_else_with_it(town: County):
    finding = town.say("accept", town.finding())
    due_at = finding.due_at
    town.say("supervise", finding, due_at=due_at - timedelta(hours=1))

    back = town.say("unmark", finding)
    assert (back.state, back.supervised_at, back.due_at, back.accepted_at) == (State.ACCEPTED, None, due_at, finding.accepted_at)
    with pytest.raises(findings.TooLateToUndo):
        town.say("unmark", finding)

    town.say("change_due", finding, due_at=due_at + timedelta(days=1))
    with pytest.raises(findings.TooLateToUndo):
        town.say("unmark", finding, who="ma")
    assert (town.say("unmark", finding).due_at, town.fresh(finding).extended) == (due_at, 0)
    town.say("supervise", finding)
    town.later(minutes=10, seconds=1)
    with pytest.raises(findings.TooLateToUndo):
        town.say("unmark", finding)


def test_a_mark_set_over_an_assignment_takes_back_only_the_mark(town: County):
    given = town.say("supervise", town.say("assign", town.finding(state="to_assign"), unit=named("roads")))

    with pytest.raises(findings.TooLateToUndo):
        town.say("take_back", given)
    assert town.say("unmark", given).unit_id == named("roads")


def test_a_request_that_nobody_answered_is_closed_at_its_deadline_and_says_so(town: County):
    asked = town.say("ask_extension", town.finding())
    extension, due_at = asked.asked_id, asked.due_at

    def lapse() -> bool:
        with town.acting("ma") as act:
            return findings.lapse_due(act, extension)

    assert lapse() is False
    town.at = due_at + timedelta(minutes=1)
    assert lapse() is True
    assert lapse() is False

    closed = town.fresh(asked)
    assert (closed.asked_id, closed.due_at, closed.extended, closed.state) == (None, due_at, 0, asked.state)
    assert town.entries(asked.id)[-1] == "finding.extension_lapsed"
    assert card(town, closed)["extension"] is None


def test_an_answered_request_lapses_no_more(town: County):
    asked = town.say("ask_extension", town.finding())
    extension = asked.asked_id
    town.say("refuse_extension", asked)
    town.later(days=30)

    with town.acting("ma") as act:
        assert findings.lapse_due(act, extension) is False
