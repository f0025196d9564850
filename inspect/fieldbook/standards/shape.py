"""What a kind and a criterion are made of, as the text of a manual has them; and what is wrong with one. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .rules import COMPARE, Answer

Body = dict[str, Any]

SEVERITIES = ("critical", "major", "minor")
EVIDENCES = ("required", "on_fail", "optional")
ANSWERS = tuple(answer.value for answer in Answer)
VERDICTS = ("pass", "mostly", "fail")
#: the share of the points that goes with a chosen verdict, as the text of a manual writes it
SCORE = {"pass": 1, "mostly": 0.6, "fail": 0}

#: what people read of a criterion, by how long it may be
TEXTS = {"text": 200, "guidance": 400, "open": 300, "note": 300}
LISTS = {"clear": (8, 120), "reasons": (10, 40)}
THEME = ("theme_short", "theme")
KIND_TEXTS = {"name": 40, "lead": 60, "units": 120}
LANGUAGES = ("zh", "en")
#: a criterion has these even when they are empty; the rest is left out then
ALWAYS = ("text_zh", "guidance_zh", "theme_zh", "theme_short_zh", "clear_zh", "reasons_zh")

CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,9}\Z")
#: a tally of a visit has room for so many
MOST_CRITERIA = 200
FULL_POINTS = 100


@dataclass(frozen=True)
class Fault:
    """Something that keeps a kind or a criterion out of a published manual: which field, and a code of what."""

    field: str
    code: str


def settle_criterion(told: Mapping[str, Any]) -> Body:
    """A criterion as a manual writes it: trimmed, without what its answer does not use, without empty English."""
    body: Body = {"code": str(told["code"])}
    for name in (*TEXTS, *THEME):
        for language in LANGUAGES:
            _put(body, f"{name}_{language}", one_line(told.get(f"{name}_{language}")))
    for name in LISTS:
        for language in LANGUAGES:
            _put(
                body,
                f"{name}_{language}",
                [line for line in map(one_line, told.get(f"{name}_{language}") or ()) if line],
            )
        if len(body.get(f"{name}_en", ())) != len(body[f"{name}_zh"]):
            body.pop(f"{name}_en", None)  # one is chosen by its place, so a shorter list would say something else
    for name in ("points", "rectify_days", "severity", "evidence", "answer"):
        body[name] = told.get(name)
    if told.get("pictures"):
        body["pictures"] = dict(told["pictures"])
    threshold, choices = told.get("threshold"), told.get("choices")
    if body["answer"] in (Answer.COUNT, Answer.NUMBER) and threshold:
        body["threshold"] = {
            key: threshold[key]
            for key in ("op", "value", "unit_zh", "unit_en")
            if threshold.get(key) not in (None, "") or key == "unit_zh"
        }
    if body["answer"] == Answer.CHOICE and choices:
        body["choices"] = [settle_choice(choice) for choice in choices]
    return body


def settle_choice(told: Mapping[str, Any]) -> Body:
    """One of the answers to choose from; its score goes with its verdict unless the manual says otherwise."""
    body: Body = {"zh": one_line(told.get("zh")), "verdict": told.get("verdict")}
    _put(body, "en", one_line(told.get("en")))
    body["score"] = told.get("score", SCORE.get(str(told.get("verdict")), 0))
    return body


def settle_kind(told: Mapping[str, Any]) -> Body:
    """A kind without its criteria, as a manual writes it."""
    category = told.get("category") or {}
    body: Body = {
        "code": str(told["code"]),
        "weight": told.get("weight"),
        "category": {key: one_line(category.get(key)) for key in ("code", "name_zh", "name_en")},
        "aliases_zh": [alias for alias in map(one_line, told.get("aliases_zh") or ()) if alias],
    }
    for name in KIND_TEXTS:
        for language in LANGUAGES:
            value = one_line(told.get(f"{name}_{language}"))
            if value or name != "units":
                body[f"{name}_{language}"] = value
    return body


def one_line(text: object) -> str:
    """A text without the spaces and line breaks around and inside it that nobody meant."""
    return re.sub(r"\s+", " ", str(text or "")).strip()


def _put(body: Body, key: str, value: Any) -> None:
    if value or key in ALWAYS:
        body[key] = value


def themes_of(kinds: Iterable[Mapping[str, Any]]) -> dict[str, Body]:
    """The themes of a manual by their Chinese name, in the order they first stand there."""
    found: dict[str, Body] = {}
    for kind in kinds:
        for criterion in kind["criteria"]:
            if criterion.get("theme_zh"):
                found.setdefault(criterion["theme_zh"], theme_in(criterion))
    return found


def theme_in(told: Mapping[str, Any]) -> Body:
    """A theme's four names."""
    return {key: one_line(told.get(key)) for key in ("theme_zh", "theme_short_zh", "theme_en", "theme_short_en")}


def criterion_faults(body: Mapping[str, Any], themes: Iterable[str]) -> Iterator[Fault]:
    """What has to be put right before this criterion can be published."""
    if not CODE.match(str(body.get("code", ""))):
        yield Fault("code", "code")
    if not body.get("text_zh"):
        yield Fault("text_zh", "empty")
    for name, most in TEXTS.items():
        for language in LANGUAGES:
            if len(body.get(f"{name}_{language}") or "") > (most if language == "zh" else most * 2):
                yield Fault(f"{name}_{language}", "too_long")
    for name, (lines, most) in LISTS.items():
        for language in LANGUAGES:
            held = body.get(f"{name}_{language}") or ()
            if len(held) > lines or any(len(line) > (most if language == "zh" else most * 2) for line in held):
                yield Fault(f"{name}_{language}", "too_long")
    if not _whole(body.get("points"), 0, 1000):
        yield Fault("points", "number")
    if not _whole(body.get("rectify_days"), 1, 365):
        yield Fault("rectify_days", "number")
    for name, known in (("severity", SEVERITIES), ("evidence", EVIDENCES), ("answer", ANSWERS)):
        if body.get(name) not in known:
            yield Fault(name, "choose")
    if body.get("theme_zh") not in set(themes):
        yield Fault("theme_zh", "theme")
    yield from _answer_faults(body)


def _answer_faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    if body.get("answer") in (Answer.COUNT, Answer.NUMBER):
        threshold = body.get("threshold") or {}
        value = threshold.get("value")
        if (
            threshold.get("op") not in COMPARE
            or isinstance(value, bool)
            or not isinstance(value, int | float)
            or not 0 <= value <= 1_000_000
        ):
            yield Fault("threshold", "threshold")
    if body.get("answer") == Answer.CHOICE:
        choices = body.get("choices") or ()
        if not 2 <= len(choices) <= 8 or any(
            not choice.get("zh") or choice.get("verdict") not in VERDICTS for choice in choices
        ):
            yield Fault("choices", "choices")


def kind_faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    """What has to be put right before this kind can be published."""
    if not CODE.match(str(body.get("code", ""))):
        yield Fault("code", "code")
    if not body.get("name_zh"):
        yield Fault("name_zh", "empty")
    for name, most in KIND_TEXTS.items():
        if any(
            len(body.get(f"{name}_{language}") or "") > (most if language == "zh" else most * 2)
            for language in LANGUAGES
        ):
            yield Fault(f"{name}_zh", "too_long")
    if not _whole(body.get("weight"), 0, 100):
        yield Fault("weight", "number")
    if not (body.get("category") or {}).get("name_zh"):
        yield Fault("category", "empty")


def _whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def next_code(kind: str, taken: Iterable[str]) -> str:
    """The code after the last one of this kind: 25.14 after 25.13; numbers that were taken once are not given again."""
    numbers = [
        int(tail)
        for tail in (code[len(kind) + 1 :] for code in taken if code.startswith((f"{kind}.", f"{kind}-")))
        if tail.isdigit()
    ]
    return f"{kind}.{max(numbers, default=0) + 1:02}"


def even_share(whole: int, parts: int) -> list[int]:
    """A whole number of points shared as evenly as whole points allow: 100 by 3 is 34, 33, 33."""
    least, over = divmod(whole, parts)
    return [least + (n < over) for n in range(parts)]
