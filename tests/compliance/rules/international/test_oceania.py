"""New Zealand's resident medical officers and New South Wales."""

from __future__ import annotations

from datetime import date

import pytest

from src.compliance.rules.choices import Care
from tests.compliance.rules.building import NIGHT
from tests.compliance.rules.international.world import (
    AUCKLAND,
    HOME_CALL,
    Roster,
    findings,
    in_place,
    minutes,
    numbers,
    told,
    year,
)


@pytest.mark.parametrize(("length", "said"), [(719, []), (720, []), (721, ["hard"]), (840, ["hard"])])
def test_72_hours_in_seven_days(length: int, said: list[str]) -> None:
    roster = minutes(year().work(range(1, 6), "08:00", 12), 7, "08:00", length)
    assert told(roster, "nz-rmo", "NZ-72") == said


def test_seven_days_are_local_dates_of_23_to_25_hours() -> None:
    """Sunday to Saturday with the clocks going forward on the first: 72 hours that touch the next Sunday."""
    roster = year(14, zone=AUCKLAND, first=date(2026, 9, 21)).work(range(6, 12), "08:00", 12)
    assert told(roster, "nz-rmo", "NZ-72") == []
    assert told(minutes(roster, 13, "00:00", 60), "nz-rmo", "NZ-72") == []
    assert told(minutes(roster, 12, "23:00", 1), "nz-rmo", "NZ-72") == ["hard"]


@pytest.mark.parametrize(("length", "said"), [(719, []), (720, []), (721, ["hard"])])
def test_144_hours_in_fourteen_days(length: int, said: list[str]) -> None:
    roster = minutes(year().work([*range(6), *range(7, 12)], "08:00", 12), 13, "08:00", length)
    assert told(roster, "nz-rmo", "NZ-144") == said


@pytest.mark.parametrize(("length", "said"), [(719, []), (720, []), (721, ["soft"]), (960, ["soft"])])
def test_sixty_hours_a_week_are_the_aim(length: int, said: list[str]) -> None:
    """Twenty shifts of twelve hours are 240 in four weeks; 244 are 61 a week."""
    roster = minutes(year().work(range(19), "08:00", 12), 20, "08:00", length)
    assert told(roster, "nz-rmo", "NZ-60") == said


@pytest.mark.parametrize(("length", "said"), [(959, []), (960, []), (961, ["hard"]), (1020, ["hard"])])
def test_sixteen_hours_in_a_day(length: int, said: list[str]) -> None:
    assert told(minutes(year(), 0, "08:00", length), "nz-rmo", "NZ-16") == said


def test_two_duties_that_start_on_one_date_are_one_day() -> None:
    roster = year().work(0, "00:00", 8).work(0, "16:00", 8)
    assert told(roster, "nz-rmo", "NZ-16") == []
    assert told(minutes(year().work(0, "00:00", 8), 0, "16:00", 481), "nz-rmo", "NZ-16") == ["hard"]


@pytest.mark.parametrize(("wall", "said"), [("03:59", ["hard"]), ("04:00", []), ("04:01", [])])
def test_eight_hours_between_duties(wall: str, said: list[str]) -> None:
    assert told(year().work(0, "08:00", 12).work(1, wall, 8), "nz-rmo", "NZ-8") == said


@pytest.mark.parametrize(("number", "said"), [(11, []), (12, []), (13, ["hard"])])
def test_twelve_days_in_a_row(number: int, said: list[str]) -> None:
    assert told(year().work(range(number), "08:00", 8), "nz-rmo", "NZ-12") == said


@pytest.mark.parametrize(("wall", "said"), [("15:59", ["hard"]), ("16:00", []), ("16:01", [])])
def test_48_hours_follow_twelve_days(wall: str, said: list[str]) -> None:
    assert told(year().work(range(12), "08:00", 8).work(13, wall, 4), "nz-rmo", "NZ-12") == said


@pytest.mark.parametrize(
    ("days", "said"), [((5, 19), []), ((5, 6, 20), []), ((5, 13), ["hard"]), ((5, 12, 19), ["hard"])]
)
def test_every_second_weekend_is_free(days: tuple[int, ...], said: list[str]) -> None:
    assert told(year().work(days, "08:00", 8), "nz-rmo", "NZ-WE") == said


def test_a_weekend_on_call_is_not_free() -> None:
    roster = year().work(5, "08:00", 8).work(12, "08:00", 24, HOME_CALL)
    assert told(roster, "nz-rmo", "NZ-WE") == ["hard"]


class TestScheduleTen:
    """Schedule 10 rosters, once enabled: ten days, four nights."""

    @pytest.mark.parametrize(("number", "said"), [(9, []), (10, []), (11, ["hard"])])
    def test_ten_days(self, number: int, said: list[str]) -> None:
        assert told(year().work(range(number), "08:00", 8), "nz-rmo", "NZ-10D") == said

    @pytest.mark.parametrize(("number", "said"), [(3, []), (4, []), (5, ["hard"])])
    def test_four_nights(self, number: int, said: list[str]) -> None:
        assert told(year().work(range(number), "21:00", 10, NIGHT), "nz-rmo", "NZ-4N") == said


class TestEmergencyDepartments:
    """Emergency departments: 50 on average, 60 in a week, ten a day, nine between; nowhere else."""

    def department(self, roster: Roster) -> Roster:
        return in_place(roster, Care.EMERGENCY)

    @pytest.mark.parametrize(("length", "said"), [(599, []), (600, []), (601, ["hard"]), (840, ["hard"])])
    def test_fifty_hours_a_week_over_four_weeks(self, length: int, said: list[str]) -> None:
        """200 hours pass, 204 are 51 a week."""
        roster = minutes(year().work(range(19), "08:00", 10), 20, "08:00", length)
        assert told(self.department(roster), "nz-rmo", "NZ-ED") == said

    @pytest.mark.parametrize(("length", "said"), [(599, []), (600, []), (601, ["hard"])])
    def test_sixty_hours_in_a_week(self, length: int, said: list[str]) -> None:
        roster = minutes(year().work(range(5), "08:00", 10), 5, "08:00", length)
        assert told(self.department(roster.work(7, "00:00", 10)), "nz-rmo", "NZ-ED-60") == said

    @pytest.mark.parametrize(("length", "said"), [(599, []), (600, []), (601, ["hard"])])
    def test_ten_hours_a_day(self, length: int, said: list[str]) -> None:
        assert told(self.department(minutes(year(), 0, "08:00", length)), "nz-rmo", "NZ-ED-10") == said

    @pytest.mark.parametrize(("wall", "said"), [("02:59", ["hard"]), ("03:00", []), ("03:01", [])])
    def test_nine_hours_between(self, wall: str, said: list[str]) -> None:
        roster = self.department(year().work(0, "08:00", 10).work(1, wall, 8))
        assert told(roster, "nz-rmo", "NZ-ED-9") == said

    @pytest.mark.parametrize("rule", ["NZ-ED", "NZ-ED-60", "NZ-ED-10", "NZ-ED-9"])
    def test_elsewhere_they_do_not_hold(self, rule: str) -> None:
        roster = year(28, 28).work(range(28), "08:00", 12).work(range(28), "04:00", 2)
        assert told(in_place(roster, Care.EMERGENCY, "R1"), "nz-rmo", rule) == []
        assert set(told(in_place(roster, Care.EMERGENCY, "R0"), "nz-rmo", rule)) == {"hard"}


@pytest.mark.parametrize(("length", "said"), [(839, []), (840, []), (841, ["hard"]), (900, ["hard"])])
def test_new_south_wales_has_shifts_of_14_hours(length: int, said: list[str]) -> None:
    assert told(minutes(year(), 0, "06:00", length), "au-nsw", "AU-NSW") == said


@pytest.mark.parametrize(
    ("wall", "said"),
    [("04:59", ["hard"]), ("05:00", ["hard"]), ("05:59", ["hard"]), ("06:00", []), ("06:01", [])],
)
def test_new_south_wales_has_ten_hours_between(wall: str, said: list[str]) -> None:
    assert told(year().work(0, "06:00", 14).work(1, wall, 8), "au-nsw", "AU-NSW-10") == said


class TestRiskScore:
    """AU-AMA: hours a week score a risk; nothing is forbidden."""

    def weeks(self, *hours: float) -> Roster:
        roster = year()
        for week, each in enumerate(hours):
            roster.work(range(7 * week, 7 * week + 5), "06:00", each / 5)
        return roster

    @pytest.mark.parametrize(("hours", "said"), [(49.9, []), (50, []), (50.1, ["info"]), (71, ["info"])])
    def test_more_than_fifty_hours_are_for_information(self, hours: float, said: list[str]) -> None:
        assert told(self.weeks(hours), "au-nsw", "AU-AMA") == said

    def test_the_weeks_at_risk_are_counted_and_the_worst_is_told(self) -> None:
        [finding] = findings(self.weeks(60, 75, 40, 70), "au-nsw", "AU-AMA")
        assert numbers([finding]) == [(75, 50)]
        assert "at risk in 2 and at higher risk in 1 of" in finding.message
