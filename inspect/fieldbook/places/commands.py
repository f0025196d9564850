"""Verbs of places. Each checks everything before the first change, then changes, then records.

`standing` is None where nobody in particular acts: the demo county, and an import whose sender was checked before.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from fieldbook import accounts, standards
from fieldbook.kernel import Act, new_id

from . import datum as datums
from .areas import REGISTRARS, open_zone
from .model import PERSONAL, TEXTS, Datum, Place, PlaceKind
from .pinyin import initials as initials_of
from .queries import NoSuchPlace, kinds_of
from .refusals import ChangedMeanwhile, CodeTaken, KindMissing, NameMissing, PlaceClosed, UnknownKind
from .standing import Standing


def make_place(
    act: Act,
    *,
    code: str,
    name: str,
    zone_id: UUID,
    kinds: Sequence[str],
    unit_id: UUID | None = None,
    initials: str = "",
    address: str = "",
    lead: str = "",
    partner: str = "",
    leader: str = "",
    contact: str = "",
    phone: str = "",
    extent: str = "",
    frequency: str = "",
    note: str = "",
    lat_e7: int | None = None,
    lon_e7: int | None = None,
    datum: Datum = Datum.WGS84,
    id: UUID | None = None,
    standing: Standing | None = None,
) -> Place:
    """Enter a place, judged as one or more kinds, answered for by a unit.

    lat_e7, lon_e7: as given, in `datum`; kept so, and beside it in WGS-84.
    Raises accounts.NotYourDuty, NameMissing, KindMissing, UnknownKind, CodeTaken, NoSuchArea, accounts.NoSuchUnit.
    """
    if standing is not None:
        standing.require(*REGISTRARS, zone=zone_id)
    code, name = code.strip(), name.strip()
    _check(act, None, code=code, name=name, zone_id=zone_id, unit_id=unit_id, kinds=kinds)
    made = Place(
        id=id or new_id(),
        code=code,
        name=name,
        initials=initials or initials_of(name),
        address=address.strip(),
        zone_id=zone_id,
        unit_id=unit_id,
        lead=lead.strip(),
        partner=partner.strip(),
        leader=leader.strip(),
        contact=contact.strip(),
        phone=phone.strip(),
        extent=extent.strip(),
        frequency=frequency.strip(),
        note=note.strip(),
        made_at=act.at,
        **_position(lat_e7, lon_e7, datum),
    )
    act.session.add(made)
    act.session.flush()
    act.session.add_all(PlaceKind(place_id=made.id, kind=kind) for kind in dict.fromkeys(kinds))
    act.record("place.made", made.id, reach=[zone_id, unit_id], code=code, name=name, kinds=list(kinds), zone=zone_id, unit=unit_id)
    return made


def change_place(
    act: Act,
    standing: Standing | None,
    place_id: UUID,
    *,
    version: int | None = None,
    kinds: Sequence[str] | None = None,
    position: tuple[int, int, Datum] | None = None,
    without_position: bool = False,
    **changes: Any,
) -> Place:
    """Change what a place is called, where it lies, as what it is judged and who answers for it; what stays as it was leaves no entry.

    changes: any of TEXTS, zone_id, unit_id. position: (lat_e7, lon_e7) in its datum.
    version: of the form that was filled in; an older one is refused.
    A place that goes to another zone takes nothing with it: `findings.change_place` lets its open findings follow.
    Raises what `make_place` raises, NoSuchPlace and ChangedMeanwhile.
    """
    place = _locked(act, standing, place_id, version)
    before = {name: getattr(place, name) for name in (*TEXTS, "zone_id", "unit_id")}
    after = before | {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
    if after["name"] != before["name"] and after["initials"] in ("", before["initials"]):
        after["initials"] = initials_of(after["name"])
    had = kinds_of(act.session, [place_id]).get(place_id, [])
    wanted = sorted(set(kinds)) if kinds is not None else had
    if standing is not None:
        standing.require(*REGISTRARS, zone=after["zone_id"])
    _check(act, place, code=after["code"], name=after["name"], zone_id=after["zone_id"], unit_id=after["unit_id"], kinds=wanted, had=had)

    was: dict[str, Any] = {name: value for name, value in before.items() if value != after[name]}
    now: dict[str, Any] = {name: after[name] for name in was}
    if position is not None or without_position:
        spot = _position(*position) if position is not None else _position(None, None, Datum.WGS84)
        moved = {name: getattr(place, name) for name, value in spot.items() if getattr(place, name) != value}
        was, now = was | moved, now | {name: spot[name] for name in moved}
    for name, value in now.items():
        setattr(place, name, value)
    if wanted != had:
        act.session.execute(delete(PlaceKind).where(PlaceKind.place_id == place_id, PlaceKind.kind.not_in(wanted)))
        act.session.add_all(PlaceKind(place_id=place_id, kind=kind) for kind in wanted if kind not in had)
        was, now = was | {"kinds": had}, now | {"kinds": wanted}
    if now:
        place.version += 1
        reach = [before["zone_id"], place.zone_id, before["unit_id"], place.unit_id]
        act.record("place.changed", place_id, reach=reach, **told_changes(was, now))
    return place


def told_changes(was: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """What an entry says of a change: what speaks of people stands among its words, which can be erased, and only its name among the facts."""
    people = [name for name in PERSONAL if name in now]
    said = {f"{when}_{name}": str(values.get(name) or "") for name in people for when, values in (("was", was), ("now", now))}
    facts = {"was": {name: value for name, value in was.items() if name not in people}, "now": {name: value for name, value in now.items() if name not in people}}
    return facts | ({"said": said, "people": people} if people else {})


def close_place(act: Act, standing: Standing | None, place_id: UUID, *, version: int | None = None) -> Place:
    """Say that a place is no longer inspected; what was found there stays, and what is open there goes on. Raises NoSuchPlace, PlaceClosed, ChangedMeanwhile."""
    return _set_closed(act, standing, place_id, version, True)


def reopen_place(act: Act, standing: Standing | None, place_id: UUID, *, version: int | None = None) -> Place:
    """Say that a closed place is inspected again. Raises NoSuchPlace, PlaceClosed, ChangedMeanwhile, NoSuchArea when its zone is gone."""
    return _set_closed(act, standing, place_id, version, False)


def _set_closed(act: Act, standing: Standing | None, place_id: UUID, version: int | None, closed: bool) -> Place:
    place = _locked(act, standing, place_id, version)
    if (place.closed_at is not None) is closed:
        raise PlaceClosed
    if not closed:
        open_zone(act.session, place.zone_id)
    place.closed_at = act.at if closed else None
    place.version += 1
    act.record("place.closed" if closed else "place.reopened", place_id, reach=[place.zone_id, place.unit_id])
    return place


def _locked(act: Act, standing: Standing | None, place_id: UUID, version: int | None) -> Place:
    place = act.session.get(Place, place_id, with_for_update=True, populate_existing=True)
    if place is None or (standing is not None and not standing.sees(place.zone_id, place.unit_id)):
        raise NoSuchPlace(place=place_id)
    if standing is not None:
        standing.require(*REGISTRARS, zone=place.zone_id)
    if version is not None and version != place.version:
        raise ChangedMeanwhile
    return place


def _check(
    act: Act, place: Place | None, *, code: str, name: str, zone_id: UUID, unit_id: UUID | None, kinds: Sequence[str], had: Sequence[str] = ()
) -> None:
    if not code or not name:
        raise NameMissing
    if not kinds:
        raise KindMissing
    manual = standards.current_manual(act.session)
    for kind in kinds:
        if manual is not None and kind not in manual.kinds and kind not in had:
            raise UnknownKind(kind=kind)
    if place is None or place.zone_id != zone_id:
        open_zone(act.session, zone_id)
    if unit_id is not None and (place is None or place.unit_id != unit_id):
        accounts.open_unit(act.session, unit_id)
    if place is None or place.code != code:
        taken = act.session.execute(select(Place.id, Place.name).where(Place.code == code)).one_or_none()
        if taken is not None and (place is None or taken.id != place.id):
            raise CodeTaken(number=code, name=taken.name)


def _position(lat_e7: int | None, lon_e7: int | None, datum: Datum) -> dict[str, Any]:
    """The columns of a position given in a datum."""
    if lat_e7 is None or lon_e7 is None:
        return {"lat_e7": None, "lon_e7": None, "given_lat_e7": None, "given_lon_e7": None, "datum": Datum.WGS84}
    lat, lon = datums.to_wgs84(lat_e7, lon_e7, datum)
    return {"lat_e7": lat, "lon_e7": lon, "given_lat_e7": lat_e7, "given_lon_e7": lon_e7, "datum": Datum(datum)}
