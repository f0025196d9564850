"""The tables of photos: what is kept, who named it for what, and what it looks like."""

from datetime import datetime
from enum import Enum, StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy import Enum as Choice
from sqlalchemy.orm import Mapped, mapped_column

from fieldbook.kernel import Base, index_where


class PhotoState(StrEnum):
    """How far a named photo is."""

    WAITING = "waiting"  #: named by a command; its bytes are still on the way
    ARRIVED = "arrived"  #: kept for good; nobody else sees it before it is decoded
    CHECKED = "checked"  #: decoded; the copies people see are made
    DAMAGED = "damaged"  #: kept, but cannot be decoded; has to be taken again
    GIVEN_UP = "given_up"  #: it will not come; a dispatcher or reviewer said so


class Role(StrEnum):
    """What a photo is to show."""

    BEFORE = "before"  #: 整改前: the thing that is wrong
    AFTER = "after"  #: 整改后: that it is put right
    UNDER_WAY = "under_way"  #: 整改中: that work has begun
    VIEW = "view"  #: how a criterion was found at a visit
    HELD = "held"  #: named by a command that waits for the office


class Source(StrEnum):
    """Where the phone had a photo from."""

    CAMERA = "camera"  #: the camera inside the page, at the moment of the finding
    FILE = "file"  #: the camera app or a file, by the phone's own chooser
    GALLERY = "gallery"  #: an older picture


def _choice(kind: type[Enum], length: int) -> Choice:
    return Choice(kind, values_callable=lambda members: [member.value for member in members], native_enum=False, length=length)


class Photo(Base):
    """One photo whose bytes have arrived. There is no row while they are on the way.

    The original lies in the store under `sha256` and never changes; `<sha256>.small` and `.large` beside it are
    copies for the eye, made by the decoder.
    """

    __tablename__ = "photo"
    __table_args__ = (
        index_where("ix_photo_waiting", "stored_at", where="checked_at IS NULL"),
        *(index_where(f"ix_photo_band_{number}", f"band_{number}", where=f"band_{number} IS NOT NULL") for number in range(4)),
    )

    #: of the bytes as sent, lower-case hex
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    bytes: Mapped[int]
    #: by the bytes, never by what the sender says
    media_type: Mapped[str] = mapped_column(String(20))
    #: as the picture stands upright once decoded; until then as its header says
    width: Mapped[int]
    height: Mapped[int]
    #: bytes after the picture's end: a clip or second picture, kept with the original and in no copy
    tail_bytes: Mapped[int] = mapped_column(default=0)
    person_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    stored_at: Mapped[datetime]
    #: the journal entry whose place in the order is this photo's receipt
    entry_id: Mapped[UUID]
    #: None while it waits for the decoder: this is the decoder's queue
    checked_at: Mapped[datetime | None]
    #: arrived, checked or damaged
    verdict: Mapped[PhotoState] = mapped_column(_choice(PhotoState, 10), default=PhotoState.ARRIVED)
    #: difference hash of the upright picture and of its mirror image, signed; None when it shows nothing or is not decoded
    dhash: Mapped[int | None] = mapped_column(BigInteger)
    mirror_dhash: Mapped[int | None] = mapped_column(BigInteger)
    #: the hash in four parts of 16 bits, by which near copies are found without reading every row
    band_0: Mapped[int | None]
    band_1: Mapped[int | None]
    band_2: Mapped[int | None]
    band_3: Mapped[int | None]
    #: mean brightness, 0 black to 255 white
    luma: Mapped[int | None]
    #: how much the brightness changes from pixel to pixel: variance of the Laplacian of the large copy's middle
    detail: Mapped[int | None]
    #: that detail in percent of the detail at a quarter of the size; low means blurred
    sharpness: Mapped[int | None]


class Naming(Base):
    """That a command named a photo as evidence for something. Most photos are named once; a second naming is a re-use."""

    __tablename__ = "naming"
    __table_args__ = (Index("ix_naming_person_taken", "person_id", "taken_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    person_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    #: the phone's command; None for what was done at the desk
    command_id: Mapped[UUID | None]
    #: the finding if there is one, else the visit: whose view changes when this photo does
    subject: Mapped[UUID] = mapped_column(index=True)
    finding_id: Mapped[UUID | None] = mapped_column(index=True)
    visit_id: Mapped[UUID | None]
    criterion: Mapped[str | None] = mapped_column(String(20))
    role: Mapped[Role] = mapped_column(_choice(Role, 10))
    #: 0, 1, 2 … in the order the person put them
    place: Mapped[int]
    #: put right by the phone's known offset, never after `named_at`
    taken_at: Mapped[datetime]
    #: the same moment as the phone's clock showed it
    claimed_at: Mapped[datetime]
    source: Mapped[Source] = mapped_column(_choice(Source, 10))
    #: degrees × 10^7, WGS-84, by the page at the shutter
    lat_e7: Mapped[int | None]
    lon_e7: Mapped[int | None]
    accuracy_m: Mapped[int | None]
    #: speed from this person's photo before, when nobody travels so fast; else None
    jump_kmh: Mapped[int | None]
    #: of the file before the phone shrank it; of a drawing, the clean photo's
    original_sha256: Mapped[str | None] = mapped_column(String(64))
    #: a copy of a photo named beside it, with an arrow or a ring drawn on: shown with that photo, proof of nothing
    drawing: Mapped[bool] = mapped_column(default=False)
    #: as the phone said
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    #: JSON, at most 4 kB; a hint, since browsers strip it
    exif: Mapped[str] = mapped_column(String(4096), default="{}")
    #: the server's time
    named_at: Mapped[datetime]
    given_up_at: Mapped[datetime | None]


class Aside(Base):
    """That a command which was refused, or has to wait, names a photo: its bytes are taken in for that phone's sake.

    It is no evidence for anything: nobody else sees the photo, and a later command is still the first to name it.
    """

    __tablename__ = "aside"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: the phone's command
    command_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]


class Likeness(Base):
    """That two photos show the same picture: re-encoded, resized, brightened, slightly cropped, or mirrored."""

    __tablename__ = "likeness"

    #: the one that was decoded later
    sha256: Mapped[str] = mapped_column(ForeignKey("photo.sha256"), primary_key=True)
    other: Mapped[str] = mapped_column(ForeignKey("photo.sha256"), primary_key=True, index=True)
    #: bits of 64 that differ
    distance: Mapped[int]
    mirrored: Mapped[bool]
