"""交办单: one printed page a finding, or a list a unit, with room to sign and the receipt to be sent back."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import findings
from fieldbook.findings import Finding
from fieldbook.kernel import db

from .. import doors, filters, qr
from ..doors import LOGIN, needs, now, standing
from ..shown import Shown

bp = Blueprint("slips", __name__)


@bp.get("/findings/slips")
@needs(LOGIN)
def print_slips() -> ResponseReturnValue:
    """The slips of the findings in `sel`, each on a page of its own; `by=unit` puts those of a unit on one list."""
    shown = Shown(db.session(), standing(), now())
    ticked = findings.numbered(shown.session, standing(), filters.selected(request.args))
    given = [one for one in ticked if one.unit_id is not None]
    by_unit = request.args.get("by") == "unit"
    cards = findings.cards(shown.session, shown.standing, given, now=shown.now, language=shown.language)
    slips = [_slip(finding, card, shown) for finding, card in zip(given, cards, strict=True)]
    slips.sort(key=lambda slip: (slip["unit_word"], slip["number"]))
    picked = filters.packed([one.number for one in ticked]) or None
    told = {
        "by_unit": by_unit,
        "slips": slips,
        "units": [(word, list(those)) for word, those in groupby(slips, key=lambda slip: slip["unit_word"])],
        "without": [one.number for one in ticked if one.unit_id is None],
        "other": url_for(".print_slips", sel=picked, by=None if by_unit else "unit"),
        "back": url_for("findings.index", sel=picked),
        "origin": doors.origin(),
        "at": shown.now,
    }
    return render_template("findings/slips.html", here="findings", l=told)


def _slip(finding: Finding, card: dict[str, Any], shown: Shown) -> dict[str, Any]:
    course: Sequence[dict[str, Any]] = shown.course(card)
    given = next((step for step in course if step["verb"] in ("assigned", "reopened")), None)
    watched = next((step for step in course if step["verb"] == "supervised"), None)
    before = shown.photos(finding, card, "before")
    origin = doors.origin()
    return shown.facts(finding, card) | {
        "photo": next((photo for photo in before if photo["large"]), None),
        "given_at": finding.assigned_at,
        "given_by": given["who"] if given else "",
        "asks": given["words"] if given else "",
        "watched": watched["words"] if watched and finding.supervised_at else "",
        "qr": qr.draw(origin + url_for("finding.by_number", number=finding.number)) if origin else None,
    }
