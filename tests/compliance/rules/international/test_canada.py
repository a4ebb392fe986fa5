"""Canadian agreements of the east: Ontario, Quebec, the Maritimes."""

from __future__ import annotations

from datetime import date

import pytest

from src.compliance.rules.choices import Care
from tests.compliance.rules.building import NIGHT, long_rotation
from tests.compliance.rules.international.world import (
    CALL,
    HOME_CALL,
    MONDAY,
    TORONTO,
    Roster,
    called,
    findings,
    in_place,
    minutes,
    numbers,
    stay,
    told,
    year,
)


class TestOntarioInHouse:
    """CA-ON-IH: one in four, half a call rounded up."""

    @pytest.mark.parametrize(
        ("days", "most"), [(28, 7), (29, 7), (30, 8), (31, 8), (26, 7), (25, 6), (22, 6), (14, 4), (7, 2)]
    )
    def test_half_a_call_is_rounded_up(self, days: int, most: int) -> None:
        """22 / 4 = 5.5 is six, 26 / 4 = 6.5 seven, 30 / 4 = 7.5 eight: in whole numbers, never to even."""
        assert told(called(year(days), most - 1, every=1), "ca-on-paro", "CA-ON-IH") == []
        assert told(called(year(days), most, every=1), "ca-on-paro", "CA-ON-IH") == []
        [finding] = findings(called(year(days), most + 1, every=1), "ca-on-paro", "CA-ON-IH")
        assert numbers([finding]) == [(most + 1, most)]

    def test_leave_is_no_day_on_service(self) -> None:
        """21 days allow five calls (5.25)."""
        roster = called(year(28), 5).off(range(20, 27))
        assert told(roster, "ca-on-paro", "CA-ON-IH") == []
        assert told(roster.work(12, "17:00", 14, CALL), "ca-on-paro", "CA-ON-IH") == ["hard"]

    def test_a_long_rotation_is_averaged_with_nine_in_any_month(self) -> None:
        """84 days allow 21: nine, nine and three pass; ten in one month do not, nor 22 in all."""
        calls = [*range(0, 18, 2), *range(28, 46, 2), 57, 60, 63]
        roster = long_rotation(84, first=MONDAY).work(calls, "17:00", 14, CALL)
        assert told(roster, "ca-on-paro", "CA-ON-IH") == []
        one_more = long_rotation(84, first=MONDAY).work([*calls, 66], "17:00", 14, CALL)
        assert numbers(findings(one_more, "ca-on-paro", "CA-ON-IH")) == [(22, 21)]
        ten = long_rotation(84, first=MONDAY).work([*calls[:-1], 20], "17:00", 14, CALL)
        assert numbers(findings(ten, "ca-on-paro", "CA-ON-IH")) == [(10, 9)]

    def test_two_rotations_are_not_averaged(self) -> None:
        roster = year(28, 28).work(range(0, 16, 2), "17:00", 14, CALL)
        assert told(roster, "ca-on-paro", "CA-ON-IH") == ["hard"]

    def test_home_call_and_nights_are_no_in_hospital_call(self) -> None:
        roster = year(28).work(range(12), "20:00", 10, NIGHT).work(range(12, 28), "17:00", 14, HOME_CALL)
        assert told(roster, "ca-on-paro", "CA-ON-IH") == []


@pytest.mark.parametrize(("days", "most"), [(30, 10), (31, 11)])
def test_home_call_is_ten_in_thirty_and_eleven_in_thirty_one(days: int, most: int) -> None:
    assert told(called(year(days), most, HOME_CALL), "ca-on-paro", "CA-ON-HC") == []
    [finding] = findings(called(year(days), most + 1, HOME_CALL), "ca-on-paro", "CA-ON-HC")
    assert numbers([finding]) == [(most + 1, most)]


def test_home_call_is_not_averaged_over_months() -> None:
    roster = long_rotation(56, first=MONDAY).work(range(0, 22, 2), "17:00", 14, HOME_CALL)
    assert told(roster, "ca-on-paro", "CA-ON-HC") == ["hard"]


@pytest.mark.parametrize(
    ("days", "said"),
    [((5, 19), []), ((5, 12), ["hard"]), ((6, 11), ["hard"]), ((6, 10), []), ((4, 12), ["hard"])],
)
def test_home_call_is_not_on_two_weekends_in_a_row(days: tuple[int, ...], said: list[str]) -> None:
    """From Friday 17:00 on; a call on Thursday evening (day 10) is of the week."""
    roster = year().work(days, "17:00", 14, HOME_CALL)
    assert told(roster, "ca-on-paro", "CA-ON-HCW") == said


@pytest.mark.parametrize(
    ("home", "in_house", "said"), [(2, 6, []), (3, 5, []), (3, 6, ["hard"]), (1, 7, ["hard"]), (2, 5, [])]
)
def test_blended_call_is_thirty_points(home: int, in_house: int, said: list[str]) -> None:
    roster = called(year(28), in_house).work(range(15, 15 + 2 * home, 2), "17:00", 14, HOME_CALL)
    found = findings(roster, "ca-on-paro", "CA-ON-BL")
    assert [one.severity for one in found] == said
    assert all(one.value == 3 * home + 4 * in_house for one in found)


def test_call_of_one_kind_alone_is_not_blended() -> None:
    assert told(called(year(28), 9), "ca-on-paro", "CA-ON-BL") == []


class TestOntarioWorkDay:
    """CA-ON-24: 24 hours and two, from the start of the work day."""

    def day(self, end: str, call: str = "17:00") -> Roster:
        """The work day begins at 06:00 and goes over into call, until a time on the next day."""
        roster = year(14, zone=TORONTO).work(0, "06:00", 10)
        start = roster.minute(0, call)
        return minutes(roster, 0, call, roster.minute(1, end) - start, CALL)

    @pytest.mark.parametrize(
        ("end", "said"), [("07:59", []), ("08:00", []), ("08:01", ["hard"]), ("09:00", ["hard"])]
    )
    def test_0600_to_0800_next_day(self, end: str, said: list[str]) -> None:
        assert told(self.day(end), "ca-on-paro", "CA-ON-24") == said

    def test_the_work_day_counts_from_its_start_also_after_an_hour_off(self) -> None:
        assert told(self.day("09:00", call="19:00"), "ca-on-paro", "CA-ON-24") == ["hard"]

    @pytest.mark.parametrize(
        ("rule", "end", "said"),
        [
            ("CA-ON-24-AN", "07:00", []),
            ("CA-ON-24-AN", "07:01", ["hard"]),
            ("CA-ON-24-ICU", "07:30", []),
            ("CA-ON-24-ICU", "07:31", ["hard"]),
        ],
    )
    def test_some_services_have_less_for_hand_over(self, rule: str, end: str, said: list[str]) -> None:
        place = in_place(self.day(end), Care.CRITICAL) if rule == "CA-ON-24-ICU" else self.day(end)
        assert told(place, "ca-on-paro", rule) == said

    def test_intensive_care_has_less_for_hand_over_there_alone(self) -> None:
        assert told(self.day("07:59"), "ca-on-paro", "CA-ON-24-ICU") == []

    @pytest.mark.parametrize(
        ("first", "end", "said"),
        [
            (date(2027, 3, 14), "09:00", []),
            (date(2027, 3, 14), "09:01", ["hard"]),
            (date(2026, 11, 1), "07:00", []),
            (date(2026, 11, 1), "07:01", ["hard"]),
        ],
    )
    def test_the_hours_are_elapsed_hours_when_the_clocks_change(
        self, first: date, end: str, said: list[str]
    ) -> None:
        """From Saturday 06:00: 26 hours end at 09:00 in spring, at 07:00 in autumn."""
        roster = Roster(zone=TORONTO, first=date.fromordinal(first.toordinal() - 1), blocks=(14,))
        start = roster.minute(0, "06:00")
        minutes(roster, 0, "06:00", roster.minute(1, end) - start, CALL)
        assert told(roster, "ca-on-paro", "CA-ON-24") == said


class TestOntarioWeekends:
    """CA-ON-WE: two wholly free weekends in 28 days or a month."""

    @pytest.mark.parametrize(("worked", "said"), [((), []), ((0,), []), ((0, 2), []), ((0, 1, 3), ["hard"])])
    def test_two_free_pass_and_one_fails(self, worked: tuple[int, ...], said: list[str]) -> None:
        roster = year(28).work(range(0, 28, 7), "08:00", 8).work([5 + 7 * w for w in worked], "08:00", 8)
        assert told(roster, "ca-on-paro", "CA-ON-WE") == said

    @pytest.mark.parametrize(("end", "said"), [(240, []), (241, ["hard"])])
    def test_friday_night_is_part_of_the_weekend(self, end: int, said: list[str]) -> None:
        roster = year(28).work([5, 12], "08:00", 8)
        assert told(minutes(roster, 18, "16:00", end), "ca-on-paro", "CA-ON-WE") == said

    def test_home_call_is_not_free_and_neither_is_leave(self) -> None:
        roster = year(28).work([5, 12], "08:00", 8).work(19, "08:00", 24, HOME_CALL)
        assert told(roster, "ca-on-paro", "CA-ON-WE") == ["hard"]
        away = year(28).work([5, 12, 19], "08:00", 8).off(range(21, 28))
        assert told(away, "ca-on-paro", "CA-ON-WE") == ["hard"]

    @pytest.mark.parametrize(("days", "said"), [((0, 2), []), ((0, 1), ["hard"]), ((5, 6), ["hard"])])
    def test_calls_are_not_consecutive(self, days: tuple[int, ...], said: list[str]) -> None:
        assert told(year().work(days, "17:00", 14, CALL), "ca-on-paro", "CA-ON-CC") == said


@pytest.mark.parametrize(("length", "said"), [(719, []), (720, []), (721, ["hard"]), (780, ["hard"])])
def test_shift_services_work_sixty_hours_a_week(length: int, said: list[str]) -> None:
    roster = minutes(year().work(range(4), "08:00", 12), 4, "08:00", length)
    roster = in_place(roster.work(7, "08:00", 12), Care.EMERGENCY)
    assert told(roster, "ca-on-paro", "CA-ON-SH") == said


@pytest.mark.parametrize(("wall", "said"), [("05:59", ["hard"]), ("06:00", []), ("06:01", [])])
def test_shift_services_have_twelve_hours_between_shifts(wall: str, said: list[str]) -> None:
    roster = in_place(year().work(0, "10:00", 8).work(1, wall, 8), Care.EMERGENCY)
    assert told(roster, "ca-on-paro", "CA-ON-SH12") == said


def test_other_services_have_no_such_limits() -> None:
    roster = year().work(range(6), "08:00", 13).work(range(6), "22:00", 2)
    assert told(roster, "ca-on-paro", "CA-ON-SH") == []
    assert told(roster, "ca-on-paro", "CA-ON-SH12") == []


class TestMaritimes:
    """CA-MAR: 360 hours in 28 days, 90 a week on average, weekends, hand-over."""

    def unit(self, total: int, days: int = 28) -> Roster:
        """So many minutes over the days of one unit."""
        roster = year(days).work(range(20), "06:00", 17)
        return minutes(roster, 20, "00:00", total - 20 * 17 * 60)

    @pytest.mark.parametrize(
        ("total", "said"), [(21599, []), (21600, []), (21601, ["hard"]), (21660, ["hard"])]
    )
    def test_360_hours_pass_and_361_fail(self, total: int, said: list[str]) -> None:
        assert told(self.unit(total), "ca-mar", "CA-MAR") == said
        assert told(self.unit(total), "ca-mar", "CA-MAR-90") == said

    def test_a_longer_unit_holds_360_hours_in_any_28_days(self) -> None:
        roster = self.unit(21600, days=31)
        assert told(roster, "ca-mar", "CA-MAR") == []
        assert told(minutes(roster, 29, "08:00", 60), "ca-mar", "CA-MAR") == []
        assert told(minutes(roster, 27, "08:00", 1), "ca-mar", "CA-MAR") == ["hard"]

    def test_leave_does_not_hide_too_many_hours(self) -> None:
        """Three weeks of 91 hours beside one of leave."""
        roster = year(28).work(range(21), "08:00", 13).off(range(21, 28))
        assert numbers(findings(roster, "ca-mar", "CA-MAR-90")) == [(91, 90)]

    @pytest.mark.parametrize(("days", "said"), [((5, 20), []), ((5, 13, 26), ["hard"])])
    def test_two_weekends_in_a_unit(self, days: tuple[int, ...], said: list[str]) -> None:
        assert told(year().work(days, "08:00", 8), "ca-mar", "CA-MAR-WE") == said

    @pytest.mark.parametrize(("days", "said"), [((19, 26), []), ((19, 26, 33), ["hard"]), ((19, 26, 40), [])])
    def test_two_weekends_in_a_row_also_across_units(self, days: tuple[int, ...], said: list[str]) -> None:
        assert told(year(28, 28).work(days, "08:00", 8), "ca-mar", "CA-MAR-WE2") == said

    @pytest.mark.parametrize(
        ("call_end", "stays", "said"),
        [
            ("06:30", "08:30", []),
            ("06:30", "08:31", ["hard"]),
            ("08:00", "09:00", []),
            ("08:00", "09:01", ["hard"]),
            ("08:00", "10:00", ["hard"]),
        ],
    )
    def test_hand_over_ends_two_hours_after_call_or_at_nine(
        self, call_end: str, stays: str, said: list[str]
    ) -> None:
        assert told(stay(call_end, stays), "ca-mar", "CA-MAR-OUT") == said


class TestQuebec:
    """CA-QC: calls of 16 hours, days of twelve, six calls and 20 nights, two free weekends."""

    @pytest.mark.parametrize(("length", "said"), [(959, []), (960, []), (961, ["hard"]), (1020, ["hard"])])
    def test_call_lasts_16_hours(self, length: int, said: list[str]) -> None:
        assert told(minutes(year(), 0, "16:00", length, CALL), "ca-qc", "CA-QC") == said

    @pytest.mark.parametrize(("length", "said"), [(719, []), (720, []), (721, ["hard"])])
    def test_a_day_lasts_twelve_hours_and_a_call_is_no_day(self, length: int, said: list[str]) -> None:
        roster = minutes(year(), 0, "07:00", length).work(2, "16:00", 16, CALL)
        assert told(roster, "ca-qc", "CA-QC-DAY") == said

    @pytest.mark.parametrize(("number", "said"), [(5, []), (6, []), (7, ["hard"])])
    def test_six_calls_in_28_days(self, number: int, said: list[str]) -> None:
        assert told(called(year(28), number), "ca-qc", "CA-QC-CALLS") == said

    @pytest.mark.parametrize(("number", "said"), [(19, []), (20, []), (21, ["hard"])])
    def test_twenty_nights_in_28_days(self, number: int, said: list[str]) -> None:
        roster = year(28).work(range(number), "20:00", 12, NIGHT)
        assert told(roster, "ca-qc", "CA-QC-NIGHTS") == said

    @pytest.mark.parametrize(("days", "said"), [((5, 12), []), ((5, 12, 19), ["hard"])])
    def test_two_weekends_are_free(self, days: tuple[int, ...], said: list[str]) -> None:
        assert told(year(28).work(days, "08:00", 8), "ca-qc", "CA-QC-WE") == said
