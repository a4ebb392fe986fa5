"""US-MOON: PGY-1 does not moonlight, and others do with the program's approval."""

from __future__ import annotations

from datetime import date

import pytest

from src.interchange.model import DutyType, RuleApproval, RuleApprovalKind
from tests.compliance.rules.building import Roster, long_rotation, pack_of

INTERNAL, EXTERNAL = DutyType.MOONLIGHTING_INTERNAL, DutyType.MOONLIGHTING_EXTERNAL


@pytest.mark.parametrize("kind", [INTERNAL, EXTERNAL])
@pytest.mark.parametrize("hours", [1 / 60, 4])
def test_a_shift_of_any_length_is_a_violation_for_pgy_1(kind: DutyType, hours: float) -> None:
    [finding] = long_rotation(28, pgy=1).work(4, "18:00", hours, kind).found("US-MOON")
    assert finding.severity.value == "hard"


@pytest.mark.parametrize("pgy", [2, 3, 7])
def test_others_may_moonlight(pgy: int) -> None:
    assert long_rotation(28, pgy=pgy).work(4, "18:00", 4, EXTERNAL).found("US-MOON") == []


def test_pgy_1_may_do_everything_else() -> None:
    assert long_rotation(28, pgy=1).work(4, "08:00", 10).found("US-MOON") == []


def test_each_shift_is_a_finding_and_overlapping_ones_are_one() -> None:
    roster = long_rotation(28, pgy=1).work((4, 5), "18:00", 4, EXTERNAL)
    assert len(roster.found("US-MOON")) == 2
    assert len(roster.work(4, "20:00", 4, INTERNAL).found("US-MOON")) == 2


def test_a_shift_before_the_year_is_not_reported() -> None:
    assert long_rotation(28, pgy=1).work(-2, "18:00", 4, EXTERNAL).found("US-MOON") == []


def test_the_finding_names_shift_and_clause() -> None:
    roster: Roster = long_rotation(28, pgy=1).work(4, "18:00", 4, EXTERNAL)
    assert roster.found("US-MOON")[0].message == (
        "R001 moonlighted for 4 h from 5 Jul 18:00; CPR 6.25.b (VI.F.5.c) forbids it to PGY-1"
    )


def approval(person: str = "R001", first: date = date(2026, 7, 1)) -> RuleApproval:
    kind = RuleApprovalKind.MOONLIGHTING
    return RuleApproval(kind, person, None, None, "Good standing", "PD", first, date(2027, 6, 30))


def moonlighting(*approvals: RuleApproval, day: int = 5) -> Roster:
    return long_rotation(28, pgy=2, approvals=approvals).work(day, "08:00", 6, EXTERNAL)


def test_a_program_that_keeps_no_approvals_is_not_asked_for_them() -> None:
    assert moonlighting().found("US-MOON") == []


def test_moonlighting_under_an_approval_passes() -> None:
    assert moonlighting(approval()).found("US-MOON") == []


@pytest.mark.parametrize("other", [approval("R002"), approval(first=date(2026, 7, 7))])
def test_moonlighting_beside_an_approval_of_others_or_later_is_an_advisory(other: RuleApproval) -> None:
    [finding] = moonlighting(other).found("US-MOON")
    assert (finding.severity.value, finding.value) == ("soft", 6)
    assert "wants an approval" in finding.message
    assert finding.remedy


def test_an_approval_holds_from_its_first_date() -> None:
    assert moonlighting(approval(first=date(2026, 7, 7)), day=6).found("US-MOON") == []


def test_an_institution_may_ask_for_approvals_and_make_them_hard() -> None:
    policy = pack_of("acgme-cpr-2023", approval_is_asked=True, approval_is_hard=True)
    assert moonlighting().severities("US-MOON", policy) == ["hard"]


def test_an_approval_does_not_let_a_pgy_1_moonlight() -> None:
    roster = moonlighting(approval())
    roster.pgy = 1
    assert roster.severities("US-MOON") == ["hard"]


def test_290_hours_and_30_of_moonlighting_pass_and_300_and_24_fail() -> None:
    """Of internal and external moonlighting alike."""
    for total, extra, kind, fails in ((290, 30, INTERNAL, []), (300, 24, EXTERNAL, ["hard"])):
        roster = long_rotation(28, pgy=2).work(range(20), "00:00", total / 20)
        assert roster.work((25, 26), "00:00", extra / 2, kind).severities("US-80") == fails
