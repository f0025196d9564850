"""Making notices: from the journal by a bookmark, and from the clock. Each call is one transaction of its caller."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from fieldbook import findings, journal
from fieldbook.findings import RUNNING, Finding
from fieldbook.kernel import derived_id, upsert, writing

from .model import Bookmark, Notice, NoticesRead
from .rules import AUDIENCE, ENDS, TELLS, Audience, Kind, end_of_next_working_day

#: journal entries read in one transaction
BATCH = 500
#: a notice nobody has needed for this long goes
KEPT = timedelta(days=60)


def follow(session: Session) -> bool:
    """Read the journal on from the bookmark and write what it tells. Whether there may be more.

    Notices and bookmark move in one transaction: a crash loses and doubles nothing.
    """
    with writing(session):
        mark = _mark(session)
        until, _ = journal.head(session)
        if until <= mark.seq:
            return False
        entries = journal.subjects_since(session, after=mark.seq, until=until, keys=None, limit=BATCH)
        about = {subject for _, verb, subject in entries if verb in TELLS or verb in ENDS}
        known = {finding.id: finding for finding in session.scalars(select(Finding).where(Finding.id.in_(about)))}
        times = journal.times(session, [seq for seq, verb, subject in entries if verb in TELLS and subject in known])
        for seq, verb, subject in entries:
            finding = known.get(subject)
            if finding is None:
                continue
            if verb in ENDS:
                session.execute(delete(Notice).where(Notice.finding_id == subject, Notice.kind.in_(ENDS[verb])))
            for kind in TELLS.get(verb, ()):
                _tell(session, mark, kind, finding, times[seq])
        mark.seq = entries[-1][0] if len(entries) == BATCH else until
    return len(entries) == BATCH


def remind(session: Session, now: datetime) -> int:
    """Write what only the clock tells: due by the end of the next working day, and overdue. Returns the lines written.

    Each deadline is told once as coming and once as passed; one that passed before the oldest notice kept was told long ago.
    """
    calendar = findings.calendar(session)
    with writing(session):
        mark = _mark(session)
        before = mark.last
        soon = end_of_next_working_day(calendar, now)
        running = (Finding.state.in_(RUNNING), Finding.due_at > now - KEPT, Finding.due_at <= soon, Finding.unit_id.is_not(None))
        due = session.scalars(select(Finding).where(*running).order_by(Finding.due_at)).all()
        for some in (due[start : start + BATCH] for start in range(0, len(due), BATCH)):
            ids = {_id(kind, finding, _key(kind, finding)): (kind, finding) for finding in some for kind in (_kind_now(finding, now),)}
            told = set(session.scalars(select(Notice.id).where(Notice.id.in_(ids))))
            for notice, (kind, finding) in ids.items():
                if notice not in told:
                    if kind is Kind.OVERDUE:
                        session.execute(delete(Notice).where(Notice.finding_id == finding.id, Notice.kind == Kind.DUE_TOMORROW))
                    _tell(session, mark, kind, finding, finding.due_at if kind is Kind.OVERDUE and finding.due_at else now)
        session.execute(delete(Notice).where(Notice.at < now - KEPT))
        return mark.last - before


def _kind_now(finding: Finding, now: datetime) -> Kind:
    return Kind.OVERDUE if finding.due_at is not None and finding.due_at <= now else Kind.DUE_TOMORROW


def mark_read(session: Session, person: UUID, seq: int) -> None:
    """Note that a person has seen their notices up to `seq`; never goes back, never beyond the last one there is."""
    with writing(session):
        last = session.scalar(select(func.coalesce(func.max(Notice.seq), 0))) or 0
        seq = min(seq, last)
        if not upsert(session, NoticesRead, {"person_id": person, "seq": seq}, key=["person_id"]):
            session.execute(update(NoticesRead).where(NoticesRead.person_id == person, NoticesRead.seq < seq).values(seq=seq))


def _mark(session: Session) -> Bookmark:
    """The bookmark, locked: two runners take turns."""
    upsert(session, Bookmark, {"name": "notices", "seq": 0, "last": 0}, key=["name"])
    return session.scalars(select(Bookmark).where(Bookmark.name == "notices").with_for_update().execution_options(populate_existing=True)).one()


def _tell(session: Session, mark: Bookmark, kind: Kind, finding: Finding, at: datetime) -> None:
    key = _key(kind, finding)
    if key is None:
        return
    mark.last += 1
    row = {"id": _id(kind, finding, key), "seq": mark.last, "kind": kind, "finding_id": finding.id, "key": key, "at": at}
    upsert(session, Notice, row, key=["id"], change={"seq": mark.last, "at": at})


def _key(kind: Kind, finding: Finding) -> UUID | None:
    audience, _ = AUDIENCE[kind]
    return {Audience.UNIT: finding.unit_id, Audience.ZONE: finding.zone_id, Audience.REPORTER: finding.reporter_id}[audience]


def _id(kind: Kind, finding: Finding, key: UUID | None) -> UUID:
    return derived_id("notice", kind, finding.id, key, finding.due_at if kind in (Kind.DUE_TOMORROW, Kind.OVERDUE) else "")
