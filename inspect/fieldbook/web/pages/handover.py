"""交接: a person's posts to somebody else, and a unit's open findings to another unit."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import accounts, findings, reports
from fieldbook.accounts import Duty, Post
from fieldbook.kernel import Refusal, db

from .. import filters, formats, words
from ..doors import acting, needs, now, standing, who
from ..frame import DISPATCHES, PEOPLE_CHANGES, duty_word
from ..shown import state_word
from ..who import Roll

bp = Blueprint("handover", __name__)


@bp.get("/people/<uuid:person_id>/hand-over")
@needs(*PEOPLE_CHANGES)
def show(person_id: UUID) -> ResponseReturnValue:
    """What hangs on each post of a person, and to whom it can go."""
    return _page(person_id)


@bp.post("/people/<uuid:person_id>/hand-over")
@needs(*PEOPLE_CHANGES, fresh=True)
def hand_over(person_id: UUID) -> ResponseReturnValue:
    """Give the ticked posts to somebody else; what was done stays under the old name."""
    roll = Roll(db.session(), standing(), now())
    seen = roll.one(person_id)
    roll.require(seen)
    to, chosen = filters.one_id(request.form.get("to")), filters.ids(request.form.getlist("post"))
    if not roll.administers and any(post.duty == Duty.ADMINISTRATOR for post in seen.posts if post.id in chosen):
        raise accounts.NotYourDuty
    if to is not None:
        roll.require(roll.one(to))
    try:
        if to is None:
            raise accounts.NoSuchPerson
        with acting() as act:
            accounts.hand_over_posts(act, chosen, of=person_id, to=to)
    except (accounts.NoSuchPerson, accounts.NoSuchPost, accounts.LastAdministrator) as refusal:
        db.session.rollback()
        return _page(person_id, said=words.sentence(refusal.sentence, refusal.facts), status=422)
    return redirect(url_for("people.show", person_id=to), 303)


def _page(person_id: UUID, *, said: str = "", status: int = 200) -> ResponseReturnValue:
    roll = Roll(db.session(), standing(), now())
    seen = roll.one(person_id)
    roll.require(seen)
    ticked = set(request.form.getlist("post"))
    page = render_template(
        "people/handover.html",
        here="people",
        p=roll.row(seen),
        posts=[_row(roll, post) | {"ticked": request.method == "GET" or str(post.id) in ticked} for post in seen.posts],
        others=[
            {"value": str(other.person.id), "word": f"{other.person.name}　{roll.belongs(other)}", "chosen": request.form.get("to") == str(other.person.id)}
            for other in roll.everybody()
            if other.person.id != person_id and other.person.disabled_at is None and roll.may_change(other)
        ],
        said=said,
        back=url_for("people.show", person_id=person_id),
        action=url_for(".hand_over", person_id=person_id),
    )
    return page, status


def _row(roll: Roll, post: Post) -> dict[str, Any]:
    """A post with how many open findings, places and rounds it concerns."""
    if post.duty == Duty.RECTIFIER and post.unit_id:
        open_, places_, rounds = findings.open_of(roll.session, unit=post.unit_id), reports.places_of(roll.session, unit=post.unit_id), None
    else:
        zones = roll.below.get(post.area_id, frozenset()) if post.area_id else None
        open_, places_ = findings.open_of(roll.session, zones=zones), reports.places_of(roll.session, zones=zones)
        rounds = reports.rounds_of(roll.session, zones=zones, now=roll.now)
    return {
        "id": str(post.id),
        "duty": duty_word(Duty(post.duty)),
        "where": roll.where(post),
        "unit": roll.unit(post.unit_id) if post.area_id else "",
        "findings": open_,
        "places": places_,
        "rounds": rounds,
    }


# ---- a unit's open findings


@bp.get("/units/<uuid:unit_id>/hand-over")
@needs(*DISPATCHES)
def show_unit(unit_id: UUID) -> ResponseReturnValue:
    """What a unit has open, by state, and to which unit it can go. Nothing is done yet."""
    return _unit_page(unit_id)


@bp.post("/units/<uuid:unit_id>/hand-over")
@needs(*DISPATCHES)
def hand_over_unit(unit_id: UUID) -> ResponseReturnValue:
    """Hand all of it over in one act."""
    to = filters.one_id(request.form.get("to"))
    try:
        if to is None:
            raise findings.NoSuchUnit
        with acting() as act:
            findings.hand_over_unit(act, standing(), unit_id, to=to, renewed=request.form.get("due") == "renewed", words=request.form.get("words", "").strip()[:500])
    except (findings.NoSuchUnit, findings.NothingToHandOver, findings.OwnFinding) as refusal:
        db.session.rollback()
        return _unit_page(
            unit_id, refused=refusal, status=refusal.status if isinstance(refusal, findings.OwnFinding) else 422
        )
    return redirect(url_for(".show_unit", unit_id=unit_id), 303)


@bp.post("/units/<uuid:unit_id>/hand-over/undo")
@needs(*DISPATCHES)
def undo_unit(unit_id: UUID) -> ResponseReturnValue:
    """Take one's own handing over back, within ten minutes and while nothing followed."""
    made = filters.one_id(request.form.get("hand_over"))
    try:
        if made is None:
            raise findings.TooLateToUndo
        with acting() as act:
            findings.take_back_hand_over(act, standing(), made)
    except findings.TooLateToUndo as refusal:
        db.session.rollback()
        return _unit_page(unit_id, refused=refusal, status=refusal.status)
    return redirect(url_for(".show_unit", unit_id=unit_id), 303)


def _unit_page(unit_id: UUID, *, refused: Refusal | None = None, status: int = 200) -> ResponseReturnValue:
    session = db.session()
    unit = accounts.unit_names(session, [unit_id]).get(unit_id)
    if unit is None:
        raise accounts.NoSuchUnit(unit=unit_id)
    plan = findings.plan_hand_over(session, standing(), unit_id, now=now())
    done = findings.hand_over_to_take_back(session, who().id, now=now())
    to = accounts.unit_names(session, [done.to_unit]).get(done.to_unit) if done is not None and done.from_unit == unit_id else None
    page = render_template(
        "people/unit_handover.html",
        here="places",
        name=formats.in_language(unit),
        states=[{"word": state_word(state), "count": plan.states[state]} for state in findings.State if plan.states.get(state)],
        plan=plan,
        own=words.sentence(findings.OwnFinding.sentence, {}) if unit_id in standing().units else "",
        units=[{"value": str(other.id), "word": formats.in_language(other), "chosen": request.form.get("to") == str(other.id)} for other in accounts.units(session) if other.id != unit_id],
        typed=request.form,
        said=words.sentence(refused.sentence, refused.facts) if refused else "",
        missing=isinstance(refused, findings.NoSuchUnit),
        done={"id": str(done.id), "to": formats.in_language(to), "n": len(done.findings), "until": done.at + findings.UNDO_FOR} if done is not None and to is not None else None,
        places=reports.places_of(session, unit=unit_id, seen_by=standing()),
        places_href=url_for("places.index", unit=str(unit_id)),
        list_href=url_for("findings.index", unit=str(unit_id)),
        back=url_for("units.show", unit_id=unit_id),
        action=url_for(".hand_over_unit", unit_id=unit_id),
        undo=url_for(".undo_unit", unit_id=unit_id),
    )
    return page, status
