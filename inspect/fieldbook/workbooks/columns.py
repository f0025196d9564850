"""What a table may say, under which headings, and finding that in whatever rows an office sent. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from .reading import Book, Page
from .refusals import NoHead

#: how far down a head is looked for, and how many headings make one
HEAD_ROWS = 30
KNOWN_HEADINGS = 3

BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>")
DROPPED = re.compile(r"[\s*:：、,，.。;；_\-—/\\'\"“”‘’]+")
MASKED = re.compile(r"(?=.*[*＊])[\d*＊+()（）\s\u2060-]+")
FOOT = re.compile(r"^(合计|总计|小计|共计|总数|填表人|填报人|制表人?|填报单位|填表单位|审核人?|审批|负责人签字|单位负责人|单位盖章|盖章|注|备注|说明|填表说明|填表日期|填报日期|日期)\s*([:：].*|\d.*|)$", re.DOTALL)


@dataclass(frozen=True)
class Column:
    """One thing a table may say.

    key: what the room calls it. heading: what we call it, in Chinese. variants: what else offices call it, compared after
    `normalised`. must: without this column the table is of no use. example: stands in the sample workbook.
    kept: False for a column that is known and not kept; the page says so.
    """

    key: str
    heading: str
    variants: tuple[str, ...] = ()
    must: bool = False
    example: str = ""
    kept: bool = True


@dataclass(frozen=True)
class Row:
    """One row below the head, with the number that the sheet shows for it. Values by the column's key, None left out."""

    number: int
    values: dict[str, Any]

    def text(self, key: str) -> str:
        """The value as one line of text; a whole number without a point."""
        value = self.values.get(key)
        return "" if value is None or isinstance(value, bool) else as_text(value)


@dataclass(frozen=True)
class Table:
    """A sheet understood: where the head is, what each column is, the rows, and what was left aside."""

    sheet: str
    #: number of the head's last row as the sheet shows it
    head: int
    #: number of rows above the head that were skipped
    above: int
    #: position -> key, in the order of the sheet
    mapping: dict[int, str]
    #: position -> heading, of every column that has one
    headings: dict[int, str]
    rows: list[Row]
    #: numbers of rows that are no rows: totals, signatures, headings in between
    aside: list[int]
    #: row number -> [(position, kind, what stood there)] with kind "error", "uncalculated" or "formula"
    odd: dict[int, list[tuple[int, str, str]]] = field(default_factory=dict)

    @property
    def unknown(self) -> dict[int, str]:
        """The headings that nothing was made of."""
        return {position: heading for position, heading in self.headings.items() if position not in self.mapping}

    def has(self, key: str) -> bool:
        return key in self.mapping.values()


def normalised(heading: Any) -> str:
    """A heading as it is compared: half width, lower case, without brackets and what is in them, spaces, stars, colons."""
    return _normalised(str(heading or "")[:200])


@lru_cache(maxsize=8192)
def _normalised(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).lower().replace("必填", "")
    before = None
    while before != text:
        before, text = text, BRACKETS.sub("", text)
    return DROPPED.sub("", text)


def is_masked(cell: Any) -> bool:
    """Whether a cell holds a telephone number as our own lists show it, 138****0000: it says nothing, so that the number known stays."""
    return isinstance(cell, str) and MASKED.fullmatch(cell.strip()) is not None and sum(sign.isdecimal() for sign in cell) >= 3


def as_text(value: Any) -> str:
    """A cell as one line of text: line breaks within Chinese fall away, other space becomes one blank."""
    if not isinstance(value, str):
        return repr(value) if isinstance(value, float) else str(value)
    text = unicodedata.normalize("NFC", value).replace("\u2060", "")  # our lists keep numbers on one line with it
    if "\n" not in text and text.isprintable() and " " not in text:
        return text
    text = re.sub(r"(?<=[^\x00-\xff])[ \t]*\n\s*(?=[^\x00-\xff])", "", text)
    return re.sub(r"\s+", " ", text).strip()


def choose(book: Book, columns: Sequence[Column], *, sheet: str | None = None, mapping: dict[int, str] | None = None) -> Table:
    """The sheet that looks most like our table, or the one named, understood.

    mapping: position -> key where a person said otherwise ("" = leave it out). Raises NoHead.
    """
    best: Table | None = None
    for page in book.sheets:
        if sheet is not None and page.name != sheet:
            continue
        table = understand(page, columns, mapping=mapping)
        if table is not None and (best is None or (len(table.mapping), len(table.rows)) > (len(best.mapping), len(best.rows))):
            best = table
    if best is None:
        raise NoHead(rows=HEAD_ROWS)
    return best


def understand(page: Page, columns: Sequence[Column], *, mapping: dict[int, str] | None = None) -> Table | None:
    """A sheet's head, columns and rows; None when no row is a head."""
    found = find_head(page.rows, columns)
    if found is None:
        return None
    first, last, positions = found
    headings = {}
    for position in range(max((len(row) for row in page.rows[first : last + 1]), default=0)):
        parts = [as_text(row[position]) for row in page.rows[first : last + 1] if position < len(row) and row[position] is not None]
        if parts:
            headings[position] = parts[-1]
    for position, key in (mapping or {}).items():
        if position in headings or position in positions:
            positions.pop(position, None)
            if key:
                positions = {other: had for other, had in positions.items() if had != key}
                positions[position] = key
    head_cells = [normalised(headings.get(position)) for position in positions]
    foremost = next(iter(positions))
    rows, aside = [], []
    for index in range(last + 1, len(page.rows)):
        cells = page.rows[index]
        if all(cell is None for cell in cells):
            continue
        values = {key: cells[position] for position, key in positions.items() if position < len(cells) and cells[position] is not None and not is_masked(cells[position])}
        # a head that is repeated on every printed page
        again = foremost < len(cells) and isinstance(cells[foremost], str) and normalised(cells[foremost]) == head_cells[0]
        if (again and [normalised(cells[position]) if position < len(cells) else "" for position in positions] == head_cells) or is_aside(cells):
            aside.append(index + 1)
        else:
            rows.append(Row(index + 1, values))
    odd: dict[int, list[tuple[int, str, str]]] = {}
    for kind, cells_ in (("error", page.errors), ("uncalculated", page.uncalculated), ("formula", page.formulas)):
        for row, position, what in cells_:
            if row > last and position in positions:
                odd.setdefault(row + 1, []).append((position, kind, what))
    return Table(page.name, last + 1, first, dict(sorted(positions.items())), headings, rows, aside, odd)


def find_head(rows: Sequence[Sequence[Any]], columns: Sequence[Column]) -> tuple[int, int, dict[int, str]] | None:
    """(first row, last row, position -> key) of the head: the first row with three known headings, or with all that we must have.

    A head of two rows (坐标 over 经度 and 纬度) is taken whole.
    """
    must = {column.key for column in columns if column.must}
    second: tuple[int, dict[int, str]] | None = None
    for index, row in enumerate(rows[:HEAD_ROWS]):
        positions = match(row, columns)
        if len(positions) >= min(KNOWN_HEADINGS, len(columns)):
            return _with_lower(rows, index, positions, columns)
        if second is None and must and must <= set(positions.values()) and len(positions) >= 2:
            second = index, positions
    return _with_lower(rows, *second, columns) if second else None


def _with_lower(rows: Sequence[Sequence[Any]], index: int, positions: dict[int, str], columns: Sequence[Column]) -> tuple[int, int, dict[int, str]]:
    if index + 1 < len(rows):
        lower = match(rows[index + 1], columns)
        new = {position: key for position, key in lower.items() if positions.get(position) != key}
        both = {**{position: key for position, key in positions.items() if key not in new.values()}, **new}
        same = sum(rows[index][position] == rows[index + 1][position] for position in positions if position < len(rows[index + 1]))
        # what the lower row repeats was merged downwards; it is a head only if it says something more
        if len(new) >= 2 and same + len(new) >= len([cell for cell in rows[index + 1] if cell is not None]) * 0.6:
            return index, index + 1, both
    return index, index, positions


def match(row: Sequence[Any], columns: Sequence[Column]) -> dict[int, str]:
    """position -> key of the headings known in a row: our own words first, then the variants in the columns' order."""
    cells = {position: normalised(cell) for position, cell in enumerate(row) if cell is not None and len(str(cell)) <= 60}
    found: dict[int, str] = {}
    for names in (lambda column: (column.heading, column.key), lambda column: column.variants):
        for column in columns:
            if column.key in found.values():
                continue
            wanted = [normalised(name) for name in names(column)]
            for name in wanted:
                position = next((at for at, cell in cells.items() if cell == name and at not in found), None)
                if position is not None:
                    found[position] = column.key
                    break
    return found


def is_aside(cells: Sequence[Any]) -> bool:
    """Whether a row is none of the table's: a total, a signature, a note, or one text across the whole width."""
    filled = [cell for cell in cells if cell is not None]
    first = as_text(filled[0])
    if FOOT.match(first) and (len(filled) <= 3 or first.startswith(("合计", "总计", "小计", "共计"))):
        return True
    return len(filled) >= 3 and len({str(cell) for cell in filled}) == 1


def split_list(text: str) -> list[str]:
    """Several values in one cell, parted by 、 ， , / ; ； | or line breaks, each once."""
    return list(dict.fromkeys(part.strip() for part in re.split(r"[、，,/;；|\n]+", unicodedata.normalize("NFC", text)) if part.strip()))


def nearest(word: str, known: Iterable[str], *, least: float = 0.34) -> str | None:
    """The known word most like this one by the letters and pairs of letters they share; None when none is like it."""

    def pieces(text: str) -> set[str]:
        return set(text) | {text[at : at + 2] for at in range(len(text) - 1)}

    mine, best, found = pieces(word), least, None
    for other in known:
        theirs = pieces(other)
        likeness = 2 * len(mine & theirs) / (len(mine) + len(theirs) or 1)
        if likeness > best:
            best, found = likeness, other
    return found
