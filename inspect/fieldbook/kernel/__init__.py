"""Kernel: who acts, when, in which transaction, and what is refused.

Words: act, refusal, clock, ids, settings, county (what it has settled), job, the one database handle and its `writing` door.
Imports no room; every room may import this door.
"""

from .act import OLDEST_CLAIM, Act, Entry
from .among import Many, among, one_of
from .clock import Clock, from_ms, to_ms, utcnow
from .copies import STAMP, Copy, copies, list_of, listed
from .county import County, county, settle_county
from .database import (
    BY_KEY,
    NIL,
    Base,
    Instant,
    Json,
    Position,
    ask,
    bulk_insert,
    count_up,
    db,
    index_where,
    is_sqlite,
    make_engine_options,
    upsert,
    writing,
)
from .edition import Edition, kept, note_changes, unkeep
from .ids import derived_id, new_id
from .job import (
    DONE,
    STOPPED,
    Job,
    JobStopped,
    claim_job,
    end_job,
    latest_job,
    put_off_job,
    queue_job,
    running_jobs,
    stop_job,
    tell_progress,
)
from .origin import OriginBroken, is_address, origin_of
from .refusal import Busy, NoRoom, Refusal
from .settings import Settings, SettingsBroken
from .shape import decode

__all__ = [
    "BY_KEY",
    "DONE",
    "NIL",
    "OLDEST_CLAIM",
    "STAMP",
    "STOPPED",
    "Act",
    "Base",
    "Busy",
    "Clock",
    "Copy",
    "County",
    "Edition",
    "Entry",
    "Instant",
    "Job",
    "JobStopped",
    "Json",
    "Many",
    "NoRoom",
    "OriginBroken",
    "Position",
    "Refusal",
    "Settings",
    "SettingsBroken",
    "among",
    "ask",
    "bulk_insert",
    "claim_job",
    "copies",
    "count_up",
    "county",
    "db",
    "decode",
    "derived_id",
    "end_job",
    "from_ms",
    "index_where",
    "is_address",
    "is_sqlite",
    "kept",
    "latest_job",
    "list_of",
    "listed",
    "make_engine_options",
    "new_id",
    "note_changes",
    "one_of",
    "origin_of",
    "put_off_job",
    "queue_job",
    "running_jobs",
    "settle_county",
    "stop_job",
    "tell_progress",
    "to_ms",
    "unkeep",
    "upsert",
    "utcnow",
    "writing",
]
