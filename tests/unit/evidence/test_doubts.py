"""evidence.doubts: where a reviewer should look twice."""

import random
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from PIL import Image, ImageFilter

from fieldbook import evidence
from fieldbook.evidence import Role, Source, Spot, rules
from tests.corpus import made

from .conftest import BIN, LID, NOON, VISIT, Acting, name


@pytest.fixture
def doubted(session, acting: Acting) -> Callable[..., list[str]]:
    """The codes of the doubts about one photo that Lin names for the lid."""

    def codes(photo: evidence.PhotoNamed, *, role: Role = Role.BEFORE, offset_ms: int = 0, **known: object) -> list[str]:
        with acting(offset_ms=offset_ms) as act:
            evidence.name_photos(act, [photo], role=role, finding_id=LID)
        return [doubt.code for doubt in evidence.doubts(session, [LID], **known).get(LID, [])]

    return codes


def test_a_photo_taken_on_the_spot_in_time_raises_none(doubted) -> None:
    assert doubted(name("one"), places={LID: Spot(300_000_000, 1_110_000_000)}) == []


def test_far_from_the_place(doubted, session) -> None:
    assert doubted(name("one"), places={LID: Spot(300_040_000, 1_110_000_000)}) == ["far"]
    assert evidence.doubts(session, [LID], places={LID: Spot(300_040_000, 1_110_000_000)})[LID][0].facts["metres"] == pytest.approx(445, abs=3)


def test_a_vague_position_is_given_the_benefit_of_its_vagueness(doubted) -> None:
    near = Spot(300_000_000 + 18_500, 1_110_000_000)  # 206 m, and the phone said ± 10 m

    assert doubted(name("one"), places={LID: near}) == []


def test_no_position_and_the_position_of_no_place(doubted) -> None:
    assert doubted(name("one", at=None)) == ["no_position"]
    assert doubted(name("two", at=(0.0, 0.0))) == ["no_position", "no_position"]


def test_from_the_gallery(doubted) -> None:
    assert doubted(name("one", source=Source.GALLERY)) == ["gallery"]


def test_a_clock_far_off(doubted) -> None:
    assert doubted(name("one", taken=NOON + timedelta(hours=3))) == ["clock"]


def test_a_clock_far_off_by_a_known_amount(doubted) -> None:
    assert doubted(name("one", taken=NOON + timedelta(hours=3)), offset_ms=-4 * 3_600_000) == ["clock"]


def test_the_cameras_own_time_says_otherwise(doubted) -> None:
    taken = NOON - timedelta(minutes=5)  # 11:55 in China

    assert doubted(name("one", taken=taken, exif={"DateTimeOriginal": "2026:05:12 11:50:00"})) == []
    assert doubted(name("two", taken=taken, exif={"DateTimeOriginal": "2026:05:11 11:50:00"})) == ["exif_clock"]


@pytest.mark.parametrize("said", ["", "0000:00:00 00:00:00", "2026:13:45 99:99:99", "yesterday", "1" * 100])
def test_a_camera_that_talks_nonsense_is_not_believed(said: str) -> None:
    assert rules.exif_moment({"DateTimeOriginal": said, "OffsetTimeOriginal": "+99:99"}) is None


def test_an_after_photo_from_before_the_assignment(doubted) -> None:
    assigned = {LID: NOON - timedelta(minutes=1)}

    assert doubted(name("one"), role=Role.AFTER, assigned_at=assigned) == ["before_assigned"]
    assert doubted(name("two"), role=Role.BEFORE, assigned_at=assigned) == ["before_assigned"]  # still only the first


def test_two_places_too_far_apart_for_the_time_between(doubted, acting: Acting) -> None:
    with acting() as act:
        evidence.name_photos(act, [name("there", at=(30.5, 111.0), taken=NOON - timedelta(minutes=9))], role=Role.VIEW, visit_id=VISIT)

    assert doubted(name("here")) == ["too_fast"]


def test_a_walk_across_the_street_is_not_a_journey(doubted, acting: Acting) -> None:
    with acting() as act:
        evidence.name_photos(act, [name("there", at=(30.002, 111.0), taken=NOON - timedelta(minutes=5))], role=Role.VIEW, visit_id=VISIT)

    assert doubted(name("here")) == []


def test_dark_and_blurred(session, settled: Callable[..., str]) -> None:
    settled(made.jpeg(Image.new("RGB", (640, 480), (9, 9, 9))), finding=LID)
    settled(made.jpeg(made.scene(3).filter(ImageFilter.GaussianBlur(4))), finding=BIN)

    found = evidence.doubts(session, [LID, BIN])
    assert [doubt.code for doubt in found[LID]] == ["dark"]
    assert [doubt.code for doubt in found[BIN]] == ["blurred"]


def test_the_same_photo_for_another_finding(session, arrived: Callable[..., str]) -> None:
    sha256 = arrived(made.jpeg(), finding=LID)
    arrived(made.jpeg(), finding=BIN, after=timedelta(days=1))

    found = evidence.doubts(session, [LID, BIN])

    assert LID not in found  # the first use is innocent
    assert [(doubt.code, doubt.facts["finding"], doubt.facts["sha256"]) for doubt in found[BIN]] == [("copy", str(LID), sha256)]


def test_one_photo_that_shows_two_things_at_one_visit_is_no_re_use(session, arrived: Callable[..., str]) -> None:
    arrived(made.jpeg(), finding=LID, visit=VISIT)
    arrived(made.jpeg(), finding=BIN, visit=VISIT, after=timedelta(seconds=1))

    assert evidence.doubts(session, [LID, BIN]) == {}


@pytest.mark.parametrize(("change", "code"), [("halved", "near_copy"), ("mirrored", "mirrored_copy")])
def test_an_old_photo_in_another_dress(session, settled: Callable[..., str], change: str, code: str) -> None:
    base = made.scene(5, (1280, 960))
    settled(made.jpeg(base), finding=LID)
    settled(made.altered(base)[change], finding=BIN, role=Role.AFTER, after=timedelta(days=1))

    found = evidence.doubts(session, [LID, BIN])

    assert LID not in found
    assert [doubt.code for doubt in found[BIN]] == [code]


def test_the_copy_is_told_even_when_its_bytes_came_first(session, settled: Callable[..., str], arrived: Callable[..., str], acting: Acting) -> None:
    base = made.scene(5, (1280, 960))
    with acting() as act:
        evidence.name_photos(act, [name(made.jpeg(base))], role=Role.BEFORE, finding_id=LID)
    settled(made.altered(base)["re-encoded"], finding=BIN, after=timedelta(days=1))

    settled(made.jpeg(base), finding=LID)

    found = evidence.doubts(session, [LID, BIN])
    assert [doubt.code for doubt in found[BIN]] == ["near_copy"]
    assert LID not in found


@pytest.mark.parametrize("change", [None, "re-encoded", "brightened"])
def test_after_equals_before(session, settled: Callable[..., str], change: str | None) -> None:
    base = made.scene(6, (1280, 960))
    settled(made.jpeg(base), role=Role.BEFORE)
    settled(made.altered(base)[change] if change else made.jpeg(base), role=Role.AFTER, after=timedelta(days=1))

    assert [doubt.code for doubt in evidence.doubts(session, [LID])[LID]] == ["same_as_before"]


def test_two_photos_of_one_thing_may_look_alike(session, settled: Callable[..., str]) -> None:
    base = made.scene(6, (1280, 960))
    settled(made.jpeg(base), role=Role.BEFORE)
    settled(made.altered(base)["brightened"], role=Role.BEFORE)

    assert evidence.doubts(session, [LID]) == {}


def test_every_doubt_has_its_sentence() -> None:
    facts = dict.fromkeys(("bits", "metres", "accuracy_m", "minutes", "kmh"), 1)

    assert all(sentence.format(**facts).endswith("。") for sentence in evidence.DOUBT_SENTENCES.values())


@pytest.mark.parametrize("flips", range(8))
def test_seven_bits_apart_is_always_found_by_the_bands(flips: int) -> None:
    chance = random.Random(flips)
    for _ in range(200):
        one = chance.getrandbits(64) - (1 << 63)
        other = one
        for bit in chance.sample(range(64), flips):
            other ^= 1 << bit if bit < 63 else -(1 << 63)

        assert rules.bits_apart(one, other) == flips
        assert any(band in rules.near_bands(wanted) for band, wanted in zip(rules.bands(other), rules.bands(one), strict=True))


def test_a_finding_without_photos_has_no_doubts(session) -> None:
    assert evidence.doubts(session, [UUID(int=77)]) == {}
    assert evidence.doubts(session, []) == {}
