"""US-FREE7: one continuous day in seven, averaged; home call, nights and 23-hour gaps are no free days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest

from src.interchange.model import DutyType
from tests.compliance.rules.building import HOME_CALL, NIGHT, Roster, long_rotation, pack_with


def busy(days: int, free: Iterable[int] = (), roster: Roster | None = None) -> Roster:
    """Short work at noon of every day but the free ones; each free day counts as exactly one."""
    left = set(free)
    return (roster or long_rotation(days)).work([d for d in range(days) if d not in left], "12:00", 4)


def spread(count: int) -> list[int]:
    """So many days off, one in three: no two of them beside each other."""
    return [2 + 3 * index for index in range(count)]


def test_four_free_sundays_in_28_days_pass() -> None:
    roster = long_rotation(28).work([d for d in range(28) if d % 7 != 4], "00:00", 24)
    assert roster.found("US-FREE7") == []


def test_three_free_sundays_and_23_hours_fail() -> None:
    """Off from Saturday 20:00 to Sunday 19:00 is no free day."""
    days = [d for d in range(28) if d not in (4, 11, 18, 24, 25)]
    roster = long_rotation(28).work(days, "00:00", 24).work(24, "00:00", 20).work(25, "19:00", 5)
    [finding] = roster.found("US-FREE7")
    assert (finding.severity.value, finding.value, finding.limit) == ("hard", Decimal(3), Decimal(4))


@pytest.mark.parametrize(("back", "severities"), [("19:59", ["hard"]), ("20:00", []), ("20:01", [])])
def test_24_hours_off_are_a_free_day_and_a_minute_less_is_not(back: str, severities: list[str]) -> None:
    days = [d for d in range(28) if d not in (4, 11, 18, 24, 25)]
    roster = long_rotation(28).work(days, "00:00", 24).work(24, "00:00", 20).work(25, back, 1)
    assert roster.severities("US-FREE7") == severities


@pytest.mark.parametrize(("minutes_short", "free"), [(1, 1), (0, 2), (-1, 2)])
def test_47_h_59_min_are_one_free_day_and_48_h_are_two(minutes_short: int, free: int) -> None:
    roster = long_rotation(14).work(range(14), "00:00", 24)
    roster.duties = roster.duties[:5] + roster.duties[7:]  # free from day 5 to day 7
    if minutes_short > 0:
        roster.work(5, "00:00", minutes_short / 60)
    [finding] = roster.found("US-FREE7") or [None]
    assert (2 if finding is None else finding.value) == free


def test_four_free_dates_with_home_call_on_one_are_three() -> None:
    roster = busy(28, spread(4)).work(2, "08:00", 24, HOME_CALL)
    assert roster.found("US-FREE7")[0].value == 3


@pytest.mark.parametrize(
    ("kind", "severities"),
    [
        (DutyType.JEOPARDY, []),
        (DutyType.SELF_STUDY, []),
        (DutyType.MILITARY, []),
        (DutyType.EDUCATION, ["hard"]),
        (DutyType.ADMIN, ["hard"]),
        (DutyType.HOME_CALL_REMOTE_CARE, ["hard"]),
        (DutyType.HOME_CALL_ONSITE, ["hard"]),
        (DutyType.CLINICAL_WORK_FROM_HOME, ["hard"]),
        (DutyType.MOONLIGHTING_INTERNAL, ["hard"]),
    ],
)
def test_what_breaks_a_free_day(kind: DutyType, severities: list[str]) -> None:
    assert busy(28, spread(4)).work(2, "12:00", 1, kind).severities("US-FREE7") == severities


def test_packs_may_let_charting_and_moonlighting_fall_on_free_days() -> None:
    charting = busy(28, spread(4)).work(2, "12:00", 1, DutyType.CLINICAL_WORK_FROM_HOME)
    assert charting.severities("US-FREE7", pack_with(work_from_home_breaks_free_day=False)) == []
    extra = busy(28, spread(4)).work(2, "12:00", 1, DutyType.MOONLIGHTING_EXTERNAL)
    assert extra.severities("US-FREE7", pack_with(moonlighting_breaks_free_day=False)) == []


def test_24_days_on_and_4_off_pass() -> None:
    """It is an average: more than six days in a row are legal."""
    assert busy(28, range(24, 28)).found("US-FREE7") == []


@pytest.mark.parametrize(
    ("days", "hard", "advised"),
    [
        (7, 1, 1),
        (8, 1, 2),
        (13, 1, 2),
        (14, 2, 2),
        (20, 2, 3),
        (21, 3, 3),
        (27, 3, 4),
        (28, 4, 4),
        (29, 4, 4),
        (30, 4, 4),
        (31, 4, 4),
        (34, 4, 5),
    ],
)
def test_the_free_days_a_window_of_each_length_needs(days: int, hard: int, advised: int) -> None:
    assert busy(days, spread(hard - 1)).severities("US-FREE7") == ["hard"]
    assert busy(days, spread(hard)).severities("US-FREE7") == (["soft"] if hard < advised else [])
    assert busy(days, spread(advised)).severities("US-FREE7") == []


@pytest.mark.parametrize(("days", "leave"), [(28, 1), (29, 1), (31, 3), (34, 7)])
def test_leave_makes_a_full_month_an_ordinary_window(days: int, leave: int) -> None:
    """27 or 28 counted days of a window with leave: three are hard or four, and an advisory below ceil."""
    roster = busy(days - leave, spread(3), long_rotation(days)).off(range(days - leave, days))
    expected = "hard" if (days - leave) // 7 == 4 else "soft"
    assert roster.severities("US-FREE7") == [expected]


def test_a_free_full_month_with_leave_needs_five_to_be_above_advice() -> None:
    with_leave = busy(30, spread(4), long_rotation(31)).off(30)
    assert with_leave.severities("US-FREE7") == ["soft"]
    assert busy(31, spread(4)).severities("US-FREE7") == []


def test_leave_is_neither_a_free_day_nor_a_day_that_needs_one() -> None:
    """Three weeks without a free day beside a week of leave have none."""
    [finding] = busy(21, roster=long_rotation(28)).off(range(21, 28)).found("US-FREE7")
    assert (finding.value, finding.limit) == (0, 3)


def test_free_time_is_cut_at_leave() -> None:
    """Off from noon before the leave to noon after it: two halves of no free day."""
    roster = long_rotation(15).work(range(7), "00:00", 12).work(range(8, 15), "12:00", 12).off(7)
    assert roster.found("US-FREE7")[0].value == 0


def test_a_free_day_beside_leave_counts() -> None:
    roster = long_rotation(14).off(range(7, 14)).work(range(6), "12:00", 4)
    assert roster.found("US-FREE7") == []


def test_free_time_is_cut_at_the_window_edge() -> None:
    """24 h off across the edge of two rotations count in neither."""
    roster = (
        Roster(blocks=(7, 7), rotations=("A", "B"))
        .work(range(7), "00:00", 12)
        .work(range(7, 14), "12:00", 12)
    )
    assert roster.severities("US-FREE7") == ["hard", "hard"]


def test_free_time_before_the_year_does_not_count_in_it() -> None:
    roster = long_rotation(7).work(range(7), "12:00", 12)
    assert roster.severities("US-FREE7") == ["hard"]


def test_a_night_that_began_before_the_year_breaks_its_first_day() -> None:
    """The tail until 07:00 leaves less than a day, although all of the date but seven hours is free."""
    roster = long_rotation(7).work(range(1, 7), "00:00", 24)
    assert roster.found("US-FREE7") == []
    roster.work(-1, "19:00", 12, NIGHT)
    [finding] = roster.found("US-FREE7")
    assert "-1/19:00/night_float" in finding.entries


def test_a_date_on_which_a_night_ends_is_no_free_day() -> None:
    """Six nights of twelve hours leave no 24 h but the last day's; counting dates would find two."""
    roster = long_rotation(7).work(range(6), "19:00", 12, NIGHT)
    assert roster.found("US-FREE7")[0].value == 0


@pytest.mark.parametrize(
    ("first", "free"),
    [
        (date(2027, 3, 14), 0),  # the free Sunday has 23 h
        (date(2026, 11, 1), 1),  # 25 h
        (date(2026, 11, 8), 1),
    ],
)
def test_a_free_date_of_23_hours_is_no_free_day(first: date, free: int) -> None:
    roster = long_rotation(7, zone="America/Chicago", first=first).work(range(1, 7), "00:00", 24)
    found = roster.found("US-FREE7")
    assert (0 if found else 1) == free


def test_few_counted_days_without_a_free_one_are_information() -> None:
    roster = busy(5, roster=long_rotation(28)).off(range(5, 28))
    [finding] = roster.found("US-FREE7")
    assert (finding.severity.value, finding.value, finding.limit) == ("info", 0, 1)


def test_few_counted_days_with_a_free_one_are_nothing() -> None:
    assert busy(5, [2], roster=long_rotation(28)).off(range(5, 28)).found("US-FREE7") == []


def test_a_block_judged_in_place_of_a_small_window_fails_hard_as_one_finding() -> None:
    """Windows of 28 and 34 days; the first has 6 counted days, block 1 (31 days) has 9 and no free one."""
    roster = Roster(blocks=(31, 31), rotations=("WARD", "WARD")).off(range(6, 28))
    roster.work(range(6), "12:00", 4).work(range(28, 31), "00:00", 24)
    roster.work([d for d in range(31, 62) if d % 5], "12:00", 4)
    [finding] = roster.found("US-FREE7")
    assert (finding.severity.value, finding.limit) == ("hard", 1)
    assert finding.window_end_at.date() == date(2026, 8, 1)
    assert "in block 1, 1–31 Jul" in finding.message


def test_the_finding_says_what_is_missing() -> None:
    [hard] = busy(28, spread(3)).found("US-FREE7")
    assert hard.message == (
        "R001 had 3 free days of 24 h on WARD 1–28 Jul, 1 fewer than the 4 of CPR 6.21.b (VI.F.2.c)"
    )
    [soft] = busy(27, spread(3)).found("US-FREE7")
    assert soft.message == (
        "R001 had 3 free days of 24 h on WARD 1–27 Jul,"
        " 1 fewer than the 4 advised under CPR 6.21.b (VI.F.2.c)"
    )


@pytest.mark.parametrize(("free", "severities"), [([2], ["soft"]), ([2, 5], [])])
def test_night_float_windows_are_judged_by_the_same_rule(free: list[int], severities: list[str]) -> None:
    roster = Roster(blocks=(8,), rotations=("NF",))
    assert busy(8, free, roster).severities("US-FREE7") == severities


def test_a_block_in_place_of_a_small_window_is_judged_for_violations_only() -> None:
    """Block 1 has 9 counted days and one free of the two advised: only the window's information stays."""
    roster = Roster(blocks=(31, 31), rotations=("WARD", "WARD")).off(range(6, 28))
    roster.work(range(6), "12:00", 4).work((28, 30), "12:00", 4)
    roster.work([d for d in range(31, 62) if d % 5], "12:00", 4)
    assert roster.severities("US-FREE7") == ["info"]
