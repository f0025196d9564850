"""The nightly copies of the database as they lie in the instance's folder. Pure but for looking."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

#: how a copy is named by its UTC time
STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Copy:
    """One copy: its file, when it was made (UTC), its size in bytes."""

    file: Path
    made_at: datetime
    bytes: int


def copies(instance: Path) -> list[Copy]:
    """The copies named by their time, newest first."""
    files = sorted((instance / "backups").glob("fieldbook-[0-9]*T[0-9]*Z.sqlite"), reverse=True)
    return [Copy(file, datetime.strptime(file.stem.removeprefix("fieldbook-"), STAMP).replace(tzinfo=UTC), file.stat().st_size) for file in files]
