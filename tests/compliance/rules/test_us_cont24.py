"""US-CONT24: 24 hours, and up to four more for hand-over and education."""

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
    pack_with,
)

ELECTED = DutyType.RESIDENT_ELECTED_EXTENSION


def day_and_call(call_hours: float = 13) -> Roster:
    """Clinical work from 07:00, call from 18:00 for so many hours (13 = to 07:00)."""
    return long_rotation(28).work(0, "07:00", 11).work(0, "18:00", call_hours, CALL)


@pytest.mark.parametrize(
    ("transition", "severities"),
    [(0.5, []), (4 - 1 / 60, []), (4, []), (4 + 1 / 60, ["hard"]), (4.5, ["hard"])],
)
def test_hand_over_to_the_28th_hour_passes_and_a_minute_more_fails(
    transition: float, severities: list[str]
) -> None:
    assert day_and_call().work(1, "07:00", transition, TRANSITION).severities("US-CONT24") == severities


@pytest.mark.parametrize(
    ("call_hours", "severities"),
    [(13 - 1 / 60, []), (13, []), (13 + 1 / 60, ["hard"]), (13.5, ["hard"])],
)
def test_call_to_the_24th_hour_passes_and_a_minute_more_fails(
    call_hours: float, severities: list[str]
) -> None:
    assert day_and_call(call_hours).severities("US-CONT24") == severities


def test_clinic_after_call_fails() -> None:
    roster = day_and_call().work(1, "07:00", 1, TRANSITION).work(1, "08:00", 3)
    assert roster.severities("US-CONT24") == ["hard"]


@pytest.mark.parametrize(
    ("kind", "severities"),
    [(TRANSITION, []), (EDUCATION, []), (CLINICAL, ["hard"]), (DutyType.ADMIN, ["hard"]), (NIGHT, ["hard"])],
)
def test_only_hand_over_and_education_may_follow_the_24th_hour(kind: DutyType, severities: list[str]) -> None:
    assert day_and_call().work(1, "07:00", 2, kind).severities("US-CONT24") == severities


@pytest.mark.parametrize("gap", ["07:30", "07:31"])
def test_a_gap_of_more_than_half_an_hour_ends_the_period(gap: str) -> None:
    """Clinic half an hour after call is the same period; a minute later it is a short rest instead."""
    roster = day_and_call().work(1, gap, 3)
    assert roster.severities("US-CONT24") == (["hard"] if gap == "07:30" else [])
    assert roster.severities("US-REST8") == ([] if gap == "07:30" else ["soft"])


def test_a_period_that_fails_twice_over_is_one_finding() -> None:
    roster = day_and_call(20)
    [finding] = roster.found("US-CONT24")
    assert (finding.value, finding.limit) == (Decimal(31), Decimal(28))
    assert len(finding.entries) == 2


@pytest.mark.parametrize("pgy", [1, 2, 3])
def test_24_hours_are_allowed_to_every_pgy(pgy: int) -> None:
    """The 16 hours of PGY-1 are gone since 2017."""
    assert long_rotation(28, pgy=pgy).work(0, "07:00", 24, CALL).found("US-CONT24") == []


def test_the_rule_is_not_averaged_and_ignores_blocks() -> None:
    roster = Roster(blocks=(28, 28), rotations=("A", "B")).work(27, "12:00", 12).work(28, "00:00", 13)
    assert roster.severities("US-CONT24") == ["hard"]


def test_a_period_that_began_before_the_year_is_reported_when_an_entry_starts_in_it() -> None:
    assert long_rotation(28).work(-1, "12:00", 12).work(0, "00:00", 13).severities("US-CONT24") == ["hard"]


def test_a_period_whose_entries_all_start_before_the_year_is_not_reported() -> None:
    assert long_rotation(28).work(-1, "12:00", 30).found("US-CONT24") == []


def test_being_called_in_is_continuous_work_unless_the_pack_says_otherwise() -> None:
    roster = long_rotation(28).work(0, "07:00", 20).work(1, "03:00", 6, DutyType.HOME_CALL_ONSITE)
    assert roster.severities("US-CONT24") == ["hard"]
    assert roster.severities("US-CONT24", pack_with(home_call_onsite_is_continuous=False)) == []


@pytest.mark.parametrize("kind", [HOME_CALL, DutyType.JEOPARDY, DutyType.CLINICAL_WORK_FROM_HOME])
def test_what_is_no_work_does_not_prolong_a_period(kind: DutyType) -> None:
    assert long_rotation(28).work(0, "07:00", 20).work(1, "03:00", 10, kind).found("US-CONT24") == []


def test_two_hours_elected_after_28_are_an_advisory_and_typed_clinical_a_violation() -> None:
    base = day_and_call().work(1, "07:00", 4, TRANSITION)
    assert base.work(1, "11:00", 2, ELECTED).severities("US-CONT24") == ["soft"]
    assert "needs a reason" in base.found("US-CONT24")[0].message
    base.duties.pop()
    assert base.work(1, "11:00", 2).severities("US-CONT24") == ["hard"]


def test_elected_hours_do_not_restart_the_clock() -> None:
    """Hand-over at hour 29 comes too late, whatever was elected before it."""
    roster = day_and_call().work(1, "07:00", 4, ELECTED).work(1, "11:00", 1, TRANSITION)
    assert roster.severities("US-CONT24") == ["hard"]


def test_elected_hours_do_not_excuse_clinical_work() -> None:
    assert day_and_call(14).work(1, "08:00", 1, ELECTED).severities("US-CONT24") == ["hard"]


@pytest.mark.parametrize(
    ("first", "hours", "severities"),
    [
        (date(2027, 3, 13), 27, []),  # 07:00 Saturday to 11:00 Sunday is 27 h in spring
        (date(2026, 10, 31), 29, ["hard"]),  # and 29 h in autumn
    ],
)
def test_28_hours_on_the_clock_are_27_in_spring_and_29_in_autumn(
    first: date, hours: int, severities: list[str]
) -> None:
    roster = long_rotation(14, zone="America/Chicago", first=first).work(0, "07:00", 23, CALL)
    start = roster.minute(0, "07:00")
    end = roster.minute(1, "11:00")
    assert end - start == hours * 60
    roster.work(0, "07:00", hours, TRANSITION)
    assert roster.severities("US-CONT24") == severities


def test_the_finding_says_which_limit_was_passed() -> None:
    [late] = day_and_call(13.5).found("US-CONT24")
    assert late.message == (
        "R001 had other work than hand-over or education until 24.5 h after the start of duty from"
        " 1 Jul 07:00, 0.5 h over the 24 h of CPR 6.22 (VI.F.3.a)"
    )
    [long] = day_and_call().work(1, "07:00", 4.5, TRANSITION).found("US-CONT24")
    assert long.message == (
        "R001 was on duty for 28.5 h from 1 Jul 07:00, 0.5 h over the 28 h of CPR 6.22 (VI.F.3.a)"
    )
