"""问题: one finding, with its photos, facts, row of working days and course, and what the person may do about it."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from fieldbook import accounts, evidence, findings, places
from fieldbook.findings import Filters, Finding, State
from fieldbook.kernel import db, from_ms

from .. import drawing, filters, formats, words
from ..doors import LOGIN, needs, now, standing, who
from ..filters import FindingsAsked
from ..frame import PLACES
from ..shown import Shown, offered
from ..words import _

bp = Blueprint("findings", __name__)

#: neighbours are looked for among this many of the list a finding was opened from
NEIGHBOURS = 500


@bp.get("/findings/<uuid:finding_id>")
@needs(LOGIN)
def show(finding_id: UUID) -> ResponseReturnValue:
    """One finding: photos, facts, the row of working days, its course, and the verbs that are this person's."""
    return page(finding_id)


@bp.get("/findings/by-number/<number>")
@needs(LOGIN)
def by_number(number: str) -> ResponseReturnValue:
    """The finding with this number, as it is written on paper."""
    found, _total = findings.listing(db.session(), standing(), Filters(view="all", text=number[:20]), now=now())
    for finding in found:
        if finding.number == number.upper():
            return redirect(url_for(".show", finding_id=finding.id))
    raise NotFound


def page(finding_id: UUID, *, said: str = "", typed: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    session, at = db.session(), now()
    shown = Shown(session, standing(), at)
    finding = findings.one(session, standing(), finding_id)
    [card] = findings.cards(session, standing(), [finding], now=at, language=words.language())
    facts = shown.facts(finding, card)
    before, under_way, after = (shown.photos(finding, card, role) for role in ("before", "under_way", "after"))
    may = list(card["may"])
    primary = _asked_for(may, finding, card)
    asked = filters.asked_findings(request.args)
    before_it, after_it = _neighbours(finding, asked)
    course = shown.course(card)
    page = render_template(
        "findings/one.html",
        here="findings",
        f=facts | {"whose": _whose(finding, facts), "place_href": _place_href(finding)},
        before=before[0] if before else None,
        during=_newest(under_way),
        after=_newest(after),
        more_photos=_the_rest(before, before[0] if before else None, _("整改前"))
        + _the_rest(under_way, _newest(under_way), _("整改中"))
        + _the_rest(after, _newest(after), _("整改后")),
        missing=[photo for photo in (*before, *under_way, *after) if photo["state"] in ("waiting", "damaged")] if "give_up" in may else [],
        again=_earlier(shown, finding),
        axis=axis(finding, shown, card),
        now=at,
        today=at,
        asked=asked_words(finding, course),
        whynot=_why_not(finding),
        may=may,
        primary=primary,
        others=[verb for verb in may if verb not in (primary, "accept", "give_up") and not (primary == "extend" and verb == "refuse_extension")]
        + (["extend"] if primary == "extend" else []),
        near=[],
        links=_links(finding.id, asked) | {"previous": before_it, "next": after_it},
        units=[{"id": unit.id, "word": formats.in_language(unit), "chosen": unit.id == finding.unit_id} for unit in accounts.units(session)] if "assign" in may else [],
        typed=typed,
        said=said,
        done="",
        reasons=offered(findings.return_reasons(db.session())),
        dismiss_reasons=offered(findings.dismiss_reasons(db.session())),
        course=course,
        as_text=_as_text(facts),
    )
    return page, status


def _asked_for(may: list[str], finding: Finding, card: dict[str, Any]) -> str | None:
    """The verb that answers what is asked just now; the others stand small beside it."""
    if card["extension"] and "extend" in may:
        return "extend"
    answers = next((verb for verb in ("clear", "rectify", "assign", "screen", "resume") if verb in may), None)
    if answers == "assign" and finding.unit_id is not None:
        answers = None  # handing it to somebody else is possible, but nothing asks for it
    return "undo" if answers is None and may[:1] == ["undo"] else answers


def _links(finding_id: UUID, asked: FindingsAsked) -> dict[str, str]:
    query = asked.query()
    tail = f"?{query}" if query else ""
    return {verb: url_for(".show", finding_id=finding_id) + f"/{verb}{tail}" for verb in findings.OFFERED}


def _neighbours(finding: Finding, asked: FindingsAsked) -> tuple[str | None, str | None]:
    """The findings before and after this one in the list it was opened from."""
    ids = findings.ids_in(db.session(), standing(), asked.filters, now=now(), sort=asked.sort, limit=NEIGHBOURS)
    if finding.id not in ids:
        return None, None
    at, query = ids.index(finding.id), asked.query()

    def to(n: int) -> str | None:
        return url_for(".show", finding_id=ids[n]) + (f"?{query}" if query else "") if 0 <= n < len(ids) else None

    return to(at - 1), to(at + 1)


def _newest(photos: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first photo of the round handed in last."""
    newest = max((photo["named_at"] for photo in photos if photo["named_at"]), default=None)
    return next((photo for photo in photos if photo["named_at"] == newest), None)


def _the_rest(photos: list[dict[str, Any]], first: dict[str, Any] | None, word: str) -> list[dict[str, Any]]:
    return [photo | {"word": word} for photo in photos if photo is not first and photo["large"]]


def _earlier(shown: Shown, finding: Finding) -> dict[str, Any] | None:
    """The finding that this one repeats, with its pair of photos and its stamp."""
    if finding.nth < 2:
        return None
    found = findings.by_id(shown.session, [finding.recurrence_of]).get(finding.recurrence_of) if finding.recurrence_of else None
    if found is None or not findings.sees(shown.standing, found):
        return {"before": None, "after": None, "number": "", "href": "", "found_at": None, "cleared_at": None, "days": 0, "cleared_by": ""}
    [card] = findings.cards(shown.session, shown.standing, [found], now=shown.now, language=shown.language, course=False)
    row = shown.rows([found])[0]
    days = (finding.found_at - found.cleared_at).days if found.cleared_at else 0
    return {
        "before": row["before"],
        "after": row["after"],
        "number": found.number,
        "href": row["href"],
        "found_at": found.found_at,
        "cleared_at": found.cleared_at,
        "days": max(days, 0),
        "cleared_by": card["cleared_by_name"],
    }


def axis(finding: Finding, shown: Shown, card: dict[str, Any]) -> drawing.WorkAxis | None:
    """The row of working days while the unit's clock runs."""
    if finding.state not in findings.RUNNING or finding.assigned_at is None or finding.due_at is None:
        return None
    zone = shown.calendar.zone
    start = finding.assigned_at if finding.state != State.RETURNED else finding.verdict_at or finding.assigned_at
    asked_at = from_ms(card["extension"]["due_at"]) if card["extension"] else None
    end = max(finding.due_at, shown.now, asked_at or shown.now)
    start = max(start, end - timedelta(days=60))
    days: dict[date, tuple[datetime, datetime]] = {}
    for begins, ends in shown.calendar.spans(start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)):
        if begins > end:
            break
        first = days.get(begins.date(), (begins, ends))[0]
        days[begins.date()] = (first, ends)
    return drawing.work_axis(list(days.values()), now=shown.now, due_at=finding.due_at, asked_at=asked_at)


def asked_words(finding: Finding, course: list[dict[str, Any]]) -> str:
    """What the last person asked for, when it is still to be done."""
    if finding.state == State.RETURNED:
        step = next((step for step in course if step["verb"] == "return"), None)
        if step:
            said = _("：").join(part for part in (step["reason"], step["words"]) if part)
            return _("%(who)s 退回：%(words)s", who=step["who"], words=said)
    step = next((step for step in course if step["verb"] in ("assigned", "reopened", "supervised")), None)
    if finding.state == State.DEFERRED:
        step = next((step for step in course if step["verb"] == "deferred"), None)
        return _("%(who)s 挂账：%(words)s", who=step["who"], words=step["words"]) if step else ""
    if finding.state in (State.ASSIGNED, State.ACCEPTED) and step and step["words"]:
        return _("%(who)s %(verb)s：%(words)s", who=step["who"], verb=step["word"], words=step["words"])
    return ""


def _why_not(finding: Finding) -> str:
    """Why somebody with the duty for it cannot decide what lies before them."""
    reviews, dispatches = (
        any(standing().may(duty, zone=finding.zone_id) for duty in duties)
        for duties in (findings.REVIEWS, findings.DISPATCHES)
    )
    if findings.answers_for(standing(), finding):
        if finding.state == State.RECTIFIED and reviews:
            return words.sentence(findings.OwnWork.sentence, {})
        return words.sentence(findings.OwnFinding.sentence, {}) if dispatches and finding.state in findings.OPEN else ""
    if (
        finding.state == State.RECTIFIED
        and reviews
        and not evidence.all_checked(db.session(), finding.id, evidence.Role.AFTER)
    ):
        return words.sentence(findings.PhotosOnTheWay.sentence, {})
    return ""


def _place_href(finding: Finding) -> str:
    """Where the place is shown, for those whose desk shows places and who see this one."""
    place = places.places_by_id(db.session(), [finding.place_id]).get(finding.place_id) if finding.place_id else None
    seen = place is not None and who().has(*PLACES) and standing().sees(place.zone_id, place.unit_id)
    return url_for("places.show", place_id=finding.place_id) if seen else ""


def _whose(finding: Finding, facts: dict[str, Any]) -> str:
    """Whose turn it is, when it is not this person's."""
    if finding.state in findings.RUNNING:
        return _("由%(unit)s办理。", unit=facts["unit_word"])
    if finding.state == State.RECTIFIED:
        return _("由别的单位的复核员办理。")
    return _("由片区调度或创城办办理。")


def _as_text(facts: dict[str, Any]) -> str:
    """The finding in a few lines, for a message."""
    lines = [
        _("【%(number)s】%(title)s", number=facts["number"], title=facts["title"]),
        _("点位：%(place)s（%(zone)s）", place=facts["place_name"], zone=facts["zone_word"]),
    ]
    if facts["unit_word"]:
        lines.append(_("责任单位：%(unit)s", unit=facts["unit_word"]))
    if facts["due_at"] and not facts["closed"]:
        lines.append(_("期限：%(moment)s", moment=formats.long_moment(facts["due_at"])))
    return "\n".join(lines)


