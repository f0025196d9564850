"""Importing the list of places: what its tables may say, and what a table would come to. Reads only; `importing_apply` writes."""

import re
import statistics
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import cos, hypot, radians
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldbook import accounts, standards, workbooks
from fieldbook.kernel import NIL, county
from fieldbook.workbooks import Asked, Change, Column, Line, Plan, Reason, Row, Table, Verdict, Way

from . import datum as datums
from .model import TEXTS, Area, Datum, Level, Place
from .queries import kinds_of

COLUMNS = (
    Column("serial", "序号", ("编号", "顺序号", "No.", "NO", "序"), example="1", kept=False),
    Column("code", "点位编号", ("点位代码", "点位编码", "点位号", "编码", "地点编号", "代码"), example="DX-25-003"),
    Column("name", "点位名称", ("名称", "具体点位", "考察点位", "地点名称", "场所名称", "单位名称", "测评点位", "点位", "地点", "name"), must=True, example="城南农贸市场"),
    Column(
        "kind",
        "任务对象",
        ("点位类型", "点位类别", "类别", "类型", "测评对象", "测评项目", "考察项目", "对象类别", "场所类型", "行业类别", "任务对象类别", "kind"),
        must=True,
        example="集贸市场",
    ),
    Column("district", "所属片区", ("片区", "分指挥部", "所在片区", "战区", "district"), example="东片区"),
    Column("zone", "责任区", ("责任区网格", "网格", "网格号", "所属网格", "责任片区", "路段", "所属责任区", "zone"), must=True, example="第6责任区"),
    Column("street", "街道", ("街道乡镇", "乡镇", "镇街", "所属乡镇", "属地", "乡镇街道"), example="城关镇"),
    Column("community", "社区", ("村", "所属社区", "社区村", "村社区"), example="南门社区", kept=False),
    Column("address", "详细地址", ("地址", "位置", "具体位置", "所在位置", "坐落", "address"), example="城南路128号"),
    Column("lead", "牵头单位", ("主管部门", "行业主管部门", "牵头部门", "主责单位"), example="县市场监督管理局"),
    Column("unit", "责任单位", ("责任部门", "主体单位", "包保单位", "落实单位", "责任主体", "unit"), example="城南农贸市场服务中心"),
    Column("partner", "包联单位", ("包保单位", "包联部门", "联系单位", "共建单位", "帮包单位"), example="县财政局"),
    Column("leader", "包联领导", ("包保领导", "县领导", "联系领导", "路长", "点长"), example="李某某"),
    Column("contact", "责任人", ("负责人", "联系人", "现场负责人", "具体责任人"), example="王建华"),
    Column("phone", "联系电话", ("电话", "手机", "手机号", "联系方式", "责任人电话", "手机号码"), example="13900000000"),
    Column("lon", "经度", ("坐标经度", "lng", "lon", "longitude", "X", "x坐标", "东经", "longitude_wgs84", "lng_wgs84", "longitude_gcj02", "lng_gcj02"), example="118.4899"),
    Column("lat", "纬度", ("坐标纬度", "lat", "latitude", "Y", "y坐标", "北纬", "latitude_wgs84", "lat_wgs84", "latitude_gcj02", "lat_gcj02"), example="31.5562"),
    Column("position", "坐标", ("经纬度", "位置坐标", "点位坐标", "地理坐标", "坐标经纬度", "gps", "gps坐标", "location"), example=""),
    Column("datum", "坐标系", ("坐标类型", "坐标标准", "datum", "坐标系统"), example="GCJ-02"),
    Column("extent", "长度", ("路长", "面积", "规模", "长度米面积", "长度面积", "长度或面积"), example="860 米"),
    Column("frequency", "巡查频次", ("频次", "巡查要求", "检查频次"), example="每日1次"),
    Column("note", "备注", ("说明", "其他"), example="早市6:00–8:00"),
)

#: the longest text each field keeps
MOST = TEXTS | {"unit": 80, "zone": 60, "district": 60}
#: the texts that a row may say, besides its code
SAYS = ("name", "address", "lead", "partner", "leader", "contact", "phone", "extent", "frequency", "note")
#: so many places of its own show where a county lies, and it is never thought smaller than this about their middle
ENOUGH_PLACES = 10
LEAST_KM = 15
#: so many rows outside it are named
MOST_NAMED = 20
#: a position that moves less than this did not move: conversions round
STILL_METRES = 2
DEGREES = re.compile(r"\s*([NSEW北南东西]?)[纬经]?[:：]?\s*(-?\d{1,3}(?:\.\d+)?)\s*(?:[°度º˚]\s*(?:(\d{1,2}(?:\.\d+)?)\s*[′'’分]\s*)?(?:(\d{1,2}(?:\.\d+)?)\s*(?:[″\"”秒]|''|’’|′′)?)?)?\s*([NSEW]?)\s*", re.IGNORECASE)
NUMERALS = {letter: number for number, letter in enumerate("零一二三四五六七八九十")}


@dataclass
class Register:
    """The register as a table is compared with it, read once."""

    kinds: dict[str, str]
    kind_names: dict[str, str]
    zones: dict[str, list[Area]]
    districts: dict[str, Area]
    areas: dict[UUID, Area]
    units: dict[str, list[accounts.UnitKnown]]
    by_code: dict[str, Place]
    by_name: dict[str, list[Place]]
    kinds_of: dict[UUID, list[str]]
    unit_by_id: dict[UUID, accounts.UnitKnown] = field(default_factory=dict)


def plan_places(session: Session, table: Table, asked: Asked, now: datetime) -> Plan:
    """What a list of places would come to. Each row is added, changed, unchanged, refused or skipped; together they are the rows read."""
    return _Planning(session, table, asked).plan()


class _Planning:
    """One table being compared with the register."""

    def __init__(self, session: Session, table: Table, asked: Asked) -> None:
        self.session, self.table, self.asked = session, table, asked
        self.register = read_register(session)
        self.result = Plan()
        self.new: dict[str, dict[str, dict[str, Any]]] = {"zones": {}, "districts": {}, "units": {}}
        self.taken = dict.fromkeys(self.register.by_code, 0)
        self.matched: dict[UUID, int] = {}
        self.named: dict[str, list[Line]] = {}
        self.next_number: dict[str, int] = {}
        self.datum = self._datum()

    def plan(self) -> Plan:
        rows = self._with_updates(self.table.rows)
        first_of, codes = self._repeats(rows)
        for row in rows:
            line = self._line(row, first_of, codes)
            self.result.lines.append(line)
            if line.verdict == Verdict.ADDED:
                self._look_for_likes(line)
                self.named.setdefault(line.name, []).append(line)
        self._give_codes()
        self.result.also = {name: list(made.values()) for name, made in self.new.items() if made}
        placed = [line for line in self.result.lines if line.values.get("lat") is not None]
        self.result.notes |= {"datum": str(self.datum), "datum_from": self._datum_from, "positions": len(placed)}
        if placed:
            self.result.notes |= self._outside(placed)
        return self.result

    def _outside(self, placed: list[Line]) -> dict[str, str | int]:
        """Which positions lie where this county has no places: how many, and the first of them by row, name and kilometres.

        The rectangle that the county has settled; else a circle about the median of its own places, two and a half times as wide as nine in ten of them need,
        and at least LEAST_KM; a register with hardly any places is measured by the table itself.
        """
        bounds = county(self.session).bounds
        spots = {line.row: datums.to_wgs84(line.values["lat"], line.values["lon"], Datum(line.values["datum"])) for line in placed}
        if bounds:
            apart = {row: metres(*spot, *datums.nearest_within(bounds, *spot)) for row, spot in spots.items()}
            return self._told_outside([(line, round(apart[line.row] / 1000)) for line in placed if apart[line.row] > 0])
        own = [(place.lat_e7, place.lon_e7) for place in self.register.by_code.values() if place.lat_e7 is not None and place.lon_e7 is not None and place.closed_at is None]
        known = own if len(own) >= ENOUGH_PLACES else list(spots.values())
        lat, lon = (round(statistics.median(spot[axis] for spot in known)) for axis in (0, 1))
        away = sorted(metres(*spot, lat, lon) for spot in known)
        wide = max(2.5 * away[int(0.9 * (len(away) - 1))], 1000 * LEAST_KM)
        out = [(line, round(far / 1000)) for line in placed if (far := metres(*spots[line.row], lat, lon)) > wide]
        return self._told_outside(out)

    @staticmethod
    def _told_outside(out: list[tuple[Line, int]]) -> dict[str, str | int]:
        return {"outside": len(out), "outside_rows": "、".join(f"{line.row} {line.name}({far} km)" for line, far in out[:MOST_NAMED])}

    # ---- the table as a whole

    def _datum(self) -> Datum:
        """The datum of positions without one of their own: as the person said, as the heading says, as known places show, else GCJ-02."""
        said = self.asked.settings.get("datum", "")
        if said in list(Datum):
            self._datum_from = "said"
            return Datum(said)
        for position, key in self.table.mapping.items():
            if key in ("lon", "lat", "position") and (told := datum_of(self.table.headings.get(position, ""))):
                self._datum_from = "heading"
                return told
        self._datum_from = "known"
        return self._datum_of_known() or self._usual()

    def _usual(self) -> Datum:
        self._datum_from = "usual"
        return Datum.GCJ02

    def _datum_of_known(self) -> Datum | None:
        """The datum under which the table's places lie where the register has them."""
        pairs = []
        for row in self.table.rows:
            place = self.register.by_code.get(row.text("code"))
            if place is None and len(found := self.register.by_name.get(row.text("name"), [])) == 1:
                place = found[0]
            lat, lon = degrees(row.values.get("lat")), degrees(row.values.get("lon"))
            if place is not None and place.lat_e7 is not None and place.lon_e7 is not None and lat and lon:
                pairs.append((e7(lat), e7(lon), place.lat_e7, place.lon_e7))
            if len(pairs) >= 40:
                break
        if not pairs:
            return None

        def off(datum: Datum) -> float:
            return statistics.median(metres(*datums.to_wgs84(lat, lon, datum), was_lat, was_lon) for lat, lon, was_lat, was_lon in pairs)

        best = min((Datum.WGS84, Datum.GCJ02, Datum.BD09), key=off)
        return best if off(best) < 150 else None

    def _with_updates(self, rows: list[Row]) -> list[Row]:
        """Rows that a person said are the same place as an earlier row give that one their values."""
        values = {row.number: dict(row.values) for row in rows}
        for row in rows:
            onto = self.asked.of(row).get("merge")
            if onto and onto.isdecimal() and int(onto) in values and int(onto) != row.number:
                values[int(onto)].update(row.values)
        return [Row(row.number, values[row.number]) for row in rows]

    def _repeats(self, rows: list[Row]) -> tuple[dict[int, int], dict[str, list[int]]]:
        """row -> the earlier row that says the same place; code -> the rows that have it under different names."""
        seen: dict[tuple[str, ...], int] = {}
        first_of: dict[int, int] = {}
        names: dict[str, dict[str, int]] = {}
        for row in rows:
            name = row.text("name")
            if not name or "skip" in self.asked.of(row) or "merge" in self.asked.of(row):
                continue
            code = row.text("code")
            key = (code, name) if code else (name, row.text("address"), row.text("kind"), row.text("zone"))
            if key in seen:
                first_of[row.number] = seen[key]
            else:
                seen[key] = row.number
                if code:
                    names.setdefault(code, {})[name] = row.number
        return first_of, {code: sorted(by_name.values()) for code, by_name in names.items() if len(by_name) > 1}

    # ---- one row

    def _line(self, row: Row, first_of: dict[int, int], codes: dict[str, list[int]]) -> Line:
        said = self.asked.of(row)
        line = Line(row.number, Verdict.REFUSED, name=row.text("name")[:120], number=row.text("code")[:60])
        if "skip" in said or "merge" in said:
            line.verdict = Verdict.SKIPPED
            return line
        self._cells(row, line)
        if not row.text("name"):
            line.reasons.append(Reason("name_missing", ways=(Way("skip"),)))
            return line
        for name in ("code", *SAYS):
            text = row.text(name)
            if len(text) > MOST[name]:
                line.reasons.append(Reason("too_long", name, {"most": MOST[name]}, (Way("skip"),)))
            line.values[name] = text
        if line.number in codes:
            line.reasons.append(Reason("code_twice", line.number, {"rows": "、".join(map(str, codes[line.number]))}, (Way("skip"),)))
        elif row.number in first_of and "add" not in said:
            other = first_of[row.number]
            line.reasons.append(Reason("repeat", "" if not line.number else line.number, {"row": other}, (Way("skip"), Way("merge"), *(() if line.number else (Way("add"),)))))
        place = self._match(row, line, said)
        self._kinds(row, line, place)
        self._zone(row, line, place)
        self._unit(row, line)
        self._position(row, line, said)
        if line.reasons and any(reason.code not in LOOKS for reason in line.reasons):
            return line
        if place is None:
            line.verdict = Verdict.ADDED
            line.changes = self._said(line)
            return line
        line.id, line.version = place.id, place.version
        self.matched[place.id] = row.number
        line.changes = self._changes(line, place)
        line.verdict = Verdict.CHANGED if line.changes else Verdict.UNCHANGED
        return line

    def _cells(self, row: Row, line: Line) -> None:
        """Cells that hold an error or a formula nobody calculated."""
        for position, kind, what in self.table.odd.get(row.number, ()):
            key = self.table.mapping.get(position, "")
            if kind != "formula" and COLUMN[key].kept and "blank" not in self.asked.of(row):
                ways = (Way("skip"),) if key == "name" else (Way("blank"), Way("skip"))
                line.reasons.append(Reason(f"cell_{kind}", self.table.headings.get(position, ""), {"what": what}, ways))

    def _match(self, row: Row, line: Line, said: dict[str, str]) -> Place | None:
        """The place that a row is about: the one with its code, else the one with its name that nothing speaks against."""
        found: Place | None = None
        if "same" in said:
            found = next((place for place in self.register.by_name.get(line.name, []) if str(place.id) == said["same"]), None)
        elif "add" in said:
            return None
        elif line.number:
            found = self.register.by_code.get(line.number)
        else:
            here = [place for place in self.register.by_name.get(line.name, []) if place.closed_at is None and self._fits(row, place)]
            found = here[0] if len(here) == 1 else None
        if found is None:
            return None
        if found.closed_at is not None:
            line.reasons.append(Reason("closed", found.code, {"name": found.name}, (Way("skip"),)))
        if found.id in self.matched:
            line.reasons.append(Reason("repeat", found.code, {"row": self.matched[found.id]}, (Way("skip"), Way("merge"), *(() if line.number else (Way("add"),)))))
        return found

    def _fits(self, row: Row, place: Place) -> bool:
        """Whether nothing speaks against a row without a code being this place of the same name: address, kind, zone."""
        address = row.text("address")
        if address and place.address:
            return plain(address) == plain(place.address)
        kinds = [self.register.kinds.get(word) for word in kind_words(row.text("kind"), self.register.kinds)]
        if kinds and not set(kinds) & set(self.register.kinds_of.get(place.id, [])):
            return False
        zones = self._zones_of(row.text("zone") or row.text("street"))
        return not zones or any(zone.id == place.zone_id for zone in zones)

    def _kinds(self, row: Row, line: Line, place: Place | None) -> None:
        text = row.text("kind")
        kinds: list[str] = []
        known = self.register.kinds
        for word in kind_words(text, known) or [""]:
            said = self.asked.word("kind", word)
            code = said if said in self.register.kind_names else known.get(word)
            if code:
                kinds.append(code)
            elif word:
                near = workbooks.nearest(word, known)
                ways = (Way("kind", known[near], self.register.kind_names[known[near]]),) if near else ()
                line.reasons.append(Reason("kind_unknown", word[:40], ways=(*ways, Way("kind"), Way("skip"))))
            elif place is None:
                line.reasons.append(Reason("kind_missing", ways=(Way("kind"), Way("skip"))))
        if kinds:
            line.values["kinds"] = sorted(set(kinds))

    def _zones_of(self, text: str) -> list[Area]:
        return next((found for key in zone_keys(text) if (found := self.register.zones.get(key))), [])

    def _zone(self, row: Row, line: Line, place: Place | None) -> None:
        text = row.text("zone") or row.text("street")
        said = self.asked.word("zone", text)
        if not text and place is not None and not said:
            return
        district_text = row.text("district")
        district = self.register.districts.get(area_key(district_text))
        found = self._zones_of(text) if text else []
        if len(found) > 1 and district is not None:
            found = [zone for zone in found if zone.parent_id == district.id]
        if said and said != "new":
            chosen = self.register.areas.get(as_id(said))
            found = [chosen] if chosen is not None and chosen.level == Level.ZONE else []
        if len(found) == 1:
            line.values["zone"] = str(found[0].id)
        elif text and said == "new":
            if len(text) > MOST["zone"]:
                line.reasons.append(Reason("too_long", "zone", {"most": MOST["zone"]}, (Way("skip"),)))
            line.values["zone"] = f"new:{text}"
            self.new["zones"].setdefault(text, {"name": text, "district": self._district(district_text, district)})
        elif text:
            # an exact match never came, so what is near is only a suggestion
            near = workbooks.nearest(text, [zone.name for zones in self.register.zones.values() for zone in zones])
            like = next((zone for zones in self.register.zones.values() for zone in zones if zone.name == near), None)
            ways = (Way("zone", str(like.id), like.name),) if like else ()
            line.reasons.append(Reason("zone_unknown", text[:60], ways=(Way("zone", "new"), *ways, Way("zone"), Way("skip"))))
        else:
            line.reasons.append(Reason("zone_missing", ways=(Way("zone"), Way("skip"))))

    def _district(self, text: str, known: Area | None) -> str:
        """The parent of a new zone: an id, "new:name", or nothing."""
        if known is not None:
            return str(known.id)
        if text and len(text) <= MOST["district"]:
            self.new["districts"].setdefault(text, {"name": text})
            return f"new:{text}"
        only = [area for area in self.register.areas.values() if area.level == Level.DISTRICT and area.merged_into is None]
        return str(only[0].id) if len(only) == 1 else ""

    def _unit(self, row: Row, line: Line) -> None:
        text = row.text("unit")
        if not text:
            return
        said = self.asked.word("unit", text)
        found = self.register.units.get(plain(text), [])
        if said == "none":
            return
        if said and said != "new":
            chosen = self.register.unit_by_id.get(as_id(said))
            found = [chosen] if chosen else []
        if len(found) == 1:
            line.values["unit"] = str(found[0].id)
        elif said == "new" and len(text) <= MOST["unit"]:
            line.values["unit"] = f"new:{text}"
            new = self.new["units"].setdefault(text, {"name": text, "lead": "", "contact": "", "phone": ""})
            new["lead"] = new["lead"] or row.text("lead")[:80]
            new["contact"] = new["contact"] or row.text("contact")[:40]
            new["phone"] = new["phone"] or row.text("phone")[:40]
        elif len(text) > MOST["unit"]:
            line.reasons.append(Reason("too_long", "unit", {"most": MOST["unit"]}, (Way("skip"),)))
        else:
            near = workbooks.nearest(text, [unit.name for unit in self.register.unit_by_id.values()], least=0.5)
            like = next((unit for unit in self.register.unit_by_id.values() if unit.name == near), None)
            ways = (Way("unit", str(like.id), like.name),) if like else ()
            line.reasons.append(Reason("unit_unknown", text, ways=(Way("unit", "new"), *ways, Way("unit"), Way("unit", "none"))))

    def _position(self, row: Row, line: Line, said: dict[str, str]) -> None:
        """The position in its datum, or why it cannot be one."""
        if "no_position" in said:
            return
        lat_cell, lon_cell, both = row.values.get("lat"), row.values.get("lon"), row.text("position")
        if lat_cell is None and lon_cell is None and not both:
            return
        take = (Way("no_position"), Way("skip"))
        if both and lat_cell is None and lon_cell is None:
            read = datums.read_position(both)
            if read is None:
                line.reasons.append(Reason("position_unclear", both[:40], ways=take))
                return
            lat, lon = read[0] / 1e7, read[1] / 1e7
        else:
            read_lat, read_lon = degrees(lat_cell), degrees(lon_cell)
            if read_lat is None or read_lon is None:
                line.reasons.append(Reason("position_unclear", f"{lat_cell if lat_cell is not None else '–'}, {lon_cell if lon_cell is not None else '–'}"[:40], ways=take))
                return
            lat, lon = read_lat, read_lon
        if lat == 0 and lon == 0:
            line.reasons.append(Reason("position_zero", ways=take))
            return
        if 73 <= lat <= 135 and 18 <= lon <= 54:
            if "swap" not in said:
                line.reasons.append(Reason("position_swapped", ways=(Way("swap"), *take)))
                return
            lat, lon = lon, lat
        if not (18 <= lat <= 54 and 73 <= lon <= 135):
            line.reasons.append(Reason("position_far", f"{lat:.4f}, {lon:.4f}", ways=take))
            return
        datum = datum_of(row.text("datum")) or self.datum
        line.values |= {"lat": e7(lat), "lon": e7(lon), "datum": str(datum)}

    # ---- comparing

    def _changes(self, line: Line, place: Place) -> list[Change]:
        """What would be different; an empty cell says nothing."""
        changes, values, register = [], line.values, self.register
        for name in SAYS:
            old, new = getattr(place, name), values[name]
            if new and new != old:
                changes.append(Change(name, old, new))
        had = sorted(register.kinds_of.get(place.id, []))
        if "kinds" in values and values["kinds"] != had:
            changes.append(Change("kind", "、".join(register.kind_names.get(kind, kind) for kind in had), "、".join(register.kind_names.get(kind, kind) for kind in values["kinds"])))
        if "zone" in values and values["zone"] != str(place.zone_id):
            old_zone = register.areas.get(place.zone_id)
            changes.append(Change("zone", old_zone.name if old_zone else "", self._area_name(values["zone"])))
        if "unit" in values and values["unit"] != str(place.unit_id):
            old_unit = register.unit_by_id.get(place.unit_id) if place.unit_id else None
            changes.append(Change("unit", old_unit.name if old_unit else "", self._unit_name(values["unit"])))
        if values.get("lat") is not None:
            lat, lon = datums.to_wgs84(values["lat"], values["lon"], Datum(values["datum"]))
            moved = metres(lat, lon, place.lat_e7, place.lon_e7) if place.lat_e7 is not None and place.lon_e7 is not None else None
            if moved is None or moved >= STILL_METRES:
                old = datums.written(place.lat_e7, place.lon_e7) if place.lat_e7 is not None and place.lon_e7 is not None else ""
                changes.append(Change("position", old, datums.written(lat, lon), None if moved is None else round(moved)))
            else:
                del values["lat"]
        return changes

    def _said(self, line: Line) -> list[Change]:
        """What a new place will say, in the order it is shown."""
        values = line.values
        told = {
            "kind": "、".join(self.register.kind_names.get(kind, kind) for kind in values["kinds"]),
            "zone": self._area_name(values["zone"]),
            "unit": self._unit_name(values["unit"]) if values.get("unit") else "",
            "address": values["address"],
        }
        if values.get("lat") is not None:
            told["position"] = datums.written(*datums.to_wgs84(values["lat"], values["lon"], Datum(values["datum"])))
        told |= {name: values[name] for name in SAYS if name not in ("name", "address")}
        return [Change(name, "", text) for name, text in told.items() if text]

    def _area_name(self, value: str) -> str:
        return value.removeprefix("new:") if value.startswith("new:") else self.register.areas[UUID(value)].name

    def _unit_name(self, value: str) -> str:
        return value.removeprefix("new:") if value.startswith("new:") else self.register.unit_by_id[UUID(value)].name

    def _look_for_likes(self, line: Line) -> None:
        """A new place that is called like one there is, or like another of the table, deserves a look."""
        if "add" in self.asked.rows.get(str(line.row), {}):
            return
        known = [place for place in self.register.by_name.get(line.name, []) if place.closed_at is None]
        if known:
            facts: dict[str, str | int] = {"code": known[0].code, "address": known[0].address}
            line.reasons.append(Reason("alike", known[0].code, facts, (Way("same", str(known[0].id)), Way("skip"), Way("add"))))
        elif other := self.named.get(line.name):
            line.reasons.append(Reason("alike_row", line.name[:40], {"row": other[0].row}, (Way("merge", str(other[0].row)), Way("skip"), Way("add"))))

    def _give_codes(self) -> None:
        """New places without a code get the next one of their kind."""
        used = set(self.register.by_code) | {line.values["code"] for line in self.result.lines if line.values.get("code")}
        for line in self.result.lines:
            if line.verdict == Verdict.ADDED and not line.values["code"]:
                kind = line.values["kinds"][0]
                number = self.next_number.get(kind, 0)
                while True:
                    number += 1
                    code = f"DX-{kind}-{number:03}"
                    if code not in used:
                        break
                self.next_number[kind] = number
                used.add(code)
                line.values["code"] = line.number = code


#: reasons that only ask for a look; a row that has no other is taken
LOOKS = frozenset({"alike", "alike_row"})
COLUMN = {column.key: column for column in COLUMNS} | {"": Column("", "", kept=False)}


def read_register(session: Session) -> Register:
    """Everything a list of places is compared with; a county has thousands of places and hundreds of units."""
    manual = standards.current_manual(session)
    raw: list[dict[str, Any]] = msgspec.json.decode(standards.manual_text(session, manual.version)[1]) if manual else []
    kinds: dict[str, str] = {}
    names: dict[str, str] = {}
    shortened: dict[str, set[str]] = {}
    for one in raw:
        names[one["code"]] = one["name_zh"]
        for word in (one["code"], one["code"].lstrip("0"), one["name_zh"], *one.get("aliases_zh", ()), one.get("name_en", "")):
            if word:
                kinds.setdefault(word, one["code"])
                shortened.setdefault(workbooks.normalised(word), set()).add(one["code"])
    for word, codes in shortened.items():
        if len(codes) == 1:
            kinds.setdefault(word, *codes)
    areas, zones, districts = read_areas(session)
    units, unit_by_id = read_units(session)
    places = list(session.scalars(select(Place)))
    by_name: dict[str, list[Place]] = {}
    for place in places:
        by_name.setdefault(place.name, []).append(place)
    return Register(
        kinds=kinds,
        kind_names=names,
        zones=zones,
        districts=districts,
        areas=areas,
        units=units,
        by_code={place.code: place for place in places},
        by_name=by_name,
        kinds_of=kinds_of_all(session, places),
        unit_by_id=unit_by_id,
    )


def read_areas(session: Session) -> tuple[dict[UUID, Area], dict[str, list[Area]], dict[str, Area]]:
    """All areas by id; the zones in use by what a cell may call them; the districts in use by name."""
    areas = {area.id: area for area in session.scalars(select(Area))}
    zones: dict[str, list[Area]] = {}
    for area in areas.values():
        if area.level == Level.ZONE and area.merged_into is None:
            for key in dict.fromkeys((f"#{area.code.lower()}", area_key(area.name), plain(area.name))):
                zones.setdefault(key, []).append(area)
    return areas, zones, {area_key(area.name): area for area in areas.values() if area.level == Level.DISTRICT and area.merged_into is None}


def read_units(session: Session) -> tuple[dict[str, list[accounts.UnitKnown]], dict[UUID, accounts.UnitKnown]]:
    """The units in use by what a cell may call them, and by id."""
    units: dict[str, list[accounts.UnitKnown]] = {}
    known = [unit for unit in accounts.units(session) if unit.closed_at is None]
    for unit in known:
        for key in {plain(unit.name), plain(unit.short)} - {""}:
            units.setdefault(key, []).append(unit)
    for unit in known:
        # 县市场监督管理局 is what everybody here calls 市场监督管理局
        short = plain(unit.name)[1:] if unit.name[:1] in "县区市" else ""
        if len(short) > 2 and short not in units:
            units[short] = [unit]
    return units, {unit.id: unit for unit in known}


def kinds_of_all(session: Session, places: Iterable[Place]) -> dict[UUID, list[str]]:
    ids = [place.id for place in places]
    found: dict[UUID, list[str]] = {}
    for start in range(0, len(ids), 500):
        found |= kinds_of(session, ids[start : start + 500])
    return found


def kind_words(text: str, known: dict[str, str]) -> list[str]:
    """The kinds a cell names: the whole cell if it is one, else its parts; "25 集贸市场" and "25.集贸市场" are one."""
    whole = unicodedata.normalize("NFC", text).strip()
    if not whole:
        return []

    def spoken(word: str) -> str:
        if word in known:
            return word
        short = workbooks.normalised(word)
        if short in known:
            return short
        numbered = re.fullmatch(r"(\d{1,2})[\s.、．:：-]*(.*)", word)
        if numbered and (not numbered[2] or numbered[2] in known or workbooks.normalised(numbered[2]) in known):
            return numbered[2] if numbered[2] in known else workbooks.normalised(numbered[2]) if numbered[2] else numbered[1]
        return word

    if spoken(whole) in known:
        return [spoken(whole)]
    return list(dict.fromkeys(spoken(part) for part in workbooks.split_list(whole)))


def zone_keys(text: str) -> list[str]:
    """What a cell that names a zone may be looked up by: 第6责任区, 6号, 六, 6 南门, 南门责任区."""
    key = unicodedata.normalize("NFKC", text).strip()
    numbered = re.fullmatch(r"第?\s*(\d{1,4}|[一二三四五六七八九十]{1,3})\s*(?:号|个)?\s*(?:责任区|网格|片区|区)?[\s:：·、.-]*(.*)", key)
    keys = [plain(key), area_key(key)]
    if numbered:
        number = numbered[1] if numbered[1].isdecimal() else str(spoken_number(numbered[1]))
        keys += [f"#{number}", f"#{number.lstrip('0')}", *([area_key(numbered[2])] if numbered[2] else [])]
    return [*keys, f"#{key.lower()}"]


def spoken_number(text: str) -> int:
    """十二 → 12, 二十 → 20."""
    tens, ten, ones = text.rpartition("十") if "十" in text else ("", "", text)
    return (NUMERALS.get(tens, 1) * 10 if ten else 0) + NUMERALS.get(ones, 0)


def area_key(text: str) -> str:
    """An area's name without the word for what it is."""
    key = plain(text)
    for word in ("分指挥部", "责任片区", "责任区", "网格", "片区", "战区", "街道办事处", "片"):
        key = key.removesuffix(word)
    return key


def plain(text: str) -> str:
    """A name as it is compared: half width, without spaces, lower case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def datum_of(text: str) -> Datum | None:
    """The datum a text speaks of."""
    said = plain(text).replace("-", "").replace("_", "")
    for datum, words in {
        Datum.GCJ02: ("gcj", "火星", "高德", "腾讯", "国测局", "谷歌中国"),
        Datum.BD09: ("bd09", "百度", "baidu"),
        Datum.CGCS2000: ("cgcs", "2000", "大地", "天地图"),
        Datum.WGS84: ("wgs", "gps", "84"),
    }.items():
        if any(word in said for word in words):
            return datum
    return None


def degrees(value: Any) -> float | None:
    """One figure of a position in degrees: 118.4899, "118°29′23.6″E", 东经118度29分."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    match = DEGREES.fullmatch(unicodedata.normalize("NFKC", str(value)).replace("''", '"').replace("度分", "度0分"))
    if match is None:
        return None
    before, whole, minutes, seconds, after = match.groups()
    figure = abs(float(whole)) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    return -figure if whole.startswith("-") or (before or after).upper() in tuple("SW南西") else figure


def as_id(text: str) -> UUID:
    """The id in a text; one that nothing has when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return NIL


def e7(figure: float) -> int:
    return round(figure * 10_000_000)


def metres(lat: int, lon: int, other_lat: int, other_lon: int) -> float:
    """Metres between two positions near each other."""
    return hypot(lat - other_lat, (lon - other_lon) * cos(radians(lat / 1e7))) * 0.0111319
