"""Whether bytes are built like a photo we keep, read from their markers and boxes alone. Pure; touches no pixel.

This is the gate at the moment of arrival: it costs under 2 ms, so the phone hears at once when a
photo is no use. What only shows in the pixels is found after the receipt, by the decoder.
Every loop is bounded by a count or moves forward through the bytes, so no file can make it slow.
"""

import mmap
import re
import zlib
from collections.abc import Callable, Iterator
from struct import unpack_from
from typing import NamedTuple

from .refusals import Damaged, NotAPhoto, TooLarge, TooManyPixels, TooManyScans, TooSmall

LARGEST_BYTES = 20 * 1024 * 1024
SHORTEST_SIDE = 240
LONGEST_SIDE = 12_000
MOST_PIXELS = 50_000_000
MOST_SCANS = 64
#: segments, chunks or boxes in one file; cameras write some hundreds at most
MOST_PARTS = 10_000

Bytes = bytes | mmap.mmap


class Shape(NamedTuple):
    """What the structure says about a photo."""

    media_type: str
    width: int
    height: int
    #: bytes after the picture's end; phones put a clip or a second picture there
    tail_bytes: int


def examine(data: Bytes) -> Shape:
    """The shape of the photo in `data`, told by its bytes alone.

    Raises NotAPhoto, Damaged, TooLarge, TooSmall, TooManyPixels, TooManyScans.
    """
    if len(data) > LARGEST_BYTES:
        raise TooLarge(limit_mb=LARGEST_BYTES // 1024 // 1024)
    shape = _reader(data[:12])(data)
    if shape.width < 1 or shape.height < 1:
        raise Damaged
    if max(shape.width, shape.height) > LONGEST_SIDE or shape.width * shape.height > MOST_PIXELS:
        raise TooManyPixels(width=shape.width, height=shape.height, megapixels=MOST_PIXELS // 1_000_000, side=LONGEST_SIDE)
    if min(shape.width, shape.height) < SHORTEST_SIDE:
        raise TooSmall(width=shape.width, height=shape.height, side=SHORTEST_SIDE)
    return shape


def _reader(first: bytes) -> Callable[[Bytes], Shape]:
    if first.startswith(b"\xff\xd8\xff"):
        return _jpeg
    if first.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png
    if first[:4] == b"RIFF" and first[8:12] == b"WEBP":
        return _webp
    if first[4:8] == b"ftyp":
        return _heic
    raise NotAPhoto


#: a marker that has a meaning of its own: not a stuffed 00, not fill, not a restart between two parts of a scan
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
#: the frames a camera writes: baseline, extended, progressive
_FRAMES = {0xC0, 0xC1, 0xC2}
_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


def _jpeg(data: Bytes) -> Shape:
    width = height = -1
    scans, at, end = 0, 2, len(data)
    for _ in range(MOST_PARTS):
        found = _MARKER.search(data, at)  # skips junk between segments, as decoders do, and a scan's own bytes
        if found is None:
            raise Damaged
        code, at = data[found.start() + 1], found.end()
        if code == _EOI:
            if not scans:
                raise Damaged
            return Shape("image/jpeg", width, height, end - at)
        if code == _SOI or at + 2 > end:
            raise Damaged
        length = int.from_bytes(data[at : at + 2])
        if length < 2 or at + length > end:
            raise Damaged
        if code in _FRAMES:
            if width >= 0 or length < 8 or data[at + 2] != 8:  # a second frame, or not 8 bits a sample
                raise Damaged
            height, width = unpack_from(">HH", data, at + 3)
        elif code in _OTHER_FRAMES:
            raise NotAPhoto
        elif code == _SOS:
            scans += 1
            if width < 0:
                raise Damaged
            if scans > MOST_SCANS:
                raise TooManyScans(limit=MOST_SCANS)
        at += length
    raise Damaged


def _png(data: Bytes) -> Shape:
    if len(data) < 33 or data[8:16] != b"\x00\x00\x00\x0dIHDR" or zlib.crc32(data[12:29]) != int.from_bytes(data[29:33]):
        raise Damaged
    width, height = unpack_from(">II", data, 16)
    at, has_pixels = 33, False
    for _ in range(MOST_PARTS):
        if at + 12 > len(data):
            raise Damaged
        length, kind = unpack_from(">I4s", data, at)
        at += 12 + length
        if at > len(data) or not kind.isalpha() or kind == b"IHDR":
            raise Damaged
        if kind == b"IDAT":
            has_pixels = True
        elif kind == b"IEND":
            if not has_pixels:
                raise Damaged
            return Shape("image/png", width, height, len(data) - at)
    raise Damaged


def _webp(data: Bytes) -> Shape:
    end = int.from_bytes(data[4:8], "little") + 8
    if end > len(data):
        raise Damaged
    canvas: tuple[int, int] | None = None
    at = 12
    for _ in range(MOST_PARTS):
        if at + 8 > end:
            raise Damaged  # no picture chunk
        kind, length = unpack_from("<4sI", data, at)
        body, at = at + 8, at + 8 + length + (length & 1)
        if body + length > end:
            raise Damaged
        if kind == b"VP8X" and length >= 10 and canvas is None:
            if data[body] & 0x02:
                raise NotAPhoto  # moving pictures show no one moment
            canvas = (int.from_bytes(data[body + 4 : body + 7], "little") + 1, int.from_bytes(data[body + 7 : body + 10], "little") + 1)
        elif kind in (b"VP8 ", b"VP8L"):
            size = _webp_size(kind, data[body : body + min(length, 10)])
            if canvas not in (None, size):
                raise Damaged
            return Shape("image/webp", *size, len(data) - end)
    raise Damaged


def _webp_size(kind: bytes, head: bytes) -> tuple[int, int]:
    if kind == b"VP8L" and len(head) >= 5 and head[0] == 0x2F:
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and len(head) >= 10 and not head[0] & 1 and head[3:6] == b"\x9d\x01\x2a":
        width, height = unpack_from("<HH", head, 6)
        return width & 0x3FFF, height & 0x3FFF
    raise Damaged


#: HEVC still pictures; AVIF shares the container and is not on the list
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
_AVIF_BRANDS = {b"avif", b"avis"}
#: boxes that hold other boxes on the way to the sizes, and the bytes before the first of them
_HOLDERS = {b"meta": 4, b"iprp": 0, b"ipco": 0}


def _heic(data: Bytes) -> Shape:
    top = list(_boxes(data, 0, len(data)))
    _, start, stop = top[0]
    brands = {bytes(data[at : at + 4]) for at in (start, *range(start + 8, min(stop, start + 512) - 3, 4))}
    if brands & _AVIF_BRANDS or not brands & _HEIC_BRANDS:
        raise NotAPhoto
    sizes = [size for kind, start, stop in top if kind == b"meta" for size in _sizes(data, start, stop)]
    if not sizes:
        raise Damaged
    # thumbnails, tiles, depth and gain maps are all smaller than the picture they belong to
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return Shape("image/heic", width, height, 0)


def _sizes(data: Bytes, start: int, stop: int) -> Iterator[tuple[int, int]]:
    waiting = [(start + _HOLDERS[b"meta"], stop)]
    while waiting:
        for kind, start, stop in _boxes(data, *waiting.pop()):
            if kind in _HOLDERS:
                waiting.append((start + _HOLDERS[kind], stop))
            elif kind == b"ispe" and stop - start >= 12:
                yield unpack_from(">II", data, start + 4)


def _boxes(data: Bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes between `at` and `end`: kind, where the content begins, where it stops. Raises Damaged where one is cut off."""
    for _ in range(MOST_PARTS):
        if at == end:
            return
        if at + 8 > end:
            raise Damaged
        length, kind = unpack_from(">I4s", data, at)
        body = at + 8
        if length == 1 and at + 16 <= end:
            (length,) = unpack_from(">Q", data, body)
            body += 8
        stop = at + length if length else end
        if stop < body or stop > end:
            raise Damaged
        yield kind, body, stop
        at = stop
    raise Damaged
