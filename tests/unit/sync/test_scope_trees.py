"""The one rule of scope against a plain oracle, on area trees of any shape: feed, list, counts, search, places and photos."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from fieldbook import findings, places, reports, standards, sync
from fieldbook.accounts import Duty, Identity, Person, PostHeld, Unit
from fieldbook.evidence import Naming, Role, Source
from fieldbook.findings import Filters, Finding, State
from fieldbook.kernel import Base, make_engine_options, unkeep
from fieldbook.places import Area, Level, Place
from fieldbook.reports import PlaceFilters
from tests.county import NOON

PEOPLE, UNITS = [UUID(int=1 + i) for i in range(2)], [UUID(int=101 + i) for i in range(2)]
ME = PEOPLE[0]
ROOT = UUID(int=200)


def district(number: int) -> UUID:
    return UUID(int=300 + number)


def zone(number: int) -> UUID:
    return UUID(int=400 + number)


@dataclass
class Land:
    """A county as drawn: what lies where, who I am, and what stands in it."""

    #: district -> 0: they lie in the county; zone -> its district, or None: right in the county
    districts: int
    zones: list[int | None]
    #: zone -> the zone it was merged into
    merged: dict[int, int] = field(default_factory=dict)
    posts: tuple[PostHeld, ...] = ()
    #: (zone, unit)
    places: list[tuple[int, UUID | None]] = field(default_factory=list)
    #: (zone, unit, reporter)
    findings: list[tuple[int, UUID | None, UUID]] = field(default_factory=list)

    def above(self, number: int) -> set[UUID]:
        """The zone, what it lies in, and the same of what it went into: written down by hand, asking nothing of the product."""
        found = {zone(number), ROOT}
        home = self.zones[number]
        if home is not None:
            found.add(district(home))
        return found | (self.above(self.merged[number]) if number in self.merged else set())

    def sees(self, number: int, unit: UUID | None, reporter: UUID | None = None) -> bool:
        if reporter == ME:
            return True
        return any(self._by(post, number, unit) for post in self.posts)

    def _by(self, post: PostHeld, number: int, unit: UUID | None) -> bool:
        if post.unit_id is not None and unit is not None and post.unit_id == unit:
            return True
        if post.duty is Duty.RECTIFIER:
            return False
        return post.area_id in self.above(number) if post.area_id is not None else post.unit_id is None


@st.composite
def lands(draw: st.DrawFn) -> Land:
    """Up to three districts, five zones in them or beside them, some merged, three posts, four places and six findings."""
    districts = draw(st.integers(0, 3))
    home = st.none() | st.integers(0, districts - 1) if districts else st.none()
    land = Land(districts, draw(st.lists(home, min_size=1, max_size=5)))
    count = len(land.zones)
    for number in range(1, count):
        if draw(st.integers(0, 4)) == 0:
            land.merged[number] = draw(st.integers(0, number - 1))
    areas = [ROOT, *(district(i) for i in range(districts)), *(zone(i) for i in range(count))]
    post = st.builds(PostHeld, st.just(UUID(int=9)), st.sampled_from(Duty), st.none() | st.sampled_from(areas), st.none() | st.sampled_from(UNITS))
    land.posts = tuple(draw(st.lists(post, max_size=3)))
    where, unit = st.integers(0, count - 1), st.none() | st.sampled_from(UNITS)
    land.places = draw(st.lists(st.tuples(where, unit), max_size=4))
    land.findings = draw(st.lists(st.tuples(where, unit, st.sampled_from(PEOPLE)), max_size=6))
    return land


@pytest.fixture(scope="module")
def session(empty_database: Callable[[], str]) -> Iterator[Session]:
    """Two people, two units and a manual; what an example adds is rolled back."""
    url = empty_database()
    engine = create_engine(url, **make_engine_options(url))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Person(id=person, name=str(person.int), login=str(person.int)) for person in PEOPLE)
        session.add_all(Unit(id=unit, name=str(unit.int)) for unit in UNITS)
        session.add(standards.ManualRow(version=1, sha256="0" * 64, published_at=NOON, text="[]"))
        session.commit()
        yield session
    engine.dispose()


def settle(session: Session, land: Land) -> None:
    """Put the land into the tables."""
    session.add(Area(id=ROOT, level=Level.COUNTY, code="", name="county"))
    session.flush()
    session.add_all(Area(id=district(i), parent_id=ROOT, level=Level.DISTRICT, code=f"d{i}", name=f"d{i}") for i in range(land.districts))
    session.flush()
    for number, home in enumerate(land.zones):
        into = zone(land.merged[number]) if number in land.merged else None
        session.add(Area(id=zone(number), parent_id=district(home) if home is not None else ROOT, level=Level.ZONE, code=str(number), name=f"z{number}", merged_into=into))
        session.flush()
    session.add_all(Place(id=UUID(int=1000 + i), code=str(i), name=f"place {i}", zone_id=zone(at), unit_id=unit) for i, (at, unit) in enumerate(land.places))
    session.flush()
    session.add_all(
        Finding(id=UUID(int=2000 + i), number=f"CW-{i}", words=f"words {i}", zone_id=zone(at), unit_id=unit, reporter_id=reporter, state=State.ASSIGNED, source=findings.Source.PATROL, found_at=NOON, received_at=NOON)
        for i, (at, unit, reporter) in enumerate(land.findings)
    )
    session.flush()
    session.add_all(
        Naming(id=UUID(int=4000 + i), sha256=f"{i:064x}", subject=UUID(int=2000 + i), finding_id=UUID(int=2000 + i), role=Role.BEFORE, place=0, taken_at=NOON, claimed_at=NOON, source=Source.CAMERA, width=1, height=1, bytes=1, named_at=NOON)
        for i in range(len(land.findings))
    )
    session.flush()


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(land=lands())
def test_whatever_asks_sees_what_the_oracle_sees(session: Session, land: Land):
    session.rollback()  # whatever the last example left
    settle(session, land)
    unkeep(session)  # areas that no act has entered
    standing = places.standing_of(session, ME, land.posts)
    seen = {i for i, found in enumerate(land.findings) if land.sees(*found)}
    at = {i for i, place in enumerate(land.places) if land.sees(*place)}

    page = sync.pull(session, Identity(ME, "1", "1", "zh", None, NOON, land.posts), "", now=NOON)
    fed = {(row["kind"], UUID(row["id"]).int) for row in page["rows"]}
    listed, total = findings.listing(session, standing, Filters(view="all"), now=NOON)
    searched = [findings.listing(session, standing, Filters(view="all", text=f"words {i}"), now=NOON)[1] for i in range(len(land.findings))]
    by_number = [findings.listing(session, standing, Filters(view="all", text=f"CW-{i}"), now=NOON)[1] for i in range(len(land.findings))]
    shown, shown_total = reports.places_seen(session, standing, PlaceFilters(), now=NOON)

    assert {id - 2000 for kind, id in fed if kind == "finding"} == seen
    assert {id - 1000 for kind, id in fed if kind == "place"} == at
    assert ({finding.id.int - 2000 for finding in listed}, total) == (seen, len(seen))
    assert sum(findings.state_counts(session, standing).values()) == len(seen)
    assert searched == by_number == [i in seen for i in range(len(land.findings))]
    assert ({one.place.id.int - 1000 for one in shown}, shown_total) == (at, len(at))
    assert [findings.sees_photo(session, standing, f"{i:064x}") for i in range(len(land.findings))] == [i in seen for i in range(len(land.findings))]
    assert {i for i, (number, unit) in enumerate(land.places) if standing.sees(zone(number), unit)} == at
