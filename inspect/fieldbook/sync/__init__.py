"""Sync: commands come in once, what changed goes out, phones hold receipts.

Words: envelope (a command on the wire), book (verb → command), inbox (apply once), feed (what changed, for whom),
outbox 待发 (the phone's side), held (waits for another command, or for the office),
hand-in 补送 (a phone's unsent work, brought as one file), epoch (changes when the server was restored).
May import everything below. Never: decide what a verb does; trust a scope, person or time named in a body.
"""

from .book import BOOK
from .decisions import decline, follow, take_in
from .envelope import MAX_BYTES, MAX_COMMANDS, BadCommand, BadPush, Envelope, IdReused, NotYourPhone, Push, read_push
from .feed import pull
from .handed_in import MOST_BYTES as HAND_IN_BYTES
from .handed_in import (
    HandIn,
    HandInStolen,
    HandInTooLarge,
    HandInTooNew,
    HandInUnknownPhone,
    Line,
    Look,
    NotAHandIn,
    Taken,
    look,
    note_hand_in,
    open_hand_in,
    take,
)
from .inbox import Unsent, last_n, push, release_stale
from .model import CommandRow, HeldCommand, SyncState
from .office import DecidedAlready, Declined, Held, ReasonMissing, count_held, held, sees_held_photo
from .state import backed_up, epoch, new_epoch

__all__ = [
    "BOOK",
    "HAND_IN_BYTES",
    "MAX_BYTES",
    "MAX_COMMANDS",
    "BadCommand",
    "BadPush",
    "CommandRow",
    "DecidedAlready",
    "Declined",
    "Envelope",
    "HandIn",
    "HandInStolen",
    "HandInTooLarge",
    "HandInTooNew",
    "HandInUnknownPhone",
    "Held",
    "HeldCommand",
    "IdReused",
    "Line",
    "Look",
    "NotAHandIn",
    "NotYourPhone",
    "Push",
    "ReasonMissing",
    "SyncState",
    "Taken",
    "Unsent",
    "backed_up",
    "count_held",
    "decline",
    "epoch",
    "follow",
    "held",
    "last_n",
    "look",
    "new_epoch",
    "note_hand_in",
    "open_hand_in",
    "pull",
    "push",
    "read_push",
    "release_stale",
    "sees_held_photo",
    "take",
    "take_in",
]
