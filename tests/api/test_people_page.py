"""人员 at the desk: entering, changing, handing over, slips, and what waits for the office; each change is seen where it is made."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from fieldbook import accounts, findings, journal
from fieldbook.accounts import Duty, Person, Phone, Post
from fieldbook.kernel import db
from tests.conftest import Browser
from tests.county import PASSWORD, County, named
from tests.unit.sync.test_inbox import a_report

Desk = Callable[..., Any]
PHONE = named("lin's phone")


@pytest.fixture
def desk(as_: Any) -> Callable[[str], Browser]:
    """Somebody's browser at the office."""
    return lambda who: as_(who)


def form(browser: Browser, path: str, *, at: str = "/people", **fields: Any) -> Any:
    """Send a form as its page would."""
    page = browser.get(at).get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page[:400]
    return browser._ask(browser.client.post, path, data={"csrf_token": found.group(1), **fields})


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def of(who: str, what: str = "") -> str:
    return f"/people/{named(who)}{what}"


def names(page: str) -> list[str]:
    return re.findall(r'<a class="ttl" href="/people/[^"]+"[^>]*>([^<]+)</a>', page)


def test_a_person_is_entered_with_a_post_and_lands_on_their_page(town: County, desk: Desk):
    ma = desk("ma")

    made = form(ma, "/people", name="陈建国", login="chenjg", contact="13800001234", language="zh", duty="inspector", area=str(named("zone6")), until="2025-12-31")

    page = text(ma.get(made.headers["Location"]))
    assert made.status_code == 303
    assert "没有默认密码" in page
    assert "2025-12-31" in page
    person = town.session.scalars(select(Person).where(Person.login == "chenjg")).one()
    assert (person.password, [post.duty for post in accounts.posts_of(town.session, person.id)]) == ("", [Duty.INSPECTOR])
    town.session.rollback()


@pytest.mark.parametrize(
    ("told", "about", "said"),
    [
        ({"name": ""}, "name", "姓名要填"),
        ({"login": "LIN"}, "login", "已有人使用"),
        ({"duty": "rectifier"}, "unit", "整改岗位要选一个责任单位"),
        ({"duty": "inspector", "until": "2020-01-01"}, "until", "截止日期要晚于今天"),
        ({"duty": "inspector", "until": "someday"}, "until", "截止日期要晚于今天"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(town: County, desk: Desk, told: dict[str, str], about: str, said: str):
    ma = desk("ma")

    answer = form(ma, "/people", **({"name": "新人", "login": "xinren", "contact": "139"} | told))

    page = text(answer)
    assert answer.status_code == 422
    assert f'<a href="#{about}">' in page
    assert page.count(said) == 2
    assert 'value="139"' in page
    assert town.session.scalar(select(Person.id).where(Person.login == "xinren")) is None
    town.session.rollback()


def test_the_list_begins_with_who_has_held_unsent_work_longest_and_says_that_nobody_is_ranked(town: County, desk: Desk):
    for who, hours in (("qian", 1), ("zhao", 14), ("lin", 3)):
        with town.acting(who) as act:
            accounts.note_unsent(act, named(f"{who}'s phone"), 2, photos=5, since=town.at.replace(day=11, hour=10 - hours if hours < 10 else 0))

    page = text(desk("ma").get("/people"))

    assert names(page)[:3] == ["Zhao", "Lin", "Qian"]
    assert "这里不统计谁巡得多、谁巡得少" in page
    assert text(desk("ma").get("/people?view=unsent")).count("data-row") == 3


def test_the_list_is_narrowed_by_duty_area_unit_state_and_text(town: County, desk: Desk):
    ma = desk("ma")
    with town.acting("ma") as act:
        accounts.disable_person(act, named("he"))

    found = {
        query: sorted(names(text(ma.get(f"/people?{query}"))))
        for query in ("duty=inspector", f"area={named('east')}", f"unit={named('market')}", "view=disabled", "q=qia", "q=nobody", "view=zzz&sort=x&page=-1&duty=x&area=x")
    }

    assert found["duty=inspector"] == ["Lin", "Qian"]
    assert "Lin" in found[f"area={named('east')}"]
    assert (found[f"unit={named('market')}"], found["view=disabled"], found["q=qia"], found["q=nobody"]) == (["Zhao"], ["He"], ["Qian"], [])
    assert len(found["view=zzz&sort=x&page=-1&duty=x&area=x"]) == 8


def test_a_district_sees_its_people_and_their_numbers_masked(town: County, desk: Desk):
    with town.acting("ma") as act:
        accounts.change_person(act, named("lin"), name="Lin", login="lin", language="zh", contact="13800001234")
    chen = desk("chen")

    seen, page = names(text(chen.get("/people"))), text(chen.get(of("lin")))

    assert sorted(seen) == ["Chen", "Lin"]
    assert "138****1234" in page
    assert "13800001234" not in page
    assert chen.get(of("qian")).status_code == 404
    assert "13800001234" in text(desk("ma").get(of("lin")))


def test_headquarters_keeps_people_but_makes_and_unmakes_no_administrator(town: County, desk: Desk):
    with town.acting("ma") as act:
        accounts.make_post(act, named("eve"), Duty.HEADQUARTERS)
    eve = desk("eve")
    [post] = town.session.scalars(select(Post).where(Post.person_id == named("ma"), Post.duty == Duty.ADMINISTRATOR)).all()

    answers = [
        form(eve, of("lin", "/change"), name="Lin", login="lin", contact="139", language="zh"),
        form(eve, of("lin", "/posts"), duty="administrator"),
        form(eve, of("ma", "/disable")),
        form(eve, of("ma", "/slip"), at=of("lin")),
        form(eve, of("ma", f"/posts/{post.id}/end"), at=of("lin")),
        form(eve, "/people/slips", people=str(named("ma"))),
    ]

    assert [answer.status_code for answer in answers] == [303, 403, 403, 403, 403, 403]
    assert 'value="administrator"' not in text(eve.get("/people/new"))


def test_a_change_stands_in_the_persons_history_with_who_made_it(town: County, desk: Desk):
    ma = desk("ma")

    form(ma, of("lin", "/change"), name="Lin", login="lin", contact="13800001234", language="en")
    form(ma, of("lin", "/posts"), duty="reviewer", area=str(named("zone6")))

    page = text(ma.get(of("lin")))
    assert re.search(r"修改资料</b>　(语言，电话|电话，语言)", page)
    assert re.search(r"设岗位</b>　复核 [^<]+</span><span class=\"soft\">Ma", page)


def test_the_last_administrator_is_refused_in_words_on_the_same_page(town: County, desk: Desk):
    ma = desk("ma")
    [post] = town.session.scalars(select(Post).where(Post.person_id == named("ma"), Post.duty == Duty.ADMINISTRATOR)).all()

    answers = [form(ma, of("ma", "/disable")), form(ma, of("ma", f"/posts/{post.id}/end"))]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("全县只剩这一位管理员" in text(answer) for answer in answers)


def test_a_slip_shows_its_code_once_and_the_code_lets_a_phone_and_a_desk_in(app: Flask, town: County, desk: Desk):
    ma = desk("ma")

    page = text(form(ma, of("eve", "/slip"), at=of("eve")))
    [address] = re.findall(r'data-code="([^"]+)"', page)
    [code] = re.findall(r'class="code">([^<]+)<', page)
    elsewhere = Browser(app, None)
    chosen = form(elsewhere, "/enter", at="/enter", code=code.lower(), password="street and market 8")
    again = form(elsewhere, "/enter", at="/enter", code=code, password="street and market 9")

    assert address == f"http://localhost/app/enrol#{code}"
    assert code not in text(ma.get(of("eve")))
    assert (chosen.status_code, again.status_code) == (303, 422)
    assert "这张单子用不了" in text(again)
    assert elsewhere.post("/api/login", {"login": "eve", "password": "street and market 8"}).status_code == 200


def test_slips_for_a_list_are_one_each_and_void_the_earlier_ones(app: Flask, town: County, desk: Desk):
    ma = desk("ma")
    first = re.findall(r'class="code">([^<]+)<', text(form(ma, of("lin", "/slip"), at=of("lin"))))

    page = text(form(ma, "/people/slips", people=",".join(str(named(who)) for who in ("lin", "qian", "eve"))))
    codes = re.findall(r'class="code">([^<]+)<', page)

    assert len(set(codes)) == 3
    device = {"id": str(uuid4()), "name": "x"}
    assert [Browser(app, None).post("/api/enrol", {"token": code, "device": device}).status_code for code in (*first, codes[0])] == [404, 200]


def test_before_the_address_is_fixed_no_slip_is_printed_but_on_the_machine_itself(town: County, desk: Desk):
    ma = desk("ma")

    page = text(ma.get(of("eve")))
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    outside = ma._ask(ma.client.post, of("eve", "/slip"), data={"csrf_token": token}, environ_base={"REMOTE_ADDR": "203.0.113.7"})

    assert outside.status_code == 409
    assert "还没有定下全县统一的网址" in text(outside)
    assert "link.made" not in town.entries(named("eve"))


def test_posts_are_handed_over_with_a_preview_of_what_hangs_on_each(town: County, desk: Desk):
    ma = desk("ma")
    town.finding()
    [post] = town.session.scalars(select(Post).where(Post.person_id == named("lin"), Post.ended_at.is_(None))).all()

    preview = text(ma.get(of("lin", "/hand-over")))
    nobody = form(ma, of("lin", "/hand-over"), at=of("lin", "/hand-over"), post=str(post.id))
    done = form(ma, of("lin", "/hand-over"), at=of("lin", "/hand-over"), post=str(post.id), to=str(named("eve")))

    assert re.search(r'<td class="r"><b>1</b></td><td class="r">3</td>', preview)
    assert (nobody.status_code, done.status_code, done.headers["Location"]) == (422, 303, of("eve"))
    town.session.rollback()
    assert [post.area_id for post in accounts.posts_of(town.session, named("eve"))] == [named("zone6")]
    town.session.rollback()


def test_a_units_open_findings_are_handed_over_and_taken_back_on_the_page(town: County, desk: Desk):
    ma, finding = desk("ma"), town.finding()
    path = f"/units/{named('market')}/hand-over"

    before = text(ma.get(path))
    assert form(ma, path, at=path, to=str(named("roads")), due="kept").status_code == 303
    after = text(ma.get(path))
    [made] = re.findall(r'name="hand_over" value="([^"]+)"', after)
    given = town.fresh(finding).unit_id
    assert form(ma, f"{path}/undo", at=path, hand_over=made).status_code == 303

    assert "要移交的 1 件" in before
    assert "已把 1 件移交给" in after
    assert (given, town.fresh(finding).unit_id) == (named("roads"), named("market"))


def test_a_phone_is_revoked_reported_and_restored_on_the_persons_page(town: County, desk: Desk):
    ma, lin = desk("ma"), desk("lin")
    phone = of("lin", f"/phones/{PHONE}")

    form(ma, f"{phone}/revoke", at=of("lin"))
    revoked = (lin.get("/api/me").json["code"], "已停用，等它交完再清空" in text(ma.get(of("lin"))))
    form(ma, f"{phone}/restore", at=of("lin"))
    restored = lin.get("/api/me").status_code
    form(ma, f"{phone}/stolen", at=of("lin"))

    assert revoked == ("accounts.device_revoked", True)
    assert restored == 200
    assert lin.get("/api/me").json["code"] == "accounts.device_revoked_at_once"
    assert "已报失" in text(ma.get(of("lin")))
    with db.session.no_autoflush:
        assert town.session.get_one(Phone, (named("lin's phone"), named("lin"))).stolen_at == town.at
    town.session.rollback()


def test_ending_all_logins_ends_phones_and_desks(app: Flask, town: County, desk: Desk):
    ma, phone, office = desk("ma"), desk("lin"), Browser(app, None)
    office.post("/api/login", {"login": "lin", "password": PASSWORD})

    form(ma, of("lin", "/sessions/end"), at=of("lin"))

    assert [browser.get("/api/me").status_code for browser in (phone, office)] == [401, 401]


def test_what_waits_for_the_office_is_listed_taken_in_or_declined_and_the_phone_hears(town: County, desk: Desk):
    lin, chen = desk("lin"), desk("chen")
    kept, left = (lin.command("finding.report", uuid4(), a_report(town, words=words)) for words in ("积水一处", "乱贴一张"))
    with town.acting("ma") as act:
        for post in act.session.scalars(select(Post).where(Post.person_id == named("lin"))).all():
            accounts.end_post(act, post.id)
    lin.push(kept, left)

    page = text(chen.get("/held"))
    counted = re.search(r'href="/people"[^>]*>人员<i>(\d+)</i>', page)
    taken = form(chen, f"/held/{kept['id']}/take-in", at="/held")
    silent = form(chen, f"/held/{left['id']}/decline", at="/held", words="")
    declined = form(chen, f"/held/{left['id']}/decline", at="/held", words="重复上报")

    assert counted is not None
    assert counted.group(1) == "2"
    assert all(words in page for words in ("积水一处", "乱贴一张", "城南农贸市场", "原来的岗位已经调整"))
    assert [answer.status_code for answer in (taken, silent, declined)] == [303, 422, 303]
    assert [(answer["answer"], answer.get("code")) for answer in lin.push(kept, left)] == [("duplicate", None), ("refused", "sync.declined")]
    assert "没有要认领的上传" in text(chen.get("/held"))
    town.deliver()
    assert len(findings.listing(town.session, town.standing("chen"), findings.Filters(view="all"), now=town.at)[0]) == 1
    assert journal.verify(town.session) == []


def test_an_auditor_reads_the_list_and_is_offered_nothing_to_do(desk: Desk):
    sun = desk("sun")

    pages = text(sun.get("/people")), text(sun.get(of("lin")))

    assert not any(word in page for page in pages for word in ("添加人员", "入场单", "/revoke", "/disable", "/hand-over"))
