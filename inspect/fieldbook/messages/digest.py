"""The digest: what a person's area looks like now, as lines of text for a message group. Counts only, no names of people, no photos."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fieldbook import findings
from fieldbook.findings import Filters
from fieldbook.places import Standing


@dataclass(frozen=True)
class Digest:
    """The counts of a digest."""

    open: int
    overdue: int
    due_today: int
    to_review: int
    to_assign: int
    returned: int
    recurring: int


def digest(session: Session, standing: Standing, now: datetime) -> Digest:
    """Count what stands open in a person's scope."""
    states = findings.state_counts(session, standing)
    views = findings.view_counts(session, standing, Filters(), now=now, views=("overdue", "today", "recurring"))
    return Digest(
        open=sum(count for state, count in states.items() if state in findings.OPEN),
        overdue=views["overdue"],
        due_today=views["today"],
        to_review=states.get(findings.State.RECTIFIED, 0),
        to_assign=states.get(findings.State.TO_ASSIGN, 0) + states.get(findings.State.TO_SCREEN, 0),
        returned=states.get(findings.State.RETURNED, 0),
        recurring=views["recurring"],
    )
