"""A change of post reaches the phones: `reset`, then what the new posts show and nothing else; what was unsent still goes."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from fieldbook import accounts
from fieldbook.accounts import Duty, Post
from fieldbook.ops.work import end_posts_in_time
from tests.county import County, named
from tests.twin import Twin
from tests.unit.sync.test_inbox import a_report


def post(town: County, who: str) -> Post:
    return town.session.scalars(select(Post).where(Post.person_id == named(who), Post.ended_at.is_(None))).one()


def zones(twin: Twin) -> set[str]:
    return {row["zone"] for row in twin.rows.values() if row["kind"] in ("place", "finding", "round")}


def same_as_new(twin: Twin, as_: Any, who: str) -> bool:
    return bool(twin.rows == Twin(as_(who)).pull().rows)


def test_a_post_added_and_ended_resets_that_person_and_nobody_else(town: County, as_: Any):
    town.finding()
    lin, qian = Twin(as_("lin")).pull(), Twin(as_("qian")).pull()

    with town.acting("ma") as act:
        made = accounts.make_post(act, named("lin"), Duty.INSPECTOR, area_id=named("zone3")).id
    lin.pull()
    both = zones(lin)
    with town.acting("ma") as act:
        accounts.end_post(act, made)
    lin.pull()

    assert (both, zones(lin)) == ({str(named("zone6")), str(named("zone3"))}, {str(named("zone6"))})
    assert (lin.resets, qian.pull().resets) == (2, 0)
    assert same_as_new(lin, as_, "lin")


def test_handing_over_resets_both_and_the_work_goes_on_with_the_new_one(town: County, as_: Any):
    finding = town.report("qian", place=None, criterion=None, zone=named("zone6"))
    lin, eve = Twin(as_("lin")).pull(), Twin(as_("eve")).pull()
    unsent = lin.phone.command("finding.report", uuid4(), a_report(town))  # type: ignore[attr-defined]

    with town.acting("ma") as act:
        accounts.hand_over_posts(act, [post(town, "lin").id], of=named("lin"), to=named("eve"))
    lin.pull()
    eve.pull()
    [answer] = lin.phone.push(unsent)  # type: ignore[attr-defined]

    assert (lin.resets, eve.resets) == (1, 1)
    assert zones(lin) == set()
    assert str(finding.id) in eve.of("finding")
    assert (answer["answer"], answer["code"]) == ("held", "sync.out_of_scope")


def test_a_post_whose_time_is_over_is_gone_from_the_phone(town: County, as_: Any):
    with town.acting("ma") as act:
        accounts.make_post(act, named("eve"), Duty.INSPECTOR, area_id=named("zone3"), until=town.at + timedelta(hours=1))
    eve = Twin(as_("eve")).pull()
    assert zones(eve) == {str(named("zone3"))}

    end_posts_in_time(town.later(hours=2))

    assert zones(eve.pull()) == set()
    assert eve.resets == 1
