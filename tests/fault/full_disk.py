"""A county on a disk of its own that is really full; run by test_disk_full in a namespace where that disk is mounted.

`python -m tests.fault.full_disk FOLDER` prints what was answered: one word a step.
"""

import hashlib
import sys
from pathlib import Path
from uuid import uuid4

import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import select

from fieldbook import findings, journal
from fieldbook.kernel import database, db
from fieldbook.ops.init import open_app
from tests.conftest import Browser, make_county
from tests.county import named, picture


def main(folder: Path) -> None:
    database.RESERVE_BYTES = 0  # so that the disk itself is what refuses
    make_county(folder)
    app = open_app(folder)
    app.testing = True
    store = app.extensions["fieldbook"].store
    store.reserve_bytes = 0
    lin, photo = Browser(app, "lin"), picture(1)
    acked: list[str] = []

    def report(name: str) -> str:
        subject, told = uuid4(), {"sha256": hashlib.sha256(photo).hexdigest(), "bytes": len(photo), "width": 640, "height": 480, "taken_at": 0, "source": "camera"}
        command = lin.command("finding.report", subject, {"zone": str(named("zone6")), "photos": [told], "words": name * 400})
        answer = lin.push(command)[0]["answer"]
        if answer in ("ok", "duplicate"):
            acked.append(str(subject))
        else:
            lin.n -= 1  # the phone sends the same one again
        return str(answer)

    print("with room", report("a"))
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    refused = [report("b") for _ in range(3)]
    print("full", *sorted(set(refused)))
    print("photo", lin.put_photo(photo).status_code)
    filler.unlink()
    print("freed", report("c"), lin.put_photo(photo).status_code)
    with app.app_context():
        there = {str(id) for id in db.session.scalars(select(findings.Finding.id))}
        print("lost", len(set(acked) - there), "chain", len(journal.verify(db.session())))
        db.session.remove()
        db.engine.dispose()
    with sqlite.connect(folder / "fieldbook.sqlite") as raw:
        print("integrity", raw.execute("PRAGMA integrity_check").fetchone()[0])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
