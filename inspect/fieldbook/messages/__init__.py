"""Messages: what people are told, made from the journal by a bookmark and from the clock.

Words: notice (one line of an inbox), inbox, bookmark, digest (text for a message group).
May import findings, inspections, places, accounts, journal, kernel. Never: decide anything about a finding.
"""

from .commands import follow, mark_read, remind
from .digest import Digest, digest
from .model import Notice
from .queries import Told, inbox, read_up_to, unread
from .rules import AUDIENCE, TELLS, Kind

__all__ = [
    "AUDIENCE",
    "TELLS",
    "Digest",
    "Kind",
    "Notice",
    "Told",
    "digest",
    "follow",
    "inbox",
    "mark_read",
    "read_up_to",
    "remind",
    "unread",
]
