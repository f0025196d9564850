"""Putting a backup back in place."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite

from fieldbook import journal, sync
from fieldbook.kernel import db, utcnow

from .backup import newest_seq
from .init import open_app, settings_of
from .instance import hold
from .migrate import migrate
from .unready import Unready


def restore(instance: Path, copy: Path) -> tuple[Path | None, int]:
    """Make `copy` the instance's database; the one that was there is kept under another name, never deleted.

    A new epoch begins, so every phone compares what it holds with this server and sends again what the copy lacks.
    Returns where the old database went, and the journal position of the copy. Raises Unready.
    """
    if settings_of(instance).database_url:
        raise Unready("本实例用的是 PostgreSQL，请用 pg_restore 恢复。", "This instance is on PostgreSQL: restore it with pg_restore.")
    try:
        seq = newest_seq(copy)
    except (sqlite.Error, OSError) as reason:
        raise Unready(f"{copy} 不是完好的备份（{reason}），没有改动任何数据。", f"{copy} is not a whole backup ({reason}); nothing was changed.") from None
    with hold(instance):
        database, old = instance / "fieldbook.sqlite", None
        fresh = instance / "fieldbook.sqlite.restoring"
        fresh.write_bytes(copy.read_bytes())
        if database.exists():
            old = instance / f"fieldbook-before-restore-{datetime.now(UTC).strftime('%Y%m%dT%H%M%SZ')}.sqlite"
            database.rename(old)
            with suppress(FileNotFoundError):
                Path(f"{database}-wal").rename(f"{old}-wal")  # what was committed last may lie there only
        Path(f"{database}-shm").unlink(missing_ok=True)
        fresh.rename(database)
        with open_app(instance).app_context():
            migrate(instance)
            with journal.begin(db.session(), who=None, at=utcnow()) as act:
                sync.new_epoch(act)
    return old, seq
