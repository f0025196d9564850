"""A manual of another level, as a city might publish it: 54 kinds under other codes, other themes, numbers and choices. Invented from a seed."""

import random
from typing import Any

from fieldbook import standards, workbooks

THEMES = (("照明亮化", "照明"), ("雨污管网", "管网"), ("噪声扰民", "噪声"), ("适老助残", "适老"))
CATEGORIES = (("一", "城区道路"), ("二", "窗口单位"), ("三", "乡村振兴"))
SUBJECTS = ("路灯", "雨水口", "座椅", "公告栏", "坡道", "照明", "围栏", "标识", "绿篱", "井盖")
DEMANDS = ("完好能用", "整洁无损", "数量足够", "位置醒目", "无堵塞")


def kinds(seed: int = 54) -> list[dict[str, Any]]:
    """54 kinds with 6 to 11 criteria each: their points never make a hundred, half of them have no English."""
    dice = random.Random(seed)
    return [_kind(dice, n) for n in range(1, 55)]


def _kind(dice: random.Random, n: int) -> dict[str, Any]:
    code = f"C{n}"
    category = CATEGORIES[(n - 1) // 18]
    criteria = [_criterion(dice, code, m) for m in range(1, dice.randrange(7, 12))]
    kind = standards.settle_kind(
        {
            "code": code,
            "name_zh": f"市级对象{n}",
            "name_en": f"City kind {n}" if n % 2 else "",
            "category": {"code": category[0], "name_zh": category[1], "name_en": ""},
            "weight": dice.randrange(1, 9),
            "lead_zh": "市城市管理局",
            "units_zh": "产权单位",
        }
    )
    return kind | {"criteria": criteria}


def _criterion(dice: random.Random, kind: str, m: int) -> dict[str, Any]:
    theme = dice.choice(THEMES)
    answer = ("pass_fail_na", "number", "choice", "count")[m % 4]
    told: dict[str, Any] = {
        "code": f"{kind}-{m}",
        "text_zh": f"{dice.choice(SUBJECTS)}{m}{dice.choice(DEMANDS)}",
        "guidance_zh": "现场逐处查看",
        "open_zh": "有一处不符即立案",
        "clear_zh": ["逐处改好", "拍到编号牌"],
        "reasons_zh": ["损坏", "缺失", "堵塞"],
        "points": dice.randrange(3, 19),
        "severity": dice.choice(("critical", "major", "minor")),
        "evidence": "on_fail",
        "answer": answer,
        "rectify_days": dice.choice((1, 5, 20)),
        "theme_zh": theme[0],
        "theme_short_zh": theme[1],
    }
    if m % 2:
        told |= {"text_en": f"Item {m} is in order", "reasons_en": ["Broken", "Missing", "Blocked"]}
    if answer == "number":
        told["threshold"] = {"op": ">=", "value": 2.5, "unit_zh": "米"}
    if answer == "count":
        told["threshold"] = {"op": "<", "value": 4, "unit_zh": "处/公里"}
    if answer == "choice":
        told["choices"] = [
            {"zh": "优", "verdict": "pass"},
            {"zh": "良", "verdict": "pass"},
            {"zh": "中", "verdict": "mostly"},
            {"zh": "差", "verdict": "fail"},
        ]
    return standards.settle_criterion(told)


def workbook(seed: int = 54) -> bytes:
    """The same as the office would send it."""
    return workbooks.write_xlsx([standards.sheet_of(kinds(seed), title="市级操作手册")])
