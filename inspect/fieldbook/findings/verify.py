"""Checking that the states in the table are those that the journal leads to."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldbook import journal

from . import rules
from .model import Finding, State
from .refusals import NotNow


@dataclass(frozen=True)
class StateBreak:
    """A finding whose state is not what its journal says. `journal` is None when the entries contradict the table of verbs."""

    finding: UUID
    table: State
    journal: State | None


def verify_states(session: Session, *, batch: int = 500) -> list[StateBreak]:
    """Every finding whose state differs from its replayed entries."""
    breaks = []
    states = {row.id: State(row.state) for row in session.execute(select(Finding.id, Finding.state))}
    ids = list(states)
    for start in range(0, len(ids), batch):
        for finding_id, steps in journal.course_of(session, ids[start : start + batch]).items():
            try:
                replayed = rules.replay([(step["verb"], step["facts"]) for step in steps])
            except NotNow:
                replayed = None
            if replayed != states[finding_id]:
                breaks.append(StateBreak(finding_id, states[finding_id], replayed))
    return breaks
