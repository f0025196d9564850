"""Verbs of review."""

from uuid import UUID

from sqlalchemy import delete

from fieldbook import findings
from fieldbook.kernel import Act, upsert
from fieldbook.places import Standing

from .model import WavedDoubt


def wave(act: Act, standing: Standing, finding_id: UUID, *, code: str, sha256: str) -> None:
    """Say that a doubt is harmless. Raises findings.NoSuchFinding, accounts.NotYourDuty."""
    finding = _reviewed(act, standing, finding_id)
    row = {"finding_id": finding_id, "code": code, "sha256": sha256, "person_id": act.who, "at": act.at}
    if upsert(act.session, WavedDoubt, row, key=["finding_id", "code", "sha256"]):
        act.record("doubt.waved", finding.id, code=code, sha256=sha256)


def recall(act: Act, standing: Standing, finding_id: UUID, *, code: str, sha256: str) -> None:
    """Take the doubt seriously again. Raises findings.NoSuchFinding, accounts.NotYourDuty."""
    finding = _reviewed(act, standing, finding_id)
    waved = (WavedDoubt.finding_id == finding_id, WavedDoubt.code == code, WavedDoubt.sha256 == sha256)
    if act.session.execute(delete(WavedDoubt).where(*waved)).rowcount:  # type: ignore[attr-defined]
        act.record("doubt.recalled", finding.id, code=code, sha256=sha256)


def _reviewed(act: Act, standing: Standing, finding_id: UUID) -> findings.Finding:
    finding = findings.one(act.session, standing, finding_id)
    standing.require(*findings.REVIEWS, zone=finding.zone_id)
    return finding
