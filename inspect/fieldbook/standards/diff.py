"""Two manuals compared: what was added, changed and removed, and texts word by word. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

Body = Mapping[str, Any]
What = Literal["same", "changed", "added", "removed"]

#: numbers and Latin words stay whole, every Chinese character is a word
WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
#: so short a run between two changes that it is read as part of them
SHORTEST = 2


@dataclass(frozen=True)
class Piece:
    """A run of words: in both texts, only in the old one, only in the new one."""

    kind: Literal["both", "old", "new"]
    text: str


@dataclass(frozen=True)
class Change:
    """One field that is not as it was."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class CriterionChange:
    """What became of one criterion."""

    code: str
    what: What
    old: Body | None
    new: Body | None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class KindChange:
    """What became of one kind: its own fields, its criteria in the new order, removed ones where they stood."""

    code: str
    what: What
    body: Body
    changes: tuple[Change, ...] = ()
    criteria: tuple[CriterionChange, ...] = ()
    #: the criteria that stayed stand in another order
    reordered: bool = False

    def count(self, what: What) -> int:
        return sum(one.what == what for one in self.criteria)


@dataclass(frozen=True)
class Comparison:
    """Every kind in which something changed, in the new manual's order, removed ones last; and the counts over all criteria."""

    kinds: tuple[KindChange, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    #: the kinds that stayed stand in another order
    reordered: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.kinds and not self.reordered

    @property
    def changed(self) -> int:
        return self.counts["changed"] + self.counts["added"] + self.counts["removed"]


def compare(old: Sequence[Body], new: Sequence[Body]) -> Comparison:
    """What a manual changes against another. old, new: kinds with their criteria, as in data/standards.json."""
    before = {kind["code"]: kind for kind in old}
    after = {kind["code"]: kind for kind in new}
    pairs = [(before.get(code), kind) for code, kind in after.items()] + [
        (kind, None) for code, kind in before.items() if code not in after
    ]
    every = [_compare_kind(was, now) for was, now in pairs]
    counts = {what: sum(kind.count(what) for kind in every) for what in ("same", "changed", "added", "removed")}
    told = tuple(
        KindChange(
            kind.code,
            kind.what,
            kind.body,
            kind.changes,
            tuple(one for one in kind.criteria if one.what != "same"),
            kind.reordered,
        )
        for kind in every
        if kind.what != "same"
    )
    return Comparison(told, counts, _moved(list(before), list(after)))


def _compare_kind(old: Body | None, new: Body | None) -> KindChange:
    was = {one["code"]: one for one in (old["criteria"] if old else ())}
    now = {one["code"]: one for one in (new["criteria"] if new else ())}
    order = list(now)
    for code in was:
        if code not in now:  # a removed one stands behind the one it followed
            earlier = [other for other in list(was)[: list(was).index(code)] if other in order]
            order.insert(order.index(earlier[-1]) + 1 if earlier else 0, code)
    criteria = tuple(_compare_criterion(code, was.get(code), now.get(code)) for code in order)
    body = new or old or {}
    changes = tuple(changes_of(old, new, leave=("criteria",))) if old and new else ()
    reordered = _moved(list(was), list(now))
    what: What = "added" if not old else "removed" if not new else "same"
    if what == "same" and (changes or reordered or any(one.what != "same" for one in criteria)):
        what = "changed"
    return KindChange(str(body["code"]), what, body, changes, criteria, reordered)


def _compare_criterion(code: str, old: Body | None, new: Body | None) -> CriterionChange:
    if old is None or new is None:
        return CriterionChange(code, "added" if old is None else "removed", old, new)
    changes = tuple(changes_of(old, new))
    return CriterionChange(code, "changed" if changes else "same", old, new, changes)


def changes_of(old: Body, new: Body, *, leave: Iterable[str] = ()) -> list[Change]:
    """The fields that differ, those of the old body first and in its order."""
    keys = [key for key in dict.fromkeys((*old, *new)) if key not in set(leave)]
    return [Change(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)]


def _moved(old: list[str], new: list[str]) -> bool:
    return [code for code in old if code in set(new)] != [code for code in new if code in set(old)]


def pieces(old: str, new: str) -> list[Piece]:
    """Both texts as one, word by word; the old words of a place stand before the new ones."""
    was, now = WORD.findall(old), WORD.findall(new)
    runs: list[
        tuple[str, str, str]
    ] = []  # both, old only, new only: exactly one side is filled, or both sides of a change
    for tag, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(("".join(was[a:b]), "", ""))
        else:
            runs.append(("", "".join(was[a:b]), "".join(now[c:d])))
    told: list[Piece] = []
    for both, gone, come in _joined(runs):
        for kind, text in (("both", both), ("old", gone), ("new", come)):
            if text:
                told.append(Piece(kind, text))  # type: ignore[arg-type]
    return told


def _joined(runs: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The runs with each short agreement between two replacements taken into them: single letters left over read as noise."""
    joined: list[tuple[str, str, str]] = []
    for n, (both, gone, come) in enumerate(runs):
        between = 0 < n < len(runs) - 1
        if both and between and len(both) < SHORTEST and all(runs[n - 1][1:]) and all(runs[n + 1][1:]):
            joined.append(("", both, both))
        else:
            joined.append((both, gone, come))
    told: list[tuple[str, str, str]] = []
    for both, gone, come in joined:
        if not both and told and not told[-1][0]:
            told[-1] = ("", told[-1][1] + gone, told[-1][2] + come)
        else:
            told.append((both, gone, come))
    return told
