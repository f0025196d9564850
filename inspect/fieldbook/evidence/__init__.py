"""Evidence 佐证照片: photos by their SHA-256, from the moment a command names them to the copies people see.

Words: photo, naming (a command names a photo for a finding or a visit), aside (a refused or held command does), receipt, copy (small, large), doubt 疑点, near copy.
A photo is waiting → arrived (kept for good, receipt given) → checked or damaged (decoded, in the job runner's one child).
May import journal, kernel. Never: commit; read a clock; change an original; decode in a process that answers people.

    kept = evidence.keep(store, body, size=…, sha256=…)        # no transaction: the disk may be slow
    with journal.begin(…) as act: evidence.receive(act, kept, reach=…)
    # job runner:
    for sha256 in evidence.next_waiting(session):
        outcome = evidence.check(decoder, store, sha256)
        with journal.begin(…) as act: evidence.settle(act, sha256, outcome, reach=…)
"""

from .bodies import PhotoNamed, Where
from .commands import (
    Kept,
    check,
    first_named_here,
    give_up,
    keep,
    let_go_held,
    lose,
    name_photos,
    receive,
    set_aside,
    settle,
    sweep,
)
from .decoder import Decoder, DecoderWontStart, Outcome
from .doubts import doubts
from .model import Aside, Likeness, Naming, Photo, PhotoState, Role, Source
from .queries import (
    NamedPhoto,
    NearCopy,
    Pair,
    all_checked,
    count_before,
    expected,
    held_photos,
    namings,
    namings_of_photo,
    namings_of_visit,
    near_copies,
    next_waiting,
    pairs,
    receipt_of,
    states,
    stored_bytes,
    stored_photos,
    subjects_of,
)
from .refusals import (
    Damaged,
    DiskFull,
    HashMismatch,
    NotAPhoto,
    NotNamed,
    TooLarge,
    TooManyPixels,
    TooManyScans,
    TooSmall,
)
from .rules import SENTENCES as DOUBT_SENTENCES
from .rules import Doubt, Spot, apart_m
from .storage import (
    LocalStore,
    Store,
    wrong_with,
)
from .structure import LARGEST_BYTES, Shape, examine

__all__ = [
    "DOUBT_SENTENCES",
    "LARGEST_BYTES",
    "Aside",
    "Damaged",
    "Decoder",
    "DecoderWontStart",
    "DiskFull",
    "Doubt",
    "HashMismatch",
    "Kept",
    "Likeness",
    "LocalStore",
    "NamedPhoto",
    "Naming",
    "NearCopy",
    "NotAPhoto",
    "NotNamed",
    "Outcome",
    "Pair",
    "Photo",
    "PhotoNamed",
    "PhotoState",
    "Role",
    "Shape",
    "Source",
    "Spot",
    "Store",
    "TooLarge",
    "TooManyPixels",
    "TooManyScans",
    "TooSmall",
    "Where",
    "all_checked",
    "apart_m",
    "check",
    "count_before",
    "doubts",
    "examine",
    "expected",
    "first_named_here",
    "give_up",
    "held_photos",
    "keep",
    "let_go_held",
    "lose",
    "name_photos",
    "namings",
    "namings_of_photo",
    "namings_of_visit",
    "near_copies",
    "next_waiting",
    "pairs",
    "receipt_of",
    "receive",
    "set_aside",
    "settle",
    "states",
    "stored_bytes",
    "stored_photos",
    "subjects_of",
    "sweep",
    "wrong_with",
]
