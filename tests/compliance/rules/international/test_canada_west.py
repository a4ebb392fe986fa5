"""Canadian agreements of the west: British Columbia's table, Saskatchewan's halves and weekends."""

from __future__ import annotations

import pytest

from src.interchange.model import DutyType
from tests.compliance.rules.building import long_rotation
from tests.compliance.rules.international.world import (
    CALL,
    HOME_CALL,
    MONDAY,
    Roster,
    called,
    findings,
    minutes,
    numbers,
    stay,
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

    def test_a_working_week_of_leave_may_begin_on_any_day_of_it(self) -> None:
        """Wednesday to Tuesday: 31 less five days and the weekend between are 24, six calls."""
        roster = year(31).off((16, 17, 18, 21, 22)).work((0, 2, 4, 7, 9, 12), "17:00", 14, CALL)
        assert told(roster, "ca-sk", "CA-SK") == []
        assert told(roster.work(24, "17:00", 14, CALL), "ca-sk", "CA-SK") == ["hard"]

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
