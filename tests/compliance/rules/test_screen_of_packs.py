"""Judging from columns finds what judging person by person finds, for every pack and way of reading it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, Phase, given, settings

from src.compliance.rules import judge
from src.compliance.rules.columns import columns_of
from src.compliance.rules.screen import judge_columns
from src.interchange.model import DutyType, RuleApproval, RuleApprovalKind
from tests.compliance.rules.building import long_rotation, pack
from tests.compliance.rules.made_up import RULES_OF, Case, cases, pack_for


@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(cases())
def test_columns_and_people_agree_on_every_pack(case: Case) -> None:
    packs = [pack_for(pack_id, case.modes) for pack_id in RULES_OF]
    facts = case.roster.facts()
    assert judge_columns(columns_of(facts), packs) == judge(facts, packs)


def test_a_pack_that_judges_only_some_dates_judges_the_same_from_columns() -> None:
    facts = long_rotation(56).work(range(56), "06:00", 17).facts()
    some = replace(pack(), judges_from=date(2026, 7, 29), judges_until=date(2026, 8, 2))
    found = judge(facts, [some])
    assert {finding.window_start_at.date() for finding in found} >= {date(2026, 7, 29)}
    assert judge_columns(columns_of(facts), [some]) == found


def test_moonlighting_beside_approvals_of_others_is_seen_from_columns() -> None:
    kind = RuleApprovalKind.MOONLIGHTING
    other = RuleApproval(kind, "R002", None, None, "x", "PD", date(2026, 7, 1), date(2027, 6, 30))
    roster = long_rotation(28, approvals=(other,)).work(4, "08:00", 6, DutyType.MOONLIGHTING_EXTERNAL)
    facts = roster.facts()
    [finding] = judge_columns(columns_of(facts), [pack()])
    assert finding.rule == "US-MOON"
