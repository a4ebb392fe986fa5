"""US-REST14: fourteen hours after 24 h of in-house call, from when the resident leaves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from src.interchange.model import DutyType
from tests.compliance.rules.building import (
    CALL,
    CLINICAL,
    EDUCATION,
    HOME_CALL,
    NIGHT,
    TRANSITION,
    Roster,
    long_rotation,
)


def after_call(roster: Roster | None = None, handover: float = 3) -> Roster:
    """In-house call from 07:00 to 07:00, then hand-over to 10:00 on day 1."""
    roster = (roster or long_rotation(28)).work(0, "07:00", 24, CALL)
    return roster.work(1, "07:00", handover, TRANSITION) if handover else roster


@pytest.mark.parametrize(
    ("day", "starts", "severities"),
    [
        (2, "00:00", []),  # 14 h after 10:00
        (2, "00:01", []),
        (1, "23:59", ["hard"]),
        (1, "23:00", ["hard"]),  # 16 h after the scheduled 07:00, but 13 after leaving
    ],
)
def test_fourteen_hours_after_leaving_pass_and_a_minute_less_fails(
    day: int, starts: str, severities: list[str]
) -> None:
    assert after_call().work(day, starts, 8).severities("US-REST14") == severities


@pytest.mark.parametrize(
    ("hours", "severities"), [(24 - 1 / 60, []), (24, ["hard"]), (24 + 1 / 60, ["hard"])]
)
def test_a_period_of_24_hours_triggers_and_a_minute_less_does_not(
    hours: float, severities: list[str]
) -> None:
    roster = long_rotation(28).work(0, "07:00", hours, CALL).work(1, "17:00", 8)
    assert roster.severities("US-REST14") == severities


def test_the_span_counts_the_day_before_the_call_night() -> None:
    roster = long_rotation(28).work(0, "07:00", 11, CLINICAL).work(0, "18:00", 13, CALL).work(1, "20:00", 8)
    assert roster.severities("US-REST14") == ["hard"]


def test_a_gap_of_half_an_hour_before_the_call_keeps_the_period_whole() -> None:
    roster = long_rotation(28).work(0, "07:00", 10.5).work(0, "18:00", 13, CALL).work(1, "20:00", 8)
    assert roster.severities("US-REST14") == ["hard"]


def test_a_longer_gap_before_the_call_starts_a_new_period() -> None:
    roster = long_rotation(28).work(0, "07:00", 10).work(0, "18:00", 13, CALL).work(1, "20:00", 8)
    assert roster.found("US-REST14") == []


@pytest.mark.parametrize("kind", [NIGHT, CLINICAL, EDUCATION])
def test_24_hours_without_in_house_call_do_not_trigger(kind: DutyType) -> None:
    roster = long_rotation(28).work(0, "07:00", 24, kind).work(1, "17:00", 8)
    assert roster.found("US-REST14") == []


def test_home_call_does_not_trigger() -> None:
    roster = long_rotation(28).work(0, "07:00", 24, HOME_CALL).work(1, "08:00", 8)
    assert roster.found("US-REST14") == []


@pytest.mark.parametrize("kind", [HOME_CALL, DutyType.JEOPARDY, DutyType.HOME_CALL_REMOTE_CARE])
def test_pager_and_telephone_after_call_are_no_start_of_work(kind: DutyType) -> None:
    assert after_call().work(1, "18:00", 5, kind).found("US-REST14") == []


def test_being_called_in_after_call_is_a_start_of_work() -> None:
    assert after_call().work(1, "18:00", 2, DutyType.HOME_CALL_ONSITE).severities("US-REST14") == ["hard"]


def test_education_after_call_is_a_start_of_work() -> None:
    assert after_call().work(1, "17:00", 1, EDUCATION).severities("US-REST14") == ["hard"]


def test_a_call_on_the_last_night_of_a_block_binds_the_next_block() -> None:
    roster = Roster(blocks=(28, 28), rotations=("A", "B")).work(27, "07:00", 24, CALL).work(28, "20:00", 8)
    assert roster.severities("US-REST14") == ["hard"]


def test_a_call_before_the_year_binds_the_first_day() -> None:
    roster = long_rotation(28).work(-1, "07:00", 24, CALL).work(0, "20:00", 8)
    [finding] = roster.found("US-REST14")
    assert finding.entries == ("-1/07:00/in_house_call", "0/20:00/clinical")
    assert finding.window_start_at.isoformat() == "2026-07-01T07:00:00+00:00"


def test_a_call_that_nothing_follows_passes() -> None:
    assert after_call().found("US-REST14") == []


def test_the_finding_says_how_short_the_rest_was() -> None:
    [finding] = after_call().work(1, "23:00", 8).found("US-REST14")
    assert (finding.value, finding.limit, finding.clause) == (
        Decimal(13),
        Decimal(14),
        "CPR 6.21.a (VI.F.2.b)",
    )
    assert finding.message == (
        "R001 had 13 h off after 27 h with in-house call that ended 2 Jul 10:00 (next work 2 Jul 23:00),"
        " 1 h short of the 14 h of CPR 6.21.a (VI.F.2.b)"
    )


def test_a_call_of_24_h_on_the_clock_is_23_h_in_spring_and_triggers_nothing() -> None:
    """07:00 to 07:00 across the change is 23 h elapsed, so the day after it is free of this rule."""
    roster = long_rotation(14, zone="America/Chicago", first=date(2027, 3, 13))
    roster.work(0, "07:00", 23, CALL).work(1, "18:00", 8)
    assert roster.found("US-REST14") == []


def test_a_call_from_07_to_06_on_the_clock_is_24_h_in_autumn_and_triggers() -> None:
    roster = long_rotation(14, zone="America/Chicago", first=date(2026, 10, 31))
    roster.work(0, "07:00", 24, CALL).work(1, "19:00", 8)  # ends 06:00, back 13 h later
    assert roster.severities("US-REST14") == ["hard"]
