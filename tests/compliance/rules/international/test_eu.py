"""The Working Time Directive: daily and weekly rest, averages, nights, breaks."""

from __future__ import annotations

from datetime import date

import pytest

from tests.compliance.rules.building import NIGHT
from tests.compliance.rules.international.world import (
    CALL,
    CALLED_IN,
    HOME_CALL,
    Roster,
    findings,
    minutes,
    numbers,
    told,
    year,
)


@pytest.mark.parametrize(("length", "said"), [(779, []), (780, []), (781, ["hard"]), (810, ["hard"])])
def test_thirteen_hours_leave_eleven_of_rest(length: int, said: list[str]) -> None:
    roster = year()
    for day in range(1):
        minutes(roster, day, "08:00", length)
    assert told(roster.work(1, "08:00", 2), "eu-wtd", "EU-11") == said


def test_rest_is_sought_in_the_24_hours_from_every_start() -> None:
    """8 hours on, 11 off and on again: the rest lies inside. 8 on and 10 off: it does not."""
    assert told(year().work(0, "08:00", 8).work(1, "03:00", 8), "eu-wtd", "EU-11") == []
    [finding] = findings(year().work(0, "08:00", 8).work(1, "02:00", 8), "eu-wtd", "EU-11")
    assert numbers([finding]) == [(10, 11)]


def test_call_at_work_is_work_and_call_at_home_is_not_until_one_is_called() -> None:
    assert told(year().work(0, "08:00", 24, CALL), "eu-wtd", "EU-11") == ["hard"]
    home = year().work(0, "08:00", 24, HOME_CALL).work(0, "08:00", 8)
    assert told(home, "eu-wtd", "EU-11") == []
    assert told(home.work(0, "22:00", 3, CALLED_IN), "eu-wtd", "EU-11") == ["hard"]


class TestWeeklyRest:
    """EU-35: 35 hours in a row in each seven days."""

    def week(self, start: str) -> Roster:
        """Work on all days but Saturday, off from Friday 20:00, on Sunday from that time on."""
        return year(7).work(range(5), "12:00", 8).work(6, start, 4)

    @pytest.mark.parametrize(
        ("start", "said"), [("07:00", []), ("07:01", []), ("06:59", ["hard"]), ("02:00", ["hard"])]
    )
    def test_35_hours_pass_and_less_fails(self, start: str, said: list[str]) -> None:
        assert told(self.week(start), "eu-wtd", "EU-35") == said

    def test_24_hours_may_be_enough_where_that_is_justified(self) -> None:
        assert numbers(findings(self.week("02:00"), "eu-wtd", "EU-35")) == [(30, 35)]
        assert told(self.week("02:00"), "eu-wtd", "EU-35", rest_minutes=24 * 60) == []

    def test_twelve_days_may_follow_one_another(self) -> None:
        """The rest may fall anywhere in each period: on the first Monday and on the last Sunday."""
        roster = year(14).work(1, "12:00", 4).work(range(2, 12), "08:00", 8)
        assert told(roster.work(12, "05:00", 8), "eu-wtd", "EU-35") == []

    def test_a_rest_across_the_edge_is_in_each_period_as_long_as_it_lies_there(self) -> None:
        """From Saturday 20:00 to Tuesday 04:00: 28 hours in each week."""
        roster = year(14).work(range(6), "12:00", 8).work(8, "04:00", 8).work(range(9, 14), "08:00", 8)
        assert told(roster, "eu-wtd", "EU-35") == ["hard", "hard"]

    def test_over_fourteen_days_two_rests_may_lie_together(self) -> None:
        roster = year(14).work(range(11), "08:00", 12)
        over_two_weeks = {"days": 14, "rests": 2}
        assert told(roster, "eu-wtd", "EU-35") == ["hard"]
        assert told(roster, "eu-wtd", "EU-35", **over_two_weeks) == []
        [finding] = findings(roster.work(12, "06:00", 1), "eu-wtd", "EU-35", **over_two_weeks)
        assert numbers([finding]) == [(1, 2)]
        assert finding.unit == "rests"

    @pytest.mark.parametrize(
        ("first", "start", "said"),
        [
            (date(2027, 3, 22), "08:00", []),
            (date(2027, 3, 22), "07:59", ["hard"]),
            (date(2026, 10, 19), "06:00", []),
            (date(2026, 10, 19), "05:59", ["hard"]),
        ],
    )
    def test_the_night_the_clocks_change_is_an_hour_shorter_or_longer(
        self, first: date, start: str, said: list[str]
    ) -> None:
        roster = year(7, first=first, zone="Europe/Berlin").work(range(5), "12:00", 8).work(6, start, 4)
        assert told(roster, "eu-wtd", "EU-35") == said


class TestAverageHours:
    """EU-48: 48 hours a week on average over 17 weeks."""

    def weeks(self, hours: float, blocks: tuple[int, ...] = (119,)) -> Roster:
        days = [7 * week + day for week in range(17) for day in range(4)]
        return year(*blocks).work(days[:-1], "08:00", 12).work(days[-1], "08:00", hours - 67 * 12)

    @pytest.mark.parametrize(
        ("hours", "said"), [(815, []), (816, []), (816 + 1 / 60, ["hard"]), (818, ["hard"])]
    )
    def test_17_weeks_hold_816_hours(self, hours: float, said: list[str]) -> None:
        assert told(self.weeks(hours), "eu-wtd", "EU-48") == said

    def test_833_hours_are_49_a_week(self) -> None:
        roster = self.weeks(816).work(range(5, 119, 7), "08:00", 1)
        assert numbers(findings(roster, "eu-wtd", "EU-48")) == [(49, 48)]

    def test_leave_is_neutral(self) -> None:
        """Sixteen weeks of 48 hours beside one of leave are 48; a minute more is too much."""
        roster = year(119).work([7 * w + d for w in range(16) for d in range(4)], "08:00", 12)
        roster.off(range(112, 119))
        assert told(roster, "eu-wtd", "EU-48") == []
        assert told(minutes(roster, 6, "08:00", 1), "eu-wtd", "EU-48") == ["hard"]

    def test_any_17_weeks_are_judged_not_only_the_first(self) -> None:
        """Heavy weeks across the middle of the year: no fixed period shows them."""
        roster = year(238).work([7 * w + d for w in range(9, 26) for d in range(7)], "08:00", 7)
        [finding] = findings(roster, "eu-wtd", "EU-48")
        assert numbers([finding]) == [(49, 48)]
        assert told(roster, "eu-wtd", "EU-48", rolling=False) == []

    def test_who_agreed_to_more_is_not_judged_and_told_so(self) -> None:
        assert told(self.weeks(860), "eu-wtd", "EU-48", opted_out=True) == ["not judged"]


class TestNightWork:
    """EU-N8: night workers work eight hours per 24 on average, the weekly rest day left out."""

    def nights(self, hours: float) -> Roster:
        days = [7 * week + day for week in range(17) for day in range(6)]
        return year(119).work(days, "22:00", hours, NIGHT)

    @pytest.mark.parametrize(("hours", "said"), [(7.9, []), (8, []), (8 + 1 / 60, ["hard"]), (9, ["hard"])])
    def test_eight_on_average_pass_and_nine_fail(self, hours: float, said: list[str]) -> None:
        assert told(self.nights(hours), "eu-wtd", "EU-N8") == said

    def test_who_works_few_nights_is_no_night_worker(self) -> None:
        roster = year(119).work([7 * w + d for w in range(17) for d in range(5)], "08:00", 11)
        assert told(roster.work(5, "22:00", 8, NIGHT), "eu-wtd", "EU-N8") == []

    @pytest.mark.parametrize(("length", "said"), [(480, []), (481, ["hard"])])
    def test_hazardous_work_is_never_longer_by_night(self, length: int, said: list[str]) -> None:
        roster = minutes(year(28), 0, "22:00", length, NIGHT)
        assert told(roster, "eu-wtd", "EU-N8", special_hazard=True) == said


class TestBreaks:
    """EU-BRK: a break where the day is longer than six hours."""

    @pytest.mark.parametrize(("length", "said"), [(359, []), (360, []), (361, ["hard"]), (390, ["hard"])])
    def test_six_hours_need_none(self, length: int, said: list[str]) -> None:
        assert told(minutes(year(), 0, "08:00", length), "eu-wtd", "EU-BRK", breaks_are_recorded=True) == said

    def test_a_plan_that_shows_no_breaks_is_not_judged_above_six_hours(self) -> None:
        assert told(minutes(year(), 0, "08:00", 390), "eu-wtd", "EU-BRK") == ["not judged"]
        assert told(minutes(year(), 0, "08:00", 360), "eu-wtd", "EU-BRK") == []

    @pytest.mark.parametrize(("wall", "said"), [("12:20", []), ("12:19", ["hard"])])
    def test_a_break_is_20_minutes(self, wall: str, said: list[str]) -> None:
        roster = year().work(0, "08:00", 4).work(0, wall, 4)
        assert told(roster, "eu-wtd", "EU-BRK", breaks_are_recorded=True) == said
