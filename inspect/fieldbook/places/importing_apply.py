"""Writing what the preview of a list of places said, all of it in one transaction, and taking it back."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from fieldbook import accounts, workbooks
from fieldbook.kernel import Act, bulk_insert, new_id
from fieldbook.workbooks import Applied, Line, Plan, Tell, Undone, Verdict

from . import datum as datums
from .areas import make_area
from .commands import told_changes
from .importing import SAYS
from .importing_units import remove_made
from .model import Area, Datum, Level, Place, PlaceKind
from .pinyin import initials as plain_initials
from .queries import kinds_of

#: names given to one child, and rows between two words about how far it is: a child takes longer to start than to answer
TELL_EVERY = 4_000
#: fields that hold ids
IDS = ("zone_id", "unit_id")


def prepare_places(plan: Plan, tell: Tell) -> None:
    """Give new and renamed places their pinyin initials, which only the reading child can make, and turn positions into WGS-84."""
    for line in plan.lines:
        if line.verdict in (Verdict.ADDED, Verdict.CHANGED) and line.values.get("lat") is not None:
            line.values["wgs84"] = datums.to_wgs84(line.values["lat"], line.values["lon"], Datum(line.values["datum"]))
    lines = [line for line in plan.lines if line.verdict == Verdict.ADDED or any(change.field == "name" for change in line.changes)]
    for start in range(0, len(lines), TELL_EVERY):
        some = lines[start : start + TELL_EVERY]
        tell(start, plan.to_do, some[0].name)
        for line, made in zip(some, workbooks.initials_of([line.values["name"] for line in some]), strict=True):
            line.values["initials"] = made or plain_initials(line.values["name"])


def apply_places(act: Act, plan: Plan, intake_id: UUID) -> Applied:
    """Make and change what the plan says. Every place gets its entry, so that each phone learns of its own."""
    done = Applied(made={"place": [], "area": [], "unit": []}, changed={"place": []})
    new_ids = _make_what_is_missing(act, plan, done)
    lines = [line for line in plan.lines if line.verdict in (Verdict.ADDED, Verdict.CHANGED)]
    rows: list[dict[str, Any]] = []
    kinds: list[dict[str, Any]] = []
    changed = _locked(act, [line.id for line in lines if line.id])
    had_kinds = _kinds_of(act, changed)
    for line in lines:
        if line.verdict == Verdict.ADDED:
            row = _row(act, line, new_ids)
            rows.append(row)
            kinds += [{"place_id": row["id"], "kind": kind} for kind in line.values["kinds"]]
            done.made["place"].append(row["id"])
            reach = [row["zone_id"], row["unit_id"]]
            act.record("place.made", row["id"], reach=reach, code=row["code"], name=row["name"], kinds=line.values["kinds"], zone=row["zone_id"], unit=row["unit_id"], intake=intake_id)
        elif line.id is not None:
            change = _change(act, changed[line.id], line, new_ids, had_kinds.get(line.id, []), intake_id)
            if change is not None:
                done.changed["place"].append(change)
    bulk_insert(act.session, Place, rows)
    bulk_insert(act.session, PlaceKind, kinds)
    return done


def _make_what_is_missing(act: Act, plan: Plan, done: Applied) -> dict[str, UUID]:
    """Make the districts, zones and units that the person said should be made; their ids by "table:name"."""
    ids: dict[str, UUID] = {}
    areas = list(act.session.scalars(select(Area)))
    county = next((area.id for area in areas if area.level == Level.COUNTY), None)
    codes = {area.code for area in areas}

    def code_for(name: str) -> str:
        digits = "".join(letter for letter in name if letter.isdecimal())[:4].lstrip("0")
        number = digits if digits and digits not in codes else ""
        while not number:
            number = str(max((int(code) for code in codes if code.isdecimal()), default=0) + 1)
        codes.add(number)
        return number

    for district in plan.also.get("districts", []):
        made = make_area(act, level=Level.DISTRICT, name=district["name"], code=code_for(district["name"]), parent_id=county)
        ids[f"district:{district['name']}"] = made.id
        done.made["area"].append(made.id)
    act.session.flush()
    for zone in plan.also.get("zones", []):
        parent = zone["district"]
        parent_id = ids[f"district:{parent.removeprefix('new:')}"] if parent.startswith("new:") else UUID(parent) if parent else county
        made = make_area(act, level=Level.ZONE, name=zone["name"], code=code_for(zone["name"]), parent_id=parent_id)
        ids[f"zone:{zone['name']}"] = made.id
        done.made["area"].append(made.id)
    for unit in plan.also.get("units", []):
        unit_made = accounts.make_unit(act, name=unit["name"], lead=unit["lead"], contact=unit["contact"], phone=unit["phone"])
        ids[f"unit:{unit['name']}"] = unit_made.id
        done.made["unit"].append(unit_made.id)
    act.session.flush()
    return ids


def _id_of(value: str | None, table: str, new_ids: dict[str, UUID]) -> UUID | None:
    if not value:
        return None
    return new_ids[f"{table}:{value.removeprefix('new:')}"] if value.startswith("new:") else UUID(value)


def _position(values: dict[str, Any]) -> dict[str, Any]:
    """The position's columns: as given, and in WGS-84; nothing when the row has none."""
    if values.get("lat") is None:
        return {"lat_e7": None, "lon_e7": None, "datum": Datum.WGS84, "given_lat_e7": None, "given_lon_e7": None}
    lat_e7, lon_e7 = values["wgs84"]
    return {"lat_e7": lat_e7, "lon_e7": lon_e7, "datum": Datum(values["datum"]), "given_lat_e7": values["lat"], "given_lon_e7": values["lon"]}


def _row(act: Act, line: Line, new_ids: dict[str, UUID]) -> dict[str, Any]:
    values = line.values
    return {
        "id": new_id(),
        "code": values["code"],
        "name": values["name"],
        "initials": values.get("initials", ""),
        "address": values["address"],
        **{name: values[name] for name in SAYS if name not in ("name", "address")},
        "zone_id": _id_of(values["zone"], "zone", new_ids),
        "unit_id": _id_of(values.get("unit"), "unit", new_ids),
        "made_at": act.at,
        "closed_at": None,
        "version": 1,
        **_position(values),
    }


def _locked(act: Act, ids: list[UUID]) -> dict[UUID, Place]:
    """The places that will change, locked in the order of their ids."""
    found: dict[UUID, Place] = {}
    ids = sorted(ids)
    for start in range(0, len(ids), 500):
        some = select(Place).where(Place.id.in_(ids[start : start + 500])).order_by(Place.id).with_for_update().execution_options(populate_existing=True)
        found |= {place.id: place for place in act.session.scalars(some)}
    return found


def _kinds_of(act: Act, ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    wanted, found = list(ids), dict[UUID, list[str]]()
    for start in range(0, len(wanted), 500):
        found |= kinds_of(act.session, wanted[start : start + 500])
    return found


def _change(act: Act, place: Place, line: Line, new_ids: dict[str, UUID], had: list[str], intake_id: UUID) -> tuple[UUID, dict[str, Any], dict[str, Any]] | None:
    """Change one place as its line says, with the entry that a change at the desk would make. Returns (id, before, after)."""
    values, touched = line.values, {change.field for change in line.changes}
    wanted: dict[str, Any] = {name: values[name] for name in SAYS if name in touched}
    if "name" in touched:
        wanted["initials"] = values.get("initials", "")
    if "zone" in touched:
        wanted["zone_id"] = _id_of(values["zone"], "zone", new_ids)
    if "unit" in touched:
        wanted["unit_id"] = _id_of(values["unit"], "unit", new_ids)
    if "position" in touched:
        wanted |= _position(values)
    was = {name: getattr(place, name) for name, value in wanted.items() if getattr(place, name) != value}
    now = {name: wanted[name] for name in was}
    zone, unit = place.zone_id, place.unit_id
    for name, value in now.items():
        setattr(place, name, value)
    if "kind" in touched and sorted(values["kinds"]) != sorted(had):
        _set_kinds(act, place.id, values["kinds"], had)
        was, now = was | {"kinds": sorted(had)}, now | {"kinds": values["kinds"]}
    if not now:
        return None
    place.version += 1
    act.record("place.changed", place.id, reach=[zone, place.zone_id, unit, place.unit_id], intake=intake_id, **told_changes(was, now))
    return place.id, _plain(was), _plain(now)


def _set_kinds(act: Act, place_id: UUID, wanted: list[str], had: list[str]) -> None:
    act.session.execute(delete(PlaceKind).where(PlaceKind.place_id == place_id, PlaceKind.kind.not_in(wanted)))
    new = [{"place_id": place_id, "kind": kind} for kind in wanted if kind not in had]
    if new:
        act.session.execute(insert(PlaceKind), new)


# ---- undoing


def undo_places(act: Act, applied: Applied) -> Undone:
    """Take back what an import made and changed, but for what something followed: a place that was visited, named or changed since."""
    undone = Undone()
    _remove_places(act, applied, undone)
    _restore_places(act, applied, undone)
    made_places = undone.removed
    for table, name, verb in ((accounts.Unit, "unit", "unit.removed"), (Area, "area", "area.removed")):
        remove_made(act, table, applied.made.get(name, []), verb, undone)
    undone.removed = made_places  # what was made on the way is not counted: nobody asked for it by itself
    return undone


def _remove_places(act: Act, applied: Applied, undone: Undone) -> None:
    made = applied.made.get("place", [])
    named = workbooks.named_elsewhere(act.session, Place, made, but=("place_kind",))
    places = _locked(act, made)
    gone: list[UUID] = []
    for place_id in made:
        place = places.get(place_id)
        if place is None:
            continue
        if place_id in named or place.version != 1:
            undone.stays.append((f"{place.name}\u3000{place.code}", "used" if place_id in named else "changed"))
            continue
        gone.append(place_id)
        act.record("place.removed", place_id, reach=[place.zone_id, place.unit_id], code=place.code, name=place.name)
        act.session.expunge(place)
    for start in range(0, len(gone), 500):
        some = gone[start : start + 500]
        act.session.execute(delete(PlaceKind).where(PlaceKind.place_id.in_(some)))
        act.session.execute(delete(Place).where(Place.id.in_(some)).execution_options(synchronize_session=False))
    undone.removed += len(gone)


def _restore_places(act: Act, applied: Applied, undone: Undone) -> None:
    """What an import changed becomes what it was, where it is still what the import made of it."""
    changed = applied.changed.get("place", [])
    places = _locked(act, [place_id for place_id, _, _ in changed])
    kinds = _kinds_of(act, places)
    for place_id, was, now in changed:
        place = places.get(place_id)
        if place is None:
            continue
        stand = {name: getattr(place, name) for name in now if name != "kinds"} | ({"kinds": sorted(kinds.get(place_id, []))} if "kinds" in now else {})
        before, after = _typed(was), _typed(now)
        if any(stand[name] != after[name] for name in after):
            undone.stays.append((f"{place.name}\u3000{place.code}", "changed"))
            continue
        zone, unit = place.zone_id, place.unit_id
        for name, value in before.items():
            if name != "kinds":
                setattr(place, name, value)
        if "kinds" in before:
            _set_kinds(act, place_id, before["kinds"], after["kinds"])
        place.version += 1
        act.record("place.changed", place_id, reach=[zone, place.zone_id, unit, place.unit_id], **told_changes(after, before))
        undone.restored += 1
        undone.touched.append(place_id)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as they go into the store."""
    return {name: str(value) if name in IDS and value is not None else value for name, value in values.items()}


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """Values as they come out of the store, with ids as ids again."""
    return {name: UUID(value) if name in IDS and value is not None else Datum(value) if name == "datum" else value for name, value in values.items()}
