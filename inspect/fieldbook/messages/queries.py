"""Reading notices, within a person's standing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from fieldbook.findings import Finding, in_scope
from fieldbook.places import Standing

from .model import Notice, NoticesRead
from .rules import AUDIENCE, Audience, Kind

#: lines an inbox shows at once
PAGE = 100


@dataclass(frozen=True)
class Told:
    """One line of an inbox and the finding it is about."""

    seq: int
    kind: Kind
    at: datetime
    unread: bool
    finding: Finding


def inbox(session: Session, standing: Standing, *, after: int = 0, limit: int = PAGE) -> Sequence[Told]:
    """A person's notices after a place in the order, newest first, at most `limit`."""
    read = read_up_to(session, standing.person)
    rows = session.execute(
        select(Notice, Finding).join(Finding, Finding.id == Notice.finding_id).where(_theirs(standing), in_scope(standing), Notice.seq > after).order_by(Notice.seq.desc()).limit(limit)
    )
    return [Told(notice.seq, Kind(notice.kind), notice.at, notice.seq > read, finding) for notice, finding in rows]


def unread(session: Session, standing: Standing) -> dict[Kind, int]:
    """How many notices of each kind a person has not seen."""
    read = read_up_to(session, standing.person)
    rows = session.execute(
        select(Notice.kind, func.count()).join(Finding, Finding.id == Notice.finding_id).where(_theirs(standing), in_scope(standing), Notice.seq > read).group_by(Notice.kind)
    )
    return {Kind(kind): count for kind, count in rows}


def read_up_to(session: Session, person: UUID) -> int:
    """Up to which place in the order a person has seen their notices."""
    return session.scalar(select(NoticesRead.seq).where(NoticesRead.person_id == person)) or 0


def _theirs(standing: Standing) -> ColumnElement[bool]:
    """The kinds and keys that are this person's by their duties, as SQL."""
    ways: list[ColumnElement[bool]] = []
    for kind, (audience, duties) in AUDIENCE.items():
        if audience is Audience.REPORTER:
            ways.append(and_(Notice.kind == kind, Notice.key == standing.person))
            continue
        held = [standing.duties[duty] for duty in duties if duty in standing.duties]
        if any(where.everywhere for where in held):
            ways.append(and_(Notice.kind == kind, true()))
        else:
            keys = {key for where in held for key in (where.units if audience is Audience.UNIT else where.zones)}
            if keys:
                ways.append(and_(Notice.kind == kind, Notice.key.in_(keys)))
    return or_(false(), *ways)
