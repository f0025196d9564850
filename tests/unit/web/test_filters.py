"""web.filters: the same wish always has the same address, and whatever is not known is left out."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from fieldbook.findings import Filters, State
from fieldbook.web import filters
from tests.county import named

ZONE = named("zone6")


def asked(app: Flask, query: list[tuple[str, str]]) -> filters.FindingsAsked:
    with app.test_request_context():
        return filters.asked_findings(MultiDict(query))


def test_an_address_is_read_and_written_again(app: Flask):
    query = [("view", "overdue"), ("state", "assigned"), ("zone", str(ZONE)), ("asks", "no"), ("q", "井盖"), ("sort", "number"), ("page", "3")]

    told = asked(app, query)

    assert told.filters == Filters(view="overdue", states=(State.ASSIGNED,), zones=(ZONE,), asks=False, text="井盖")
    assert told.pairs() == query


@pytest.mark.parametrize(
    "query",
    [
        [("view", "nothing"), ("state", "x"), ("zone", "1"), ("unit", "'"), ("sort", "password"), ("page", "-4"), ("place", "?"), ("asks", "perhaps")],
        [("view", "open"), ("sort", "due"), ("page", "1"), ("q", "  "), ("kind", "")],
    ],
)
def test_what_is_not_known_or_usual_is_left_out(app: Flask, query: list[tuple[str, str]]):
    told = asked(app, query)

    assert told.filters == Filters()
    assert told.at() == "/findings"


def test_another_view_begins_at_its_first_page_and_keeps_what_is_ticked(app: Flask):
    told = asked(app, [("zone", str(ZONE)), ("page", "4"), ("sel", "20250612-0001.20250612-0002")])

    assert told.asking(view="cleared", zone=()).pairs() == [("view", "cleared"), ("sel", "20250612-0001.20250612-0002")]


def test_a_chip_leads_to_the_list_without_its_condition(app: Flask):
    told = asked(app, [("state", "assigned"), ("state", "accepted"), ("page", "2")])

    assert told.chip("状态", "待签收", "state", "assigned")["off"] == "/findings?state=accepted"
    assert told.chip("状态", "两种", "state")["off"] == "/findings"


def test_pages_say_what_they_hold(app: Flask):
    told = asked(app, [("page", "2")]).paging(shown=50, total=120, size=50)

    assert (told["first"], told["last"], told["previous"], told["next"]) == (51, 100, "/findings", "/findings?page=3")


def test_what_is_ticked_is_read_once_each_and_only_numbers(app: Flask):
    told = filters.selected(MultiDict([("sel", "20250612-0002.x.20250612-0001"), ("sel", "20250612-0002"), ("sel", "'; --")]))

    assert told == ("CW-20250612-0002", "CW-20250612-0001")
    assert filters.packed(told) == "20250612-0002.20250612-0001"


def test_there_is_an_end_to_what_can_be_ticked(app: Flask):
    many = ".".join(f"20250612-{number:04}" for number in range(900))

    assert len(filters.selected(MultiDict([("sel", many)]))) == filters.MOST_SELECTED
