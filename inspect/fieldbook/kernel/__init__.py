"""Kernel: who acts, when, in which transaction, and what is refused.

Words: act, refusal, clock, ids, settings, the one database handle and its `writing` door.
Imports no room; every room may import this door.
"""

from .act import Act, Entry
from .clock import Clock, from_ms, to_ms, utcnow
from .database import (
    NIL,
    Base,
    Instant,
    Json,
    ask,
    bulk_insert,
    count_up,
    db,
    is_sqlite,
    make_engine_options,
    upsert,
    writing,
)
from .ids import derived_id, new_id
from .refusal import Busy, Refusal
from .settings import Settings, SettingsBroken

__all__ = [
    "NIL",
    "Act",
    "Base",
    "Busy",
    "Clock",
    "Entry",
    "Instant",
    "Json",
    "Refusal",
    "Settings",
    "SettingsBroken",
    "ask",
    "bulk_insert",
    "count_up",
    "db",
    "derived_id",
    "from_ms",
    "is_sqlite",
    "make_engine_options",
    "new_id",
    "to_ms",
    "upsert",
    "utcnow",
    "writing",
]
