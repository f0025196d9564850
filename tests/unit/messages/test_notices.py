"""Notices: one line a thing, to whom it concerns, none doubled by a crash, gone when no longer true."""

from datetime import timedelta

import pytest

from fieldbook import messages
from fieldbook.findings import Calendar, Finding
from fieldbook.findings.rules import PRESENT
from fieldbook.kernel import db, writing
from fieldbook.messages import Kind
from fieldbook.messages.model import Bookmark
from fieldbook.messages.rules import ENDS, TELLS, end_of_next_working_day
from tests.county import NOON, County, named


def follow() -> None:
    while messages.follow(db.session()):
        pass


def told(town: County, who: str) -> list[tuple[str, str]]:
    follow()
    return [(one.kind.value, one.finding.number) for one in messages.inbox(db.session(), town.standing(who))]


def test_new_work_is_told_to_the_unit_that_owns_it_and_to_nobody_else(town):
    finding = town.finding(state="assigned")

    assert told(town, "zhao") == [("new_work", finding.number)]
    assert told(town, "he") == []
    assert told(town, "sun") == []


def test_work_that_was_accepted_is_no_longer_new(town):
    finding = town.finding(state="assigned")
    follow()

    town.say("accept", finding)

    assert told(town, "zhao") == []


def test_what_was_handed_in_waits_for_the_reviewer_and_answers_who_reported_it(town):
    finding = town.finding(state="rectified")

    assert told(town, "wu") == [("to_review", finding.number)]
    assert told(town, "lin") == [("answered", finding.number)]
    assert told(town, "zhao") == []


def test_reading_the_journal_twice_tells_nothing_twice(town):
    finding = town.finding(state="assigned")
    follow()
    with writing(db.session()) as session:  # as after a crash before the bookmark moved
        session.get_one(Bookmark, "notices").seq = 0

    assert told(town, "zhao") == [("new_work", finding.number)]


def test_what_was_read_is_no_longer_new_until_something_happens_again(town):
    town.finding(state="assigned")
    follow()
    newest = messages.inbox(db.session(), town.standing("zhao"))[0].seq

    messages.mark_read(db.session(), named("zhao"), newest)
    assert messages.unread(db.session(), town.standing("zhao")) == {}

    town.finding(state="assigned")
    follow()
    assert messages.unread(db.session(), town.standing("zhao")) == {Kind.NEW_WORK: 1}


def test_reading_never_goes_back_nor_ahead_of_what_there_is(town):
    town.finding(state="assigned")
    follow()
    person = named("zhao")

    messages.mark_read(db.session(), person, 10**9)
    town.finding(state="assigned")
    follow()
    messages.mark_read(db.session(), person, 0)

    assert messages.unread(db.session(), town.standing("zhao")) == {Kind.NEW_WORK: 1}


def test_a_deadline_is_told_once_as_coming_and_once_as_passed(town):
    finding = town.finding(state="accepted")
    follow()
    due = town.fresh(finding).due_at
    the_day_before = due - timedelta(hours=20)

    assert messages.remind(db.session(), the_day_before) == 1
    assert messages.remind(db.session(), the_day_before) == 0
    assert told(town, "zhao") == [("due_tomorrow", finding.number)]
    assert messages.remind(db.session(), due + timedelta(minutes=1)) == 1
    assert messages.remind(db.session(), due + timedelta(minutes=2)) == 0
    assert told(town, "zhao") == [("overdue", finding.number)]


def test_nobody_is_told_of_what_they_may_not_see(town):
    """A notice kept for the reporter is not shown once the finding has left their scope for another."""
    finding = town.finding(state="rectified")
    follow()
    with writing(db.session()) as session:
        session.get_one(Finding, finding.id).reporter_id = named("qian")

    assert told(town, "lin") == [("answered", finding.number)]  # zone 6 is lin's own
    assert told(town, "qian") == []


def test_the_digest_counts_what_the_lists_hold(town):
    town.finding(state="assigned")
    town.finding(state="rectified")

    told = messages.digest(db.session(), town.standing("wu"), town.at)

    assert (told.open, told.to_review, told.overdue) == (2, 1, 0)


def test_friday_looks_ahead_to_monday():
    friday = NOON + timedelta(days=1)

    assert end_of_next_working_day(Calendar(), friday).isoformat() == "2025-06-16T16:00:00+00:00"


@pytest.mark.parametrize("verb", sorted({*TELLS, *ENDS}))
def test_every_verb_that_tells_something_is_one_of_the_findings(verb):
    assert verb in PRESENT
