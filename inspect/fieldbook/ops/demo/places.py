"""The demo county's districts, zones, units and places, from data/demo/county.json."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from fieldbook import accounts, places
from fieldbook.kernel import Act, derived_id
from fieldbook.places import Level

DATA = Path(__file__).resolve().parents[4] / "data" / "demo"


def demo_id(*what: object) -> UUID:
    """The id of a thing of the demo county: always the same."""
    return derived_id("demo county", *what)


@dataclass(frozen=True)
class Spot:
    """One place of the demo. unit: a unit's key, None while nobody answers for it."""

    id: UUID
    name: str
    zone: str
    unit: str | None
    kinds: tuple[str, ...]
    lat_e7: int
    lon_e7: int


@dataclass(frozen=True)
class Register:
    """The demo county as its file tells it."""

    districts: list[dict[str, Any]]
    zones: list[dict[str, Any]]
    units: list[dict[str, Any]]
    places: list[dict[str, Any]]

    def spots(self) -> list[Spot]:
        """Its places, in the file's order."""
        return [
            Spot(demo_id("place", p["code"]), p["name"], p["zone"], p["unit"], tuple(p["kinds"]), p["lat_e7"], p["lon_e7"])
            for p in self.places
        ]


def read_register() -> Register:
    """The county of data/demo/county.json."""
    told = json.loads((DATA / "county.json").read_text("utf-8"))
    return Register(told["districts"], told["zones"], told["units"], told["places"])


def enter(act: Act, register: Register, *, county: str, county_en: str) -> None:
    """Enter areas, units and places."""
    places.make_area(act, level=Level.COUNTY, name=county, name_en=county_en, code="", id=demo_id("area", "county"))
    act.session.flush()
    for district in register.districts:
        places.make_area(
            act,
            level=Level.DISTRICT,
            name=district["name"],
            name_en=district["name_en"],
            code=district["code"],
            parent_id=demo_id("area", "county"),
            id=demo_id("area", district["key"]),
        )
    act.session.flush()
    heads = {unit["key"]: unit for unit in register.units}
    for zone in register.zones:
        community = heads.get(f"com-{zone['code']}", {})
        places.make_area(
            act,
            level=Level.ZONE,
            name=zone["name"],
            name_en=zone["name_en"],
            code=zone["code"],
            parent_id=demo_id("area", zone["district"]),
            head=community.get("contact", ""),
            contact=community.get("phone", ""),
            id=demo_id("area", zone["code"]),
        )
    for unit in register.units:
        accounts.make_unit(
            act,
            name=unit["name"],
            name_en=unit["name_en"],
            short=unit["short"],
            lead=unit["lead"],
            contact=unit.get("contact", ""),
            phone=unit.get("phone", ""),
            id=demo_id("unit", unit["key"]),
        )
    act.session.flush()
    for place in register.places:
        places.make_place(
            act,
            id=demo_id("place", place["code"]),
            code=place["code"],
            name=place["name"],
            initials=place["initials"],
            address=place["address"],
            zone_id=demo_id("area", place["zone"]),
            unit_id=demo_id("unit", place["unit"]) if place["unit"] else None,
            kinds=place["kinds"],
            lat_e7=place["lat_e7"],
            lon_e7=place["lon_e7"],
        )
