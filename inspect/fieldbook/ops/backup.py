"""Backups: the database and every photo it names, every night and before each migration, while people work.

Photos never change, so each is taken once for all backups, as a hard link where the disk is the same. The copy of the database
gets its name last: what has a name is whole. Encrypted, a backup can be made here but read only with the key, which lies elsewhere.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
import sqlcipher3.dbapi2 as sqlite
from flask import current_app

from fieldbook import __version__, journal, sync
from fieldbook.kernel import STAMP, Settings, copies, db, list_of, utcnow

from .unready import Unready

#: copies of this kind that are kept
KEPT = 30
#: what lies in the store for a photo: the original and the copies people see
FORMS = ("", ".small", ".large")
CHUNK = 1 << 20


@dataclass(frozen=True)
class Inside:
    """What a copy of a database holds: its newest journal position and head, its epoch, its photos' hashes and sizes."""

    seq: int
    head: str
    epoch: str
    photos: dict[str, int]


def back_up() -> tuple[Path, int]:
    """Back up the database under the present time and the photos it names, keep the newest 30, and tell the phones how far it reaches.

    Returns the file and the newest journal position in it. Raises sqlite.Error, OSError, Unready.
    """
    settings, now = settings_in_use(), utcnow()
    folder = _ready(settings.backups)
    part = folder / "fieldbook.part"
    inside = _copy(part)
    try:
        lost = keep_photos(settings, folder, inside.photos)
        target = _finish(settings, folder, part, now, inside, lost)
    finally:
        part.unlink(missing_ok=True)
    for old in copies(folder)[KEPT:]:
        old.list_file.unlink(missing_ok=True)
        old.file.unlink(missing_ok=True)
    with journal.begin(db.session(), who=None, at=now) as act:
        sync.backed_up(act, inside.seq)
    return target, inside.seq


def settings_in_use() -> Settings:
    """The settings of the application whose context is open."""
    return current_app.extensions["fieldbook"].settings  # type: ignore[no-any-return]


def copy_to(instance: Path, name: str) -> tuple[Path, int]:
    """Copy the database alone under a name, before a migration. Returns the file and the newest journal position in it.

    Raises sqlite.Error, OSError; a failed copy leaves nothing.
    """
    folder = _ready(instance / "backups")
    target = folder / f"fieldbook-{name}.sqlite"
    part = target.with_suffix(".part")
    try:
        inside = _copy(part)
        part.replace(target)
        _sync(folder)
    finally:
        part.unlink(missing_ok=True)
    return target, inside.seq


def keep_photos(settings: Settings, folder: Path, photos: Iterable[str]) -> list[str]:
    """Have every photo in the backups' own store; returns those that the instance itself lacks. Raises OSError."""
    suffix = ".age" if settings.backup_key else ""
    there, lost, touched = _lying(folder / "photos"), [], set()
    for sha256 in photos:
        for form in FORMS:
            name = f"{sha256}{form}"
            if name + suffix in there:
                continue
            source, shelf = settings.photos / name[:2] / name, folder / "photos" / name[:2]
            if not source.is_file():
                lost += [] if form else [sha256]
                continue
            if shelf not in touched:
                shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
                touched.add(shelf)
            _take(source, shelf / (name + suffix), settings.backup_key)
    for shelf in touched:
        _sync(shelf)
    return lost


def _take(source: Path, target: Path, key: str) -> None:
    """Have `source` as `target`, whole or not at all; a hard link if the disk is the same and nothing is encrypted."""
    if not key:
        with suppress(OSError):
            os.link(source, target)
            return
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    with source.open("rb") as reader, part.open("wb") as writer:
        if key:
            pyrage.encrypt_io(reader, writer, [recipient(key)])
        else:
            shutil.copyfileobj(reader, writer, CHUNK)
        writer.flush()
        os.fsync(writer.fileno())
    part.replace(target)


def _finish(settings: Settings, folder: Path, part: Path, now: datetime, inside: Inside, lost: list[str]) -> Path:
    """Encrypt the copy if a key is set, write its list, and give it its name last."""
    suffix = ".sqlite.age" if settings.backup_key else ".sqlite"
    while (target := folder / f"fieldbook-{now.strftime(STAMP)}{suffix}").exists():
        now += timedelta(seconds=1)  # two of one second: neither takes the other's place
    if settings.backup_key:
        coded = folder / "fieldbook.coded.part"
        _take(part, coded, settings.backup_key)
        coded.replace(part)
        tls = settings.instance / "tls"
        for name in (
            ("signer.key", "signer.crt", "authority.crt") if tls.exists() else ()
        ):  # secrets leave the instance encrypted or not at all
            _take(tls / name, _ready(folder / "tls") / f"{name}.age", settings.backup_key)
    told = {
        "format": 1,
        "made_at": now.isoformat(timespec="seconds"),
        "fieldbook": __version__,
        "seq": inside.seq,
        "head": inside.head,
        "epoch": inside.epoch,
        "encrypted_for": settings.backup_key,
        "database": {"name": target.name, "bytes": part.stat().st_size, "sha256": sha256_of(part)},
        "photos": {
            "count": len(inside.photos),
            "bytes": sum(inside.photos.values()),
            "sha256": photos_hash(inside.photos),
            "missing": sorted(lost),
        },
    }
    with list_of(target).open("w", encoding="utf-8") as out:
        json.dump(told, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    part.chmod(0o600)
    _sync(part)
    part.replace(target)
    _sync(folder)
    return target


def recipient(key: str) -> Any:
    """Whom a backup is encrypted for. Raises Unready."""
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        raise Unready(
            "settings.toml 里的 backup_key 不是 age1 开头的公钥。",
            "backup_key in settings.toml is not an age public key (age1…).",
        ) from None


def new_key(file: Path) -> str:
    """Make a key pair: the private half goes into `file` (0600, never overwritten), the public half is returned. Raises OSError."""
    made = pyrage.x25519.Identity.generate()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(f"# public key: {made.to_public()}\n{made}\n")
    return str(made.to_public())


def look_inside(copy: Path) -> Inside:
    """What a copy holds, after a look at whether it is whole. Raises sqlite.Error, OSError."""
    if not copy.is_file():
        raise FileNotFoundError(2, "there is no such file", str(copy))
    with closing(sqlite.connect(copy)) as connection:
        if (verdict := connection.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
            raise sqlite.DatabaseError(f"the copy is not whole: {verdict}")
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry'").fetchone():
            return Inside(0, "", "", {})
        seq, head = connection.execute("SELECT seq, head FROM journal_head").fetchone() or (0, "")
        newest = connection.execute("SELECT seq, head FROM entry ORDER BY seq DESC LIMIT 1").fetchone() or (0, head)
        if newest != (seq, head):
            raise sqlite.DatabaseError(f"its journal ends at entry {newest[0]}, but its head says {seq}")
        epoch = connection.execute("SELECT epoch FROM sync_state").fetchone() or ("",)
        return Inside(seq, head, epoch[0], dict(connection.execute("SELECT sha256, bytes FROM photo")))


def newest_seq(copy: Path) -> int:
    """The newest journal position in a copy, after a look at whether it is whole. Raises sqlite.Error, OSError."""
    return look_inside(copy).seq


def is_due(folder: Path, now: datetime, *, hour: int = 2, offset: timedelta = timedelta(hours=8)) -> bool:
    """Whether the night's copy is still to be made: none since the last time it was `hour` o'clock (UTC + `offset`)."""
    local = now + offset
    night = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if night > local:
        night -= timedelta(days=1)
    newest = next(iter(copies(folder)), None)
    return newest is None or newest.made_at < night - offset


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hex. Raises OSError."""
    with file.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()


def photos_hash(photos: Iterable[str]) -> str:
    """One SHA-256 over the hashes of all photos, in order."""
    return hashlib.sha256("\n".join(sorted(photos)).encode()).hexdigest()


def _copy(part: Path) -> Inside:
    """Copy the open database to `part` in one consistent state and look whether it is whole; a failed copy leaves nothing."""
    part.unlink(missing_ok=True)
    try:
        with closing(sqlite.connect(db.engine.url.database, timeout=10)) as source:
            source.execute("VACUUM INTO ?", (str(part),))
        inside = look_inside(part)
        part.chmod(0o600)
        _sync(part)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return inside


def _ready(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _lying(store: Path) -> set[str]:
    """The names of all files in a store of photos."""
    return {name for shelf in _shelves(store) for name in os.listdir(shelf)}


def _shelves(store: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        yield from (path for path in store.iterdir() if len(path.name) == 2)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
