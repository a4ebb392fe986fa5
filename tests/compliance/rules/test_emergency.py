"""Emergency medicine and New York: hours, shifts and rest in an emergency department."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from src.compliance.packs import load_pack
from src.compliance.rules import Care, RulePack, WindowMode
from src.interchange.model import DutyType
from tests.compliance.rules.building import CALL, EDUCATION, NIGHT, TRANSITION, Roster, pack_of

EM = load_pack("acgme-em")
NY = load_pack("us-ny-405")
ALL_OF_EM = pack_of("acgme-em", "EM-72", "EM-EQ", "EM-FREE")
CARE = {"ED": Care.EMERGENCY, "clinic": Care.CLINIC, "WARD": Care.OTHER}


def ed(days: int = 28, **kwargs: object) -> Roster:
    """A rotation of so many days in the emergency department."""
    return Roster(blocks=(days,), rotations=("ED",), care=CARE, **kwargs)  # type: ignore[arg-type]  # passed through


def shifts(count: int, hours: float) -> Roster:
    return ed().work(range(count), "07:00", hours)


class TestSixtyHours:
    """EM-60: scheduled hours in the department, averaged over the rotation."""

    def test_240_hours_in_four_weeks_pass(self) -> None:
        assert shifts(20, 12).found("EM-60", EM) == []

    def test_244_hours_are_61_a_week_and_fail(self) -> None:
        [finding] = shifts(20, 12).work(25, "07:00", 4).found("EM-60", EM)
        assert (finding.severity.value, finding.value, finding.limit) == ("hard", 61, 60)
        assert finding.message.startswith(
            "R001 was scheduled in the ED for 61 h a week on ED 1–28 Jul, 1 h over"
        )
        assert finding.remedy == "Take 4 h off on ED 1–28 Jul."

    @pytest.mark.parametrize(
        "kind", [EDUCATION, TRANSITION, DutyType.ADMIN, DutyType.CLINICAL_WORK_FROM_HOME]
    )
    def test_what_is_not_scheduled_care_is_left_out(self, kind: DutyType) -> None:
        assert shifts(20, 12).work(25, "07:00", 8, kind).found("EM-60", EM) == []

    def test_a_half_day_in_ones_own_clinic_is_no_time_in_the_department(self) -> None:
        assert shifts(20, 12).work(25, "08:00", 4, item="clinic").found("EM-60", EM) == []

    def test_another_rotation_is_not_judged(self) -> None:
        roster = Roster(blocks=(28,), rotations=("WARD",), care=CARE).work(range(20), "07:00", 15)
        assert roster.found("EM-60", EM) == []

    def test_two_rotations_are_judged_apart(self) -> None:
        roster = Roster(blocks=(14, 14), rotations=("ED", "WARD"), care=CARE).work(range(14), "07:00", 9)
        assert [f.value for f in roster.found("EM-60", EM)] == [63]

    def test_leave_is_in_neither_side(self) -> None:
        assert shifts(15, 12.1).off(range(21, 28)).found("EM-60", EM)[0].value == Decimal("60.5")

    def test_its_windows_are_the_rotations_whatever_the_mode(self) -> None:
        blocks = replace(EM, parameters=replace(EM.parameters, window_mode=WindowMode.FIXED_BLOCKS))
        roster = Roster(blocks=(28,), rotations=("ED",), care=CARE).work(range(21), "07:00", 12)
        assert "on ED" in roster.found("EM-60", blocks)[0].message

    def test_few_counted_days_are_for_information(self) -> None:
        roster = Roster(blocks=(5, 23), rotations=("ED", "WARD"), care=CARE).work(range(5), "07:00", 12)
        assert roster.severities("EM-60", EM) == ["info"]


class TestSeventyTwoHours:
    """EM-72 counts everything; it ships switched off."""

    @pytest.mark.parametrize(("extra", "fails"), [(48, []), (48.5, ["hard"])])
    def test_288_hours_pass_and_more_fail(self, extra: float, fails: list[str]) -> None:
        roster = shifts(20, 12).work(range(20, 24), "08:00", extra / 4, EDUCATION)
        assert roster.severities("EM-72", ALL_OF_EM) == fails

    def test_it_is_off_and_says_why(self) -> None:
        [rule] = [rule for rule in EM.rules if rule.id == "EM-72"]
        assert not rule.enabled
        assert rule.disabled_because
        assert shifts(24, 13).found("EM-72", EM) == []


class TestTwelveHours:
    """EM-12 and NY-ED: scheduled continuous hours in the department."""

    @pytest.mark.parametrize(("pack", "rule"), [(EM, "EM-12"), (NY, "NY-ED")])
    def test_7_to_19_passes_and_half_an_hour_more_fails(self, pack: RulePack, rule: str) -> None:
        assert shifts(1, 12).found(rule, pack) == []
        [finding] = shifts(1, 12.5).found(rule, pack)
        assert (finding.value, finding.limit) == (Decimal("12.5"), 12)
        assert finding.remedy == "End the shift by 1 Jul 19:00."

    def test_a_morning_and_an_afternoon_are_one_shift(self) -> None:
        roster = ed().work(0, "07:00", 6).work(0, "13:00", 6.5)
        assert [f.entries for f in roster.found("EM-12", EM)] == [("0/07:00/clinical", "0/13:00/clinical")]

    def test_notes_finished_after_the_shift_are_no_part_of_it(self) -> None:
        roster = shifts(1, 12).work(0, "19:00", 1, TRANSITION)
        assert roster.found("EM-12", EM) == []

    def test_nights_in_the_department_are_shifts(self) -> None:
        assert ed().work(0, "19:00", 12.5, NIGHT).severities("EM-12", EM) == ["hard"]

    def test_a_call_elsewhere_on_a_ward_rotation_is_none(self) -> None:
        roster = Roster(blocks=(28,), rotations=("WARD",), care=CARE).work(0, "07:00", 24, CALL)
        assert roster.found("EM-12", EM) == []

    def test_two_shifts_an_hour_apart_are_two(self) -> None:
        assert ed().work(0, "07:00", 8).work(0, "16:00", 8).found("EM-12", EM) == []

    def test_thirteen_hours_on_the_clock_are_twelve_in_spring(self) -> None:
        """19:00 to 08:00 across the hour that the clocks leap over."""
        roster = ed(7, zone="America/Chicago", first=date(2027, 3, 13)).work(0, "19:00", 12, NIGHT)
        assert roster.minute(1, "08:00") - roster.minute(0, "19:00") == 12 * 60
        assert roster.found("EM-12", EM) == []


class TestEqualRest:
    """EM-EQ: as long off as the shift before lasted; it ships switched off."""

    @pytest.mark.parametrize(("start", "fails"), [("03:00", []), ("02:00", ["hard"])])
    def test_after_10_hours_that_end_at_17_the_next_shift_starts_at_3(
        self, start: str, fails: list[str]
    ) -> None:
        roster = ed().work(0, "07:00", 10).work(1, start, 8)
        assert roster.severities("EM-EQ", ALL_OF_EM) == fails

    def test_overrun_shortens_the_time_off(self) -> None:
        roster = ed().work(0, "07:00", 10).work(0, "17:00", 1, TRANSITION).work(1, "03:00", 8)
        [finding] = roster.found("EM-EQ", ALL_OF_EM)
        assert (finding.value, finding.limit) == (9, 10)
        assert finding.remedy == "Start no earlier than 2 Jul 04:00."

    def test_it_is_off(self) -> None:
        assert ed().work(0, "07:00", 10).work(1, "02:00", 8).found("EM-EQ", EM) == []


def test_one_day_in_seven_is_the_common_rule_again() -> None:
    roster = ed().work(range(28), "08:00", 8)
    assert roster.severities("EM-FREE", ALL_OF_EM) == ["hard"]
    assert roster.found("EM-FREE", EM) == []


class TestNewYork:
    """10 NYCRR 405.4: leave is not left out, three hours of transition, a free day in every week."""

    def ward(self) -> Roster:
        return Roster(blocks=(28,), rotations=("WARD",), first=date(2026, 7, 5))  # a Sunday

    @pytest.mark.parametrize(("hours", "fails"), [(320, []), (324, ["hard"])])
    def test_320_hours_pass_and_324_fail(self, hours: int, fails: list[str]) -> None:
        assert self.ward().work(range(20), "00:00", hours / 20).severities("NY-80", NY) == fails

    def test_leave_is_a_week_of_its_own(self) -> None:
        """252 h beside a week of leave are 84 for the ACGME and 63 for New York."""
        roster = self.ward().work(range(18), "00:00", 14).off(range(21, 28))
        assert roster.found("NY-80", NY) == []
        assert roster.severities("US-80") == ["hard"]

    @pytest.mark.parametrize(("handover", "fails"), [(3, []), (3.5, ["hard"])])
    def test_27_hours_pass_and_half_an_hour_more_fails(self, handover: float, fails: list[str]) -> None:
        roster = self.ward().work(0, "07:00", 24, CALL).work(1, "07:00", handover, TRANSITION)
        assert roster.severities("NY-24", NY) == fails

    @pytest.mark.parametrize(("start", "fails"), [("06:00", []), ("05:00", ["hard"])])
    def test_eight_hours_between_shifts_pass_and_seven_fail(self, start: str, fails: list[str]) -> None:
        roster = self.ward().work(0, "12:00", 10).work(1, start, 8)
        assert roster.severities("NY-8", NY) == fails

    def test_one_free_day_in_each_week_passes(self) -> None:
        days = [day for day in range(28) if day not in (2, 9, 20, 21)]
        assert self.ward().work(days, "08:00", 8).found("NY-FREE", NY) == []

    def test_a_week_without_a_free_day_fails_though_the_average_holds(self) -> None:
        days = [day for day in range(28) if day not in (2, 9, 15, 16)]
        roster = self.ward().work(days, "08:00", 8)
        [finding] = roster.found("NY-FREE", NY)
        assert (finding.window_start_at.date(), finding.value) == (date(2026, 7, 26), 0)
        assert roster.found("US-FREE7") == []

    def test_a_week_of_leave_is_free(self) -> None:
        roster = self.ward().work(range(20), "08:00", 8).off(range(21, 28))
        assert [f.window_start_at.day for f in roster.found("NY-FREE", NY)] == [5, 12]

    def test_24_hours_across_saturday_midnight_are_free_in_neither_week(self) -> None:
        roster = self.ward().work(range(6), "08:00", 8).work(6, "00:00", 12).work(7, "12:00", 8)
        roster.work(range(8, 14), "08:00", 8)
        assert len(roster.found("NY-FREE", NY)) == 2

    def test_weeks_may_begin_on_another_day(self) -> None:
        monday = pack_of("us-ny-405", week_start=0)
        days = [day for day in range(28) if day % 7 != 0]  # Sundays free
        assert self.ward().work(days, "08:00", 8).found("NY-FREE", monday) == []

    def test_night_float_is_inside_the_free_day_of_each_week(self) -> None:
        roster = self.ward().work(range(6), "19:00", 12, NIGHT)
        assert roster.severities("NY-FREE", NY) == ["hard"]
