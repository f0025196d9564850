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
#: they dispatch nothing
NO_DISPATCH = "lin qian zhao he wu sun eve"
#: a view that nobody keeps
NO_VIEW = {"view_id": "00000000-0000-0000-0000-00000000000a"}
NOT_MA = "lin qian zhao he wu chen sun eve"
#: people, and things that nobody has
LIN, NO_POST, NO_PHONE, NO_COMMAND = ({name: str(named(value))} for name, value in {"person_id": "lin", "post_id": "no post", "device": "no phone", "command_id": "no command"}.items())
NO_PEOPLE = "lin qian zhao he wu eve"
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
    #: the password must have been typed a short while ago
    fresh: bool = False
    #: values for the address's parts that are not ids of a thing
    fill: dict[str, str] = field(default_factory=dict)


def page(rule: str, answers: dict[int, str], about: str = "", **more: Any) -> Row:
    """A page to read; who is not logged in is led to the login."""
    return Row("GET", rule, {302: OUT, **answers}, about, **more)


def verb(rule: str, about: str, answers: dict[int, str], *, fill: dict[str, str] | None = None, fresh: bool = False, **form: Any) -> Row:
    """A form that changes something."""
    return Row("POST", rule, {401: OUT, **answers}, about, form, fill=fill or {}, fresh=fresh)


#: an import that is not there
NO_IMPORT = {"intake_id": "00000000-0000-4000-8000-00000000000a"}

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
    # only a phone hands over to another browser of its own; the table's people are at it with one
    Row("POST", "/api/handover", {401: OUT, 200: IN}, json={}),
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
    # only of one's own phone
    Row("POST", "/api/lost", {401: OUT, 404: IN}, json={"device": "00000000-0000-4000-8000-000000000001", "first_n": 1, "last_n": 2}),
    Row("POST", "/api/deleted", {401: OUT, 404: IN}, json={"device": "00000000-0000-4000-8000-000000000001", "commands": 1, "photos": 0}),
    # ---- the desk
    verb("/confirm", "", {303: IN}, fresh=True, next="/findings"),
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
    verb("/findings/<uuid:finding_id>/merge", "to_screen", {422: "chen ma lin qian wu sun", 404: "zhao he eve"}, number="CW-20200101-0001"),
    verb("/findings/<uuid:finding_id>/dispute", "assigned", {303: "zhao", 403: "lin wu chen sun ma", 404: BLIND}, words="not ours"),
    verb("/findings/<uuid:finding_id>/ask_extension", "assigned", {303: "zhao", 403: "lin wu chen sun ma", 404: BLIND}, words="pipes come late", due="2025-07-20"),
    verb("/findings/<uuid:finding_id>/extend", "assigned", {303: "chen ma", 403: "lin zhao wu sun", 404: BLIND}, due="2025-07-20"),
    verb("/findings/<uuid:finding_id>/refuse_extension", "assigned", {409: "chen ma", 403: "lin zhao wu sun", 404: BLIND}, words="no"),
    verb("/findings/<uuid:finding_id>/supervise", "assigned", {303: "chen ma", 403: "lin zhao wu sun", 404: BLIND}, words="by the school"),
    verb("/findings/<uuid:finding_id>/urge", "assigned", {303: "chen ma", 403: "lin zhao wu sun", 404: BLIND}),
    verb("/findings/<uuid:finding_id>/change_due", "assigned", {303: "chen ma", 403: "lin zhao wu sun", 404: BLIND}, words="before the holiday", due="2025-07-20"),
    verb("/findings/<uuid:finding_id>/unmark", "assigned", {409: SEE, 404: BLIND}),
    verb("/findings/<uuid:finding_id>/defer", "assigned", {303: "ma", 403: "lin zhao wu chen sun", 404: BLIND}, words="must be rebuilt", due="2025-07-20"),
    verb("/findings/<uuid:finding_id>/resume", "assigned", {409: SEE, 404: BLIND}),
    verb("/findings/<uuid:finding_id>/reopen", "cleared", {303: "chen ma", 403: "lin zhao wu sun", 404: BLIND}, words="back again"),
    verb("/findings/<uuid:finding_id>/take_back", "assigned", {409: SEE, 404: BLIND}),
    verb("/findings/<uuid:finding_id>/give_up", "assigned", {409: "wu chen ma", 403: "lin zhao sun", 404: BLIND}, sha256="0" * 64, words="phone lost"),
    # ---- the list of findings: views of one's own, and taking it away
    page("/findings/slips", {200: IN}),
    page("/findings/export.xlsx", {200: IN}, fresh=True),
    page("/findings/export.csv", {200: IN}, fresh=True),
    verb("/findings/views", "", {303: IN}, name="a name of its own", view="overdue"),
    verb("/findings/views/<uuid:view_id>/rename", "", {404: IN}, fill=NO_VIEW, name="Monday"),
    verb("/findings/views/<uuid:view_id>/drop", "", {404: IN}, fill=NO_VIEW),
    # ---- the dispatcher's desk
    page("/dispatch", {200: "chen ma", 403: NO_DISPATCH}),
    page("/dispatch/<uuid:finding_id>", {200: "chen ma", 403: NO_DISPATCH}, "to_assign"),
    page("/dispatch/many", {302: f"{OUT} chen ma", 403: NO_DISPATCH}),
    verb("/dispatch/many", "", {303: "chen ma", 403: NO_DISPATCH}, to="20200101-0001:00000000-0000-0000-0000-000000000000"),
    page("/dispatch/<any(supervise, urge, due):mark>", {200: "chen ma", 403: NO_DISPATCH}, fill={"mark": "urge"}),
    verb("/dispatch/<any(supervise, urge, due):mark>", "", {303: "chen ma", 403: NO_DISPATCH}, fill={"mark": "urge"}, sel="20200101-0001"),
    verb("/dispatch/undo", "", {303: "chen ma", 403: NO_DISPATCH}, sel="20200101-0001"),
    verb("/dispatch/<uuid:finding_id>/assign", "to_assign", {303: "chen ma", 403: NO_DISPATCH}, unit="roads"),
    verb("/dispatch/<uuid:finding_id>/screen", "to_screen", {303: "chen ma", 403: NO_DISPATCH}),
    verb("/dispatch/<uuid:finding_id>/dismiss", "to_screen", {303: "chen ma", 403: NO_DISPATCH}, reason="not_a_fault"),
    verb("/dispatch/<uuid:finding_id>/merge", "to_screen", {422: "chen ma", 403: NO_DISPATCH}, number="CW-20200101-0001"),
    verb("/dispatch/<uuid:finding_id>/extend", "assigned", {303: "chen ma", 403: NO_DISPATCH}, due="2025-07-20"),
    verb("/dispatch/<uuid:finding_id>/refuse_extension", "assigned", {409: "chen ma", 403: NO_DISPATCH}, words="no"),
    verb("/dispatch/<uuid:finding_id>/supervise", "to_assign", {303: "chen ma", 403: NO_DISPATCH}, words="by the school"),
    verb("/dispatch/<uuid:finding_id>/urge", "assigned", {303: "chen ma", 403: NO_DISPATCH}),
    verb("/dispatch/<uuid:finding_id>/change_due", "assigned", {303: "chen ma", 403: NO_DISPATCH}, due="2025-07-20", words="before the holiday"),
    verb("/dispatch/<uuid:finding_id>/defer", "assigned", {303: "ma", 403: f"chen {NO_DISPATCH}"}, words="must be rebuilt", due="2025-07-20"),
    verb("/dispatch/<uuid:finding_id>/resume", "to_assign", {409: "chen ma", 403: NO_DISPATCH}),
    verb("/dispatch/<uuid:finding_id>/void", "to_assign", {303: "chen ma", 403: NO_DISPATCH}, words="entered twice"),
    # ---- standing rules: what goes to one unit from now on
    page("/settings/rules", {200: "chen sun ma", 403: "lin qian zhao he wu eve"}),
    verb("/settings/rules", "", {303: "ma", 403: f"chen {NO_DISPATCH}"}, kind="25", unit="market"),  # theirs already: the rows after it find it so
    verb("/settings/rules/<uuid:rule_id>", "", {404: "chen ma", 403: NO_DISPATCH}, fill={"rule_id": str(named("no rule"))}, unit="roads"),
    verb("/settings/rules/<uuid:rule_id>/drop", "", {404: "chen ma", 403: NO_DISPATCH}, fill={"rule_id": str(named("no rule"))}),
    # ---- the reviewer's desk
    page("/review", {200: "wu ma", 403: "lin qian zhao he chen sun eve"}),
    page("/review/<uuid:finding_id>", {200: "wu ma", 403: "lin qian zhao he chen sun eve"}, "rectified"),
    verb("/review/<uuid:finding_id>/clear", "rectified", {303: "wu ma", 403: "lin qian zhao he chen sun eve"}),
    verb("/review/<uuid:finding_id>/return", "rectified", {303: "wu ma", 403: "lin qian zhao he chen sun eve"}, reason="not_done"),
    verb("/review/<uuid:finding_id>/undo", "cleared", {303: "wu", 409: "ma", 403: "lin qian zhao he chen sun eve"}),
    verb("/review/<uuid:finding_id>/later", "rectified", {303: "wu ma", 403: "lin qian zhao he chen sun eve"}),
    verb("/review/<uuid:finding_id>/doubt", "rectified", {303: "wu ma", 403: "lin qian zhao he chen sun eve"}, code="no_position", sha256="its photo", settled="1"),
    verb("/review/again", "", {303: "wu ma", 403: "lin qian zhao he chen sun eve"}),
    # ---- setting up
    page("/setup", {200: "ma", 403: "lin qian zhao he wu chen sun eve"}),
    verb("/setup/county", "", {303: "ma", 403: "lin qian zhao he wu chen sun eve"}, name="青禾县", origin="https://xuncha.example", fresh=True),
    verb("/setup/<step>/later", "", {303: "ma", 403: "lin qian zhao he wu chen sun eve"}, fill={"step": "people"}),
    verb("/setup/over", "", {303: "ma", 403: "lin qian zhao he wu chen sun eve"}),
    # ---- settings
    page("/settings", {200: "sun ma", 403: "lin qian zhao he wu chen eve"}),
    page("/settings/export", {200: "sun ma", 403: "lin qian zhao he wu chen eve"}),
    verb("/settings/<part>", "", {303: "ma", 403: "lin qian zhao he wu chen sun eve"}, fill={"part": "thresholds"}, recurs_days="30", far_m="200", confirm_minutes="15", fresh=True),
    verb("/settings/names", "", {303: "ma", 403: "lin qian zhao he wu chen sun eve"}, name="青禾县", fresh=True),
    verb("/settings/routing", "", {303: "ma", 403: "lin qian zhao he wu chen sun eve"}, way="place"),
    verb("/settings/reasons", "", {303: "ma", 403: "lin qian zhao he wu chen sun eve"}, return_zh="水未退", return_en="Water still there"),
    verb("/settings/bounds", "", {303: "ma", 403: "lin qian zhao he wu chen sun eve"}, corner_a="31.40, 118.30", corner_b="31.80, 118.70", fresh=True),
    verb("/settings/hours", "", {200: "ma", 403: "lin qian zhao he wu chen sun eve"}, begins="08:30", ends="17:30", fresh=True),
    verb("/settings/calendar/day", "", {200: "ma", 403: "lin qian zhao he wu chen sun eve"}, day="2025-06-21", works="yes"),
    verb("/settings/calendar/<int:year>", "", {200: "ma", 403: "lin qian zhao he wu chen sun eve"}, fill={"year": "2025"}),
    verb("/settings/backup", "", {303: "ma", 403: "lin qian zhao he wu chen sun eve"}, fresh=True),
    # ---- notices
    page("/notices", {200: IN}),
    page("/notices/digest", {200: DESK, 403: NO_DESK}),
    verb("/notices/read", "", {303: IN}, seq="0"),
    Row("GET", "/api/openapi.json", {401: OUT, 200: IN}),
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
    verb("/areas/<uuid:area_id>/move", "", {409: "ma", 403: NOT_MA}, fill=ZONE6, version="99", fresh=True),
    page("/areas/<uuid:area_id>/merge", {422: "ma", 403: NOT_MA}, fill=ZONE6),
    verb("/areas/<uuid:area_id>/merge", "", {404: "ma", 403: NOT_MA}, fill=ZONE6, version="99", fresh=True),
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
    # ---- people: seen by who dispatches, heads, administers or audits there; kept by the administrator and headquarters
    page("/people", {200: "chen sun ma", 403: NO_PEOPLE}),
    page("/people/new", {200: "ma", 403: NOT_MA}),
    verb("/people", "", {422: "ma", 403: NOT_MA}, name="", fresh=True),
    verb("/people/slips", "", {404: "ma", 403: NOT_MA}, people="", fresh=True),
    page("/people/<uuid:person_id>", {200: "chen sun ma", 403: NO_PEOPLE}, fill=LIN),
    verb("/people/<uuid:person_id>/change", "", {422: "ma", 403: NOT_MA}, fill=LIN, name="", fresh=True),
    verb("/people/<uuid:person_id>/posts", "", {422: "ma", 403: NOT_MA}, fill=LIN, duty="rectifier", fresh=True),
    verb("/people/<uuid:person_id>/posts/<uuid:post_id>/end", "", {404: "ma", 403: NOT_MA}, fill=LIN | NO_POST, fresh=True),
    verb("/people/<uuid:person_id>/disable", "", {303: "ma", 403: NOT_MA}, fill={"person_id": str(named("disabled"))}, fresh=True),
    verb("/people/<uuid:person_id>/enable", "", {303: "ma", 403: NOT_MA}, fill=LIN, fresh=True),
    verb("/people/<uuid:person_id>/sessions/end", "", {303: "ma", 403: NOT_MA}, fill={"person_id": str(named("disabled"))}, fresh=True),
    verb("/people/<uuid:person_id>/phones/<uuid:device>/revoke", "", {404: "ma", 403: NOT_MA}, fill=LIN | NO_PHONE, fresh=True),
    verb("/people/<uuid:person_id>/phones/<uuid:device>/stolen", "", {404: "ma", 403: NOT_MA}, fill=LIN | NO_PHONE, fresh=True),
    verb("/people/<uuid:person_id>/phones/<uuid:device>/restore", "", {404: "ma", 403: NOT_MA}, fill=LIN | NO_PHONE, fresh=True),
    verb("/people/<uuid:person_id>/slip", "", {200: "ma", 403: NOT_MA}, fill=LIN, fresh=True),
    # ---- a phone's unsent work, brought as a file: the whole county's administrator alone
    page("/people/hand-in", {200: "ma", 403: NOT_MA}),
    verb("/people/hand-in", "", {422: "ma", 403: NOT_MA}, file=""),
    page("/people/hand-in/<file>", {404: "ma", 403: NOT_MA}, fill={"file": "0" * 64}),
    verb("/people/hand-in/<file>", "", {404: "ma", 403: NOT_MA}, fill={"file": "0" * 64}, fresh=True),
    page("/people/<uuid:person_id>/hand-over", {200: "ma", 403: NOT_MA}, fill=LIN),
    verb("/people/<uuid:person_id>/hand-over", "", {422: "ma", 403: NOT_MA}, fill=LIN, fresh=True),
    page("/units/<uuid:unit_id>/hand-over", {200: "chen ma", 403: NO_DISPATCH}, fill=ROADS),
    verb("/units/<uuid:unit_id>/hand-over", "", {422: "chen ma", 403: NO_DISPATCH}, fill=ROADS),
    verb("/units/<uuid:unit_id>/hand-over/undo", "", {409: "chen ma", 403: NO_DISPATCH}, fill=ROADS),
    page("/held", {200: "chen ma", 403: NO_DISPATCH}),
    verb("/held/<uuid:command_id>/take-in", "", {404: "chen ma", 403: NO_DISPATCH}, fill=NO_COMMAND),
    verb("/held/<uuid:command_id>/decline", "", {404: "chen ma", 403: NO_DISPATCH}, fill=NO_COMMAND, words="no"),
    Row("GET", "/enter", {200: ALL}),
    Row("POST", "/enter", {422: ALL}, form={"code": "guessed", "password": "street and market 8"}),
    Row("POST", "/api/wiped", {401: "nobody disabled", 200: "revoked", 403: IN}, json={}),
    # ---- importing lists
    page("/<subject>/import", {200: "ma", 403: NOT_MA}, fill={"subject": "places"}),
    verb("/<subject>/import", "", {422: "ma", 403: NOT_MA}, fill={"subject": "places"}),
    page("/<subject>/import/sample.xlsx", {200: "ma", 403: NOT_MA}, fill={"subject": "places"}),
    page("/imports/running", {200: IN}),
    page("/imports/<uuid:intake_id>", {404: "ma", 403: NOT_MA}, fill=NO_IMPORT),
    page("/imports/<uuid:intake_id>/refused.xlsx", {404: "ma", 403: NOT_MA}, fill=NO_IMPORT, fresh=True),
    verb("/imports/<uuid:intake_id>/correct", "", {404: "ma", 403: NOT_MA}, fill=NO_IMPORT, do="skip"),
    verb("/imports/<uuid:intake_id>/settle", "", {404: "ma", 403: NOT_MA}, fill=NO_IMPORT, datum="wgs84"),
    verb("/imports/<uuid:intake_id>/apply", "", {404: "ma", 403: NOT_MA}, fill=NO_IMPORT, version="1", fresh=True),
    verb("/imports/<uuid:intake_id>/stop", "", {404: "ma", 403: NOT_MA}, fill=NO_IMPORT, fresh=True),
    verb("/imports/<uuid:intake_id>/undo", "", {404: "ma", 403: NOT_MA}, fill=NO_IMPORT, fresh=True),
    verb("/imports/<uuid:intake_id>/drop", "", {404: "ma", 403: NOT_MA}, fill=NO_IMPORT),
]
