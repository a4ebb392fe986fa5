"""NF-7: in any seven dates with night float a free period of 24 h begins."""

from __future__ import annotations

from datetime import date

import pytest

from tests.compliance.rules.building import CLINICAL, HOME_CALL, NIGHT, Roster, long_rotation, pack_with


def nights(*days: int, roster: Roster | None = None) -> Roster:
    return (roster or long_rotation(28)).work(days, "19:00", 12, NIGHT)


@pytest.mark.parametrize(("count", "severities"), [(5, []), (6, []), (7, ["soft"]), (12, ["soft"])])
def test_six_nights_and_a_day_off_pass_and_seven_nights_do_not(count: int, severities: list[str]) -> None:
    """After six nights from the first day, a free period begins on the morning of the seventh date."""
    assert nights(*range(count)).severities("NF-7") == severities


def test_a_free_period_counts_where_it_begins_even_if_it_ends_later() -> None:
    """Free from the last minute of the seventh date on."""
    roster = long_rotation(28).work(0, "19:00", 4, NIGHT).work(range(6), "07:00", 12, CLINICAL)
    assert roster.work(6, "07:00", 16 + 59 / 60).found("NF-7") == []


@pytest.mark.parametrize(("hours", "severities"), [(16 + 59 / 60, []), (17, ["soft"])])
def test_a_free_period_must_begin_before_the_seventh_date_is_over(
    hours: float, severities: list[str]
) -> None:
    """Work of the seventh date that ends at 23:59 lets it begin in time; one that ends at 24:00 does not."""
    roster = long_rotation(28).work(0, "19:00", 4, NIGHT).work(range(6), "07:00", 12)
    roster.work(6, "07:00", hours)
    assert roster.severities("NF-7") == severities


@pytest.mark.parametrize(("back", "severities"), [("06:59", ["soft"]), ("07:00", []), ("07:01", [])])
def test_24_hours_are_a_free_period_and_a_minute_less_is_not(back: str, severities: list[str]) -> None:
    """Off at 07:00 of day 6, back the next morning; nights before and days after leave no other gap."""
    roster = nights(*range(6)).work(0, "07:00", 12).work(range(8, 14), "07:00", 12).work(7, back, 12)
    assert roster.severities("NF-7") == severities


def test_the_inside_of_a_long_gap_lets_a_free_period_begin_at_any_time() -> None:
    assert nights(0, 14).found("NF-7") == []


def test_home_call_on_the_day_off_leaves_no_free_period() -> None:
    roster = nights(*range(6), *range(7, 13)).work((6, 13), "10:00", 12, HOME_CALL)
    assert roster.severities("NF-7") == ["soft"]


def test_weeks_without_night_float_are_not_judged() -> None:
    assert long_rotation(28).work(range(28), "07:00", 12).found("NF-7") == []


def test_leave_is_free_time_for_this_rule() -> None:
    assert nights(*range(6)).off(range(7, 14)).found("NF-7") == []


def test_overlapping_windows_are_one_finding_over_all_their_dates() -> None:
    [finding] = nights(*range(1, 13)).found("NF-7")
    assert (finding.window_start_at.date(), finding.window_end_at.date()) == (
        date(2026, 7, 2),
        date(2026, 7, 14),
    )
    assert finding.message == (
        "R001 began no free period of 24 h in 12 days with night float, 2–13 Jul;"
        " CPR 6.26 (VI.F.6) asks for one in any 7"
    )


def test_stretches_far_apart_are_findings_of_their_own() -> None:
    assert nights(*range(1, 9), *range(16, 24)).severities("NF-7") == ["soft", "soft"]


def test_two_single_nights_in_a_month_without_a_free_day_are_two_findings() -> None:
    """The windows around the first night and those around the last do not overlap."""
    roster = long_rotation(28).work(range(28), "07:00", 12).work(-1, "00:00", 24).work(28, "00:00", 24)
    roster.work((0, 27), "20:00", 2, NIGHT)
    assert roster.severities("NF-7") == ["soft", "soft"]


def test_a_stretch_that_reaches_into_the_year_is_reported() -> None:
    [finding] = nights(*range(-8, 2)).found("NF-7")
    assert finding.window_start_at.date() == date(2026, 6, 23)


def test_a_stretch_before_the_year_is_not_reported() -> None:
    assert nights(*range(-9, 0)).found("NF-7") == []


def test_the_length_of_the_stretch_is_the_packs() -> None:
    assert nights(*range(7)).severities("NF-7", pack_with(night_float_window_days=8)) == []


@pytest.mark.parametrize(("back", "severities"), [("07:00", ["soft"]), ("08:00", [])])
def test_the_free_period_is_elapsed_time_when_the_clocks_go_forward(back: str, severities: list[str]) -> None:
    """Off at 07:00 on Saturday 13 March, back 07:00 on Sunday: 23 h."""
    roster = long_rotation(28, zone="America/Chicago", first=date(2027, 3, 7))
    nights(*range(6), roster=roster).work(0, "07:00", 12).work(range(8, 14), "07:00", 12).work(7, back, 12)
    assert roster.severities("NF-7") == severities


def test_a_free_date_from_midnight_to_midnight_begins_on_that_date_and_no_other() -> None:
    """Day 0 is free to the minute; the windows that fail begin on day 1."""
    roster = (
        long_rotation(28).work((-1, *range(1, 9)), "00:00", 19).work((-1, *range(1, 9)), "19:00", 5, NIGHT)
    )
    assert roster.found("NF-7")[0].window_start_at.date() == date(2026, 7, 2)


@pytest.mark.parametrize(("second", "findings"), [(17, 1), (18, 2)])
def test_failing_windows_that_only_touch_are_findings_of_their_own(second: int, findings: int) -> None:
    """A night on day 5 fails the dates up to day 11, one on day 18 those from day 12."""
    roster = long_rotation(28).work(range(-8, 30), "07:00", 10).work((5, second), "18:00", 2, NIGHT)
    assert len(roster.found("NF-7")) == findings
