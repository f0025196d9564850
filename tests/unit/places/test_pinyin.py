"""Names found by the first letters of their pinyin."""

import json

import pytest

from fieldbook import places
from tests.servers import ROOT


@pytest.mark.parametrize(("name", "found_by"), [("城南农贸市场", "cnnmsc"), ("人民路中段", "rmlzd"), ("农业银行 3 号店", "nyyh3hd"), ("A座（东门）", "azdm"), ("", "")])
def test_initials_are_the_first_letters(name: str, found_by: str):
    assert places.initials(name) == found_by


def test_the_demo_county_is_found_by_nearly_all_its_initials():
    told = json.loads((ROOT / "data" / "demo" / "county.json").read_text("utf-8"))["places"]

    other = [place["name"] for place in told if places.initials(place["name"]) != place["initials"]]

    assert len(other) < len(told) / 100
