"""What the desk's browser tests share: a browser, and the office behind a real address."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from fieldbook.kernel import db
from tests import county as small
from tests.browser.desks import Office
from tests.conftest import make_app


@pytest.fixture
def office(fresh_database: str, tmp_path: Path, chromium: Browser) -> Iterator[Office]:
    clock: list[small.County] = []
    app = make_app(tmp_path / "instance", fresh_database, lambda: clock[0].at)
    clock.append(small.County(app))
    with app.app_context():
        made = Office(app, clock[0], chromium)
        yield made
        made.close()
        clock[0].check_out()
        db.session.remove()
        db.engine.dispose()
    assert made.faults == []
