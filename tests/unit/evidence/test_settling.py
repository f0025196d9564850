"""evidence.check and settle: what the decoder saw becomes the photo's state, its copies, and what it looks like."""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from fieldbook import evidence, journal
from fieldbook.evidence import Decoder, LocalStore, Outcome, PhotoState, Role
from tests.corpus import made

from .conftest import BIN, LID, ZONE, Acting, name, told


def test_a_checked_photo_has_its_copies_and_leaves_the_queue(session, store: LocalStore, settled: Callable[..., str]) -> None:
    sha256 = settled(made.jpeg())

    assert evidence.states(session, [sha256]) == {sha256: PhotoState.CHECKED}
    assert store.has(f"{sha256}.small")
    assert store.has(f"{sha256}.large")
    assert evidence.next_waiting(session) == []
    assert told(session) == [("photo.received", LID), ("photo.checked", LID)]


def test_a_damaged_photo_is_said_to_be_so_and_shows_nothing(session, store: LocalStore, settled: Callable[..., str]) -> None:
    sha256 = settled(made.broken_pixels())

    assert evidence.states(session, [sha256]) == {sha256: PhotoState.DAMAGED}
    assert store.has(sha256)
    assert not store.has(f"{sha256}.small")
    assert told(session) == [("photo.received", LID), ("photo.damaged", LID)]


def test_settling_twice_is_settling_once(session, acting: Acting, settled: Callable[..., str]) -> None:
    sha256 = settled(made.jpeg())
    before = journal.head(session)

    with acting() as act:
        again = evidence.settle(act, sha256, Outcome(PhotoState.DAMAGED))

    assert not again
    assert journal.head(session) == before
    assert evidence.states(session, [sha256]) == {sha256: PhotoState.CHECKED}


def test_a_photo_whose_file_is_gone_can_be_sent_again(session, acting: Acting, store: LocalStore, decoder: Decoder, arrived: Callable[..., str]) -> None:
    sha256 = arrived(made.jpeg())
    store.drop(sha256)

    outcome = evidence.check(decoder, store, sha256)
    with acting() as act:
        evidence.settle(act, sha256, outcome, reach=[ZONE])

    assert evidence.states(session, [sha256]) == {sha256: PhotoState.WAITING}
    assert evidence.next_waiting(session) == []
    arrived(made.jpeg())
    assert evidence.states(session, [sha256]) == {sha256: PhotoState.ARRIVED}


def test_a_finding_can_be_judged_once_every_after_photo_is_checked(session, acting: Acting, settled: Callable[..., str], arrived: Callable[..., str]) -> None:
    assert not evidence.all_checked(session, LID, Role.AFTER)
    first = settled(made.jpeg(made.scene(1)), role=Role.AFTER)
    assert evidence.all_checked(session, LID, Role.AFTER)

    with acting() as act:
        evidence.name_photos(act, [name("on the way")], role=Role.AFTER, finding_id=LID)
    assert not evidence.all_checked(session, LID, Role.AFTER)

    with acting() as act:
        evidence.give_up(act, LID, name("on the way").sha256)
    assert evidence.all_checked(session, LID, Role.AFTER)
    assert not evidence.all_checked(session, LID, Role.BEFORE)
    assert not evidence.all_checked(session, BIN, Role.AFTER)
    assert first


def test_a_damaged_photo_of_a_round_that_was_returned_no_longer_stands_in_the_way(session, settled: Callable[..., str]) -> None:
    settled(made.broken_pixels(), role=Role.AFTER)
    assert not evidence.all_checked(session, LID, Role.AFTER)

    settled(made.jpeg(), role=Role.AFTER, after=timedelta(days=1))

    assert evidence.all_checked(session, LID, Role.AFTER)


@pytest.mark.parametrize("change", made.altered(made.scene()))
def test_a_photo_used_again_in_another_dress_is_found(session, decoder: Decoder, settled: Callable[..., str], change: str) -> None:
    base = made.scene(7, (1280, 960))
    original = settled(made.jpeg(base))
    for seed in range(20, 30):
        settled(made.jpeg(made.scene(seed)))

    outcome = decoder.check(made.altered(base)[change])
    assert outcome.dhash is not None
    assert outcome.mirror_dhash is not None
    near = evidence.near_copies(session, outcome.dhash, outcome.mirror_dhash)

    assert [copy.sha256 for copy in near] == [original]
    assert near[0].mirrored is (change == "mirrored")


def test_pictures_of_other_things_are_not_copies(session, decoder: Decoder, settled: Callable[..., str]) -> None:
    for seed in range(40, 60):
        settled(made.jpeg(made.scene(seed)))

    for seed in range(60, 80):
        outcome = decoder.check(made.jpeg(made.scene(seed)))
        assert outcome.dhash is not None
        assert outcome.mirror_dhash is not None
        assert evidence.near_copies(session, outcome.dhash, outcome.mirror_dhash) == []


def test_a_drawing_is_not_waited_for_and_is_shown_once_it_can_be_seen(
    session, acting: Acting, store: LocalStore, decoder: Decoder, settled: Callable[..., str]
) -> None:
    drawn = made.jpeg(quality=70)
    clean = name(made.jpeg())
    copy = msgspec.structs.replace(name(drawn), original_sha256=clean.sha256)
    with acting(after=timedelta(hours=1)) as act:
        evidence.name_photos(act, [clean, copy], role=Role.AFTER, finding_id=LID)

    settled(made.jpeg(), finding=BIN)
    assert evidence.all_checked(session, LID, Role.AFTER)
    assert evidence.namings(session, finding_ids=[LID])[LID][0].drawn is None

    settled(drawn, finding=BIN)
    assert evidence.namings(session, finding_ids=[LID])[LID][0].drawn == copy.sha256
    assert {doubt.facts["sha256"] for doubt in evidence.doubts(session, [LID])[LID]} == {clean.sha256}
