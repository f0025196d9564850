"""A form that cannot be taken: what was typed stays, what is wrong is said in the person's language, and nothing has changed."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from fieldbook import accounts, journal
from fieldbook.kernel import db
from tests.county import County, named
from tests.doors.conftest import Caller
from tests.doors.test_foreign_sites import head_of

TYPED = "井盖还在晃，请当天处理 <b>"
#: (state, verb, form): each lacks something or says something impossible
REFUSED: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "a reason that is none": ("to_screen", "chen", "dismiss", {"reason": "because"}),
    "no reason": ("to_screen", "chen", "dismiss", {}),
    "a reason in words, without words": ("rectified", "wu", "return", {"reason": "other", "words": ""}),
    "no unit": ("assigned", "chen", "assign", {}),
    "a unit that is none": ("assigned", "chen", "assign", {"unit": "6f0c7c8e-3d0e-4c0e-9c53-3f1b8f0d7a11"}),
    "a unit that is no id": ("assigned", "chen", "assign", {"unit": "' OR 1=1"}),
    "a day that is over": ("assigned", "chen", "assign", {"unit": str(named("roads")), "due": "2020-01-01"}),
    "a day in a hundred years": ("assigned", "chen", "assign", {"unit": str(named("roads")), "due": "2125-01-01"}),
    "no reason to void": ("assigned", "chen", "void", {"words": "   "}),
    "no photo": ("assigned", "zhao", "rectify", {}),
    "a photo that is none": ("assigned", "zhao", "rectify", {"photos": (io.BytesIO(b"<html>"), "after.jpg")}),
    "somebody else's duty": ("assigned", "lin", "void", {}),
    "an older state": ("rectified", "wu", "clear", {"version": "1"}),
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_was_typed_stays_and_what_is_wrong_is_said(town: County, caller, language: str):
    for what, (state, who, verb, form) in REFUSED.items():
        finding = town.finding(state=state)
        person, before = caller(who), head_of(town.app)
        person.client.set_cookie("fieldbook-language", language)
        fresh = {name: (io.BytesIO(value[0].getvalue()), value[1]) if isinstance(value, tuple) else value for name, value in form.items()}

        answer = person.form(f"/findings/{finding.id}/{verb}", {"words": TYPED} | fresh)

        page = answer.get_data(as_text=True)
        assert 400 <= answer.status_code < 500, what
        assert 'role="alert"' in page, what
        said = re.sub(r"<[^>]+>", "", page.split('role="alert"')[1].split("</div>")[0]).partition(">")[2]
        assert bool(re.search(r"[\u4e00-\u9fff]", said)) == (language == "zh"), (what, said)
        if form.get("words", TYPED) == TYPED and verb not in ("clear",) and who != "lin":
            assert "井盖还在晃，请当天处理 &lt;b&gt;" in page, what
        assert head_of(town.app) == before, what
        assert town.fresh(finding).state == state


def test_words_longer_than_their_field_are_cut_at_the_desk_and_refused_on_the_wire(town: County, caller):
    finding, chen = town.finding(state="assigned"), caller("chen")

    desk = chen.form(f"/findings/{finding.id}/void", {"words": "长" * 2_000})
    [wire] = chen.push(chen.command("finding.void", town.finding(state="assigned").id, {"words": "长" * 501}))

    assert desk.status_code == 303
    assert (wire["answer"], wire["code"]) == ("refused", "sync.bad_command")


def test_a_login_that_fails_keeps_the_name_and_never_the_password(house: Flask):
    answer = Caller(house, None).form("/login", {"login": "lin <i>", "password": "wrong password 7", "next": "/review"})

    page = answer.get_data(as_text=True)
    assert answer.status_code in (401, 429)
    assert 'value="lin &lt;i&gt;"' in page
    assert 'value="/review"' in page
    assert "wrong password 7" not in page


@pytest.mark.parametrize(
    ("wrong", "form"),
    [
        ("name", {"name": "", "login": "boss", "password": "street and market 9"}),
        ("login", {"name": "Boss", "login": " ", "password": "street and market 9"}),
        ("login", {"name": "Boss", "login": "LIN", "password": "street and market 9"}),
        ("password", {"name": "Boss", "login": "boss", "password": "short"}),
        ("password", {"name": "Boss", "login": "boss", "password": "12345678"}),
    ],
)
def test_the_first_administrators_form_keeps_all_but_the_password(app: Flask, town: County, caller, wrong: str, form: dict[str, str]):
    for_once = first_link(town)
    before = head_of(app)

    answer = caller(None).form(f"/setup/{for_once}", form)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{wrong}"' in page
    for name in ("name", "login"):
        if form[name].strip():
            assert f'value="{form[name]}"' in page
    assert form["password"] not in page
    assert head_of(app) == before
    assert caller(None).get(f"/setup/{for_once}").status_code == 200


def test_the_link_for_the_first_administrator_works_once(app: Flask, town: County, caller):
    for_once = first_link(town)
    form = {"name": "Boss", "login": "boss", "password": "street and market 9"}

    first, again = caller(None).form(f"/setup/{for_once}", form), caller(None).form(f"/setup/{for_once}", form | {"login": "boss2"})

    assert (first.status_code, again.status_code) == (303, 404)
    assert caller(None).get(f"/setup/{for_once}").status_code == 404
    assert town.session.scalars(select(accounts.Person.login).where(accounts.Person.login.like("boss%"))).all() == ["boss"]
    town.session.rollback()


def first_link(town: County) -> str:
    """The one-time link of a county that has no administrator."""
    with town.acting("ma") as act:
        posts = act.session.scalars(select(accounts.Post).where(accounts.Post.duty == accounts.Duty.ADMINISTRATOR)).all()
        for post in posts:
            act.session.delete(post)
        act.session.flush()
        token = accounts.open_first_door(act)
    assert token
    return token


def test_a_verb_that_somebody_was_faster_with_says_so(town: County, caller):
    finding, wu = town.finding(state="rectified"), caller("wu")
    town.say("clear", finding, who="ma")
    town.later(minutes=1)

    answer = wu.form(f"/findings/{finding.id}/return", {"reason": "not_done", "words": TYPED})

    assert answer.status_code == 409
    assert "状态刚有变化" in answer.get_data(as_text=True)


def test_time_and_journal_are_the_servers(town: County, caller):
    """A phone may say any time; what is noted as done is noted at the server's."""
    lin, finding = caller("lin"), town.finding(state="assigned")
    zhao = caller("zhao")

    zhao.push(zhao.command("finding.accept", finding.id, {}, at=town.at + timedelta(days=900)))

    town.session.rollback()
    entry = town.session.scalars(select(journal.EntryRow).where(journal.EntryRow.verb == "finding.accepted")).one()
    assert entry.at == town.at
    assert lin.pull()["now"] == int(town.at.timestamp() * 1000)
    db.session.rollback()


@pytest.mark.parametrize("moment", ["9" * 30, "-" + "9" * 30, "253402300800000", "-62135596800001"])
@pytest.mark.parametrize("path", ["extend", "supervise"])
def test_a_moment_beyond_every_calendar_is_a_wrong_date_and_no_fault(town: County, caller, path: str, moment: str):
    finding = town.finding()
    said = {"words": "waits for parts", "due_at": moment, "sel": finding.number}
    before = town.entries(finding.id)

    one, many = caller("chen").form(f"/dispatch/{finding.id}/{path}", said), caller("chen").form("/dispatch/supervise", said)

    assert (one.status_code, many.status_code) == (422, 303)
    assert town.entries(finding.id) == before


#: what no file of an office is called
FILE_NAMES = [
    "../../../../tmp/{mark}.xlsx",
    "/tmp/{mark}.xlsx",
    "..\\..\\{mark}.xlsx",
    "C:\\{mark}.xlsx",
    "{mark}.xlsx\r\nSet-Cookie: a=b",
    "a;rm -rf {mark}.xlsx",
    "$(touch {mark}).xlsx",
    "<img src=x onerror={mark}>.xlsx",
    "{mark}" + "长" * 300 + ".xlsx",
    "\u202e{mark}xslx.exe",
    "CON.xlsx",
    ".{mark}",
]


def test_the_name_of_a_file_leads_nowhere(app: Flask, caller, tmp_path: Path):
    """A name is words to be shown; where bytes are kept is decided by us alone."""
    ma, mark = caller("ma"), f"named-{uuid4().hex}"
    table, before = "点位名称,任务对象\r\n城南农贸市场,集贸市场\r\n".encode(), {path for path in tmp_path.rglob("*") if path.is_dir()}

    for name in FILE_NAMES:
        answer = ma.form("/places/import", {"file": (io.BytesIO(table), name.format(mark=mark))})
        shown = ma.get(answer.headers["Location"]) if answer.status_code == 303 else answer

        assert answer.status_code in (303, 422), name
        assert "<img src=x" not in shown.text
        assert "a=b" not in "".join(answer.headers.getlist("Set-Cookie"))
    assert [path for folder in (tmp_path, tmp_path.parent) for path in folder.rglob(f"*{mark}*")] == []
    assert [path for folder in (Path("/"), Path("/tmp"), Path.cwd(), Path.cwd().parent) for path in folder.glob(f"*{mark}*")] == []
    assert {path for path in tmp_path.rglob("*") if path.is_dir()} - before == set()
