"""Copies of the SQLite database: every night, and before each migration."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite

from fieldbook import journal, sync
from fieldbook.kernel import STAMP, copies, db, utcnow

#: copies of this kind that are kept
KEPT = 30


def back_up(instance: Path) -> tuple[Path, int]:
    """Copy the database under the present time, keep the newest 30 of such copies, and tell the phones how far it reaches.

    Returns the file and the newest journal position in it. Raises sqlite.Error, OSError.
    """
    now = utcnow()
    target, seq = copy_to(instance, now.strftime(STAMP))
    for old in copies(instance)[KEPT:]:
        old.file.unlink(missing_ok=True)
    with journal.begin(db.session(), who=None, at=now) as act:
        sync.backed_up(act, seq)
    return target, seq


def copy_to(instance: Path, name: str) -> tuple[Path, int]:
    """Copy the database while people work, check the copy, and only then give it its name.

    Returns the file and the newest journal position in it. Raises sqlite.Error, OSError; a failed copy leaves nothing.
    """
    folder = instance / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"fieldbook-{name}.sqlite"
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    source = sqlite.connect(db.engine.url.database, timeout=10)
    try:
        source.execute("VACUUM INTO ?", (str(part),))
        seq = newest_seq(part)
        part.chmod(0o600)
        _sync(part)
        part.replace(target)
        _sync(folder)
    finally:
        source.close()
        part.unlink(missing_ok=True)
    return target, seq


def is_due(instance: Path, now: datetime, *, hour: int = 2, offset: timedelta = timedelta(hours=8)) -> bool:
    """Whether the night's copy is still to be made: none since the last time it was `hour` o'clock (UTC + `offset`)."""
    local = now + offset
    night = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if night > local:
        night -= timedelta(days=1)
    newest = next(iter(copies(instance)), None)
    return newest is None or newest.made_at < night - offset


def newest_seq(copy: Path) -> int:
    """The newest journal position in a copy, after a look at whether it is whole. Raises sqlite.Error."""
    if not copy.is_file():
        raise FileNotFoundError(2, "there is no such file", str(copy))
    connection = sqlite.connect(copy)
    try:
        if (verdict := connection.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
            raise sqlite.DatabaseError(f"the copy is not whole: {verdict}")
        has_journal = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry'").fetchone()
        return int(connection.execute("SELECT coalesce(max(seq), 0) FROM entry").fetchone()[0]) if has_journal else 0
    finally:
        connection.close()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
