"""England's terms of 2016 and 2019: hours, shifts, runs and nights, each at, under and over its limit."""

from __future__ import annotations

import pytest

from tests.compliance.rules.building import NIGHT
from tests.compliance.rules.international.world import (
    CALL,
    CALLED_IN,
    CLINICAL,
    HOME_CALL,
    Roster,
    findings,
    minutes,
    numbers,
    told,
    year,
)

BOTH = ("uk-2016", "uk-2019")


class TestAverageHours:
    """UK-48: 48 hours a week on average, 56 for those who opted out."""

    def eight_weeks(self, hours: float) -> Roster:
        """So many hours in 32 shifts over eight weeks."""
        days = [7 * week + day for week in range(8) for day in range(4)]
        return year(28, 28).work(days[:-1], "08:00", 12).work(days[-1], "08:00", hours - 31 * 12)

    @pytest.mark.parametrize("pack", BOTH)
    @pytest.mark.parametrize(("hours", "said"), [(383, []), (384, []), (386, ["hard"])])
    def test_eight_weeks_hold_384_hours(self, pack: str, hours: float, said: list[str]) -> None:
        assert told(self.eight_weeks(hours), pack, "UK-48") == said

    def test_one_minute_more_is_too_much(self) -> None:
        [finding] = findings(self.eight_weeks(384 + 1 / 60), "uk-2019", "UK-48")
        assert numbers([finding]) == [(finding.value, 48)]
        assert finding.value > 48

    @pytest.mark.parametrize(("hours", "said"), [(386, []), (448, []), (449, ["hard"])])
    def test_who_opted_out_may_work_56(self, hours: float, said: list[str]) -> None:
        roster = year(28, 28).work([7 * w + d for w in range(8) for d in range(4)], "08:00", hours / 32)
        assert told(roster, "uk-2019", "UK-48", opted_out=True) == said

    def test_leave_does_not_hide_too_many_hours(self) -> None:
        """Four weeks of 50 hours beside four weeks of leave are 50 a week, not 25."""
        roster = year(28, 28).work([7 * w + d for w in range(4) for d in range(5)], "08:00", 10)
        assert told(roster, "uk-2019", "UK-48") == []
        [finding] = findings(roster.off(range(28, 56)), "uk-2019", "UK-48")
        assert numbers([finding]) == [(50, 48)]

    def test_prospective_cover_takes_leave_off_both_sides(self) -> None:
        """26 leave days a year over 8 weeks are 4 days: (D - 4*8) / (8 - 4/5), so D may be 377.6 hours."""
        cover = {"prospective_cover": True, "leave_days_a_year": 26, "leave_day_minutes": 480}
        fits = year(28, 28).work(range(32), "08:00", 377.6 / 32)
        assert told(fits, "uk-2019", "UK-48", **cover) == []
        over = minutes(fits, 40, "08:00", 1)
        assert told(over, "uk-2019", "UK-48", **cover) == ["hard"]

    def test_the_regulations_make_leave_up_with_work_after_the_period(self) -> None:
        """A quarter of leave does not shrink the divisor: (A + B) / C with B worked after the period."""
        made_up = {"leave_made_up_after": True, "reference_days": 28}
        roster = year(28, 28).work([7 * week + day for week in range(4) for day in range(5)], "08:00", 9.6)
        roster.duties = [duty for duty in roster.duties if duty.start < roster.minute(21, "00:00")]
        roster.off(range(21, 28)).work(range(28, 34), "08:00", 8)
        assert told(roster, "uk-2019", "UK-48", **made_up) == ["not judged"]
        assert told(roster.work(34, "08:00", 0.05), "uk-2019", "UK-48", **made_up) == ["hard"]
        light = year(28, 28).work(range(20), "08:00", 8).off(range(21, 28)).work(range(28, 35), "08:00", 4)
        assert told(light, "uk-2019", "UK-48", **made_up) == []

    def test_a_longer_year_is_cut_into_26_weeks(self) -> None:
        """Half a year of 60 hours is not saved by half a year of 30."""
        roster = year(*[28] * 13)
        roster.work([7 * w + d for w in range(26) for d in range(5)], "08:00", 12)
        roster.work([7 * w + d for w in range(26, 52) for d in range(5)], "08:00", 6)
        [finding] = findings(roster, "uk-2019", "UK-48")
        assert numbers([finding]) == [(60, 48)]

    def test_on_call_without_recorded_work_is_not_judged_but_said(self) -> None:
        roster = year(28).work((0, 7), "09:00", 24, HOME_CALL)
        [finding] = findings(roster, "uk-2019", "UK-48")
        assert (finding.unit, finding.severity) == ("not judged", "info")
        assert "neither recorded nor expected" in finding.message

    def test_expected_work_of_on_call_counts_where_it_is_stated(self) -> None:
        """Four on-calls of 24 hours at a quarter are 24 hours beside 168: 192 in four weeks."""
        stated = {"expected_work_known": True, "expected_work_percent": 25}
        roster = year(28).work(range(0, 28, 2), "08:00", 12).work((1, 8, 15, 22), "20:00", 24, HOME_CALL)
        roster.duties = [one for one in roster.duties if one.type is HOME_CALL or one.type is CLINICAL]
        assert told(roster, "uk-2019", "UK-48", **stated) == []
        assert told(minutes(roster, 27, "06:00", 1200), "uk-2019", "UK-48", **stated) == ["hard"]


class TestSevenTwoHours:
    """UK-72: 72 hours in any 168 consecutive hours."""

    def test_six_shifts_of_twelve_hours_pass_and_a_73rd_hour_fails(self) -> None:
        six = year().work(range(6), "08:00", 12)
        assert told(six, "uk-2019", "UK-72") == []
        assert numbers(findings(six.work(6, "20:00", 1), "uk-2019", "UK-72")) == [(73, 72)]

    @pytest.mark.parametrize(("extra", "said"), [(0, []), (1, ["hard"])])
    def test_a_minute_counts(self, extra: int, said: list[str]) -> None:
        roster = year().work(range(5), "08:00", 12)
        assert told(minutes(roster, 5, "08:00", 720 + extra), "uk-2016", "UK-72") == said

    def test_the_window_begins_at_any_work_not_at_midnight(self) -> None:
        """168 hours from Monday 20:00 hold what no seven dates from midnight do."""
        roster = year().work(range(6), "20:00", 12)
        assert told(roster, "uk-2019", "UK-72") == []
        assert told(minutes(roster, 7, "19:59", 1), "uk-2019", "UK-72") == ["hard"]
        later = year().work(range(6), "20:00", 12)
        assert told(minutes(later, 7, "20:00", 60), "uk-2019", "UK-72") == []

    def test_a_duty_that_spans_the_whole_window_counts(self) -> None:
        [finding] = findings(year().work(3, "00:00", 200), "uk-2019", "UK-72")
        assert numbers([finding]) == [(168, 72)]

    def test_resident_on_call_counts_fully_and_on_call_at_home_as_far_as_worked(self) -> None:
        roster = year().work(range(3), "08:00", 24, CALL)
        assert told(roster, "uk-2019", "UK-72") == []
        home = roster.work(4, "08:00", 24, HOME_CALL).work(4, "12:00", 1, CALLED_IN)
        assert told(home, "uk-2019", "UK-72") == ["hard"]


@pytest.mark.parametrize("pack", BOTH)
@pytest.mark.parametrize(("length", "said"), [(779, []), (780, []), (781, ["hard"]), (795, ["hard"])])
def test_a_shift_lasts_13_hours(pack: str, length: int, said: list[str]) -> None:
    assert told(minutes(year(), 0, "08:00", length), pack, "UK-13") == said


def test_resident_on_call_is_a_shift_and_on_call_at_home_is_none() -> None:
    assert told(year().work(0, "08:00", 24, CALL), "uk-2019", "UK-13") == ["hard"]
    home = year().work(0, "08:00", 24, HOME_CALL).work(0, "09:00", 14, CALLED_IN)
    assert told(home, "uk-2019", "UK-13") == []


@pytest.mark.parametrize(("pack", "most"), [("uk-2016", 5), ("uk-2019", 4)])
class TestLongShifts:
    """UK-LONG: four (2016: five) long shifts in a row, then 48 hours."""

    def longs(self, number: int) -> Roster:
        return year().work(range(number), "08:00", 11)

    def test_the_most_pass_and_one_more_fails(self, pack: str, most: int) -> None:
        assert told(self.longs(most - 1), pack, "UK-LONG") == []
        assert told(self.longs(most), pack, "UK-LONG") == []
        assert numbers(findings(self.longs(most + 1), pack, "UK-LONG")) == [(most + 1, most)]

    @pytest.mark.parametrize(("rest", "said"), [(2879, ["hard"]), (2880, []), (2881, []), (2400, ["hard"])])
    def test_48_hours_follow(self, pack: str, most: int, rest: int, said: list[str]) -> None:
        """The last ends at 19:00 of day most - 1."""
        ahead = 19 * 60 + rest
        day, minute = most - 1 + ahead // 1440, ahead % 1440
        roster = self.longs(most).work(day, f"{minute // 60:02}:{minute % 60:02}", 4)
        assert told(roster, pack, "UK-LONG") == said

    def test_no_rest_is_asked_for_after_fewer(self, pack: str, most: int) -> None:
        assert told(self.longs(most - 1).work(most - 1, "08:00", 4), pack, "UK-LONG") == []

    @pytest.mark.parametrize(("length", "said"), [(600, []), (601, ["hard"])])
    def test_long_is_more_than_ten_hours(self, pack: str, most: int, length: int, said: list[str]) -> None:
        roster = year()
        for day in range(most + 1):
            minutes(roster, day, "08:00", length)
        assert told(roster, pack, "UK-LONG") == said


class TestLateShifts:
    """UK-LATE: four late long shifts in a row, then 48 hours."""

    @pytest.mark.parametrize("pack", BOTH)
    @pytest.mark.parametrize(("number", "said"), [(3, []), (4, []), (5, ["hard"])])
    def test_four_pass_and_five_fail(self, pack: str, number: int, said: list[str]) -> None:
        assert told(year().work(range(number), "12:30", 11), pack, "UK-LATE") == said

    @pytest.mark.parametrize(("start", "said"), [("12:00", []), ("12:01", ["hard"])])
    def test_late_is_after_2300(self, start: str, said: list[str]) -> None:
        assert told(year().work(range(5), start, 11), "uk-2019", "UK-LATE") == said

    @pytest.mark.parametrize(("wall", "said"), [("23:29", ["hard"]), ("23:30", []), ("23:31", [])])
    def test_48_hours_follow(self, wall: str, said: list[str]) -> None:
        """The fourth ends on day 3 at 23:30."""
        roster = year().work(range(4), "12:30", 11).work(5, wall, 4)
        assert told(roster, "uk-2019", "UK-LATE") == said

    def test_a_night_is_late_today_but_was_not_in_2016(self) -> None:
        nights = year().work(range(5), "20:00", 12)
        assert told(nights, "uk-2019", "UK-LATE") == ["hard"]
        assert told(nights, "uk-2016", "UK-LATE") == []


@pytest.mark.parametrize("pack", BOTH)
class TestNights:
    """UK-NIGHT: four nights in a row; a night holds three hours between 23:00 and 06:00."""

    @pytest.mark.parametrize(("number", "said"), [(3, []), (4, []), (5, ["hard"])])
    def test_four_pass_and_five_fail(self, pack: str, number: int, said: list[str]) -> None:
        assert told(year().work(range(number), "20:00", 12, NIGHT), pack, "UK-NIGHT") == said

    @pytest.mark.parametrize(("length", "said"), [(599, []), (600, ["hard"]), (601, ["hard"])])
    def test_three_hours_make_a_night(self, pack: str, length: int, said: list[str]) -> None:
        """From 16:00, ten hours reach 02:00."""
        roster = year()
        for day in range(5):
            minutes(roster, day, "16:00", length)
        assert told(roster, pack, "UK-NIGHT") == said

    def test_an_early_start_may_be_a_night_too(self, pack: str) -> None:
        assert told(year().work(range(5), "03:00", 9), pack, "UK-NIGHT") == ["hard"]
        assert told(year().work(range(5), "03:01", 9), pack, "UK-NIGHT") == []


class TestRestAfterNights:
    """UK-46: 46 hours after any run of nights (2016: after three or four)."""

    def nights(self, number: int, wall: str) -> Roster:
        """Nights that end on Friday 08:00, work again on Sunday."""
        return year().work(range(4 - number, 4), "20:00", 12, NIGHT).work(6, wall, 8)

    @pytest.mark.parametrize("number", [1, 2, 3, 4])
    @pytest.mark.parametrize(
        ("wall", "said"), [("06:00", []), ("06:01", []), ("05:59", ["hard"]), ("05:00", ["hard"])]
    )
    def test_friday_0800_to_sunday_0600(self, number: int, wall: str, said: list[str]) -> None:
        assert told(self.nights(number, wall), "uk-2019", "UK-46") == said

    @pytest.mark.parametrize(("number", "said"), [(1, []), (2, []), (3, ["hard"]), (4, ["hard"])])
    def test_in_2016_three_nights_make_a_run(self, number: int, said: list[str]) -> None:
        assert told(self.nights(number, "05:00"), "uk-2016", "UK-46") == said

    def test_the_rest_is_up_to_work_that_is_no_night(self) -> None:
        """After a night off comes a night, after both a day: 46 hours lie between the last and that day."""
        roster = year().work((0, 2), "20:00", 12, NIGHT).work(5, "06:00", 2)
        assert told(roster, "uk-2019", "UK-46") == []
        [finding] = findings(roster.work(4, "09:00", 2), "uk-2019", "UK-46")
        assert numbers([finding]) == [(25, 46)]

    def test_a_shift_between_two_nights_ends_the_run(self) -> None:
        roster = year().work((0, 1), "20:00", 10, NIGHT).work(1, "12:00", 4)
        [finding] = findings(roster, "uk-2019", "UK-46")
        assert numbers([finding]) == [(6, 46)]


@pytest.mark.parametrize(("pack", "most"), [("uk-2016", 8), ("uk-2019", 7)])
class TestDaysInRow:
    """UK-7: seven (2016: eight) days in a row, then 48 hours."""

    def test_the_most_pass_and_one_more_fails(self, pack: str, most: int) -> None:
        assert told(year().work(range(most - 1), "08:00", 8), pack, "UK-7") == []
        assert told(year().work(range(most), "08:00", 8), pack, "UK-7") == []
        assert numbers(findings(year().work(range(most + 1), "08:00", 8), pack, "UK-7")) == [(most + 1, most)]

    @pytest.mark.parametrize(("wall", "said"), [("15:59", ["hard"]), ("16:00", []), ("16:01", [])])
    def test_48_hours_follow(self, pack: str, most: int, wall: str, said: list[str]) -> None:
        roster = year().work(range(most), "08:00", 8).work(most + 1, wall, 4)
        assert told(roster, pack, "UK-7") == said

    def test_a_night_is_one_day_not_two(self, pack: str, most: int) -> None:
        """The last night ends on the date after the most there may be."""
        assert told(year().work(range(most), "22:00", 9), pack, "UK-7") == []

    def test_on_call_counts_as_a_day(self, pack: str, most: int) -> None:
        roster = year().work(range(most), "08:00", 8).work(most, "20:00", 2, HOME_CALL)
        assert told(roster, pack, "UK-7") in (["hard"], ["hard", "hard"])


class TestLowIntensity:
    """Where the weekend on-call is of low intensity, twelve days may follow one another."""

    def days(self, number: int, hours: float = 1, episodes: int = 1) -> Roster:
        """Weekdays of shifts around a weekend of on-call with so much work each day."""
        roster = year().work([day for day in range(number) if day % 7 < 5], "08:00", 8)
        for day in (5, 6):
            roster.work(day, "08:00", 24, HOME_CALL)
            for episode in range(episodes):
                roster.work(day, f"{10 + 2 * episode}:00", hours / episodes, CALLED_IN)
        return roster

    @pytest.mark.parametrize(("number", "said"), [(8, []), (11, []), (12, []), (15, ["hard"])])
    def test_twelve_pass(self, number: int, said: list[str]) -> None:
        roster = self.days(number)
        if number == 15:
            roster.work((12, 13), "08:00", 24, HOME_CALL).work((12, 13), "10:00", 1, CALLED_IN)
        assert told(roster, "uk-2019", "UK-7") == said

    @pytest.mark.parametrize(
        ("hours", "episodes", "said"),
        [(3, 1, []), (3, 3, []), (3 + 1 / 60, 1, ["hard"]), (1, 4, ["hard"])],
    )
    def test_low_is_three_hours_and_three_episodes(
        self, hours: float, episodes: int, said: list[str]
    ) -> None:
        assert told(self.days(10, hours, episodes), "uk-2019", "UK-7") == said

    def test_both_days_must_be_low(self) -> None:
        assert told(self.days(10).work(6, "20:00", 3, CALLED_IN), "uk-2019", "UK-7") == ["hard"]

    def test_a_plan_without_work_on_call_does_not_say_whether_it_is_low(self) -> None:
        roster = self.days(10)
        roster.duties = [duty for duty in roster.duties if duty.type is not CALLED_IN]
        assert told(roster, "uk-2019", "UK-7") == ["not judged"]
        assert told(roster, "uk-2019", "UK-7", low_intensity_expected=True) == []

    def test_a_shift_at_the_weekend_is_no_low_intensity(self) -> None:
        assert told(year().work(range(10), "08:00", 8), "uk-2019", "UK-7") == ["hard"]
