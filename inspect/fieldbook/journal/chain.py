"""The chain's arithmetic. Pure."""

import hashlib
import json
import re
from typing import Any

#: the head before the first entry
EMPTY_HEAD = "0" * 64

_KEY = re.compile(r"[a-z0-9_]+")
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: dict[str, Any]) -> str:
    """The one text of `value`: sorted keys, no spaces, no escapes.

    Raises ValueError for floats, NUL, lone surrogates, and keys other than a-z 0-9 _: each of them
    has more than one JSON text, or none that both databases keep.
    """
    _check(value)
    text = _ENCODER.encode(value)
    text.encode("utf-8")  # UnicodeEncodeError is a ValueError
    return text


def _check(value: Any) -> None:
    if type(value) is str:  # most of it is
        if "\0" in value:
            raise ValueError("NUL cannot be kept")
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str) or not _KEY.fullmatch(key):
                raise ValueError(f"a journal key must be a-z 0-9 _, not {key!r}")
            if type(inner) is not int and inner is not None:
                _check(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner)
    elif isinstance(value, str):
        if "\0" in value:
            raise ValueError("NUL cannot be kept")
    elif value is not None and not isinstance(value, int):
        raise ValueError(f"{type(value).__name__} has no one text")


def leaf_of(text: str) -> str:
    """SHA-256(00 ‖ text) in hex."""
    return hashlib.sha256(b"\0" + text.encode()).hexdigest()


def head_after(previous: str, leaf: str) -> str:
    """SHA-256(01 ‖ previous head ‖ leaf) in hex; both arguments in hex."""
    return hashlib.sha256(b"\1" + bytes.fromhex(previous) + bytes.fromhex(leaf)).hexdigest()


def said_hash(salt: str, text: str) -> str:
    """SHA-256(salt ‖ text) in hex: what an entry keeps of erasable words."""
    return hashlib.sha256(salt.encode() + text.encode()).hexdigest()
