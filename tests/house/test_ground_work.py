"""The job runner's errands: what happens after the receipt."""

import hashlib
import uuid

import pytest

from fieldbook.evidence import Decoder, LocalStore
from fieldbook.kernel import db
from fieldbook.ops.work import Errand, copy_if_due, decode_waiting
from tests import county as small


@pytest.fixture
def decoder():
    with Decoder() as one:
        yield one


def test_a_photo_is_shown_only_after_it_was_decoded(app, town, as_, decoder):
    lin, data = as_("lin"), small.picture(1)
    photo = wire_photo(data)
    report = lin.command("finding.report", uuid.uuid4(), {"zone": str(small.named("zone6")), "words": "井盖破损", "reasons": [], "photos": [photo]})
    assert lin.push(report)[0]["answer"] == "ok"
    assert lin.put_photo(data).status_code == 200
    before = status(lin, photo)

    more = decode_waiting(decoder, LocalStore(app.extensions["fieldbook"].settings.photos))

    assert (before, status(lin, photo), more) == (404, 200, False)


def test_an_errand_that_fails_is_left_alone_for_a_while_and_tried_again(app):
    tries = []

    def fail():
        tries.append(1)
        raise OSError("no space left")

    with app.app_context():
        errand = Errand("failing", fail, every=1)
        for now in (0.0, 1.0, 29.0, 31.0):
            assert not errand.look(now)

    assert len(tries) == 2


def test_an_errand_with_more_to_do_goes_on_at_once(app):
    left = [True, True, False]

    with app.app_context():
        errand = Errand("three pieces", lambda: left.pop(0), every=60)
        assert [errand.look(float(now)) for now in range(3)] == [True, True, False]
        assert not errand.look(30.0)

    assert left == []


def test_the_nights_copy_is_made_once(app, tmp_path):
    if db_is_postgresql(app):
        pytest.skip("PostgreSQL is backed up by its own tools")
    with app.app_context():
        copy_if_due()
        copy_if_due()

    assert len(list((tmp_path / "backups").glob("*.sqlite"))) == 1


def db_is_postgresql(app):
    with app.app_context():
        return db.engine.dialect.name != "sqlite"


def status(person, photo):
    with person.get(f"/photos/{photo['sha256']}/small") as answer:
        return answer.status_code


def wire_photo(data):
    taken = small.to_ms(small.NOON)
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "width": 640, "height": 480, "taken_at": taken, "source": "camera"}
