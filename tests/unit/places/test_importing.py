"""What a list of places would come to, row by row; nothing is written before a person says so."""

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

from fieldbook import journal, places, workbooks
from fieldbook.accounts import Unit
from fieldbook.kernel import settle_county
from fieldbook.places import Area, Place, PlaceKind
from fieldbook.places.importing import COLUMNS, degrees
from fieldbook.workbooks import Asked, Verdict
from tests.county import named

PLACES = places.SUBJECTS["places"]

HEAD = ["点位编号", "点位名称", "任务对象", "片区", "责任区", "详细地址", "牵头单位", "责任单位", "责任人", "联系电话", "经度", "纬度", "坐标系"]
SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "places"


def sheet(*rows, head=HEAD):
    return workbooks.write_csv(head, rows)


def planned(town, data, asked=None, **said):
    asked = asked or Asked(**said)
    table = workbooks.choose(workbooks.read(data), COLUMNS, sheet=asked.sheet, mapping=asked.columns)
    plan = PLACES.plan(town.session, table, asked, town.at)
    assert sum(plan.counts.values()) == len(table.rows)
    return plan


def applied(town, plan):
    PLACES.prepare(plan, lambda done, total, at: None)
    with town.acting("ma") as act:
        return PLACES.apply(act, plan, named("an intake"))


def undone(town, done):
    with town.acting("ma") as act:
        return PLACES.undo(act, done)


def reasons(plan):
    return {(line.row, reason.code, reason.word) for line in plan.lines for reason in line.reasons}


NEW = ["DX-25-009", "新市场", "农贸市场、公厕", "东片区", "第6责任区", "城南路9号", "县商务局", "城南农贸市场服务中心", "王某", "139", "118.4899", "31.5562", "WGS-84"]


def test_a_new_place_is_added_as_the_table_says(town):
    plan = planned(town, sheet(NEW))

    [line] = plan.lines
    applied(town, plan)

    assert line.verdict == Verdict.ADDED
    made = town.session.scalars(select(Place).where(Place.code == "DX-25-009")).one()
    assert (made.name, made.initials, made.address, made.lead) == ("新市场", "xsc", "城南路9号", "县商务局")
    assert (made.zone_id, made.unit_id) == (named("zone6"), named("market"))
    assert (made.lat_e7, made.lon_e7) == (315_562_000, 1_184_899_000)
    assert places.kinds_of(town.session, [made.id]) == {made.id: ["20", "25"]}
    assert town.entries(made.id) == ["place.made"]


def test_the_same_list_again_changes_nothing(town):
    applied(town, planned(town, sheet(NEW)))

    again = planned(town, sheet(NEW))

    assert [line.verdict for line in again.lines] == [Verdict.UNCHANGED]


def test_what_differs_is_shown_old_and_new_and_an_empty_cell_says_nothing(town):
    row = ["DX-06-001", "城南农贸市场（一期）", "集贸市场", "", "3", "城南路128号", "", "县城管局市政所", "", "", "", "", ""]
    plan = planned(town, sheet(row))

    [line] = plan.lines
    done = applied(town, plan)

    assert line.verdict == Verdict.CHANGED
    assert [(change.field, change.old, change.new) for change in line.changes] == [
        ("name", "城南农贸市场", "城南农贸市场（一期）"),
        ("address", "", "城南路128号"),
        ("zone", "南门", "东门"),
        ("unit", "城南农贸市场服务中心", "县城管局市政所"),
    ]
    place = town.session.get(Place, named("城南农贸市场"))
    assert (place.name, place.zone_id, place.unit_id, place.version) == ("城南农贸市场（一期）", named("zone3"), named("roads"), 2)
    assert [change[0] for change in done.changed["place"]] == [named("城南农贸市场")]


def test_a_place_without_a_code_is_found_by_its_name_and_one_new_gets_the_next_code(town):
    head = ["点位名称", "类别", "责任区", "地址"]
    plan = planned(town, sheet(["人民路中段", "主干道", "6", "人民路"], ["西门市场", "集贸市场", "3号责任区", "x"], ["北门市场", "25", "东门", "y"], head=head))

    assert [line.verdict for line in plan.lines] == [Verdict.CHANGED, Verdict.ADDED, Verdict.ADDED]
    assert plan.lines[0].id == named("人民路中段")
    assert [line.number for line in plan.lines[1:]] == ["DX-25-001", "DX-25-002"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"点位名称": ""}, ("name_missing", "")),
        ({"任务对象": "夜市"}, ("kind_unknown", "夜市")),
        ({"任务对象": ""}, ("kind_missing", "")),
        ({"责任区": "第99责任区"}, ("zone_unknown", "第99责任区")),
        ({"责任区": ""}, ("zone_missing", "")),
        ({"责任单位": "不存在的单位"}, ("unit_unknown", "不存在的单位")),
        ({"经度": "0", "纬度": "0"}, ("position_zero", "")),
        ({"经度": "31.5562", "纬度": "118.4899"}, ("position_swapped", "")),
        ({"经度": "12.5", "纬度": "41.9"}, ("position_far", "41.9000, 12.5000")),
        ({"经度": "东边", "纬度": "31.5"}, ("position_unclear", "31.5, 东边")),
        ({"点位名称": "长" * 81}, ("too_long", "name")),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason_and_a_way_out(town, change, reason):
    row = [change.get(heading, value) for heading, value in zip(HEAD, NEW, strict=True)]
    plan = planned(town, sheet(row))

    [line] = plan.lines

    assert line.verdict == Verdict.REFUSED
    assert [(one.code, one.word) for one in line.reasons] == [reason]
    assert line.reasons[0].ways


@pytest.mark.parametrize(
    ("change", "said", "expected"),
    [
        ({"任务对象": "夜市"}, {"words": {"kind:夜市": "04"}}, {"kinds": ["04"]}),
        ({"任务对象": ""}, {"words": {"kind:": "04"}}, {"kinds": ["04"]}),
        ({"责任区": "甲区"}, {"words": {"zone:甲区": str(named("zone3"))}}, {"zone": str(named("zone3"))}),
        ({"责任单位": "某单位"}, {"words": {"unit:某单位": str(named("roads"))}}, {"unit": str(named("roads"))}),
        ({"责任单位": "某单位"}, {"words": {"unit:某单位": "none"}}, {}),
        ({"经度": "0", "纬度": "0"}, {"rows": {"2": {"no_position": ""}}}, {}),
        ({"经度": "31.5562", "纬度": "118.4899"}, {"rows": {"2": {"swap": ""}}}, {"lat": 315_562_000, "lon": 1_184_899_000}),
    ],
)
def test_a_correction_takes_the_row_without_the_file_being_sent_again(town, change, said, expected):
    row = [change.get(heading, value) for heading, value in zip(HEAD, NEW, strict=True)]

    [line] = planned(town, sheet(row), **said).lines

    assert line.verdict == Verdict.ADDED
    assert {name: line.values[name] for name in expected} == expected


def test_unknown_zones_districts_and_units_are_made_when_a_person_says_so(town):
    row = ["DX-25-010", "北市场", "集贸市场", "北片区", "第9责任区", "", "县商务局", "北市场公司", "王某", "13900000000", "", "", ""]
    plan = planned(town, sheet(row), words={"zone:第9责任区": "new", "unit:北市场公司": "new"})

    done = applied(town, plan)

    place = town.session.scalars(select(Place).where(Place.code == "DX-25-010")).one()
    zone = town.session.get(Area, place.zone_id)
    assert (zone.name, zone.code) == ("第9责任区", "9")
    assert town.session.get(Area, zone.parent_id).name == "北片区"
    unit = town.session.get(Unit, place.unit_id)
    assert (unit.name, unit.lead, unit.contact, unit.phone) == ("北市场公司", "县商务局", "王某", "13900000000")

    undone(town, done)

    assert town.session.get(Area, zone.id, populate_existing=True) is None
    assert town.session.get(Unit, unit.id, populate_existing=True) is None


def test_skipped_rows_are_counted_as_skipped(town):
    assert planned(town, sheet(NEW, [*NEW]), rows={"3": {"skip": ""}}).counts == {"added": 1, "changed": 0, "unchanged": 0, "refused": 0, "skipped": 1}


def test_the_same_code_for_two_names_is_refused_in_both_rows(town):
    plan = planned(town, sheet(NEW, ["DX-25-009", "旧市场", *NEW[2:]]))

    assert [line.verdict for line in plan.lines] == [Verdict.REFUSED, Verdict.REFUSED]
    assert {(code, word) for _, code, word in reasons(plan)} == {("code_twice", "DX-25-009")}


def test_a_repeat_is_asked_about_and_can_be_skipped_merged_or_added(town):
    head = ["点位名称", "类别", "责任区", "地址", "牵头单位"]
    rows = [["西门市场", "集贸市场", "3", "x", ""], ["西门市场", "集贸市场", "3", "x", "县商务局"]]

    asked = planned(town, sheet(*rows, head=head))
    merged = planned(town, sheet(*rows, head=head), rows={"3": {"merge": "2"}})
    added = planned(town, sheet(*rows, head=head), rows={"3": {"add": ""}})

    assert [line.verdict for line in asked.lines] == [Verdict.ADDED, Verdict.REFUSED]
    assert {way.do for way in asked.lines[1].reasons[0].ways} == {"skip", "merge", "add"}
    assert [line.verdict for line in merged.lines] == [Verdict.ADDED, Verdict.SKIPPED]
    assert merged.lines[0].values["lead"] == "县商务局"
    assert [line.verdict for line in added.lines] == [Verdict.ADDED, Verdict.ADDED]


def test_a_new_place_called_like_an_old_one_is_taken_with_a_mark_and_may_be_the_old_one(town):
    row = ["DX-25-020", "城南农贸市场", "集贸市场", "", "6", "", "", "", "", "", "", "", ""]

    plan = planned(town, sheet(row))
    same = planned(town, sheet(row), rows={"2": {"same": str(named("城南农贸市场"))}})

    assert [line.verdict for line in plan.doubted] == [Verdict.ADDED]
    assert same.lines[0].id == named("城南农贸市场")
    assert same.lines[0].verdict == Verdict.UNCHANGED


@pytest.mark.parametrize(
    ("lat", "lon"),
    [("31.5562", "118.4899"), ("31°33′22.32″N", "118°29′23.64″E"), ("北纬31度33分22.32秒", "东经118度29分23.64秒"), ("31°33.372′", "118°29.394′"), (31.5562, 118.4899)],
)
def test_positions_are_read_as_people_write_them(lat, lon):
    assert degrees(lat) == pytest.approx(31.5562, abs=1e-6)
    assert degrees(lon) == pytest.approx(118.4899, abs=1e-6)


def test_both_figures_may_stand_in_one_cell_in_either_order(town):
    head = ["点位名称", "类别", "责任区", "坐标"]
    rows = [["甲", "公厕", "6", "118.4899,31.5562"], ["乙", "公厕", "6", "31.5562，118.4899"], ["丙", "公厕", "6", "31°33′22.32″N 118°29′23.64″E"]]

    plan = planned(town, sheet(*rows, head=head), settings={"datum": "wgs84"})

    assert {(round(line.values["lat"] / 1e3), round(line.values["lon"] / 1e3)) for line in plan.lines} == {(315_562, 1_184_899)}


def test_the_datum_is_the_rows_own_else_what_the_person_says_else_what_known_places_show(town):
    row = ["DX-06-001", "城南农贸市场", "集贸市场", "", "6", "", "", "", "", "", "", "", ""]
    place = town.session.get(Place, named("城南农贸市场"))
    lat, lon = places.from_wgs84(place.lat_e7, place.lon_e7, places.Datum.GCJ02)
    shifted = [*row[:10], str(lon / 1e7), str(lat / 1e7), ""]

    own = planned(town, sheet([*shifted[:12], "高德坐标"]))
    guessed = planned(town, sheet(shifted))
    said = planned(town, sheet(shifted), settings={"datum": "wgs84"})

    assert own.lines[0].verdict == Verdict.UNCHANGED
    assert guessed.lines[0].verdict == Verdict.UNCHANGED
    assert guessed.notes["datum"] == "gcj02"
    assert guessed.notes["datum_from"] == "known"
    assert said.lines[0].changes[0].note > 300


def test_undoing_removes_what_was_made_and_gives_back_what_was_changed(town):
    row = ["DX-06-001", "城南农贸市场（一期）", "集贸市场、公厕", "", "3", "城南路128号", "", "县城管局市政所", "", "", "118.5", "31.5", "wgs84"]
    before = snapshot(town)
    done = applied(town, planned(town, sheet(NEW, row)))
    assert snapshot(town) != before

    outcome = undone(town, done)

    assert (outcome.removed, outcome.restored, outcome.stays) == (1, 1, [])
    assert snapshot(town) == before


def snapshot(town):
    town.session.rollback()
    columns = [column for column in Place.__table__.columns if column.name != "version"]
    rows = town.session.execute(select(*columns).order_by(Place.code)).all()
    return rows, town.session.execute(select(PlaceKind.place_id, PlaceKind.kind).order_by(PlaceKind.place_id, PlaceKind.kind)).all()


def test_what_something_followed_stays_and_is_said(town):
    head = ["点位名称", "类别", "责任区"]
    done = applied(town, planned(town, sheet(["西门市场", "集贸市场", "6"], ["北门市场", "集贸市场", "6"], ["南门市场", "集贸市场", "6"], head=head)))
    named_since, changed_since, _ = done.made["place"]
    place = town.session.get(Place, named_since)
    town.session.rollback()
    visit_of(town, place)
    with town.acting("ma") as act:
        places.change_place(act, None, changed_since, address="y")

    outcome = undone(town, done)

    assert outcome.removed == 1
    assert sorted(why for _, why in outcome.stays) == ["changed", "used"]
    assert town.session.scalar(select(func.count()).where(Place.id.in_([named_since, changed_since]))) == 2


def visit_of(town, place):
    from tests.county import findings, to_ms

    told = findings.VisitDone(place=place.id, kind="25", manual=1, started_at=to_ms(town.at) - 60_000, finished_at=to_ms(town.at), answers=town.answers())
    with town.acting("lin") as act:
        findings.finish_visit(act, town.standing("lin"), named("a visit"), told)


def test_rows_with_broken_cells_are_refused_naming_them_or_taken_without(town):
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["点位名称", "任务对象", "责任区", "详细地址"])
        page.write_row(1, 0, ["西门市场", "集贸市场", "6"])
        page.write_formula(1, 3, "=NA()", None, "#N/A")

    refused = planned(town, out.getvalue())
    blank = planned(town, out.getvalue(), rows={"2": {"blank": ""}})

    assert [(reason.code, reason.word) for reason in refused.lines[0].reasons] == [("cell_error", "详细地址")]
    assert blank.lines[0].verdict == Verdict.ADDED


def test_the_open_list_of_hospitals_finds_its_repeats_and_the_two_at_zero(town):
    """1,444 hospitals: coordinates in WGS-84 by their headings, no kind and no zone, repeats, two at 0,0."""
    file = SHARED / "hospitals_3A_wgs84.csv"
    if not file.exists():
        print(f"no open list at {file}")
        return
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    repeats = len(rows) - len({(row["name"], row["address"]) for row in rows})

    bare = planned(town, file.read_bytes())
    told = planned(town, file.read_bytes(), words={"kind:": "34", "zone:": str(named("zone6"))})

    assert len(bare.lines) == 1444
    assert bare.counts["refused"] == 1444
    assert [(reason.code, len(numbers)) for reason, numbers in bare.matters()][:2] == [("kind_missing", 1444), ("zone_missing", 1444)]
    matters = {reason.code: len(numbers) for reason, numbers in told.matters()}
    assert matters["position_zero"] == 2
    assert matters.get("repeat", 0) == repeats
    assert told.notes["datum"] == "wgs84"
    assert told.counts["added"] == 1444 - told.counts["refused"]


def test_an_import_leaves_a_journal_that_checks_out(town):
    applied(town, planned(town, sheet(NEW)))

    assert journal.verify(town.session) == []


MORE = ["点位编号", "点位名称", "任务对象", "责任区", "包联单位", "包联领导", "责任人", "联系电话", "长度(米)/面积", "巡查频次", "备注"]


def test_what_a_list_says_besides_is_kept_and_what_speaks_of_people_can_be_erased(town):
    row = ["DX-06-001", "城南农贸市场", "集贸市场", "第6责任区", "县财政局", "李某某", "王某某", "13900000000", "2400 平方米", "每日1次", "早市6:00–8:00"]
    plan = planned(town, sheet(row, head=MORE))
    [line] = plan.lines
    assert {change.field for change in line.changes} == {"partner", "leader", "contact", "phone", "extent", "frequency", "note"}

    done = applied(town, plan)
    kept = town.session.scalars(select(Place).where(Place.code == "DX-06-001")).one()
    assert (kept.partner, kept.leader, kept.contact, kept.phone) == ("县财政局", "李某某", "王某某", "13900000000")
    assert (kept.extent, kept.frequency, kept.note) == ("2400 平方米", "每日1次", "早市6:00–8:00")
    entry = journal.course_of(town.session, [kept.id])[kept.id][-1]
    assert entry["facts"]["now"] == {"partner": "县财政局", "extent": "2400 平方米", "frequency": "每日1次"}
    assert entry["said"]["now_phone"] == "13900000000"

    undone(town, done)
    town.session.expire_all()
    assert (kept.partner, kept.phone, kept.note) == ("", "", "")


def test_positions_where_the_county_has_no_places_are_counted_and_named(town):
    head = "点位名称,任务对象,责任区,经度,纬度,坐标系\n"
    rows = [f"新点{n},集贸市场,第6责任区,118.{4890 + n},31.55{n:02},WGS-84\n" for n in range(12)]
    plan = planned(town, (head + "".join(rows) + "远方,集贸市场,第6责任区,116.40,39.90,WGS-84\n").encode())

    assert (plan.notes["positions"], plan.notes["outside"]) == (13, 1)
    assert plan.notes["outside_rows"].startswith("14 远方(")


def test_once_the_county_has_said_where_it_lies_that_decides_and_not_the_table(town):
    with town.acting("ma") as act:
        settle_county(act, bounds=[315_000_000, 1_184_000_000, 316_000_000, 1_185_000_000])
    head = "点位名称,任务对象,责任区,经度,纬度,坐标系\n"
    rows = "远方,集贸市场,第6责任区,116.40,39.90,WGS-84\n边上,集贸市场,第6责任区,118.5000000,31.60,WGS-84\n外面,集贸市场,第6责任区,118.51,31.55,WGS-84\n"

    plan = planned(town, (head + rows).encode())

    assert (plan.notes["positions"], plan.notes["outside"]) == (3, 2)
    assert plan.notes["outside_rows"].startswith("2 远方(")
    assert "4 外面(1 km)" in plan.notes["outside_rows"]
