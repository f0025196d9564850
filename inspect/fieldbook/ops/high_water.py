"""How far the journal had come, noted beside the photos: an older database put back by hand is noticed at the next start.

Without it phones would take the server's word that it has what it once acknowledged.
"""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldbook import journal


def note(session: Session, photos: Path) -> None:
    """Note where the journal stands now. Raises OSError."""
    seq, head = journal.head(session)
    file, told = photos / "high-water", f"{seq} {head}\n"
    if not file.exists() or file.read_text("ascii") != told:
        part = file.with_name("high-water.part")
        part.write_text(told, "ascii")
        part.replace(file)


def lacks(session: Session, photos: Path) -> int:
    """The newest position that was noted, if the database does not hold it any more; else 0."""
    try:
        noted, head = (photos / "high-water").read_text("ascii").split()
        seq = int(noted)
    except (OSError, ValueError):
        return 0
    if seq == 0 or session.scalar(select(journal.EntryRow.head).where(journal.EntryRow.seq == seq)) == head:
        return 0
    return seq


def forget(photos: Path) -> None:
    """Forget what was noted: the database is older on purpose."""
    (photos / "high-water").unlink(missing_ok=True)
