"""A draft: one at a time, begun from the current version, edited by several people, published or put away."""

import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from fieldbook import standards
from fieldbook.kernel import Job
from fieldbook.ops import work
from fieldbook.standards import refusals
from tests.county import STANDARDS, County

MARKET = next(kind for kind in STANDARDS if kind["code"] == "25")
BIN = next(one for one in MARKET["criteria"] if one["code"] == "25.08")


@pytest.fixture
def drafted(town: County) -> County:
    with town.acting("ma") as act:
        standards.begin_draft(act)
    return town


def say(town: County, verb: Any, *args: Any, who: str = "ma", **more: Any) -> Any:
    with town.acting(who) as act:
        return verb(act, *args, **more)


def test_there_is_one_draft_and_it_begins_as_the_current_version(drafted: County):
    first = standards.draft(drafted.session)

    again = say(drafted, standards.begin_draft, who="chen")

    assert again == first.id
    assert first.result() == STANDARDS
    assert (first.base, first.changed) == (1, 0)


def test_an_edit_is_seen_in_the_draft_and_not_in_the_current_version(drafted: County):
    say(drafted, standards.save_criterion, "25.08", BIN | {"rectify_days": 3, "text_zh": "  垃圾桶  加盖 "}, seen=0)

    now = standards.draft(drafted.session)
    one = now.criterion("25.08")
    assert one is not None
    assert (one.body["rectify_days"], one.body["text_zh"], one.version, one.state) == (3, "垃圾桶 加盖", 1, "changed")
    assert now.changed == 1
    current = standards.current_manual(drafted.session)
    assert current is not None
    assert current.criteria["25.08"].rectify_days == 1


def test_two_people_editing_at_once_do_not_overwrite_each_other(drafted: County):
    say(drafted, standards.save_criterion, "25.08", BIN | {"points": 9}, seen=0)

    with pytest.raises(standards.EditedMeanwhile):
        say(drafted, standards.save_criterion, "25.08", BIN | {"points": 5}, seen=0, who="chen")

    one = standards.draft(drafted.session).criterion("25.08")
    assert one is not None
    assert one.body["points"] == 9
    say(drafted, standards.save_criterion, "25.09", MARKET["criteria"][8] | {"points": 5}, seen=0, who="chen")


def test_saving_what_stands_there_already_is_no_edit(drafted: County):
    say(drafted, standards.save_criterion, "25.08", BIN, seen=0)

    assert standards.draft(drafted.session).rev == 0


def test_a_criterion_goes_back_to_what_the_current_version_says_by_hand_or_at_once(drafted: County):
    say(drafted, standards.save_criterion, "25.08", BIN | {"points": 9}, seen=0)
    say(drafted, standards.as_before, "25.08", seen=1)

    one = standards.draft(drafted.session).criterion("25.08")

    assert one is not None
    assert (one.state, one.version) == ("same", 2)


def test_an_added_criterion_stands_last_until_it_is_moved(drafted: County):
    new = BIN | {"code": standards.next_code("25", standards.codes_used(drafted.session)), "text_zh": "新的一条"}
    say(drafted, standards.add_criterion, "25", new)
    for _ in range(2):
        say(drafted, standards.move, "25.14", up=True)

    kind = standards.draft(drafted.session).kind("25")

    assert kind is not None
    assert [one.code for one in kind.kept][-4:] == ["25.11", "25.14", "25.12", "25.13"]
    assert kind.changed == 1


def test_a_code_is_not_given_twice(drafted: County):
    for code in ("25.08", "25"):
        with pytest.raises(standards.CodeInUse):
            say(drafted, standards.add_criterion, "25", BIN | {"code": code})


def test_what_is_taken_out_stays_marked_and_can_come_back(drafted: County):
    say(drafted, standards.remove, "25.08", seen=0)
    assert standards.draft(drafted.session).changed == 1
    assert "25.08" not in [one["code"] for one in standards.draft(drafted.session).result()[24]["criteria"]]

    say(drafted, standards.restore, "25.08", seen=1)

    assert standards.draft(drafted.session).result() == STANDARDS


def test_a_new_kind_stands_behind_the_others_of_its_category(drafted: County):
    kind = {key: value for key, value in MARKET.items() if key != "criteria"} | {
        "code": "45",
        "name_zh": "夜市",
        "aliases_zh": [],
    }
    say(drafted, standards.add_kind, kind)
    say(drafted, standards.add_criterion, "45", BIN | {"code": "45.01"})

    codes = [kind["code"] for kind in standards.draft(drafted.session).result()]

    assert codes[codes.index("45") - 1] == "32"


def test_a_discarded_draft_can_be_taken_up_until_another_is_begun(drafted: County):
    say(drafted, standards.save_criterion, "25.08", BIN | {"points": 9}, seen=0)
    say(drafted, standards.discard_draft)
    with pytest.raises(standards.NoDraft):
        standards.draft(drafted.session)

    say(drafted, standards.take_up)
    assert standards.draft(drafted.session).changed == 1

    say(drafted, standards.discard_draft)
    drafted.later(minutes=1)
    say(drafted, standards.begin_draft)
    with pytest.raises(standards.NoDraft):
        say(drafted, standards.take_up)


def test_publishing_makes_a_version_and_leaves_the_old_one_as_it_was(drafted: County):
    before = standards.manual_text(drafted.session, 1)
    say(drafted, standards.save_criterion, "25.08", BIN | {"rectify_days": 3}, seen=0)

    made = say(drafted, standards.publish_draft, seen=1)

    assert made.version == 2
    assert standards.manual(drafted.session, 2).criteria["25.08"].rectify_days == 3
    assert standards.manual_text(drafted.session, 1) == before
    assert standards.open_draft(drafted.session) is None
    assert standards.changed_since(drafted.session, 1, ["25.07", "25.08"], kind="25") == {"25.08": "changed"}
    assert standards.changed_since(drafted.session, 2, ["25.08"]) == {}


def test_nobody_publishes_what_they_have_not_seen(drafted: County):
    say(drafted, standards.save_criterion, "25.08", BIN | {"points": 9}, seen=0)
    say(drafted, standards.save_criterion, "25.09", MARKET["criteria"][8] | {"points": 9}, seen=0, who="chen")

    with pytest.raises(refusals.DraftMoved):
        say(drafted, standards.publish_draft, seen=1)


def test_a_draft_with_faults_is_not_published(drafted: County):
    say(drafted, standards.save_criterion, "25.08", BIN | {"text_zh": ""}, seen=0)

    with pytest.raises(refusals.NotReady) as refused:
        say(drafted, standards.publish_draft, seen=1)

    assert refused.value.facts == {"n": 1}


def test_a_draft_without_changes_is_not_published(drafted: County):
    with pytest.raises(refusals.NothingChanged):
        say(drafted, standards.publish_draft, seen=0)


def test_a_draft_whose_base_is_no_longer_current_is_not_published(drafted: County):
    say(drafted, standards.save_criterion, "25.08", BIN | {"points": 9}, seen=0)
    other = copy.deepcopy(STANDARDS)
    other[0]["criteria"][0]["points"] = 11
    say(drafted, standards.publish, other)

    with pytest.raises(refusals.BaseMoved):
        say(drafted, standards.publish_draft, seen=1)


def test_a_draft_can_wait_for_its_day_and_is_not_changed_meanwhile(drafted: County):
    say(drafted, standards.save_criterion, "25.08", BIN | {"points": 9}, seen=0)
    day = drafted.at + timedelta(days=3)

    assert say(drafted, standards.publish_draft, seen=1, day=day) is None

    with pytest.raises(refusals.DraftSettled):
        say(drafted, standards.remove, "25.09", seen=0)
    draft_id = standards.draft(drafted.session).id
    assert say(drafted, standards.publish_due, draft_id) is None
    drafted.later(days=3)
    assert say(drafted, standards.publish_due, draft_id).version == 2


def test_the_runner_publishes_a_draft_on_its_day(drafted: County, tmp_path: Path):
    say(drafted, standards.save_criterion, "25.08", BIN | {"points": 9}, seen=0)
    say(drafted, standards.publish_draft, seen=1, day=drafted.at + timedelta(days=3))

    assert not work.do_job(tmp_path, drafted.at)
    assert work.do_job(tmp_path, drafted.later(days=3))

    assert [one.version for one in standards.versions(drafted.session)] == [2, 1]
    assert standards.open_draft(drafted.session) is None


def test_a_draft_that_cannot_be_published_on_its_day_is_open_for_editing_again(drafted: County, tmp_path: Path):
    say(drafted, standards.save_criterion, "25.08", BIN | {"points": 9}, seen=0)
    say(drafted, standards.publish_draft, seen=1, day=drafted.at + timedelta(days=3))
    other = copy.deepcopy(STANDARDS)
    other[0]["criteria"][0]["points"] = 11
    say(drafted, standards.publish, other)

    assert work.do_job(tmp_path, drafted.later(days=3))

    drafted.session.rollback()
    assert drafted.session.scalars(select(Job.outcome).where(Job.kind == standards.PUBLISHING)).all() == ["standards.base_moved"]
    assert standards.draft(drafted.session).due_at is None


def test_a_day_that_was_called_off_publishes_nothing(drafted: County):
    say(drafted, standards.save_criterion, "25.08", BIN | {"points": 9}, seen=0)
    say(drafted, standards.publish_draft, seen=1, day=drafted.at + timedelta(days=3))
    say(drafted, standards.call_off)

    drafted.later(days=3)

    assert say(drafted, standards.publish_due, standards.draft(drafted.session).id) is None
    assert (
        drafted.session.scalar(
            select(func.count()).select_from(Job).where(Job.kind == standards.PUBLISHING, Job.ended_at.is_(None))
        )
        == 0
    )
    with pytest.raises(refusals.DayPassed):
        say(drafted, standards.publish_draft, seen=1, day=drafted.at)


def test_every_edit_leaves_its_entry(drafted: County):
    say(drafted, standards.save_criterion, "25.08", BIN | {"points": 9}, seen=0)
    draft_id = standards.draft(drafted.session).id
    say(drafted, standards.publish_draft, seen=1)

    assert drafted.entries(draft_id) == ["draft.begun", "draft.edited", "draft.published"]


def test_a_theme_is_added_before_a_criterion_can_have_it(drafted: County):
    theme = {"theme_zh": "照明", "theme_short_zh": "照明", "theme_en": "Lighting", "theme_short_en": "Light"}
    say(drafted, standards.save_criterion, "25.08", BIN | theme, seen=0)
    with pytest.raises(refusals.NotReady):
        say(drafted, standards.publish_draft, seen=1)

    say(drafted, standards.add_theme, theme)

    assert say(drafted, standards.publish_draft, seen=2).version == 2
