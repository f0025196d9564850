"""What is not yours looks as if it were not there: same status, same body, whatever the route."""

import re
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from tests.county import County, named
from tests.doors.authz import ROWS, Row
from tests.doors.conftest import Caller, a_checked_photo, a_visit, drawn
from tests.doors.test_routes import a_thing, ask

#: whom each thing is foreign to, and who still gets past the route's own door
STRANGERS = ("qian", "he", "eve")
#: the draft of the manual is everybody's who may see it
WITH_AN_ID = [row for row in ROWS if row.about and row.about != "a draft"]
#: what differs from answer to answer and says nothing
CHANGING = re.compile(r'[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|CW-\d{8}-\d{4}|name="csrf_token" value="[^"]*"|"request_id":"[^"]*"', re.IGNORECASE)


@pytest.mark.parametrize("row", WITH_AN_ID, ids=lambda row: f"{row.method} {row.rule}")
def test_a_foreign_id_is_answered_like_one_that_does_not_exist(app: Flask, row: Row):
    foreign = a_thing(app, row)
    absent = {"finding_id": str(uuid4()), "visit_id": str(uuid4()), "number": "CW-20250612-9999", "sha256": "f" * 64} | row.fill

    for who in STRANGERS[row.about == "to_screen" :]:  # what is to be screened was reported by qian
        caller = Caller(app, who)
        met, expected = (seen(ask(caller, row, thing)) for thing in (foreign, absent))

        assert met == expected
        assert met[0] in (302, 303, 403, 404)


def seen(answer: Any) -> tuple[int, list[tuple[str, str]], str]:
    headers = [(name, CHANGING.sub("", value)) for name, value in sorted(answer.headers.items()) if name not in ("Set-Cookie", "Content-Length")]
    return answer.status_code, headers, CHANGING.sub("", answer.get_data(as_text=True))


def test_the_right_hash_of_a_foreign_photo_is_worth_nothing(town: County, caller):
    finding = town.finding(state="rectified")
    sha256 = a_checked_photo(town, finding)

    statuses = {
        who: [caller(who).ask("GET", f"/photos/{sha256}/{size}").status_code for size in ("small", "large", "original")]
        for who in ("lin", "zhao", "wu", "qian", "he", "eve")
    }

    assert statuses == {
        "lin": [200, 200, 403],
        "zhao": [200, 200, 403],
        "wu": [200, 200, 200],
        "qian": [404, 404, 403],
        "he": [404, 404, 403],
        "eve": [404, 404, 403],
    }


def test_a_photo_of_a_visit_is_seen_by_whoever_sees_the_place(town: County, caller):
    photo = town.photo(arrived=True)
    a_visit(town, photos=[photo])
    drawn(town, photo.sha256)

    statuses = {who: caller(who).ask("GET", f"/photos/{photo.sha256}/small").status_code for who in ("lin", "wu", "qian", "he", "eve")}

    assert statuses == {"lin": 200, "wu": 200, "qian": 404, "he": 404, "eve": 404}


def test_lists_counts_and_the_feed_never_hold_a_foreign_finding(town: County, caller):
    finding = town.report(words="只有南门看得见")

    for who in ("qian", "he", "eve"):
        stranger = caller(who)
        pages = [stranger.get(path) for path in ("/findings?view=all", f"/findings?place={named('城南农贸市场')}&view=all", "/overview", "/visits")]
        told = "".join(page.get_data(as_text=True) for page in pages) + stranger.get("/api/pull").get_data(as_text=True)

        assert "只有南门看得见" not in told
        assert str(finding.id) not in told
        assert finding.number not in told


def test_a_command_about_a_foreign_finding_is_answered_like_one_about_nothing(town: County, caller):
    finding, qian = town.finding(state="assigned"), caller("qian")

    for verb in ("finding.accept", "finding.undo"):
        [foreign] = qian.push(qian.command(verb, finding.id, {}))
        [absent] = qian.push(qian.command(verb, uuid4(), {}))

        assert (foreign["code"], foreign["message"]) == (absent["code"], absent["message"]) == ("findings.no_such_finding", absent["message"])


def test_a_report_under_the_id_of_a_foreign_finding_says_no_more_than_that_it_was_not_done(town: County, caller):
    finding, qian = town.finding(state="assigned"), caller("qian")
    body = {"photos": [{"sha256": "a" * 64, "bytes": 1, "width": 640, "height": 480, "taken_at": 0, "source": "camera"}], "zone": str(named("zone3"))}

    [answer] = qian.push(qian.command("finding.report", finding.id, body))

    assert answer["answer"] == "refused"
    assert town.fresh(finding).reporter_id == named("lin")
