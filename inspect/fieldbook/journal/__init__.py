"""Journal: every change once, in one order, hash-chained; everything else is a reading of it.

Words: entry, leaf, head, said (words that can be erased), reach (whose view an entry touches).
May import kernel. Never: change or delete an entry; read a clock.
"""

from .chain import EMPTY_HEAD, canonical, head_after, leaf_of
from .commands import begin, erase, install_triggers
from .model import EntryRow, JournalHead, Reach, Said
from .queries import course_of, head, leaves, receipts, subjects_since, times, words
from .verify import (
    Break,
    erased_words,
    verify,
    verify_subjects,
)

__all__ = [
    "EMPTY_HEAD",
    "Break",
    "EntryRow",
    "JournalHead",
    "Reach",
    "Said",
    "begin",
    "canonical",
    "course_of",
    "erase",
    "erased_words",
    "head",
    "head_after",
    "install_triggers",
    "leaf_of",
    "leaves",
    "receipts",
    "subjects_since",
    "times",
    "verify",
    "verify_subjects",
    "words",
]
