"""US-REST8: eight hours between periods of work, advisory, never averaged."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from src.interchange.model import DutyType
from tests.compliance.rules.building import HOME_CALL, NIGHT, Roster, long_rotation, pack_with


@pytest.mark.parametrize(
    ("ends_after_hours", "starts", "severities"),
    [
        (10, "06:00", []),  # 22:00 to 06:00 = 8.0 h
        (10 + 1 / 60, "06:00", ["soft"]),
        (10 - 1 / 60, "06:00", []),
        (11, "06:00", ["soft"]),  # 23:00 to 06:00 = 7.0 h
        (11, "06:59", ["soft"]),
        (11, "07:00", []),
    ],
)
def test_eight_hours_pass_and_a_minute_less_is_an_advisory(
    ends_after_hours: float, starts: str, severities: list[str]
) -> None:
    roster = long_rotation(28).work(0, "12:00", ends_after_hours).work(1, starts, 8)
    assert roster.severities("US-REST8") == severities


@pytest.mark.parametrize(("starts", "severities"), [("12:29", []), ("12:30", []), ("12:31", ["soft"])])
def test_a_gap_up_to_half_an_hour_lies_inside_the_period(starts: str, severities: list[str]) -> None:
    roster = long_rotation(28).work(0, "08:00", 4).work(0, starts, 4)
    assert roster.severities("US-REST8") == severities


def test_two_shifts_of_12_h_seven_hours_apart_are_an_advisory_and_no_continuous_duty() -> None:
    roster = long_rotation(28).work(0, "00:00", 12).work(0, "19:00", 12)
    assert [(f.rule, f.severity.value) for f in roster.judge() if f.rule != "US-FREE7"] == [
        ("US-REST8", "soft")
    ]


def test_each_short_gap_is_a_finding_of_its_own() -> None:
    roster = long_rotation(28).work(range(3), "08:00", 4).work(range(3), "14:00", 4)
    assert roster.severities("US-REST8") == ["soft"] * 3


@pytest.mark.parametrize("pgy", [1, 2, 5])
def test_the_rest_is_the_same_for_every_pgy(pgy: int) -> None:
    """The ten hours of PGY-1 are from 2011."""
    roster = long_rotation(28, pgy=pgy).work(0, "12:00", 10).work(1, "06:00", 8)
    assert roster.found("US-REST8") == []


@pytest.mark.parametrize("kind", [DutyType.HOME_CALL_ONSITE, HOME_CALL, DutyType.HOME_CALL_REMOTE_CARE])
def test_home_call_neither_starts_nor_restarts_a_period(kind: DutyType) -> None:
    roster = long_rotation(28).work(0, "08:00", 9).work(1, "01:00", 2, kind).work(1, "08:00", 9)
    assert roster.found("US-REST8") == []


@pytest.mark.parametrize("kind", [DutyType.JEOPARDY, DutyType.CLINICAL_WORK_FROM_HOME, DutyType.MILITARY])
def test_what_is_no_work_is_rest(kind: DutyType) -> None:
    roster = long_rotation(28).work(0, "08:00", 9).work(0, "21:00", 2, kind).work(1, "08:00", 9)
    assert roster.found("US-REST8") == []


def test_moonlighting_is_work_for_the_rest_unless_the_pack_says_otherwise() -> None:
    roster = long_rotation(28).work(0, "08:00", 9).work(0, "20:00", 3, DutyType.MOONLIGHTING_EXTERNAL)
    assert roster.severities("US-REST8") == ["soft"]
    assert roster.severities("US-REST8", pack_with(moonlighting_is_work=False)) == []


def test_the_rest_is_measured_across_rotations_and_blocks() -> None:
    roster = Roster(blocks=(28, 28), rotations=("A", "B")).work(27, "15:00", 8).work(28, "06:00", 8)
    assert roster.severities("US-REST8") == ["soft"]


def test_a_short_rest_after_history_is_reported_for_the_duty_in_the_year() -> None:
    roster = long_rotation(28).work(-1, "15:00", 8).work(0, "06:00", 8)
    [finding] = roster.found("US-REST8")
    assert finding.entries == ("-1/15:00/clinical", "0/06:00/clinical")
    assert (finding.value, finding.limit) == (Decimal(7), Decimal(8))
    assert finding.message == (
        "R001 had 7 h off between work that ended 30 Jun 23:00 and work that began 1 Jul 06:00,"
        " 1 h short of the 8 h of CPR 6.21 (VI.F.2.a)"
    )


def test_a_short_rest_wholly_in_history_is_not_reported() -> None:
    assert long_rotation(28).work(-2, "15:00", 8).work(-1, "06:00", 8).found("US-REST8") == []


def test_the_gap_is_rounded_away_from_the_limit() -> None:
    roster = long_rotation(28).work(0, "12:00", 10 + 1 / 60).work(1, "06:00", 8)
    assert roster.found("US-REST8")[0].value == Decimal("7.98")


@pytest.mark.parametrize(
    ("day", "severities"),
    [
        (date(2027, 3, 13), ["soft"]),  # 22:30 to 07:00 is 7.5 h when the clocks go forward
        (date(2026, 10, 31), []),  # and 9.5 h when they go back
    ],
)
def test_the_rest_is_elapsed_time_when_the_clocks_change(day: date, severities: list[str]) -> None:
    roster = long_rotation(14, zone="America/Chicago", first=day)
    roster.work(0, "12:30", 10).work(1, "07:00", 8)
    assert roster.severities("US-REST8") == severities


def test_an_entry_inside_a_longer_one_does_not_end_the_period() -> None:
    """A period ends with the last of its entries, not with the last to start."""
    roster = long_rotation(28).work(0, "08:00", 14).work(0, "09:00", 1, NIGHT).work(1, "06:00", 8)
    assert roster.found("US-REST8") == []
