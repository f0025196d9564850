"""Reports: figures over many findings, visits and phones, within a person's standing.

Words: ruler to zero, heat table (zone × kind), worry (overdue, recurrence, not visited, still on phones), rate.
May import review, findings, inspections, places, standards, accounts, journal, kernel. Never: write; rank people.
"""

from .coverage import PAGE as PLACES_PAGE
from .coverage import SORTS as PLACE_SORTS
from .coverage import (
    USUAL_DAYS,
    Coverage,
    CoverageRow,
    PlaceFilters,
    PlacePhoto,
    PlaceSeen,
    coverage,
    photos_of_place,
    place_counts,
    place_in,
    places_seen,
    who_inspects,
)
from .coverage import VIEWS as PLACE_VIEWS
from .holdings import Holdings, holdings
from .overview import (
    Cell,
    HeatRow,
    Overview,
    Rate,
    RoundNow,
    Scope,
    Step,
    Unvisited,
    WaitingPhone,
    overview,
    round_now,
    scope_of,
    unvisited_places,
    waiting_phones,
)
from .posts import places_of, rounds_of
from .registers import AreaCounts, UnitCounts, area_counts, areas_of_unit, people_of, unit_counts
from .touched import Touched, touched
from .visits import PAGE as VISITS_PAGE
from .visits import VIEWS as VISIT_VIEWS
from .visits import (
    VisitFilters,
    VisitSeen,
    seen,
    visit_counts,
    visit_in,
    visit_neighbours,
    visits,
)

__all__ = [
    "PLACES_PAGE",
    "PLACE_SORTS",
    "PLACE_VIEWS",
    "USUAL_DAYS",
    "VISITS_PAGE",
    "VISIT_VIEWS",
    "AreaCounts",
    "Cell",
    "Coverage",
    "CoverageRow",
    "HeatRow",
    "Holdings",
    "Overview",
    "PlaceFilters",
    "PlacePhoto",
    "PlaceSeen",
    "Rate",
    "RoundNow",
    "Scope",
    "Step",
    "Touched",
    "UnitCounts",
    "Unvisited",
    "VisitFilters",
    "VisitSeen",
    "WaitingPhone",
    "area_counts",
    "areas_of_unit",
    "coverage",
    "holdings",
    "overview",
    "people_of",
    "photos_of_place",
    "place_counts",
    "place_in",
    "places_of",
    "places_seen",
    "round_now",
    "rounds_of",
    "scope_of",
    "seen",
    "touched",
    "unit_counts",
    "unvisited_places",
    "visit_counts",
    "visit_in",
    "visit_neighbours",
    "visits",
    "waiting_phones",
    "who_inspects",
]
