"""A draft as it reads: the base with its edits laid over it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from .diff import What
from .shape import Body, theme_in, themes_of


class Edit(Protocol):
    """What a draft says of one thing (`EditRow`)."""

    what: str
    code: str
    kind: str
    body: Any | None
    removed: bool
    version: int
    saved_at: datetime
    saved_by: UUID | None


@dataclass(frozen=True)
class DraftCriterion:
    """A criterion in the draft, with what the base says of it."""

    code: str
    kind: str
    body: Body
    base: Body | None
    removed: bool = False
    #: how often it was saved; whoever saves says which one they had before them
    version: int = 0
    saved_at: datetime | None = None
    saved_by: UUID | None = None

    @property
    def state(self) -> What:
        return state_of(self.base, self.body, removed=self.removed)


@dataclass(frozen=True)
class DraftKind:
    """A kind in the draft, with its criteria, removed ones among them."""

    code: str
    body: Body
    base: Body | None
    removed: bool
    version: int
    criteria: tuple[DraftCriterion, ...]
    saved_at: datetime | None = None
    saved_by: UUID | None = None

    @property
    def state(self) -> What:
        return state_of(self.base, self.body, removed=self.removed)

    @property
    def kept(self) -> list[DraftCriterion]:
        """The criteria that will be in the next version."""
        return [one for one in self.criteria if not one.removed] if not self.removed else []

    @property
    def changed(self) -> int:
        """How many criteria differ from the base; one that was added and taken out again does not."""
        return (
            sum(one.state != "same" and not (one.removed and one.base is None) for one in self.criteria)
            if not (self.removed and self.base is None)
            else 0
        )


Coded = TypeVar("Coded", DraftKind, DraftCriterion)


def state_of(base: Body | None, body: Body, *, removed: bool) -> What:
    """How something in a draft stands to its base."""
    if removed:
        return "removed"
    if base is None:
        return "added"
    return "changed" if base != body else "same"


@dataclass(frozen=True)
class Draft:
    """The one draft, as it reads now."""

    id: UUID
    base: int
    rev: int
    begun_at: datetime
    saved_at: datetime
    saved_by: UUID | None
    due_at: datetime | None
    kinds: tuple[DraftKind, ...]
    #: by Chinese name: the base's and those added
    themes: Mapping[str, Body]

    @property
    def changed(self) -> int:
        """How many criteria differ from the base."""
        return sum(kind.changed for kind in self.kinds)

    def kind(self, code: str) -> DraftKind | None:
        return next((kind for kind in self.kinds if kind.code == code), None)

    def criterion(self, code: str) -> DraftCriterion | None:
        return next((one for kind in self.kinds for one in kind.criteria if one.code == code), None)

    def result(self) -> list[Body]:
        """The kinds as they will be published."""
        return [kind.body | {"criteria": [one.body for one in kind.kept]} for kind in self.kinds if not kind.removed]


def assemble(base: Sequence[Body], edits: Iterable[Edit]) -> tuple[tuple[DraftKind, ...], dict[str, Body]]:
    """(kinds, themes) of a draft: the base's, with the edits laid over them."""
    by = {(edit.what, edit.code): edit for edit in sorted(edits, key=lambda edit: edit.code)}
    added: dict[str, list[Edit]] = {}
    known = {criterion["code"] for kind in base for criterion in kind["criteria"]}
    for (what, code), edit in by.items():
        if what == "criterion" and code not in known and edit.body is not None:
            added.setdefault(edit.kind, []).append(edit)
    kinds: dict[str, DraftKind] = {}
    for raw in base:
        body = {key: value for key, value in raw.items() if key != "criteria"}
        criteria = [_criterion(one, raw["code"], by.get(("criterion", one["code"]))) for one in raw["criteria"]]
        kinds[raw["code"]] = _kind(body, by.get(("kind", raw["code"])), criteria, added.get(raw["code"], []), by)
    for (what, code), edit in by.items():
        if what == "kind" and code not in kinds and edit.body is not None:
            kinds[code] = _kind(None, edit, [], added.get(code, []), by)
    themes = themes_of(base)
    listed = by.get(("themes", ""))
    for theme in (listed.body or []) if listed else []:
        themes.setdefault(theme["theme_zh"], theme_in(theme))
    return tuple(_in_order(list(kinds.values()), by.get(("order", "")))), themes


def _kind(
    base: Body | None,
    edit: Edit | None,
    criteria: list[DraftCriterion],
    added: list[Edit],
    by: Mapping[tuple[str, str], Edit],
) -> DraftKind:
    body = edit.body if edit is not None and edit.body is not None else base
    assert body is not None
    every = criteria + [_criterion(None, body["code"], one) for one in sorted(added, key=lambda one: one.code)]
    placed = tuple(_in_order(every, by.get(("order", body["code"]))))
    if edit is None:
        return DraftKind(body["code"], body, base, False, 0, placed)
    return DraftKind(body["code"], body, base, edit.removed, edit.version, placed, edit.saved_at, edit.saved_by)


def _criterion(base: Body | None, kind: str, edit: Edit | None) -> DraftCriterion:
    if edit is None:
        assert base is not None
        return DraftCriterion(base["code"], kind, base, base)
    body = edit.body if edit.body is not None else base
    assert body is not None
    return DraftCriterion(body["code"], kind, body, base, edit.removed, edit.version, edit.saved_at, edit.saved_by)


def _in_order(things: list[Coded], order: Edit | None) -> list[Coded]:
    """The things as the order says; those it does not name stay behind the one they followed."""
    if order is None or not order.body:
        return things
    place = {code: n for n, code in enumerate(order.body)}
    keys: list[tuple[int, int]] = []
    last = -1
    for n, thing in enumerate(things):
        last = place.get(thing.code, last)
        keys.append((last, n if thing.code not in place else -1))
    return [thing for _, thing in sorted(zip(keys, things, strict=True), key=lambda pair: pair[0])]
