"""evidence.name_photos and its questions: what a command says about photos that may still be on the way."""

from datetime import timedelta

import msgspec
import pytest

from fieldbook import evidence
from fieldbook.evidence import PhotoNamed, PhotoState, Role, Source

from .conftest import BIN, EVE, EVES_PHONE, LID, LIN, LINS_PHONE, NOON, VISIT, Acting, name


def test_the_photos_of_a_finding_come_back_in_order_and_waiting(session, acting: Acting) -> None:
    with acting() as act:
        hashes = evidence.name_photos(act, [name("one"), name("two")], role=Role.BEFORE, finding_id=LID, criterion="25-3")

    photos = evidence.namings(session, finding_ids=[LID, BIN])[LID]
    assert [photo.sha256 for photo in photos] == hashes
    assert [photo.state for photo in photos] == [PhotoState.WAITING, PhotoState.WAITING]
    assert photos[0].role is Role.BEFORE
    assert photos[0].taken_at == NOON - timedelta(minutes=5)
    assert evidence.states(session, hashes) == dict.fromkeys(hashes, PhotoState.WAITING)


def test_a_photo_named_twice_in_one_breath_is_one(acting: Acting) -> None:
    with acting() as act:
        hashes = evidence.name_photos(act, [name("one"), name("one")], role=Role.BEFORE, finding_id=LID)

    assert len(hashes) == 1


def test_only_the_phone_that_named_a_photo_may_bring_it(session, acting: Acting) -> None:
    photo = name("one")
    with acting() as act:
        evidence.name_photos(act, [photo], role=Role.BEFORE, finding_id=LID)

    assert evidence.expected(session, photo.sha256, LINS_PHONE, LIN) == (True, None)
    for sha256, phone, person in ((photo.sha256, EVES_PHONE, LIN), (photo.sha256, LINS_PHONE, EVE), ("0" * 64, LINS_PHONE, LIN)):
        assert evidence.expected(session, sha256, phone, person) == (False, None)


def test_a_photo_is_first_named_only_once(acting: Acting) -> None:
    old, fresh = name("old"), name("fresh")
    with acting() as act:
        evidence.name_photos(act, [old], role=Role.BEFORE, finding_id=LID)

        assert evidence.first_named_here(act, [old, fresh]) == [fresh.sha256]
        assert evidence.first_named_here(act, []) == []


def drawn_on(photo: PhotoNamed, data: str) -> PhotoNamed:
    return msgspec.structs.replace(name(data), original_sha256=photo.sha256)


def test_a_drawing_is_shown_with_its_photo_and_holds_nothing_up(session, acting: Acting) -> None:
    photo = name("clean")
    drawing = drawn_on(photo, "with an arrow")
    with acting() as act:
        named = evidence.name_photos(act, [photo, drawing], role=Role.AFTER, finding_id=LID)
    shown = evidence.namings(session, finding_ids=[LID])[LID]

    assert named == [photo.sha256, drawing.sha256]
    assert [(one.sha256, one.drawn) for one in shown] == [(photo.sha256, None)]  # not before it can be seen
    assert [one.sha256 for one in evidence.namings_of_photo(session, drawing.sha256)] == [drawing.sha256]


def test_a_drawing_proves_nothing_by_itself(acting: Acting) -> None:
    old, fresh = name("old"), name("fresh")
    with acting() as act:
        evidence.name_photos(act, [old], role=Role.BEFORE, finding_id=LID)

        assert evidence.first_named_here(act, [drawn_on(old, "arrow")]) == []
        assert evidence.first_named_here(act, [old, drawn_on(old, "arrow")]) == []
        assert evidence.first_named_here(act, [drawn_on(fresh, "arrow"), fresh]) == [fresh.sha256]


def test_two_that_name_each_other_are_both_photos(session, acting: Acting) -> None:
    one, other = name("one"), name("other")
    circle = [drawn_on(other, "one"), drawn_on(one, "other")]
    with acting() as act:
        evidence.name_photos(act, circle, role=Role.BEFORE, finding_id=LID)

    assert len(evidence.namings(session, finding_ids=[LID])[LID]) == 2


def test_a_visit_has_the_photos_of_its_answers_and_of_its_findings(session, acting: Acting) -> None:
    with acting() as act:
        evidence.name_photos(act, [name("view")], role=Role.VIEW, visit_id=VISIT, criterion="25-1")
        evidence.name_photos(act, [name("wrong")], role=Role.BEFORE, finding_id=LID, visit_id=VISIT, criterion="25-3")

    assert {photo.sha256 for photo in evidence.namings_of_visit(session, VISIT)} == {name("view").sha256, name("wrong").sha256}
    assert evidence.subjects_of(session, name("view").sha256) == [VISIT]
    assert evidence.subjects_of(session, name("wrong").sha256) == [LID]


def test_a_clock_that_runs_wild_stops_nobody(session, acting: Acting) -> None:
    with acting() as act:
        evidence.name_photos(act, [name("one", taken=NOON + timedelta(days=4000))], role=Role.BEFORE, finding_id=LID)

    assert evidence.namings(session, finding_ids=[LID])[LID][0].taken_at <= NOON


def test_a_photo_that_will_not_come_can_be_given_up(session, acting: Acting) -> None:
    photo = name("lost")
    with acting() as act:
        evidence.name_photos(act, [photo], role=Role.AFTER, finding_id=LID)
    with acting() as act:
        done = evidence.give_up(act, LID, photo.sha256)
        again = evidence.give_up(act, LID, photo.sha256)

    assert (done, again) == (True, False)
    assert evidence.namings(session, finding_ids=[LID])[LID][0].state is PhotoState.GIVEN_UP
    assert evidence.states(session, [photo.sha256]) == {photo.sha256: PhotoState.GIVEN_UP}
    assert not evidence.all_checked(session, LID, Role.AFTER)


def test_a_cameras_whole_notebook_is_not_kept(session, acting: Acting) -> None:
    with acting() as act:
        evidence.name_photos(act, [name("one", exif={"Make": "谷歌", "UserComment": "长" * 60_000, "Model": "\x00\u2028"})], role=Role.BEFORE, finding_id=LID)

    kept = session.query(evidence.Naming).one().exif
    assert len(kept.encode()) <= 4096
    assert msgspec.json.decode(kept) == {"Make": "谷歌", "Model": "\x00\u2028"}


@pytest.mark.parametrize(
    "change",
    [{"sha256": "A" * 64}, {"sha256": "a" * 63}, {"sha256": "a" * 64 + "\n"}, {"bytes": 0}, {"width": -1}, {"taken_at": 1.5}, {"taken_at": 10**18}, {"source": "scanner"}, {"approved_by": "eve"}, {"position": {"lat_e7": 10**10, "lon_e7": 0, "accuracy_m": 1}}],
)
def test_nonsense_on_the_wire_is_refused(change: dict[str, object]) -> None:
    good = {"sha256": "a" * 64, "bytes": 300_000, "width": 1600, "height": 1200, "taken_at": 1_700_000_000_000, "source": "camera"}

    assert msgspec.convert(good, PhotoNamed).source is Source.CAMERA
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(good | change, PhotoNamed)
