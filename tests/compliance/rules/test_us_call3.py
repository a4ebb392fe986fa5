"""US-CALL3: in-house call every third night on average of the counted days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from src.interchange.model import DutyType
from tests.compliance.rules.building import CALL, HOME_CALL, NIGHT, Roster, long_rotation


def calls(days: Iterable[int], roster: Roster | None = None) -> Roster:
    return (roster or long_rotation(28)).work(days, "19:00", 12, CALL)


@pytest.mark.parametrize(
    ("days", "most"), [(28, 9), (29, 9), (30, 10), (31, 10), (21, 7), (7, 2), (8, 2), (9, 3), (34, 11)]
)
def test_a_window_of_each_length_allows_a_third_of_its_nights(days: int, most: int) -> None:
    assert calls(range(most - 1), long_rotation(days)).found("US-CALL3") == []
    assert calls(range(most), long_rotation(days)).found("US-CALL3") == []
    assert calls(range(most + 1), long_rotation(days)).severities("US-CALL3") == ["hard"]


def test_nine_calls_in_28_days_pass_and_ten_fail() -> None:
    assert calls(range(0, 27, 3)).found("US-CALL3") == []
    assert calls(range(10)).found("US-CALL3")[0].value == 10


def test_eight_calls_beside_a_week_of_leave_fail_and_seven_pass() -> None:
    assert calls(range(8)).off(range(21, 28)).severities("US-CALL3") == ["hard"]
    assert calls(range(7)).off(range(21, 28)).found("US-CALL3") == []


def test_calls_on_nights_in_a_row_are_no_matter_while_the_average_holds() -> None:
    assert calls([0, 1, 2, 4, 6, 8]).found("US-CALL3") == []


@pytest.mark.parametrize("kind", [NIGHT, HOME_CALL, DutyType.JEOPARDY, DutyType.CLINICAL])
def test_nights_that_are_no_in_house_call_do_not_count(kind: DutyType) -> None:
    assert long_rotation(28).work(range(20), "19:00", 12, kind).found("US-CALL3") == []


def test_split_entries_of_one_night_are_one_call() -> None:
    roster = long_rotation(28).work(range(9), "19:00", 5, CALL).work(range(1, 10), "00:00", 5, CALL)
    roster.work(range(1, 10), "05:59", 1, CALL)
    assert roster.found("US-CALL3") == []


@pytest.mark.parametrize(("start", "severities"), [("05:59", []), ("06:00", ["hard"]), ("06:01", ["hard"])])
def test_a_start_before_six_belongs_to_the_night_before(start: str, severities: list[str]) -> None:
    roster = calls(range(9)).work(9, start, 2, CALL)  # the night of day 8, or a tenth call on day 9
    assert roster.severities("US-CALL3") == severities


def test_two_calls_that_start_on_one_date_are_one() -> None:
    assert calls(range(9)).work(range(9), "07:00", 3, CALL).found("US-CALL3") == []


def test_a_call_on_the_last_night_counts_whole_in_the_old_window() -> None:
    roster = Roster(blocks=(9, 9), rotations=("A", "B"))
    calls([0, 2, 4, 8], roster)
    [finding] = roster.found("US-CALL3")
    assert finding.window_start_at.date() == date(2026, 7, 1)
    assert "8/19:00/in_house_call" in finding.entries


def test_an_early_start_on_the_first_day_belongs_to_the_window_before() -> None:
    roster = Roster(blocks=(9, 9), rotations=("A", "B"))
    calls([9, 11, 13], roster).work(9, "02:00", 4, CALL)
    assert roster.found("US-CALL3") == []


def test_a_call_before_the_year_does_not_count_in_it() -> None:
    roster = calls([-1, 0, 1, 2], long_rotation(9))
    assert roster.found("US-CALL3") == []


def test_a_single_call_in_three_counted_days_of_four_is_information_only_when_too_often() -> None:
    """Two calls in five counted days are more than every third night, but too few days to judge."""
    roster = calls([0, 2]).off(range(5, 28))
    assert roster.severities("US-CALL3") == ["info"]
    assert calls([0]).off(range(5, 28)).found("US-CALL3") == []


def test_the_call_date_goes_by_the_clock_when_it_changes() -> None:
    """05:30 on the 23-hour Sunday is four and a half hours after midnight, and still before six."""
    roster = long_rotation(9, zone="America/Chicago", first=date(2027, 3, 13)).work(
        [0, 3, 6], "19:00", 8, CALL
    )
    assert roster.work(1, "05:30", 2, CALL).found("US-CALL3") == []
    assert roster.work(1, "06:00", 2, CALL).severities("US-CALL3") == ["hard"]


def test_the_finding_counts_the_calls_and_the_days() -> None:
    [finding] = calls(range(10)).found("US-CALL3")
    assert (finding.value, finding.limit, len(finding.entries)) == (10, 9, 10)
    assert finding.message == (
        "R001 had 10 in-house calls on WARD 1–28 Jul, 1 more than CPR 6.27 (VI.F.7) allows in 28 counted days"
    )
