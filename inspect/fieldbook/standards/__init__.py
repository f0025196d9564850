"""Standards: kinds of place, criteria, and versions of the manual 操作手册.

Words: manual, kind 任务对象, criterion 测评标准, threshold, clearing condition.
May import accounts, journal, kernel. Never: change a published version.
"""

from .commands import publish
from .model import ManualRow
from .queries import Criterion, Kind, Manual, NoSuchManual, current_manual, manual, manual_text, published_at
from .rules import Answer, meets, verdict_of

__all__ = [
    "Answer",
    "Criterion",
    "Kind",
    "Manual",
    "ManualRow",
    "NoSuchManual",
    "current_manual",
    "manual",
    "manual_text",
    "meets",
    "publish",
    "published_at",
    "verdict_of",
]
