"""What is looked at before a version is published: what must be put right, and what only gives pause. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .diff import Comparison
from .shape import FULL_POINTS, MOST_CRITERIA, Body, Fault, criterion_faults, kind_faults


@dataclass(frozen=True)
class Wrong:
    """A fault of one kind or criterion."""

    code: str
    kind: str
    fault: Fault
    is_kind: bool = False


@dataclass(frozen=True)
class Checked:
    """What the checks found. Only `wrong`, `twice`, `bare` and `crowded` keep a version from being published."""

    wrong: tuple[Wrong, ...] = ()
    #: codes that stand for two things
    twice: tuple[str, ...] = ()
    #: kinds without a criterion
    bare: tuple[str, ...] = ()
    #: kinds with more criteria than a visit has room for
    crowded: tuple[str, ...] = ()
    #: (kind, points) where the points do not make a hundred
    off: tuple[tuple[str, int], ...] = ()
    #: new codes that an earlier version used for something else
    reused: tuple[str, ...] = ()
    #: new or changed criteria without English
    untold: tuple[str, ...] = ()
    points: Mapping[str, int] = field(default_factory=dict)

    @property
    def stops(self) -> int:
        """How many things keep it from being published."""
        return len(self.wrong) + len(self.twice) + len(self.bare) + len(self.crowded)


def check(kinds: Sequence[Body], *, themes: Iterable[str], compared: Comparison, used: Mapping[str, str]) -> Checked:
    """Look through a manual that is to be published.

    compared: it against the version before. used: every code any version had, with the text it last stood for.
    """
    known = set(themes)
    wrong = [Wrong(kind["code"], kind["code"], fault, is_kind=True) for kind in kinds for fault in kind_faults(kind)]
    wrong += [
        Wrong(one["code"], kind["code"], fault)
        for kind in kinds
        for one in kind["criteria"]
        for fault in criterion_faults(one, known)
    ]
    codes = [kind["code"] for kind in kinds] + [one["code"] for kind in kinds for one in kind["criteria"]]
    points = {kind["code"]: sum(one.get("points") or 0 for one in kind["criteria"]) for kind in kinds}
    touched = [one for kind in compared.kinds for one in kind.criteria if one.new is not None]
    return Checked(
        wrong=tuple(wrong),
        twice=tuple(sorted({code for code in codes if codes.count(code) > 1})) if len(set(codes)) < len(codes) else (),
        bare=tuple(kind["code"] for kind in kinds if not kind["criteria"]),
        crowded=tuple(kind["code"] for kind in kinds if len(kind["criteria"]) > MOST_CRITERIA),
        off=tuple(
            (code, total)
            for code, total in points.items()
            if total != FULL_POINTS and any(one["code"] == code and one["criteria"] for one in kinds)
        ),
        reused=tuple(
            one.code
            for one in touched
            if one.what == "added" and one.code in used and one.new and used[one.code] != one.new.get("text_zh")
        ),
        untold=tuple(one.code for one in touched if one.new and not one.new.get("text_en")),
        points=points,
    )
