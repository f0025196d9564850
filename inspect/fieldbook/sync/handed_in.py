"""补送: what a phone could not send, as one file that somebody brings to the office.

The file is a ZIP without compression, as the phone's 待发 writes it: `outbox.json` and `photos/<sha256>.jpg`. It is read with
distrust, and what is in it goes the way that the phone's own push goes: each command once, whoever comes first.
"""

import hashlib
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Raw, Struct
from sqlalchemy.orm import Session

from fieldbook import accounts, evidence
from fieldbook.evidence import Store
from fieldbook.kernel import Act, Refusal, decode, from_ms

from . import inbox
from .envelope import SHA256, BadCommand, IdReused, Ms, photos_in, read_command
from .model import CommandRow

#: of one file; the phone makes several when it holds more
MOST_BYTES = 256 * 1024 * 1024
MOST_INDEX = 16 * 1024 * 1024
MOST_COMMANDS = 2_000
MOST_PHOTOS = 4_000

_END = struct.Struct("<4s4H2LH")
_STORED = 0
_ENCRYPTED = 1


class NotAHandIn(Refusal):
    """The file is not one that a phone's 待发 made, or it was cut or changed."""

    code = "sync.not_a_hand_in"
    status = 422
    sentence = "这不是手机待发页存出来的文件，或者拷贝时损坏了。什么也没有改动，请在手机上重新存一份。"


class HandInTooLarge(Refusal):
    """The file holds more than is read at once. Fact: limit_mb."""

    code = "sync.hand_in_too_large"
    status = 413
    sentence = "这个文件超过 {limit_mb} MB 或条数太多，没有读。请在手机上更新巡查簿后重新存，会自动分成几个文件。"


class HandInTooNew(Refusal):
    """The file was made by an app newer than this server."""

    code = "sync.hand_in_too_new"
    status = 422
    sentence = "这个文件是更新版本的手机存的，这里还读不了。什么也没有改动，请先升级服务器。"


class HandInUnknownPhone(Refusal):
    """The person of the file has never logged in with the phone of the file. Fact: name."""

    code = "sync.hand_in_unknown_phone"
    status = 422
    sentence = (
        "文件里写的是{name}的手机，但这部手机没有以这个人的名义登录过这里。什么也没有改动，请核对是不是别的县的文件。"
    )


class HandInStolen(Refusal):
    """The phone was said to be in strange hands: nothing is taken from it."""

    code = "sync.hand_in_stolen"
    status = 409
    sentence = "这部手机已报失，报失的手机里的内容不收。找回来了请先恢复手机，再补送。"


class _Person(Struct, frozen=True):
    id: UUID
    name: Annotated[str, Meta(max_length=80)] = ""


class _Photo(Struct, frozen=True):
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    bytes: Annotated[int, Meta(ge=0, le=2**31)]


class _Index(Struct, frozen=True):
    """`outbox.json`. What it holds besides is for people: drafts cannot be sent."""

    what: Literal["fieldbook unsent work"]
    version: Annotated[int, Meta(ge=1)]
    made_at: Ms
    person: _Person
    device: _Person
    commands: Annotated[list[Raw], Meta(max_length=MOST_COMMANDS)]
    photos: Annotated[list[_Photo], Meta(max_length=MOST_PHOTOS)] = []
    drafts: Annotated[list[Raw], Meta(max_length=MOST_COMMANDS)] = []


@dataclass
class HandIn:
    """One file, opened. Its photos are read only when they are taken in."""

    index: _Index
    archive: zipfile.ZipFile
    sha256: str
    #: photos in the file by their hash -> bytes
    photos: dict[str, int]

    @property
    def made_at(self) -> datetime:
        return from_ms(self.index.made_at)

    def commands(self) -> list[bytes]:
        """As the phone would push them."""
        return [bytes(raw) for raw in self.index.commands]


@dataclass(frozen=True)
class Line:
    """One command of a file. state: new, there (taken before), held, refused, unreadable."""

    id: UUID | None
    n: int
    verb: str
    at: datetime | None
    photos: int
    state: str
    #: why it was refused or is held
    code: str = ""


@dataclass(frozen=True)
class Look:
    """What is in a file, and what of it is here already."""

    person: accounts.Person
    phone: accounts.Phone
    lines: list[Line]
    photos: int
    photos_there: int
    #: photos that no command of the file names: they belong to drafts
    photos_loose: int
    drafts: int
    #: the phone or the account was taken out of use: what comes waits for the office
    set_aside: bool

    @property
    def new(self) -> int:
        return sum(line.state == "new" for line in self.lines)

    @property
    def photos_new(self) -> int:
        return self.photos - self.photos_there - self.photos_loose


@dataclass
class Taken:
    """What became of it."""

    answers: list[inbox.Answer]
    photos: int = 0
    photos_there: int = 0
    #: hash -> why it was not taken
    refused: dict[str, Refusal] = field(default_factory=dict)


def open_hand_in(file: IO[bytes]) -> HandIn:
    """Read a file's list of contents. Raises NotAHandIn, HandInTooLarge, HandInTooNew."""
    size = file.seek(0, 2)
    if size > MOST_BYTES:
        raise HandInTooLarge(limit_mb=MOST_BYTES >> 20)
    _look_at_end(file, size)
    try:
        archive = zipfile.ZipFile(file)
        photos = _photos_of(archive, size)
        words = archive.read("outbox.json")
        index = decode(words, _Index)
    except (
        zipfile.BadZipFile,
        msgspec.MsgspecError,
        KeyError,
        ValueError,
        OSError,
        EOFError,
        NotImplementedError,
        RecursionError,
        RuntimeError,
        struct.error,
        zlib.error,
    ) as reason:
        raise NotAHandIn from reason
    if index.version > 1:
        raise HandInTooNew
    file.seek(0)
    return HandIn(index, archive, hashlib.file_digest(file, "sha256").hexdigest(), photos)  # type: ignore[arg-type]


def _look_at_end(file: IO[bytes], size: int) -> None:
    """The directory's size is known before it is read: a file of nothing but names would fill the memory."""
    if size < _END.size:
        raise NotAHandIn
    file.seek(size - _END.size)
    mark, disk, _, _, entries, length, _, comment = _END.unpack(file.read(_END.size))
    if mark != b"PK\5\6" or disk or comment or length > size:
        raise NotAHandIn
    if entries > MOST_PHOTOS + 1 or length > entries * 300:
        raise HandInTooLarge(limit_mb=MOST_BYTES >> 20)


def _photos_of(archive: zipfile.ZipFile, size: int) -> dict[str, int]:
    """The photos in the file. Raises ValueError for anything that no phone writes: compression, a path, a name twice."""
    photos: dict[str, int] = {}
    whole = 0
    for entry in archive.infolist():
        whole += entry.compress_size
        if (
            entry.compress_type != _STORED
            or entry.flag_bits & _ENCRYPTED
            or entry.file_size != entry.compress_size
            or whole > size
        ):
            raise ValueError(entry.filename)
        if entry.filename == "outbox.json":
            if entry.file_size > MOST_INDEX:
                raise ValueError(entry.filename)
            continue
        sha256 = entry.filename.removeprefix("photos/").removesuffix(".jpg")
        if (
            entry.filename != f"photos/{sha256}.jpg"
            or not SHA256.fullmatch(sha256)
            or sha256 in photos
            or entry.file_size > evidence.LARGEST_BYTES
        ):
            raise ValueError(entry.filename)
        photos[sha256] = entry.file_size
    return photos


def look(session: Session, store: Store, handed: HandIn) -> Look:
    """What is in a file and what of it is new. Changes nothing. Raises HandInUnknownPhone, HandInStolen."""
    person = session.get(accounts.Person, handed.index.person.id)
    phone = session.get(accounts.Phone, (handed.index.device.id, handed.index.person.id))
    if person is None or phone is None:
        raise HandInUnknownPhone(name=handed.index.person.name or "?")
    if phone.stolen_at is not None:
        raise HandInStolen
    lines, named = [], set()
    for raw in handed.commands():
        line, hashes = _line(session, raw, person.id)
        lines.append(line)
        named.update(hashes)
    here = {sha256 for sha256 in handed.photos if is_here(session, store, sha256)}
    return Look(
        person,
        phone,
        sorted(lines, key=lambda line: line.n),
        len(handed.photos),
        len(here & named),
        len(handed.photos.keys() - named),
        len(handed.index.drafts),
        phone.revoked_at is not None or person.disabled_at is not None,
    )


def is_here(session: Session, store: Store, sha256: str) -> bool:
    """Whether a photo's bytes are kept here, with a receipt."""
    return evidence.receipt_of(session, sha256) is not None and store.has(sha256)


def _line(session: Session, raw: bytes, person: UUID) -> tuple[Line, list[str]]:
    try:
        envelope, sha256 = read_command(raw)
        hashes = photos_in(envelope.body)
    except BadCommand as refusal:
        return Line(None, 0, "", None, 0, "unreadable", refusal.code), []
    row = session.get(CommandRow, envelope.id)
    state, code = "new", ""
    if row is not None and (row.sha256 != sha256 or row.person_id != person):
        state, code = "refused", IdReused.code
    elif row is not None:
        state = {"ok": "there", "held": "held", "refused": "refused"}.get(row.answer["answer"], "there")
        code = row.answer.get("code", "")
    return Line(envelope.id, envelope.n, envelope.verb, from_ms(envelope.at), len(hashes), state, code), hashes


def note_hand_in(act: Act, handed: HandIn, seen: Look) -> None:
    """Write down who brought whose work in, before any of it counts."""
    facts: dict[str, Any] = {
        "phone": handed.index.device.id,
        "file": handed.sha256,
        "made_at": handed.made_at,
        "commands": len(seen.lines),
        "photos": seen.photos,
    }
    act.record("phone.handed_in", seen.person.id, reach=[seen.person.id], said=None, **facts)


def take(session: Session, store: Store, handed: HandIn, seen: Look, *, now: datetime) -> Taken:
    """Apply a file's commands and photos, in the name of whose phone it was: as if the phone had sent them. Again is harmless."""
    device = handed.index.device.id
    person = seen.person.id
    taken = Taken(inbox.bring(session, person, device, handed.commands(), now=now, set_aside=seen.set_aside))
    for sha256, size in handed.photos.items():
        if is_here(session, store, sha256):
            taken.photos_there += 1
            continue
        try:
            with handed.archive.open(f"photos/{sha256}.jpg") as body:
                taken.photos += inbox.bring_photo(session, store, person, device, sha256, body, size=size, now=now)
        except Refusal as refusal:
            if not isinstance(refusal, evidence.NotNamed):  # of a draft: it stays in the file
                taken.refused[sha256] = refusal
        except (zipfile.BadZipFile, OSError, EOFError, zlib.error):
            taken.refused[sha256] = evidence.HashMismatch()
    return taken
