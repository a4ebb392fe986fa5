"""US-88: up to 88 hours on a rotation with an approved exception."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from src.compliance.packs import load_pack
from src.compliance.rules import WindowMode, judge, measure
from src.interchange.model import AcademicBlock, RuleApproval, RuleApprovalKind
from tests.compliance.rules.building import Roster, long_rotation, pack, pack_with

FIRST = date(2026, 7, 1)


def approval(
    rotation: str = "WARD", hours: int = 88, first: date = FIRST, last: date = date(2027, 6, 30)
) -> RuleApproval:
    kind = RuleApprovalKind.HOURS_EXCEPTION
    return RuleApproval(kind, None, rotation, hours * 60, "Volume", "RC and DIO", first, last)


def of_hours(total: float, *approvals: RuleApproval, days: int = 28) -> Roster:
    """A rotation of 28 days with that many hours, twenty shifts long."""
    return long_rotation(days, approvals=approvals).work(range(20), "00:00", total / 20)


def rules(roster: Roster) -> list[tuple[str, str, Decimal, Decimal]]:
    return [
        (f.rule, f.severity.value, f.value, f.limit) for f in roster.judge() if f.rule in ("US-80", "US-88")
    ]


def test_an_excepted_rotation_of_350_hours_passes() -> None:
    """87.5 hours a week."""
    assert rules(of_hours(350, approval())) == []


def test_an_excepted_rotation_of_353_hours_fails() -> None:
    assert rules(of_hours(353, approval())) == [("US-88", "hard", Decimal("88.25"), Decimal(88))]


def test_330_hours_on_a_rotation_without_approval_fail_the_80_hours() -> None:
    assert rules(of_hours(330)) == [("US-80", "hard", Decimal("82.5"), Decimal(80))]


def test_an_approval_of_another_rotation_is_none() -> None:
    assert rules(of_hours(330, approval("ICU"))) == [("US-80", "hard", Decimal("82.5"), Decimal(80))]


@pytest.mark.parametrize("hours", [80, 84, 88, 100])
def test_an_approval_never_lifts_the_limit_above_88(hours: int) -> None:
    limit = min(hours, 88)
    assert rules(of_hours(4 * limit, approval(hours=hours))) == []
    [(rule, _, _, told)] = rules(of_hours(4 * limit + 1, approval(hours=hours)))
    assert (rule, told) == ("US-88", limit)


def test_an_approval_below_80_takes_nothing_away() -> None:
    assert rules(of_hours(320, approval(hours=60))) == []


def test_where_the_approval_ends_inside_a_window_the_limit_is_the_day_weighted_mean() -> None:
    """14 days of 88 and 14 of 80 are 84 on average: 336 hours pass."""
    half = approval(last=FIRST + timedelta(days=13))
    assert rules(of_hours(336, half)) == []
    assert rules(of_hours(337, half)) == [("US-88", "hard", Decimal("84.25"), Decimal(84))]


@pytest.mark.parametrize(("hours", "fails"), [(328, []), (328.5, ["US-88 82"])])
def test_a_block_that_mixes_rotations_has_the_day_weighted_limit(hours: float, fails: list[str]) -> None:
    """A block of 7 excepted and 21 other days: (7 * 88 + 21 * 80) / 28 = 82."""
    roster = Roster(blocks=(7, 21), rotations=("ICU", "WARD"), approvals=(approval("ICU"),))
    facts = roster.work(range(20), "00:00", hours / 20).facts()
    facts = replace(facts, blocks=(AcademicBlock(1, FIRST, FIRST + timedelta(days=27)),), checked_blocks=(1,))
    found = judge(facts, [pack_with(window_mode=WindowMode.FIXED_BLOCKS)])
    assert [f"{f.rule} {f.limit}" for f in found if f.rule in ("US-80", "US-88")] == fails


def test_leave_days_weigh_nothing_in_the_mean() -> None:
    """14 excepted days of leave leave 14 days of 80."""
    half = approval(last=FIRST + timedelta(days=13))
    roster = long_rotation(28, approvals=(half,)).off(range(14)).work(range(14, 24), "00:00", 16)
    assert rules(roster) == []
    assert rules(roster.work(24, "00:00", 1)) == [("US-80", "hard", Decimal("80.5"), Decimal(80))]


def test_where_approvals_meet_the_higher_one_holds() -> None:
    assert rules(of_hours(344, approval(hours=82), approval(hours=86))) == []


def test_every_window_is_measured_by_one_of_the_two_rules() -> None:
    roster = Roster(blocks=(28, 28), rotations=("ICU", "WARD"), approvals=(approval("ICU"),))
    told = [one for one in measure(roster.facts(), [pack()]) if one.rule in ("US-80", "US-88")]
    assert [(one.rule, one.window_start_at.date(), one.limit) for one in told] == [
        ("US-80", date(2026, 7, 29), 80),
        ("US-88", date(2026, 7, 1), 88),
    ]


def test_where_the_pack_has_no_exceptions_an_approval_is_not_heard() -> None:
    """New York's 80 hours know none."""
    roster = of_hours(330, approval())
    assert [f.rule for f in roster.judge(load_pack("us-ny-405")) if f.rule == "NY-80"] == ["NY-80"]
