"""What the office reads: a full list of 50, one visit with its photos, everything as CSV; processor milliseconds in one process."""

import hashlib
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from fieldbook import accounts, journal
from fieldbook.evidence import Naming, Photo
from fieldbook.findings import Finding, State
from fieldbook.kernel import bulk_insert, db, derived_id, writing
from fieldbook.places import Place
from tests import county as small
from tests.bench import growth
from tests.bench.figure import Figure
from tests.bench.rows import row_of
from tests.bench.visit import _visit
from tests.conftest import Browser, make_app

FINDINGS, MANY = 400, 100_000
ROUNDS = 20


def run() -> list[Figure]:
    """The first 50 of 60 open findings at 400 and at 100,000 findings, one visit with three photos, and all 400 findings as CSV."""
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
        with app.app_context():
            _with_their_course(town)
        figures = []
        for size in (FINDINGS, MANY):
            with app.app_context():
                growth.grow(town, (size - FINDINGS) * growth.ENTRIES_A_FINDING)
                db.session.remove()
            figures.append(Figure(f"reading.list.{size}", _ms(wu, "/findings"), "ms", 10))
            if size == FINDINGS:
                figures.append(Figure("reading.visit", _ms(wu, f"/visits/{command['subject']}"), "ms", 10))
                figures.append(Figure("reading.csv.400", _ms(wu, "/findings/export.csv?view=all"), "ms", 30))
    return figures


def _with_their_course(town: small.County) -> None:
    """400 findings at places, each with photos before and what was said of it; 60 are open, the others were put right and cleared."""
    session, day = db.session(), timedelta(days=1)
    seq, head = journal.head(session)
    units = sorted(accounts.unit_names(session, [small.named("roads"), small.named("market")]))
    place = session.get(Place, small.named("人民路中段"))
    assert place is not None
    found, named, arrived, entries, said = [], [], [], [], []
    for n in range(FINDINGS):
        at, open_ = town.at - day * (1 + n % 40), n % 7 == 0 or n > FINDINGS - 3
        subject = derived_id("bench reading", n)
        state = (State.ASSIGNED, State.ACCEPTED, State.RECTIFIED, State.RETURNED)[n % 4] if open_ else State.CLEARED
        done = None if state in (State.ASSIGNED, State.ACCEPTED) else at + day
        found.append(
            row_of(
                Finding, id=subject, number=f"CW-20250101-{n:05}", place_id=place.id, zone_id=place.zone_id, kind="25", criterion="25.07", manual=1, words="地面有积水，下水口堵塞",
                source="patrol", reporter_id=small.named("lin"), found_at=at, received_at=at, state=state, unit_id=units[n % len(units)], assigned_at=at, due_at=at + 3 * day,
                rectified_at=done, rectifier_id=small.named("zhao") if done else None, cleared_at=None if open_ else at + 2 * day, verdict_by=small.named("wu") if done else None,
            )
        )  # fmt: skip
        for number, role in enumerate(["before", "before"] + (["after"] if done else [])):
            sha256 = hashlib.sha256(f"{n} {number}".encode()).hexdigest()
            named.append(row_of(Naming, id=derived_id("bench naming", sha256), sha256=sha256, subject=subject, finding_id=subject, role=role, place=number, taken_at=at, claimed_at=at, source="camera", width=1600, height=1200, bytes=300_000, named_at=at))
            arrived.append(row_of(Photo, sha256=sha256, bytes=300_000, media_type="image/jpeg", width=1600, height=1200, stored_at=at, checked_at=at, verdict="checked", entry_id=subject))
        for verb, who in (("reported", "lin"), ("assigned", "chen"), ("accepted", "zhao"), *([("rectified", "zhao"), ("cleared", "wu")] if done else [])):
            seq += 1
            text = journal.canonical({"facts": {"photos": []}})
            leaf = journal.leaf_of(text)
            head = journal.head_after(head, leaf)
            entry = derived_id("bench entry", seq)
            entries.append({"seq": seq, "id": entry, "verb": f"finding.{verb}", "subject": subject, "actor": small.named(who), "device": None, "command": None, "at": at, "claimed_at": None, "text": text, "leaf": leaf, "head": head})
            said.append({"id": derived_id("bench said", seq), "entry_id": entry, "name": "words", "salt": "0" * 32, "text": "井盖已换，路面已清", "erased_rule": None})
    with writing(session):
        session.execute(Photo.__table__.update().values(checked_at=town.at, verdict="checked"))  # type: ignore[attr-defined]
        for model, rows in ((Finding, found), (Naming, named), (Photo, arrived), (journal.EntryRow, entries), (journal.Said, said)):
            bulk_insert(session, model, rows)
        session.execute(journal.JournalHead.__table__.update().values(seq=seq, head=head))  # type: ignore[attr-defined]
    db.session.remove()


def _ms(browser: Browser, address: str) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        answer = browser.get(address)
        answer.get_data()
        times.append(1000 * (time.process_time() - began))
        assert answer.status_code == 200, address
        assert answer.get_data().count(b"/photos/") >= 3 or b"\r\n" in answer.get_data()
    return sorted(times)[ROUNDS // 2]
