"""Positions from the maps people use, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fieldbook import places
from fieldbook.places import Datum

LAT = some.integers(180_000_000, 530_000_000)
LON = some.integers(740_000_000, 1_340_000_000)
#: half a metre, in units of 10^-7 degrees (11 mm of latitude)
HALF_A_METRE = 45


@given(LAT, LON, some.sampled_from(Datum))
def test_there_and_back_is_the_same_to_half_a_metre(lat: int, lon: int, datum: Datum):
    back = places.to_wgs84(*places.from_wgs84(lat, lon, datum), datum)

    assert max(abs(back[0] - lat), abs(back[1] - lon)) <= HALF_A_METRE


def test_the_shifts_are_those_that_the_maps_make():
    # the numbers that published converters give for the same point of Beijing
    assert places.from_wgs84(399_087_000, 1_163_975_000, Datum.GCJ02) == pytest.approx((399_101_035, 1_164_037_436), abs=20)
    assert places.from_wgs84(399_087_000, 1_163_975_000, Datum.BD09) == pytest.approx((399_164_427, 1_164_101_166), abs=20)


@pytest.mark.parametrize("datum", Datum)
@pytest.mark.parametrize("spot", [(485_000_000, 20_000_000), (-338_000_000, 1_512_000_000), (0, 0)])
def test_outside_china_nothing_was_ever_shifted(spot: tuple[int, int], datum: Datum):
    assert places.to_wgs84(*spot, datum) == spot
    assert places.from_wgs84(*spot, datum) == spot


@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.CGCS2000])
def test_cgcs2000_counts_as_wgs84(datum: Datum):
    assert places.to_wgs84(315_500_000, 1_184_800_000, datum) == (315_500_000, 1_184_800_000)


@pytest.mark.parametrize(
    "text",
    [
        "31.55,118.48",
        "118.48，31.55",
        " 118.4800 31.5500 ",
        "31°33′00″N 118°28′48″E",
        "北纬31度33分，东经118度28分48秒",
        "31°33'0\" 118°28'48\"",
        "E118.48 N31.55",
        "纬度：31.55 经度：118.48",
        "(31.55, 118.48)",
    ],
)
def test_a_position_is_read_however_it_was_copied(text: str):
    assert places.read_position(text) == (315_500_000, 1_184_800_000)


@pytest.mark.parametrize("text", ["", "城南", "31.55", "31.55,118.48,3", "N31.55 N118.48", "95,200", "31.55 m, 118.48 m"])
def test_what_is_no_position_is_not_guessed_at(text: str):
    assert places.read_position(text) is None


@given(some.text(max_size=40))
def test_no_text_breaks_the_reader(text: str):
    spot = places.read_position(text)

    assert spot is None or (abs(spot[0]) <= 900_000_000 and abs(spot[1]) <= 1_800_000_000)


def test_a_position_is_written_with_six_places():
    assert places.written(315_500_000, 1_184_800_004) == "31.550000, 118.480000"
    assert places.written(-5, 10_000_000) == "-0.000001, 1.000000"
