"""Whatever a program sets otherwise in a rule, the rule can still be judged, or says at once why not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from src.compliance.packs import load_pack
from src.compliance.rules import Facts, Rule, RulePack, judge, measure
from src.compliance.rules.international.judging import NOT_JUDGED
from src.compliance.rules.model import RuleParameter
from tests.compliance.rules.building import CALL, HOME_CALL, NIGHT, Roster
from tests.compliance.rules.international.test_documents import PACKS


def eventful() -> Facts:
    """Four weeks with days, nights, calls of both kinds and leave."""
    roster = Roster(zone="Europe/London", blocks=(28, 28), rotations=("WARD", "ED"))
    roster.work(range(5), "08:00", 11).work(range(7, 11), "20:00", 12, NIGHT).work(14, "08:00", 24, CALL)
    roster.work(range(17, 20), "17:00", 14, HOME_CALL).work(range(28, 40), "07:00", 10).off(range(42, 47))
    return roster.facts()


def otherwise(parameter: RuleParameter) -> RuleParameter:
    """The other choice; or a number where there was none, and another where there was."""
    value = parameter.value
    if isinstance(value, bool):
        return replace(parameter, value=not value)
    return replace(parameter, value=60 if not value else max(1, value - 1))


def changed(pack: RulePack, rule: Rule, name: str) -> RulePack:
    one = replace(rule, parameters={**rule.parameters, name: otherwise(rule.parameters[name])})
    return replace(pack, rules=(one,))


@pytest.mark.parametrize("pack_id", PACKS)
def test_any_parameter_may_be_set_otherwise(pack_id: str) -> None:
    facts, pack = eventful(), load_pack(pack_id)
    for rule in pack.rules:
        if not rule.enabled:
            continue
        for name in rule.parameters:
            one = changed(pack, rule, name)
            assert {finding.rule for finding in judge(facts, [one])} <= {rule.id}
            assert {found.rule for found in measure(facts, [one])} <= {rule.id}


def test_what_cannot_be_judged_is_a_finding_and_no_number() -> None:
    facts, pack = eventful(), load_pack("uk-2019")
    unjudged = {finding.rule for finding in judge(facts, [pack]) if finding.unit == NOT_JUDGED}
    assert "UK-BRK" in unjudged
    assert not any(found.unit == NOT_JUDGED for found in measure(facts, [pack]))
