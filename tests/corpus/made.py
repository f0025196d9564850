"""Photos and things that only look like photos, made on the spot: a small corpus of our own.

`GOOD` are kept, `REFUSED` are refused at the door by their structure, `DAMAGED` only show themselves to the decoder.
"""

import io
import struct
import zlib
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

GPS_MAKER = "Fieldbook corpus"


def scene(seed: int = 1, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture with sky, ground and things in it; the same seed gives the same picture, another an unrelated one."""
    width, height = size
    rolled = _rolls(seed)
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for _ in range(24):
        x, y, w, h = (next(rolled) for _ in range(4))
        box = (x * width // 256 - width // 6, y * height // 256 - height // 6, x * width // 256 + w * width // 700, y * height // 256 + h * height // 700)
        draw.rectangle((min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])), fill=(next(rolled), next(rolled), next(rolled)))
    return picture


def _rolls(seed: int):
    state = seed * 2654435761 % 2**32 or 1
    while True:
        state = (state * 1664525 + 1013904223) % 2**32
        yield state >> 24


def jpeg(picture: Image.Image | None = None, **how: object) -> bytes:
    """The picture as JPEG bytes; `how` goes to the encoder."""
    out = io.BytesIO()
    (picture or scene()).save(out, "JPEG", **{"quality": 85, **how})
    return out.getvalue()


def other(kind: str, picture: Image.Image | None = None, **how: object) -> bytes:
    """The picture in another format by Pillow's name for it."""
    out = io.BytesIO()
    (picture or scene()).save(out, kind, **how)
    return out.getvalue()


def heic(size: tuple[int, int] = (640, 480)) -> bytes:
    """A HEIC still picture."""
    import pillow_heif

    out = io.BytesIO()
    pillow_heif.from_pillow(scene(size=size)).save(out, quality=60)
    return out.getvalue()


def png_header(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG that claims a size; `body` stands where the pixels should."""
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + body


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb() -> bytes:
    """Honest PNG of 144 megapixels in some hundred bytes a row."""
    return png_header(12_000, 12_000, _chunk(b"IDAT", zlib.compress(bytes(12_000 * 40))) + _chunk(b"IEND", b""))


def with_rotation(picture: Image.Image, orientation: int) -> bytes:
    """A JPEG that asks to be turned when shown."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = GPS_MAKER
    return jpeg(picture, exif=exif)


def many_scans(count: int) -> bytes:
    """A progressive JPEG with its last scan repeated until there are more than `count`."""
    data = jpeg(progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * count + b"\xff\xd9"


def broken_pixels() -> bytes:
    """A PNG whole in structure whose packed pixels are noise."""
    return png_header(640, 480, _chunk(b"IDAT", b"\x78\x9c" + bytes(range(256)) * 8) + _chunk(b"IEND", b""))


GOOD: dict[str, Callable[[], bytes]] = {
    "plain jpeg": jpeg,
    "progressive jpeg": lambda: jpeg(progressive=True),
    "grey jpeg": lambda: jpeg(scene().convert("L")),
    "cmyk jpeg": lambda: jpeg(scene().convert("CMYK")),
    "jpeg with a clip behind it": lambda: jpeg() + b"PK\x03\x04 a clip",
    "jpeg with markup in a comment": lambda: jpeg(comment=b"<script>alert(1)</script>"),
    "png": lambda: other("PNG"),
    "png with transparency": lambda: other("PNG", scene().convert("RGBA")),
    "png with a palette": lambda: other("PNG", scene().quantize(16)),
    "webp": lambda: other("WEBP"),
    "webp without loss": lambda: other("WEBP", lossless=True),
    "heic": heic,
}

REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("evidence.not_a_photo", lambda: b""),
    "one byte": ("evidence.not_a_photo", lambda: b"\xff"),
    "markup": ("evidence.not_a_photo", lambda: b"<!doctype html><script>alert(1)</script>"),
    "svg": ("evidence.not_a_photo", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "pdf": ("evidence.not_a_photo", lambda: b"%PDF-1.7\n1 0 obj<</JS(app.alert(1))>>"),
    "gif": ("evidence.not_a_photo", lambda: other("GIF")),
    "tiff": ("evidence.not_a_photo", lambda: other("TIFF")),
    "bmp": ("evidence.not_a_photo", lambda: other("BMP")),
    "moving webp": ("evidence.not_a_photo", lambda: other("WEBP", save_all=True, append_images=[scene(2)], duration=100)),
    "first three bytes of a jpeg": ("evidence.damaged", lambda: b"\xff\xd8\xff"),
    "half a jpeg": ("evidence.damaged", lambda: jpeg()[: len(jpeg()) // 2]),
    "half a png": ("evidence.damaged", lambda: other("PNG")[:-100]),
    "half a webp": ("evidence.damaged", lambda: other("WEBP")[:-100]),
    "half a heic": ("evidence.damaged", lambda: heic()[:-100]),
    "png without pixels": ("evidence.damaged", lambda: png_header(640, 480, _chunk(b"IEND", b""))),
    "png of no width": ("evidence.damaged", lambda: png_header(0, 480, _chunk(b"IDAT", b"x") + _chunk(b"IEND", b""))),
    "a stamp": ("evidence.too_small", lambda: jpeg(scene(size=(239, 480)))),
    "png bomb": ("evidence.too_many_pixels", png_bomb),
    "jpeg that claims 65,500 pixels": ("evidence.too_many_pixels", lambda: _claiming(65_500)),
    "a long strip": ("evidence.too_many_pixels", lambda: png_header(12_001, 300, _chunk(b"IDAT", b"x") + _chunk(b"IEND", b""))),
    "65 scans": ("evidence.too_many_scans", lambda: many_scans(65)),
    "21 MB": ("evidence.too_large", lambda: jpeg() + bytes(21 * 1024 * 1024)),
    "a jpeg of ten thousand empty parts": ("evidence.damaged", lambda: b"\xff\xd8" + b"\xff\xe1\x00\x02" * 2_000_000),
    "a jpeg of fill bytes": ("evidence.damaged", lambda: b"\xff" + b"\xd8" + b"\xff" * 19_000_000),
}

DAMAGED: dict[str, Callable[[], bytes]] = {
    "png of noise": broken_pixels,
    "png whose pixels end early": lambda: png_header(640, 480, _chunk(b"IDAT", zlib.compress(bytes(5000))) + _chunk(b"IEND", b"")),
}


def _claiming(side: int) -> bytes:
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", side, side)
    return bytes(data)


def altered(picture: Image.Image) -> dict[str, bytes]:
    """The picture as somebody would use it again: each must be found to be a copy."""
    width, height = picture.size
    return {
        "re-encoded": jpeg(picture, quality=35),
        "halved": jpeg(picture.resize((width // 2, height // 2))),
        "brightened": jpeg(ImageEnhance.Brightness(picture).enhance(1.2)),
        "darkened": jpeg(ImageEnhance.Brightness(picture).enhance(0.8)),
        "softened": jpeg(picture.filter(ImageFilter.GaussianBlur(2))),
        "turned by metadata": with_rotation(picture.transpose(Image.Transpose.ROTATE_90), 6),
        "mirrored": jpeg(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
        "as png": other("PNG", picture),
    }
