"""The reading child: turns one workbook or csv into rows of plain values, or a list of names into pinyin initials.

Run by `reading` as `python -I read_child.py MEMORY_BYTES CPU_SECONDS`; never imported. It knows nothing of Fieldbook, is given
one request on its standard input and answers once on its standard output, opens no other file, follows no link, evaluates no
formula, and dies rather than use more memory or time than allowed.

Request: one line of JSON {"do": "xlsx" | "csv" | "initials", …limits}, then the bytes. Answer: JSON, {"wrong": code, …facts} when
it will not be read.
"""

import csv
import io
import json
import re
import resource
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

#: what XML calls a document type: nobody's spreadsheet needs one, and entities are bombs
DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
#: a cell with something in it: its attributes, whether it is a formula, its value
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>\s*(<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>))?\s*(<(?:\w+:)?(?:v|is)\b[^>]*>)?([^<]*)")
REF = re.compile(rb"\br=\"([A-Z]{1,3})(\d{1,7})\"")
TYPE = re.compile(rb"\bt=\"(\w+)\"")
TEXT = re.compile(rb"<(?:\w+:)?t\b[^>]*>([^<]*)")
NUMBER = re.compile(rb"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
#: control characters no database keeps and no person typed; line breaks and tabs become a space later
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
DELIMITERS = ",\t;|，；"


class Wrong(Exception):
    """This file will not be read; the code and facts say why."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.answer = {"wrong": code, **facts}


# ---- workbooks


def read_xlsx(data: bytes, most: dict[str, int]) -> dict[str, Any]:
    """Every visible sheet's rows, merged cells filled, with the cells that hold errors or formulas named."""
    from python_calamine import CalamineError, SheetTypeEnum, SheetVisibleEnum, XmlError, ZipError, load_workbook

    try:
        notes, mended = _look_into(data, most)
        book = load_workbook(io.BytesIO(mended))
        sheets, rows = [], 0
        for about in book.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible:
                continue
            sheet = book.get_sheet_by_name(about.name)
            if sheet.total_height + 1 > most["rows"] or sheet.total_width + 1 > most["columns"]:
                raise Wrong("too_large", rows=most["rows"], columns=most["columns"])
            rows += sheet.total_height + 1
            if rows > most["rows"]:
                raise Wrong("too_large", rows=most["rows"], columns=most["columns"])
            table = [[_plain(value, most) for value in row] for row in sheet.to_python(skip_empty_area=False)] if sheet.height else []
            _fill_merged(table, sheet.merged_cell_ranges or [])
            sheets.append({"name": _cleaned(about.name), "rows": table, **_noted(table, notes.get(about.name, {}))})
    except (CalamineError, XmlError, ZipError, zipfile.BadZipFile, KeyError, EOFError, OSError, ValueError, NotImplementedError, RecursionError) as reason:
        raise Wrong("damaged", why=f"{type(reason).__name__}"[:80]) from reason
    return {"sheets": sheets}


def _look_into(data: bytes, most: dict[str, int]) -> tuple[dict[str, dict[str, list[list[int]]]], bytes]:
    """Look at the parts before a parser does: no document type, no cell far away, no endless text.

    Returns the formulas and broken cells by sheet name, and the workbook's bytes, mended where a cell calls a text a number.
    """
    notes: dict[str, dict[str, list[list[int]]]] = {}
    changed: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = _sheet_names(book)
        for part in book.infolist():
            if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
                continue
            text = book.read(part)
            if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
                text = text.decode("utf-16").encode()
            if DOCTYPE.search(text):
                raise Wrong("doctype")
            if part.filename.lower().endswith("sharedstrings.xml"):
                _refuse_endless(text, most)
            if part.filename in names:
                found, mended = _look_at_sheet(text, most)
                notes[names[part.filename]] = found
                if mended != text:
                    changed[part.filename] = mended
        if not changed:
            return notes, data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as written:
            for part in book.infolist():
                written.writestr(part.filename, changed.get(part.filename) or book.read(part))
    return notes, out.getvalue()


def _sheet_names(book: zipfile.ZipFile) -> dict[str, str]:
    """Part name -> the name on the sheet's tab."""
    import html

    index = {name.lower(): name for name in book.namelist()}
    rels = book.read(index["xl/_rels/workbook.xml.rels"]).decode("utf-8", "replace")
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", rels):
        found = dict(re.findall(r"\b(Id|Target)=\"([^\"]*)\"", tag))
        target = found.get("Target", "")
        targets[found.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    names = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book.read(index["xl/workbook.xml"]).decode("utf-8", "replace")):
        name, rel = re.search(r"\bname=\"([^\"]*)\"", tag), re.search(r"\b\w+:id=\"([^\"]*)\"", tag)
        if name and rel:
            names[targets.get(rel[1], "")] = html.unescape(name[1])
    return names


def _refuse_endless(text: bytes, most: dict[str, int]) -> None:
    for match in TEXT.finditer(text):
        if len(match[1]) > most["characters"] and len(match[1].decode("utf-8", "replace")) > most["characters"]:
            raise Wrong("cell_too_long", cell="", characters=most["characters"])


def _look_at_sheet(text: bytes, most: dict[str, int]) -> tuple[dict[str, list[list[int]]], bytes]:
    """The cells that are formulas, formulas nobody calculated, errors, and texts called numbers; each as [row, column] from 0."""
    found: dict[str, list[list[int]]] = {"formulas": [], "uncalculated": [], "errors": []}
    mend: list[tuple[int, int]] = []
    for cell in CELL.finditer(text):
        about, formula, opened, value = cell.groups()
        if not (formula or opened):
            continue
        ref = REF.search(about)
        where = [-1, -1]
        if ref:
            where = [int(ref[2]) - 1, _column(ref[1])]
            if where[0] >= most["rows"] or where[1] >= most["columns"]:
                raise Wrong("too_large", rows=most["rows"], columns=most["columns"])
        kind = TYPE.search(about)
        typed = kind[1] if kind else b"n"
        if opened and len(value) > most["characters"] and len(value.decode("utf-8", "replace")) > most["characters"]:
            raise Wrong("cell_too_long", cell=_cell(where), characters=most["characters"])
        if formula:
            found["formulas" if opened and value else "uncalculated"].append(where)
        if typed == b"e":
            found["errors"].append(where)
        elif typed == b"n" and opened and value.strip() and not NUMBER.fullmatch(value):
            found["errors"].append(where)
            mend.append((cell.start(1), cell.end(1)))
    if not mend:
        return found, text
    pieces, at = [], 0
    for start, end in mend:
        pieces += [text[at:start], TYPE.sub(b"", text[start:end]) + b' t="str"']
        at = end
    return found, b"".join([*pieces, text[at:]])


def _noted(table: list[list[Any]], notes: dict[str, list[list[int]]]) -> dict[str, Any]:
    """What is known of odd cells, of those that are in the table."""
    told: dict[str, Any] = {}
    for name, cells in notes.items():
        inside = [[row, column] for row, column in cells if 0 <= row < len(table) and 0 <= column < len(table[row])]
        told[name] = [[row, column, str(table[row][column] or "")[:20]] for row, column in inside][:2000]
    for row, column, _ in told.get("errors", []):
        table[row][column] = None
    return told


def _fill_merged(table: list[list[Any]], ranges: list[Any]) -> None:
    """Every cell of a merged range holds what its first one does, as it looks to a reader."""
    for (top, left), (bottom, right) in ranges:
        if top >= len(table) or left >= len(table[top]):
            continue
        value = table[top][left]
        if value is None:
            continue
        for row in range(top, min(bottom, len(table) - 1) + 1):
            for column in range(left, min(right, len(table[row]) - 1) + 1):
                table[row][column] = value


def _plain(value: Any, most: dict[str, int]) -> Any:
    """A value that JSON can hold: a whole number as one, a day or time in ISO form, text without control characters."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e16 else (value if abs(value) < 1e300 else None)
    if isinstance(value, int):
        return value if abs(value) < 1 << 63 else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, timedelta):
        return str(value)
    text = str(value)
    if len(text) > most["characters"]:
        raise Wrong("cell_too_long", cell="", characters=most["characters"])
    return _cleaned(text)


def _cleaned(text: str) -> str | None:
    return CONTROLS.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip() or None


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _cell(where: list[int]) -> str:
    row, column = where
    letters = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}" if row >= 0 else ""


# ---- csv and pasted tables


def read_csv(data: bytes, most: dict[str, int]) -> dict[str, Any]:
    """The one table of a text file, in whatever encoding and with whatever separator it was written."""
    text, encoding = decoded(data)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if sum(text.count(letter) for letter in map(chr, (*range(9), 14, 15, 16, 17, 18, 127))) > max(2, len(text) // 1000):
        raise Wrong("not_text")
    csv.field_size_limit(1 << 30)
    delimiter = _delimiter(text)
    rows: list[list[Any]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    last = started = 1
    for row in reader:
        if len(row) > most["columns"] or len(rows) >= most["rows"]:
            raise Wrong("too_large", rows=most["rows"], columns=most["columns"])
        # a quote that nobody closed swallows the lines below it
        if reader.line_num - started > 200 or any(cell.count("\n") > 200 for cell in row):
            raise Wrong("open_quote", line=started)
        if any(len(cell) > most["characters"] for cell in row):
            raise Wrong("cell_too_long", cell=_cell([started - 1, next(n for n, cell in enumerate(row) if len(cell) > most["characters"])]), characters=most["characters"])
        # rows keep the numbers of their lines, so that a person finds them again
        rows += [[] for _ in range(started - 1 - len(rows))]
        rows.append([_cleaned(cell) for cell in row])
        last, started = started, reader.line_num + 1
    if _is_open(text, last):
        raise Wrong("open_quote", line=last)
    return {"sheets": [{"name": "", "rows": rows}], "encoding": encoding, "delimiter": delimiter}


def _is_open(text: str, last: int) -> bool:
    """Whether the record that begins in line `last` opens a quote and never closes it."""
    tail = "\n".join(text.split("\n")[last - 1 :])
    try:
        list(csv.reader(io.StringIO(tail, newline=""), strict=True))
    except csv.Error as reason:
        return "end of data" in str(reason)
    return False


def decoded(data: bytes) -> tuple[str, str]:
    """The text and its encoding: by its byte order mark, else UTF-8, else GB18030 (which holds GBK and GB2312)."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as reason:
                raise Wrong("mixed_encodings", line=data[: reason.start].count(b"\n") + 1) from reason
    if data[1:2] == b"\0" or data[:1] == b"\0":
        if len(data) > 3 and data[1:2] == b"\0" == data[3:4]:
            return data.decode("utf-16-le", "replace"), "utf-16"
        raise Wrong("not_text")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    kinds = [_kind_of(line) for line in lines]
    known = [kind for kind in kinds if kind]
    if "utf-8" in known:
        first = known[0]
        raise Wrong("mixed_encodings", line=next(n for n, kind in enumerate(kinds, 1) if kind and kind != first))
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as reason:
        bad = data[: reason.start].count(b"\n") + 1
        raise Wrong("mixed_encodings" if reason.start > 200 else "not_text", line=bad) from reason


def _kind_of(line: bytes) -> str:
    """utf-8 when the line has Chinese in it, other when it cannot be UTF-8, else nothing."""
    if line.isascii():
        return ""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return "other"
    return "utf-8" if any(ord(letter) > 0x2000 for letter in text) else ""


def _delimiter(text: str) -> str:
    """The separator that cuts the first lines into most columns of the same number."""
    sample = "\n".join(text.split("\n")[:40])
    best, found = ",", 0
    for delimiter in DELIMITERS:
        counts = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if any(cell.strip() for cell in row)]
        common = max(set(counts), key=lambda n: (counts.count(n) * (n > 1), n), default=1)
        score = counts.count(common) * min(common, 12) if common > 1 else 0
        if score > found:
            best, found = delimiter, score
    return best


# ---- pinyin


def initials(data: bytes) -> dict[str, Any]:
    """The pinyin initials of names, lower case: 城南农贸市场 → cnnmsc; letters and figures stay, the rest is left out."""
    from pypinyin import Style, lazy_pinyin

    made = []
    for name in json.loads(data):
        parts = lazy_pinyin(str(name), style=Style.FIRST_LETTER, errors=lambda rest: "".join(letter for letter in rest.lower() if letter.isascii() and letter.isalnum()))
        made.append("".join(parts)[:80])
    return {"initials": made}


def main() -> None:
    """Answer the one request."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    asked = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        match asked["do"]:
            case "xlsx":
                answer = read_xlsx(data, asked["most"])
            case "csv":
                answer = read_csv(data, asked["most"])
            case _:
                answer = initials(data)
    except Wrong as wrong:
        answer = wrong.answer
    except (MemoryError, RecursionError):
        answer = {"wrong": "too_heavy"}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
