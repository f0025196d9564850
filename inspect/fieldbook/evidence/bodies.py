"""How a photo is named on the wire, by a phone or a form. Unknown keys are refused."""

from typing import Annotated

from msgspec import Meta, Struct

from .model import Source

Sha256 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class Where(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the phone was at the shutter: degrees × 10^7 (WGS-84), metres, seconds since the reading."""

    lat_e7: Annotated[int, Meta(ge=-900_000_000, le=900_000_000)]
    lon_e7: Annotated[int, Meta(ge=-1_800_000_000, le=1_800_000_000)]
    accuracy_m: Annotated[int, Meta(ge=0, le=1_000_000)]
    age_s: Annotated[int, Meta(ge=0, le=10_000_000)] = 0


class PhotoNamed(Struct, frozen=True, forbid_unknown_fields=True):
    """One photo that a command names; its bytes may come later.

    The bounds only keep out nonsense: whether the photo is too large or too small is said when its bytes arrive,
    so that a finding is never refused for the sake of a picture.
    """

    sha256: Sha256
    bytes: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    width: Annotated[int, Meta(ge=1, le=1_000_000)]
    height: Annotated[int, Meta(ge=1, le=1_000_000)]
    taken_at: Annotated[int, Meta(ge=-62_135_596_800_000, le=253_402_300_799_000)]  #: ms since 1970 UTC, by the phone's clock
    source: Source
    original_sha256: Sha256 | None = None
    position: Where | None = None
    exif: Annotated[dict[Annotated[str, Meta(max_length=100)], str], Meta(max_length=200)] | None = None
