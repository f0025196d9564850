"""Jobs 后台任务 are rows: written in the transaction of their cause, done by the job runner, at least once.

A job that was being done when its process was killed is claimed again when its claim runs out; what it does must bear that.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from .act import Act
from .database import Base, ask, writing
from .ids import new_id

#: a runner that has said nothing for this long is dead
CLAIM = timedelta(minutes=2)
#: tried so often before it counts as failed
MOST_TRIES = 5
#: the outcome of a job that did what it was for, and of one that a person stopped
DONE = "done"
STOPPED = "stopped"


class Job(Base):
    """One thing to do after its cause, with its progress. `outcome` is empty until it ended: DONE, STOPPED or a refusal's code."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("done <= total", name="done_within_total"),
        Index("ix_job_ended_at_due", "ended_at", "due"),
        Index("ix_job_kind_subject", "kind", "subject"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[UUID]
    #: who caused it; None = the clock
    person_id: Mapped[UUID | None]
    due: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
    #: the step it is at, and how much of `total` is done
    step: Mapped[str] = mapped_column(String(30), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    stop_asked: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(60), default="")


class JobStopped(Exception):
    """A person asked a job to stop; raised by `tell_progress`, so that nothing more is done."""


def queue_job(act: Act, kind: str, subject: UUID, *, due: datetime | None = None) -> UUID:
    """Have something done after this act is committed, at `due` or at once. Returns the job's id."""
    job = Job(id=new_id(), kind=kind, subject=subject, person_id=act.who, due=due or act.at)
    act.session.add(job)
    return job.id


def claim_job(session: Session, kinds: frozenset[str], now: datetime) -> Job | None:
    """The oldest job of these kinds that is due and that nobody does, claimed for CLAIM; None when there is none.

    A job that was claimed MOST_TRIES times and never ended is ended here as failed.
    """
    with writing(session):
        job = session.scalar(
            select(Job)
            .where(Job.ended_at.is_(None), Job.due <= now, Job.kind.in_(kinds), (Job.claimed_until.is_(None)) | (Job.claimed_until < now))
            .order_by(Job.due, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if job is None:
            return None
        if job.tries >= MOST_TRIES:
            job.ended_at, job.outcome = now, "kernel.job_failed"
            return None
        job.tries += 1
        job.claimed_until = now + CLAIM
        return job


def tell_progress(session: Session, job_id: UUID, now: datetime, *, step: str, done: int = 0, total: int = 0) -> None:
    """Say how far a job is, and keep its claim. Raises JobStopped when a person asked it to stop."""
    with writing(session):
        session.execute(update(Job).where(Job.id == job_id).values(step=step, done=done, total=total, claimed_until=now + CLAIM))
        stopped = session.scalar(select(Job.stop_asked).where(Job.id == job_id))
    if stopped:
        raise JobStopped


def end_job(session: Session, job_id: UUID, now: datetime, outcome: str) -> None:
    """Note how a job ended: DONE, STOPPED or a refusal's code."""
    with writing(session):
        session.execute(update(Job).where(Job.id == job_id).values(ended_at=now, outcome=outcome))


def put_off_job(session: Session, job_id: UUID, until: datetime) -> None:
    """Try a job again later: something outside it was not ready."""
    with writing(session):
        session.execute(update(Job).where(Job.id == job_id).values(due=until, claimed_until=None))


def stop_job(act: Act, job_id: UUID) -> None:
    """Ask a job to stop; one that nobody does yet ends at once."""
    job = act.session.get(Job, job_id, with_for_update=True)
    if job is not None and job.ended_at is None:
        job.stop_asked = True
        if job.claimed_until is None:
            job.ended_at, job.outcome = act.at, STOPPED


_RUNNING = select(Job.id).where(Job.person_id == bindparam("person"), Job.ended_at.is_(None))


def running_jobs(session: Session, person: UUID) -> list[Job]:
    """The jobs of a person that have not ended, oldest first."""
    if not ask(session, _RUNNING, {"person": person}):
        return []  # as at nearly every page
    return list(session.scalars(select(Job).where(Job.person_id == person, Job.ended_at.is_(None)).order_by(Job.due, Job.id)))


def latest_job(session: Session, kind: str, subject: UUID) -> Job | None:
    """The last job of this kind for this subject, running or ended."""
    return session.scalar(select(Job).where(Job.kind == kind, Job.subject == subject).order_by(Job.due.desc(), Job.id.desc()).limit(1))
