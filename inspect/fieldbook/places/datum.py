"""Positions in the datums of China's maps, to and from WGS-84. Pure.

Satellites and phones say WGS-84. 高德 and 腾讯 give GCJ-02, 百度 gives BD-09; 天地图 and surveys give CGCS2000, which
differs from WGS-84 by centimetres and counts as the same here. Mixing them moves a place by 100 to 700 metres.

The formula of GCJ-02 was never published officially. This is the one everybody uses: the polynomial on the Krasovsky 1940
ellipsoid as known from github.com/googollee/eviltransform (MIT) and described at en.wikipedia.org/wiki/Restrictions_on_geographic_data_in_China;
BD-09 is a turn and a stretch of GCJ-02 on top. Neither has an inverse in closed form: it is found by correcting a guess until
it lands where it should, so that there and back is the same to a few millimetres.

Positions are integers, degrees × 10^7, at every edge; floats live only in here.
"""

import re
from collections.abc import Callable, Sequence
from math import atan2, cos, floor, pi, sin, sqrt

from .model import Datum

_SCALE = 10_000_000
#: Krasovsky 1940: semi-major axis in metres, and the first eccentricity squared
_AXIS, _EE = 6378245.0, 0.00669342162296594323
_BAIDU = pi * 3000.0 / 180.0

Degrees = tuple[float, float]


def to_wgs84(lat_e7: int, lon_e7: int, datum: Datum) -> tuple[int, int]:
    """(lat_e7, lon_e7) in WGS-84 of a position given in `datum`; outside China nothing was ever shifted."""
    return _shifted(lat_e7, lon_e7, _BACK.get(Datum(datum)))


def from_wgs84(lat_e7: int, lon_e7: int, datum: Datum) -> tuple[int, int]:
    """(lat_e7, lon_e7) in `datum` of a position given in WGS-84."""
    return _shifted(lat_e7, lon_e7, _THERE.get(Datum(datum)))


def is_in_china(lat_e7: int, lon_e7: int) -> bool:
    """Whether the shift applies: roughly, by a box, as the maps do it."""
    return 72.004 <= lon_e7 / _SCALE <= 137.8347 and 0.8293 <= lat_e7 / _SCALE <= 55.8271


def _shifted(lat_e7: int, lon_e7: int, shift: Callable[[float, float], Degrees] | None) -> tuple[int, int]:
    if shift is None or not is_in_china(lat_e7, lon_e7):
        return lat_e7, lon_e7
    lat, lon = shift(lat_e7 / _SCALE, lon_e7 / _SCALE)
    return floor(lat * _SCALE + 0.5), floor(lon * _SCALE + 0.5)


def _wave(x: float, *parts: tuple[float, float]) -> float:
    return sum(height * sin(x * pi * pace) for height, pace in parts) * 2 / 3


def _gcj(lat: float, lon: float) -> Degrees:
    x, y = lon - 105.0, lat - 35.0
    short = _wave(x, (20.0, 6.0), (20.0, 2.0))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + short
    north += _wave(y, (20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + short
    east += _wave(x, (20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30))
    turn = lat * pi / 180
    magic = 1 - _EE * sin(turn) ** 2
    meridian = _AXIS * (1 - _EE) / (magic * sqrt(magic))
    return lat + north * 180 / (meridian * pi), lon + east * 180 / (_AXIS / sqrt(magic) * cos(turn) * pi)


def _bd_of_gcj(lat: float, lon: float) -> Degrees:
    far = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * _BAIDU)
    turn = atan2(lat, lon) + 0.000003 * cos(lon * _BAIDU)
    return far * sin(turn) + 0.006, far * cos(turn) + 0.0065


def _bd(lat: float, lon: float) -> Degrees:
    return _bd_of_gcj(*_gcj(lat, lon))


def _inverse(there: Callable[[float, float], Degrees]) -> Callable[[float, float], Degrees]:
    def back(lat: float, lon: float) -> Degrees:
        guess = lat, lon
        for _ in range(12):
            landed = there(*guess)
            off = lat - landed[0], lon - landed[1]
            guess = guess[0] + off[0], guess[1] + off[1]
            if abs(off[0]) < 1e-9 and abs(off[1]) < 1e-9:
                break
        return guess

    return back


_THERE: dict[Datum, Callable[[float, float], Degrees]] = {Datum.GCJ02: _gcj, Datum.BD09: _bd}
_BACK = {datum: _inverse(there) for datum, there in _THERE.items()}


# ---- positions as people write them

_PART = re.compile(r"([NSEW北南东西]?)[纬经]?\s*(-?\d{1,3}(?:\.\d+)?)\s*(?:[°度]\s*(?:(\d{1,2}(?:\.\d+)?)\s*[′'分]\s*)?(?:(\d{1,2}(?:\.\d+)?)\s*(?:[″\"秒]|''))?)?\s*([NSEW]?)", re.IGNORECASE)
_SIGNS = {"，": ",", "、": ",", "；": ",", ";": ",", "：": " ", ":": " ", "’": "'", "‘": "'", "”": '"', "“": '"', "＂": '"', "º": "°", "˚": "°", "．": ".", "\u3000": " ", "纬度": "北纬", "经度": "东经", "北北": "北", "东东": "东"}


def read_position(text: str) -> tuple[int, int] | None:
    """(lat_e7, lon_e7) of a position as it is pasted: "31.55,118.48", "118.48 31.55", 31°33′00″N 118°28′48″E, 北纬31度33分，东经118度28分.

    Two bare numbers are told apart by their size: a latitude of China is at most 56, a longitude at least 72. None when it is no position.
    """
    for sign, plain in _SIGNS.items():
        text = text.replace(sign, plain)
    parts = [part for part in _PART.finditer(text.strip()) if part.group(2)]
    left = _PART.sub("", text).strip(" ,/()（）")
    if len(parts) != 2 or left:
        return None
    a, axis_a, over = _degrees(parts[0], "")
    b, axis_b, over = _degrees(parts[1], over)
    if over or axis_a == axis_b != "":
        return None
    if axis_a == "lon" or axis_b == "lat" or (not axis_a and not axis_b and abs(a) > 56 >= abs(b)):
        a, b = b, a
    if abs(a) > 90 or abs(b) > 180:
        return None
    return floor(a * _SCALE + 0.5), floor(b * _SCALE + 0.5)


def _degrees(part: re.Match[str], side: str) -> tuple[float, str, str]:
    """(degrees, lat or lon or nothing, the letter behind that belongs to the next figure)."""
    before, whole, minutes, seconds, after = part.groups()
    own = (side or before or after).upper()
    value = abs(float(whole)) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    down = whole.startswith("-") or (bool(own) and own in "SW南西")
    axis = "" if not own else "lat" if own in "NS北南" else "lon"
    return -value if down else value, axis, after if side or before else ""


def bounds_of(one: tuple[int, int], other: tuple[int, int]) -> list[int]:
    """[south, west, north, east] of the rectangle between two corners, whichever they are."""
    (lat, lon), (lat2, lon2) = one, other
    return [min(lat, lat2), min(lon, lon2), max(lat, lat2), max(lon, lon2)]


def nearest_within(bounds: Sequence[int], lat_e7: int, lon_e7: int) -> tuple[int, int]:
    """The position of a rectangle that lies nearest to this one: itself, when it lies within."""
    south, west, north, east = bounds
    return min(max(lat_e7, south), north), min(max(lon_e7, west), east)


def written(lat_e7: int, lon_e7: int) -> str:
    """A position as it is shown: 31.550000, 118.480000 (six places, a decimetre)."""

    def figure(e7: int) -> str:
        micro = floor(abs(e7) / 10 + 0.5)
        return f"{'-' if e7 < 0 else ''}{micro // 1_000_000}.{micro % 1_000_000:06d}"

    return f"{figure(lat_e7)}, {figure(lon_e7)}"
