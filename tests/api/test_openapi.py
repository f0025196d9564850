"""The API describes itself, wholly, and whatever is sent to it by anybody is answered without breaking."""

import contextlib
import json

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from fieldbook.web.openapi import ROUTES, document, routes
from tests.county import CAST

#: how many requests each person makes of each route
EXAMPLES = 8


def test_every_route_of_the_api_is_described_and_nothing_else(app):
    assert {(method, rule.rule) for rule, method in routes(app)} == set(ROUTES)


def test_the_document_is_whole(app):
    told = document(app)

    text = json.dumps(told)
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(told["components"]["schemas"])
    assert all(one["summary"] for path in told["paths"].values() for one in path.values())


def test_the_document_is_read_by_whoever_is_logged_in(as_):
    assert as_("lin").get("/api/openapi.json").json["openapi"] == "3.1.0"


@pytest.mark.parametrize(
    ("who", "mode"),
    [(who, GenerationMode.POSITIVE) for who in (None, *CAST)] + [(who, GenerationMode.NEGATIVE) for who in (None, "lin", "ma")],
    ids=lambda value: value if isinstance(value, str) else "nobody" if value is None else "rightly" if value is GenerationMode.POSITIVE else "wrongly",
)
def test_no_request_breaks_the_server_whoever_sends_it(app, as_, who, mode):
    browser = as_(who)
    schema = schemathesis.openapi.from_dict(document(app))
    operations = [result.ok() for result in schema.get_all_operations()]

    for operation in operations:
        if operation.path in ("/api/logout", "/api/login"):
            continue  # a login session that ends would make all that follows the same 401

        @given(case=operation.as_strategy(mode))
        @settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
        def ask(case):
            answer = send(browser, case)
            assert answer.status_code < 500, (case.method, case.formatted_path, answer.get_data(as_text=True)[:300])
            assert answer.status_code in (int(status) for status in operation.definition.raw["responses"]), answer.status_code

        with contextlib.suppress(Unsatisfiable):  # a route without parts has no wrong ones
            ask()


def send(browser, case):
    """The case's request, as it comes: whatever its parts are."""
    body = {}
    if not isinstance(case.body, NotSet):
        body = {"data": case.body, "content_type": case.media_type} if isinstance(case.body, bytes | str) else {"json": case.body}
    return browser.client.open(case.formatted_path, method=case.method, query_string=case.query, **body)
