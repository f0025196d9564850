"""Where a request says it comes from and wants to go: hosts, proxies, addresses to go on to, and the settings behind them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from fieldbook.kernel import Settings, SettingsBroken
from tests.county import PASSWORD, County
from tests.doors.conftest import OUTSIDE, TRACE, Caller

EVIL = "evil.example"

FORGED = [
    {"Host": EVIL},
    {"Host": f"{EVIL}:80"},
    {"Host": f"localhost@{EVIL}"},
    {"Host": f"localhost\\@{EVIL}"},
    {"Host": "localhost, " + EVIL},
    {"Host": "'\"><script>alert(1)</script>"},
    {"Host": ""},
    {"X-Forwarded-Host": EVIL},
    {"X-Forwarded-Host": f"localhost, {EVIL}", "X-Forwarded-Proto": "https"},
    {"X-Forwarded-Server": EVIL, "X-Forwarded-Prefix": f"//{EVIL}"},
    {"Forwarded": f"host={EVIL};proto=https"},
    {"X-Original-URL": f"//{EVIL}/", "X-Rewrite-URL": f"//{EVIL}/"},
    {"X-Host": EVIL, "X-HTTP-Host-Override": EVIL},
]


@pytest.mark.parametrize("headers", FORGED, ids=str)
def test_no_address_is_ever_built_from_what_a_request_calls_us(house: Flask, headers: dict[str, str]):
    lin = Caller(house, "lin")

    for who in (lin, Caller(house, None)):
        for path in ("/", "/login", "/findings", "/app", "/api/me", "/nowhere", "/static//css", "/findings//by-number/CW-1"):
            answer = who.get(path, headers=headers)
            assert answer.status_code < 500
            assert EVIL not in answer.headers.get("Location", "")
            # what people wrote may name anything; no address of ours does
            assert not [said for said in re.findall(r'(?:href|src|action|content)="([^"]*)"', answer.get_data(as_text=True)) if EVIL in said]
            assert b"<script>alert(1)" not in answer.data


def test_without_a_proxy_in_the_settings_nobody_says_where_they_come_from(house: Flask):
    forged = {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "X-Forwarded-Proto": "https", "Forwarded": "for=127.0.0.1;proto=https"}

    answer = Caller(house, None).post("/api/login", {"login": "lin", "password": PASSWORD}, headers=forged, environ_base={"REMOTE_ADDR": OUTSIDE})

    assert (answer.status_code, answer.json["code"]) == (403, "web.plain_http")


def test_with_one_proxy_only_what_it_said_itself_counts(open_house):
    app = open_house(origin="https://xuncha.example", proxies=1)
    through = {"X-Forwarded-For": f"127.0.0.1, {OUTSIDE}", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "xuncha.example"}
    beside = through | {"X-Forwarded-Proto": "https, http"}

    good = Caller(app, None).post("/api/login", {"login": "lin", "password": PASSWORD}, headers=through)
    bad = Caller(app, None).post("/api/login", {"login": "lin", "password": PASSWORD}, headers=beside)

    assert good.status_code == 200
    assert (bad.status_code, bad.json["code"]) == (403, "web.plain_http")


def test_what_is_copied_into_a_message_group_names_no_address_that_a_request_brought(app, town, caller):
    told = caller("chen").get("/notices/digest")

    assert told.status_code == 200
    assert b"://localhost" not in told.data


@pytest.mark.parametrize("host", [EVIL, f"xuncha.example.{EVIL}", f"{EVIL}#xuncha.example", "XUNCHA.EXAMPLE.evil", "xuncha_example", "[::1"])
def test_with_trusted_hosts_any_other_name_is_refused_in_words(open_house, host: str):
    app = open_house(trusted_hosts=("xuncha.example",))
    app.testing = False
    stranger = Caller(app, None)

    page, told = stranger.get("/login", headers={"Host": host}), stranger.get("/api/me", headers={"Host": host})

    assert (page.status_code, told.status_code) == (400, 400)
    assert set(told.json) == {"epoch", "code", "message", "request_id"}
    for answer in (page, told):
        assert not TRACE.search(answer.data)
        assert host.encode() not in answer.data


def test_with_trusted_hosts_our_own_name_is_answered(open_house):
    app = open_house(trusted_hosts=("xuncha.example",))

    assert Caller(app, None).get("/login", headers={"Host": "xuncha.example:8443"}).status_code == 200


def test_whoever_opens_a_page_under_another_name_is_led_to_the_one_origin(open_house):
    """What a phone keeps belongs to the name it was opened under."""
    app = open_house(origin="https://xuncha.example")
    stranger, page = Caller(app, None), {"Accept": "text/html,application/xhtml+xml"}

    for path in ("/login?next=%2Freview", "/app/", "/findings"):
        answer = stranger.get(path, headers={"Host": "10.0.0.5:8000"} | page)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"https://xuncha.example{path}")


def test_what_a_phone_still_holds_under_the_old_name_can_be_sent(open_house):
    """Moving means draining every phone first, so the API answers under any name."""
    app = open_house(origin="https://xuncha.example")
    lin = Caller(app, "lin")
    lin.client.set_cookie("__Host-fieldbook", lin.token, domain="old.example")

    answer = lin.post("/api/push", {"device": lin.device, "commands": []}, base_url="http://old.example/")

    assert answer.status_code == 200


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8700", "[::1]:8700", "xuncha.example"])
def test_this_machine_and_the_origin_itself_lead_nowhere(open_house, host: str):
    app = open_house(origin="https://xuncha.example")

    assert Caller(app, None).get("/login", headers={"Host": host, "Accept": "text/html"}).status_code == 200


# ---- addresses to go on to

ELSEWHERE = [
    "https://evil.example/",
    "http://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nLocation: https://evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "\u3000//evil.example",
    "//evil.example\\@localhost/",
    "https:evil.example",
    "https:/evil.example",
    "HTTPS://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//[",
    "http://[::1",
    "//evil。example",
    "／／evil.example",
    "@evil.example",
    "evil.example",
    "?next=//evil.example",
    "./..//evil.example",
    "",
    "x" * 5_000,
]
TEXTS = Path(__file__).resolve().parents[3] / "shared" / "hostile" / "text"


def hostile(name: str) -> list[str]:
    """The strings of one of the shared files; none where that folder is not at hand."""
    file = TEXTS / name
    if not file.exists():
        return []
    told = json.loads(file.read_text("utf-8"))
    return [text for text in (told if isinstance(told, list) else list(told.values())) if isinstance(text, str)]


def stays_here(answer: Any) -> None:
    where = answer.headers["Location"]
    assert where.startswith("/"), where
    assert not where.startswith(("//", "/\\")), where
    assert "\n" not in where
    assert "\r" not in where


def test_no_login_and_no_choice_of_language_leads_to_another_site(house: Flask):
    lin = Caller(house, "lin")

    for address in [*ELSEWHERE, *hostile("hostile_urls.json")]:
        if "\0" in address:
            continue  # refused for its NUL
        opened = lin.get("/login", query_string={"next": address})
        chosen = lin.form("/preferences", {"language": "zh", "back": address})
        for answer in (opened, chosen):
            assert answer.status_code in (302, 303), address
            stays_here(answer)


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example", "//[", "javascript:alert(1)"])
def test_nor_does_a_login_that_succeeds(caller, address: str):
    answer = caller(None).form("/login", {"login": "lin", "password": PASSWORD, "next": address})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_our_own_addresses_are_gone_on_to(house: Flask):
    lin = Caller(house, "lin")

    for address in ("/", "/findings?view=all&q=%E6%B0%B4", "/review", "/findings?view=mine#top", "/findings?q=http://x"):
        assert lin.get("/login", query_string={"next": address}).headers["Location"] == address


def test_where_a_stranger_wanted_to_go_is_kept_as_text(house: Flask):
    page = Caller(house, None).get("/login", query_string={"next": "\"><script>alert(1)</script>"}).get_data(as_text=True)

    assert "<script>alert(1)" not in page
    assert "&#34;&gt;&lt;script&gt;" in page


# ---- ids, sorts and filters

ODD = [
    *["'", '"', "--", "1 OR 1=1", "1;DROP TABLE person", "name;drop table", "${7*7}", "{{7*7}}", "%00", "%27", "../../etc/passwd", "..%2f..%2f", "-1", "0", "1e400", "NaN", "null", "undefined", "[]", "{}"],
    *["99999999999999999999999999", "9" * 400, "\u202e", "🦉" * 50, "ﷺ" * 100, "a" * 2_000, "%", "_", "\\", "*", "' union select password from person --", "__class__", "password", "NAME", "due;--", "due_at desc, (select 1)"],
    *["6f0c7c8e-3d0e-4c0e-9c53-3f1b8f0d7a11' --", "6F0C7C8E3D0E4C0E9C533F1B8F0D7A11", "{6f0c7c8e-3d0e-4c0e-9c53-3f1b8f0d7a11}", "urn:uuid:6f0c7c8e-3d0e-4c0e-9c53-3f1b8f0d7a11", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
]
FIELDS = ["sort", "view", "state", "zone", "kind", "unit", "place", "criterion", "q", "page", "district", "pair", "only", "order", "limit", "cursor", "device", "from", "next"]
LISTS = ["/findings", "/visits", "/overview", "/overview/unvisited", "/overview/phones", "/review", "/api/pull", "/api/me", "/api/leaves", "/login"]


def test_no_filter_and_no_sort_of_a_list_is_ever_a_fault(house: Flask):
    ma = Caller(house, "ma")

    for n, odd in enumerate([*ODD, *hostile("hostile_sort_filter.json"), *hostile("hostile_ids.json")]):
        for path in (*LISTS[:2], LISTS[2 + n % 8]):
            answer = ma.get(path, query_string=dict.fromkeys(FIELDS, odd))
            assert answer.status_code < 500, (path, odd)
            assert not TRACE.search(answer.data), (path, odd)


def test_a_sort_that_is_none_of_ours_changes_no_order(town: County, caller):
    wu = caller("wu")
    for _ in range(3):
        town.later(minutes=5)
        town.finding(state="assigned")

    usual = rows_of(wu.get("/findings?view=all"))

    assert len(usual) == 3
    for odd in [*ODD[:12], *hostile("hostile_sort_filter.json")]:
        assert rows_of(wu.get("/findings", query_string={"view": "all", "sort": odd})) == usual, odd


def rows_of(answer: Any) -> list[str]:
    import re

    return list(dict.fromkeys(re.findall(r'href="/findings/([0-9a-f-]{36})', answer.get_data(as_text=True))))


def test_no_id_in_an_address_is_ever_a_fault(house: Flask):
    from urllib.parse import quote

    ma = Caller(house, "ma")
    addresses = ["/findings/{}", "/findings/by-number/{}", "/visits/{}", "/review/{}", "/photos/{}/small", "/photos/" + "0" * 64 + "/{}", "/photos/{}/original", "/setup/{}", "/api/manual/{}", "/app/js/{}", "/app/icons/{}", "/static/{}", "/api/photos/{}"]

    for odd in [*ODD, *hostile("hostile_ids.json")]:
        for address in addresses:
            answer = ma.get(address.format(quote(odd, safe="%")))
            assert answer.status_code in (302, 308, 400, 404, 405) or answer.data.startswith(b"<!doctype html>"), (address, odd)
            assert not TRACE.search(answer.data), (address, odd)


def test_the_shared_strings_are_used_or_it_is_said_that_they_are_not(capsys):
    names = sorted(file.name for file in TEXTS.glob("*")) if TEXTS.is_dir() else []

    with capsys.disabled():
        if not names:
            print("\nhostile text: ../shared/hostile/text is not here; our own strings only")


# ---- what the server is started with


@pytest.mark.parametrize(
    "secret",
    ["", "short", "x" * 64, "0123456789" * 2, "change-me-change-me-change-me-change-me", "this-is-the-default-secret-key-of-fieldbook", "password-password-with-1234567890-abc", "your secret key goes here, please replace"],
)
def test_a_secret_that_can_be_guessed_stops_the_start(tmp_path: Path, monkeypatch, secret: str):
    monkeypatch.delenv("FIELDBOOK_SECRET", raising=False)
    (tmp_path / "secret").write_text(secret)

    with pytest.raises(SettingsBroken, match="secret"):
        Settings.load(tmp_path)


def test_a_secret_from_the_environment_is_looked_at_as_hard(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("FIELDBOOK_SECRET", "changeme")

    with pytest.raises(SettingsBroken, match="secret"):
        Settings.load(tmp_path)


def test_debug_is_off_and_leaks_nothing_even_when_it_is_on(house: Flask, open_house):
    app = open_house()
    app.debug, app.testing = True, False
    from fieldbook.web.doors import PUBLIC, needs

    app.add_url_rule("/fail", "fail", needs(PUBLIC)(lambda: 1 / 0))

    answer = Caller(app, None).get("/fail")

    assert house.debug is False
    assert answer.status_code == 500
    assert not TRACE.search(answer.data)
