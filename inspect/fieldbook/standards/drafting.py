"""Verbs of a draft: begin, edit, discard, publish. Each locks the draft, so two people's edits follow one another."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from fieldbook.kernel import Act, Job, derived_id, new_id, queue_job, stop_job

from .checks import Checked, check
from .commands import publish
from .diff import Comparison, compare
from .draft import Draft, DraftKind
from .model import DraftRow, EditRow, ManualRow, TableRow
from .queries import codes_used, current_manual, discarded_draft, manual_kinds, open_draft, read_draft, waiting_table
from .refusals import (
    BaseMoved,
    CodeInUse,
    DayPassed,
    DraftMoved,
    DraftSettled,
    EditedMeanwhile,
    NoDraft,
    NoSuchManual,
    NothingChanged,
    NotInDraft,
    NotReady,
)
from .shape import Body, settle_criterion, settle_kind, theme_in

#: the job that publishes a draft on its day
PUBLISHING = "manual.publish"


def begin_draft(act: Act) -> UUID:
    """Begin a draft from the current version; the open one when there is one already. Raises NoSuchManual."""
    newest = current_manual(act.session)
    if newest is None:
        raise NoSuchManual(version=0)
    # two who begin at once take turns at the version they begin from
    act.session.scalar(select(ManualRow.version).where(ManualRow.version == newest.version).with_for_update())
    held = act.session.scalar(select(DraftRow.id).where(DraftRow.slot == 1))
    if held is not None:
        return held
    row = DraftRow(
        id=new_id(), base=newest.version, begun_at=act.at, begun_by=act.who, saved_at=act.at, saved_by=act.who
    )
    act.session.add(row)
    act.record("draft.begun", row.id, base=newest.version)
    return row.id


def save_criterion(act: Act, code: str, told: Mapping[str, Any], *, seen: int) -> None:
    """Say what the draft has of a criterion. seen: which save of it the person had before them.

    Raises NoDraft, DraftSettled, NotInDraft, EditedMeanwhile.
    """
    row, draft = _opened(act)
    one = draft.criterion(code)
    if one is None:
        raise NotInDraft(code=code)
    if one.version != seen:
        raise EditedMeanwhile(code=code)
    body = settle_criterion({**told, "code": code})
    if body != one.body or one.removed:
        _put(act, row, "criterion", code, kind=one.kind, body=body if body != one.base else None)


def add_criterion(act: Act, kind: str, told: Mapping[str, Any]) -> None:
    """Add a criterion to a kind of the draft. Raises NoDraft, DraftSettled, NotInDraft, CodeInUse."""
    row, draft = _opened(act)
    body = settle_criterion(told)
    if draft.kind(kind) is None:
        raise NotInDraft(code=kind)
    _check_free(draft, body["code"])
    _put(act, row, "criterion", body["code"], kind=kind, body=body)


def save_kind(act: Act, code: str, told: Mapping[str, Any], *, seen: int) -> None:
    """Say what the draft has of a kind, its criteria aside. Raises NoDraft, DraftSettled, NotInDraft, EditedMeanwhile."""
    row, draft = _opened(act)
    kind = draft.kind(code)
    if kind is None:
        raise NotInDraft(code=code)
    if kind.version != seen:
        raise EditedMeanwhile(code=code)
    body = settle_kind({**told, "code": code})
    if body != kind.body or kind.removed:
        _put(act, row, "kind", code, body=body if body != kind.base else None)


def add_kind(act: Act, told: Mapping[str, Any]) -> None:
    """Add a kind to the draft, behind the others of its category. Raises NoDraft, DraftSettled, CodeInUse."""
    row, draft = _opened(act)
    body = settle_kind(told)
    _check_free(draft, body["code"])
    _put(act, row, "kind", body["code"], body=body)
    codes = [kind.code for kind in draft.kinds]
    alike = [n for n, kind in enumerate(draft.kinds) if kind.body["category"] == body["category"]]
    codes.insert(alike[-1] + 1 if alike else len(codes), body["code"])
    _put(act, row, "order", "", body=codes)


def remove(act: Act, code: str, *, seen: int) -> None:
    """Take a kind or a criterion out of the next version; it stays in the draft, marked, until it is restored.

    Raises NoDraft, DraftSettled, NotInDraft, EditedMeanwhile.
    """
    _set_removed(act, code, seen=seen, removed=True)


def restore(act: Act, code: str, *, seen: int) -> None:
    """Let a kind or a criterion stay after all, as the draft had it. Raises as `remove` does."""
    _set_removed(act, code, seen=seen, removed=False)


def as_before(act: Act, code: str, *, seen: int) -> None:
    """Let a kind or a criterion read as the current version has it. Raises as `remove` does."""
    row, draft = _opened(act)
    thing = draft.criterion(code) or draft.kind(code)
    if thing is None or thing.base is None:
        raise NotInDraft(code=code)
    if thing.version != seen:
        raise EditedMeanwhile(code=code)
    if thing.state != "same":
        what = "kind" if isinstance(thing, DraftKind) else "criterion"
        _put(act, row, what, code, kind="" if isinstance(thing, DraftKind) else thing.kind, body=None)


def move(act: Act, code: str, *, up: bool) -> None:
    """Let a kind or a criterion change places with its neighbour. Raises NoDraft, DraftSettled, NotInDraft."""
    row, draft = _opened(act)
    criterion = draft.criterion(code)
    kind = draft.kind(criterion.kind) if criterion else None
    if kind is None and draft.kind(code) is None:
        raise NotInDraft(code=code)
    codes = [one.code for one in (kind.criteria if kind else draft.kinds)]
    at = codes.index(code)
    to = at - 1 if up else at + 1
    if 0 <= to < len(codes):
        codes[at], codes[to] = codes[to], codes[at]
        _put(act, row, "order", kind.code if kind else "", body=codes)


def add_theme(act: Act, told: Mapping[str, Any]) -> None:
    """Add a theme that criteria of the draft may have; one of the same name is told anew. Raises NoDraft, DraftSettled."""
    row, draft = _opened(act)
    if _add_themes(act, row, draft, [theme_in(told)]):
        act.record("draft.edited", row.id, what="themes", code="", version=row.rev)


def discard_draft(act: Act) -> None:
    """Put the draft away; it can be taken up again until another is begun. Raises NoDraft."""
    row = _row(act)
    if row.due_at is not None:
        _call_off(act, row)
    row.slot, row.ended_at = None, act.at
    act.record("draft.discarded", row.id, base=row.base)


def take_up(act: Act) -> None:
    """Take up again the draft that was discarded last. Raises NoDraft when there is none, or another was begun."""
    row = discarded_draft(act.session)
    if row is None or open_draft(act.session) is not None:
        raise NoDraft
    row.slot, row.ended_at = 1, None
    act.record("draft.resumed", row.id, base=row.base)


def look_through(draft: Draft, base: Sequence[Body], used: Mapping[str, str]) -> tuple[Comparison, Checked]:
    """(what the draft changes, what the checks say). Pure."""
    kinds = draft.result()
    compared = compare(base, kinds)
    return compared, check(kinds, themes=draft.themes, compared=compared, used=used)


def publish_draft(act: Act, *, seen: int, day: datetime | None = None) -> ManualRow | None:
    """Publish the draft: at once, or settle that it is published at `day`; then nothing is returned yet.

    seen: the draft's count of edits that the person had before them.
    Raises NoDraft, DraftSettled, DraftMoved, BaseMoved, NothingChanged, NotReady, DayPassed.
    """
    row, draft = _opened(act)
    if draft.rev != seen:
        raise DraftMoved
    kinds = _ready(act, draft)
    if day is None:
        return _become(act, row, kinds)
    if day <= act.at:
        raise DayPassed
    row.due_at = day
    queue_job(act, PUBLISHING, row.id, due=day)
    act.record("draft.settled", row.id, due_at=day)
    return None


def publish_due(act: Act, draft_id: UUID) -> ManualRow | None:
    """Publish a draft whose day has come; nothing when it was called off meanwhile. Raises BaseMoved, NothingChanged, NotReady."""
    row = act.session.get(DraftRow, draft_id, with_for_update=True)
    if row is None or row.slot is None or row.due_at is None or row.due_at > act.at:
        return None
    return _become(act, row, _ready(act, read_draft(act.session, row)))


def call_off(act: Act) -> None:
    """Let the draft not be published by itself after all. Raises NoDraft."""
    row = _row(act)
    if row.due_at is not None:
        _call_off(act, row)
        act.record("draft.reopened", row.id)


def keep_table(act: Act, name: str, cells: list[list[Any]]) -> UUID:
    """Keep a table that was read until somebody takes it into the draft; it takes the place of an earlier one.

    Raises NoDraft, DraftSettled.
    """
    row, _ = _opened(act)
    act.session.execute(delete(TableRow).where(TableRow.draft_id == row.id))
    table = TableRow(id=new_id(), draft_id=row.id, read_at=act.at, person_id=act.who, name=name[-120:], cells=cells)
    act.session.add(table)
    return table.id


def take_in(act: Act, table_id: UUID, kinds: Sequence[Body], themes: Iterable[Body], *, seen: int) -> int:
    """Let the draft read as a table says; returns how many things that changed.

    kinds: the whole draft as the table leaves it. seen: the draft's count of edits when it was compared with the table.
    Raises NoDraft, DraftSettled, DraftMoved, NoSuchImport, CodeInUse.
    """
    row, draft = _opened(act)
    waiting_table(act.session, table_id)
    if draft.rev != seen:
        raise DraftMoved
    changed = _add_themes(act, row, draft, themes) + sum(_take_kind(act, row, draft, told) for told in kinds)
    wanted = {kind["code"] for kind in kinds} | {one["code"] for kind in kinds for one in kind["criteria"]}
    for kind in draft.kinds:
        if kind.code not in wanted and not kind.removed:
            _write(act, row, "kind", kind.code, body=_kept_body(kind), removed=True)
            changed += 1
        for one in kind.criteria:
            if one.code not in wanted and not one.removed and not kind.removed:
                _write(act, row, "criterion", one.code, kind=kind.code, body=_kept_body(one), removed=True)
                changed += 1
    changed += _place(act, row, "", [kind.code for kind in draft.kinds], [kind["code"] for kind in kinds])
    act.session.execute(delete(TableRow).where(TableRow.id == table_id))
    if changed:
        act.record("draft.edited", row.id, what="table", code="", changed=changed, version=row.rev)
    return changed


def _take_kind(act: Act, row: DraftRow, draft: Draft, told: Body) -> int:
    """Lay one kind of a table over the draft; how many things that changed."""
    kind, body = draft.kind(told["code"]), settle_kind(told)
    if kind is None and draft.criterion(told["code"]) is not None:
        raise CodeInUse(code=told["code"])
    changed = 0
    if kind is None or kind.removed or kind.body != body:
        _write(act, row, "kind", body["code"], body=None if kind and kind.base == body else body)
        changed += 1
    for criterion in told["criteria"]:
        one, settled = draft.criterion(criterion["code"]), settle_criterion(criterion)
        if draft.kind(settled["code"]) is not None or (one is not None and one.kind != body["code"]):
            raise CodeInUse(code=settled["code"])
        if one is None or one.removed or one.body != settled:
            _write(
                act,
                row,
                "criterion",
                settled["code"],
                kind=body["code"],
                body=None if one and one.base == settled else settled,
            )
            changed += 1
    return changed + _place(
        act,
        row,
        body["code"],
        [one.code for one in kind.criteria] if kind else [],
        [one["code"] for one in told["criteria"]],
    )


def _place(act: Act, row: DraftRow, code: str, before: list[str], after: list[str]) -> int:
    """Write down the order wanted, where it is not the one that comes by itself; whether it was."""
    by_itself = before + sorted(set(after) - set(before))
    if [one for one in by_itself if one in set(after)] == after:
        return 0
    _write(act, row, "order", code, body=after + [one for one in before if one not in set(after)])
    return 1


# ---- what they share


def _row(act: Act) -> DraftRow:
    row = act.session.scalar(select(DraftRow).where(DraftRow.slot == 1).with_for_update())
    if row is None:
        raise NoDraft
    return row


def _opened(act: Act) -> tuple[DraftRow, Draft]:
    row = _row(act)
    if row.due_at is not None:
        raise DraftSettled
    return row, read_draft(act.session, row)


def _check_free(draft: Draft, code: str) -> None:
    if draft.kind(code) is not None or draft.criterion(code) is not None:
        raise CodeInUse(code=code)


def _set_removed(act: Act, code: str, *, seen: int, removed: bool) -> None:
    row, draft = _opened(act)
    thing = draft.criterion(code) or draft.kind(code)
    if thing is None:
        raise NotInDraft(code=code)
    if thing.version != seen:
        raise EditedMeanwhile(code=code)
    if thing.removed != removed:
        what = "kind" if isinstance(thing, DraftKind) else "criterion"
        _put(
            act,
            row,
            what,
            code,
            kind="" if isinstance(thing, DraftKind) else thing.kind,
            body=_kept_body(thing),
            removed=removed,
        )


def _kept_body(thing: Any) -> Body | None:
    """What stays written of a thing that is taken out: its own words, or nothing where the base has them."""
    return None if thing.body == thing.base else thing.body


def _put(act: Act, row: DraftRow, what: str, code: str, *, kind: str = "", body: Any, removed: bool = False) -> None:
    """Write an edit, and note it."""
    edit = _write(act, row, what, code, kind=kind, body=body, removed=removed)
    act.record("draft.edited", row.id, what=what, code=code, removed=removed, version=edit.version)


def _write(
    act: Act, row: DraftRow, what: str, code: str, *, kind: str = "", body: Any, removed: bool = False
) -> EditRow:
    """The one way an edit is written."""
    edit = act.session.get(EditRow, (row.id, what, code))
    if edit is None:
        edit = EditRow(draft_id=row.id, what=what, code=code, kind=kind, version=0)
        act.session.add(edit)
    edit.body, edit.removed, edit.version = body, removed, edit.version + 1
    edit.saved_at, edit.saved_by = act.at, act.who
    row.rev += 1
    row.saved_at, row.saved_by = act.at, act.who
    return edit


def _add_themes(act: Act, row: DraftRow, draft: Draft, told: Iterable[Body]) -> int:
    listed = act.session.get(EditRow, (row.id, "themes", ""))
    added = {theme["theme_zh"]: theme for theme in (listed.body or [])} if listed else {}
    new = {
        theme["theme_zh"]: theme for theme in told if theme["theme_zh"] and draft.themes.get(theme["theme_zh"]) != theme
    }
    if new:
        _write(act, row, "themes", "", body=list((added | new).values()))
    return len(new)


def _ready(act: Act, draft: Draft) -> list[Body]:
    newest = current_manual(act.session)
    if newest is None or newest.version != draft.base:
        raise BaseMoved(base=draft.base, version=newest.version if newest else 0)
    compared, checked = look_through(draft, manual_kinds(act.session, draft.base), codes_used(act.session))
    if compared.is_empty:
        raise NothingChanged
    if checked.stops:
        raise NotReady(n=checked.stops)
    return draft.result()


def _become(act: Act, row: DraftRow, kinds: list[Body]) -> ManualRow:
    made = publish(act, kinds)
    row.slot, row.ended_at, row.became = None, act.at, made.version
    act.session.execute(delete(TableRow).where(TableRow.draft_id == row.id))
    act.record("draft.published", row.id, version=made.version, manual=derived_id("manual", made.version))
    return made


def _call_off(act: Act, row: DraftRow) -> None:
    row.due_at = None
    for job_id in act.session.scalars(
        select(Job.id).where(Job.kind == PUBLISHING, Job.subject == row.id, Job.ended_at.is_(None))
    ):
        stop_job(act, job_id)
