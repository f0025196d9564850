"""标准 at the desk: read, search, draft, compare, publish, export and import; and a manual of another level from end to end."""

import io
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from fieldbook import findings, places, standards, workbooks
from fieldbook.findings import State
from fieldbook.kernel import to_ms
from tests import other_manual
from tests.county import STANDARDS, County, named


def form_of(page: str) -> dict[str, str]:
    """The hidden fields and typed values of the form that saves."""
    fields = dict(re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', page))
    fields |= {name: text.strip("\n") for name, text in re.findall(r'<textarea[^>]*?name="(\w+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)}
    for name, options in re.findall(r'<select[^>]*?name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        fields[name] = chosen[1] if chosen else ""
    return {name: value for name, value in fields.items() if name not in ("csrf_token", "q")}


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def drafted(town: County) -> standards.Draft:
    """The draft as it stands now."""
    town.session.rollback()
    town.session.expire_all()
    return standards.draft(town.session)


@pytest.fixture
def ma(town: County, caller):
    asker = caller("ma")
    assert asker.form("/manual/draft/begin").status_code == 303
    return asker


def test_everybody_reads_the_manual_and_one_criterion_is_open_at_a_time(town: County, caller):
    page = text(caller("eve").get("/manual?kind=25&open=25.08"))

    assert page.count('aria-expanded="true"') == 1
    assert "每摊一桶，全部加盖" in page
    assert "/static/manual/market-bad.jpg" in page
    assert page.count('class="code"') == 13
    assert "起草" not in page


@pytest.mark.parametrize(("asked", "code"), [("公平秤", "25.02"), ("25.02", "25.02"), ("reference scale", "25.02"), ("苍蝇异味", "25.08"), ("gpc", "25.02")])
def test_a_search_finds_by_text_code_english_reasons_and_initials(town: County, caller, asked: str, code: str):
    page = text(caller("lin").get("/manual", query_string={"q": asked}))

    assert f'id="c{code}"' in page
    assert 'class="hit"' in page


def test_initials_do_not_run_across_a_comma(town: County, caller):
    page = text(caller("lin").get("/manual?q=js"))

    assert "<mark>积水</mark>" in page
    assert 'id="c01.13"' not in page  # 垃圾、随地


def test_an_edit_shows_in_the_draft_and_in_the_comparison_but_not_in_the_manual(town: County, ma):
    form = form_of(text(ma.get("/manual/draft/criteria/25.08")))

    answer = ma.form("/manual/draft/criteria/25.08", form | {"rectify_days": "3"})

    assert answer.headers["Location"] == "/manual/draft?kind=25#c25.08"
    diff = text(ma.get("/manual/draft/diff"))
    assert "<del>1 日</del>" in diff
    assert "<ins>3 日</ins>" in diff
    assert diff.count('class="code"') == 1
    assert "第 2 版草稿，改 1 条" in text(ma.get("/manual"))


def test_the_form_sends_a_criterion_back_as_it_was(town: County, ma):
    for code in ("25.08", "25.01", "20.02", "14.11", "01.13"):
        ma.form(f"/manual/draft/criteria/{code}", form_of(text(ma.get(f"/manual/draft/criteria/{code}"))))

    assert drafted(town).rev == 0


def test_what_was_typed_stays_when_something_is_wrong(town: County, ma):
    form = form_of(text(ma.get("/manual/draft/criteria/25.08")))

    answer = ma.form("/manual/draft/criteria/25.08", form | {"text_zh": "改了一半", "points": "七", "answer": "count", "value": ""})

    assert answer.status_code == 422
    page = text(answer)
    assert "改了一半" in page
    assert 'href="#points"' in page
    assert 'href="#threshold"' in page
    assert drafted(town).rev == 0


def test_two_editors_see_each_others_words_before_one_overwrites(town: County, ma, caller):
    first = form_of(text(ma.get("/manual/draft/criteria/25.08")))
    ma.form("/manual/draft/criteria/25.08", first | {"guidance_zh": "先来的人写的"})

    answer = ma.form("/manual/draft/criteria/25.08", first | {"guidance_zh": "后来的人写的"})

    assert answer.status_code == 409
    page = text(answer)
    assert "后来的人写的" in form_of(page)["guidance_zh"]
    assert "先" in page
    again = ma.form("/manual/draft/criteria/25.08", form_of(page))
    assert again.status_code == 303
    one = drafted(town).criterion("25.08")
    assert one is not None
    assert one.body["guidance_zh"] == "后来的人写的"


def test_a_criterion_and_a_kind_are_added_taken_out_and_kept(town: County, ma):
    fields = form_of(text(ma.get("/manual/draft/kinds/25/add")))
    added = ma.form("/manual/draft/kinds/25/add", fields | {"text_zh": "新的一条", "points": "6", "theme_zh": "环境卫生"})
    kind = ma.form("/manual/draft/new-kind", form_of(text(ma.get("/manual/draft/new-kind"))) | {"name_zh": "夜市", "category_new": "夜间经济"})
    removed = ma.form("/manual/draft/mark", {"code": "25.01", "kind": "25", "step": "remove", "seen": "0"})

    assert (fields["code"], added.status_code, kind.status_code, removed.status_code) == ("25.14", 303, 303, 303)
    draft = drafted(town)
    assert [(one.code, one.state) for one in draft.kind("25").criteria if one.state != "same"] == [("25.01", "removed"), ("25.14", "added")]
    assert draft.kind("45").body["category"] == {"code": "G", "name_zh": "夜间经济", "name_en": ""}
    page = text(ma.get("/manual/draft?kind=25"))
    assert '<span class="gone">' in page
    ma.form("/manual/draft/mark", {"code": "25.01", "kind": "25", "step": "restore", "seen": "1"})
    assert drafted(town).kind("25").kept[0].code == "25.01"


def test_publishing_needs_what_was_seen_and_then_everybody_has_the_new_version(town: County, ma, as_):
    form = form_of(text(ma.get("/manual/draft/criteria/25.08")))
    ma.form("/manual/draft/criteria/25.08", form | {"rectify_days": "3"})

    stale = ma.form("/manual/draft/publish", {"seen": "0", "when": "now"})
    fresh = ma.form("/manual/draft/publish", {"seen": "1", "when": "now"})

    assert (stale.status_code, fresh.status_code) == (409, 303)
    lin = as_("lin")
    assert lin.get("/api/me").json["manual"]["version"] == 2
    told = {one["code"]: one for kind in lin.get("/api/manual/2").json["kinds"] for one in kind["criteria"]}
    assert told["25.08"]["rectify_days"] == 3
    page = text(ma.get("/manual/compare?old=1&new=2"))
    assert "<ins>3 日</ins>" in page
    assert "这是从前的版本" in text(ma.get("/manual?v=1"))


def test_a_day_can_be_settled_and_called_off(town: County, ma):
    form = form_of(text(ma.get("/manual/draft/criteria/25.08")))
    ma.form("/manual/draft/criteria/25.08", form | {"rectify_days": "3"})

    past = ma.form("/manual/draft/publish", {"seen": "1", "when": "day", "day": "2025-06-12"})
    settled = ma.form("/manual/draft/publish", {"seen": "1", "when": "day", "day": "2025-07-01"})

    assert (past.status_code, settled.status_code) == (422, 303)
    assert "2025-07-01" in text(ma.get("/manual/draft/diff"))
    assert ma.form("/manual/draft/criteria/25.08", form | {"rectify_days": "5"}).status_code == 409
    assert ma.form("/manual/draft/call-off").status_code == 303
    assert drafted(town).due_at is None


def test_a_discarded_draft_is_offered_again(town: County, ma):
    ma.form("/manual/draft/mark", {"code": "25.01", "kind": "25", "step": "remove", "seen": "0"})
    ma.form("/manual/draft/discard")

    assert "撤销放弃" in text(ma.get("/manual"))
    ma.form("/manual/draft/take-up")

    assert drafted(town).changed == 1


def test_the_export_read_back_changes_nothing(town: County, ma):
    data = ma.get("/manual/export").data
    assert workbooks.look(data) == "xlsx"

    sent = ma.form("/manual/draft/import", {"table": (io.BytesIO(data), "标准.xlsx")})

    page = text(ma.get(sent.headers["Location"]))
    assert "什么也不会改" in page
    assert "44 类 417 条" in page


def test_a_table_is_looked_at_before_it_is_taken_into_the_draft(town: County, ma):
    sent = ma.form("/manual/draft/import", {"pasted": "任务对象\t测评标准\t分值\n夜市\t经营：①划线；②不占道\t10\n\t油烟有净化\t\n"})
    at = sent.headers["Location"]
    page = text(ma.get(f"{at}?divide=yes"))

    assert "拆开" in page
    assert drafted(town).rev == 0
    taken = ma.form(at, {"seen": form_of(page)["seen"], "divide": "yes", "missing": ""})

    assert taken.headers["Location"] == "/manual/draft/diff"
    kind = drafted(town).kind("45")
    assert kind is not None
    assert [(one.body["text_zh"], one.body["points"]) for one in kind.kept] == [("经营：划线", 5), ("经营：不占道", 5), ("油烟有净化", 90)]
    assert ma.get(at).status_code == 404


def test_a_table_compared_with_an_older_draft_is_not_taken(town: County, ma):
    at = ma.form("/manual/draft/import", {"pasted": "任务对象\t测评标准\t分值\n夜市\t油烟有净化\t\n"}).headers["Location"]
    ma.form("/manual/draft/mark", {"code": "25.01", "kind": "25", "step": "remove", "seen": "0"})

    answer = ma.form(at, {"seen": "0"})

    assert answer.status_code == 409
    assert "写进草稿" in text(answer)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "姓名,电话\n王某某,1\n".encode()])
def test_what_is_no_standards_table_is_refused_with_its_reason(town: County, ma, data: bytes):
    answer = ma.form("/manual/draft/import", {"table": (io.BytesIO(data), "x.xls")})

    assert answer.status_code == 422
    assert 'role="alert"' in text(answer)


def test_in_english_what_has_no_english_is_shown_in_chinese(town: County, ma, caller):
    ma.form("/manual/draft/import", {"pasted": "任务对象\t测评标准\t分值\n集贸市场\t新的一条\t6\n"})
    at = ma.form("/manual/draft/import", {"pasted": "任务对象\t测评标准\t分值\n集贸市场\t新的一条\t6\n"}).headers["Location"]
    ma.form(at, {"seen": "0"})
    ma.form("/manual/draft/publish", {"seen": str(drafted(town).rev), "when": "now"})
    ma.client.set_cookie("fieldbook-language", "en")

    page = text(ma.get("/manual?kind=25"))

    assert "Market (wet market)" in page
    assert "新的一条" in page


# ---- a manual of another level


@pytest.fixture
def city(app: Flask, town: County, ma) -> int:
    """The county after it took over a city's manual at the desk, from the file as it was sent; the version's number."""
    at = ma.form("/manual/draft/import", {"table": (io.BytesIO(other_manual.workbook()), "市级.xlsx")}).headers["Location"]
    page = text(ma.get(f"{at}?missing=remove"))
    taken = ma.form(at, {"seen": form_of(page)["seen"], "missing": "remove"})
    assert taken.status_code == 303, text(taken)
    published = ma.form("/manual/draft/publish", {"seen": str(drafted(town).rev), "when": "now"})
    assert published.status_code == 303, text(published)
    town.session.rollback()
    return 2


def test_a_manual_of_another_level_loads_as_data(town: County, city: int, caller):
    assert standards.compare(other_manual.kinds(), standards.manual_kinds(town.session, city)).is_empty
    page = text(caller("lin").get("/manual"))
    assert "54 类" in page
    assert page.count("市级对象") >= 54
    assert standards.manual(town.session, 1).criteria.keys() == {one["code"] for kind in STANDARDS for one in kind["criteria"]}


def test_a_visit_by_a_manual_of_another_level_comes_to_a_cleared_finding(town: County, city: int, as_, caller):
    kind = standards.manual(town.session, city).kinds["C7"]
    with town.acting("ma") as act:
        places.make_place(act, id=named("city place"), code="C-1", name="市级点位", zone_id=named("zone6"), kinds=["C7"], unit_id=named("market"))
    lin, zhao, wu, visit, finding = as_("lin"), as_("zhao"), as_("wu"), uuid4(), uuid4()
    fails = next(one for one in kind.criteria if one.answer == "choice")
    answers: list[dict[str, Any]] = []
    for one in kind.criteria:
        told: dict[str, Any] = {"criterion": one.code, "verdict": "pass", "photos": []}
        if one.threshold:
            told["value"] = 250 if one.threshold["op"] == ">=" else 300
        if one.choices:
            told["choice"] = 3 if one is fails else 1
            told["verdict"] = "fail" if one is fails else "pass"
        answers.append(told)
    before = photo(town, lin)
    body = {
        "place": str(named("city place")), "kind": "C7", "manual": city, "started_at": to_ms(town.at) - 60_000, "finished_at": to_ms(town.at), "answers": answers, "looks": [],
        "findings": [{"id": str(finding), "criterion": fails.code, "reasons": [1], "words": "", "photos": [before[0]]}],
    }  # fmt: skip

    [finished] = lin.push(lin.command("visit.finish", visit, body))
    assert finished["answer"] == "ok", finished
    deliver(town, lin, before)
    [row] = [row for row in lin.pull()["rows"] if row["kind"] == "finding" and row["id"] == str(finding)]
    assert (row["criterion"], row["manual"], row["kind_code"], row["state"]) == (fails.code, city, "C7", "assigned")
    [accepted] = zhao.push(zhao.command("finding.accept", finding, {}))
    after = photo(town, zhao)
    [rectified] = zhao.push(zhao.command("finding.rectify", finding, {"photos": [after[0]], "words": "改好了"}))
    deliver(town, zhao, after)
    [cleared] = wu.push(wu.command("finding.clear", finding, {"words": ""}))

    assert [answer["answer"] for answer in (accepted, rectified, cleared)] == ["ok", "ok", "ok"]
    town.session.rollback()
    assert town.session.get_one(findings.Finding, finding).state == State.CLEARED
    page = text(caller("ma").get(f"/visits/{visit}"))
    assert fails.text() in page
    assert text(caller("ma").get(f"/findings/{finding}")).count("拍到编号牌") >= 1
    assert caller("ma").get("/overview").status_code == 200
    assert caller("ma").get("/visits").status_code == 200


def photo(town: County, _who: Any) -> tuple[dict[str, Any], bytes]:
    """(a photo as a command names it, its bytes)."""
    town.photo(arrived=True)
    made, data = town._to_arrive.pop()
    return {"sha256": made.sha256, "bytes": len(data), "width": 640, "height": 480, "taken_at": to_ms(town.at), "source": "camera"}, data


def deliver(town: County, who: Any, told: tuple[dict[str, Any], bytes]) -> None:
    """Send the bytes, and let the decoder find them in order."""
    assert who.put_photo(told[1]).status_code == 200
    from fieldbook import evidence

    with town.acting("lin") as act:
        evidence.settle(act, told[0]["sha256"], evidence.Outcome(evidence.PhotoState.CHECKED, width=640, height=480), reach=findings.photo_keys(act.session, told[0]["sha256"]))


def test_findings_of_the_manual_before_keep_its_words(town: County, city: int, caller):
    made = town.report()

    page = text(caller("ma").get(f"/findings/{made.id}"))

    assert isinstance(made.id, UUID)
    assert standards.manual(town.session, 1).criteria["25.07"].text() in page


def test_taking_out_a_kind_that_has_places_gives_pause(town: County, ma):
    ma.form("/manual/draft/mark", {"code": "25", "kind": "25", "step": "remove", "seen": "0"})

    page = text(ma.get("/manual/draft/diff"))

    assert "25 集贸市场 1 处" in page
    assert "发布第 2 版" in page
