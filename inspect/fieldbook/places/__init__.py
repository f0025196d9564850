"""Places: areas (county › district › zone › grid), places, and who stands where.

Words: area, district 片区, zone 责任区, place 点位, standing (what a person's posts let them see and do),
datum (what the figures of a position are measured against).
May import standards, accounts, journal, kernel. Never: know a visit or a finding.
"""

from .areas import ORDER, REGISTRARS, Taken, change_area, make_area, merge_area, move_area, open_area, open_zone
from .commands import change_place, close_place, make_place, reopen_place
from .datum import bounds_of, from_wgs84, is_in_china, nearest_within, read_position, to_wgs84, written
from .model import TEXTS, Area, Datum, Level, Place, PlaceKind
from .pinyin import initials
from .queries import (
    AreaKnown,
    NoSuchPlace,
    PlaceKnown,
    area_names,
    kinds_of,
    nearest,
    place,
    place_known,
    places_by_id,
    positions,
    successor,
    zones,
)
from .refusals import (
    ChangedMeanwhile,
    CodeTaken,
    KindMissing,
    NameMissing,
    NoSuchArea,
    NotAlike,
    PlaceClosed,
    PositionUnclear,
    UnknownKind,
    WrongLevel,
)
from .standing import Standing, scope, standing_of, zones_below
from .subjects import IMPORTS, SUBJECTS

__all__ = [
    "IMPORTS",
    "ORDER",
    "REGISTRARS",
    "SUBJECTS",
    "TEXTS",
    "Area",
    "AreaKnown",
    "ChangedMeanwhile",
    "CodeTaken",
    "Datum",
    "KindMissing",
    "Level",
    "NameMissing",
    "NoSuchArea",
    "NoSuchPlace",
    "NotAlike",
    "Place",
    "PlaceClosed",
    "PlaceKind",
    "PlaceKnown",
    "PositionUnclear",
    "Standing",
    "Taken",
    "UnknownKind",
    "WrongLevel",
    "area_names",
    "bounds_of",
    "change_area",
    "change_place",
    "close_place",
    "from_wgs84",
    "initials",
    "is_in_china",
    "kinds_of",
    "make_area",
    "make_place",
    "merge_area",
    "move_area",
    "nearest",
    "nearest_within",
    "open_area",
    "open_zone",
    "place",
    "place_known",
    "places_by_id",
    "positions",
    "read_position",
    "reopen_place",
    "scope",
    "standing_of",
    "successor",
    "to_wgs84",
    "written",
    "zones",
    "zones_below",
]
