"""Averaging windows: every remainder, leave in all shapes, small windows and the blocks in their place."""

from __future__ import annotations

from datetime import date

import pytest

from src.compliance.rules.view import PersonView
from src.compliance.rules.windows import AveragingWindow, cut
from tests.compliance.rules.building import NIGHT, Roster, long_rotation, pack


def windows(roster: Roster) -> tuple[AveragingWindow, ...]:
    return PersonView(roster.facts(), roster.person(), pack().parameters).windows


def lengths(days: int) -> list[int]:
    return [length for _, length in cut(0, days, pack().parameters)]


@pytest.mark.parametrize("days", range(1, 32))
def test_a_segment_of_up_to_31_days_is_one_window(days: int) -> None:
    assert lengths(days) == [days]


@pytest.mark.parametrize("remainder", range(28))
@pytest.mark.parametrize("whole", [2, 3, 12])
def test_every_remainder_of_a_longer_segment(whole: int, remainder: int) -> None:
    """0: none; 1 to 6 join the last window; 7 to 27 are a window of their own."""
    found = lengths(28 * whole + remainder)
    if remainder == 0:
        assert found == [28] * whole
    elif remainder < 7:
        assert found == [28] * (whole - 1) + [28 + remainder]
    else:
        assert found == [28] * whole + [remainder]


@pytest.mark.parametrize(
    ("days", "expected"),
    [(32, [32]), (34, [34]), (35, [28, 7]), (55, [28, 27]), (56, [28, 28]), (57, [28, 29])],
)
def test_lengths_just_above_one_window(days: int, expected: list[int]) -> None:
    assert lengths(days) == expected


@pytest.mark.parametrize("days", range(1, 400))
def test_windows_cover_a_segment_once_and_in_order(days: int) -> None:
    at = 10
    for first, length in cut(10, days, pack().parameters):
        assert first == at
        at += length
    assert at == 10 + days


def test_the_last_block_of_a_year_of_365_days_is_a_window_of_29() -> None:
    blocks = [28] * 12 + [29]
    roster = Roster(blocks=blocks, rotations=[f"R{n}" for n in range(13)])
    assert [window.days for window in windows(roster)] == blocks


def test_the_last_block_of_a_leap_year_is_a_window_of_30() -> None:
    roster = Roster(first=date(2027, 7, 1), blocks=[28] * 12 + [30], rotations=[f"R{n}" for n in range(13)])
    last = windows(roster)[-1]
    assert (last.days, date.fromordinal(last.last_day)) == (30, date(2028, 6, 30))


def test_the_leap_day_is_a_day_of_its_window() -> None:
    roster = long_rotation(29, first=date(2028, 2, 1))
    assert [(w.days, w.end - w.start) for w in windows(roster)] == [(29, 29 * 1440)]


def test_neighbouring_blocks_of_one_rotation_are_one_segment() -> None:
    roster = Roster(blocks=(14, 14, 14, 14), rotations=("A", "A", "B", "A"))
    assert [(w.rotation, w.days) for w in windows(roster)] == [("A", 28), ("B", 14), ("A", 14)]


def test_leave_does_not_cut_a_segment() -> None:
    roster = long_rotation(28).off(range(10, 17))
    assert [(w.days, w.counted_days) for w in windows(roster)] == [(28, 21)]


def test_dates_without_a_rotation_are_windows_too() -> None:
    roster = Roster(blocks=(14, 14), rotations=(None, "A"))
    assert [(w.rotation, w.days) for w in windows(roster)] == [(None, 14), ("A", 14)]


@pytest.mark.parametrize(
    ("leave", "counted"),
    [
        ((), 28),
        ((0,), 27),
        ((27,), 27),
        ((0, 27), 26),
        (range(7), 21),
        (range(21, 28), 21),
        (range(1, 28), 1),
    ],
)
def test_leave_at_the_edges_and_in_the_middle_is_excluded(leave: tuple[int, ...], counted: int) -> None:
    assert [w.counted_days for w in windows(long_rotation(28).off(leave))] == [counted]


def test_leave_outside_the_year_excludes_nothing() -> None:
    assert [w.counted_days for w in windows(long_rotation(28).off((-1, 28, 200)))] == [28]


def test_leave_across_two_windows_is_excluded_in_both() -> None:
    roster = Roster(blocks=(14, 14), rotations=("A", "B")).off(range(10, 17))
    assert [w.counted_days for w in windows(roster)] == [10, 11]


@pytest.mark.parametrize(("ends", "counted"), [(4.9, 27), (5, 27), (5 + 1 / 60, 28)])
def test_a_night_that_ends_at_midnight_leaves_the_leave_date_excluded(ends: float, counted: int) -> None:
    """19:00 and five hours end at 00:00; a minute more is work on the leave date."""
    assert [w.counted_days for w in windows(long_rotation(28).work(3, "19:00", ends, NIGHT).off(4))] == [
        counted
    ]


def test_a_window_of_leave_alone_is_no_window_and_calls_for_no_block() -> None:
    assert windows(Roster(blocks=(14, 14), rotations=("A", "B")).off(range(14)))[0].rotation == "B"


@pytest.mark.parametrize(("counted", "small"), [(6, True), (7, False), (8, False)])
def test_a_window_is_small_below_seven_counted_days(counted: int, small: bool) -> None:
    [window] = windows(long_rotation(28).off(range(counted, 28)))
    assert window.is_small is small


def test_a_small_window_that_is_the_block_has_nothing_in_its_place() -> None:
    assert [w.block for w in windows(long_rotation(28).off(range(3, 28)))] == [None]


def test_short_rotations_are_small_whatever_the_leave() -> None:
    roster = Roster(blocks=(6, 22), rotations=("A", "B"))
    assert [(w.days, w.is_small, w.block) for w in windows(roster)] == [(6, True, None), (22, False, None)]


def test_a_block_stands_in_for_a_small_window_inside_it() -> None:
    """Two months of one rotation are windows of 28 and 34 days; the block has three more days."""
    roster = Roster(blocks=(31, 31), rotations=("A", "A")).off(range(6, 28))
    found = windows(roster)
    assert [(w.days, w.counted_days, w.block) for w in found] == [(28, 6, None), (34, 34, None), (31, 9, 1)]


def test_a_small_window_across_two_blocks_calls_for_both() -> None:
    """Days 28 to 61 are a window; 3 of its days lie in block 1, 2 in block 2."""
    roster = Roster(blocks=(31, 31), rotations=("A", "A")).off(range(33, 62))
    assert [(w.days, w.counted_days, w.block) for w in windows(roster)] == [
        (28, 28, None),
        (34, 5, None),
        (31, 31, 1),
    ]


def test_a_block_without_a_counted_day_of_the_small_window_is_not_called_for() -> None:
    roster = Roster(blocks=(31, 31), rotations=("A", "A")).off(range(30, 62))
    assert [w.block for w in windows(roster)] == [None, None, 1]


def test_where_the_block_too_has_few_counted_days_nothing_is_judged_hard() -> None:
    roster = Roster(blocks=(31, 31), rotations=("A", "A")).off([*range(3, 28), *range(28, 31)])
    roster.work(range(3), "00:00", 23)
    assert [w.block for w in windows(roster)] == [None, None]
    assert roster.severities("US-80") == ["info"]


def test_the_blocks_hard_finding_swallows_the_small_windows_information() -> None:
    """Six days of 16 h in the small window (info) and in the block of nine days (hard): one finding."""
    roster = Roster(blocks=(31, 31), rotations=("A", "A")).off(range(6, 28)).work(range(6), "06:00", 16)
    roster.work(range(28, 31), "06:00", 16)
    [finding] = roster.found("US-80")
    assert finding.severity.value == "hard"
    assert (finding.window_start_at.date(), finding.window_end_at.date()) == (
        date(2026, 7, 1),
        date(2026, 8, 1),
    )
    assert len(finding.entries) == 9
    assert finding.message.startswith("R001 worked 112 h a week in block 1, 1–31 Jul")


def test_the_information_stays_when_the_block_passes() -> None:
    roster = Roster(blocks=(31, 31), rotations=("A", "A")).off(range(6, 28)).work(range(6), "06:00", 15)
    assert roster.severities("US-80") == ["info"]


@pytest.mark.parametrize(
    ("first", "minutes"),
    [(date(2027, 3, 8), 7 * 1440 - 60), (date(2026, 10, 26), 7 * 1440 + 60), (date(2026, 8, 3), 7 * 1440)],
)
def test_windows_run_from_local_midnight_to_local_midnight(first: date, minutes: int) -> None:
    [window] = windows(long_rotation(7, zone="America/Chicago", first=first))
    assert window.end - window.start == minutes
