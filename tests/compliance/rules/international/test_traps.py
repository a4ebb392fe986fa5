"""Traps that other checkers fall into, where rules outside the United States meet them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from src.compliance.packs import load_pack
from src.compliance.rules import judge
from src.compliance.rules.choices import Care
from tests.compliance.rules.building import NIGHT, long_rotation
from tests.compliance.rules.international.world import (
    CALL,
    LONDON,
    MONDAY,
    findings,
    in_place,
    minutes,
    numbers,
    told,
    year,
)


class TestTrap6NightRunsCountStartDates:
    """A night touches two dates and is one night: four legal nights are not five days."""

    @pytest.mark.parametrize(("rule", "most"), [("UK-NIGHT", 4), ("UK-LONG", 4), ("UK-LATE", 4), ("UK-7", 7)])
    def test_the_most_nights_there_may_be_pass(self, rule: str, most: int) -> None:
        assert told(year().work(range(most), "20:00", 12, NIGHT), "uk-2019", rule) == []
        found = findings(year().work(range(most + 1), "20:00", 12, NIGHT), "uk-2019", rule)
        assert numbers(found) == [(most + 1, most)]

    def test_a_night_in_two_entries_is_one_night(self) -> None:
        roster = year().work(range(4), "19:30", 4, NIGHT).work(range(1, 5), "00:00", 7, NIGHT)
        assert told(roster, "uk-2019", "UK-NIGHT") == []


class TestTrap7NothingIsTruncated:
    """Minutes count everywhere: parts of shifts in a window, and windows that begin at any work."""

    def test_partial_shifts_count_to_the_minute(self) -> None:
        """Six shifts of 12 h 59 min are 77 h 54 min; floored to hours they would be 72."""
        roster = year()
        for day in range(6):
            minutes(roster, day, "08:00", 779)
        assert numbers(findings(roster, "uk-2019", "UK-72")) == [(Decimal("77.9"), 72)]

    def test_a_gap_of_a_minute_too_little_is_no_eleven_hours(self) -> None:
        roster = year().work(0, "08:00", 12)
        [finding] = findings(minutes(roster, 1, "06:59", 60), "uk-2019", "UK-11")
        assert finding.value < finding.limit == 11

    def test_a_duty_across_the_whole_window_is_not_lost(self) -> None:
        assert told(year().work(0, "00:00", 240), "uk-2019", "UK-72") == ["hard"]


def test_trap_8_an_average_is_divided_by_its_own_weeks() -> None:
    """Five weeks, one of them of 60 hours and four of 45: 48 in the mean of five, and no window is mixed."""
    roster = year(35).work(range(5), "08:00", 12)
    roster.work([7 * week + day for week in range(1, 5) for day in range(5)], "08:00", 9)
    assert told(roster, "uk-2019", "UK-48") == []
    assert told(minutes(roster, 34, "08:00", 1), "uk-2019", "UK-48") == ["hard"]


class TestTrap9ShiftsAreNotMerged:
    """Two shifts of twelve hours seven hours apart are a rest too short, and no duty of 31 hours."""

    def test_it_is_the_rest_that_fails(self) -> None:
        roster = year().work(0, "08:00", 12).work(1, "03:00", 12)
        assert told(roster, "uk-2019", "UK-13") == []
        assert numbers(findings(roster, "uk-2019", "UK-11")) == [(7, 11)]
        assert told(roster, "au-nsw", "AU-NSW") == []

    @pytest.mark.parametrize(("wall", "rests"), [("13:00", []), ("13:01", ["hard"])])
    def test_an_hour_for_a_meal_ends_no_shift_and_more_does(self, wall: str, rests: list[str]) -> None:
        assert told(year().work(0, "08:00", 4).work(0, wall, 4), "uk-2019", "UK-11") == rests


class TestTrap13Clocks:
    """Lengths are elapsed; dates are local."""

    @pytest.mark.parametrize(("first", "length"), [(date(2027, 3, 22), 12), (date(2026, 10, 19), 14)])
    def test_1900_to_0800_is_shorter_in_spring_and_longer_in_autumn(self, first: date, length: int) -> None:
        roster = year(14, zone=LONDON, first=first).work(5, "19:00", length)
        assert roster.duties[0].end == roster.minute(6, "08:00")
        found = findings(roster, "uk-2019", "UK-13")
        assert numbers(found) == ([] if length <= 13 else [(14, 13)])

    @pytest.mark.parametrize(
        ("first", "wall", "said"),
        [
            (date(2027, 3, 22), "06:59", ["hard"]),
            (date(2027, 3, 22), "07:00", []),
            (date(2026, 10, 19), "04:59", ["hard"]),
            (date(2026, 10, 19), "05:00", []),
        ],
    )
    def test_46_hours_after_a_night_across_the_change(self, first: date, wall: str, said: list[str]) -> None:
        """The night ends on Saturday 08:00; the clocks change before Monday."""
        roster = year(14, zone=LONDON, first=first).work(4, "20:00", 12, NIGHT).work(7, wall, 8)
        assert told(roster, "uk-2019", "UK-46") == said

    @pytest.mark.parametrize("first", [date(2027, 3, 22), date(2026, 10, 19)])
    def test_a_run_of_dates_goes_on_across_the_change(self, first: date) -> None:
        assert told(year(14, zone=LONDON, first=first).work(range(7), "00:30", 8), "uk-2019", "UK-7") == []
        roster = year(14, zone=LONDON, first=first).work(range(8), "00:30", 8)
        assert numbers(findings(roster, "uk-2019", "UK-7")) == [(8, 7)]


class TestTrap14YearEnds:
    """Leap days, 29 to 31-day blocks, week numbers that restart: windows are dates, and none is dropped."""

    @pytest.mark.parametrize("first", [date(2026, 12, 28), date(2024, 12, 30), date(2020, 12, 28)])
    def test_weeks_go_on_across_the_new_year(self, first: date) -> None:
        roster = in_place(year(14, first=first).work(range(1, 7), "08:00", 10), Care.EMERGENCY)
        assert told(roster, "ca-on-paro", "CA-ON-SH") == []
        assert told(minutes(roster, 0, "08:00", 1), "ca-on-paro", "CA-ON-SH") == ["hard"]

    def test_the_last_days_of_a_year_of_365_are_judged(self) -> None:
        """365 days are 26 weeks twice and one more day: the last window holds 183."""
        roster = long_rotation(365, first=MONDAY)
        roster.work([7 * week + day for week in range(26, 52) for day in range(4)], "08:00", 12)
        assert told(roster, "uk-2019", "UK-48") == []
        assert told(roster.work(364, "08:00", 12), "uk-2019", "UK-48") == ["hard"]

    def test_a_leap_day_is_a_day_of_the_run(self) -> None:
        """26 February to 4 March 2028 are eight days."""
        roster = year(28, first=date(2028, 2, 14)).work(range(12, 20), "08:00", 8)
        assert numbers(findings(roster, "uk-2019", "UK-7")) == [(8, 7)]

    def test_history_counts_to_runs_and_rests(self) -> None:
        """Four nights before the year and one on its first day are five."""
        [finding] = findings(year().work(range(-4, 1), "20:00", 12, NIGHT), "uk-2019", "UK-NIGHT")
        assert numbers([finding]) == [(5, 4)]

    def test_what_lies_wholly_before_the_year_is_not_reported(self) -> None:
        assert told(year().work(range(-10, -1), "20:00", 12, NIGHT), "uk-2019", "UK-NIGHT") == []


class TestTrap18WholeNumbers:
    """Halves, tables and ratios in whole numbers."""

    @pytest.mark.parametrize(("days", "most"), [(10, 3), (14, 4), (18, 5), (22, 6), (26, 7), (30, 8)])
    def test_half_a_call_is_rounded_up_and_never_to_even(self, days: int, most: int) -> None:
        """2.5 is 3 and 4.5 is 5, where rounding to even makes 2 and 4."""
        assert told(year(days).work(range(most), "17:00", 8, CALL), "ca-on-paro", "CA-ON-IH") == []
        roster = year(days).work(range(most + 1), "17:00", 8, CALL)
        assert numbers(findings(roster, "ca-on-paro", "CA-ON-IH")) == [(most + 1, most)]

    def test_british_columbia_follows_no_formula(self) -> None:
        """26 days allow 6 (6.5), 30 allow 8 (7.5)."""
        for days, most in ((26, 6), (30, 8)):
            roster = year(days).work(range(most), "17:00", 8, CALL)
            assert told(roster, "ca-bc", "CA-BC-IH") == []
            assert told(roster.work(most, "17:00", 8, CALL), "ca-bc", "CA-BC-IH") == ["hard"]

    def test_one_third_of_six_weekends_is_two_whole_weekends(self) -> None:
        assert told(year(42).work((5, 12), "08:00", 8), "uk-2019", "UK-WE") == []


def test_judging_several_packs_at_once_is_judging_each() -> None:
    roster = year(28, 28).work(range(40), "07:00", 13).work(range(0, 56, 3), "21:00", 10, CALL)
    packs = [load_pack(name) for name in ("uk-2019", "eu-wtd", "ca-bc", "nz-rmo", "acgme-cpr-2023")]
    apart = [finding for pack in packs for finding in judge(roster.facts(), [pack])]
    assert list(judge(roster.facts(), packs)) == apart
