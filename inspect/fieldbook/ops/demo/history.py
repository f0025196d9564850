"""Four weeks of a county at work, planned from a seed: who does what, when. Nothing here writes; `fill` carries it out.

A plan is a list of deeds. Each visit opens its findings, each finding gets its course at once, and a deed that would lie
after `now` is not planned: whatever a finding has reached by then is where it stands.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from fieldbook import findings, inspections
from fieldbook.evidence import Source, Where
from fieldbook.findings import Calendar
from fieldbook.kernel import Act, to_ms
from fieldbook.places import Standing
from fieldbook.standards import Criterion, Manual

from . import names
from .people import Staff
from .pictures import Album, Pair, Shot, mark_of
from .places import Spot, demo_id

ROUNDS = 4
#: places of a zone in each round
ROUND_PLACES = 18
#: how many of them the running round has reached
REACHED = 11
FINDINGS_OF_VISIT = ((0, 66), (1, 24), (2, 8), (3, 2))
ROADSIDE, OUTSIDE = 34, 26
#: the last so many wait: for a unit, for screening
UNOWNED, UNSCREENED = 6, 4
Do = Callable[[Act, Standing], Any]


@dataclass(order=True)
class Deed:
    """One thing that one person does at one moment, and the photos that follow it. who: a login."""

    at: datetime
    number: int
    who: str = field(compare=False)
    do: Do = field(compare=False)
    shots: list[Shot] = field(compare=False, default_factory=list)
    #: None: the photos are still on the way
    arrive_at: datetime | None = field(compare=False, default=None)


@dataclass
class Problem:
    """A finding as the plan knows it."""

    id: UUID
    zone: str
    at: datetime
    pair: Pair
    spot: Spot | None
    criterion: Criterion | None
    unit: str | None
    reporter: str
    lies: tuple[int, int]
    on_spot: bool = False
    returned: int = 0
    rectified_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def days(self) -> int:
        return self.criterion.rectify_days if self.criterion else 3

    @property
    def theme(self) -> str:
        """What was put right is what can be seen: the picture's theme, if the criterion's is another."""
        theme = str(self.criterion.body["theme_short_zh"]) if self.criterion else ""
        return theme if theme in self.pair.themes else min(self.pair.themes)


class TooLate(Exception):
    """This would happen after now."""


class Plan:
    """Builds the deeds of four weeks that end `now`."""

    def __init__(self, *, dice: Random, now: datetime, calendar: Calendar, manual: Manual, spots: list[Spot], staff: Staff, album: Album) -> None:
        self.dice, self.now, self.calendar, self.manual, self.staff, self.album = dice, now, calendar, manual, staff, album
        self.spots: dict[str, list[Spot]] = defaultdict(list)
        for spot in spots:
            self.spots[spot.zone].append(spot)
        self.deeds: list[Deed] = []
        self.problems: list[Problem] = []
        self._at_place: dict[UUID, list[Problem]] = defaultdict(list)
        self._busy: dict[str, list[datetime]] = defaultdict(list)
        self._count = 0
        self.today = now.astimezone(calendar.zone).date()
        self.begins = self._midnight(-25)
        worked = findings.working_hours_between(calendar, self.begins, now)
        #: two working days ago; of what is judged since, more is sent back, so that some of it can be seen
        self.lately = self._work_later(self.begins, max(worked - 14, 0))
        self._sent_back = 0
        self._under_way = self._left = self._twice = 0
        #: accepted and not put right yet, with the moment of acceptance: in time, and overdue
        self._in_hand: list[tuple[Problem, datetime]] = []
        self._late: list[tuple[Problem, datetime]] = []

    def make(self) -> list[Deed]:
        """All deeds, in the order in which they happen."""
        visits = []
        for zone in self.spots:
            visits += self._rounds(zone)
        asides = [(at, self._roadside) for at in self._moments(ROADSIDE, UNOWNED)] + [(at, self._outside) for at in self._moments(OUTSIDE, UNSCREENED)]
        for at, do in sorted([*visits, *asides], key=lambda one: one[0]):
            do(at)
        self._asked_and_decided()
        return sorted(self.deeds)

    # ---- rounds and visits

    def _rounds(self, zone: str) -> list[tuple[datetime, Callable[[datetime], None]]]:
        """Plan the zone's rounds; returns when each of its visits begins."""
        often = [s for s in self.spots[zone] if s.kinds[0] in ("25", "01", "39", "14")][:6]
        others = [s for s in self.spots[zone] if s not in often]
        self.dice.shuffle(others)
        # one kind of place is left for last, as it goes
        neglected = self.dice.choice(others).kinds[0]
        others.sort(key=lambda spot: spot.kinds[0] == neglected)
        visits: list[tuple[datetime, Callable[[datetime], None]]] = []
        for number in range(ROUNDS):
            begins, ends = self._midnight(-25 + 7 * number), self._midnight(-18 + 7 * number)
            take = ROUND_PLACES - len(often)
            chosen = often + [others[(number * take + i) % len(others)] for i in range(take)]
            self.dice.shuffle(chosen)
            self._plan_round(zone, number, begins, ends, chosen)
            running = number == ROUNDS - 1
            chosen = sorted(chosen, key=lambda spot: spot.kinds[0] == neglected)[: REACHED if running else ROUND_PLACES - self.dice.randint(0, 2)]
            for at, spot in self._days(zone, begins, min(ends, self.now), chosen):
                visits.append((at, lambda at, spot=spot: self._visit(at, spot)))  # type: ignore[misc]
        return visits

    def _plan_round(self, zone: str, number: int, begins: datetime, ends: datetime, chosen: list[Spot]) -> None:
        name, at = f"第 {number + 1} 轮日常巡查", begins - timedelta(hours=8, minutes=int(zone))

        def do(act: Act, _: Standing) -> None:
            inspections.make_round(
                act,
                id=demo_id("round", zone, number),
                name=name,
                zone_id=demo_id("area", zone),
                begins_at=begins,
                ends_at=ends,
                place_ids=[spot.id for spot in chosen],
            )

        self._deed(at, "zhou", do)

    def _days(self, zone: str, begins: datetime, ends: datetime, chosen: list[Spot]) -> Iterator[tuple[datetime, Spot]]:
        """When the zone's inspector comes to each place: on working days mostly, in working light, one after another."""
        days = []
        day = begins.astimezone(self.calendar.zone).date()
        while self._local(day, time(8)) < ends:
            days.append(day)
            day += timedelta(days=1)
        weights = [10 if self.calendar.works(day) else 2 for day in days]
        if not days:
            return
        on_day: dict[Any, list[Spot]] = defaultdict(list)
        for spot in chosen:
            on_day[self.dice.choices(days, weights)[0]].append(spot)
        # an inspector of two zones walks one in the morning and the other in the afternoon
        starts = (time(13, 40), time(8, 5)) if int(zone) % 2 else (time(8, 5), time(13, 40))
        for day in sorted(on_day):
            at = self._local(day, starts[0]) + timedelta(minutes=self.dice.randint(0, 40))
            for spot in on_day[day]:
                if at < ends - timedelta(minutes=30) and at.astimezone(self.calendar.zone).time() < time(18):
                    yield at, spot
                at += timedelta(minutes=self.dice.randint(22, 48))

    def _visit(self, started: datetime, spot: Spot) -> None:
        kind = self.manual.kinds[spot.kinds[0]]
        inspector = self.staff.inspectors[spot.zone]
        finished = started + timedelta(minutes=self.dice.randint(5, 16), seconds=self.dice.randint(0, 59))
        # most are sent at once; some only when there is signal again
        at = finished + (timedelta(seconds=self.dice.randint(2, 40)) if self.dice.random() < 0.93 else timedelta(minutes=self.dice.randint(20, 170)))
        if at >= self.now:
            return
        failing = self._failing(spot, kind.criteria, started)
        visit_id = demo_id("visit", spot.id, to_ms(started))
        lies = self._near(spot, 25)
        told_findings, problems, shots = [], [], []
        for criterion in failing:
            problem = Problem(
                demo_id("finding", visit_id, criterion.code), spot.zone, at, self.album.pair_for(criterion, self.dice), spot, criterion, spot.unit, inspector, lies
            )
            found_at = finished - timedelta(minutes=self.dice.randint(1, 4))
            before = self._shots(problem, problem.pair.before, found_at, 1 if self.dice.random() < 0.75 else 2)
            fixed: findings.Fixed | None = None
            if criterion.rectify_days == 1 and self.dice.random() < 0.5:
                problem.on_spot, problem.unit = True, self.staff.units_of[inspector]
                after = self._shots(problem, problem.pair.after, finished - timedelta(seconds=30), 1)
                fixed = findings.Fixed([shot.named for shot in after], "当场改好")
                shots += after
            shots += before
            problems.append(problem)
            told_findings.append((problem, before, fixed))
        body = findings.VisitDone(
            place=spot.id,
            kind=kind.code,
            manual=self.manual.version,
            started_at=to_ms(started),
            finished_at=to_ms(finished),
            answers=[self._answer(criterion, criterion in failing) for criterion in kind.criteria],
            findings=[
                findings.Failed(
                    id=problem.id,
                    criterion=problem.criterion.code if problem.criterion else "",
                    photos=[shot.named for shot in before],
                    reasons=(reasons := self._reasons(problem)),
                    words=self._words(problem, kind.category["code"], reasons),
                    fixed=fixed,
                )
                for problem, before, fixed in told_findings
            ],
            looks=[
                findings.Looked(p.id, "fixed" if p.rectified_at and p.rectified_at < started else "still") for p in self._open_at(spot, started)
            ],
            position=Where(*lies, self.dice.randint(4, 18), 1),
        )
        self._deed(at, inspector, lambda act, standing: findings.finish_visit(act, standing, visit_id, body), shots)
        for problem in problems:
            self._open(problem)

    def _failing(self, spot: Spot, criteria: tuple[Criterion, ...], at: datetime) -> list[Criterion]:
        """What is wrong this time: often what was wrong before, never what is still open here."""
        number = self.dice.choices([n for n, _ in FINDINGS_OF_VISIT], [w for _, w in FINDINGS_OF_VISIT])[0]
        open_ = {p.criterion.code for p in self._open_at(spot, at) if p.criterion}
        before = [p.criterion for p in self._at_place[spot.id] if p.closed_at and p.closed_at < at and p.criterion and p.criterion.code not in open_]
        again = [self.dice.choice(before)] if before and self.dice.random() < 0.16 else []
        free = [c for c in criteria if c.code not in open_ and c not in again]
        chosen = list(again)
        while free and len(chosen) < number:
            one = self.dice.choices(free, [self.album.fit(c) ** 3 + 1 for c in free])[0]
            free.remove(one)
            chosen.append(one)
        return chosen

    def _open_at(self, spot: Spot, at: datetime) -> list[Problem]:
        return [p for p in self._at_place[spot.id] if p.at < at and (p.closed_at is None or p.closed_at > at)]

    def _answer(self, criterion: Criterion, fails: bool) -> findings.Answered:
        verdict = "fail" if fails else "na" if self.dice.random() < 0.05 and criterion.severity != "critical" else "pass"
        value = choice = None
        if criterion.threshold and criterion.answer in ("count", "number") and verdict != "na":
            value = _value(criterion.threshold, passes=not fails, dice=self.dice)
        if criterion.answer == "choice" and verdict != "na":
            fitting = [i for i, grade in enumerate(criterion.choices) if (grade["verdict"] == "fail") == fails]
            choice = self.dice.choice(fitting)
            verdict = str(criterion.choices[choice]["verdict"])
        return findings.Answered(criterion.code, verdict, value, choice)

    def _reasons(self, problem: Problem) -> list[int]:
        offered = problem.criterion.reasons() if problem.criterion else []
        fitting = [i for i, reason in enumerate(offered) if any(word in reason for word in problem.pair.words)] or list(range(len(offered)))
        return sorted(self.dice.sample(fitting, min(len(fitting), self.dice.choice((1, 1, 1, 2)))))

    def _words(self, problem: Problem, category: str, reasons: list[int]) -> str:
        if not reasons or problem.criterion is None:
            return ""
        return names.told(self.dice, category, problem.criterion.reasons()[reasons[0]])

    # ---- findings by themselves

    def _roadside(self, at: datetime) -> None:
        """An inspector sees something on the way, at no place of the register."""
        zone = self.dice.choice(list(self.spots))
        self._report(at, zone, self.staff.inspectors[zone])

    def _outside(self, at: datetime) -> None:
        """Somebody whose zone it is not sees something."""
        zone = self.dice.choice(list(self.spots))
        others = [login for code, login in self.staff.inspectors.items() if login != self.staff.inspectors[zone]]
        self._report(at, zone, self.dice.choice([*others, "wu", "zhou", *others]), outside=True)

    def _report(self, at: datetime, zone: str, reporter: str, *, outside: bool = False) -> None:
        pair = self.album.pair_of(self.dice.choice(list(names.ROADSIDE)), self.dice)
        near = self.dice.choice(self.spots[zone])
        at = self._free(reporter, at)
        if at >= self.now:
            return
        problem = Problem(demo_id("roadside", zone, to_ms(at), reporter), zone, at, pair, None, None, None, reporter, self._near(near, 220))
        shots = self._shots(problem, pair.before, at - timedelta(seconds=self.dice.randint(20, 50)), 1)
        body = findings.Report(
            photos=[shot.named for shot in shots],
            zone=demo_id("area", zone),
            words=self.dice.choice(names.ROADSIDE[pair.scene]),
            position=Where(*problem.lies, self.dice.randint(4, 25), 1),
        )
        self._deed(at, reporter, lambda act, standing: findings.report(act, standing, problem.id, body), shots)
        self._open(problem, outside=outside)

    # ---- the course of a finding

    def _open(self, problem: Problem, *, outside: bool = False) -> None:
        self.problems.append(problem)
        if problem.spot:
            self._at_place[problem.spot.id].append(problem)
        with suppress(TooLate):
            self._course(problem, outside=outside)

    def _course(self, problem: Problem, *, outside: bool) -> None:
        """Plan what becomes of it. Raises TooLate where the present is reached."""
        at = problem.at
        east = problem.zone in ("3", "4", "5", "8", "10", "11")
        dispatcher = self.dice.choice(("bao" if east else "ning", "zhou"))
        if outside:
            at = self._work_later(at, self.dice.uniform(3.2, 6))
            if self.dice.random() < 0.3:
                reason, words = self.dice.choice(names.DISMISSED)
                problem.closed_at = self._say(at, dispatcher, lambda act, standing: findings.dismiss(act, standing, problem.id, reason=reason, words=words))
                return
            screened = self.dice.choice(names.SCREENED)
            at = self._say(at, dispatcher, lambda act, standing: findings.screen(act, standing, problem.id, words=screened))
        if problem.unit is None:
            at = self._assign(problem, at, dispatcher)
        if not problem.on_spot:
            if self.dice.random() < 0.01:
                voided = self.dice.choice(names.VOIDED)
                problem.closed_at = self._say(
                    self._work_later(at, 2), dispatcher, lambda act, standing: findings.void(act, standing, problem.id, words=voided)
                )
                return
            at = self._put_right_first(problem, at)
        while returned := self._reviewed(problem, at):
            at = self._put_right(problem, returned, late=0.2)

    def _assign(self, problem: Problem, at: datetime, dispatcher: str) -> datetime:
        unit = names.ROADSIDE_UNIT[problem.pair.scene] if problem.spot is None else f"com-{problem.zone}"
        words = self.dice.choice(names.ASSIGNED)
        at = self._say(
            self._work_later(at, self.dice.uniform(3.2, 5) if problem.spot is None else self.dice.uniform(0.3, 3)),
            dispatcher,
            lambda act, standing: findings.assign(act, standing, problem.id, unit=demo_id("unit", unit), words=words),
        )
        problem.unit = unit
        return at

    def _put_right_first(self, problem: Problem, assigned: datetime) -> datetime:
        rectifier = self._rectifier(problem)
        wait = self.dice.expovariate(1 / 2.2) if self.dice.random() < 0.94 else self.dice.uniform(7, 16)
        accepted = self._say(
            self._work_later(assigned, max(0.1, wait)), rectifier, lambda act, standing: findings.accept(act, standing, problem.id)
        )
        age = self.now - assigned
        if problem.days <= 3 and timedelta(days=4) < age < timedelta(days=14) and self._left < 11 and self.dice.random() < 0.15:
            self._left += 1
            self._late.append((problem, accepted))
            raise TooLate  # nobody gets round to it: overdue by now
        try:
            return self._put_right(problem, assigned, late=0.13, not_before=accepted + timedelta(minutes=25))
        except TooLate:
            if problem.rectified_at is None and self._work_later(assigned, min(problem.days, 12) * findings.Calendar().hours_a_day) > self.now:
                self._in_hand.append((problem, accepted))
            raise

    def _asked_and_decided(self) -> None:
        """What units and headquarters say of work in hand: more time, not ours, not now, watched."""
        for number, (problem, accepted) in enumerate(self._in_hand[:9]):
            with suppress(TooLate):
                at, unit = self._work_later(accepted, self.dice.uniform(0.6, 2)), self._rectifier(problem)
                what = ("extension", "dispute", "defer")[number % 3]
                words = names.ASKED[what][number // 3 % len(names.ASKED[what])]
                who = "zhou" if what == "defer" else unit
                self._say(at, who, {"extension": _more_time, "dispute": _not_ours, "defer": _not_now}[what](problem.id, words))
        for problem, accepted in self._late[:2]:
            with suppress(TooLate):
                self._say(self._work_later(accepted, 30), "zhou", _watched(problem.id))

    def _put_right(self, problem: Problem, since: datetime, *, late: float, not_before: datetime | None = None) -> datetime:
        share = self.dice.uniform(1.03, 1.7) if self.dice.random() < late else self.dice.triangular(0.1, 0.95, 0.4)
        hours = min(problem.days, 12) * findings.Calendar().hours_a_day * share
        rectifier = self._rectifier(problem)
        at = self._free(rectifier, max(self._work_later(since, hours), not_before or since))
        if at >= self.now:
            raise TooLate
        shots = self._shots(problem, problem.pair.after, at - timedelta(minutes=self.dice.randint(2, 6)), 1 if self.dice.random() < 0.8 else 2, doubtful=0.14)
        words = names.done(self.dice, problem.theme)
        self._deed(
            at,
            rectifier,
            lambda act, standing: findings.rectify(act, standing, problem.id, photos=[shot.named for shot in shots], words=words),
            shots,
        )
        problem.rectified_at = at
        if at > self.lately and self._under_way < 3 and self.dice.random() < 0.08:
            self._under_way += 1
            self.deeds[-1].arrive_at = None  # the photos have no signal yet
            raise TooLate
        return at

    def _reviewed(self, problem: Problem, rectified: datetime) -> datetime | None:
        """Plan the verdict: when it was returned, or None when it was cleared. Raises TooLate."""
        reviewers = ["wu", "wu", "qian" if problem.zone in ("3", "4", "5", "8", "10", "11") else "han"]
        reviewer = self.dice.choice([one for one in reviewers if one != problem.reporter and self.staff.units_of.get(one) != problem.unit])
        at = self._work_later(rectified, self.dice.uniform(0.6, 22))
        lately = at > self.lately
        likely = 0.6 if problem.returned == 1 and self._twice < 3 else 0.35 if lately and self._sent_back < 9 else 0.09
        if not problem.on_spot and self.dice.random() < likely:
            reason, words = self.dice.choice(names.RETURNED)
            returned = self._say(at, reviewer, lambda act, standing: findings.send_back(act, standing, problem.id, reason=reason, words=words))
            self._sent_back += lately
            problem.returned += 1
            self._twice += problem.returned == 2
            return returned
        cleared = self.dice.choice(names.CLEARED)
        problem.closed_at = self._say(at, reviewer, lambda act, standing: findings.clear(act, standing, problem.id, words=cleared))
        return None

    def _rectifier(self, problem: Problem) -> str:
        return self.staff.rectifiers[problem.unit or ""]

    # ---- photos

    def _shots(self, problem: Problem, picture: str, at: datetime, number: int, *, doubtful: float = 0.0) -> list[Shot]:
        shots = []
        for i in range(number):
            lies: tuple[int, int] | None = self._shift(problem.lies, 12)
            source, accuracy = Source.CAMERA, self.dice.randint(4, 22)
            if self.dice.random() < doubtful:
                doubt = self.dice.choice(("far", "gallery", "no position"))
                lies = None if doubt == "no position" else self._shift(problem.lies, 900) if doubt == "far" else lies
                source = Source.GALLERY if doubt == "gallery" else source
            mark = mark_of(problem.id, picture, to_ms(at), i)
            shots.append(self.album.shot(picture, mark, taken_at=at + timedelta(seconds=8 * i), at=lies, accuracy_m=accuracy, source=source))
        return shots

    def _near(self, spot: Spot, metres: int) -> tuple[int, int]:
        return self._shift((spot.lat_e7, spot.lon_e7), metres)

    def _shift(self, lies: tuple[int, int], metres: int) -> tuple[int, int]:
        """A position about so many metres away; a metre is 90 of the units."""
        return tuple(value + round(self.dice.choice((-1, 1)) * metres * 90 * self.dice.uniform(0.4, 1)) for value in lies)  # type: ignore[return-value]

    # ---- time

    def _say(self, at: datetime, who: str, do: Do) -> datetime:
        """Plan a deed without photos. Returns when it happens; raises TooLate."""
        at = self._free(who, at)
        if at >= self.now:
            raise TooLate
        self._deed(at, who, do)
        return at

    def _deed(self, at: datetime, who: str, do: Do, shots: list[Shot] | None = None) -> None:
        arrive_at = at + timedelta(seconds=self.dice.randint(3, 25)) if shots and at < self.now - timedelta(minutes=30) else None
        self.deeds.append(Deed(at, len(self.deeds), who, do, shots or [], arrive_at))
        insort(self._busy[who], at)

    def _free(self, who: str, at: datetime) -> datetime:
        """The next moment from `at` on at which this person does nothing else within five minutes."""
        for taken in self._busy[who]:
            if abs(taken - at) < timedelta(minutes=5):
                at = taken + timedelta(minutes=5, seconds=self.dice.randint(0, 50))
        return at

    def _work_later(self, at: datetime, hours: float) -> datetime:
        """The moment so many working hours after `at`."""
        left = timedelta(hours=hours)
        for begins, ends in self.calendar.spans(at):
            if ends - begins >= left:
                return _whole((begins + left).astimezone(UTC))
            left -= ends - begins
        raise AssertionError("working spans are endless")

    def _moments(self, number: int, last: int) -> list[datetime]:
        """Moments in working time, `last` of them in the last three working hours before now."""
        total = findings.working_hours_between(self.calendar, self.begins, self.now)
        hours = [self.dice.uniform(4, total - 4) for _ in range(number - last)] + [total - self.dice.uniform(0.2, 3) for _ in range(last)]
        return sorted(self._work_later(self.begins, h) for h in hours)

    def _midnight(self, days: int) -> datetime:
        return self._local(self.today + timedelta(days=days), time())

    def _local(self, day: Any, at: time) -> datetime:
        return datetime.combine(day, at, self.calendar.zone).astimezone(UTC)


def _more_time(finding_id: UUID, words: str) -> Do:
    return lambda act, standing: findings.ask_extension(act, standing, finding_id, due_at=_due(act, finding_id) + timedelta(days=3), words=words)


def _not_ours(finding_id: UUID, words: str) -> Do:
    return lambda act, standing: findings.dispute(act, standing, finding_id, words=words)


def _not_now(finding_id: UUID, words: str) -> Do:
    return lambda act, standing: findings.defer(act, standing, finding_id, until=act.at + timedelta(days=20), words=words)


def _watched(finding_id: UUID) -> Do:
    return lambda act, standing: findings.supervise(act, standing, finding_id, words=names.SUPERVISED)


def _due(act: Act, finding_id: UUID) -> datetime:
    """When a finding is due as things stand."""
    due_at = act.session.get_one(findings.Finding, finding_id).due_at
    assert due_at is not None
    return due_at


def _whole(moment: datetime) -> datetime:
    """To whole seconds; the wire knows milliseconds, people do not."""
    return moment.replace(microsecond=0)


def _value(threshold: dict[str, Any], *, passes: bool, dice: Random) -> int:
    """A counted or measured value, in hundredths, that reaches the threshold or does not."""
    limit, op = float(threshold["value"]), str(threshold["op"])
    step = max(1.0, round(limit * 0.1))
    up = {">=": passes, ">": passes, "<=": not passes, "<": not passes}.get(op, not passes)
    if op == "==":
        return round((limit if passes else limit + step) * 100)
    if up:
        beyond = dice.choice((0, step, step * 2)) if op in (">=", "<") else dice.choice((step, step * 2))
        return round((limit + beyond) * 100)
    below = dice.choice((0, step)) if op in ("<=", ">") else step
    return max(0, round((limit - below) * 100))
