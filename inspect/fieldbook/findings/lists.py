"""Reading several lists at once, and those findings of one that somebody ticked."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldbook.places import Standing

from .model import Finding
from .queries import Filters, in_scope, matching


def counts_of(session: Session, standing: Standing, lists: Sequence[Filters], *, now: datetime) -> list[int]:
    """How many findings each list holds, in one question."""
    if not lists:
        return []
    counted = [
        select(func.count()).select_from(Finding).where(matching(session, standing, filters, now)).scalar_subquery().label(f"n{number}")
        for number, filters in enumerate(lists)
    ]
    return [int(count) for count in session.execute(select(*counted)).one()]


def numbered(session: Session, standing: Standing, numbers: Sequence[str]) -> list[Finding]:
    """The findings of these numbers that the person sees, in the order of the numbers."""
    if not numbers:
        return []
    found = {one.number: one for one in session.scalars(select(Finding).where(Finding.number.in_(numbers), in_scope(standing)))}
    return [found[number] for number in dict.fromkeys(numbers) if number in found]
