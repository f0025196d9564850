"""The book: which command each verb of a phone runs, and the shape of its body."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from fieldbook import findings
from fieldbook.evidence import PhotoNamed
from fieldbook.kernel import Act, from_ms
from fieldbook.places import Standing

Words = Annotated[str, Meta(max_length=500)]
Ms = Annotated[int, Meta(ge=0, le=253_402_300_799_000)]
Sha256 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
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


class Merged(Struct, frozen=True, forbid_unknown_fields=True):
    """Into which finding, and words."""

    into: UUID
    words: Words = ""


class ExtensionAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """Until when more time is asked for, why, and photos of work under way."""

    due_at: Ms
    words: Words
    photos: Annotated[list[PhotoNamed], Meta(max_length=3)] = []


class Dated(Struct, frozen=True, forbid_unknown_fields=True):
    """A new date (ms), and words."""

    due_at: Ms
    words: Words = ""


class PerhapsDated(Struct, frozen=True, forbid_unknown_fields=True):
    """Words, and perhaps a date (ms)."""

    words: Words
    due_at: Ms | None = None


class Deferred(Struct, frozen=True, forbid_unknown_fields=True):
    """Until when it waits (ms), and why."""

    until: Ms
    words: Words


class Reopened(Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is not right after all, and perhaps by when (ms) and by whom it is to be."""

    words: Words
    due_at: Ms | None = None
    unit: UUID | None = None


class GivenUp(Struct, frozen=True, forbid_unknown_fields=True):
    """The photo that will not come, and why."""

    sha256: Sha256
    words: Words


@dataclass(frozen=True)
class Page:
    """One verb of the book: the shape of its body, and what it runs."""

    body: type[Struct]
    run: Callable[[Act, Standing, UUID, Any], object]


def _moment(ms: int | None) -> datetime | None:
    return from_ms(ms) if ms else None


BOOK: dict[str, Page] = {
    "visit.finish": Page(findings.VisitDone, findings.finish_visit),
    "finding.report": Page(findings.Report, findings.report),
    "finding.screen": Page(InWords, lambda act, who, id, b: findings.screen(act, who, id, words=b.words)),
    "finding.dismiss": Page(Reasoned, lambda act, who, id, b: findings.dismiss(act, who, id, reason=b.reason, words=b.words)),
    "finding.merge": Page(Merged, lambda act, who, id, b: findings.merge(act, who, id, into=b.into, words=b.words)),
    "finding.assign": Page(Assigned, lambda act, who, id, b: findings.assign(act, who, id, unit=b.unit, due_at=_moment(b.due_at), words=b.words)),
    "finding.take_back": Page(Nothing, lambda act, who, id, _: findings.take_back(act, who, id)),
    "finding.accept": Page(Nothing, lambda act, who, id, _: findings.accept(act, who, id)),
    "finding.dispute": Page(InWords, lambda act, who, id, b: findings.dispute(act, who, id, words=b.words)),
    "finding.ask_extension": Page(
        ExtensionAsked, lambda act, who, id, b: findings.ask_extension(act, who, id, due_at=from_ms(b.due_at), words=b.words, photos=b.photos)
    ),
    "finding.extend": Page(Dated, lambda act, who, id, b: findings.extend(act, who, id, due_at=from_ms(b.due_at), words=b.words)),
    "finding.refuse_extension": Page(InWords, lambda act, who, id, b: findings.refuse_extension(act, who, id, words=b.words)),
    "finding.rectify": Page(Rectified, lambda act, who, id, b: findings.rectify(act, who, id, photos=b.photos, words=b.words)),
    "finding.clear": Page(InWords, lambda act, who, id, b: findings.clear(act, who, id, words=b.words)),
    "finding.return": Page(Returned, lambda act, who, id, b: findings.send_back(act, who, id, reason=b.reason, words=b.words, due_at=_moment(b.due_at))),
    "finding.undo": Page(Nothing, lambda act, who, id, _: findings.undo(act, who, id)),
    "finding.reopen": Page(
        Reopened, lambda act, who, id, b: findings.reopen(act, who, id, words=b.words, due_at=_moment(b.due_at), unit=b.unit)
    ),
    "finding.supervise": Page(
        PerhapsDated, lambda act, who, id, b: findings.supervise(act, who, id, words=b.words, due_at=_moment(b.due_at))
    ),
    "finding.urge": Page(InWords, lambda act, who, id, b: findings.urge(act, who, id, words=b.words)),
    "finding.change_due": Page(Dated, lambda act, who, id, b: findings.change_due(act, who, id, due_at=from_ms(b.due_at), words=b.words)),
    "finding.unmark": Page(Nothing, lambda act, who, id, _: findings.unmark(act, who, id)),
    "finding.defer": Page(Deferred, lambda act, who, id, b: findings.defer(act, who, id, until=from_ms(b.until), words=b.words)),
    "finding.resume": Page(InWords, lambda act, who, id, b: findings.resume(act, who, id, words=b.words)),
    "photo.give_up": Page(GivenUp, lambda act, who, id, b: findings.give_up_photo(act, who, id, sha256=b.sha256, words=b.words)),
    "finding.void": Page(InWords, lambda act, who, id, b: findings.void(act, who, id, words=b.words)),
}
