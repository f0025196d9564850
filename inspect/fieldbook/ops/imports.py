"""Jobs of an import: read a file and preview it; do what a person saw in the preview, all of it or nothing."""

from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from fieldbook import accounts, findings, journal, places, workbooks
from fieldbook.kernel import Job, JobStopped, Refusal, db, tell_progress, utcnow
from fieldbook.workbooks import Asked, IntakeState, PlanOutdated, PostLost


def read_file(job: Job, _instance: Path) -> None:
    """Read a file that was sent, and keep what it would come to. A file that will not be read is noted as refused, with why."""
    session = db.session()
    intake = workbooks.intake(session, job.subject)
    if intake.state != IntakeState.READING:
        return  # an earlier try got this far
    subject = places.SUBJECTS[intake.subject]
    tell_progress(session, job.id, utcnow(), step="read")
    try:
        data, name = workbooks.upload_of(session, job.subject), intake.file_name
        session.rollback()  # nothing is held while the child reads
        book = workbooks.read(data, name)
        table = workbooks.choose(book, subject.columns)
        tell_progress(session, job.id, utcnow(), step="plan", total=len(table.rows))
        seq, _ = journal.head(session)
        plan = subject.plan(session, table, Asked(), utcnow())
    except Refusal as refusal:
        with journal.begin(session, who=job.person_id, at=utcnow()) as act:
            workbooks.refuse_intake(act, job.subject, refusal)
        raise
    with journal.begin(session, who=job.person_id, at=utcnow()) as act:
        workbooks.keep_reading(act, job.subject, book, plan, table, seq)


def apply_plan(job: Job, _instance: Path) -> None:
    """Do what the preview said, in one transaction. Another plan than the person saw is shown instead of done: raises PlanOutdated."""
    try:
        _apply(job)
    except (Refusal, JobStopped):
        with journal.begin(db.session(), who=job.person_id, at=utcnow()) as act:
            workbooks.back_to_preview(act, job.subject)
        raise


def _apply(job: Job) -> None:
    session = db.session()
    intake = workbooks.intake(session, job.subject)
    if intake.state != IntakeState.APPLYING:
        return  # an earlier try did it
    subject, asked, digest = places.SUBJECTS[intake.subject], workbooks.asked_of(intake), intake.digest
    total = int(intake.counts.get("added", 0)) + int(intake.counts.get("changed", 0))
    tell_progress(session, job.id, utcnow(), step="plan", total=total)
    table = workbooks.table_of(session, job.subject, subject, asked)
    seq, _ = journal.head(session)
    plan = subject.plan(session, table, asked, utcnow())
    if plan.digest() != digest:
        with journal.begin(session, who=job.person_id, at=utcnow()) as act:
            workbooks.keep_plan(act, workbooks.locked(session, job.subject, IntakeState.APPLYING), asked, plan, table, seq)
        raise PlanOutdated
    if subject.prepare is not None:
        subject.prepare(plan, lambda done, of, at: tell_progress(session, job.id, utcnow(), step="prepare", done=done, total=of))
    tell_progress(session, job.id, utcnow(), step="write", done=total, total=total)
    with journal.begin(session, who=job.person_id, at=utcnow()) as act:
        kept = workbooks.locked(session, job.subject, IntakeState.APPLYING)
        _still_may(session, job.person_id, places.IMPORTS[subject.name])
        if _changed_since(session, seq, subject.verbs):
            raise PlanOutdated
        applied = subject.apply(act, plan, kept.id)
        findings.follow_places(act, [place_id for place_id, _, _ in applied.changed.get("place", [])])
        workbooks.keep_applied(act, kept, applied)


def _still_may(session: Session, person: UUID | None, duties: tuple[accounts.Duty, ...]) -> None:
    """Raise PostLost unless whoever asked for the import holds one of the duties for the whole county to this moment."""
    person_row = session.get(accounts.Person, person, populate_existing=True) if person else None
    if person is None or person_row is None or person_row.disabled_at is not None or not places.standing_of(session, person, accounts.posts_of(session, person)).may_everywhere(*duties):
        raise PostLost


def _changed_since(session: Session, seq: int, verbs: tuple[str, ...]) -> bool:
    """Whether something was written to the register after the plan was made."""
    now, _ = journal.head(session)
    since = journal.subjects_since(session, after=seq, until=now, keys=None, limit=1000)
    return len(since) == 1000 or any(verb.split(".")[0] in verbs for _, verb, _ in since)
