"""What an office exports, it can hand in again: nothing changes, and above all no masked number is written."""

import pytest

from fieldbook import places, workbooks
from fieldbook.kernel import db
from fieldbook.workbooks import Asked, Verdict
from tests.county import named

PLACES = places.SUBJECTS["places"]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_register_exported_and_imported_again_changes_nothing(app, as_, kind):
    with app.app_context():
        town = app.extensions["small county"]
        for phone, place in (("13800001234", "城南农贸市场"), ("0550-123", "东门街"), ("0550-1234567", "南门桥头")):
            with town.acting("ma") as act:
                places.change_place(act, town.standing("ma"), named(place), contact="王某", phone=phone)

    data = as_("ma").get(f"/places/export.{kind}").data

    with app.app_context():
        table = workbooks.choose(workbooks.read(data), PLACES.columns, sheet=None, mapping=None)
        plan = PLACES.plan(db.session(), table, Asked(), app.extensions["small county"].at)
        assert [(line.name, line.verdict, line.changes, line.reasons) for line in plan.lines if line.verdict != Verdict.UNCHANGED] == []
        assert len(plan.lines) == 4
