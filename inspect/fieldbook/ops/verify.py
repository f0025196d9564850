"""Whether everything is still as it was: the database, the journal's chain, every state by it, every photo by its hash."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from fieldbook import evidence, findings, journal
from fieldbook.evidence import Store


@dataclass
class Verdict:
    """What was checked and what is wrong: one line a fault, naming the finding where there is one.

    erased: (rule, how many words) that were erased on purpose, which is no fault.
    """

    seq: int = 0
    head: str = ""
    photos: int = 0
    faults: list[str] = field(default_factory=list)
    erased: list[tuple[str, int]] = field(default_factory=list)


def verify(session: Session, store: Store) -> Verdict:
    """Check everything; reads only, and may run beside a server."""
    told = Verdict()
    try:
        if session.get_bind().dialect.name == "sqlite":
            told.faults += [f"database: {row[0]}" for row in session.execute(text("PRAGMA quick_check")) if row[0] != "ok"]
        told.seq, told.head = journal.head(session)
        told.faults += [_named(session, f"entry {broken.seq}: {broken.reason}", subject) for broken, subject in journal.verify_subjects(session)]
        told.faults += [_named(session, f"state {broken.table}, by the journal {broken.journal}", broken.finding) for broken in findings.verify_states(session)]
        told.erased = journal.erased_words(session)
        for photo in evidence.stored_photos(session):
            told.photos += 1
            if wrong := evidence.wrong_with(store, *photo):
                numbers = ", ".join(findings.numbers_of_photo(session, photo[0]))
                told.faults.append(f"{numbers or 'no finding'}: photo {photo[0]}: {wrong}")
    except DatabaseError as reason:
        told.faults.append(f"database: {' '.join(str(reason.orig).split())}")
    return told


def _named(session: Session, fault: str, subject: UUID | None) -> str:
    number = findings.number_of(session, subject) if subject else None
    return f"{number or subject or 'journal'}: {fault}"
