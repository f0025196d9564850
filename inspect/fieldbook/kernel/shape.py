"""JSON read as the shape that it must have."""

import threading
from typing import Any, TypeVar

import msgspec

Shape = TypeVar("Shape")

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_working_out = threading.Lock()


def decode(text: bytes | str, shape: type[Shape]) -> Shape:
    """`text` as `shape`. Raises msgspec.DecodeError, UnicodeDecodeError, RecursionError.

    msgspec works a shape out when it first meets it, and two threads that do so at once bring the whole process down:
    so one does, for each shape once.
    """
    decoder = _decoders.get(shape)
    if decoder is None:
        with _working_out:
            decoder = _decoders.get(shape) or _decoders.setdefault(shape, msgspec.json.Decoder(shape))
    read: Shape = decoder.decode(text)
    return read
