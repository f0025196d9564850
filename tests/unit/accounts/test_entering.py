"""Coming in without a password, posts that begin and end, phones taken out of use: each change with its refusals and its entry."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text

from fieldbook import accounts, journal
from fieldbook.accounts import Duty, EntryLink, Person, Phone, Post
from fieldbook.accounts.tokens import as_typed, new_entry_token, token_hash
from fieldbook.kernel import Busy, db
from fieldbook.ops.work import end_posts_in_time
from tests.conftest import Browser
from tests.county import PASSWORD, County, named

MA = named("ma")


def link(town: County, who: str = "eve") -> str:
    with town.acting("ma") as act:
        return accounts.make_link(act, named(who))


def enrol(app: Any, token: str, device: UUID | None = None, **more: Any) -> Any:
    return Browser(app, None).post("/api/enrol", {"token": token, "device": {"id": str(device or uuid4()), "name": "华为 畅享 20"}, **more})


def post_of(town: County, who: str, duty: Duty) -> Post:
    return town.session.scalars(select(Post).where(Post.person_id == named(who), Post.duty == duty, Post.ended_at.is_(None))).one()


# ---- one-time links


def test_a_phone_comes_in_by_a_link_with_nothing_typed_and_gets_what_a_login_gets(app: Any, town: County):
    token, device = link(town, "lin"), uuid4()

    answer = enrol(app, token, device)

    assert answer.status_code == 200
    assert (answer.json["person"]["login"], answer.json["hats"], answer.json["last_n"]) == ("lin", ["inspect"], 0)
    assert "fieldbook=" in answer.headers["Set-Cookie"]
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    town.session.rollback()
    assert town.session.get_one(Phone, (device, named("lin"))).name == "华为 畅享 20"
    assert town.entries(named("lin"))[-3:] == ["link.made", "phone.enrolled", "login.begun"]


@pytest.mark.parametrize("how", ["used", "a day old", "replaced", "guessed", "disabled"])
def test_a_link_works_once_for_a_day_and_only_the_newest(app: Any, town: County, how: str):
    token = link(town)
    if how == "used":
        enrol(app, token)
    elif how == "a day old":
        town.later(hours=24)
    elif how == "replaced":
        link(town)
    elif how == "guessed":
        token = new_entry_token()
    else:
        with town.acting("ma") as act:
            accounts.disable_person(act, named("eve"))

    answer = enrol(app, token)

    assert (answer.status_code, answer.json["code"]) == (404, "accounts.link_closed")
    assert accounts.link_holder(town.session, token, town.at) is None


def test_a_hand_over_lets_another_browser_in_once_and_the_printed_slip_stays_good(app: Any, town: County, as_: Any):
    slip, device = link(town, "lin"), uuid4()
    first, second = (as_("lin").post("/api/handover", {}).json["token"] for _ in range(2))

    answers = [enrol(app, token, device) for token in (first, second, second, slip)]

    assert [answer.status_code for answer in answers] == [404, 200, 404, 200]
    assert answers[1].json["person"]["login"] == "lin"
    assert "link.handed_over" in town.entries(named("lin"))


def test_a_hand_over_is_over_after_five_minutes(app: Any, town: County, as_: Any):
    given = as_("lin").post("/api/handover", {}).json
    town.later(minutes=5)

    assert (given["seconds"], enrol(app, given["token"]).status_code) == (300, 404)


def test_a_hand_over_never_sets_a_password(app: Any, town: County, as_: Any):
    token = as_("lin").post("/api/handover", {}).json["token"]

    with_it = enrol(app, token, password="street and market 8")
    with pytest.raises(accounts.LinkClosed), town.acting(None) as act:
        accounts.set_password_by_link(act, token, accounts.hash_password("street and market 8"))

    assert with_it.status_code == 404
    assert accounts.link_holder(town.session, token, town.at) is None
    assert accounts.open_link_of(town.session, named("lin"), town.at) is None


def test_a_desk_hands_nothing_over(app: Any, town: County, as_: Any):
    desk = Browser(app, None)
    desk.post("/api/login", {"login": "lin", "password": PASSWORD})

    assert desk.post("/api/handover", {}).status_code == 404


def test_a_phone_is_answered_in_the_language_of_its_screens(app: Any, town: County, as_: Any):
    lin = as_("lin")

    told = [lin.get("/api/manual/99", headers={"Fieldbook-Language": language}).json["message"] for language in ("en", "zh", "xx")]

    assert told[0].isascii()
    assert told[1] == told[2] != told[0]


def test_only_the_hash_of_a_link_is_kept_anywhere(town: County):
    token = link(town)

    kept = [str(value) for table in ("entry_link", "entry", "said") for row in town.session.execute(text(f"SELECT * FROM {table}")) for value in row]

    assert not any(token in value for value in kept)
    assert town.session.scalars(select(EntryLink.token)).one() == token_hash(token)


def test_a_link_typed_by_hand_is_the_same_link(town: County):
    token = link(town)

    assert [as_typed(typed) for typed in (token, token.lower(), token.replace("-", ""), f" {token.replace('-', ' ')} ")] == [token] * 4
    assert as_typed("") == ""


def test_a_password_may_be_chosen_at_the_first_entry_and_is_good_at_a_desk(app: Any, town: County):
    with town.acting("ma") as act:
        made = accounts.make_person(act, name="新来", login="xin")
        act.session.flush()
        token = accounts.make_link(act, made.id)
    desk = Browser(app, None)

    without = desk.post("/api/login", {"login": "xin", "password": "x"})
    plain = enrol(app, token, password="12345678")
    enrolled = enrol(app, token, password="street and market 8")
    with_it = desk.post("/api/login", {"login": "xin", "password": "street and market 8"})

    assert [answer.status_code for answer in (without, plain, enrolled, with_it)] == [401, 422, 200, 200]


def test_a_person_without_a_password_cannot_be_guessed(app: Any, town: County):
    with town.acting("ma") as act:
        accounts.make_person(act, name="新来", login="xin")

    answers = [Browser(app, None).post("/api/login", {"login": "xin", "password": tried}) for tried in (" ", "nobody has this password", "xin")]

    assert {answer.json["code"] for answer in answers} == {"accounts.wrong_login"}


def test_a_new_password_ends_what_sat_at_desks_and_leaves_phones(app: Any, town: County, as_: Any):
    phone, desk = as_("lin"), Browser(app, None)
    desk.post("/api/login", {"login": "lin", "password": PASSWORD})
    token = link(town, "lin")

    with journal.begin(town.session, who=None, at=town.at) as act:
        accounts.set_password_by_link(act, token, accounts.hash_password("another good one"))

    assert (phone.get("/api/me").status_code, desk.get("/api/me").status_code) == (200, 401)
    assert Browser(app, None).post("/api/login", {"login": "lin", "password": PASSWORD}).status_code == 401


def test_a_stolen_phone_does_not_come_back_by_a_link_and_a_revoked_one_does(app: Any, town: County):
    device = named("lin's phone")
    with town.acting("ma") as act:
        accounts.revoke_phone(act, device, named("lin"))
    revoked = enrol(app, link(town, "lin"), device)
    with town.acting("ma") as act:
        accounts.mark_stolen(act, device, named("lin"))

    stolen = enrol(app, link(town, "lin"), device)

    assert revoked.status_code == 200
    assert (stolen.status_code, stolen.json["code"]) == (403, "accounts.phone_revoked")


# ---- people


def test_what_changes_of_a_person_is_written_down_and_what_does_not_is_not(town: County):
    with town.acting("ma") as act:
        accounts.change_person(act, named("lin"), name="Lin Xiaoyan", login="lin", language="en", contact="13800001234")
        accounts.change_person(act, named("eve"), name="Eve", login="eve", language="zh", contact="")

    lin = town.session.get_one(Person, named("lin"))
    assert (lin.name, lin.language, lin.contact) == ("Lin Xiaoyan", "en", "13800001234")
    [last] = [step for step in journal.course_of(town.session, [named("lin")])[named("lin")] if step["verb"] == "person.changed"]
    assert last["said"] == {"name": "Lin Xiaoyan", "name_before": "Lin", "language": "en", "language_before": "zh", "contact": "13800001234"}
    assert "person.changed" not in town.entries(named("eve"))


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"name": "  "}, accounts.PersonNameMissing),
        ({"name": "名" * 41}, accounts.PersonNameMissing),
        ({"login": ""}, accounts.BadLogin),
        ({"login": "two words"}, accounts.BadLogin),
        ({"login": "a" * 41}, accounts.BadLogin),
        ({"login": "QIAN"}, accounts.LoginTaken),
    ],
)
def test_a_person_without_name_or_login_of_their_own_is_refused(town: County, told: dict[str, str], refusal: type[Exception]):
    with pytest.raises(refusal), town.acting("ma") as act:
        accounts.change_person(act, named("lin"), **({"name": "Lin", "login": "lin", "language": "zh", "contact": ""} | told))
    with pytest.raises(refusal), town.acting("ma") as act:
        accounts.make_person(act, **({"name": "New", "login": "new"} | told))

    assert town.session.get_one(Person, named("lin"), populate_existing=True).name == "Lin"


def test_a_disabled_person_is_out_at_once_and_in_again_when_enabled(app: Any, town: County, as_: Any):
    lin = as_("lin")

    with town.acting("ma") as act:
        accounts.disable_person(act, named("lin"))
        accounts.disable_person(act, named("lin"))
    out = lin.get("/api/me").status_code
    login = Browser(app, None).post("/api/login", {"login": "lin", "password": PASSWORD}).json["code"]
    with town.acting("ma") as act:
        accounts.enable_person(act, named("lin"))

    assert (out, login) == (401, "accounts.wrong_login")
    assert as_("lin").get("/api/me").json["hats"] == ["inspect"]
    assert [verb for verb in town.entries(named("lin")) if verb.startswith("person.")] == ["person.made", "person.disabled", "person.enabled"]


def test_the_last_administrator_can_be_neither_disabled_nor_stripped_nor_run_out(town: County):
    post = post_of(town, "ma", Duty.ADMINISTRATOR)

    with pytest.raises(accounts.LastAdministrator), town.acting("ma") as act:
        accounts.disable_person(act, MA)
    with pytest.raises(accounts.LastAdministrator), town.acting("ma") as act:
        accounts.end_post(act, post.id)
    with town.acting("ma") as act:
        act.session.get_one(Post, post.id).until = town.at
    end_posts_in_time(town.later(days=1))

    assert Duty.ADMINISTRATOR in [held.duty for held in accounts.posts_of(town.session, MA)]


def test_with_a_second_administrator_the_first_may_go_and_a_disabled_one_does_not_count(town: County):
    post = post_of(town, "ma", Duty.ADMINISTRATOR)
    with town.acting("ma") as act:
        accounts.make_post(act, named("eve"), Duty.ADMINISTRATOR)
        accounts.disable_person(act, named("eve"))
    with pytest.raises(accounts.LastAdministrator), town.acting("ma") as act:
        accounts.end_post(act, post.id)

    with town.acting("ma") as act:
        accounts.enable_person(act, named("eve"))
        accounts.end_post(act, post.id)

    assert [held.duty for held in accounts.posts_of(town.session, MA)] == [Duty.HEADQUARTERS]


# ---- posts


def test_the_same_post_is_not_held_twice(town: County):
    with town.acting("ma") as act:
        first = accounts.make_post(act, named("eve"), Duty.INSPECTOR, area_id=named("zone3"))
        again = accounts.make_post(act, named("eve"), Duty.INSPECTOR, area_id=named("zone3"))

    assert first.id == again.id
    assert town.entries(named("eve")).count("post.made") == 1


def test_putting_right_is_done_for_a_unit(town: County):
    with pytest.raises(accounts.PostIncomplete), town.acting("ma") as act:
        accounts.make_post(act, named("eve"), Duty.RECTIFIER)


def test_a_post_that_ended_is_remembered_and_gives_nothing(town: County):
    post = post_of(town, "lin", Duty.INSPECTOR)
    with town.acting("ma") as act:
        accounts.end_post(act, post.id)

    assert accounts.posts_of(town.session, named("lin")) == ()
    assert [held.id for held in accounts.posts_of(town.session, named("lin"), since=town.at - timedelta(days=1))] == [post.id]
    assert accounts.posts_of(town.session, named("lin"), since=town.at) == ()
    with pytest.raises(accounts.NoSuchPost), town.acting("ma") as act:
        accounts.end_post(act, post.id)
    with pytest.raises(accounts.NoSuchPost), town.acting("ma") as act:
        accounts.end_post(act, post_of(town, "qian", Duty.INSPECTOR).id, person_id=named("lin"))


def test_a_post_for_a_time_ends_by_itself_with_an_entry(town: County):
    with town.acting("ma") as act:
        accounts.make_post(act, named("eve"), Duty.INSPECTOR, area_id=named("zone3"), until=town.at + timedelta(days=3))

    end_posts_in_time(town.later(days=2))
    before = len(accounts.posts_of(town.session, named("eve")))
    end_posts_in_time(town.later(days=1))

    assert (before, len(accounts.posts_of(town.session, named("eve")))) == (1, 0)
    assert town.entries(named("eve"))[-1] == "post.ended"


def test_posts_handed_over_are_held_by_the_other_from_that_moment_and_history_keeps_its_name(town: County):
    finding = town.report()
    post = post_of(town, "lin", Duty.INSPECTOR)

    with town.acting("ma") as act:
        [given] = accounts.hand_over_posts(act, [post.id], of=named("lin"), to=named("eve"))

    assert (given.person_id, given.area_id) == (named("eve"), named("zone6"))
    assert accounts.posts_of(town.session, named("lin")) == ()
    assert town.fresh(finding).reporter_id == named("lin")
    assert (town.entries(named("lin"))[-1], town.entries(named("eve"))[-1]) == ("post.ended", "post.made")


def test_posts_are_handed_to_somebody_who_can_log_in_and_only_by_who_holds_them(town: County):
    post = post_of(town, "lin", Duty.INSPECTOR)
    with town.acting("ma") as act:
        accounts.disable_person(act, named("eve"))

    for to, of, refusal in (("eve", "lin", accounts.NoSuchPerson), ("lin", "lin", accounts.NoSuchPerson), ("qian", "wu", accounts.NoSuchPost)):
        with pytest.raises(refusal), town.acting("ma") as act:
            accounts.hand_over_posts(act, [post.id], of=named(of), to=named(to))
    with pytest.raises(accounts.NoSuchPost), town.acting("ma") as act:
        accounts.hand_over_posts(act, [], of=named("lin"), to=named("qian"))


# ---- phones


def test_a_phone_that_was_found_again_is_taken_into_use_and_one_that_emptied_itself_is_not(town: County, as_: Any):
    device, lin = named("lin's phone"), as_("lin")
    with town.acting("ma") as act:
        accounts.revoke_phone(act, device, named("lin"))
        accounts.restore_phone(act, device, named("lin"))
    back = lin.get("/api/me").status_code
    with town.acting("ma") as act:
        accounts.revoke_phone(act, device, named("lin"))
    lin.post("/api/wiped", {"last_n": 0, "lost": 0})

    assert back == 200
    with pytest.raises(accounts.NoSuchPhone), town.acting("ma") as act:
        accounts.restore_phone(act, device, named("lin"))
    with pytest.raises(accounts.NoSuchPhone), town.acting("ma") as act:
        accounts.revoke_phone(act, uuid4(), named("lin"))


def test_a_push_says_how_many_photos_wait_and_since_when(app: Any, town: County, as_: Any):
    from fieldbook.kernel import to_ms
    from tests.unit.sync.test_inbox import a_report

    lin = as_("lin")
    since = town.at - timedelta(hours=15)
    lin.post("/api/push", {"device": lin.device, "queued": 9, "queued_photos": 5, "queued_since": to_ms(since), "commands": [lin.command("finding.report", uuid4(), a_report(town))]})

    town.session.rollback()
    phone = town.session.get_one(Phone, (named("lin's phone"), named("lin")), populate_existing=True)
    assert (phone.unsent, phone.unsent_photos, phone.unsent_since) == (9, 5, since)
    town.deliver()


def test_a_phone_taken_back_into_use_by_a_link_leaves_an_entry(app: Any, town: County):
    device = named("lin's phone")
    with town.acting("ma") as act:
        accounts.revoke_phone(act, device, named("lin"))

    answer = enrol(app, link(town, "lin"), device)

    assert answer.status_code == 200
    town.session.rollback()
    assert town.entries(named("lin"))[-2:] == ["phone.restored", "login.begun"]


def test_two_administrators_who_disable_each_other_at_once_leave_one(app: Any, town: County):
    with town.acting("ma") as act:
        accounts.make_post(act, named("eve"), Duty.ADMINISTRATOR)
    both_stand_ready = Barrier(2)

    def disable(whom: str, by: str) -> str:
        with app.app_context():
            both_stand_ready.wait(10)
            try:
                with journal.begin(db.session(), who=named(by), at=town.at) as act:
                    accounts.disable_person(act, named(whom))
                    time.sleep(0.3)
            except (accounts.LastAdministrator, Busy):
                return "refused"
            return "done"

    with ThreadPoolExecutor(2) as people:
        told = [one.result(30) for one in [people.submit(disable, "eve", "ma"), people.submit(disable, "ma", "eve")]]

    town.session.rollback()
    assert sorted(told) == ["done", "refused"]
    assert town.session.scalar(select(func.count()).select_from(Person).where(Person.id.in_([MA, named("eve")]), Person.disabled_at.is_(None))) == 1
