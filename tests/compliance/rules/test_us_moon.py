"""US-MOON: PGY-1 does not moonlight."""

from __future__ import annotations

import pytest

from src.interchange.model import DutyType
from tests.compliance.rules.building import Roster, long_rotation

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
