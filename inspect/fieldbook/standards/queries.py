"""Reading the manual."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldbook.kernel import Refusal

from .model import ManualRow

#: no database asks for a number larger than its column without a fault
MOST = 2**31


class NoSuchManual(Refusal):
    """No version of the manual has this number."""

    code = "standards.no_such_manual"
    status = 404
    sentence = "没有这个版本的操作手册。请联网更新后再试，内容都在。"


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
        return str(self.body["text_en" if language == "en" else "text_zh"])

    def reasons(self, language: str = "zh") -> list[str]:
        return list(self.body["reasons_en" if language == "en" else "reasons_zh"])

    def clearing(self, language: str = "zh") -> list[str]:
        return list(self.body["clear_en" if language == "en" else "clear_zh"])


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

    def name(self, language: str = "zh") -> str:
        return self.name_en if language == "en" else self.name_zh


@dataclass(frozen=True)
class Manual:
    """One version of the manual."""

    version: int
    sha256: str
    kinds: dict[str, Kind]
    criteria: dict[str, Criterion]


def manual(session: Session, version: int) -> Manual:
    """A version of the manual; asked for once a session, since it never changes. Raises NoSuchManual."""
    kept: dict[int, Manual] = session.info.setdefault("standards.manual", {})
    if version not in kept:
        sha256 = session.scalar(select(ManualRow.sha256).where(ManualRow.version == version)) if 0 < version < MOST else None
        if sha256 is None:
            raise NoSuchManual(version=version)
        kept[version] = _known(session, sha256, version)
    return kept[version]


def current_manual(session: Session) -> Manual | None:
    """The newest version; None before the first is published."""
    row = session.execute(select(ManualRow.version, ManualRow.sha256).order_by(ManualRow.version.desc()).limit(1)).one_or_none()
    return _known(session, row.sha256, row.version) if row else None


def manual_text(session: Session, version: int) -> tuple[str, str]:
    """(sha256, JSON text) of a version, as published. Raises NoSuchManual."""
    row = session.execute(select(ManualRow.sha256, ManualRow.text).where(ManualRow.version == version)).one_or_none() if 0 < version < MOST else None
    if row is None:
        raise NoSuchManual(version=version)
    return row.sha256, row.text


def published_at(session: Session, version: int) -> datetime | None:
    """When a version was published; None when there is no such version."""
    return session.scalar(select(ManualRow.published_at).where(ManualRow.version == version))


#: parsed manuals by (content, version); a published one never changes, so this never goes stale
_parsed: dict[tuple[str, int], Manual] = {}


def _known(session: Session, sha256: str, version: int) -> Manual:
    if (sha256, version) not in _parsed:
        text = session.scalar(select(ManualRow.text).where(ManualRow.sha256 == sha256)) or "[]"
        kinds = _parse(text)
        _parsed[sha256, version] = Manual(version, sha256, kinds, {c.code: c for kind in kinds.values() for c in kind.criteria})
    return _parsed[sha256, version]


def _parse(text: str) -> dict[str, Kind]:
    return {raw["code"]: _kind(raw) for raw in msgspec.json.decode(text)}


def _kind(raw: dict[str, Any]) -> Kind:
    criteria = tuple(
        Criterion(
            c["code"], raw["code"], c["points"], c["severity"], c["evidence"], c["answer"], c["rectify_days"], c.get("threshold"), tuple(c.get("choices", ())), c
        )
        for c in raw["criteria"]
    )
    return Kind(raw["code"], raw["name_zh"], raw["name_en"], raw["lead_zh"], raw["lead_en"], raw["weight"], raw["category"], criteria)
