"""One rule of what a person sees, asked in six ways: the feed, lists, counts, one finding, photos, and the verbs all agree with a plain answer."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from fieldbook import findings, places, standards, sync
from fieldbook.accounts import Duty, Identity, Person, PostHeld, Unit
from fieldbook.evidence import Naming, Role, Source
from fieldbook.findings import Filters, Finding, State
from fieldbook.inspections import Visit
from fieldbook.kernel import Base, make_engine_options
from fieldbook.places import Area, Level, Place
from tests.county import NOON

PEOPLE = [UUID(int=1 + i) for i in range(3)]
UNITS = [UUID(int=101 + i) for i in range(3)]
COUNTY, EAST, WEST = (UUID(int=200 + i) for i in range(3))
ZONES = {UUID(int=301): EAST, UUID(int=302): EAST, UUID(int=303): WEST}
ME = PEOPLE[0]
LONG_AGO = NOON - timedelta(days=31)


@dataclass
class World:
    """What stands in the county, and one person's posts."""

    posts: tuple[PostHeld, ...]
    #: place -> (zone, unit)
    places: list[tuple[UUID, UUID | None]] = field(default_factory=list)
    #: (zone, unit, reporter, state, when)
    findings: list[tuple[UUID, UUID | None, UUID, State, Any]] = field(default_factory=list)
    #: the place of each visit
    visits: list[int] = field(default_factory=list)
    #: photo -> (finding or None, visit or None)
    photos: list[tuple[int, int | None, int | None]] = field(default_factory=list)

    def sees(self, zone: UUID, unit: UUID | None, reporter: UUID | None = None) -> bool:
        """The plain answer."""
        if reporter == ME:
            return True
        for post in self.posts:
            if post.unit_id is not None and post.unit_id == unit:
                return True
            if post.duty is not Duty.RECTIFIER and (post.area_id in (zone, ZONES[zone], COUNTY) or (post.area_id is None and post.unit_id is None)):
                return True
        return False

    def sees_photo(self, photo: int) -> bool:
        """By a finding in scope, or by a visit at a place in scope."""
        named = [(finding, visit) for number, finding, visit in self.photos if number == photo]
        everything = any(post.area_id is None and post.unit_id is None and post.duty is not Duty.RECTIFIER for post in self.posts)
        return any(
            self.sees(*self.findings[finding][:3]) if finding is not None else everything or (visit is not None and self.sees(*self.places[self.visits[visit]]))
            for finding, visit in named
        )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Three zones, three units, three people; up to four places, eight findings, three visits and six namings of three photos."""
    post = st.builds(PostHeld, st.just(UUID(int=9)), st.sampled_from(Duty), st.none() | st.sampled_from([COUNTY, EAST, WEST, *ZONES]), st.none() | st.sampled_from(UNITS))
    world = World(tuple(draw(st.lists(post, max_size=3))))
    zone, unit, state = st.sampled_from(sorted(ZONES)), st.none() | st.sampled_from(UNITS), st.sampled_from([State.TO_SCREEN, State.ASSIGNED, State.RECTIFIED, State.CLEARED, State.VOID])
    world.places = draw(st.lists(st.tuples(zone, unit), min_size=1, max_size=4))
    world.findings = draw(st.lists(st.tuples(zone, unit, st.sampled_from(PEOPLE), state, st.sampled_from([NOON, LONG_AGO])), max_size=8))
    world.visits = draw(st.lists(st.integers(0, len(world.places) - 1), max_size=3))
    finding = st.sampled_from(range(len(world.findings))) if world.findings else st.none()
    visit = st.sampled_from(range(len(world.visits))) if world.visits else st.none()
    world.photos = [naming for naming in draw(st.lists(st.tuples(st.integers(0, 2), st.none() | finding, st.none() | visit), max_size=6)) if naming[1:] != (None, None)]
    return world


def place_id(number: int) -> UUID:
    return UUID(int=1000 + number)


def finding_id(number: int) -> UUID:
    return UUID(int=2000 + number)


def visit_id(number: int) -> UUID:
    return UUID(int=3000 + number)


def sha256(photo: int) -> str:
    return f"{photo:064x}"


@pytest.fixture(scope="module")
def session(empty_database: Callable[[], str]) -> Iterator[Session]:
    """A county with people, units, areas and a manual; what a test adds is rolled back."""
    url = empty_database()
    engine = create_engine(url, **make_engine_options(url))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for level, areas in ((Level.COUNTY, {COUNTY: None}), (Level.DISTRICT, {EAST: COUNTY, WEST: COUNTY}), (Level.ZONE, ZONES)):
            session.add_all(Area(id=area, parent_id=parent, level=level, code=str(area.int), name=str(area.int)) for area, parent in areas.items())
            session.flush()
        session.add_all(Person(id=person, name=str(person.int), login=str(person.int), password="x") for person in PEOPLE)
        session.add_all(Unit(id=unit, name=str(unit.int)) for unit in UNITS)
        session.add(standards.ManualRow(version=1, sha256="0" * 64, published_at=NOON, text="[]"))
        session.commit()
        yield session
    engine.dispose()


def settle(session: Session, world: World) -> None:
    """Put the world into the tables."""
    session.add_all(Place(id=place_id(i), code=str(i), name=str(i), zone_id=zone, unit_id=unit) for i, (zone, unit) in enumerate(world.places))
    session.flush()
    session.add_all(
        Visit(id=visit_id(i), place_id=place_id(at), kind="25", manual=1, inspector_id=ME, started_at=NOON, finished_at=NOON, received_at=NOON, got_tenths=0, of_tenths=0, tally="")
        for i, at in enumerate(world.visits)
    )
    session.add_all(
        Finding(id=finding_id(i), number=str(i), zone_id=zone, unit_id=unit, reporter_id=reporter, state=state, source=findings.Source.PATROL, found_at=when, received_at=when, cleared_at=when if state is State.CLEARED else None)
        for i, (zone, unit, reporter, state, when) in enumerate(world.findings)
    )  # fmt: skip
    session.flush()
    session.add_all(
        Naming(
            id=UUID(int=4000 + i),
            sha256=sha256(photo),
            subject=finding_id(finding) if finding is not None else visit_id(visit or 0),
            finding_id=finding_id(finding) if finding is not None else None,
            visit_id=visit_id(visit) if visit is not None else None,
            role=Role.BEFORE,
            place=0,
            taken_at=NOON,
            claimed_at=NOON,
            source=Source.CAMERA,
            width=1,
            height=1,
            bytes=1,
            named_at=NOON,
        )
        for i, (photo, finding, visit) in enumerate(world.photos)
    )
    session.flush()


FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@FEW
@given(world=worlds())
def test_feed_lists_counts_and_photos_agree_with_the_plain_answer(session: Session, world: World):
    settle(session, world)
    me = Identity(ME, "1", "1", "zh", None, NOON, world.posts)
    standing = places.standing_of(session, ME, world.posts)
    seen = {finding_id(i) for i, (zone, unit, reporter, *_) in enumerate(world.findings) if world.sees(zone, unit, reporter)}
    recent = {finding_id(i) for i, (*_, state, when) in enumerate(world.findings) if state in findings.OPEN or when == NOON}

    page = sync.pull(session, me, "", now=NOON)
    listed, total = findings.listing(session, standing, Filters(view="all"), now=NOON)

    assert {UUID(row["id"]) for row in page["rows"] if row["kind"] == "finding"} == seen & recent
    assert {UUID(row["id"]) for row in page["rows"] if row["kind"] == "place"} == {place_id(i) for i, (zone, unit) in enumerate(world.places) if world.sees(zone, unit)}
    assert ({finding.id for finding in listed}, total) == (seen, len(seen))
    assert {line.id for line in findings.page_of(session, standing, Filters(view="all"), now=NOON)} == seen
    assert {line.id for line in findings.page_of(session, standing, Filters(view="all", kinds=("none",)), now=NOON)} == seen
    assert findings.counts_of(session, standing, [Filters(view="all"), Filters(view="all", kinds=("none",)), Filters(view="all")], now=NOON) == [len(seen)] * 3
    assert findings.count_open(session, standing) == len([f for f in listed if f.state in findings.OPEN])
    assert sum(findings.state_counts(session, standing).values()) == len(seen)
    assert findings.view_counts(session, standing, Filters(), now=NOON, views=["all", "open"]) == {"all": len(seen), "open": len([f for f in listed if f.state in findings.OPEN])}
    assert {finding.id for finding in findings.by_id(session, [finding_id(i) for i in range(8)]).values() if findings.sees(standing, finding)} == seen
    for i in range(len(world.findings)):
        if finding_id(i) in seen:
            findings.one(session, standing, finding_id(i))
        else:
            with pytest.raises(findings.NoSuchFinding):
                findings.one(session, standing, finding_id(i))
    assert [findings.sees_photo(session, standing, sha256(photo)) for photo in range(4)] == [world.sees_photo(photo) for photo in range(4)]
    session.rollback()


@FEW
@given(world=worlds(), seq=st.integers(-1, 5), stage=st.sampled_from(["", "zone", "unit", "place", "round", "finding", "person"]), last=st.sampled_from(["", "0" * 32, str(finding_id(3)), "x"]), own=st.booleans())
def test_no_cursor_whatever_shows_more_than_the_scope(session: Session, world: World, seq: int, stage: str, last: str, own: bool):
    settle(session, world)
    me = Identity(ME, "1", "1", "zh", None, NOON, world.posts)
    honest = sync.pull(session, me, "", now=NOON)
    scope = base64.urlsafe_b64decode(honest["cursor"] + "==").decode().split(".")[1]
    forged = base64.urlsafe_b64encode(f"00000000.{scope if own else 'everything'}.{seq}.{stage}.{last}".encode()).decode()

    page = sync.pull(session, me, forged, now=NOON)

    assert {(row["kind"], row["id"]) for row in page["rows"]} <= {(row["kind"], row["id"]) for row in honest["rows"]}
    session.rollback()
