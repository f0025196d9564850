"""The server's epoch, and how far its backups reach."""

import secrets

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldbook.kernel import NIL, Act, ask, upsert

from .model import SyncState

_STATE = select(SyncState.epoch, SyncState.backed_up_seq).where(SyncState.id == 1)


def epoch(session: Session) -> tuple[str, int]:
    """(epoch, the journal position covered by a backup). ("00000000", 0) before the first start."""
    row = ask(session, _STATE).one_or_none()
    return (row.epoch, row.backed_up_seq) if row else ("0" * 8, 0)


def new_epoch(act: Act) -> str:
    """Begin a new epoch: at the first start, and after a restore, so that phones compare what they hold."""
    value = secrets.token_hex(4)
    upsert(act.session, SyncState, {"id": 1, "epoch": value, "backed_up_seq": 0}, key=["id"], change={"epoch": value})
    act.record("epoch.begun", NIL, epoch=value)
    return value


def backed_up(act: Act, seq: int) -> None:
    """Note that a good backup covers the journal up to `seq`."""
    act.session.execute(update(SyncState).where(SyncState.id == 1).values(backed_up_seq=seq))
    act.record("backup.made", NIL, covers=seq)
