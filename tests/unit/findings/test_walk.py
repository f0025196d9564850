"""A walk at random: everybody says anything to any finding, from phones that send twice and pull when they like.

Whatever happened, the states are those the journal leads to, nobody cleared their own work, and every phone ends with its scope.
A failure prints its seed; `pytest -k seed` replays it.
"""

import random
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import delete, select

from fieldbook import accounts, findings, journal, sync
from fieldbook.accounts import Duty, Post
from fieldbook.evidence import Naming
from fieldbook.findings import Finding, State
from fieldbook.journal import EntryRow
from fieldbook.kernel import Refusal, to_ms
from fieldbook.places import Standing
from tests.county import County, named
from tests.twin import Twin

STEPS = 160
WHO = ("lin", "qian", "zhao", "he", "wu", "chen", "sun", "ma", "eve")
PLACES = {"城南农贸市场": ("25", "25.07"), "人民路中段": ("01", None), "东门街": ("02", None), "南门桥头": ("01", None)}
#: who usually says it; now and then somebody else does
USUAL = {
    "screen": "chen", "dismiss": "chen", "merge": "chen", "assign": "chen", "take_back": "chen", "accept": "zhao", "dispute": "zhao", "rectify": "zhao",
    "ask_extension": "zhao", "extend": "chen", "refuse_extension": "chen", "clear": "wu", "return": "wu", "undo": "wu", "reopen": "chen",
    "supervise": "chen", "urge": "chen", "change_due": "chen", "unmark": "chen", "defer": "ma", "resume": "ma", "give_up": "wu", "void": "chen",
}  # fmt: skip
POSTS = [(Duty.INSPECTOR, "zone3", None), (Duty.INSPECTOR, "zone6", None), (Duty.RECTIFIER, None, "roads"), (Duty.RECTIFIER, None, "market"), (Duty.REVIEWER, "east", None), (Duty.REVIEWER, None, None)]


#: refusals of what was told, not of who told it
FOR_WHAT_WAS_TOLD = {
    findings.BadDue, findings.DueNotLater, findings.DueNotSooner, findings.DueUnchanged, findings.AlreadyAsked, findings.NeedsHigher, findings.CannotMerge, findings.NoSuchFinding, findings.PhotosOnTheWay,
    findings.PhotoNotMissing, findings.UnitMissing,
}  # fmt: skip


class TakenBack(Exception):
    """Ends an act whose outcome was all that was asked."""


class Walk:
    """One walk through the small county."""

    def __init__(self, town: County, as_: Any, seed: int) -> None:
        self.town, self.dice = town, random.Random(seed)
        self.phones = {who: as_(who) for who in WHO}
        self.twins = {who: Twin(phone).pull() for who, phone in self.phones.items()}
        self.found: list[UUID] = []
        self.answers: dict[str, int] = {}
        self.asked: set[str] = set()

    def new_id(self) -> UUID:
        return UUID(int=self.dice.getrandbits(128), version=4)

    def photo(self) -> dict[str, Any]:
        made = self.town.photo(arrived=self.dice.random() < 0.9)
        return {"sha256": made.sha256, "bytes": made.bytes, "width": 640, "height": 480, "taken_at": made.taken_at, "source": "camera"}

    def step(self) -> None:
        """One thing that may happen."""
        roll = self.dice.random()
        if roll < 0.15 or not self.found:
            self.report()
        elif roll < 0.20:
            self.visit()
        elif roll < 0.70:
            self.say()
        elif roll < 0.90:
            for who in self.dice.sample(WHO, 3):
                self.twins[who].pull()
        elif roll < 0.96:
            self.town.later(minutes=self.dice.choice([1, 5, 20, 240, 1500]))
        elif roll < 0.98:
            self.resume_due()
        else:
            self.change_posts()
        if self.found and self.dice.random() < 0.3:
            self.offered()
        self.deliver()

    def send(self, who: str, verb: str, subject: UUID, body: dict[str, Any]) -> None:
        """Once, and now and then twice."""
        phone = self.phones[who]
        command = phone.command(verb, subject, body, at=self.town.at)
        for _ in range(self.dice.choice([1, 1, 1, 2])):
            [answer] = phone.push(command)
            assert answer["answer"] in ("ok", "refused", "duplicate"), answer
            self.answers[f"{verb} {answer['answer']}"] = self.answers.get(f"{verb} {answer['answer']}", 0) + 1

    def report(self) -> None:
        who = self.dice.choice(["lin", "lin", "qian", "zhao", "wu", *WHO])
        name, (kind, criterion) = self.dice.choice(list(PLACES.items()))
        body: dict[str, Any] = {"photos": [self.photo()], "words": "积水"}
        body |= {"place": str(named(name)), "kind": kind} if self.dice.random() < 0.7 else {"zone": str(named(self.dice.choice(["zone3", "zone6"])))}
        body |= {"criterion": criterion, "manual": 1} if criterion and "place" in body else {}
        if self.dice.random() < 0.35:
            who, body = self.dice.choice(["lin", "wu", "ma", who]), body | {"fixed": {"photos": [self.photo()]}}
        self.found.append(self.new_id())
        self.send(who, "finding.report", self.found[-1], body)

    def visit(self) -> None:
        answers = [{"criterion": a.criterion, "verdict": a.verdict, "value": a.value, "choice": a.choice} for a in self.town.answers(failing={"25.07": "fail"})]
        looks = [{"finding": str(one), "look": self.dice.choice(["fixed", "still", "unseen"])} for one in self.dice.sample(self.found, min(3, len(self.found)))]
        self.found.append(self.new_id())
        failed = [{"id": str(self.found[-1]), "criterion": "25.07", "photos": [self.photo()]}]
        self.send(self.dice.choice(["lin", "lin", "qian"]), "visit.finish", self.new_id(), {"place": str(named("城南农贸市场")), "kind": "25", "manual": 1, "started_at": 0, "finished_at": 1, "answers": answers, "findings": failed, "looks": looks})

    def say(self) -> None:
        one = self.dice.choice(self.found)
        self.town.session.rollback()
        finding = self.town.session.get(Finding, one)
        fit = [verb for state, verb in findings.NEXT if finding is not None and state == finding.state and verb != "void"]
        verb = self.dice.choice(fit) if fit and self.dice.random() < 0.85 else self.dice.choice(list(USUAL))
        who = USUAL[verb] if self.dice.random() < 0.7 else self.dice.choice(WHO)
        if finding is not None and finding.unit_id == named("roads") and who == "zhao":
            who = "he"
        self.send(who, self.wire(verb), one, self.body(verb, finding))
        if verb in ("clear", "return", "assign") and self.dice.random() < 0.3:
            self.town.later(minutes=self.dice.choice([1, 9, 11]))
            self.send(who, "finding.take_back" if verb == "assign" else "finding.undo", one, {})

    def body(self, verb: str, finding: Finding | None) -> dict[str, Any]:
        """What a verb carries; dates are now and then none that will do."""
        due_at = to_ms((finding.due_at if finding else None) or self.town.at)
        later = due_at + self.dice.choice([-1, 1, 1, 5]) * 86_400_000
        named_here = list(self.town.session.scalars(select(Naming.sha256).where(Naming.finding_id == finding.id))) if finding else []
        bodies: dict[str, Any] = {
            "rectify": {"photos": [self.photo()]},
            "assign": {"unit": str(named(self.dice.choice(["market", "roads"])))},
            "dismiss": {"reason": "unclear"},
            "return": {"reason": "not_done"},
            "merge": {"into": str(self.dice.choice(self.found))},
            "ask_extension": {"due_at": later, "words": "parts"},
            "extend": {"due_at": later},
            "change_due": {"due_at": later, "words": "rain"},
            "defer": {"until": to_ms(self.town.at) + self.dice.choice([0, 1, 3]) * 86_400_000, "words": "spring"},
            "give_up": {"sha256": self.dice.choice(named_here or ["0" * 64]), "words": "lost"},
        }
        if verb in ("void", "dispute", "refuse_extension", "reopen", "supervise"):
            return {"words": "twice"}
        return bodies.get(verb, {})

    def resume_due(self) -> None:
        """What the job runner does at the date of a deferral."""
        with journal.begin(self.town.session, who=None, at=self.town.at) as act:
            findings.resume_due(act, self.dice.choice(self.found))

    def offered(self) -> None:
        """Whatever somebody is offered now is not refused for their duty when they say it."""
        one, who = self.dice.choice(self.found), self.dice.choice(WHO)
        self.town.session.rollback()
        finding, standing = self.town.session.get(Finding, one), self.town.standing(who)
        if finding is None or not findings.sees(standing, finding):
            return
        [card] = findings.cards(self.town.session, standing, [finding], now=self.town.at)
        for verb in card["may"]:
            finding = self.town.session.get_one(Finding, one, populate_existing=True)
            refused = self.refused(who, standing, verb, finding)
            assert refused is None or refused in FOR_WHAT_WAS_TOLD, (verb, who, finding.state, refused)
            self.asked.add(verb)

    def refused(self, who: str, standing: Standing, verb: str, finding: Finding) -> type[Refusal] | None:
        """What saying it comes to; nothing of it stays."""
        page = sync.BOOK[self.wire(verb)]
        body = msgspec.json.decode(msgspec.json.encode(self.body(verb, finding)), type=page.body)
        try:
            with self.town.acting(who) as act:
                page.run(act, standing, finding.id, body)
                raise TakenBack
        except TakenBack:
            return None
        except Refusal as refusal:
            return type(refusal)
        finally:
            self.town.session.rollback()

    def wire(self, verb: str) -> str:
        return "photo.give_up" if verb == "give_up" else f"finding.{verb}"

    def change_posts(self) -> None:
        """Somebody is given a post or loses all."""
        who = self.dice.choice(["eve", "qian", "he"])
        with self.town.acting("ma") as act:
            if self.dice.random() < 0.4:
                act.session.execute(delete(Post).where(Post.person_id == named(who)))
            duty, area, unit = self.dice.choice(POSTS)
            accounts.make_post(act, named(who), duty, area_id=named(area) if area else None, unit_id=named(unit) if unit else None)

    def deliver(self) -> None:
        """The photos of commands that were taken come in; those of refused ones never do."""
        arriving = self.town._to_arrive
        self.town.session.rollback()
        known = set(self.town.session.scalars(select(Naming.sha256)))
        arriving[:] = [(photo, data) for photo, data in arriving if photo.sha256 in known]
        self.town.deliver()


@pytest.mark.parametrize("seed", range(3), ids=lambda seed: f"seed{seed}")
def test_whatever_people_do_states_follow_the_journal_and_phones_their_scope(town: County, as_, seed: int):
    walk = Walk(town, as_, seed)

    for _ in range(STEPS):
        walk.step()

    town.session.rollback()
    assert findings.verify_states(town.session) == []
    assert journal.verify(town.session) == []
    assert own_work_cleared(town) == []
    for who, twin in walk.twins.items():
        twin.pull()
        fresh = Twin(walk.phones[who]).pull()
        assert lasting(twin) == lasting(fresh), who
        standing = town.standing(who)
        seen = {finding.id for finding in town.session.scalars(select(Finding)) if findings.sees(standing, finding)}
        assert {UUID(id) for id in twin.of("finding")} == seen, who
    assert len(walk.asked) >= 6, walk.asked
    done = {words.split(".")[1].removesuffix(" ok") for words in walk.answers if words.endswith(" ok")}
    assert len(done) >= 10, walk.answers


def lasting(twin: Twin) -> dict[tuple[str, str], Any]:
    """The rows without what passes by itself: the ten minutes of an undo."""
    return {key: {name: value for name, value in row.items() if name != "may"} for key, row in twin.rows.items()}


def own_work_cleared(town: County) -> list[UUID]:
    """Findings cleared by whoever put them right, read from the journal alone."""
    last: dict[UUID, UUID | None] = {}
    wrong = []
    for row in town.session.scalars(select(EntryRow).where(EntryRow.verb.in_(["finding.reported", "finding.rectified", "finding.cleared"])).order_by(EntryRow.seq)):
        if row.verb == "finding.rectified" or (row.verb == "finding.reported" and f'"state":"{State.RECTIFIED}"' in row.text):
            last[row.subject] = row.actor
        if row.verb == "finding.cleared" and (row.subject not in last or last[row.subject] == row.actor):
            wrong.append(row.subject)
    return wrong
