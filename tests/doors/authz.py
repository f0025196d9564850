"""Who may go through which door: every route, and the status each person meets there.

A route that is not here fails the tests, and so does a row without a route. To add a route, write its row first: what is
asked, of which thing, and who gets what. The thing lies in zone 6, belongs to the market's unit and was reported by lin.

lin inspects zone 6, qian zone 3, zhao rectifies for the market, he for the roads unit, wu reviews the county, chen dispatches
the east district (zone 6 is in it), sun audits, ma administers and heads, eve has no duty. nobody is not logged in; revoked is
lin with a phone that was taken away; disabled is lin's colleague whose account was closed.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.county import named

EVERYBODY = ["nobody", "revoked", "disabled", "lin", "qian", "zhao", "he", "wu", "chen", "sun", "ma", "eve"]

#: nobody is logged in: a page leads to the login, anything else says so
OUT = "nobody revoked disabled"
IN = "lin qian zhao he wu chen sun ma eve"
ALL = f"{OUT} {IN}"
#: the finding is in their scope
SEE = "lin zhao wu chen sun ma"
BLIND = "qian he eve"
#: their duty has a desk of its own
DESK = "lin qian wu chen sun ma"
NO_DESK = "zhao he eve"
NOT_MA = "lin qian zhao he wu chen sun eve"
MARKET, ZONE6, ROADS = {"place_id": str(named("城南农贸市场"))}, {"area_id": str(named("zone6"))}, {"unit_id": str(named("roads"))}


@dataclass(frozen=True)
class Row:
    """One route, what is asked, and the answers: status -> the people who get it."""

    method: str
    rule: str
    answers: dict[int, str]
    #: what the address's parts and the form are filled from: the state of a fresh finding, or "" when none is needed
    about: str = ""
    form: dict[str, Any] | None = None
    json: Any = None
    body: bytes | None = None
    query: str = ""
    #: values for the address's parts that are not ids of a thing
    fill: dict[str, str] = field(default_factory=dict)


def page(rule: str, answers: dict[int, str], about: str = "", **more: Any) -> Row:
    """A page to read; who is not logged in is led to the login."""
    return Row("GET", rule, {302: OUT, **answers}, about, **more)


def verb(rule: str, about: str, answers: dict[int, str], *, fill: dict[str, str] | None = None, **form: Any) -> Row:
    """A form that changes something."""
    return Row("POST", rule, {401: OUT, **answers}, about, form, fill=fill or {})


ROWS = [
    # ---- anybody's
    Row("GET", "/healthz", {200: ALL}),
    Row("GET", "/login", {200: OUT, 302: IN}),
    Row("POST", "/login", {401: ALL}, form={"login": "lin", "password": "not the password"}),
    Row("GET", "/setup/<token>", {404: ALL}, fill={"token": "guessed"}),
    Row("POST", "/setup/<token>", {404: ALL}, fill={"token": "guessed"}, form={"name": "X", "login": "x", "password": "street and market 8"}),
    Row("POST", "/preferences", {303: ALL}, form={"language": "en"}),
    Row("POST", "/api/login", {401: ALL}, json={"login": "lin", "password": "not the password"}),
    # ---- accounts: one-time links
    Row("POST", "/api/enrol", {404: ALL}, json={"token": "guessed", "device": {"id": "00000000-0000-4000-8000-000000000001", "name": "test"}}),
    # ---- the phone's app: the same for everybody, and about nobody
    Row("GET", "/app", {308: ALL}),
    Row("GET", "/app/", {200: ALL}),
    Row("GET", "/app/<path:deep>", {200: ALL}, fill={"deep": "findings"}),
    Row("GET", "/app/js/<path:name>", {200: ALL}, fill={"name": "start.js"}),
    Row("GET", "/app/css/<name>", {200: ALL}, fill={"name": "phone.css"}),
    Row("GET", "/app/icons/<name>", {200: ALL}, fill={"name": "icon.svg"}),
    Row("GET", "/app/manifest.webmanifest", {200: ALL}),
    Row("GET", "/app/sw.js", {200: ALL}),
    Row("GET", "/static/<path:filename>", {404: ALL}, fill={"filename": "nothing-of-this-name"}),
    # ---- the phone's API: everybody who is logged in; what they get depends on the login
    Row("GET", "/api/me", {401: OUT, 200: IN}),
    Row("GET", "/api/manual/<int:version>", {401: OUT, 200: IN}, fill={"version": "1"}),
    Row("GET", "/api/pull", {401: OUT, 200: IN}),
    Row("GET", "/api/leaves", {401: OUT, 200: IN}),
    # a revoked phone may still hand in what it holds; nothing of it is done
    Row("POST", "/api/push", {401: "nobody disabled", 200: f"revoked {IN}"}, json={"device": "own", "commands": []}),
    Row("PUT", "/api/photos/<sha256>", {401: "nobody disabled", 404: f"revoked {IN}"}, "assigned", body=b"not named by this phone", fill={"sha256": "0" * 64}),
    Row("POST", "/api/logout", {401: OUT, 200: IN}, json={}),
    # ---- the desk
    page("/", {302: ALL}),
    Row("POST", "/logout", {401: OUT, 303: IN}, form={}),
    page("/overview", {200: DESK, 403: NO_DESK}),
    page("/overview/unvisited", {200: DESK, 403: NO_DESK}),
    page("/overview/phones", {200: DESK, 403: NO_DESK}),
    page("/visits", {200: DESK, 403: NO_DESK}),
    page("/visits/<uuid:visit_id>", {200: "lin wu chen sun ma", 404: "qian", 403: NO_DESK}, "a visit"),
    page("/findings", {200: IN}),
    page("/findings/<uuid:finding_id>", {200: SEE, 404: BLIND}, "assigned"),
    page("/findings/by-number/<number>", {302: f"{OUT} {SEE}", 404: BLIND}, "assigned"),
    page("/photos/<sha256>/<size>", {200: SEE, 404: BLIND}, "assigned", fill={"size": "small"}),
    page("/photos/<sha256>/original", {200: "wu sun ma", 403: "lin qian zhao he chen eve"}, "assigned"),
    # ---- what is done to a finding
    verb("/findings/<uuid:finding_id>/screen", "to_screen", {303: "chen ma", 403: "lin qian wu sun", 404: "zhao he eve"}),
    verb("/findings/<uuid:finding_id>/dismiss", "to_screen", {303: "chen ma", 403: "lin qian wu sun", 404: "zhao he eve"}, reason="not_a_fault"),
    verb("/findings/<uuid:finding_id>/assign", "assigned", {303: "chen ma", 403: "lin zhao wu sun", 404: BLIND}, unit="roads"),
    verb("/findings/<uuid:finding_id>/accept", "assigned", {303: "zhao", 403: "lin wu chen sun ma", 404: BLIND}),
    verb("/findings/<uuid:finding_id>/rectify", "assigned", {303: "zhao", 403: "lin wu chen sun ma", 404: BLIND}, photos="a picture"),
    verb("/findings/<uuid:finding_id>/clear", "rectified", {303: "wu ma", 403: "lin zhao chen sun", 404: BLIND}),
    verb("/findings/<uuid:finding_id>/return", "rectified", {303: "wu ma", 403: "lin zhao chen sun", 404: BLIND}, reason="not_done"),
    verb("/findings/<uuid:finding_id>/undo", "cleared", {303: "wu", 409: "lin zhao chen sun ma", 404: BLIND}),
    verb("/findings/<uuid:finding_id>/void", "assigned", {303: "chen ma", 403: "lin zhao wu sun", 404: BLIND}, words="entered twice"),
    # ---- the reviewer's desk
    page("/review", {200: "wu ma", 403: "lin qian zhao he chen sun eve"}),
    page("/review/<uuid:finding_id>", {200: "wu ma", 403: "lin qian zhao he chen sun eve"}, "rectified"),
    verb("/review/<uuid:finding_id>/clear", "rectified", {303: "wu ma", 403: "lin qian zhao he chen sun eve"}),
    verb("/review/<uuid:finding_id>/return", "rectified", {303: "wu ma", 403: "lin qian zhao he chen sun eve"}, reason="not_done"),
    verb("/review/<uuid:finding_id>/undo", "cleared", {303: "wu", 409: "ma", 403: "lin qian zhao he chen sun eve"}),
    verb("/review/<uuid:finding_id>/later", "rectified", {303: "wu ma", 403: "lin qian zhao he chen sun eve"}),
    verb("/review/<uuid:finding_id>/doubt", "rectified", {303: "wu ma", 403: "lin qian zhao he chen sun eve"}, code="no_position", sha256="its photo", settled="1"),
    verb("/review/again", "", {303: "wu ma", 403: "lin qian zhao he chen sun eve"}),
    # ---- settings
    page("/settings", {200: "sun ma", 403: "lin qian zhao he wu chen eve"}),
    page("/settings/export", {200: "sun ma", 403: "lin qian zhao he wu chen eve"}),
    verb("/settings/<part>", "", {303: "ma", 403: "lin qian zhao he wu chen sun eve"}, fill={"part": "thresholds"}, recurs_days="30", far_m="200"),
    verb("/settings/names", "", {303: "ma", 403: "lin qian zhao he wu chen sun eve"}, name="青禾县"),
    verb("/settings/routing", "", {303: "ma", 403: "lin qian zhao he wu chen sun eve"}, way="place"),
    verb("/settings/calendar/day", "", {200: "ma", 403: "lin qian zhao he wu chen sun eve"}, day="2025-06-21", works="yes"),
    verb("/settings/calendar/<int:year>", "", {200: "ma", 403: "lin qian zhao he wu chen sun eve"}, fill={"year": "2025"}),
    verb("/settings/backup", "", {303: "ma", 403: "lin qian zhao he wu chen sun eve"}),
    # ---- notices
    page("/notices", {200: IN}),
    page("/notices/digest", {200: DESK, 403: NO_DESK}),
    verb("/notices/read", "", {303: IN}, seq="0"),
    Row("GET", "/api/notices", {401: OUT, 200: IN}),
    Row("POST", "/api/notices/read", {401: OUT, 200: IN}, json={"seq": 0}),
    # ---- places, areas and units: read by every desk, kept by the administrator and headquarters
    page("/places", {200: DESK, 403: NO_DESK}),
    page("/places/export.xlsx", {200: DESK, 403: NO_DESK}),
    page("/places/export.csv", {200: DESK, 403: NO_DESK}),
    page("/places/codes", {200: DESK, 403: NO_DESK}),
    page("/places/new", {200: "ma", 403: NOT_MA}),
    verb("/places/new", "", {422: "ma", 403: NOT_MA}, code="", name="没有编号"),
    page("/places/<uuid:place_id>", {200: "lin wu chen sun ma", 404: "qian", 403: NO_DESK}, fill=MARKET),
    page("/places/<uuid:place_id>/photos", {200: "lin wu chen sun ma", 404: "qian", 403: NO_DESK}, fill=MARKET),
    page("/places/<uuid:place_id>/edit", {200: "ma", 403: NOT_MA}, fill=MARKET),
    verb("/places/<uuid:place_id>/edit", "", {422: "ma", 403: NOT_MA}, fill=MARKET, name=""),
    verb("/places/<uuid:place_id>/close", "", {409: "ma", 403: NOT_MA}, fill=MARKET, version="99"),
    verb("/places/<uuid:place_id>/reopen", "", {409: "ma", 403: NOT_MA}, fill=MARKET, version="99"),
    page("/areas", {200: DESK, 403: NO_DESK}),
    verb("/areas", "", {422: "ma", 403: NOT_MA}, name=""),
    verb("/areas/<uuid:area_id>/change", "", {409: "ma", 403: NOT_MA}, fill=ZONE6, version="99", name="别的"),
    verb("/areas/<uuid:area_id>/move", "", {409: "ma", 403: NOT_MA}, fill=ZONE6, version="99"),
    page("/areas/<uuid:area_id>/merge", {422: "ma", 403: NOT_MA}, fill=ZONE6),
    verb("/areas/<uuid:area_id>/merge", "", {404: "ma", 403: NOT_MA}, fill=ZONE6, version="99"),
    page("/units", {200: DESK, 403: NO_DESK}),
    verb("/units", "", {422: "ma", 403: NOT_MA}, name=""),
    page("/units/<uuid:unit_id>", {200: DESK, 403: NO_DESK}, fill=ROADS),
    verb("/units/<uuid:unit_id>/change", "", {409: "ma", 403: NOT_MA}, fill=ROADS, version="99", name="别的"),
    verb("/units/<uuid:unit_id>/close", "", {409: "ma", 403: NOT_MA}, fill=ROADS, version="99"),
    verb("/units/<uuid:unit_id>/reopen", "", {404: "ma", 403: NOT_MA}, fill=ROADS),
    # ---- the manual: read by everybody, drafted and published by the administrator and headquarters
    page("/manual", {200: IN}),
    page("/manual/export", {200: IN}),
    page("/manual/compare", {200: IN}),
    page("/manual/compare/export", {200: IN}),
    verb("/manual/draft/begin", "", {303: "ma", 403: NOT_MA}),
    page("/manual/draft", {200: "ma", 403: NOT_MA}, "a draft"),
    verb("/manual/draft/mark", "a draft", {303: "ma", 403: NOT_MA}, code="25.08", step="up"),
    page("/manual/draft/criteria/<code>", {200: "ma", 403: NOT_MA}, "a draft"),
    verb("/manual/draft/criteria/<code>", "a draft", {422: "ma", 403: NOT_MA}, seen="0"),
    page("/manual/draft/kinds/<kind>/add", {200: "ma", 403: NOT_MA}, "a draft"),
    verb("/manual/draft/kinds/<kind>/add", "a draft", {422: "ma", 403: NOT_MA}),
    page("/manual/draft/kinds/<kind>", {200: "ma", 403: NOT_MA}, "a draft"),
    verb("/manual/draft/kinds/<kind>", "a draft", {422: "ma", 403: NOT_MA}),
    page("/manual/draft/new-kind", {200: "ma", 403: NOT_MA}, "a draft"),
    verb("/manual/draft/new-kind", "a draft", {422: "ma", 403: NOT_MA}),
    page("/manual/draft/themes", {200: "ma", 403: NOT_MA}, "a draft"),
    verb("/manual/draft/themes", "a draft", {422: "ma", 403: NOT_MA}),
    verb("/manual/draft/discard", "a draft", {303: "ma", 403: NOT_MA}),
    verb("/manual/draft/take-up", "a draft", {404: "ma", 403: NOT_MA}),
    page("/manual/draft/diff", {200: "ma", 403: NOT_MA}, "a draft"),
    page("/manual/draft/diff/export", {200: "ma", 403: NOT_MA}, "a draft"),
    verb("/manual/draft/publish", "a draft", {409: "ma", 403: NOT_MA}, seen="999"),
    verb("/manual/draft/call-off", "a draft", {303: "ma", 403: NOT_MA}),
    page("/manual/draft/export", {200: "ma", 403: NOT_MA}, "a draft"),
    page("/manual/draft/import", {200: "ma", 403: NOT_MA}, "a draft"),
    verb("/manual/draft/import", "a draft", {422: "ma", 403: NOT_MA}, pasted=""),
    page("/manual/draft/import/<uuid:table_id>", {404: "ma", 403: NOT_MA}, "a draft"),
    verb("/manual/draft/import/<uuid:table_id>", "a draft", {404: "ma", 403: NOT_MA}),
]
