"""The standards table 测评标准表: written from kinds, and read from rows of cells as offices send them. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldbook.workbooks import Column, Sheet, as_text, find_head, is_aside, normalised

from .refusals import TableUnread
from .rules import Answer
from .shape import Body, one_line

SEVERITY = {"critical": "关键", "major": "重要", "minor": "一般"}
EVIDENCE = {"required": "必拍", "on_fail": "不合格时拍", "optional": "可拍"}
ANSWER = {"pass_fail_na": "合格/不合格", "count": "计数", "number": "数值", "choice": "选项"}
VERDICT = {"pass": "合格", "mostly": "基本合格", "fail": "不合格"}
SIGN = {">=": "≥", "<=": "≤", "==": "=", ">": ">", "<": "<"}

COLUMNS = (
    Column("number", "序号", ("编号", "顺序号", "no")),
    Column("kind_code", "对象编号", ("类别编号", "项目编号", "任务对象编号"), example="25"),
    Column(
        "kind", "任务对象", ("测评对象", "考察对象", "点位类型", "测评项目", "项目", "类别", "场所"), example="集贸市场"
    ),
    Column("category_code", "对象类别编号", ("大类编号",), example="D"),
    Column("category", "对象类别", ("大类", "分类", "板块"), example="商贸与经营场所"),
    Column("code", "标准编号", ("条款编号", "指标编号", "标准号"), example="25.08"),
    Column(
        "text",
        "测评标准",
        ("标准内容", "测评内容", "考察内容", "评价标准", "具体标准", "考察标准", "检查内容", "标准"),
        must=True,
        example="垃圾桶每摊一桶并加盖，集中收集点密闭、无蝇无臭",
    ),
    Column(
        "guidance",
        "测评说明",
        ("测评要求/说明", "测评要求", "检查方法", "考察方法", "测评方法", "操作说明", "备注说明"),
        example="掀盖查看是否满溢",
    ),
    Column("points", "分值", ("分数", "满分", "标准分", "计分"), example="7"),
    Column("severity", "重要程度", ("严重程度", "等级", "关键项", "一票否决"), example="重要"),
    Column("answer", "答案类型", ("填报方式", "判定方式", "题型", "评分方式"), example="合格/不合格"),
    Column("threshold", "达标值", ("计量单位/达标值", "指标值", "标准值", "阈值"), example="≥ 5 处"),
    Column("choices", "选项", ("分档", "档次")),
    Column("evidence", "是否拍照", ("照片要求", "拍照要求", "取证要求", "佐证"), example="不合格时拍"),
    Column("days", "整改时限", ("建议时限", "整改期限", "处置时限", "期限"), example="1"),
    Column("open", "立案条件", ("立案标准",), example="桶盖缺失即立案"),
    Column("clear", "结案条件", ("结案标准", "销号标准", "销号条件"), example="全部加盖"),
    Column("open_clear", "立案条件 / 结案条件", ("立案/结案条件",)),
    Column("reasons", "常见原因", ("常见问题", "问题表现")),
    Column("theme", "主题", ("主题分类",)),
    Column("theme_short", "主题简称"),
    Column("lead", "牵头单位", ("牵头部门", "主管部门", "责任单位"), example="县市场监督管理局"),
    Column("units", "责任单位", ("配合单位", "参与单位"), example="各市场管理方"),
    Column("note", "适用/备注", ("适用范围", "备注", "说明", "适用"), example="含室外集市"),
    Column("weight", "权重"),
    Column("aliases", "又叫", ("别名",)),
    Column("kind_en", "英文任务对象"),
    Column("category_en", "英文对象类别"),
    Column("text_en", "英文测评标准"),
    Column("guidance_en", "英文测评说明"),
    Column("unit_en", "英文单位"),
    Column("choices_en", "英文选项"),
    Column("open_en", "英文立案条件"),
    Column("clear_en", "英文结案条件"),
    Column("reasons_en", "英文常见原因"),
    Column("theme_en", "英文主题"),
    Column("theme_short_en", "英文主题简称"),
    Column("lead_en", "英文牵头单位"),
    Column("units_en", "英文责任单位"),
    Column("note_en", "英文备注"),
)
HEADING = {column.key: column.heading for column in COLUMNS}
#: the columns that say something of the kind, not of the criterion
OF_KIND = frozenset(
    (
        "kind_code",
        "kind",
        "category_code",
        "category",
        "lead",
        "units",
        "weight",
        "aliases",
        "kind_en",
        "category_en",
        "lead_en",
        "units_en",
    )
)

NUMERAL = "零一二三四五六七八九"
#: "二十五、集贸市场", "25. 集贸市场", "（三）背街小巷"
OPENS = re.compile(
    r"^[（(]?(?:第\s*)?(?P<n>[一二三四五六七八九十百零]{1,5}|\d{1,3})(?:\s*[)）]|\s*[、.．:：])\s*(?P<name>[^\d\s].*)$"
)
#: what stands in brackets behind a kind's name in such rows
TAIL = re.compile(r"[（(]\s*(?:共?\s*\d+\s*[分条项]?[，、 ]*)+[)）]\s*$")
MARKS = re.compile(r"[①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮]|[（(]\d{1,2}[)）]|(?:(?<=^)|(?<=[；;。\n]))\s*\d{1,2}\s*[、.．](?!\d)")
GUARDED = re.compile(r"^'[=+\-@＝＋－＠]")
THRESHOLD = re.compile(
    r"^(?P<op>≥|>=|≤|<=|=|==|>|<|＞|＜|＝|不少于|不低于|至少|不超过|不高于|不大于|至多|等于|大于|小于)?\s*(?P<value>\d+(?:\.\d+)?)\s*(?P<unit>.*)$",
    re.DOTALL,
)
OPS = {
    "≥": ">=", ">=": ">=", "不少于": ">=", "不低于": ">=", "至少": ">=",
    "≤": "<=", "<=": "<=", "不超过": "<=", "不高于": "<=", "不大于": "<=", "至多": "<=",
    "=": "==", "==": "==", "＝": "==", "等于": "==", ">": ">", "＞": ">", "大于": ">", "<": "<", "＜": "<", "小于": "<",
}  # fmt: skip


# ---- writing


def sheet_of(kinds: Iterable[Body], *, title: str) -> Sheet:
    """The table of these kinds, one row a criterion, every column filled, so that reading it back changes nothing."""
    columns = [column for column in COLUMNS if column.key != "open_clear"]
    rows: list[list[Any]] = []
    for kind in kinds:
        for criterion in kind["criteria"]:
            cells = cells_of(kind, criterion) | {"number": len(rows) + 1}
            rows.append([cells.get(column.key) for column in columns])
    return Sheet("测评标准", [column.heading for column in columns], rows, title=title)


def cells_of(kind: Body, criterion: Body) -> dict[str, Any]:
    """A criterion as the cells of its row."""
    threshold, choices = criterion.get("threshold"), criterion.get("choices") or ()
    cells: dict[str, Any] = {
        "kind_code": kind["code"],
        "kind": kind["name_zh"],
        "kind_en": kind.get("name_en"),
        "category_code": kind["category"].get("code"),
        "category": kind["category"].get("name_zh"),
        "category_en": kind["category"].get("name_en"),
        "weight": kind.get("weight"),
        "aliases": "、".join(kind.get("aliases_zh") or ()),
        "lead": kind.get("lead_zh"),
        "lead_en": kind.get("lead_en"),
        "units": kind.get("units_zh"),
        "units_en": kind.get("units_en"),
        "code": criterion["code"],
        "points": criterion.get("points"),
        "severity": SEVERITY.get(criterion.get("severity", ""), ""),
        "answer": ANSWER.get(criterion.get("answer", ""), ""),
        "evidence": EVIDENCE.get(criterion.get("evidence", ""), ""),
        "days": criterion.get("rectify_days"),
        "threshold": f"{SIGN[threshold['op']]} {threshold['value']} {threshold.get('unit_zh', '')}".strip()
        if threshold
        else None,
        "unit_en": threshold.get("unit_en") if threshold else None,
        "choices": "\n".join(f"{choice['zh']} = {_verdict(choice)}" for choice in choices),
        "choices_en": "\n".join(choice.get("en", "") for choice in choices)
        if any(choice.get("en") for choice in choices)
        else None,
    }
    for name in ("text", "guidance", "open", "note", "theme", "theme_short"):
        cells[name], cells[f"{name}_en"] = criterion.get(f"{name}_zh"), criterion.get(f"{name}_en")
    for name in ("clear", "reasons"):
        cells[name], cells[f"{name}_en"] = (
            "\n".join(criterion.get(f"{name}_{language}") or ()) for language in ("zh", "en")
        )
    return cells


def _verdict(choice: Body) -> str:
    return VERDICT.get(choice["verdict"], "")


# ---- reading


@dataclass(frozen=True)
class Odd:
    """Something in the table that could not be taken as it stands. row: as the sheet numbers it. code: what is wrong."""

    row: int
    heading: str
    code: str
    words: str = ""


@dataclass
class Line:
    """One criterion as the table has it; `said` holds what was understood, by column."""

    row: int
    said: dict[str, Any]
    #: the parts that ①②③ divide its text into; empty when there is one
    parts: tuple[str, ...] = ()


@dataclass
class Section:
    """One kind as the table has it. `said` holds what the table says of the kind itself."""

    name: str
    code: str
    row: int
    said: dict[str, Any] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Read:
    """A table understood."""

    sections: tuple[Section, ...]
    #: keys of the columns it has
    columns: frozenset[str]
    #: headings nothing was made of
    unknown: tuple[str, ...]
    odd: tuple[Odd, ...]

    @property
    def lines(self) -> int:
        return sum(len(section.lines) for section in self.sections)

    @property
    def divided(self) -> list[Line]:
        """The criteria whose cell holds several."""
        return [line for section in self.sections for line in section.lines if len(line.parts) > 1]


def read_table(rows: Sequence[Sequence[Any]], *, names: Iterable[str] = ()) -> Read:
    """The kinds and criteria in rows of cells. names: of kinds already known, so that a row that only names one opens it.

    Merged or empty cells of a kind hold for the rows below; a row such as 二十五、集贸市场 opens a kind. Raises TableUnread.
    """
    head = find_head(rows, COLUMNS)
    if head is None or "text" not in head[2].values():
        raise TableUnread
    _, last, positions = head
    reader = _Reader(positions, frozenset(map(one_line, names)))
    for index in range(last + 1, len(rows)):
        reader.row(index + 1, list(rows[index]))
    if not reader.sections:
        raise TableUnread
    headings = {position: as_text(cell) for position, cell in enumerate(rows[last]) if cell is not None} | {}
    unknown = tuple(words for position, words in headings.items() if position not in positions and words)
    return Read(tuple(reader.sections), frozenset(positions.values()), unknown, tuple(reader.odd))


class _Reader:
    """Goes down the rows and remembers which kind they belong to."""

    def __init__(self, positions: Mapping[int, str], names: frozenset[str]) -> None:
        self.positions, self.names = positions, names
        self.sections: list[Section] = []
        self.odd: list[Odd] = []
        self.head = {normalised(HEADING[key]) for key in positions.values()}

    def row(self, number: int, cells: list[Any]) -> None:
        filled = [cell for cell in cells if cell is not None and str(cell).strip()]
        if not filled or {normalised(cell) for cell in filled} <= self.head:
            return
        if len({as_text(cell) for cell in filled}) == 1 and self._opened_by(number, as_text(filled[0])):
            return
        values = {
            key: _bare(cells[at])
            for at, key in self.positions.items()
            if at < len(cells) and cells[at] is not None and str(cells[at]).strip()
        }
        if is_aside(filled) or not values:
            return
        self._kind(number, values)
        if "text" not in values:
            if set(values) - OF_KIND - {"number"}:
                self.odd.append(Odd(number, HEADING["text"], "empty"))
            return
        if not self.sections:
            self.odd.append(Odd(number, HEADING["kind"], "no_kind"))
            return
        said = self._said(number, values)
        self.sections[-1].lines.append(Line(number, said, parts_of(str(values["text"]))))

    def _opened_by(self, number: int, text: str) -> bool:
        """Whether a row with this one text opens a kind."""
        bare = TAIL.sub("", text).strip()
        found = OPENS.match(bare)
        if found and len(found["name"]) <= 20 and not re.search(r"[，。；]", found["name"]):
            self._open(number, found["name"].strip(), f"{_number(found['n']):02}")
            return True
        if bare in self.names:
            self._open(number, bare, "")
            return True
        return False

    def _kind(self, number: int, values: dict[str, Any]) -> None:
        name, code = as_text(values.get("kind", "")), _code(values.get("kind_code"))
        found = OPENS.match(TAIL.sub("", name).strip())
        if found and name not in self.names:
            name, code = found["name"].strip(), code or f"{_number(found['n']):02}"
        latest = self.sections[-1] if self.sections else None
        if name or code:
            if latest is None or (name and name != latest.name) or (code and latest.code and code != latest.code):
                self._open(number, name, code)
            elif code and not latest.code:
                latest.code = code
        if self.sections:
            said = self.sections[-1].said
            for key in OF_KIND - {"kind", "kind_code"}:
                if key in values and key not in said:
                    said[key] = self._of_kind(number, key, values[key])

    def _open(self, number: int, name: str, code: str) -> None:
        again = next(
            (
                section
                for section in self.sections
                if (name and section.name == name) or (not name and code and section.code == code)
            ),
            None,
        )
        if again is not None:  # the rows of one kind need not lie together
            self.sections.remove(again)
            self.sections.append(again)
            return
        self.sections.append(Section(name, code, number))

    def _of_kind(self, number: int, key: str, value: Any) -> Any:
        if key == "weight":
            return self._whole(number, key, value)
        if key == "aliases":
            return [part for part in map(one_line, re.split(r"[、，,；;\n]+", str(value))) if part]
        return as_text(value)

    def _said(self, number: int, values: dict[str, Any]) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for key, value in values.items():
            if key in OF_KIND or key == "number":
                continue
            if key == "code":
                said["code"] = _code(value)
            elif key in ("points", "days"):
                whole = self._days(number, value) if key == "days" else self._whole(number, key, value)
                if whole is not None:
                    said["rectify_days" if key == "days" else "points"] = whole
            elif key in WORDS:
                self._choose(number, key, value, said)
            elif key == "threshold":
                self._threshold(number, value, said)
            elif key == "choices":
                self._choices(number, value, said)
            elif key in ("clear", "reasons", "clear_en", "reasons_en"):
                said[key] = lines_of(str(value), english=key.endswith("_en"))
            elif key == "open_clear":
                opened, _, cleared = str(value).partition("/")
                said["open"], said["clear"] = as_text(opened), lines_of(cleared, english=False)
            elif key == "choices_en":
                said[key] = [one_line(part) for part in str(value).split("\n")]
            else:
                said[key] = as_text(value)
        return said

    def _whole(self, number: int, key: str, value: Any) -> int | None:
        found = re.fullmatch(r"\s*(\d{1,4})(?:\.0+)?\s*(?:分)?\s*", str(value))
        if found is None:
            self.odd.append(Odd(number, HEADING[key], "number", as_text(value)[:40]))
            return None
        return int(found[1])

    def _days(self, number: int, value: Any) -> int | None:
        text = as_text(value)
        if re.search(r"立行立改|立即|当日|当天|即时|马上", text):
            return 1
        found = re.search(r"(\d{1,3}|[一二三四五六七八九十]{1,3})(?:\.0+)?\s*(个?工作日|天|日|周|个?星期|个?月)?", text)
        if found is None:
            self.odd.append(Odd(number, HEADING["days"], "days", text[:40]))
            return None
        count = int(found[1]) if found[1].isdigit() else _number(found[1])
        unit = found[2] or ""
        return count * (7 if "周" in unit or "星期" in unit else 30 if "月" in unit else 1)

    def _choose(self, number: int, key: str, value: Any, said: dict[str, Any]) -> None:
        text = normalised(value)
        for known, words in WORDS[key]:
            if any(normalised(word) == text for word in words):
                said[key] = known
                return
        for known, words in WORDS[key]:
            if any(word in as_text(value) for word in words if len(word) > 1):
                said[key] = known
                return
        self.odd.append(Odd(number, HEADING[key], "word", as_text(value)[:40]))

    def _threshold(self, number: int, value: Any, said: dict[str, Any]) -> None:
        found = THRESHOLD.match(as_text(value))
        if found is None:
            self.odd.append(Odd(number, HEADING["threshold"], "threshold", as_text(value)[:40]))
            return
        amount = float(found["value"])
        said["threshold"] = {
            "op": OPS[found["op"] or "≥"],
            "value": int(amount) if amount.is_integer() else amount,
            "unit_zh": one_line(found["unit"]),
        }

    def _choices(self, number: int, value: Any, said: dict[str, Any]) -> None:
        told = []
        for part in lines_of(str(value), english=False):
            words, _, verdict = (
                part.rpartition("=") if "=" in part else part.rpartition("：") if "：" in part else (part, "", "")
            )
            known = next((key for key, word in VERDICT.items() if word == verdict.strip()), None)
            if known is None or not words.strip():
                self.odd.append(Odd(number, HEADING["choices"], "choices", as_text(value)[:40]))
                return
            told.append({"zh": one_line(words), "verdict": known})
        said["choices"] = told


#: words of a cell that stand for what a manual writes, the surest first
WORDS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "severity": (
        ("critical", ("关键", "★", "★关键", "一票否决", "关键项", "严重", "重大", "特别重要", "critical")),
        ("minor", ("一般", "轻微", "普通", "次要", "否", "minor")),
        ("major", ("重要", "较重", "中等", "中", "major")),
    ),
    "evidence": (
        ("on_fail", ("不合格时拍", "不合格拍", "不符合时拍照", "不合格", "不符合", "问题拍照", "on_fail")),
        ("optional", ("可拍", "不需要", "否", "无", "选拍", "可选", "不要求", "不拍", "optional")),
        ("required", ("必拍", "必须", "是", "需要", "每次", "拍照", "要", "required")),
    ),
    "answer": (
        (Answer.CHOICE, ("选项", "选择", "单选", "分档", "等级", "choice")),
        (Answer.COUNT, ("计数", "数量", "处数", "个数", "count")),
        (Answer.NUMBER, ("数值", "测量", "百分比", "比例", "number")),
        (
            Answer.PASS_FAIL_NA,
            ("合格/不合格", "符合/不符合", "符合", "合格", "是/否", "判断", "是否", "达标", "pass_fail_na"),
        ),
    ),
}


def lines_of(text: str, *, english: bool) -> list[str]:
    """The lines of a cell that lists something: by line breaks, in Chinese also by semicolons and ①②③."""
    parts = text.split("\n")
    if not english and len(parts) == 1:
        parts = list(parts_of(text)) if len(parts_of(text)) > 1 else re.split(r"[；;]", text)
    return [line for line in (one_line(part).strip("；;") for part in parts) if line]


def parts_of(text: str) -> tuple[str, ...]:
    """The parts that ①②③, (1)(2)(3) or 1、2、3、 divide a text into; what stands before the first mark goes with each. One: not divided."""
    marks = list(MARKS.finditer(text))
    if len(marks) < 2 or not _in_order(marks):
        return (as_text(text),) if text.strip() else ()
    before = as_text(text[: marks[0].start()]).rstrip("：:，, ")
    parts = []
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        part = as_text(text[mark.end() : following.start() if following else len(text)]).strip("；;。，, ")
        if part:
            parts.append(f"{before}：{part}" if before else part)
    return tuple(parts)


def _in_order(marks: list[re.Match[str]]) -> bool:
    """Whether the marks count 1, 2, 3: brackets around other numbers are no list."""
    counted = []
    for mark in marks:
        digits = re.sub(r"\D", "", mark[0])
        counted.append(
            "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮".find(mark[0].strip()) + 1 if not digits or not digits.isascii() else int(digits)
        )
    return counted == list(range(1, len(counted) + 1))


def _bare(value: Any) -> Any:
    """A cell without the apostrophe that keeps a csv's text from being a formula."""
    return value[1:] if isinstance(value, str) and GUARDED.match(value) else value


def _code(value: Any) -> str:
    """A code as text; one that a spreadsheet took for a number gets its second decimal back."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}"
    return re.sub(r"\s+", "", as_text(value)).replace("．", ".").replace("。", ".")


def _number(numeral: str) -> int:
    """25 of 二十五 or of 25."""
    if numeral.isdigit():
        return int(numeral)
    total = digit = 0
    for letter in numeral:
        if letter == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif letter == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = NUMERAL.index(letter)
    return total + digit
