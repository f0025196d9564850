"""The decoder child: turns one photo after another into copies for the eye, and measures them.

Run by `decoder.Decoder` as `python -I decode_child.py MEMORY_BYTES CPU_SECONDS`; never imported. It knows nothing of Fieldbook,
is given bytes and gives back bytes, opens no file, and dies rather than use more memory or time than allowed.

It says `ready` once. Then, for each request (length, bytes), it answers (three lengths, facts as JSON, small JPEG, large JPEG).
"""

import io
import json
import os
import resource
import struct
import sys
import warnings

from PIL import Image, ImageFilter, ImageStat
from pillow_heif import options as heif_options
from pillow_heif import register_heif_opener

LARGE_SIDE, SMALL_SIDE = 1280, 320
MOST_PIXELS = 50_000_000
#: a picture of 9 × 8 grey values that vary less than this has no likeness worth comparing
FLATTEST = 3.0
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = {Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_270, Image.Transpose.TRANSVERSE, Image.Transpose.ROTATE_90}
EDGES = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


def check(data: bytes) -> tuple[dict[str, object], bytes, bytes]:
    """Decode once, all in one pass. Any exception means damaged; a second try on the same picture would show half of it as grey."""
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "HEIF")) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise ValueError("too many pixels")
        times = -(-max(picture.size) // LARGE_SIDE)
        picture.draft(None, (width // times, height // times))  # JPEG only: halves while it decodes, at a third of the cost
        picture.load()
        # not earlier: Pillow decodes a PNG to find its orientation, and a failure there would pass for odd metadata
        turn = TURNS.get(orientation(picture))
        large = in_rgb(picture)
    times = -(-max(large.size) // LARGE_SIDE)
    if times > 1:
        large = large.reduce(times)
    if turn is not None:
        large = large.transpose(turn)
        if turn in SIDEWAYS:
            width, height = height, width
    grey = large.convert("L")
    facts: dict[str, object] = {
        "width": width,
        "height": height,
        "luma": round(ImageStat.Stat(grey).mean[0]),
        **sharpness(grey),
        **likeness(grey),
    }
    small = large.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.BICUBIC, reducing_gap=1.0)
    return facts, jpeg(small, 75), jpeg(large, 80)


def in_rgb(picture: Image.Image) -> Image.Image:
    """The picture in RGB, without transparency."""
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value / 256).convert("L").convert("RGB")
    if picture.mode not in ("RGBA", "LA", "PA", "La", "RGBa") and "transparency" not in picture.info:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    ground = Image.new("RGB", seen.size, "white")
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground


def orientation(picture: Image.Image) -> int:
    """How the camera was held, 1 to 8; 1 when the metadata is broken."""
    try:
        return int(picture.getexif().get(0x0112, 1))
    except Exception:  # odd metadata is dropped, never an error
        return 1


def sharpness(grey: Image.Image) -> dict[str, int]:
    """How much detail the middle of the picture has (variance of the Laplacian), and how it compares, in percent,
    with that of the same picture at a quarter of the size: blur takes the fine detail and leaves the coarse.
    """
    width, height = grey.size
    middle = grey.crop((width // 4, height // 4, width - width // 4, height - height // 4))
    # the outermost pixels have no neighbours and are handed through unfiltered
    fine, coarse = (ImageStat.Stat(one.filter(EDGES).crop((1, 1, one.width - 1, one.height - 1))).var[0] for one in (middle, middle.reduce(4)))
    return {"detail": round(fine), "sharpness": round(100 * fine / max(coarse, 1.0))}


def likeness(grey: Image.Image) -> dict[str, str | None]:
    """The difference hash of the picture and of its mirror image, 64 bits each as hex; None for a picture that shows nothing."""
    tiny = grey.resize((9, 8), Image.Resampling.BOX)
    if ImageStat.Stat(tiny).stddev[0] < FLATTEST:
        return {"dhash": None, "mirror_dhash": None}
    values = tiny.tobytes()
    straight = mirrored = 0
    for row in range(0, 72, 9):
        for column in range(8):
            straight = straight << 1 | (values[row + column] > values[row + column + 1])
            mirrored = mirrored << 1 | (values[row + 8 - column] > values[row + 7 - column])
    return {"dhash": f"{straight:016x}", "mirror_dhash": f"{mirrored:016x}"}


def jpeg(picture: Image.Image, quality: int) -> bytes:
    """The pixels alone as a JPEG: no metadata, no profile, no comment."""
    picture.info = {}
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def main() -> None:
    """Answer until the asker closes the pipe."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    warnings.simplefilter("ignore")
    register_heif_opener(thumbnails=False)
    heif_options.DECODE_THREADS = 1
    Image.init()
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    asked, answer = sys.stdin.buffer, sys.stdout.buffer
    answer.write(b"ready")
    answer.flush()
    while head := asked.read(4):
        data = asked.read(int.from_bytes(head))
        used = resource.getrusage(resource.RUSAGE_SELF)
        allowed = int(used.ru_utime + used.ru_stime) + 1 + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.RLIM_INFINITY))
        facts: dict[str, object]
        try:
            facts, small, large = check(data)
        except MemoryError:
            os._exit(1)  # what is left of the heap is not to be trusted; the asker tries once more with a fresh child
        except Exception as reason:  # Pillow raises nearly every kind
            facts, small, large = {"damaged": f"{type(reason).__name__}: {reason}"[:200]}, b"", b""
        del data
        text = json.dumps(facts).encode()
        answer.write(struct.pack(">III", len(text), len(small), len(large)) + text + small + large)
        answer.flush()


if __name__ == "__main__":
    main()
