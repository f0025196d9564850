"""Those findings of a list that somebody ticked."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldbook.places import Standing

from .model import Finding
from .queries import in_scope


def numbered(session: Session, standing: Standing, numbers: Sequence[str]) -> list[Finding]:
    """The findings of these numbers that the person sees, in the order of the numbers."""
    if not numbers:
        return []
    found = {one.number: one for one in session.scalars(select(Finding).where(Finding.number.in_(numbers), in_scope(standing)))}
    return [found[number] for number in dict.fromkeys(numbers) if number in found]
