"""The book: which command each verb of a phone runs, and the shape of its body."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from fieldbook import findings
from fieldbook.evidence import PhotoNamed
from fieldbook.kernel import Act, from_ms
from fieldbook.places import Standing

Words = Annotated[str, Meta(max_length=500)]
Ms = Annotated[int, Meta(ge=0, le=253_402_300_799_000)]
ReasonCode = Annotated[str, Meta(max_length=20)]


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """A verb that says all by itself."""


class InWords(Struct, frozen=True, forbid_unknown_fields=True):
    """A verb with words."""

    words: Words = ""


class Reasoned(Struct, frozen=True, forbid_unknown_fields=True):
    """A verb with a reason from the list, and words."""

    reason: ReasonCode
    words: Words = ""


class Assigned(Struct, frozen=True, forbid_unknown_fields=True):
    """To whom, by when (ms), and words."""

    unit: UUID
    due_at: Ms | None = None
    words: Words = ""


class Rectified(Struct, frozen=True, forbid_unknown_fields=True):
    """The after photos, and what was done."""

    photos: Annotated[list[PhotoNamed], Meta(max_length=6)]
    words: Words = ""


class Returned(Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is not good enough, and until when it must be."""

    reason: ReasonCode
    words: Words = ""
    due_at: Ms | None = None


@dataclass(frozen=True)
class Page:
    """One verb of the book: the shape of its body, and what it runs."""

    body: type[Struct]
    run: Callable[[Act, Standing, UUID, Any], object]


BOOK: dict[str, Page] = {
    "visit.finish": Page(findings.VisitDone, findings.finish_visit),
    "finding.report": Page(findings.Report, findings.report),
    "finding.screen": Page(InWords, lambda act, who, id, b: findings.screen(act, who, id, words=b.words)),
    "finding.dismiss": Page(Reasoned, lambda act, who, id, b: findings.dismiss(act, who, id, reason=b.reason, words=b.words)),
    "finding.assign": Page(
        Assigned, lambda act, who, id, b: findings.assign(act, who, id, unit=b.unit, due_at=from_ms(b.due_at) if b.due_at else None, words=b.words)
    ),
    "finding.accept": Page(Nothing, lambda act, who, id, _: findings.accept(act, who, id)),
    "finding.rectify": Page(Rectified, lambda act, who, id, b: findings.rectify(act, who, id, photos=b.photos, words=b.words)),
    "finding.clear": Page(InWords, lambda act, who, id, b: findings.clear(act, who, id, words=b.words)),
    "finding.return": Page(
        Returned,
        lambda act, who, id, b: findings.send_back(act, who, id, reason=b.reason, words=b.words, due_at=from_ms(b.due_at) if b.due_at else None),
    ),
    "finding.undo": Page(Nothing, lambda act, who, id, _: findings.undo(act, who, id)),
    "finding.void": Page(InWords, lambda act, who, id, b: findings.void(act, who, id, words=b.words)),
}
