"""A NUL, which no person types and PostgreSQL does not keep, is a wrong request and never a fault."""

import pytest

from tests.county import County


@pytest.mark.parametrize("path", ["/findings?criterion=%00", "/findings?kind=%00", "/findings?text=%00", "/findings?page=%00", "/api/pull?cursor=%00", "/api/leaves?from=%00", "/review/%00"])
def test_in_an_address(town: County, as_, path: str):
    answer = as_("wu").get(path)

    assert answer.status_code in ((200, 400) if path.startswith("/api/") else (400, 404))


def test_in_a_form(town: County, as_):
    answer = as_(None).client.post("/preferences", data={"language": "en", "back": "/\0"})

    assert answer.status_code == 400
