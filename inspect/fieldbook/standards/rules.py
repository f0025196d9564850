"""Judging a number against a threshold. Pure."""

import operator
from collections.abc import Callable
from enum import StrEnum
from typing import Any

COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}


class Answer(StrEnum):
    """How a criterion is answered."""

    PASS_FAIL_NA = "pass_fail_na"  # noqa: S105 a kind of answer
    COUNT = "count"
    NUMBER = "number"
    CHOICE = "choice"


def meets(threshold: dict[str, Any], hundredths: int) -> bool:
    """Whether a value, in hundredths of its unit, reaches the threshold {op, value}."""
    return COMPARE[threshold["op"]](hundredths, round(threshold["value"] * 100))


def verdict_of(
    answer: str,
    *,
    threshold: dict[str, Any] | None,
    choices: list[dict[str, Any]],
    value: int | None,
    choice: int | None,
) -> str | None:
    """The verdict that a counted or chosen answer implies; None when the person judges by themselves."""
    if answer in (Answer.COUNT, Answer.NUMBER) and threshold is not None and value is not None:
        return "pass" if meets(threshold, value) else "fail"
    if answer == Answer.CHOICE and choice is not None and 0 <= choice < len(choices):
        return str(choices[choice]["verdict"])
    return None
