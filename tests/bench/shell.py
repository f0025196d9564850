"""The weight of the phone's app: what travels before it can be used, and what a round of work weighs."""

import gzip
import json
import tempfile
from pathlib import Path

from tests import county as small
from tests.bench.figure import Figure
from tests.conftest import Browser, make_app

KB = 1024


def run() -> list[Figure]:
    """Bytes on the wire, compressed as they are sent."""
    with tempfile.TemporaryDirectory(prefix="fieldbook-bench-") as folder:
        place = Path(folder)
        app = make_app(place, f"sqlite:///{place / 'fieldbook.sqlite'}")
        town = small.County(app)
        app.extensions["fieldbook"] = type(app.extensions["fieldbook"])(**{**vars(app.extensions["fieldbook"]), "clock": lambda: town.at})
        small.build(app)
        client = app.test_client()
        worker = client.get("/app/sw.js").get_data(as_text=True)
        files = [address for address, _ in json.loads(worker.split("const FILES = ", 1)[1].split(";\n", 1)[0])]
        weight = {address: len(client.get(address, headers={"Accept-Encoding": "gzip"}).data) for address in files}
        first = {address for address in weight if address in ("/app/", "/app/js/parcel/start.js") or "/vendor/" in address or address.endswith(".css")}
        js = sum(size for address, size in weight.items() if address.endswith((".js", ".mjs")))
        first_js = sum(size for address, size in weight.items() if address in first and address.endswith((".js", ".mjs")))
        icons = sum(size for address, size in weight.items() if "/icons/" in address)
        lin = Browser(app, "lin")
        manual = len(gzip.compress(lin.get("/api/manual/1").data))
        filled = lin.get(f"/api/pull?device={lin.device}")
        nothing = lin.get(f"/api/pull?device={lin.device}&cursor={filled.json['cursor']}")
        headers = sum(len(name) + len(value) + 4 for name, value in nothing.headers)
    return [
        Figure("shell.before_usable", sum(weight[address] for address in first) / KB, "KB gz", 120),
        Figure("shell.before_usable.javascript", first_js / KB, "KB gz", 90),
        Figure("shell.kept_for_offline", (sum(weight.values()) - icons) / KB, "KB gz"),
        Figure("shell.kept_for_offline.javascript", js / KB, "KB gz"),
        Figure("shell.icons", icons / KB, "KB"),
        Figure("shell.manual", manual / KB, "KB gz"),
        Figure("shell.sync_nothing_new.body", len(nothing.data), "B", 200),
        Figure("shell.sync_nothing_new.headers", headers, "B", 1024),
    ]
