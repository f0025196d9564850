"""A day of the outbox as the street makes it: what the phone kept and what the office has agree one to one at the end."""

from sqlalchemy import delete, select

from fieldbook.accounts.model import LoginSession
from fieldbook.evidence.model import Photo
from fieldbook.findings import Finding
from fieldbook.kernel import db
from tests import county as small
from tests.browser.phones import logged_in, run
from tests.browser.test_phone_sender import MARKET, REPORTING, Line, line

__all__ = ["line"]  # a fixture: the phone, the office and the weather between them

#: nine findings, forty photos
DAY = [5, 4, 5, 4, 5, 4, 5, 4, 4]


def test_of_nine_findings_and_forty_photos_nothing_is_lost_and_nothing_is_doubled(line: Line) -> None:
    page = line.page()
    taken: dict[str, list[str]] = {}
    for number, photos in enumerate(DAY):
        words = f"finding {number}"
        line.weather.cut = number % 2 == 1 or number == 8  # the signal goes, five times
        if number in (2, 6):
            line.server.stop()
        script = (
            "const one = await report(given.words, given.photos); return one.body.photos.map((photo) => photo.sha256);"
        )
        taken[words] = run(page, REPORTING + script, {**MARKET, "words": words, "photos": photos})
        if number in (2, 6):  # the server is started again
            line.server.start()
        if number == 4:  # the login ends; the same person comes back
            with line.app.app_context():
                db.session.execute(delete(LoginSession))
                db.session.commit()
                db.session.remove()
            logged_in(page, "lin", small.PASSWORD)
        if number == 3:
            line.weather.lose = {"/api/push"}
        if number in (1, 5, 8):  # the phone is killed, in the middle of whatever it does
            line.phone.kill()
            page = line.phone.on().tab()
            line.weather.cut = False
            logged_in(
                page, "lin", small.PASSWORD
            )  # the browser writes its cookies late: a kill may cost the login, never the work
            run(page, REPORTING + "return 1", MARKET)  # the modules are here before the server goes
    line.weather.cut = False

    pill = run(page, REPORTING + "await sender.goOn(); await settled(); return shown.pill.value", MARKET)
    numbers = run(page, REPORTING + "return state.entries.value.map((one) => one.n)")

    with line.app.app_context():
        findings = sorted(one.words for one in db.session.scalars(select(Finding)))
        at_office = set(db.session.scalars(select(Photo.sha256)))
        db.session.remove()
    assert pill == {"kind": "sent", "photos": 0, "commands": 0}
    assert findings == sorted(taken)
    assert at_office == {sha for shas in taken.values() for sha in shas}
    assert len(at_office) == 40
    assert numbers == list(range(1, 10))
