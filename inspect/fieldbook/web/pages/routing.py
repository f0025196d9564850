"""交办规则: what goes to one unit from now on; said when a finding is handed over, or here; given to another unit, dropped."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import accounts, findings, places
from fieldbook.accounts import Duty
from fieldbook.findings import RoutingRule
from fieldbook.kernel import Refusal, db

from .. import filters, formats, words
from ..doors import acting, needs, now, standing
from ..frame import DISPATCHES
from ..shown import Shown
from ..words import _

bp = Blueprint("routing", __name__)

SEES = (*DISPATCHES, Duty.ADMINISTRATOR, Duty.AUDITOR)


@bp.get("/settings/rules")
@needs(*SEES)
def show() -> ResponseReturnValue:
    """The rules of the person's scope; `edit` names the one whose unit is being changed."""
    return _page()


@bp.post("/settings/rules")
@needs(*DISPATCHES)
def add() -> ResponseReturnValue:
    """From now on give what fits to one unit."""
    zone, kind, criterion = (
        filters.one_id(request.form.get("zone")),
        request.form.get("kind", "")[:10],
        request.form.get("criterion", "").strip()[:10],
    )
    manual = Shown(db.session(), standing(), now()).manual
    if criterion and (manual is None or criterion not in manual.criteria):
        return _page(wrong={"criterion": _("没有这条标准。填编号，如 25.08。")}), 422
    try:
        with acting() as act:
            findings.set_rule(
                act,
                standing(),
                unit=_unit(),
                zone=zone,
                kind=None if criterion else kind or None,
                criterion=criterion or None,
            )
    except (accounts.NotYourDuty, findings.NoSuchUnit, findings.RuleAsksNothing) as refusal:
        field = {findings.NoSuchUnit: "unit", findings.RuleAsksNothing: "kind"}.get(type(refusal), "zone")
        told = _("全县的规则由县一级定。请选一个责任区。") if field == "zone" and zone is None else ""
        return _refused(refusal, field, told)
    return redirect(url_for(".show"), 303)


@bp.post("/settings/rules/<uuid:rule_id>")
@needs(*DISPATCHES)
def change(rule_id: UUID) -> ResponseReturnValue:
    """Let what fits go to another unit."""
    rule = findings.routing_rule(db.session(), standing(), rule_id)
    asks = {"place": rule.place_id, "zone": rule.zone_id, "kind": rule.kind, "criterion": rule.criterion}
    db.session.rollback()
    try:
        with acting() as act:
            findings.set_rule(act, standing(), unit=_unit(), **asks)  # type: ignore[arg-type]
    except findings.NoSuchUnit as refusal:
        return _refused(refusal, "unit-of")
    return redirect(url_for(".show"), 303)


@bp.post("/settings/rules/<uuid:rule_id>/drop")
@needs(*DISPATCHES)
def drop(rule_id: UUID) -> ResponseReturnValue:
    """Let such findings go the usual ways again."""
    with acting() as act:
        findings.drop_rule(act, standing(), rule_id)
    return redirect(url_for(".show"), 303)


def _unit() -> UUID:
    return filters.one_id(request.form.get("unit")) or UUID(int=0)


def _refused(refusal: Refusal, field: str, told: str = "") -> ResponseReturnValue:
    db.session.rollback()
    return _page(wrong={field: told or words.sentence(refusal.sentence, refusal.facts)}), refusal.status


def _page(wrong: dict[str, str] | None = None) -> str:
    shown = Shown(db.session(), standing(), now())
    rules = findings.routing_rules(shown.session, shown.standing)
    names = accounts.person_names(shown.session, {rule.set_by for rule in rules if rule.set_by})
    closed = {
        unit
        for unit, one in accounts.unit_names(shown.session, {rule.unit_id for rule in rules}).items()
        if one.closed_at is not None
    }
    county = shown.standing.may_everywhere(*DISPATCHES)
    dispatches = not shown.standing.duties.keys().isdisjoint(DISPATCHES)
    told = {
        "may": dispatches,
        "county": county,
        "rules": [
            {
                "id": rule.id,
                "words": rule_words(rule, shown),
                "unit": rule.unit_id,
                "unit_word": shown.unit(rule.unit_id),
                "closed": rule.unit_id in closed,
                "who": names.get(rule.set_by, "") if rule.set_by else "",
                "at": rule.set_at,
                "edit": request.args.get("edit") == str(rule.id) or request.view_args == {"rule_id": rule.id},
                "may": _may(rule, shown),
            }
            for rule in rules
        ],
        "zones": [
            (zone.id, shown.zone(zone.id))
            for zone in places.zones(shown.session)
            if any(shown.standing.may(duty, zone=zone.id) for duty in DISPATCHES)
        ],
        "kinds": [(code, kind.name(shown.language)) for code, kind in shown.manual.kinds.items()]
        if shown.manual
        else [],
        "units": [(unit.id, formats.in_language(unit)) for unit in accounts.units(shown.session)],
    }
    return render_template(
        "settings/rules.html",
        here="dispatch" if dispatches else "settings",
        l=told,
        wrong=wrong or {},
        typed=request.form,
    )


def rule_words(rule: RoutingRule, shown: Shown) -> list[tuple[str, str]]:
    """What a rule asks: (name, value) of each condition."""
    told = []
    if rule.place_id:
        told.append((_("点位"), shown.place_name(rule.place_id)))
    if rule.zone_id:
        told.append((_("责任区"), shown.zone(rule.zone_id)))
    if rule.kind:
        told.append((_("任务对象"), shown.kind_name(rule.kind)))
    if rule.criterion:
        criterion = shown.manual.criteria.get(rule.criterion) if shown.manual else None
        told.append((_("标准"), f"{rule.criterion} {criterion.text(shown.language) if criterion else ''}".strip()))
    return told if rule.place_id or rule.zone_id else [(_("范围"), _("全县")), *told]


def _may(rule: RoutingRule, shown: Shown) -> bool:
    place = places.places_by_id(shown.session, [rule.place_id]).get(rule.place_id) if rule.place_id else None
    zone = place.zone_id if place else rule.zone_id
    return any(shown.standing.may(duty, zone=zone) for duty in DISPATCHES)
