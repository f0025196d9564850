"""A push, a pull and a page cost what changed or what is shown, not what exists: the same from 1,000 to 1,000,000 entries."""

import tempfile
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from fieldbook import findings, journal
from fieldbook.kernel import bulk_insert, db, derived_id, new_id, writing
from tests import county as small
from tests.bench.figure import Figure
from tests.bench.rows import row_of
from tests.conftest import Browser, make_app

SIZES = (1_000, 100_000, 1_000_000)
ROUNDS = 25
ENTRIES_A_FINDING = 10


def run() -> list[Figure]:
    """Milliseconds of processor time each, and the ratio of the largest size to the smallest."""
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="fieldbook-bench-") as folder:
        place = Path(folder)
        app = make_app(place, f"sqlite:///{place / 'fieldbook.sqlite'}")
        town = small.County(app)
        app.extensions["fieldbook"] = type(app.extensions["fieldbook"])(**{**vars(app.extensions["fieldbook"]), "clock": lambda: town.at})
        small.build(app)
        for size in SIZES:
            with app.app_context():
                grow(town, size)
            for name, value in _measure(app, town).items():
                found.setdefault(name, []).append(value)
    figures = []
    for name, values in found.items():
        figures += [Figure(f"growth.{name}.{size}", value, "ms") for size, value in zip(SIZES, values, strict=True)]
        figures.append(Figure(f"growth.{name}.ratio", values[-1] / values[0], "x", 1.5))
    return figures


def _measure(app: object, town: small.County) -> dict[str, float]:
    lin, wu = Browser(app, "lin"), Browser(app, "wu")  # type: ignore[arg-type]
    lin.n = time.monotonic_ns()
    cursor = lin.pull()["cursor"]
    times: dict[str, list[float]] = {"push": [], "pull": [], "list": []}
    for _ in range(ROUNDS):
        photo = town.photo()
        told = {"sha256": photo.sha256, "bytes": photo.bytes, "width": 640, "height": 480, "taken_at": photo.taken_at, "source": "camera"}
        body = {"place": str(small.named("人民路中段")), "reasons": [], "words": "growth", "photos": [told]}
        command = lin.command("finding.report", new_id(), body)
        command["id"] = str(new_id())
        times["push"].append(_ms(lambda: lin.push(command)))
        answer: dict[str, object] = {}
        times["pull"].append(_ms(lambda: answer.update(lin.pull(cursor))))
        cursor = str(answer["cursor"])
        times["list"].append(_ms(lambda: wu.get("/findings")))
    return {name: sorted(values)[len(values) // 2] for name, values in times.items()}


def _ms(do: object) -> float:
    began = time.process_time()
    do()  # type: ignore[operator]
    return 1000 * (time.process_time() - began)


def grow(town: small.County, size: int) -> None:
    """Fill the journal up to `size` entries: a tenth of them are findings long cleared, of another zone and of lin's."""
    session = db.session()
    while True:
        seq, head = journal.head(session)
        if seq >= size:
            return
        entries, reaches, rows = [], [], []
        for _ in range(min(5_000, size - seq)):
            seq += 1
            text = journal.canonical({"facts": {"growth": seq}})
            leaf = journal.leaf_of(text)
            head = journal.head_after(head, leaf)
            subject: UUID = derived_id("growth", seq - seq % ENTRIES_A_FINDING)
            zone = small.named("zone6" if seq % 20 < 10 else "zone3")
            entries.append({"seq": seq, "id": new_id(), "verb": "finding.looked", "subject": subject, "actor": None, "device": None, "command": None, "at": town.at, "claimed_at": None, "text": text, "leaf": leaf, "head": head})
            reaches.append({"key": zone, "seq": seq})
            if seq % ENTRIES_A_FINDING == 0:
                rows.append(_cleared(town, subject, zone, seq))
        with writing(session):
            bulk_insert(session, findings.Finding, rows)
            bulk_insert(session, journal.EntryRow, entries)
            bulk_insert(session, journal.Reach, reaches)
            session.execute(journal.JournalHead.__table__.update().values(seq=seq, head=head))  # type: ignore[attr-defined]


def _cleared(town: small.County, subject: UUID, zone: UUID, seq: int) -> dict[str, object]:
    long_ago = town.at - timedelta(days=50)
    row = row_of(findings.Finding)
    return row | {
        "id": subject, "number": f"GR-{seq}", "zone_id": zone, "reasons": [], "words": "growth", "source": "patrol", "reporter_id": small.named("qian"),
        "found_at": long_ago, "received_at": long_ago, "state": "cleared", "cleared_at": long_ago, "provisional": False, "on_spot": False, "returned": 0, "nth": 1, "version": 3, "disputed_units": [], "extended": 0,
    }  # fmt: skip

