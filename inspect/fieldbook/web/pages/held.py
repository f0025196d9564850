"""待认领: work of somebody who lost the post for it, and what revoked phones handed in; a dispatcher takes it in or declines it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import accounts, findings, places, standards, sync
from fieldbook.kernel import Refusal, db
from fieldbook.sync import Held

from .. import words
from ..doors import acting, needs, now, standing
from ..frame import DISPATCHES
from ..shown import Shown, show_photo, step_word
from ..words import _

bp = Blueprint("held", __name__)

#: what a phone asks for -> the step of the course that it would be
STEPS = {
    "report": "reported",
    "screen": "screened",
    "dismiss": "dismissed",
    "merge": "merged",
    "assign": "assigned",
    "take_back": "taken_back",
    "accept": "accepted",
    "dispute": "disputed",
    "rectify": "rectified",
    "clear": "cleared",
    "return": "returned",
    "undo": "undone",
    "reopen": "reopened",
    "void": "voided",
    "ask_extension": "extension_asked",
    "extend": "extended",
    "refuse_extension": "extension_refused",
    "supervise": "supervised",
    "urge": "urged",
    "change_due": "due_changed",
    "unmark": "unmarked",
    "defer": "deferred",
    "resume": "resumed",
    "give_up": "given_up",
}


@bp.get("/held")
@needs(*DISPATCHES)
def index() -> ResponseReturnValue:
    """What waits for a decision, the oldest first."""
    return _page()


@bp.post("/held/<uuid:command_id>/take-in")
@needs(*DISPATCHES)
def take_in(command_id: UUID) -> ResponseReturnValue:
    """It counts, under the name of who did it."""
    try:
        with acting() as act:
            sync.take_in(act, standing(), command_id)
    except sync.DecidedAlready:
        raise
    except Refusal as refusal:
        db.session.rollback()
        return _page(refused=command_id, said=words.sentence(refusal.sentence, refusal.facts), status=409)
    sync.follow(db.session(), command_id, now=now())
    return redirect(url_for(".index"), 303)


@bp.post("/held/<uuid:command_id>/decline")
@needs(*DISPATCHES)
def decline(command_id: UUID) -> ResponseReturnValue:
    """It does not count; its person reads why."""
    try:
        with acting() as act:
            sync.decline(act, standing(), command_id, words=request.form.get("words", "").strip()[:200])
    except sync.ReasonMissing as refusal:
        db.session.rollback()
        return _page(refused=command_id, said=words.sentence(refusal.sentence, refusal.facts), status=422)
    sync.follow(db.session(), command_id, now=now())
    return redirect(url_for(".index"), 303)


def _page(*, refused: UUID | None = None, said: str = "", status: int = 200) -> ResponseReturnValue:
    session = db.session()
    shown = Shown(session, standing(), now())
    held = sync.held(session, standing())
    names = accounts.person_names(session, {one.person for one in held})
    rows = [_row(one, shown, names) | {"said": said if one.id == refused else ""} for one in held]
    return render_template("people/held.html", here="people", rows=rows, said=said if refused else "", back=url_for("people.index")), status


def _row(one: Held, shown: Shown, names: dict[UUID, str]) -> dict[str, Any]:
    body, session = one.body, shown.session
    about = findings.by_id(session, [one.subject]).get(one.subject)
    place_id = UUID(body["place"]) if body.get("place") else about.place_id if about else None
    place = places.places_by_id(session, [place_id]).get(place_id) if place_id else None
    return {
        "id": one.id,
        "who": names.get(one.person, ""),
        "who_href": url_for("people.show", person_id=one.person),
        "what": _what(one),
        "place": place.name if place else _("路边"),
        "zone": shown.long_zone(place.zone_id) if place else "",
        "number": about.number if about else "",
        "words": _words(one, shown),
        "why": _("原来的岗位已经调整") if one.why == "out_of_scope" else _("手机已停用"),
        "done_at": one.done_at,
        "held_at": one.held_at,
        "photos": [show_photo({"sha256": photo.sha256, "state": photo.state}) for photo in one.photos],
        "take_in": url_for(".take_in", command_id=one.id),
        "decline": url_for(".decline", command_id=one.id),
    }


def _what(one: Held) -> str:
    if one.verb == "visit.finish":
        return _("检查，报 %(n)s 件", n=len(one.body.get("findings") or []))
    return step_word(STEPS.get(one.verb.partition(".")[2], one.verb))


def _words(one: Held, shown: Shown) -> str:
    """What was said or seen: words, else the criterion that was judged."""
    told = [part for part in (one.body, *(one.body.get("findings") or [])) if isinstance(part, dict)]
    said = [str(part["words"]) for part in told if part.get("words")]
    if said:
        return _("；").join(said)
    manual = standards.current_manual(shown.session)
    codes = [part.get("criterion") for part in told if part.get("criterion")]
    return _("；").join(manual.criteria[code].text(shown.language) for code in codes if manual and code in manual.criteria)
