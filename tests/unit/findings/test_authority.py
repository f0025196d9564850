"""Who may say which verb in which state: every triple of person, state and verb, said for real and taken back.

The two tables are written here a second time, from the design and not from the code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from fieldbook import accounts, evidence, findings
from fieldbook.accounts import Duty, NotYourDuty
from fieldbook.evidence import PhotoNamed
from fieldbook.findings import Finding, NoSuchFinding, NotNow, OwnFinding, OwnWork, State, TooLateToUndo
from fieldbook.kernel import Act, Refusal, new_id
from fieldbook.places import Standing
from tests.county import County, named

#: what may be said of anything open, and of anything whose clock runs
OPEN = {"void", "supervise", "unmark", "give_up"}
RUNS = OPEN | {"rectify", "defer", "ask_extension", "extend", "refuse_extension", "change_due", "urge"}
#: state -> the verbs it knows (DESIGN: the loop)
KNOWS = {
    "to_screen": OPEN | {"screen", "dismiss", "merge"},
    "to_assign": OPEN | {"assign"},
    "assigned": RUNS | {"assign", "accept", "dispute", "take_back"},
    "accepted": RUNS | {"assign", "dispute"},
    "rectified": OPEN | {"clear", "return"},
    "returned": RUNS | {"undo", "assign"},
    "deferred": OPEN | {"defer", "resume"},
    "cleared": {"undo", "reopen"},
    "dismissed": {"void"},
    "merged": {"void"},
    "void": set(),
}
DISPATCHES = {"screen", "dismiss", "merge", "assign", "extend", "refuse_extension", "change_due", "urge", "supervise", "reopen", "give_up", "void"}
RECTIFIES, REVIEWS, DECIDES = {"accept", "rectify", "dispute", "ask_extension"}, {"clear", "return", "give_up"}, {"defer", "resume"}
EVERYTHING = DISPATCHES | RECTIFIES | REVIEWS | DECIDES | {"undo", "take_back", "unmark"}
#: nobody has asked for more time here, and the rules assigned it: what these would answer is not there
NOT_THERE = {"refuse_extension", "take_back", "unmark"}

#: person -> their posts, and the verbs that are theirs at the market in zone 6, which belongs to the east; wu gave the verdicts
PEOPLE: dict[str, tuple[list[tuple[Duty, str | None, str | None]], set[str]]] = {
    "lin": ([(Duty.INSPECTOR, "zone6", None)], set()),
    "qian": ([(Duty.INSPECTOR, "zone3", None)], set()),
    "zhao": ([(Duty.RECTIFIER, None, "market")], RECTIFIES),
    "he": ([(Duty.RECTIFIER, None, "roads")], set()),
    "wu": ([(Duty.REVIEWER, None, None)], REVIEWS | {"undo"}),
    "chen": ([(Duty.DISPATCHER, "east", None)], DISPATCHES),
    "sun": ([(Duty.AUDITOR, None, None)], set()),
    "ma": ([(Duty.ADMINISTRATOR, None, None), (Duty.HEADQUARTERS, None, None)], DISPATCHES | REVIEWS | DECIDES),
    "eve": ([], set()),
    "administrator": ([(Duty.ADMINISTRATOR, None, None)], set()),
    "hq of the east": ([(Duty.HEADQUARTERS, "east", None)], DISPATCHES | REVIEWS | DECIDES),
    "hq of the west": ([(Duty.HEADQUARTERS, "west", None)], set()),
    "dispatcher of the west": ([(Duty.DISPATCHER, "west", None)], set()),
    "dispatcher of the county": ([(Duty.DISPATCHER, None, None)], DISPATCHES),
    "reviewer of zone 6": ([(Duty.REVIEWER, "zone6", None)], REVIEWS),
    "reviewer of zone 3": ([(Duty.REVIEWER, "zone3", None)], set()),
    "reviewer of the market": ([(Duty.REVIEWER, None, "market")], set()),
    "reviewer in the rectifying unit": ([(Duty.REVIEWER, None, None), (Duty.INSPECTOR, None, "market")], REVIEWS),
    "dispatcher in the unit": (
        [(Duty.DISPATCHER, "east", None), (Duty.RECTIFIER, None, "market")],
        DISPATCHES | RECTIFIES,
    ),
    "headquarters in the unit": (
        [(Duty.HEADQUARTERS, None, None), (Duty.INSPECTOR, None, "market")],
        DISPATCHES | REVIEWS | DECIDES,
    ),
    "rectifier of nothing": ([(Duty.RECTIFIER, None, None)], set()),
    "rectifier of an area": ([(Duty.RECTIFIER, "zone6", None)], set()),
    "inspector of the county": ([(Duty.INSPECTOR, None, None)], set()),
}
#: the people of the market's unit, and what others decide of its findings: it would be gone, elsewhere, or easier
OF_THE_UNIT = {"reviewer in the rectifying unit", "dispatcher in the unit", "headquarters in the unit"}
FOR_OTHERS = {"clear", "return", "dismiss", "merge", "void", "assign", "defer", "extend", "give_up"}
OUTSIDE_THEIR_SCOPE = {"qian", "he", "eve", "hq of the west", "dispatcher of the west", "reviewer of zone 3", "rectifier of nothing", "rectifier of an area"}


class TakenBack(Exception):
    """Ends an act whose outcome was all that was asked."""


@pytest.fixture
def people(town: County) -> dict[str, Standing]:
    """Everybody's standing; those who are not of the cast are made."""
    with town.acting("ma") as act:
        for name in PEOPLE.keys() - set("lin qian zhao he wu chen sun ma eve".split()):
            accounts.make_person(act, name=name, login=name.replace(" ", "-"), password_hash="x", id=named(name))
            act.session.flush()
            for duty, area, unit in PEOPLE[name][0]:
                # written by hand: an office cannot make all of these, but a county may come to have them
                act.session.add(accounts.Post(id=new_id(), person_id=named(name), duty=duty, area_id=named(area) if area else None, unit_id=named(unit) if unit else None))
    return {name: town.standing(name) for name in PEOPLE}


@dataclass
class Told:
    """What a verb may need: a photo that nobody has named, one that never came, another open finding, and dates."""

    photo: PhotoNamed
    missing: str
    other: UUID
    later: datetime


VERBS: dict[str, Callable[[Act, Standing, UUID, Told], Finding]] = {
    "screen": lambda act, by, id, _: findings.screen(act, by, id),
    "dismiss": lambda act, by, id, _: findings.dismiss(act, by, id, reason="not_a_fault"),
    "merge": lambda act, by, id, told: findings.merge(act, by, id, into=told.other),
    "assign": lambda act, by, id, _: findings.assign(act, by, id, unit=named("roads")),
    "take_back": lambda act, by, id, _: findings.take_back(act, by, id),
    "accept": lambda act, by, id, _: findings.accept(act, by, id),
    "dispute": lambda act, by, id, _: findings.dispute(act, by, id, words="not ours"),
    "rectify": lambda act, by, id, told: findings.rectify(act, by, id, photos=[told.photo]),
    "ask_extension": lambda act, by, id, told: findings.ask_extension(act, by, id, due_at=told.later, words="parts"),
    "extend": lambda act, by, id, told: findings.extend(act, by, id, due_at=told.later),
    "refuse_extension": lambda act, by, id, _: findings.refuse_extension(act, by, id, words="no"),
    "clear": lambda act, by, id, _: findings.clear(act, by, id),
    "return": lambda act, by, id, _: findings.send_back(act, by, id, reason="not_done"),
    "undo": lambda act, by, id, _: findings.undo(act, by, id),
    "reopen": lambda act, by, id, _: findings.reopen(act, by, id, words="back again"),
    "supervise": lambda act, by, id, _: findings.supervise(act, by, id, words="at the school gate"),
    "urge": lambda act, by, id, _: findings.urge(act, by, id),
    "change_due": lambda act, by, id, told: findings.change_due(act, by, id, due_at=told.later, words="rain"),
    "unmark": lambda act, by, id, _: findings.unmark(act, by, id),
    "defer": lambda act, by, id, told: findings.defer(act, by, id, until=told.later, words="planted in spring"),
    "resume": lambda act, by, id, _: findings.resume(act, by, id),
    "give_up": lambda act, by, id, told: findings.give_up_photo(act, by, id, sha256=told.missing, words="the phone is lost"),
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
    if state == "merged":
        return town.say("merge", town.report("zhao"), into=town.finding().id)
    if state == "deferred":
        return town.say("defer", town.finding())
    if state == "void":
        return town.say("void", town.finding())
    return town.finding(state=state)


def told_of(town: County, finding: Finding) -> Told:
    """With a photo of the finding that is still on its way."""
    missing = town.photo()
    with town.acting("lin") as act:
        evidence.name_photos(act, [missing], role=evidence.Role.BEFORE, finding_id=finding.id)
    return Told(town.photo(), missing.sha256, town.finding().id, town.at + timedelta(days=30))


def outcome(town: County, who: str, standing: Standing, finding: Finding, verb: str, told: Told) -> type[Refusal] | None:
    """What saying it comes to: a refusal or None; nothing of it stays."""
    was = (str(finding.state), finding.unit_id, finding.due_at)
    try:
        with town.acting(who) as act:
            then = VERBS[verb](act, standing, finding.id, told)
            if who in OF_THE_UNIT and named("market") in (was[1], finding.heading_for) and verb not in RECTIFIES:
                assert not is_easier(was, (str(then.state), then.unit_id, then.due_at)), (who, verb, was)
            raise TakenBack
    except TakenBack:
        return None
    except Refusal as refusal:
        return type(refusal)


def is_easier(was: tuple[str, UUID | None, datetime | None], then: tuple[str, UUID | None, datetime | None]) -> bool:
    """Whether the unit has less to answer for: gone, put off, with somebody else, or with more time while its clock ran."""
    gone = then[0] != was[0] and then[0] in ("cleared", "dismissed", "merged", "void", "deferred")
    elsewhere = was[1] is not None and then[1] != was[1]
    longer = (
        was[0] in ("assigned", "accepted", "returned")
        and then[2] is not None
        and was[2] is not None
        and then[2] > was[2]
    )
    return gone or elsewhere or longer


@pytest.mark.parametrize("state", KNOWS)
def test_of_all_triples_those_go_through_that_the_tables_name(town: County, people: dict[str, Standing], state: str):
    finding = a_finding_in(town, state)
    told = told_of(town, finding)
    #: a report by zhao is seen by zhao as its reporter, and before it has a unit nobody is its unit
    has_unit = finding.unit_id is not None
    is_the_markets = named("market") in (finding.unit_id, finding.heading_for)
    before = town.entries(finding.id)

    for who, (_, theirs) in PEOPLE.items():
        own = is_the_markets and who in OF_THE_UNIT
        theirs = theirs - FOR_OTHERS if own else theirs
        may = {verb for verb in EVERYTHING if verb in KNOWS[state] and verb in theirs - NOT_THERE and (has_unit or verb not in RECTIFIES)}
        went = {verb: outcome(town, who, people[who], finding, verb, told) for verb in VERBS}

        #: a deadline of one's own unit may come forward, and what is said here is a later one
        assert {verb for verb, refused in went.items() if refused is None} == may - (
            {"change_due"} if own else set()
        ), (who, state)
        assert set(findings.may(people[who], finding, town.at)) == may, (who, state)
        for verb, refused in went.items():
            if verb not in may:
                assert refused in expected_refusals(who, state, verb, own), (who, state, verb, refused)
    assert town.entries(finding.id) == before


def expected_refusals(who: str, state: str, verb: str, own: bool) -> set[type[Refusal]]:
    """Out of scope it does not exist; then the state decides; then the duty, own work, or whose verdict it was."""
    if who in OUTSIDE_THEIR_SCOPE:
        return {NoSuchFinding}
    if who in ("zhao", "reviewer of the market") and state in ("to_screen", "to_assign", "dismissed", "merged"):
        return {NoSuchFinding, NotNow, NotYourDuty, TooLateToUndo}  # it has no unit yet; zhao sees those he reported
    if verb not in KNOWS[state]:
        return {NotNow}
    if verb in ("undo", "take_back", "unmark"):
        return {TooLateToUndo}
    if verb == "refuse_extension" and verb in PEOPLE[who][1]:
        return {findings.NothingAsked}
    if own and verb in FOR_OTHERS & PEOPLE[who][1]:
        return {OwnWork} if verb in ("clear", "return") else {OwnFinding}
    return {NotYourDuty}


def test_a_verb_that_no_table_names_is_nobodys(town: County, people: dict[str, Standing]):
    from fieldbook.findings.authority import require

    for verb in ("report", "looked", "dance", ""):
        with pytest.raises(NotYourDuty):
            require(people["ma"], town.finding(), verb, town.at)


def test_the_states_verbs_are_the_designs_and_no_others():
    ours = {(state, verb) for state, verbs in KNOWS.items() for verb in verbs}

    assert {(str(state), verb) for state, verb in findings.NEXT} == ours
    assert set(findings.OFFERED) == EVERYTHING == set(VERBS)
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
