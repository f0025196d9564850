"""Every phone is a witness: from the leaves it can compute the head itself, and says so when history was changed."""

import hashlib
from uuid import uuid4

from fieldbook.journal import EMPTY_HEAD
from tests.county import County, named


def head_of(leaves: list[str], head: str = EMPTY_HEAD) -> str:
    """As a phone computes it, with nothing but SHA-256."""
    for leaf in leaves:
        head = hashlib.sha256(b"\1" + bytes.fromhex(head) + bytes.fromhex(leaf)).hexdigest()
    return head


def test_the_leaves_from_the_beginning_lead_to_the_head(town: County, as_):
    town.finding(state="cleared")

    answer = as_("lin").get("/api/leaves?from=0").json

    assert answer["to"] == answer["head"][0] == len(answer["leaves"])
    assert head_of(answer["leaves"]) == answer["head"][1]


def test_from_the_head_a_phone_kept_they_lead_to_the_next(town: County, as_):
    lin = as_("lin")
    seq, head = lin.pull()["head"]
    town.finding(state="accepted")

    answer = lin.get(f"/api/leaves?from={seq}").json

    assert answer["from"] == seq
    assert 0 < len(answer["leaves"]) == answer["to"] - seq
    assert head_of(answer["leaves"], head) == answer["head"][1]


def test_a_receipt_lies_on_the_way(town: County, as_):
    lin = as_("lin")
    [receipt] = lin.push(lin.command("finding.report", uuid4(), {"zone": str(named("zone3")), "photos": []}))
    town.finding()

    leaves = lin.get("/api/leaves?from=0").json["leaves"]

    assert head_of(leaves[: receipt["seq"]]) == receipt["head"]


def test_from_the_newest_on_there_are_none(town: County, as_):
    lin = as_("lin")
    seq, head = lin.pull()["head"]

    answer = lin.get(f"/api/leaves?from={seq}").json

    assert (answer["leaves"], answer["to"], answer["head"]) == ([], seq, [seq, head])


def test_a_long_history_comes_in_parts_of_five_thousand(town: County, as_):
    with town.acting("ma") as act:
        for i in range(5200):
            act.record("lid.seen", named("lid"), n=i)
    lin, leaves = as_("lin"), []

    sizes = []
    while True:
        part = lin.get(f"/api/leaves?from={len(leaves)}").json
        leaves += part["leaves"]
        sizes.append(len(part["leaves"]))
        if part["to"] == part["head"][0]:
            break

    assert sizes[0] == 5000
    assert head_of(leaves) == part["head"][1]


def test_a_position_that_is_none_is_refused(town: County, as_):
    lin = as_("lin")

    assert [lin.get(f"/api/leaves?from={start}").status_code for start in ("-1", str(2**63), "9" * 400)] == [400] * 3
    assert as_(None).get("/api/leaves?from=0").status_code == 401
    assert lin.get(f"/api/leaves?from={10**9}").json["leaves"] == []
