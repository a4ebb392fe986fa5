"""US-80: 80 hours a week, averaged by rotation, leave out of both sides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from src.interchange.model import DutyType
from tests.compliance.rules.building import CLINICAL, HOME_CALL, Roster, long_rotation, pack_with


def weeks(*hours: float, roster: Roster | None = None) -> Roster:
    """Weeks of so many hours, five equal days each, from the first day on."""
    found = roster or long_rotation(7 * len(hours))
    for week, total in enumerate(hours):
        found.work(range(7 * week, 7 * week + 5), "02:00", total / 5)
    return found


def test_weeks_of_100_60_80_80_average_80_and_pass() -> None:
    assert weeks(100, 60, 80, 80).found("US-80") == []


def test_one_minute_more_than_320_hours_in_28_days_fails() -> None:
    found = weeks(100, 60, 80, 80).work(27, "12:00", 1 / 60).found("US-80")
    assert [finding.severity.value for finding in found] == ["hard"]
    assert (found[0].value, found[0].limit) == (Decimal("80.01"), Decimal(80))


def test_one_minute_less_than_320_hours_passes() -> None:
    roster = weeks(100, 60, 80, 80)
    shortened = roster.duties.pop()
    roster.work(25, "02:00", (shortened.end - shortened.start - 1) / 60)
    assert roster.found("US-80") == []


def test_three_weeks_of_84_beside_a_week_of_leave_fail_at_84() -> None:
    """252 h over four weeks would be 63 a week; leave counts on neither side."""
    [finding] = weeks(84, 84, 84, roster=long_rotation(28)).off(range(21, 28)).found("US-80")
    assert (finding.severity.value, finding.value) == ("hard", Decimal(84))


def test_three_weeks_of_80_beside_a_week_of_leave_pass() -> None:
    assert weeks(80, 80, 80, roster=long_rotation(28)).off(range(21, 28)).found("US-80") == []


def fill(roster: Roster, minutes: int) -> Roster:
    """So many minutes in all, at most 18 h a day from the first day on."""
    day = 0
    while minutes > 0:
        roster.work(day, "01:00", min(minutes, 18 * 60) / 60)
        day, minutes = day + 1, minutes - 18 * 60
    return roster


@pytest.mark.parametrize("days", [7, 8, 13, 14, 20, 27, 28, 29, 30, 31, 34])
def test_the_limit_of_a_window_is_80_hours_for_every_seven_of_its_days(days: int) -> None:
    """A window of 30 days allows 342 h 51 min, not the 320 h of four weeks; 34 days are 28 + 6 in one."""
    most = 80 * 60 * days // 7
    assert fill(long_rotation(days), most - 1).found("US-80") == []
    assert fill(long_rotation(days), most).found("US-80") == []
    assert fill(long_rotation(days), most + 1).severities("US-80") == ["hard"]


def test_a_light_rotation_does_not_pay_for_a_heavy_one() -> None:
    roster = Roster(blocks=(14, 14), rotations=("ICU", "CLINIC"))
    [finding] = weeks(90, 90, 60, 60, roster=roster).found("US-80")
    assert finding.value == 90
    assert "ICU" in finding.message


def test_blocks_of_the_same_rotation_are_one_window() -> None:
    assert (
        weeks(90, 90, 60, 60, roster=Roster(blocks=(14, 14), rotations=("ICU", "ICU"))).found("US-80") == []
    )


def test_a_rolling_middle_above_80_is_no_finding() -> None:
    """Each rotation averages 77.5; the 28 days between their middles would average 95."""
    roster = Roster(blocks=(28, 28), rotations=("A", "B"))
    assert weeks(60, 60, 95, 95, 95, 95, 60, 60, roster=roster).found("US-80") == []


def test_a_heavier_middle_rotation_fails_by_itself() -> None:
    roster = Roster(blocks=(28, 28, 28), rotations=("A", "B", "A"))
    [finding] = weeks(*[60] * 4, *[81] * 4, *[60] * 4, roster=roster).found("US-80")
    assert finding.window_start_at.date() == date(2026, 7, 29)


def test_a_duty_across_the_edge_is_split_between_the_windows() -> None:
    """The last night of A gives two of its hours to B."""
    roster = Roster(blocks=(7, 7), rotations=("A", "B")).work(range(5), "06:00", 15)
    roster.work(6, "19:00", 5)
    assert roster.found("US-80") == []
    roster.duties.pop()
    assert roster.work(6, "18:59", 7).found("US-80")[0].value == Decimal("80.02")
    roster.duties.pop()
    assert roster.work(6, "19:00", 7).found("US-80") == []


def test_a_duty_that_spans_a_whole_window_is_not_lost() -> None:
    """A duty that neither starts nor ends in the window still fills all of it."""
    roster = Roster(blocks=(7, 7, 7), rotations=("A", "B", "C")).work(6, "12:00", 7 * 24 + 24)
    assert Decimal(168) in [finding.value for finding in roster.found("US-80")]


def test_part_shifts_are_not_rounded_down() -> None:
    """28 days of 11 h 26 min are 320 h 8 min."""
    assert long_rotation(28).work(range(28), "07:00", 11 + 26 / 60).severities("US-80") == ["hard"]
    assert long_rotation(28).work(range(28), "07:00", 11 + 25 / 60).severities("US-80") == []


def test_overlapping_entries_count_once() -> None:
    roster = weeks(80, 80, 80, 80)
    weeks(80, 80, 80, 80, roster=roster)
    assert roster.found("US-80") == []


def test_overlapping_entries_count_as_their_union() -> None:
    roster = weeks(80, 80, 80, 80).work(4, "17:00", 2)  # 02:00-18:00 is there already
    assert roster.found("US-80")[0].value == Decimal("80.25")


@pytest.mark.parametrize(
    "kind",
    [
        DutyType.EDUCATION,
        DutyType.ADMIN,
        DutyType.IN_HOUSE_CALL,
        DutyType.NIGHT_FLOAT,
        DutyType.TRANSITION,
        DutyType.HOME_CALL_ONSITE,
        DutyType.HOME_CALL_REMOTE_CARE,
        DutyType.CLINICAL_WORK_FROM_HOME,
        DutyType.MOONLIGHTING_INTERNAL,
        DutyType.MOONLIGHTING_EXTERNAL,
        DutyType.RESIDENT_ELECTED_EXTENSION,
    ],
)
def test_all_work_and_moonlighting_counts_to_80(kind: DutyType) -> None:
    assert weeks(80, 80, 80, 80).work(27, "12:00", 1, kind).severities("US-80") == ["hard"]


@pytest.mark.parametrize("kind", [HOME_CALL, DutyType.JEOPARDY, DutyType.SELF_STUDY, DutyType.MILITARY])
def test_what_is_no_work_does_not_count_to_80(kind: DutyType) -> None:
    assert weeks(80, 80, 80, 80).work(27, "01:00", 20, kind).found("US-80") == []


def test_moonlighting_of_30_hours_beside_290_passes_and_24_beside_300_fails() -> None:
    pass_ = (
        long_rotation(28).work(range(20), "02:00", 14.5).work(27, "00:00", 24, DutyType.MOONLIGHTING_INTERNAL)
    )
    pass_.work(26, "00:00", 6, DutyType.MOONLIGHTING_INTERNAL)
    assert pass_.found("US-80") == []
    fail = (
        long_rotation(28).work(range(20), "02:00", 15).work(27, "00:00", 24, DutyType.MOONLIGHTING_EXTERNAL)
    )
    assert fail.found("US-80")[0].value == 81


def test_work_on_a_leave_date_cancels_the_exclusion() -> None:
    """The minute worked is counted, and so is its day: 240 h and a minute over 22 days pass."""
    roster = fill(long_rotation(28).off(range(21, 28)), 240 * 60).work(21, "12:00", 1 / 60)
    assert roster.found("US-80") == []
    assert fill(long_rotation(28).off(range(21, 28)), 240 * 60 + 1).severities("US-80") == ["hard"]


def test_the_tail_of_a_night_on_a_leave_date_cancels_its_exclusion() -> None:
    roster = long_rotation(28).work(20, "19:00", 12).off(range(21, 28))
    roster.work(range(20), "06:00", 12)
    assert roster.found("US-80")[0].message.endswith("leave 23–28 Jul left out")  # 22 Jul counts


def test_a_window_of_leave_alone_is_not_judged() -> None:
    assert long_rotation(28).off(range(28)).judge() == ()


def test_few_counted_days_give_information_only() -> None:
    """Six counted days of 14 h would be 98 h a week; the block has no more counted days either."""
    roster = long_rotation(28).off(range(6, 28)).work(range(6), "06:00", 14)
    [finding] = roster.found("US-80")
    assert (finding.severity.value, finding.value) == ("info", Decimal(98))
    assert "only 6 counted days" in finding.message


def test_seven_counted_days_are_judged_hard() -> None:
    roster = long_rotation(28).off(range(7, 28)).work(range(7), "06:00", 14)
    assert roster.severities("US-80") == ["hard"]


def test_the_finding_tells_window_numbers_entries_and_weeks() -> None:
    roster = weeks(82, 80, 80, 80).off(())
    [finding] = roster.found("US-80")
    assert finding.message == (
        "R001 worked 80.5 h a week on WARD 1–28 Jul, 0.5 h over the 80 h of CPR 6.20 (VI.F.1)"
    )
    assert finding.clause == "CPR 6.20 (VI.F.1)"
    assert finding.window_start_at.isoformat() == "2026-07-01T00:00:00+00:00"
    assert finding.window_end_at.isoformat() == "2026-07-29T00:00:00+00:00"
    assert len(finding.entries) == 20
    assert finding.weekly_hours == (82, 80, 80, 80)


def test_the_finding_names_the_leave_left_out() -> None:
    roster = weeks(84, 84, 84, roster=long_rotation(28)).off((21, 22, 23, 25))
    message = roster.off((24, 26, 27)).found("US-80")[0].message
    assert message.endswith("; leave 22–28 Jul left out")


@pytest.mark.parametrize(
    ("zone", "first", "hours"),
    [("America/Chicago", date(2027, 3, 8), 7 * 24 - 1), ("America/Chicago", date(2026, 11, 1), 7 * 24 + 1)],
)
def test_a_week_with_a_change_of_clocks_has_its_own_number_of_hours(
    zone: str, first: date, hours: int
) -> None:
    """A duty that fills the whole window fills 167 h in spring, 169 h in autumn."""
    roster = long_rotation(7, zone=zone, first=first).work(0, "00:00", 24 * 9, CLINICAL)
    assert roster.found("US-80")[0].value == hours


def test_a_pack_may_set_another_limit() -> None:
    assert weeks(60, 60, 60, 60).severities("US-80", pack_with(weekly_minutes=59 * 60)) == ["hard"]
