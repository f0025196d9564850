"""What is told about a finding: the shapes a phone or a form hands over. Unknown keys are refused."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from fieldbook.evidence import PhotoNamed, Where

Words = Annotated[str, Meta(max_length=500)]
Moment = Annotated[int, Meta(ge=-62_135_596_800_000, le=253_402_300_799_000)]  #: ms since 1970 UTC; years 1 to 9999
Code = Annotated[str, Meta(min_length=1, max_length=10, pattern=r"^[0-9A-Za-z.\-]+$")]
Index = Annotated[int, Meta(ge=0, le=99)]


class Fixed(Struct, frozen=True, forbid_unknown_fields=True):
    """Put right on the spot: the after photos and what was done."""

    photos: Annotated[list[PhotoNamed], Meta(min_length=1, max_length=6)]
    words: Words = ""


class Report(Struct, frozen=True, forbid_unknown_fields=True):
    """One finding reported by itself. Nothing but a photo is required: the zone sorts the rest."""

    photos: Annotated[list[PhotoNamed], Meta(max_length=12)]
    place: UUID | None = None
    zone: UUID | None = None
    kind: Code | None = None
    criterion: Code | None = None
    manual: int | None = None
    reasons: Annotated[list[Index], Meta(max_length=20)] = []
    words: Words = ""
    unit: UUID | None = None
    position: Where | None = None
    fixed: Fixed | None = None


class Answered(Struct, frozen=True, forbid_unknown_fields=True):
    """One answer of a visit. value: hundredths of the threshold's unit. choice: index of the grade."""

    criterion: Code
    verdict: Annotated[str, Meta(pattern=r"^(pass|fail|na|mostly)$")]
    value: Annotated[int, Meta(ge=0, le=10**12)] | None = None
    choice: Index | None = None
    words: Words = ""
    photos: Annotated[list[PhotoNamed], Meta(max_length=12)] = []


class Failed(Struct, frozen=True, forbid_unknown_fields=True):
    """One failed criterion of a visit: the finding it opens."""

    id: UUID
    criterion: Code
    photos: Annotated[list[PhotoNamed], Meta(max_length=12)]
    reasons: Annotated[list[Index], Meta(max_length=20)] = []
    words: Words = ""
    unit: UUID | None = None
    fixed: Fixed | None = None


class Looked(Struct, frozen=True, forbid_unknown_fields=True):
    """What the inspector saw of a finding that was still open here."""

    finding: UUID
    look: Annotated[str, Meta(pattern=r"^(fixed|still|unseen)$")]


class VisitDone(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole visit with its answers and findings."""

    place: UUID
    kind: Code
    manual: int
    started_at: Moment
    finished_at: Moment
    answers: Annotated[list[Answered], Meta(max_length=200)]
    findings: Annotated[list[Failed], Meta(max_length=100)] = []
    looks: Annotated[list[Looked], Meta(max_length=200)] = []
    position: Where | None = None
