"""Who may say which verb in which state: every triple of person, state and verb, said for real and taken back.

The two tables are written here a second time, from the design and not from the code.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from fieldbook import accounts, findings
from fieldbook.accounts import Duty, NotYourDuty
from fieldbook.evidence import PhotoNamed
from fieldbook.findings import Finding, NoSuchFinding, NotNow, OwnWork, State, TooLateToUndo
from fieldbook.kernel import Act, Refusal
from fieldbook.places import Standing
from tests.county import County, named

#: state -> the verbs it knows (DESIGN: the loop)
KNOWS = {
    "to_screen": {"screen", "dismiss", "void"},
    "to_assign": {"assign", "void"},
    "assigned": {"assign", "accept", "rectify", "void"},
    "accepted": {"assign", "rectify", "void"},
    "rectified": {"clear", "return", "void"},
    "returned": {"rectify", "undo", "void"},
    "cleared": {"undo"},
    "dismissed": {"void"},
    "void": set(),
}
DISPATCHES, RECTIFIES, REVIEWS = {"screen", "dismiss", "assign", "void"}, {"accept", "rectify"}, {"clear", "return"}
EVERYTHING = DISPATCHES | RECTIFIES | REVIEWS | {"undo"}

#: person -> their posts, and the verbs that are theirs at the market in zone 6, which belongs to the east; wu gave the verdicts
PEOPLE: dict[str, tuple[list[tuple[Duty, str | None, str | None]], set[str]]] = {
    "lin": ([(Duty.INSPECTOR, "zone6", None)], set()),
    "qian": ([(Duty.INSPECTOR, "zone3", None)], set()),
    "zhao": ([(Duty.RECTIFIER, None, "market")], RECTIFIES),
    "he": ([(Duty.RECTIFIER, None, "roads")], set()),
    "wu": ([(Duty.REVIEWER, None, None)], REVIEWS | {"undo"}),
    "chen": ([(Duty.DISPATCHER, "east", None)], DISPATCHES),
    "sun": ([(Duty.AUDITOR, None, None)], set()),
    "ma": ([(Duty.ADMINISTRATOR, None, None), (Duty.HEADQUARTERS, None, None)], DISPATCHES | REVIEWS),
    "eve": ([], set()),
    "administrator": ([(Duty.ADMINISTRATOR, None, None)], set()),
    "hq of the east": ([(Duty.HEADQUARTERS, "east", None)], DISPATCHES | REVIEWS),
    "hq of the west": ([(Duty.HEADQUARTERS, "west", None)], set()),
    "dispatcher of the west": ([(Duty.DISPATCHER, "west", None)], set()),
    "dispatcher of the county": ([(Duty.DISPATCHER, None, None)], DISPATCHES),
    "reviewer of zone 6": ([(Duty.REVIEWER, "zone6", None)], REVIEWS),
    "reviewer of zone 3": ([(Duty.REVIEWER, "zone3", None)], set()),
    "reviewer of the market": ([(Duty.REVIEWER, None, "market")], set()),
    "reviewer in the rectifying unit": ([(Duty.REVIEWER, None, None), (Duty.INSPECTOR, None, "market")], set()),
    "rectifier of nothing": ([(Duty.RECTIFIER, None, None)], set()),
    "rectifier of an area": ([(Duty.RECTIFIER, "zone6", None)], set()),
    "inspector of the county": ([(Duty.INSPECTOR, None, None)], set()),
}
OUTSIDE_THEIR_SCOPE = {"qian", "he", "eve", "hq of the west", "dispatcher of the west", "reviewer of zone 3", "rectifier of nothing", "rectifier of an area"}


class TakenBack(Exception):
    """Ends an act whose outcome was all that was asked."""


@pytest.fixture
def people(town: County) -> dict[str, Standing]:
    """Everybody's standing; those who are not of the cast are made."""
    with town.acting("ma") as act:
        for name in PEOPLE.keys() - set("lin qian zhao he wu chen sun ma eve".split()):
            accounts.make_person(act, name=name, login=name, password_hash="x", id=named(name))
            act.session.flush()
            for duty, area, unit in PEOPLE[name][0]:
                accounts.make_post(act, named(name), duty, area_id=named(area) if area else None, unit_id=named(unit) if unit else None)
    return {name: town.standing(name) for name in PEOPLE}


VERBS: dict[str, Callable[[Act, Standing, UUID, PhotoNamed], Finding]] = {
    "screen": lambda act, by, id, _: findings.screen(act, by, id),
    "dismiss": lambda act, by, id, _: findings.dismiss(act, by, id, reason="not_a_fault"),
    "assign": lambda act, by, id, _: findings.assign(act, by, id, unit=named("roads")),
    "accept": lambda act, by, id, _: findings.accept(act, by, id),
    "rectify": lambda act, by, id, photo: findings.rectify(act, by, id, photos=[photo]),
    "clear": lambda act, by, id, _: findings.clear(act, by, id),
    "return": lambda act, by, id, _: findings.send_back(act, by, id, reason="not_done"),
    "undo": lambda act, by, id, _: findings.undo(act, by, id),
    "void": lambda act, by, id, _: findings.void(act, by, id, words="entered twice"),
}


def a_finding_in(town: County, state: str) -> Finding:
    """At the market and with its unit wherever the state has one."""
    if state == "to_screen":
        return town.report("zhao")
    if state == "to_assign":
        return town.finding(state="to_assign")
    if state == "dismissed":
        return town.say("dismiss", town.report("zhao"))
    if state == "void":
        return town.say("void", town.finding())
    return town.finding(state=state)


def outcome(town: County, who: str, standing: Standing, finding: Finding, verb: str, photo: PhotoNamed) -> type[Refusal] | None:
    """What saying it comes to: a refusal or None; nothing of it stays."""
    try:
        with town.acting(who) as act:
            VERBS[verb](act, standing, finding.id, photo)
            raise TakenBack
    except TakenBack:
        return None
    except Refusal as refusal:
        return type(refusal)


@pytest.mark.parametrize("state", KNOWS)
def test_of_all_triples_those_go_through_that_the_tables_name(town: County, people: dict[str, Standing], state: str):
    finding, photo = a_finding_in(town, state), town.photo()
    #: a report by zhao is seen by zhao as its reporter, and before it has a unit nobody is its unit
    has_unit = finding.unit_id is not None
    before = town.entries(finding.id)

    for who, (_, theirs) in PEOPLE.items():
        may = {verb for verb in EVERYTHING if verb in KNOWS[state] and verb in theirs and (has_unit or verb not in RECTIFIES)}
        went = {verb: outcome(town, who, people[who], finding, verb, photo) for verb in VERBS}

        assert {verb for verb, refused in went.items() if refused is None} == may, (who, state)
        assert set(findings.may(people[who], finding, town.at)) == may, (who, state)
        for verb, refused in went.items():
            if verb not in may:
                assert refused in expected_refusals(who, state, verb), (who, state, verb, refused)
    assert town.entries(finding.id) == before


def expected_refusals(who: str, state: str, verb: str) -> set[type[Refusal]]:
    """Out of scope it does not exist; then the state decides; then the duty, own work, or whose verdict it was."""
    if who in OUTSIDE_THEIR_SCOPE:
        return {NoSuchFinding}
    if who in ("zhao", "reviewer of the market") and state in ("to_screen", "to_assign", "dismissed"):
        return {NoSuchFinding, NotNow, NotYourDuty}  # it has no unit yet; zhao sees those he reported
    if verb not in KNOWS[state]:
        return {NotNow}
    return {TooLateToUndo} if verb == "undo" else {OwnWork} if verb in REVIEWS and who == "reviewer in the rectifying unit" else {NotYourDuty}


def test_a_verb_that_no_table_names_is_nobodys(town: County, people: dict[str, Standing]):
    from fieldbook.findings.authority import require

    for verb in ("merge", "defer", "resume", "reopen", "dispute", "dance", ""):
        with pytest.raises(NotYourDuty):
            require(people["ma"], town.finding(), verb, town.at)


def test_the_states_verbs_are_the_designs_and_no_others():
    ours = {(state, verb) for state, verbs in KNOWS.items() for verb in verbs}
    later = {"merge", "dispute", "defer", "resume", "reopen"}

    assert {(str(state), verb) for state, verb in findings.NEXT if verb not in later} - {("deferred", "void"), ("merged", "void")} == ours
    for state in State:
        for verb in VERBS:
            if (state, verb) not in findings.NEXT:
                with pytest.raises(NotNow):
                    findings.after(state, verb)


def test_somebody_who_loses_the_duty_loses_its_verbs_and_their_own_verdict_stays_theirs_for_ten_minutes(town: County, people: dict[str, Standing]):
    finding = town.finding(state="cleared")
    nobody = Standing(named("wu"), frozenset(), {Duty.AUDITOR: people["sun"].duties[Duty.AUDITOR]})

    assert findings.may(people["wu"], finding, town.at + timedelta(minutes=10)) == ["undo"]
    assert findings.may(people["wu"], finding, town.at + timedelta(minutes=10, seconds=1)) == []
    assert findings.may(nobody, finding, town.at) == ["undo"]


def test_what_was_fixed_on_the_spot_and_returned_goes_back_to_who_fixed_it(town: County):
    finding = town.report("lin", fixed=findings.Fixed(photos=[town.photo(arrived=True)]))

    returned = town.say("return", finding, reason="unclear")
    assert (findings.may(town.standing("lin"), returned, town.at), findings.may(town.standing("zhao"), returned, town.at)) == (["rectify"], [])
    again = town.say("rectify", returned, who="lin")

    with town.acting("ma") as act:
        accounts.make_post(act, named("lin"), Duty.REVIEWER)
    with pytest.raises(OwnWork):
        town.say("clear", again, who="lin")
    assert (again.state, again.rectifier_id) == (State.RECTIFIED, named("lin"))
    assert town.say("clear", again).state == State.CLEARED
