"""Review: what helps somebody else to decide whether a thing is put right.

Words: queue, doubt 疑点, waved (a doubt a reviewer found harmless 无妨).
May import findings and everything below. Never: change a finding's state.
"""

from .commands import recall, wave
from .model import WavedDoubt
from .queries import Doubt, count_ready, doubts_of, queue, ready

__all__ = ["Doubt", "WavedDoubt", "count_ready", "doubts_of", "queue", "ready", "recall", "wave"]
