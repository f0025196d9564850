"""Whatever people write, names and cameras included, is shown as text: at the desk and on the phone, and nothing of it runs."""

import hashlib
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page

from fieldbook import accounts, findings, places
from fieldbook.accounts import Duty
from fieldbook.kernel import db
from tests import servers
from tests.browser.people import log_in
from tests.browser.phones import served
from tests.county import County, named, picture
from tests.doors.conftest import Caller, a_visit
from tests.doors.test_origin import hostile

OUR_OWN = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</title><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "<svg/onload=alert(1)>",
    "<a href=javascript:alert(1)>点我</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action=https://evil.example><button>登录",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<math><mglyph><style><img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "{{7*7}}${7*7}#{7*7}<%= 7*7 %>",
    "%(who)s %s {0} {place} {wait_seconds}",
    "&lt;b&gt;不是粗体&lt;/b&gt; &amp;amp;",
    "javascript:alert(1)",
    "`${alert(1)}`",
    "__proto__",
    "=cmd|'/C calc'!A0",
    "\u202e反过来\u202c \u200b零宽\ufeff",
    "Z̸̢͕a̷̢͔l̵̙g̶̗o̸̬",
    "𠀀𪛖 ﷽ 👩‍👩‍👧‍👦",
    "一行\n两行\t制表",
    "\x1b[31m红\x07响\x0b竖\x7f删",
    "行\u2028段\u2029末",
    "' OR 1=1 --",
]
WORDS = [*OUR_OWN, *[text for name in ("blns.json", "hostile_names.json", "hostile_filenames.json", "hostile_sort_filter.json") for text in hostile(name)][:40]]
#: long enough for the narrowest column that takes a name
NAME = 40


def told_photo(seed: int, exif: dict[str, str]) -> dict[str, Any]:
    data = picture(seed)
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "width": 640, "height": 480, "taken_at": 0, "source": "file", "exif": exif}


def a_report(words: str, seed: int, **more: Any) -> dict[str, Any]:
    exif = {"Make": words[:60], words[:60] or "x": "value", "Software": "<script>alert(1)</script>"}
    return {"place": str(named("城南农贸市场")), "kind": "25", "criterion": "25.07", "manual": 1, "words": words, "photos": [told_photo(seed, exif)]} | more


@pytest.mark.parametrize("words", WORDS, ids=range(len(WORDS)))
def test_what_is_written_is_kept_letter_for_letter(house: Flask, words: str):
    """The same on both databases; only a NUL, which one of them cannot keep, is refused on both."""
    lin, finding = Caller(house, "lin"), uuid4()

    [answer] = lin.push(lin.command("finding.report", finding, a_report(words, 1)))

    assert answer["answer"] == "ok", answer
    with house.app_context():
        assert db.session().get_one(findings.Finding, finding).words == words
        db.session.remove()
    told = lin.get(f"/findings/{finding}")
    assert told.status_code == 200


@pytest.mark.parametrize("where", ["words", "exif name", "exif value", "phone", "login"])
def test_a_nul_is_refused_wherever_it_stands_and_nothing_is_half_kept(town: County, caller, where: str):
    lin, finding = caller("lin"), uuid4()
    body = a_report("a\0b" if where == "words" else "x", 1)
    if where.startswith("exif"):
        body["photos"][0]["exif"] = {"a\0b": "x"} if where == "exif name" else {"Make": "a\0b"}

    if where in ("phone", "login"):
        device = {"id": str(uuid4()), "name": "a\0b" if where == "phone" else "x"}
        answer = lin.post("/api/login", {"login": "a\0b", "password": "wrong", "device": device})
        assert answer.status_code in (400, 401)
    else:
        [answer] = lin.push(lin.command("finding.report", finding, body))
        assert (answer["answer"], answer["code"]) == ("refused", "sync.bad_command")
    assert town.session.get(findings.Finding, finding) is None


@pytest.mark.parametrize("words", ["\ud800", "a\udfff"])
def test_half_a_letter_is_refused(town: County, caller, words: str):
    lin = caller("lin")
    command = lin.command("finding.report", uuid4(), a_report("x", 1))
    raw = json.dumps({"device": lin.device, "commands": [command]}).replace('"words": "x"', f'"words": {json.dumps(words)}')

    answer = lin.send("/api/push", raw.encode(), "application/json")

    assert answer.status_code in (200, 400)
    assert answer.status_code == 400 or answer.json["answers"][0]["answer"] == "refused"


def test_a_camera_may_call_itself_what_it_likes(town: County, caller):
    lin, finding = caller("lin"), uuid4()
    exif = {"Make": "NIKON CORPORATION", "DateTimeOriginal": "2025:06:12 10:00:00", "UserComment": "x" * 60_000, "厂商": "华为", "": "none", "a b/c": "1"}

    [answer] = lin.push(lin.command("finding.report", finding, a_report("x", 1, photos=[told_photo(2, exif)])))

    assert answer["answer"] == "ok", answer


# ---- in a real browser


class Watch:
    """A browser in which nothing may happen but reading: no dialog, no fault, nothing blocked, nobody else asked."""

    def __init__(self, chromium: Chromium, address: str, **how: Any) -> None:
        self.address = address
        self.heard: list[str] = []
        self.context: BrowserContext = chromium.new_context(locale="zh-CN", **how)
        self.context.set_default_timeout(15_000)
        self.context.add_init_script(servers.SET_UP)
        self.context.on("request", self._asked)
        self.context.on("page", self._opened)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "blob:", "data:")):
            self.heard.append(f"asked {request.url}")

    def _opened(self, page: Page) -> None:
        page.on("dialog", lambda dialog: (self.heard.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.heard.append(f"fault {error}"))
        page.on("console", lambda said: self.heard.append(said.text) if "Content Security Policy" in said.text or "TrustedHTML" in said.text else None)

    def logged_in(self, caller: Caller) -> Page:
        self.context.add_cookies([{"name": "fieldbook", "value": caller.token, "url": self.address}])
        return self.context.new_page()


def a_hostile_town(town: County) -> list[UUID]:
    """Everything that has a name or words has hostile ones; gives the findings, each as far as its turn allows."""
    made = []
    for n, words in enumerate(WORDS):
        unit, person, place = (named(f"hostile {kind} {n}") for kind in ("unit", "person", "place"))
        with town.acting("ma") as act:
            accounts.make_unit(act, name=words[:NAME], name_en=words[:NAME], short=words[:20], lead=words[:NAME], id=unit)
            accounts.make_person(act, name=words[:NAME], login=f"hostile{n}", password_hash="none", id=person)
            act.session.flush()
            accounts.make_post(act, person, Duty.INSPECTOR, area_id=named("zone6"))
            accounts.make_post(act, person, Duty.RECTIFIER, unit_id=unit)
            accounts.enroll_phone(act, named(f"phone {n}"), person, name=words[:80])
            places.make_place(act, id=place, code=f"H-{n:03d}", name=words[:NAME], zone_id=named("zone6"), kinds=["25"], unit_id=unit, initials="", lat_e7=315_500_000 + n, lon_e7=1_184_900_000)
        with town.acting(f"hostile person {n}") as act:
            accounts.note_unsent(act, named(f"phone {n}"), 3)
            told = findings.Report(photos=[town.photo(arrived=True)], place=place, kind="25", criterion="25.07", manual=1, words=words)
            finding = findings.report(act, town.standing(f"hostile person {n}"), named(f"hostile finding {n}"), told)
        town.deliver()
        made.append(finding.id)
        if n % 2:
            _further(town, finding, n, words)
        if n % 8 == 0:
            a_visit(town, words=words[:500])
    return made


def _further(town: County, finding: findings.Finding, n: int, words: str) -> None:
    who = f"hostile person {n}"
    town.later(minutes=1)
    with town.acting(who) as act:
        findings.rectify(act, town.standing(who), finding.id, photos=[town.photo(arrived=True)], words=words)
    town.deliver()
    if n % 4 == 1:
        town.later(minutes=1)
        with town.acting("wu") as act:
            findings.send_back(act, town.standing("wu"), finding.id, reason="other", words=words)


def test_at_the_desk_all_of_it_is_text(town: County, app: Flask, caller, chromium: Chromium):
    ids = a_hostile_town(town)
    wu, ma = caller("wu"), caller("ma")
    db.session.rollback()

    with served(app) as server:
        watch = Watch(chromium, server.address)
        page = watch.logged_in(ma)
        for path in ("/overview", "/overview/unvisited", "/overview/phones", "/findings?view=all", "/findings?view=all&page=2", "/visits", "/review", "/login", "/nowhere"):
            page.goto(server.address + path)
        shown = []
        for finding, words in zip(ids, WORDS, strict=True):
            page.goto(f"{server.address}/findings/{finding}")
            shown.append((words, plain(page.inner_text("main")), page.title()))
        for words in OUR_OWN[::3]:
            page.goto(f"{server.address}/findings?" + _query(q=words, criterion=words, kind=words, sort=words, view=words))
            assert page.locator("input[name=q]").first.input_value().strip() == one_line(words[:60].strip())
        watch.logged_in(wu).goto(f"{server.address}/review")
        watch.context.close()

    assert watch.heard == []
    for words, text, title in shown:
        assert plain(words) in text, words
        assert "巡查簿" in title


def test_on_the_phone_all_of_it_is_text(town: County, app: Flask, caller, chromium: Chromium):
    ids = a_hostile_town(town)
    db.session.rollback()

    with served(app) as server:
        watch = Watch(chromium, server.address, viewport={"width": 390, "height": 844}, has_touch=True)
        page = watch.context.new_page()
        log_in(page, server.address, "lin")
        for path in ("/app/", "/app/findings", "/app/places", "/app/outbox", f"/app/places/{named('hostile place 1')}"):
            page.goto(server.address + path)
            page.locator("#app > *").first.wait_for()
            page.wait_for_timeout(200)
        shown = {}
        for finding, words in list(zip(ids, WORDS, strict=True))[::3]:
            page.goto(f"{server.address}/app/findings/{finding}")
            page.get_by_text("H-").or_(page.locator("main, section")).first.wait_for()
            page.wait_for_timeout(150)
            shown[words] = plain(page.inner_text("#app"))
        watch.context.close()

    assert watch.heard == []
    assert [words for words, text in shown.items() if plain(words) not in text] == []


def _query(**fields: str) -> str:
    from urllib.parse import urlencode

    return urlencode(fields)


def one_line(words: str) -> str:
    """As a field of one line shows it."""
    return words.replace("\n", "").replace("\r", "")


def plain(words: str) -> str:
    """As people see it: spaces and what has no width aside."""
    return "".join(letter for letter in words if not letter.isspace() and letter.isprintable())


def test_the_shared_words_are_used_in_place_or_said_to_be_absent(capsys):
    if len(WORDS) == len(OUR_OWN):
        with capsys.disabled():
            print("\nno ../shared/hostile/text here: only our own hostile words were shown")


