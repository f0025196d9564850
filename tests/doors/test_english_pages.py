"""An office that reads English meets its own units, separators and weekdays in English."""

import re

from tests.county import County


def english(person) -> None:
    person.client.set_cookie("fieldbook-language", "en")


def test_the_course_of_a_finding_names_the_unit_in_the_readers_language(town: County, caller):
    finding = town.finding(state="assigned")
    wu = caller("wu")
    english(wu)

    page = wu.ask("GET", f"/findings/{finding.id}").get_data(as_text=True)

    course = re.sub(r"<[^>]+>", "", page.partition('datetime="')[2])
    assert "Assigned" in course
    assert not re.search("市容所|服务中心", course)
    assert "；" not in page


def test_a_calendars_week_begins_with_m_and_ends_with_s(town: County, caller):
    sun = caller("sun")
    english(sun)

    page = sun.ask("GET", "/settings").get_data(as_text=True)

    heads = re.findall(r'<th scope="col" abbr="(\w+)">(\w)</th>', page)[:7]
    assert [letter for _, letter in heads] == list("MTWTFSS")
    assert heads[6][0] == "Sunday"
