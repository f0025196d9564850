"""The nightly backups as they lie in their folder. Pure but for looking.

A backup is a copy of the database named by its time, `fieldbook-<time>.sqlite` (`.sqlite.age` when encrypted), and its list
beside it, `fieldbook-<time>.json`: what the copy is and how many photos it names. Photos lie once for all backups in `photos/`.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

#: how a copy is named by its UTC time
STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Copy:
    """One copy: its file, when it was made (UTC), its size in bytes."""

    file: Path
    made_at: datetime
    bytes: int

    @property
    def list_file(self) -> Path:
        return list_of(self.file)


def copies(folder: Path) -> list[Copy]:
    """The copies in a folder of backups that are named by their time, newest first."""
    files = sorted((*folder.glob("fieldbook-[0-9]*T[0-9]*Z.sqlite"), *folder.glob("fieldbook-[0-9]*T[0-9]*Z.sqlite.age")), reverse=True, key=lambda file: file.name)
    return [Copy(file, datetime.strptime(file.name.removeprefix("fieldbook-").partition(".")[0], STAMP).replace(tzinfo=UTC), file.stat().st_size) for file in files]


def list_of(copy: Path) -> Path:
    """Where the list of a copy lies."""
    return copy.with_name(copy.name.partition(".")[0] + ".json")


def listed(copy: Path) -> dict[str, Any] | None:
    """The list of a copy; None when there is none. Raises ValueError when it cannot be read."""
    try:
        told = json.loads(list_of(copy).read_text("utf-8"))
    except FileNotFoundError:
        return None
    if not isinstance(told, dict) or not isinstance(told.get("database"), dict) or not isinstance(told.get("photos"), dict):
        raise ValueError("not a list of a backup")
    return told
