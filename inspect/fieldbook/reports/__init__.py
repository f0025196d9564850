"""Reports: figures over many findings, visits and phones, within a person's standing.

Words: ruler to zero, heat table (zone × kind), worry (overdue, recurrence, not visited, still on phones), rate.
May import review, findings, inspections, places, standards, accounts, journal, kernel. Never: write; rank people.
"""

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
    "VISITS_PAGE",
    "VISIT_VIEWS",
    "Cell",
    "HeatRow",
    "Holdings",
    "Overview",
    "Rate",
    "RoundNow",
    "Scope",
    "Step",
    "Unvisited",
    "VisitFilters",
    "VisitSeen",
    "WaitingPhone",
    "holdings",
    "overview",
    "round_now",
    "scope_of",
    "seen",
    "unvisited_places",
    "visit_counts",
    "visit_in",
    "visit_neighbours",
    "visits",
    "waiting_phones",
]
