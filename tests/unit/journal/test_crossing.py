"""Sixteen people at once on the same ten findings: nobody waits for ever, and nobody's change is lost."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from fieldbook import accounts, findings, journal, places
from fieldbook.findings import Finding
from fieldbook.journal import EntryRow
from fieldbook.kernel import Refusal, db, new_id
from tests.county import NOON, County, named

PEOPLE, FINDINGS, ROUNDS = 16, 10, 15
#: journal verbs that count a finding's version up
CHANGES = ("finding.assigned", "finding.accepted", "finding.returned", "finding.rectified", "finding.undone", "finding.voided", "finding.cleared")


def test_crossing_acts_neither_lock_each_other_out_nor_lose_a_change(app: Flask, town: County):
    made = [town.report().id for _ in range(FINDINGS - 2)]
    made += [town.finding(state="cleared").id for _ in range(2)]  # what is found again refers to one of these
    answers = town.answers(failing={"25.07": "fail"})
    photos = [[town.photo() for _ in range(ROUNDS * 2)] for _ in range(PEOPLE)]
    start = threading.Barrier(PEOPLE)

    def work(person: int) -> Counter[str]:
        dice, done, mine = random.Random(person), Counter[str](), iter(photos[person])
        with app.app_context():
            session = db.session()
            standings = {who: places.standing_of(session, named(who), accounts.posts_of(session, named(who))) for who in ("lin", "zhao", "he", "wu", "chen")}
            session.rollback()
            start.wait()
            for _ in range(ROUNDS):
                one, *others = dice.sample(made, 4)
                verb, who, do = dice.choice(
                    [
                        ("assign", "chen", lambda act, by: findings.assign(act, by, one, unit=named("market"))),
                        ("accept", "zhao", lambda act, by: findings.accept(act, by, one)),
                        ("rectify", "zhao", lambda act, by: findings.rectify(act, by, one, photos=[next(mine)])),
                        ("return", "wu", lambda act, by: findings.send_back(act, by, one, reason="not_done")),
                        ("undo", "wu", lambda act, by: findings.undo(act, by, one)),
                        ("report", "lin", lambda act, by: findings.report(act, by, new_id(), findings.Report([next(mine)], zone=named("zone6")))),
                        ("visit", "lin", lambda act, by: findings.finish_visit(act, by, new_id(), visit([one, *others], [next(mine)]))),
                    ]
                )
                try:
                    with journal.begin(session, who=named(who), at=NOON) as act:
                        do(act, standings[who])
                    done[verb] += 1
                except Refusal as refusal:
                    done[refusal.code] += 1
            db.session.remove()
        return done

    def visit(looked: list, photo: list) -> findings.VisitDone:
        """A visit that looks at several findings in no order, and reports one more."""
        return findings.VisitDone(
            place=named("城南农贸市场"),
            kind="25",
            manual=1,
            started_at=0,
            finished_at=0,
            answers=answers,
            findings=[findings.Failed(id=new_id(), criterion="25.07", photos=photo)],
            looks=[findings.Looked(one, "still") for one in looked],
        )

    with ThreadPoolExecutor(PEOPLE) as crowd:
        done = sum(crowd.map(work, range(PEOPLE)), Counter[str]())

    assert sum(done.values()) == PEOPLE * ROUNDS
    assert done.keys() <= {"assign", "accept", "rectify", "return", "undo", "report", "visit", "findings.not_now", "findings.too_late_to_undo"}, done
    assert min(done[verb] for verb in ("assign", "accept", "rectify", "report", "visit")) > 0, done
    town.session.rollback()
    versions = dict(town.session.execute(select(Finding.id, Finding.version).where(Finding.id.in_(made))).all())
    counted = dict(
        town.session.execute(select(EntryRow.subject, func.count()).where(EntryRow.subject.in_(made), EntryRow.verb.in_(CHANGES)).group_by(EntryRow.subject)).all()
    )
    assert versions == {finding: 1 + counted[finding] for finding in made}
    assert town.session.scalar(select(func.count()).select_from(Finding)) == FINDINGS + done["report"] + done["visit"]
