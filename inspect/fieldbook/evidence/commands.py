"""Naming photos, keeping their bytes, and settling what the decoder saw."""

import errno
import hashlib
import mmap
import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO, Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from fieldbook.kernel import Act, ask, bulk_insert, from_ms, new_id, upsert

from . import rules
from .bodies import PhotoNamed
from .decoder import Decoder, Outcome
from .model import Aside, Likeness, Naming, Photo, PhotoState, Role
from .queries import asides_of, near_copies, subjects_of
from .refusals import DiskFull, HashMismatch, NotAPhoto, NotNamed, TooLarge
from .storage import Store
from .structure import LARGEST_BYTES, Shape, examine

#: EXIF is a hint; a camera's whole notebook is not kept
MOST_EXIF_BYTES = 4096
#: read at once; what phones send is smaller
CHUNK = 1024 * 1024

_PLACED_BEFORE = (
    select(Naming.lat_e7, Naming.lon_e7, Naming.taken_at)
    .where(Naming.person_id == bindparam("person"), Naming.taken_at <= bindparam("at"), Naming.lat_e7.is_not(None))
    .order_by(Naming.taken_at.desc())
    .limit(1)
)


def name_photos(
    act: Act,
    photos: Sequence[PhotoNamed],
    *,
    role: Role,
    finding_id: UUID | None = None,
    visit_id: UUID | None = None,
    criterion: str | None = None,
    held_for: UUID | None = None,
) -> list[str]:
    """Note that this act names `photos` as evidence for a finding or a visit; returns their hashes, each once, in order.

    held_for: the command that waits for the office, while nobody knows whether it becomes a finding.

    Their bytes may be here already, be on the way, or never come. Records nothing: the caller's entry carries the hashes.
    """
    subject = finding_id or visit_id or held_for
    if subject is None:
        raise ValueError("a photo is evidence for a finding or a visit")
    once = list({photo.sha256: photo for photo in photos}.values())
    drawings = _drawings(once)
    jumps = _jumps(act, once)
    bulk_insert(
        act.session,
        Naming,
        [
            {
                "id": new_id(),
                "sha256": photo.sha256,
                "person_id": act.who,
                "device_id": act.device,
                "command_id": act.command,
                "subject": subject,
                "finding_id": finding_id,
                "visit_id": visit_id,
                "criterion": criterion,
                "role": role,
                "place": place,
                "taken_at": act.told(photo.taken_at),
                "claimed_at": from_ms(photo.taken_at),
                "source": photo.source,
                "lat_e7": photo.position.lat_e7 if photo.position else None,
                "lon_e7": photo.position.lon_e7 if photo.position else None,
                "accuracy_m": photo.position.accuracy_m if photo.position else None,
                "jump_kmh": jump,
                "original_sha256": photo.original_sha256,
                "drawing": photo.sha256 in drawings,
                "width": photo.width,
                "height": photo.height,
                "bytes": photo.bytes,
                "exif": _bounded(photo.exif or {}),
                "named_at": act.at,
                "given_up_at": None,
            }
            for place, (photo, jump) in enumerate(zip(once, jumps, strict=True))
        ],
    )
    return [photo.sha256 for photo in once]


def let_go_held(act: Act, command_id: UUID) -> None:
    """Forget that a command only held its photos: now it names them for what it is about."""
    act.session.execute(delete(Naming).where(Naming.subject == command_id, Naming.role == Role.HELD))


def set_aside(act: Act, hashes: Iterable[str], command_id: UUID) -> None:
    """Note that a command which is refused, or has to wait, names these photos, so that what was captured is kept.

    Only its phone may send them, nobody else sees them, and nothing counts them as evidence. Records nothing.
    """
    rows = [{"sha256": sha256, "command_id": command_id, "person_id": act.who, "device_id": act.device} for sha256 in dict.fromkeys(hashes)]
    bulk_insert(act.session, Aside, rows)


def first_named_here(act: Act, photos: Sequence[PhotoNamed]) -> list[str]:
    """The hashes among `photos` that nobody has named before: what can be proof that something was done since.

    A drawing is as old as the photo that it was drawn on, and is never proof by itself.
    """
    drawings = _drawings(photos)
    clean = [photo for photo in photos if photo.sha256 not in drawings]
    asked = {photo.sha256 for photo in clean} | {photo.original_sha256 for photo in clean if photo.original_sha256}
    known = set(act.session.scalars(select(Naming.sha256).where(Naming.sha256.in_(asked))))
    return [photo.sha256 for photo in clean if photo.sha256 not in known and photo.original_sha256 not in known]


def _drawings(photos: Sequence[PhotoNamed]) -> set[str]:
    """The hashes of those that name another one beside them, itself no drawing, as what they were drawn on."""
    named = {photo.sha256 for photo in photos}
    clean = {photo.sha256 for photo in photos if photo.original_sha256 not in named - {photo.sha256}}
    return {photo.sha256 for photo in photos if photo.sha256 not in clean and photo.original_sha256 in clean}


def _jumps(act: Act, photos: Sequence[PhotoNamed]) -> list[int | None]:
    """For each photo the impossible speed from this person's photo before, or None."""
    placed = [photo for photo in photos if photo.position and rules.position(photo.position.lat_e7, photo.position.lon_e7)]
    if not placed or act.who is None:
        return [None] * len(photos)
    last = ask(act.session, _PLACED_BEFORE, {"person": act.who, "at": act.told(placed[0].taken_at)}).first()
    before = (rules.position(last.lat_e7, last.lon_e7), last.taken_at) if last else (None, act.at)
    jumps: list[int | None] = []
    for photo in photos:
        spot = rules.position(photo.position.lat_e7, photo.position.lon_e7) if photo.position else None
        if spot is None or photo.position is None:
            jumps.append(None)
            continue
        at = act.told(photo.taken_at)
        spot_before, at_before = before
        jumps.append(rules.jump_kmh(spot_before, at_before, spot, at, accuracy_m=photo.position.accuracy_m) if spot_before else None)
        before = (spot, at)
    return jumps


def _bounded(exif: dict[str, str]) -> str:
    kept: dict[str, str] = {}
    room = MOST_EXIF_BYTES - 2
    for name, value in exif.items():
        needed = len(msgspec.json.encode(name)) + len(msgspec.json.encode(value)) + 2
        if needed <= room:
            kept[name] = value
            room -= needed
    return msgspec.json.encode(kept).decode()


class Kept(NamedTuple):
    """A photo whose bytes lie in the store for good; it has no row yet."""

    sha256: str
    bytes: int
    shape: Shape


def keep(store: Store, body: IO[bytes], *, size: int, sha256: str | None = None) -> Kept:
    """Read a photo from `body`, see that it is whole and built like a photo, and put it on the disk for good.

    size: bytes announced. sha256: the hash announced; None at the desk, where the form cannot know it.

    Needs no transaction, so no writer waits for the disk. If `receive` never follows, nobody ever sees the file, and
    the next try finds it. Raises TooLarge, DiskFull, HashMismatch, NotAPhoto, Damaged, TooSmall, TooManyPixels, TooManyScans.
    """
    if size > LARGEST_BYTES:
        raise TooLarge(limit_mb=LARGEST_BYTES // 1024 // 1024)
    if shutil.disk_usage(store.spool).free < store.reserve_bytes + size:
        raise DiskFull
    with _spooled(store) as (file, path):
        digest, got, whole = hashlib.sha256(), 0, b""
        while chunk := body.read(min(size, CHUNK) + 1):
            digest.update(chunk)
            whole = b"" if got else chunk
            got += len(chunk)
            if got > size:
                break
            _write(file, chunk)
        # before the structure: what was cut on the way is sent again, what was cut in the camera is taken again
        if got != size or sha256 not in (None, digest.hexdigest()):
            raise HashMismatch
        if not got:
            raise NotAPhoto
        if whole:
            shape = examine(whole)
        else:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                shape = examine(data)
        kept = Kept(digest.hexdigest(), got, shape)
        if not store.has(kept.sha256):
            store.put(kept.sha256, path)
    return kept


def _write(file: IO[bytes], data: bytes) -> None:
    """Write all of `data`: an unbuffered file may take a part."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


@contextmanager
def _spooled(store: Store):  # type: ignore[no-untyped-def]
    """A file to fill and hand to `store.put`; gone afterwards whatever happens. A full disk becomes DiskFull."""
    try:
        path = f"{store.spool}/{secrets.token_hex(16)}"
        try:
            with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b", buffering=0) as file:
                yield file, path
        finally:
            if os.path.lexists(path):  # else the store has taken it over
                os.unlink(path)
    except OSError as reason:
        if reason.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull from reason
        raise


def receive(act: Act, kept: Kept, *, reach: Iterable[UUID | None] = ()) -> bool:
    """Note that a photo has arrived; True the first time, False when it was here already and nothing is written.

    reach: the keys of the findings and visits that name it (see `subjects_of`). After the commit `act.receipt` is its
    receipt; of one that was here already, `receipt_of` tells it. Raises NotNamed.
    """
    session = act.session
    touched = _touched(session, kept.sha256, reach)
    if not touched:
        raise NotNamed
    earlier = len(act.entries)
    facts: dict[str, Any] = {"sha256": kept.sha256, "bytes": kept.bytes, "media_type": kept.shape.media_type}
    entries = [act.record("photo.received", subject, reach=reached, **facts) for subject, reached in touched]
    made = upsert(
        session,
        Photo,
        {
            "sha256": kept.sha256,
            "bytes": kept.bytes,
            "media_type": kept.shape.media_type,
            "width": kept.shape.width,
            "height": kept.shape.height,
            "tail_bytes": kept.shape.tail_bytes,
            "person_id": act.who,
            "device_id": act.device,
            "stored_at": act.at,
            "entry_id": entries[-1],
            "verdict": PhotoState.ARRIVED,
        },
        key=["sha256"],
    )
    if not made:  # it is here already; its own entry stands
        del act.entries[earlier:]
    return bool(made)


def _touched(session: Session, sha256: str, reach: Iterable[UUID | None]) -> list[tuple[UUID, list[UUID | None]]]:
    """(subject, reach) of each entry about a photo: what names it; else the commands that were refused or wait, for their people alone."""
    reached = list(reach)
    named = [(subject, reached) for subject in subjects_of(session, sha256)]
    return named or [(command, [person]) for command, person in asides_of(session, sha256)]


def check(decoder: Decoder, store: Store, sha256: str) -> Outcome:
    """Decode one photo and lay its copies beside it. Needs no transaction; for the job runner only, which owns the one decoder.

    A photo whose file is gone comes back as WAITING: `settle` then forgets that it had arrived, so that it can be sent again.
    Raises DecoderWontStart, DiskFull.
    """
    try:
        with store.open(sha256) as file:
            data = file.read()
    except FileNotFoundError:
        return Outcome(PhotoState.WAITING, why="the file is not in the store")
    outcome = decoder.check(data)
    for name, copy in (("small", outcome.small), ("large", outcome.large)):
        if copy:
            with _spooled(store) as (file, path):
                _write(file, copy)
                store.put(f"{sha256}.{name}", path)
    return outcome


def settle(act: Act, sha256: str, outcome: Outcome, *, reach: Iterable[UUID | None] = ()) -> bool:
    """Note what the decoder saw. False when there was nothing to settle. Several may be settled in one act."""
    session = act.session
    row = session.execute(select(Photo.sha256).where(Photo.sha256 == sha256, Photo.checked_at.is_(None)).with_for_update()).one_or_none()
    if row is None:
        return False
    facts: dict[str, Any] = {"sha256": sha256}
    if outcome.verdict is PhotoState.WAITING:
        session.execute(delete(Photo).where(Photo.sha256 == sha256))
        verb = "photo.lost"
    else:
        _write_outcome(session, act.at, sha256, outcome)
        verb = "photo.checked" if outcome.verdict is PhotoState.CHECKED else "photo.damaged"
    for subject, reached in _touched(session, sha256, reach):
        act.record(verb, subject, reach=reached, **facts)
    return True


def lose(act: Act, sha256: str, *, reach: Iterable[UUID | None] = ()) -> None:
    """Note that an arrived photo's bytes are nowhere any more, so that it counts as on the way and can be sent again."""
    session = act.session
    session.execute(delete(Likeness).where(or_(Likeness.sha256 == sha256, Likeness.other == sha256)))
    session.execute(delete(Photo).where(Photo.sha256 == sha256))
    for subject, reached in _touched(session, sha256, reach):
        act.record("photo.lost", subject, reach=reached, sha256=sha256)


def _write_outcome(session: Session, at: datetime, sha256: str, outcome: Outcome) -> None:
    values: dict[str, Any] = {"checked_at": at, "verdict": outcome.verdict, "luma": outcome.luma, "detail": outcome.detail, "sharpness": outcome.sharpness}
    if outcome.verdict is PhotoState.CHECKED:
        values |= {"width": outcome.width, "height": outcome.height}
    if outcome.dhash is not None and outcome.mirror_dhash is not None:
        values |= {"dhash": outcome.dhash, "mirror_dhash": outcome.mirror_dhash}
        values |= {f"band_{number}": band for number, band in enumerate(rules.bands(outcome.dhash))}
        alike = near_copies(session, outcome.dhash, outcome.mirror_dhash, exclude=[sha256])
        bulk_insert(session, Likeness, [{"sha256": sha256, "other": near.sha256, "distance": near.distance, "mirrored": near.mirrored} for near in alike])
    session.execute(update(Photo).where(Photo.sha256 == sha256).values(**values).execution_options(synchronize_session=False))


def give_up(act: Act, finding_id: UUID, sha256: str) -> bool:
    """Say that a finding's photo will not come, or cannot be read, so that it no longer holds up the verdict.

    Records nothing: who may say so, and why, is the caller's. False when the finding names no such photo that is still missing.
    """
    readable = select(Photo.sha256).where(Photo.sha256 == sha256, Photo.verdict == PhotoState.CHECKED)
    done = act.session.execute(
        update(Naming)
        .where(Naming.finding_id == finding_id, Naming.sha256 == sha256, Naming.given_up_at.is_(None), ~readable.exists())
        .values(given_up_at=act.at)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def sweep(store: Store, *, now: datetime, older_than: timedelta = timedelta(days=1)) -> int:
    """Remove half-made files that a killed process left in the spool; returns how many."""
    gone = 0
    for path in store.spool.iterdir():
        if path.stat().st_mtime < (now - older_than).timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone
