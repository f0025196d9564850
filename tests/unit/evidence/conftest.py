"""A county's database with nothing in it, a store, and one decoder child for all tests of a run."""

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from fieldbook import evidence, journal
from fieldbook.evidence import Decoder, LocalStore, PhotoNamed, Source, Where
from fieldbook.kernel import Act, Base, make_engine_options, to_ms

LIN, ZHAO, EVE = (UUID(int=n) for n in (1, 2, 9))
LINS_PHONE, EVES_PHONE = (UUID(int=n) for n in (101, 109))
LID, BIN = (UUID(int=n) for n in (1001, 1002))
VISIT = UUID(int=2001)
ZONE = UUID(int=3001)
NOON = datetime(2026, 5, 12, 4, 0, tzinfo=UTC)

Acting = Callable[..., AbstractContextManager[Act]]


@pytest.fixture
def session(empty_database: Callable[[], str]) -> Iterator[Session]:
    """An empty database on which nothing but journal and evidence stand."""
    url = empty_database()
    engine = create_engine(url, **make_engine_options(url))
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


@pytest.fixture
def acting(session: Session) -> Acting:
    """`with acting() as act:` is Lin acting by her phone at noon; `after` moves the time."""

    def begin(*, who: UUID = LIN, device: UUID | None = LINS_PHONE, after: timedelta = timedelta(), offset_ms: int = 0) -> AbstractContextManager[Act]:
        return journal.begin(session, who=who, device=device, at=NOON + after, offset_ms=offset_ms)

    return begin


def told(session: Session, key: UUID = ZONE) -> list[tuple[str, UUID]]:
    """(verb, subject) of the entries that whoever watches `key` is shown, in order."""
    entry, reach = journal.EntryRow, journal.Reach
    rows = session.execute(select(entry.verb, entry.subject).join(reach, reach.seq == entry.seq).where(reach.key == key).order_by(entry.seq))
    return [(row.verb, row.subject) for row in rows]


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "photos", reserve_bytes=0)


@pytest.fixture(scope="session")
def decoder() -> Iterator[Decoder]:
    with Decoder() as decoder:
        yield decoder


@pytest.fixture
def named() -> Callable[..., PhotoNamed]:
    return name


def name(data: bytes | str, *, taken: datetime = NOON - timedelta(minutes=5), source: Source = Source.CAMERA, at: tuple[float, float] | None = (30.0, 111.0), exif: dict[str, str] | None = None) -> PhotoNamed:
    """A photo as a phone names it: by its bytes, or by any text standing for them."""
    data = data.encode() if isinstance(data, str) else data
    where = Where(round(at[0] * 1e7), round(at[1] * 1e7), 10) if at else None
    return PhotoNamed(hashlib.sha256(data).hexdigest(), len(data), 640, 480, to_ms(taken), source, position=where, exif=exif)


@pytest.fixture
def arrived(acting: Acting, store: LocalStore) -> Callable[..., str]:
    """A photo that Lin named for a finding and that has arrived; returns its hash."""

    def arrive(data: bytes, *, finding: UUID = LID, role: evidence.Role = evidence.Role.BEFORE, after: timedelta = timedelta(), visit: UUID | None = None) -> str:
        photo = name(data)
        with acting(after=after) as act:
            evidence.name_photos(act, [photo], role=role, finding_id=finding, visit_id=visit)
        kept = evidence.keep(store, io.BytesIO(data), size=len(data), sha256=photo.sha256)
        with acting(after=after) as act:
            evidence.receive(act, kept, reach=[ZONE])
        return photo.sha256

    return arrive


@pytest.fixture
def settled(acting: Acting, arrived: Callable[..., str], store: LocalStore, decoder: Decoder) -> Callable[..., str]:
    """The same, and the decoder has seen it."""

    def settle(data: bytes, **what: object) -> str:
        sha256 = arrived(data, **what)
        outcome = evidence.check(decoder, store, sha256)
        with acting() as act:
            evidence.settle(act, sha256, outcome, reach=[ZONE])
        return sha256

    return settle
