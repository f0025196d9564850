"""The steps that several verbs share: lock, check, start a clock, give to a unit, remember what was, record."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, select

from fieldbook import accounts
from fieldbook.kernel import Act, Instant, from_ms, to_ms
from fieldbook.places import Standing

from .. import authority, deadlines, rules
from ..calendar import calendar, days_given
from ..model import Finding, State
from ..refusals import BadDue, BadReason, NoSuchFinding, NoSuchUnit, WordsMissing

A_YEAR = timedelta(days=366)

#: what a step that can be taken back may replace
REPLACED = (
    "state", "unit_id", "why_unit", "assigned_at", "assigned_by", "accepted_at", "due_at", "provisional", "clock_at", "clock_days",
    "returned", "on_spot", "verdict_by", "verdict_at", "cleared_at", "disputed_at", "disputed_by", "disputed_entry", "asked_id",
    "supervised_at", "extended",
)  # fmt: skip


def keys(finding: Finding) -> set[UUID | None]:
    """Whose view a finding is in: its zone, its unit, its reporter, who put it right."""
    return {finding.zone_id, finding.unit_id, finding.reporter_id, finding.rectifier_id}


def lock(act: Act, ids: Sequence[UUID]) -> dict[UUID, Finding]:
    """Findings by id, locked in id order, as they are now.

    Not against being referred to: a recurrence refers to an earlier finding, at a moment when no order can be kept.
    """
    if not ids:
        return {}
    rows = act.session.scalars(
        select(Finding).where(Finding.id.in_(set(ids))).order_by(Finding.id).with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    return {finding.id: finding for finding in rows}


def ready(act: Act, standing: Standing, finding_id: UUID, verb: str, *also: UUID) -> tuple[Finding, State]:
    """The finding, locked with those in `also`, and the state the verb leads to; or the refusal: unseen, not yours, not now."""
    finding = lock(act, [finding_id, *also]).get(finding_id)
    if finding is None or not authority.sees(standing, finding):
        raise NoSuchFinding(finding=finding_id)
    state = rules.after(finding.state, verb)
    authority.require(standing, finding, verb, act.at)
    return finding, state


def changed(
    act: Act,
    finding: Finding,
    verb: str,
    *,
    said: dict[str, str] | None = None,
    before: Iterable[UUID | None] = (),
    replaced: dict[str, Any] | None = None,
    **facts: object,
) -> UUID:
    """Count the change and record it; returns the entry's id.

    before: whose view it was in until now. replaced: what this step replaced, if it can be taken back; any other step ends that.
    """
    finding.version += 1
    finding.replaced = replaced
    return act.record(verb, finding.id, reach=set(before) | keys(finding), said=said, state=finding.state, **facts)


def remember(finding: Finding) -> dict[str, Any]:
    """The finding as it is before a step that can be taken back."""
    return {name: _plain(getattr(finding, name)) for name in REPLACED}


def remember_mark(act: Act, finding: Finding) -> dict[str, Any]:
    """The same before a mark, with who sets it and when: the finding itself does not say so."""
    return remember(finding) | {rules.MARK: [str(act.who), to_ms(act.at)]}


def restore(finding: Finding) -> None:
    """Put the finding back to what the last step replaced."""
    columns = Finding.__table__.c
    for name, value in (finding.replaced or {}).items():
        if name == rules.MARK:
            continue
        kind = columns[name].type
        if value is not None and isinstance(kind, Instant):
            value = from_ms(value)
        elif value is not None and isinstance(kind, Uuid):
            value = UUID(value)
        setattr(finding, name, value)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return to_ms(value) if isinstance(value, datetime) else value


def give(
    act: Act,
    finding: Finding,
    unit: UUID,
    why: str,
    *,
    by: UUID | None = None,
    due_at: datetime | None = None,
    words: str = "",
    with_report: bool = False,
    replaced: dict[str, Any] | None = None,
) -> None:
    """Make `unit` the owner and start its clock. by: the person who chose it; None = the rules did."""
    before = keys(finding)
    finding.state = State.ASSIGNED
    own(act, finding, unit, why, by=by)
    start_clock(act, finding, due_at=due_at)
    changed(
        act,
        finding,
        "finding.assigned",
        said={"words": words},
        before=before,
        replaced=replaced,
        unit=unit,
        why=why,
        due_at=finding.due_at,
        provisional=finding.provisional,
        with_report=with_report,
    )


def own(act: Act, finding: Finding, unit: UUID | None, why: str | None, *, by: UUID | None = None) -> None:
    """Note whose it is from now on; whatever the unit before had asked or disputed is over."""
    finding.unit_id, finding.why_unit, finding.assigned_by = unit, why, by
    finding.assigned_at, finding.accepted_at = act.at if unit else None, None
    finding.on_spot = False  # a unit answers for it now, not whoever was on the spot
    finding.disputed_at = finding.disputed_by = finding.disputed_entry = finding.asked_id = None


def start_clock(act: Act, finding: Finding, *, due_at: datetime | None = None) -> None:
    """Start the unit's clock: until `due_at` as a person said, else for the days that the criterion gives."""
    if due_at is not None:
        set_due(finding, due_at)
        return
    days = days_given(act.session, finding)
    finding.due_at, finding.provisional = deadlines.due(calendar(act.session), act.at, days=days)
    finding.clock_at, finding.clock_days = act.at, days


def set_due(finding: Finding, due_at: datetime | None) -> None:
    """A date that a person named, or none; no calendar moves it."""
    finding.due_at, finding.provisional = due_at, False
    finding.clock_at = finding.clock_days = None


def verdict(act: Act, finding: Finding) -> None:
    """Note who gave it and when."""
    finding.verdict_by, finding.verdict_at = act.who, act.at


def check_unit(act: Act, unit: UUID) -> None:
    """Raise NoSuchUnit for one that does not exist or no longer answers for anything."""
    found = act.session.get(accounts.Unit, unit)
    if found is None or getattr(found, "closed_at", None) is not None:
        raise NoSuchUnit(unit=unit)


def check_due(act: Act, due_at: datetime | None) -> None:
    """Raise BadDue for a date that is not within the coming year."""
    if due_at is not None and not act.at < due_at <= act.at + A_YEAR:
        raise BadDue


def check_words(words: str) -> None:
    """Raise WordsMissing for a verb that must be explained."""
    if not words.strip():
        raise WordsMissing


def check_reason(reason: str, offered: dict[str, tuple[str, str]], words: str) -> None:
    """Raise BadReason, or WordsMissing when the reason is one's own."""
    if reason not in offered:
        raise BadReason(reason=reason)
    if reason == "other":
        check_words(words)
