"""Many at once at the desk: reminded, given another deadline, supervised, taken back; and the slips to print."""

import io
import re
import zipfile
from datetime import timedelta

import pytest

from fieldbook import evidence, findings
from fieldbook.kernel import db
from tests.county import picture


@pytest.fixture
def two(app):
    with app.app_context():
        town = app.extensions["small county"]
        made = [town.finding(state=state) for state in ("assigned", "accepted", "cleared")]
        [numbers, due] = [one.number for one in made], made[0].due_at
        return {"numbers": numbers, "sel": ".".join(number[3:] for number in numbers), "due": due}


def say(browser, path, **form):
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/findings").get_data(as_text=True)).group(1)
    return browser._ask(browser.client.post, path, data={"csrf_token": token, **form})


def fresh(app, two):
    with app.app_context():
        town = app.extensions["small county"]
        found = {one.number: one for one in findings.numbered(db.session(), town.standing("ma"), two["numbers"])}
        return [(one.urged, one.due_at, one.extended) for one in (found[number] for number in two["numbers"])]


def test_units_are_reminded_after_a_preview_that_says_what_cannot(app, as_, two):
    chen = as_("chen")
    page = chen.get(f"/dispatch/urge?sel={two['sel']}").get_data(as_text=True)
    assert "催办 2 件" in page
    assert "已经结束，不用再办。" in page

    say(chen, "/dispatch/urge", sel=two["sel"], words="明天检查组来")

    assert "已催办 2 件" in chen.get("/findings").get_data(as_text=True)
    assert [urged for urged, _due, _extended in fresh(app, two)] == [1, 1, 0]
    assert "今天已经催过。" in chen.get(f"/dispatch/urge?sel={two['sel']}").get_data(as_text=True)


def test_deadlines_are_changed_with_a_reason_and_taken_back(app, as_, two):
    chen, day = as_("chen"), (two["due"] + timedelta(days=7)).date().isoformat()
    for wrong, beside in (({"due": day}, "mark-words"), ({"words": "下雨"}, "mark-due")):
        answer = say(chen, "/dispatch/due", sel=two["sel"], **wrong)
        assert (answer.status_code, f'href="#{beside}"' in answer.get_data(as_text=True)) == (422, True)

    say(chen, "/dispatch/due", sel=two["sel"], due=day, words="下雨")
    assert [due.date().isoformat() for _urged, due, _extended in fresh(app, two)[:2]] == [day, day]
    page = chen.get("/findings").get_data(as_text=True)
    assert 'name="by" value="unmark"' in page

    say(chen, "/dispatch/undo", sel=two["sel"], by="unmark")
    assert fresh(app, two)[0] == (0, two["due"], 0)


def test_slips_are_printed_one_a_page_or_one_a_unit(app, as_, two):
    chen = as_("chen")

    each = chen.get(f"/findings/slips?sel={two['sel']}").get_data(as_text=True)
    by_unit = chen.get(f"/findings/slips?sel={two['sel']}&by=unit").get_data(as_text=True)
    blind = as_("qian").get(f"/findings/slips?sel={two['sel']}").get_data(as_text=True)

    assert (each.count("问题交办单"), by_unit.count("问题交办清单"), each.count("单位负责人签字")) == (3, 1, 3)
    assert all(number in each and number in by_unit and number not in blind for number in two["numbers"])


def test_the_ledger_brings_a_small_picture_of_before_and_after(app, as_, two):
    with app.app_context():
        store = app.extensions["fieldbook"].store
        for number, sha256 in enumerate(db.session.scalars(db.select(evidence.Photo.sha256))):
            (store.spool / "drawn").write_bytes(picture(number, size=(320, 240)))
            store.put(f"{sha256}.small", store.spool / "drawn")
    chen = as_("chen")

    book = zipfile.ZipFile(io.BytesIO(chen.get("/findings/export.xlsx?view=all").data))
    text = chen.get("/findings/export.csv?view=all").get_data(as_text=True)

    drawn = [name for name in book.namelist() if name.startswith("xl/media/")]
    assert len(drawn) == 4  # before of three, after of the cleared one
    assert book.read(drawn[0])[:2] == b"\xff\xd8"
    assert "整改前照片" in text.splitlines()[0]
    assert "1 / 1 张" in text
