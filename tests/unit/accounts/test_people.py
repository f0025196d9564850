"""People, posts and phones: entered once, and the first of them by a link that works once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from fieldbook import accounts, journal
from fieldbook.accounts import Duty, Person, Phone
from fieldbook.accounts.commands import token_hash
from fieldbook.kernel import db, new_id, writing
from tests.county import County, named


def test_a_name_to_log_in_by_belongs_to_one_person_whatever_its_case(town: County):
    with pytest.raises(accounts.LoginTaken), town.acting("ma") as act:
        accounts.make_person(act, name="Lin Two", login="LIN", password_hash="x")

    assert town.session.scalars(select(Person.login).where(Person.name == "Lin Two")).all() == []


def test_a_person_holds_the_posts_given_and_no_others(town: County):
    with town.acting("ma") as act:
        accounts.make_post(act, named("eve"), Duty.RECTIFIER, unit_id=named("roads"))
        accounts.make_post(act, named("eve"), Duty.INSPECTOR, area_id=named("zone3"))

    posts = accounts.posts_of(town.session, named("eve"))
    assert [(post.duty, post.area_id, post.unit_id) for post in posts] == [(Duty.INSPECTOR, named("zone3"), None), (Duty.RECTIFIER, None, named("roads"))]
    assert set(accounts.people_of_unit(town.session, named("roads"))) == {named("eve"), named("he")}
    assert town.entries(named("eve"))[-2:] == ["post.made", "post.made"]


def test_names_are_found_by_id_and_strangers_are_not(town: County):
    assert accounts.person_names(town.session, [named("lin"), new_id()]) == {named("lin"): "Lin"}
    assert set(accounts.unit_names(town.session, [named("roads"), new_id()])) == {named("roads")}
    assert [unit.name for unit in accounts.units(town.session)] == sorted(unit.name for unit in accounts.units(town.session))


def test_enrolling_a_phone_again_keeps_when_it_was_first_seen(town: County):
    first = town.session.get_one(Phone, (named("lin's phone"), named("lin"))).enrolled_at
    town.later(days=1)

    with town.acting("lin") as act:
        accounts.enroll_phone(act, named("lin's phone"), named("lin"))
    town.session.rollback()

    phone = town.session.get_one(Phone, (named("lin's phone"), named("lin")), populate_existing=True)
    assert (phone.enrolled_at, phone.seen_at) == (first, town.at)


def test_what_a_phone_still_holds_is_known_and_since_when(town: County):
    device = named("lin's phone")

    def told(unsent: int) -> tuple[int, object]:
        with town.acting("lin") as act:
            accounts.note_unsent(act, device, unsent)
        town.session.rollback()
        phone = town.session.get_one(Phone, (device, named("lin")), populate_existing=True)
        return phone.unsent, phone.unsent_since

    begun = town.at
    assert told(3) == (3, begun)
    town.later(hours=1)
    assert told(5) == (5, begun)
    assert told(0) == (0, None)
    assert told(1) == (1, begun + timedelta(hours=1))


@pytest.fixture
def empty_town(town: County) -> County:
    """A county whose only administrator has no post any more."""
    with writing(town.session):
        for post in town.session.scalars(select(accounts.Post).where(accounts.Post.duty == Duty.ADMINISTRATOR)):
            town.session.delete(post)
    return town


def use(town: County, token: str, login: str = "first") -> Person:
    with journal.begin(town.session, who=None, at=town.at) as act:
        return accounts.make_first_administrator(act, token, accounts.FirstAdministrator("First", login, "x"))


def test_the_first_administrator_comes_in_by_a_link_that_works_once(empty_town: County):
    town = empty_town
    with town.acting("ma") as act:
        token = accounts.open_first_door(act)
    assert token is not None
    assert accounts.first_door_is_open(town.session, token)

    made = use(town, token)

    assert [post.duty for post in accounts.posts_of(town.session, made.id)] == [Duty.ADMINISTRATOR, Duty.HEADQUARTERS]
    assert not accounts.first_door_is_open(town.session, token)
    with pytest.raises(accounts.FirstDoorClosed):
        use(town, token, "second")


def test_a_wrong_or_replaced_link_opens_nothing(empty_town: County):
    town = empty_town
    with town.acting("ma") as act:
        old = accounts.open_first_door(act)
    with town.acting("ma") as act:
        new = accounts.open_first_door(act)

    for token in (old, "made up", "", token_hash(str(new))):
        with pytest.raises(accounts.FirstDoorClosed):
            use(town, str(token))
    assert use(town, str(new)).name == "First"


def test_a_county_with_an_administrator_has_no_such_link(town: County):
    with town.acting("ma") as act:
        assert accounts.open_first_door(act) is None


def test_a_taken_name_leaves_the_link_open(empty_town: County):
    town = empty_town
    with town.acting("ma") as act:
        token = str(accounts.open_first_door(act))

    with pytest.raises(accounts.LoginTaken):
        use(town, token, "lin")

    assert accounts.first_door_is_open(town.session, token)


def test_two_clicks_at_the_same_moment_give_one_post(app: Flask, town: County):
    def click(_number: int) -> UUID:
        with app.app_context(), journal.begin(db.session(), who=named("ma"), at=town.at) as act:
            post = accounts.make_post(act, named("lin"), Duty.AUDITOR)
            act.session.flush()
            time.sleep(0.2)  # the other one asks while this one is not committed
            return post.id

    with ThreadPoolExecutor(2) as both:
        made = set(both.map(click, range(2)))

    assert len(made) == 1
