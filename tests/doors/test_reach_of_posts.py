"""A post in one district changes nothing that holds for the whole county."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from fieldbook import accounts, standards
from fieldbook.accounts import Duty
from fieldbook.journal import EntryRow
from fieldbook.kernel import county
from tests.county import County, named


def entries(town: County) -> int:
    town.session.rollback()
    return town.session.scalar(select(func.count()).select_from(EntryRow)) or 0


@pytest.mark.parametrize(
    ("duty", "path", "form"),
    [
        (Duty.HEADQUARTERS, "/settings/thresholds", {"recurs_days": "45", "far_m": "300"}),
        (Duty.HEADQUARTERS, "/settings/routing", {"way": "lead"}),
        (Duty.HEADQUARTERS, "/settings/reasons", {"return_zh": "水未退", "return_en": ""}),
        (Duty.HEADQUARTERS, "/settings/calendar/day", {"day": "2025-06-16", "works": "no"}),
        (Duty.HEADQUARTERS, "/settings/bounds", {"corner_a": "", "corner_b": ""}),
        (Duty.HEADQUARTERS, "/settings/hours", {"begins": "08:30", "ends": "17:30"}),
        (Duty.HEADQUARTERS, "/settings/calendar/2024", {}),
        (Duty.ADMINISTRATOR, "/settings/names", {"name": "别的县"}),
        (Duty.ADMINISTRATOR, "/settings/backup", {}),
        (Duty.ADMINISTRATOR, "/setup/over", {}),
        (Duty.HEADQUARTERS, "/manual/draft/begin", {}),
        (Duty.HEADQUARTERS, "/units", {"name": "新单位"}),
    ],
)
def test_who_heads_or_administers_one_district_settles_nothing_for_the_county(town: County, as_: Any, duty: Duty, path: str, form: dict[str, str]):
    with town.acting("ma") as act:
        accounts.make_post(act, named("eve"), duty, area_id=named("east"))
    eve = as_("eve")
    token = re.search(r'name="csrf_token" value="([^"]+)"', eve.get("/manual").get_data(as_text=True))
    assert token
    before = entries(town)

    answer = eve._ask(eve.client.post, path, data={"csrf_token": token.group(1), **form})

    assert answer.status_code == 403
    assert entries(town) == before
    assert county(town.session).recurs_days == 30
    assert standards.open_draft(town.session) is None


def test_who_heads_one_district_is_offered_no_change_of_the_settings(town: County, as_: Any):
    with town.acting("ma") as act:
        accounts.make_post(act, named("eve"), Duty.HEADQUARTERS, area_id=named("east"))

    page = as_("eve").get("/settings?edit=thresholds")

    assert page.status_code == 200
    assert 'name="recurs_days"' not in page.get_data(as_text=True)
