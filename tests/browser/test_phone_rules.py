"""The field app's pure rules, asked in the browser that will run them: score, deadlines, legal order, nearness, search, one's own view."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright

from fieldbook import accounts, findings
from fieldbook.findings import State
from fieldbook.findings.rules import NEXT
from fieldbook.web.shell import IMPORTS
from tests import county as small
from tests import servers

STATIC = Path(__file__).parents[2] / "static"
CHROMIUM = servers.headless()

CALENDAR = {
    "tz": "+08:00",
    "hours": [["08:30", "12:00"], ["14:00", "17:30"]],
    "days": {"2025-06-02": False, "2025-06-07": True},
}
CRITERIA = [
    {"code": f"25.0{n}", "points": 10, "answer": "pass_fail_na", "evidence": "on_fail", "severity": "major"}
    for n in range(1, 5)
]


@pytest.fixture(scope="module")
def page(tools: Playwright) -> Iterator[Page]:
    """An empty page that may import the app's modules from the disk."""
    browser = tools.chromium.launch(executable_path=CHROMIUM, args=servers.CHROMIUM_ARGUMENTS)
    page = browser.new_page()
    shell = f'<script type="importmap">{json.dumps({"imports": IMPORTS})}</script>'

    def serve(route: Any) -> None:
        path = route.request.url.removeprefix("http://phone.test/app/js/")
        file = STATIC / path if path.startswith("vendor/") else STATIC / "phone" / path
        if file.is_file():
            route.fulfill(body=file.read_text("utf-8"), content_type="text/javascript")
        else:
            route.fulfill(
                body=f"<!doctype html><html><head>{shell}</head><body></body></html>", content_type="text/html"
            )

    page.route("**/*", serve)
    page.goto("http://phone.test/app/")
    yield page
    browser.close()


def ask(page: Page, module: str, say: str, *given: Any) -> Any:
    """What `say`, a function of the module and what is given, answers."""
    return page.evaluate(f"async (given) => ({say})(await import('/app/js/work/{module}.js'), ...given)", list(given))


def at(text: str) -> str:
    return f"Date.parse('{text}:00+08:00')"


# ---------------------------------------------------------------- score


def test_what_is_not_applicable_leaves_the_sum(page: Page) -> None:
    answers = {
        "25.01": {"verdict": "pass"},
        "25.02": {"verdict": "mostly"},
        "25.03": {"verdict": "fail"},
        "25.04": {"verdict": "na"},
    }

    score = ask(page, "score", "(m, c, a) => m.scoreOf(c, a)", CRITERIA, answers)

    assert (score["got"], score["of"], score["na"], score["left"]) == (160, 300, 1, 0)
    assert ask(page, "score", "(m, c, a) => m.tallyOf(c, a)", CRITERIA, answers) == "pmfn"


@pytest.mark.parametrize(
    ("op", "value", "verdict"),
    [(">=", 500, "pass"), (">=", 400, "fail"), ("<=", 300, "fail"), ("==", 0, "fail"), ("==", 200, "pass")],
)
def test_a_count_is_judged_by_its_threshold(page: Page, op: str, value: int, verdict: str) -> None:
    threshold = {">=": 5, "<=": 2, "==": 2}[op]

    assert (
        ask(
            page,
            "score",
            "(m, c, a) => m.judged(c, a)",
            {"answer": "count", "threshold": {"op": op, "value": threshold}},
            {"value": value},
        )
        == verdict
    )


def test_the_same_fault_again_is_named(page: Page) -> None:
    assert ask(page, "score", "(m, t) => m.repeated(t)", ["ppfp", "ppff", "pppp"]) == [{"at": 2, "times": 2, "of": 3}]


# ---------------------------------------------------------------- deadlines


@pytest.mark.parametrize(
    ("found", "days", "due"),
    [
        ("2025-06-12T10:40", 1, "2025-06-13T10:40"),
        ("2025-06-13T16:30", 1, "2025-06-16T16:30"),  # over a week-end
        ("2025-06-12T20:00", 1, "2025-06-13T17:30"),  # found after work: the clock starts in the morning
        ("2025-05-30T09:00", 1, "2025-06-03T09:00"),  # the Monday is a holiday
        ("2025-06-06T09:00", 1, "2025-06-07T09:00"),  # the Saturday is worked
        ("2025-06-12T10:00", 30, "2025-07-14T17:30"),  # long-term: days of the calendar, and the 30th is a Saturday
    ],
)
def test_a_deadline_is_counted_in_working_time(page: Page, found: str, days: int, due: str) -> None:
    assert ask(page, "deadlines", f"(m, days, c) => m.dueAfter({at(found)}, days, c) === {at(due)}", days, CALENDAR)


def test_what_is_left_is_said_in_working_hours_and_days(page: Page) -> None:
    standing = f"(m, c) => m.standing({at('2025-06-12T17:30')}, {at('2025-06-12T11:04')}, c)"
    late = f"(m, c) => m.standing({at('2025-06-11T11:00')}, {at('2025-06-12T11:04')}, c)"

    assert ask(page, "deadlines", standing, CALENDAR) == {"late": False, "when": "today", "hours": 5, "days": 0}
    assert ask(page, "deadlines", late, CALENDAR) == {"late": True, "when": "late", "hours": 7, "days": 1}


# ---------------------------------------------------------------- legal order


@pytest.mark.parametrize(
    ("state", "may", "main", "second", "quiet", "more"),
    [
        ("rectified", ["clear", "return"], "clear", "return", [], []),
        ("rectified", ["clear", "return", "supervise", "void"], "clear", "return", ["supervise", "more"], ["void"]),
        ("accepted", ["rectify", "ask_extension"], "rectify", None, ["ask_extension"], []),
        (
            "assigned",
            ["rectify", "accept", "ask_extension", "dispute"],
            "rectify",
            None,
            ["ask_extension", "dispute"],
            [],
        ),
        ("to_screen", ["screen", "dismiss", "merge", "void"], "screen", "dismiss", ["merge", "more"], ["void"]),
        ("to_assign", ["assign"], "assign", None, [], []),
        (
            "accepted",
            ["assign", "supervise", "defer", "extend", "void"],
            None,
            None,
            ["supervise", "more"],
            ["assign", "defer", "extend", "void"],
        ),
        ("deferred", ["resume", "defer"], None, None, ["resume", "defer"], []),
        ("cleared", ["undo"], None, "undo", [], []),
        ("accepted", ["void"], None, None, ["more"], ["void"]),
        ("accepted", [], None, None, [], []),
    ],
)
def test_only_legal_verbs_stand_in_the_foot(
    page: Page, state: str, may: list[str], main: str | None, second: str | None, quiet: list[str], more: list[str]
) -> None:
    foot = ask(page, "legal", "(m, may, state) => m.footOf(may, { state })", may, state)

    assert foot == {"main": main, "second": second, "quiet": quiet, "more": more}


def test_more_time_that_is_asked_for_waits_for_whoever_may_give_it(page: Page) -> None:
    may = ["assign", "extend", "refuse_extension", "supervise"]

    foot = ask(page, "legal", "(m, may) => m.footOf(may, { state: 'accepted', extension: { due_at: 1 } })", may)

    assert (foot["main"], foot["second"]) == ("extend", "refuse_extension")
    assert ask(
        page, "legal", "(m, may) => [m.hatOf(may, 'accepted', { due_at: 1 }), m.hatOf(may, 'accepted', null)]", may
    ) == ["dispatch", None]


def test_a_finding_waits_for_whoever_may_move_it_on(page: Page) -> None:
    hats = [
        (["clear", "return"], "rectified"),
        (["rectify"], "accepted"),
        (["assign"], "to_assign"),
        (["assign", "void"], "accepted"),
        ([], "accepted"),
    ]

    assert [ask(page, "legal", "(m, may, state) => m.hatOf(may, state)", *hat) for hat in hats] == [
        "review",
        "rectify",
        "dispatch",
        None,
        None,
    ]


def test_the_phone_has_the_offices_table_of_states(page: Page) -> None:
    theirs = {f"{state} {verb}": str(after) for (state, verb), after in NEXT.items()}
    say = """(m, states, verbs) => Object.fromEntries(states.flatMap((s) => verbs.map((v) => [`${s} ${v}`, m.after(s, v)])).filter(([, a]) => a))"""

    ours = ask(page, "rules", say, [str(state) for state in State], sorted({verb for _, verb in NEXT}))

    assert ours == theirs


@pytest.mark.parametrize("who", ["lin", "qian", "zhao", "he", "wu", "chen", "ma", "sun", "eve", "chen of the market"])
def test_the_phone_offers_what_the_office_would_for_every_state_and_person(
    page: Page, town: small.County, who: str
) -> None:
    states = ["to_screen", "to_assign", "assigned", "accepted", "returned", "rectified", "cleared"]
    made = [*(town.finding(state=state) for state in states), town.report("zhao")]
    if who == "chen of the market":
        who = "chen"
        with town.acting("ma") as act:
            accounts.make_post(act, small.named(who), accounts.Duty.RECTIFIER, unit_id=small.named("market"))
    identity = accounts.posts_of(town.session, small.named(who))
    me = {
        "person": {"id": str(small.named(who))},
        "posts": [
            {"duty": p.duty, "area": p.area_id and str(p.area_id), "unit": p.unit_id and str(p.unit_id)}
            for p in identity
        ],
        "units": [str(p.unit_id) for p in identity if p.unit_id],
    }
    zone = {"id": str(small.named("zone6")), "district": str(small.named("east"))}
    rows = findings.cards(town.session, town.standing(who), made, now=town.at)
    # Whose step it was, only the office knows; and one who sees nothing is shown nothing.
    told = [sorted(set(row["may"]) - {"undo", "take_back", "unmark"}) for row in rows]
    say = "(m, rows, me, zone, now) => rows.map((row) => m.mayNow(row, me, zone, now).sort())"

    ours = ask(page, "rules", say, rows, me, zone, round(town.at.timestamp() * 1000))

    assert ours == told


# ---------------------------------------------------------------- nearness and search


def test_the_nearest_places_come_first_and_far_ones_are_not_proposed(page: Page) -> None:
    here = {"lat_e7": 278_000_000, "lon_e7": 1_207_000_000, "accuracy_m": 6}
    places = [
        {"id": name, "lat_e7": 278_000_000 + metres * 90, "lon_e7": 1_207_000_000}
        for name, metres in (("far", 900), ("second", 40), ("first", 12))
    ]

    assert ask(page, "nearest", "(m, p, h) => m.nearest(p, h).map((x) => x.place.id)", places, here) == [
        "first",
        "second",
    ]
    assert ask(page, "nearest", "(m, p) => m.nearest(p, null)", places) == []


@pytest.mark.parametrize(
    ("typed", "hit"),
    [
        ("nm", {"from": 2, "to": 4}),
        ("农贸", {"from": 2, "to": 4}),
        ("25-014", {"from": 0, "to": 0}),
        ("xyz", None),
        ("", {"from": 0, "to": 0}),
    ],
)
def test_a_place_is_found_by_name_code_and_initials(page: Page, typed: str, hit: dict[str, int] | None) -> None:
    place = {"name": "城南农贸市场", "initials": "cnnmsc", "code": "25-014"}

    assert ask(page, "search", "(m, q, p) => m.fits(q, p)", typed, place) == hit


def test_initials_skip_the_brackets_of_a_name(page: Page) -> None:
    place = {"name": "南门街（文昌路至解放街）", "initials": "nmjwclzjfj", "code": ""}

    assert ask(page, "search", "(m, q, p) => m.fits(q, p)", "wcl", place) == {"from": 4, "to": 7}


# ---------------------------------------------------------------- a visit


def test_passing_the_rest_leaves_counts_open_and_can_be_taken_back(page: Page) -> None:
    criteria = [*CRITERIA, {**CRITERIA[0], "code": "25.05", "answer": "count"}]
    say = """(m, c) => {
        let v = m.judge(m.newVisit({ id: "v", place: "p", kind: "25", manual: 1, at: 1 }), "25.01", { verdict: "fail" }, () => "f");
        const { visit, codes } = m.passRest(v, c);
        return [codes, m.progress(visit, c).done, Object.values(m.unpass(visit, codes).answers).map((a) => a.verdict ?? null)];
    }"""

    codes, done, after = ask(page, "visit", say, criteria)

    assert codes == ["25.02", "25.03", "25.04"]
    assert done == 3  # the failed one lacks its photo, the count its number
    assert after == ["fail", None, None, None]


def test_visits_are_compared_within_one_version_of_the_manual(page: Page) -> None:
    visits = [
        {"kind": "25", "manual": 4, "at": 9},
        {"kind": "11", "manual": 4, "at": 8},
        {"kind": "25", "manual": 4, "at": 7},
        {"kind": "25", "manual": 3, "at": 6},
    ]

    assert [v["at"] for v in ask(page, "score", "(m, visits) => m.comparable(visits, '25')", visits)] == [9, 7]
    assert ask(page, "score", "(m) => m.comparable([], '25')") == []


def test_one_of_a_unit_is_said_in_the_singular(page: Page) -> None:
    said = [("places", 1), ("places per 200 m", 1), ("flies", 1), ("places", 0), ("places", 2), ("%", 1), ("处", 1)]

    shown = ask(page, "score", "(m, said) => said.map(([unit, n]) => m.forMany(unit, n))", said)

    assert shown == ["place", "place per 200 m", "fly", "places", "places", "%", "处"]


def test_ones_own_last_words_about_a_criterion_are_offered(page: Page) -> None:
    def row(words: str, at: int, who: str = "me", criterion: str = "25.07") -> dict[str, Any]:
        return {"words": words, "found_at": at, "reporter": {"id": who}, "criterion": criterion}

    rows = [row("by the gate", 1), row("at the pump", 3), row(" by the gate ", 2), row("", 9), row("hers", 8, "her"), row("else", 7, criterion="25.01")]

    assert ask(page, "last-words", "(m, rows) => m.lastWords(rows, '25.07', 'me')", rows) == ["at the pump", "by the gate"]
    assert ask(page, "last-words", "(m, rows) => m.lastWords(rows, null, 'me')", rows) == []


def test_photos_travel_with_what_was_drawn_on_them_and_come_back_together(page: Page) -> None:
    taken = [
        {"sha256": "a", "drawn": {"photo": {"sha256": "a2", "original_sha256": "a"}, "shapes": []}},
        {"sha256": "b", "original_sha256": "file"},
    ]
    say = "(m, taken) => [m.flat(taken).map((p) => p.sha256), m.folded(m.flat(taken)).map((p) => [p.sha256, p.drawn ?? null])]"

    assert ask(page, "album", say, taken) == [["a", "a2", "b"], [["a", "a2"], ["b", None]]]


def test_photos_change_places_as_far_as_there_are_any_and_no_more_come_than_may_travel(page: Page) -> None:
    say = """(m) => {
        const list = ["a", "b", "c"].map((sha256) => ({ sha256 }));
        const names = (photos) => photos.map((p) => p.sha256).join("");
        return [names(m.moved(list, "c", -1)), names(m.moved(list, "a", -1)), names(m.moved(list, "a", 1)), names(m.added(list, { sha256: "d" }, 3)), names(m.added(list, { sha256: "d" }, 4))];
    }"""

    assert ask(page, "album", say) == ["acb", "abc", "bac", "abc", "abcd"]


def test_a_slip_of_the_finger_loses_nothing_that_was_written(page: Page) -> None:
    say = """(m) => {
        let v = m.newVisit({ id: "v", place: "p", kind: "25", manual: 1, at: 1 });
        v = m.judge(v, "25.01", { verdict: "fail" }, () => "f");
        v = m.changeFinding(v, "25.01", { words: "by the gate" });
        v = m.judge(v, "25.01", { verdict: "pass" }, () => "g");
        return m.judge(v, "25.01", { verdict: "fail" }, () => "h").answers["25.01"].finding;
    }"""

    finding = ask(page, "visit", say)

    assert (finding["id"], finding["words"]) == ("f", "by the gate")


def test_a_pass_sends_no_photo_of_what_seemed_to_fail(page: Page) -> None:
    say = """(m, c) => {
        let v = m.newVisit({ id: "v", place: "p", kind: "25", manual: 1, at: 1 });
        v = m.judge(v, "25.01", { verdict: "fail" }, () => "f");
        v = m.changePhotos(v, "25.01", "photo", () => [{ sha256: "aa" }]);
        const failed = m.finishBody(v, c, { finished_at: 2 });
        const passed = m.finishBody(m.judge(v, "25.01", { verdict: "pass" }, () => "g"), c, { finished_at: 2 });
        return [failed.answers[0].photos, failed.findings[0].photos, passed.answers[0].photos, passed.findings];
    }"""

    assert ask(page, "visit", say, CRITERIA) == [[], [{"sha256": "aa"}], [], []]


# ---------------------------------------------------------------- one's own view


def test_what_one_decided_is_seen_at_once(page: Page) -> None:
    rows = {
        "f": {"id": "f", "state": "rectified", "may": ["clear", "return"], "course": [], "returned": 0, "due_at": 1}
    }
    command = {
        "id": "c",
        "verb": "finding.return",
        "subject": "f",
        "at": 5,
        "body": {"reason": "not_done", "words": "stains", "due_at": 9},
    }
    say = """(m, rows, command) => {
        const finding = new Map(Object.entries(rows));
        const about = { me: { id: "me", name: "Wu" }, criteriaOf: () => [], titleOf: () => "" };
        const seen = m.seen({ place: new Map(), finding }, [command], about).finding.get("f");
        return [seen.state, seen.returned, seen.due_at, seen.may, seen.course.map((s) => [s.verb, s.who, s.pending]), finding.get("f").state];
    }"""

    assert ask(page, "view", say, rows, command) == ["returned", 1, 9, [], [["returned", "Wu", True]], "rectified"]


def test_a_finished_visit_marks_its_place_and_opens_its_findings(page: Page) -> None:
    body = {
        "place": "p", "kind": "25", "manual": 1, "finished_at": 7,
        "answers": [{"criterion": "25.01", "verdict": "fail"}, {"criterion": "25.02", "verdict": "pass"}],
        "findings": [{"id": "f", "criterion": "25.01", "reasons": [0], "words": "", "photos": [{"sha256": "aa", "taken_at": 6}]}],
    }  # fmt: skip
    say = """(m, c, body) => {
        const place = new Map([["p", { id: "p", name: "Market", unit: "u", visits: [] }]]);
        const about = { me: { id: "me", name: "Lin" }, criteriaOf: () => c, titleOf: () => "Water" };
        const seen = m.seen({ place, finding: new Map() }, [{ id: "c", verb: "visit.finish", subject: "v", at: 7, body }], about);
        const f = seen.finding.get("f");
        return [seen.place.get("p").visited_at, seen.place.get("p").visits[0].tally, f.title, f.unit, f.pending, f.before[0].state];
    }"""

    assert ask(page, "view", say, CRITERIA, body) == [7, "fp--", "Water", "u", True, "waiting"]


# ---------------------------------------------------------------- ten thousand places


def test_ten_thousand_places_are_looked_through_as_one_types(page: Page) -> None:
    say = """(m) => {
        const roads = ["解放", "文昌", "人民", "南门", "东风"];
        const kinds = ["农贸市场", "小学", "公厕", "社区", "桥头"];
        const places = Array.from({ length: 10_000 }, (_, i) => ({
            name: `${roads[i % 5]}路${Math.floor(i / 5)}号${kinds[(i >> 3) % 5]}`, code: `P-${i}`, initials: "",
        }));
        const ready = m.getReady(places);
        while (ready());
        const find = m.searching(places);
        const typed = ["n", "nm", "nmsc", "nm", "农贸", "p-77", "n m s c", "P 7", "qqq", "", " "];
        return typed.map((q) => {
            const found = find(q);
            const plainly = places.filter((place) => m.fits(q, place));
            return [found.length, found.every((one, i) => one === plainly[i]) && found.length === plainly.length, find(q) === found];
        });
    }"""

    told = ask(page, "search", say)

    assert [hits for hits, _, _ in told] == [3750, 3750, 2000, 3750, 2000, 111, 2000, 0, 0, 10_000, 10_000]
    # Each time exactly what fits, and the very same list while the same is typed.
    assert all(as_plainly and same for _, as_plainly, same in told)


def test_the_page_holds_only_the_rows_near_the_screen_and_the_one_in_focus(page: Page) -> None:
    say = "(m, ...a) => m.parts(...a).map((p) => (p.rows ? p.rows.length : `${p.from}-${p.to}`))"

    assert ask(page, "window", say, 0, 20, -1, 2460) == [20, "20-2460"]
    assert ask(page, "window", say, 100, 120, 3, 2460) == ["0-2", 3, "5-100", 20, "120-2460"]
    assert ask(page, "window", say, 100, 120, 2459, 2460) == ["0-100", 20, "120-2458", 2]
    assert ask(page, "window", say, 100, 120, 120, 2460) == ["0-100", 22, "122-2460"]
    assert ask(page, "window", say, 0, 1, 0, 1) == [1]


def test_initials_come_from_the_words_themselves_where_none_were_given(page: Page) -> None:
    assert ask(page, "initials", "(m) => ['城南农贸市场', '南门街（文昌路至解放街）', '垃圾桶满溢', 'A区3号'].map(m.initialsOf)") == [
        "cnnmsc", "nmjwclzjfj", "ljtmy", "aq3h",
    ]  # fmt: skip
    assert ask(page, "search", "(m) => m.fits('nm', { name: '城南农贸市场', initials: '' })") == {"from": 2, "to": 4}


# ---------------------------------------------------------------- deadlines as a line


def test_the_deadline_axis_counts_working_time_only(page: Page) -> None:
    moments = f"{{ from: {at('2025-06-12T08:30')}, due: {at('2025-06-13T17:30')}, asked: {at('2025-06-17T17:30')}, now: {at('2025-06-12T17:30')} }}"

    axis = ask(page, "deadlines", f"(m, c) => m.axisOf({moments}, c)", CALENDAR)

    # Thursday, Friday | Monday, Tuesday: four working days, the weekend takes no room.
    assert [round(place, 2) for place in (axis["now"], axis["due"], axis["asked"])] == [0.25, 0.5, 1.0]
    assert [round(place, 2) for place in axis["days"]] == [0.25, 0.5, 0.75]


# ---------------------------------------------------------------- slips and notices


@pytest.mark.parametrize(
    ("slip", "date", "lacks"),
    [
        ({"verb": "dispute", "words": ""}, None, "words"),
        ({"verb": "dispute", "words": "", "chosen": ["设施属别家"]}, None, None),
        ({"verb": "ask_extension", "words": "rain"}, None, "date"),
        ({"verb": "return", "reason": None}, 1, "reason"),
        ({"verb": "return", "reason": "other", "words": " "}, 1, "words"),
        ({"verb": "merge", "into": None}, None, "into"),
        ({"verb": "give_up", "sha256": None, "words": "lost"}, None, "photo"),
        ({"verb": "supervise", "words": "at once"}, None, None),
    ],
)
def test_a_slip_says_what_it_lacks(page: Page, slip: dict[str, Any], date: int | None, lacks: str | None) -> None:
    say = "(m, slip, date) => m.lacks({ ...m.newSlip(slip.verb, 'f', 1), ...slip }, date)"

    assert ask(page, "slips", say, slip, date) == lacks


def test_what_was_read_elsewhere_and_what_is_over_leaves_the_inbox(page: Page) -> None:
    kept = {"list": [{"seq": 1}, {"seq": 2}], "seq": 2, "read": 0, "read_told": 0}
    say = """async (m, kept) => {
        const { merged, unseen } = await import("/app/js/outbox/notices.js");
        const more = merged(kept, [{ seq: 5, unread: true }, { seq: 4, unread: false }], false);
        const all = merged(more, [{ seq: 5, unread: true }], true);
        return [more.list.map((n) => n.seq), more.read, unseen(more).length, all.list.map((n) => n.seq), all.seq];
    }"""

    assert ask(page, "rules", say, kept) == [[5, 4, 2, 1], 4, 1, [5], 5]


# ---------------------------------------------------------------- a county numbers its manual as it likes


def test_a_criterion_is_found_by_its_code_whatever_the_code_looks_like(page: Page) -> None:
    kinds = [
        {"code": "C7", "criteria": [{"code": "X-3", "reasons_zh": ["损坏"], "text_zh": "路灯完好"}]},
        {"code": "25", "criteria": [{"code": "25.07"}]},
    ]

    found = page.evaluate(
        """async (kinds) => {
        const { manual } = await import("/app/js/store/rows.js");
        const { criterionOf, kindOfCriterion, titleOf } = await import("/app/js/screens/state.js");
        const { numberOf } = await import("/app/js/screens/shown.js");
        manual.value = { version: 2, kinds };
        const seen = [kindOfCriterion("X-3").code, criterionOf("25.07").code, criterionOf("X-9"), titleOf({ criterion: "X-3", reasons: [0] }), numberOf("X-3"), numberOf("25.07")];
        manual.value = null;
        return seen;
        }""",
        kinds,
    )

    assert found == ["C7", "25.07", None, "损坏", "3", "07"]
