"""Reading notices, within a person's standing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, bindparam, false, func, or_, select, true
from sqlalchemy.orm import Session

from fieldbook.findings import Finding, in_scope, scope_of
from fieldbook.kernel import among, ask, one_of
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
    values: dict[str, Any] = {"read": read_up_to(session, standing.person)}
    for number, (audience, duties) in enumerate(_AUDIENCES):
        held = [standing.duties[duty] for duty in duties if duty in standing.duties]
        values[f"every{number}"] = int(any(where.everywhere for where in held))
        values[f"keys{number}"] = {key for where in held for key in (where.units if audience is Audience.UNIT else where.zones)}
    return {Kind(kind): count for kind, count in ask(session, _unread(standing.sees_everything), standing.known_as | values)}


#: who is told in one way, of several kinds
_AUDIENCES = tuple(dict.fromkeys(AUDIENCE.values()))


@cache
def _unread(everything: bool) -> Any:
    """What is `_theirs` and in their scope, for a statement that is built once."""
    ways: list[ColumnElement[bool]] = []
    for number, told in enumerate(_AUDIENCES):
        of_kind = one_of(Notice.kind, [kind for kind, way in AUDIENCE.items() if way == told])
        if told[0] is Audience.REPORTER:
            ways.append(and_(of_kind, Notice.key == bindparam("person")))
        else:
            ways.append(and_(of_kind, or_(bindparam(f"every{number}", type_=Integer()) == 1, among(Notice.key, f"keys{number}"))))
    wanted = select(Notice.kind, func.count().label("count")).join(Finding, Finding.id == Notice.finding_id)
    return wanted.where(or_(*ways), scope_of(everything), Notice.seq > bindparam("read")).group_by(Notice.kind)


_READ = select(NoticesRead.seq).where(NoticesRead.person_id == bindparam("person"))


def read_up_to(session: Session, person: UUID) -> int:
    """Up to which place in the order a person has seen their notices."""
    return int(ask(session, _READ, {"person": person}).scalar() or 0)


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
