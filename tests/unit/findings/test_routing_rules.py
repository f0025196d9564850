"""Standing rules 以后都交: from now on whatever fits goes to one unit."""

import pytest

from fieldbook import accounts, findings
from fieldbook.findings.routing import Asked, Rule, rule_for
from tests.county import County, named


def rule(name: str, **asks: str) -> Rule:
    return Rule(
        named(name),
        named(f"unit of {name}"),
        *(named(asks[key]) if key in asks else None for key in ("place", "zone")),
        asks.get("kind"),
        asks.get("criterion"),
    )


def test_the_rule_that_asks_most_goes_first():
    asked = Asked(named("market"), named("zone6"), "25", "25.08", 1)
    rules = [
        rule("kind", kind="25"),
        rule("criterion", criterion="25.08"),
        rule("zone", zone="zone6", criterion="25.08"),
        rule("place", place="market"),
        rule("other", zone="zone3"),
    ]

    order = []
    while (found := rule_for(rules, asked)) is not None:
        order.append(next(name for name in ("kind", "criterion", "zone", "place") if named(name) == found.id))
        rules.remove(found)

    assert order == ["place", "zone", "criterion", "kind"]


def test_from_now_on_what_fits_goes_to_the_unit_and_says_why(town: County):
    before = town.report(criterion="25.08")
    with town.acting("chen") as act:
        findings.set_rule(act, town.standing("chen"), unit=named("roads"), zone=named("zone6"), criterion="25.08")

    fits, other = town.report(criterion="25.08"), town.report(criterion="25.07")

    assert (fits.unit_id, fits.why_unit) == (named("roads"), "rule")
    assert [town.fresh(before).unit_id, other.unit_id] == [named("market"), named("market")]
    [card] = findings.cards(town.session, town.standing("lin"), [fits], now=town.at, language="zh")
    assert card["why_unit_words"] == "按“以后都交”的规则"


def test_said_again_of_the_same_it_goes_to_the_unit_named_last_and_dropped_the_usual_ways(town: County):
    for unit in ("roads", "health"):
        with town.acting("chen") as act:
            kept = findings.set_rule(act, town.standing("chen"), unit=named(unit), place=named("城南农贸市场"))
    assert [one.unit_id for one in findings.routing_rules(town.session, town.standing("chen"))] == [named("health")]
    assert town.report().unit_id == named("health")

    with town.acting("chen") as act:
        findings.drop_rule(act, town.standing("chen"), kept.id)

    assert town.report().unit_id == named("market")
    assert town.entries(kept.id) == ["routing.rule_set", "routing.rule_set", "routing.rule_dropped"]


def test_the_whole_countys_is_the_countys_and_another_areas_is_not_ones_own(town: County):
    for asks in ({"criterion": "25.08"}, {"zone": named("zone3"), "kind": "02"}, {"place": named("东门街")}):
        with pytest.raises(accounts.NotYourDuty), town.acting("chen") as act:
            findings.set_rule(act, town.standing("chen"), unit=named("roads"), **asks)
    with town.acting("ma") as act:
        kept = findings.set_rule(act, town.standing("ma"), unit=named("roads"), criterion="25.08")
    with pytest.raises(accounts.NotYourDuty), town.acting("chen") as act:
        findings.drop_rule(act, town.standing("chen"), kept.id)


def test_a_rule_asks_for_something_and_names_a_unit_that_answers(town: County):
    with pytest.raises(findings.RuleAsksNothing), town.acting("ma") as act:
        findings.set_rule(act, town.standing("ma"), unit=named("roads"))
    with pytest.raises(findings.NoSuchUnit), town.acting("ma") as act:
        findings.set_rule(act, town.standing("ma"), unit=named("nobody"), kind="25")
    with pytest.raises(findings.NoSuchRule), town.acting("ma") as act:
        findings.drop_rule(act, town.standing("ma"), named("no rule"))


def test_a_closed_units_rule_is_passed_over(town: County):
    with town.acting("ma") as act:
        findings.set_rule(act, town.standing("ma"), unit=named("health"), kind="25")
    named_by_it = town.report()

    with town.acting("ma") as act:
        act.session.get_one(accounts.Unit, named("health")).closed_at = town.at
        act.record("unit.closed", named("health"))

    assert (named_by_it.unit_id, town.report().unit_id) == (named("health"), named("market"))


def test_a_merged_zones_rules_hold_in_the_zone_it_went_into(town: County):
    with town.acting("ma") as act:
        findings.set_rule(act, town.standing("ma"), unit=named("roads"), zone=named("zone3"), kind="02")
    with town.acting("ma") as act:
        findings.merge_areas(act, town.standing("ma"), named("zone3"), into_id=named("zone6"))

    [kept] = findings.routing_rules(town.session, town.standing("ma"))

    assert (kept.zone_id, kept.kind, kept.unit_id) == (named("zone6"), "02", named("roads"))
    assert town.report("lin", place="东门街", criterion="02.01").why_unit == "rule"
