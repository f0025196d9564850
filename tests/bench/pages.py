"""Every page of the desk in a county of 10,000 places and 5,000 findings: the server's time, 95th percentile of 20."""

import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from fieldbook.accounts import Unit
from fieldbook.findings import Finding, State
from fieldbook.kernel import bulk_insert, db, derived_id, writing
from fieldbook.places import Place, PlaceKind
from tests import county as small
from tests.bench.figure import Figure
from tests.bench.rows import row_of
from tests.conftest import Browser, make_app

PLACES, FINDINGS = 10_000, 5_000
ROUNDS = 20
#: milliseconds
LIMIT = 100

PAGES = {
    "overview": "/overview",
    "unvisited": "/overview/unvisited",
    "review": "/review",
    "dispatch": "/dispatch",
    "findings": "/findings",
    "findings_all": "/findings?view=all",
    "findings_search": "/findings?q=农贸",
    "finding": "/findings/{finding}",
    "places": "/places",
    "places_search": "/places?q=9999",
    "place": "/places/{place}",
    "visits": "/visits",
    "areas": "/areas",
    "units": "/units",
    "manual": "/manual",
    "people": "/people",
    "notices": "/notices",
    "settings": "/settings",
}


def run() -> list[Figure]:
    """Milliseconds from the request to the whole answer, for an administrator who is headquarters as well; review for a reviewer."""
    figures = []
    with tempfile.TemporaryDirectory(prefix="fieldbook-bench-") as folder:
        place = Path(folder)
        app = make_app(place, f"sqlite:///{place / 'fieldbook.sqlite'}")
        town = small.County(app)
        app.extensions["fieldbook"] = type(app.extensions["fieldbook"])(**{**vars(app.extensions["fieldbook"]), "clock": lambda: town.at})
        small.build(app)
        with app.app_context():
            known = _fill(town)
        ma = Browser(app, "ma")
        for name, path in PAGES.items():
            address = path.format(**known)
            assert ma.get(address).status_code == 200, address
            figures.append(Figure(f"desk.{name}", _p95(ma, address), "ms", LIMIT))
    return figures


def _p95(browser: Browser, address: str) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        browser.get(address).get_data()
        times.append(1000 * (time.perf_counter() - began))
    return sorted(times)[int(ROUNDS * 0.95) - 1]


def _fill(town: small.County) -> dict[str, UUID]:
    """Enter the places and findings; two thirds are cleared, the rest in every open state."""
    dice = random.Random(20260615)
    session = db.session()
    units = list(session.scalars(db.select(Unit.id)))
    zones = [small.named("zone6"), small.named("zone3")]
    places = [
        row_of(Place, id=derived_id("bench place", n), code=f"BP-{n:05}", name=f"{dice.choice('东西南北中')}{dice.choice('门湖山江园')}路{n}号农贸市场", initials=f"lh{n}", zone_id=dice.choice(zones), unit_id=dice.choice(units))
        for n in range(PLACES)
    ]
    kinds = [{"place_id": place["id"], "kind": dice.choice(["25", "1", "4", "30"])} for place in places]
    open_states = [State.TO_ASSIGN, State.ASSIGNED, State.ACCEPTED, State.RECTIFIED, State.RETURNED, State.DEFERRED, State.TO_SCREEN]
    findings = []
    for n in range(FINDINGS):
        place, found = dice.choice(places), town.at - timedelta(hours=dice.randrange(1, 900))
        state = State.CLEARED if n % 3 else dice.choice(open_states)
        owned = state not in (State.TO_ASSIGN, State.TO_SCREEN)
        findings.append(
            row_of(
                Finding,
                id=derived_id("bench finding", n),
                number=f"CW-BENCH-{n:05}",
                place_id=place["id"],
                zone_id=place["zone_id"],
                kind="25",
                criterion="25.07",
                manual=1,
                words="地面有积水，下水口堵塞",
                source="patrol",
                reporter_id=small.named("lin"),
                found_at=found,
                received_at=found,
                state=state,
                unit_id=place["unit_id"] if owned else None,
                assigned_at=found if owned else None,
                due_at=found + timedelta(hours=dice.randrange(24, 400)) if owned else None,
                rectified_at=found + timedelta(hours=20) if state in (State.RECTIFIED, State.CLEARED) else None,
                rectifier_id=small.named("zhao") if state in (State.RECTIFIED, State.CLEARED) else None,
                cleared_at=found + timedelta(hours=30) if state is State.CLEARED else None,
                deferred_until=town.at + timedelta(days=9) if state is State.DEFERRED else None,
            )
        )
    with writing(session):
        bulk_insert(session, Place, places)
        bulk_insert(session, PlaceKind, kinds)
        bulk_insert(session, Finding, findings)
    return {"finding": next(one["id"] for one in findings if one["state"] == State.ACCEPTED), "place": places[7]["id"]}
