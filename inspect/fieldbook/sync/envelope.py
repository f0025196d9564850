"""The shapes on the wire. Unknown keys, floats and NUL are refused at the door."""

import hashlib
import re
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Raw, Struct

from fieldbook.kernel import Refusal, decode

MAX_COMMANDS = 50
MAX_BYTES = 512 * 1024
#: the photos of one command that are taken in although it is refused; a visit of 44 answers has fewer
MAX_PHOTOS = 300
#: how deep a command may nest
MAX_DEPTH = 20

SHA256 = re.compile(r"[0-9a-f]{64}")

Ms = Annotated[int, Meta(ge=-62_135_596_800_000, le=253_402_300_799_000)]


class BadCommand(Refusal):
    """The command cannot be read: not JSON of the right shape, an unknown key, a float, NUL, or too deep."""

    code = "sync.bad_command"
    sentence = "这条内容的格式服务器看不懂，没有办理。内容还在手机上，请导出后联系创城办。"


class IdReused(Refusal):
    """The id was used before with other content."""

    code = "sync.id_reused"
    status = 409
    sentence = "这条内容与先前上传的一条编号相同而内容不同，没有办理。内容还在手机上，请导出后联系创城办。"


class BadPush(Refusal):
    """The whole push cannot be read, or holds too much; nothing in it was looked at."""

    code = "sync.bad_push"
    status = 400
    sentence = "上传的内容整体看不懂，一条也没有办理。内容都还在手机上，稍后会自动重试。"


class NotYourPhone(Refusal):
    """The device named is not one that this person has logged in with."""

    code = "sync.not_your_phone"
    status = 403
    sentence = "这部手机还没有以您的名义登录。内容都还在手机上，请重新登录后再上传。"


class Envelope(Struct, frozen=True, forbid_unknown_fields=True):
    """One command: who saw what, and wants what done, made once on a phone."""

    id: UUID
    n: Annotated[int, Meta(ge=1, le=2**53)]
    verb: Annotated[str, Meta(min_length=3, max_length=40, pattern=r"^[a-z_]+\.[a-z_]+$")]
    subject: UUID
    at: Ms
    body: Raw
    v: Annotated[int, Meta(ge=1, le=1000)] = 1
    after: UUID | None = None
    #: what the phone believes the server's clock to be ahead of its own
    offset_ms: Annotated[int, Meta(ge=-(2**53), le=2**53)] = 0
    seen_seq: Annotated[int, Meta(ge=0, le=2**53)] = 0


class Push(Struct, frozen=True, forbid_unknown_fields=True):
    """What a phone sends in one round."""

    device: UUID
    commands: Annotated[list[Raw], Meta(max_length=MAX_COMMANDS)]
    epoch: Annotated[str, Meta(max_length=8)] = ""
    #: how much the phone still holds after this, for the office's list of phones
    queued: Annotated[int, Meta(ge=0, le=10**9)] = 0
    #: how many of these are photos, and when the oldest of all was kept (ms); phones of the first release do not say
    queued_photos: Annotated[int, Meta(ge=0, le=10**9)] | None = None
    queued_since: Ms | None = None


def read_push(data: bytes) -> Push:
    """Decode a push, leaving its commands unread, so that a bad one cannot spoil the rest. Raises BadPush."""
    if len(data) > MAX_BYTES:
        raise BadPush
    try:
        return decode(data, Push)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as reason:
        raise BadPush from reason


def read_command(raw: bytes) -> tuple[Envelope, str]:
    """(the command, the SHA-256 of its content). Raises BadCommand."""
    try:
        envelope = decode(raw, Envelope)
        loose = msgspec.json.decode(raw)
        _refuse_odd(loose, MAX_DEPTH)
        return envelope, hashlib.sha256(msgspec.json.encode(loose, order="sorted")).hexdigest()
    except (ValueError, RecursionError, OverflowError) as reason:
        raise BadCommand from reason


def id_of(raw: bytes) -> UUID | None:
    """The id of a command that cannot otherwise be read."""
    try:
        loose = msgspec.json.decode(raw)
        return UUID(loose["id"])
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError):
        return None


def photos_in(body: bytes) -> list[str]:
    """The SHA-256 of every photo that a body names, whatever else it holds or lacks: at most MAX_PHOTOS, in order."""
    found: list[str] = []
    waiting: list[object] = [msgspec.json.decode(body)]
    while waiting and len(found) < MAX_PHOTOS:
        value = waiting.pop()
        if isinstance(value, dict):
            sha256 = value.get("sha256")
            found += [sha256] if isinstance(sha256, str) and SHA256.fullmatch(sha256) else []
            waiting += reversed(value.values())
        elif isinstance(value, list):
            waiting += reversed(value)
    return found


def _refuse_odd(value: object, deeper: int) -> None:
    """Raise ValueError for a float or a NUL anywhere: neither is the same in every database; or for more than `deeper` levels. Keys may be a camera's own."""
    kind = type(value)
    if kind is str:
        if "\0" in value:  # type: ignore[operator]
            raise ValueError("a NUL")
    elif kind is float:
        raise ValueError("a float")
    elif kind is dict or kind is list:
        if not deeper:
            raise ValueError("too deep")
        if kind is dict:
            for name in value:  # type: ignore[attr-defined]
                _refuse_odd(name, 1)
        for inner in value.values() if kind is dict else value:  # type: ignore[attr-defined, union-attr]
            if type(inner) is not int:
                _refuse_odd(inner, deeper - 1)
