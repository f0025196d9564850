"""The feed: what changed, for whom, and nothing else."""

import base64
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from fieldbook import accounts, findings, inspections, places, sync
from fieldbook.accounts import Duty, Post
from fieldbook.findings import Finding
from tests.county import County, named
from tests.twin import Twin


def told_photo(town: County) -> dict[str, Any]:
    photo = town.photo()
    return {"sha256": photo.sha256, "bytes": photo.bytes, "width": 640, "height": 480, "taken_at": photo.taken_at, "source": "camera"}


def a_report(town: County, **more: Any) -> dict[str, Any]:
    return {"place": str(named("城南农贸市场")), "kind": "25", "criterion": "25.07", "manual": 1, "reasons": [0], "words": "水产区积水", "photos": [told_photo(town)]} | more


def give(town: County, who: str, duty: Duty, *, area: str | None = None, unit: str | None = None) -> None:
    with town.acting("ma") as act:
        accounts.make_post(act, named(who), duty, area_id=named(area) if area else None, unit_id=named(unit) if unit else None)


def take(town: County, who: str) -> None:
    """All posts of a person."""
    with town.acting("ma") as act:
        act.session.execute(delete(Post).where(Post.person_id == named(who)))
        act.record("post.ended", named(who), reach=[named(who)])


def ids(twin: Twin, kind: str) -> set[UUID]:
    return {UUID(id) for id in twin.of(kind)}


# ---- the first filling


def test_a_new_phone_gets_its_whole_scope_and_no_more(town: County, as_):
    mine, theirs = town.finding(state="accepted"), town.report("qian", place="东门街", criterion="02.01")

    lin = Twin(as_("lin")).pull()

    assert ids(lin, "place") == {named("城南农贸市场"), named("人民路中段"), named("南门桥头")}
    assert ids(lin, "finding") == {mine.id}
    assert theirs.id not in ids(lin, "finding")
    assert ids(lin, "zone") == {named("zone3"), named("zone6")}
    assert ids(lin, "unit") == {named("market"), named("roads"), named("health")}
    assert "reset" not in lin.pages[0]


def test_it_comes_in_pages_of_at_most_five_hundred_each_row_once(town: County, as_):
    with town.acting("ma") as act:
        for i in range(1203):
            places.make_place(act, code=f"DX-06-{i + 100}", name=f"点位{i}", zone_id=named("zone6"), kinds=["25"])
    lin = Twin(as_("lin")).pull()

    sizes = [len(page["rows"]) for page in lin.pages]
    assert max(sizes) <= 500
    assert sum(sizes) == len(lin.rows) == 1203 + 3 + 2 + 3
    assert [bool(page.get("more")) for page in lin.pages] == [True] * (len(sizes) - 1) + [False]


def test_what_changes_while_it_is_filling_comes_after_it(town: County, as_):
    with town.acting("ma") as act:
        for i in range(700):
            places.make_place(act, code=f"DX-06-{i + 100}", name=f"点位{i}", zone_id=named("zone6"), kinds=["25"])
    early = town.finding(state="accepted")
    lin = Twin(as_("lin"))
    assert lin.pull_once()

    late = town.report()
    town.say("rectify", early)
    lin.pull()

    assert ids(lin, "finding") == {early.id, late.id}
    assert lin.of("finding")[str(early.id)]["state"] == "rectified"


# ---- what is new


def test_nothing_new_costs_at_most_two_hundred_bytes(town: County, as_):
    town.finding(state="cleared")
    lin = as_("lin")
    cursor = Twin(lin).pull().cursor

    answer = lin.get(f"/api/pull?device={lin.device}&cursor={cursor}")

    assert len(answer.data) <= 200, answer.data
    assert answer.json.keys() == {"epoch", "cursor", "head", "now", "backed_up_seq", "last_n"}
    assert answer.json["cursor"] == cursor


def test_a_change_outside_the_scope_is_nothing_new(town: County, as_):
    lin = Twin(as_("lin")).pull()

    town.report("qian", place="东门街", criterion="02.01")
    lin.pull()

    assert [page.get("rows") for page in lin.pages] == [None]


def test_each_step_of_a_finding_reaches_all_who_see_it_and_nobody_else(town: County, as_):
    phones = {who: Twin(as_(who)).pull() for who in ("lin", "zhao", "wu", "chen", "sun", "qian", "he", "eve")}
    finding = town.report()
    town.say("accept", finding)
    town.say("rectify", finding)
    town.say("clear", finding)

    seen = {who: twin.pull().of("finding").get(str(finding.id)) for who, twin in phones.items()}

    assert {who for who, row in seen.items() if row} == {"lin", "zhao", "wu", "chen", "sun"}
    for who in ("lin", "zhao", "wu", "chen", "sun"):
        row = seen[who]
        assert row is not None
        assert row["state"] == "cleared"
        assert [step["verb"] for step in row["course"]] == ["reported", "assigned", "accepted", "rectified", "cleared"]
        assert {photo["state"] for photo in row["before"] + row["after"]} == {"checked"}
    assert {who: row["may"] for who, row in seen.items() if row and row["may"]} == {"wu": ["undo"], "chen": ["reopen"]}


def test_a_photo_that_arrives_and_is_decoded_changes_the_findings_row(town: County, as_):
    lin = Twin(as_("lin"))
    photo = town.photo(arrived=True)
    with town.acting("lin") as act:
        made = findings.report(act, town.standing("lin"), uuid4(), findings.Report([photo], zone=named("zone6")))
    waiting = lin.pull().of("finding")[str(made.id)]["before"][0]["state"]

    town.deliver()

    assert (waiting, lin.pull().of("finding")[str(made.id)]["before"][0]["state"]) == ("waiting", "checked")


def test_a_visit_changes_its_places_row(town: County, as_):
    lin, qian = as_("lin"), Twin(as_("qian")).pull()
    twin, market = Twin(lin).pull(), str(named("城南农贸市场"))
    answers = [{"criterion": a.criterion, "verdict": a.verdict, "value": a.value, "choice": a.choice} for a in town.answers()]
    assert twin.of("place")[market]["visited_at"] is None

    lin.push(lin.command("visit.finish", uuid4(), {"place": market, "kind": "25", "manual": 1, "started_at": 0, "finished_at": 1, "answers": answers}))
    row = twin.pull().of("place")[market]

    assert row["visited_at"] == row["visits"][0]["at"]
    assert (row["visits"][0]["who"], set(row["visits"][0]["tally"])) == ("Lin", {"p"})
    assert qian.pull().pages[0].get("rows") is None


def test_a_round_is_on_the_phones_of_its_zone_until_a_week_after_its_end(town: County, as_):
    with town.acting("ma") as act:
        made = inspections.make_round(act, name="六月", zone_id=named("zone6"), begins_at=town.at, ends_at=town.at + timedelta(days=3), place_ids=[named("城南农贸市场")])

    assert ids(Twin(as_("lin")).pull(), "round") == {made.id}
    assert ids(Twin(as_("qian")).pull(), "round") == set()
    town.later(days=11)
    assert ids(Twin(as_("lin")).pull(), "round") == set()


def test_what_is_closed_stays_for_thirty_days_and_what_is_open_for_ever(town: County, as_):
    closed, still_open = town.finding(state="cleared"), town.finding(state="accepted")

    town.later(days=29)
    within = ids(Twin(as_("lin")).pull(), "finding")
    town.later(days=3)
    after = ids(Twin(as_("lin")).pull(), "finding")

    assert (within, after) == ({closed.id, still_open.id}, {still_open.id})


@pytest.mark.parametrize("who", ["lin", "wu"])
def test_a_thousand_changes_come_in_pages_of_at_most_five_hundred(town: County, as_, who: str):
    twin = Twin(as_(who)).pull()
    with town.acting("ma") as act:
        for i in range(1203):
            places.make_place(act, code=f"DX-06-{i + 100}", name=f"点位{i}", zone_id=named("zone6"), kinds=["25"])
            act.record("lid.seen", named("lid"), reach=[named("zone3")])  # of no phone's rows, and not in lin's zone

    twin.pull()

    assert max(len(page.get("rows", ())) for page in twin.pages) <= 500
    assert len(twin.of("place")) == 1203 + (3 if who == "lin" else 4)
    assert twin.resets == 0


# ---- scope


def test_losing_a_zone_empties_the_phone_of_it_and_own_unsent_work_still_goes(town: County, as_):
    lin, finding, unsent = as_("lin"), town.finding(state="accepted"), uuid4()
    twin = Twin(lin).pull()
    command = lin.command("finding.report", unsent, a_report(town, place=None, kind=None, criterion=None, manual=None, reasons=[], zone=str(named("zone6"))))

    take(town, "lin")
    give(town, "lin", Duty.INSPECTOR, area="zone3")
    twin.pull()
    [answer] = lin.push(command)

    assert twin.resets == 1
    assert ids(twin, "place") == {named("东门街")}
    assert ids(twin, "finding") == {finding.id}, "what lin reported stays lin's to see"
    assert answer["answer"] == "ok"
    assert town.session.get_one(Finding, unsent).reporter_id == named("lin")
    assert ids(twin.pull(), "finding") == {finding.id, unsent}


def test_of_a_zone_lost_not_one_row_remains(town: County, as_):
    """Reported by somebody else, so nothing keeps it."""
    town.finding(state="rectified")
    give(town, "qian", Duty.INSPECTOR, area="zone6")
    qian = Twin(as_("qian")).pull()
    assert len(qian.of("finding")) == 1

    take(town, "qian")
    give(town, "qian", Duty.INSPECTOR, area="zone3")
    qian.pull()

    assert {row.get("zone") for row in qian.rows.values() if row["kind"] in ("place", "finding", "round")} == {str(named("zone3"))}


def test_gaining_a_zone_brings_what_is_older_than_the_cursor(town: County, as_):
    old = [town.finding(state=state).id for state in ("accepted", "cleared", "rectified")]
    qian = Twin(as_("qian")).pull()
    assert ids(qian, "finding") == set()

    give(town, "qian", Duty.INSPECTOR, area="zone6")
    qian.pull()

    assert qian.resets == 1
    assert ids(qian, "finding") == set(old)
    assert ids(qian, "place") == {named(name) for name in ("城南农贸市场", "人民路中段", "南门桥头", "东门街")}


def test_while_the_new_generation_is_not_whole_the_old_one_stands(town: County, as_):
    with town.acting("ma") as act:
        for i in range(700):
            places.make_place(act, code=f"DX-06-{i + 100}", name=f"点位{i}", zone_id=named("zone6"), kinds=["25"])
    qian = Twin(as_("qian")).pull()
    before = dict(qian.rows)

    give(town, "qian", Duty.INSPECTOR, area="zone6")
    assert qian.pull_once()

    assert qian.rows == before
    assert len(qian.pull().of("place")) == 704


def test_a_scope_that_changes_while_a_phone_is_filling_begins_anew(town: County, as_):
    with town.acting("ma") as act:
        for i in range(700):
            places.make_place(act, code=f"DX-06-{i + 100}", name=f"点位{i}", zone_id=named("zone6"), kinds=["25"])
    lin = Twin(as_("lin"))
    assert lin.pull_once()

    take(town, "lin")
    give(town, "lin", Duty.INSPECTOR, area="zone3")
    lin.pull()

    assert ids(lin, "place") == {named("东门街")}
    assert lin.resets == 1


def test_a_duty_gained_in_the_same_place_changes_what_one_may(town: County, as_):
    finding, sun = town.finding(state="rectified"), Twin(as_("sun")).pull()
    assert sun.of("finding")[str(finding.id)]["may"] == []

    give(town, "sun", Duty.REVIEWER)

    assert sun.pull().of("finding")[str(finding.id)]["may"] == ["clear", "return"]


def test_a_finding_given_to_another_unit_is_gone_for_one_and_there_for_the_other(town: County, as_):
    finding = town.finding(state="accepted")
    zhao, he, lin = (Twin(as_(who)).pull() for who in ("zhao", "he", "lin"))
    assert (ids(zhao, "finding"), ids(he, "finding")) == ({finding.id}, set())

    town.say("assign", finding, unit=named("roads"))
    for twin in (zhao, he, lin):
        twin.pull()

    assert (ids(zhao, "finding"), ids(he, "finding"), ids(lin, "finding")) == (set(), {finding.id}, {finding.id})
    assert (zhao.resets, he.resets) == (0, 0)
    assert zhao.pages[0]["gone"] == [{"kind": "finding", "id": str(finding.id)}]


def test_a_place_moved_to_another_zone_is_gone_for_one_and_there_for_the_other(town: County, as_):
    lin, qian = (Twin(as_(who)).pull() for who in ("lin", "qian"))
    moved = named("南门桥头")

    with town.acting("ma") as act:
        act.session.execute(update(places.Place).where(places.Place.id == moved).values(zone_id=named("zone3")))
        act.record("place.moved", moved, reach=[named("zone6"), named("zone3")])

    assert moved not in ids(lin.pull(), "place")
    assert moved in ids(qian.pull(), "place")


def test_a_place_that_is_deleted_is_gone_for_whoever_was_away(town: County, as_):
    lin = Twin(as_("lin")).pull()
    with town.acting("ma") as act:
        made = places.make_place(act, code="DX-06-900", name="临时", zone_id=named("zone6"), kinds=["25"])
    lin.pull()
    assert made.id in ids(lin, "place")
    town.later(days=300)

    with town.acting("ma") as act:
        act.session.execute(delete(places.PlaceKind).where(places.PlaceKind.place_id == made.id))
        act.session.execute(delete(places.Place).where(places.Place.id == made.id))
        act.record("place.deleted", made.id, reach=[named("zone6")])

    again = Twin(as_("lin"), rows=lin.rows, cursor=lin.cursor).pull()
    assert again.rows == Twin(as_("lin")).pull().rows


def test_a_person_without_any_post_sees_what_everybody_may_and_nothing_else(town: County, as_):
    town.finding()

    assert {kind for kind, _ in Twin(as_("eve")).pull().rows} == {"zone", "unit"}


# ---- cursors


def forged(epoch: str, scope: str, seq: object, stage: str = "", last: str = "") -> str:
    return base64.urlsafe_b64encode(f"{epoch}.{scope}.{seq}.{stage}.{last}".encode()).decode().rstrip("=")


@pytest.mark.parametrize("who", ["qian", "zhao", "eve"])
def test_a_forged_cursor_shows_nothing_more(town: County, as_, who: str):
    town.finding(state="accepted"), town.report("qian", place="东门街", criterion="02.01")
    honest, wu = Twin(as_(who)).pull(), Twin(as_("wu")).pull()
    epoch, scope, seq, *_ = base64.urlsafe_b64decode(honest.cursor + "==").decode().split(".")
    wus = base64.urlsafe_b64decode(wu.cursor + "==").decode().split(".")[1]

    cursors = [
        wu.cursor,
        *(forged(e, s, n, stage, last) for e in (epoch, "00000000") for s in (scope, wus, "everything") for n in (0, 1, int(seq), 10**9) for stage, last in (("", ""), ("finding", ""), ("place", "0" * 32))),
        *("x", "💥", "%", "A" * 5000, forged(epoch, scope, "-1"), forged(epoch, scope, "1" * 5000), forged(epoch, scope, 1, "person"), forged(epoch, scope, 1, "finding", "x"), forged(epoch, f"{scope}.1", 1), "...."),
    ]  # fmt: skip
    for cursor in cursors:
        twin = Twin(as_(who) if cursor is cursors[0] else honest.phone, cursor=cursor)
        answer = twin.phone.get("/api/pull", query_string={"device": twin.phone.device, "cursor": cursor})
        assert answer.status_code == 200
        for row in answer.json.get("rows", ()):
            assert (row["kind"], row["id"]) in honest.rows, (cursor, row)


def test_a_cursor_of_another_person_or_another_epoch_begins_anew(town: County, as_):
    lin, wu = Twin(as_("lin")).pull(), Twin(as_("wu")).pull()

    stolen = Twin(as_("lin"), cursor=wu.cursor).pull()
    with town.acting("ma") as act:
        sync.new_epoch(act)
    after = Twin(as_("lin"), cursor=lin.cursor).pull()

    assert (stolen.resets, after.resets) == (1, 1)
    assert stolen.rows == after.rows == lin.rows


def test_a_cursor_ahead_of_the_journal_begins_anew(town: County, as_):
    """The server was restored from a copy that is older than what the phone saw."""
    lin = Twin(as_("lin")).pull()
    epoch, scope, seq, *_ = base64.urlsafe_b64decode(lin.cursor + "==").decode().split(".")

    again = Twin(as_("lin"), cursor=forged(epoch, scope, int(seq) + 1000)).pull()

    assert again.resets == 1


def test_neither_device_nor_person_named_in_the_address_widens_it(town: County, as_):
    town.finding(state="accepted")
    qian = as_("qian")

    answer = qian.get(f"/api/pull?device={named('wu')}&person={named('wu')}&zone={named('zone6')}&scope=everything")

    assert [row for row in answer.json["rows"] if row["kind"] == "finding"] == []
    assert qian.get("/api/pull?device=x").status_code == 400
    assert as_(None).get("/api/pull").status_code == 401


def test_the_backups_reach_is_told(town: County, as_):
    with town.acting("ma") as act:
        sync.backed_up(act, 17)

    assert as_("lin").pull()["backed_up_seq"] == 17


def test_two_phones_that_pull_at_different_times_end_alike(town: County, as_):
    often, seldom = Twin(as_("wu")), Twin(as_("wu"))
    seldom.pull()
    for state in ("to_screen", "to_assign", "accepted", "rectified", "cleared", "returned"):
        town.finding(state=state)
        often.pull()

    assert settled(often) == settled(seldom.pull()) == settled(Twin(as_("wu")).pull())
    assert len(often.rows) == len(seldom.rows) == 15


def settled(twin: Twin) -> dict[tuple[str, str], Any]:
    """The rows without what passes by itself: the ten minutes of an undo."""
    return {key: {name: value for name, value in row.items() if name != "may"} for key, row in twin.rows.items()}
