"""Reading inspections."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldbook.kernel import Refusal

from .model import AnswerRow, Round, RoundPlace, Visit


class NoSuchVisit(Refusal):
    """No visit has this id, or none that this person may see."""

    code = "inspections.no_such_visit"
    status = 404
    sentence = "没有找到这次检查，可能不在您的责任区内。"


def visit(session: Session, visit_id: UUID) -> Visit:
    """A visit. Raises NoSuchVisit."""
    found = session.get(Visit, visit_id)
    if found is None:
        raise NoSuchVisit(visit=visit_id)
    return found


def answers_of(session: Session, visit_id: UUID) -> dict[str, AnswerRow]:
    """A visit's answers by criterion code."""
    return {answer.criterion: answer for answer in session.scalars(select(AnswerRow).where(AnswerRow.visit_id == visit_id))}


def last_visits(session: Session, place_ids: Iterable[UUID], *, each: int = 3) -> dict[UUID, list[Visit]]:
    """The newest visits of each place, newest first, at most `each`."""
    rank = func.row_number().over(partition_by=Visit.place_id, order_by=(Visit.finished_at.desc(), Visit.id)).label("rank")
    ranked = select(Visit.id, rank).where(Visit.place_id.in_(set(place_ids))).subquery()
    rows = session.scalars(select(Visit).join(ranked, ranked.c.id == Visit.id).where(ranked.c.rank <= each).order_by(Visit.finished_at.desc()))
    found: dict[UUID, list[Visit]] = {}
    for row in rows:
        found.setdefault(row.place_id, []).append(row)
    return found


def rounds_for(session: Session, ids: Iterable[UUID]) -> dict[UUID, tuple[Round, list[UUID]]]:
    """Rounds by id, each with its places in order."""
    rounds = {r.id: (r, list[UUID]()) for r in session.scalars(select(Round).where(Round.id.in_(set(ids))))}
    for round_id, place_id in session.execute(
        select(RoundPlace.round_id, RoundPlace.place_id).where(RoundPlace.round_id.in_(list(rounds))).order_by(RoundPlace.place_in_order)
    ):
        rounds[round_id][1].append(place_id)
    return rounds
