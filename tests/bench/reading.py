"""What the office reads: the list of 50, one visit with its photos, everything as CSV; processor milliseconds in one process."""

import hashlib
import tempfile
import time
from pathlib import Path

from fieldbook.kernel import db
from tests import county as small
from tests.bench import growth
from tests.bench.figure import Figure
from tests.bench.visit import _visit
from tests.conftest import Browser, make_app

FINDINGS, MANY = 400, 100_000
ROUNDS = 20


def run() -> list[Figure]:
    """A list of 50 at 400 and at 100,000 findings, one visit with three photos, and all 400 findings as CSV."""
    with tempfile.TemporaryDirectory(prefix="fieldbook-bench-") as folder:
        place = Path(folder)
        app = make_app(place, f"sqlite:///{place / 'fieldbook.sqlite'}")
        town = small.County(app)
        app.extensions["fieldbook"] = type(app.extensions["fieldbook"])(**{**vars(app.extensions["fieldbook"]), "clock": lambda: town.at})
        small.build(app)
        lin, wu = Browser(app, "lin"), Browser(app, "wu")
        pictures = [small.picture(seed) for seed in range(3)]
        command, photos = _visit([(data, hashlib.sha256(data).hexdigest()) for data in pictures], "reading")
        lin.push(command)
        for data, sha256 in photos:
            assert lin.put_photo(data, sha256).status_code == 200
        figures = []
        for size in (FINDINGS, MANY):
            with app.app_context():
                growth.grow(town, size * growth.ENTRIES_A_FINDING)
                db.session.remove()
            figures.append(Figure(f"reading.list.{size}", _ms(wu, "/findings"), "ms", 10))
            if size == FINDINGS:
                figures.append(Figure("reading.visit", _ms(wu, f"/visits/{command['subject']}"), "ms", 10))
                figures.append(Figure("reading.csv.400", _ms(wu, "/findings/export.csv?view=all"), "ms", 30))
    return figures


def _ms(browser: Browser, address: str) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        answer = browser.get(address)
        answer.get_data()
        times.append(1000 * (time.process_time() - began))
        assert answer.status_code == 200, address
    return sorted(times)[ROUNDS // 2]
