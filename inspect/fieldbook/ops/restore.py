"""Putting a backup back in place: the database, then every photo it names; what is missing is said by name."""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyrage
import sqlcipher3.dbapi2 as sqlite

from fieldbook import evidence, findings, journal, sync
from fieldbook.kernel import Settings, db, list_of, listed, utcnow

from . import high_water
from .backup import CHUNK, FORMS, Inside, look_inside, photos_hash, sha256_of
from .init import open_app
from .instance import hold, settings_of
from .migrate import migrate
from .unready import Unready

#: bytes 18 of a database file: 2 says that what was committed last may lie in a file beside it
WAL_MARK = 2
#: photos forgotten in one transaction
BATCH = 200


@dataclass
class Restored:
    """What a restore came to.

    old: where the database that was there lies now. seq: where the journal in place ends. brought: photos taken from the backup.
    missing: photos that are nowhere, each with the numbers of its findings. remarks: what else a person must know, zh and en.
    """

    seq: int
    old: Path | None = None
    brought: int = 0
    missing: dict[str, list[str]] = field(default_factory=dict)
    remarks: list[tuple[str, str]] = field(default_factory=list)


def restore(instance: Path, copy: Path, *, identity: Path | None = None) -> Restored:
    """Make `copy` the instance's database and complete its photos; the database that was there is kept under another name.

    A new epoch begins, so every phone compares what it holds with this server and sends again what the copy lacks. A photo that is
    nowhere counts as not arrived, so that whoever holds it may send it again. identity: the private key's file, for an encrypted copy.
    Raises Unready, having changed nothing.
    """
    settings = settings_of(instance)
    if settings.database_url:
        raise Unready("本实例用的是 PostgreSQL，请用 pg_restore 恢复。", "This instance is on PostgreSQL: restore it with pg_restore.")
    with hold(instance):
        fresh = instance / "fieldbook.sqlite.restoring"
        try:
            inside, remarks = _make_ready(copy, fresh, identity)
            done = Restored(inside.seq, _swap(instance, fresh), remarks=remarks)
        finally:
            for file in (fresh, Path(f"{fresh}-wal"), Path(f"{fresh}-shm")):
                file.unlink(missing_ok=True)
        with open_app(instance).app_context():
            migrate(instance)
            high_water.forget(settings.photos)
            with journal.begin(db.session(), who=None, at=utcnow()) as act:
                sync.new_epoch(act)
            store, named = copy.parent / "photos", _progress("照片 / photos", list(inside.photos.items()))
            absent = [sha256 for sha256, size in named if not _complete(settings, store, sha256, size, identity, done)]
            _forget(absent, done)
    return done


def _make_ready(copy: Path, fresh: Path, identity: Path | None) -> tuple[Inside, list[tuple[str, str]]]:
    """Lay the copy's database at `fresh`, whole and by itself; gives what it holds and what must be said. Raises Unready."""
    remarks: list[tuple[str, str]] = []
    try:
        told = listed(copy)
        if told is None:
            remarks.append((f"旁边没有清单 {list_of(copy).name}：无法核对数据库和照片是否同一天的。", f"There is no list {list_of(copy).name} beside it: whether database and photos are of one day cannot be told."))
        else:
            _compare(copy, told)
        if copy.name.endswith(".age"):
            _decrypt(copy, fresh, identity)
        else:
            shutil.copyfile(copy, fresh)
            if (wal := Path(f"{copy}-wal")).exists():
                shutil.copyfile(wal, f"{fresh}-wal")
            elif _mark(fresh) == WAL_MARK:
                remarks.append((
                    f"这是从运行中的库直接拷的主文件，旁边没有 {copy.name}-wal：最后提交的内容可能不在里面。",
                    f"This is the main file of a running database, copied without {copy.name}-wal: what was committed last may not be in it.",
                ))  # fmt: skip
        with closing(sqlite.connect(fresh)) as alone:  # takes in what lies beside it
            alone.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            alone.execute("SELECT version_num FROM alembic_version").fetchone()  # the main file of a young database may lack even its tables
        inside = look_inside(fresh)
    except Unready:
        raise
    except (sqlite.Error, OSError, ValueError) as reason:
        raise Unready(f"{copy} 不是完好的备份（{reason}），没有改动任何数据。", f"{copy} is not a whole backup ({reason}); nothing was changed.") from None
    if inside.seq == 0:
        raise Unready(f"{copy} 里没有日志，不是巡查簿的备份，没有改动任何数据。", f"{copy} is not a whole backup (it has no journal); nothing was changed.")
    if told and (inside.seq, inside.head) != (told["seq"], told["head"]):
        raise Unready(
            f"{copy} 不是完好的备份：清单写到第 {told['seq']} 条，库里是第 {inside.seq} 条，不是同一份，没有改动任何数据。",
            f"{copy} is not a whole backup: its list says entry {told['seq']}, the database ends at {inside.seq}, so they are of different days; nothing was changed.",
        )
    if told and photos_hash(inside.photos) != told["photos"]["sha256"]:
        raise Unready(
            f"{copy} 不是完好的备份：清单上是 {told['photos']['count']} 张照片，库里是 {len(inside.photos)} 张，没有改动任何数据。",
            f"{copy} is not a whole backup: its list has {told['photos']['count']} photos, the database {len(inside.photos)}; nothing was changed.",
        )
    _sync(fresh)
    return inside, remarks


def _compare(copy: Path, told: dict[str, Any]) -> None:
    """Whether the file is the one its list describes. Raises Unready, OSError."""
    wanted, size = told["database"], copy.stat().st_size
    if size != wanted["bytes"]:
        raise Unready(
            f"{copy} 不是完好的备份：应有 {wanted['bytes']} 字节，只有 {size} 字节，没有改动任何数据。",
            f"{copy} is not a whole backup: it should have {wanted['bytes']} bytes and has {size}; nothing was changed.",
        )
    if sha256_of(copy) != wanted["sha256"]:
        raise Unready(f"{copy} 不是完好的备份：内容和清单对不上，没有改动任何数据。", f"{copy} is not a whole backup: its bytes are not those its list vouches for; nothing was changed.")


def _decrypt(source: Path, target: Path, identity: Path | None) -> None:
    """Lay what an encrypted file holds at `target`. Raises Unready, OSError."""
    keys = _identities(identity)
    try:
        with source.open("rb") as reader, target.open("wb") as writer:
            pyrage.decrypt_io(reader, writer, keys)
    except pyrage.DecryptError as reason:
        raise Unready(f"{source} 用这把私钥解不开，或内容已损坏（{reason}），没有改动任何数据。", f"{source} cannot be decrypted with this key, or is damaged ({reason}); nothing was changed.") from None


def _identities(file: Path | None) -> list[Any]:
    if file is None:
        raise Unready("备份是加密的，请加 --key 私钥文件。", "The backup is encrypted: name the private key's file with --key.")
    try:
        lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as reason:
        raise Unready(f"{file} 不是私钥文件（{reason}）。", f"{file} is not a private key's file ({reason}).") from None
    if not keys:
        raise Unready(f"{file} 里没有私钥。", f"There is no private key in {file}.")
    return keys


def _swap(instance: Path, fresh: Path) -> Path | None:
    """Put `fresh` in the place of the database; gives where the one that was there lies now."""
    database, old = instance / "fieldbook.sqlite", None
    if database.exists():
        old = instance / f"fieldbook-before-restore-{datetime.now(UTC).strftime('%Y%m%dT%H%M%SZ')}.sqlite"
        database.rename(old)
        with suppress(FileNotFoundError):
            Path(f"{database}-wal").rename(f"{old}-wal")  # what was committed last may lie there only
    Path(f"{database}-shm").unlink(missing_ok=True)
    fresh.rename(database)
    _sync(instance)
    return old


def _complete(settings: Settings, store: Path, sha256: str, size: int, identity: Path | None, done: Restored) -> bool:
    """Whether a photo is in the instance, brought from the backup's store if need be. Raises OSError."""
    shelf = settings.photos / sha256[:2]
    original = shelf / sha256
    if original.is_file() and original.stat().st_size == size:
        return True
    shelf.mkdir(mode=0o750, parents=True, exist_ok=True)
    for form in FORMS:
        name = f"{sha256}{form}"
        part = settings.photos / "spool" / f"{name}.restoring"
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            _bring(store / name[:2] / name, part, identity)
        except (FileNotFoundError, Unready):
            part.unlink(missing_ok=True)
            if form:
                continue
            return False
        if not form and (part.stat().st_size != size or sha256_of(part) != sha256):
            part.unlink()
            return False
        part.chmod(0o440)
        part.replace(shelf / name)
    done.brought += 1
    return True


def _bring(source: Path, target: Path, identity: Path | None) -> None:
    coded = source.with_name(f"{source.name}.age")
    if not source.exists() and coded.exists():
        _decrypt(coded, target, identity)
    else:
        with source.open("rb") as reader, target.open("wb") as writer:
            shutil.copyfileobj(reader, writer, CHUNK)
    _sync(target)


def _forget(absent: list[str], done: Restored) -> None:
    """Let the photos that are nowhere count as not arrived, and note whose findings they are."""
    session = db.session()
    for start in range(0, len(absent), BATCH):
        with journal.begin(session, who=None, at=utcnow()) as act:
            for sha256 in absent[start : start + BATCH]:
                done.missing[sha256] = findings.numbers_of_photo(session, sha256)
                evidence.lose(act, sha256, reach=findings.photo_keys(session, sha256))


def _progress(what: str, things: list[Any]) -> Iterator[Any]:
    """The things one by one, telling every two seconds how far it is."""
    told_at = time.monotonic()
    for at, thing in enumerate(things):
        if time.monotonic() - told_at > 2:
            told_at = time.monotonic()
            print(f"{what}: {at}/{len(things)}", file=sys.stderr, flush=True)
        yield thing


def _mark(database: Path) -> int:
    with database.open("rb") as file:
        return (file.read(20) + bytes(20))[18]


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
