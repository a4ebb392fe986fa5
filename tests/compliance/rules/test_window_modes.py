"""Other windows than by rotation, other free days, other lengths: what a pack may choose."""

from __future__ import annotations

from datetime import date

import pytest

from src.compliance.rules import ContinuousLength, FreeBasis, WindowMode
from src.compliance.rules.timeline import MergedTime
from src.compliance.rules.windows import cut, windows_of
from src.interchange.model import DutyType
from tests.compliance.rules.building import CALL, Roster, long_rotation, pack_with

BLOCKS = pack_with(window_mode=WindowMode.FIXED_BLOCKS)
MONTHS = pack_with(window_mode=WindowMode.CALENDAR_MONTH)
ROLLING = pack_with(window_mode=WindowMode.ROLLING28)
TAIL = pack_with(window_mode=WindowMode.TAIL28)


def lengths(roster: Roster, mode: WindowMode) -> list[int]:
    parameters = pack_with(window_mode=mode).parameters
    return [window.days for window in windows_of(roster.facts(), roster.person(), MergedTime([]), parameters)]


def weeks(roster: Roster, *hours: float) -> Roster:
    for week, total in enumerate(hours):
        roster.work(range(7 * week, 7 * week + 5), "02:00", total / 5)
    return roster


def test_blocks_are_windows_whatever_the_rotations() -> None:
    """90/90 and 60/60 in one block are 75."""
    roster = Roster(blocks=(14, 14), rotations=("A", "B"))
    assert lengths(roster, WindowMode.FIXED_BLOCKS) == [14, 14]
    one = Roster(blocks=(28,), rotations=("A",))
    assert weeks(one, 90, 90, 60, 60).found("US-80", BLOCKS) == []
    [finding] = weeks(Roster(blocks=(28,), rotations=("A",)), 90, 90, 80, 80).found("US-80", BLOCKS)
    assert "in block 1, 1–28 Jul" in finding.message


def test_months_are_windows_cut_at_the_years_edges() -> None:
    roster = Roster(first=date(2026, 7, 6), blocks=(28, 28, 28), rotations=("A", "A", "B"))
    assert lengths(roster, WindowMode.CALENDAR_MONTH) == [26, 31, 27]


def test_february_of_a_leap_year_is_a_window_of_29_days() -> None:
    roster = Roster(first=date(2028, 1, 1), blocks=(31, 29, 31), rotations=("A", "A", "A"))
    assert lengths(roster, WindowMode.CALENDAR_MONTH) == [31, 29, 31]


def test_december_is_followed_by_january() -> None:
    roster = Roster(first=date(2026, 12, 1), blocks=(62,), rotations=("A",))
    assert lengths(roster, WindowMode.CALENDAR_MONTH) == [31, 31]


def test_a_month_is_told_as_one() -> None:
    roster = Roster(first=date(2026, 7, 1), blocks=(31,), rotations=("A",))
    [finding] = weeks(roster, 90, 90, 90, 90).work((28, 29, 30), "00:00", 10).found("US-80", MONTHS)
    assert "in the month 1–31 Jul" in finding.message


def test_rolling_windows_are_for_information_only() -> None:
    """Each rotation of 310 h passes; the 28 days across them hold 380."""
    roster = weeks(Roster(blocks=(28, 28), rotations=("A", "B")), 60, 60, 95, 95, 95, 95, 60, 60)
    [finding] = roster.found("US-80", ROLLING)
    assert finding.severity.value == "info"
    assert finding.message.endswith("windows that begin on every date are for information")
    assert len(lengths(roster, WindowMode.ROLLING28)) == 29


def test_rolling_may_pass_what_fails_by_rotation() -> None:
    roster = weeks(Roster(blocks=(14, 14), rotations=("A", "B")), 90, 90, 60, 60)
    assert roster.found("US-80", ROLLING) == []
    assert roster.severities("US-80") == ["hard"]


def test_a_year_shorter_than_28_days_is_one_rolling_window() -> None:
    assert lengths(long_rotation(14), WindowMode.ROLLING28) == [14]


@pytest.mark.parametrize("days", range(32, 85))
def test_the_tail_is_the_last_28_days_of_a_long_segment(days: int) -> None:
    pieces = list(cut(0, days, TAIL.parameters))
    whole, rest = divmod(days, 28)
    assert pieces[:whole] == [(28 * n, 28) for n in range(whole)]
    assert pieces[whole:] == ([(days - 28, 28)] if rest else [])


@pytest.mark.parametrize("rest", range(28))
def test_every_remainder_is_counted_once_by_rotation(rest: int) -> None:
    pieces = list(cut(100, 56 + rest, pack_with().parameters))
    assert [first for first, _ in pieces] == [100, 128, 156][: len(pieces)]
    assert sum(length for _, length in pieces) == 56 + rest
    assert len(pieces) == (3 if rest >= 7 else 2)
    assert pieces[-1][1] == (rest if rest >= 7 else 28 + rest)


def test_a_heavy_tail_fails_where_the_remainder_alone_would_be_told_otherwise() -> None:
    """35 days: 28 of 70 h a week, then 90; the last 28 days average 75."""
    roster = weeks(long_rotation(35), 70, 70, 70, 70, 90)
    assert roster.found("US-80", TAIL) == []
    assert roster.severities("US-80") == ["hard"]


def test_overlapping_tail_windows_are_one_finding() -> None:
    roster = weeks(long_rotation(35), 90, 90, 90, 90, 90)
    [finding] = roster.found("US-80", TAIL)
    assert (finding.window_end_at - finding.window_start_at).days == 35


def test_small_months_are_judged_in_their_blocks() -> None:
    """Three days of June count for information; the block judges them hard."""
    roster = Roster(first=date(2026, 6, 28), blocks=(28,), rotations=("A",))
    roster.work(range(3), "00:00", 20)
    assert [f.severity.value for f in roster.found("US-80", MONTHS)] == ["info"]


def test_windows_may_begin_at_another_time_of_day() -> None:
    """Six hours of the first night belong to the day before, which no window holds."""
    edge = pack_with(window_edge_minutes=6 * 60)
    roster = long_rotation(28).work(range(20), "06:00", 16).work(0, "00:00", 6)
    assert roster.severities("US-80") == ["hard"]
    assert roster.found("US-80", edge) == []
    [finding] = roster.work(28, "00:00", 1).found("US-80", edge)
    assert finding.window_start_at.hour == finding.window_end_at.hour == 6


def test_a_window_edge_is_a_local_time_on_both_sides_of_a_change_of_clocks() -> None:
    roster = long_rotation(28, zone="America/Chicago", first=date(2027, 3, 1))
    roster.work(0, "06:00", 24 * 28)
    [finding] = roster.found("US-80", pack_with(window_edge_minutes=6 * 60))
    assert (finding.window_start_at.hour, finding.window_end_at.hour) == (6, 6)
    assert (finding.window_end_at.timestamp() - finding.window_start_at.timestamp()) / 3600 == 28 * 24 - 1


CALENDAR = pack_with(free_basis=FreeBasis.CALENDAR)


def test_a_free_day_by_the_calendar_is_a_date_without_anything() -> None:
    """From noon to noon are 24 free hours and no free date."""
    roster = long_rotation(7).work((0, 1, 2, 4, 5), "00:00", 24).work(6, "00:00", 24)
    assert roster.found("US-FREE7", CALENDAR) == []
    noon = long_rotation(7).work((0, 1, 4, 5, 6), "00:00", 24).work(2, "00:00", 12).work(3, "12:00", 12)
    assert noon.found("US-FREE7") == []
    assert noon.severities("US-FREE7", CALENDAR) == ["hard"]


def test_a_free_date_of_23_hours_counts_by_the_calendar_alone() -> None:
    spring = long_rotation(7, zone="America/Chicago", first=date(2027, 3, 9))
    spring.work((0, 1, 2, 3, 4, 6), "00:00", 23).work((0, 1, 2, 3, 6), "23:00", 1).work(4, "23:00", 1)
    assert spring.severities("US-FREE7") == ["hard"]
    assert spring.found("US-FREE7", CALENDAR) == []


def test_continuous_work_may_be_counted_without_the_gaps_inside() -> None:
    """24 h 20 min from first to last, 24 h of work."""
    roster = long_rotation(7).work(0, "07:00", 12).work(0, "19:20", 12, CALL)
    assert roster.severities("US-CONT24") == ["hard"]
    assert roster.found("US-CONT24", pack_with(cont_length=ContinuousLength.SUM)) == []
    longer = roster.work(1, "07:20", 1 / 60)
    assert longer.severities("US-CONT24", pack_with(cont_length=ContinuousLength.SUM)) == ["hard"]


def test_a_period_counted_without_its_gaps_asks_for_rest_from_24_hours_on() -> None:
    roster = long_rotation(7).work(0, "07:00", 12).work(0, "19:20", 11.9, CALL).work(1, "18:00", 2)
    assert roster.severities("US-REST14") == ["hard"]
    assert roster.found("US-REST14", pack_with(cont_length=ContinuousLength.SUM)) == []


def test_leave_may_count_like_any_other_day() -> None:
    roster = weeks(long_rotation(28), 84, 84, 84).off(range(21, 28))
    assert roster.severities("US-80") == ["hard"]
    assert roster.found("US-80", pack_with(leave_is_left_out=False)) == []


def test_moonlighting_may_be_taken_out_of_rest_and_free_days() -> None:
    roster = long_rotation(7).work(range(6), "08:00", 8).work(6, "08:00", 4, DutyType.MOONLIGHTING_EXTERNAL)
    assert roster.severities("US-FREE7") == ["hard"]
    assert roster.found("US-FREE7", pack_with(moonlighting_breaks_free_day=False)) == []
