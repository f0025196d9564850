"""Verbs of inspections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from fieldbook import places, standards
from fieldbook.kernel import Act, Refusal, ask, bulk_insert, new_id

from . import rules
from .model import AnswerRow, Round, RoundPlace, Visit

_KNOWN = select(Visit.id).where(Visit.id == bindparam("visit"))


class BadAnswer(Refusal):
    """An answer names no criterion of the kind, names one twice, or contradicts its own count."""

    code = "inspections.bad_answer"
    sentence = "第 {criterion} 项的判定对不上操作手册。整份检查还在手机上，请打开核对后再提交。"


class VisitKnown(Refusal):
    """A visit with this id was kept before: a visit is finished once."""

    code = "inspections.visit_known"
    status = 409
    sentence = "这次检查先前已经提交过，没有重复登记。内容都在手机上，请先看该点位最近的检查。"


@dataclass(frozen=True)
class AnswerGiven:
    """One answer as the inspector gave it. value: hundredths of the threshold's unit. choice: index."""

    criterion: str
    verdict: str
    value: int | None = None
    choice: int | None = None
    words: str = ""


def keep_visit(
    act: Act,
    visit_id: UUID,
    *,
    place: places.PlaceKnown,
    kind: standards.Kind,
    manual: int,
    answers: Sequence[AnswerGiven],
    started_at: datetime,
    finished_at: datetime,
    position: tuple[int, int, int] | None = None,
) -> None:
    """Keep a finished visit with its answers and its score.

    position: (lat_e7, lon_e7, accuracy in metres). The findings it reports are `findings.finish_visit`'s.
    Raises BadAnswer, VisitKnown.
    """
    if ask(act.session, _KNOWN, {"visit": visit_id}):
        raise VisitKnown
    criteria = {criterion.code: criterion for criterion in kind.criteria}
    verdicts: dict[str, str] = {}
    for answer in answers:
        criterion = criteria.get(answer.criterion)
        if criterion is None or answer.criterion in verdicts:
            raise BadAnswer(criterion=answer.criterion)
        implied = standards.verdict_of(
            criterion.answer, threshold=criterion.threshold, choices=list(criterion.choices), value=answer.value, choice=answer.choice
        )
        if implied is not None and answer.verdict not in (implied, "na"):
            raise BadAnswer(criterion=answer.criterion)
        verdicts[answer.criterion] = answer.verdict
    got, of = rules.score({code: criterion.points for code, criterion in criteria.items()}, verdicts)
    lat_e7, lon_e7, accuracy_m = position or (None, None, None)
    row = {
        "id": visit_id,
        "place_id": place.id,
        "kind": kind.code,
        "manual": manual,
        "inspector_id": act.who,
        "device_id": act.device,
        "started_at": started_at,
        "finished_at": finished_at,
        "received_at": act.at,
        "got_tenths": got,
        "of_tenths": of,
        "tally": rules.tally(criteria, verdicts),
        "lat_e7": lat_e7,
        "lon_e7": lon_e7,
        "accuracy_m": accuracy_m,
    }
    bulk_insert(act.session, Visit, [row])
    bulk_insert(
        act.session,
        AnswerRow,
        [{"visit_id": visit_id, "criterion": a.criterion, "verdict": a.verdict, "value": a.value, "choice": a.choice, "words": a.words} for a in answers],
    )
    act.record(
        "visit.finished",
        visit_id,
        reach=[place.zone_id, place.unit_id],
        said={f"words_{a.criterion.replace('.', '_')}": a.words for a in answers},
        place=place.id,
        kind=kind.code,
        manual=manual,
        score=[got, of],
        tally=row["tally"],
        finished_at=finished_at,
    )


def move_rounds(act: Act, zone_id: UUID, into_id: UUID) -> int:
    """Let the rounds of a zone that have not ended be rounds of another one. Returns how many went."""
    moved = act.session.scalars(select(Round).where(Round.zone_id == zone_id, Round.ends_at > act.at).order_by(Round.id).with_for_update()).all()
    for one in moved:
        one.zone_id = into_id
        act.record("round.moved", one.id, reach=[zone_id, into_id], was=zone_id, now=into_id)
    return len(moved)


def make_round(act: Act, *, name: str, zone_id: UUID, begins_at: datetime, ends_at: datetime, place_ids: Sequence[UUID], id: UUID | None = None) -> Round:
    """Plan a round over places of a zone."""
    made = Round(id=id or new_id(), name=name, zone_id=zone_id, begins_at=begins_at, ends_at=ends_at)
    act.session.add(made)
    act.session.flush()
    bulk_insert(act.session, RoundPlace, [{"round_id": made.id, "place_id": p, "place_in_order": i} for i, p in enumerate(place_ids)])
    act.record("round.made", made.id, reach=[zone_id], name=name, begins_at=begins_at, ends_at=ends_at, places=list(place_ids))
    return made
