"""补送: a phone's unsent work that somebody brings as a file goes the phone's own way, once, in its person's name."""

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from fieldbook import accounts, findings, journal
from fieldbook.evidence import Photo
from fieldbook.sync import HAND_IN_BYTES, CommandRow, HandInTooLarge, open_hand_in
from fieldbook.web.gate import FORM_BYTES, largest
from tests.api.test_push import a_report
from tests.conftest import Browser
from tests.county import County, named, picture

LIN_PHONE = named("lin's phone")


def a_file(commands: list[Any], photos: dict[str, bytes] | None = None, *, person: str = "lin", device: UUID = LIN_PHONE, packed: int = zipfile.ZIP_STORED, **more: Any) -> bytes:
    """A file as the phone's 待发 makes it, unless told otherwise."""
    index = {
        "what": "fieldbook unsent work",
        "version": 1,
        "made_at": 1_750_000_000_000,
        "epoch": "",
        "person": {"id": str(named(person)), "name": person, "login": person},
        "device": {"id": str(device), "name": "test"},
        "commands": commands,
        "drafts": [],
        "photos": [{"sha256": sha256, "bytes": len(data)} for sha256, data in (photos or {}).items()],
    } | more
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", packed) as file:
        file.writestr("outbox.json", json.dumps(index, ensure_ascii=False))
        for sha256, data in (photos or {}).items():
            file.writestr(f"photos/{sha256}.jpg", data)
    return kept.getvalue()


def work_of_a_week(town: County, lin: Browser) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Two reports, each with its photo's bytes."""
    commands, photos = [], {}
    for words in ("水产区积水", "门口乱堆"):
        commands.append(lin.command("finding.report", uuid4(), a_report(town, words=words)))
        data = picture(town._seed)
        photos[hashlib.sha256(data).hexdigest()] = data
    return commands, photos


def send(desk: Browser, data: bytes, name: str = "fieldbook.zip") -> Any:
    """Send a file as its page would; follow to what is in it."""
    token = token_of(desk.get("/people/hand-in").get_data(as_text=True))
    sent = desk._ask(desk.client.post, "/people/hand-in", data={"csrf_token": token, "file": (io.BytesIO(data), name)}, content_type="multipart/form-data")
    return desk.get(sent.headers["Location"]) if sent.status_code == 303 else sent


def take(desk: Browser, shown: Any) -> Any:
    """Press 收下这些."""
    page = shown.get_data(as_text=True)
    action = re.search(r'action="(/people/hand-in/[0-9a-f]{64})"', page)
    assert action, page
    return desk._ask(desk.client.post, action.group(1), data={"csrf_token": token_of(page)})


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page[:500]
    return found.group(1)


def said(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def test_what_a_phone_could_not_send_counts_in_its_persons_name_and_the_journal_says_who_brought_it(town: County, as_: Any):
    lin, ma = as_("lin"), as_("ma")
    commands, photos = work_of_a_week(town, lin)

    shown = send(ma, a_file(commands, photos))
    before = town.session.query(CommandRow).count()
    done = take(ma, shown)

    assert "2 条，其中 2 条还没收到" in said(shown)
    assert "2 张，其中 2 张还没收到" in said(shown)
    assert before == 0
    assert "收下 2 张照片" in said(done)
    town.session.rollback()
    first = town.session.get_one(findings.Finding, UUID(commands[0]["subject"]))
    assert first.reporter_id == named("lin")
    assert {photo.sha256 for photo in town.session.query(Photo)} >= set(photos)
    [course] = journal.course_of(town.session, [named("lin")]).values()
    [brought] = [step for step in course if step["verb"] == "phone.handed_in"]
    assert (brought["actor"], brought["facts"]["commands"], brought["facts"]["photos"]) == (named("ma"), 2, 2)
    assert "手机内容补送" in said(ma.get(f"/people/{named('lin')}"))


def test_brought_twice_and_sent_by_the_phone_as_well_it_is_done_once(town: County, as_: Any):
    lin, ma = as_("lin"), as_("ma")
    commands, photos = work_of_a_week(town, lin)
    data = a_file(commands, photos)
    take(ma, send(ma, data))

    again = send(ma, data)
    answers = lin.push(*commands)
    put = lin.put_photo(next(iter(photos.values())))

    assert "这些都收到过了" in said(again)
    assert "收下这些" not in said(again)
    assert [answer["answer"] for answer in answers] == ["duplicate", "duplicate"]
    assert put.status_code == 200
    assert [town.entries(UUID(command["subject"])).count("finding.reported") for command in commands] == [1, 1]


def test_what_the_phone_sent_first_is_there_already_and_the_rest_is_new(town: County, as_: Any):
    lin, ma = as_("lin"), as_("ma")
    commands, photos = work_of_a_week(town, lin)
    lin.push(commands[0])
    lin.put_photo(next(iter(photos.values())))

    shown = send(ma, a_file(commands, photos))
    done = take(ma, shown)

    assert "2 条，其中 1 条还没收到" in said(shown)
    assert "2 张，其中 1 张还没收到" in said(shown)
    assert "收下 1 张照片" in said(done)


def test_a_photo_that_was_changed_in_the_file_is_refused_alone(town: County, as_: Any):
    lin, ma = as_("lin"), as_("ma")
    commands, photos = work_of_a_week(town, lin)
    changed = dict.fromkeys(photos, picture(99)) | {next(iter(photos)): next(iter(photos.values()))}

    done = take(ma, send(ma, a_file(commands, changed)))

    assert "收下 1 张照片" in said(done)
    assert "有一张照片没有收下" in said(done)


def test_a_command_that_cannot_be_read_stops_no_other(town: County, as_: Any):
    lin, ma = as_("lin"), as_("ma")
    commands, photos = work_of_a_week(town, lin)
    reused = commands[1] | {"id": commands[0]["id"]}

    done = take(ma, send(ma, a_file([{"id": "nonsense"}, commands[0], reused, {"deep": [[[[]]]]}], photos)))

    assert said(done).count("没有收下") >= 3
    town.session.rollback()
    assert town.session.get(findings.Finding, UUID(commands[0]["subject"])) is not None
    assert town.session.query(CommandRow).count() == 1


def test_nobody_brings_work_in_the_name_of_a_person_whose_phone_it_is_not(town: County, as_: Any):
    lin, ma = as_("lin"), as_("ma")
    commands, photos = work_of_a_week(town, lin)

    for data in (a_file(commands, photos, person="qian"), a_file(commands, photos, device=uuid4()), a_file(commands, photos, person="no such person")):
        refused = send(ma, data)
        assert (refused.status_code, "没有以这个人的名义登录过" in said(refused)) == (422, True)

    assert town.session.query(CommandRow).count() == 0


def test_a_phone_taken_out_of_use_leaves_it_to_the_office_and_a_lost_one_gives_nothing(town: County, as_: Any):
    lin, ma = as_("lin"), as_("ma")
    commands, photos = work_of_a_week(town, lin)
    with town.acting("ma") as act:
        accounts.revoke_phone(act, LIN_PHONE, named("lin"))

    shown = send(ma, a_file(commands, photos))
    take(ma, shown)
    with town.acting("ma") as act:
        accounts.mark_stolen(act, LIN_PHONE, named("lin"))
    lost = send(ma, a_file(commands, photos))

    assert "等调度员认领" in said(shown)
    town.session.rollback()
    assert {row.answer["code"] for row in town.session.query(CommandRow)} == {"sync.phone_revoked"}
    assert town.session.get(findings.Finding, UUID(commands[0]["subject"])) is None
    assert (lost.status_code, "已报失" in said(lost)) == (409, True)


def hostile() -> dict[str, bytes]:
    """Files that no phone makes."""
    whole = a_file([])
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as file:
        file.writestr(f"photos/{'0' * 64}.jpg", b"x")
        with pytest.warns(UserWarning, match="Duplicate name"):
            file.writestr(f"photos/{'0' * 64}.jpg", b"x")
    path = io.BytesIO(whole)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("../../etc/passwd", b"x")
    crowd = bytearray(whole)
    crowd[-12:-8] = b"\xff\xff\xff\xff"
    many = whole[:-14] + b"\xff\xff\xff\xff" + whole[-10:]
    return {
        "empty": b"",
        "not a zip": b"GIF89a" + b"\0" * 100,
        "only an end": b"PK\5\6" + b"\0" * 18,
        "cut": whole[: len(whole) // 2],
        "end cut off": whole[:-5],
        "packed": a_file([], packed=zipfile.ZIP_DEFLATED),
        "a bomb": a_file([], drafts=["0" * 3_000_000], packed=zipfile.ZIP_DEFLATED),
        "a name twice": twice.getvalue(),
        "a path": path.getvalue(),
        "a directory beyond the file": bytes(crowd),
        "more entries than there are": many,
        "another thing": a_file([], what="something else"),
        "too many commands": a_file([{}] * 2_001),
        "a float": a_file([], made_at=1.5),
        "no person": zipped({"what": "fieldbook unsent work", "version": 1}),
        "a photo that is no hash": zipped({}, {"photos/x.jpg": b"x"}),
    }


def zipped(index: Any, more: dict[str, bytes] | None = None) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as file:
        file.writestr("outbox.json", json.dumps(index))
        for name, data in (more or {}).items():
            file.writestr(name, data)
    return kept.getvalue()


def test_files_that_no_phone_makes_are_refused_with_a_sentence(town: County, as_: Any):
    ma = as_("ma")

    answers = {name: send(ma, data) for name, data in hostile().items()}

    # an empty list from a phone that never logged in is read, and then refused for that
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code not in (413, 422)} == {}
    assert all("什么也没有改动" in said(answer) or "没有读" in said(answer) for answer in answers.values())
    assert town.session.query(CommandRow).count() == 0


def test_a_file_of_a_newer_app_says_so(town: County, as_: Any):
    answer = send(as_("ma"), a_file([], version=2))

    assert (answer.status_code, "更新版本" in said(answer)) == (422, True)


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path):
    with (tmp_path / "large.zip").open("w+b") as large:
        large.truncate(HAND_IN_BYTES + 1)

        with pytest.raises(HandInTooLarge):
            open_hand_in(large)

    assert largest("POST", "/people/hand-in") == HAND_IN_BYTES + 2**20
    assert largest("POST", f"/people/hand-in/{'0' * 64}") == FORM_BYTES


def test_another_administrators_file_is_not_shown(town: County, as_: Any):
    assert as_("ma").get(f"/people/hand-in/{'a' * 64}").status_code == 404
