"""Reading the manual."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldbook.kernel import kept

from .diff import What, changes_of
from .draft import Draft, assemble
from .model import DraftRow, EditRow, ManualRow, TableRow
from .refusals import NoDraft, NoSuchImport, NoSuchManual

#: no database asks for a number larger than its column without a fault
MOST = 2**31


@dataclass(frozen=True)
class Criterion:
    """One checkable standard of a kind, in one version of the manual. `body` has its words in both languages."""

    code: str
    kind: str
    points: int
    severity: str
    evidence: str
    answer: str
    rectify_days: int
    threshold: dict[str, Any] | None
    choices: tuple[dict[str, Any], ...]
    body: dict[str, Any]

    def text(self, language: str = "zh") -> str:
        return str(self.said("text", language))

    def reasons(self, language: str = "zh") -> list[str]:
        return list(self.said("reasons", language))

    def clearing(self, language: str = "zh") -> list[str]:
        return list(self.said("clear", language))

    def said(self, name: str, language: str = "zh") -> Any:
        """Its words of this name; in Chinese where nobody has put them into English."""
        return (self.body.get(f"{name}_en") if language == "en" else None) or self.body.get(f"{name}_zh") or ""


@dataclass(frozen=True)
class Kind:
    """One kind of place with its criteria in the manual's order."""

    code: str
    name_zh: str
    name_en: str
    lead_zh: str
    lead_en: str
    weight: int
    category: dict[str, Any]
    criteria: tuple[Criterion, ...]
    aliases: tuple[str, ...] = ()

    def name(self, language: str = "zh") -> str:
        return (self.name_en if language == "en" else "") or self.name_zh


@dataclass(frozen=True)
class Manual:
    """One version of the manual."""

    version: int
    sha256: str
    kinds: dict[str, Kind]
    criteria: dict[str, Criterion]


def manual(session: Session, version: int) -> Manual:
    """A version of the manual, which never changes. Raises NoSuchManual."""
    sha256 = _published(session).get(version)
    if sha256 is None:
        raise NoSuchManual(version=version)
    return _known(session, sha256, version)


def current_manual(session: Session) -> Manual | None:
    """The newest version; None before the first is published."""
    published = _published(session)
    newest = max(published, default=0)
    return _known(session, published[newest], newest) if newest else None


def _published(session: Session) -> dict[int, str]:
    """The SHA-256 of each published version, kept until another is published."""
    return kept(
        session,
        "standards.published",
        lambda asked: {row.version: row.sha256 for row in asked.execute(select(ManualRow.version, ManualRow.sha256))},
    )


def manual_text(session: Session, version: int) -> tuple[str, str]:
    """(sha256, JSON text) of a version, as published. Raises NoSuchManual."""
    row = (
        session.execute(select(ManualRow.sha256, ManualRow.text).where(ManualRow.version == version)).one_or_none()
        if 0 < version < MOST
        else None
    )
    if row is None:
        raise NoSuchManual(version=version)
    return row.sha256, row.text


def published_at(session: Session, version: int) -> datetime | None:
    """When a version was published; None when there is no such version."""
    return session.scalar(select(ManualRow.published_at).where(ManualRow.version == version))


@dataclass(frozen=True)
class Version:
    """A published version in a list of them."""

    version: int
    published_at: datetime


def versions(session: Session) -> list[Version]:
    """All published versions, newest first."""
    rows = session.execute(select(ManualRow.version, ManualRow.published_at).order_by(ManualRow.version.desc()))
    return [Version(row.version, row.published_at) for row in rows]


def manual_kinds(session: Session, version: int) -> list[dict[str, Any]]:
    """The kinds of a version as its text has them. Raises NoSuchManual."""
    return list(msgspec.json.decode(manual_text(session, version)[1]))


def codes_used(session: Session) -> dict[str, str]:
    """Every criterion's code that any version has or had, with the Chinese text it last stood for."""
    used: dict[str, str] = {}
    for row in session.execute(select(ManualRow.version, ManualRow.sha256).order_by(ManualRow.version)):
        used.update(
            {code: criterion.text() for code, criterion in _known(session, row.sha256, row.version).criteria.items()}
        )
    return used


def changed_since(session: Session, version: int, codes: Iterable[str], *, kind: str | None = None) -> dict[str, What]:
    """What became of these criteria since `version`, by code: "changed" or "removed"; with `kind` also those "added" to it.

    Empty when nothing did, and when there is no newer version. Raises NoSuchManual.
    """
    then, now = manual(session, version), current_manual(session)
    if now is None or now.version == version:
        return {}
    told: dict[str, What] = {}
    for code in codes:
        old, new = then.criteria.get(code), now.criteria.get(code)
        if old is not None and new is None:
            told[code] = "removed"
        elif old is not None and new is not None and changes_of(old.body, new.body):
            told[code] = "changed"
    if kind in now.kinds:
        told |= {one.code: "added" for one in now.kinds[kind].criteria if one.code not in then.criteria}
    return told


def draft(session: Session) -> Draft:
    """The open draft as it reads now. Raises NoDraft."""
    row = session.scalar(select(DraftRow).where(DraftRow.slot == 1))
    if row is None:
        raise NoDraft
    return read_draft(session, row)


def open_draft(session: Session) -> Draft | None:
    """The same, or nothing when there is none."""
    row = session.scalar(select(DraftRow).where(DraftRow.slot == 1))
    return read_draft(session, row) if row else None


def read_draft(session: Session, row: DraftRow) -> Draft:
    """A draft's row with its base and its edits laid together."""
    edits = session.scalars(select(EditRow).where(EditRow.draft_id == row.id))
    kinds, themes = assemble(manual_kinds(session, row.base), edits)
    return Draft(row.id, row.base, row.rev, row.begun_at, row.saved_at, row.saved_by, row.due_at, kinds, themes)


def discarded_draft(session: Session) -> DraftRow | None:
    """The draft that was discarded last, if it can still be taken up again: nothing was begun or published since."""
    last = session.scalar(select(DraftRow).order_by(DraftRow.begun_at.desc(), DraftRow.id).limit(1))
    newest = current_manual(session)
    return (
        last
        if last is not None
        and last.slot is None
        and last.became is None
        and newest is not None
        and newest.version == last.base
        else None
    )


def waiting_table(session: Session, table_id: UUID) -> TableRow:
    """A table that was read for the open draft. Raises NoSuchImport."""
    row = session.scalar(
        select(TableRow)
        .join(DraftRow, DraftRow.id == TableRow.draft_id)
        .where(TableRow.id == table_id, DraftRow.slot == 1)
    )
    if row is None:
        raise NoSuchImport
    return row


#: parsed manuals by (content, version); a published one never changes, so this never goes stale
_parsed: dict[tuple[str, int], Manual] = {}


def _known(session: Session, sha256: str, version: int) -> Manual:
    if (sha256, version) not in _parsed:
        text = session.scalar(select(ManualRow.text).where(ManualRow.sha256 == sha256)) or "[]"
        kinds = _parse(text)
        _parsed[sha256, version] = Manual(
            version, sha256, kinds, {c.code: c for kind in kinds.values() for c in kind.criteria}
        )
    return _parsed[sha256, version]


def _parse(text: str) -> dict[str, Kind]:
    return {raw["code"]: _kind(raw) for raw in msgspec.json.decode(text)}


def _kind(raw: dict[str, Any]) -> Kind:
    criteria = tuple(
        Criterion(
            c["code"],
            raw["code"],
            c["points"],
            c["severity"],
            c["evidence"],
            c["answer"],
            c["rectify_days"],
            c.get("threshold"),
            tuple(c.get("choices", ())),
            c,
        )
        for c in raw["criteria"]
    )
    return Kind(
        raw["code"],
        raw["name_zh"],
        raw.get("name_en", ""),
        raw.get("lead_zh", ""),
        raw.get("lead_en", ""),
        raw["weight"],
        raw["category"],
        criteria,
        tuple(raw.get("aliases_zh", ())),
    )
