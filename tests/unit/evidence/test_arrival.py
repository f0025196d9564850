"""evidence.keep and receive: a photo's bytes arrive, and the phone gets its receipt."""

import errno
import hashlib
import io
import os
from collections.abc import Callable
from datetime import timedelta

import pytest

from fieldbook import evidence, journal
from fieldbook.evidence import LocalStore, PhotoState, Role
from fieldbook.kernel import Refusal
from tests.corpus import made

from .conftest import BIN, LID, NOON, ZONE, Acting, name, told


def test_the_bytes_are_kept_as_sent_and_the_receipt_stands_in_the_journal(session, acting: Acting, store: LocalStore) -> None:
    data = made.jpeg()
    photo = name(data)
    with acting() as act:
        evidence.name_photos(act, [photo], role=Role.BEFORE, finding_id=LID)

    kept = evidence.keep(store, io.BytesIO(data), size=len(data), sha256=photo.sha256)
    with acting() as act:
        first = evidence.receive(act, kept, reach=[ZONE])

    assert first
    assert read(store, photo.sha256) == data
    assert act.receipt == journal.head(session) == evidence.receipt_of(session, photo.sha256)
    assert told(session) == [("photo.received", LID)]
    assert evidence.states(session, [photo.sha256]) == {photo.sha256: PhotoState.ARRIVED}
    assert evidence.next_waiting(session) == [photo.sha256]


def test_sent_twice_it_has_one_receipt(session, acting: Acting, store: LocalStore, arrived: Callable[..., str]) -> None:
    data = made.jpeg()
    sha256 = arrived(data)
    receipt = evidence.receipt_of(session, sha256)

    kept = evidence.keep(store, io.BytesIO(data), size=len(data), sha256=sha256)
    with acting(after=timedelta(hours=1)) as act:
        again = evidence.receive(act, kept, reach=[ZONE])

    assert not again
    assert act.receipt is None
    assert evidence.receipt_of(session, sha256) == receipt == journal.head(session)


def test_it_arrives_for_every_finding_that_names_it(session, acting: Acting, store: LocalStore) -> None:
    data = made.jpeg()
    with acting() as act:
        for finding in (LID, BIN):
            evidence.name_photos(act, [name(data)], role=Role.BEFORE, finding_id=finding)

    kept = evidence.keep(store, io.BytesIO(data), size=len(data))
    with acting() as act:
        evidence.receive(act, kept, reach=[ZONE])

    assert told(session) == [("photo.received", LID), ("photo.received", BIN)]


def test_a_photo_nobody_named_has_no_row(session, acting: Acting, store: LocalStore) -> None:
    data = made.jpeg()
    kept = evidence.keep(store, io.BytesIO(data), size=len(data))

    with pytest.raises(evidence.NotNamed), acting() as act:
        evidence.receive(act, kept)

    assert session.query(evidence.Photo).count() == 0


@pytest.mark.parametrize("change", ["cut", "flipped", "longer"])
def test_what_changed_on_the_way_is_sent_again_and_not_called_damaged(store: LocalStore, change: str) -> None:
    data = made.jpeg()
    came = {"cut": data[:9000], "flipped": data[:500] + b"\x00" + data[501:], "longer": data + b"x"}[change]

    with pytest.raises(evidence.HashMismatch):
        evidence.keep(store, io.BytesIO(came), size=len(data), sha256=hashlib.sha256(data).hexdigest())

    assert stored(store) == []


@pytest.mark.parametrize("name", ["svg", "half a jpeg", "png bomb", "a stamp", "nothing"])
def test_what_is_no_photo_leaves_nothing_behind(store: LocalStore, name: str) -> None:
    code, make = made.REFUSED[name]
    data = make()

    with pytest.raises(Refusal) as refused:
        evidence.keep(store, io.BytesIO(data), size=len(data), sha256=hashlib.sha256(data).hexdigest())

    assert refused.value.code == code
    assert stored(store) == []


def test_too_many_bytes_are_refused_before_the_first_is_read(store: LocalStore) -> None:
    body = io.BytesIO(b"x")

    with pytest.raises(evidence.TooLarge):
        evidence.keep(store, body, size=evidence.LARGEST_BYTES + 1)

    assert body.tell() == 0


def test_a_disk_with_little_room_takes_no_photo(store: LocalStore) -> None:
    data = made.jpeg()
    store.reserve_bytes = 1 << 60

    with pytest.raises(evidence.DiskFull):
        evidence.keep(store, io.BytesIO(data), size=len(data))

    assert stored(store) == []


def test_a_disk_that_fills_up_on_the_way_takes_no_photo(store: LocalStore) -> None:
    class FullDisk(LocalStore):
        def put(self, key: str, path: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    data = made.jpeg()
    full = FullDisk(store.folder, reserve_bytes=0)

    with pytest.raises(evidence.DiskFull):
        evidence.keep(full, io.BytesIO(data), size=len(data))

    assert stored(store) == []


def test_what_a_killed_process_left_half_made_is_swept(store: LocalStore) -> None:
    old, fresh = store.spool / "old", store.spool / "fresh"
    for path in (old, fresh):
        path.write_bytes(b"half")
    yesterday = (NOON - timedelta(days=2)).timestamp()
    os.utime(old, (yesterday, yesterday))
    os.utime(fresh, (NOON.timestamp(), NOON.timestamp()))

    swept = evidence.sweep(store, now=NOON)

    assert swept == 1
    assert [path.name for path in store.spool.iterdir()] == ["fresh"]


def test_every_refusal_says_what_to_do() -> None:
    for refusal in (evidence.NotAPhoto, evidence.Damaged, evidence.TooLarge, evidence.TooSmall, evidence.TooManyPixels, evidence.TooManyScans, evidence.HashMismatch, evidence.NotNamed, evidence.DiskFull):
        assert refusal.code.startswith("evidence.")
        assert refusal.sentence.endswith("。")
        assert any(step in refusal.sentence for step in ("重拍", "重传", "再传"))


def stored(store: LocalStore) -> list[str]:
    return [path.name for path in store.folder.rglob("*") if path.is_file()]


def read(store: LocalStore, key: str) -> bytes:
    with store.open(key) as file:
        return file.read()
