"""Canadian agreements: calls by share and by table, weekends, hours, hand-over."""

from __future__ import annotations

from datetime import date

import pytest

from src.compliance.rules.choices import Care
from src.interchange.model import DutyType
from tests.compliance.rules.building import NIGHT, TRANSITION, long_rotation
from tests.compliance.rules.international.world import (
    CALL,
    HOME_CALL,
    MONDAY,
    TORONTO,
    Roster,
    findings,
    in_place,
    minutes,
    numbers,
    told,
    year,
)

BC_IN_HOUSE = {
    11: 3,
    14: 3,
    15: 4,
    18: 4,
    19: 5,
    22: 5,
    23: 6,
    26: 6,
    27: 7,
    29: 7,
    30: 8,
    34: 8,
    35: 9,
    38: 9,
}
BC_HOME = {
    11: 4,
    14: 4,
    15: 6,
    18: 6,
    19: 7,
    22: 7,
    23: 8,
    26: 8,
    27: 9,
    29: 9,
    30: 11,
    34: 11,
    35: 12,
    38: 12,
}


def called(roster: Roster, number: int, kind: DutyType = CALL, every: int = 2) -> Roster:
    """So many calls, one every other day."""
    return roster.work(range(0, number * every, every), "17:00", 14, kind)


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


class TestBritishColumbia:
    """CA-BC-IH and CA-BC-HC: a table, not a formula."""

    @pytest.mark.parametrize(("days", "most"), BC_IN_HOUSE.items())
    def test_in_house_call_by_the_table(self, days: int, most: int) -> None:
        roster = year(days) if days <= 31 else year(38).off(range(days, 38))
        self.compare(roster, most, "CA-BC-IH", CALL)

    @pytest.mark.parametrize(("days", "most"), BC_HOME.items())
    def test_home_call_by_the_table(self, days: int, most: int) -> None:
        roster = year(days) if days <= 31 else year(38).off(range(days, 38))
        self.compare(roster, most, "CA-BC-HC", HOME_CALL)

    def compare(self, roster: Roster, most: int, rule: str, kind: DutyType) -> None:
        duties = list(roster.duties)
        assert told(called(roster, most, kind, every=1), "ca-bc", rule) == []
        roster.duties = duties
        [finding] = findings(called(roster, most + 1, kind, every=1), "ca-bc", rule)
        assert numbers([finding]) == [(most + 1, most)]

    def test_26_days_allow_six_and_leave_takes_days_off(self) -> None:
        assert told(called(year(26), 6), "ca-bc", "CA-BC-IH") == []
        assert told(called(year(26), 7), "ca-bc", "CA-BC-IH") == ["hard"]
        assert told(called(year(28), 7).off((25, 27)), "ca-bc", "CA-BC-IH") == ["hard"]

    def test_what_the_table_does_not_hold_is_not_judged(self) -> None:
        """Ten days on service are no row of it."""
        assert told(called(year(10), 9, every=1), "ca-bc", "CA-BC-IH") == ["not judged"]

    def test_a_rotation_is_averaged_up_to_three_months(self) -> None:
        """Ten, ten and one are 21 of 3 x 7."""
        calls = [*range(0, 20, 2), *range(28, 48, 2), 60]
        roster = long_rotation(84, first=MONDAY).work(calls, "17:00", 14, CALL)
        assert told(roster, "ca-bc", "CA-BC-IH") == []
        assert told(roster.work(64, "17:00", 14, CALL), "ca-bc", "CA-BC-IH") == ["hard"]

    @pytest.mark.parametrize(("wall", "said"), [("03:59", ["hard"]), ("04:00", []), ("04:01", [])])
    def test_eight_hours_between_duties(self, wall: str, said: list[str]) -> None:
        assert told(year().work(0, "08:00", 12).work(1, wall, 8), "ca-bc", "CA-BC-REST") == said

    @pytest.mark.parametrize(("wall", "said"), [("15:59", ["hard"]), ("16:00", []), ("16:01", [])])
    def test_two_free_periods_in_two_weeks(self, wall: str, said: list[str]) -> None:
        """48 hours from Friday 16:00 hold two; a minute less holds one."""
        roster = year(14).work([d for d in range(14) if d not in (5, 6)], "08:00", 8)
        assert told(roster.work(6, wall, 1), "ca-bc", "CA-BC-FREE") == said

    @pytest.mark.parametrize(("days", "said"), [((0, 1), []), ((0, 1, 3, 4), []), ((0, 1, 2), ["hard"])])
    def test_two_nights_of_call_in_a_row(self, days: tuple[int, ...], said: list[str]) -> None:
        assert told(year().work(days, "17:00", 14, HOME_CALL), "ca-bc", "CA-BC-ROW") == said

    @pytest.mark.parametrize(
        ("call_end", "stays", "said"),
        [
            ("08:00", "10:00", []),
            ("08:00", "10:01", ["hard"]),
            ("09:00", "11:00", []),
            ("09:00", "11:01", ["hard"]),
        ],
    )
    def test_out_by_ten_or_two_hours_after_call(self, call_end: str, stays: str, said: list[str]) -> None:
        assert told(stay(call_end, stays), "ca-bc", "CA-BC-OUT") == said


def stay(call_end: str, stays: str) -> Roster:
    """Call from 17:00 and hand-over after it until a time on the next day."""
    roster = year()
    end = roster.minute(1, call_end)
    minutes(roster, 0, "17:00", end - roster.minute(0, "17:00"), CALL)
    return minutes(roster, 1, call_end, roster.minute(1, stays) - end, TRANSITION)


class TestSaskatchewan:
    """CA-SK: one in four of the days less leave; leave of a working week takes its weekends."""

    @pytest.mark.parametrize(("days", "most"), [(22, 6), (26, 7), (28, 7), (30, 8), (21, 5), (20, 5)])
    def test_half_a_call_is_rounded_up(self, days: int, most: int) -> None:
        assert told(called(year(days), most), "ca-sk", "CA-SK") == []
        assert told(called(year(days), most + 1), "ca-sk", "CA-SK") == ["hard"]

    def test_a_week_of_leave_is_nine_days(self) -> None:
        """31 days less Saturday to the Sunday of the week after are 22: six calls, not (31 - 5) / 4."""
        roster = year(31).off(range(14, 19)).work((0, 2, 4, 7, 9, 22), "17:00", 14, CALL)
        assert told(roster, "ca-sk", "CA-SK") == []
        assert told(roster.work(24, "17:00", 14, CALL), "ca-sk", "CA-SK") == ["hard"]

    def test_four_days_of_leave_take_no_weekend(self) -> None:
        """31 less 4 are 27: seven calls."""
        roster = year(31).off(range(14, 18)).work((0, 2, 4, 7, 9, 22, 24), "17:00", 14, CALL)
        assert told(roster, "ca-sk", "CA-SK") == []
        assert told(roster.off(18), "ca-sk", "CA-SK") == ["hard"]

    def test_a_weekend_worked_beside_leave_stays_counted(self) -> None:
        """31 less 9 are 22; the Saturday worked makes 23, and 5.75 six calls."""
        roster = year(31).off(range(14, 19)).work((0, 2, 4, 7, 9, 19), "17:00", 6, CALL)
        assert told(roster, "ca-sk", "CA-SK") == []

    @pytest.mark.parametrize(("days", "most"), [(28, 9), (29, 10), (30, 10), (31, 10)])
    def test_home_call_is_one_in_three(self, days: int, most: int) -> None:
        assert told(called(year(days), most, HOME_CALL), "ca-sk", "CA-SK-HC") == []
        assert told(called(year(days), most + 1, HOME_CALL), "ca-sk", "CA-SK-HC") == ["hard"]

    @pytest.mark.parametrize(("days", "said"), [((5, 13), []), ((5, 13, 19), ["hard"]), ((5, 13, 26), [])])
    def test_one_of_three_weekends_is_free(self, days: tuple[int, ...], said: list[str]) -> None:
        assert told(year().work(days, "08:00", 8), "ca-sk", "CA-SK-WE") == said

    @pytest.mark.parametrize(
        ("day", "wall", "said"),
        [(18, "16:59", ["hard"]), (18, "15:00", []), (21, "07:59", ["hard"]), (21, "08:00", [])],
    )
    def test_a_weekend_is_friday_1700_to_monday_0800(self, day: int, wall: str, said: list[str]) -> None:
        roster = minutes(year().work((5, 12), "08:00", 8), day, wall, 2)
        assert told(roster, "ca-sk", "CA-SK-WE") == said

    @pytest.mark.parametrize(("length", "said"), [(1559, []), (1560, []), (1561, ["hard"])])
    def test_duty_with_call_lasts_24_and_two_hours(self, length: int, said: list[str]) -> None:
        assert told(minutes(year(), 0, "08:00", length, CALL), "ca-sk", "CA-SK-24") == said


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
