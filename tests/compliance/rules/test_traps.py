"""The disputes and traps others fell into, each with the answer this engine gives."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from src.compliance.hours.judgement import Log, judge_logs
from src.compliance.hours.worked import Worked
from src.compliance.packs import known_packs, load_pack
from src.compliance.packs.document import SURENESSES
from src.interchange.model import DutyType, Person, PersonKind, Program
from src.interchange.schedule import Schedule, YearRow
from tests.compliance.rules.building import (
    CALL,
    EDUCATION,
    HOME_CALL,
    NIGHT,
    TRANSITION,
    Roster,
    long_rotation,
    pack,
)


def weeks(roster: Roster, *hours: float) -> Roster:
    for week, total in enumerate(hours):
        roster.work(range(7 * week, 7 * week + 5), "02:00", total / 5)
    return roster


def test_trap_1_rolling_windows_are_not_judged() -> None:
    """Two rotations of 310 h pass although the 28 days across them hold 380."""
    roster = Roster(blocks=(28, 28), rotations=("A", "B"))
    assert weeks(roster, 60, 60, 95, 95, 95, 95, 60, 60).found("US-80") == []


def test_trap_1_a_heavy_fortnight_fails_though_rolling_would_pass() -> None:
    """90/90 beside 60/60 is 75 over 28 days, and 90 on its rotation."""
    roster = Roster(blocks=(14, 14), rotations=("A", "B"))
    assert [f.value for f in weeks(roster, 90, 90, 60, 60).found("US-80")] == [90]


def test_trap_2_vacation_is_not_a_week_of_zero_hours() -> None:
    assert weeks(long_rotation(28), 84, 84, 84).off(range(21, 28)).found("US-80")[0].value == 84


def test_trap_2_vacation_days_are_not_free_days() -> None:
    roster = long_rotation(28).work(range(21), "12:00", 4).off(range(21, 28))
    assert roster.found("US-FREE7")[0].value == 0


def test_trap_2_the_weekend_beside_a_vacation_may_be_free() -> None:
    """Saturday and Sunday before a vacation week are rotation days."""
    roster = long_rotation(14).work(range(5), "08:00", 10).off(range(7, 14))
    assert roster.found("US-FREE7") == []


@pytest.mark.parametrize(
    ("wall", "hours", "kind"),
    [("08:00", 24, HOME_CALL), ("00:00", 7, NIGHT), ("23:00", 1, DutyType.CLINICAL)],
)
def test_trap_3_a_date_without_day_work_is_not_yet_a_free_day(
    wall: str, hours: float, kind: DutyType
) -> None:
    days = [d for d in range(7) if d != 3]
    roster = long_rotation(7).work(days, "00:00", 24)
    assert roster.found("US-FREE7") == []
    assert roster.work(3, wall, hours, kind).severities("US-FREE7") == ["hard"]


def test_trap_3_more_than_six_days_in_a_row_are_legal() -> None:
    assert long_rotation(28).work(range(24), "08:00", 10).found("US-FREE7") == []


@pytest.mark.parametrize(("back", "free"), [("07:59", 0), ("08:00", 1)])
def test_trap_4_sign_out_at_8_and_back_at_7_59_fails_by_a_minute(back: str, free: int) -> None:
    roster = long_rotation(7).work((0, 1, 4, 5, 6), "00:00", 24).work(2, "00:00", 8).work(3, back, 16)
    found = roster.found("US-FREE7")
    assert (found[0].value if found else 1) == free


def test_trap_5_a_free_day_across_a_window_edge_belongs_to_neither() -> None:
    roster = Roster(blocks=(7, 7), rotations=("A", "B"))
    roster.work(range(6), "00:00", 24).work(6, "00:00", 12).work(7, "12:00", 12).work(
        range(8, 14), "00:00", 24
    )
    assert [finding.value for finding in roster.found("US-FREE7")] == [0, 0]


def test_trap_6_a_night_is_counted_on_its_start_date_alone() -> None:
    """Six nights touch seven dates and are six."""
    assert long_rotation(28).work(range(6), "19:00", 12, NIGHT).found("NF-6") == []


def test_trap_7_minutes_are_never_truncated() -> None:
    """Twenty-eight days of 11 h 59 min are 335.5 h, not 308."""
    assert long_rotation(28).work(range(28), "07:00", 11 + 59 / 60).found("US-80")[0].value == Decimal(
        "83.89"
    )


def test_trap_7_a_duty_that_spans_the_whole_window_counts() -> None:
    roster = Roster(blocks=(7, 7), rotations=("A", "B")).work(0, "00:00", 14 * 24)
    assert [finding.value for finding in roster.found("US-80")] == [168, 168]


def test_trap_8_the_average_is_over_the_windows_own_days() -> None:
    """35 days of one rotation are windows of 28 and 7, each by its own."""
    roster = weeks(long_rotation(35), 70, 70, 70, 70, 90)
    assert [(f.value, f.window_start_at.date()) for f in roster.found("US-80")] == [(90, date(2026, 7, 29))]


def test_trap_9_shifts_seven_hours_apart_are_no_continuous_duty() -> None:
    roster = long_rotation(28).work(0, "00:00", 12).work(0, "19:00", 12)
    assert roster.found("US-CONT24") == []
    assert roster.severities("US-REST8") == ["soft"]


def test_trap_10_calls_less_than_three_days_apart_are_no_violation_by_themselves() -> None:
    assert long_rotation(28).work((0, 2, 4), "19:00", 12, CALL).found("US-CALL3") == []


def test_trap_10_ten_calls_in_28_days_fail_and_night_float_is_no_call() -> None:
    assert long_rotation(28).work(range(10), "19:00", 12, CALL).severities("US-CALL3") == ["hard"]
    assert long_rotation(28).work(range(10), "19:00", 12, NIGHT).found("US-CALL3") == []


def test_trap_11_superseded_numbers_are_not_applied() -> None:
    """PGY-1 may work 24 h and needs 8 h between shifts, not 16 and 10; 24 h are followed by 4, not 3."""
    roster = long_rotation(28, pgy=1).work(0, "07:00", 24, CALL).work(1, "07:00", 4, TRANSITION)
    roster.work(3, "12:00", 10).work(4, "06:00", 8)
    assert {finding.rule for finding in roster.judge()} == set()


def test_trap_12_hours_are_those_of_the_intervals_whatever_the_session() -> None:
    """A half-day of four hours is four hours."""
    assert weeks(long_rotation(7), 80).found("US-80") == []
    assert weeks(long_rotation(7), 80).work(5, "08:00", 4).found("US-80")[0].value == 84


@pytest.mark.parametrize(
    ("saturday", "hours"), [(date(2027, 3, 13), 27), (date(2026, 10, 31), 29), (date(2026, 8, 1), 28)]
)
def test_trap_13_28_hours_on_the_clock_are_27_in_spring_and_29_in_autumn(saturday: date, hours: int) -> None:
    roster = long_rotation(7, zone="America/Chicago", first=saturday)
    elapsed = roster.minute(1, "11:00") - roster.minute(0, "07:00")
    assert elapsed == hours * 60
    roster.work(0, "07:00", 20, CALL).work(1, "04:00", 0.5, TRANSITION)
    roster.duties.pop()
    roster.work(0, "07:00", elapsed / 60, TRANSITION)
    assert bool(roster.found("US-CONT24")) is (hours > 28)


def test_trap_13_days_are_counted_by_dates_not_by_24_hours() -> None:
    """A shift at 00:30 every day of a week with a 25-hour Sunday falls on seven dates."""
    roster = long_rotation(7, zone="America/Chicago", first=date(2026, 10, 28)).work(
        range(7), "23:30", 0.4, NIGHT
    )
    assert roster.found("NF-6")[0].value == 7


def test_trap_14_a_month_of_31_days_needs_four_free_days_and_not_five() -> None:
    days = [d for d in range(31) if d not in (3, 10, 17, 24)]
    assert long_rotation(31).work(days, "12:00", 4).found("US-FREE7") == []


def test_trap_14_the_extra_day_of_a_leap_year_is_in_its_window() -> None:
    roster = Roster(first=date(2027, 7, 1), blocks=[28] * 12 + [30], rotations=["A"] * 12 + ["B"])
    roster.work(365, "00:00", 24)
    last = roster.first + timedelta(days=365)
    assert last == date(2028, 6, 30)
    for day in range(336, 365):
        roster.work(day, "00:00", 12)
    [finding] = roster.found("US-80")
    assert finding.value == Decimal("86.8")  # 372 h over 30 days


def test_trap_14_history_is_kept_across_the_first_of_july() -> None:
    roster = long_rotation(28).work(-1, "07:00", 24, CALL).work(0, "07:00", 3, TRANSITION).work(0, "20:00", 4)
    assert roster.found("US-REST14")[0].value == 10


def test_trap_16_pager_time_is_no_hours_but_no_freedom() -> None:
    roster = long_rotation(28).work(range(27), "08:00", 24, HOME_CALL)
    assert roster.found("US-80") == []
    assert roster.severities("US-FREE7") == ["hard"]


def test_trap_16_home_call_with_four_days_clear_and_ten_hours_called_in_passes() -> None:
    """24 of 28 nights on home call, 300 h in all."""
    clear = {5, 12, 19, 26}
    on = [d for d in range(28) if d not in clear]
    roster = (
        long_rotation(28)
        .work(on, "08:00", 12)
        .work([d for d in on if d + 1 not in clear], "20:00", 12, HOME_CALL)
    )
    roster.work([d for d in on if d + 1 in clear], "20:00", 4, HOME_CALL)
    roster.work((0, 7, 14, 21), "22:00", 2.5, DutyType.HOME_CALL_ONSITE)
    assert [f for f in roster.judge() if f.severity.value == "hard"] == []


def test_trap_17_charting_at_home_counts_and_breaks_the_free_day() -> None:
    days = [d for d in range(28) if d not in (3, 10, 17, 24)]
    roster = long_rotation(28).work(days, "12:00", 4).work(3, "12:00", 1, DutyType.CLINICAL_WORK_FROM_HOME)
    assert roster.found("US-FREE7")[0].value == 3


def test_trap_17_required_teaching_counts_and_self_study_does_not() -> None:
    roster = weeks(long_rotation(28), 80, 80, 80, 80)
    assert roster.work(5, "10:00", 3, DutyType.SELF_STUDY).found("US-80") == []
    assert roster.work(6, "10:00", 3, EDUCATION).severities("US-80") == ["hard"]


def test_trap_18_averages_are_compared_in_whole_minutes() -> None:
    """80 h over 27 counted days are 18514 and two sevenths of a minute: 18514 pass, 18515 do not."""
    for minutes, severities in ((18514, []), (18515, ["hard"])):
        roster = (
            long_rotation(28)
            .off(27)
            .work(range(18), "06:00", 17)
            .work(18, "06:00", (minutes - 18 * 1020) / 60)
        )
        assert roster.severities("US-80") == severities


def test_trap_19_a_call_on_the_last_night_counts_for_the_old_block_and_rests_in_the_new() -> None:
    roster = (
        Roster(blocks=(9, 9), rotations=("A", "B")).work((0, 4, 6, 8), "07:00", 24, CALL).work(9, "20:00", 2)
    )
    assert [f.window_start_at.date() for f in roster.found("US-CALL3")] == [date(2026, 7, 1)]
    assert [f.window_start_at.date() for f in roster.found("US-REST14")] == [date(2026, 7, 10)]


def test_trap_19_minutes_are_split_at_the_edge_and_calls_are_not() -> None:
    """24 h of call from noon of the last day: twelve hours each, and one call in the old window alone."""
    roster = (
        Roster(blocks=(7, 7), rotations=("A", "B")).work(range(4), "00:00", 17).work(6, "12:00", 24, CALL)
    )
    assert roster.found("US-80") == []
    assert roster.work(5, "00:00", 1 / 60).severities("US-80") == ["hard"]


def test_trap_20_absolute_rules_ignore_the_edges_of_rotations() -> None:
    roster = Roster(blocks=(28, 28), rotations=("A", "B"), pgy=1)
    roster.work(27, "07:00", 17).work(28, "00:00", 12).work(28, "18:00", 4).work(
        28, "23:00", 1, DutyType.MOONLIGHTING_EXTERNAL
    )
    assert {f.rule for f in roster.judge() if "FREE7" not in f.rule} == {"US-CONT24", "US-REST8", "US-MOON"}


def test_trap_15_a_log_that_is_missing_is_unknown_and_no_zero() -> None:
    """Two weeks of 84 hours handed in and two never: 84 a week, not 42; without any log nothing passes."""
    person = Person("R1", "One", PersonKind.RESIDENT, 2)
    program = Program("P", "P", "UTC", date(2026, 7, 1), (28,), people=(person,))
    frame = Schedule(year=(YearRow("R1", 1, "WARD"),))
    known = [date(2026, 7, 1) + timedelta(days=day) for day in range(14)]
    entries = [
        Worked(start, start + timedelta(hours=14), DutyType.CLINICAL)
        for start in (datetime.combine(day, time(5), UTC) for day in known)
        if (start.date() - known[0]).days % 7 < 6
    ]
    log = Log(frozenset(known), tuple((UUID(int=n), entry) for n, entry in enumerate(entries)))
    told = judge_logs(program, frame, {"R1": log}, [pack()], date(2026, 8, 1))
    assert [one.finding.value for one in told.findings if one.finding.rule == "US-80"] == [84]
    assert len(told.unknown["R1"]) == 14
    assert judge_logs(program, frame, {"R1": Log()}, [pack()], date(2026, 8, 1)).findings == ()


def test_trap_15_a_pgy_counts_where_an_entry_starts() -> None:
    """Who is PGY-1 this year is not judged for the entry that starts in the year before."""
    roster = long_rotation(28, pgy=1).work(-1, "23:59", 4, DutyType.MOONLIGHTING_EXTERNAL)
    assert roster.found("US-MOON") == []
    assert roster.work(0, "23:59", 4, DutyType.MOONLIGHTING_EXTERNAL).severities("US-MOON") == ["hard"]


def test_trap_11_every_number_of_every_pack_names_its_source() -> None:
    """No number is shipped because somebody remembered it: each has a source and how sure it is."""
    for pack_id, versions in known_packs().items():
        for version in versions:
            loaded = load_pack(pack_id, version)
            numbers = [parameter for rule in loaded.rules for parameter in rule.parameters.values()]
            for number in (*numbers, *loaded.parameter_sources.values()):
                assert number.source, (pack_id, number)
                assert number.sureness in SURENESSES, (pack_id, number)


def test_every_trap_of_the_twenty_has_a_named_test() -> None:
    """A trap nobody tests is one to fall into."""
    numbers = {
        int(found.group(1))
        for name in globals()
        if (found := re.match(r"test_trap_(\d+)_", name)) is not None
    }
    assert numbers == set(range(1, 21))
