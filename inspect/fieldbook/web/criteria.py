"""How the manual is shown at the desk: its index, its criteria, and what two versions differ in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldbook import standards, workbooks
from fieldbook.standards import Change, Comparison, CriterionChange, KindChange

from . import formats, words
from .words import _

Body = Mapping[str, Any]

SIGNS = {">=": "≥", "<=": "≤", "==": "=", ">": ">", "<": "<"}
#: the sign that a number which does not meet a threshold bears
AGAINST = {">=": "<", "<=": ">", "==": "≠", ">": "≤", "<": "≥"}
#: a search by initials needs so many letters to mean anything
FEWEST_INITIALS = 2


def said(body: Body, name: str) -> Any:
    """The words of this name in the reader's language; in Chinese where there are no others."""
    return (body.get(f"{name}_en") if formats.is_english() else None) or body.get(f"{name}_zh") or ""


def severity_word(severity: str | None) -> str:
    return {"critical": _("关键"), "major": _("重要"), "minor": _("一般")}.get(severity or "", "–")


def evidence_word(evidence: str | None) -> str:
    return {"required": _("必拍"), "on_fail": _("不合格拍"), "optional": _("可拍")}.get(evidence or "", "–")


def answer_word(answer: str | None) -> str:
    return {"pass_fail_na": _("合格/不合格"), "count": _("计数"), "number": _("数值"), "choice": _("选项")}.get(
        answer or "", "–"
    )


def verdict_word(verdict: str | None) -> str:
    return {"pass": _("合格"), "mostly": _("基本合格"), "fail": _("不合格")}.get(verdict or "", "–")


def days_word(days: int | None) -> str:
    return "–" if days is None else _("%(n)s 日", n=days)


def threshold_word(threshold: Body | None) -> str:
    """≥ 5 处."""
    if not threshold:
        return ""
    return f"{SIGNS.get(threshold['op'], threshold['op'])} {threshold['value']:g} {_unit(threshold)}".strip()


def _unit(threshold: Body) -> str:
    """What is counted; the English noun follows its number: 1 place per 200 m, 5 places."""
    unit = str(said(threshold, "unit") or "")
    return re.sub(r"^(\w+)s\b", r"\1", unit) if formats.is_english() and threshold["value"] == 1 else unit


def choice_word(choice: Body) -> str:
    return str((choice.get("en") if formats.is_english() else None) or choice["zh"])


def opens(body: Body) -> str:
    """When a finding is opened: as the manual says, else as its answer implies."""
    if told := said(body, "open"):
        return str(told)
    threshold = body.get("threshold")
    if threshold:
        short = f"{AGAINST.get(threshold['op'], '≠')} {threshold['value']:g} {_unit(threshold)}".strip()
        return _("数得 %(n)s 即立案", n=short)
    bad = [choice_word(choice) for choice in body.get("choices") or () if choice["verdict"] == "fail"]
    if bad:
        return _("判为“%(word)s”即立案", word=_("、").join(bad))
    return _("有一处不合格即立案")


# ---- the index


@dataclass(frozen=True)
class Entry:
    """A kind in the index: how many criteria it has, how many of them changed or were hit."""

    code: str
    name: str
    category: tuple[str, str]
    count: int
    changed: int = 0
    hits: int | None = None
    removed: bool = False


def columns(entries: Sequence[Entry]) -> list[list[dict[str, Any]]]:
    """The index in two columns of like height, each a list of categories with their kinds."""
    groups: list[dict[str, Any]] = []
    for entry in entries:
        code, name = entry.category
        if not groups or (groups[-1]["code"], groups[-1]["name"]) != (code, name):
            groups.append({"code": code, "name": name, "entries": []})
        groups[-1]["entries"].append(entry)
    heights = [len(group["entries"]) + 1.6 for group in groups]
    cut = min(range(len(groups) + 1), key=lambda n: (max(sum(heights[:n]), sum(heights[n:])), -n))
    return [column for column in (groups[:cut], groups[cut:]) if column]


def entry_of(kind: Body, **more: Any) -> Entry:
    category = kind.get("category") or {}
    return Entry(kind["code"], str(said(kind, "name")), (category.get("code", ""), str(said(category, "name"))), **more)


# ---- searching

#: initials of every text of a version, by (language of nobody, they are Chinese): made once a process and version
_initials: dict[str, dict[str, str]] = {}


@dataclass(frozen=True)
class Hit:
    """A criterion that was found: its text in pieces, marked or not, and where else the words stand."""

    code: str
    text: list[tuple[bool, str]]
    also: list[tuple[bool, str]]


def search(kinds: Sequence[Body], asked: str, *, version: str) -> dict[str, dict[str, Hit]]:
    """What was asked for, by kind and criterion: in codes, names, texts, guidance, conditions, reasons, and in pinyin initials.

    version: names what the kinds are, so that their initials are made once; empty for what may change at any time.
    """
    wanted = " ".join(asked.split()).casefold()
    if not wanted:
        return {}
    spelled = wanted.replace(" ", "") if wanted.replace(" ", "").isascii() and wanted.replace(" ", "").isalpha() else ""
    first = initials(kinds, version) if version and len(spelled) >= FEWEST_INITIALS else {}
    found: dict[str, dict[str, Hit]] = {}
    for kind in kinds:
        named = any(wanted in str(kind.get(key) or "").casefold() for key in ("name_zh", "name_en")) or any(
            wanted in alias for alias in kind.get("aliases_zh") or ()
        )
        for criterion in kind["criteria"]:
            hit = _hit(criterion, wanted, spelled, first.get(criterion["code"], ""))
            if hit is None and (named or wanted == kind["code"].casefold()):
                hit = Hit(criterion["code"], [(False, str(said(criterion, "text")))], [])
            if hit is not None:
                found.setdefault(kind["code"], {})[criterion["code"]] = hit
    return found


def _hit(criterion: Body, wanted: str, spelled: str, first: str) -> Hit | None:
    text = str(said(criterion, "text"))
    if wanted in text.casefold():
        return Hit(criterion["code"], marked(text, wanted), [])
    if criterion["code"].casefold().startswith(wanted):
        return Hit(criterion["code"], [(False, text)], [])
    for other in _other_words(criterion):
        if wanted in other.casefold():
            return Hit(criterion["code"], [(False, text)], marked(other, wanted))
    found = _marked_by_initials(text, criterion["text_zh"], first, spelled) if spelled and spelled in first else None
    return Hit(criterion["code"], found, []) if found else None


def _other_words(criterion: Body) -> Iterable[str]:
    languages = ("en", "zh") if formats.is_english() else ("zh", "en")
    for language in languages:
        for name in ("guidance", "open", "note", "theme"):
            yield str(criterion.get(f"{name}_{language}") or "")
        for name in ("clear", "reasons"):
            yield from criterion.get(f"{name}_{language}") or ()
    yield str(criterion.get(f"text_{languages[1]}") or "")


def marked(text: str, wanted: str) -> list[tuple[bool, str]]:
    """A text in pieces, those that were asked for marked."""
    told, at, low = [], 0, text.casefold()
    if len(low) != len(text):
        return [(False, text)]
    while (found := low.find(wanted, at)) >= 0:
        told += [(False, text[at:found]), (True, text[found : found + len(wanted)])]
        at = found + len(wanted)
    return [piece for piece in (*told, (False, text[at:])) if piece[1]]


def _marked_by_initials(text: str, chinese: str, first: str, spelled: str) -> list[tuple[bool, str]] | None:
    """The text with what the initials stand for marked; None where they only run across a comma."""
    places = [n for n, letter in enumerate(chinese) if letter.isalnum()]
    if len(first) not in (len(places), 80):
        return [(False, text)]
    for at in range(len(first) - len(spelled) + 1):
        run = places[at : at + len(spelled)]
        if first.startswith(spelled, at) and run[-1] - run[0] == len(run) - 1:
            if text != chinese:
                return [(False, text)]
            return [
                piece
                for piece in ((False, text[: run[0]]), (True, text[run[0] : run[-1] + 1]), (False, text[run[-1] + 1 :]))
                if piece[1]
            ]
    return None


def initials(kinds: Sequence[Body], version: str) -> dict[str, str]:
    """The pinyin initials of every criterion's Chinese text, by code."""
    if version not in _initials:
        every = [criterion for kind in kinds for criterion in kind["criteria"]]
        made = workbooks.initials_of([criterion["text_zh"] for criterion in every])
        _initials[version] = {criterion["code"]: letters for criterion, letters in zip(every, made, strict=True)}
    return _initials[version]


# ---- one criterion


def spaced(text: str) -> str:
    """A text with Chinese and figures set apart, as on every page."""
    return re.sub(r"(?<=[\u4e00-\u9fff])(?=[0-9])|(?<=[0-9%])(?=[\u4e00-\u9fff])", " ", text)


def row(body: Body, **more: Any) -> dict[str, Any]:
    """A criterion as a row of the table."""
    return {
        "code": body["code"],
        "text": [(False, str(said(body, "text")))],
        "answer": answer_word(body.get("answer")) if body.get("answer") != "pass_fail_na" else "",
        "points": body.get("points"),
        "severity": body.get("severity"),
        "severity_word": severity_word(body.get("severity")),
        "evidence_word": evidence_word(body.get("evidence")),
        "days_word": days_word(body.get("rectify_days")),
        **more,
    }


def opened(kind: Body, body: Body) -> dict[str, Any]:
    """Everything the manual says of a criterion, for the one that is open."""
    lead = str(said(kind, "lead"))
    units = str(said(kind, "units"))
    pictures = body.get("pictures") or {}
    judged = threshold_word(body.get("threshold"))
    if body.get("choices"):
        judged = _("；").join(
            _("%(word)s 为%(verdict)s", word=choice_word(choice), verdict=verdict_word(choice["verdict"]))
            for choice in body["choices"]
        )
    return {
        "guidance": said(body, "guidance"),
        "judged": judged,
        "opens": opens(body),
        "reasons": _("、").join(said(body, "reasons") or ()),
        "clear": list(said(body, "clear") or ()),
        "to": _("；").join(
            part for part in (units or _("点位责任单位"), _("牵头 %(lead)s", lead=lead) if lead else "") if part
        ),
        "note": said(body, "note"),
        "theme": said(body, "theme"),
        "pictures": [
            {
                "src": f"/static/manual/{pictures[which]}",
                "which": which,
                "word": _("合格") if which == "good" else _("不合格"),
            }
            for which in ("bad", "good")
            if which in pictures
        ],
    }


# ---- what two versions differ in


def field_word(field: str) -> str:
    """What a field is called."""
    return {
        "text_zh": _("条文"),
        "text_en": _("英文条文"),
        "guidance_zh": _("怎么查"),
        "guidance_en": _("英文怎么查"),
        "open_zh": _("立案条件"),
        "open_en": _("英文立案条件"),
        "clear_zh": _("销号条件"),
        "clear_en": _("英文销号条件"),
        "reasons_zh": _("常见原因"),
        "reasons_en": _("英文常见原因"),
        "note_zh": _("备注"),
        "note_en": _("英文备注"),
        "points": _("分值"),
        "severity": _("轻重"),
        "evidence": _("照片"),
        "answer": _("判法"),
        "threshold": _("门槛"),
        "choices": _("选项"),
        "rectify_days": _("期限"),
        "theme_zh": _("主题"),
        "theme_short_zh": _("主题简称"),
        "theme_en": _("英文主题"),
        "theme_short_en": _("英文主题简称"),
        "pictures": _("示例图"),
        "name_zh": _("名称"),
        "name_en": _("英文名称"),
        "lead_zh": _("牵头"),
        "lead_en": _("英文牵头"),
        "units_zh": _("责任单位"),
        "units_en": _("英文责任单位"),
        "weight": _("权重"),
        "category": _("大类"),
        "aliases_zh": _("又叫"),
        "code": _("编号"),
    }.get(field, field)


def value_word(field: str, value: Any) -> str:
    """A field's value as a person reads it."""
    if value is None or value == "" or value == []:
        return ""
    if field == "severity":
        return severity_word(value)
    if field == "evidence":
        return evidence_word(value)
    if field == "answer":
        return answer_word(value)
    if field == "rectify_days":
        return days_word(value)
    if field == "threshold":
        return threshold_word(value)
    if field == "choices":
        return _("；").join(
            _("%(word)s 为%(verdict)s", word=choice_word(choice), verdict=verdict_word(choice["verdict"]))
            for choice in value
        )
    if field == "category":
        return f"{value.get('code', '')} {said(value, 'name')}".strip()
    if field == "pictures":
        return _("%(n)s 张", n=len(value))
    if isinstance(value, list):
        return _("；").join(value) if field.startswith("clear") else _("、").join(value)
    return str(value)


#: the order in which changed fields are told; the reader's own language comes before the other
TOLD = tuple(
    "name text guidance open clear reasons note lead units aliases category weight "
    "points severity evidence answer threshold choices rectify_days theme theme_short pictures".split()
)
#: fields that are compared word by word
PROSE = frozenset(("name", "text", "guidance", "open", "clear", "reasons", "note", "lead", "units", "aliases"))
#: what goes along with another field and would say the same twice
ALONG = {"theme_short_zh": "theme_zh", "theme_en": "theme_zh", "theme_short_en": "theme_zh"}


def bare_field(field: str) -> tuple[str, str]:
    """(name, language) of a field: text_zh is ("text", "zh")."""
    name, _mark, language = field.rpartition("_")
    return (name, language) if language in ("zh", "en") else (field, "")


def change_lines(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """The changes of one thing as lines: a heading (none for the text itself) and pieces, struck or underlined."""
    other = "zh" if formats.is_english() else "en"
    named = {change.field for change in changes}

    def place(change: Change) -> tuple[bool, int]:
        name, language = bare_field(change.field)
        return language == other, TOLD.index(name) if name in TOLD else len(TOLD)

    lines = []
    for change in sorted(changes, key=place):
        if ALONG.get(change.field) in named:
            continue
        name, language = bare_field(change.field)
        old, new = value_word(change.field, change.old), value_word(change.field, change.new)
        pieces: list[tuple[str, str]]
        if name in PROSE:
            pieces = [(piece.kind, piece.text) for piece in standards.pieces(old, new)]
        else:
            pieces = [(kind, text) for kind, text in (("old", old), ("new", new)) if text]
        lines.append(
            {"word": "" if name == "text" and language != other else field_word(change.field), "pieces": pieces}
        )
    return lines


def groups(
    compared: Comparison, *, only: str = "", open_findings: Mapping[str, int] | None = None
) -> list[dict[str, Any]]:
    """The kinds that changed with their criteria, as the comparison's table has them. only: changed, added or removed.

    open_findings: how many are open by each criterion, where that matters.
    """
    told = []
    for kind in compared.kinds:
        rows = [_change_row(one, open_findings) for one in kind.criteria if not only or one.what == only]
        own = change_lines(kind.changes) if not only or only == "changed" else []
        if (
            not rows
            and not own
            and not (kind.reordered and not only)
            and not (kind.what in ("added", "removed") and not only)
        ):
            continue
        told.append(
            {
                "code": kind.code,
                "name": str(said(kind.body, "name")),
                "what": kind.what,
                "said": _kind_said(kind),
                "own": own,
                "reordered": kind.reordered,
                "rows": rows,
            }
        )
    return told


def _kind_said(kind: KindChange) -> str:
    if kind.what == "added":
        return _("新增一类，%(n)s 条", n=kind.count("added"))
    if kind.what == "removed":
        return _("整类删除，%(n)s 条", n=kind.count("removed"))
    parts = [
        (_("改 %(n)s 条", n=kind.count("changed")), kind.count("changed")),
        (_("增 %(n)s 条", n=kind.count("added")), kind.count("added")),
    ]
    parts.append((_("删 %(n)s 条", n=kind.count("removed")), kind.count("removed")))
    return _("，").join(part for part, count in parts if count)


def _change_row(one: CriterionChange, open_findings: Mapping[str, int] | None) -> dict[str, Any]:
    body = one.new or one.old or {}
    sub = ""
    if one.what == "added":
        star = (
            f"★ {severity_word('critical')}"
            if body.get("severity") == "critical"
            else severity_word(body.get("severity"))
        )
        sub = words_apart(
            _("%(n)s 分", n=body.get("points")),
            star,
            evidence_word(body.get("evidence")),
            days_word(body.get("rectify_days")),
        )
    elif one.what == "removed":
        left = "" if open_findings is None else _("没有未销号的问题")
        if open_findings and open_findings.get(one.code):
            left = _("未销号 %(n)s 件仍按原版办完", n=open_findings[one.code])
        sub = words_apart(_("%(n)s 分", n=body.get("points")), left)
    return {
        "code": one.code,
        "what": one.what,
        "text": str(said(body, "text")),
        "lines": change_lines(one.changes) if one.what == "changed" else [],
        "sub": sub,
    }


def words_apart(*parts: str) -> str:
    """Facts on a line, set apart as the reader's language does."""
    return (", " if words.language() == "en" else "\u3000").join(part for part in parts if part)
