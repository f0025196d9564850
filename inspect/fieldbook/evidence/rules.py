"""What makes a photo doubtful. Pure: no session, no clock, no pixel.

A doubt 疑点 never refuses anything: it tells the reviewer where to look.
"""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from .model import Source

#: bits of 64 that differ between copies of one picture; unrelated pictures were 14 apart or more
NEAR_BITS = 7
#: before and after are meant to be taken from one spot, so only a copy of the very file counts
SAME_BITS = 3
FAR_M = 200
CLOCK_ODD = timedelta(minutes=15)
FASTEST_KMH = 150
#: positions closer than this tell nothing about speed
SHORTEST_JUMP_M = 500
DARKEST_LUMA = 35
#: percent; sharp photos gave 19 to 225, out-of-focus ones (blurred over 2 to 4 pixels of 1600) 1 to 6
LEAST_SHARPNESS = 8
#: heavy blur leaves only what the JPEG itself adds, which is fine but little: 2 to 7
LEAST_DETAIL = 8
CHINA = timezone(timedelta(hours=8))

#: what each doubt says to the reviewer; `{fact}` marks are filled from its facts
SENTENCES = {
    "copy": "这张照片以前用过，一个字节都不差。",
    "near_copy": "这张照片与以前的一张几乎一样（{bits}/64 处不同）。",
    "mirrored_copy": "这张照片是以前一张左右翻转的样子（{bits}/64 处不同）。",
    "same_as_before": "整改后的照片就是整改前的那一张。",
    "before_assigned": "这张整改后的照片拍在交办之前。",
    "far": "拍照位置离点位 {metres} 米（定位精度 ±{accuracy_m} 米）。",
    "no_position": "拍照时没有定位，位置未核实。",
    "gallery": "照片选自相册，不是当场拍的。",
    "clock": "手机时钟差 {minutes} 分钟，拍照时间以服务器为准。",
    "exif_clock": "照片自带的时间与拍照时间差 {minutes} 分钟。",
    "too_fast": "距上一张照片的移动速度 {kmh} km/h，不合常理。",
    "dark": "照片太暗，看不清。",
    "blurred": "照片模糊，看不清。",
}


class Doubt(NamedTuple):
    """One reason to look twice at one photo. facts: ints and text, always with `sha256`."""

    code: str
    facts: dict[str, int | str]


class Spot(NamedTuple):
    """A position: degrees × 10^7, WGS-84."""

    lat_e7: int
    lon_e7: int


class Shot(NamedTuple):
    """What is known of one photo as it was named and as it was decoded; None where it is not known."""

    sha256: str
    taken_at: datetime
    claimed_at: datetime
    source: Source
    lat_e7: int | None
    lon_e7: int | None
    accuracy_m: int | None
    jump_kmh: int | None
    exif_at: datetime | None
    luma: int | None
    detail: int | None
    sharpness: int | None


def of_shot(shot: Shot, *, place: Spot | None = None, assigned_at: datetime | None = None, far_m: int = FAR_M) -> list[Doubt]:
    """The doubts that a photo raises by itself.

    place: where the finding's place lies. assigned_at: for an after photo, when the finding was assigned.
    far_m: metres from the place that are worth a look, as the county has settled.
    """
    found: list[tuple[str, dict[str, int | str]]] = []
    spot = position(shot.lat_e7, shot.lon_e7)
    if spot is None:
        found.append(("no_position", {}))
    elif place is not None:
        metres = apart_m(spot, place)
        if metres > far_m + (shot.accuracy_m or 0):
            found.append(("far", {"metres": metres, "accuracy_m": shot.accuracy_m or 0}))
    if shot.source is Source.GALLERY:
        found.append(("gallery", {}))
    if abs(shot.taken_at - shot.claimed_at) > CLOCK_ODD:
        found.append(("clock", {"minutes": _minutes(shot.taken_at - shot.claimed_at)}))
    if shot.exif_at is not None and abs(shot.exif_at - shot.claimed_at) > CLOCK_ODD:
        found.append(("exif_clock", {"minutes": _minutes(shot.exif_at - shot.claimed_at)}))
    if assigned_at is not None and shot.taken_at < assigned_at:
        found.append(("before_assigned", {}))
    if shot.jump_kmh is not None:
        found.append(("too_fast", {"kmh": shot.jump_kmh}))
    if shot.luma is not None and shot.luma < DARKEST_LUMA:
        found.append(("dark", {"luma": shot.luma}))
    elif shot.sharpness is not None and shot.detail is not None and (shot.sharpness < LEAST_SHARPNESS or shot.detail < LEAST_DETAIL):
        found.append(("blurred", {"sharpness": shot.sharpness, "detail": shot.detail}))
    return [Doubt(code, {"sha256": shot.sha256, **facts}) for code, facts in found]


def position(lat_e7: int | None, lon_e7: int | None) -> Spot | None:
    """Where a photo was taken; None when it is not known. 0, 0 is what a phone without a position says, not a place."""
    if lat_e7 is None or lon_e7 is None or (lat_e7 == 0 and lon_e7 == 0):
        return None
    return Spot(lat_e7, lon_e7)


def apart_m(one: Spot, other: Spot) -> int:
    """Metres between two positions on a round earth; right to half a percent."""
    lat_1, lon_1, lat_2, lon_2 = (math.radians(value / 1e7) for value in (*one, *other))
    half = math.sin((lat_2 - lat_1) / 2) ** 2 + math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2
    return round(2 * 6_371_000 * math.asin(min(1.0, math.sqrt(half))))


def jump_kmh(one: Spot, at: datetime, other: Spot, other_at: datetime, *, accuracy_m: int = 0) -> int | None:
    """The speed between two photos of one person, when it is beyond what roads allow; else None."""
    metres = apart_m(one, other) - accuracy_m
    if metres < SHORTEST_JUMP_M:
        return None
    seconds = max(abs((other_at - at).total_seconds()), 1.0)
    speed = round(metres / seconds * 3.6)
    return speed if speed > FASTEST_KMH else None


def exif_moment(exif: dict[str, str]) -> datetime | None:
    """When the camera says the photo was taken; Chinese time where it names no zone. None for what is no date."""
    said, zone = exif.get("DateTimeOriginal", ""), exif.get("OffsetTimeOriginal", "")
    try:
        moment = datetime.strptime(said[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  the zone stands apart
        offset = datetime.strptime(zone, "%z").tzinfo if zone else CHINA
        return moment.replace(tzinfo=offset or CHINA).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def bits_apart(one: int, other: int) -> int:
    """How many of 64 bits differ between two signed hashes."""
    return ((one ^ other) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()


def bands(dhash: int) -> tuple[int, int, int, int]:
    """A hash in four parts of 16 bits."""
    return tuple(dhash >> shift & 0xFFFF for shift in (48, 32, 16, 0))  # type: ignore[return-value]


def near_bands(band: int) -> Sequence[int]:
    """The band and all that differ from it in one bit.

    Two hashes at most 7 bits apart have at least one of their four bands at most one bit apart, so looking up
    these finds every near copy without reading the rest.
    """
    return [band, *(band ^ 1 << bit for bit in range(16))]


def _minutes(apart: timedelta) -> int:
    return round(apart.total_seconds() / 60)
