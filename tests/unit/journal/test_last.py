"""The journal's head is taken last: between taking it and the commit nothing but the journal's own is said to the database.

Whatever else was locked after the head could be locked the other way round by somebody else, and PostgreSQL would end one of the two.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from fieldbook import accounts, findings
from fieldbook.journal.commands import seal
from fieldbook.kernel import db, derived_id
from tests.county import County, named

#: all that may be spoken of once the head is taken
JOURNAL = {"entry", "entry_reach", "journal_head"}
TABLES = re.compile(r"\b(?:FROM|INTO|UPDATE|JOIN)\s+\"?([a-z_]+)", re.IGNORECASE)


@contextmanager
def listening() -> Iterator[list[list[str]]]:
    """The tables spoken of after the head was taken, one list for each transaction that took it, in the order of their commits."""
    commits: list[list[str]] = []
    after_head: dict[int, list[str]] = {}

    def heard(connection: Any, _cursor: Any, statement: str, *_: object) -> None:
        tables = TABLES.findall(statement)
        if id(connection) in after_head or "journal_head" in tables:
            after_head.setdefault(id(connection), []).extend(tables or [statement])

    def committed(connection: Any) -> None:
        if id(connection) in after_head:
            commits.append(after_head.pop(id(connection)))

    def rolled_back(connection: Any) -> None:
        after_head.pop(id(connection), None)

    ears = {"before_cursor_execute": heard, "commit": committed, "rollback": rolled_back}
    for name, ear in ears.items():
        event.listen(db.engine, name, ear)
    try:
        yield commits
    finally:
        for name, ear in ears.items():
            event.remove(db.engine, name, ear)


def test_by_every_verb_of_findings(town: County):
    told = findings.VisitDone(
        place=named("城南农贸市场"),
        kind="25",
        manual=1,
        started_at=0,
        finished_at=0,
        answers=town.answers(failing={"25.07": "fail"}),
        findings=[findings.Failed(id=derived_id("failed"), criterion="25.07", photos=[town.photo()])],
        looks=[findings.Looked(town.report().id, "still")],
    )

    with listening() as commits:
        town.say("screen", town.finding(state="to_screen"))
        town.say("dismiss", town.finding(state="to_screen"))
        town.say("void", town.say("assign", town.finding(state="to_assign")))
        town.say("clear", town.say("undo", town.say("return", town.finding(state="rectified"))))
        town.report(fixed=findings.Fixed(photos=[town.photo()]))
        with town.acting("lin") as act:
            findings.finish_visit(act, town.standing("lin"), derived_id("visit"), told)

    assert len(commits) > 20
    assert {table for tables in commits for table in tables} == JOURNAL


def test_by_pushes_logins_and_photos(town: County, as_):
    zhao, finding = as_("zhao"), town.finding()

    with listening() as commits:
        lin = as_("lin")
        accept = zhao.command("finding.accept", finding.id, {})
        zhao.push(zhao.command("finding.accept", finding.id, {}, after=accept["id"]), queued=3)
        zhao.push(accept)
        lin.post("/api/logout", {})
        town.report()

    assert len(commits) > 6
    assert {table for tables in commits for table in tables} == JOURNAL


def test_and_it_would_be_heard_if_something_else_were_said(town: County):
    with listening() as commits, town.acting("ma") as act:
        act.record("lid.seen", named("lid"))
        seal(act)
        accounts.posts_of(act.session, named("ma"))

    assert commits[0][-1] == "post"


@pytest.mark.parametrize("verb", ["accept", "rectify"])
def test_a_refused_verb_takes_no_head_at_all(town: County, verb: str):
    finding = town.finding(state="cleared")

    with listening() as commits, pytest.raises(findings.NotNow):
        town.say(verb, finding)

    assert commits == []
