"""evidence.Decoder: one child that turns photos into copies for the eye, and may die of a photo without harm to others."""

import io
import os
import signal

import psutil
import pytest
from PIL import Image

from fieldbook.evidence import Decoder, DecoderWontStart, PhotoState
from fieldbook.evidence import decoder as room
from tests.corpus import made


@pytest.mark.parametrize("name", made.GOOD)
def test_a_photo_becomes_two_copies_without_metadata(decoder: Decoder, name: str) -> None:
    outcome = decoder.check(made.GOOD[name]())

    assert outcome.verdict is PhotoState.CHECKED
    assert (outcome.width, outcome.height) == (640, 480)
    for copy, longest in ((outcome.small, 320), (outcome.large, 640)):
        with Image.open(io.BytesIO(copy)) as picture:
            picture.load()
            assert (picture.format, picture.mode, max(picture.size)) == ("JPEG", "RGB", longest)
            assert not picture.getexif()
            assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"alert" not in copy


@pytest.mark.parametrize("name", made.DAMAGED)
def test_what_only_the_pixels_show_is_damaged(decoder: Decoder, name: str) -> None:
    outcome = decoder.check(made.DAMAGED[name]())

    assert outcome.verdict is PhotoState.DAMAGED
    assert outcome.small == outcome.large == b""


@pytest.mark.parametrize("orientation", range(1, 10))
def test_the_copies_stand_upright(decoder: Decoder, orientation: int) -> None:
    # what a camera held in each way writes: the upright picture turned back
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    upright = made.scene(size=(640, 480))
    held = upright.transpose(Image.Transpose(undo[orientation])) if orientation in undo else upright

    outcome = decoder.check(made.with_rotation(held, orientation))

    assert (outcome.width, outcome.height) == (640, 480)
    assert outcome.dhash == decoder.check(made.jpeg(upright)).dhash
    assert b"Fieldbook corpus" not in outcome.large


def test_a_large_photo_is_shown_at_most_1280_long(decoder: Decoder) -> None:
    for size in ((1600, 1200), (1281, 300), (300, 5000), (12_000, 240)):
        outcome = decoder.check(made.jpeg(made.scene(size=size)))

        assert (outcome.width, outcome.height) == size
        with Image.open(io.BytesIO(outcome.large)) as large, Image.open(io.BytesIO(outcome.small)) as small:
            assert max(large.size) <= 1280
            assert max(small.size) <= 320


def test_a_dark_photo_is_dark_and_a_sharp_one_sharp(decoder: Decoder) -> None:
    dark = decoder.check(made.jpeg(Image.new("RGB", (640, 480), (9, 9, 9))))
    sharp = decoder.check(made.jpeg())

    assert dark.luma is not None
    assert dark.luma < 20
    assert dark.dhash is None  # a picture that shows nothing is like no other
    assert sharp.luma is not None
    assert sharp.luma > 60


def test_a_photo_that_kills_the_decoder_is_damaged_and_its_neighbours_are_not() -> None:
    bomb = made.other("PNG", Image.new("RGB", (7000, 7000)))  # 49 megapixels from 150 kB; 150 MB unpacked

    with Decoder(memory_bytes=300 * 1024 * 1024) as decoder:
        outcomes = [decoder.check(data) for data in (made.jpeg(), bomb, made.jpeg(), bomb, made.jpeg())]

    assert [outcome.verdict.value for outcome in outcomes] == ["checked", "damaged", "checked", "damaged", "checked"]


def test_a_photo_that_takes_for_ever_is_damaged_in_bounded_time() -> None:
    slow = made.many_scans(30_000)  # far past what the door lets in

    with Decoder(cpu_seconds=1, wall_seconds=1.0) as decoder:
        slow_outcome, next_outcome = decoder.check(slow), decoder.check(made.jpeg())

    assert slow_outcome.verdict is PhotoState.DAMAGED
    assert next_outcome.verdict is PhotoState.CHECKED


def test_a_decoder_killed_from_outside_is_replaced_and_the_photo_is_seen() -> None:
    with Decoder() as decoder:
        decoder.check(made.jpeg())
        first = decoder.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)

        outcome = decoder.check(made.jpeg())

        assert outcome.verdict is PhotoState.CHECKED
        assert decoder.pid != first


def test_a_decoder_leaves_after_its_life_and_nothing_is_lost() -> None:
    with Decoder(life_photos=2) as decoder:
        seen = [(decoder.check(made.jpeg()).verdict, decoder.pid) for _ in range(5)]

    assert {verdict for verdict, _ in seen} == {PhotoState.CHECKED}
    assert len({pid for _, pid in seen}) == 3


def test_an_installation_without_a_decoder_blames_no_photo(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(room, "CHILD", tmp_path / "not-here.py")

    with Decoder() as decoder, pytest.raises(DecoderWontStart):
        decoder.check(made.jpeg())


def test_the_child_is_poor_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDBOOK_SECRET", "do not hand me on")

    with Decoder() as decoder:
        for _ in range(10):
            decoder.check(made.jpeg(made.scene(size=(1600, 1200))))
        child = psutil.Process(decoder.pid)

        assert child.environ() == {}
        assert child.nice() >= 10
        assert child.rlimit(psutil.RLIMIT_AS)[0] == 1 << 30
        assert child.rlimit(psutil.RLIMIT_FSIZE)[0] == 0
        assert child.rlimit(psutil.RLIMIT_CORE)[0] == 0
        assert child.rlimit(psutil.RLIMIT_NOFILE)[0] == 16
        assert child.memory_full_info().pss < 120 * 1024 * 1024


def test_nobody_is_left_when_the_asker_is_done() -> None:
    decoder = Decoder()
    decoder.check(made.jpeg())
    pid = decoder.pid

    decoder.close()
    decoder.close()

    assert pid is not None
    assert not psutil.pid_exists(pid)
