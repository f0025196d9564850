"""What an import would do, row by row, before anything is done; and what a person said about it. Pure."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from fieldbook.kernel import Act

from .columns import Column, Row, Table


class Verdict(StrEnum):
    """What becomes of a row."""

    ADDED = "added"  #: 新增
    CHANGED = "changed"  #: 变更
    UNCHANGED = "unchanged"  #: 不变
    REFUSED = "refused"  #: 不收
    SKIPPED = "skipped"  #: 跳过: a person said so


class Change(msgspec.Struct, frozen=True, gc=False):
    """One thing that would be different: as it stands, as the table has it. note: a figure that helps, such as metres moved."""

    field: str
    old: str
    new: str
    note: int | None = None


class Way(msgspec.Struct, frozen=True, gc=False):
    """A way to take a row that is refused, or to take it otherwise. do and value go into `Asked`."""

    do: str
    value: str = ""
    #: the name of what `value` stands for, where it has one
    name: str = ""


class Reason(msgspec.Struct, frozen=True, gc=False):
    """Why a row is not taken, or what to look at. word: the cell's own text that is the matter, if any.

    Rows with the same code and word are one matter: they are shown together, and a way serves them all.
    """

    code: str
    word: str = ""
    #: of a matter that names other rows or things
    facts: dict[str, str | int] = msgspec.field(default_factory=dict)
    ways: tuple[Way, ...] = ()


class Line(msgspec.Struct, gc=False):
    """One row of the table and what it comes to."""

    row: int
    verdict: Verdict
    name: str = ""
    number: str = ""
    #: what it changes; None for what is new
    id: UUID | None = None
    #: for a new one: what it will say
    changes: list[Change] = msgspec.field(default_factory=list)
    #: why not, for a refused row; for others, what deserves a look
    reasons: list[Reason] = msgspec.field(default_factory=list)
    #: what would be written, in the room's own terms
    values: dict[str, Any] = msgspec.field(default_factory=dict)
    #: version of what it changes
    version: int = 0


class Plan(msgspec.Struct):
    """What would be done. `also`: other things that would be made on the way (areas, units), in the room's own terms."""

    lines: list[Line] = msgspec.field(default_factory=list)
    also: dict[str, list[dict[str, Any]]] = msgspec.field(default_factory=dict)
    #: what was found out about the table as a whole
    notes: dict[str, str | int] = msgspec.field(default_factory=dict)

    def count(self, verdict: Verdict) -> int:
        return sum(line.verdict == verdict for line in self.lines)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each verdict; together they are the rows read."""
        return {str(verdict): self.count(verdict) for verdict in Verdict}

    @property
    def doubted(self) -> list[Line]:
        """Rows that are taken and deserve a look."""
        return [line for line in self.lines if line.verdict not in (Verdict.REFUSED, Verdict.SKIPPED) and line.reasons]

    @property
    def to_do(self) -> int:
        """How many things would be added or changed."""
        return self.count(Verdict.ADDED) + self.count(Verdict.CHANGED)

    def matters(self) -> Iterator[tuple[Reason, list[int]]]:
        """The reasons of refused rows, the same ones together, with the rows they concern, in the order they first appear."""
        found: dict[tuple[str, str], tuple[Reason, list[int]]] = {}
        for line in self.lines:
            if line.verdict == Verdict.REFUSED:
                for reason in line.reasons:
                    found.setdefault((reason.code, reason.word), (reason, []))[1].append(line.row)
        yield from found.values()

    def digest(self) -> str:
        """SHA-256 of what would be done: two plans with the same one do the same."""
        return hashlib.sha256(msgspec.json.encode([line for line in self.lines if line.verdict in (Verdict.ADDED, Verdict.CHANGED)], order="sorted")).hexdigest()


@dataclass
class Asked:
    """What a person said about a table: which sheet, what its columns are, and ways to take what was refused.

    rows: row number -> {do: value}. words: "field:text" -> value, for every row with that text.
    """

    sheet: str | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def of(self, row: Row) -> dict[str, str]:
        return self.rows.get(str(row.number), {})

    def word(self, field_: str, text: str) -> str | None:
        return self.words.get(f"{field_}:{text}")

    @property
    def columns(self) -> dict[int, str]:
        return {int(position): key for position, key in self.mapping.items()}


def corrected(asked: Asked, plan: Plan, *, code: str, word: str, do: str, value: str = "", row: int | None = None) -> Asked:
    """What the person said, with one more word: a way `do` taken for the rows whose reason is `code` about `word`, or for one row.

    A way about a word (kind:夜市) holds for every row with that word, now and after; word "*" means every word of that code.
    Any other way is kept for each row it concerns. What fits no row changes nothing.
    """
    rows, words = {number: dict(said) for number, said in asked.rows.items()}, dict(asked.words)
    for line in plan.lines:
        if row is not None and line.row != row:
            continue
        if do == "unskip":
            if line.verdict == Verdict.SKIPPED and row is not None:
                rows.pop(str(line.row), None)
            continue
        for reason in line.reasons:
            way = next((way for way in reason.ways if way.do == do and value in ("", way.value)), None) or next((way for way in reason.ways if way.do == do), None)
            if reason.code != code or (word != "*" and reason.word != word) or way is None:
                continue
            if code.startswith(f"{do}_"):
                words[f"{do}:{reason.word}"] = value or way.value
            else:
                rows[str(line.row)] = rows.get(str(line.row), {}) | {do: value or way.value or str(reason.facts.get("row", ""))}
    return Asked(asked.sheet, asked.mapping, asked.settings, {number: said for number, said in rows.items() if said}, words)


@dataclass
class Applied:
    """What was done, enough to undo it. made: ids by table. changed: (id, before, after) by table, in the room's own terms."""

    made: dict[str, list[UUID]] = field(default_factory=dict)
    changed: dict[str, list[tuple[UUID, dict[str, Any], dict[str, Any]]]] = field(default_factory=dict)


@dataclass
class Undone:
    """What undoing came to. stays: (name, why) of what was left because something followed. touched: ids of places given back."""

    removed: int = 0
    restored: int = 0
    touched: list[UUID] = field(default_factory=list)
    stays: list[tuple[str, str]] = field(default_factory=list)


#: tells how far a long piece of work is: (done, of how many, what it is at). May raise JobStopped.
Tell = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Subject:
    """One kind of list that can be imported. A room makes one and gives it to `places.SUBJECTS`; pages and jobs know no more.

    name: in addresses and journal. columns: what its tables may say.
    plan: (session, table, what the person said, when) -> Plan; reads only.
    prepare: (plan, tell), before that transaction: what is slow, such as pinyin that only the child can make.
    apply: (act, plan, the intake's id) -> Applied; inside the one transaction, everything or nothing.
    undo: (act, what was applied) -> Undone; leaves what something followed, and says so.
    verbs: first words of the journal's verbs that can make a plan outdated.
    """

    name: str
    columns: tuple[Column, ...]
    plan: Callable[[Session, Table, Asked, datetime], Plan]
    apply: Callable[[Act, Plan, UUID], Applied]
    undo: Callable[[Act, Applied], Undone]
    verbs: tuple[str, ...] = ()
    prepare: Callable[[Plan, Tell], None] | None = None
