"""evidence.examine: what is a photo, told by its bytes alone."""

import time

import pytest
from PIL import Image

from fieldbook import evidence
from fieldbook.kernel import Refusal
from tests.corpus import made


@pytest.mark.parametrize("name", made.GOOD)
def test_a_photo_passes_with_its_size(name: str) -> None:
    data = made.GOOD[name]()

    shape = evidence.examine(data)

    assert (shape.width, shape.height) == (640, 480)


@pytest.mark.parametrize("name", made.REFUSED)
def test_what_is_no_photo_is_refused_with_a_reason(name: str) -> None:
    code, make = made.REFUSED[name]
    data = make()

    with pytest.raises(Refusal) as refused:
        evidence.examine(data)

    assert refused.value.code == code


def test_a_photo_cut_anywhere_is_never_taken_for_a_whole_one() -> None:
    for kind, data in {"jpeg": made.jpeg(), "png": made.other("PNG"), "webp": made.other("WEBP"), "heic": made.heic()}.items():
        for end in range(0, len(data) - 1, max(1, len(data) // 150)):
            assert code_of(data[:end]) in ("evidence.damaged", "evidence.not_a_photo"), f"{kind} cut at {end} of {len(data)}"


def test_any_flipped_byte_gives_a_shape_or_a_refusal_and_nothing_else() -> None:
    for data in (made.jpeg(), made.other("PNG"), made.other("WEBP"), made.heic()):
        for at in range(min(len(data), 700)):
            changed = bytearray(data)
            changed[at] ^= 0xFF

            assert code_of(bytes(changed)).startswith("evidence.")


def test_what_hangs_behind_the_picture_is_counted() -> None:
    data = made.jpeg() + b"a clip"

    assert evidence.examine(data).tail_bytes == 6


def test_a_photo_of_four_megabytes_is_read_in_a_moment() -> None:
    data = made.jpeg(Image.effect_noise((2800, 2000), 60), quality=90)

    best = min(_seconds(data) for _ in range(5))

    assert len(data) > 3_000_000
    assert best < 0.010  # 2 ms on a quiet machine; the bench says it exactly


def code_of(data: bytes) -> str:
    try:
        evidence.examine(data)
    except Refusal as refusal:
        return refusal.code
    return "evidence.fine"


def _seconds(data: bytes) -> float:
    start = time.perf_counter()
    evidence.examine(data)
    return time.perf_counter() - start
