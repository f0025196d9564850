"""Verbs of a file on its way in: sent, read, looked at, corrected, applied, undone. Nothing here knows what its rows are about."""

import zlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fieldbook.kernel import Act, Refusal, decode, new_id, queue_job, upsert

from .columns import Table, choose
from .model import Intake, IntakePart, IntakeState
from .plan import Applied, Asked, Plan, Subject, Undone, Verdict
from .reading import Book, look

Kept = TypeVar("Kept")

READ_JOB, APPLY_JOB = "import.read", "import.apply"
#: how long an applied import can be undone
UNDO_WITHIN = timedelta(hours=24)
#: how long a file that nobody went on with is kept
KEPT_FOR = timedelta(days=7)


class NoSuchIntake(Refusal):
    """No import has this id, or none that this person may see."""

    code = "workbooks.no_such_intake"
    status = 404
    sentence = "没有找到这次导入，可能已过期清掉。库里的内容不受影响，请重新上传。"


class IntakeMoved(Refusal):
    """The import is no longer where the person saw it: applied, dropped, or being done."""

    code = "workbooks.intake_moved"
    status = 409
    sentence = "这次导入刚有变化，这一步没有做。请刷新后看一下现在的情况。"


class PostLost(Refusal):
    """Whoever asked for it lost the post that it needs before it was done."""

    code = "workbooks.post_lost"
    status = 403
    sentence = "发起导入的人已不再担任能导入的职务，名单没有导入，什么也没有改动。预演还在，请由在任的人来办。"


class PlanOutdated(Refusal):
    """The register changed after the preview; doing what nobody saw is not done."""

    code = "workbooks.plan_outdated"
    status = 409
    sentence = "预演之后库里有了变动，什么也没有写入。下面是重新核对的预演，请再看一遍后应用。"


class TooLateToUndo(Refusal):
    """More than a day has passed, or it was undone already."""

    code = "workbooks.too_late_to_undo"
    status = 409
    sentence = "应用已超过 24 小时或已经撤销过，不能整批撤销了。可以逐个修改，内容都在。"


def begin_intake(act: Act, subject: str, file_name: str, data: bytes) -> Intake:
    """Take a file in and have it read. What is no table by its outside is refused at once (see `look`)."""
    look(data, file_name)
    name = "".join(letter for letter in file_name.replace("\\", "/").rsplit("/", 1)[-1] if letter.isprintable())[-120:]
    intake = Intake(id=new_id(), subject=subject, file_name=name or "-", size=len(data), person_id=act.who, made_at=act.at)
    act.session.add(intake)
    act.session.flush()
    _put(act.session, intake.id, "upload", data)
    queue_job(act, READ_JOB, intake.id)
    return intake


def keep_reading(act: Act, intake_id: UUID, book: Book, plan: Plan, table: Table, seq: int) -> None:
    """Keep what was read and planned; it waits for a person now."""
    _put(act.session, intake_id, "book", book)
    act.session.flush()
    intake = locked(act.session, intake_id, IntakeState.READING)
    intake.facts = {"sheets": [page.name for page in book.sheets]}
    keep_plan(act, intake, Asked(), plan, table, seq)


def keep_plan(act: Act, intake: Intake, asked: Asked, plan: Plan, table: Table, seq: int) -> None:
    """Keep a plan made anew, after a correction or because the register changed."""
    _put(act.session, intake.id, "plan", plan)
    intake.asked, intake.digest = asdict(asked), plan.digest()
    intake.planned_seq, intake.planned_at = seq, act.at
    intake.counts = counts_of(plan, table)
    intake.state = IntakeState.READY
    intake.version += 1


def counts_of(plan: Plan, table: Table) -> dict[str, Any]:
    """What a preview comes to, for lists and headings."""
    return {
        **plan.counts,
        "rows": len(plan.lines),
        "alike": len(plan.doubted),
        "changes": sum(len(line.changes) for line in plan.lines if line.verdict == Verdict.CHANGED),
        "sheet": table.sheet,
        "head": table.head,
        "above": table.above,
        "columns": len(table.headings),
        "known": len(table.mapping),
        "unknown": list(table.unknown.values())[:20],
        "headings": [[position, heading[:60], table.mapping.get(position, "")] for position, heading in table.headings.items()],
        "aside": len(table.aside),
        "formulas": sum(kind == "formula" for cells in table.odd.values() for _, kind, _ in cells),
    }


def refuse_intake(act: Act, intake_id: UUID, refusal: Refusal) -> None:
    """Note that a file will not be read, and why; its bytes are let go."""
    intake = locked(act.session, intake_id, IntakeState.READING)
    intake.state, intake.code, intake.facts = IntakeState.REFUSED, refusal.code, refusal.facts
    intake.version += 1
    _let_go(act.session, intake_id, "upload", "book", "plan")


def ask_to_apply(act: Act, intake_id: UUID, *, version: int) -> UUID:
    """Have the plan that the person saw done. Returns the job. Raises IntakeMoved when it is not that plan any more."""
    intake = locked(act.session, intake_id, IntakeState.READY)
    if intake.version != version:
        raise IntakeMoved
    intake.state, intake.asked_at = IntakeState.APPLYING, act.at
    intake.version += 1
    return queue_job(act, APPLY_JOB, intake_id)


def back_to_preview(act: Act, intake_id: UUID) -> None:
    """Nothing was written: a person stopped it, or something went wrong."""
    intake = act.session.get(Intake, intake_id, with_for_update=True)
    if intake is not None and intake.state == IntakeState.APPLYING:
        intake.state = IntakeState.READY
        intake.version += 1


def keep_applied(act: Act, intake: Intake, applied: Applied) -> None:
    """Note that it is done, with what undoing needs; the file and its rows are let go."""
    _put(act.session, intake.id, "undo", applied)
    intake.state, intake.applied_at, intake.applied_by = IntakeState.APPLIED, act.at, act.who
    intake.version += 1
    _let_go(act.session, intake.id, "upload", "book")
    counts = intake.counts
    act.record(
        "import.applied",
        intake.id,
        said={"file": intake.file_name},
        subject_of=intake.subject,
        added=counts.get("added", 0),
        changed=counts.get("changed", 0),
        digest=intake.digest,
    )


def undo_intake(act: Act, intake_id: UUID, subject: Subject) -> Undone:
    """Take an applied import back, but for what something followed. Raises TooLateToUndo, NoSuchIntake."""
    intake = act.session.get(Intake, intake_id, with_for_update=True)
    if intake is None:
        raise NoSuchIntake
    if not can_undo(intake, act.at):
        raise TooLateToUndo
    undone = subject.undo(act, part(act.session, intake_id, "undo", Applied))
    intake.state, intake.undone_at, intake.undone_by = IntakeState.UNDONE, act.at, act.who
    intake.counts = {**intake.counts, "removed": undone.removed, "restored": undone.restored, "stays": undone.stays[:100], "staying": len(undone.stays)}
    intake.version += 1
    _let_go(act.session, intake_id, "undo", "plan")
    act.record("import.undone", intake_id, subject_of=intake.subject, removed=undone.removed, restored=undone.restored, stays=len(undone.stays))
    return undone


def drop_intake(act: Act, intake_id: UUID) -> None:
    """Let a file go before anything is done with it."""
    intake = locked(act.session, intake_id, IntakeState.READING, IntakeState.READY)
    intake.state = IntakeState.DROPPED
    intake.version += 1
    _let_go(act.session, intake_id, "upload", "book", "plan")


def sweep_intakes(act: Act) -> int:
    """Let go of files that nobody went on with for a week, and of what can no longer be undone. Returns how many."""
    old = list(
        act.session.scalars(
            select(Intake).where(Intake.made_at < act.at - KEPT_FOR, Intake.state.in_([IntakeState.READING, IntakeState.READY, IntakeState.APPLYING]))
        )
    )
    for intake in old:
        intake.state = IntakeState.DROPPED
        intake.version += 1
        _let_go(act.session, intake.id, "upload", "book", "plan")
    late = list(act.session.scalars(select(Intake.id).where(Intake.state == IntakeState.APPLIED, Intake.applied_at < act.at - UNDO_WITHIN)))
    for intake_id in late:
        _let_go(act.session, intake_id, "undo", "plan")
    return len(old)


def can_undo(intake: Intake, now: datetime) -> bool:
    return intake.state == IntakeState.APPLIED and intake.applied_at is not None and now - intake.applied_at <= UNDO_WITHIN


# ---- reading


def intake(session: Session, intake_id: UUID, subject: str | None = None) -> Intake:
    """A file on its way in. Raises NoSuchIntake."""
    found = session.get(Intake, intake_id)
    if found is None or (subject is not None and found.subject != subject):
        raise NoSuchIntake
    return found


def locked(session: Session, intake_id: UUID, *states: IntakeState) -> Intake:
    """The same, to be changed. Raises NoSuchIntake, IntakeMoved."""
    found = session.get(Intake, intake_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NoSuchIntake
    if found.state not in states:
        raise IntakeMoved
    return found


def intakes(session: Session, subject: str, *, limit: int = 8) -> list[Intake]:
    """The last files sent for a list, newest first, without those that were let go."""
    wanted = (Intake.subject == subject, Intake.state != IntakeState.DROPPED)
    return list(session.scalars(select(Intake).where(*wanted).order_by(Intake.made_at.desc(), Intake.id).limit(limit)))


def waiting_intake(session: Session, subject: str, person: UUID) -> Intake | None:
    """The file of this person that was previewed last and not yet applied or let go."""
    states = (IntakeState.READING, IntakeState.READY, IntakeState.APPLYING)
    wanted = (Intake.subject == subject, Intake.person_id == person, Intake.state.in_(states))
    return session.scalar(select(Intake).where(*wanted).order_by(Intake.made_at.desc()).limit(1))


def upload_of(session: Session, intake_id: UUID) -> bytes:
    """The file as it was sent. Raises NoSuchIntake when it was let go."""
    return part(session, intake_id, "upload", bytes)


def table_of(session: Session, intake_id: UUID, subject: Subject, asked: Asked) -> Table:
    """The table as read, with what the person said about its sheet and columns. Raises NoHead, NoSuchIntake."""
    return choose(part(session, intake_id, "book", Book), subject.columns, sheet=asked.sheet, mapping=asked.columns)


def plan_of(session: Session, intake_id: UUID) -> Plan:
    """The plan as the person last saw it."""
    return part(session, intake_id, "plan", Plan)


def asked_of(intake: Intake) -> Asked:
    """What the person said so far."""
    return decode(msgspec.json.encode(intake.asked or {}), Asked)


def has_part(session: Session, intake_id: UUID, name: str) -> bool:
    return session.scalar(select(func.count()).select_from(IntakePart).where(IntakePart.intake_id == intake_id, IntakePart.name == name)) == 1


def part(session: Session, intake_id: UUID, name: str, kind: type[Kept]) -> Kept:
    """Something kept with an intake. Raises NoSuchIntake when it was let go."""
    data = session.scalar(select(IntakePart.data).where(IntakePart.intake_id == intake_id, IntakePart.name == name))
    if data is None:
        raise NoSuchIntake
    text = zlib.decompress(data)
    return text if kind is bytes else decode(text, kind)  # type: ignore[return-value]


def _put(session: Session, intake_id: UUID, name: str, value: Any) -> None:
    data = value if isinstance(value, bytes) else msgspec.json.encode(value)
    packed = zlib.compress(data, 1)
    upsert(session, IntakePart, {"intake_id": intake_id, "name": name, "data": packed}, key=["intake_id", "name"], change={"data": packed})


def _let_go(session: Session, intake_id: UUID, *names: str) -> None:
    session.execute(delete(IntakePart).where(IntakePart.intake_id == intake_id, IntakePart.name.in_(names)))


def named_elsewhere(session: Session, table: type[Any], ids: Sequence[UUID], *, but: Sequence[str] = ()) -> set[UUID]:
    """Which of these rows some other table names: a place that was visited, a unit that was given a finding.

    Asks every foreign key of the models, so that what a room adds later is asked as well. but: tables that go with the row.
    """
    named: set[UUID] = set()
    own = table.__table__
    for other in own.metadata.sorted_tables:
        for column in other.columns:
            if other.name in but or not any(key.column.table is own for key in column.foreign_keys):
                continue
            for start in range(0, len(ids), 500):
                some = ids[start : start + 500]
                named.update(session.scalars(select(column).where(column.in_(some)).distinct()))
    return named
