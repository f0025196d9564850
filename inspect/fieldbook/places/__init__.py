"""Places: areas (county › district › zone › grid), places, and who stands where.

Words: area, district 片区, zone 责任区, place 点位, standing (what a person's posts let them see and do).
May import standards, accounts, journal, kernel. Never: know a visit or a finding.
"""

from .commands import make_area, make_place
from .model import Area, Level, Place, PlaceKind
from .queries import NoSuchPlace, area_names, kinds_of, nearest, place, places_by_id, zones
from .standing import Standing, standing_of

__all__ = [
    "Area",
    "Level",
    "NoSuchPlace",
    "Place",
    "PlaceKind",
    "Standing",
    "area_names",
    "kinds_of",
    "make_area",
    "make_place",
    "nearest",
    "place",
    "places_by_id",
    "standing_of",
    "zones",
]
