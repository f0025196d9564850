"""Reading photos: how far each is, who named it, and which look alike."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BindParameter, and_, bindparam, func, or_, select, union
from sqlalchemy.orm import Session

from fieldbook import journal
from fieldbook.kernel import among, ask

from . import rules
from .model import Aside, Naming, Photo, PhotoState, Role, Source

#: near copies kept of one photo, nearest first
MOST_COPIES = 5


_SHA256: BindParameter[str] = bindparam("sha256")
_SUBJECTS = select(Naming.subject).where(Naming.sha256 == _SHA256).distinct().order_by(Naming.subject)
_ASIDES = select(Aside.command_id, Aside.person_id).where(Aside.sha256 == _SHA256).order_by(Aside.command_id)
_RECEIPT = select(journal.EntryRow.seq, journal.EntryRow.head).join(Photo, Photo.entry_id == journal.EntryRow.id).where(Photo.sha256 == _SHA256)
_EXPECTED = select(
    or_(*(select(table.sha256).where(table.sha256 == _SHA256, table.device_id == bindparam("device"), table.person_id == bindparam("person")).exists() for table in (Naming, Aside))),
    _RECEIPT.with_only_columns(journal.EntryRow.seq).scalar_subquery(),
    _RECEIPT.with_only_columns(journal.EntryRow.head).scalar_subquery(),
)


class NamedPhoto(NamedTuple):
    """One photo as evidence for one thing, and how far it is."""

    naming_id: UUID
    sha256: str
    finding_id: UUID | None
    visit_id: UUID | None
    criterion: str | None
    role: Role
    place: int
    taken_at: datetime
    claimed_at: datetime
    source: Source
    lat_e7: int | None
    lon_e7: int | None
    accuracy_m: int | None
    person_id: UUID | None
    device_id: UUID | None
    named_at: datetime
    #: upright, once it is decoded; until then as the phone said
    width: int
    height: int
    state: PhotoState
    #: the copy of it with an arrow or a ring drawn on, once that can be seen; it proves nothing
    drawn: str | None = None


def stored_photos(session: Session) -> list[tuple[str, int]]:
    """(hash, bytes) of every photo that has arrived."""
    return [(row.sha256, row.bytes) for row in session.execute(select(Photo.sha256, Photo.bytes).order_by(Photo.sha256))]


def states(session: Session, hashes: Iterable[str]) -> dict[str, PhotoState]:
    """How far each photo is; one nobody named counts as waiting."""
    wanted = list(hashes)
    found = {row.sha256: row.verdict for row in session.execute(select(Photo.sha256, Photo.verdict).where(Photo.sha256.in_(wanted)))} if wanted else {}
    missing = [sha256 for sha256 in wanted if sha256 not in found]
    if missing:
        given_up: dict[str, bool] = {}
        for row in session.execute(select(Naming.sha256, Naming.given_up_at).where(Naming.sha256.in_(missing))):
            given_up[row.sha256] = given_up.get(row.sha256, True) and row.given_up_at is not None
        found |= {sha256: PhotoState.GIVEN_UP if given_up.get(sha256) else PhotoState.WAITING for sha256 in missing}
    return found


def namings(session: Session, *, finding_ids: Collection[UUID]) -> dict[UUID, list[NamedPhoto]]:
    """The photos of each finding in the order they were named; a finding without any is not in the answer."""
    found: dict[UUID, list[NamedPhoto]] = {}
    if finding_ids:
        for named in _named(session, Naming.finding_id.in_(list(finding_ids))):
            if named.finding_id is not None:
                found.setdefault(named.finding_id, []).append(named)
    return found


class Pair(NamedTuple):
    """The photos before and after of one finding, clean ones only, in order: (hash, how far it is)."""

    before: list[tuple[str, PhotoState]]
    after: list[tuple[str, PhotoState]]

    @property
    def waiting(self) -> int:
        """How many cannot be seen yet."""
        return sum(state in (PhotoState.WAITING, PhotoState.ARRIVED) for _sha256, state in (*self.before, *self.after))


_PAIRS = (
    select(Naming.finding_id, Naming.role, Naming.sha256, Naming.given_up_at, Photo.verdict)
    .outerjoin(Photo, Photo.sha256 == Naming.sha256)
    .where(among(Naming.finding_id, "ids"), Naming.drawing.is_(False))
    .order_by(Naming.named_at, Naming.place, Naming.id)
)


def pairs(session: Session, finding_ids: Collection[UUID]) -> dict[UUID, Pair]:
    """The photos before and after of many findings, for lists; a finding without any is not in the answer."""
    found: dict[UUID, Pair] = {}
    for finding_id, role, sha256, given_up_at, verdict in ask(session, _PAIRS, {"ids": finding_ids}) if finding_ids else ():
        pair = found.get(finding_id)
        if pair is None:
            pair = found[finding_id] = Pair([], [])
        if role is Role.BEFORE or role is Role.AFTER:
            (pair.before if role is Role.BEFORE else pair.after).append((sha256, _state(verdict, given_up_at)))
    return found


def namings_of_visit(session: Session, visit_id: UUID) -> list[NamedPhoto]:
    """The photos named at a visit, those of its findings among them, in order."""
    return _named(session, Naming.visit_id == visit_id)


def held_photos(session: Session, commands: Collection[UUID]) -> dict[UUID, list[NamedPhoto]]:
    """The photos of commands that wait, or waited, for the office, by command; a command without any is not in the answer."""
    found: dict[UUID, list[NamedPhoto]] = {}
    for subject, photo in _named_for(session, and_(Naming.subject.in_(commands), Naming.role == Role.HELD)) if commands else ():
        found.setdefault(subject, []).append(photo)
    return found


def namings_of_photo(session: Session, sha256: str) -> list[NamedPhoto]:
    """Everything a photo was named for, oldest first: a person may see it who may see one of these."""
    return _named(session, Naming.sha256 == sha256)


def _named(session: Session, condition: object) -> list[NamedPhoto]:
    return [photo for _subject, photo in _named_for(session, condition)]


def _named_for(session: Session, condition: object) -> list[tuple[UUID, NamedPhoto]]:
    rows = session.execute(
        select(
            Naming.id,
            Naming.sha256,
            Naming.finding_id,
            Naming.visit_id,
            Naming.criterion,
            Naming.role,
            Naming.place,
            Naming.taken_at,
            Naming.claimed_at,
            Naming.source,
            Naming.lat_e7,
            Naming.lon_e7,
            Naming.accuracy_m,
            Naming.person_id,
            Naming.device_id,
            Naming.named_at,
            Naming.width,
            Naming.height,
            Naming.subject,
            Naming.drawing,
            Naming.original_sha256,
            Naming.given_up_at,
            Photo.verdict,
            Photo.width,
            Photo.height,
        )
        .outerjoin(Photo, Photo.sha256 == Naming.sha256)
        .where(condition)  # type: ignore[arg-type]
        .order_by(Naming.named_at, Naming.place, Naming.id)
    )
    found: list[tuple[UUID, NamedPhoto]] = []
    drawn: dict[tuple[UUID, Role, str], NamedPhoto] = {}
    for row in rows:
        *named, said_width, said_height, subject, drawing, original, given_up_at, verdict, width, height = row
        photo = NamedPhoto._make([*named, width or said_width, height or said_height, _state(verdict, given_up_at), None])
        found.append((subject, photo))
        if drawing:
            drawn[subject, photo.role, original] = photo
    return _folded(found, drawn) if drawn else found


def _folded(found: list[tuple[UUID, NamedPhoto]], drawn: dict[tuple[UUID, Role, str], NamedPhoto]) -> list[tuple[UUID, NamedPhoto]]:
    """The clean photos, each with its drawing; a drawing stands by itself where its photo was not asked for."""
    folded = []
    under: set[UUID] = set()
    for subject, photo in found:
        drawing = drawn.get((subject, photo.role, photo.sha256))
        if drawing is None:
            folded.append((subject, photo))
            continue
        under.add(drawing.naming_id)
        folded.append((subject, photo._replace(drawn=drawing.sha256 if drawing.state is PhotoState.CHECKED else None)))
    return [(subject, photo) for subject, photo in folded if photo.naming_id not in under]


def _state(verdict: PhotoState | None, given_up_at: datetime | None) -> PhotoState:
    if given_up_at is not None and verdict is not PhotoState.CHECKED:
        return PhotoState.GIVEN_UP
    return verdict or PhotoState.WAITING


def all_checked(session: Session, finding_id: UUID, role: Role) -> bool:
    """Whether the photos last named in this role can all be seen: at least one, none on the way, none damaged.

    Drawings are not waited for: they prove nothing. Photos of an earlier round were judged when it was returned. Given-up ones are not waited for.
    """
    rows = session.execute(
        select(Naming.named_at, Naming.given_up_at, Photo.verdict)
        .outerjoin(Photo, Photo.sha256 == Naming.sha256)
        .where(Naming.finding_id == finding_id, Naming.role == role, Naming.drawing.is_(False))
    ).all()
    newest = max((row.named_at for row in rows), default=None)
    found = [_state(row.verdict, row.given_up_at) for row in rows if row.named_at == newest]
    return PhotoState.CHECKED in found and set(found) <= {PhotoState.CHECKED, PhotoState.GIVEN_UP}


def expected(session: Session, sha256: str, device_id: UUID, person_id: UUID) -> tuple[bool, tuple[int, str] | None]:
    """(whether a command of this phone, in this person's name, names this photo: only then are its bytes taken; its receipt)."""
    named, seq, head = ask(session, _EXPECTED, {"sha256": sha256, "device": device_id, "person": person_id})[0]
    return bool(named), None if seq is None else (seq, head)


def subjects_of(session: Session, sha256: str) -> list[UUID]:
    """The findings, and the visits without a finding, that name this photo: whose view changes when it arrives."""
    return list(ask(session, _SUBJECTS, {"sha256": sha256}).scalars())


def asides_of(session: Session, sha256: str) -> list[tuple[UUID, UUID | None]]:
    """(command, person) of the refused and held commands that name this photo."""
    return [(row.command_id, row.person_id) for row in ask(session, _ASIDES, {"sha256": sha256})]


def receipt_of(session: Session, sha256: str) -> tuple[int, str] | None:
    """The journal's (seq, head) at the arrival of this photo; None while it has not arrived."""
    row = ask(session, _RECEIPT, {"sha256": sha256}).one_or_none()
    return (row.seq, row.head) if row else None


def next_waiting(session: Session, limit: int = 16) -> list[str]:
    """The photos that wait for the decoder, oldest first."""
    return list(session.scalars(select(Photo.sha256).where(Photo.checked_at.is_(None)).order_by(Photo.stored_at).limit(limit)))


class NearCopy(NamedTuple):
    """A photo that shows the same picture as another."""

    sha256: str
    distance: int
    mirrored: bool


def near_copies(session: Session, dhash: int, mirror_dhash: int, *, exclude: Collection[str] = (), within: int = rules.NEAR_BITS) -> list[NearCopy]:
    """The decoded photos at most `within` (≤ 7) bits from this picture or its mirror image, nearest first.

    Costs index look-ups and the handful of rows they give, however many photos there are.
    """
    columns = (Photo.band_0, Photo.band_1, Photo.band_2, Photo.band_3)
    wanted = [
        select(Photo.sha256, Photo.dhash).where(column.in_([*rules.near_bands(straight), *rules.near_bands(mirrored)]))
        for column, straight, mirrored in zip(columns, rules.bands(dhash), rules.bands(mirror_dhash), strict=True)
    ]
    found = []
    for sha256, other in session.execute(union(*wanted)):
        if sha256 in exclude or other is None:
            continue
        straight, mirrored = rules.bits_apart(dhash, other), rules.bits_apart(mirror_dhash, other)
        if min(straight, mirrored) <= within:
            found.append(NearCopy(sha256, min(straight, mirrored), mirrored < straight))
    return sorted(found, key=lambda near: (near.distance, near.sha256))[:MOST_COPIES]


def stored_bytes(session: Session) -> int:
    """How many bytes the photos that arrived take, as sent."""
    return int(session.scalar(select(func.coalesce(func.sum(Photo.bytes), 0))) or 0)


def count_before(session: Session, moment: datetime) -> int:
    """How many photos were stored before a moment."""
    return int(session.scalar(select(func.count()).select_from(Photo).where(Photo.stored_at < moment)) or 0)
