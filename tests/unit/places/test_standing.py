"""Standing: what a person's posts let them see and do, asked in every way and compared with a plain answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from fieldbook.accounts import Duty, NotYourDuty, PostHeld
from fieldbook.kernel import NIL, Base, make_engine_options, unkeep
from fieldbook.places import Area, Level, Standing, standing_of

PERSON, SOMEBODY = UUID(int=1), UUID(int=2)
UNITS = [UUID(int=100 + i) for i in range(3)]
LEVELS = [Level.COUNTY, Level.DISTRICT, Level.ZONE, Level.GRID]
#: all but the unit's own people see the whole of their area
BY_AREA = set(Duty) - {Duty.RECTIFIER}


@dataclass(frozen=True)
class World:
    """Areas with their parents, and one person's posts."""

    parents: dict[UUID, UUID | None]
    levels: dict[UUID, Level]
    posts: tuple[PostHeld, ...]

    @property
    def zones(self) -> list[UUID]:
        return [area for area, level in self.levels.items() if level is Level.ZONE]

    def is_within(self, zone: UUID | None, area: UUID | None) -> bool:
        """Whether going up from the zone one comes to the area; a grid stands for the zone it is a part of."""
        if area is not None and self.levels.get(area) is Level.GRID and self.levels.get(self.parents[area]) is Level.ZONE:
            area = self.parents[area]
        while zone is not None and zone in self.parents:
            if zone == area:
                return True
            zone = self.parents[zone]
        return False

    def sees(self, *, zone: UUID | None = None, unit: UUID | None = None, reporter: UUID | None = None) -> bool:
        """The plain answer: my own, my unit's, my area's, or everything."""
        return reporter == PERSON or any(
            (post.unit_id is not None and post.unit_id == unit)
            or (post.duty in BY_AREA and (self.is_within(zone, post.area_id) or (post.area_id is None and post.unit_id is None)))
            for post in self.posts
        )

    def may(self, duty: Duty, *, zone: UUID | None = None, unit: UUID | None = None) -> bool:
        """The plain answer: a post of this duty for that zone, that unit, or the whole county."""
        return any(
            post.duty is duty
            and (
                (post.area_id is None and post.unit_id is None and duty in BY_AREA)
                or self.is_within(zone, post.area_id)
                or (post.unit_id is not None and post.unit_id == unit)
            )
            for post in self.posts
        )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to twelve areas, each below one of a larger level, and up to four posts."""
    parents: dict[UUID, UUID | None] = {}
    levels: dict[UUID, Level] = {}
    for i in range(draw(st.integers(1, 12))):
        level = draw(st.sampled_from(LEVELS))
        larger = [area for area, other in levels.items() if LEVELS.index(other) < LEVELS.index(level)]
        area = UUID(int=1000 + i)
        parents[area], levels[area] = draw(st.sampled_from(larger)) if larger and draw(st.booleans()) else None, level
    post = st.builds(PostHeld, st.just(UUID(int=9)), st.sampled_from(Duty), st.none() | st.sampled_from(sorted(parents)), st.none() | st.sampled_from(UNITS))
    return World(parents, levels, tuple(draw(st.lists(post, max_size=4))))


@pytest.fixture(scope="module")
def session(empty_database: Callable[[], str]) -> Iterator[Session]:
    """An empty county; what a test puts there is rolled back."""
    url = empty_database()
    engine = create_engine(url, **make_engine_options(url))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def resolved(session: Session, world: World) -> Standing:
    """The standing as the room resolves it from the tables."""
    for area, parent in world.parents.items():
        session.add(Area(id=area, parent_id=parent, level=world.levels[area], code=str(area.int), name=str(area.int)))
        session.flush()
    unkeep(session)  # these areas come and go without an entry
    standing = standing_of(session, PERSON, world.posts)
    session.rollback()
    return standing


@given(world=worlds())
def test_it_sees_exactly_what_the_plain_answer_sees(session: Session, world: World):
    standing = resolved(session, world)

    for zone in world.zones or [UUID(int=77)]:
        for unit in (None, *UNITS):
            for reporter in (PERSON, SOMEBODY):
                assert standing.sees(zone, unit, reporter) == world.sees(zone=zone, unit=unit, reporter=reporter)
    assert standing.sees(None, None) == standing.sees_everything
    assert standing.sees(NIL)


@given(world=worlds())
def test_its_keys_are_exactly_what_it_sees_one_by_one(session: Session, world: World):
    standing = resolved(session, world)
    singly = {zone for zone in world.zones if world.sees(zone=zone)} | {unit for unit in UNITS if world.sees(unit=unit)} | {PERSON, NIL}

    if standing.sees_everything:
        assert world.sees(zone=UUID(int=77), unit=UUID(int=78), reporter=SOMEBODY)
        assert standing.keys <= singly
    else:
        assert standing.keys == singly


@given(world=worlds())
def test_it_may_exactly_what_the_plain_answer_may(session: Session, world: World):
    standing = resolved(session, world)

    for duty in Duty:
        for zone in (None, UUID(int=77), *world.zones):
            for unit in (None, *UNITS):
                may = world.may(duty, zone=zone, unit=unit)
                assert standing.may(duty, zone=zone, unit=unit) == may
                if may:
                    standing.require(duty, zone=zone, unit=unit)
                else:
                    with pytest.raises(NotYourDuty):
                        standing.require(duty, zone=zone, unit=unit)


@given(world=worlds())
def test_somewhere_is_anywhere(session: Session, world: World):
    standing = resolved(session, world)

    for duty in Duty:
        if any(post.duty is duty for post in world.posts):
            standing.require_any(duty, Duty.AUDITOR)
        elif not any(post.duty is Duty.AUDITOR for post in world.posts):
            with pytest.raises(NotYourDuty):
                standing.require_any(duty, Duty.AUDITOR)
