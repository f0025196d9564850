"""What every answer says about itself: pages, data, photos, files, and whatever went wrong."""

import re
from typing import Any

import pytest
from flask import Flask

from fieldbook.web import headers
from tests.county import PASSWORD, County
from tests.doors.authz import ROWS, Row
from tests.doors.conftest import Caller, a_checked_photo
from tests.doors.test_routes import a_thing, ask

#: a page's policy, word for word; nothing may loosen it without this line
PAGE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def policy(answer: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts if name}


def well_dressed(answer: Any) -> None:
    """What holds for each and every answer."""
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "camera=(self)" in answer.headers["Permissions-Policy"]
    assert "geolocation=(self)" in answer.headers["Permissions-Policy"]
    assert len(answer.headers.getlist("Content-Security-Policy")) == 1
    rules = policy(answer)
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert not re.search(r"unsafe|\*|https?:|data:", answer.headers["Content-Security-Policy"])
    assert not re.search(r"\d", answer.headers.get("Server", ""))
    assert "X-Powered-By" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.rule}")
@pytest.mark.parametrize("who", [None, "ma"])
def test_every_route_is_well_dressed(house: Flask, row: Row, who: str | None):
    answer = ask(Caller(house, who), row, a_thing(house, row))

    well_dressed(answer)
    if answer.mimetype == "text/html" and not row.rule.startswith("/app") and answer.status_code not in (302, 303, 308):
        assert policy(answer) == PAGE
    if answer.mimetype == "application/json":
        assert "sandbox" in policy(answer)


WRONG = {
    400: ("POST", "/api/login", {"data": b"{", "content_type": "application/json"}),
    401: ("GET", "/api/me", {}),
    403: ("POST", "/login", {"data": {}}),
    404: ("GET", "/nowhere", {}),
    405: ("DELETE", "/login", {}),
    413: ("POST", "/login", {"data": b"x" * (21 * 1024 * 1024)}),
    500: ("GET", "/fail/500", {}),
    503: ("GET", "/fail/503", {}),
    507: ("GET", "/fail/507", {}),
    409: ("GET", "/fail/409", {}),
    422: ("GET", "/fail/422", {}),
    429: ("GET", "/fail/429", {}),
}


@pytest.fixture
def failing(app: Flask) -> Flask:
    from fieldbook import accounts, evidence, findings
    from fieldbook.kernel import Busy
    from fieldbook.web.doors import PUBLIC, needs

    app.testing = False
    hows = {500: ZeroDivisionError(), 503: Busy(), 507: evidence.DiskFull(), 409: findings.NotNow(), 422: findings.WordsMissing(), 429: accounts.TooManyTries(wait_seconds=4)}

    @needs(PUBLIC)
    def fail(status: int) -> str:
        raise hows[status]

    app.add_url_rule("/fail/<int:status>", "fail", fail)
    app.add_url_rule("/api/fail/<int:status>", "api_fail", fail)
    return app


@pytest.mark.parametrize("status", WRONG)
def test_every_error_is_well_dressed_and_kept_by_nobody(failing: Flask, status: int):
    method, path, more = WRONG[status]

    answers = [Caller(failing, None).ask(method, at, **more) for at in (path, path if path.startswith("/api") else f"/api{path}")]

    assert answers[0].status_code == status
    for answer in answers:
        well_dressed(answer)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Cookie" in answer.headers["Vary"]


FILES = ["/static/css/desk.css", "/static/desk/start.js", "/static/icons/book.svg", "/app/", "/app/sw.js", "/app/js/start.js", "/app/css/phone.css", "/app/manifest.webmanifest"]


@pytest.mark.parametrize("path", FILES)
def test_every_file_is_well_dressed_however_it_is_asked_for(house: Flask, path: str):
    answers = {method: Caller(house, None).ask(method, path) for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE")}

    for answer in answers.values():
        well_dressed(answer)
    assert [answer.status_code for answer in answers.values()] == [200, 200, 200, 405, 405, 405]


def test_a_file_that_was_seen_before_is_still_well_dressed(house: Flask):
    who = Caller(house, None)
    for path in FILES:
        first = who.get(path)
        again = who.get(path, headers={"If-None-Match": first.headers["ETag"]}) if "ETag" in first.headers else who.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})

        assert again.status_code == 304
        assert "default-src 'none'" in again.headers.get("Content-Security-Policy", first.headers["Content-Security-Policy"])


def test_a_script_is_never_a_page_and_a_drawing_never_a_script(house: Flask):
    kinds = {path: Caller(house, None).get(path).mimetype for path in FILES}

    assert kinds == {
        "/static/css/desk.css": "text/css",
        "/static/desk/start.js": "text/javascript",
        "/static/icons/book.svg": "image/svg+xml",
        "/app/": "text/html",
        "/app/sw.js": "text/javascript",
        "/app/js/start.js": "text/javascript",
        "/app/css/phone.css": "text/css",
        "/app/manifest.webmanifest": "application/manifest+json",
    }


OUTSIDE_OF_THE_FILES = ["/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/css/../../app.py", "/app/js/../../../app.py", "/app/js/%2e%2e/%2e%2e/app.py", "/static/css/%00", "/app/js/sw.js", "/app/js/..%2f..%2fapp.py"]


def test_no_path_leads_out_of_the_files(house: Flask):
    for path in OUTSIDE_OF_THE_FILES:
        answer = Caller(house, None).get(path, follow_redirects=True)

        assert b"create_app" not in answer.data
        assert answer.status_code == 404 or answer.mimetype == "text/html"  # /app/** leads to the app's one page


def test_on_https_every_answer_asks_for_https_for_a_year(open_house):
    app = open_house(origin="https://xuncha.example")
    who = Caller(app, None)

    answers = [who.get(path, base_url="https://xuncha.example/") for path in ("/login", "/api/me", "/nowhere", *FILES)]

    assert [answer.headers.get("Strict-Transport-Security") for answer in answers] == ["max-age=31536000"] * len(answers)


def test_on_http_nobody_asks_for_https(caller):
    assert "Strict-Transport-Security" not in caller(None).get("/login").headers


# ---- what may be kept, and by whom


@pytest.mark.parametrize("row", [row for row in ROWS if row.rule.startswith("/api/")], ids=lambda row: f"{row.method} {row.rule}")
def test_an_answer_of_the_api_is_kept_by_nobody_but_its_reader(house: Flask, row: Row):
    answer = ask(Caller(house, "lin"), row, a_thing(house, row))

    kept = answer.headers["Cache-Control"]
    assert kept == ("private, max-age=31536000, immutable" if "manual" in row.rule else "no-store")
    assert "Cookie" in answer.headers["Vary"]


def test_a_photo_is_kept_by_its_reader_for_good_and_by_no_cache_between(town: County, caller):
    sha256 = a_checked_photo(town, town.finding(state="assigned"))

    for size in ("small", "original"):
        answer = caller("wu").ask("GET", f"/photos/{sha256}/{size}")
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert "Cookie" in answer.headers["Vary"]


def test_a_cache_between_never_hands_one_persons_answer_to_another(town: County, caller):
    """A cache that obeys `Cache-Control` and `Vary`, which is the least one may ask of it, and every trick to make it keep more."""
    town.finding(state="assigned")
    cache: dict[tuple[str, str], bytes] = {}

    def through_the_cache(who: Caller, path: str, **more: Any) -> bytes:
        answer = who.get(path, **more)
        told = answer.headers.get("Cache-Control", "")
        if "no-store" not in told and "private" not in told:
            cache.setdefault((path, who.token if "Cookie" in answer.headers.get("Vary", "") else ""), answer.data)
        return cache.get((path, ""), answer.data)

    lin, qian = caller("lin"), caller("qian")
    tricks = ["/api/me", "/api/me/x.css", "/api/me?x.css", "/api/me;x.css", "/api/me%3fx.css", "/findings", "/findings/x.css", "/api/pull", "/login"]
    for path in tricks:
        for forged in ({}, {"X-Forwarded-Host": "evil.example"}, {"X-Original-URL": "/static/css/desk.css"}, {"X-Rewrite-URL": "/static/css/desk.css"}):
            mine, theirs = through_the_cache(lin, path, headers=forged), through_the_cache(qian, path, headers=forged)
            assert b"evil.example" not in mine + theirs
            assert named_in(theirs) <= {b"Qian"}
    assert cache == {}


def named_in(told: bytes) -> set[bytes]:
    return {name for name in (b"Lin", b"Qian") if re.search(rb"\b" + name + rb"\b", told)}


def test_the_page_after_a_login_is_kept_by_nobody(caller):
    who = caller(None)

    answers = [who.form("/login", {"login": "lin", "password": PASSWORD}), who.get("/findings"), who.form("/logout")]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store"] * 3


def test_the_policy_of_pages_is_the_one_written_here():
    assert {name: value for name, _, value in (part.strip().partition(" ") for part in headers.CSP.split(";"))} == PAGE


def test_the_phones_page_lets_in_one_script_by_hash_and_one_maker_of_trusted_words(caller):
    rules = policy(caller(None).get("/app/"))

    assert re.fullmatch(r"'self' 'sha256-[A-Za-z0-9+/]{43}='", rules["script-src"])
    assert rules["require-trusted-types-for"] == "'script'"
    assert rules["trusted-types"] == "fieldbook"
    assert {name: rules[name] for name in PAGE if name != "script-src"} == {name: value for name, value in PAGE.items() if name != "script-src"}


def test_a_worker_may_reach_nothing_but_our_own(caller):
    for path in ("/app/sw.js", "/app/js/work/shrink-worker.js", "/app/js/store/log-worker.js"):
        answer = caller(None).get(path)
        if answer.status_code == 200:
            assert policy(answer) | {"frame-ancestors": ""} == {
                "default-src": "'none'", "script-src": "'self'", "connect-src": "'self'", "require-trusted-types-for": "'script'", "trusted-types": "'none'", "frame-ancestors": "",
            }  # fmt: skip


def test_the_service_worker_is_asked_about_each_time_and_listed_files_are_public(caller):
    answer = caller(None).get("/app/sw.js")

    assert answer.headers["Cache-Control"] == "no-cache"
    listed = re.search(r"const FILES = (\[.*?\]);", answer.get_data(as_text=True))
    assert listed
    addresses = re.findall(r'\["(/[^"]+)"', listed[1])
    assert addresses
    assert all(address.startswith("/app/") for address in addresses)
