"""Photos come in once, whole, from the phone that named them; and nobody sees one before it is decoded."""

import contextvars
import hashlib
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from fieldbook import evidence, findings, journal
from fieldbook.evidence import LARGEST_BYTES, Decoder, Photo, PhotoState
from fieldbook.journal import EntryRow
from tests.corpus.made import broken_pixels
from tests.corpus.test_hostile_images import CORPUS, cases
from tests.county import County, named, picture

TYPES = ["image/jpeg", "text/html", "application/x-www-form-urlencoded", "image/svg+xml; charset=utf-8", "multipart/form-data; boundary=x", ""]


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder() as decoder:
        yield decoder


def name_it(lin: Any, *photos: bytes | str) -> list[dict[str, Any]]:
    """Report each photo by itself, from the roadside of zone 6."""
    told = [
        {"sha256": photo if isinstance(photo, str) else hashlib.sha256(photo).hexdigest(), "bytes": max(1, len(photo)), "width": 640, "height": 480, "taken_at": 0, "source": "camera"}
        for photo in photos
    ]
    commands = [lin.command("finding.report", uuid4(), {"zone": str(named("zone6")), "photos": [one]}) for one in told]
    answers = [answer for start in range(0, len(commands), 50) for answer in lin.push(*commands[start : start + 50])]
    assert {answer["answer"] for answer in answers} == {"ok"}
    return commands


def settle(town: County, decoder: Decoder) -> dict[str, PhotoState]:
    """What the job runner makes of all that waits."""
    store, seen = town.app.extensions["fieldbook"].store, {}
    town.session.rollback()
    while waiting := evidence.next_waiting(town.session, 16):
        outcomes = [(sha256, evidence.check(decoder, store, sha256)) for sha256 in waiting]
        with journal.begin(town.session, who=None, at=town.at) as act:
            for sha256, outcome in outcomes:
                evidence.settle(act, sha256, outcome, reach=findings.photo_keys(act.session, sha256))
        seen |= {sha256: outcome.verdict for sha256, outcome in outcomes}
    return seen


def test_a_photo_named_by_this_phone_is_taken_against_a_receipt(town: County, as_):
    lin, data = as_("lin"), picture(1)
    name_it(lin, data)

    answer = lin.put_photo(data)

    sha256 = hashlib.sha256(data).hexdigest()
    assert answer.status_code == 200
    assert answer.json == {"epoch": answer.json["epoch"], "sha256": sha256, "receipt": answer.json["receipt"]}
    seq, head = answer.json["receipt"]["seq"], answer.json["receipt"]["head"]
    assert town.session.scalars(select(EntryRow.head).where(EntryRow.seq == seq, EntryRow.verb == "photo.received")).one() == head
    with town.app.extensions["fieldbook"].store.open(sha256) as kept:
        assert kept.read() == data


def test_sent_again_or_by_sixteen_at_once_it_is_kept_once_under_one_receipt(app: Flask, town: County, as_):
    lin, data = as_("lin"), picture(1)
    name_it(lin, data)
    cookie = lin.client.get_cookie("fieldbook").value
    path = f"/api/photos/{hashlib.sha256(data).hexdigest()}"

    def put(_: int) -> dict[str, Any]:
        client = app.test_client()
        client.set_cookie("fieldbook", cookie)
        return client.put(path, data=data, content_type="image/jpeg").json

    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(put, range(16)))
    answers.append(lin.put_photo(data).json)

    assert len({json.dumps(answer, sort_keys=True) for answer in answers}) == 1
    assert answers[0]["receipt"]["seq"] > 0
    assert town.session.scalars(select(EntryRow.verb).where(EntryRow.verb == "photo.received")).all() == ["photo.received"]
    assert list(app.extensions["fieldbook"].store.spool.iterdir()) == []


def test_a_photo_that_only_others_named_or_nobody_is_not_taken(town: County, as_):
    """To the others' phones there is no such photo, whatever they know of it."""
    lin, data = as_("lin"), picture(1)
    name_it(lin, data)

    answers = [as_(who).put_photo(data) for who in ("qian", "wu", "ma")] + [lin.put_photo(picture(2)), lin.put_photo(data, "0" * 64), lin.put_photo(data, "x" * 64), lin.put_photo(data, hashlib.sha256(data).hexdigest().upper())]

    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(404, "evidence.not_named")}
    assert town.session.scalars(select(Photo.sha256)).all() == []


def told(data: bytes) -> dict[str, Any]:
    """A photo as a command names it."""
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "width": 640, "height": 480, "taken_at": 0, "source": "camera"}


def test_a_photo_of_a_refused_command_is_kept_and_the_corrected_command_names_it_first(town: County, as_, decoder: Decoder):
    """What was captured is never lost over what was said about it, and a refusal uses no photo up."""
    zhao, data, finding = as_("zhao"), picture(99), town.finding()
    sha256 = told(data)["sha256"]
    [refused] = zhao.push(zhao.command("finding.rectify", uuid4(), {"photos": [told(data)]}))

    first, again = zhao.put_photo(data), zhao.put_photo(data)
    seen = settle(town, decoder)
    [corrected] = zhao.push(zhao.command("finding.rectify", finding.id, {"photos": [told(data)]}, seen_seq=10**6))

    assert (refused["answer"], refused["code"]) == ("refused", "findings.no_such_finding")
    assert (first.status_code, again.json) == (200, first.json)
    assert journal.leaves(town.session, after=first.json["receipt"]["seq"] - 1, limit=1)
    assert seen == {sha256: PhotoState.CHECKED}
    assert corrected["answer"] == "ok"
    assert town.fresh(finding).state == "rectified"
    assert zhao.put_photo(data).json == first.json
    with zhao.get(f"/photos/{sha256}/small") as shown:
        assert shown.status_code == 200


def test_a_photo_of_a_held_command_comes_in_before_the_command_it_waits_for(town: County, as_):
    lin, data, predecessor = as_("lin"), picture(1), uuid4()
    body = {"zone": str(named("zone6")), "photos": [told(data)]}
    waiting = lin.command("finding.report", uuid4(), body, after=str(predecessor))
    [held] = lin.push(waiting)

    kept = lin.put_photo(data)
    lin.push(lin.command("finding.report", uuid4(), body | {"photos": [told(picture(2))]}) | {"id": str(predecessor)})
    [then] = lin.push(waiting)

    assert (held["answer"], kept.status_code, then["answer"]) == ("held", 200, "duplicate")
    assert evidence.states(town.session, [told(data)["sha256"]]) == {told(data)["sha256"]: PhotoState.ARRIVED}


def test_a_photo_of_a_refused_command_is_nobody_elses(town: County, as_, decoder: Decoder):
    """Not sent, not seen, not told of: to everybody but the phone that named it there is no such photo."""
    lin, data = as_("lin"), picture(1)
    sha256 = told(data)["sha256"]
    lin.push(lin.command("finding.report", uuid4(), {"zone": str(uuid4()), "photos": [told(data)]}))
    others = [as_(who) for who in ("qian", "wu", "ma")]
    cursors = [other.pull()["cursor"] for other in others]

    strangers = [other.put_photo(data) for other in others]
    kept = lin.put_photo(data)
    settle(town, decoder)

    assert {(answer.status_code, answer.json["code"]) for answer in strangers} == {(404, "evidence.not_named")}
    assert kept.status_code == 200
    assert {other.get(f"/photos/{sha256}/{size}").status_code for other in (*others, lin) for size in ("small", "large")} == {404}
    assert [other.pull(cursor).get("rows", []) for other, cursor in zip(others, cursors, strict=True)] == [[], [], []]
    assert others[0].push(others[0].command("finding.report", uuid4(), {"zone": str(named("zone3")), "photos": [told(data)]}))[0]["answer"] == "ok"


ODD_BODIES: dict[str, Any] = {
    "a list": lambda photo: [photo],
    "a text": lambda photo: photo["sha256"],
    "nothing": lambda photo: None,
    "a photo by itself": lambda photo: photo,
    "unknown keys": lambda photo: {"thing": {"other": [{"deep": photo}]}},
    "odd hashes": lambda photo: {"photos": [{"sha256": odd} for odd in (None, 7, [], {}, True, "x" * 64, photo["sha256"].upper(), photo["sha256"] + "\n")], "other": [photo, photo]},
    "a thousand": lambda photo: {"photos": [photo] + [{"sha256": f"{i:064x}"} for i in range(1000)]},
}


@pytest.mark.parametrize("odd", ODD_BODIES)
def test_a_body_of_any_shape_is_refused_and_the_photo_it_names_kept(town: County, as_, odd: str):
    lin, data = as_("lin"), picture(1)
    body = ODD_BODIES[odd](told(data))

    [answer] = lin.push(lin.command("finding.report", uuid4(), body))
    put = lin.put_photo(data)

    assert (answer["answer"], answer["code"]) == ("refused", "sync.bad_command")
    assert answer["seq"] > 0
    assert put.status_code == (200 if odd not in ("a text", "nothing") else 404)
    assert town.session.scalar(select(func.count()).select_from(evidence.Aside)) <= 300


def test_without_a_phone_of_ones_own_none_is_taken(app: Flask, town: County, as_):
    lin, data = as_("lin"), picture(1)
    name_it(lin, data)
    desk, path = app.test_client(), f"/api/photos/{hashlib.sha256(data).hexdigest()}"

    stranger = contextvars.Context().run(desk.put, path, data=data)
    contextvars.Context().run(desk.post, "/api/login", json={"login": "lin", "password": "street and market 7"})
    without_phone = contextvars.Context().run(desk.put, path, data=data)

    assert (stranger.status_code, without_phone.status_code) == (401, 404)


def test_other_bytes_under_its_name_are_refused_and_the_right_ones_still_taken(town: County, as_):
    lin, data = as_("lin"), picture(1)
    name_it(lin, data)
    sha256 = hashlib.sha256(data).hexdigest()

    wrong = [lin.put_photo(picture(2), sha256), lin.put_photo(data[:-1], sha256), lin.put_photo(data + b"x", sha256), lin.put_photo(data[: len(data) // 2] + b"\0" + data[len(data) // 2 + 1 :], sha256)]
    empty = lin.put_photo(b"", sha256)

    assert empty.status_code in (400, 422)
    assert {(answer.status_code, answer.json["code"]) for answer in wrong} == {(422, "evidence.hash_mismatch")}
    assert lin.put_photo(data).status_code == 200


@pytest.mark.parametrize("bytes_short", [1, 5000])
def test_a_body_cut_on_the_way_is_no_photo(town: County, as_, bytes_short: int):
    lin, data = as_("lin"), picture(1)
    name_it(lin, data)
    path = f"/api/photos/{hashlib.sha256(data).hexdigest()}"

    cut = contextvars.Context().run(lin.client.put, path, input_stream=io.BytesIO(data[:-bytes_short]), environ_overrides={"CONTENT_LENGTH": str(len(data))})

    assert cut.status_code in (400, 422)
    assert list(town.app.extensions["fieldbook"].store.spool.iterdir()) == []
    assert lin.put_photo(data).status_code == 200


def test_a_body_larger_than_a_photo_may_be_is_refused_unread(town: County, as_):
    lin, data = as_("lin"), picture(1)
    name_it(lin, data)
    path = f"/api/photos/{hashlib.sha256(data).hexdigest()}"

    announced = contextvars.Context().run(lin.client.put, path, input_stream=io.BytesIO(b"x"), environ_overrides={"CONTENT_LENGTH": str(LARGEST_BYTES + 1)})
    beyond_all = contextvars.Context().run(lin.client.put, path, input_stream=io.BytesIO(b"x"), environ_overrides={"CONTENT_LENGTH": str(10**12)})

    assert (announced.status_code, announced.json["code"]) == (413, "evidence.too_large")
    assert beyond_all.status_code == 413


def test_nobody_sees_it_before_it_is_decoded_and_then_only_its_scope(town: County, as_, decoder: Decoder):
    lin, data = as_("lin"), picture(1)
    name_it(lin, data)
    sha256 = hashlib.sha256(data).hexdigest()
    people = {who: lin if who == "lin" else as_(who) for who in ("lin", "wu", "chen", "sun", "qian", "zhao", "eve")}

    def sees(who: str, copy: str) -> bool:
        with people[who].get(f"/photos/{sha256}/{copy}") as answer:
            return bool(answer.status_code == 200)

    def who_sees(copy: str) -> set[str]:
        return {who for who in people if sees(who, copy)}

    before = who_sees("small")
    lin.put_photo(data)
    undecoded = who_sees("small") | who_sees("large")
    assert settle(town, decoder) == {sha256: PhotoState.CHECKED}

    assert (before, undecoded) == (set(), set())
    assert who_sees("small") == who_sees("large") == {"lin", "wu", "chen", "sun"}
    assert who_sees("tiny") == set()


def test_a_damaged_photo_goes_back_to_the_phone_as_one_to_take_again(town: County, as_, decoder: Decoder):
    lin, data = as_("lin"), broken_pixels()
    [command] = name_it(lin, data)
    assert lin.put_photo(data).status_code == 200

    assert set(settle(town, decoder).values()) == {PhotoState.DAMAGED}

    [row] = [row for row in lin.pull()["rows"] if row["id"] == command["subject"]]
    assert row["before"][0]["state"] == "damaged"
    assert lin.get(f"/photos/{hashlib.sha256(data).hexdigest()}/small").status_code == 404


def test_a_file_lost_from_the_disk_is_mended_by_sending_it_again(town: County, as_, decoder: Decoder):
    lin, data = as_("lin"), picture(1)
    name_it(lin, data)
    store, sha256 = town.app.extensions["fieldbook"].store, hashlib.sha256(data).hexdigest()
    receipt = lin.put_photo(data).json["receipt"]
    store.drop(sha256)

    again = lin.put_photo(data)

    assert (again.status_code, again.json["receipt"]) == (200, receipt)
    assert store.has(sha256)
    assert settle(town, decoder) == {sha256: PhotoState.CHECKED}


def test_a_file_found_missing_by_the_decoder_is_asked_for_again(town: County, as_, decoder: Decoder):
    lin, data = as_("lin"), picture(1)
    [command] = name_it(lin, data)
    store, sha256 = town.app.extensions["fieldbook"].store, hashlib.sha256(data).hexdigest()
    lin.put_photo(data)
    store.drop(sha256)

    assert settle(town, decoder) == {sha256: PhotoState.WAITING}
    [waiting] = [row["before"][0]["state"] for row in lin.pull()["rows"] if row["id"] == command["subject"]]
    again = lin.put_photo(data)

    assert (waiting, again.status_code) == ("waiting", 200)
    assert settle(town, decoder) == {sha256: PhotoState.CHECKED}


def test_a_full_disk_refuses_photos_and_takes_them_when_there_is_room(town: County, as_, monkeypatch):
    lin, data = as_("lin"), picture(1)
    name_it(lin, data)
    store = town.app.extensions["fieldbook"].store

    monkeypatch.setattr(store, "reserve_bytes", 1 << 60)
    full = lin.put_photo(data)
    monkeypatch.setattr(store, "reserve_bytes", 0)

    assert (full.status_code, full.json["code"]) == (507, "evidence.disk_full")
    assert lin.put_photo(data).status_code == 200


@pytest.mark.skipif(not cases(), reason="the shared corpus is not on this machine")
def test_every_file_of_the_hostile_corpus_gets_its_verdict_under_any_type(town: County, as_, decoder: Decoder):
    """Sent as a phone sends it; what it calls itself changes nothing. Afterwards the server is well."""
    lin = as_("lin")
    files = {hashlib.sha256(data).hexdigest(): (case, data) for case in cases() for data in [(CORPUS / case["file"]).read_bytes()]}
    name_it(lin, *files)
    answers: dict[str, set[tuple[int, str]]] = {}

    for i, (sha256, (_, data)) in enumerate(files.items()):
        for kind in (TYPES[i % len(TYPES)], TYPES[(i + 1) % len(TYPES)]):
            answer = contextvars.Context().run(lin.client.put, f"/api/photos/{sha256}", data=data, content_type=kind)
            answers.setdefault(sha256, set()).add((answer.status_code, answer.json.get("code", "")))
    health = as_(None).get("/healthz")
    decoded = settle(town, decoder)

    wrong = []
    for sha256, (case, _) in files.items():
        [(status, code)] = answers[sha256]
        verdict = "accept" if status == 200 and decoded[sha256] is PhotoState.CHECKED else "refuse"
        allowed = verdict == "accept" or code in ("evidence.too_small", "evidence.not_a_photo") if case["verdict"] == "either" else verdict == case["verdict"]
        if not allowed or status not in (200, 413, 422):
            wrong.append((case["file"], case["verdict"], status, code, decoded.get(sha256), case["must"]))
    assert wrong == []
    assert health.status_code == 200
    assert {photo.sha256 for photo in town.session.scalars(select(Photo))} == set(decoded)
