"""Reading several lists at once, and those findings of one that somebody ticked."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from fieldbook.places import Standing

from .model import Finding
from .queries import Filters, in_scope, matching

#: a list that holds as many holds "9999+"
MOST_COUNTED = 10_000


def counts_of(session: Session, standing: Standing, lists: Sequence[Filters], *, now: datetime) -> list[int]:
    """How many findings each list holds, in one question; none is counted beyond MOST_COUNTED, so that no page grows with what was cleared."""
    if not lists:
        return []
    held = [select(literal(1)).select_from(Finding).where(matching(session, standing, filters, now)).limit(MOST_COUNTED).subquery() for filters in lists]
    counted = [select(func.count()).select_from(one).scalar_subquery().label(f"n{number}") for number, one in enumerate(held)]
    return [int(count) for count in session.execute(select(*counted)).one()]


def numbered(session: Session, standing: Standing, numbers: Sequence[str]) -> list[Finding]:
    """The findings of these numbers that the person sees, in the order of the numbers."""
    if not numbers:
        return []
    found = {one.number: one for one in session.scalars(select(Finding).where(Finding.number.in_(numbers), in_scope(standing)))}
    return [found[number] for number in dict.fromkeys(numbers) if number in found]
